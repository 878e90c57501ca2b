//! Why something was changed, in the words of whoever changed it. They stand apart from events and
//! audit rows, which nobody can take back: such words may speak of a person, and what is kept of an
//! award under its id here goes when that person is erased.

use jiff::Timestamp;

use super::keyspace::of;
use super::page::{Page, Paged};
use super::record::decode;
use super::shape::shape;
use super::{Store, StoreError, Transaction};
use crate::domain::AccountId;

/// Why something was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// When.
    pub at: Timestamp,
    /// What was done, as its event and its audit row call it.
    pub action: String,
    /// Why, for the account's own record.
    pub reason: Option<String>,
    /// Why, for everyone.
    pub public_reason: Option<String>,
}
shape!(Reason { at: "at", action: "action", reason: "reason", public_reason: "publicReason" });

impl Store {
    /// Why the thing of `account` with this id was changed, oldest first.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn reasons(
        &self,
        account: &AccountId,
        subject: &str,
        page: &Page,
    ) -> Result<Paged<Reason>, StoreError> {
        let found = self.page_of(&of(account, "why").text(subject), page).await?;
        let items = found.items.iter().map(|(key, stored)| Ok(decode(key, stored)?.value));
        Ok(Paged { items: items.collect::<Result<_, StoreError>>()?, next: found.next })
    }
}

impl Transaction<'_> {
    /// Keeps why the thing with this id is changed.
    pub fn reason(&mut self, subject: &str, reason: &Reason) {
        self.append(of(&self.account, "why").text(subject).key(), reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{account, at, each_store};

    #[tokio::test]
    async fn reasons_stand_with_what_they_are_about_in_order() {
        each_store(async |store| {
            let reason = |reason: &str| Reason {
                at: at("2026-11-22T00:00:00Z"),
                action: "assertion.revoked".to_owned(),
                reason: Some(reason.to_owned()),
                public_reason: None,
            };
            for words in ["first", "second"] {
                let mut tx = store.begin(&account(1));
                tx.reason("as_1", &reason(words));
                tx.reason("as_12", &reason("another"));
                tx.commit().await.unwrap();
            }
            let kept = store.reasons(&account(1), "as_1", &Page::first(9)).await.unwrap();
            assert_eq!(kept.items, [reason("first"), reason("second")]);
            let theirs = store.reasons(&account(2), "as_1", &Page::first(9)).await.unwrap();
            assert!(theirs.items.is_empty());
        })
        .await;
    }
}
