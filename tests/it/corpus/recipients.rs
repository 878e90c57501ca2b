//! Whose badge it is, when somebody is expected; and the same badge under other policies.

use serde_json::{Value, json};

use super::case::Case;
use super::issuer::{ASSERTION, UUID, credential, own, signed, with};

pub(super) fn cases() -> Vec<Case> {
    let badge = signed(credential(), &own());
    let ob3 = |id: &str, fault: &str, expected: Value| {
        Case::json(&format!("recipient/{id}"), fault, &badge).recipient(expected)
    };
    let ob2 = |id: &str, fault: &str, expected: Value| {
        Case::url(&format!("recipient/hosted-{id}"), fault, ASSERTION).recipient(expected)
    };
    let wrong = ["recipient.expected"];
    let plain = |identifier: Value| {
        signed(with(&credential(), "/credentialSubject/identifier", identifier), &own())
    };
    let address = plain(json!([{
        "type": "IdentityObject", "hashed": false, "identityType": "emailAddress",
        "identityHash": "a@example.com"
    }]));
    vec![
        ob3("address", "nothing: her address", json!("a@example.com")),
        ob3("address-by-kind", "nothing: her address, as such", json!({"email": "a@example.com"})),
        ob3(
            "address-by-its-name",
            "nothing: her address under the name of the kind",
            json!({"emailAddress": "a@example.com"}),
        ),
        ob3(
            "one-of-several",
            "nothing: one of her addresses",
            json!({"email": ["b@example.com", "a@example.com"]}),
        ),
        ob3("subject", "nothing: the id of the subject", json!(UUID)),
        ob3("letter-case", "nothing: her address but for letter case", json!("A@Example.com")),
        ob3("somebody-else", "somebody else is expected", json!("b@example.com")).invalid(&wrong),
        ob3(
            "of-another-kind",
            "a telephone number is expected",
            json!({"telephone": "a@example.com"}),
        )
        .invalid(&wrong),
        ob3("empty", "nobody is expected by an empty name", json!("")).invalid(&wrong),
        ob3(
            "another-subject",
            "another subject is expected",
            json!("urn:uuid:00000000-0000-4000-8000-000000000009"),
        )
        .invalid(&wrong),
        Case::json("recipient/in-plain-text", "nothing: her address is not hashed", &address)
            .recipient(json!("a@example.com")),
        Case::json("recipient/in-plain-text-somebody-else", "somebody else is expected", &address)
            .recipient(json!("c@example.com"))
            .invalid(&wrong),
        ob2("address", "nothing: her address", json!("nobody@example.org")),
        ob2(
            "letter-case",
            "nothing: her address but for letter case",
            json!({"email": "Nobody@Example.org"}),
        ),
        ob2("somebody-else", "somebody else is expected", json!("somebody@example.org"))
            .invalid(&wrong),
        Case::json(
            "policy/strict",
            "its issuer is not on the list of those who are trusted",
            &badge,
        )
        .policy("strict")
        .indeterminate(&["issuer.known"]),
        Case::json("policy/proof-only", "nothing: only its proof is asked for", &badge)
            .policy("proof-only"),
        Case::json(
            "policy/proof-only-expired",
            "nothing: that it has expired is not asked",
            &badge,
        )
        .policy("proof-only")
        .at("2037-05-01T00:00:00Z"),
        Case::json(
            "policy/proof-only-altered",
            "it was changed after it was signed",
            &with(&badge, "/name", json!("x")),
        )
        .policy("proof-only")
        .invalid(&["proof.signature"]),
        ob2("of-another-kind", "a page is expected", json!({"url": "nobody@example.org"}))
            .invalid(&wrong),
    ]
}
