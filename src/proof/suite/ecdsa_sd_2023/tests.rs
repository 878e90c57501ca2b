//! What holders can show, and what nobody can change; the published vectors are compared too.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::create::create_with;
use super::group::Statements;
use super::*;
use crate::json::{self, Value};
use crate::linked_data::{Contexts, Options, trace};
use crate::proof::encoding::hex;
use crate::proof::key::{PrivateKey, PublicKey};
use crate::proof::suite::prepared::unsecured;
use crate::proof::suite::{Proof, ProofOptions, Suite, SuiteError, check, forms, proofs, sign};
use crate::world::Random;

const CONTEXT: &str = r#"{"@context": {
    "@protected": true, "id": "@id", "type": "@type",
    "name": "https://v.example/name",
    "Course": "https://v.example/Course",
    "grade": "https://v.example/grade",
    "taught": {"@id": "https://v.example/taught", "@type": "@id"},
    "data": {"@id": "https://v.example/data", "@type": "@json"},
    "steps": {"@id": "https://v.example/steps", "@container": "@list"},
    "label": {"@id": "https://v.example/label", "@container": "@language"},
    "by": {"@id": "https://v.example/by", "@container": "@index"},
    "more": "@nest",
    "proof": {"@id": "https://w3id.org/security#proof", "@type": "@id", "@container": "@graph"},
    "DataIntegrityProof": {"@id": "https://w3id.org/security#DataIntegrityProof", "@context": {
        "id": "@id", "type": "@type",
        "cryptosuite": "https://w3id.org/security#cryptosuite",
        "created": "http://purl.org/dc/terms/created",
        "proofPurpose": {"@id": "https://w3id.org/security#proofPurpose", "@type": "@vocab"},
        "proofValue": "https://w3id.org/security#proofValue",
        "previousProof": {"@id": "https://w3id.org/security#previousProof", "@type": "@id"},
        "verificationMethod": {"@id": "https://w3id.org/security#verificationMethod", "@type": "@id"},
        "assertionMethod": {"@id": "https://w3id.org/security#assertionMethod", "@type": "@id"}
    }}
}}"#;

fn contexts() -> Contexts {
    Contexts::new([("https://v.example/v1".to_owned(), CONTEXT.to_owned())]).unwrap()
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A course with two unnamed results, signed with a base proof; its name is mandatory.
fn base(key: &PrivateKey) -> serde_json::Value {
    let document = serde_json::json!({
        "@context": ["https://v.example/v1"],
        "type": "Course",
        "name": "Chemistry",
        "taught": [{"name": "Ada", "grade": 1}, {"name": "Bo", "grade": 2}],
    });
    with_base(document, &["/name"], key, &[]).unwrap()
}

fn options<'a>(previous: &'a [&'a str]) -> ProofOptions<'a> {
    ProofOptions {
        verification_method: "did:web:school.example#p",
        created: Some("2026-01-02T03:04:05Z".parse().unwrap()),
        previous,
        ..ProofOptions::default()
    }
}

/// The document with one proof more: a base proof.
fn with_base(
    mut document: serde_json::Value,
    mandatory: &[&str],
    key: &PrivateKey,
    previous: &[&str],
) -> Result<serde_json::Value, SuiteError> {
    let mandatory = strings(mandatory);
    let base = BaseOptions { proof: options(previous), mandatory: &mandatory };
    let value = Value::from(&document);
    let proof = create(&value, &base, key, &Random::seeded(5), &contexts())?;
    match &mut document["proof"] {
        serde_json::Value::Array(proofs) => proofs.push(proof),
        none => *none = proof,
    }
    Ok(document)
}

fn key() -> PrivateKey {
    PrivateKey::generate(KeyType::P256, &Random::seeded(4)).unwrap()
}

fn shown(document: &serde_json::Value, pointers: &[&str]) -> Value<'static> {
    derive(&document.into(), &strings(pointers), &contexts()).unwrap()
}

fn verdict(document: &Value<'_>, key: &PublicKey) -> Result<(), SuiteError> {
    check(document, &proofs(document)?[0], key, &contexts()).map(|_| ())
}

#[test]
fn a_holder_shows_what_she_chooses_and_what_is_mandatory() {
    let key = key();
    let base = base(&key);
    for pointers in
        [&[][..], &["/taught/1/grade"], &["/taught"], &[""], &["/taught/0", "/taught/1"]]
    {
        let shown = shown(&base, pointers);
        assert_eq!(verdict(&shown, key.public()), Ok(()), "{pointers:?}");
        assert_eq!(shown.str_of("name"), Some("Chemistry"));
    }
    let one = shown(&base, &["/taught/1/grade"]).to_string();
    assert!(one.contains(r#"{"grade":2}"#), "{one}");
    assert!(!one.contains("Ada") && !one.contains("Bo"));
}

#[test]
fn nothing_that_is_shown_can_be_changed_added_or_hidden() {
    let key = key();
    let good = serde_json::Value::from(&shown(&base(&key), &["/taught/1/grade"]));
    let other = PrivateKey::generate(KeyType::P256, &Random::seeded(9)).unwrap();
    assert_eq!(verdict(&(&good).into(), other.public()), Err(SuiteError::Signature));
    for (pointer, value) in [
        ("/name", serde_json::json!("Physics")),
        ("/taught/0/grade", serde_json::json!(1)),
        ("/proof/created", serde_json::json!("2026-01-02T03:04:06Z")),
    ] {
        let mut changed = good.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        let verdict = verdict(&(&changed).into(), key.public());
        assert_eq!(verdict, Err(SuiteError::Signature), "{pointer}");
    }
    let mut more = good.clone();
    more["grade"] = 9.into();
    assert!(verdict(&(&more).into(), key.public()).is_err());
    let mut less = good.clone();
    less.as_object_mut().unwrap().remove("name");
    assert!(verdict(&(&less).into(), key.public()).is_err());
    let mut undefined = good.clone();
    undefined["salary"] = 9.into();
    let error = verdict(&(&undefined).into(), key.public()).unwrap_err();
    assert!(matches!(error, SuiteError::Canonical { .. }));
}

#[test]
fn a_base_proof_is_not_for_verifiers_and_a_derived_one_not_for_deriving() {
    let key = key();
    let base = base(&key);
    let error = verdict(&(&base).into(), key.public()).unwrap_err();
    assert!(error.to_string().contains("base proof"), "{error}");
    let derived = shown(&base, &[]);
    assert!(derive(&derived, &[], &contexts()).is_err());
    let error = derive(&(&base).into(), &strings(&["/none"]), &contexts()).unwrap_err();
    assert_eq!(error, SuiteError::Pointer("/none".into()));
}

#[test]
fn malformed_proof_values_are_told_from_wrong_signatures() {
    let key = key();
    let good = serde_json::Value::from(&shown(&base(&key), &["/taught/1/grade"]));
    let value = good["proof"]["proofValue"].as_str().unwrap().to_owned();
    for bad in [
        "z6Mk".to_owned(),
        "u".to_owned(),
        "u2V0B".to_owned(),
        value[..value.len() - 4].to_owned(),
        format!("{value}AAAA"),
        format!("u{}", "A".repeat(300 * 1024)),
    ] {
        let mut document = good.clone();
        document["proof"]["proofValue"] = bad.clone().into();
        let error = verdict(&(&document).into(), key.public()).unwrap_err();
        assert!(
            matches!(error, SuiteError::Malformed { member: "proofValue", .. }),
            "{error} for {}",
            &bad[..bad.len().min(40)]
        );
    }
}

/// Everything that makes statements without being an object with a name.
fn odd() -> serde_json::Value {
    serde_json::json!({
        "@context": ["https://v.example/v1"],
        "name": "n",
        "data": {"a": {"b": 1}, "c": [{}, {}]},
        "steps": [{"name": "first"}, "second", {"name": "third"}],
        "label": {"en": "hello", "de": "hallo"},
        "by": {"x": {"grade": 1}, "y": {"grade": 2}},
        "more": {"grade": 3},
        "taught": [{"id": "_:a", "name": "Ada"}, {"id": "_:b", "name": "Bo", "taught": "_:a"}],
        "proof": [{"type": "DataIntegrityProof", "cryptosuite": "x", "id": "urn:1"},
                  {"type": "DataIntegrityProof", "cryptosuite": "x", "id": "urn:2"}],
    })
}

#[test]
fn graphs_lists_maps_and_literals_are_shown_whole_or_in_part() {
    let key = key();
    // Proofs of the document itself are not signed, those of a part of it are.
    let document = serde_json::json!({
        "@context": ["https://v.example/v1"], "name": "outer", "by": {"k": odd()},
    });
    let base = with_base(document, &["/name"], &key, &[]).unwrap();
    for pointers in [
        &["/by/k/data"][..],
        &["/by/k/steps"],
        &["/by/k/label/de"],
        &["/by/k/by/y"],
        &["/by/k/more/grade", "/by/k/proof/1"],
        &["/by/k/proof/1/id"],
        &["/by/k/proof/0/cryptosuite", "/by/k/proof/1/cryptosuite"],
        &["/by/k/taught/1/name"],
        &["/by/k/taught/0", "/by/k/taught/1"],
        &["/by/k"],
    ] {
        let shown = shown(&base, pointers);
        assert_eq!(verdict(&shown, key.public()), Ok(()), "{pointers:?}: {shown}");
        assert_eq!(shown.str_of("name"), Some("outer"));
    }
    let second = shown(&base, &["/by/k/proof/1"]).to_string();
    assert!(second.contains("urn:2") && !second.contains("urn:1"), "{second}");
}

#[test]
fn what_can_only_be_shown_whole_is_not_cut() {
    let key = key();
    let document = serde_json::json!({
        "@context": ["https://v.example/v1"], "name": "outer", "by": {"k": odd()},
    });
    let base = with_base(document.clone(), &[], &key, &[]).unwrap();
    for pointers in [
        &["/by/k/data/a"][..],
        &["/by/k/data/c/1"],
        &["/by/k/steps/1"],
        &["/by/k/steps/0"],
        // One node would become two: its name stays only where another refers to it.
        &["/by/k/taught/0/name", "/by/k/taught/1/taught"],
    ] {
        let chosen = strings(&[&["/name"], pointers].concat());
        let error = derive(&(&base).into(), &chosen, &contexts()).unwrap_err();
        assert_eq!(error, SuiteError::NotSelective, "{pointers:?}");
        let error = with_base(document.clone(), pointers, &key, &[]).unwrap_err();
        assert_eq!(error, SuiteError::NotSelective, "{pointers:?}");
    }
}

#[test]
fn only_keys_on_p256_make_base_proofs() {
    let ed25519 = PrivateKey::ed25519(&[1; 32]).unwrap();
    let error = with_base(odd(), &[], &ed25519, &[]).unwrap_err();
    assert!(matches!(error, SuiteError::KeyType { .. }));
}

#[test]
fn a_base_proof_stands_beside_others_and_builds_on_them() {
    let (key, other) = (key(), PrivateKey::ed25519(&[1; 32]).unwrap());
    let mut document = serde_json::json!({
        "@context": ["https://v.example/v1"], "type": "Course", "name": "Chemistry", "grade": 7,
    });
    let witness = ProofOptions { id: Some("urn:uuid:w"), ..options(&[]) };
    let proof =
        sign(&(&document).into(), Suite::EddsaRdfc2022, &witness, &other, &contexts()).unwrap();
    document["proof"] = serde_json::json!([proof]);

    let set = with_base(document.clone(), &["/name"], &key, &[]).unwrap();
    let shown = derive(&(&set).into(), &[], &contexts()).unwrap();
    assert_eq!(proofs(&shown).unwrap().len(), 1, "{shown}");
    assert_eq!(verdict(&shown, key.public()), Ok(()));

    let chain = with_base(document, &["/name"], &key, &["urn:uuid:w"]).unwrap();
    let shown = derive(&(&chain).into(), &strings(&["/grade"]), &contexts()).unwrap();
    let both = proofs(&shown).unwrap();
    assert_eq!(both.len(), 2, "{shown}");
    assert!(check(&shown, &both[1], key.public(), &contexts()).is_ok());
    assert!(check(&shown, &both[0], other.public(), &contexts()).is_ok(), "all of it is shown");
    let mut changed = serde_json::Value::from(&shown);
    changed["proof"][0]["created"] = "2026-01-02T03:04:06Z".into();
    let changed = Value::from(&changed);
    let error = check(&changed, &proofs(&changed).unwrap()[1], key.public(), &contexts());
    assert_eq!(error.unwrap_err(), SuiteError::Signature);
    let mut alone = serde_json::Value::from(&shown);
    alone["proof"].as_array_mut().unwrap().remove(0);
    let error = verdict(&(&alone).into(), key.public()).unwrap_err();
    assert!(matches!(error, SuiteError::Chain { .. }), "{error}");
}

/// The published vectors fix the key of the statements and the key of the hashes, which only this
/// module can.
#[test]
fn the_published_vectors_are_made_again() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if !shared.exists() {
        let line = "the published vectors of ecdsa-sd-2023 are in ../shared, which is missing";
        let all = std::env::var_os("ACCOLADE_REQUIRE").is_some_and(|wanted| wanted == "all");
        assert!(!all, "{line}");
        let _ = writeln!(std::io::stderr().lock(), "skipped: {line}");
        return;
    }
    let vectors = shared.join("vectors/vc-di-ecdsa");
    let read = |path: PathBuf| std::fs::read_to_string(path).unwrap();
    let of = |url: &str, file: &str| (url.to_owned(), read(shared.join("contexts").join(file)));
    let contexts = Contexts::new([
        of("https://www.w3.org/ns/credentials/v2", "credentials-v2.json"),
        of("https://w3id.org/citizenship/v4rc1", "citizenship-v4rc1.json"),
    ])
    .unwrap();
    let material = read(vectors.join("ecdsa-sd-2023/SDKeyMaterial.json"));
    let material = json::parse(&material).unwrap();
    let secret = |name: &str| {
        let pointer = format!("/{name}/secretKeyMultibase");
        PrivateKey::from_multikey(material.pointer(&pointer).unwrap().as_str().unwrap()).unwrap()
    };
    let (issuer, statement_key) = (secret("baseKeyPair"), secret("proofKeyPair"));
    let hmac = material.str_of("hmacKeyString").unwrap();
    let mut hmac_key = [0; 32];
    for (at, byte) in hmac_key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hmac[at * 2..at * 2 + 2], 16).unwrap();
    }
    for (folder, mandatory, selective) in [
        ("employ", "employMandatory.json", "employSelective.json"),
        ("prc", "prCredMandatory.json", "prCredSelective.json"),
    ] {
        let text = |name: &str| read(vectors.join("ecdsa-sd-2023").join(folder).join(name));
        let pointers = |name: &str| -> Vec<String> {
            let text = read(vectors.join(name));
            let list = json::parse(&text).unwrap();
            list.items().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
        };
        let (mandatory, selective) = (pointers(mandatory), pointers(selective));
        let list = |name: &str| -> Vec<String> {
            let text = text(name);
            let list = json::parse(&text).unwrap();
            list.items().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
        };
        let config = text("addProofConfig.json");
        let config = json::parse(&config).unwrap();
        let options = BaseOptions {
            proof: ProofOptions {
                verification_method: config.str_of("verificationMethod").unwrap(),
                created: Some(config.str_of("created").unwrap().parse().unwrap()),
                ..ProofOptions::default()
            },
            mandatory: &mandatory,
        };
        // The signed document and not the unsigned one beside it: in one of the two cases that has
        // another description than what was signed.
        let expected = text("addSignedSDBase.json");
        let expected = json::parse(&expected).unwrap();
        let unsigned = Value::Object(unsecured(&expected, &[]).unwrap());
        let statements = Statements::of(&unsigned, &hmac_key, &contexts).unwrap();
        assert_eq!(statements.lines, list("addBaseDocHMACCanon.json"), "{folder}");
        let canonical = trace(&unsigned, &contexts, &Options::default()).unwrap().nquads;
        assert_eq!(canonical, list("addBaseDocCanon.json").concat(), "{folder}");
        let indexes = text("derivedGroupIndexes.json");
        let indexes = json::parse(&indexes).unwrap();
        for (name, chosen) in [("mandatoryIndexes", &mandatory), ("selectiveIndexes", &selective)] {
            let group = statements.group(chosen, &contexts).unwrap();
            let found: Vec<String> = group.indexes.iter().map(usize::to_string).collect();
            let expected: Vec<&str> = indexes
                .get(name)
                .unwrap()
                .items()
                .iter()
                .map(|item| item.as_number().unwrap().as_str())
                .collect();
            assert_eq!(found, expected, "{folder}: {name}");
        }
        let proof =
            create_with(&expected, &options, &issuer, &statement_key, hmac_key, &contexts).unwrap();
        assert_eq!(
            proof["proofValue"].as_str(),
            expected.pointer("/proof/proofValue").unwrap().as_str(),
            "{folder}: base proof"
        );

        let derived = derive(&expected, &selective, &contexts).unwrap();
        let reveal = text("derivedRevealDocument.json");
        let reveal = json::parse(&reveal).unwrap();
        assert_eq!(
            serde_json::Value::from(&derived),
            serde_json::Value::from(&reveal),
            "{folder}: reveal document"
        );
        let prepared =
            check(&reveal, &proofs(&reveal).unwrap()[0], issuer.public(), &contexts).unwrap();
        let data = text("verifyCreateVerifyData.json");
        let data = json::parse(&data).unwrap();
        assert_eq!(Some(hex(&prepared.proof_hash).as_str()), data.str_of("proofHash"));
        assert_eq!(Some(hex(&prepared.document_hash).as_str()), data.str_of("mandatoryHash"));
        assert_eq!(prepared.suite, Suite::EcdsaSd2023);
        let proof = Proof::parse(&proofs(&reveal).unwrap()[0]).unwrap();
        let forms = forms(&reveal, &proof, issuer.public(), &contexts).unwrap();
        assert_eq!(forms.proof.trim_end(), text("addProofConfigCanon.txt").trim_end());
        assert_eq!(forms.document, list("verifyNQuads.json").concat(), "{folder}");
    }
}
