//! Answers to requests that came with an `Idempotency-Key`, kept so that the same request gets the
//! same answer. An answer lies in the same batch as the fact it tells of.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::backend::{Batch, Expectation, Key, Version};
use super::keyspace::{digest, of, shared};
use super::page::{Page, Paged};
use super::record::{decode, decode_with_body, encode_with_body};
use super::shape::shape;
use super::{Store, StoreError, Transaction};
use crate::domain::AccountId;

/// How long an answer is kept: the promise is 24 hours.
const KEPT: SignedDuration = SignedDuration::from_hours(48);

/// A first answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Header fields that belong to it, such as `Location` and `ETag`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer that is kept, as it lies in the store.
#[derive(Debug)]
pub struct KeptAnswer {
    /// The answer.
    pub answer: Answer,
    key: Key,
    version: Version,
    fingerprint: [u8; 32],
    at: Timestamp,
}

struct Head {
    fingerprint: [u8; 32],
    status: u16,
    headers: Vec<(String, String)>,
    at: Timestamp,
}
shape!(Head { fingerprint: "fingerprint", status: "status", headers: "headers", at: "at" });

/// What is known of a key.
#[derive(Debug)]
pub enum Claim {
    /// Nothing: the request is to be carried out, and holds the key until this is dropped.
    New(ClaimedKey),
    /// The same request was answered with this.
    Answered(Answer),
    /// The same request is being carried out.
    InFlight,
    /// The key came with another request before.
    Mismatch,
}

/// Keys whose requests are being carried out, with their fingerprints.
pub(super) type Claims = Mutex<HashMap<Key, [u8; 32]>>;

/// A key held by a request that is being carried out.
#[derive(Debug)]
pub struct ClaimedKey {
    claims: Arc<Claims>,
    account: AccountId,
    key: Key,
    hash: [u8; 32],
    fingerprint: [u8; 32],
    /// An answer under the same key that has had its time.
    former: Option<(Version, Timestamp)>,
}

impl Drop for ClaimedKey {
    fn drop(&mut self) {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

impl Store {
    /// Claims an idempotency key of `account` for a request. `fingerprint` is a digest of all that
    /// makes the request what it is: method, path, body.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn claim_answer(
        &self,
        account: &AccountId,
        key: &str,
        fingerprint: [u8; 32],
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        let hash = digest(&[key]);
        let place = of(account, "idem").raw(&hash).key();
        {
            let mut claims = self.0.claims.lock().unwrap_or_else(PoisonError::into_inner);
            match claims.get(&place) {
                Some(other) if *other == fingerprint => return Ok(Claim::InFlight),
                Some(_) => return Ok(Claim::Mismatch),
                None => claims.insert(place.clone(), fingerprint),
            };
        }
        let mut claim = ClaimedKey {
            claims: Arc::clone(&self.0.claims),
            account: account.clone(),
            key: place,
            hash,
            fingerprint,
            former: None,
        };
        let Some(stored) = self.backend().get(&claim.key).await? else {
            return Ok(Claim::New(claim));
        };
        let ((head, file), inline): ((Head, Option<String>), _) =
            decode_with_body(&claim.key, &stored)?;
        if has_passed(head.at, now) {
            claim.former = Some((stored.version, head.at));
            return Ok(Claim::New(claim));
        }
        if head.fingerprint != fingerprint {
            return Ok(Claim::Mismatch);
        }
        let body = self.body(file, inline).await?;
        Ok(Claim::Answered(Answer { status: head.status, headers: head.headers, body }))
    }

    /// The answers that `account` keeps, in no order that means anything.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn kept_answers(
        &self,
        account: &AccountId,
        page: &Page,
    ) -> Result<Paged<KeptAnswer>, StoreError> {
        let found = self.page_of(&of(account, "idem"), page).await?;
        let mut items = Vec::with_capacity(found.items.len());
        for (key, stored) in found.items {
            let ((head, file), inline): ((Head, Option<String>), _) =
                decode_with_body(&key, &stored)?;
            let body = self.body(file, inline).await?;
            let Head { fingerprint, status, headers, at } = head;
            let answer = Answer { status, headers, body };
            let version = stored.version;
            items.push(KeptAnswer { answer, key, version, fingerprint, at });
        }
        Ok(Paged { items, next: found.next })
    }

    /// Puts another body in the place of that of a kept answer, whose entity tag goes; gives whether
    /// it was still the same.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn replace_answer(
        &self,
        kept: KeptAnswer,
        body: Vec<u8>,
    ) -> Result<bool, StoreError> {
        let KeptAnswer { answer, key, version, fingerprint, at } = kept;
        if answer.body == body {
            return Ok(false);
        }
        let mut headers = answer.headers;
        headers.retain(|(name, _)| !name.eq_ignore_ascii_case("etag"));
        let head = Head { fingerprint, status: answer.status, headers, at };
        let mut batch = Batch::new();
        batch.expect(key.clone(), Expectation::Version(version));
        batch.put(key, encode_with_body(&(head, None::<String>), &body));
        match self.backend().commit(batch).await {
            Ok(_) => Ok(true),
            // It has had its time, or the key was used anew.
            Err(StoreError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Removes answers that have had their time, at most `limit`; gives how many.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn sweep_answers(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let mut swept = 0;
        for (mark, stored) in self.backend().scan(&shared("idemx").key(), None, limit).await? {
            let (account, (hash, at)): (AccountId, ([u8; 32], Timestamp)) =
                decode(&mark, &stored)?.value;
            if !has_passed(at, now) {
                break;
            }
            let key = of(&account, "idem").raw(&hash).key();
            let mut batch = Batch::new();
            if let Some(answer) = self.backend().get(&key).await? {
                let ((head, _), _): ((Head, Option<String>), _) = decode_with_body(&key, &answer)?;
                if head.at == at {
                    batch.expect(key.clone(), Expectation::Version(answer.version));
                    batch.delete(key);
                }
            }
            batch.delete(mark);
            match self.backend().commit(batch).await {
                Ok(_) => swept += 1,
                // Somebody used the key anew this very moment.
                Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(swept)
    }
}

fn has_passed(at: Timestamp, now: Timestamp) -> bool {
    at.checked_add(KEPT).is_ok_and(|end| end < now)
}

fn mark(account: &AccountId, hash: &[u8; 32], at: Timestamp) -> Key {
    shared("idemx").oldest_first(at).raw(account.as_str().as_bytes()).raw(hash).key()
}

impl Transaction<'_> {
    /// Keeps the answer to the request that holds `claim`. When another process answered the same
    /// key meanwhile, committing answers [`StoreError::Taken`] with `idempotency key`.
    pub fn remember_answer(&mut self, claim: &ClaimedKey, answer: Answer, now: Timestamp) {
        debug_assert_eq!(claim.account, self.account, "a claim belongs to its account");
        let key = claim.key.clone();
        match claim.former {
            None => self.expect_absent(key.clone(), "idempotency key"),
            Some((version, at)) => {
                self.expect_version(key.clone(), version);
                self.delete(mark(&claim.account, &claim.hash, at));
            }
        }
        let Answer { status, headers, body } = answer;
        let head = Head { fingerprint: claim.fingerprint, status, headers, at: now };
        self.put_with_body(key, head, body);
        let row = (claim.account.clone(), (claim.hash, now));
        self.put(mark(&claim.account, &claim.hash, now), &row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{account, at, each_store};

    const NOW: &str = "2026-11-22T00:00:00Z";

    fn answer(body: &[u8]) -> Answer {
        let headers = vec![("Location".to_owned(), "/v1/assertions/as_1".to_owned())];
        Answer { status: 201, headers, body: body.to_vec() }
    }

    async fn claim(store: &Store, fingerprint: u8, now: &str) -> Claim {
        store.claim_answer(&account(1), "key", [fingerprint; 32], at(now)).await.unwrap()
    }

    async fn remember(store: &Store, held: &ClaimedKey, body: &[u8], now: &str) {
        let mut tx = store.begin(&account(1));
        tx.remember_answer(held, answer(body), at(now));
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn the_same_request_gets_the_first_answer_and_another_is_told() {
        each_store(async |store| {
            let Claim::New(held) = claim(&store, 1, NOW).await else { panic!("not new") };
            assert!(matches!(claim(&store, 1, NOW).await, Claim::InFlight));
            assert!(matches!(claim(&store, 2, NOW).await, Claim::Mismatch));
            let elsewhere = store.claim_answer(&account(2), "key", [1; 32], at(NOW)).await.unwrap();
            assert!(matches!(elsewhere, Claim::New(_)), "keys belong to accounts");
            drop(held);
            let Claim::New(held) = claim(&store, 1, NOW).await else { panic!("not let go") };
            remember(&store, &held, &[b'x'; 100_000], NOW).await;
            drop(held);
            match claim(&store, 1, "2026-11-23T00:00:00Z").await {
                Claim::Answered(first) => assert_eq!(first, answer(&[b'x'; 100_000])),
                other => panic!("{other:?}"),
            }
            assert!(matches!(claim(&store, 2, NOW).await, Claim::Mismatch));
        })
        .await;
    }

    #[tokio::test]
    async fn an_answer_has_its_time_and_is_swept_after() {
        each_store(async |store| {
            let Claim::New(held) = claim(&store, 1, NOW).await else { panic!("not new") };
            remember(&store, &held, b"first", NOW).await;
            drop(held);
            let later = "2026-11-25T00:00:00Z";
            assert_eq!(store.sweep_answers(at("2026-11-23T00:00:01Z"), 10).await.unwrap(), 0);
            // The key is used anew before the sweep comes by.
            let Claim::New(held) = claim(&store, 2, later).await else { panic!("not forgotten") };
            remember(&store, &held, b"second", later).await;
            drop(held);
            assert_eq!(store.sweep_answers(at(later), 10).await.unwrap(), 0);
            assert!(matches!(claim(&store, 2, later).await, Claim::Answered(_)));
            let end = "2026-11-28T00:00:00Z";
            assert_eq!(store.sweep_answers(at(end), 10).await.unwrap(), 1);
            assert_eq!(store.sweep_answers(at(end), 10).await.unwrap(), 0);
            assert!(matches!(claim(&store, 3, later).await, Claim::New(_)));
        })
        .await;
    }

    #[tokio::test]
    async fn two_nodes_that_answer_one_key_make_one_fact() {
        each_store(async |store| {
            let other =
                Store::over(store.backend().clone(), store.blobs().clone(), &store.0.random);
            let Claim::New(first) = claim(&store, 1, NOW).await else { panic!("not new") };
            let Claim::New(second) = claim(&other, 1, NOW).await else { panic!("not new") };
            remember(&store, &first, b"first", NOW).await;
            let mut tx = other.begin(&account(1));
            tx.remember_answer(&second, answer(b"second"), at(NOW));
            let refused = tx.commit().await.unwrap_err();
            assert!(matches!(refused, StoreError::Taken { what: "idempotency key" }), "{refused}");
        })
        .await;
    }
}
