//! The REST API and the public documents: the route table, authentication, one file per resource,
//! and the one map from errors to problem documents.
//!
//! ```text
//! edge ── request id, log line, problems rendered, panics contained, headers of every answer
//!  └─ routes ── the table
//!      └─ handlers: Caller<scope> · body within limits · If-Match · Idempotency-Key
//! ```

pub mod accept;
pub mod auth;
pub mod body;
pub mod conditional;
pub mod edge;
pub mod health;
pub mod idempotency;
pub mod listing;
mod pages;
pub mod problem;
pub mod routes;
pub mod scope;
pub mod server;
pub mod token;
