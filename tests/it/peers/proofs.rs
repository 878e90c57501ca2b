//! Our signatures before independent software, and theirs before ours.

use accolade::bundled::contexts;
use accolade::json::{self, Value as Ours};
use accolade::proof::did::{ControllerDocument, Did, Relationship, did_key, did_key_method};
use accolade::proof::encoding::base64url;
use accolade::proof::jws::{self, Compact, SignHeader};
use accolade::proof::key::{KeyType, PrivateKey};
use accolade::proof::suite::{Proof, ProofOptions, Suite, check, proofs, sign};
use accolade::world::Random;
use serde_json::{Value, json};

use super::alter::{every_part, every_value};
use super::process::Peer;
use super::{SAMPLE, jwt_payload};
use crate::require::say;

#[test]
fn data_integrity_peers_accept_what_we_sign_and_we_accept_what_they_sign() {
    let (Some(mut bazaar), Some(mut credentials), Some(mut python)) =
        (Peer::digitalbazaar(), Peer::digitalcredentials(), Peer::openbadgeslib())
    else {
        return;
    };
    let ours = sign_with(&SAMPLE, Suite::EddsaRdfc2022);
    assert_eq!(verdict(&ours), Ok(()));
    for peer in [&mut bazaar, &mut credentials, &mut python] {
        peer.must_accept("our proof", json!({"credential": ours}));
        for altered in every_value(&ours).iter().step_by(5) {
            peer.must_refuse(&altered.what, json!({"credential": altered.value}));
        }
    }
    let (mut accepted, mut refused) = (0, 0);
    for theirs in [
        ours,
        bazaar.ask(&json!({"do": "sign", "credential": *SAMPLE}))["credential"].take(),
        credentials.ask(&json!({"do": "sign", "credential": *SAMPLE}))["credential"].take(),
    ] {
        assert_eq!(verdict(&theirs), Ok(()));
        accepted += 1;
        for altered in every_value(&theirs) {
            assert!(verdict(&altered.value).is_err(), "{}", altered.what);
            refused += 1;
        }
    }
    for peer in [&bazaar, &credentials, &python] {
        say(format_args!("our proofs before others: {}", peer.tally()));
    }
    say(format_args!(
        "their proofs and ours before us: accepted {accepted}, refused {refused} altered"
    ));
}

#[test]
fn credentials_of_the_older_data_model_are_signed_and_checked_alike() {
    let (Some(mut bazaar), Some(mut credentials)) =
        (Peer::digitalbazaar(), Peer::digitalcredentials())
    else {
        return;
    };
    let older = older_data_model();
    let ours = sign_with(&older, Suite::EddsaRdfc2022);
    let (mut accepted, mut refused) = (0, 0);
    for peer in [&mut bazaar, &mut credentials] {
        peer.must_accept("our proof", json!({"credential": ours}));
        for altered in every_value(&ours).iter().step_by(9) {
            peer.must_refuse(&altered.what, json!({"credential": altered.value}));
        }
        let theirs = peer.ask(&json!({"do": "sign", "credential": older}))["credential"].take();
        assert_eq!(verdict(&theirs), Ok(()));
        accepted += 1;
        for altered in every_value(&theirs) {
            assert!(verdict(&altered.value).is_err(), "{}", altered.what);
            refused += 1;
        }
    }
    for peer in [&bazaar, &credentials] {
        say(format_args!("our proofs, data model 1.1: {}", peer.tally()));
    }
    say(format_args!(
        "their proofs, data model 1.1: accepted {accepted}, refused {refused} altered"
    ));
}

/// The sample under Verifiable Credentials Data Model 1.1.
fn older_data_model() -> Value {
    let mut credential = SAMPLE.clone();
    credential["@context"] = json!([
        "https://www.w3.org/2018/credentials/v1",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://w3id.org/security/data-integrity/v2",
    ]);
    let members = credential.as_object_mut().unwrap();
    for (new, old) in [("validFrom", "issuanceDate"), ("validUntil", "expirationDate")] {
        let date = members.remove(new).unwrap();
        members.insert(old.into(), date);
    }
    for member in ["credentialStatus", "awardedDate", "endorsement"] {
        members.remove(member);
    }
    credential
}

#[test]
fn jwt_peers_accept_what_we_sign_and_we_accept_what_they_sign() {
    let Some(mut jose) = Peer::jose() else { return };
    let algorithms = json!(["EdDSA", "ES256", "RS256"]);
    let (mut accepted, mut refused) = (0, 0);
    for (key_type, alg) in
        [(KeyType::Ed25519, "EdDSA"), (KeyType::P256, "ES256"), (KeyType::Rsa, "RS256")]
    {
        let key = PrivateKey::generate(key_type, &Random::seeded(31)).unwrap();
        let jwk = key.public().to_jwk().to_string();
        let did = format!("did:jwk:{}", base64url(jwk.as_bytes()));
        let mut payload = jwt_payload(&SAMPLE);
        payload["iss"] = json!(did);
        payload["issuer"]["id"] = json!(did);
        let kid = format!("{did}#0");
        let header = SignHeader { kid: Some(&kid), typ: Some("JWT"), cty: None };
        let ours = jws::sign(payload.to_string().as_bytes(), &header, &key).unwrap();
        jose.must_accept(alg, json!({"jwt": ours, "algorithms": algorithms}));
        for altered in every_part(&ours) {
            let what = format!("our {alg} with {}", altered.what);
            jose.must_refuse(&what, json!({"jwt": altered.value, "algorithms": algorithms}));
        }
        let theirs = jose.ask(&json!({
            "do": "sign", "alg": alg, "header": {"typ": "JWT"}, "payload": jwt_payload(&SAMPLE)
        }));
        for token in [ours, theirs["jwt"].as_str().unwrap().to_owned()] {
            assert!(token_holds(&token), "{alg}");
            accepted += 1;
            for altered in every_part(&token) {
                assert!(!token_holds(&altered.value), "{alg} with {}", altered.what);
                refused += 1;
            }
        }
    }
    say(format_args!("our tokens before others: {}", jose.tally()));
    say(format_args!(
        "their tokens and ours before us: accepted {accepted}, refused {refused} altered"
    ));
}

fn sign_with(unsigned: &Value, suite: Suite) -> Value {
    let key = PrivateKey::generate(KeyType::Ed25519, &Random::seeded(30)).unwrap();
    let mut credential = unsigned.clone();
    credential["issuer"]["id"] = json!(did_key(key.public()).unwrap());
    let options = ProofOptions {
        verification_method: &did_key_method(key.public()).unwrap(),
        created: Some("2026-01-15T09:30:00Z".parse().unwrap()),
        ..ProofOptions::default()
    };
    let proof = sign(&Ours::from(&credential), suite, &options, &key, contexts()).unwrap();
    credential["proof"] = proof;
    credential
}

/// What the proof module alone can say of a credential of a did:key: that its one proof is the
/// issuer's, for assertions, and holds.
fn verdict(credential: &Value) -> Result<(), String> {
    let text = credential.to_string();
    let document = json::parse(&text).map_err(|error| error.to_string())?;
    let [proof] = proofs(&document).map_err(|error| error.to_string())? else {
        return Err("not one proof".into());
    };
    let claims = Proof::parse(proof).map_err(|error| error.to_string())?;
    let method = claims.verification_method;
    let issuer = document.pointer("/issuer/id").and_then(Ours::as_str).unwrap_or_default();
    if ControllerDocument::id_for_method(method).as_deref() != Some(issuer) {
        return Err("the key is not the issuer's".into());
    }
    if claims.purpose != "assertionMethod" {
        return Err("the proof is for something else".into());
    }
    let key = own_key(issuer, method)?;
    check(&document, proof, &key, contexts()).map(|_| ()).map_err(|error| error.to_string())
}

fn token_holds(token: &str) -> bool {
    let Ok(token) = Compact::parse(token) else { return false };
    let Some(kid) = token.header().kid() else { return false };
    let Some(did) = ControllerDocument::id_for_method(kid) else { return false };
    own_key(&did, kid).is_ok_and(|key| jws::verify(&token, &key).is_ok())
}

fn own_key(did: &str, method: &str) -> Result<accolade::proof::key::PublicKey, String> {
    let did = Did::parse(did).map_err(|error| error.to_string())?;
    let document = did.own_document().map_err(|error| error.to_string())?.ok_or("no key in it")?;
    let method =
        document.find(method, Relationship::Assertion).map_err(|error| error.to_string())?;
    method.key().map_err(|error| error.to_string())
}
