//! Finds awards by their short codes.
//!
//! An award is noted under its code when it is made, with the account that owns it: whoever knows a
//! public id finds the award by this one record. Stores that were made before codes were looked
//! up have awards that were not: those are noted once, beside the service's work, and until then a
//! code that is not found may yet be. Who owns them stands where it does for all other ids.

use super::backend::{Batch, Key};
use super::facts::SHORT_CODES;
use super::keyspace::shared;
use super::record::decode;
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, AssertionId, ShortCode};

/// Awards with one code that are looked at. That so many share one is as good as impossible: among a
/// million awards the chance that any two do is about one in three.
const MOST: usize = 8;

/// Awards that are noted in one commit.
const AT_ONCE: usize = 2_000;

/// What a code leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coded {
    /// These awards, mostly one.
    Found(Vec<AssertionId>),
    /// Nothing.
    Nothing,
    /// Nothing yet: older awards are still being noted.
    NotYet,
}

impl Store {
    /// The awards that have a short code, whatever their visibility.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn by_code(&self, code: &ShortCode) -> Result<Coded, StoreError> {
        let prefix = shared("code").text(code.letters()).key();
        let found = self.backend().scan(&prefix, None, MOST).await?;
        let ids: Vec<AssertionId> = found.iter().filter_map(|(key, _)| id_of(key)).collect();
        if !ids.is_empty() {
            return Ok(Coded::Found(ids));
        }
        let whole = self.fact(SHORT_CODES).await?.is_some();
        Ok(if whole { Coded::Nothing } else { Coded::NotYet })
    }

    /// The account that owns an award, where it is noted under its code.
    pub(super) async fn noted_owner(
        &self,
        id: &AssertionId,
    ) -> Result<Option<AccountId>, StoreError> {
        let key = place(id);
        let found = self.backend().get(&key).await?.filter(|stored| !stored.bytes.is_empty());
        found.map(|stored| Ok(decode(&key, &stored)?.value)).transpose()
    }

    /// Notes the codes of all awards there are; once for ever. It may be broken off at any time and
    /// begun again.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan) and
    /// [`Backend::commit`](super::backend::Backend::commit).
    pub async fn note_codes(&self) -> Result<(), StoreError> {
        if self.fact(SHORT_CODES).await?.is_some() {
            return Ok(());
        }
        let prefix = Key::new(b"own/as_".to_vec());
        let mut after: Option<Key> = None;
        loop {
            let found = self.backend().scan(&prefix, after.as_ref(), AT_ONCE).await?;
            let mut batch = Batch::new();
            for id in found.iter().filter_map(|(key, _)| id_of(key)) {
                batch.put(place(&id), Vec::new());
            }
            let last = found.len() < AT_ONCE;
            after = found.into_iter().last().map(|(key, _)| key).or(after);
            self.backend().commit(batch).await?;
            if last {
                return self.set_fact(SHORT_CODES, "noted").await;
            }
        }
    }
}

impl Transaction<'_> {
    /// Notes a new award under its code, for those who know nothing but the code or the id.
    pub(super) fn own_award(&mut self, id: &AssertionId) {
        let account = self.account.clone();
        self.insert(place(id), &account);
    }
}

fn place(id: &AssertionId) -> Key {
    shared("code").text(ShortCode::of(id).letters()).id(id.as_str())
}

/// The id that a key ends in.
fn id_of(key: &Key) -> Option<AssertionId> {
    let at = key.as_bytes().iter().rposition(|byte| *byte == b'/')?;
    let id = std::str::from_utf8(key.as_bytes().get(at + 1..)?).ok()?;
    AssertionId::parse(id).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::record::encode;
    use crate::store::samples::{account, assertion, badge_class, each_store, issuer};

    const NOW: &str = "2026-11-20T00:00:00Z";

    #[tokio::test]
    async fn awards_are_found_by_their_codes_and_older_ones_once_they_are_noted() {
        each_store(async |store| {
            let class = badge_class(&issuer("a").id);
            let award = |at| assertion(&class, "amara@b.example", at);
            let (new, old) = (award(NOW), award("2026-11-19T00:00:00Z"));
            let mut tx = store.begin(&account(1));
            tx.insert_assertion(&new);
            tx.insert_assertion(&old);
            tx.commit().await.unwrap();
            // As a store of a former version has it.
            let mut batch = Batch::new();
            batch.delete(place(&old.id));
            batch.put(shared("own").id(old.id.as_str()), encode(&account(1)));
            store.backend().commit(batch).await.unwrap();

            let by_code = async |id| store.by_code(&ShortCode::of(id)).await.unwrap();
            let owned = async || {
                for award in [&new, &old] {
                    let found = store.find_assertion(&award.id).await.unwrap().unwrap();
                    assert_eq!((found.0, &found.1.value), (account(1), award));
                }
            };
            owned().await;
            assert_eq!(by_code(&new.id).await, Coded::Found(vec![new.id.clone()]));
            assert_eq!(by_code(&old.id).await, Coded::NotYet);
            store.note_codes().await.unwrap();
            assert_eq!(by_code(&old.id).await, Coded::Found(vec![old.id.clone()]));
            owned().await;
            let nobody = AssertionId::random(&crate::world::Random::seeded(99));
            assert_eq!(by_code(&nobody).await, Coded::Nothing);
            store.note_codes().await.unwrap();
        })
        .await;
    }

    #[tokio::test]
    async fn awards_that_share_a_code_are_all_found() {
        each_store(async |store| {
            let random = crate::world::Random::seeded(5);
            let (one, other) = (AssertionId::random(&random), AssertionId::random(&random));
            let code = ShortCode::of(&one);
            let mut batch = Batch::new();
            for id in [&one, &other] {
                batch.put(shared("code").text(code.letters()).id(id.as_str()), Vec::new());
            }
            store.backend().commit(batch).await.unwrap();
            let Coded::Found(found) = store.by_code(&code).await.unwrap() else {
                panic!("nothing found")
            };
            assert!(found.contains(&one) && found.contains(&other) && found.len() == 2);
        })
        .await;
    }
}
