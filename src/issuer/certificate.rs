//! The certificate of an award: made when it is first asked for, kept, and made anew when the award
//! stands otherwise than it says.

use std::sync::Arc;

use super::forms::Served;
use super::{Award, Issuer, IssuerError};
use crate::art::spaced;
use crate::certificate::{self, Alignment, Certificate, Fact, Paper, Reached, Sheet, Standing};
use crate::domain::{AssertionState, ImageFormat, ResultDescription, ShortCode};
use crate::language::Language;
use crate::markdown::plain;
use crate::store::{Form, FormKind};

/// Certificates drawn at once: each takes a core for some milliseconds, and minting must not wait.
pub(super) const AT_ONCE: usize = 2;

/// Characters of description and criteria that stand on a certificate.
const BRIEF: usize = 900;

/// Characters of what a level means.
const MEANING: usize = 320;

/// The kind of result that states hours.
const HOURS: &str = "ext:ContactHours";

const PDF: &str = "application/pdf";

impl Issuer {
    /// The certificate of an award as PDF.
    ///
    /// # Errors
    /// [`IssuerError::Certificate`], and what the store says.
    pub async fn certificate(&self, award: &Award, sheet: Sheet) -> Result<Served, IssuerError> {
        self.of_present(award, |changed| async move {
            self.certificate_once(changed.as_ref().unwrap_or(award), sheet).await
        })
        .await
    }

    async fn certificate_once(&self, award: &Award, sheet: Sheet) -> Result<Served, IssuerError> {
        let (id, kind) = (&award.assertion.id, kind(sheet));
        let now = self.0.clock.now_to_the_second();
        let word = |at| award.assertion.state_word(at);
        let known = self.0.store.form(&award.account, id, kind).await?;
        if known.is_some_and(|form| word(form.made_at) != word(now)) {
            // Its time has come, or has run out, since the sheet was made.
            let mut tx = self.0.store.begin(&award.account);
            tx.expect_assertion(id, award.version);
            tx.drop_form(id, kind);
            tx.commit().await?;
        }
        let bytes = self.kept(award, kind, || self.draw(award, sheet)).await?;
        Ok(Served { content_type: PDF, bytes })
    }

    async fn draw(&self, award: &Award, sheet: Sheet) -> Result<Form, IssuerError> {
        let _turn = self.0.certificates.acquire().await.map_err(|_| IssuerError::Worker)?;
        let about = self.about(award).await?;
        let made_at = about.made_at;
        let fonts = self.0.fonts.clone();
        let drawn = tokio::task::spawn_blocking(move || certificate::write(&about, sheet, &fonts));
        let bytes = drawn.await.map_err(|_| IssuerError::Worker)??;
        Ok(Form { bytes, key: None, made_at })
    }

    /// What the certificate says.
    async fn about(&self, award: &Award) -> Result<Certificate, IssuerError> {
        let Award { assertion, class, issuer, .. } = award;
        let recipient = &assertion.recipient;
        let made_at = self.0.clock.now_to_the_second();
        let art: Arc<Vec<u8>> = self.class_picture(issuer, class, ImageFormat::Png).await?;
        let (standing, reason) = match (&assertion.state, assertion.state_word(made_at)) {
            (AssertionState::Revoked(change), _) => (Standing::Revoked, Some(change)),
            (AssertionState::Suspended(change), _) => (Standing::Suspended, Some(change)),
            (AssertionState::Active, "expired") => (Standing::Expired, None),
            (AssertionState::Active, "notYetValid") => (Standing::NotYetValid, None),
            (AssertionState::Active, _) => (Standing::Valid, None),
        };
        Ok(Certificate {
            name: class.name.clone(),
            kind: class.badge_type.as_ref().map(|kind| spaced(kind.as_str())),
            written_in: class.language.as_ref().map(ToString::to_string),
            art,
            art_alt: class.image.as_ref().map_or(&class.name, |image| &image.alt).clone(),
            holder: recipient.name.clone().filter(|_| recipient.name_public),
            issuer: issuer.name.clone(),
            issued: assertion.issued_on,
            expires: assertion.expires,
            description: plain(&class.description, BRIEF),
            facts: facts(award),
            alignments: class
                .alignments
                .iter()
                .map(|alignment| Alignment {
                    code: alignment.target_code.clone(),
                    name: alignment.target_name.clone(),
                    framework: alignment.target_framework.clone(),
                })
                .collect(),
            criteria: class.criteria.narrative.as_deref().map(|text| plain(text, BRIEF)),
            criteria_url: class.criteria.url.as_ref().map(|url| url.as_str().to_owned()),
            results: reached(award),
            link: self.0.urls.badge(&assertion.id),
            code: ShortCode::of(&assertion.id).to_string(),
            standing,
            reason: reason.and_then(|change| change.public_reason.clone()),
            made_at,
            credential: self.credential(award).await?,
        })
    }
}

fn facts(award: &Award) -> Vec<(Fact, String)> {
    let Award { assertion, class, .. } = award;
    let credits = assertion.credits_earned.or(class.credits_available);
    let hours = results(award)
        .filter(|(description, _)| description.result_type.as_str() == HOURS)
        .filter_map(|(_, result)| result.value.clone());
    let mut facts: Vec<(Fact, String)> = hours.map(|hours| (Fact::ContactHours, hours)).collect();
    let others = [
        (Fact::Credits, credits.map(|credits| credits.number().to_string())),
        (Fact::Role, assertion.role.clone()),
        (Fact::Term, assertion.term.clone()),
        (Fact::Licence, assertion.license_number.clone()),
        (Fact::Code, class.human_code.clone()),
    ];
    facts.extend(others.into_iter().filter_map(|(fact, value)| Some((fact, value?))));
    facts
}

fn reached(award: &Award) -> Vec<Reached> {
    results(award)
        .filter(|(description, _)| description.result_type.as_str() != HOURS)
        .map(|(description, result)| {
            let level = result.level.as_ref().and_then(|code| description.level(code));
            let value = result.value.clone();
            let status = result.status.map(|status| status.as_str().to_owned());
            let name = level.map(|level| level.name.clone()).or(value).or(status);
            Reached {
                criterion: description.name.clone(),
                level: name.unwrap_or_default(),
                meaning: level
                    .and_then(|level| level.description.as_deref())
                    .map(|text| plain(text, MEANING)),
            }
        })
        .collect()
}

/// The results of an award, each with what it is on.
fn results(
    award: &Award,
) -> impl Iterator<Item = (&ResultDescription, &crate::domain::AchievedResult)> {
    let description = |result| {
        let result: &crate::domain::AchievedResult = result;
        Some((award.class.result_description(&result.description)?, result))
    };
    award.assertion.results.iter().filter_map(description)
}

/// The form that a sheet is kept as.
fn kind(sheet: Sheet) -> FormKind {
    match (sheet.paper, sheet.language) {
        (Paper::A4, Language::English) => FormKind::Pdf,
        (Paper::Letter, Language::English) => FormKind::PdfLetter,
        (Paper::A4, Language::Spanish) => FormKind::PdfSpanish,
        (Paper::Letter, Language::Spanish) => FormKind::PdfLetterSpanish,
    }
}
