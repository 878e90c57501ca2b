//! Bytes from strangers before the parsers of keys, tokens, DIDs and proofs: they answer, never
//! panic, and never take long.

use std::time::{Duration, Instant};

use accolade::bundled::contexts;
use accolade::json::{self, Value};
use accolade::proof::did::{ControllerDocument, Did, DidUrl, did_web_url};
use accolade::proof::jws::{self, Compact, SignHeader};
use accolade::proof::key::{FileFormat, KeyType, PrivateKey, PublicKey, read_key_file};
use accolade::proof::suite::ecdsa_sd_2023::{BaseOptions, create, derive};
use accolade::proof::suite::{ProofOptions, Suite, check, proofs, sign};
use accolade::world::Random;
use serde_json::json;

use crate::require::say;

/// Changes of one seed that each reader is asked about.
const ROUNDS: usize = 400;

/// Says whether it took the bytes.
type Reader<'a> = Box<dyn Fn(&[u8]) -> bool + 'a>;

/// What is tried: a name, the seeds, and the reader.
struct Target<'a> {
    name: &'a str,
    seeds: Vec<String>,
    read: Reader<'a>,
}

#[test]
fn changed_bytes_are_answered_and_never_panic() {
    let random = Random::seeded(77);
    let keys = [KeyType::Ed25519, KeyType::P256, KeyType::P384, KeyType::Rsa]
        .map(|key_type| PrivateKey::generate(key_type, &random).unwrap());
    let [ed25519, p256, ..] = &keys;
    let mut read = 0;
    let mut taken = 0;
    for target in targets(&keys, ed25519, p256) {
        for seed in &target.seeds {
            assert!((target.read)(seed.as_bytes()), "{}: the seed {seed}", target.name);
            for _ in 0..ROUNDS {
                let bytes = changed(seed.as_bytes(), &random);
                let start = Instant::now();
                taken += usize::from((target.read)(&bytes));
                read += 1;
                assert!(
                    start.elapsed() < Duration::from_secs(5),
                    "{} took {:?} for {:?}",
                    target.name,
                    start.elapsed(),
                    String::from_utf8_lossy(&bytes)
                );
            }
        }
    }
    assert!(read > 0 && taken < read);
    say(format_args!("hostile bytes before the proof module: {read} read, {taken} still taken"));
}

fn targets<'a>(
    keys: &'a [PrivateKey],
    ed25519: &'a PrivateKey,
    p256: &'a PrivateKey,
) -> Vec<Target<'a>> {
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned).ok();
    let jwk = |bytes: &[u8]| json::parse_bytes(bytes).ok().map(Value::into_owned);
    let publics = |print: &dyn Fn(&PublicKey) -> Option<String>| -> Vec<String> {
        keys.iter().filter_map(|key| print(key.public())).collect()
    };
    let did = "did:web:issuer.example%3A8443:issuers:a";
    let methods: Vec<serde_json::Value> = keys
        .iter()
        .map(|key| {
            json!({"id": format!("#{}", key.key_type().as_str()), "type": "JsonWebKey",
                "controller": did, "publicKeyJwk": key.public().to_jwk()})
        })
        .collect();
    let document = json!({"id": did, "verificationMethod": methods, "assertionMethod": ["#rsa"]});
    let (credential, shown) = (credential(ed25519), shown(p256));
    vec![
        Target {
            name: "multikey",
            seeds: publics(&PublicKey::to_multikey),
            read: Box::new(move |bytes| {
                text(bytes).is_some_and(|text| PublicKey::from_multikey(&text).is_ok())
            }),
        },
        Target {
            name: "public PEM",
            seeds: publics(&|key| Some(key.to_pem())),
            read: Box::new(move |bytes| {
                text(bytes).is_some_and(|text| PublicKey::from_pem(&text).is_ok())
            }),
        },
        Target {
            name: "public JWK",
            seeds: publics(&|key| Some(key.to_published_jwk(Some("k")).to_string())),
            read: Box::new(move |bytes| {
                jwk(bytes).is_some_and(|jwk| PublicKey::from_jwk_or_set(&jwk).is_ok())
            }),
        },
        Target {
            name: "key file, PEM",
            seeds: keys.iter().map(|key| key.to_pem().unwrap().to_string()).collect(),
            read: Box::new(|bytes| read_key_file(bytes, FileFormat::Pem, false, None).is_ok()),
        },
        Target {
            name: "key file, JWK",
            seeds: keys.iter().map(|key| key.to_jwk().unwrap().to_string()).collect(),
            read: Box::new(|bytes| read_key_file(bytes, FileFormat::Jwk, false, None).is_ok()),
        },
        Target {
            name: "DID",
            seeds: vec![did.into(), format!("did:jwk:{}", "eyJhIjoxfQ"), format!("{did}#key-1")],
            read: Box::new(move |bytes| {
                text(bytes).is_some_and(|text| {
                    let parsed = Did::parse(&text);
                    if let Ok(did) = &parsed {
                        let _ = (did.own_document(), did_web_url(did));
                    }
                    parsed.is_ok() || DidUrl::parse(&text).is_ok()
                })
            }),
        },
        Target {
            name: "controller document",
            seeds: vec![document.to_string()],
            read: Box::new(move |bytes| {
                jwk(bytes).is_some_and(|document| {
                    ControllerDocument::parse(&document, did).is_ok_and(|document| {
                        document.methods().iter().any(|method| method.key().is_ok())
                    })
                })
            }),
        },
        Target {
            name: "token",
            seeds: keys
                .iter()
                .filter(|key| key.key_type() != KeyType::P384)
                .map(|key| jws::sign(br#"{"a":1}"#, &SignHeader::default(), key).unwrap())
                .collect(),
            read: Box::new(move |bytes| {
                text(bytes).is_some_and(|text| {
                    Compact::parse(&text).is_ok_and(|token| {
                        keys.iter().any(|key| jws::verify(&token, key.public()).is_ok())
                    })
                })
            }),
        },
        Target {
            name: "credential with a proof",
            seeds: vec![credential],
            read: Box::new(move |bytes| holds(bytes, ed25519.public())),
        },
        Target {
            name: "credential with a derived proof",
            seeds: vec![shown],
            read: Box::new(move |bytes| holds(bytes, p256.public())),
        },
    ]
}

fn holds(bytes: &[u8], key: &PublicKey) -> bool {
    let Ok(document) = json::parse_bytes(bytes) else { return false };
    let Ok(proofs) = proofs(&document) else { return false };
    proofs.iter().all(|proof| check(&document, proof, key, contexts()).is_ok())
}

fn unsigned() -> serde_json::Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": "did:web:issuer.example",
        "credentialSubject": {"id": "urn:uuid:1", "name": "n"},
    })
}

fn options() -> ProofOptions<'static> {
    ProofOptions {
        verification_method: "did:web:issuer.example#k",
        created: Some("2026-01-02T03:04:05Z".parse().unwrap()),
        ..ProofOptions::default()
    }
}

fn credential(key: &PrivateKey) -> String {
    let mut document = unsigned();
    let proof =
        sign(&(&document).into(), Suite::EddsaRdfc2022, &options(), key, contexts()).unwrap();
    document["proof"] = proof;
    document.to_string()
}

fn shown(key: &PrivateKey) -> String {
    let mut document = unsigned();
    let mandatory = ["/issuer".to_owned()];
    let base = BaseOptions { proof: options(), mandatory: &mandatory };
    let value = Value::from(&document);
    let proof = create(&value, &base, key, &Random::seeded(3), contexts()).unwrap();
    document["proof"] = proof;
    let selective = ["/credentialSubject/name".to_owned()];
    derive(&(&document).into(), &selective, contexts()).unwrap().to_string()
}

/// One to three small changes: a byte set, a byte left out, a stretch repeated or cut.
fn changed(seed: &[u8], random: &Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    let [many] = random.bytes::<1>();
    for _ in 0..=many % 3 {
        let [kind, value, a, b, c, d] = random.bytes::<6>();
        let at = usize::from(u16::from_be_bytes([a, b])) % bytes.len().max(1);
        let to = (at + usize::from(u16::from_be_bytes([c, d])) % 40).min(bytes.len());
        match kind % 5 {
            0 if at < bytes.len() => bytes[at] = value,
            1 if at < bytes.len() => bytes[at] = b"\"\\{}[],:.-_#%=Az09"[usize::from(value) % 18],
            2 if at < bytes.len() => {
                bytes.remove(at);
            }
            3 => {
                let stretch = bytes[at..to].to_vec();
                bytes.splice(at..at, stretch);
            }
            _ => {
                bytes.drain(at..to);
            }
        }
    }
    bytes
}
