//! What a badge of Open Badges 3.0 must look like. Where linked data refuses to be signed, the badge
//! is a token, which carries anything.

use serde_json::{Value, json};

use super::case::Case;
use super::issuer::{OB3, V2, claims, credential, own, set, signed, token, with, without};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = texts();
    cases.extend(contexts());
    cases.extend(terms());
    cases.extend(members());
    cases.extend(results());
    cases.extend(times());
    cases
}

/// The token of a changed credential.
fn changed(id: &str, fault: &str, change: impl FnOnce(&mut Value)) -> Case {
    let mut badge = credential();
    change(&mut badge);
    Case::token(&format!("shape/{id}"), fault, &token(&claims(&badge), &own()))
}

fn texts() -> Vec<Case> {
    let good = signed(credential(), &own()).to_string();
    let text = |id: &str, fault: &str, text: String| {
        Case::bytes(&format!("text/{id}"), fault, "json", text.into_bytes())
    };
    let unread = ["input.read"];
    vec![
        text(
            "member-twice",
            "a member is there twice",
            good.replacen('{', "{\"name\":\"Doctor\",", 1),
        )
        .invalid(&unread),
        text(
            "member-twice-by-escape",
            "a member is there twice, once escaped",
            good.replacen('{', "{\"n\\u0061me\":\"Doctor\",", 1),
        )
        .invalid(&unread),
        text(
            "member-twice-inside",
            "a member of the issuer is there twice",
            good.replacen("\"issuer\":{", "\"issuer\":{\"name\":\"Other\",", 1),
        )
        .invalid(&unread),
        text("lone-surrogate", "half a character", good.replacen("Led with care.", "\\ud800", 1))
            .invalid(&unread),
        text(
            "too-deep",
            "it is nested deeper than is read",
            format!("{}1{}", "{\"a\":".repeat(500), "}".repeat(500)),
        )
        .invalid(&unread),
        text("a-list", "it is a list", format!("[{good}]")).invalid(&["input.read"]),
        text("empty-object", "it is empty", "{}".to_owned()).invalid(&["input.read"]),
        text(
            "something-else",
            "it is a document of another kind",
            json!({"@context": "https://schema.org", "type": "Person"}).to_string(),
        )
        .invalid(&["input.read"]),
    ]
}

fn contexts() -> Vec<Case> {
    let good = signed(credential(), &own());
    let case = |id: &str, fault: &str, context: Value| {
        Case::json(&format!("context/{id}"), fault, &with(&good, "/@context", context))
    };
    let nested = "/credentialSubject/@context";
    vec![
        case("missing-badge-context", "the context of Open Badges is not there", json!([V2]))
            .invalid(&["shape.context", "shape.terms", "proof.signature"]),
        case("in-the-wrong-order", "the contexts are in the wrong order", json!([OB3, V2]))
            .invalid(&["shape.context"]),
        case(
            "written-inside",
            "a context is written into the badge",
            json!([V2, OB3, {"x": "https://x.example/"}]),
        )
        .invalid(&["shape.context"]),
        case(
            "that-nobody-knows",
            "a context is not known here",
            json!([V2, OB3, "https://unknown.example/c.json"]),
        )
        .indeterminate(&["shape.context", "shape.terms", "proof.signature"]),
        case("none", "it has no context", Value::Null).invalid(&["shape.context"]),
        Case::json(
            "context/below-the-top",
            "a context stands below the top",
            &with(&good, nested, json!(V2)),
        )
        .invalid(&["shape.context"]),
        case(
            "of-another-version",
            "the older context of credentials, with the dates of the newer",
            json!(["https://www.w3.org/2018/credentials/v1", OB3]),
        )
        .invalid(&[
            "shape.terms",
            "shape.members",
            "shape.schema",
            "proof.signature",
            "time.dates",
        ]),
    ]
}

fn terms() -> Vec<Case> {
    let good = signed(credential(), &own());
    let member = |id: &str, pointer: &str| {
        Case::json(
            &format!("terms/{id}"),
            &format!("{pointer} was added, and no context defines it"),
            &with(&good, pointer, json!("x")),
        )
        .invalid(&["shape.terms", "proof.signature"])
    };
    vec![
        member("at-the-top", "/surprise"),
        member("in-the-subject", "/credentialSubject/grade"),
        member("in-the-issuer", "/issuer/rank"),
        member("in-the-class", "/credentialSubject/achievement/prestige"),
        member("in-the-criteria", "/credentialSubject/achievement/criteria/price"),
        member("in-the-evidence", "/evidence/0/score"),
        member("in-the-status", "/credentialStatus/always"),
        member("in-the-proof", "/proof/strength"),
        member("in-the-result", "/credentialSubject/result/0/grade"),
        changed("undefined-in-a-token", "a token has a member that no context defines", |b| {
            b["surprise"] = json!(1);
        })
        .invalid(&["shape.terms"]),
        Case::json(
            "terms/relative-id",
            "the id of the evidence is relative",
            &with(&good, "/evidence/0/id", json!("log.html")),
        )
        .invalid(&["shape.terms", "shape.schema", "proof.signature"]),
        Case::json(
            "terms/relative-type",
            "a type is defined by no context",
            &with(&good, "/type/-", json!("VeryOpenBadge")),
        )
        .invalid(&["shape.terms", "proof.signature"]),
    ]
}

fn members() -> Vec<Case> {
    let case = |id: &str, fault: &str, pointer: &str, value: Option<Value>| {
        changed(id, fault, |badge| set(badge, pointer, value))
    };
    let both = ["shape.members", "shape.schema"];
    let class = "/credentialSubject/achievement";
    let identifier = "/credentialSubject/identifier/0";
    let at = |below: &str| format!("{class}/{below}");
    vec![
        changed("no-id", "it has no id", |b| set(b, "/id", None)).invalid(&both),
        case(
            "type-of-nothing-more",
            "it is a credential and no badge",
            "/type",
            Some(json!(["VerifiableCredential"])),
        )
        .invalid(&["input.supported"]),
        case(
            "no-credential-type",
            "it is no credential",
            "/type",
            Some(json!(["OpenBadgeCredential"])),
        )
        .invalid(&both),
        case("issuer-without-type", "the issuer has no type", "/issuer/type", None).invalid(&both),
        case(
            "issuer-name-is-a-number",
            "the issuer's name is a number",
            "/issuer/name",
            Some(json!(7)),
        )
        .invalid(&["shape.schema"]),
        case("subject-without-type", "the subject has no type", "/credentialSubject/type", None)
            .invalid(&both),
        changed("subject-nobody", "the subject has neither id nor identifier", |b| {
            set(b, "/credentialSubject/id", None);
            set(b, "/credentialSubject/identifier", None);
        })
        .invalid(&both),
        changed("no-class", "it names no achievement", |b| {
            set(b, class, None);
            set(b, "/credentialSubject/result", None);
        })
        .invalid(&["shape.members", "shape.schema"]),
        case("class-without-id", "the achievement has no id", &at("id"), None).invalid(&both),
        case("class-without-type", "the achievement has no type", &at("type"), None).invalid(&both),
        case("class-without-name", "the achievement has no name", &at("name"), None).invalid(&both),
        case(
            "class-without-description",
            "the achievement has no description",
            &at("description"),
            None,
        )
        .invalid(&both),
        case(
            "class-name-is-a-number",
            "the name of the achievement is a number",
            &at("name"),
            Some(json!(7)),
        )
        .invalid(&both),
        case("class-without-criteria", "the achievement has no criteria", &at("criteria"), None)
            .invalid(&["shape.schema", "badge-class.criteria"]),
        case(
            "criteria-of-nothing",
            "the criteria say nothing",
            &at("criteria"),
            Some(json!({"type": "Criteria"})),
        )
        .invalid(&["shape.schema", "badge-class.criteria"]),
        case(
            "alignment-without-url",
            "an alignment has no target",
            &at("alignment/0/targetUrl"),
            None,
        )
        .invalid(&both),
        case(
            "alignment-without-name",
            "an alignment has no name",
            &at("alignment/0/targetName"),
            None,
        )
        .invalid(&both),
        case(
            "identifier-without-kind",
            "an identifier has no kind",
            &format!("{identifier}/identityType"),
            None,
        )
        .invalid(&both),
        case(
            "identifier-without-hashed",
            "an identifier does not say whether it is hashed",
            &format!("{identifier}/hashed"),
            None,
        )
        .invalid(&both),
        case(
            "identifier-hashed-and-not",
            "a hash is said to be none",
            &format!("{identifier}/hashed"),
            Some(json!(false)),
        )
        .invalid(&["shape.members"]),
        case(
            "identifier-without-hash",
            "an identifier has no hash",
            &format!("{identifier}/identityHash"),
            None,
        )
        .invalid(&both),
        case(
            "evidence-of-another-type",
            "the evidence is not of its type",
            "/evidence/0/type",
            Some(json!(["Image"])),
        )
        .invalid(&both),
        case(
            "credits-in-words",
            "credits are written as text",
            "/credentialSubject/creditsEarned",
            Some(json!("1.5")),
        )
        .invalid(&["shape.schema"]),
        case(
            "result-description-without-name",
            "a result description has no name",
            &at("resultDescription/0/name"),
            None,
        )
        .invalid(&["shape.schema"]),
        case(
            "result-type-nobody-knows",
            "a result is of a kind that there is not",
            &at("resultDescription/0/resultType"),
            Some(json!("Mood")),
        )
        .invalid(&["shape.schema"]),
        case("id-no-url", "its id is no absolute URL", "/id", Some(json!("badge 1"))).invalid(&[
            "shape.terms",
            "shape.members",
            "shape.schema",
        ]),
    ]
}

fn results() -> Vec<Case> {
    let case = |id: &str, fault: &str, pointer: &str, value: &str| {
        let badge = with(&credential(), pointer, json!(value));
        Case::json(&format!("results/{id}"), fault, &signed(badge, &own()))
            .invalid(&["results.levels"])
    };
    let result = "/credentialSubject/result/0";
    let class = "https://issuer.example/badge-classes";
    vec![
        case(
            "level-that-is-not-there",
            "the level reached is none of the rubric",
            &format!("{result}/achievedLevel"),
            &format!("{class}/1/1#rd-a-9"),
        ),
        case(
            "level-of-another-class",
            "the level reached is another class's",
            &format!("{result}/achievedLevel"),
            &format!("{class}/2/1#rd-a-2"),
        ),
        case(
            "description-of-another-class",
            "the result belongs to another class",
            &format!("{result}/resultDescription"),
            &format!("{class}/2/1#rd-a"),
        ),
        case(
            "required-level-from-elsewhere",
            "the level required is none of the rubric",
            "/credentialSubject/achievement/resultDescription/0/requiredLevel",
            "https://x.example/y",
        ),
    ]
}

fn times() -> Vec<Case> {
    let good = || signed(credential(), &own());
    let at = |id: &str, fault: &str, instant: &str| {
        Case::json(&format!("time/{id}"), fault, &good()).at(instant)
    };
    let with_date = |id: &str, fault: &str, name: &str, value: &str| {
        let badge = with(&credential(), &format!("/{name}"), json!(value));
        Case::json(&format!("time/{id}"), fault, &signed(badge, &own()))
    };
    vec![
        at("last-second", "nothing: its last second", "2027-05-01T00:00:00Z"),
        at("over", "it has expired", "2027-05-01T00:00:01Z").invalid(&["time.expired"]),
        at("long-over", "it expired ten years ago", "2037-05-01T00:00:00Z")
            .invalid(&["time.expired"]),
        at("not-begun", "its time has not begun", "2026-04-30T23:00:00Z")
            .invalid(&["time.not-yet-valid", "proof.purpose"]),
        at("clocks-differ", "nothing: clocks may differ by a minute", "2026-05-20T00:00:00Z"),
        with_date("no-time-of-day", "its first day has no time", "validFrom", "2026-05-01")
            .invalid(&["shape.schema", "time.dates"]),
        with_date("no-zone", "its first day has no zone", "validFrom", "2026-05-01T00:00:00")
            .invalid(&["shape.schema", "time.dates"]),
        with_date(
            "no-such-day",
            "its first day is not in the calendar",
            "validFrom",
            "2026-02-30T00:00:00Z",
        )
        .invalid(&["time.dates"]),
        with_date(
            "ends-before-it-begins",
            "it ends before it begins",
            "validUntil",
            "2026-04-01T00:00:00Z",
        )
        .invalid(&["time.dates", "time.expired"]),
        with_date("begins-later", "its time begins next year", "validFrom", "2027-01-01T00:00:00Z")
            .invalid(&["time.not-yet-valid"]),
        Case::json(
            "time/without-beginning",
            "it says not when it begins",
            &signed(without(&credential(), "/validFrom"), &own()),
        )
        .invalid(&["shape.members", "shape.schema", "time.dates"]),
    ]
}
