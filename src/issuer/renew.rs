//! Renews an award: by a new one to the same person, each naming the other.

use serde_json::{Value, json};

use super::mandate::Noted;
use super::mint::Around;
use super::requirements::unmet;
use super::{Done, Issuer, IssuerError, Mandate};
use crate::domain::{
    Amend, Assertion, AssertionDraft, AssertionId, AssertionState, RecipientDraft, RenewDraft,
};
use crate::store::retried;

impl Issuer {
    /// Renews an award: a new award of the newest version of its badge class, to the same person,
    /// with dates of its own. The former stays as it is, but for naming its successor. Gives the
    /// successor.
    ///
    /// # Errors
    /// [`IssuerError::Renewed`] while the award has a successor that was not revoked,
    /// [`IssuerError::Revoked`], [`IssuerError::Suspended`], [`IssuerError::NotFound`], and those of
    /// [`mint`](Self::mint).
    pub async fn renew(
        &self,
        mandate: &Mandate<'_>,
        id: &AssertionId,
        draft: RenewDraft,
    ) -> Result<Done<Assertion>, IssuerError> {
        retried(async || self.try_renew(mandate, id, &draft).await).await
    }

    async fn try_renew(
        &self,
        mandate: &Mandate<'_>,
        id: &AssertionId,
        draft: &RenewDraft,
    ) -> Result<Done<Assertion>, IssuerError> {
        let found = self.0.store.assertion(mandate.account, id).await?;
        let found = found.ok_or(IssuerError::NotFound("assertion"))?;
        let former = &found.value;
        self.may_be_renewed(mandate, former).await?;
        let minted = successor(former, draft)?;
        let notify = self.notice(&minted)?;
        let (issuer, class) = self.issuer_and_class(mandate.account, &minted).await?;
        unmet(&minted, &class).or(())?;
        let ring = self.key_ring(mandate.account, &issuer.id).await?;
        let award = self.assertion(mandate.account, minted, &issuer, &class, &ring).await?;
        if award.issued_on <= former.issued_on {
            let detail = format!("a renewal is later than what it renews, of {}", former.issued_on);
            return Err(IssuerError::invalid("/issuedOn", "out-of-order", detail));
        }
        let award = Assertion { renews: Some(former.id.clone()), ..award };
        let form = self.first_form(&award, &issuer, &class, &ring).await?;

        let renewed = Assertion {
            renewed_by: Some(award.id.clone()),
            revision: former.revision.saturating_add(1),
            ..former.clone()
        };
        let answer: Value = self.assertion_answer(mandate.account, &renewed).await?;
        let mut tx = self.0.store.begin(mandate.account);
        tx.update_assertion(found.version, former, &renewed);
        let noted = Noted {
            kind: "assertion.renewed",
            subject: former.id.as_str(),
            answer: &answer,
            detail: json!({ "successor": award.id.as_str() }),
        };
        let why = (draft.reason.as_deref(), draft.public_reason.as_deref());
        self.explain(&mut tx, former.id.as_str(), noted.kind, why);
        // The answer to the request tells of the successor.
        self.note(&mut tx, &Mandate { reply: None, along: None, ..*mandate }, &noted)?;
        let around = Around { issuer: &issuer, class: &class, ring: &ring, notify };
        self.keep_with(tx, mandate, &around, &award, form).await
    }

    async fn may_be_renewed(
        &self,
        mandate: &Mandate<'_>,
        former: &Assertion,
    ) -> Result<(), IssuerError> {
        super::erase::not_erased(former)?;
        match former.state {
            AssertionState::Active => {}
            AssertionState::Suspended(_) => return Err(IssuerError::Suspended(former.id.clone())),
            AssertionState::Revoked(_) => return Err(IssuerError::Revoked(former.id.clone())),
        }
        let Some(successor) = &former.renewed_by else { return Ok(()) };
        let known = self.0.store.assertion(mandate.account, successor).await?;
        match known {
            Some(known) if !matches!(known.value.state, AssertionState::Revoked(_)) => {
                Err(IssuerError::Renewed {
                    former: former.id.clone(),
                    successor: successor.clone(),
                })
            }
            _ => Ok(()),
        }
    }
}

/// What the successor shall say.
fn successor(former: &Assertion, draft: &RenewDraft) -> Result<AssertionDraft, IssuerError> {
    let amendment = draft.amendment.clone();
    let shown = amendment.recipient.name_public == Amend::Set(true);
    let recipient = amendment.recipient.or(former.recipient.clone());
    if shown && recipient.name.is_none() {
        let detail = "there is no name to show";
        return Err(IssuerError::invalid("/recipient/namePublic", "nothing-to-show", detail));
    }
    let (start, end) = (amendment.activity_start.or(None), amendment.activity_end.or(None));
    if start.zip(end).is_some_and(|(start, end)| end < start) {
        let detail = "activityEnd is before activityStart";
        return Err(IssuerError::invalid("/activityEnd", "out-of-order", detail));
    }
    Ok(AssertionDraft {
        badge_class: former.badge_class.id.clone(),
        recipient: RecipientDraft {
            identities: recipient.identities,
            name: recipient.name,
            name_public: recipient.name_public,
            hashed: recipient.hashed,
        },
        issued_on: draft.issued_on,
        expires: amendment.expires.or(None),
        evidence: amendment.evidence.or(former.evidence.clone()),
        results: amendment.results.or(former.results.clone()),
        narrative: amendment.narrative.or(former.narrative.clone()),
        role: amendment.role.or(former.role.clone()),
        term: amendment.term.or(None),
        activity_start: start,
        activity_end: end,
        credits_earned: amendment.credits_earned.or(None),
        source: amendment.source.or(former.source.clone()),
        license_number: amendment.license_number.or(former.license_number.clone()),
        external_id: draft.external_id.clone(),
        visibility: draft.visibility.clone().or(former.visibility),
        notify: draft.notify,
    })
}
