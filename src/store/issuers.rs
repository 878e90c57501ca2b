//! Issuer profiles.

use super::backend::Version;
use super::keyspace::{TIME_BYTES, of, shared};
use super::page::{Page, Paged, tail};
use super::record::Versioned;
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, IssuerId, IssuerProfile, Slug};

impl Store {
    /// An issuer profile of `account`.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn issuer(
        &self,
        account: &AccountId,
        id: &IssuerId,
    ) -> Result<Option<Versioned<IssuerProfile>>, StoreError> {
        self.0.issuers.read(self, &of(account, "iss").id(id.as_str())).await
    }

    /// The issuer that has a slug, and its account.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn issuer_by_slug(
        &self,
        slug: &Slug,
    ) -> Result<Option<(AccountId, IssuerId)>, StoreError> {
        Ok(self.read(&shared("slug").id(slug.as_str())).await?.map(|found| found.value))
    }

    /// The issuer profiles of `account`, oldest first.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn issuers(
        &self,
        account: &AccountId,
        page: &Page,
    ) -> Result<Paged<Versioned<IssuerProfile>>, StoreError> {
        let place = of(account, "issn");
        let listed = self.page_of(&place, page).await?;
        let mut items = Vec::with_capacity(listed.items.len());
        for (key, _) in &listed.items {
            let id = tail(&place, key).get(TIME_BYTES..).unwrap_or_default();
            let id = String::from_utf8_lossy(id);
            items.extend(self.read(&of(account, "iss").id(&id)).await?);
        }
        Ok(Paged { items, next: listed.next })
    }
}

impl Transaction<'_> {
    /// Adds an issuer profile. Its slug must be new in the whole instance, and stays taken for ever.
    pub fn insert_issuer(&mut self, profile: &IssuerProfile) {
        let (account, id) = (self.account.clone(), profile.id.as_str());
        self.own(id);
        self.insert(of(&account, "iss").id(id), profile);
        self.mark(of(&account, "issn").oldest_first(profile.created_at).id(id));
        let holder = (account, profile.id.clone());
        self.insert_unique(shared("slug").id(profile.slug.as_str()), &holder, "slug");
    }

    /// Changes an issuer profile that was read at `version`; slug and time of making stay.
    pub fn update_issuer(&mut self, version: Version, profile: &IssuerProfile) {
        self.replace(of(&self.account, "iss").id(profile.id.as_str()), version, profile);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{account, each_store, issuer};

    #[tokio::test]
    async fn profiles_are_found_by_id_and_slug_and_only_in_their_account() {
        each_store(async |store| {
            let (ours, theirs) = (account(1), account(2));
            let profile = issuer("riverside");
            let mut tx = store.begin(&ours);
            tx.insert_issuer(&profile);
            tx.commit().await.unwrap();

            let found = store.issuer(&ours, &profile.id).await.unwrap().unwrap();
            assert_eq!(found.value, profile);
            assert_eq!(store.issuer(&theirs, &profile.id).await.unwrap(), None);
            assert_eq!(store.owner_of(profile.id.as_str()).await.unwrap(), Some(ours.clone()));
            let holder = store.issuer_by_slug(&profile.slug).await.unwrap();
            assert_eq!(holder, Some((ours.clone(), profile.id.clone())));

            // Another account cannot take the slug.
            let mut tx = store.begin(&theirs);
            tx.insert_issuer(&issuer("riverside"));
            let refused = tx.commit().await.unwrap_err();
            assert!(matches!(refused, StoreError::Taken { what: "slug" }), "{refused}");
            assert!(store.issuers(&theirs, &Page::first(9)).await.unwrap().items.is_empty());

            let mut changed = profile.clone();
            changed.name = "Riverside Schools".to_owned();
            let mut tx = store.begin(&ours);
            tx.update_issuer(found.version, &changed);
            tx.commit().await.unwrap();
            let mut tx = store.begin(&ours);
            tx.update_issuer(found.version, &profile);
            let refused = tx.commit().await.unwrap_err();
            assert!(matches!(refused, StoreError::Conflict { .. }), "{refused}");
            assert_eq!(store.issuer(&ours, &profile.id).await.unwrap().unwrap().value, changed);
        })
        .await;
    }

    #[tokio::test]
    async fn a_list_comes_page_by_page_with_cursors_of_its_own() {
        each_store(async |store| {
            let ours = account(1);
            for number in 0..5 {
                let mut profile = issuer(&format!("issuer-{number}"));
                profile.created_at = format!("2026-11-2{number}T00:00:00Z").parse().unwrap();
                let mut tx = store.begin(&ours);
                tx.insert_issuer(&profile);
                tx.commit().await.unwrap();
            }
            let mut slugs = Vec::new();
            let mut page = Page::first(2);
            loop {
                let part = store.issuers(&ours, &page).await.unwrap();
                assert!(part.items.len() <= 2);
                slugs.extend(part.items.into_iter().map(|found| found.value.slug.to_string()));
                page.after = part.next;
                if page.after.is_none() {
                    break;
                }
            }
            assert_eq!(slugs, ["issuer-0", "issuer-1", "issuer-2", "issuer-3", "issuer-4"]);
            for bad in ["", "!", &"A".repeat(400)] {
                let page = Page { after: Some(bad.to_owned()), limit: 2 };
                let refused = store.issuers(&ours, &page).await.unwrap_err();
                assert!(matches!(refused, StoreError::BadCursor), "{bad:?}");
            }
        })
        .await;
    }
}
