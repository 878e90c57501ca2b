//! What a badge says, for the report.

use jiff::Timestamp;

use super::case::{Case, Subject};
use super::report::{
    Badge, BadgeAlignment, BadgeCriteria, BadgeEvidence, BadgeIdentity, BadgeImage, BadgeIssuer,
    BadgeLevel, BadgeRecipient, BadgeResult,
};
use crate::wire::{
    self, AlignmentSummary, BadgeSummary, DocumentKind, EvidenceSummary, ImageSummary,
    IssuerSummary, RecipientSummary, ResultDescriptionSummary, ResultSummary,
};

/// What the badge says. Of a hosted badge that is what its address says, never an altered copy.
pub(super) fn badge(case: &Case<'_>) -> Option<Badge> {
    let read = match &case.subject {
        Subject::Credential(credential) => match credential.kind {
            DocumentKind::Clr2(_) => wire::clr2::parse(&credential.value),
            kind => {
                kind.open_badges_version()?;
                wire::ob3::parse(&credential.value)
            }
        },
        Subject::Ob2(badge) => {
            wire::ob2::parse(badge.shown()?, badge.class.value(), badge.issuer.value())
        }
        _ => return None,
    };
    Some(of_summary(read.badge))
}

fn of_summary(badge: BadgeSummary) -> Badge {
    let descriptions = badge.result_description;
    let credits = badge.credits_earned.or(badge.credits_available);
    Badge {
        id: badge.id,
        name: badge.name,
        description: badge.description,
        badge_class: badge.badge_class,
        achievement_type: badge.achievement_type,
        issuer: badge.issuer.map(issuer),
        recipient: badge.recipient.map(recipient),
        issued_on: instant(badge.issued_on.or(badge.valid_from)),
        expires: instant(badge.expires),
        image: badge.image.and_then(image),
        criteria: badge
            .criteria
            .map(|criteria| BadgeCriteria { id: criteria.url, narrative: criteria.narrative }),
        alignment: badge.alignment.into_iter().map(alignment).collect(),
        evidence: badge.evidence.into_iter().map(evidence).collect(),
        results: badge.results.into_iter().map(|found| result(found, &descriptions)).collect(),
        narrative: badge.narrative,
        credits: credits.and_then(|credits| credits.parse().ok()).filter(|c: &f64| c.is_finite()),
        tags: badge.tags,
    }
}

fn instant(text: Option<String>) -> Option<Timestamp> {
    text?.parse().ok()
}

fn image(image: ImageSummary) -> Option<BadgeImage> {
    Some(BadgeImage { id: image.url?, caption: image.caption })
}

fn issuer(issuer: IssuerSummary) -> BadgeIssuer {
    BadgeIssuer {
        id: issuer.id,
        name: issuer.name,
        url: issuer.url,
        email: issuer.email,
        image: issuer.image.and_then(|image| image.url),
    }
}

fn recipient(recipient: RecipientSummary) -> BadgeRecipient {
    let identities = recipient
        .identities
        .into_iter()
        .filter_map(|identity| {
            Some(BadgeIdentity {
                kind: identity.kind.unwrap_or_else(|| "identifier".to_owned()),
                hashed: identity.hashed,
                identity: identity.value?,
            })
        })
        .collect();
    BadgeRecipient { id: recipient.id, name: recipient.name, identities }
}

fn alignment(alignment: AlignmentSummary) -> BadgeAlignment {
    BadgeAlignment {
        target_name: alignment.target_name,
        target_url: alignment.target_url,
        target_code: alignment.target_code,
        target_framework: alignment.target_framework,
        target_type: alignment.target_type,
        target_description: alignment.target_description,
    }
}

fn evidence(evidence: EvidenceSummary) -> BadgeEvidence {
    BadgeEvidence {
        id: evidence.url.or(evidence.id),
        name: evidence.name,
        description: evidence.description,
        narrative: evidence.narrative,
        genre: evidence.genre,
        audience: evidence.audience,
    }
}

/// A result with all levels of its description, the one reached marked.
fn result(result: ResultSummary, descriptions: &[ResultDescriptionSummary]) -> BadgeResult {
    let description = descriptions
        .iter()
        .find(|found| found.id.is_some() && found.id == result.result_description);
    let levels = description.map(|found| found.rubric_criterion_level.as_slice());
    let levels = levels
        .unwrap_or_default()
        .iter()
        .map(|level| BadgeLevel {
            id: level.id.clone(),
            name: level.name.clone(),
            level: level.level.clone(),
            description: level.description.clone(),
            points: level.points.clone(),
            achieved: level.id.is_some() && level.id == result.achieved_level,
        })
        .collect();
    BadgeResult {
        result_description: result.result_description,
        name: result.name,
        result_type: result.result_type,
        value: result.value,
        status: result.status,
        achieved_level: result.achieved_level,
        levels,
    }
}
