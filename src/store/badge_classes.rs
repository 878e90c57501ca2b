//! Badge classes and their versions.

use super::backend::Version;
use super::keyspace::{Place, TIME_BYTES, of};
use super::page::{Page, Paged, tail};
use super::record::{Versioned, decode};
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, BadgeClass, BadgeClassId, BadgeClassRef, IssuerId};

/// Most versions one call reads.
const VERSIONS_AT_MOST: usize = 1000;

impl Store {
    /// The newest version of a badge class of `account`. Its [`Versioned::version`] is the one to
    /// give to [`Transaction::add_badge_class_version`].
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn badge_class(
        &self,
        account: &AccountId,
        id: &BadgeClassId,
    ) -> Result<Option<Versioned<BadgeClass>>, StoreError> {
        let newest: Option<Versioned<u32>> = self.read(&of(account, "bc").id(id.as_str())).await?;
        let Some(newest) = newest else { return Ok(None) };
        let reference = BadgeClassRef { id: id.clone(), version: newest.value };
        let value = self.badge_class_version(account, &reference).await?;
        Ok(value.map(|value| Versioned { value, version: newest.version }))
    }

    /// The version of a badge class of `account` that awards take; none before any is published.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn awarded_badge_class(
        &self,
        account: &AccountId,
        id: &BadgeClassId,
    ) -> Result<Option<BadgeClass>, StoreError> {
        let Some(newest) = self.badge_class(account, id).await? else { return Ok(None) };
        let newest = newest.value;
        match newest.awarded_version() {
            Some(version) if version == newest.version => Ok(Some(newest)),
            Some(version) => {
                self.badge_class_version(account, &BadgeClassRef { id: newest.id, version }).await
            }
            None => Ok(None),
        }
    }

    /// One version of a badge class of `account`; once published it never changes.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn badge_class_version(
        &self,
        account: &AccountId,
        reference: &BadgeClassRef,
    ) -> Result<Option<BadgeClass>, StoreError> {
        let key = versions(account, &reference.id).number(reference.version).key();
        Ok(self.0.classes.read(self, &key).await?.map(|found| found.value))
    }

    /// All versions of a badge class, oldest first; at most 1,000.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn badge_class_versions(
        &self,
        account: &AccountId,
        id: &BadgeClassId,
    ) -> Result<Vec<BadgeClass>, StoreError> {
        let prefix = versions(account, id).key();
        let found = self.backend().scan(&prefix, None, VERSIONS_AT_MOST).await?;
        found.iter().map(|(key, stored)| Ok(decode(key, stored)?.value)).collect()
    }

    /// The badge classes of `account`, or those of one of its issuers, newest first, each in its
    /// newest version.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn badge_classes(
        &self,
        account: &AccountId,
        issuer: Option<&IssuerId>,
        page: &Page,
    ) -> Result<Paged<Versioned<BadgeClass>>, StoreError> {
        let place = match issuer {
            None => of(account, "bcn"),
            Some(issuer) => of(account, "bci").text(issuer.as_str()),
        };
        let listed = self.page_of(&place, page).await?;
        let mut items = Vec::with_capacity(listed.items.len());
        for (key, _) in &listed.items {
            let id = tail(&place, key).get(TIME_BYTES..).unwrap_or_default();
            if let Ok(id) = BadgeClassId::parse(&String::from_utf8_lossy(id)) {
                items.extend(self.badge_class(account, &id).await?);
            }
        }
        Ok(Paged { items, next: listed.next })
    }
}

fn versions(account: &AccountId, id: &BadgeClassId) -> Place {
    of(account, "bcv").text(id.as_str())
}

impl Transaction<'_> {
    /// Adds a badge class with its first version.
    pub fn insert_badge_class(&mut self, class: &BadgeClass) {
        let (account, id) = (self.account.clone(), class.id.as_str());
        self.own(id);
        self.insert(of(&account, "bc").id(id), &class.version);
        self.insert(versions(&account, &class.id).number(class.version).key(), class);
        self.mark(of(&account, "bcn").newest_first(class.created_at).id(id));
        let by_issuer = of(&account, "bci").text(class.issuer.as_str());
        self.mark(by_issuer.newest_first(class.created_at).id(id));
        self.note_alignments(class);
    }

    /// Changes the newest version of a badge class, which was read at `version` and is not published.
    pub fn change_badge_class(&mut self, version: Version, class: &BadgeClass) {
        let account = self.account.clone();
        self.replace(of(&account, "bc").id(class.id.as_str()), version, &class.version);
        self.put(versions(&account, &class.id).number(class.version).key(), class);
        self.note_alignments(class);
    }

    /// Adds the next version of a badge class that was read at `version`; the former ones stay as
    /// they are. The issuer stays.
    pub fn add_badge_class_version(&mut self, version: Version, class: &BadgeClass) {
        let account = self.account.clone();
        self.replace(of(&account, "bc").id(class.id.as_str()), version, &class.version);
        self.insert(versions(&account, &class.id).number(class.version).key(), class);
        self.note_alignments(class);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{PersonRef, Stage};
    use crate::store::samples::{account, badge_class, each_store, issuer};

    #[tokio::test]
    async fn an_edit_adds_a_version_and_the_former_stays() {
        each_store(async |store| {
            let ours = account(1);
            let issuer = issuer("riverside");
            let first = badge_class(&issuer.id);
            let mut tx = store.begin(&ours);
            tx.insert_badge_class(&first);
            tx.commit().await.unwrap();
            let found = store.badge_class(&ours, &first.id).await.unwrap().unwrap();
            assert_eq!(found.value, first);

            let second = BadgeClass { version: 2, name: "Coaching II".into(), ..first.clone() };
            for round in 0..2 {
                let mut tx = store.begin(&ours);
                tx.add_badge_class_version(found.version, &second);
                assert_eq!(tx.commit().await.is_ok(), round == 0, "two edits of one version");
            }
            let newest = store.badge_class(&ours, &first.id).await.unwrap().unwrap().value;
            assert_eq!(newest, second);
            let kept = store.badge_class_version(&ours, &first.reference()).await.unwrap();
            assert_eq!(kept, Some(first.clone()));
            let versions = store.badge_class_versions(&ours, &first.id).await.unwrap();
            assert_eq!(versions, [first.clone(), second.clone()]);
            assert_eq!(store.badge_class(&account(2), &first.id).await.unwrap(), None);

            let drafted = BadgeClass {
                version: 3,
                stage: Stage::Draft,
                in_force: Some(2),
                author: PersonRef::parse("staff-1").ok(),
                ..second.clone()
            };
            let head = store.badge_class(&ours, &first.id).await.unwrap().unwrap();
            let mut tx = store.begin(&ours);
            tx.add_badge_class_version(head.version, &drafted);
            tx.commit().await.unwrap();
            let head = store.badge_class(&ours, &first.id).await.unwrap().unwrap();
            assert_eq!(head.value, drafted);
            let awarded = store.awarded_badge_class(&ours, &first.id).await.unwrap();
            assert_eq!(awarded, Some(second.clone()));
            let third = BadgeClass { stage: Stage::Published, in_force: None, ..drafted.clone() };
            for round in 0..2 {
                let mut tx = store.begin(&ours);
                tx.change_badge_class(head.version, &third);
                assert_eq!(tx.commit().await.is_ok(), round == 0, "two changes of one draft");
            }
            let awarded = store.awarded_badge_class(&ours, &first.id).await.unwrap();
            assert_eq!(awarded, Some(third.clone()));
            let second = third;

            for (filter, count) in [
                (None, 1),
                (Some(&issuer.id), 1),
                (Some(&crate::store::samples::issuer("other").id), 0),
            ] {
                let listed = store.badge_classes(&ours, filter, &Page::first(9)).await.unwrap();
                let listed: Vec<_> = listed.items.into_iter().map(|found| found.value).collect();
                assert_eq!(listed, vec![second.clone(); count]);
            }
        })
        .await;
    }
}
