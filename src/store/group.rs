//! Commits that are made durable together.
//!
//! The committer takes every batch that waits, checks each against what is stored *and* against
//! what the group already holds, and has then one set of writes to apply at once.

use std::collections::BTreeMap;

use super::backend::{
    Batch, Expectation, Key, MAX_BATCH_KEYS, MAX_KEY_BYTES, MAX_VALUE_BYTES, Sequence, Stored,
    Version,
};
use super::chain::Head;
use super::error::StoreError;

/// What a group leaves under each key it touches: version, and value or removal.
pub(super) type Outcome = BTreeMap<Key, (Version, Option<Vec<u8>>)>;

/// What is stored before a group.
pub(super) trait Before {
    /// The record under `key`.
    fn record(&self, key: &Key) -> Result<Option<Stored>, StoreError>;

    /// Whether there is a record whose key begins with `prefix`.
    fn any(&self, prefix: &Key) -> Result<bool, StoreError>;
}

/// Batches admitted so far, as if applied one after the other.
#[derive(Debug)]
pub(super) struct Group {
    last: Version,
    outcome: Outcome,
    /// Whether there are readers of what is appended for some only.
    readers: BTreeMap<Key, bool>,
}

impl Group {
    /// An empty group after the commit `last`.
    pub(super) fn after(last: Version) -> Self {
        Self { last, outcome: Outcome::new(), readers: BTreeMap::new() }
    }

    /// Takes `batch` in if its limits and expectations hold; else the group is as it was.
    pub(super) fn admit(
        &mut self,
        batch: Batch,
        before: &impl Before,
    ) -> Result<Version, StoreError> {
        check_limits(&batch)?;
        for (key, expectation) in &batch.expectations {
            let found = match self.outcome.get(key) {
                Some((_, None)) => None,
                Some((version, Some(_))) => Some(*version),
                None => before.record(key)?.map(|stored| stored.version),
            };
            let holds = match expectation {
                Expectation::Absent => found.is_none(),
                Expectation::Version(version) => found == Some(*version),
            };
            if !holds {
                return Err(StoreError::Conflict { key: key.clone() });
            }
        }
        let mut heads = self.heads(&batch, before)?;
        for readers in batch.appends.iter().filter_map(|append| append.wanted_by.as_ref()) {
            if !self.readers.contains_key(readers) {
                self.readers.insert(readers.clone(), before.any(readers)?);
            }
        }
        let version = Version(self.last.0.saturating_add(1));
        self.last = version;
        for (key, value) in batch.writes {
            self.outcome.insert(key, (version, value));
        }
        for (row, append) in (0_u16..).zip(batch.appends) {
            let at = Sequence { version, row };
            if append.wanted_by.as_ref().is_some_and(|readers| !self.has_readers(readers)) {
                continue;
            }
            let mut key = append.prefix.as_bytes().to_vec();
            key.extend(at.to_bytes());
            let mut bytes = append.bytes;
            if let Some(end) = append.head {
                let head;
                (head, bytes) = Head::sealed(heads.get(&end).copied(), at, &bytes);
                self.outcome.insert(end.clone(), (version, Some(head.to_bytes())));
                heads.insert(end, head);
            }
            self.outcome.insert(Key::new(key), (version, Some(bytes)));
        }
        Ok(version)
    }

    /// The ends of the chains that a batch goes on with.
    fn heads(
        &self,
        batch: &Batch,
        before: &impl Before,
    ) -> Result<BTreeMap<Key, Head>, StoreError> {
        let mut heads = BTreeMap::new();
        for key in batch.appends.iter().filter_map(|append| append.head.as_ref()) {
            let bytes = match self.outcome.get(key) {
                Some((_, bytes)) => bytes.clone(),
                None => before.record(key)?.map(|stored| stored.bytes),
            };
            if let Some(bytes) = bytes {
                let what = "it is no end of a chain".to_owned();
                let head = Head::of(&bytes)
                    .ok_or_else(|| StoreError::Damaged { key: key.clone(), what })?;
                heads.insert(key.clone(), head);
            }
        }
        Ok(heads)
    }

    /// Whether there are, or were before this group, records whose keys begin with `readers`.
    fn has_readers(&self, readers: &Key) -> bool {
        self.readers.get(readers) == Some(&true)
            || self.outcome.range(readers..).next().is_some_and(|(key, _)| key.starts_with(readers))
    }

    /// Whether there is nothing to write.
    pub(super) fn is_empty(&self) -> bool {
        self.outcome.is_empty()
    }

    /// The last version given out, and what to write.
    pub(super) fn finish(self) -> (Version, Outcome) {
        (self.last, self.outcome)
    }
}

fn check_limits(batch: &Batch) -> Result<(), StoreError> {
    let expected = batch.expectations.iter().map(|(key, _)| (key, None, 0));
    let written = batch.writes.iter().map(|(key, value)| (key, value.as_ref(), 0));
    let appended = batch.appends.iter().map(|row| (&row.prefix, Some(&row.bytes), Sequence::BYTES));
    let heads = batch.appends.iter().filter_map(|row| Some((row.head.as_ref()?, None, 0)));
    for (key, value, added) in expected.chain(written).chain(appended).chain(heads) {
        let length = key.as_bytes().len() + added;
        match key.as_bytes() {
            [] => return refused(key, "an empty key".to_owned()),
            [0, ..] => return refused(key, "keys beginning with zero are reserved".to_owned()),
            _ if length > MAX_KEY_BYTES => {
                return refused(key, format!("a key of {length} bytes, at most {MAX_KEY_BYTES}"));
            }
            _ => {}
        }
        if let Some(value) = value
            && value.len() > MAX_VALUE_BYTES
        {
            let what = format!("a value of {} bytes, at most {MAX_VALUE_BYTES}", value.len());
            return refused(key, what);
        }
    }
    let count = batch.expectations.len().max(batch.writes.len()).max(batch.appends.len());
    if count > MAX_BATCH_KEYS {
        let what = format!("a batch of {count} keys, at most {MAX_BATCH_KEYS}");
        return refused(&Key::new(*b"batch"), what);
    }
    Ok(())
}

fn refused<T>(key: &Key, what: String) -> Result<T, StoreError> {
    Err(StoreError::Refused { key: key.clone(), what })
}
