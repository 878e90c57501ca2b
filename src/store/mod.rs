//! The store of issuer profiles, badge classes, assertions and revocation lists.
//!
//! Typed methods, written once, over a small atomic key-value contract ([`backend`]) that memory and
//! sled fulfil alike.

pub mod backend;
pub mod check;
mod committer;
mod contain;
mod disk;
pub mod durable;
pub mod error;
mod group;
pub mod key_directory;
pub mod memory;
mod opening;
mod recent;
mod sled;

#[cfg(test)]
mod conformance;
