//! Creates badge classes and makes new versions of them.

use serde_json::{Value, json};

use super::mandate::Noted;
use super::requirements::bounded_answer;
use super::{Done, Issuer, IssuerError, Mandate};
use crate::art::PreviewState;
use crate::domain::{AccountId, BadgeClass, BadgeClassDraft, BadgeClassId, Image, Stage};
use crate::store::Versioned;
use crate::wire::rest::{self, Edit, ImageEdit};

impl Issuer {
    /// Makes a badge class in its first version.
    ///
    /// # Errors
    /// [`IssuerError::Invalid`] for an issuer that the account does not have or a picture that is
    /// none, and what the store says.
    pub async fn create_badge_class(
        &self,
        mandate: &Mandate<'_>,
        mut draft: BadgeClassDraft,
    ) -> Result<Done<BadgeClass>, IssuerError> {
        if self.0.store.issuer(mandate.account, &draft.issuer).await?.is_none() {
            return Err(IssuerError::invalid(
                "/issuer",
                "unknown-issuer",
                "there is no such issuer in this account",
            ));
        }
        let image = match draft.image.take() {
            Some(image) => Some(self.take_picture(mandate.account, image, &draft.name).await?),
            None => None,
        };
        let class = self.version(draft, image);
        let class = BadgeClass { author: mandate.person.cloned(), ..class };
        let answer = self.badge_class_answer(&class);
        bounded_answer(&answer)?;
        let mut tx = self.0.store.begin(mandate.account);
        tx.insert_badge_class(&class);
        let noted = Noted {
            kind: "badgeClass.created",
            subject: class.id.as_str(),
            answer: &answer,
            detail: Value::Null,
        };
        self.note(&mut tx, mandate, &noted)?;
        tx.commit().await?;
        self.want_preview(mandate.account, &class, PreviewState::Valid);
        Ok(Done { value: class, answer })
    }

    /// Changes a badge class that was read as `present`. What is published stays: the change is its
    /// next version, and awards keep the one they were made with. A version that is not published
    /// is changed itself; one that is under review becomes a draft again, so that nothing is
    /// published that the reviewer has not seen.
    ///
    /// # Errors
    /// [`IssuerError::Store`] with a conflict when it was changed meanwhile,
    /// [`IssuerError::Invalid`] for a picture that is none or a stage that this way does not lead
    /// to, and what the store says.
    pub async fn revise_badge_class(
        &self,
        mandate: &Mandate<'_>,
        present: &Versioned<BadgeClass>,
        edit: Edit<BadgeClassDraft>,
    ) -> Result<Done<BadgeClass>, IssuerError> {
        let (before, draft) = (&present.value, edit.draft);
        let image = match edit.image {
            ImageEdit::Keep => before.image.clone(),
            ImageEdit::Remove => None,
            ImageEdit::Replace(image) => {
                Some(self.take_picture(mandate.account, image, &draft.name).await?)
            }
        };
        let asked = draft.stage;
        let class = revised(before, asked, self.version(draft, image))?;
        let author = mandate.person.cloned().or_else(|| before.author.clone());
        let class = BadgeClass { author, ..class };
        let number = class.version;
        let answer = self.badge_class_answer(&class);
        bounded_answer(&answer)?;
        let mut tx = self.0.store.begin(mandate.account);
        if number == before.version {
            tx.change_badge_class(present.version, &class);
        } else {
            tx.add_badge_class_version(present.version, &class);
        }
        let noted = Noted {
            kind: "badgeClass.revised",
            subject: class.id.as_str(),
            answer: &answer,
            detail: json!({ "version": number }),
        };
        self.note(&mut tx, mandate, &noted)?;
        tx.commit().await?;
        self.want_preview(mandate.account, &class, PreviewState::Valid);
        Ok(Done { value: class, answer })
    }

    /// A badge class in its newest version as the API answers it.
    pub fn badge_class_answer(&self, class: &BadgeClass) -> Value {
        rest::badge_class_answer(&self.0.urls, class, class.awarded_version())
    }

    /// All versions of a badge class as the API answers them, oldest first.
    ///
    /// # Errors
    /// What the store says.
    pub async fn badge_class_versions(
        &self,
        account: &AccountId,
        id: &BadgeClassId,
    ) -> Result<Vec<Value>, IssuerError> {
        let versions = self.0.store.badge_class_versions(account, id).await?;
        let in_force = versions.last().and_then(BadgeClass::awarded_version);
        let answer = |class| rest::badge_class_answer(&self.0.urls, class, in_force);
        Ok(versions.iter().map(answer).collect())
    }

    /// A first version.
    fn version(&self, draft: BadgeClassDraft, image: Option<Image>) -> BadgeClass {
        BadgeClass {
            id: BadgeClassId::random(&self.0.random),
            version: 1,
            issuer: draft.issuer,
            name: draft.name,
            description: draft.description,
            criteria: draft.criteria,
            badge_type: draft.badge_type,
            image,
            alignments: draft.alignments,
            result_descriptions: draft.result_descriptions,
            tags: draft.tags,
            credits_available: draft.credits_available,
            validity: draft.validity,
            required_evidence: draft.required_evidence,
            requires_results: draft.requires_results,
            suspendable: draft.suspendable,
            human_code: draft.human_code,
            field_of_study: draft.field_of_study,
            specialization: draft.specialization,
            language: draft.language,
            version_label: draft.version_label,
            other_identifiers: draft.other_identifiers,
            stage: draft.stage.unwrap_or_default(),
            in_force: None,
            author: None,
            created_at: self.0.clock.now_to_the_second(),
            revision: 1,
        }
    }
}

/// What becomes of `before` when it shall say what `after` says.
fn revised(
    before: &BadgeClass,
    asked: Option<Stage>,
    after: BadgeClass,
) -> Result<BadgeClass, IssuerError> {
    let revision = before.revision.saturating_add(1);
    let after = BadgeClass { id: before.id.clone(), revision, ..after };
    if before.stage == Stage::Published {
        let in_force = (after.stage != Stage::Published).then_some(before.version);
        let version = before.version.saturating_add(1);
        return Ok(BadgeClass { version, in_force, ..after });
    }
    if asked.is_some_and(|asked| asked != before.stage) {
        let detail = format!(
            "this version is {:?}; another stage is a request of its own",
            before.stage.as_str()
        );
        return Err(IssuerError::invalid("/stage", "fixed", detail));
    }
    let stage = if before.stage == Stage::Review { Stage::Draft } else { before.stage };
    let (version, in_force) = (before.version, before.in_force);
    Ok(BadgeClass { version, stage, in_force, created_at: before.created_at, ..after })
}
