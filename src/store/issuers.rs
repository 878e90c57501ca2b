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
        self.read(&of(account, "iss").id(id.as_str())).await
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
