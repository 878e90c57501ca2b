//! How long it takes from a document to its canonical form and hash, contexts warm: the reference
//! credential, a proof's options, a document of which parts are known, and growth from 1 to 1,000
//! quads.

#![expect(clippy::unwrap_used, reason = "a bench may stop where its input is wrong")]

use accolade::bundled;
use accolade::json::{self, Value};
use accolade::linked_data::{self, Document, Limits, Options, Parts, rdfc10};
use divan::{Bencher, black_box};

/// As in the service.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

const SAMPLE: &str = include_str!("compare/reference.json");

const PROOF: &str = r#"{
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
    ],
    "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-01-15T09:30:00Z", "proofPurpose": "assertionMethod",
    "verificationMethod": "did:web:badges.example.org#key-1"
}"#;

fn hash(document: &Value<'_>) -> [u8; 32] {
    linked_data::canonical_hash(document, bundled::contexts(), &Options::default()).unwrap()
}

#[divan::bench]
fn text_to_value(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| json::parse(black_box(SAMPLE)).unwrap());
}

#[divan::bench]
fn value_to_quads(bencher: Bencher<'_, '_>) {
    let document = json::parse(SAMPLE).unwrap();
    let options = Options::default();
    bencher.bench_local(|| {
        linked_data::to_rdf(black_box(&document), bundled::contexts(), &options).unwrap()
    });
}

#[divan::bench]
fn quads_to_canonical_text(bencher: Bencher<'_, '_>) {
    let document = json::parse(SAMPLE).unwrap();
    let options = Options::default();
    let quads = linked_data::to_rdf(&document, bundled::contexts(), &options).unwrap();
    bencher.bench_local(|| rdfc10::canonicalize(black_box(&quads), &options).unwrap());
}

/// The whole way: JSON text, canonical N-Quads, SHA-256.
#[divan::bench]
fn text_to_hash(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| hash(&json::parse(black_box(SAMPLE)).unwrap()));
}

/// The same from a value of which issuer and achievement have been expanded before.
#[divan::bench(args = [false, true])]
fn value_to_hash(bencher: Bencher<'_, '_>, with_parts: bool) {
    let document = json::parse(SAMPLE).unwrap();
    let options = Options::default();
    let ways: [&[&str]; 2] = [&["issuer"], &["credentialSubject", "achievement"]];
    let parts = Parts::of(&document, &ways, bundled::contexts(), &options).unwrap();
    bencher.bench_local(|| {
        let document = Document::from(black_box(&document));
        let document = if with_parts { document.with(&parts) } else { document };
        linked_data::canonical_hash(document, bundled::contexts(), &options).unwrap()
    });
}

#[divan::bench]
fn document_and_proof_options_to_hash(bencher: Bencher<'_, '_>) {
    let document = json::parse(SAMPLE).unwrap();
    let proof = json::parse(PROOF).unwrap();
    bencher.bench_local(|| (hash(black_box(&document)), hash(black_box(&proof))));
}

#[divan::bench(args = [1, 10, 100, 1_000])]
fn growth(bencher: Bencher<'_, '_>, quads: usize) {
    let members: Vec<String> =
        (0..quads).map(|at| format!("{{\"id\":\"urn:n{at}\",\"name\":\"n{at}\"}}")).collect();
    let text = format!(
        "{{\"@context\":\"https://www.w3.org/ns/credentials/v2\",\"@graph\":[{}]}}",
        members.join(",")
    );
    let document = json::parse(&text).unwrap();
    let options = Options { limits: Limits::default(), ..Options::default() };
    bencher.bench_local(|| {
        linked_data::canonical_hash(black_box(&document), bundled::contexts(), &options).unwrap()
    });
}
