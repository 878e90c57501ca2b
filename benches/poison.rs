//! How long poison graphs keep the canonicaliser busy before a limit stops them: `cargo bench --bench
//! poison`. Those of the tests, and the W3C suite's where it is there. Printed, never asserted.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that fails shall say so"
)]

#[path = "../tests/it/poison.rs"]
#[expect(dead_code, reason = "a bench prints what became of a graph, it expects nothing")]
mod poison;

use std::path::Path;
use std::time::{Duration, Instant};

use accolade::linked_data::{Hash, Options};
use poison::{Fate, fate, graphs};

fn main() {
    println!("{:<36}{:>8}{:>12}{:>12}   ended", "graph", "quads", "SHA-256", "SHA-384");
    let mut longest = Duration::ZERO;
    let w3c = w3c().into_iter().map(|(name, nquads)| (format!("W3C {name}"), nquads));
    for (name, nquads) in graphs().into_iter().map(|graph| (graph.name, graph.nquads)).chain(w3c) {
        let [(short, ended), (long, _)] = [Hash::Sha256, Hash::Sha384].map(|hash| {
            let options = Options { hash, ..Options::default() };
            let start = Instant::now();
            let ended = fate(&nquads, &options);
            (start.elapsed(), ended)
        });
        let ended = match ended {
            Fate::Canonical => "canonical".to_owned(),
            Fate::Stopped(limit) => format!("stopped by {limit}"),
        };
        let quads = nquads.lines().count();
        println!("{name:<36}{quads:>8}{short:>12.2?}{long:>12.2?}   {ended}");
        longest = longest.max(short).max(long);
    }
    println!("the longest: {longest:.2?}");
}

/// The suite's graphs that must be stopped.
fn w3c() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/rdf-canon");
    let Ok(manifest) = std::fs::read_to_string(folder.join("manifest.jsonld")) else {
        return Vec::new();
    };
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let tests = manifest["entries"].as_array().unwrap();
    tests
        .iter()
        .filter(|test| test["type"] == "rdfc:RDFC10NegativeEvalTest")
        .map(|test| {
            let path = folder.join(test["action"].as_str().unwrap());
            (test["id"].as_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap())
        })
        .collect()
}
