//! Brings a badge class from one stage to the next: to review, before the public, into force.

use serde_json::json;

use super::mandate::Noted;
use super::{Done, Issuer, IssuerError, Mandate};
use crate::art::PreviewState;
use crate::domain::{BadgeClass, BadgeClassId, Stage, StageDraft};
use crate::store::{Versioned, retried};

impl Issuer {
    /// Brings the newest version of a badge class to another stage.
    /// A draft goes to review, comes back from it, is announced or published. What is published
    /// stays so; the next version begins with an edit. The stage that it has already is no change.
    ///
    /// # Errors
    /// [`IssuerError::NotFound`], [`IssuerError::Published`], [`IssuerError::OwnWork`] when the
    /// person who wrote it would announce or publish it, and what the store says.
    pub async fn stage_badge_class(
        &self,
        mandate: &Mandate<'_>,
        id: &BadgeClassId,
        draft: &StageDraft,
    ) -> Result<Done<BadgeClass>, IssuerError> {
        retried(async || {
            let found = self.0.store.badge_class(mandate.account, id).await?;
            let present = found.ok_or(IssuerError::NotFound("badge class"))?;
            self.try_stage(mandate, &present, draft).await
        })
        .await
    }

    async fn try_stage(
        &self,
        mandate: &Mandate<'_>,
        present: &Versioned<BadgeClass>,
        draft: &StageDraft,
    ) -> Result<Done<BadgeClass>, IssuerError> {
        let before = &present.value;
        if draft.stage == before.stage {
            let answer = self.badge_class_answer(before);
            return Ok(Done { value: before.clone(), answer });
        }
        if before.stage == Stage::Published {
            return Err(IssuerError::Published(before.id.clone()));
        }
        // Four eyes: what everyone can read was seen by somebody who did not write it.
        if draft.stage.is_public()
            && mandate.person.is_some_and(|p| Some(p) == before.author.as_ref())
        {
            return Err(IssuerError::OwnWork(before.id.clone()));
        }
        let published = draft.stage == Stage::Published;
        let class = BadgeClass {
            stage: draft.stage,
            in_force: before.in_force.filter(|_| !published),
            created_at: if published {
                self.0.clock.now_to_the_second()
            } else {
                before.created_at
            },
            revision: before.revision.saturating_add(1),
            ..before.clone()
        };
        let answer = self.badge_class_answer(&class);
        let mut tx = self.0.store.begin(mandate.account);
        tx.change_badge_class(present.version, &class);
        let noted = Noted {
            kind: kind(draft.stage),
            subject: class.id.as_str(),
            answer: &answer,
            detail: json!({ "version": class.version, "from": before.stage.as_str() }),
        };
        self.explain(&mut tx, class.id.as_str(), noted.kind, (draft.reason.as_deref(), None));
        self.note(&mut tx, mandate, &noted)?;
        tx.commit().await?;
        self.want_preview(mandate.account, &class, PreviewState::Valid);
        Ok(Done { value: class, answer })
    }
}

/// What followers are told of.
fn kind(stage: Stage) -> &'static str {
    match stage {
        Stage::Draft => "badgeClass.returned",
        Stage::Review => "badgeClass.submitted",
        Stage::Coming => "badgeClass.announced",
        Stage::Published => "badgeClass.published",
    }
}
