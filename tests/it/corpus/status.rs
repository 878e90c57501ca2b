//! Revoked, suspended, or not to be known: Bitstring status lists and their entries.

use accolade::status::bitstring::{MIN_ENTRIES, StatusList};
use serde_json::{Value, json};

use super::case::{Case, Page};
use super::issuer::{
    LIST, REVOKED, claims, credential, did_key_method, entry, list, own, set, signed, signed_as,
    stranger, token, with,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = entries();
    cases.extend(lists());
    cases.extend(answers());
    cases
}

/// In a token, which carries entries that could not be signed as linked data.
fn badge(id: &str, fault: &str, status: Value) -> Case {
    let badge = with(&credential(), "/credentialStatus", status);
    Case::token(&format!("status/{id}"), fault, &token(&claims(&badge), &own()))
}

fn entries() -> Vec<Case> {
    let mut cases = vec![
        badge("clear", "nothing: its bit is not set", entry("revocation", "5")),
        badge(
            "next-to-a-revoked-one",
            "nothing: the bit beside it is set",
            entry("revocation", "78"),
        ),
        badge("revoked", "its bit is set", entry("revocation", &REVOKED.to_string()))
            .invalid(&["status.revoked"]),
        badge("first-of-the-list", "nothing: index 0", entry("revocation", "0")),
        badge("last-of-the-list", "nothing: the last index", entry("revocation", "131071")),
        badge("beyond-the-list", "its index lies beyond the list", entry("revocation", "131072"))
            .invalid(&["status.read"]),
        badge("suspended", "it is suspended", entry("suspension", "9"))
            .page(LIST, Page::json(&signed(list("suspension", &[9]), &own())))
            .invalid(&["status.suspended"]),
        badge(
            "second-entry-revoked",
            "the second of two entries is revoked",
            json!([entry("revocation", "5"), entry("revocation", &REVOKED.to_string())]),
        )
        .invalid(&["status.revoked"]),
        badge(
            "two-clear-entries",
            "nothing: two entries, both clear",
            json!([entry("revocation", "5"), entry("revocation", "6")]),
        ),
        badge(
            "of-a-type-nobody-knows",
            "its status is of a type that is not known here",
            json!({
                "id": "https://x.example/1", "type": "https://x.example/MyStatus"
            }),
        )
        .indeterminate(&["status.read"]),
        badge("list-in-a-file", "its list is said to lie in a file", {
            let mut entry = entry("revocation", "5");
            entry["statusListCredential"] = json!("file:///etc/passwd");
            entry
        })
        .invalid(&["status.read"]),
        badge("without-a-list", "its entry names no list", {
            let mut entry = entry("revocation", "5");
            set(&mut entry, "/statusListCredential", None);
            entry
        })
        .invalid(&["status.read"]),
        badge("without-a-purpose", "its entry has no purpose", {
            let mut entry = entry("revocation", "5");
            set(&mut entry, "/statusPurpose", None);
            entry
        })
        .invalid(&["status.read"]),
    ];
    for (id, index) in [
        ("number", json!(5)),
        ("null", Value::Null),
        ("negative", json!("-1")),
        ("plus", json!("+1")),
        ("space", json!(" 1")),
        ("leading-zero", json!("01")),
        ("exponent", json!("1e3")),
        ("hexadecimal", json!("0x1")),
        ("fraction", json!("1.0")),
        ("empty", json!("")),
        ("word", json!("x")),
        ("huge", json!("99999999999999999999")),
        ("list", json!(["1"])),
    ] {
        let mut entry = entry("revocation", "1");
        entry["statusListIndex"] = index;
        cases.push(
            badge(&format!("index-{id}"), "its index is no plain decimal number", entry)
                .invalid(&["status.read"]),
        );
    }
    cases
}

/// Lists that say nothing about the badge, whatever their bits.
fn lists() -> Vec<Case> {
    let case = |id: &str, fault: &str, list: &Value| {
        badge(&format!("list-{id}"), fault, entry("revocation", "5"))
            .page(LIST, Page::json(list))
            .indeterminate(&["status.read"])
    };
    // As a token: some of these could not be signed as linked data.
    let changed = |id: &str, fault: &str, pointer: &str, value: Value| {
        let list = with(&list("revocation", &[]), pointer, value);
        badge(&format!("list-{id}"), fault, entry("revocation", "5"))
            .page(LIST, Page::text("application/vc+jwt", &list_token(&list)))
            .indeterminate(&["status.read"])
    };
    let good = list("revocation", &[]);
    let tampered = with(
        &signed(list("revocation", &[5]), &own()),
        "/credentialSubject/encodedList",
        good["credentialSubject"]["encodedList"].clone(),
    );
    let mut short = StatusList::new(MIN_ENTRIES).unwrap();
    short.set(5, false).unwrap();
    vec![
        case("not-signed", "its list is not signed", &good),
        case("changed", "a bit of its list was cleared after it was signed", &tampered),
        case(
            "by-a-stranger",
            "its list is signed by somebody else",
            &signed_as(good.clone(), &stranger(), &did_key_method(&stranger())),
        ),
        changed(
            "of-another-address",
            "its list has another id",
            "/id",
            json!("https://issuer.example/status/2"),
        ),
        changed("of-another-type", "its list is no list", "/type", json!(["VerifiableCredential"])),
        changed(
            "of-another-issuer",
            "its list is another issuer's",
            "/issuer",
            json!("did:web:other.example"),
        ),
        changed(
            "of-another-purpose",
            "its list is for another purpose",
            "/credentialSubject/statusPurpose",
            json!("suspension"),
        ),
        changed(
            "subject-of-another-type",
            "what its list is about is no list",
            "/credentialSubject/type",
            json!("https://x.example/Other"),
        ),
        changed("over", "its list has expired", "/validUntil", json!("2026-05-21T00:00:00Z")),
        changed(
            "not-begun",
            "its list is from the future",
            "/validFrom",
            json!("2030-05-21T00:00:00Z"),
        ),
        changed(
            "short",
            "its list is shorter than is allowed",
            "/credentialSubject/encodedList",
            json!("uH4sIAAAAAAAA_2NgAAIAtX5p7QQAAAA"),
        ),
        changed(
            "not-compressed",
            "its list is not compressed",
            "/credentialSubject/encodedList",
            json!("uAAAA"),
        ),
        changed("empty", "its list is empty", "/credentialSubject/encodedList", json!("")),
        changed(
            "bomb",
            "its list unpacks to more than is read",
            "/credentialSubject/encodedList",
            json!(bomb()),
        ),
        badge(
            "list-as-a-token",
            "its bit is set in a list that is a token",
            entry("revocation", "6"),
        )
        .page(LIST, Page::text("application/vc+jwt", &list_token(&list("revocation", &[6]))))
        .invalid(&["status.revoked"]),
    ]
}

fn list_token(list: &Value) -> String {
    use accolade::proof::jws::{SignHeader, sign};
    let kid = super::issuer::method(&own());
    let header = SignHeader { kid: Some(&kid), typ: Some("vc+jwt"), cty: None };
    sign(list.to_string().as_bytes(), &header, &own()).unwrap()
}

/// Sixty-four megabytes of nothing, compressed.
fn bomb() -> String {
    use std::io::Write as _;
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let block = vec![0; 1024 * 1024];
    for _ in 0..64 {
        out.write_all(&block).unwrap();
    }
    format!("u{}", accolade::proof::encoding::base64url(&out.finish().unwrap()))
}

/// Whatever happens to a list, it is never called clear.
fn answers() -> Vec<Case> {
    let case = |id: &str, fault: &str, page: Page| {
        badge(&format!("list-{id}"), fault, entry("revocation", "5"))
            .page(LIST, page)
            .indeterminate(&["status.read"])
    };
    vec![
        case("not-found", "its list is not there", Page::status(404)),
        case("gone", "its list is gone", Page::status(410)),
        case("forbidden", "its list may not be read", Page::status(403)),
        case("broken", "the server of its list fails", Page::status(500)),
        case("unreachable", "the server of its list does not answer", Page::unreachable()),
        case("a-web-page", "its list is a web page", Page::text("text/html", "<html></html>")),
        case("an-array", "its list is an array", Page::text("application/json", "[]")),
        case(
            "an-empty-object",
            "its list is an empty object",
            Page::text("application/json", "{}"),
        ),
        case(
            "a-broken-token",
            "its list is a token that is none",
            Page::text("application/vc+jwt", "eyJ.e30.AA"),
        ),
        case("in-a-circle", "its list moves in a circle", Page::redirect(LIST)),
    ]
}
