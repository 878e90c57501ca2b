//! Badges that this process has just signed: what is known of them is not worked out again.

use std::sync::Arc;

use crate::json::Value;
use crate::proof::key::PublicKey;
use crate::proof::suite::{Prepared, SuiteError};

/// A badge of our own and what is known of its proof.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a> {
    /// The badge, as its text reads: what was signed, and one proof.
    pub value: &'a Arc<Value<'static>>,
    /// What the two of them were hashed to when the proof was made.
    pub prepared: &'a Prepared,
    /// Whether the signature was found to be right.
    pub holds: bool,
}

impl Own<'_> {
    /// Whether the signature of this document is right, if it is this very badge, looked at with the
    /// key that signed it.
    pub(super) fn verdict(
        &self,
        document: &Arc<Value<'static>>,
        key: &PublicKey,
    ) -> Option<Result<(), SuiteError>> {
        let is_same = Arc::ptr_eq(self.value, document) && *key == self.prepared.key;
        is_same.then_some(if self.holds { Ok(()) } else { Err(SuiteError::Signature) })
    }
}
