//! `ecdsa-sd-2023` (Data Integrity ECDSA Cryptosuites 1.0, §3.4–3.6): the issuer signs each
//! statement on its own, and the holder shows some of them.
//!
//! [`create`](fn@create) makes the base proof, which is for the holder alone; [`derive`](fn@derive) makes the document
//! that she shows, in which only what the issuer made mandatory and what she chose is left. Checking
//! a derived proof is [`super::check`], as with every suite.
//!
//! The statements are the lines of the canonical N-Quads, with blank nodes named by keyed hashes so
//! that their names tell nothing about what was left out.

mod cbor;
mod create;
mod derive;
mod group;
mod labels;
mod pointers;
mod value;
mod verify;

pub use create::{BaseOptions, create};
pub use derive::derive;
pub(super) use verify::{forms, prepare};

use super::{DATA_INTEGRITY_PROOF, Form, Rules};
use crate::proof::key::KeyType;

pub(super) const RULES: Rules = Rules {
    proof_type: DATA_INTEGRITY_PROOF,
    cryptosuite: Some("ecdsa-sd-2023"),
    form: Form::Rdfc,
    keys: &[KeyType::P256],
};

/// Most statements with a signature of their own: as many are checked one by one.
const MAX_STATEMENTS: usize = 2000;

/// Bytes of an ECDSA signature on P-256.
const SIGNATURE: usize = 64;

#[cfg(test)]
mod tests;
