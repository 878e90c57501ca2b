//! The release binary over HTTP on loopback, with a durable store: `cargo bench --bench http`.
//! Printed, never asserted. The load runs on the same cores. The store lies where `TMPDIR` says.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that fails shall say so"
)]

mod load;
#[path = "../../tests/it/process.rs"]
#[expect(dead_code, reason = "shared with the tests, which use all of it")]
mod process;
#[path = "../../tests/it/peers/service.rs"]
#[expect(dead_code, reason = "shared with the tests, which use all of it")]
mod service;

use std::time::Duration;

use accolade::bundled::contexts;
use accolade::proof::did::{did_key, did_key_method};
use accolade::proof::key::{KeyType, PrivateKey};
use accolade::proof::suite::{self, ProofOptions, Suite};
use accolade::world::Random;
use load::{Outcome, Request, paced, run};
use serde_json::{Value, json};
use service::Service;

const REFERENCE: &str = include_str!("../compare/reference.json");

fn main() {
    let seconds = if std::env::args().any(|argument| argument == "--test") { 0.2 } else { 5.0 };
    // The stranger's web site is asked whether it names her, and nobody's name server shall be what is
    // measured: it is mapped to a place that the guard refuses.
    let service = Service::start(None, &[("river.example.org", "http://127.0.0.1:9".to_owned())]);
    machine();
    let host = service.base.strip_prefix("http://").unwrap().to_owned();
    let class = badge_class(&service);
    let mint = |worker: usize, count: usize| minting(&service, &host, &class, worker, count);
    for connections in [1, 8, 32] {
        print("mint, durable", connections, &run(&host, connections, seconds, mint));
    }

    overload(seconds);

    let award = service.post(
        "/v1/assertions",
        &json!({
            "badgeClass": class, "recipient": {"email": "someone@example.org"},
            "results": [{"resultDescription": "agenda", "achievedLevel": "3"}]
        }),
    );
    let link = |name: &str| award["links"][name].as_str().unwrap().to_owned();
    for (what, question) in [
        ("verify a stranger's badge", json!({"credential": reference_credential()})),
        ("verify a badge of ours", json!({"credential": service.document(&link("ob3"))})),
        ("verify OB 2.0 by URL", json!({"url": link("ob2")})),
    ] {
        let question = question.to_string();
        let ask = |_, _| Request::post(&host, "/v1/verifications", None, &question);
        for connections in [1, 16] {
            print(what, connections, &run(&host, connections, seconds, ask));
        }
    }
    let path = |url: &str| url.strip_prefix(&service.base).unwrap().to_owned();
    let page = path(&link("page"));
    for (what, accept) in [("badge page", "text/html"), ("badge as JSON", "application/json")] {
        for connections in [1, 16] {
            let outcome =
                run(&host, connections, seconds, |_, _| Request::get(&host, &page, accept));
            print(what, connections, &outcome);
        }
    }
}

fn minting(service: &Service, host: &str, class: &Value, worker: usize, count: usize) -> Request {
    let body = json!({
        "badgeClass": class, "recipient": {"email": format!("t{worker}.{count}@example.org")},
        "results": [{"resultDescription": "agenda", "achievedLevel": "3"}],
        "evidence": [{"url": "https://river.example.org/evidence", "name": "Agendas"}]
    });
    Request::post(host, "/v1/assertions", Some(&service.token), &body.to_string())
}

/// Five times as many mintings as the service can do, at a steady pace: what it does of them, how it
/// refuses the rest, and how it is right after.
fn overload(seconds: f64) {
    const CONNECTIONS: usize = 1000;
    let service = Service::start_within("token_requests_per_minute = 100000000", None, &[], &[]);
    let host = service.base.strip_prefix("http://").unwrap();
    let class = badge_class(&service);
    let mint = |worker: usize, count: usize| minting(&service, host, &class, worker, count);
    let peak = run(host, 32, seconds, mint).per_second();
    let pace = Duration::from_secs_f64(CONNECTIONS as f64 / (5.0 * peak));
    let over = paced(host, CONNECTIONS, seconds * 2.0, pace, mint);
    let done = over.per_second();
    let asked = done + over.failures.len() as f64 / (seconds * 2.0);
    println!(
        "mint, overloaded: {asked:.0}/s asked, {done:.0}/s done ({:.0} % of {peak:.0}), {} refused with 503, {} otherwise",
        100.0 * done / peak,
        over.refused(503),
        over.failures.len() - over.refused(503),
    );
    let after = run(host, 32, seconds.min(1.0), mint);
    println!(
        "mint, in the second after: {:.0}/s ({:.0} %), p99 {:.2?}",
        after.per_second(),
        100.0 * after.per_second() / peak,
        after.quantile(0.99)
    );
}

/// The reference credential with a proof of a new did:key, and without the status entry of a host
/// that does not exist.
fn reference_credential() -> Value {
    let key = PrivateKey::generate(KeyType::Ed25519, &Random::system()).unwrap();
    let mut credential: Value = serde_json::from_str(REFERENCE).unwrap();
    credential.as_object_mut().unwrap().remove("credentialStatus");
    credential["issuer"]["id"] = json!(did_key(key.public()).unwrap());
    let options = ProofOptions {
        verification_method: &did_key_method(key.public()).unwrap(),
        created: Some("2026-01-15T09:30:00Z".parse().unwrap()),
        ..ProofOptions::default()
    };
    let document = accolade::json::Value::from(&credential);
    let proof = suite::sign(&document, Suite::EddsaRdfc2022, &options, &key, contexts()).unwrap();
    credential["proof"] = proof;
    credential
}

fn badge_class(service: &Service) -> Value {
    let reference: Value = serde_json::from_str(REFERENCE).unwrap();
    let achievement = &reference["credentialSubject"]["achievement"];
    let issuer = service.post(
        "/v1/issuers",
        &json!({"name": "Load", "url": "https://river.example.org/", "email": "a@river.example.org"}),
    );
    let class = service.post(
        "/v1/badge-classes",
        &json!({
            "issuer": issuer["id"], "name": achievement["name"],
            "description": achievement["description"], "achievementType": "MicroCredential",
            "criteria": {"narrative": achievement["criteria"]["narrative"]},
            "alignment": [{
                "targetName": "Facilitates learning", "targetCode": "TLMS.3.a",
                "targetUrl": "https://standards.example.org/tlms/3/a"
            }],
            "resultDescription": [{
                "code": "agenda", "name": "Agenda", "resultType": "RubricCriterionLevel",
                "rubricCriterionLevel": [
                    {"code": "2", "name": "Developing"}, {"code": "3", "name": "Proficient"}
                ]
            }]
        }),
    );
    class["id"].clone()
}

fn print(what: &str, connections: usize, outcome: &Outcome) {
    println!(
        "{what:<28} {connections:>3} connections {:>9.0}/s   p50 {:>8.2?}   p99 {:>8.2?}{}",
        outcome.per_second(),
        outcome.quantile(0.5),
        outcome.quantile(0.99),
        match outcome.failures.first() {
            None => String::new(),
            Some(first) => format!("   {} failed, first {first}", outcome.failures.len()),
        }
    );
}

fn machine() {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name"));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{}, {cores} cores shared by service and load; accolade {}",
        model.map_or("a processor", |name| name.trim_start_matches(['\t', ' ', ':'])),
        env!("CARGO_PKG_VERSION")
    );
}
