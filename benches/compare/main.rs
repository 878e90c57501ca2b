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

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

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
use tokio::runtime::Runtime;

const REFERENCE: &str = include_str!("reference.json");

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

/// One measurement: how long an operation takes in the middle.
#[derive(Clone, Copy)]
struct Bench {
    seconds: f64,
}

impl Bench {
    fn time<T>(self, mut work: impl FnMut() -> T) -> f64 {
        for _ in 0..20 {
            black_box(work());
        }
        let limit = Duration::from_secs_f64(self.seconds);
        let start = Instant::now();
        let mut count = 0_u32;
        while start.elapsed() < limit {
            for _ in 0..8 {
                black_box(work());
            }
            count += 8;
        }
        start.elapsed().as_secs_f64() / f64::from(count)
    }

    /// The time of a peer for one operation; the peer measures, so that its start does not count.
    fn peer(self, peer: &mut Peer, mut request: Value) -> f64 {
        request["do"] = json!("time");
        request["seconds"] = json!(self.seconds);
        let answer = peer.ask(&request);
        answer["seconds"].as_f64().unwrap() / answer["count"].as_f64().unwrap()
    }
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
            ["sign", "verify", "canonize"].map(|what| Some(bench.peer(&mut peer, ask(what))));
        table.row(&format!("{} {version}", peer.name), &times);
    }
    if let Some(mut peer) = Peer::openbadgeslib() {
        let verify = bench.peer(&mut peer, json!({"credential": signed, "status": false}));
        table.row(&python_package("openbadgeslib"), &[None, Some(verify), None]);
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
            Some(bench.peer(jose, request))
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
        table.row(&python_package("openbadges"), &[Some(bench.peer(&mut peer, request))]);
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

/// Times side by side, with how many times ours goes into theirs.
struct Table {
    ours: Vec<Option<f64>>,
}

impl Table {
    fn new(columns: &[&str]) -> Self {
        print!("  {:<44}", "");
        for column in columns {
            print!("{column:>26}");
        }
        println!();
        Self { ours: Vec::new() }
    }

    fn ours(&mut self, times: &[Option<f64>]) {
        self.ours = times.to_vec();
        self.row(&format!("accolade {}", env!("CARGO_PKG_VERSION")), times);
    }

    fn row(&self, name: &str, times: &[Option<f64>]) {
        print!("  {name:<44}");
        for (time, ours) in times.iter().zip(&self.ours) {
            let cell = match (time, ours) {
                (Some(time), Some(ours)) if time != ours => {
                    let ratio = time / ours;
                    let digits = usize::from(ratio < 10.0);
                    format!("{} ({ratio:.digits$}×)", micros(*time))
                }
                (Some(time), _) => micros(*time),
                (None, _) => "–".to_owned(),
            };
            print!("{cell:>26}");
        }
        println!();
    }
}

fn micros(seconds: f64) -> String {
    let micros = seconds * 1e6;
    if micros < 1000.0 { format!("{micros:.1} µs") } else { format!("{:.2} ms", micros / 1e3) }
}

fn machine() {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("a processor", |name| name.trim_start_matches(['\t', ' ', ':']));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{model}, {cores} cores; one core is used at a time");
    println!("{}; {}; {}", version("rustc"), version("node"), version("python3"));
}

fn version(program: &str) -> String {
    let output = Command::new(program).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    match text {
        Ok(text) if text.starts_with('v') => format!("{program} {text}"),
        Ok(text) => text,
        Err(_) => format!("no {program}"),
    }
}

fn node_package(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/node/package.json");
    let package: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    package["dependencies"][name].as_str().unwrap_or("?").to_owned()
}

fn python_package(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/python");
    ["requirements.txt", "requirements-openbadgeslib.txt"]
        .iter()
        .filter_map(|file| std::fs::read_to_string(folder.join(file)).ok())
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .find_map(|line| Some(format!("{name} {}", line.strip_prefix(name)?.strip_prefix("==")?)))
        .unwrap_or_else(|| name.to_owned())
}
