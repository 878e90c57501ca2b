//! Rows of batches that have had their turn, by what makes a row this row.

use super::backend::Key;
use super::keyspace::of;
use super::shape::shape;
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, AssertionId, BatchId};

/// What makes a row this row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKey<'a> {
    /// The platform's own identifier.
    ExternalId(&'a str),
    /// SHA-256 of all it says.
    Content(&'a [u8; 32]),
}

/// A row that has had its turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenRow {
    /// Its batch.
    pub batch: BatchId,
    /// Its number there, from 1.
    pub row: u32,
    /// SHA-256 of all it says.
    pub content: [u8; 32],
    /// The award that came of it.
    pub assertion: Option<AssertionId>,
}
shape!(SeenRow { batch: "batch", row: "row", content: "content", assertion: "assertion" });

impl Store {
    /// The row of `account` that was worked off under this key.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn seen_row(
        &self,
        account: &AccountId,
        key: RowKey<'_>,
    ) -> Result<Option<SeenRow>, StoreError> {
        Ok(self.read(&seen(account, key)).await?.map(|found| found.value))
    }
}

impl Transaction<'_> {
    /// Remembers a row under a key, in place of a former one.
    pub fn see_row(&mut self, key: RowKey<'_>, row: &SeenRow) {
        let account = self.account.clone();
        self.put(seen(&account, key), row);
    }
}

fn seen(account: &AccountId, key: RowKey<'_>) -> Key {
    match key {
        RowKey::ExternalId(id) => of(account, "batx").foreign(&[id]).key(),
        RowKey::Content(content) => of(account, "batc").raw(content).key(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{account, each_store};
    use crate::world::Random;

    #[tokio::test]
    async fn a_row_is_known_again_in_its_account() {
        each_store(async |store| {
            let content = [7; 32];
            let row = SeenRow {
                batch: BatchId::random(&Random::seeded(1)),
                row: 3,
                content,
                assertion: None,
            };
            let keys = [RowKey::ExternalId("row 3"), RowKey::Content(&content)];
            for key in keys {
                assert_eq!(store.seen_row(&account(1), key).await.unwrap(), None);
                let mut tx = store.begin(&account(1));
                tx.see_row(key, &row);
                tx.commit().await.unwrap();
                assert_eq!(store.seen_row(&account(1), key).await.unwrap(), Some(row.clone()));
                assert_eq!(store.seen_row(&account(2), key).await.unwrap(), None);
            }
        })
        .await;
    }
}
