//! How many badges of one issuer are verified in a second: `cargo bench --bench verifying`.
//!
//! Each is judged from its text by every check, with a report, one after the other on one core; all
//! that is needed is in memory. What is printed is this machine's; nothing is asserted but that each
//! is valid. `--count N` sets how many there are (1,000).

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench that fails shall say so"
)]

mod processor;

use accolade::bundled::contexts;
use accolade::config::Trust;
use accolade::json;
use accolade::proof::did::{did_key, did_key_method};
use accolade::proof::jws::{self, SignHeader};
use accolade::proof::key::{KeyType, PrivateKey};
use accolade::proof::suite::{self, ProofOptions, Suite};
use accolade::resolve::{FakeWeb, Resolver};
use accolade::verifier::{Input, Options, Verdict, Verifier};
use accolade::world::{Clock, Random};
use serde_json::{Value, json};

const REFERENCE: &str = include_str!("compare/reference.json");

/// As in the service.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // `cargo test --benches` passes it, and then only wants to know that this compiles and runs.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let count = std::env::args().skip_while(|argument| argument != "--count").nth(1);
    let count = count.map_or(if is_test { 4 } else { 1_000 }, |count| count.parse().unwrap());
    let key = PrivateKey::generate(KeyType::Ed25519, &Random::seeded(1)).unwrap();
    println!("{count} badges of one issuer, one core: verified in a second of processor time");
    row("Data Integrity", (0..count).map(|number| with_proof(credential(number, &key), &key)));
    row("VC-JWT, EdDSA", (0..count).map(|number| token(credential(number, &key), &key)));
}

/// Prints one row.
fn row(what: &str, badges: impl Iterator<Item = String>) {
    let resolver = Resolver::fake(FakeWeb::new(), None, Clock::system());
    let verifier = Verifier::new(resolver, contexts(), Clock::system(), Trust::default());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let badges: Vec<String> = badges.collect();
    let verify = |badge: &String| {
        let input = Input::sniff(badge.as_bytes());
        let report = runtime.block_on(verifier.verify(input, Options::default())).unwrap();
        assert_eq!(report.verdict, Verdict::Valid, "{}", report.text());
    };
    // Contexts and schemas are warm before the clock starts.
    badges.iter().take(8).for_each(verify);
    let busy = processor::seconds();
    badges.iter().for_each(verify);
    let seconds = (processor::seconds() - busy).max(0.01);
    println!("{what:<16} {:>10.0}/s", badges.len() as f64 / seconds);
}

/// The reference credential as this issuer's, to somebody else each time.
fn credential(number: usize, key: &PrivateKey) -> Value {
    let mut credential: Value = serde_json::from_str(REFERENCE).unwrap();
    credential["id"] = json!(format!("https://badges.example.org/b/{number}"));
    credential["issuer"]["id"] = json!(did_key(key.public()).unwrap());
    // Its list would have to be fetched; what counts here is the credential itself.
    credential.as_object_mut().unwrap().remove("credentialStatus");
    credential
}

fn with_proof(mut credential: Value, key: &PrivateKey) -> String {
    let text = credential.to_string();
    let document = json::parse(&text).unwrap();
    let options = ProofOptions {
        verification_method: &did_key_method(key.public()).unwrap(),
        created: Some("2026-01-15T09:30:00Z".parse().unwrap()),
        ..ProofOptions::default()
    };
    let suite = Suite::EddsaRdfc2022;
    credential["proof"] = suite::sign(&document, suite, &options, key, contexts()).unwrap();
    credential.to_string()
}

/// As the profile of Open Badges has it (§8.2): the credential with the registered claims.
fn token(mut credential: Value, key: &PrivateKey) -> String {
    let instant = |name: &str, credential: &Value| {
        let instant: jiff::Timestamp = credential[name].as_str()?.parse().ok()?;
        Some(json!(instant.as_second()))
    };
    let claims = [
        ("iss", Some(credential["issuer"]["id"].clone())),
        ("sub", credential["credentialSubject"].get("id").cloned()),
        ("jti", Some(credential["id"].clone())),
        ("nbf", instant("validFrom", &credential)),
        ("exp", instant("validUntil", &credential)),
    ];
    for (name, value) in claims {
        if let Some(value) = value {
            credential[name] = value;
        }
    }
    let method = did_key_method(key.public()).unwrap();
    let header = SignHeader { kid: Some(&method), typ: Some("JWT"), cty: None };
    jws::sign(credential.to_string().as_bytes(), &header, key).unwrap()
}
