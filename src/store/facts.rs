//! Facts of the instance: its public URL, its service key, and the like.

use super::backend::{Batch, Expectation};
use super::keyspace::shared;
use super::record::encode;
use super::{Store, StoreError};

/// Stated once every award is noted under its short code.
pub(super) const SHORT_CODES: &str = "short-codes";

/// Stated once every public version of a badge class is noted under what it is aligned with.
pub(super) const ALIGNED: &str = "aligned";

impl Store {
    /// The fact called `name`.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn fact(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(self.read(&shared("fact").id(name)).await?.map(|found| found.value))
    }

    /// States a fact, whatever it was before.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn set_fact(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.put(shared("fact").id(name), encode(&value.to_owned()));
        self.backend().commit(batch).await.map(|_| ())
    }

    /// States a fact that is stated once; gives the one that stands then: `value`, or what somebody
    /// stated before.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn fact_or_state(&self, name: &str, value: &str) -> Result<String, StoreError> {
        let key = shared("fact").id(name);
        let mut batch = Batch::new();
        batch.expect(key.clone(), Expectation::Absent);
        batch.put(key, encode(&value.to_owned()));
        match self.backend().commit(batch).await {
            Ok(_) => Ok(value.to_owned()),
            Err(StoreError::Conflict { key }) => {
                // Facts are never removed.
                self.fact(name).await?.ok_or(StoreError::Conflict { key })
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::store::samples::each_store;

    #[tokio::test]
    async fn a_fact_that_is_stated_once_stays_until_it_is_set() {
        each_store(async |store| {
            assert_eq!(store.fact("public-url").await.unwrap(), None);
            let first = store.fact_or_state("public-url", "https://a.example").await.unwrap();
            let second = store.fact_or_state("public-url", "https://b.example").await.unwrap();
            assert_eq!(
                (first.as_str(), second.as_str()),
                ("https://a.example", "https://a.example")
            );
            store.set_fact("public-url", "https://b.example").await.unwrap();
            assert_eq!(store.fact("public-url").await.unwrap().unwrap(), "https://b.example");
        })
        .await;
    }
}
