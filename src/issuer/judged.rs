//! Documents that were judged before: hosted documents are made anew each time they are asked for,
//! and one that came out as before needs no second preflight.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

/// Digests kept, 32 bytes each; beyond that it begins anew.
const KEPT: usize = 65_536;

/// Digests of documents that passed.
#[derive(Debug, Default)]
pub(super) struct Judged(Mutex<HashSet<[u8; 32]>>);

impl Judged {
    /// Whether exactly these bytes have not passed yet.
    pub(super) fn is_new(&self, bytes: &[u8]) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        !known.contains(&digest(bytes))
    }

    /// Notes that they passed.
    pub(super) fn note(&self, bytes: &[u8]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(digest(bytes));
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
