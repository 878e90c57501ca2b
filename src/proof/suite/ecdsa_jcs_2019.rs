//! `ecdsa-jcs-2019` (Data Integrity ECDSA Cryptosuites 1.0, §3.3): ECDSA over the hashes of proof
//! configuration and document, each in JCS; SHA-384 with P-384.

use super::{DATA_INTEGRITY_PROOF, Form, Rules};
use crate::proof::key::KeyType;

pub(super) const RULES: Rules = Rules {
    proof_type: DATA_INTEGRITY_PROOF,
    cryptosuite: Some("ecdsa-jcs-2019"),
    form: Form::Jcs,
    keys: &[KeyType::P256, KeyType::P384],
};
