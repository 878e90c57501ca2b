//! `Ed25519Signature2020` (Data Integrity EdDSA Cryptosuites 1.0, §3.4): the legacy proof type, the
//! same bytes as `eddsa-rdfc-2022` but for the type. It is checked, and signed with only in tests of
//! the readers.

use super::{Form, Rules};
use crate::proof::key::KeyType;

pub(super) const RULES: Rules = Rules {
    proof_type: "Ed25519Signature2020",
    cryptosuite: None,
    form: Form::Rdfc,
    keys: &[KeyType::Ed25519],
};
