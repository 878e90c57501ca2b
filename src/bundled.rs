//! Contexts and JSON Schemas that are compiled in.

mod schemas;

pub use schemas::{SCHEMA_NAMES, schema};
