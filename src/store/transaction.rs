//! A unit of work: several typed writes that become facts together.
//!
//! Each kind of record adds its methods in its own file (`insert_assertion` in `assertions.rs`, and
//! so on), so that minting reads as what it does:
//!
//! ```text
//! let mut tx = store.begin(&account);
//! tx.insert_assertion(&assertion);
//! tx.set_form(&assertion.id, FormKind::Ob3, form);
//! tx.remember_answer(&claim, answer, now);
//! tx.audit(row);
//! tx.commit().await?;
//! ```

use super::Store;
use super::backend::{Batch, Expectation, Key, Version};
use super::error::StoreError;
use super::keyspace::shared;
use super::record::{INLINE_BODY_BYTES, encode, encode_with_body};
use super::shape::Shaped;
use crate::domain::AccountId;

/// Writes of one account, collected; nothing happens before [`commit`](Self::commit). One minting
/// takes about fifteen keys of the [16,384](super::backend::MAX_BATCH_KEYS) that fit.
#[must_use = "nothing is written before it is committed"]
#[derive(Debug)]
pub struct Transaction<'a> {
    pub(super) store: &'a Store,
    pub(super) account: AccountId,
    batch: Batch,
    /// Keys that must be new, with the word for what is taken if they are not.
    unique: Vec<(Key, &'static str)>,
    /// Bodies that go to files, before the batch that names them.
    files: Vec<Vec<u8>>,
}

impl<'a> Transaction<'a> {
    pub(super) fn new(store: &'a Store, account: AccountId) -> Self {
        Self { store, account, batch: Batch::new(), unique: Vec::new(), files: Vec::new() }
    }

    /// The account whose records it writes.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// Makes all of it a fact, durable when it returns, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when a name that must be unique is in use; [`StoreError::Conflict`]
    /// when a record that was to be changed was changed by another meanwhile: read it again, decide
    /// again; the others as [`Backend::commit`](super::backend::Backend::commit).
    pub async fn commit(self) -> Result<Version, StoreError> {
        for bytes in self.files {
            self.store.blobs().put(bytes).await?;
        }
        let unique = self.unique;
        self.store.backend().commit(self.batch).await.map_err(|error| match error {
            StoreError::Conflict { key } => {
                match unique.into_iter().find(|(unique, _)| *unique == key) {
                    Some((_, what)) => StoreError::Taken { what },
                    None => StoreError::Conflict { key },
                }
            }
            other => other,
        })
    }

    pub(super) fn put(&mut self, key: Key, value: &impl Shaped) {
        self.batch.put(key, encode(value));
    }

    pub(super) fn insert(&mut self, key: Key, value: &impl Shaped) {
        self.batch.insert(key, encode(value));
    }

    /// Inserts a record whose key holds a name that somebody chose.
    pub(super) fn insert_unique(&mut self, key: Key, value: &impl Shaped, what: &'static str) {
        self.unique.push((key.clone(), what));
        self.insert(key, value);
    }

    pub(super) fn replace(&mut self, key: Key, version: Version, value: &impl Shaped) {
        self.batch.expect(key.clone(), Expectation::Version(version));
        self.put(key, value);
    }

    /// A record that says all with its key.
    pub(super) fn mark(&mut self, key: Key) {
        self.batch.put(key, Vec::new());
    }

    pub(super) fn delete(&mut self, key: Key) {
        self.batch.delete(key);
    }

    pub(super) fn append(&mut self, prefix: Key, value: &impl Shaped) {
        self.batch.append(prefix, encode(value));
    }

    /// A row that is written only if there are records that begin with `readers`.
    pub(super) fn append_for(&mut self, readers: Key, prefix: Key, value: &impl Shaped) {
        self.batch.append_for(readers, prefix, encode(value));
    }

    /// A row that is chained to the one before it with the same `head`.
    pub(super) fn append_chained(&mut self, prefix: Key, head: Key, bytes: Vec<u8>) {
        self.batch.append_chained(prefix, head, bytes);
    }

    /// Notes whose an id is, for those who know nothing but the id.
    pub(super) fn own(&mut self, id: &str) {
        let account = self.account.clone();
        self.insert(shared("own").id(id), &account);
    }

    /// A record with a body, inline or in a file as its size asks.
    pub(super) fn put_with_body(&mut self, key: Key, head: impl Shaped, body: Vec<u8>) {
        let bytes = if body.len() <= INLINE_BODY_BYTES {
            encode_with_body(&(head, None::<String>), &body)
        } else {
            let name = super::blobs::hex_digest(&body);
            self.files.push(body);
            encode_with_body(&(head, Some(name)), b"")
        };
        self.batch.put(key, bytes);
    }

    pub(super) fn expect_absent(&mut self, key: Key, what: &'static str) {
        self.unique.push((key.clone(), what));
        self.batch.expect(key, Expectation::Absent);
    }

    pub(super) fn expect_version(&mut self, key: Key, version: Version) {
        self.batch.expect(key, Expectation::Version(version));
    }
}
