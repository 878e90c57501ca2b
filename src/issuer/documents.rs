//! Every document that stands under one of our URLs, as a stranger gets it.

use serde_json::Value;

use super::forms::{CREDENTIAL, OB2};
use super::status_lists::TTL_SECONDS;
use super::{Award, Issuer, IssuerError, KeyRing};
use crate::baking::{self, ImageKind};
use crate::bundled;
use crate::domain::{
    AccountId, BadgeClass, BadgeClassId, BadgeClassRef, ImageFormat, IssuerId, IssuerProfile, Slug,
};
use crate::status::revocation_list::{Revoked, render_ob2};
use crate::store::{KeyLife, Page, Revocation};
use crate::urls::{BadgeForm, Published};
use crate::wire::{ob2, ob3};

/// A document as it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// HTTP status: 200, or 410 for an Open Badges 2.0 assertion that does not hold.
    pub status: u16,
    /// Its media type.
    pub content_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// For how long a copy may be used, in seconds; 0 is not at all, `None` leaves it open.
    pub max_age: Option<u32>,
}

/// Media type of linked data that is neither a credential nor Open Badges 2.0.
const LINKED_DATA: &str = "application/ld+json; charset=utf-8";
const DID_DOCUMENT: &str = "application/did+json";
const JWK: &str = "application/jwk+json";

/// Entries of a revocation list read at once.
const CHUNK: usize = 1000;

/// An issuer with its keys.
type Known = (AccountId, IssuerProfile, std::sync::Arc<KeyRing>);

impl Issuer {
    /// The document that one of our URLs names.
    ///
    /// # Errors
    /// [`IssuerError::NotFound`] when there is none, [`IssuerError::NoForm`], and what keys and
    /// store say.
    pub async fn document(&self, named: &Published) -> Result<Document, IssuerError> {
        let urls = &self.0.urls;
        match named {
            Published::Badge(id, form) => {
                let award = self.public_award(id).await?;
                match form.unwrap_or(BadgeForm::Json) {
                    BadgeForm::Ob2Json => self.ob2_assertion(&award),
                    form => {
                        let served = self.form(&award, form).await?;
                        Ok(plain(served.content_type, served.bytes))
                    }
                }
            }
            Published::Ob2Assertion(id) => self.ob2_assertion(&self.public_award(id).await?),
            Published::Ob2Issuer(slug, n) => {
                let (_, issuer, ring) = self.ob2_profile(slug, *n).await?;
                Ok(json(OB2, &self.ob2_profile_document(&issuer, &ring, *n)))
            }
            Published::Ob2Key(slug, n) => {
                let (_, issuer, ring) = self.ob2_profile(slug, *n).await?;
                let key = ring.rsa(*n).ok_or(IssuerError::NotFound("key"))?;
                if key.is_compromised() {
                    let rest = ob2::withdrawn_key(urls, &issuer, *n);
                    return Ok(Document { status: 410, max_age: Some(0), ..json(OB2, &rest) });
                }
                let pem = key.public.to_pem();
                Ok(json(OB2, &ob2::cryptographic_key(urls, &issuer, *n, &pem)))
            }
            Published::Ob2Revocations(slug, n) => self.ob2_revocations(slug, *n).await,
            Published::Ob2BadgeClass(slug, n, id, version) => {
                let (account, issuer, _) = self.ob2_profile(slug, *n).await?;
                let class = self.class(&account, id, *version).await?;
                if class.issuer != issuer.id {
                    return Err(IssuerError::NotFound("badge class"));
                }
                Ok(json(OB2, &ob2::badge_class(urls, &issuer, *n, &class)))
            }
            Published::Issuer(slug) => {
                let (_, issuer, ring) = self.known(slug).await?;
                let did = ring.did(urls, slug).unwrap_or_default();
                Ok(json(LINKED_DATA, &ob3::profile_document(urls, &issuer, &did)))
            }
            Published::IssuerDidDocument(slug) => {
                let (_, _, ring) = self.known(slug).await?;
                let did = urls.issuer_did(slug).ok_or(IssuerError::NotFound("DID document"))?;
                let profile = ring.rsa_numbers().last().map(|n| urls.ob2_issuer(slug, *n));
                let also: Vec<String> = profile.into_iter().collect();
                Ok(json(DID_DOCUMENT, &ring.document(&did, &also)))
            }
            Published::IssuerKey(slug, id) => {
                let (_, _, ring) = self.known(slug).await?;
                let key = ring.by_id(id).ok_or(IssuerError::NotFound("key"))?;
                let kid = ring.did_of(urls, slug, id).map(|did| key.jwt_method(&did));
                let kid = kid.unwrap_or_else(|| urls.issuer_key(slug, id));
                if let KeyLife::Compromised(since) = key.record.life {
                    // Without the key nobody can take what it signed for good.
                    let rest = serde_json::json!({
                        "kid": kid,
                        "revoked": { "revoked_at": since.as_second(), "reason": "compromised" },
                    });
                    return Ok(Document { status: 410, max_age: Some(0), ..json(JWK, &rest) });
                }
                Ok(json(JWK, &key.public.to_published_jwk(Some(&kid))))
            }
            Published::BadgeClass(id, version) => {
                let (class, issuer, ring) = self.public_class(id, *version).await?;
                let did = ring.did(urls, &issuer.slug).unwrap_or_default();
                Ok(json(LINKED_DATA, &ob3::achievement_document(urls, &issuer, &did, &class)))
            }
            Published::BadgeClassImage(reference, format) => {
                let version = Some(reference.version);
                let (class, issuer, _) = self.public_class(&reference.id, version).await?;
                let picture = self.class_picture(&issuer, &class, *format).await?;
                Ok(plain(format.media_type(), picture.to_vec()))
            }
            Published::AlignmentTarget(target) => {
                Ok(json("application/json", &self.aligned_document(target).await?))
            }
            Published::Image(sha256, format) => self.uploaded(sha256, *format).await,
            Published::StatusList(slug, purpose, list) => {
                let (account, issuer, ring) = self.known(slug).await?;
                let bytes = self.status_list(&account, &issuer, &ring, *purpose, *list).await?;
                let max_age = Some(TTL_SECONDS);
                Ok(Document { max_age, ..plain(CREDENTIAL, bytes.to_vec()) })
            }
            Published::ServiceDidDocument => {
                Ok(json(DID_DOCUMENT, &self.service_document().await?))
            }
            Published::DidConfiguration => {
                Ok(json("application/json", &self.did_configuration().await?))
            }
            Published::ReceiptContext => {
                let max_age = Some(86_400);
                let text = bundled::RECEIPT_CONTEXT.as_bytes().to_vec();
                Ok(Document { max_age, ..plain(LINKED_DATA, text) })
            }
        }
    }

    /// A badge class in one version or the newest, with its issuer, for anyone.
    ///
    /// # Errors
    /// [`IssuerError::NotFound`], and what the store says.
    pub async fn public_class(
        &self,
        id: &BadgeClassId,
        version: Option<u32>,
    ) -> Result<(BadgeClass, IssuerProfile, std::sync::Arc<KeyRing>), IssuerError> {
        let (account, class) = self.public_version(id, version).await?;
        let issuer = self.0.store.issuer(&account, &class.issuer).await?;
        let issuer = issuer.ok_or(IssuerError::NotFound("issuer"))?.value;
        let ring = self.key_ring(&account, &issuer.id).await?;
        Ok((class, issuer, ring))
    }

    /// A badge class in one version or the newest, for anyone, and whose it is.
    pub(super) async fn public_version(
        &self,
        id: &BadgeClassId,
        version: Option<u32>,
    ) -> Result<(AccountId, BadgeClass), IssuerError> {
        let account = self.0.store.owner_of(id.as_str()).await?;
        let account = account.ok_or(IssuerError::NotFound("badge class"))?;
        let class = self.class(&account, id, version).await?;
        Ok((account, class))
    }

    /// An issuer by its slug, with its keys and its account.
    ///
    /// # Errors
    /// [`IssuerError::NotFound`], and what the store says.
    pub async fn known(&self, slug: &Slug) -> Result<Known, IssuerError> {
        let no_issuer = || IssuerError::NotFound("issuer");
        let (account, id) = self.0.store.issuer_by_slug(slug).await?.ok_or_else(no_issuer)?;
        let issuer = self.0.store.issuer(&account, &id).await?.ok_or_else(no_issuer)?.value;
        let ring = self.key_ring(&account, &id).await?;
        Ok((account, issuer, ring))
    }

    /// A hosted assertion: 410 with next to nothing when it does not hold, because validators in
    /// use take a whole body for a good one whatever the status.
    fn ob2_assertion(&self, award: &Award) -> Result<Document, IssuerError> {
        let Some(whole) = self.hosted(award)? else {
            return Err(IssuerError::NotFound("Open Badges 2.0 assertion"));
        };
        match self.withdrawn(award) {
            // It may hold again: nobody shall keep this.
            Some(rest) => Ok(Document { status: 410, max_age: Some(0), ..json(OB2, &rest) }),
            None => Ok(plain(OB2, whole)),
        }
    }

    async fn ob2_revocations(&self, slug: &Slug, n: u32) -> Result<Document, IssuerError> {
        let (account, issuer, _) = self.ob2_profile(slug, n).await?;
        let mut entries: Vec<Revocation> = Vec::new();
        let mut page = Page::first(CHUNK);
        loop {
            let found = self.0.store.revocations(&account, &issuer.id, &page).await?;
            entries.extend(found.items);
            match found.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
        let ids: Vec<String> =
            entries.iter().map(|entry| format!("urn:uuid:{}", entry.uuid)).collect();
        let revoked: Vec<Revoked<'_>> = ids
            .iter()
            .zip(&entries)
            .map(|(id, entry)| Revoked { id, reason: entry.reason.as_deref() })
            .collect();
        let urls = &self.0.urls;
        let (id, profile) = (urls.ob2_revocations(slug, n), urls.ob2_issuer(slug, n));
        let document = json(OB2, &render_ob2(&id, &profile, &revoked));
        Ok(Document { max_age: Some(0), ..document })
    }

    /// The issuer of an Open Badges 2.0 profile; there is one for each of its RSA keys.
    async fn ob2_profile(&self, slug: &Slug, n: u32) -> Result<Known, IssuerError> {
        let known = self.known(slug).await?;
        if known.2.rsa(n).is_none() {
            return Err(IssuerError::NotFound("issuer"));
        }
        Ok(known)
    }

    async fn class(
        &self,
        account: &AccountId,
        id: &BadgeClassId,
        version: Option<u32>,
    ) -> Result<BadgeClass, IssuerError> {
        let store = &self.0.store;
        let found = match version {
            None => self.shown_class(account, id).await?,
            Some(version) => {
                let reference = BadgeClassRef { id: id.clone(), version };
                store.badge_class_version(account, &reference).await?
            }
        };
        let public = found.filter(|class| class.stage.is_public());
        public.ok_or(IssuerError::NotFound("badge class"))
    }

    /// The version of a badge class that its address without a version shows: what can be awarded,
    /// or before anything can, what is announced.
    async fn shown_class(
        &self,
        account: &AccountId,
        id: &BadgeClassId,
    ) -> Result<Option<BadgeClass>, IssuerError> {
        let store = &self.0.store;
        match store.awarded_badge_class(account, id).await? {
            Some(class) => Ok(Some(class)),
            None => Ok(store.badge_class(account, id).await?.map(|newest| newest.value)),
        }
    }

    /// What anyone may see of an issuer's badge classes: each as [`public_class`](Self::public_class)
    /// shows it, newest first; those of one page of them.
    ///
    /// # Errors
    /// What the store says.
    pub async fn public_classes(
        &self,
        account: &AccountId,
        issuer: &IssuerId,
        page: &Page,
    ) -> Result<Vec<BadgeClass>, IssuerError> {
        let mut shown = Vec::new();
        for newest in self.0.store.badge_classes(account, Some(issuer), page).await?.items {
            let newest = newest.value;
            let class = match newest.awarded_version() {
                Some(version) if version != newest.version => {
                    self.0.store.awarded_badge_class(account, &newest.id).await?
                }
                _ => Some(newest),
            };
            shown.extend(class.filter(|class| class.stage.is_public()));
        }
        Ok(shown)
    }

    /// An uploaded picture. Other content that is kept under a digest is not for everyone.
    async fn uploaded(&self, sha256: &str, format: ImageFormat) -> Result<Document, IssuerError> {
        let kind = match format {
            ImageFormat::Png => ImageKind::Png,
            ImageFormat::Svg => ImageKind::Svg,
        };
        let found = self.0.store.blobs().get(sha256).await?;
        match found.filter(|bytes| baking::sniff(bytes) == Some(kind)) {
            Some(bytes) => Ok(plain(format.media_type(), bytes)),
            None => Err(IssuerError::NotFound("image")),
        }
    }
}

fn json(content_type: &'static str, value: &Value) -> Document {
    plain(content_type, value.to_string().into_bytes())
}

fn plain(content_type: &'static str, bytes: Vec<u8>) -> Document {
    Document { status: 200, content_type, bytes, max_age: None }
}
