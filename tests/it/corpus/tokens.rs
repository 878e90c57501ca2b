//! Open Badges 3.0 as VC-JWT: good ones, headers that readers take differently, claims that disagree.

use accolade::proof::encoding::base64url;
use accolade::proof::jws::{SignHeader, sign};
use serde_json::{Value, json};

use super::case::Case;
use super::issuer::{
    DID, V2, claims, credential, did_key_method, method, own, p256, rsa, set, stranger,
    strangers_rsa, token, token_as, token_with, with, without,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = good();
    cases.extend(older());
    cases.extend(headers());
    cases.extend(payloads());
    cases.extend(texts());
    cases
}

fn case(id: &str, fault: &str, token: &str) -> Case {
    Case::token(&format!("token/{id}"), fault, token)
}

fn good() -> Vec<Case> {
    let claims = claims(&credential());
    let kid = method(&own());
    let w3c = SignHeader { kid: Some(&kid), typ: Some("vc+jwt"), cty: Some("vc") };
    vec![
        case("eddsa", "nothing", &token(&claims, &own())),
        case("es256", "nothing", &token(&claims, &p256())),
        case("rs256", "nothing", &token(&claims, rsa())),
        case("w3c-profile", "nothing: the W3C's profile has no other claims", &sign(credential().to_string().as_bytes(), &w3c, &own()).unwrap()),
        case("with-space-around", "nothing: space around it", &format!(" {}\n", token(&claims, &own()))),
        case("key-in-the-header", "nothing: the key in the header is one that the issuer lists", &token_with(
            &json!({"alg": "EdDSA", "typ": "JWT", "jwk": own().public().to_jwk()}).to_string(), &claims.to_string(), &own(),
        )),
        case("addresses-of-keys-in-the-header", "nothing: such addresses are not looked at", &token_with(
            &json!({"alg": "EdDSA", "kid": kid, "jku": "https://evil.example/j", "x5u": "https://evil.example/x"}).to_string(), &claims.to_string(), &own(),
        )),
    ]
}

/// Badges on the data model of version 1.1, whose dates have other names.
fn older() -> Vec<Case> {
    let mut badge = credential();
    for (old, new) in [("validFrom", "issuanceDate"), ("validUntil", "expirationDate")] {
        let date = badge.as_object_mut().unwrap().shift_remove(old).unwrap();
        badge[new] = date;
    }
    // Terms that the older contexts do not have.
    for pointer in ["/credentialStatus", "/awardedDate"] {
        set(&mut badge, pointer, None);
    }
    let mut claims = claims(&badge);
    claims["nbf"] = json!(1_777_593_600);
    claims["exp"] = json!(1_809_129_600);
    let name =
        |url: &str| url.rsplit('/').next().unwrap().replace("context-", "").replace(".json", "");
    let base = "https://purl.imsglobal.org/spec/ob/v3p0/";
    let files = [
        "context.json",
        "context/ob_v3p0.jsonld",
        "context-3.0.0.json",
        "context-3.0.1.json",
        "context-3.0.2.json",
        "context-3.0.3.json",
    ];
    let versions = files.map(|file| {
        let url = format!("{base}{file}");
        let contexts = json!(["https://www.w3.org/2018/credentials/v1", url]);
        let claims = with(&claims, "/@context", contexts);
        case(
            &format!("data-model-1-{}", name(&url)),
            "nothing: the older data model goes with every version of the context",
            &token(&claims, &own()),
        )
    });
    versions.into()
}

fn headers() -> Vec<Case> {
    let payload = claims(&credential()).to_string();
    let kid = method(&own());
    let with_header = |id: &str, fault: &str, header: String| {
        case(&format!("header-{id}"), fault, &token_with(&header, &payload, &own()))
    };
    // The token is refused before its key is looked for.
    let refused = |case: Case| case.invalid(&["proof.form", "proof.signature"]);
    vec![
        refused(with_header(
            "no-signature",
            "the algorithm is none",
            format!(r#"{{"alg":"none","kid":"{kid}"}}"#),
        )),
        refused(with_header(
            "no-signature-in-capitals",
            "the algorithm is NONE",
            format!(r#"{{"alg":"NONE","kid":"{kid}"}}"#),
        )),
        refused(with_header(
            "shared-secret",
            "the algorithm is one of shared secrets",
            format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#),
        )),
        refused(with_header(
            "no-algorithm",
            "there is no algorithm",
            format!(r#"{{"kid":"{kid}"}}"#),
        )),
        refused(with_header(
            "algorithms-in-a-list",
            "the algorithm is a list",
            format!(r#"{{"alg":["EdDSA"],"kid":"{kid}"}}"#),
        )),
        refused(with_header(
            "algorithm-twice",
            "the algorithm is there twice",
            format!(r#"{{"alg":"EdDSA","alg":"none","kid":"{kid}"}}"#),
        )),
        refused(with_header(
            "critical",
            "it demands an extension",
            format!(r#"{{"alg":"EdDSA","kid":"{kid}","crit":["x"],"x":1}}"#),
        )),
        refused(with_header(
            "critical-empty",
            "it demands nothing",
            format!(r#"{{"alg":"EdDSA","kid":"{kid}","crit":[]}}"#),
        )),
        refused(with_header(
            "payload-not-encoded",
            "its payload is said not to be encoded",
            format!(r#"{{"alg":"EdDSA","kid":"{kid}","b64":false}}"#),
        )),
        refused(with_header(
            "compressed",
            "its payload is said to be compressed",
            format!(r#"{{"alg":"EdDSA","kid":"{kid}","zip":"DEF"}}"#),
        )),
        refused(with_header(
            "of-another-type",
            "it is an access token",
            format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"at+jwt"}}"#),
        )),
        with_header(
            "algorithm-of-another-key",
            "the algorithm is not the key's",
            format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#),
        )
        .invalid(&["proof.signature"]),
        case(
            "header-key-of-a-stranger",
            "a stranger put his key into the header",
            &token_with(
                &json!({"alg": "EdDSA", "typ": "JWT", "jwk": stranger().public().to_jwk()})
                    .to_string(),
                &payload,
                &stranger(),
            ),
        )
        .invalid(&["proof.key", "issuer.key"]),
        case(
            "signed-by-a-stranger",
            "a stranger signed and named the issuer's key",
            &token_as(&claims(&credential()), &stranger(), &kid),
        )
        .invalid(&["proof.signature"]),
        case(
            "signed-by-a-stranger-with-rsa",
            "a stranger signed and named the issuer's RSA key",
            &token_as(&claims(&credential()), strangers_rsa(), &method(rsa())),
        )
        .invalid(&["proof.signature"]),
        case(
            "key-of-a-stranger",
            "a stranger signed with his own did:key",
            &token_as(&claims(&credential()), &stranger(), &did_key_method(&stranger())),
        )
        .invalid(&["issuer.key"]),
        case(
            "key-that-is-not-listed",
            "it names a key that the issuer does not list",
            &token_as(&claims(&credential()), &own(), &format!("{DID}#none")),
        )
        .invalid(&["proof.key", "issuer.key"])
        .and_unknown(&["proof.signature"]),
    ]
}

fn payloads() -> Vec<Case> {
    let good = claims(&credential());
    let changed = |id: &str, fault: &str, claims: &Value| {
        case(&format!("claim-{id}"), fault, &token(claims, &own())).invalid(&["proof.claims"])
    };
    let set_to = |id: &str, fault: &str, name: &str, value: Value| {
        changed(id, fault, &with(&good, &format!("/{name}"), value))
    };
    let kid = method(&own());
    let w3c = SignHeader { kid: Some(&kid), typ: Some("vc+jwt"), cty: None };
    let wrapped = json!({"iss": DID, "vc": credential()}).to_string();
    vec![
        set_to("issuer", "the token is another issuer's", "iss", json!("did:web:other.example")),
        changed("no-issuer", "the token has no issuer", &without(&good, "/iss")),
        set_to("issuer-in-a-list", "the issuer of the token is a list", "iss", json!([DID])),
        set_to("id", "the token has another id", "jti", json!("https://issuer.example/b/2")),
        set_to("subject", "the token is about somebody else", "sub", json!("urn:uuid:0")),
        set_to("beginning", "the token begins at another time", "nbf", json!(1)),
        set_to(
            "beginning-in-words",
            "the beginning is written as text",
            "nbf",
            json!("1777593600"),
        ),
        set_to("beginning-huge", "the beginning is no time", "nbf", json!(1e308)),
        set_to("end", "the token ends at another time", "exp", json!(4_000_000_000_i64)),
        set_to("end-null", "the end is null", "exp", Value::Null),
        changed(
            "end-of-the-endless",
            "the token ends and the badge does not",
            &without(&good, "/validUntil"),
        ),
        changed("two-badges", "the token carries two badges", &{
            let inner = good.clone();
            with(&good, "/vc", inner)
        }),
        case(
            "claim-wrapped-in-the-w3c-profile",
            "a token of the W3C's profile wraps its badge",
            &sign(wrapped.as_bytes(), &w3c, &own()).unwrap(),
        )
        .invalid(&["proof.claims"]),
    ]
}

fn texts() -> Vec<Case> {
    let good = token(&claims(&credential()), &own());
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("three parts") };
    let mut other = credential();
    set(&mut other, "/name", Some(json!("Doctor")));
    let other = base64url(claims(&other).to_string().as_bytes());
    let mut last = signature.to_owned();
    let end = last.pop().unwrap();
    // The four bits of the last character that count for nothing.
    let next = if end == 'A' { 'B' } else { char::from(end as u8 ^ 1) };
    last.push(next);
    let text = |id: &str, fault: &str, text: String| {
        Case::bytes(&format!("token/text-{id}"), fault, "jwt", text.into_bytes())
    };
    let context_only = json!({"@context": [V2]}).to_string();
    vec![
        text("changed", "its payload is another one", format!("{header}.{other}.{signature}"))
            .invalid(&["proof.signature"]),
        text("signature-missing", "its signature was taken away", format!("{header}.{payload}."))
            .invalid(&["proof.form", "proof.signature"]),
        text(
            "signature-of-zeros",
            "its signature is all zeros",
            format!("{header}.{payload}.{}", base64url(&[0; 64])),
        )
        .invalid(&["proof.signature"]),
        text(
            "signature-short",
            "its signature is too short",
            format!("{header}.{payload}.{}", base64url(&[1; 32])),
        )
        .invalid(&["proof.signature"]),
        text(
            "signature-in-another-spelling",
            "the last bits of its signature are not zero",
            format!("{header}.{payload}.{last}"),
        )
        .invalid(&["proof.form", "proof.signature"]),
        text(
            "payload-no-json",
            "its payload is no JSON",
            token_with(
                &json!({"alg": "EdDSA", "kid": method(&own())}).to_string(),
                "not json",
                &own(),
            ),
        )
        .invalid(&["input.read"]),
        text(
            "payload-said-twice",
            "a member of its payload is there twice",
            token_with(
                &json!({"alg": "EdDSA", "kid": method(&own())}).to_string(),
                &claims(&credential()).to_string().replacen('{', "{\"name\":\"Doctor\",", 1),
                &own(),
            ),
        )
        .invalid(&["input.read"]),
        text(
            "payload-of-nothing",
            "its payload is no badge",
            token_with(
                &json!({"alg": "EdDSA", "kid": method(&own())}).to_string(),
                &context_only,
                &own(),
            ),
        )
        .invalid(&["input.read"]),
    ]
}
