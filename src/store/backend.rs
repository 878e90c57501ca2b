//! The contract: a small atomic key-value store, the same over every engine.
//!
//! # What every backend promises
//!
//! - **Atomic.** A [`Batch`] is applied whole or not at all: its expectations are checked and its
//!   writes made as one step no other commit can come between.
//! - **Durable.** When [`Backend::commit`] returns `Ok`, the batch survives the end of the process
//!   and, on honest hardware, of power. Commits that wait at the same time share one flush.
//! - **Only durable facts are read.** A read never returns what a crash could still take back: it
//!   waits for a commit in flight on its key.
//! - **Ordered.** Keys are byte strings, scans go in their byte order. A scan is no snapshot: every
//!   record it returns was committed, and commits made meanwhile may or may not be seen.
//! - **Versioned.** Every commit has its own [`Version`], higher than all before it; a record
//!   carries the version of the commit that wrote it last.
//! - **Conflicts name the key** and change nothing. The caller retries: only he can decide again on
//!   what he reads then. A backend never retries by itself.
//! - **Stops rather than guesses.** After a failed write no further commit is acknowledged; reads
//!   of what was durable before go on where the engine still can, and are refused where it cannot.
//!   A disk without room is noticed before anything is written, and is no such failure.
//!
//! A commit whose future is dropped may still happen.

use std::fmt;
use std::sync::Arc;

use super::check::CheckProgress;
use super::durable::Durable;
use super::error::StoreError;
use super::memory::Memory;
use super::reads;

/// Largest value, in bytes. Larger content lies in files ([`super::blobs`]).
pub const MAX_VALUE_BYTES: usize = 64 * 1024;

/// Largest key, in bytes.
pub const MAX_KEY_BYTES: usize = 512;

/// Most keys a batch may write, most it may expect, most it may append.
pub const MAX_BATCH_KEYS: usize = 16_384;

/// One of the engines behind the contract. Clones share it.
#[derive(Clone, Debug)]
pub enum Backend {
    /// In memory, gone with the process: for tests and throw-away runs.
    Memory(Arc<Memory>),
    /// sled 0.34 in a directory, one process at a time.
    Sled(Arc<Durable>),
}

impl Backend {
    /// The record under `key`, if there is one.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] or [`StoreError::Unreadable`] when it cannot be read back whole,
    /// [`StoreError::InDoubt`] when a failed write touched it.
    pub async fn get(&self, key: &Key) -> Result<Option<Stored>, StoreError> {
        let found = match self {
            Self::Memory(memory) => Ok(memory.get(key)),
            Self::Sled(sled) => sled.get(key).await,
        };
        reads::note_record(key, found.as_ref());
        found
    }

    /// At most `limit` records whose keys begin with `prefix` and come after `after`, in byte order.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn scan(
        &self,
        prefix: &Key,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Stored)>, StoreError> {
        let found = match self {
            Self::Memory(memory) => Ok(memory.scan(prefix, after, limit)),
            Self::Sled(sled) => sled.scan(prefix, after, limit).await,
        };
        reads::note_list((prefix, after, limit), found.as_ref());
        found
    }

    /// Makes `batch` a fact, or changes nothing; durable when it returns. The version is that of
    /// every record the batch wrote. An empty batch checks its expectations.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], [`StoreError::Refused`], [`StoreError::Full`],
    /// [`StoreError::InDoubt`], [`StoreError::Stopped`], [`StoreError::Closed`].
    pub async fn commit(&self, batch: Batch) -> Result<Version, StoreError> {
        match self {
            Self::Memory(memory) => memory.commit(batch),
            Self::Sled(sled) => sled.commit(batch).await,
        }
    }

    /// Why the store takes no writes, if so.
    pub fn stopped(&self) -> Option<String> {
        match self {
            Self::Memory(_) => None,
            Self::Sled(sled) => sled.stopped(),
        }
    }

    /// Reads every record once and checks it, reporting as it goes. Takes the calling thread for
    /// as long as that lasts: run it on one of its own.
    pub fn check(&self, progress: &CheckProgress) {
        match self {
            Self::Memory(memory) => memory.check(progress),
            Self::Sled(sled) => sled.check(progress),
        }
    }
}

/// A key: 1 to [`MAX_KEY_BYTES`] bytes, the first not zero (zero is the backends' own).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Vec<u8>);

impl Key {
    /// These bytes as a key; limits are checked when it is committed.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it begins with `prefix`.
    pub fn starts_with(&self, prefix: &Self) -> bool {
        self.0.starts_with(&prefix.0)
    }
}

/// Printable bytes as they are, others as `\x..`: for messages and logs.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Counts commits: each has a higher one than all before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u64);

/// The place of an appended row among all: its commit, and its number within that commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence {
    /// The commit that appended it.
    pub version: Version,
    /// Counts the rows that this commit appended, from 0.
    pub row: u16,
}

impl Sequence {
    /// Bytes it takes in a key.
    pub const BYTES: usize = 10;

    /// Big-endian, so that byte order is its order.
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let (version, row) = bytes.split_at_mut(8);
        version.copy_from_slice(&self.version.0.to_be_bytes());
        row.copy_from_slice(&self.row.to_be_bytes());
        bytes
    }

    /// Reads it off the end of a key.
    pub fn of(key: &Key) -> Option<Self> {
        let (_, tail) = key.0.split_last_chunk::<{ Self::BYTES }>()?;
        let (version, row) = tail.split_first_chunk::<8>()?;
        let version = Version(u64::from_be_bytes(*version));
        Some(Self { version, row: u16::from_be_bytes(*row.first_chunk::<2>()?) })
    }
}

/// A record as it lies in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The commit that wrote it last.
    pub version: Version,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What must hold of a key for a batch to be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// There is no record under the key.
    Absent,
    /// There is one, last written by this commit.
    Version(Version),
}

/// Expectations and writes that stand or fall together.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub(super) expectations: Vec<(Key, Expectation)>,
    pub(super) writes: Vec<(Key, Option<Vec<u8>>)>,
    pub(super) appends: Vec<Append>,
}

/// A row that is appended.
#[derive(Clone, Debug)]
pub(super) struct Append {
    pub(super) prefix: Key,
    pub(super) bytes: Vec<u8>,
    /// Where the end of its chain is noted, if it is chained.
    pub(super) head: Option<Key>,
    /// It is written only if there is a record whose key begins with this.
    pub(super) wanted_by: Option<Key>,
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Demands that `expectation` holds of `key`.
    pub fn expect(&mut self, key: Key, expectation: Expectation) {
        self.expectations.push((key, expectation));
    }

    /// Writes `bytes` under `key`. Of several writes to one key the last counts.
    pub fn put(&mut self, key: Key, bytes: Vec<u8>) {
        self.writes.push((key, Some(bytes)));
    }

    /// Removes the record under `key`, if there is one.
    pub fn delete(&mut self, key: Key) {
        self.writes.push((key, None));
    }

    /// Demands that there is no record under `key`, and writes one.
    pub fn insert(&mut self, key: Key, bytes: Vec<u8>) {
        self.expect(key.clone(), Expectation::Absent);
        self.put(key, bytes);
    }

    /// Writes `bytes` under `prefix` followed by a [`Sequence`] that only the commit gives: rows
    /// appended under one prefix lie in the order of their commits, and a reader who has seen one
    /// never finds a new one before it.
    pub fn append(&mut self, prefix: Key, bytes: Vec<u8>) {
        self.appends.push(Append { prefix, bytes, head: None, wanted_by: None });
    }

    /// The same for a row that is of use only to those whose records begin with `readers`: it is
    /// written if there is one of them when this becomes a fact. Its number is used up anyway.
    pub fn append_for(&mut self, readers: Key, prefix: Key, bytes: Vec<u8>) {
        self.appends.push(Append { prefix, bytes, head: None, wanted_by: Some(readers) });
    }

    /// The same, chained to the row appended before it with this `head`: the row carries the hash of
    /// that one and its own, and `head` says where the chain ends (`chain`).
    pub fn append_chained(&mut self, prefix: Key, head: Key, bytes: Vec<u8>) {
        self.appends.push(Append { prefix, bytes, head: Some(head), wanted_by: None });
    }

    /// Whether it neither expects nor writes anything.
    pub fn is_empty(&self) -> bool {
        self.expectations.is_empty() && self.writes.is_empty() && self.appends.is_empty()
    }

    /// Bytes of keys and values written.
    pub(super) fn size(&self) -> usize {
        let length = |value: &Option<Vec<u8>>| value.as_ref().map_or(0, Vec::len);
        let written: usize =
            self.writes.iter().map(|(key, value)| key.0.len() + length(value)).sum();
        let appended: usize =
            self.appends.iter().map(|row| row.prefix.0.len() + row.bytes.len()).sum();
        written + appended
    }
}
