//! Badges made for tests, near misses of good ones, and what the verifier says of them.
#![cfg(test)]

mod caching;
mod chains;
mod each_check;
mod evidence;
mod forced;
mod hostile;
mod kept;
mod letter;
mod ob2;
mod ob3;
mod older;
mod parts;
mod preflight;
mod reference;
mod refresh;
mod results;
mod schemas;
mod spoken;
mod status;
mod tokens;
mod trust;

use serde_json::{Value as Json, json};

use super::*;
use crate::bundled;
use crate::json;
use crate::proof::did::{self, KeyStatus, PublishedKey};
use crate::proof::jws::{SignHeader, sign as sign_jws};
use crate::proof::key::{FileFormat, PrivateKey, read_key_file};
use crate::proof::suite::{self, ProofOptions, Suite};
use crate::resolve::{FakeWeb, Resolver};

pub(super) const NOW: &str = "2026-06-01T12:00:00Z";
pub(super) const DID: &str = "did:web:issuer.example:issuers:a";
pub(super) const DID_URL: &str = "https://issuer.example/issuers/a/did.json";

pub(super) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

pub(super) fn key(seed: u8) -> PrivateKey {
    PrivateKey::ed25519(&[seed; 32]).unwrap()
}

/// A key that is the same on every day, so that fixtures are too.
pub(super) fn rsa() -> &'static PrivateKey {
    static KEY: std::sync::LazyLock<PrivateKey> = std::sync::LazyLock::new(|| {
        let pem = include_bytes!("../../../keys.example/3-rsa.pem");
        read_key_file(pem, FileFormat::Pem, false, None).unwrap()
    });
    &KEY
}

pub(super) fn did_key(key: &PrivateKey) -> String {
    did::did_key(key.public()).unwrap()
}

/// The DID document of [`DID`] with these keys.
pub(super) fn did_document(keys: &[(&PrivateKey, KeyStatus)]) -> String {
    let keys: Vec<PublishedKey> =
        keys.iter().map(|(key, status)| PublishedKey::of(DID, key.public(), *status)).collect();
    did::did_document(DID, &keys, &[]).to_string()
}

pub(super) fn method(key: &PrivateKey) -> String {
    PublishedKey::of(DID, key.public(), KeyStatus::Active).id
}

/// A good badge of Open Badges 3.0, without a proof.
pub(super) fn credential(issuer: &str) -> Json {
    json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
        ],
        "id": "https://issuer.example/b/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Issuer"},
        "validFrom": "2026-05-01T00:00:00Z",
        "validUntil": "2027-05-01T00:00:00Z",
        "credentialSubject": {
            "id": "urn:uuid:5f4e7a56-9c3e-4b0e-8f3b-1f6f4b9c6a11",
            "type": ["AchievementSubject"],
            "identifier": [{
                "type": "IdentityObject",
                "hashed": true,
                "identityHash": "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399",
                "identityType": "emailAddress",
                "salt": "Kosher"
            }],
            "achievement": {
                "id": "https://issuer.example/badge-classes/1/1",
                "type": ["Achievement"],
                "name": "Coaching",
                "description": "Coaches teachers.",
                "criteria": {"narrative": "Coach two teachers."},
                "resultDescription": [{
                    "id": "https://issuer.example/badge-classes/1/1#rd-a",
                    "type": ["ResultDescription"],
                    "name": "Practice",
                    "resultType": "RubricCriterionLevel",
                    "rubricCriterionLevel": [
                        {"id": "https://issuer.example/badge-classes/1/1#rd-a-1",
                         "type": ["RubricCriterionLevel"], "name": "Emerging"},
                        {"id": "https://issuer.example/badge-classes/1/1#rd-a-2",
                         "type": ["RubricCriterionLevel"], "name": "Strong"}
                    ]
                }]
            },
            "result": [{
                "type": ["Result"],
                "resultDescription": "https://issuer.example/badge-classes/1/1#rd-a",
                "achievedLevel": "https://issuer.example/badge-classes/1/1#rd-a-2"
            }]
        }
    })
}

/// Adds a proof.
pub(super) fn signed(mut credential: Json, key: &PrivateKey, method: &str) -> Json {
    let proof = proof(&credential, key, method, &ProofOptions::default());
    credential["proof"] = proof;
    credential
}

pub(super) fn proof(
    credential: &Json,
    key: &PrivateKey,
    method: &str,
    options: &ProofOptions<'_>,
) -> Json {
    let options = ProofOptions {
        verification_method: method,
        created: options.created.or(Some("2026-05-01T00:00:00Z".parse().unwrap())),
        ..options.clone()
    };
    let suite = Suite::for_key(key.key_type()).unwrap();
    let document = json::Value::from(credential);
    suite::sign(&document, suite, &options, key, bundled::contexts()).unwrap()
}

/// A badge of the issuer with a `did:key`, which needs no web.
pub(super) fn self_contained() -> Json {
    let key = key(1);
    signed(credential(&did_key(&key)), &key, &did::did_key_method(key.public()).unwrap())
}

pub(super) fn token(payload: &Json, key: &PrivateKey, kid: &str) -> String {
    let header = SignHeader { kid: Some(kid), typ: Some("JWT"), cty: None };
    sign_jws(payload.to_string().as_bytes(), &header, key).unwrap()
}

/// The payload of a token around a credential (OB 3.0 §8.2).
pub(super) fn payload(credential: &Json) -> Json {
    let seconds = |name: &str| {
        credential[name].as_str().map(|text| text.parse::<Timestamp>().unwrap().as_second())
    };
    let mut payload = credential.clone();
    payload["iss"] = credential["issuer"]["id"].clone();
    payload["sub"] = credential["credentialSubject"]["id"].clone();
    payload["jti"] = credential["id"].clone();
    payload["nbf"] = seconds("validFrom").into();
    if let Some(exp) = seconds("validUntil") {
        payload["exp"] = exp.into();
    }
    payload
}

pub(super) fn verifier(web: &FakeWeb) -> Verifier {
    trusting(web, Trust::default())
}

pub(super) fn trusting(web: &FakeWeb, trust: Trust) -> Verifier {
    let clock = Clock::frozen(now());
    let resolver = Resolver::fake(web.clone(), None, clock.clone());
    Verifier::new(resolver, bundled::contexts(), clock, trust)
}

/// A web that knows the issuer [`DID`] with key 1.
pub(super) fn web() -> FakeWeb {
    let web = FakeWeb::new();
    let document = did_document(&[(&key(1), KeyStatus::Active)]);
    web.page(DID_URL, "application/did+json", document);
    web
}

pub(super) fn run(web: &FakeWeb, input: impl Into<Vec<u8>>, options: Options) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let report = runtime.block_on(verifier(web).verify(Input::sniff(input), options)).unwrap();
    // Whatever is said must survive being sent.
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
    report
}

pub(super) fn judged(web: &FakeWeb, badge: &Json) -> Report {
    run(web, badge.to_string(), Options::default())
}

/// The verdict, and the ids of the checks with this outcome.
pub(super) fn ids(report: &Report, outcome: CheckOutcome) -> Vec<&str> {
    report.checks.iter().filter(|check| check.outcome == outcome).map(|check| &*check.id).collect()
}

#[track_caller]
pub(super) fn valid(report: &Report) {
    assert_eq!(report.verdict, Verdict::Valid, "{}", report.text());
    assert_eq!(report.answers.authentic.answer, YesNo::Yes, "{}", report.text());
    assert_eq!(report.answers.in_force.answer, YesNo::Yes, "{}", report.text());
}

/// Invalid, for exactly these checks.
#[track_caller]
pub(super) fn invalid(report: &Report, checks: &[&str]) {
    assert_eq!(report.verdict, Verdict::Invalid, "{}", report.text());
    assert_eq!(ids(report, CheckOutcome::Fail), checks, "{}", report.text());
}

/// Indeterminate, because of at least this check.
#[track_caller]
pub(super) fn open(report: &Report, check: &str) {
    assert_eq!(report.verdict, Verdict::Indeterminate, "{}", report.text());
    assert!(ids(report, CheckOutcome::Unknown).contains(&check), "{}", report.text());
}
