//! `ecdsa-rdfc-2019` (Data Integrity ECDSA Cryptosuites 1.0, §3.2): ECDSA over the hashes of proof
//! configuration and document, each in RDFC-1.0. With P-384 every hash is SHA-384, those inside
//! RDFC-1.0 too.

use super::{DATA_INTEGRITY_PROOF, Form, Rules};
use crate::proof::key::KeyType;

pub(super) const RULES: Rules = Rules {
    proof_type: DATA_INTEGRITY_PROOF,
    cryptosuite: Some("ecdsa-rdfc-2019"),
    form: Form::Rdfc,
    keys: &[KeyType::P256, KeyType::P384],
};
