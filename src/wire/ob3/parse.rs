//! Anybody's AchievementCredential, on either version of the data model, as a badge in the owner's
//! words. It never fails: what is odd is noted and left out.

use crate::domain::Problems;
use crate::json::Value;
use crate::wire::summary::{
    AlignmentSummary, BadgeSummary, CriteriaSummary, EvidenceSummary, IdentitySummary,
    ImageSummary, IssuerSummary, ParsedBadge, RecipientSummary, ResultDescriptionSummary,
    ResultSummary, RubricLevelSummary, SourceSummary,
};
use crate::wire::tolerant::{At, is_web};

/// Reads a credential. For a VC-JWT give the credential inside.
pub fn parse(credential: &Value<'_>) -> ParsedBadge {
    let mut problems = Problems::new();
    let badge = badge(&At::new(credential, ""), &mut problems);
    ParsedBadge { badge, problems }
}

fn badge(credential: &At<'_, '_>, problems: &mut Problems) -> BadgeSummary {
    let nothing = Value::Null;
    let nothing = At::new(&nothing, "/credentialSubject");
    let subject = credential.one(&["credentialSubject"]).unwrap_or_else(|| nothing.clone());
    let achievement = subject.one(&["achievement"]).unwrap_or(nothing);
    let descriptions: Vec<ResultDescriptionSummary> = achievement
        .list(&["resultDescription"])
        .iter()
        .map(|item| result_description(item, problems))
        .collect();
    let text = |at: &At<'_, '_>, name: &str, problems: &mut Problems| at.text(&[name], problems);
    let valid_from = credential.text(&["validFrom", "issuanceDate"], problems);
    BadgeSummary {
        id: credential.id(),
        name: text(&achievement, "name", problems).or_else(|| text(credential, "name", problems)),
        description: text(&achievement, "description", problems)
            .or_else(|| text(credential, "description", problems)),
        badge_class: achievement.id(),
        achievement_type: text(&achievement, "achievementType", problems),
        issuer: credential.one(&["issuer"]).map(|at| issuer(&at, problems)),
        recipient: subject.value.as_object().is_some().then(|| recipient(&subject, problems)),
        issued_on: text(credential, "awardedDate", problems).or_else(|| valid_from.clone()),
        valid_from,
        expires: credential.text(&["validUntil", "expirationDate"], problems),
        image: image(&achievement, problems)
            .or_else(|| image(credential, problems))
            .or_else(|| image(&subject, problems)),
        criteria: achievement.one(&["criteria"]).map(|at| criteria(&at, problems)),
        alignment: alignments(&achievement, problems),
        evidence: evidence(credential, &subject, problems),
        results: subject
            .list(&["result"])
            .iter()
            .map(|item| result(item, &descriptions, problems))
            .collect(),
        tags: achievement.texts(&["tag"], problems),
        narrative: text(&subject, "narrative", problems),
        role: text(&subject, "role", problems),
        term: text(&subject, "term", problems),
        activity_start: text(&subject, "activityStartDate", problems),
        activity_end: text(&subject, "activityEndDate", problems),
        credits_available: text(&achievement, "creditsAvailable", problems),
        credits_earned: text(&subject, "creditsEarned", problems),
        source: subject.one(&["source"]).map(|at| SourceSummary {
            id: at.id(),
            name: text(&at, "name", problems),
            url: at.url(&["url"], problems),
        }),
        license_number: text(&subject, "licenseNumber", problems),
        human_code: text(&achievement, "humanCode", problems),
        field_of_study: text(&achievement, "fieldOfStudy", problems),
        specialization: text(&achievement, "specialization", problems),
        in_language: text(&achievement, "inLanguage", problems),
        version: text(&achievement, "version", problems),
        result_description: descriptions,
    }
}

fn issuer(issuer: &At<'_, '_>, problems: &mut Problems) -> IssuerSummary {
    IssuerSummary {
        id: issuer.id(),
        name: issuer.text(&["name"], problems),
        url: issuer.url(&["url"], problems),
        email: issuer.text(&["email"], problems),
        telephone: issuer.text(&["phone"], problems),
        description: issuer.text(&["description"], problems),
        image: image(issuer, problems),
        parent: issuer.one(&["parentOrg"]).and_then(|parent| parent.text(&["name"], problems)),
    }
}

fn recipient(subject: &At<'_, '_>, problems: &mut Problems) -> RecipientSummary {
    let identities: Vec<IdentitySummary> = subject
        .list(&["identifier"])
        .iter()
        .map(|entry| IdentitySummary {
            kind: entry.text(&["identityType"], problems),
            value: entry.text(&["identityHash"], problems),
            hashed: entry.member(&["hashed"]).and_then(|h| h.value.as_bool()).unwrap_or(false),
            salt: entry.text(&["salt"], problems),
        })
        .collect();
    let name = identities
        .iter()
        .find(|identity| identity.kind.as_deref() == Some("name") && !identity.hashed)
        .and_then(|identity| identity.value.clone())
        .or_else(|| subject.text(&["name"], problems));
    RecipientSummary {
        id: subject.member(&["id", "@id"]).and_then(|id| id.value.as_str().map(str::to_owned)),
        name,
        identities,
    }
}

/// An image as string or object; shown only from the web or, as picture, from the document itself.
pub(in crate::wire) fn image(owner: &At<'_, '_>, problems: &mut Problems) -> Option<ImageSummary> {
    let found = owner.one(&["image"])?;
    let url = found.id().filter(|url| {
        is_web(url)
            || ["data:image/png", "data:image/svg+xml"]
                .iter()
                .any(|kind| url.strip_prefix(kind).is_some_and(|rest| rest.starts_with([',', ';'])))
    });
    let caption = found.text(&["caption"], problems);
    if url.is_none() {
        problems.add(found.pointer, "bad-image", "not the URL of a picture");
    }
    (url.is_some() || caption.is_some()).then_some(ImageSummary { url, caption })
}

/// Criteria as URL or as object.
pub(in crate::wire) fn criteria(found: &At<'_, '_>, problems: &mut Problems) -> CriteriaSummary {
    let id = found.id();
    if id.as_deref().is_some_and(|id| !is_web(id)) {
        problems.add(found.pointer.clone(), "bad-url", "not an http or https URL");
    }
    CriteriaSummary {
        url: id.filter(|id| is_web(id)),
        narrative: found.text(&["narrative"], problems),
    }
}

/// Alignments; the member names of Open Badges 1.1 are read too.
pub(in crate::wire) fn alignments(
    owner: &At<'_, '_>,
    problems: &mut Problems,
) -> Vec<AlignmentSummary> {
    owner
        .list(&["alignment", "alignments"])
        .iter()
        .map(|item| AlignmentSummary {
            target_name: item.text(&["targetName", "name"], problems),
            target_url: item.url(&["targetUrl", "url"], problems),
            target_description: item.text(&["targetDescription", "description"], problems),
            target_framework: item.text(&["targetFramework"], problems),
            target_code: item.text(&["targetCode"], problems),
            target_type: item.text(&["targetType"], problems),
        })
        .collect()
}

fn evidence(
    credential: &At<'_, '_>,
    subject: &At<'_, '_>,
    problems: &mut Problems,
) -> Vec<EvidenceSummary> {
    let mut items: Vec<EvidenceSummary> = credential
        .list(&["evidence"])
        .iter()
        .chain(&subject.list(&["evidence"]))
        .map(|item| evidence_item(item, problems))
        .collect();
    for resource in credential.list(&["relatedResource"]) {
        let (id, digest) =
            (resource.id(), resource.text(&["digestSRI", "digestMultibase"], problems));
        for item in items.iter_mut().filter(|item| item.url.is_some() && item.url == id) {
            item.digest.clone_from(&digest);
        }
    }
    items
}

/// One item of evidence, as URL or as object.
pub(in crate::wire) fn evidence_item(
    item: &At<'_, '_>,
    problems: &mut Problems,
) -> EvidenceSummary {
    let id = item.id();
    let url = id.clone().filter(|id| is_web(id));
    EvidenceSummary {
        id: id.filter(|_| url.is_none()),
        url,
        name: item.text(&["name"], problems),
        description: item.text(&["description"], problems),
        narrative: item.text(&["narrative"], problems),
        genre: item.text(&["genre"], problems),
        audience: item.text(&["audience"], problems),
        digest: None,
    }
}

fn result_description(item: &At<'_, '_>, problems: &mut Problems) -> ResultDescriptionSummary {
    ResultDescriptionSummary {
        id: item.id(),
        name: item.text(&["name"], problems),
        result_type: item.text(&["resultType"], problems),
        rubric_criterion_level: item
            .list(&["rubricCriterionLevel"])
            .iter()
            .map(|level| RubricLevelSummary {
                id: level.id(),
                name: level.text(&["name"], problems),
                level: level.text(&["level"], problems),
                description: level.text(&["description"], problems),
                points: level.text(&["points"], problems),
                alignment: alignments(level, problems),
            })
            .collect(),
        required_level: item.one(&["requiredLevel"]).and_then(|level| level.id()),
        required_value: item.text(&["requiredValue"], problems),
        allowed_value: item.texts(&["allowedValue"], problems),
        value_min: item.text(&["valueMin"], problems),
        value_max: item.text(&["valueMax"], problems),
        alignment: alignments(item, problems),
    }
}

/// A result with the words of its description. A level counts only within its own description.
fn result(
    item: &At<'_, '_>,
    descriptions: &[ResultDescriptionSummary],
    problems: &mut Problems,
) -> ResultSummary {
    let description_id = item.one(&["resultDescription"]).and_then(|at| at.id());
    let level_id = item.one(&["achievedLevel"]).and_then(|at| at.id());
    let description = descriptions.iter().find(|rd| rd.id.is_some() && rd.id == description_id);
    let level_name = |wanted: Option<&String>| {
        let level = description?.rubric_criterion_level.iter().find(|l| l.id.as_ref() == wanted)?;
        wanted.and(level.name.clone())
    };
    if description_id.is_some() && description.is_none() {
        problems.add(
            format!("{}/resultDescription", item.pointer),
            "unknown-result-description",
            "the achievement has no such result description",
        );
    }
    let name_of_level = level_name(level_id.as_ref());
    if description.is_some() && level_id.is_some() && name_of_level.is_none() {
        problems.add(
            format!("{}/achievedLevel", item.pointer),
            "unknown-level",
            "the result description has no such level",
        );
    }
    ResultSummary {
        name: description.and_then(|rd| rd.name.clone()),
        result_type: description.and_then(|rd| rd.result_type.clone()),
        required_level_name: level_name(description.and_then(|rd| rd.required_level.as_ref())),
        required_value: description.and_then(|rd| rd.required_value.clone()),
        level_name: name_of_level,
        result_description: description_id,
        achieved_level: level_id,
        value: item.text(&["value"], problems),
        status: item.text(&["status"], problems),
        alignment: alignments(item, problems),
    }
}
