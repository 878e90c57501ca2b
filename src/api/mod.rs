//! The REST API and the public documents: the route table, authentication, one file per resource,
//! and the one map from errors to problem documents.
//!
//! ```text
//! edge ── request id, log line, problems rendered, panics contained, headers of every answer
//!  └─ routes ── the table
//!      ├─ resources ── Caller<scope> · body within limits · If-Match · Idempotency-Key
//!      └─ public ── what anyone may read, by `Accept`
//! ```

pub mod accept;
mod account_table;
pub mod answer;
mod asked;
mod assertions;
mod audit;
pub mod auth;
mod badge_classes;
mod batch_stream;
mod batch_table;
mod batch_upload;
mod batches;
pub mod body;
mod competencies;
pub mod conditional;
mod creation;
pub mod edge;
mod events;
pub mod form;
pub mod grants;
pub mod health;
mod holder;
pub mod idempotency;
mod images;
mod issuers;
mod kept_pages;
mod keys;
pub mod limiter;
pub mod listing;
mod pages;
pub mod problem;
mod public;
mod public_table;
mod recipients;
pub mod routes;
pub mod scope;
pub mod server;
mod shares;
mod table;
pub mod token;
mod tokens;
mod trace;
mod unread;
mod vc_api;
mod verifications;
mod verify_page;
mod wallets;
mod webhooks;
