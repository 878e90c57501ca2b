//! Changes of an award's state: read, decide, write, and again if another was faster.

use serde_json::{Value, json};

use super::mandate::Noted;
use super::{Done, Issuer, IssuerError, Mandate};
use crate::domain::{Assertion, AssertionId, AssertionState, Change, ChangeDraft, StatusPurpose};
use crate::store::{FormKind, Revocation, Transaction, retried};

/// What shall become of an award.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Revoke,
    Suspend,
    Reinstate,
}

impl Turn {
    fn event(self) -> &'static str {
        match self {
            Self::Revoke => "assertion.revoked",
            Self::Suspend => "assertion.suspended",
            Self::Reinstate => "assertion.reinstated",
        }
    }
}

impl Issuer {
    /// Changes the state of an award. A change that has happened already changes nothing.
    pub(super) async fn change(
        &self,
        mandate: &Mandate<'_>,
        id: &AssertionId,
        draft: &ChangeDraft,
        turn: Turn,
    ) -> Result<Done<Assertion>, IssuerError> {
        retried(async || self.try_change(mandate, id, draft, turn).await).await
    }

    async fn try_change(
        &self,
        mandate: &Mandate<'_>,
        id: &AssertionId,
        draft: &ChangeDraft,
        turn: Turn,
    ) -> Result<Done<Assertion>, IssuerError> {
        let found = self.0.store.assertion(mandate.account, id).await?;
        let found = found.ok_or(IssuerError::NotFound("assertion"))?;
        let before = found.value;
        let change = Change {
            at: self.0.clock.now_to_the_second(),
            reason: draft.reason.clone(),
            public_reason: draft.public_reason.clone(),
        };
        let state = match (turn, &before.state) {
            (Turn::Revoke, AssertionState::Revoked(_))
            | (Turn::Suspend, AssertionState::Suspended(_))
            | (Turn::Reinstate, AssertionState::Active) => None,
            (Turn::Suspend | Turn::Reinstate, AssertionState::Revoked(_)) => {
                return Err(IssuerError::Revoked(id.clone()));
            }
            (Turn::Suspend, _) if before.status_entry(StatusPurpose::Suspension).is_none() => {
                return Err(IssuerError::NotSuspendable(id.clone()));
            }
            (Turn::Revoke, _) => Some(AssertionState::Revoked(change)),
            (Turn::Suspend, _) => Some(AssertionState::Suspended(change)),
            (Turn::Reinstate, _) => Some(AssertionState::Active),
        };
        let Some(state) = state else { return self.unchanged(mandate, before).await };

        let after =
            Assertion { state, revision: before.revision.saturating_add(1), ..before.clone() };
        let answer = self.assertion_answer(mandate.account, &after).await?;
        let mut tx = self.0.store.begin(mandate.account);
        tx.update_assertion(found.version, &before, &after);
        for kind in FormKind::CERTIFICATES {
            tx.drop_form(id, kind);
        }
        self.mark(&mut tx, &after, turn);
        let why = (Some(draft.reason.as_str()), draft.public_reason.as_deref());
        self.explain(&mut tx, id.as_str(), turn.event(), why);
        let detail = json!({ "revision": after.revision });
        let noted = Noted { kind: turn.event(), subject: id.as_str(), answer: &answer, detail };
        self.note(&mut tx, mandate, &noted)?;
        tx.commit().await?;
        let class = self.0.store.badge_class_version(mandate.account, &after.badge_class).await;
        // The change holds, whatever becomes of its picture.
        if let Ok(Some(class)) = class {
            self.want_previews_of(mandate.account, &class, &after);
        }
        Ok(Done { value: after, answer })
    }

    /// The award as it is. That it was asked for again stands in the audit rows; an answer is kept
    /// if the request wants that.
    pub(super) async fn unchanged(
        &self,
        mandate: &Mandate<'_>,
        award: Assertion,
    ) -> Result<Done<Assertion>, IssuerError> {
        let answer: Value = self.assertion_answer(mandate.account, &award).await?;
        if let Some(reply) = &mandate.reply {
            let mut tx = self.0.store.begin(mandate.account);
            tx.remember_answer(reply.claim, (reply.answer)(&answer), self.0.clock.now());
            tx.commit().await?;
        }
        Ok(Done { value: award, answer })
    }

    /// Sets or clears the award's bits, and its entry in the Open Badges 2.0 revocation list.
    fn mark(&self, tx: &mut Transaction<'_>, award: &Assertion, turn: Turn) {
        let now = self.0.clock.now();
        let (purpose, on) = match turn {
            Turn::Revoke => (StatusPurpose::Revocation, true),
            Turn::Suspend => (StatusPurpose::Suspension, true),
            Turn::Reinstate => (StatusPurpose::Suspension, false),
        };
        if let Some(entry) = award.status_entry(purpose) {
            tx.set_status(&award.issuer, entry, on, now);
        }
        let reason = match &award.state {
            AssertionState::Active => {
                tx.remove_revocation(&award.issuer, &award.id);
                return;
            }
            AssertionState::Suspended(_) => Some("suspended".to_owned()),
            AssertionState::Revoked(change) => change.public_reason.clone(),
        };
        let entry = Revocation { assertion: award.id.clone(), uuid: award.uuid, reason, at: now };
        tx.put_revocation(&award.issuer, &entry);
    }
}
