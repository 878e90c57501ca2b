//! Badges that this process has just signed: what is known of them is not worked out again.

use crate::json::Value;
use crate::proof::key::PublicKey;
use crate::proof::suite::{Prepared, SuiteError};

/// A badge of our own and what is known of its proof.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a> {
    /// The document that was signed, without its proof.
    pub document: &'a Value<'a>,
    /// The proof.
    pub proof: &'a Value<'a>,
    /// What the two of them were hashed to when the proof was made.
    pub prepared: &'a Prepared,
    /// Whether the signature was found to be right.
    pub holds: bool,
}

impl Own<'_> {
    /// Whether the signature of this document is right, if it is the one that was signed: every
    /// member of it, its proof and the key are the same, and then so is the hash.
    pub(super) fn verdict(
        &self,
        document: &Value<'_>,
        proof: &Value<'_>,
        key: &PublicKey,
    ) -> Option<Result<(), SuiteError>> {
        let (signed, found) = (self.document.as_object()?, document.as_object()?);
        let is_same = signed.len() + 1 == found.len()
            && signed.iter().all(|(name, value)| name != "proof" && found.get(name) == Some(value))
            && document.get("proof") == Some(self.proof)
            && proof == self.proof
            && *key == self.prepared.key;
        is_same.then_some(if self.holds { Ok(()) } else { Err(SuiteError::Signature) })
    }
}
