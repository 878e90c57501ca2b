//! How fast one core signs and checks: `cargo bench --bench proof`.
//!
//! The credential is the sample that the peers are asked about: achievement, criteria, alignment,
//! evidence, results, hashed identifier. A check is the whole way from text to verdict about the
//! signature; who the issuer is and every other rule is not part of it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench that fails shall say so"
)]

use std::hint::black_box;

use accolade::bundled::contexts;
use accolade::json::{self, Value};
use accolade::proof::jws::{self, Compact, SignHeader};
use accolade::proof::key::{KeyType, PrivateKey};
use accolade::proof::suite::{
    Prepared, Proof, ProofOptions, Suite, check, prepare, proofs, sign, verify_own,
};
use accolade::world::Random;
use divan::Bencher;
use divan::counter::ItemsCount;

const SAMPLE: &str = include_str!("../tests/peers/samples/ob3.json");
const METHOD: &str = "did:web:badges.example:issuers:school#key";

/// As in the service.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

fn key(key_type: KeyType) -> PrivateKey {
    PrivateKey::generate(key_type, &Random::seeded(1)).unwrap()
}

fn options() -> ProofOptions<'static> {
    ProofOptions {
        verification_method: METHOD,
        created: Some("2026-01-15T09:30:00Z".parse().unwrap()),
        ..ProofOptions::default()
    }
}

fn signed(suite: Suite, key: &PrivateKey) -> String {
    let document = json::parse(SAMPLE).unwrap();
    let proof = sign(&document, suite, &options(), key, contexts()).unwrap();
    let mut document = serde_json::Value::from(&document);
    document["proof"] = proof;
    document.to_string()
}

const SUITES: [(Suite, KeyType); 4] = [
    (Suite::EddsaRdfc2022, KeyType::Ed25519),
    (Suite::EddsaJcs2022, KeyType::Ed25519),
    (Suite::EcdsaRdfc2019, KeyType::P256),
    (Suite::EcdsaRdfc2019, KeyType::P384),
];

#[divan::bench(args = SUITES.map(|(suite, key)| format!("{suite} {key}")))]
fn sign_a_badge(bencher: Bencher<'_, '_>, name: &str) {
    let (suite, key_type) = named(name);
    let key = key(key_type);
    bencher.bench(|| {
        let document = json::parse(black_box(SAMPLE)).unwrap();
        sign(&document, suite, &options(), &key, contexts()).unwrap()
    });
}

#[divan::bench(args = SUITES.map(|(suite, key)| format!("{suite} {key}")))]
fn check_a_badge(bencher: Bencher<'_, '_>, name: &str) {
    let (suite, key_type) = named(name);
    let key = key(key_type);
    let text = signed(suite, &key);
    bencher.bench(|| {
        let document = json::parse(black_box(&text)).unwrap();
        let proof = proofs(&document).unwrap().first().unwrap();
        check(&document, proof, key.public(), contexts()).unwrap()
    });
}

#[divan::bench]
fn document_and_proof_to_the_bytes_that_are_signed(bencher: Bencher<'_, '_>) {
    let key = key(KeyType::Ed25519);
    let text = signed(Suite::EddsaRdfc2022, &key);
    let document = json::parse(&text).unwrap();
    let proof = Proof::parse(proofs(&document).unwrap().first().unwrap()).unwrap();
    bencher.bench(|| prepare(black_box(&document), &proof, key.public(), contexts()).unwrap());
}

#[divan::bench(args = [1, 8, 64])]
fn self_check_of_signatures(bencher: Bencher<'_, '_>, many: usize) {
    let key = key(KeyType::Ed25519);
    let text = signed(Suite::EddsaRdfc2022, &key);
    let document = json::parse(&text).unwrap();
    let proof = Proof::parse(proofs(&document).unwrap().first().unwrap()).unwrap();
    let one = prepare(&document, &proof, key.public(), contexts()).unwrap();
    let batch: Vec<Prepared> = (0..many).map(|_| one.clone()).collect();
    bencher.counter(ItemsCount::new(many)).bench(|| verify_own(black_box(&batch)));
}

const ALGORITHMS: [KeyType; 3] = [KeyType::Ed25519, KeyType::P256, KeyType::Rsa];

#[divan::bench(args = ALGORITHMS)]
fn sign_a_token(bencher: Bencher<'_, '_>, key_type: KeyType) {
    let key = key(key_type);
    let header = SignHeader { kid: Some(METHOD), typ: Some("JWT"), cty: None };
    bencher.bench(|| jws::sign(black_box(SAMPLE.as_bytes()), &header, &key).unwrap());
}

#[divan::bench(args = ALGORITHMS)]
fn check_a_token(bencher: Bencher<'_, '_>, key_type: KeyType) {
    let key = key(key_type);
    let header = SignHeader { kid: Some(METHOD), typ: Some("JWT"), cty: None };
    let token = jws::sign(SAMPLE.as_bytes(), &header, &key).unwrap();
    bencher.bench(|| {
        let token = Compact::parse(black_box(&token)).unwrap();
        jws::verify(&token, key.public()).unwrap();
        let payload: Value<'static> = json::parse_bytes(token.payload()).unwrap().into_owned();
        payload
    });
}

fn named(name: &str) -> (Suite, KeyType) {
    *SUITES.iter().find(|(suite, key)| format!("{suite} {key}") == name).unwrap()
}
