//! How often awards were verified: numbers, and nothing of who asked.
//!
//! They are counted in memory and added to the store from time to time, so that a verification costs
//! no write. A kill loses what was counted since: at most a minute of it.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

use super::backend::{Batch, Expectation, Key};
use super::keyspace::of;
use super::record::encode;
use super::{Store, StoreError};
use crate::domain::{AccountId, AssertionId};

/// Awards that are counted at once; others wait until these are written.
const COUNTED: usize = 50_000;

/// Numbers that are written together.
const TOGETHER: usize = 500;

/// What was counted since it was written last.
pub(super) type Tallies = std::sync::Mutex<HashMap<AssertionId, u64>>;

impl Store {
    /// Counts a verification of an award.
    pub fn count_verification(&self, award: &AssertionId) {
        let mut counted = self.counted();
        if counted.len() < COUNTED || counted.contains_key(award) {
            *counted.entry(award.clone()).or_default() += 1;
        }
    }

    /// How often an award was verified.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn verifications_of(
        &self,
        account: &AccountId,
        award: &AssertionId,
    ) -> Result<u64, StoreError> {
        let written = self.read::<u64>(&key(account, award)).await?;
        let since = self.counted().get(award).copied().unwrap_or_default();
        Ok(written.map_or(0, |written| written.value).saturating_add(since))
    }

    /// Writes what was counted.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit); what was not written still counts.
    pub async fn write_tallies(&self) -> Result<(), StoreError> {
        loop {
            // Taken out, so that of two who write each has its own.
            let some: Vec<(AssertionId, u64)> = {
                let mut counted = self.counted();
                let some: Vec<AssertionId> = counted.keys().take(TOGETHER).cloned().collect();
                some.into_iter().filter_map(|award| counted.remove_entry(&award)).collect()
            };
            if some.is_empty() {
                return Ok(());
            }
            match self.add_tallies(&some).await {
                Ok(()) => {}
                // Another was faster: the numbers are read again.
                Err(StoreError::Conflict { .. }) => self.count_again(some),
                Err(error) => {
                    self.count_again(some);
                    return Err(error);
                }
            }
        }
    }

    async fn add_tallies(&self, some: &[(AssertionId, u64)]) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        for (award, more) in some {
            let Some((account, found)) = self.find_assertion(award).await? else { continue };
            if found.value.erased_at.is_some() {
                continue;
            }
            let key = key(&account, award);
            let present = self.read::<u64>(&key).await?;
            let expected = present
                .as_ref()
                .map_or(Expectation::Absent, |present| Expectation::Version(present.version));
            let total = present.map_or(0, |present| present.value).saturating_add(*more);
            batch.expect(key.clone(), expected);
            batch.put(key, encode(&total));
        }
        self.backend().commit(batch).await.map(|_| ())
    }

    fn count_again(&self, some: Vec<(AssertionId, u64)>) {
        let mut counted = self.counted();
        for (award, more) in some {
            *counted.entry(award).or_default() += more;
        }
    }

    fn counted(&self) -> MutexGuard<'_, HashMap<AssertionId, u64>> {
        self.0.tallies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(account: &AccountId, award: &AssertionId) -> Key {
    of(account, "ver").id(award.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{account, assertion, badge_class, each_store, issuer};
    use crate::world::Random;

    #[tokio::test]
    async fn what_is_counted_adds_up_before_and_after_it_is_written() {
        each_store(async |store| {
            let class = badge_class(&issuer("a").id);
            let award = assertion(&class, "a@b.example", "2026-11-22T00:00:00Z");
            let mut tx = store.begin(&account(1));
            tx.insert_assertion(&award);
            tx.commit().await.unwrap();
            let count = async || store.verifications_of(&account(1), &award.id).await.unwrap();
            assert_eq!(count().await, 0);
            for expected in [3, 6] {
                for _ in 0..3 {
                    store.count_verification(&award.id);
                }
                assert_eq!(count().await, expected);
                store.write_tallies().await.unwrap();
                assert_eq!(count().await, expected);
                assert!(store.counted().is_empty());
            }
            // Of what is no award nothing is written.
            store.count_verification(&AssertionId::random(&Random::seeded(5)));
            store.write_tallies().await.unwrap();
            assert!(store.counted().is_empty());
        })
        .await;
    }
}
