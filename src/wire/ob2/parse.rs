//! Anybody's assertion of Open Badges before 3.0, with its badge class and issuer, as a badge in
//! the owner's words. It never fails: what is odd is noted and left out.

use jiff::Timestamp;

use crate::domain::Problems;
use crate::json::Value;
use crate::wire::ob3::{alignments, criteria, evidence_item, image};
use crate::wire::summary::{
    BadgeSummary, IdentitySummary, IssuerSummary, ParsedBadge, RecipientSummary,
};
use crate::wire::tolerant::{At, is_web};

/// Reads an assertion. `badge_class` and `issuer` are the documents that its references led to;
/// without one, the copy inside the assertion counts, if there is one.
pub fn parse(
    assertion: &Value<'_>,
    badge_class: Option<&Value<'_>>,
    issuer: Option<&Value<'_>>,
) -> ParsedBadge {
    let mut problems = Problems::new();
    let nothing = Value::Null;
    let award = At::new(assertion, "");
    let embedded_class = award.one(&["badge"]);
    let class = match badge_class {
        Some(document) => At::new(document, "/badge"),
        None => embedded_class.clone().unwrap_or_else(|| At::new(&nothing, "/badge")),
    };
    let class_id = class.id().or_else(|| embedded_class.as_ref().and_then(At::id));
    let embedded_issuer = class.one(&["issuer"]);
    let profile = match issuer {
        Some(document) => Some(At::new(document, "/badge/issuer")),
        None => embedded_issuer,
    };
    let badge = BadgeSummary {
        id: award.id().or_else(|| award.text(&["uid"], &mut problems)),
        name: class.text(&["name"], &mut problems),
        description: class.text(&["description"], &mut problems),
        badge_class: class_id,
        issuer: profile.map(|at| issuer_summary(&at, &mut problems)),
        recipient: award.one(&["recipient"]).map(|at| recipient(&award, &at, &mut problems)),
        issued_on: instant(&award, &["issuedOn", "issued_on"], &mut problems),
        expires: instant(&award, &["expires"], &mut problems),
        image: image(&class, &mut problems).or_else(|| image(&award, &mut problems)),
        criteria: class.one(&["criteria"]).map(|at| criteria(&at, &mut problems)),
        alignment: alignments(&class, &mut problems),
        evidence: award
            .list(&["evidence"])
            .iter()
            .map(|item| {
                if item.id().is_some_and(|id| item.value.as_str().is_some() && !is_web(&id)) {
                    problems.add(item.pointer.clone(), "bad-url", "not an http or https URL");
                }
                evidence_item(item, &mut problems)
            })
            .collect(),
        tags: class.texts(&["tags"], &mut problems),
        narrative: award.text(&["narrative"], &mut problems),
        in_language: class.text(&["@language"], &mut problems),
        version: class.text(&["version"], &mut problems),
        ..BadgeSummary::default()
    };
    ParsedBadge { badge, problems }
}

fn issuer_summary(issuer: &At<'_, '_>, problems: &mut Problems) -> IssuerSummary {
    IssuerSummary {
        id: issuer.id(),
        name: issuer.text(&["name"], problems),
        // Open Badges 0.5 calls them `origin` and `contact`.
        url: issuer.url(&["url", "origin"], problems),
        email: issuer.text(&["email", "contact"], problems),
        telephone: issuer.text(&["telephone"], problems),
        description: issuer.text(&["description"], problems),
        image: image(issuer, problems),
        parent: issuer.text(&["org"], problems),
    }
}

fn recipient(award: &At<'_, '_>, found: &At<'_, '_>, problems: &mut Problems) -> RecipientSummary {
    // Open Badges 0.5: an address or its hash, and the salt beside it.
    let identity = match found.value.as_str() {
        Some(text) => IdentitySummary {
            kind: Some("email".to_owned()),
            value: Some(text.to_owned()),
            hashed: text.contains('$'),
            salt: award.text(&["salt"], problems),
        },
        None => IdentitySummary {
            kind: found.text(&["type", "@type"], problems),
            value: found.text(&["identity"], problems),
            hashed: found.member(&["hashed"]).and_then(|h| h.value.as_bool()).unwrap_or(false),
            salt: found.text(&["salt"], problems),
        },
    };
    RecipientSummary { id: None, name: None, identities: vec![identity] }
}

/// A time as written; the seconds since 1970 of Open Badges 1.0 as RFC 3339.
fn instant(award: &At<'_, '_>, names: &[&str], problems: &mut Problems) -> Option<String> {
    let seconds = award.one(names).and_then(|at| at.value.as_number()?.as_i64());
    match seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()) {
        Some(instant) => Some(instant.to_string()),
        None => award.text(names, problems),
    }
}
