//! Open Badges 2.0, signed.

use serde_json::{Value, json};

use super::case::{Case, Page};
use super::issuer::{
    CLASS, KEY, OB2, PROFILE, REVOCATIONS, UUID, class, jws, own, profile, public_key, revocations,
    rsa, signed_assertion, strangers_rsa, token_with, with, without,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("whole", "nothing"),
        of(
            "key-not-named",
            "nothing: each of the issuer's keys is tried",
            &without(&signed_assertion(), "/verification/creator"),
        ),
        of(
            "expires-later",
            "nothing: it expires later",
            &with(&signed_assertion(), "/expires", json!("2030-01-01T00:00:00Z")),
        ),
    ];
    cases.extend(keys());
    cases.extend(texts());
    cases.extend(revoked());
    cases.extend(answers());
    cases
}

/// The good badge, on a web to be changed.
fn case(id: &str, fault: &str) -> Case {
    of(id, fault, &signed_assertion())
}

fn of(id: &str, fault: &str, assertion: &Value) -> Case {
    Case::token(&format!("signed/{id}"), fault, &jws(assertion, rsa()))
}

fn keys() -> Vec<Case> {
    let theirs = "https://evil.example/k/1";
    let forged = with(&signed_assertion(), "/verification/creator", json!(theirs));
    let stolen = with(&public_key(), "/publicKeyPem", json!(strangers_rsa().public().to_pem()));
    let mut embedded = forged.clone();
    embedded["badge"] = class();
    embedded["badge"]["issuer"] = with(
        &profile(),
        "/publicKey",
        json!({"id": theirs, "publicKeyPem": strangers_rsa().public().to_pem()}),
    );
    let token =
        |id: &str, fault: &str, token: &str| Case::token(&format!("signed/{id}"), fault, token);
    vec![
        token(
            "by-a-stranger-under-the-issuers-key",
            "a stranger signed and named the issuer's key",
            &jws(&signed_assertion(), strangers_rsa()),
        )
        .invalid(&["proof.signature"]),
        token(
            "by-a-stranger-under-his-own-key",
            "a stranger signed and named his own key",
            &jws(&forged, strangers_rsa()),
        )
        .page(theirs, Page::json(&with(&stolen, "/id", json!(theirs))))
        .invalid(&["proof.key", "issuer.key"]),
        token(
            "with-a-profile-of-its-own",
            "it brings a profile with the stranger's key",
            &jws(&embedded, strangers_rsa()),
        )
        .invalid(&["proof.key", "issuer.key"]),
        case("key-of-another-owner", "its key belongs to somebody else")
            .page(KEY, Page::json(&with(&public_key(), "/owner", json!("https://evil.example/i"))))
            .invalid(&["issuer.key"]),
        case("key-exchanged", "its key is another one now")
            .page(KEY, Page::json(&stolen))
            .invalid(&["proof.signature"]),
        case("key-that-is-no-key", "its key cannot be read")
            .page(
                KEY,
                Page::json(&with(
                    &public_key(),
                    "/publicKeyPem",
                    json!("-----BEGIN PUBLIC KEY-----"),
                )),
            )
            .invalid(&["proof.key"]),
        case("key-that-the-profile-does-not-name", "the issuer's profile names another key")
            .page(
                PROFILE,
                Page::json(&with(&profile(), "/publicKey", json!("https://issuer.example/k/2"))),
            )
            .invalid(&["proof.key", "issuer.key"]),
        token(
            "with-an-ed25519-key",
            "it is signed with another algorithm",
            &jws(&signed_assertion(), &own()),
        )
        .invalid(&["proof.signature"]),
        token(
            "not-signed-at-all",
            "its algorithm is none",
            &token_with(r#"{"alg":"none"}"#, &signed_assertion().to_string(), rsa()),
        )
        .invalid(&["proof.form", "proof.signature"]),
        Case::json(
            "signed/without-its-signature",
            "it says that it is signed, and is not",
            &signed_assertion(),
        )
        .invalid(&["proof.present"]),
    ]
}

fn texts() -> Vec<Case> {
    let good = jws(&signed_assertion(), rsa());
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("three parts") };
    let other = with(&signed_assertion(), "/issuedOn", json!("2020-01-01T00:00:00Z"));
    let other = accolade::proof::encoding::base64url(other.to_string().as_bytes());
    let shape = ["shape.members"];
    vec![
        Case::token(
            "signed/changed",
            "its payload is another one",
            &format!("{header}.{other}.{signature}"),
        )
        .invalid(&["proof.signature"]),
        Case::token("signed/signature-of-another", "its signature is another badge's", &{
            let another = jws(&with(&signed_assertion(), "/narrative", json!("x")), rsa());
            format!("{header}.{payload}.{}", another.rsplit('.').next().unwrap())
        })
        .invalid(&["proof.signature"]),
        of("without-recipient", "it has no recipient", &without(&signed_assertion(), "/recipient"))
            .invalid(&shape),
        of(
            "without-date",
            "it says not when it was issued",
            &without(&signed_assertion(), "/issuedOn"),
        )
        .invalid(&["shape.members", "time.dates"]),
        of("without-class", "it names no class", &without(&signed_assertion(), "/badge"))
            .invalid(&["shape.members", "badge-class.resolved"]),
        of(
            "over",
            "it has expired",
            &with(&signed_assertion(), "/expires", json!("2026-05-20T00:00:00Z")),
        )
        .invalid(&["time.expired"]),
        of(
            "of-another-type",
            "it is a class",
            &with(&signed_assertion(), "/type", json!("BadgeClass")),
        )
        .invalid(&["input.read"]),
    ]
}

fn revoked() -> Vec<Case> {
    let listed = |id: &str, fault: &str, entries: Value| {
        case(&format!("revoked-{id}"), fault)
            .page(REVOCATIONS, Page::json(&with(&revocations(), "/revokedAssertions", entries)))
            .invalid(&["status.revoked"])
    };
    let unread = |id: &str, fault: &str, list: Value| {
        case(&format!("list-{id}"), fault)
            .page(REVOCATIONS, Page::json(&list))
            .indeterminate(&["status.read"])
    };
    vec![
        listed("by-its-id", "its id is on the list", json!([UUID])),
        listed("alone", "its id is the whole list", json!(UUID)),
        listed(
            "with-a-reason",
            "its id is on the list, with a reason",
            json!([{"id": UUID, "revocationReason": "error"}]),
        ),
        listed(
            "after-others",
            "its id is on the list, after others",
            json!(["urn:uuid:00000000-0000-4000-8000-000000000001", UUID]),
        ),
        unread("of-nothing", "its list is empty of everything", json!({})),
        unread("an-array", "its list is an array", json!([])),
        unread(
            "with-a-number",
            "an entry of its list is a number",
            json!({"@context": OB2, "type": "RevocationList", "id": REVOCATIONS, "issuer": PROFILE, "revokedAssertions": [7]}),
        ),
        unread(
            "of-another-issuer",
            "its list is another issuer's",
            with(&revocations(), "/issuer", json!("https://evil.example/i")),
        ),
        case("no-list", "nothing: the issuer publishes no list")
            .page(PROFILE, Page::json(&without(&profile(), "/revocationList"))),
    ]
}

fn answers() -> Vec<Case> {
    let answer = |id: &str, fault: &str, url: &str, page: Page| {
        case(&format!("answer-{id}"), fault).page(url, page)
    };
    vec![
        answer("class-not-found", "its class is not there", CLASS, Page::status(404))
            .invalid(&["badge-class.resolved"])
            .and_unknown(&["proof.signature", "status.read"]),
        answer("class-broken", "the server of its class fails", CLASS, Page::status(500))
            .indeterminate(&["badge-class.resolved", "proof.signature", "status.read"]),
        answer("profile-broken", "the server of its issuer fails", PROFILE, Page::status(500))
            .indeterminate(&[
                "issuer.resolved",
                "proof.key",
                "proof.signature",
                "issuer.key",
                "status.read",
            ]),
        answer("key-not-found", "its key is not there", KEY, Page::status(404))
            .invalid(&["proof.key", "issuer.key"])
            .and_unknown(&["proof.signature"]),
        answer("key-broken", "the server of its key fails", KEY, Page::status(502))
            .indeterminate(&["proof.key", "proof.signature", "issuer.key"]),
        answer("list-not-found", "its list is not there", REVOCATIONS, Page::status(404))
            .indeterminate(&["status.read"]),
        answer("list-broken", "the server of its list fails", REVOCATIONS, Page::status(500))
            .indeterminate(&["status.read"]),
        answer(
            "list-unreachable",
            "the server of its list does not answer",
            REVOCATIONS,
            Page::unreachable(),
        )
        .indeterminate(&["status.read"]),
    ]
}
