//! Contexts and JSON Schemas that are compiled in.

mod contexts;
mod schemas;

pub use contexts::{context_documents, contexts};
pub use schemas::{SCHEMA_NAMES, schema};

/// Our own context, of the receipts of verifications; served at `urls::Urls::receipt_context`.
pub const RECEIPT_CONTEXT: &str = include_str!("../schemas/verification-receipt-v1.json");
