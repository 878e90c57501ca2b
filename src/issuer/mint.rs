//! Mints: a draft becomes an award that is signed, checked as a stranger would, and durable.

use std::sync::Arc;

use serde_json::{Value, json};

use super::mandate::Noted;
use super::requirements::{bounded_answer, unmet};
use super::{Done, Issuer, IssuerError, KeyRing, Mandate};
use crate::domain::id::random_base62;
use crate::domain::{
    AccountId, Assertion, AssertionDraft, AssertionId, AssertionState, BadgeClass, BadgeClassId,
    IssuerProfile, Recipient, StatusPurpose,
};
use crate::proof::key::KeyType;
use crate::store::{Contested as _, Form, FormKind, Transaction};
use crate::wire::{ob3, rest};

/// What an award is made with.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) issuer: &'a IssuerProfile,
    pub(super) class: &'a BadgeClass,
    pub(super) ring: &'a Arc<KeyRing>,
    /// Whether its holder is told of it.
    pub(super) notify: bool,
}

impl Issuer {
    /// Mints one award. When it returns, record, signed credential, lists, event, audit row, the
    /// answer to keep and the message to the holder are durable together.
    ///
    /// # Errors
    /// [`IssuerError::Invalid`] with every problem, [`IssuerError::Taken`] for an external id that
    /// is in use, [`IssuerError::Preflight`], and what keys and store say.
    pub async fn mint(
        &self,
        mandate: &Mandate<'_>,
        draft: AssertionDraft,
    ) -> Result<Done<Assertion>, IssuerError> {
        let (issuer, class) = self.issuer_and_class(mandate.account, &draft).await?;
        unmet(&draft, &class).or(())?;
        let notify = self.notice(&draft)?;
        let ring = self.key_ring(mandate.account, &issuer.id).await?;
        let award = self.assertion(mandate.account, draft, &issuer, &class, &ring).await?;
        let form = self.first_form(&award, &issuer, &class, &ring).await?;
        let around = Around { issuer: &issuer, class: &class, ring: &ring, notify };
        self.keep(mandate, &around, award, form).await
    }

    /// Makes an award durable: record, signed credential, event, audit row and answer together. If
    /// its key was retired since it signed, its successor signs instead.
    pub(super) async fn keep(
        &self,
        mandate: &Mandate<'_>,
        around: &Around<'_>,
        award: Assertion,
        form: Form,
    ) -> Result<Done<Assertion>, IssuerError> {
        let tx = self.0.store.begin(mandate.account);
        match self.keep_with(tx, mandate, around, &award, form).await {
            Err(error) if error.is_conflict() => {}
            other => return other,
        }
        let Around { issuer, class, notify, .. } = *around;
        let ring = self.key_ring(mandate.account, &issuer.id).await?;
        let key = ring.signer(KeyType::Ed25519)?.record.id.clone();
        let award = Assertion { key, ..award };
        let form = self.first_form(&award, issuer, class, &ring).await?;
        let around = Around { issuer, class, ring: &ring, notify };
        let tx = self.0.store.begin(mandate.account);
        self.keep_with(tx, mandate, &around, &award, form).await
    }

    /// The same, together with what `tx` holds already.
    pub(super) async fn keep_with(
        &self,
        mut tx: Transaction<'_>,
        mandate: &Mandate<'_>,
        around: &Around<'_>,
        award: &Assertion,
        form: Form,
    ) -> Result<Done<Assertion>, IssuerError> {
        let issuer = around.issuer;
        let answer = rest::assertion_answer(&self.0.urls, issuer, award, self.0.clock.now());
        bounded_answer(&answer)?;
        around.ring.expect_signer(&mut tx, &form);
        tx.insert_assertion(award);
        let sha256 = tx.set_form(&award.id, FormKind::Ob3, form);
        let detail = json!({ "sha256": sha256, "key": award.key.as_str() });
        if around.notify {
            self.queue_notice(&mut tx, award);
        }
        let noted =
            Noted { kind: "assertion.issued", subject: award.id.as_str(), answer: &answer, detail };
        self.note(&mut tx, mandate, &noted)?;
        tx.commit().await?;
        self.want_previews_of(mandate.account, around.class, award);
        Ok(Done { value: award.clone(), answer })
    }

    /// An award as the API answers it.
    ///
    /// # Errors
    /// What the store says of its issuer.
    pub async fn assertion_answer(
        &self,
        account: &AccountId,
        award: &Assertion,
    ) -> Result<Value, IssuerError> {
        let issuer = self.0.store.issuer(account, &award.issuer).await?;
        let issuer = issuer.ok_or(IssuerError::NotFound("issuer"))?.value;
        Ok(rest::assertion_answer(&self.0.urls, &issuer, award, self.0.clock.now()))
    }

    pub(super) async fn issuer_and_class(
        &self,
        account: &AccountId,
        draft: &AssertionDraft,
    ) -> Result<(IssuerProfile, BadgeClass), IssuerError> {
        let class = self.awarded_class(account, &draft.badge_class).await?;
        let issuer = self.0.store.issuer(account, &class.issuer).await?;
        let issuer = issuer.ok_or(IssuerError::NotFound("issuer"))?;
        Ok((issuer.value, class))
    }

    /// The version of a badge class that awards take.
    pub(super) async fn awarded_class(
        &self,
        account: &AccountId,
        id: &BadgeClassId,
    ) -> Result<BadgeClass, IssuerError> {
        if let Some(class) = self.0.store.awarded_badge_class(account, id).await? {
            return Ok(class);
        }
        let (code, detail) = match self.0.store.badge_class(account, id).await? {
            Some(newest) => (
                "not-published",
                format!(
                    "this badge class is {:?}, and cannot be awarded yet",
                    newest.value.stage.as_str()
                ),
            ),
            None => {
                ("unknown-badge-class", "there is no such badge class in this account".to_owned())
            }
        };
        Err(IssuerError::invalid("/badgeClass", code, detail))
    }

    /// The award, with what the draft leaves open decided: ids, salt, dates, places in status lists.
    pub(super) async fn assertion(
        &self,
        account: &AccountId,
        draft: AssertionDraft,
        issuer: &IssuerProfile,
        class: &BadgeClass,
        ring: &KeyRing,
    ) -> Result<Assertion, IssuerError> {
        let (store, random) = (&self.0.store, &self.0.random);
        let now = self.0.clock.now();
        let issued_on = draft.issued_on.unwrap_or_else(|| self.0.clock.now_to_the_second());
        let expires =
            draft.expires.or_else(|| class.validity.as_ref().and_then(|v| v.end(issued_on)));
        if expires.is_some_and(|end| end <= issued_on) {
            let detail = "expires is not later than the award";
            return Err(IssuerError::invalid("/expires", "out-of-order", detail));
        }
        let key = ring.signer(KeyType::Ed25519)?.record.id.clone();
        // Reserved before anything is signed: an index that is then not used is lost, never shared.
        let mut status =
            vec![store.reserve_status(account, &issuer.id, StatusPurpose::Revocation, now).await?];
        if class.suspendable {
            let purpose = StatusPurpose::Suspension;
            status.push(store.reserve_status(account, &issuer.id, purpose, now).await?);
        }
        Ok(Assertion {
            id: AssertionId::random(random),
            uuid: random.uuid(),
            subject_uuid: random.uuid(),
            badge_class: class.reference(),
            issuer: issuer.id.clone(),
            recipient: Recipient {
                identities: draft.recipient.identities,
                name: draft.recipient.name,
                name_public: draft.recipient.name_public,
                hashed: draft.recipient.hashed,
                salt: random_base62(random),
            },
            issued_on,
            valid_from: issued_on,
            expires,
            evidence: draft.evidence,
            results: draft.results,
            narrative: draft.narrative,
            role: draft.role,
            term: draft.term,
            activity_start: draft.activity_start,
            activity_end: draft.activity_end,
            credits_earned: draft.credits_earned,
            source: draft.source,
            license_number: draft.license_number,
            external_id: draft.external_id,
            visibility: draft.visibility,
            state: AssertionState::Active,
            status,
            correction: None,
            renews: None,
            renewed_by: None,
            erased_at: None,
            key,
            created_at: now,
            revision: 1,
        })
    }

    /// The Data Integrity form on the ordinary road: rendered, signed and judged from nothing.
    pub(super) async fn ordinary_form(
        &self,
        award: &Assertion,
        issuer: &IssuerProfile,
        class: &BadgeClass,
        ring: &KeyRing,
    ) -> Result<Form, IssuerError> {
        let urls = &self.0.urls;
        let key = ring.signer(KeyType::Ed25519)?;
        let did = ring.did(urls, &issuer.slug).unwrap_or_default();
        let edition = ob3::Edition { urls, issuer, issuer_id: &did, class, assertion: award };
        let made_at = self.0.clock.now_to_the_second();
        let bytes = self.secure(ob3::credential(&edition), &did, key, made_at).await?;
        self.preflight(&bytes, award, &self.ob3_web(issuer, ring))?;
        Ok(Form { bytes, key: Some(key.record.id.clone()), made_at })
    }
}
