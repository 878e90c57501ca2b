//! Entries of the Open Badges 2.0 RevocationList of an issuer.

use jiff::Timestamp;
use uuid::Uuid;

use super::keyspace::of;
use super::page::{Page, Paged};
use super::record::decode;
use super::shape::shape;
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, AssertionId, IssuerId};

/// An assertion that does not hold, as the list says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Which one.
    pub assertion: AssertionId,
    /// Its `urn:uuid`, the id of its signed form.
    pub uuid: Uuid,
    /// Why, for everyone.
    pub reason: Option<String>,
    /// Since when.
    pub at: Timestamp,
}
shape!(Revocation { assertion: "assertion", uuid: "uuid", reason: "reason", at: "at" });

impl Store {
    /// The entries of an issuer of `account`.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn revocations(
        &self,
        account: &AccountId,
        issuer: &IssuerId,
        page: &Page,
    ) -> Result<Paged<Revocation>, StoreError> {
        let found = self.page_of(&of(account, "rev").text(issuer.as_str()), page).await?;
        let entries = found.items.iter().map(|(key, stored)| Ok(decode(key, stored)?.value));
        Ok(Paged { items: entries.collect::<Result<_, StoreError>>()?, next: found.next })
    }
}

impl Transaction<'_> {
    /// Puts an assertion on the list of its issuer.
    pub fn put_revocation(&mut self, issuer: &IssuerId, revocation: &Revocation) {
        let place = of(&self.account, "rev").text(issuer.as_str());
        self.put(place.id(revocation.assertion.as_str()), revocation);
    }

    /// Takes an assertion off the list of its issuer.
    pub fn remove_revocation(&mut self, issuer: &IssuerId, assertion: &AssertionId) {
        let place = of(&self.account, "rev").text(issuer.as_str());
        self.delete(place.id(assertion.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{account, at, each_store};
    use crate::world::Random;

    #[tokio::test]
    async fn entries_come_and_go_with_suspension() {
        each_store(async |store| {
            let random = Random::seeded(1);
            let issuer = IssuerId::random(&random);
            let revocation = Revocation {
                assertion: AssertionId::random(&random),
                uuid: random.uuid(),
                reason: Some("suspended".to_owned()),
                at: at("2026-11-22T00:00:00Z"),
            };
            let mut tx = store.begin(&account(1));
            tx.put_revocation(&issuer, &revocation);
            tx.commit().await.unwrap();
            let listed = store.revocations(&account(1), &issuer, &Page::first(9)).await.unwrap();
            assert_eq!(listed.items, std::slice::from_ref(&revocation));
            let mut tx = store.begin(&account(1));
            tx.remove_revocation(&issuer, &revocation.assertion);
            tx.commit().await.unwrap();
            let listed = store.revocations(&account(1), &issuer, &Page::first(9)).await.unwrap();
            assert!(listed.items.is_empty());
        })
        .await;
    }
}
