//! Accolade issues and verifies Open Badges 2.0 and 3.0.
//!
//! # Layers
//!
//! ```text
//! domain
//!   ↑
//! linked_data · wire · proof · baking · status · art ·
//! certificate · bundled                                         pure: no I/O, no clock, no store
//!   ↑
//! resolve · store · mail                                         the outside
//!   ↑
//! issuer · verifier · programme · outbox                         what the service does
//!   ↑
//! api · pages · cli                                              thin edges
//! ```
//!
//! `use crate::` points down only; `tests/it/architecture.rs` keeps it so. [`json`], [`language`],
//! [`world`], [`config`], [`markdown`], [`urls`] and [`telemetry`] lie beside [`domain`]; [`app`] lies under the edges.

pub mod api;
pub mod app;
pub mod art;
pub mod baking;
pub mod bundled;
#[cfg(feature = "pdf")]
pub mod certificate;
pub mod cli;
pub mod config;
pub mod domain;
pub mod issuer;
pub mod json;
pub mod language;
pub mod linked_data;
pub mod mail;
pub mod markdown;
pub mod outbox;
pub mod pages;
pub mod programme;
pub mod proof;
pub mod resolve;
pub mod status;
pub mod store;
pub mod telemetry;
pub mod urls;
pub mod verifier;
pub mod wire;
pub mod world;
