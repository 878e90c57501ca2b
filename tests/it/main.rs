//! Tests through the front door.

mod require;
