//! The forms of an assertion: signed documents and drawn pictures, kept as they were first made.

use jiff::Timestamp;

use super::backend::Key;
use super::blobs::hex_digest;
use super::keyspace::of;
use super::record::decode_with_body;
use super::shape::shape;
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, AssertionId, KeyId};

/// A form in which an assertion leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FormKind {
    /// Open Badges 3.0 with a Data Integrity proof, JSON.
    Ob3,
    /// Open Badges 3.0 as VC-JWT, EdDSA.
    JwtEdDsa,
    /// Open Badges 3.0 as VC-JWT, RS256.
    JwtRs256,
    /// Open Badges 3.0 as VC-JWT, ES256.
    JwtEs256,
    /// Open Badges 2.0 signed, JWS compact.
    Ob2Jws,
    /// PNG with the Open Badges 3.0 credential.
    Png,
    /// SVG with the Open Badges 3.0 credential.
    Svg,
    /// PNG with the Open Badges 2.0 assertion.
    PngOb2,
    /// SVG with the Open Badges 2.0 assertion.
    SvgOb2,
    /// PDF certificate on A4, in English.
    Pdf,
    /// PDF certificate on US Letter, in English.
    PdfLetter,
    /// PDF certificate on A4, in Spanish.
    PdfSpanish,
    /// PDF certificate on US Letter, in Spanish.
    PdfLetterSpanish,
    /// A copy for a holder's wallet, with the DID that she proved: known by its digest, not kept.
    Wallet,
}

impl FormKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::Ob3,
        Self::JwtEdDsa,
        Self::JwtRs256,
        Self::JwtEs256,
        Self::Ob2Jws,
        Self::Png,
        Self::Svg,
        Self::PngOb2,
        Self::SvgOb2,
        Self::Pdf,
        Self::PdfLetter,
        Self::PdfSpanish,
        Self::PdfLetterSpanish,
        Self::Wallet,
    ];

    /// The certificates: they say how the award stood when they were made.
    pub const CERTIFICATES: [Self; 4] =
        [Self::Pdf, Self::PdfLetter, Self::PdfSpanish, Self::PdfLetterSpanish];

    /// Those that are signed.
    pub const SIGNED: [Self; 5] =
        [Self::Ob3, Self::JwtEdDsa, Self::JwtRs256, Self::JwtEs256, Self::Ob2Jws];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ob3 => "ob3",
            Self::JwtEdDsa => "jwt-eddsa",
            Self::JwtRs256 => "jwt-rs256",
            Self::JwtEs256 => "jwt-es256",
            Self::Ob2Jws => "ob2-jws",
            Self::Png => "png",
            Self::Svg => "svg",
            Self::PngOb2 => "png-ob2",
            Self::SvgOb2 => "svg-ob2",
            Self::Pdf => "pdf",
            Self::PdfLetter => "pdf-letter",
            Self::PdfSpanish => "pdf-es",
            Self::PdfLetterSpanish => "pdf-letter-es",
            Self::Wallet => "wallet",
        }
    }

    /// The kind with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A form as it is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Its bytes. More than 48 KiB lie in a file.
    pub bytes: Vec<u8>,
    /// The key that signed it, if it is signed.
    pub key: Option<KeyId>,
    /// When it was made.
    pub made_at: Timestamp,
}

struct Head {
    key: Option<KeyId>,
    made_at: Timestamp,
}
shape!(Head { key: "key", made_at: "madeAt" });

impl Store {
    /// A form of an assertion of `account`, if it has been made.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get); [`StoreError::Blob`].
    pub async fn form(
        &self,
        account: &AccountId,
        assertion: &AssertionId,
        kind: FormKind,
    ) -> Result<Option<Form>, StoreError> {
        let key = place(account, assertion, kind);
        let Some(stored) = self.backend().get(&key).await? else { return Ok(None) };
        let ((head, file), inline): ((Head, Option<String>), _) = decode_with_body(&key, &stored)?;
        let bytes = self.body(file, inline).await?;
        Ok(Some(Form { bytes, key: head.key, made_at: head.made_at }))
    }

    /// The body of a record, from the file that it names or from itself.
    pub(super) async fn body(
        &self,
        file: Option<String>,
        inline: Vec<u8>,
    ) -> Result<Vec<u8>, StoreError> {
        let Some(name) = file else { return Ok(inline) };
        let found = self.blobs().get(&name).await?;
        found.ok_or_else(|| StoreError::Blob { name, what: "it is missing".to_owned() })
    }
}

impl Transaction<'_> {
    /// Keeps a form, in place of a former one, and notes what was signed in the issuance record.
    /// Gives the SHA-256 of its bytes, in lower-case hex.
    pub fn set_form(&mut self, assertion: &AssertionId, kind: FormKind, form: Form) -> String {
        let sha256 = hex_digest(&form.bytes);
        self.note_issuance(assertion, kind, &form, &sha256);
        let key = place(&self.account, assertion, kind);
        self.put_with_body(key, Head { key: form.key, made_at: form.made_at }, form.bytes);
        sha256
    }

    /// Keeps a form that is made at first request; when another made it first, committing answers
    /// [`StoreError::Taken`] with `form`, and that one is to be served.
    pub fn insert_form(&mut self, assertion: &AssertionId, kind: FormKind, form: Form) {
        self.expect_absent(place(&self.account, assertion, kind), "form");
        self.set_form(assertion, kind, form);
    }

    /// Drops every form of an assertion, because what they say has changed.
    pub fn drop_forms(&mut self, assertion: &AssertionId) {
        for kind in FormKind::ALL {
            self.delete(place(&self.account, assertion, kind));
        }
    }

    /// Drops one form of an assertion.
    pub fn drop_form(&mut self, assertion: &AssertionId, kind: FormKind) {
        self.delete(place(&self.account, assertion, kind));
    }
}

fn place(account: &AccountId, assertion: &AssertionId, kind: FormKind) -> Key {
    of(account, "form").text(assertion.as_str()).id(kind.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{account, at, each_store};
    use crate::world::Random;

    #[tokio::test]
    async fn forms_of_any_size_come_back_and_the_first_made_stays() {
        each_store(async |store| {
            let ours = account(1);
            let id = AssertionId::random(&Random::seeded(1));
            for length in [0, 10, 48 * 1024, 48 * 1024 + 1, 300_000] {
                let form = Form {
                    bytes: vec![7; length],
                    key: Some(KeyId::random(&Random::seeded(2))),
                    made_at: at("2026-11-22T00:00:00Z"),
                };
                let mut tx = store.begin(&ours);
                tx.set_form(&id, FormKind::Png, form.clone());
                tx.commit().await.unwrap();
                assert_eq!(store.form(&ours, &id, FormKind::Png).await.unwrap(), Some(form));
            }
            let other = Form { bytes: vec![1], key: None, made_at: at("2026-11-22T00:00:00Z") };
            let mut tx = store.begin(&ours);
            tx.insert_form(&id, FormKind::Png, other.clone());
            let refused = tx.commit().await.unwrap_err();
            assert!(matches!(refused, StoreError::Taken { what: "form" }), "{refused}");
            assert_eq!(store.form(&ours, &id, FormKind::Svg).await.unwrap(), None);
            assert_eq!(store.form(&account(2), &id, FormKind::Png).await.unwrap(), None);

            let mut tx = store.begin(&ours);
            tx.drop_forms(&id);
            tx.commit().await.unwrap();
            let mut tx = store.begin(&ours);
            tx.insert_form(&id, FormKind::Png, other.clone());
            tx.commit().await.unwrap();
            assert_eq!(store.form(&ours, &id, FormKind::Png).await.unwrap(), Some(other));
        })
        .await;
    }
}
