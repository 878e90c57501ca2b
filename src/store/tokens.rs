//! Access tokens. Their secrets are not kept, only digests of them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::backend::{Batch, Version};
use super::keyspace::of;
use super::page::{Page, Paged};
use super::record::{Versioned, decode, encode};
use super::shape::shape;
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, PersonRef, TokenId};

/// A use is noted at most this often.
const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// Tokens whose last noted use is remembered.
const REMEMBERED: usize = 10_000;

/// An access token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its public identifier.
    pub id: TokenId,
    /// What people call it.
    pub label: String,
    /// SHA-256 of its secret, which has 128 random bits at least.
    pub secret_sha256: [u8; 32],
    /// What it allows.
    pub scopes: Vec<String>,
    /// The role that its scopes come from.
    pub role: Option<String>,
    /// Who uses it.
    pub person: Option<PersonRef>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}
shape!(Token {
    id: "id",
    label: "label",
    secret_sha256: "secret",
    scopes: "scopes",
    role: "role",
    person: "person",
    created_at: "createdAt",
    expires_at: "expiresAt",
    revoked_at: "revokedAt",
});

/// When each token's use was last noted.
#[derive(Debug, Default)]
pub(super) struct Uses(Mutex<HashMap<TokenId, Timestamp>>);

impl Store {
    /// A token by its public id, with the account that owns it. Whether it has ended, was taken
    /// back, or comes with the right secret is for the caller to judge.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn find_token(
        &self,
        id: &TokenId,
    ) -> Result<Option<(AccountId, Versioned<Token>)>, StoreError> {
        let Some(account) = self.owner_of(id.as_str()).await? else { return Ok(None) };
        let found = self.read(&of(&account, "tok").id(id.as_str())).await?;
        Ok(found.map(|token| (account, token)))
    }

    /// The tokens of `account` and when each was last used, to the minute.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn tokens(
        &self,
        account: &AccountId,
        page: &Page,
    ) -> Result<Paged<(Versioned<Token>, Option<Timestamp>)>, StoreError> {
        let found = self.page_of(&of(account, "tok"), page).await?;
        let mut items = Vec::with_capacity(found.items.len());
        for (key, stored) in &found.items {
            let token: Versioned<Token> = decode(key, stored)?;
            let used = self.token_used(account, &token.value.id).await?;
            items.push((token, used));
        }
        Ok(Paged { items, next: found.next })
    }

    /// When a token of `account` was last used, to the minute.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn token_used(
        &self,
        account: &AccountId,
        id: &TokenId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let used = self.read(&of(account, "toku").id(id.as_str())).await?;
        Ok(used.map(|used| used.value))
    }

    /// Notes that a token was used; once a minute at most, so that it may be called on every
    /// request.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn note_token_use(
        &self,
        account: &AccountId,
        id: &TokenId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        {
            let mut uses = self.0.uses.0.lock().unwrap_or_else(PoisonError::into_inner);
            if uses.get(id).is_some_and(|noted| now.duration_since(*noted).abs() < NOTED_EVERY) {
                return Ok(());
            }
            if uses.len() >= REMEMBERED {
                uses.clear();
            }
            uses.insert(id.clone(), now);
        }
        let mut batch = Batch::new();
        batch.put(of(account, "toku").id(id.as_str()), encode(&now));
        self.backend().commit(batch).await.map(|_| ())
    }
}

impl Transaction<'_> {
    /// Adds a token.
    pub fn insert_token(&mut self, token: &Token) {
        self.own(token.id.as_str());
        self.insert(of(&self.account, "tok").id(token.id.as_str()), token);
    }

    /// Changes a token that was read at `version`.
    pub fn update_token(&mut self, version: Version, token: &Token) {
        self.replace(of(&self.account, "tok").id(token.id.as_str()), version, token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{account, at, each_store};
    use crate::world::Random;

    #[tokio::test]
    async fn tokens_are_found_by_public_id_changed_and_their_use_noted() {
        each_store(async |store| {
            let ours = account(1);
            let token = Token {
                id: TokenId::random(&Random::seeded(1)),
                label: "nightly".to_owned(),
                secret_sha256: [9; 32],
                scopes: vec!["assertions:write".to_owned()],
                role: Some("approver".to_owned()),
                person: PersonRef::parse("staff-17").ok(),
                created_at: at("2026-11-22T00:00:00Z"),
                expires_at: Some(at("2027-11-22T00:00:00Z")),
                revoked_at: None,
            };
            let mut tx = store.begin(&ours);
            tx.insert_token(&token);
            tx.commit().await.unwrap();
            let (owner, found) = store.find_token(&token.id).await.unwrap().unwrap();
            assert_eq!((owner, &found.value), (ours.clone(), &token));
            let unknown = TokenId::random(&Random::seeded(2));
            assert!(store.find_token(&unknown).await.unwrap().is_none());

            for second in [0, 30, 59, 61] {
                let now = at("2026-11-22T01:00:00Z") + SignedDuration::from_secs(second);
                store.note_token_use(&ours, &token.id, now).await.unwrap();
            }
            let revoked = Token { revoked_at: Some(at("2026-11-23T00:00:00Z")), ..token };
            let mut tx = store.begin(&ours);
            tx.update_token(found.version, &revoked);
            tx.commit().await.unwrap();
            let listed = store.tokens(&ours, &Page::first(9)).await.unwrap().items;
            assert_eq!(listed.len(), 1);
            assert_eq!(listed[0].0.value, revoked);
            assert_eq!(listed[0].1, Some(at("2026-11-22T01:01:01Z")));
            assert!(store.tokens(&account(2), &Page::first(9)).await.unwrap().items.is_empty());
        })
        .await;
    }
}
