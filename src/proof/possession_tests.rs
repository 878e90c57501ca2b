use serde_json::{Value as Json, json};

use super::*;
use crate::bundled::contexts;
use crate::proof::did::{did_key, did_key_method};
use crate::proof::encoding::base64url;
use crate::proof::jws::{SignHeader, sign};
use crate::proof::key::{KeyType, PrivateKey};
use crate::proof::suite::{ProofOptions, Suite};
use crate::world::Random;

const NOW: &str = "2026-11-22T12:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn key(kind: KeyType, seed: u64) -> PrivateKey {
    PrivateKey::generate(kind, &Random::seeded(seed)).unwrap()
}

fn asked<'a>(fresh: &'a (dyn Fn(&str) -> bool + Sync)) -> Asked<'a> {
    Asked { fresh, audience: &["badges.example.org"], now: at(NOW) }
}

/// A presentation with an authentication proof; `change` may spoil what is signed and how.
fn presented(key: &PrivateKey, change: impl FnOnce(&mut Json, &mut ProofOptions<'_>)) -> String {
    let did = did_key(key.public()).unwrap();
    let method = did_key_method(key.public()).unwrap();
    let mut document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": did,
    });
    let mut options = ProofOptions {
        verification_method: &method,
        purpose: "authentication",
        created: Some(at(NOW)),
        domain: Some("badges.example.org"),
        challenge: Some("c-1"),
        ..ProofOptions::default()
    };
    change(&mut document, &mut options);
    let suite = Suite::for_key(key.key_type()).unwrap();
    let proof = suite::sign(&Value::from(&document), suite, &options, key, contexts()).unwrap();
    document["proof"] = proof;
    document.to_string()
}

fn judged(text: &str) -> Result<String, PossessionError> {
    let fresh = |challenge: &str| challenge == "c-1";
    presentation(&json::parse(text).unwrap(), &asked(&fresh), contexts())
}

#[test]
fn a_presentation_proves_the_did_of_its_key() {
    for kind in [KeyType::Ed25519, KeyType::P256] {
        let key = key(kind, 1);
        let text = presented(&key, |_, _| {});
        assert_eq!(judged(&text).unwrap(), did_key(key.public()).unwrap());
    }
    let key = key(KeyType::Ed25519, 1);
    let none = presented(&key, |document, _| {
        document.as_object_mut().unwrap().remove("holder");
    });
    assert_eq!(judged(&none).unwrap(), did_key(key.public()).unwrap());
}

#[test]
fn whatever_else_is_presented_proves_nothing() {
    let (own, other) = (key(KeyType::Ed25519, 1), key(KeyType::Ed25519, 2));
    let another = did_key(other.public()).unwrap();
    let holder = presented(&own, |document, _| document["holder"] = json!(another));
    assert!(matches!(judged(&holder), Err(PossessionError::Malformed { place: "/holder", .. })));
    let purpose = presented(&own, |_, options| options.purpose = "assertionMethod");
    assert!(matches!(judged(&purpose), Err(PossessionError::Malformed { .. })));
    for challenge in [None, Some("c-2")] {
        let text = presented(&own, |_, options| options.challenge = challenge);
        assert!(judged(&text).is_err(), "{challenge:?}");
    }
    for domain in [None, Some("elsewhere.example.org")] {
        let text = presented(&own, |_, options| options.domain = domain);
        assert!(judged(&text).is_err(), "{domain:?}");
    }
    for made in ["2026-11-22T11:44:59Z", "2026-11-22T12:05:01Z"] {
        let text = presented(&own, |_, options| options.created = Some(at(made)));
        assert_eq!(judged(&text), Err(PossessionError::Time(at(made))));
    }
    let ended = presented(&own, |_, options| options.expires = Some(at("2026-11-22T11:59:59Z")));
    assert_eq!(judged(&ended), Err(PossessionError::Stale));
    // The key of another DID than the proof names.
    let method: &'static str = did_key_method(other.public()).unwrap().leak();
    let stolen = presented(&own, |document, options| {
        document["holder"] = json!(another);
        options.verification_method = method;
    });
    assert_eq!(judged(&stolen), Err(PossessionError::Suite(SuiteError::Signature)));
    let elsewhere = presented(&own, |document, options| {
        document.as_object_mut().unwrap().remove("holder");
        options.verification_method = "did:web:holder.example.org#key";
    });
    assert!(matches!(judged(&elsewhere), Err(PossessionError::Method(_))));
    let whole = presented(&own, |_, _| {});
    for (from, to) in [("c-1", "c-2"), ("VerifiablePresentation", "Profile")] {
        assert!(judged(&whole.replacen(from, to, 1)).is_err(), "{from}");
    }
    let mut twice: Json = serde_json::from_str(&whole).unwrap();
    twice["proof"] = json!([twice["proof"], twice["proof"]]);
    assert!(judged(&twice.to_string()).is_err());
    assert!(judged("{}").is_err() && judged("[]").is_err());
}

/// A proof token with these claims.
fn proof(key: &PrivateKey, kid: Option<&str>, typ: &'static str, claims: &Json) -> String {
    let header = SignHeader { kid, typ: Some(typ), cty: None };
    sign(claims.to_string().as_bytes(), &header, key).unwrap()
}

fn claims() -> Json {
    json!({ "aud": "badges.example.org", "nonce": "n-1", "iat": at(NOW).as_second() })
}

fn read(text: &str) -> Result<String, PossessionError> {
    let fresh = |nonce: &str| nonce == "n-1";
    token(text, &asked(&fresh))
}

const TYP: &str = "openid4vci-proof+jwt";

#[test]
fn a_token_proves_the_did_that_it_names() {
    for kind in [KeyType::Ed25519, KeyType::P256] {
        let key = key(kind, 3);
        let (did, method) = (did_key(key.public()).unwrap(), did_key_method(key.public()).unwrap());
        for kid in [&method, &did] {
            assert_eq!(read(&proof(&key, Some(kid), TYP, &claims())).unwrap(), did);
        }
        let jwk = format!("did:jwk:{}", base64url(key.public().to_jwk().to_string().as_bytes()));
        let named = format!("{jwk}#0");
        assert_eq!(read(&proof(&key, Some(&named), TYP, &claims())).unwrap(), jwk);
    }
}

#[test]
fn a_token_for_something_else_proves_nothing() {
    let (own, other) = (key(KeyType::Ed25519, 3), key(KeyType::Ed25519, 4));
    let method = did_key_method(own.public()).unwrap();
    let of = |claims: Json| read(&proof(&own, Some(&method), TYP, &claims));
    assert!(of(claims()).is_ok());
    for (name, value) in [
        ("nonce", json!("n-2")),
        ("nonce", Json::Null),
        ("aud", json!("elsewhere.example.org")),
        ("aud", Json::Null),
        ("iat", json!(at(NOW).as_second() - 901)),
        ("iat", json!(at(NOW).as_second() + 301)),
        ("iat", json!("now")),
        ("iat", json!(1e300)),
        ("iat", Json::Null),
    ] {
        let mut changed = claims();
        changed[name] = value.clone();
        assert!(of(changed).is_err(), "{name} {value}");
    }
    assert!(read(&proof(&own, Some(&method), "JWT", &claims())).is_err());
    assert!(read(&proof(&own, None, TYP, &claims())).is_err());
    assert_eq!(
        read(&proof(&other, Some(&method), TYP, &claims())),
        Err(PossessionError::Signature(VerifyError::Signature))
    );
    let web = Some("did:web:holder.example.org#key");
    assert!(matches!(read(&proof(&own, web, TYP, &claims())), Err(PossessionError::Method(_))));
    for broken in ["", "a.b.c", "eyJ.eyJ.x"] {
        assert!(read(broken).is_err());
    }
}
