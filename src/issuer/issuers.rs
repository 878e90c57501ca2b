//! Creates and edits issuer profiles. Creating one makes its keys.

use serde_json::{Value, json};

use super::mandate::Noted;
use super::requirements::bounded_answer;
use super::{Done, Issuer, IssuerError, KeyRing, Mandate};
use crate::domain::id::random_base62;
use crate::domain::{AccountId, IssuerDraft, IssuerId, IssuerProfile, Slug};
use crate::proof::key::KeyType;
use crate::store::backend::Version;
use crate::store::{IssuerKey, Versioned};
use crate::wire::rest::{self, Edit, ImageEdit};

impl Issuer {
    /// Makes an issuer with an Ed25519 and an RSA key. Without a slug it gets one from its name.
    ///
    /// # Errors
    /// [`IssuerError::Taken`] for a slug that another has, [`IssuerError::Invalid`] for a picture
    /// that is none, and what keys and store say.
    pub async fn create_issuer(
        &self,
        mandate: &Mandate<'_>,
        draft: IssuerDraft,
    ) -> Result<Done<IssuerProfile>, IssuerError> {
        let now = self.0.clock.now_to_the_second();
        let slug = self.free_slug(&draft).await?;
        let id = IssuerId::random(&self.0.random);
        let picture = match draft.image {
            Some(image) => Some(self.take_picture(mandate.account, image, &draft.name).await?),
            None => None,
        };
        let profile = IssuerProfile {
            id: id.clone(),
            slug,
            name: draft.name,
            url: draft.url,
            email: draft.email,
            description: draft.description,
            telephone: draft.telephone,
            image: picture,
            other_identifiers: draft.other_identifiers,
            parent: draft.parent,
            created_at: now,
            updated_at: now,
            revision: 1,
        };
        let ed25519 = self.make_key(&id, KeyType::Ed25519, now).await?;
        let rsa = self.make_key(&id, KeyType::Rsa, now).await?;
        let fresh = |key: &IssuerKey| Versioned { value: key.clone(), version: Version(0) };
        let ring = KeyRing::of(vec![fresh(&ed25519), fresh(&rsa)])?;
        let answer = self.issuer_object(&profile, &ring)?;
        bounded_answer(&answer)?;

        let mut tx = self.0.store.begin(mandate.account);
        tx.insert_issuer(&profile);
        tx.insert_issuer_key(&ed25519);
        tx.insert_issuer_key(&rsa);
        let noted = Noted {
            kind: "issuer.created",
            subject: id.as_str(),
            answer: &answer,
            detail: json!({ "keys": [ed25519.id.as_str(), rsa.id.as_str()] }),
        };
        self.note(&mut tx, mandate, &noted)?;
        tx.commit().await?;
        Ok(Done { value: profile, answer })
    }

    /// Changes an issuer that was read as `present`; slug and keys stay.
    ///
    /// # Errors
    /// [`IssuerError::Store`] with a conflict when it was changed meanwhile,
    /// [`IssuerError::Invalid`] for a picture that is none, and what the store says.
    pub async fn edit_issuer(
        &self,
        mandate: &Mandate<'_>,
        present: &Versioned<IssuerProfile>,
        edit: Edit<IssuerDraft>,
    ) -> Result<Done<IssuerProfile>, IssuerError> {
        let (before, draft) = (&present.value, edit.draft);
        let image = match edit.image {
            ImageEdit::Keep => before.image.clone(),
            ImageEdit::Remove => None,
            ImageEdit::Replace(image) => {
                Some(self.take_picture(mandate.account, image, &draft.name).await?)
            }
        };
        let profile = IssuerProfile {
            id: before.id.clone(),
            slug: before.slug.clone(),
            name: draft.name,
            url: draft.url,
            email: draft.email,
            description: draft.description,
            telephone: draft.telephone,
            image,
            other_identifiers: draft.other_identifiers,
            parent: draft.parent,
            created_at: before.created_at,
            updated_at: self.0.clock.now_to_the_second(),
            revision: before.revision.saturating_add(1),
        };
        let answer = self.issuer_answer(mandate.account, &profile).await?;
        bounded_answer(&answer)?;
        let mut tx = self.0.store.begin(mandate.account);
        tx.update_issuer(present.version, &profile);
        let noted = Noted {
            kind: "issuer.changed",
            subject: profile.id.as_str(),
            answer: &answer,
            detail: Value::Null,
        };
        self.note(&mut tx, mandate, &noted)?;
        tx.commit().await?;
        Ok(Done { value: profile, answer })
    }

    /// An issuer as the API answers it.
    ///
    /// # Errors
    /// What the store says of its keys.
    pub async fn issuer_answer(
        &self,
        account: &AccountId,
        profile: &IssuerProfile,
    ) -> Result<Value, IssuerError> {
        let ring = self.key_ring(account, &profile.id).await?;
        self.issuer_object(profile, &ring)
    }

    fn issuer_object(&self, profile: &IssuerProfile, ring: &KeyRing) -> Result<Value, IssuerError> {
        ring.signer(KeyType::Ed25519)?;
        let did = ring.did(&self.0.urls, &profile.slug).unwrap_or_default();
        Ok(rest::issuer_answer(&self.0.urls, profile, &did))
    }

    /// The slug that was asked for, or a free one made of the name. That it is still free is
    /// decided when the profile is committed.
    async fn free_slug(&self, draft: &IssuerDraft) -> Result<Slug, IssuerError> {
        let store = &self.0.store;
        if let Some(slug) = &draft.slug {
            return match store.issuer_by_slug(slug).await? {
                None => Ok(slug.clone()),
                Some(_) => Err(IssuerError::Taken("slug")),
            };
        }
        let random = || random_base62(&self.0.random).to_lowercase();
        let made = Slug::from_name(&draft.name);
        if let Some(slug) = &made
            && store.issuer_by_slug(slug).await?.is_none()
        {
            return Ok(slug.clone());
        }
        let stem: String = made
            .map_or_else(|| "issuer".to_owned(), |slug| slug.as_str().chars().take(50).collect());
        let ending: String = random().chars().take(8).collect();
        Slug::parse(&format!("{}-{ending}", stem.trim_end_matches('-')))
            .map_err(|invalid| IssuerError::invalid("/slug", invalid.code, invalid.detail))
    }
}
