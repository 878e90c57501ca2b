//! Reads how an award shall be corrected or renewed: members of the mint body that state something
//! anew. What a body leaves out stays; `null` takes it away.

use super::assertion::{
    IDENTIFYING, RECIPIENT, evidence, external_id, identities, last_second, results, source,
    visibility,
};
use super::body::Body;
use super::{DESCRIPTION_LENGTH, NAME_LENGTH, NARRATIVE_LENGTH};
use crate::domain::{
    Amend, Amendment, Credits, Problems, RecipientAmendment, ReissueDraft, RenewDraft,
    parse_instant,
};
use crate::json::Value;

/// What a correction and a renewal can both state.
const BOTH: [&str; 14] = [
    "recipient",
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
    "reason",
    "publicReason",
];

/// Reads the body of a correction.
///
/// # Errors
/// Every problem with its place.
pub fn reissue_draft(body: &Value<'_>) -> Result<ReissueDraft, Problems> {
    let mut problems = Problems::new();
    let known: Vec<&str> = BOTH.into_iter().chain(["validFrom"]).collect();
    let Some(body) = Body::open(body, "", &known, &mut problems) else { return Err(problems) };
    let draft = ReissueDraft {
        amendment: amendment(&body, &mut problems),
        valid_from: body.parsed("validFrom", &mut problems, parse_instant),
        reason: body.text("reason", DESCRIPTION_LENGTH, &mut problems),
        public_reason: body.text("publicReason", DESCRIPTION_LENGTH, &mut problems),
    };
    problems.or(draft)
}

/// Reads the body of a renewal.
///
/// # Errors
/// Every problem with its place.
pub fn renew_draft(body: &Value<'_>) -> Result<RenewDraft, Problems> {
    let mut problems = Problems::new();
    let known: Vec<&str> =
        BOTH.into_iter().chain(["issuedOn", "externalId", "visibility", "notify"]).collect();
    let Some(body) = Body::open(body, "", &known, &mut problems) else { return Err(problems) };
    let visibility = body.parsed("visibility", &mut problems, visibility);
    let draft = RenewDraft {
        amendment: amendment(&body, &mut problems),
        issued_on: body.parsed("issuedOn", &mut problems, parse_instant),
        external_id: body.parsed("externalId", &mut problems, external_id),
        visibility: visibility.map_or(Amend::Keep, Amend::Set),
        notify: body.boolean("notify", false, &mut problems),
        reason: body.text("reason", DESCRIPTION_LENGTH, &mut problems),
        public_reason: body.text("publicReason", DESCRIPTION_LENGTH, &mut problems),
    };
    problems.or(draft)
}

fn amendment(body: &Body<'_, '_>, problems: &mut Problems) -> Amendment {
    Amendment {
        recipient: recipient(body, problems),
        expires: stated(body, "expires", body.parsed("expires", problems, last_second)),
        evidence: stated(body, "evidence", evidence(body, problems)),
        results: stated(body, "results", results(body, problems)),
        narrative: stated(body, "narrative", body.text("narrative", NARRATIVE_LENGTH, problems)),
        role: stated(body, "role", body.text("role", NAME_LENGTH, problems)),
        term: stated(body, "term", body.text("term", NAME_LENGTH, problems)),
        activity_start: stated(
            body,
            "activityStart",
            body.parsed("activityStart", problems, parse_instant),
        ),
        activity_end: stated(
            body,
            "activityEnd",
            body.parsed("activityEnd", problems, parse_instant),
        ),
        credits_earned: stated(
            body,
            "creditsEarned",
            body.number("creditsEarned", problems, Credits::new),
        ),
        source: stated(body, "source", source(body, problems)),
        license_number: stated(
            body,
            "licenseNumber",
            body.text("licenseNumber", NAME_LENGTH, problems),
        ),
    }
}

fn recipient(body: &Body<'_, '_>, problems: &mut Problems) -> RecipientAmendment {
    let Some(value) = body.get("recipient") else {
        if body.states("recipient") {
            problems.add(body.at("recipient"), "required", "an award has a recipient");
        }
        return RecipientAmendment::default();
    };
    let Some(part) = Body::open(value, body.at("recipient"), &RECIPIENT, problems) else {
        return RecipientAmendment::default();
    };
    let mut amended = RecipientAmendment {
        identities: Amend::Keep,
        name: stated(&part, "name", part.text("name", NAME_LENGTH, problems)),
        name_public: stated(&part, "namePublic", part.boolean("namePublic", false, problems)),
        hashed: stated(&part, "hashed", part.boolean("hashed", true, problems)),
    };
    if IDENTIFYING.iter().any(|name| part.states(name)) {
        let before = problems.0.len();
        let identities = identities(&part, problems);
        if identities.is_empty() && problems.0.len() == before {
            let detail = "name the recipient by email, did, url, telephone or identifier";
            problems.add(part.pointer(), "required", detail);
        }
        amended.identities = Amend::Set(identities);
    }
    amended
}

/// A value, if its member is there.
fn stated<T>(body: &Body<'_, '_>, name: &str, value: T) -> Amend<T> {
    if body.states(name) { Amend::Set(value) } else { Amend::Keep }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn read(body: &str) -> Result<ReissueDraft, Vec<String>> {
        reissue_draft(&json::parse(body).unwrap()).map_err(|problems| {
            problems.0.into_iter().map(|p| format!("{} {}", p.pointer, p.code)).collect()
        })
    }

    #[test]
    fn what_is_left_out_stays_and_null_takes_away() {
        assert_eq!(read("{}"), Ok(ReissueDraft::default()));
        let draft = read(
            r#"{"narrative": null, "role": "Coach", "evidence": null, "expires": "2029-01-01",
                "recipient": {"name": "Hannah Berg"}, "reason": "misspelt"}"#,
        )
        .unwrap();
        assert_eq!(draft.amendment.narrative, Amend::Set(None));
        assert_eq!(draft.amendment.role, Amend::Set(Some("Coach".to_owned())));
        assert_eq!(draft.amendment.evidence, Amend::Set(Vec::new()));
        let end = parse_instant("2029-01-01T23:59:59Z").unwrap();
        assert_eq!(draft.amendment.expires, Amend::Set(Some(end)));
        assert_eq!(draft.amendment.recipient.name, Amend::Set(Some("Hannah Berg".to_owned())));
        assert_eq!(draft.amendment.recipient.identities, Amend::Keep);
        assert_eq!(draft.amendment.term, Amend::Keep);
    }

    #[test]
    fn what_cannot_be_corrected_is_named_and_so_is_every_problem() {
        assert_eq!(
            read(r#"{"issuedOn": "2026-01-01", "badgeClass": "bc_1", "recipient": null}"#),
            Err(vec![
                "/issuedOn unknown-member".to_owned(),
                "/badgeClass unknown-member".to_owned(),
                "/recipient required".to_owned(),
            ])
        );
        assert_eq!(
            read(r#"{"recipient": {"email": null}, "creditsEarned": -1, "validFrom": "soon"}"#),
            Err(vec![
                "/recipient required".to_owned(),
                "/creditsEarned bad-credits".to_owned(),
                "/validFrom bad-time".to_owned(),
            ])
        );
        assert!(renew_draft(&json::parse(r#"{"validFrom": "2026-01-01"}"#).unwrap()).is_err());
        assert!(renew_draft(&json::parse(r#"{"issuedOn": "2026-01-01"}"#).unwrap()).is_ok());
    }
}
