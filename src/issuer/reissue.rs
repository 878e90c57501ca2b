//! Corrects an award: the same award, in a newer edition.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::mandate::Noted;
use super::requirements::{bounded_answer, unmet_by};
use super::{Done, Issuer, IssuerError, Mandate};
use crate::domain::{
    Amend, Amendment, Assertion, AssertionId, AssertionState, Correction, Problems, ReissueDraft,
};
use crate::proof::key::KeyType;
use crate::store::blobs::hex_digest;
use crate::store::{FormKind, Versioned, retried};
use crate::wire::rest;

impl Issuer {
    /// Corrects an award. It keeps its id, its places in status lists and the day on which it was
    /// awarded; the edition gets a later `validFrom`, and every form is made anew. A correction that
    /// states what the award says already changes nothing.
    ///
    /// # Errors
    /// [`IssuerError::Revoked`], [`IssuerError::Invalid`] with every problem,
    /// [`IssuerError::Preflight`], [`IssuerError::NotFound`], and what keys and store say.
    pub async fn reissue(
        &self,
        mandate: &Mandate<'_>,
        id: &AssertionId,
        draft: ReissueDraft,
    ) -> Result<Done<Assertion>, IssuerError> {
        retried(async || self.try_reissue(mandate, id, &draft).await).await
    }

    async fn try_reissue(
        &self,
        mandate: &Mandate<'_>,
        id: &AssertionId,
        draft: &ReissueDraft,
    ) -> Result<Done<Assertion>, IssuerError> {
        let found = self.0.store.assertion(mandate.account, id).await?;
        let found = found.ok_or(IssuerError::NotFound("assertion"))?;
        if matches!(found.value.state, AssertionState::Revoked(_)) {
            return Err(IssuerError::Revoked(id.clone()));
        }
        super::erase::not_erased(&found.value)?;
        let corrected = amended(found.value.clone(), draft.amendment.clone());
        if corrected == found.value {
            return self.unchanged(mandate, found.value).await;
        }
        let now = self.0.clock.now_to_the_second();
        let after = Assertion {
            valid_from: next_edition(&found.value, draft.valid_from.unwrap_or(now)),
            correction: Some(Correction {
                at: now,
                reason: draft.reason.clone(),
                public_reason: draft.public_reason.clone(),
            }),
            ..corrected
        };
        in_order(&after, draft)?;
        let edition = Edition { kind: "assertion.reissued", checked: true };
        self.new_edition(mandate, &found, after, &edition, json!({})).await
    }

    /// Signs a newer edition of an award that was read as `found`, and keeps it in place of all the
    /// forms of the former one.
    pub(super) async fn new_edition(
        &self,
        mandate: &Mandate<'_>,
        found: &Versioned<Assertion>,
        after: Assertion,
        edition: &Edition,
        mut detail: serde_json::Value,
    ) -> Result<Done<Assertion>, IssuerError> {
        let (before, store) = (&found.value, &self.0.store);
        let after = Assertion { revision: before.revision.saturating_add(1), ..after };
        let class = store.badge_class_version(mandate.account, &after.badge_class).await?;
        let class = class.ok_or(IssuerError::NotFound("badge class"))?;
        if edition.checked {
            unmet_by(&after.results, &after.evidence, &class).or(())?;
        }
        let issuer = store.issuer(mandate.account, &after.issuer).await?;
        let issuer = issuer.ok_or(IssuerError::NotFound("issuer"))?.value;
        let ring = self.key_ring(mandate.account, &issuer.id).await?;
        let after = Assertion { key: ring.signer(KeyType::Ed25519)?.record.id.clone(), ..after };
        let form = self.first_form(&after, &issuer, &class, &ring).await?;
        let answer = rest::assertion_answer(&self.0.urls, &issuer, &after, self.0.clock.now());
        bounded_answer(&answer)?;
        if let Some(members) = detail.as_object_mut() {
            members.insert("revision".to_owned(), after.revision.into());
            members.insert("sha256".to_owned(), hex_digest(&form.bytes).into());
            members.insert("key".to_owned(), after.key.as_str().into());
        }
        let mut tx = store.begin(mandate.account);
        ring.expect_signer(&mut tx, &form);
        tx.update_assertion(found.version, before, &after);
        tx.drop_forms(&after.id);
        tx.set_form(&after.id, FormKind::Ob3, form);
        if let Some(correction) = after.correction.as_ref().filter(|_| edition.checked) {
            let why = (correction.reason.as_deref(), correction.public_reason.as_deref());
            self.explain(&mut tx, after.id.as_str(), edition.kind, why);
        }
        let noted =
            Noted { kind: edition.kind, subject: after.id.as_str(), answer: &answer, detail };
        self.note(&mut tx, mandate, &noted)?;
        tx.commit().await?;
        self.want_previews_of(mandate.account, &class, &after);
        Ok(Done { value: after, answer })
    }
}

/// How a newer edition of an award comes about.
pub(super) struct Edition {
    /// The name of the event and of the audit row.
    pub(super) kind: &'static str,
    /// Whether results and evidence must meet the badge class again.
    pub(super) checked: bool,
}

/// The award with what is stated anew.
fn amended(award: Assertion, amendment: Amendment) -> Assertion {
    Assertion {
        recipient: amendment.recipient.or(award.recipient),
        expires: amendment.expires.or(award.expires),
        evidence: amendment.evidence.or(award.evidence),
        results: amendment.results.or(award.results),
        narrative: amendment.narrative.or(award.narrative),
        role: amendment.role.or(award.role),
        term: amendment.term.or(award.term),
        activity_start: amendment.activity_start.or(award.activity_start),
        activity_end: amendment.activity_end.or(award.activity_end),
        credits_earned: amendment.credits_earned.or(award.credits_earned),
        source: amendment.source.or(award.source),
        license_number: amendment.license_number.or(award.license_number),
        ..award
    }
}

/// From when a newer edition counts: readers tell editions apart by it, so that it must be later.
pub(super) fn next_edition(before: &Assertion, wanted: Timestamp) -> Timestamp {
    let later = before.valid_from.checked_add(SignedDuration::from_secs(1));
    wanted.max(later.unwrap_or(before.valid_from))
}

/// Whether the dates of a corrected award are in order, and a name that shall be shown is there.
fn in_order(after: &Assertion, draft: &ReissueDraft) -> Result<(), Problems> {
    let mut problems = Problems::new();
    if let Some(end) = after.expires.filter(|end| *end <= after.valid_from) {
        let detail = format!(
            "the award ends at {end}, before the corrected edition would begin at {}: give a later \
             expires, or renew it",
            after.valid_from
        );
        problems.add("/expires", "out-of-order", detail);
    }
    if let (Some(start), Some(end)) = (after.activity_start, after.activity_end)
        && end < start
    {
        problems.add("/activityEnd", "out-of-order", "activityEnd is before activityStart");
    }
    let recipient = &draft.amendment.recipient;
    if recipient.name_public == Amend::Set(true) && after.recipient.name.is_none() {
        problems.add("/recipient/namePublic", "nothing-to-show", "there is no name to show");
    }
    problems.or(())
}
