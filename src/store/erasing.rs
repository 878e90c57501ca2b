//! Finds what must go when a person is erased, beside the records of awards.

use super::backend::Key;
use super::keyspace::of;
use super::page::Page;
use super::{Store, StoreError, Transaction};
use crate::domain::AccountId;

/// Keys that are read at once.
const AT_ONCE: usize = 500;

impl Store {
    /// Where the reasons for changes of the thing with this id lie.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn reason_keys(
        &self,
        account: &AccountId,
        subject: &str,
    ) -> Result<Vec<Key>, StoreError> {
        let place = of(account, "why").text(subject);
        let mut keys = Vec::new();
        let mut page = Page::first(AT_ONCE);
        loop {
            let found = self.page_of(&place, &page).await?;
            keys.extend(found.items.into_iter().map(|(key, _)| key));
            match found.next {
                Some(next) => page.after = Some(next),
                None => return Ok(keys),
            }
        }
    }
}

impl Transaction<'_> {
    /// Drops reasons that [`Store::reason_keys`] found.
    pub fn drop_reasons(&mut self, keys: Vec<Key>) {
        for key in keys {
            self.delete(key);
        }
    }
}
