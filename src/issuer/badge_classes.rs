//! Creates badge classes and makes new versions of them.

use serde_json::{Value, json};

use super::mandate::Noted;
use super::requirements::bounded_answer;
use super::{Done, Issuer, IssuerError, Mandate};
use crate::domain::{BadgeClass, BadgeClassDraft, BadgeClassId, Image};
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
        let id = BadgeClassId::random(&self.0.random);
        let class = self.version(id, 1, draft, image);
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
        Ok(Done { value: class, answer })
    }

    /// Makes the next version of a badge class that was read as `present`. Awards keep the version
    /// they were made with.
    ///
    /// # Errors
    /// [`IssuerError::Store`] with a conflict when it was changed meanwhile,
    /// [`IssuerError::Invalid`] for a picture that is none, and what the store says.
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
        let number = before.version.saturating_add(1);
        let class = self.version(before.id.clone(), number, draft, image);
        let answer = self.badge_class_answer(&class);
        bounded_answer(&answer)?;
        let mut tx = self.0.store.begin(mandate.account);
        tx.add_badge_class_version(present.version, &class);
        let noted = Noted {
            kind: "badgeClass.revised",
            subject: class.id.as_str(),
            answer: &answer,
            detail: json!({ "version": number }),
        };
        self.note(&mut tx, mandate, &noted)?;
        tx.commit().await?;
        Ok(Done { value: class, answer })
    }

    /// A badge class as the API answers it.
    pub fn badge_class_answer(&self, class: &BadgeClass) -> Value {
        rest::badge_class_answer(&self.0.urls, class)
    }

    fn version(
        &self,
        id: BadgeClassId,
        version: u32,
        draft: BadgeClassDraft,
        image: Option<Image>,
    ) -> BadgeClass {
        BadgeClass {
            id,
            version,
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
            created_at: self.0.clock.now_to_the_second(),
            revision: u64::from(version),
        }
    }
}
