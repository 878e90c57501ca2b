//! What proofs must and must not let through; the published vectors are in `tests/it`.

use super::*;
use crate::json::{self, Value};
use crate::linked_data::Contexts;
use crate::proof::encoding::base58;
use crate::proof::key::{PrivateKey, PublicKey};
use crate::world::Random;

/// A small vocabulary of our own; what the published contexts do is tested with them.
const CONTEXT: &str = r#"{"@context": {
    "@protected": true, "id": "@id", "type": "@type",
    "name": "https://vocab.example/name",
    "Note": "https://vocab.example/Note",
    "author": {"@id": "https://vocab.example/author", "@type": "@id"},
    "proof": {"@id": "https://w3id.org/security#proof", "@type": "@id", "@container": "@graph"},
    "DataIntegrityProof": {"@id": "https://w3id.org/security#DataIntegrityProof", "@context": {
        "id": "@id", "type": "@type",
        "cryptosuite": "https://w3id.org/security#cryptosuite",
        "created": "http://purl.org/dc/terms/created",
        "expires": "https://w3id.org/security#expiration",
        "domain": "https://w3id.org/security#domain",
        "challenge": "https://w3id.org/security#challenge",
        "proofPurpose": {"@id": "https://w3id.org/security#proofPurpose", "@type": "@vocab"},
        "proofValue": "https://w3id.org/security#proofValue",
        "previousProof": {"@id": "https://w3id.org/security#previousProof", "@type": "@id"},
        "verificationMethod": {"@id": "https://w3id.org/security#verificationMethod", "@type": "@id"},
        "assertionMethod": {"@id": "https://w3id.org/security#assertionMethod", "@type": "@id"}
    }},
    "Ed25519Signature2020": {"@id": "https://w3id.org/security#Ed25519Signature2020", "@context": {
        "id": "@id", "type": "@type",
        "previousProof": {"@id": "https://w3id.org/security#previousProof", "@type": "@id"},
        "created": "http://purl.org/dc/terms/created",
        "proofPurpose": {"@id": "https://w3id.org/security#proofPurpose", "@type": "@vocab"},
        "proofValue": "https://w3id.org/security#proofValue",
        "verificationMethod": {"@id": "https://w3id.org/security#verificationMethod", "@type": "@id"},
        "assertionMethod": {"@id": "https://w3id.org/security#assertionMethod", "@type": "@id"}
    }}
}}"#;

const URL: &str = "https://vocab.example/v1";
const METHOD: &str = "did:web:issuer.example#key";

fn contexts() -> Contexts {
    Contexts::new([
        (URL.to_owned(), CONTEXT.to_owned()),
        (
            "https://vocab.example/v2".to_owned(),
            r#"{"@context":{"more":"https://m.example/m"}}"#.into(),
        ),
    ])
    .unwrap()
}

fn note() -> serde_json::Value {
    serde_json::json!({
        "@context": [URL],
        "id": "urn:uuid:9c1d3a0e-5f0f-4d65-8a53-3f5d1ce6e9a1",
        "type": "Note",
        "name": "One",
        "author": {"id": "https://author.example/", "name": "Ada"},
    })
}

fn options() -> ProofOptions<'static> {
    ProofOptions {
        verification_method: METHOD,
        created: Some("2026-01-02T03:04:05Z".parse().unwrap()),
        ..ProofOptions::default()
    }
}

fn signed(suite: Suite, key: &PrivateKey) -> serde_json::Value {
    let mut document = note();
    let proof = sign(&(&document).into(), suite, &options(), key, &contexts()).unwrap();
    document["proof"] = proof;
    document
}

fn verdict(document: &serde_json::Value, key: &PublicKey) -> Result<(), SuiteError> {
    let document: Value<'static> = document.into();
    let proofs = proofs(&document)?;
    let mut last = Err(SuiteError::NoProof);
    for proof in proofs {
        last = check(&document, proof, key, &contexts()).map(|_| ());
        last.clone()?;
    }
    last
}

fn key(key_type: KeyType) -> PrivateKey {
    PrivateKey::generate(key_type, &Random::seeded(21)).unwrap()
}

const PAIRS: [(Suite, KeyType); 7] = [
    (Suite::EddsaRdfc2022, KeyType::Ed25519),
    (Suite::EddsaJcs2022, KeyType::Ed25519),
    (Suite::EcdsaRdfc2019, KeyType::P256),
    (Suite::EcdsaRdfc2019, KeyType::P384),
    (Suite::EcdsaJcs2019, KeyType::P256),
    (Suite::EcdsaJcs2019, KeyType::P384),
    (Suite::Ed25519Signature2020, KeyType::Ed25519),
];

#[test]
fn every_suite_checks_what_it_signed_and_no_other_key_does() {
    for (suite, key_type) in PAIRS {
        let key = key(key_type);
        let other = PrivateKey::generate(key_type, &Random::seeded(22)).unwrap();
        let document = signed(suite, &key);
        assert_eq!(verdict(&document, key.public()), Ok(()), "{suite} {key_type}");
        assert_eq!(verdict(&document, other.public()), Err(SuiteError::Signature));
    }
}

#[test]
fn di_tamper_every_change_of_a_value_is_a_wrong_signature() {
    for (suite, key_type) in PAIRS {
        let key = key(key_type);
        let good = signed(suite, &key);
        for (pointer, value) in [
            ("/id", "urn:uuid:0c1d3a0e-5f0f-4d65-8a53-3f5d1ce6e9a1"),
            ("/name", "Two"),
            ("/author/id", "https://other.example/"),
            ("/author/name", "Eve"),
            ("/proof/created", "2026-01-02T03:04:06Z"),
            ("/proof/verificationMethod", "did:web:other.example#key"),
            ("/proof/proofPurpose", "https://w3id.org/security#authenticationMethod"),
        ] {
            let mut document = good.clone();
            *document.pointer_mut(pointer).unwrap() = value.into();
            let verdict = verdict(&document, key.public());
            assert_eq!(verdict, Err(SuiteError::Signature), "{suite} {key_type} {pointer}");
        }
        let mut more = good.clone();
        more["proof"]["name"] = "Eve".into();
        assert!(verdict(&more, key.public()).is_err(), "{suite}");
        let mut less = good.clone();
        less.as_object_mut().unwrap().remove("name");
        assert_eq!(verdict(&less, key.public()), Err(SuiteError::Signature));
    }
}

#[test]
fn di_undef_a_member_that_no_context_defines_is_named_and_never_signed() {
    let key = key(KeyType::Ed25519);
    let mut document = signed(Suite::EddsaRdfc2022, &key);
    document["author"]["salary"] = 7.into();
    let error = verdict(&document, key.public()).unwrap_err();
    let SuiteError::Canonical { part: Part::Document, error } = error else { panic!("{error}") };
    assert_eq!(error.pointer(), Some("/author/salary"));
    let value: Value<'static> = (&document).into();
    let error = sign(&value, Suite::EddsaRdfc2022, &options(), &key, &contexts()).unwrap_err();
    assert!(matches!(error, SuiteError::Canonical { part: Part::Document, .. }));

    let mut document = signed(Suite::EddsaRdfc2022, &key);
    document["proof"]["note"] = "unsigned".into();
    let error = verdict(&document, key.public()).unwrap_err();
    assert!(matches!(error, SuiteError::Canonical { part: Part::Proof, .. }), "{error}");
}

#[test]
fn di_relative_id_is_refused_before_the_signature() {
    let key = key(KeyType::Ed25519);
    let mut document = signed(Suite::EddsaRdfc2022, &key);
    document["author"]["id"] = "relative".into();
    let error = verdict(&document, key.public()).unwrap_err();
    assert!(matches!(error, SuiteError::Canonical { part: Part::Document, .. }), "{error}");
}

#[test]
fn di_ctx_an_unknown_context_is_not_a_wrong_signature() {
    let key = key(KeyType::Ed25519);
    let mut document = signed(Suite::EddsaRdfc2022, &key);
    document["@context"] = serde_json::json!([URL, "https://unknown.example/v1"]);
    let error = verdict(&document, key.public()).unwrap_err();
    assert!(matches!(
        error,
        SuiteError::Canonical { error: linked_data::Error::UnknownContext(url), .. }
            if url == "https://unknown.example/v1"
    ));
}

#[test]
fn di_ctx_a_context_in_the_proof_must_be_the_one_of_the_document() {
    let key = key(KeyType::Ed25519);
    let mut rdfc = signed(Suite::EddsaRdfc2022, &key);
    rdfc["proof"]["@context"] = serde_json::json!([URL]);
    assert_eq!(verdict(&rdfc, key.public()), Ok(()));
    rdfc["proof"]["@context"] = serde_json::json!(["https://vocab.example/v2"]);
    let error = verdict(&rdfc, key.public()).unwrap_err();
    assert!(matches!(error, SuiteError::Malformed { member: "@context", .. }));

    let jcs = signed(Suite::EddsaJcs2022, &key);
    let mut extended = jcs.clone();
    extended["@context"] = serde_json::json!([URL, "https://vocab.example/v2"]);
    let value: Value<'static> = (&extended).into();
    let prepared = check(&value, value.get("proof").unwrap(), key.public(), &contexts()).unwrap();
    assert_eq!(prepared.unsigned_contexts, 1);
    let mut swapped = jcs.clone();
    swapped["@context"] = serde_json::json!(["https://vocab.example/v2", URL]);
    let error = verdict(&swapped, key.public()).unwrap_err();
    assert!(matches!(error, SuiteError::Malformed { member: "@context", .. }));
    let mut removed = jcs;
    removed["proof"].as_object_mut().unwrap().remove("@context");
    assert_eq!(verdict(&removed, key.public()), Err(SuiteError::Signature));
}

#[test]
fn di_proof_suites_and_types_cannot_be_exchanged() {
    for (suite, key_type) in PAIRS {
        let key = key(key_type);
        for (other, _) in PAIRS {
            if other == suite {
                continue;
            }
            let mut document = signed(suite, &key);
            let rules = other.rules();
            let proof = document["proof"].as_object_mut().unwrap();
            proof.insert("type".into(), rules.proof_type.into());
            match rules.cryptosuite {
                Some(name) => proof.insert("cryptosuite".into(), name.into()),
                None => proof.remove("cryptosuite"),
            };
            assert!(verdict(&document, key.public()).is_err(), "{suite} as {other}");
        }
    }
}

#[test]
fn di_proof_what_is_malformed_is_told_apart_from_what_is_unknown() {
    let key = key(KeyType::Ed25519);
    let good = signed(Suite::EddsaRdfc2022, &key);
    let changed = |member: &str, value: serde_json::Value| {
        let mut document = good.clone();
        document["proof"][member] = value;
        verdict(&document, key.public()).unwrap_err()
    };
    for (member, value) in [
        ("type", serde_json::json!(["DataIntegrityProof"])),
        ("type", serde_json::Value::Null),
        ("cryptosuite", serde_json::json!(7)),
        ("cryptosuite", serde_json::json!("")),
        ("proofPurpose", serde_json::json!({})),
        ("verificationMethod", serde_json::json!(["a"])),
        ("created", serde_json::json!("yesterday")),
        ("created", serde_json::json!("2026-01-02")),
        ("created", serde_json::json!("2026-01-02T03:04:05")),
        ("expires", serde_json::json!(1)),
        ("proofValue", serde_json::json!("")),
        ("proofValue", serde_json::json!("u7wqR")),
        ("proofValue", serde_json::json!("z0OIl")),
        ("proofValue", serde_json::json!(base58(&[7; 63]))),
        ("proofValue", serde_json::json!(base58(&[7; 65]))),
        ("proofValue", serde_json::json!(format!("z{}", "2".repeat(1 << 20)))),
        ("previousProof", serde_json::json!([7])),
    ] {
        let error = changed(member, value.clone());
        assert!(
            matches!(&error, SuiteError::Malformed { member: named, .. } if *named == member),
            "{member} {error}"
        );
    }
    for (member, name) in [("cryptosuite", "eddsa-rdfc-2099"), ("type", "RsaSignature2018")] {
        assert_eq!(changed(member, name.into()), SuiteError::UnknownSuite(name.into()));
    }
    for proof in [serde_json::Value::Null, serde_json::json!([])] {
        let mut document = good.clone();
        document["proof"] = proof;
        assert_eq!(verdict(&document, key.public()), Err(SuiteError::NoProof));
    }
    let mut document = good.clone();
    document["proof"] = "z".into();
    assert!(matches!(
        verdict(&document, key.public()),
        Err(SuiteError::Malformed { member: "", .. })
    ));
    document["proof"] = vec![good["proof"].clone(); MAX_PROOFS + 1].into();
    assert_eq!(verdict(&document, key.public()), Err(SuiteError::TooManyProofs(MAX_PROOFS + 1)));
    assert!(matches!(proofs(&json::parse("[]").unwrap()), Err(SuiteError::DocumentKind(_))));
}

#[test]
fn di_key_type_a_key_of_another_kind_is_refused_before_any_work() {
    let document = signed(Suite::EddsaRdfc2022, &key(KeyType::Ed25519));
    for key_type in [KeyType::P256, KeyType::P384, KeyType::Rsa] {
        let error = verdict(&document, key(key_type).public()).unwrap_err();
        assert_eq!(error, SuiteError::KeyType { suite: Suite::EddsaRdfc2022, key: key_type });
    }
    let rsa = key(KeyType::Rsa);
    let note: Value<'static> = (&note()).into();
    let error = sign(&note, Suite::EddsaRdfc2022, &options(), &rsa, &contexts()).unwrap_err();
    assert!(matches!(error, SuiteError::KeyType { .. }));
    assert_eq!(Suite::for_key(KeyType::Rsa), None);
    assert_eq!(Suite::for_key(KeyType::Ed25519), Some(Suite::EddsaRdfc2022));
    assert_eq!(Suite::for_key(KeyType::P256), Some(Suite::EcdsaRdfc2019));
}

#[test]
fn di_set_each_proof_of_a_set_stands_for_itself() {
    let issuer = key(KeyType::Ed25519);
    let attacker = PrivateKey::ed25519(&[66; 32]).unwrap();
    let mut document = note();
    let value: Value<'static> = (&document).into();
    let make = |suite, key: &PrivateKey| sign(&value, suite, &options(), key, &contexts()).unwrap();
    document["proof"] = serde_json::json!([
        make(Suite::EddsaRdfc2022, &attacker),
        make(Suite::EddsaRdfc2022, &issuer),
        make(Suite::EddsaJcs2022, &issuer),
    ]);
    let value: Value<'static> = (&document).into();
    let verdicts: Vec<bool> = proofs(&value)
        .unwrap()
        .iter()
        .map(|proof| check(&value, proof, issuer.public(), &contexts()).is_ok())
        .collect();
    assert_eq!(verdicts, [false, true, true]);
}

/// A note with a proof, and a second one that covers the first.
fn chain(key: &PrivateKey) -> serde_json::Value {
    let mut document = note();
    let first = ProofOptions { id: Some("urn:uuid:a"), ..options() };
    let value: Value<'static> = (&document).into();
    let proof = sign(&value, Suite::EddsaRdfc2022, &first, key, &contexts()).unwrap();
    document["proof"] = serde_json::json!([proof]);
    let second = ProofOptions { previous: &["urn:uuid:a"], ..options() };
    let value: Value<'static> = (&document).into();
    let proof = sign(&value, Suite::EddsaRdfc2022, &second, key, &contexts()).unwrap();
    document["proof"].as_array_mut().unwrap().push(proof);
    document
}

/// Three proofs of any suites, of which the last covers the two before it.
#[test]
fn di_chain_a_proof_covers_the_ones_it_builds_on() {
    let keys: Vec<PrivateKey> = PAIRS.iter().map(|(_, key_type)| key(*key_type)).collect();
    for at in 0..PAIRS.len() {
        let links = [0, 1, 3].map(|step| (at + step) % PAIRS.len());
        let mut document = note();
        document["proof"] = serde_json::json!([]);
        for (number, link) in links.into_iter().enumerate() {
            let id = format!("urn:uuid:{number}");
            let previous: &[&str] = if number == 2 { &["urn:uuid:0", "urn:uuid:1"] } else { &[] };
            let options = ProofOptions { id: Some(&id), previous, ..options() };
            let value: Value<'static> = (&document).into();
            let proof = sign(&value, PAIRS[link].0, &options, &keys[link], &contexts()).unwrap();
            document["proof"].as_array_mut().unwrap().push(proof);
        }
        let verdicts = |document: &serde_json::Value| -> Vec<Result<(), SuiteError>> {
            let value: Value<'static> = document.into();
            let all = proofs(&value).unwrap();
            let keys = links.iter().map(|link| keys[*link].public());
            all.iter()
                .zip(keys)
                .map(|(proof, key)| check(&value, proof, key, &contexts()).map(|_| ()))
                .collect()
        };
        assert_eq!(verdicts(&document), [Ok(()), Ok(()), Ok(())], "{links:?}");
        let wrong = || Err(SuiteError::Signature);
        for (covered, expected) in [
            (0, [wrong(), Ok(()), wrong()]),
            (1, [Ok(()), wrong(), wrong()]),
            (2, [Ok(()), Ok(()), wrong()]),
        ] {
            let mut changed = document.clone();
            changed["proof"][covered]["created"] = "2026-01-02T03:04:06Z".into();
            assert_eq!(verdicts(&changed), expected, "{links:?}, {covered} changed");
        }
        let mut other = document.clone();
        other["name"] = "Two".into();
        assert_eq!(verdicts(&other), [wrong(), wrong(), wrong()], "{links:?}");
        // Without what it builds on, a proof holds no longer.
        let mut shorter = document.clone();
        shorter["proof"].as_array_mut().unwrap().remove(0);
        let value: Value<'static> = (&shorter).into();
        let last = &proofs(&value).unwrap()[1];
        let error = check(&value, last, keys[links[2]].public(), &contexts()).unwrap_err();
        assert!(matches!(error, SuiteError::Chain { .. }), "{error}");
    }
}

#[test]
fn di_chain_dangling_cyclic_and_ambiguous_references_are_refused() {
    let key = key(KeyType::Ed25519);
    let good = chain(&key);
    let refusal = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut document = good.clone();
        change(&mut document);
        let value: Value<'static> = (&document).into();
        let last = proofs(&value).unwrap().last().unwrap();
        match check(&value, last, key.public(), &contexts()) {
            Err(SuiteError::Chain { why, .. }) => why,
            other => panic!("{other:?}"),
        }
    };
    let dangling = refusal(&|document| document["proof"][0]["id"] = "urn:uuid:b".into());
    assert!(dangling.contains("no proof"));
    let ambiguous = refusal(&|document| {
        let first = document["proof"][0].clone();
        document["proof"].as_array_mut().unwrap().insert(0, first);
    });
    assert!(ambiguous.contains("two proofs"));
    let cyclic = refusal(&|document| {
        document["proof"][0]["previousProof"] = "urn:uuid:z".into();
        document["proof"][1]["id"] = "urn:uuid:z".into();
    });
    assert!(cyclic.contains("circle"));
    let own = refusal(&|document| {
        document["proof"][1]["id"] = "urn:uuid:z".into();
        document["proof"][1]["previousProof"] = "urn:uuid:z".into();
    });
    assert!(own.contains("circle"));
}

#[test]
fn a_batch_of_own_proofs_has_the_verdicts_of_each_alone() {
    let key = key(KeyType::Ed25519);
    let contexts = contexts();
    let documents: Vec<Value<'static>> = (0..5)
        .map(|n| {
            let mut document = note();
            document["name"] = format!("Note {n}").into();
            let value: Value<'static> = (&document).into();
            let proof = sign(&value, Suite::EddsaRdfc2022, &options(), &key, &contexts).unwrap();
            document["proof"] = proof;
            (&document).into()
        })
        .collect();
    let prepared: Vec<Prepared> = documents
        .iter()
        .map(|document| {
            let proof = Proof::parse(document.get("proof").unwrap()).unwrap();
            prepare(document, &proof, key.public(), &contexts).unwrap()
        })
        .collect();
    assert!(verify_own(&prepared).iter().all(Result::is_ok));
    for bad in 0..prepared.len() {
        let mut prepared = prepared.clone();
        prepared[bad].signed[0] ^= 1;
        let verdicts: Vec<bool> = verify_own(&prepared).iter().map(Result::is_ok).collect();
        let expected: Vec<bool> = (0..prepared.len()).map(|at| at != bad).collect();
        assert_eq!(verdicts, expected);
    }
    assert!(verify_own(&[]).is_empty());
}
