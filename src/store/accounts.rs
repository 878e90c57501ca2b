//! Accounts of platforms.

use jiff::Timestamp;

use super::backend::Version;
use super::keyspace::shared;
use super::page::{Page, Paged};
use super::record::{Versioned, decode};
use super::shape::shape;
use super::{Store, StoreError, Transaction};
use crate::domain::AccountId;

/// A platform's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its identifier.
    pub id: AccountId,
    /// What people call it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}
shape!(Account { id: "id", name: "name", created_at: "createdAt" });

impl Store {
    /// An account.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn account(&self, id: &AccountId) -> Result<Option<Versioned<Account>>, StoreError> {
        self.read(&shared("account").id(id.as_str())).await
    }

    /// All accounts, in order of their ids.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn accounts(&self, page: &Page) -> Result<Paged<Account>, StoreError> {
        let found = self.page_of(&shared("account"), page).await?;
        let accounts = found.items.iter().map(|(key, stored)| decode(key, stored));
        let items = accounts.map(|found| found.map(|found| found.value));
        Ok(Paged { items: items.collect::<Result<_, _>>()?, next: found.next })
    }
}

impl Transaction<'_> {
    /// Makes the account this transaction works in.
    pub fn insert_account(&mut self, name: &str, created_at: Timestamp) {
        let account = Account { id: self.account.clone(), name: name.to_owned(), created_at };
        self.insert(shared("account").id(account.id.as_str()), &account);
    }

    /// Changes the account this transaction works in, which was read at `version`.
    pub fn update_account(&mut self, version: Version, account: &Account) {
        debug_assert_eq!(account.id, self.account, "a transaction works in one account");
        self.replace(shared("account").id(self.account.as_str()), version, account);
    }
}
