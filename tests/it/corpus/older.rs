//! Open Badges 0.5, 1.0 and 1.1; and 2.0 in other spellings.

use serde_json::{Value, json};

use super::case::{Case, Page};
use super::issuer::{
    ASSERTION, CLASS, KEY, OB2, PROFILE, REVOCATIONS, assertion, class, jws, rsa, strangers_rsa,
    with, without,
};

const UID: &str = "abc123";
const OB1: &str = "https://w3id.org/openbadges/v1";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_2011();
    cases.extend(hosted());
    cases.extend(signed());
    cases.extend(spellings());
    cases
}

fn assertion_1_0() -> Value {
    json!({
        "uid": UID,
        "recipient": {
            "type": "email", "hashed": true, "salt": "deadsea",
            "identity": "sha256$ecf5409f3f4b91ab60cc5ef4c02aef7032354375e70cf4d8e43f6a1d29891942"
        },
        "badge": CLASS, "verify": {"type": "hosted", "url": ASSERTION}, "issuedOn": 1_400_000_000,
        "evidence": "https://evidence.example/log"
    })
}

fn class_1_0() -> Value {
    json!({
        "name": "Coaching", "description": "Coaches teachers.", "tags": ["coaching"],
        "image": "https://issuer.example/c/1.png", "criteria": "https://issuer.example/criteria",
        "issuer": PROFILE,
        "alignment": [{"name": "Cycle", "url": "https://framework.example/D2.b", "description": "x"}]
    })
}

fn profile_1_0() -> Value {
    json!({"name": "Issuer", "url": "https://issuer.example", "revocationList": REVOCATIONS})
}

/// A badge of 1.0 at its address.
fn at_home(id: &str, fault: &str, assertion: &Value) -> Case {
    Case::url(&format!("older/{id}"), fault, ASSERTION)
        .page(ASSERTION, Page::json(assertion))
        .page(CLASS, Page::json(&class_1_0()))
        .page(PROFILE, Page::json(&profile_1_0()))
}

fn hosted() -> Vec<Case> {
    let good = assertion_1_0();
    let of_1_1 = |kind: &str, id: &str, mut document: Value| {
        document["@context"] = json!(OB1);
        document["type"] = json!(kind);
        document["id"] = json!(id);
        document
    };
    let v1_1 = |id: &str, fault: &str, assertion: Value| {
        at_home(id, fault, &of_1_1("Assertion", ASSERTION, assertion))
            .page(CLASS, Page::json(&of_1_1("BadgeClass", CLASS, class_1_0())))
            .page(PROFILE, Page::json(&of_1_1("Issuer", PROFILE, profile_1_0())))
    };
    let mut renamed = without(&good, "/verify");
    renamed["verification"] = good["verify"].clone();
    let theirs = "https://evil.example/a/1";
    let copy = Case::json("older/1.0-copy", "nothing: a copy that says where it is hosted", &good);
    vec![
        at_home("1.0-hosted", "nothing", &good),
        at_home(
            "1.0-date-as-day",
            "nothing: the date is a day",
            &with(&good, "/issuedOn", json!("2014-05-13")),
        ),
        at_home(
            "1.0-plain-recipient",
            "nothing: the recipient is not hashed",
            &with(
                &good,
                "/recipient",
                json!({"type": "email", "hashed": false, "identity": "nobody@example.org"}),
            ),
        ),
        at_home("1.0-for-the-recipient", "nothing: it belongs to the person expected", &good)
            .recipient(json!("nobody@example.org")),
        at_home("1.0-for-somebody-else", "it belongs to somebody else", &good)
            .recipient(json!("somebody@example.org"))
            .invalid(&["recipient.expected"]),
        at_home(
            "1.0-hashed-with-md5",
            "nothing: hashed with MD5",
            &with(
                &with(&good, "/recipient/identity", json!("md5$900150983cd24fb0d6963f7d28e17f72")),
                "/recipient/salt",
                json!("c"),
            ),
        )
        .recipient(json!("ab")),
        at_home("1.0-date-is-none", "its date is none", &with(&good, "/issuedOn", json!("soon")))
            .invalid(&["time.dates"]),
        at_home(
            "1.0-of-the-future",
            "it is issued in the future",
            &with(&good, "/issuedOn", json!(4_000_000_000_i64)),
        )
        .invalid(&["time.not-yet-valid"]),
        at_home("1.0-expired", "it expired", &with(&good, "/expires", json!(1_500_000_000)))
            .invalid(&["time.expired"]),
        at_home(
            "1.0-revoked-flag",
            "its document says that it is revoked",
            &with(&good, "/revoked", json!(true)),
        )
        .invalid(&["status.revoked"]),
        at_home("1.0-withdrawn", "its address answers 410", &good)
            .page(ASSERTION, Page::status(410))
            .invalid(&["status.revoked"]),
        at_home(
            "1.0-without-verify",
            "it does not say how it is verified",
            &without(&good, "/verify"),
        )
        .invalid(&["shape.members"]),
        at_home(
            "1.0-hash-not-marked",
            "its recipient is a hash and says that it is none",
            &with(&good, "/recipient/hashed", json!(false)),
        )
        .invalid(&["shape.members"]),
        at_home("1.0-class-without-name", "its badge class has no name", &good)
            .page(CLASS, Page::json(&without(&class_1_0(), "/name")))
            .invalid(&["shape.members"]),
        at_home("1.0-class-unreachable", "its badge class cannot be reached", &good)
            .page(CLASS, Page::unreachable())
            .indeterminate(&["badge-class.resolved"]),
        Case::url("older/1.0-hosted-by-a-stranger", "a stranger hosts it", theirs)
            .page(theirs, Page::json(&with(&good, "/verify/url", json!(theirs))))
            .page(CLASS, Page::json(&class_1_0()))
            .page(PROFILE, Page::json(&profile_1_0()))
            .invalid(&["hosted.scope"]),
        copy.page(ASSERTION, Page::json(&good))
            .page(CLASS, Page::json(&class_1_0()))
            .page(PROFILE, Page::json(&profile_1_0())),
        v1_1("1.1-hosted", "nothing", good.clone()),
        v1_1("1.1-verification", "it says `verification`, which means nothing in 1.1", renamed)
            .invalid(&["shape.members"]),
    ]
}

fn signed() -> Vec<Case> {
    let mut assertion = assertion_1_0();
    assertion["verify"] = json!({"type": "signed", "url": KEY});
    let pem = Page::text("text/plain", &rsa().public().to_pem());
    let token = |id: &str, fault: &str, token: &str| {
        Case::token(&format!("older/{id}"), fault, token)
            .page(CLASS, Page::json(&class_1_0()))
            .page(PROFILE, Page::json(&profile_1_0()))
            .page(KEY, pem.clone())
            .page(REVOCATIONS, Page::json(&json!({"other": "x"})))
    };
    let good = jws(&assertion, rsa());
    let theirs = "https://evil.example/key.pem";
    let elsewhere = with(&assertion, "/verify/url", json!(theirs));
    vec![
        token("1.0-signed", "nothing", &good),
        token("1.0-signed-revoked", "its uid is on the list", &good)
            .page(REVOCATIONS, Page::json(&json!({UID: "by mistake"})))
            .invalid(&["status.revoked"]),
        token("1.0-signed-list-unreachable", "the list cannot be reached", &good)
            .page(REVOCATIONS, Page::unreachable())
            .indeterminate(&["status.read"]),
        token(
            "1.0-signed-by-a-stranger",
            "another key signed it",
            &jws(&assertion, strangers_rsa()),
        )
        .invalid(&["proof.signature"]),
        token(
            "1.0-key-elsewhere",
            "its key does not lie at its issuer's",
            &jws(&elsewhere, strangers_rsa()),
        )
        .page(theirs, Page::text("text/plain", &strangers_rsa().public().to_pem()))
        .invalid(&["issuer.key"]),
        token("1.0-key-unreachable", "its key cannot be reached", &good)
            .page(KEY, Page::unreachable())
            .indeterminate(&["proof.key"]),
    ]
}

fn of_2011() -> Vec<Case> {
    let url = "https://issuer.example/2011/1.json";
    let good = json!({
        "recipient": "sha256$ecf5409f3f4b91ab60cc5ef4c02aef7032354375e70cf4d8e43f6a1d29891942",
        "salt": "deadsea", "issued_on": "2011-10-01",
        "badge": {
            "version": "0.5.0", "name": "Pioneer", "image": "/i.png", "description": "First.",
            "criteria": "/c.html",
            "issuer": {"origin": "https://issuer.example", "name": "Issuer", "contact": "o@issuer.example"}
        }
    });
    let case = |id: &str, fault: &str, document: &Value| {
        Case::url(&format!("older/{id}"), fault, url).page(url, Page::json(document))
    };
    let foreign = with(&good, "/badge/issuer/origin", json!("https://mozilla.example"));
    let widened =
        with(&foreign, "/badge/issuer/verification", json!({"allowedOrigins": "issuer.example"}));
    vec![
        case("0.5-hosted", "nothing", &good),
        case(
            "0.5-plain-recipient",
            "nothing: the recipient is an address",
            &without(&with(&good, "/recipient", json!("nobody@example.org")), "/salt"),
        ),
        case("0.5-for-the-recipient", "nothing: it belongs to the person expected", &good)
            .recipient(json!("nobody@example.org")),
        case("0.5-for-somebody-else", "it belongs to somebody else", &good)
            .recipient(json!("x@example.org"))
            .invalid(&["recipient.expected"]),
        case(
            "0.5-of-another-origin",
            "its issuer is another origin than that which hosts it",
            &foreign,
        )
        .invalid(&["hosted.scope"]),
        case("0.5-widens-its-scope", "it says itself who may host it", &widened)
            .invalid(&["hosted.scope"]),
        case("0.5-without-name", "its badge class has no name", &without(&good, "/badge/name"))
            .invalid(&["shape.members"]),
        Case::json("older/0.5-copy", "a copy that names no address", &good)
            .invalid(&["hosted.document"]),
    ]
}

/// Open Badges 2.0 in other spellings, and kinds of values.
fn spellings() -> Vec<Case> {
    let hosted = |id: &str, fault: &str, assertion: &Value| {
        Case::url(&format!("spelling/{id}"), fault, ASSERTION)
            .page(ASSERTION, Page::json(assertion))
    };
    let spelled = json!({
        "@context": [OB2, {"ob": "https://w3id.org/openbadges#", "when": "ob:issueDate"}],
        "@type": ["ob:Assertion"], "@id": ASSERTION,
        "https://w3id.org/openbadges#badge": [{"@id": CLASS}],
        "ob:recipient": [{
            "@type": "email", "hashed": {"@value": true}, "salt": ["deadsea"],
            "ob:identityHash": "sha256$ecf5409f3f4b91ab60cc5ef4c02aef7032354375e70cf4d8e43f6a1d29891942"
        }],
        "verify": {"type": "hosted"}, "when": [{"@value": "2026-05-01T00:00:00Z"}], "evidence": null
    });
    let good = assertion();
    let moved = json!([OB2, {"recipient": "https://evil.example/recipient"}]);
    let classy = |id: &str, fault: &str, class: Value| {
        hosted(id, fault, &assertion()).page(CLASS, Page::json(&class))
    };
    let geo = |geo: Value| {
        with(
            &good,
            "/schema:location",
            json!({
                "@context": "https://w3id.org/openbadges/extensions/geoCoordinatesExtension/context.json",
                "type": ["Extension", "extensions:GeoCoordinates"], "name": "School",
                "description": "Where", "geo": geo
            }),
        )
    };
    vec![
        hosted("full-names", "nothing: names in full and as aliases", &spelled),
        hosted(
            "name-of-another-meaning",
            "its context gives `recipient` another meaning",
            &with(&good, "/@context", moved),
        )
        .invalid(&["shape.members"]),
        hosted(
            "foreign-context",
            "its only context is not that of Open Badges",
            &with(&good, "/@context", json!("https://schema.org")),
        )
        .invalid(&["input.read"]),
        hosted(
            "further-context",
            "nothing: a context beside that of Open Badges",
            &with(&good, "/@context", json!([OB2, "https://x.example/c"])),
        ),
        hosted(
            "two-dates",
            "it has two dates of issue",
            &with(&good, "/issuedOn", json!(["2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z"])),
        )
        .invalid(&["shape.members"]),
        hosted(
            "extension",
            "nothing: an extension that follows its schema",
            &geo(json!({"latitude": 41.5, "longitude": -93.6})),
        ),
        hosted(
            "extension-broken",
            "its extension does not follow its schema",
            &geo(json!({"latitude": "north"})),
        )
        .invalid(&["shape.extensions"]),
        classy(
            "criteria-in-words",
            "its criteria are words where an address is due",
            with(&class(), "/criteria", json!("do something")),
        )
        .invalid(&["shape.members"]),
        classy(
            "jpeg",
            "its image is a JPEG",
            with(&class(), "/image", json!("data:image/jpeg;base64,AA")),
        )
        .invalid(&["shape.members"]),
        classy(
            "two-names",
            "its badge class has two names",
            with(&class(), "/name", json!(["a", "b"])),
        )
        .invalid(&["shape.members"]),
    ]
}
