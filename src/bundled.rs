//! Contexts and JSON Schemas that are compiled in.

mod contexts;
mod schemas;

pub use contexts::{context_documents, contexts};
pub use schemas::{SCHEMA_NAMES, schema};
