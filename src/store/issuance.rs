//! The issuance record: the digest of everything that was signed, by which key and when; and which
//! awards a key has signed. It says what a signature cannot once others have the key.

use jiff::Timestamp;

use super::forms::FormKind;
use super::keyspace::{Place, of};
use super::page::{Page, Paged, tail};
use super::shape::{shape, text_shape};
use super::{Form, Store, StoreError, Transaction, Versioned};
use crate::domain::{AccountId, AssertionId, KeyId};

/// A form that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuance {
    /// Of which award.
    pub assertion: AssertionId,
    /// Which form.
    pub form: FormKind,
    /// By which key.
    pub key: KeyId,
    /// When, by the clock of this service.
    pub at: Timestamp,
}

text_shape! {
    FormKind: |kind| kind.as_str().into(), |text| FormKind::from_name(text);
}
shape!(Issuance { assertion: "assertion", form: "form", key: "key", at: "at" });

impl Store {
    /// What is known of a signed form of `account` with this SHA-256 (lower-case hex).
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn issuance(
        &self,
        account: &AccountId,
        sha256: &str,
    ) -> Result<Option<Issuance>, StoreError> {
        let found: Option<Versioned<Issuance>> = self.read(&of(account, "dig").id(sha256)).await?;
        Ok(found.map(|found| found.value))
    }

    /// The awards of which a key has ever signed a form, in the order of their ids.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn signed_by(
        &self,
        account: &AccountId,
        key: &KeyId,
        page: &Page,
    ) -> Result<Paged<AssertionId>, StoreError> {
        let place = by_key(account, key);
        let found = self.page_of(&place, page).await?;
        let id = |key: &super::backend::Key| {
            let id = String::from_utf8_lossy(tail(&place, key)).into_owned();
            AssertionId::parse(&id).map_err(|_| StoreError::Damaged {
                key: key.clone(),
                what: "its key ends in no id of an award".to_owned(),
            })
        };
        let items = found.items.iter().map(|(key, _)| id(key));
        Ok(Paged { items: items.collect::<Result<_, StoreError>>()?, next: found.next })
    }
}

impl Transaction<'_> {
    /// Notes a copy that was signed for somebody's wallet, which is handed over and not kept.
    /// `sha256` is that of its bytes.
    pub fn note_copy(&mut self, assertion: &AssertionId, copy: &Form, sha256: &str) {
        self.note_issuance(assertion, FormKind::Wallet, copy, sha256);
    }

    /// Notes that a form was signed, if it was. `sha256` is that of its bytes.
    pub(super) fn note_issuance(
        &mut self,
        assertion: &AssertionId,
        kind: FormKind,
        form: &Form,
        sha256: &str,
    ) {
        let Some(key) = &form.key else { return };
        let account = self.account.clone();
        let noted = Issuance {
            assertion: assertion.clone(),
            form: kind,
            key: key.clone(),
            at: form.made_at,
        };
        self.put(of(&account, "dig").id(sha256), &noted);
        self.mark(by_key(&account, key).id(assertion.as_str()));
    }
}

fn by_key(account: &AccountId, key: &KeyId) -> Place {
    of(account, "sig").text(key.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::blobs::hex_digest;
    use crate::store::samples::{account, at, each_store};
    use crate::world::Random;

    #[tokio::test]
    async fn what_was_signed_is_known_after_it_was_replaced() {
        each_store(async |store| {
            let random = Random::seeded(3);
            let (ours, key, other) = (account(1), KeyId::random(&random), KeyId::random(&random));
            let awards: Vec<AssertionId> = (0..3).map(|_| AssertionId::random(&random)).collect();
            let form = |text: &str, key: &KeyId| Form {
                bytes: text.as_bytes().to_vec(),
                key: Some(key.clone()),
                made_at: at("2026-11-22T00:00:00Z"),
            };
            let mut tx = store.begin(&ours);
            for award in &awards {
                tx.set_form(award, FormKind::Ob3, form(award.as_str(), &key));
                tx.set_form(award, FormKind::Ob2Jws, form("token", &key));
            }
            tx.commit().await.unwrap();
            let mut tx = store.begin(&ours);
            tx.drop_forms(&awards[0]);
            tx.set_form(&awards[0], FormKind::Ob3, form("anew", &other));
            tx.commit().await.unwrap();

            let digest = hex_digest(awards[0].as_str().as_bytes());
            let noted = store.issuance(&ours, &digest).await.unwrap().unwrap();
            assert_eq!((noted.assertion, noted.key), (awards[0].clone(), key.clone()));
            assert_eq!(noted.form, FormKind::Ob3);
            assert_eq!(store.issuance(&account(2), &digest).await.unwrap(), None);
            assert_eq!(store.issuance(&ours, &hex_digest(b"forged")).await.unwrap(), None);

            let first = store.signed_by(&ours, &key, &Page::first(2)).await.unwrap();
            let page = Page { after: first.next, limit: 2 };
            let second = store.signed_by(&ours, &key, &page).await.unwrap();
            let mut all = awards.clone();
            all.sort();
            assert_eq!([first.items, second.items].concat(), all, "each award once");
            let others = store.signed_by(&ours, &other, &Page::first(9)).await.unwrap();
            assert_eq!(others.items, [awards[0].clone()]);
        })
        .await;
    }
}
