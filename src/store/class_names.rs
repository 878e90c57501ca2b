//! Names by which lists of awards know a badge class: its identifier and its code in the file that
//! it was imported from. They stand in no credential.

use super::keyspace::of;
use super::page::{Page, Paged, tail};
use super::record::decode;
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, BadgeClassId};

impl Store {
    /// The badge classes of `account` that have such names, each with all of them.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn class_names(
        &self,
        account: &AccountId,
        page: &Page,
    ) -> Result<Paged<(BadgeClassId, Vec<String>)>, StoreError> {
        let place = of(account, "bca");
        let listed = self.page_of(&place, page).await?;
        let mut items = Vec::with_capacity(listed.items.len());
        for (key, stored) in &listed.items {
            let id = String::from_utf8_lossy(tail(&place, key)).into_owned();
            if let Ok(id) = BadgeClassId::parse(&id) {
                items.push((id, decode(key, stored)?.value));
            }
        }
        Ok(Paged { items, next: listed.next })
    }

    /// The names of one badge class.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn names_of_class(
        &self,
        account: &AccountId,
        id: &BadgeClassId,
    ) -> Result<Vec<String>, StoreError> {
        let found = self.read(&of(account, "bca").id(id.as_str())).await?;
        Ok(found.map(|found| found.value).unwrap_or_default())
    }
}

impl Transaction<'_> {
    /// Says by which names lists know a badge class, in place of the former ones.
    pub fn set_class_names(&mut self, id: &BadgeClassId, names: &[String]) {
        let account = self.account.clone();
        self.put(of(&account, "bca").id(id.as_str()), &names.to_vec());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{account, each_store};
    use crate::world::Random;

    #[tokio::test]
    async fn names_belong_to_a_badge_class_of_an_account() {
        each_store(async |store| {
            let id = BadgeClassId::random(&Random::seeded(1));
            for names in [vec!["F1".to_owned()], vec!["F1".to_owned(), "x".to_owned()]] {
                let mut tx = store.begin(&account(1));
                tx.set_class_names(&id, &names);
                tx.commit().await.unwrap();
                assert_eq!(store.names_of_class(&account(1), &id).await.unwrap(), names);
                let listed = store.class_names(&account(1), &Page::first(9)).await.unwrap();
                assert_eq!(listed.items, [(id.clone(), names)]);
            }
            assert!(store.names_of_class(&account(2), &id).await.unwrap().is_empty());
        })
        .await;
    }
}
