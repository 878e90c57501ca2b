//! What is public of the keys of issuers: which there are, and where each stands in its life. The
//! private halves lie in the [key directory](super::key_directory).

use jiff::Timestamp;
use serde_json::Value;

use super::backend::Version;
use super::keyspace::{Place, of};
use super::record::{Versioned, decode};
use super::shape::{Shaped, members, nothing_left, object, shape, take, text_shape};
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, IssuerId, KeyId};
use crate::proof::key::KeyType;

/// Most keys of one issuer that are read.
const KEYS_AT_MOST: usize = 1000;

/// A key of an issuer.
#[derive(Clone, Debug, PartialEq)]
pub struct IssuerKey {
    /// Its identifier, in the URL of its JWK.
    pub id: KeyId,
    /// Whose it is.
    pub issuer: IssuerId,
    /// Its number in the key directory; that of an RSA key stands in Open Badges 2.0 URLs.
    pub number: u32,
    /// What kind of key it is.
    pub key_type: KeyType,
    /// The public key as JWK.
    pub public: Value,
    /// Where it stands in its life.
    pub life: KeyLife,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Where a key stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyLife {
    /// It signs.
    Active,
    /// It signs no more since then; what it signed stays good.
    Retired(Timestamp),
    /// Others may have had it since then: what it signed proves nothing by itself.
    Compromised(Timestamp),
}

text_shape! {
    KeyType: |kind| kind.as_str().into(), |text| KeyType::from_name(text);
}

shape!(IssuerKey {
    id: "id",
    issuer: "issuer",
    number: "number",
    key_type: "type",
    public: "public",
    life: "life",
    created_at: "createdAt",
});

impl Shaped for KeyLife {
    fn write(&self, out: &mut String) {
        let (word, since) = match self {
            Self::Active => ("active", None),
            Self::Retired(at) => ("retired", Some(*at)),
            Self::Compromised(at) => ("compromised", Some(*at)),
        };
        object(out, |members| {
            members.put_text("is", word);
            members.put("since", &since);
        });
    }

    fn unshape(value: Value) -> Result<Self, String> {
        let mut members = members(value)?;
        let word: String = take(&mut members, "is")?;
        let life = match word.as_str() {
            "active" => Self::Active,
            "retired" => Self::Retired(take(&mut members, "since")?),
            "compromised" => Self::Compromised(take(&mut members, "since")?),
            _ => return Err(format!("is: {word:?} is no stage of a key's life")),
        };
        nothing_left(&members)?;
        Ok(life)
    }
}

impl Store {
    /// The keys of an issuer of `account`, in the order of their numbers.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn issuer_keys(
        &self,
        account: &AccountId,
        issuer: &IssuerId,
    ) -> Result<Vec<Versioned<IssuerKey>>, StoreError> {
        let found = self.issuer_keys_unless(account, issuer, &[]).await?;
        Ok(found.unwrap_or_default())
    }

    /// The same; `None` when they are those that were read in these versions.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn issuer_keys_unless(
        &self,
        account: &AccountId,
        issuer: &IssuerId,
        known: &[Version],
    ) -> Result<Option<Vec<Versioned<IssuerKey>>>, StoreError> {
        let prefix = place(account, issuer).key();
        let found = self.backend().scan(&prefix, None, KEYS_AT_MOST).await?;
        if !known.is_empty() && found.iter().map(|(_, stored)| &stored.version).eq(known) {
            return Ok(None);
        }
        found.iter().map(|(key, stored)| decode(key, stored)).collect::<Result<_, _>>().map(Some)
    }
}

impl Transaction<'_> {
    /// Adds a key.
    pub fn insert_issuer_key(&mut self, key: &IssuerKey) {
        self.insert(place(&self.account, &key.issuer).number(key.number).key(), key);
    }

    /// Demands that a key has not been changed since `version`: what it signed is kept only while it
    /// still signs.
    pub fn expect_issuer_key(&mut self, version: Version, key: &IssuerKey) {
        let place = place(&self.account, &key.issuer).number(key.number).key();
        self.expect_version(place, version);
    }

    /// Changes a key that was read at `version`.
    pub fn update_issuer_key(&mut self, version: Version, key: &IssuerKey) {
        self.replace(place(&self.account, &key.issuer).number(key.number).key(), version, key);
    }
}

fn place(account: &AccountId, issuer: &IssuerId) -> Place {
    of(account, "key").text(issuer.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{account, at, each_store};
    use crate::world::Random;

    #[tokio::test]
    async fn keys_are_read_back_in_order_with_their_life() {
        each_store(async |store| {
            let random = Random::seeded(4);
            let issuer = IssuerId::random(&random);
            let lives = [
                KeyLife::Retired(at("2026-02-01T00:00:00Z")),
                KeyLife::Compromised(at("2026-03-01T00:00:00Z")),
                KeyLife::Active,
            ];
            let keys: Vec<IssuerKey> = (1..)
                .zip(lives)
                .map(|(number, life)| IssuerKey {
                    id: KeyId::random(&random),
                    issuer: issuer.clone(),
                    number,
                    key_type: KeyType::Rsa,
                    public: serde_json::json!({"kty": "RSA", "n": "AQAB"}),
                    life,
                    created_at: at("2026-01-01T00:00:00Z"),
                })
                .collect();
            let mut tx = store.begin(&account(1));
            for key in keys.iter().rev() {
                tx.insert_issuer_key(key);
            }
            tx.commit().await.unwrap();
            let read = store.issuer_keys(&account(1), &issuer).await.unwrap();
            let values: Vec<IssuerKey> = read.iter().map(|key| key.value.clone()).collect();
            assert_eq!(values, keys);
            assert!(store.issuer_keys(&account(2), &issuer).await.unwrap().is_empty());

            let last = &read[2];
            let retired =
                IssuerKey { life: KeyLife::Retired(at("2026-04-01T00:00:00Z")), ..keys[2].clone() };
            let mut tx = store.begin(&account(1));
            tx.update_issuer_key(last.version, &retired);
            tx.commit().await.unwrap();
            let read = store.issuer_keys(&account(1), &issuer).await.unwrap();
            assert_eq!(read[2].value, retired);
        })
        .await;
    }
}
