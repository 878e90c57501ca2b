//! `eddsa-rdfc-2022` (Data Integrity EdDSA Cryptosuites 1.0, §3.2): Ed25519 over the SHA-256 hashes
//! of proof configuration and document, each in RDFC-1.0.

use super::{DATA_INTEGRITY_PROOF, Form, Rules};
use crate::proof::key::KeyType;

pub(super) const RULES: Rules = Rules {
    proof_type: DATA_INTEGRITY_PROOF,
    cryptosuite: Some("eddsa-rdfc-2022"),
    form: Form::Rdfc,
    keys: &[KeyType::Ed25519],
};
