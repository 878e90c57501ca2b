//! Reads what an award shall say: the mint body, which is also a row of a batch.

use std::collections::HashSet;

use jiff::Timestamp;

use super::body::Body;
use super::parts::{did, sha256, telephone, web_url};
use super::{DESCRIPTION_LENGTH, NAME_LENGTH, NARRATIVE_LENGTH, SHORT_LENGTH};
use crate::domain::{
    AchievedResult, AssertionDraft, BadgeClassId, Code, Credits, Email, Evidence, Identity,
    IdentityType, Invalid, Problems, RecipientDraft, ResultStatus, Source, Visibility, bounded,
    parse_instant,
};
use crate::json::Value;

const KNOWN: [&str; 17] = [
    "badgeClass",
    "recipient",
    "issuedOn",
    "expires",
    "evidence",
    "results",
    "narrative",
    "role",
    "term",
    "activityStart",
    "activityEnd",
    "creditsEarned",
    "source",
    "licenseNumber",
    "externalId",
    "visibility",
    "notify",
];

/// Reads a mint body.
///
/// # Errors
/// Every problem with its place.
pub fn assertion_draft(body: &Value<'_>) -> Result<AssertionDraft, Problems> {
    let mut problems = Problems::new();
    match read(body, &mut problems) {
        Some(draft) => problems.or(draft),
        None => {
            if problems.is_empty() {
                problems.add("", "invalid", "cannot be read");
            }
            Err(problems)
        }
    }
}

fn read(value: &Value<'_>, problems: &mut Problems) -> Option<AssertionDraft> {
    let body = Body::open(value, "", &KNOWN, problems)?;
    for name in ["badgeClass", "recipient"] {
        body.require(name, problems);
    }
    let badge_class = body.parsed("badgeClass", problems, BadgeClassId::parse);
    let recipient = recipient(&body, problems);
    let issued_on = body.parsed("issuedOn", problems, parse_instant);
    let expires = body.parsed("expires", problems, last_second);
    let activity_start = body.parsed("activityStart", problems, parse_instant);
    let activity_end = body.parsed("activityEnd", problems, parse_instant);
    if let (Some(issued), Some(end)) = (issued_on, expires)
        && end <= issued
    {
        problems.add("/expires", "out-of-order", "expires is not later than issuedOn");
    }
    if let (Some(start), Some(end)) = (activity_start, activity_end)
        && end < start
    {
        problems.add("/activityEnd", "out-of-order", "activityEnd is before activityStart");
    }
    let evidence = evidence(&body, problems);
    let results = results(&body, problems);
    let narrative = body.text("narrative", NARRATIVE_LENGTH, problems);
    let role = body.text("role", NAME_LENGTH, problems);
    let term = body.text("term", NAME_LENGTH, problems);
    let credits_earned = body.number("creditsEarned", problems, Credits::new);
    let source = source(&body, problems);
    let license_number = body.text("licenseNumber", NAME_LENGTH, problems);
    let external_id = body.parsed("externalId", problems, external_id);
    let visibility = body.parsed("visibility", problems, visibility).unwrap_or_default();
    let notify = body.boolean("notify", false, problems);
    Some(AssertionDraft {
        badge_class: badge_class?,
        recipient: recipient?,
        issued_on,
        expires,
        evidence,
        results,
        narrative,
        role,
        term,
        activity_start,
        activity_end,
        credits_earned,
        source,
        license_number,
        external_id,
        visibility,
        notify,
    })
}

/// An instant; a date alone means its last second, because the last day counts.
pub(super) fn last_second(text: &str) -> Result<Timestamp, Invalid> {
    let instant = parse_instant(text)?;
    if text.len() == 10 {
        Timestamp::from_second(instant.as_second() + 86_399)
            .map_err(|_| Invalid::new("bad-time", "a date out of range"))
    } else {
        Ok(instant)
    }
}

/// Members of a recipient.
pub(super) const RECIPIENT: [&str; 8] =
    ["email", "did", "url", "telephone", "identifier", "name", "namePublic", "hashed"];

fn recipient(body: &Body<'_, '_>, problems: &mut Problems) -> Option<RecipientDraft> {
    let value = body.get("recipient")?;
    let part = Body::open(value, body.at("recipient"), &RECIPIENT, problems)?;
    let identities = identities(&part, problems);
    if IDENTIFYING.iter().all(|name| part.get(name).is_none()) {
        let detail = "name the recipient by email, did, url, telephone or identifier";
        problems.add(part.pointer(), "required", detail);
    }
    let name = part.text("name", NAME_LENGTH, problems);
    let name_public = part.boolean("namePublic", false, problems);
    if name_public && part.get("name").is_none() {
        problems.add(part.at("namePublic"), "nothing-to-show", "there is no name to show");
    }
    let hashed = part.boolean("hashed", true, problems);
    Some(RecipientDraft { identities, name, name_public, hashed })
}

/// Members by which a person is known.
pub(super) const IDENTIFYING: [&str; 5] = ["email", "did", "url", "telephone", "identifier"];

/// Everything by which a person is known.
pub(super) fn identities(part: &Body<'_, '_>, problems: &mut Problems) -> Vec<Identity> {
    let mut identities = Vec::new();
    let mut add = |kind: IdentityType, value: Option<String>| {
        identities.extend(value.map(|value| Identity { kind, value }));
    };
    add(
        IdentityType::Email,
        part.parsed("email", problems, Email::parse).map(|email| email.as_str().to_owned()),
    );
    add(IdentityType::Did, part.parsed("did", problems, did));
    add(
        IdentityType::Url,
        part.parsed("url", problems, web_url).map(|url| url.as_str().to_owned()),
    );
    add(IdentityType::Telephone, part.parsed("telephone", problems, telephone));
    for (place, item) in part.list("identifier", 10, problems) {
        let known = ["identifier", "identifierType"];
        let Some(item) = Body::open(item, place, &known, problems) else { continue };
        item.require("identifierType", problems);
        let kind = item.parsed("identifierType", problems, other_identity_type);
        let identifier = item.required_text("identifier", SHORT_LENGTH, problems);
        if let (Some(kind), Some(value)) = (kind, identifier) {
            identities.push(Identity { kind, value });
        }
    }
    if identities.is_empty() && part.get("identifier").is_some_and(|i| i.items().is_empty()) {
        problems.add(part.at("identifier"), "required", "an empty list names nobody");
    }
    identities
}

/// A kind of identifier that has no member of its own.
fn other_identity_type(text: &str) -> Result<IdentityType, Invalid> {
    match IdentityType::parse(text)? {
        IdentityType::Other(term) if term != "name" => Ok(IdentityType::Other(term)),
        IdentityType::Other(_) => {
            Err(Invalid::new("bad-identity-type", "a name does not identify: use recipient/name"))
        }
        kind => Err(Invalid::new(
            "bad-identity-type",
            format!("use the member {:?} of the recipient", kind.as_str()),
        )),
    }
}

pub(super) fn evidence(body: &Body<'_, '_>, problems: &mut Problems) -> Vec<Evidence> {
    const KNOWN: [&str; 8] =
        ["url", "name", "description", "narrative", "genre", "audience", "public", "sha256"];
    const SAYING: [&str; 4] = ["url", "name", "description", "narrative"];
    let mut evidence = Vec::new();
    let mut urls = HashSet::new();
    for (place, item) in body.list("evidence", 50, problems) {
        let Some(item) = Body::open(item, place, &KNOWN, problems) else { continue };
        if SAYING.iter().all(|name| item.get(name).is_none()) {
            let detail = "evidence needs a url, a name, a description or a narrative";
            problems.add(item.pointer(), "required", detail);
        }
        let url = item.parsed("url", problems, web_url);
        if let Some(url) = &url
            && !urls.insert(url.clone())
        {
            // In linked data two things with one id are one thing.
            problems.add(item.at("url"), "duplicate", "two items of evidence have this URL");
        }
        let sha256 = item.parsed("sha256", problems, sha256);
        if sha256.is_some() && item.get("url").is_none() {
            problems.add(item.at("sha256"), "nothing-to-hash", "there is no url it could be of");
        }
        evidence.push(Evidence {
            url,
            name: item.text("name", SHORT_LENGTH, problems),
            description: item.text("description", DESCRIPTION_LENGTH, problems),
            narrative: item.text("narrative", NARRATIVE_LENGTH, problems),
            genre: item.text("genre", NAME_LENGTH, problems),
            audience: item.text("audience", NAME_LENGTH, problems),
            public: item.boolean("public", true, problems),
            sha256,
        });
    }
    evidence
}

pub(super) fn results(body: &Body<'_, '_>, problems: &mut Problems) -> Vec<AchievedResult> {
    const KNOWN: [&str; 4] = ["resultDescription", "achievedLevel", "value", "status"];
    let mut results: Vec<AchievedResult> = Vec::new();
    for (place, item) in body.list("results", 60, problems) {
        let Some(item) = Body::open(item, place, &KNOWN, problems) else { continue };
        item.require("resultDescription", problems);
        let description = item.parsed("resultDescription", problems, Code::parse);
        let level = item.parsed("achievedLevel", problems, Code::parse);
        let value = item.scalar("value", SHORT_LENGTH, problems);
        let status = item.parsed("status", problems, ResultStatus::parse);
        if ["achievedLevel", "value", "status"].iter().all(|name| item.get(name).is_none()) {
            let detail = "a result needs an achievedLevel, a value or a status";
            problems.add(item.pointer(), "required", detail);
        }
        let Some(description) = description else { continue };
        if results.iter().any(|other| other.description == description) {
            let detail = format!("there is already a result for \"{description}\"");
            problems.add(item.at("resultDescription"), "duplicate", detail);
        }
        results.push(AchievedResult { description, level, value, status });
    }
    results
}

pub(super) fn source(body: &Body<'_, '_>, problems: &mut Problems) -> Option<Source> {
    let value = body.get("source")?;
    let part = Body::open(value, body.at("source"), &["url", "name"], problems)?;
    part.require("url", problems);
    let url = part.parsed("url", problems, web_url);
    let name = part.text("name", NAME_LENGTH, problems);
    Some(Source { url: url?, name })
}

/// The platform's own identifier: at most 200 characters, none of them a control character.
pub(super) fn external_id(text: &str) -> Result<String, Invalid> {
    if text.chars().any(char::is_control) {
        return Err(Invalid::new("bad-external-id", "holds a control character"));
    }
    bounded(text, 200)
}

pub(super) fn visibility(text: &str) -> Result<Visibility, Invalid> {
    match text {
        "public" => Ok(Visibility::Public),
        "unlisted" => Ok(Visibility::Unlisted),
        "private" => Ok(Visibility::Private),
        _ => Err(Invalid::new("bad-visibility", "use public, unlisted or private")),
    }
}
