//! Tests through the front door.

mod architecture;
mod peers;
mod require;
mod wycheproof;
