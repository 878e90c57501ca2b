//! The pictures that social networks show for badges of a version of a badge class, one for each
//! state that has occurred.

use super::backend::Key;
use super::keyspace::of;
use super::record::decode_with_body;
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, BadgeClassRef};

/// A picture, and what it was drawn from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPreview {
    /// The revision of the badge class that it shows: until it is published, a version may change.
    pub revision: u64,
    /// The PNG. More than 48 KiB lie in a file.
    pub bytes: Vec<u8>,
}

impl Store {
    /// The picture for badges of a version in the state called `state`, if it has been drawn.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get); [`StoreError::Blob`].
    pub async fn preview(
        &self,
        account: &AccountId,
        class: &BadgeClassRef,
        state: &str,
    ) -> Result<Option<KeptPreview>, StoreError> {
        let key = place(account, class, state);
        let Some(stored) = self.backend().get(&key).await? else { return Ok(None) };
        let ((revision, file), inline): ((u64, Option<String>), _) =
            decode_with_body(&key, &stored)?;
        Ok(Some(KeptPreview { revision, bytes: self.body(file, inline).await? }))
    }
}

impl Transaction<'_> {
    /// Keeps the picture for badges of a version in a state, in place of a former one.
    pub fn set_preview(&mut self, class: &BadgeClassRef, state: &str, preview: KeptPreview) {
        let key = place(&self.account, class, state);
        self.put_with_body(key, preview.revision, preview.bytes);
    }
}

fn place(account: &AccountId, class: &BadgeClassRef, state: &str) -> Key {
    of(account, "prev").text(class.id.as_str()).number(class.version).id(state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{account, badge_class, each_store, issuer};

    #[tokio::test]
    async fn a_picture_is_kept_for_each_version_and_state() {
        each_store(async |store| {
            let class = badge_class(&issuer("a").id).reference();
            let next = BadgeClassRef { version: 2, ..class.clone() };
            for (revision, length) in [(1, 10), (2, 60_000)] {
                let preview = KeptPreview { revision, bytes: vec![7; length] };
                let mut tx = store.begin(&account(1));
                tx.set_preview(&class, "valid", preview.clone());
                tx.commit().await.unwrap();
                let found = store.preview(&account(1), &class, "valid").await.unwrap();
                assert_eq!(found, Some(preview));
            }
            for (account, class, state) in [
                (account(2), &class, "valid"),
                (account(1), &next, "valid"),
                (account(1), &class, "revoked"),
            ] {
                assert_eq!(store.preview(&account, class, state).await.unwrap(), None);
            }
        })
        .await;
    }
}
