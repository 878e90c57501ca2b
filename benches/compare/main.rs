//! Ours beside independent software, on the same credential, in the same run: `cargo bench --bench
//! compare`. What is printed are times and ratios of this machine; nothing is asserted. The peers
//! are those of the tests (`tests/peers/install`); what is not installed is left out.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that fails shall say so"
)]

#[path = "../../tests/it/peers/process.rs"]
#[expect(dead_code, reason = "a bench times the peers, it does not count their verdicts")]
mod process;
#[path = "../../tests/it/require.rs"]
mod require;
mod side_by_side;

use std::path::Path;
use std::sync::LazyLock;

use accolade::bundled::contexts;
use accolade::config::Trust;
use accolade::json;
use accolade::linked_data::{self, Options};
use accolade::proof::did::{Did, Relationship, did_key, did_key_method};
use accolade::proof::jws::{self, Compact, SignHeader};
use accolade::proof::key::{KeyType, PrivateKey};
use accolade::proof::suite::{self, Proof, ProofOptions, Suite};
use accolade::resolve::{FakeWeb, Resolver};
use accolade::verifier::{self, Input, Verdict, Verifier};
use accolade::world::{Clock, Random};
use process::Peer;
use serde_json::{Value, json};
use side_by_side::{Bench, Table, machine};
use tokio::runtime::Runtime;

const REFERENCE: &str = include_str!("reference.json");

/// As in the service.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // `cargo test --benches` passes it, and then only wants to know that this compiles and runs.
    let seconds = if std::env::args().any(|argument| argument == "--test") { 0.05 } else { 2.0 };
    let bench = Bench { seconds };
    machine();
    let credential: Value = serde_json::from_str(REFERENCE).unwrap();
    let key = PrivateKey::generate(KeyType::Ed25519, &Random::system()).unwrap();
    let (unsigned, signed) = signed_here(credential, &key);
    data_integrity(bench, &unsigned, &signed, &key);
    tokens(bench, &unsigned);
    hosted(bench);
}

/// The time of a peer for one operation; the peer measures, so that its start does not count.
fn peer_time(bench: Bench, peer: &mut Peer, mut request: Value) -> f64 {
    request["do"] = json!("time");
    request["seconds"] = json!(bench.seconds);
    let answer = peer.ask(&request);
    answer["seconds"].as_f64().unwrap() / answer["count"].as_f64().unwrap()
}

fn data_integrity(bench: Bench, unsigned: &str, signed: &str, key: &PrivateKey) {
    let quads = {
        let document = json::parse(unsigned).unwrap();
        let canonical =
            linked_data::canonicalize(&document, contexts(), &Options::default()).unwrap();
        canonical.nquads.lines().count()
    };
    println!(
        "\nData Integrity, eddsa-rdfc-2022: reference credential, {} bytes, {quads} quads",
        unsigned.len()
    );
    let method = did_key_method(key.public()).unwrap();
    let sign = bench.time(|| {
        let document = json::parse(unsigned).unwrap();
        let options = ProofOptions {
            verification_method: &method,
            created: Some("2026-01-15T09:30:00Z".parse().unwrap()),
            ..ProofOptions::default()
        };
        suite::sign(&document, Suite::EddsaRdfc2022, &options, key, contexts()).unwrap()
    });
    let verify = bench.time(|| verify_here(signed));
    let canonize = bench.time(|| {
        let document = json::parse(unsigned).unwrap();
        linked_data::canonical_hash(&document, contexts(), &Options::default()).unwrap()
    });
    let mut table = Table::new(&["sign", "verify", "canonical form and hash"]);
    table.ours(&[Some(sign), Some(verify), Some(canonize)]);
    let resolver = Resolver::fake(FakeWeb::new(), None, Clock::system());
    let verifier = Verifier::new(resolver, contexts(), Clock::system(), Trust::default());
    let input = Input::sniff(signed);
    let judge = bench.time(|| judged(&verifier, &input));
    table.row("  the same, with every check and a report", &[None, Some(judge), None]);
    let signed: Value = serde_json::from_str(signed).unwrap();
    let ask = |operation: &str| json!({"credential": signed, "operation": operation});
    for (peer, version) in [
        (Peer::digitalbazaar(), node_package("@digitalbazaar/vc")),
        (Peer::digitalcredentials(), node_package("@digitalcredentials/vc")),
    ] {
        let Some(mut peer) = peer else { continue };
        let times =
            ["sign", "verify", "canonize"].map(|what| Some(peer_time(bench, &mut peer, ask(what))));
        table.row(&format!("{} {version}", peer.name), &times);
    }
    if let Some(mut peer) = Peer::canonizer() {
        let unsigned: Value = serde_json::from_str(unsigned).unwrap();
        let hash = peer_time(bench, &mut peer, json!({"document": unsigned}));
        let name = format!("jsonld {}", node_package("jsonld"));
        table.row(&name, &[None, None, Some(hash)]);
    }
    if let Some(mut peer) = Peer::openbadgeslib() {
        let times = ["sign", "verify", "canonize"].map(|what| {
            let mut request = ask(what);
            request["status"] = json!(false);
            Some(peer_time(bench, &mut peer, request))
        });
        table.row(&format!("{} [ldp]", python_package("openbadgeslib")), &times);
    }
}

fn tokens(bench: Bench, unsigned: &str) {
    let payload: Value = serde_json::from_str(unsigned).unwrap();
    let mut jose = Peer::jose();
    for (key_type, alg) in
        [(KeyType::Ed25519, "EdDSA"), (KeyType::P256, "ES256"), (KeyType::Rsa, "RS256")]
    {
        println!("\nVC-JWT, {alg}: the same credential");
        let key = PrivateKey::generate(key_type, &Random::system()).unwrap();
        let header = SignHeader { kid: Some("did:example:1#key"), typ: Some("JWT"), cty: None };
        let token = jws::sign(unsigned.as_bytes(), &header, &key).unwrap();
        let sign = bench.time(|| jws::sign(unsigned.as_bytes(), &header, &key).unwrap());
        let verify = bench.time(|| {
            let token = Compact::parse(&token).unwrap();
            jws::verify(&token, key.public()).unwrap();
            // A token is worth nothing before its claims are read.
            json::parse_bytes(token.payload()).unwrap().get("id").is_some()
        });
        let mut table = Table::new(&["sign", "verify"]);
        table.ours(&[Some(sign), Some(verify)]);
        let Some(jose) = &mut jose else { continue };
        let times = ["sign", "verify"].map(|operation| {
            let request = json!({"alg": alg, "payload": payload, "operation": operation});
            Some(peer_time(bench, jose, request))
        });
        table.row(&format!("jose {}", node_package("jose")), &times);
    }
}

/// Open Badges 2.0, hosted: every document is in memory, for ours and for theirs.
fn hosted(bench: Bench) {
    println!("\nOpen Badges 2.0, hosted: documents in memory, the whole verification");
    let context = "https://w3id.org/openbadges/v2";
    let url = |path: &str| format!("https://badges.example.org/{path}");
    let documents = json!({
        url("assertion"): {
            "@context": context, "id": url("assertion"), "type": "Assertion", "badge": url("badge"),
            "recipient": {"type": "email", "hashed": false, "identity": "a@example.com"},
            "verification": {"type": "HostedBadge"}, "issuedOn": "2026-01-01T00:00:00Z"
        },
        url("badge"): {
            "@context": context, "id": url("badge"), "type": "BadgeClass", "name": "Facilitator",
            "description": "Leads meetings.", "criteria": {"narrative": "Three agendas."},
            "image": format!("data:image/png;base64,{PIXEL}"), "issuer": url("issuer")
        },
        url("issuer"): {
            "@context": context, "id": url("issuer"), "type": "Issuer", "name": "River",
            "url": url(""), "email": "a@example.org"
        }
    });
    let web = FakeWeb::new();
    for (url, document) in documents.as_object().unwrap() {
        web.page(url, "application/ld+json", document.to_string());
    }
    let resolver = Resolver::fake(web, None, Clock::system());
    let verifier = Verifier::new(resolver, contexts(), Clock::system(), Trust::default());
    let input = Input::sniff(url("assertion"));
    let verify = bench.time(|| judged(&verifier, &input));
    let mut table = Table::new(&["verify"]);
    table.ours(&[Some(verify)]);
    if let Some(mut peer) = Peer::openbadges() {
        let request = json!({"input": url("assertion"), "documents": documents});
        table.row(&python_package("openbadges"), &[Some(peer_time(bench, &mut peer, request))]);
    }
}

/// A PNG of one pixel.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

fn judged(verifier: &Verifier, input: &Input) {
    static RUNTIME: LazyLock<Runtime> =
        LazyLock::new(|| tokio::runtime::Builder::new_current_thread().build().unwrap());
    let report =
        RUNTIME.block_on(verifier.verify(input.clone(), verifier::Options::default())).unwrap();
    assert_eq!(report.verdict, Verdict::Valid, "{}", report.text());
}

/// The reference credential of a new did:key, without and with its proof.
fn signed_here(mut credential: Value, key: &PrivateKey) -> (String, String) {
    credential["issuer"]["id"] = json!(did_key(key.public()).unwrap());
    // Its list would have to be fetched; what is compared here is the credential itself.
    credential.as_object_mut().unwrap().remove("credentialStatus");
    let unsigned = credential.to_string();
    let document = json::parse(&unsigned).unwrap();
    let options = ProofOptions {
        verification_method: &did_key_method(key.public()).unwrap(),
        created: Some("2026-01-15T09:30:00Z".parse().unwrap()),
        ..ProofOptions::default()
    };
    let proof = suite::sign(&document, Suite::EddsaRdfc2022, &options, key, contexts()).unwrap();
    credential["proof"] = proof;
    let signed = credential.to_string();
    (unsigned, signed)
}

/// From text to the issuer's own key and its signature.
fn verify_here(signed: &str) {
    let document = json::parse(signed).unwrap();
    let proof = &suite::proofs(&document).unwrap()[0];
    let method = Proof::parse(proof).unwrap().verification_method;
    let issuer = document.pointer("/issuer/id").and_then(json::Value::as_str).unwrap();
    let controller = Did::parse(issuer).unwrap().own_document().unwrap().unwrap();
    let key = controller.find(method, Relationship::Assertion).unwrap().key().unwrap();
    suite::check(&document, proof, &key, contexts()).unwrap();
}

fn node_package(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/node/package.json");
    let package: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    package["dependencies"][name].as_str().unwrap_or("?").to_owned()
}

fn python_package(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/python");
    ["requirements-openbadges.txt", "requirements-openbadgeslib.txt"]
        .iter()
        .filter_map(|file| std::fs::read_to_string(folder.join(file)).ok())
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .find_map(|line| Some(format!("{name} {}", line.strip_prefix(name)?.strip_prefix("==")?)))
        .unwrap_or_else(|| name.to_owned())
}
