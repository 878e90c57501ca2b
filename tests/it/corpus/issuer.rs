//! The issuer of the corpus: its keys, its documents, and its good badges. The keys are throw-away
//! ones made of repeated bytes, and the RSA keys of `keys.example/`.

use std::sync::LazyLock;

use accolade::bundled;
use accolade::json as strict;
use accolade::proof::did::{self, KeyStatus, PublishedKey};
use accolade::proof::encoding::base64url;
use accolade::proof::jws::{SignHeader, sign as sign_jws};
use accolade::proof::key::{FileFormat, PrivateKey, read_key_file};
use accolade::proof::suite::{self, ProofOptions, Suite, SuiteError};
use accolade::status::bitstring::{ListCredential, MIN_ENTRIES, StatusList};
use serde_json::{Value, json};

use super::case::{Page, Web};

pub(crate) const NOW: &str = "2026-06-01T12:00:00Z";
pub(crate) const DID: &str = "did:web:issuer.example:issuers:a";
pub(crate) const DID_URL: &str = "https://issuer.example/issuers/a/did.json";
pub(crate) const LIST: &str = "https://issuer.example/status/1";
pub(crate) const OB2: &str = "https://w3id.org/openbadges/v2";
pub(crate) const V2: &str = "https://www.w3.org/ns/credentials/v2";
pub(crate) const OB3: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

pub(crate) const ASSERTION: &str = "https://issuer.example/a/1";
pub(crate) const CLASS: &str = "https://issuer.example/c/1";
pub(crate) const PROFILE: &str = "https://issuer.example/i/1";
pub(crate) const KEY: &str = "https://issuer.example/k/1";
pub(crate) const REVOCATIONS: &str = "https://issuer.example/r/1";
pub(crate) const UUID: &str = "urn:uuid:5f4e7a56-9c3e-4b0e-8f3b-1f6f4b9c6a11";

/// Bits that are set in the list at [`LIST`].
pub(crate) const REVOKED: u32 = 77;

pub(crate) fn ed25519(seed: u8) -> PrivateKey {
    PrivateKey::ed25519(&[seed; 32]).unwrap()
}

/// The issuer's key.
pub(crate) fn own() -> PrivateKey {
    ed25519(1)
}

/// The key of somebody else.
pub(crate) fn stranger() -> PrivateKey {
    ed25519(2)
}

pub(crate) fn p256() -> PrivateKey {
    PrivateKey::p256(&[7; 32]).unwrap()
}

pub(crate) fn p384() -> PrivateKey {
    PrivateKey::p384(&[7; 48]).unwrap()
}

fn example(name: &str, format: FileFormat) -> PrivateKey {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("keys.example").join(name);
    read_key_file(&std::fs::read(path).unwrap(), format, false, None).unwrap()
}

pub(crate) fn rsa() -> &'static PrivateKey {
    static KEY: LazyLock<PrivateKey> = LazyLock::new(|| example("3-rsa.pem", FileFormat::Pem));
    &KEY
}

pub(crate) fn strangers_rsa() -> &'static PrivateKey {
    static KEY: LazyLock<PrivateKey> = LazyLock::new(|| example("4-rsa.jwk", FileFormat::Jwk));
    &KEY
}

pub(crate) fn did_key(key: &PrivateKey) -> String {
    did::did_key(key.public()).unwrap()
}

pub(crate) fn did_key_method(key: &PrivateKey) -> String {
    did::did_key_method(key.public()).unwrap()
}

/// The verification method of a key under [`DID`].
pub(crate) fn method(key: &PrivateKey) -> String {
    PublishedKey::of(DID, key.public(), KeyStatus::Active).id
}

pub(crate) fn did_document(keys: &[(&PrivateKey, KeyStatus)]) -> Value {
    let keys: Vec<PublishedKey> =
        keys.iter().map(|(key, status)| PublishedKey::of(DID, key.public(), *status)).collect();
    did::did_document(DID, &keys, &[])
}

/// Everything that the issuer publishes.
pub(crate) fn site() -> Web {
    static SITE: LazyLock<Web> = LazyLock::new(|| {
        let active = KeyStatus::Active;
        let document = did_document(&[
            (&own(), active),
            (&p256(), active),
            (&p384(), active),
            (rsa(), active),
        ]);
        let list = signed(list("revocation", &[REVOKED]), &own());
        [
            (DID_URL, document),
            (LIST, list),
            (ASSERTION, assertion()),
            (CLASS, class()),
            (PROFILE, profile()),
            (KEY, public_key()),
            (REVOCATIONS, revocations()),
        ]
        .into_iter()
        .map(|(url, document)| (url.to_owned(), Page::json(&document)))
        .collect()
    });
    SITE.clone()
}

/// A badge of Open Badges 3.0 with everything that has a place, without a proof.
pub(crate) fn credential() -> Value {
    json!({
        "@context": [V2, OB3],
        "id": "https://issuer.example/b/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Coaching",
        "issuer": {
            "id": DID, "type": ["Profile"], "name": "Issuer", "url": "https://issuer.example",
            "email": "office@issuer.example"
        },
        "validFrom": "2026-05-01T00:00:00Z",
        "validUntil": "2027-05-01T00:00:00Z",
        "awardedDate": "2026-05-01T00:00:00Z",
        "credentialSubject": {
            "id": UUID,
            "type": ["AchievementSubject"],
            "identifier": [{
                "type": "IdentityObject", "hashed": true, "identityType": "emailAddress",
                "identityHash":
                    "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399",
                "salt": "Kosher"
            }],
            "creditsEarned": 1.5,
            "narrative": "Led with care.",
            "role": "Coach",
            "achievement": {
                "id": "https://issuer.example/badge-classes/1/1",
                "type": ["Achievement"],
                "achievementType": "MicroCredential",
                "name": "Coaching",
                "description": "Coaches teachers.",
                "criteria": {
                    "id": "https://issuer.example/criteria", "narrative": "Coach two teachers."
                },
                "alignment": [{
                    "type": ["Alignment"], "targetName": "Coaching cycle",
                    "targetUrl": "https://framework.example/D2.b", "targetCode": "D2.b",
                    "targetFramework": "Standards", "targetType": "CFItem"
                }],
                "creditsAvailable": 2.0,
                "tag": ["coaching", "équité"],
                "resultDescription": [{
                    "id": "https://issuer.example/badge-classes/1/1#rd-a",
                    "type": ["ResultDescription"],
                    "name": "Practice",
                    "resultType": "RubricCriterionLevel",
                    "requiredLevel": "https://issuer.example/badge-classes/1/1#rd-a-2",
                    "rubricCriterionLevel": [
                        {
                            "id": "https://issuer.example/badge-classes/1/1#rd-a-1",
                            "type": ["RubricCriterionLevel"], "name": "Emerging", "level": "1"
                        },
                        {
                            "id": "https://issuer.example/badge-classes/1/1#rd-a-2",
                            "type": ["RubricCriterionLevel"], "name": "Strong", "level": "2"
                        }
                    ]
                }]
            },
            "result": [{
                "type": ["Result"],
                "resultDescription": "https://issuer.example/badge-classes/1/1#rd-a",
                "achievedLevel": "https://issuer.example/badge-classes/1/1#rd-a-2"
            }]
        },
        "evidence": [{
            "id": "https://evidence.example/log", "type": ["Evidence"], "name": "Log",
            "genre": "Notes", "narrative": "What changed."
        }],
        "credentialStatus": entry("revocation", "5")
    })
}

/// An entry in the list at [`LIST`].
pub(crate) fn entry(purpose: &str, index: &str) -> Value {
    json!({
        "id": format!("{LIST}#{index}"), "type": "BitstringStatusListEntry",
        "statusPurpose": purpose, "statusListIndex": index, "statusListCredential": LIST
    })
}

/// A status list with these bits set, before it is signed.
pub(crate) fn list(purpose: &str, set: &[u32]) -> Value {
    let mut bits = StatusList::new(MIN_ENTRIES).unwrap();
    for index in set {
        bits.set(*index, true).unwrap();
    }
    let valid_from = "2026-05-20T00:00:00Z".parse().unwrap();
    ListCredential { id: LIST, issuer: DID, purpose, valid_from, ttl: 300_000 }.render(&bits)
}

/// With a proof by a key of the issuer, in the suite that goes with it.
pub(crate) fn signed(document: Value, key: &PrivateKey) -> Value {
    signed_as(document, key, &method(key))
}

pub(crate) fn signed_as(mut document: Value, key: &PrivateKey, method: &str) -> Value {
    document["proof"] = proof(&document, key, method, &ProofOptions::default());
    document
}

pub(crate) fn proof(
    document: &Value,
    key: &PrivateKey,
    method: &str,
    options: &ProofOptions<'_>,
) -> Value {
    let suite = Suite::for_key(key.key_type()).unwrap();
    proof_in(suite, document, key, method, options)
}

pub(crate) fn proof_in(
    suite: Suite,
    document: &Value,
    key: &PrivateKey,
    method: &str,
    options: &ProofOptions<'_>,
) -> Value {
    try_proof(suite, document, key, method, options).unwrap()
}

/// A proof, or why linked data cannot be signed that says this.
pub(crate) fn try_proof(
    suite: Suite,
    document: &Value,
    key: &PrivateKey,
    method: &str,
    options: &ProofOptions<'_>,
) -> Result<Value, SuiteError> {
    let options = ProofOptions {
        verification_method: method,
        created: options.created.or(Some("2026-05-01T00:00:00Z".parse().unwrap())),
        ..options.clone()
    };
    let document = strict::Value::from(document);
    suite::sign(&document, suite, &options, key, bundled::contexts())
}

/// The claims of a token around a credential (Open Badges 3.0 §8.2).
pub(crate) fn claims(credential: &Value) -> Value {
    let seconds = |name: &str| {
        let text = credential[name].as_str()?;
        Some(text.parse::<jiff::Timestamp>().unwrap().as_second())
    };
    let mut claims = credential.clone();
    claims["iss"] = credential["issuer"]["id"].clone();
    claims["sub"] = credential["credentialSubject"]["id"].clone();
    claims["jti"] = credential["id"].clone();
    claims["nbf"] = json!(seconds("validFrom"));
    if let Some(exp) = seconds("validUntil") {
        claims["exp"] = json!(exp);
    }
    claims
}

/// A token of the Open Badges 3.0 profile.
pub(crate) fn token(claims: &Value, key: &PrivateKey) -> String {
    token_as(claims, key, &method(key))
}

pub(crate) fn token_as(claims: &Value, key: &PrivateKey, kid: &str) -> String {
    let header = SignHeader { kid: Some(kid), typ: Some("JWT"), cty: None };
    sign_jws(claims.to_string().as_bytes(), &header, key).unwrap()
}

/// A token with any header, signed all the same.
pub(crate) fn token_with(header: &str, payload: &str, key: &PrivateKey) -> String {
    let signing = format!("{}.{}", base64url(header.as_bytes()), base64url(payload.as_bytes()));
    let signature = key.sign(signing.as_bytes()).unwrap();
    format!("{signing}.{}", base64url(&signature))
}

pub(crate) fn assertion() -> Value {
    json!({
        "@context": OB2, "type": "Assertion", "id": ASSERTION, "badge": CLASS,
        "recipient": {
            "type": "email", "hashed": true, "salt": "deadsea",
            "identity": "sha256$ecf5409f3f4b91ab60cc5ef4c02aef7032354375e70cf4d8e43f6a1d29891942"
        },
        "verification": {"type": "HostedBadge"},
        "issuedOn": "2026-05-01T00:00:00Z", "expires": "2027-05-01T00:00:00Z",
        "narrative": "Led with care.",
        "evidence": [{"id": "https://evidence.example/log", "narrative": "What changed."}]
    })
}

pub(crate) fn class() -> Value {
    json!({
        "@context": OB2, "type": "BadgeClass", "id": CLASS, "name": "Coaching",
        "description": "Coaches teachers.", "image": "https://issuer.example/c/1.png",
        "criteria": {"narrative": "Coach two teachers."}, "issuer": PROFILE,
        "alignment": [{
            "targetName": "Coaching cycle", "targetUrl": "https://framework.example/D2.b"
        }],
        "tags": ["coaching"]
    })
}

pub(crate) fn profile() -> Value {
    json!({
        "@context": OB2, "type": "Issuer", "id": PROFILE, "name": "Issuer",
        "url": "https://issuer.example", "email": "office@issuer.example", "publicKey": KEY,
        "revocationList": REVOCATIONS
    })
}

pub(crate) fn public_key() -> Value {
    json!({
        "@context": OB2, "type": "CryptographicKey", "id": KEY, "owner": PROFILE,
        "publicKeyPem": rsa().public().to_pem()
    })
}

pub(crate) fn revocations() -> Value {
    json!({
        "@context": OB2, "type": "RevocationList", "id": REVOCATIONS, "issuer": PROFILE,
        "revokedAssertions": [
            "urn:uuid:00000000-0000-4000-8000-000000000001",
            {"id": "urn:uuid:00000000-0000-4000-8000-000000000002", "revocationReason": "error"}
        ]
    })
}

/// The assertion of a signed badge of Open Badges 2.0.
pub(crate) fn signed_assertion() -> Value {
    let mut assertion = assertion();
    assertion["id"] = json!(UUID);
    assertion["verification"] = json!({"type": "SignedBadge", "creator": KEY});
    assertion
}

pub(crate) fn jws(payload: &Value, key: &PrivateKey) -> String {
    sign_jws(payload.to_string().as_bytes(), &SignHeader::default(), key).unwrap()
}

/// The value at a pointer is set, or taken out with `None`. A pointer that ends in `/-` appends.
pub(crate) fn set(document: &mut Value, pointer: &str, value: Option<Value>) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap_or_else(|| panic!("no {parent}"));
    match (parent, value) {
        (Value::Object(members), Some(value)) => drop(members.insert(name.to_owned(), value)),
        (Value::Object(members), None) => {
            assert!(members.shift_remove(name).is_some(), "no {pointer}");
        }
        (Value::Array(items), Some(value)) if name == "-" => items.push(value),
        (Value::Array(items), Some(value)) => items[name.parse::<usize>().unwrap()] = value,
        (Value::Array(items), None) => drop(items.remove(name.parse().unwrap())),
        _ => panic!("nothing can be set at {pointer}"),
    }
}

/// A copy in which one value is another.
pub(crate) fn with(document: &Value, pointer: &str, value: Value) -> Value {
    let mut changed = document.clone();
    set(&mut changed, pointer, Some(value));
    changed
}

/// A copy without one member.
pub(crate) fn without(document: &Value, pointer: &str) -> Value {
    let mut changed = document.clone();
    set(&mut changed, pointer, None);
    changed
}
