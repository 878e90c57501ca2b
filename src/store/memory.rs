//! The contract in memory: for tests, and for runs that leave nothing behind.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{PoisonError, RwLock};

use super::backend::{Batch, Key, Stored, Version};
use super::check::CheckProgress;
use super::error::StoreError;
use super::group::{Before, Group};

/// A store that lives as long as the process; “durable” means just that.
#[derive(Debug, Default)]
pub struct Memory(RwLock<Records>);

#[derive(Debug, Default)]
struct Records {
    last: u64,
    by_key: BTreeMap<Key, Stored>,
}

impl Memory {
    pub(super) fn get(&self, key: &Key) -> Option<Stored> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).by_key.get(key).cloned()
    }

    pub(super) fn scan(
        &self,
        prefix: &Key,
        after: Option<&Key>,
        limit: usize,
    ) -> Vec<(Key, Stored)> {
        let start = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let records = self.0.read().unwrap_or_else(PoisonError::into_inner);
        records
            .by_key
            .range((start, Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix))
            .take(limit)
            .map(|(key, stored)| (key.clone(), stored.clone()))
            .collect()
    }

    pub(super) fn commit(&self, batch: Batch) -> Result<Version, StoreError> {
        let mut records = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut group = Group::after(Version(records.last));
        let version = group.admit(batch, &*records)?;
        let (last, outcome) = group.finish();
        records.last = last.0;
        for (key, (version, value)) in outcome {
            match value {
                Some(bytes) => records.by_key.insert(key, Stored { version, bytes }),
                None => records.by_key.remove(&key),
            };
        }
        Ok(version)
    }

    pub(super) fn check(&self, progress: &CheckProgress) {
        let count = self.0.read().unwrap_or_else(PoisonError::into_inner).by_key.len();
        progress.sound(u64::try_from(count).unwrap_or(u64::MAX));
        progress.finish(None);
    }
}

impl Before for Records {
    fn record(&self, key: &Key) -> Result<Option<Stored>, StoreError> {
        Ok(self.by_key.get(key).cloned())
    }

    fn any(&self, prefix: &Key) -> Result<bool, StoreError> {
        Ok(self.by_key.range(prefix..).next().is_some_and(|(key, _)| key.starts_with(prefix)))
    }
}
