//! Rows that are chained: each carries the SHA-256 over that of the row before it, its own place and
//! its own bytes, so that a row that was altered, removed or put elsewhere shows.
//!
//! The committer seals them, and nobody else: only it knows which row comes before which, so that the
//! chain holds however many commit at once, costs them no waiting for each other, and is as durable
//! as the rows. A hash of some hundred bytes is a microsecond of its time.
//!
//! The head record says how many rows there are and where the chain ends, so that rows missing at
//! the end show, too. Who can rewrite the whole store can rewrite the whole chain: an exported head,
//! kept elsewhere, holds him to it.

use sha2::{Digest, Sha256};

use super::backend::{Sequence, Version};
use super::recent::Cursor;

/// SHA-256.
pub(super) type Hash = [u8; 32];

/// What the first row of a chain follows.
pub(super) const BEGINNING: Hash = [0; 32];

/// First byte of a sealed row; that of a record ([`super::record`]) is another one.
const SEALED: u8 = 2;

/// The end of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Of its last row.
    pub(super) hash: Hash,
    /// How many rows it has.
    pub(super) count: u64,
    /// Where its last row lies.
    pub(super) last: Sequence,
}

impl Head {
    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let mut rest = Cursor(bytes);
        let hash = rest.take(32)?.try_into().ok()?;
        let (count, version, row) = (rest.u64()?, rest.u64()?, rest.u16()?);
        let last = Sequence { version: Version(version), row };
        rest.0.is_empty().then_some(Self { hash, count, last })
    }

    pub(super) fn to_bytes(self) -> Vec<u8> {
        [&self.hash[..], &self.count.to_be_bytes(), &self.last.to_bytes()].concat()
    }

    /// The end after one more row, and that row as it is stored.
    pub(super) fn sealed(before: Option<Self>, at: Sequence, payload: &[u8]) -> (Self, Vec<u8>) {
        let previous = before.map_or(BEGINNING, |head| head.hash);
        let hash = link(&previous, at, payload);
        let count = before.map_or(0, |head| head.count).saturating_add(1);
        let row = [&[SEALED][..], &previous, &hash, payload].concat();
        (Self { hash, count, last: at }, row)
    }
}

/// The hash of a row.
pub(super) fn link(previous: &Hash, at: Sequence, payload: &[u8]) -> Hash {
    Sha256::new()
        .chain_update(previous)
        .chain_update(at.to_bytes())
        .chain_update(payload)
        .finalize()
        .into()
}

/// A row as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sealed<'b> {
    pub(super) previous: Hash,
    pub(super) hash: Hash,
    pub(super) payload: &'b [u8],
}

/// Takes a sealed row apart; `None` for a row from before there was a chain.
pub(super) fn unseal(bytes: &[u8]) -> Option<Sealed<'_>> {
    let mut rest = Cursor(bytes);
    if rest.u8()? != SEALED {
        return None;
    }
    let previous = rest.take(32)?.try_into().ok()?;
    let hash = rest.take(32)?.try_into().ok()?;
    Some(Sealed { previous, hash, payload: rest.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_and_rows_read_back() {
        let at = Sequence { version: Version(7), row: 3 };
        let (head, row) = Head::sealed(None, at, b"one");
        assert_eq!(Head::of(&head.to_bytes()), Some(head));
        assert_eq!(head.count, 1);
        let sealed = unseal(&row).unwrap();
        assert_eq!(
            (sealed.previous, sealed.hash, sealed.payload),
            (BEGINNING, head.hash, &b"one"[..])
        );
        let (next, row) = Head::sealed(Some(head), at, b"two");
        assert_eq!((next.count, unseal(&row).unwrap().previous), (2, head.hash));
        assert_eq!(Head::of(&head.to_bytes()[1..]), None);
        assert_eq!(unseal(b"\x01{}"), None);
        assert_eq!(unseal(&row[..40]), None);
    }

    #[test]
    fn place_bytes_and_predecessor_all_count() {
        let at = Sequence { version: Version(7), row: 3 };
        let hash = link(&BEGINNING, at, b"row");
        assert_ne!(hash, link(&[1; 32], at, b"row"));
        assert_ne!(hash, link(&BEGINNING, Sequence { row: 4, ..at }, b"row"));
        assert_ne!(hash, link(&BEGINNING, at, b"roW"));
    }
}
