//! Links to holders' own pages. Their secrets are not kept, only digests of them.

use jiff::Timestamp;

use super::backend::{Batch, Key};
use super::keyspace::{Place, of, shared, time_of_oldest_first};
use super::page::tail;
use super::record::decode;
use super::shape::shape;
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, AssertionId, HolderSecret};

/// Links to one award at once; a new one takes the place of the oldest.
pub const HOLDER_LINKS_AT_MOST: usize = 20;

/// A link to the holder's page of an award.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderLink {
    /// Whose the award is.
    pub account: AccountId,
    /// The award.
    pub award: AssertionId,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it opens nothing.
    pub expires_at: Timestamp,
}
shape!(HolderLink {
    account: "account",
    award: "award",
    created_at: "createdAt",
    expires_at: "expiresAt",
});

/// A link as it is listed under its award.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedLink {
    /// The link.
    pub link: HolderLink,
    digest: [u8; 32],
}

impl Store {
    /// The link with this secret, unless it has ended.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn holder_link(
        &self,
        secret: &HolderSecret,
        now: Timestamp,
    ) -> Result<Option<HolderLink>, StoreError> {
        let found = self.read::<HolderLink>(&record_key(&secret.digest())).await?;
        Ok(found.map(|found| found.value).filter(|link| link.expires_at > now))
    }

    /// The links to an award, those that have ended among them until they are swept, the one that
    /// was made first in front.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn holder_links(
        &self,
        account: &AccountId,
        award: &AssertionId,
    ) -> Result<Vec<ListedLink>, StoreError> {
        let place = about(account, award);
        let limit = HOLDER_LINKS_AT_MOST * 4;
        let mut links = Vec::new();
        for (key, stored) in self.backend().scan(&place.clone().key(), None, limit).await? {
            let digest = tail(&place, &key).try_into().map_err(|_| damaged(&key))?;
            links.push(ListedLink { link: decode(&key, &stored)?.value, digest });
        }
        links.sort_by_key(|listed| listed.link.created_at);
        Ok(links)
    }

    /// Removes links that have ended, at most `limit`; gives how many.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn sweep_holder_links(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let place = shared("holdx");
        let mut batch = Batch::new();
        let mut swept = 0;
        for (key, stored) in self.backend().scan(&place.clone().key(), None, limit).await? {
            let entry = tail(&place, &key);
            let (Some(ends), Some((_, digest))) =
                (time_of_oldest_first(entry), entry.split_last_chunk::<32>())
            else {
                return Err(damaged(&key));
            };
            if ends > now {
                break;
            }
            let link: HolderLink = decode(&key, &stored)?.value;
            batch.delete(record_key(digest));
            batch.delete(about(&link.account, &link.award).raw(digest).key());
            batch.delete(key);
            swept += 1;
        }
        if swept > 0 {
            self.backend().commit(batch).await?;
        }
        Ok(swept)
    }
}

impl Transaction<'_> {
    /// Adds a link; beyond [`HOLDER_LINKS_AT_MOST`] the oldest of `present` go.
    pub fn add_holder_link(
        &mut self,
        secret: &HolderSecret,
        link: &HolderLink,
        present: &[ListedLink],
    ) {
        let digest = secret.digest();
        self.insert(record_key(&digest), link);
        self.put(about(&link.account, &link.award).raw(&digest).key(), link);
        self.put(ending_key(link, &digest), link);
        let over = (present.len() + 1).saturating_sub(HOLDER_LINKS_AT_MOST);
        self.drop_holder_links(present.get(..over).unwrap_or_default());
    }

    /// Removes links.
    pub fn drop_holder_links(&mut self, links: &[ListedLink]) {
        for ListedLink { link, digest } in links {
            self.delete(record_key(digest));
            self.delete(about(&link.account, &link.award).raw(digest).key());
            self.delete(ending_key(link, digest));
        }
    }
}

fn record_key(digest: &[u8; 32]) -> Key {
    shared("hold").raw(digest).key()
}

fn about(account: &AccountId, award: &AssertionId) -> Place {
    of(account, "hln").text(award.as_str())
}

fn ending_key(link: &HolderLink, digest: &[u8; 32]) -> Key {
    shared("holdx").oldest_first(link.expires_at).raw(digest).key()
}

fn damaged(key: &Key) -> StoreError {
    StoreError::Damaged { key: key.clone(), what: "its key holds no digest".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{account, at, each_store};
    use crate::world::Random;

    fn link(minute: i64) -> HolderLink {
        let start = at("2026-11-22T00:00:00Z").as_second() + minute * 60;
        HolderLink {
            account: account(1),
            award: AssertionId::random(&Random::seeded(7)),
            created_at: Timestamp::from_second(start).unwrap(),
            expires_at: Timestamp::from_second(start + 3600).unwrap(),
        }
    }

    async fn add(store: &Store, secret: &HolderSecret, link: &HolderLink) {
        let present = store.holder_links(&link.account, &link.award).await.unwrap();
        let mut tx = store.begin(&link.account);
        tx.add_holder_link(secret, link, &present);
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn links_open_until_they_end_are_taken_back_or_give_way() {
        each_store(async |store| {
            let random = Random::seeded(3);
            let secrets: Vec<_> =
                (0..HOLDER_LINKS_AT_MOST + 3).map(|_| HolderSecret::random(&random)).collect();
            for (minute, secret) in (0..).zip(&secrets) {
                add(&store, secret, &link(minute)).await;
            }
            let now = at("2026-11-22T00:30:00Z");
            for gone in &secrets[..3] {
                assert_eq!(store.holder_link(gone, now).await.unwrap(), None);
            }
            assert_eq!(store.holder_link(&secrets[3], now).await.unwrap(), Some(link(3)));
            let ended = at("2026-11-22T01:03:00Z");
            assert_eq!(store.holder_link(&secrets[3], ended).await.unwrap(), None);
            assert_eq!(store.holder_link(&secrets[4], ended).await.unwrap(), Some(link(4)));
            let other = HolderSecret::random(&random);
            assert_eq!(store.holder_link(&other, now).await.unwrap(), None);

            assert_eq!(store.sweep_holder_links(ended, 99).await.unwrap(), 1);
            assert_eq!(store.sweep_holder_links(ended, 99).await.unwrap(), 0);
            let listed = store.holder_links(&account(1), &link(0).award).await.unwrap();
            assert_eq!(listed.len(), HOLDER_LINKS_AT_MOST - 1);
            assert_eq!(listed[0].link, link(4));
            let mut tx = store.begin(&account(1));
            tx.drop_holder_links(&listed);
            tx.commit().await.unwrap();
            assert_eq!(store.holder_link(&secrets[4], now).await.unwrap(), None);
            for table in ["hold", "holdx"] {
                let left = store.backend().scan(&shared(table).key(), None, 9).await.unwrap();
                assert!(left.is_empty(), "{table}: {left:?}");
            }
        })
        .await;
    }
}
