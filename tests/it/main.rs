//! Tests through the front door.

mod architecture;
mod require;
mod wycheproof;
