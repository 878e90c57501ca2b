//! The forms of an award. The Data Integrity form was signed at mint; tokens are signed when they
//! are first asked for, checked, stored, and from then on served as those bytes. Pictures are baked
//! from stored bytes, so the same picture comes out every time.

use std::future::Future;

use serde_json::Value;

use super::{Award, Issuer, IssuerError, KeptKey};
use crate::baking::{self, BadgeVersion, Payload};
use crate::domain::{AssertionState, ImageFormat, Visibility};
use crate::proof::did::did_key;
use crate::proof::key::KeyType;
use crate::store::{Contested as _, Form, FormKind};
use crate::urls::BadgeForm;
use crate::wire::{ob2, ob3};

/// A form as it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// Its media type.
    pub content_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Media type of Open Badges 3.0 credentials (Open Badges 3.0 §4.1).
pub(super) const CREDENTIAL: &str = "application/vc+ld+json";
/// Media type of Open Badges 2.0 documents. Some readers guess the encoding where it is not said.
pub(super) const OB2: &str = "application/ld+json; charset=utf-8";
const TOKEN: &str = "text/plain; charset=utf-8";

const NO_OB2: &str =
    "the recipient is known only by something that Open Badges 2.0 has no word for";

/// Times something is made anew of an award because the award was changed meanwhile.
const TRIES: usize = 8;

impl Issuer {
    /// A form of an award.
    ///
    /// # Errors
    /// [`IssuerError::NoForm`] with the reason, [`IssuerError::Preflight`], and what keys and store
    /// say.
    pub async fn form(&self, award: &Award, form: BadgeForm) -> Result<Served, IssuerError> {
        self.of_present(award, |changed| async move {
            self.form_once(changed.as_ref().unwrap_or(award), form).await
        })
        .await
    }

    /// Makes something of an award, and anew of what it has become when it was changed meanwhile: what
    /// was made then says what was true before, and is thrown away.
    pub(super) async fn of_present<T, F: Future<Output = Result<T, IssuerError>>>(
        &self,
        award: &Award,
        make: impl Fn(Option<Award>) -> F,
    ) -> Result<T, IssuerError> {
        let mut made = make(None).await;
        for _ in 0..TRIES {
            if !made.as_ref().is_err_and(IssuerError::is_conflict) {
                break;
            }
            let present = self.award(&award.account, &award.assertion.id).await?;
            let withdrawn = present.assertion.visibility == Visibility::Private;
            if withdrawn && award.assertion.visibility != Visibility::Private {
                return Err(IssuerError::NotFound("assertion"));
            }
            made = make(Some(present)).await;
        }
        made
    }

    async fn form_once(&self, award: &Award, form: BadgeForm) -> Result<Served, IssuerError> {
        match form {
            BadgeForm::Json => {
                Ok(Served { content_type: CREDENTIAL, bytes: self.credential(award).await? })
            }
            BadgeForm::Jwt => {
                let kind = if self.0.urls.is_https() { KeyType::Rsa } else { KeyType::Ed25519 };
                self.jwt(award, kind).await
            }
            BadgeForm::JwtRs256 => self.jwt(award, KeyType::Rsa).await,
            BadgeForm::JwtEs256 => self.jwt(award, KeyType::P256).await,
            BadgeForm::JwtEdDsa => self.jwt(award, KeyType::Ed25519).await,
            BadgeForm::Ob2Json => {
                let bytes = self.hosted(award)?.ok_or(IssuerError::NoForm(NO_OB2))?;
                Ok(Served { content_type: OB2, bytes })
            }
            BadgeForm::Ob2Jws => self.signed_ob2(award).await,
            BadgeForm::Png => self.baked(award, ImageFormat::Png, BadgeVersion::Ob3).await,
            BadgeForm::Svg => self.baked(award, ImageFormat::Svg, BadgeVersion::Ob3).await,
            BadgeForm::Ob2Png => self.baked(award, ImageFormat::Png, BadgeVersion::Ob2).await,
            BadgeForm::Ob2Svg => self.baked(award, ImageFormat::Svg, BadgeVersion::Ob2).await,
            #[cfg(feature = "pdf")]
            BadgeForm::Pdf => self.certificate(award, crate::certificate::Sheet::default()).await,
            #[cfg(not(feature = "pdf"))]
            BadgeForm::Pdf => Err(IssuerError::NoForm("this service makes no PDF")),
        }
    }

    /// The VC-JWT of an award, signed with a key of that kind: RS256, ES256 or EdDSA.
    ///
    /// # Errors
    /// As [`form`](Self::form), and a conflict when the award was changed meanwhile.
    pub async fn jwt(&self, award: &Award, kind: KeyType) -> Result<Served, IssuerError> {
        let form = match kind {
            KeyType::Rsa => FormKind::JwtRs256,
            KeyType::P256 => FormKind::JwtEs256,
            KeyType::Ed25519 => FormKind::JwtEdDsa,
            KeyType::P384 => return Err(IssuerError::NoForm("no token is signed on P-384")),
        };
        let bytes = self.kept(award, form, || self.sign_jwt(award, kind)).await?;
        Ok(Served { content_type: TOKEN, bytes })
    }

    /// The Open Badges 2.0 hosted assertion, whatever its state; `None` where the recipient has no
    /// form there. It is made anew each time and judged when it differs from what was judged before.
    pub(super) fn hosted(&self, award: &Award) -> Result<Option<Vec<u8>>, IssuerError> {
        let Award { assertion, class, issuer, keys, .. } = award;
        let Some(key) = keys.rsa_at(assertion.created_at) else {
            return Err(IssuerError::NoForm("the issuer has no RSA key, and so no 2.0 profile"));
        };
        let (urls, number) = (&self.0.urls, key.record.number);
        let hosted = ob2::Hosting::Hosted;
        let Some(document) = ob2::assertion(urls, issuer, number, class, assertion, hosted) else {
            return Ok(None);
        };
        let text = document.to_string();
        if self.0.judged.is_new(text.as_bytes()) {
            let mut web = self.ob2_web(issuer, keys, class, number);
            web.insert(urls.ob2_assertion(&assertion.id), text.clone());
            self.preflight(text.as_bytes(), assertion, &web)?;
            self.0.judged.note(text.as_bytes());
        }
        Ok(Some(text.into_bytes()))
    }

    /// What is left of the hosted assertion of an award that does not hold.
    pub(super) fn withdrawn(&self, award: &Award) -> Option<Value> {
        let reason = match &award.assertion.state {
            AssertionState::Active => return None,
            AssertionState::Suspended(_) => Some("suspended"),
            AssertionState::Revoked(change) => change.public_reason.as_deref(),
        };
        Some(ob2::revoked(&self.0.urls, &award.assertion.id, reason))
    }

    /// The signed credential as it was stored at mint.
    pub(super) async fn credential(&self, award: &Award) -> Result<Vec<u8>, IssuerError> {
        let store = &self.0.store;
        let form = store.form(&award.account, &award.assertion.id, FormKind::Ob3).await?;
        Ok(form.ok_or(IssuerError::NotFound("credential"))?.bytes)
    }

    async fn baked(
        &self,
        award: &Award,
        format: ImageFormat,
        version: BadgeVersion,
    ) -> Result<Served, IssuerError> {
        let text = match version {
            BadgeVersion::Ob3 => self.credential(award).await?,
            BadgeVersion::Ob2 => self.hosted(award)?.ok_or(IssuerError::NoForm(NO_OB2))?,
        };
        let picture = self.class_picture(&award.issuer, &award.class, format).await?;
        let baked = tokio::task::spawn_blocking(move || {
            let text = String::from_utf8_lossy(&text);
            baking::bake(&picture, version, Payload::Json(&text))
        });
        let bytes = baked.await.map_err(|_| IssuerError::Worker)??;
        Ok(Served { content_type: format.media_type(), bytes })
    }

    async fn signed_ob2(&self, award: &Award) -> Result<Served, IssuerError> {
        if ob2::recipient_form(&award.assertion.recipient).is_none() {
            return Err(IssuerError::NoForm(NO_OB2));
        }
        let bytes = self.kept(award, FormKind::Ob2Jws, || self.sign_ob2(award)).await?;
        Ok(Served { content_type: TOKEN, bytes })
    }

    /// The stored bytes of a form; if there are none yet, what `make` makes of it, once stored. Of
    /// two that make it at the same time, the first is served to both.
    pub(super) async fn kept<F: Future<Output = Result<Form, IssuerError>>>(
        &self,
        award: &Award,
        kind: FormKind,
        make: impl FnOnce() -> F,
    ) -> Result<Vec<u8>, IssuerError> {
        let (store, id) = (&self.0.store, &award.assertion.id);
        if let Some(form) = store.form(&award.account, id, kind).await? {
            return Ok(form.bytes);
        }
        let made = make().await?;
        let mut tx = store.begin(&award.account);
        tx.expect_assertion(id, award.version);
        award.keys.expect_signer(&mut tx, &made);
        tx.insert_form(id, kind, made.clone());
        match tx.commit().await.map_err(IssuerError::from) {
            Ok(_) => Ok(made.bytes),
            Err(IssuerError::Taken(_)) => {
                let form = store.form(&award.account, id, kind).await?;
                Ok(form.ok_or(IssuerError::NotFound("form"))?.bytes)
            }
            Err(error) => Err(error),
        }
    }

    async fn sign_jwt(&self, award: &Award, kind: KeyType) -> Result<Form, IssuerError> {
        let Award { assertion, class, issuer, keys, .. } = award;
        let urls = &self.0.urls;
        let key: &KeptKey = keys
            .active(kind)
            .ok_or(IssuerError::NoForm("the issuer has no key for this kind of token"))?;
        let own = || (kind == KeyType::Ed25519).then(|| did_key(&key.public)).flatten();
        let did = urls.issuer_did(&issuer.slug).or_else(own).ok_or(IssuerError::NoForm(
            "RS256 and ES256 tokens wait for a public https URL: on this one the issuer is known \
             by its Ed25519 key alone",
        ))?;
        let edition = ob3::Edition { urls, issuer, issuer_id: &did, class, assertion };
        let payload = ob3::jwt_payload(&edition);
        let bytes = self.token(&payload, Some(key.jwt_method(&did)), Some("JWT"), key).await?;
        self.preflight(&bytes, assertion, &self.ob3_web(issuer, keys))?;
        Ok(self.form_of(bytes, key))
    }

    async fn sign_ob2(&self, award: &Award) -> Result<Form, IssuerError> {
        let Award { assertion, class, issuer, keys, .. } = award;
        let key = keys.signer(KeyType::Rsa)?;
        let (urls, number) = (&self.0.urls, key.record.number);
        let signed = ob2::Hosting::Signed;
        let payload = ob2::assertion(urls, issuer, number, class, assertion, signed)
            .ok_or(IssuerError::NoForm(NO_OB2))?;
        let bytes = self.token(&payload, None, None, key).await?;
        self.preflight(&bytes, assertion, &self.ob2_web(issuer, keys, class, number))?;
        Ok(self.form_of(bytes, key))
    }

    fn form_of(&self, bytes: Vec<u8>, key: &KeptKey) -> Form {
        let made_at = self.0.clock.now_to_the_second();
        Form { bytes, key: Some(key.record.id.clone()), made_at }
    }
}
