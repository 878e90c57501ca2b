//! The library's own signing and checking, before the service adds anything to it.

use accolade::bundled::contexts;
use accolade::json;
use accolade::proof::did::{DidUrl, Relationship, did_key, did_key_method};
use accolade::proof::jws::{self, Compact, SignHeader};
use accolade::proof::key::{KeyType, PrivateKey};
use accolade::proof::suite::{self, ProofOptions, Suite};
use accolade::world::Random;
use serde_json::{Value, json};

use super::alter::{every_part, every_value};
use super::process::Peer;
use super::{SAMPLE, jwt_payload};
use crate::require::say;

#[test]
fn proofs_made_by_the_library_convince_independent_software_and_theirs_convince_the_library() {
    let (Some(mut bazaar), Some(mut credentials), Some(mut python)) =
        (Peer::digitalbazaar(), Peer::digitalcredentials(), Peer::openbadgeslib())
    else {
        return;
    };
    let ours = signed_here();
    assert_eq!(checked_here(&ours), Ok(()));
    for peer in [&mut bazaar, &mut credentials, &mut python] {
        peer.must_accept("a proof of the library", json!({"credential": ours}));
    }
    let mut refused = 0;
    for altered in every_value(&ours) {
        assert!(checked_here(&altered.value).is_err(), "the library accepts {}", altered.what);
        refused += 1;
        for peer in [&mut bazaar, &mut credentials, &mut python] {
            peer.must_refuse(&altered.what, json!({"credential": altered.value}));
        }
    }
    for peer in [&mut bazaar, &mut credentials] {
        let theirs = peer.ask(&json!({"do": "sign", "credential": *SAMPLE}));
        assert_eq!(checked_here(&theirs["credential"]), Ok(()), "{}", peer.name);
        for altered in every_value(&theirs["credential"]) {
            assert!(checked_here(&altered.value).is_err(), "{} {}", peer.name, altered.what);
            refused += 1;
        }
    }
    for peer in [&bazaar, &credentials, &python] {
        say(format_args!("proof of the library: {}", peer.tally()));
    }
    say(format_args!(
        "the library accepted 3 proofs, 2 of them by others, refused {refused} altered"
    ));
}

#[test]
fn tokens_made_by_the_library_convince_independent_software() {
    let (Some(mut jose), Some(mut python)) = (Peer::jose(), Peer::openbadgeslib()) else { return };
    for (key_type, alg) in
        [(KeyType::Ed25519, "EdDSA"), (KeyType::P256, "ES256"), (KeyType::Rsa, "RS256")]
    {
        let key = PrivateKey::generate(key_type, &Random::system()).unwrap();
        let kid = did_key_method(key.public())
            .filter(|_| key_type == KeyType::Ed25519)
            .unwrap_or_else(|| "https://badges.example.org/keys/1".to_owned());
        let mut credential = SAMPLE.clone();
        if key_type == KeyType::Ed25519 {
            credential["issuer"]["id"] = json!(did_key(key.public()).unwrap());
        }
        let payload = jwt_payload(&credential).to_string();
        let header = SignHeader { kid: Some(&kid), typ: Some("JWT"), cty: None };
        let jwt = jws::sign(payload.as_bytes(), &header, &key).unwrap();
        let documents = json!({&kid: key.public().to_jwk()});
        let ask = |jwt: &str| match key_type {
            KeyType::Ed25519 => json!({"jwt": jwt, "algorithms": [alg], "status": false}),
            _ => json!({"jwt": jwt, "algorithms": [alg], "documents": documents}),
        };
        jose.must_accept(alg, ask(&jwt));
        if key_type == KeyType::Ed25519 {
            python.must_accept(alg, ask(&jwt));
        }
        for altered in every_part(&jwt) {
            let what = format!("{alg} with {}", altered.what);
            jose.must_refuse(&what, ask(&altered.value));
            if key_type == KeyType::Ed25519 {
                python.must_refuse(&what, ask(&altered.value));
            }
            let accepted = Compact::parse(&altered.value)
                .is_ok_and(|token| jws::verify(&token, key.public()).is_ok());
            assert!(!accepted, "the library accepts {what}");
        }
    }
    for peer in [&jose, &python] {
        say(format_args!("token of the library: {}", peer.tally()));
    }
}

fn signed_here() -> Value {
    let key = PrivateKey::generate(KeyType::Ed25519, &Random::system()).unwrap();
    let mut credential = SAMPLE.clone();
    credential["issuer"]["id"] = json!(did_key(key.public()).unwrap());
    let options = ProofOptions {
        verification_method: &did_key_method(key.public()).unwrap(),
        created: Some("2026-01-15T09:30:00Z".parse().unwrap()),
        ..ProofOptions::default()
    };
    let document = json::Value::from(&credential);
    let proof = suite::sign(&document, Suite::EddsaRdfc2022, &options, &key, contexts()).unwrap();
    credential["proof"] = proof;
    credential
}

/// The proof, made by the key of a did:key that may assert and is the issuer.
fn checked_here(credential: &Value) -> Result<(), String> {
    let document = json::Value::from(credential);
    let proofs = suite::proofs(&document).map_err(|error| error.to_string())?;
    let [proof] = proofs else { return Err(format!("{} proofs", proofs.len())) };
    let parsed = suite::Proof::parse(proof).map_err(|error| error.to_string())?;
    let method = proof.get("verificationMethod").and_then(json::Value::as_str).unwrap_or_default();
    let url = DidUrl::parse(method).map_err(|error| error.to_string())?;
    let issuer = credential["issuer"]["id"].as_str().unwrap_or_default();
    if url.did().as_str() != issuer {
        return Err("another issuer".to_owned());
    }
    let controller = url.did().own_document().map_err(|error| error.to_string())?;
    let controller = controller.ok_or("no document")?;
    if parsed.purpose != "assertionMethod" {
        return Err("made for something else".to_owned());
    }
    let method = controller.find(method, Relationship::Assertion);
    let key = method.map_err(|error| error.to_string())?.key();
    let key = key.map_err(|error| error.to_string())?;
    suite::check(&document, proof, &key, contexts()).map(|_| ()).map_err(|error| error.to_string())
}
