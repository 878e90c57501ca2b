//! What goes in comes out, of every form that has a place for it.

use serde_json::{Value, json};

use super::sample::{AWARD, CLASS, ISSUER, ISSUER_ID, Sample, sample};
use super::{ob2, ob3, rest};
use crate::domain::{AssertionState, Change, Identity, IdentityType, parse_instant};
use crate::json;

fn problems_of(result: Result<impl std::fmt::Debug, crate::domain::Problems>) -> Vec<String> {
    let problems = result.unwrap_err();
    problems.0.into_iter().map(|p| format!("{} {}", p.pointer, p.code)).collect()
}

fn with(body: &str, pointer: &str, value: Value) -> json::Value<'static> {
    let mut body: Value = serde_json::from_str(body).unwrap();
    *body.pointer_mut(pointer).unwrap() = value;
    json::Value::from(&body)
}

#[test]
fn a_credential_says_everything_the_award_says() {
    let sample = sample();
    let credential = ob3::credential(&sample.edition());
    let at = |pointer: &str| credential.pointer(pointer).cloned().unwrap_or_default();
    let class = sample.urls.badge_class(&sample.class.reference());
    let facts = [
        ("/@context", json!(ob3::CONTEXTS)),
        ("/id", json!(sample.urls.badge(&sample.award.id))),
        ("/type", json!(["VerifiableCredential", "OpenBadgeCredential"])),
        ("/issuer/id", json!(ISSUER_ID)),
        ("/issuer/phone", json!("+12125550100")),
        ("/issuer/otherIdentifier/0/identifierType", json!("ext:LinkedIn:organizationId")),
        ("/issuer/parentOrg/name", json!("State")),
        ("/validFrom", json!("2026-03-27T10:00:00Z")),
        ("/validUntil", json!("2029-03-27T23:59:59Z")),
        ("/awardedDate", json!("2026-03-27T10:00:00Z")),
        ("/credentialSubject/id", json!("urn:uuid:12345678-9abc-4def-8123-456789abcdef")),
        ("/credentialSubject/identifier/0/identityType", json!("emailAddress")),
        ("/credentialSubject/identifier/0/hashed", json!(true)),
        ("/credentialSubject/identifier/1/identityType", json!("sourcedId")),
        ("/credentialSubject/achievement/id", json!(class)),
        ("/credentialSubject/achievement/achievementType", json!("MicroCredential")),
        ("/credentialSubject/achievement/criteria/narrative", json!("Lead *one* meeting.")),
        ("/credentialSubject/achievement/criteria/id", json!("https://tm.example.org/r2")),
        ("/credentialSubject/achievement/alignment/0/targetType", json!("CFItem")),
        ("/credentialSubject/achievement/alignment/0/targetCode", json!("TLMS.D2.b")),
        ("/credentialSubject/achievement/alignment/0/targetFramework", json!("TLMS")),
        (
            "/credentialSubject/achievement/resultDescription/0/id",
            json!(format!("{class}#rd-lead")),
        ),
        (
            "/credentialSubject/achievement/resultDescription/0/requiredLevel",
            json!(format!("{class}#rd-lead-yes")),
        ),
        (
            "/credentialSubject/achievement/resultDescription/0/rubricCriterionLevel/1/points",
            json!("2"),
        ),
        ("/credentialSubject/achievement/resultDescription/2/allowedValue", json!(["C", "B", "A"])),
        ("/credentialSubject/achievement/creditsAvailable", json!(1.5)),
        ("/credentialSubject/achievement/tag", json!(["data"])),
        ("/credentialSubject/achievement/humanCode", json!("TM-R2")),
        ("/credentialSubject/achievement/fieldOfStudy", json!("Education")),
        ("/credentialSubject/achievement/specialization", json!("Data")),
        ("/credentialSubject/achievement/inLanguage", json!("en")),
        ("/credentialSubject/achievement/version", json!("2026")),
        ("/credentialSubject/achievement/image/caption", json!("Badge: Data Analyst")),
        ("/credentialSubject/achievement/otherIdentifier/0/identifier", json!("R2")),
        ("/credentialSubject/result/0/achievedLevel", json!(format!("{class}#rd-lead-yes"))),
        ("/credentialSubject/result/1/value", json!("10")),
        ("/credentialSubject/result/2/status", json!("Completed")),
        ("/credentialSubject/narrative", json!("One cycle.")),
        ("/credentialSubject/role", json!("Team leader")),
        ("/credentialSubject/term", json!("TM-2026")),
        ("/credentialSubject/activityStartDate", json!("2026-01-10T00:00:00Z")),
        ("/credentialSubject/activityEndDate", json!("2026-03-07T00:00:00Z")),
        ("/credentialSubject/creditsEarned", json!(1)),
        ("/credentialSubject/licenseNumber", json!("L-1")),
        ("/credentialSubject/source/name", json!("Assessors")),
        ("/evidence/0/id", json!("https://e.example.org/1")),
        ("/evidence/0/genre", json!("Observation notes")),
        ("/evidence/0/audience", json!("public")),
        ("/evidence/0/narrative", json!("What was *seen*")),
        (
            "/relatedResource/0/digestSRI",
            json!("sha256-zsoestGQw4UixYSVXJhvNImD90jEr/ZQh34lfZA89Uc="),
        ),
        ("/credentialStatus/type", json!("BitstringStatusListEntry")),
        ("/credentialStatus/statusListIndex", json!("77123")),
    ];
    for (pointer, expected) in facts {
        assert_eq!(at(pointer), expected, "{pointer}");
    }
    let former = at("/credentialSubject/achievement/related/0/id");
    assert!(former.as_str().unwrap().ends_with("/1"), "{former}");
}

#[test]
fn names_and_evidence_that_are_not_public_stay_inside() {
    let mut sample = sample();
    let both = |sample: &Sample| {
        let hosted = ob2::Hosting::Hosted;
        let Sample { urls, issuer, class, award } = sample;
        let assertion = ob2::assertion(urls, issuer, 1, class, award, hosted).unwrap();
        format!("{}{assertion}", ob3::credential(&sample.edition()))
    };
    let shown = both(&sample);
    for secret in ["Amara", "amara", "Reflection", "For the assessor", "S-77", "row-2"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    sample.award.recipient.name_public = true;
    assert!(both(&sample).contains("Amara Okafor"));
}

#[test]
fn a_known_did_is_the_subject_and_no_identifier() {
    let mut sample = sample();
    let did = "did:example:amara".to_owned();
    sample.award.recipient.identities =
        vec![Identity { kind: IdentityType::Did, value: did.clone() }];
    let payload = ob3::jwt_payload(&sample.edition());
    assert_eq!(payload["sub"], json!(did));
    assert_eq!(payload["credentialSubject"]["id"], json!(did));
    assert_eq!(payload["credentialSubject"].get("identifier"), None);
    let Sample { urls, issuer, class, award } = &sample;
    assert_eq!(ob2::assertion(urls, issuer, 1, class, award, ob2::Hosting::Hosted), None);
    let answer = rest::assertion_answer(urls, issuer, award, award.issued_on);
    assert_eq!(answer["links"].get("ob2"), None);
    assert_eq!(answer["recipient"]["did"], json!(did));
}

#[test]
fn jwt_claims_agree_with_the_credential() {
    let sample = sample();
    let payload = ob3::jwt_payload(&sample.edition());
    assert_eq!(payload["iss"], payload["issuer"]["id"]);
    assert_eq!(payload["jti"], payload["id"]);
    assert_eq!(payload["sub"], payload["credentialSubject"]["id"]);
    assert_eq!(payload["nbf"], json!(1_774_605_600));
    assert_eq!(payload["exp"], json!(1_869_350_399));
}

#[test]
fn a_suspendable_award_carries_both_entries() {
    let mut sample = sample();
    let mut second = sample.award.status[0].clone();
    second.purpose = crate::domain::StatusPurpose::Suspension;
    sample.award.status.push(second);
    let credential = ob3::credential(&sample.edition());
    assert_eq!(credential["credentialStatus"][0]["statusPurpose"], json!("revocation"));
    assert_eq!(credential["credentialStatus"][1]["statusPurpose"], json!("suspension"));
}

#[test]
fn open_badges_2_says_what_it_has_terms_for() {
    let Sample { urls, issuer, class, award } = sample();
    let hosted = ob2::assertion(&urls, &issuer, 2, &class, &award, ob2::Hosting::Hosted).unwrap();
    assert_eq!(hosted["id"], json!(urls.ob2_assertion(&award.id)));
    assert_eq!(hosted["verification"], json!({"type": "HostedBadge"}));
    assert_eq!(hosted["recipient"]["type"], json!("email"));
    let email = award.recipient.identities[0].clone();
    assert_eq!(hosted["recipient"]["identity"], json!(award.recipient.hash(&email).hash));
    assert_eq!(hosted["evidence"].as_array().unwrap().len(), 1);
    assert_eq!(
        hosted["narrative"],
        json!(
            "One cycle.\n\nResults:\n\n- Leads the meeting: Yes\n- Contact hours: 10\n\
             - Grade: A, Completed\n- Credits earned: 1"
        )
    );
    let signed = ob2::assertion(&urls, &issuer, 2, &class, &award, ob2::Hosting::Signed).unwrap();
    assert_eq!(signed["id"], json!(format!("urn:uuid:{}", award.uuid)));
    let key = urls.ob2_key(&issuer.slug, 2);
    assert_eq!(signed["verification"], json!({"type": "SignedBadge", "creator": key}));
    assert_eq!(signed.get("image"), None);

    let badge = ob2::badge_class(&urls, &issuer, 2, &class);
    assert_eq!(badge["id"], hosted["badge"]);
    assert_eq!(badge["criteria"]["narrative"], json!("Lead *one* meeting."));
    assert_eq!(badge["alignment"][0]["targetCode"], json!("TLMS.D2.b"));
    assert_eq!(badge["tags"], json!(["data", "MicroCredential", "TM-R2", "Education", "Data"]));
    let profile = ob2::issuer_profile(&urls, &issuer, 2, &[1, 2, 3]);
    assert_eq!(profile["id"], badge["issuer"]);
    assert_eq!(profile["publicKey"], json!(key));
    assert_eq!(profile["related"]["id"], json!(urls.ob2_issuer(&issuer.slug, 1)));
}

/// Every member of the bodies is looked for in the three documents; what is in none of them must be
/// listed as left out, and the other way round.
#[test]
fn open_badges_2_leaves_out_exactly_what_is_listed() {
    let Sample { urls, issuer, class, award } = sample();
    let hosted = ob2::assertion(&urls, &issuer, 1, &class, &award, ob2::Hosting::Hosted).unwrap();
    let badge = ob2::badge_class(&urls, &issuer, 1, &class);
    let profile = ob2::issuer_profile(&urls, &issuer, 1, &[1]);
    let shown = format!("{hosted}{badge}{profile}");
    let traces = [
        ("alignment/targetCode", "TLMS.D2.b"),
        ("alignment/targetDescription", "About data"),
        ("alignment/targetFramework", "TLMS\""),
        ("alignment/targetName", "Reading data together"),
        ("alignment/targetUrl", "https://f.example.org/D2.b"),
        ("achievementType", "MicroCredential"),
        ("activityEnd", "2026-03-07"),
        ("activityStart", "2026-01-10"),
        ("alignment/targetType", "CFItem"),
        ("creditsAvailable", "1.5"),
        ("creditsEarned", "Credits earned: 1"),
        ("criteria/narrative", "Lead *one* meeting."),
        ("criteria/url", "https://tm.example.org/r2"),
        ("description", "Reads data with colleagues."),
        ("evidence/audience", "\"audience\":\"public\""),
        ("evidence/description", "Of a meeting"),
        ("evidence/genre", "Observation notes"),
        ("evidence/narrative", "What was *seen*"),
        ("evidence/sha256", "ceca1eb2d190"),
        ("evidence/url", "https://e.example.org/1"),
        ("expires", "2029-03-27T23:59:59Z"),
        ("fieldOfStudy", "Education"),
        ("humanCode", "TM-R2"),
        ("inLanguage", "\"@language\":\"en\""),
        ("licenseNumber", "L-1"),
        ("otherIdentifier", "12345"),
        ("parentOrg", "State"),
        ("recipient/name", "Amara Okafor"),
        ("resultDescription", "Not yet"),
        ("results", "Leads the meeting: Yes"),
        ("role", "Team leader"),
        ("source", "Assessors"),
        ("specialization", "Data\""),
        ("term", "TM-2026"),
        ("versionLabel", "\"2026\""),
    ];
    let missing: Vec<&str> = traces
        .iter()
        .filter(|(_, trace)| !shown.contains(trace))
        .map(|(member, _)| *member)
        .collect();
    assert_eq!(missing, ob2::LEFT_OUT);
}

#[test]
fn a_revoked_body_says_no_more_than_that() {
    let Sample { urls, award, .. } = sample();
    let body = ob2::revoked(&urls, &award.id, Some("issued in error"));
    let names: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["@context", "id", "revoked", "revocationReason"]);
}

#[test]
fn what_we_render_reads_back_as_the_same_badge() {
    let sample = sample();
    let credential = ob3::credential(&sample.edition());
    let parsed = ob3::parse(&json::Value::from(&credential));
    assert_eq!(parsed.problems(), []);
    let badge = parsed.badge;
    assert_eq!(badge.name.as_deref(), Some("Data Analyst"));
    assert_eq!(badge.results[0].level_name.as_deref(), Some("Yes"));
    assert_eq!(badge.results[0].required_level_name.as_deref(), Some("Yes"));
    assert_eq!(badge.results[0].name.as_deref(), Some("Leads the meeting"));
    assert_eq!(badge.results[2].required_value.as_deref(), Some("B"));
    assert!(badge.evidence[0].digest.as_deref().unwrap().starts_with("sha256-"));
    assert_eq!(badge.alignment[0].target_code.as_deref(), Some("TLMS.D2.b"));
    assert_eq!(badge.recipient.unwrap().identities[0].salt.as_deref(), Some("salt"));
    assert_eq!(badge.credits_available.as_deref(), Some("1.5"));

    let Sample { urls, issuer, class, award } = &sample;
    let hosted = ob2::assertion(urls, issuer, 1, class, award, ob2::Hosting::Hosted).unwrap();
    let class = ob2::badge_class(urls, issuer, 1, class);
    let profile = ob2::issuer_profile(urls, issuer, 1, &[1]);
    let [hosted, class, profile] = [&hosted, &class, &profile].map(json::Value::from);
    let parsed = ob2::parse(&hosted, Some(&class), Some(&profile));
    assert_eq!(parsed.problems(), []);
    assert_eq!(parsed.badge.name.as_deref(), Some("Data Analyst"));
    assert_eq!(parsed.badge.issuer.unwrap().email.as_deref(), Some("badges@tm.example.org"));
    assert_eq!(parsed.badge.evidence[0].genre.as_deref(), Some("Observation notes"));
    assert_eq!(parsed.badge.criteria.unwrap().url.as_deref(), Some("https://tm.example.org/r2"));
}

#[test]
fn foreign_documents_are_read_however_odd_they_are() {
    let text = r#"{"@context": "https://w3id.org/openbadges/v1", "uid": 7,
        "recipient": {"type": ["email"], "identity": "a@b.c", "hashed": "no"},
        "badge": {"name": {"@value": "Old"}, "criteria": "javascript:alert(1)", "tags": "one",
            "issuer": {"name": ["First", "Second"], "url": 5},
            "alignment": {"name": "N", "url": "https://a.b/"}},
        "issuedOn": 1700000000, "evidence": ["https://a.b/c", "prose", 5], "image": true}"#;
    let parsed = ob2::parse(&json::parse(text).unwrap(), None, None);
    let badge = parsed.badge.clone();
    assert_eq!(badge.name.as_deref(), Some("Old"));
    assert_eq!(badge.issued_on.as_deref(), Some("2023-11-14T22:13:20Z"));
    assert_eq!(badge.criteria.unwrap().url, None);
    assert_eq!(badge.tags, ["one"]);
    assert_eq!(badge.issuer.unwrap().name.as_deref(), Some("First"));
    assert_eq!(badge.alignment[0].target_name.as_deref(), Some("N"));
    let places: Vec<&str> = parsed.problems().iter().map(|p| p.pointer.as_str()).collect();
    assert_eq!(places, ["/badge/issuer/url", "/image", "/badge/criteria", "/evidence/1"]);

    for odd in ["null", "[]", "{}", r#"{"credentialSubject": [1, {"achievement": []}]}"#] {
        let odd = json::parse(odd).unwrap();
        let _ = ob3::parse(&odd);
        let _ = ob2::parse(&odd, Some(&odd), Some(&odd));
    }
}

#[test]
fn a_level_of_another_description_is_no_level_of_this_one() {
    let sample = sample();
    let mut credential = ob3::credential(&sample.edition());
    *credential.pointer_mut("/credentialSubject/result/1/achievedLevel").unwrap_or(&mut json!(0)) =
        json!("x");
    credential["credentialSubject"]["result"][1]["achievedLevel"] =
        credential["credentialSubject"]["result"][0]["achievedLevel"].clone();
    let parsed = ob3::parse(&json::Value::from(&credential));
    assert_eq!(parsed.badge.results[1].level_name, None);
    assert_eq!(parsed.problems()[0].code, "unknown-level");
}

#[test]
fn bodies_are_answered_with_their_own_member_names() {
    let sample = sample();
    let Sample { urls, issuer, class, award } = &sample;
    let answers = [
        (ISSUER.to_owned(), rest::issuer_answer(urls, issuer, ISSUER_ID)),
        (
            CLASS.replace("ISSUER_ID_HERE", issuer.id.as_str()),
            rest::badge_class_answer(urls, class, class.awarded_version()),
        ),
        (
            AWARD.replace("CLASS_ID_HERE", class.id.as_str()),
            rest::assertion_answer(urls, issuer, award, award.issued_on),
        ),
    ];
    for (body, answer) in answers {
        let body: Value = serde_json::from_str(&body).unwrap();
        for name in body.as_object().unwrap().keys() {
            assert!(answer.get(name).is_some(), "{name} is missing from {answer}");
        }
    }
    let answer = rest::assertion_answer(urls, issuer, award, award.issued_on);
    assert_eq!(answer["state"], json!("active"));
    assert_eq!(answer["recipient"]["email"], json!("amara.okafor@schools.example.org"));
    assert_eq!(
        answer["links"]["status"],
        json!("https://badges.example.org/status/tm/revocation/1")
    );
}

#[test]
fn every_problem_of_a_body_is_named_with_its_place() {
    let body = r#"{"recipent": {}, "badgeClass": "bc_1", "issuedOn": "yesterday",
        "evidence": [{"url": "ftp://x", "genre": 5}, {}], "results": [{"achievedLevel": "a b"}],
        "creditsEarned": "3", "visibility": "secret", "activityStart": "2026-02-01",
        "activityEnd": "2026-01-01"}"#;
    assert_eq!(
        problems_of(rest::assertion_draft(&json::parse(body).unwrap())),
        [
            "/recipent unknown-member",
            "/recipient required",
            "/badgeClass bad-id",
            "/issuedOn bad-time",
            "/activityEnd out-of-order",
            "/evidence/0/url bad-url",
            "/evidence/0/genre not-a-string",
            "/evidence/1 required",
            "/results/0/resultDescription required",
            "/results/0/achievedLevel bad-code",
            "/creditsEarned not-a-number",
            "/visibility bad-visibility",
        ]
    );
    assert_eq!(
        problems_of(rest::assertion_draft(&json::parse("[1]").unwrap())),
        [" not-an-object"]
    );
    let problems = rest::issuer_draft(&json::parse(r#"{"e_mail": "x"}"#).unwrap()).unwrap_err();
    assert!(problems.0[0].detail.contains("did you mean \"email\"?"), "{problems}");
    assert_eq!(problems.0.len(), 4);
}

#[test]
fn rubrics_must_hang_together() {
    let class = CLASS.replace("ISSUER_ID_HERE", sample().issuer.id.as_str());
    let cases = [
        ("/resultDescription/0/requiredLevel", json!("maybe"), "unknown-level"),
        ("/resultDescription/1/code", json!("lead"), "duplicate-code"),
        ("/resultDescription/1/code", json!("lead-yes"), "duplicate-code"),
        ("/resultDescription/0/rubricCriterionLevel/0/code", json!("yes"), "duplicate-code"),
        ("/resultDescription/0/resultType", json!("Stars"), "bad-result-type"),
        ("/resultDescription/1/valueMax", json!("-1"), "out-of-order"),
        ("/resultDescription", json!([]), "nothing-to-require"),
        ("/criteria", json!({}), "required"),
        ("/alignment/0/targetUrl", json!("nowhere"), "bad-url"),
        ("/alignment/0/targetUrl", json!("https://a.example/x|y"), "bad-url"),
        ("/alignment/0/targetUrl", json!("https://a.example/#x#y"), "bad-url"),
        ("/alignment/0/targetUrl", json!("https://a.example/\u{202e}gpj"), "bad-url"),
        ("/alignment/0/targetUrl", json!("https://127.1/"), "bad-url"),
        ("/achievementType", json!("Medal"), "bad-achievement-type"),
        ("/validity", json!("3 years"), "bad-duration"),
        ("/name", json!("x".repeat(301)), "too-long"),
        ("/tags", json!(vec!["t"; 51]), "too-many"),
    ];
    for (pointer, value, code) in cases {
        let problems = problems_of(rest::badge_class_draft(&with(&class, pointer, value)));
        assert!(problems.iter().any(|p| p.ends_with(code)), "{pointer}: {problems:?}");
    }
}

#[test]
fn an_edit_keeps_what_it_does_not_name() {
    let Sample { urls, issuer, class, .. } = sample();
    let answer = rest::badge_class_answer(&urls, &class, class.awarded_version());
    let body = json::parse(r#"{"name": "New", "humanCode": null}"#).unwrap();
    let edit = rest::badge_class_edit(&answer, &body).unwrap();
    assert_eq!(edit.draft.name, "New");
    assert_eq!(edit.draft.human_code, None);
    assert_eq!(edit.draft.result_descriptions, class.result_descriptions);
    assert_eq!(edit.image, rest::ImageEdit::Keep);

    let same = rest::badge_class_edit(&answer, &json::Value::from(&answer)).unwrap();
    assert_eq!(same.draft.alignments, class.alignments);
    let other = json::parse(r#"{"issuer": "iss_0000000000000000000000", "colour": 1}"#).unwrap();
    assert_eq!(
        problems_of(rest::badge_class_edit(&answer, &other)),
        ["/colour unknown-member", "/issuer fixed"]
    );
    let answer = rest::issuer_answer(&urls, &issuer, ISSUER_ID);
    let body = json::parse(r#"{"slug": "other"}"#).unwrap();
    assert_eq!(problems_of(rest::issuer_edit(&answer, &body)), ["/slug fixed"]);
}

#[test]
fn pictures_come_by_id_or_as_data() {
    let picture = |value: Value| {
        let mut body: Value = serde_json::from_str(ISSUER).unwrap();
        body["image"] = value;
        rest::issuer_draft(&json::Value::from(&body)).map(|draft| draft.image)
    };
    assert!(picture(json!("img_0123456789abcdefghijkl")).unwrap().is_some());
    assert!(picture(json!({"data": "data:image/png;base64,iVBORw0KGgo=", "alt": "A"})).is_ok());
    for bad in
        [json!("data:image/jpeg;base64,AA=="), json!("https://a.b/c.png"), json!(5), json!({})]
    {
        assert!(picture(bad).is_err());
    }
}

#[test]
fn the_state_of_a_revoked_award_is_told_with_its_reasons() {
    let Sample { urls, issuer, mut award, .. } = sample();
    award.state = AssertionState::Revoked(Change {
        at: parse_instant("2026-05-01").unwrap(),
        reason: "internal".to_owned(),
        public_reason: None,
    });
    let answer = rest::assertion_answer(&urls, &issuer, &award, award.issued_on);
    assert_eq!(answer["state"], json!("revoked"));
    assert_eq!(answer["revocation"], json!({"at": "2026-05-01T00:00:00Z", "reason": "internal"}));
}
