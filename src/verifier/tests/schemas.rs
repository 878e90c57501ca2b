use super::*;
use crate::resolve::Why;

const SCHEMA: &str = "https://schemas.example/badge.json";

fn naming(schemas: Json) -> Json {
    let mut badge = credential(DID);
    badge["@context"] = json!([
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
    ]);
    badge["credentialSchema"] = schemas;
    signed(badge, &key(1), &method(&key(1)))
}

fn one() -> Json {
    naming(json!([{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}]))
}

fn answering(schema: &str) -> FakeWeb {
    let web = web();
    web.page(SCHEMA, "application/schema+json", schema);
    web
}

fn named(report: &Report) -> &report::CheckReport {
    report.check("shape.named-schemas").unwrap()
}

#[test]
fn schemas_of_others_are_fetched_after_the_proof_and_applied() {
    let web =
        answering(r#"{"required": ["issuer"], "properties": {"validFrom": {"type": "string"}}}"#);
    let report = judged(&web, &one());
    valid(&report);
    assert_eq!(named(&report).outcome, CheckOutcome::Pass);
    assert_eq!(web.asked(), [DID_URL, SCHEMA]);
    assert_eq!(report.documents.last().unwrap().role, "schema");

    let report = judged(&answering(r#"{"required": ["awardedBy"]}"#), &one());
    invalid(&report, &["shape.named-schemas"]);
    assert_eq!(named(&report).message, "at the top: has no member \"awardedBy\"");
    assert_eq!(named(&report).facts["schema"], SCHEMA);

    // A forged badge sends nobody anywhere.
    let web = answering("true");
    let mut forged = one();
    forged["name"] = "Somebody else's".into();
    let report = judged(&web, &forged);
    assert_eq!(named(&report).outcome, CheckOutcome::Unknown);
    assert_eq!(web.asked(), [DID_URL]);
}

#[test]
fn a_schema_that_cannot_be_applied_never_lets_a_badge_pass() {
    for (text, outcome) in [
        ("<html>", CheckOutcome::Fail),
        (r#"{"a": 1, "a": 2}"#, CheckOutcome::Fail),
        (r#"{"unevaluatedProperties": false}"#, CheckOutcome::Unknown),
        (r#"{"pattern": "(?=a)"}"#, CheckOutcome::Unknown),
        ("7", CheckOutcome::Unknown),
    ] {
        let report = judged(&answering(text), &one());
        assert_eq!(named(&report).outcome, outcome, "{text}: {}", report.text());
        assert_ne!(report.verdict, Verdict::Valid, "{text}");
    }
    for (why, outcome) in [(Why::NotFound, CheckOutcome::Fail), (Why::Dns, CheckOutcome::Unknown)] {
        let web = web();
        web.failure(SCHEMA, why);
        let report = judged(&web, &one());
        assert_eq!(named(&report).outcome, outcome, "{}", report.text());
    }
}

#[test]
fn published_schemas_and_other_kinds_ask_for_nothing() {
    let published = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/\
                     ob_v3p0_achievementcredential_schema.json";
    let web = web();
    let report =
        judged(&web, &naming(json!([{"id": published, "type": "1EdTechJsonSchemaValidator2019"}])));
    valid(&report);
    assert_eq!(named(&report).outcome, CheckOutcome::Skip);
    let report = judged(&web, &naming(json!([{"id": SCHEMA, "type": "JsonSchemaCredential"}])));
    assert_eq!(named(&report).outcome, CheckOutcome::Note, "{}", report.text());
    assert_eq!(web.asked(), [DID_URL, DID_URL]);

    let many: Vec<Json> =
        (0..5).map(|n| json!({"id": format!("{SCHEMA}?{n}"), "type": "JsonSchema"})).collect();
    let report = judged(&web, &naming(many.into()));
    assert_eq!(named(&report).outcome, CheckOutcome::Fail);
    let report = judged(&web, &naming(json!([{"id": "urn:a:b", "type": "JsonSchema"}])));
    assert_eq!(named(&report).message, "a schema that it names is no web URL");
}
