//! From JSON text to the hash of its canonical form: ours beside `oxjsonld` with `oxrdf`, on the
//! reference credential, in the same run. What is printed are times and ratios of this machine.

#[path = "../compare/side_by_side.rs"]
mod side_by_side;

use std::collections::HashMap;
use std::sync::Arc;

use accolade::bundled::contexts;
use accolade::json;
use accolade::linked_data::{self, Options};
use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf::Dataset;
use oxrdf::dataset::{CanonicalizationAlgorithm, CanonicalizationHashAlgorithm};
use sha2::{Digest as _, Sha256};
use side_by_side::{Bench, Table, machine};

const REFERENCE: &str = include_str!("../compare/reference.json");

const CONTEXTS: [(&str, &str); 2] = [
    (
        "https://www.w3.org/ns/credentials/v2",
        include_str!("../../schemas/contexts/credentials-v2.json"),
    ),
    (
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        include_str!("../../schemas/contexts/ob-v3p0-context-3.0.3.json"),
    ),
];

fn main() {
    let bench = Bench { seconds: 2.0 };
    machine();
    let ours = ours_to_text(REFERENCE);
    let theirs = theirs_to_text(REFERENCE);
    println!(
        "\nreference credential: {} bytes, {} quads; the canonical forms are {}",
        REFERENCE.len(),
        ours.lines().count(),
        if ours == theirs { "the same" } else { "different" }
    );
    let mut table = Table::new(&["quads", "canonical form and hash"]);
    let quads = bench.time(|| {
        let document = json::parse(REFERENCE).expect("JSON");
        linked_data::to_rdf(&document, contexts(), &Options::default()).expect("JSON-LD")
    });
    let hash = bench.time(|| {
        let document = json::parse(REFERENCE).expect("JSON");
        linked_data::canonical_hash(&document, contexts(), &Options::default()).expect("JSON-LD")
    });
    table.ours(&[Some(quads), Some(hash)]);
    let quads = bench.time(|| theirs_to_quads(REFERENCE));
    let hash = bench.time(|| Sha256::digest(theirs_to_text(REFERENCE)));
    table.row("oxjsonld 0.2 + oxrdf 0.3", &[Some(quads), Some(hash)]);
}

fn ours_to_text(text: &str) -> String {
    let document = json::parse(text).expect("JSON");
    linked_data::canonicalize(&document, contexts(), &Options::default()).expect("JSON-LD").nquads
}

fn theirs_to_quads(text: &str) -> Dataset {
    let known: Arc<HashMap<&str, &str>> = Arc::new(CONTEXTS.into());
    JsonLdParser::new()
        .for_slice(text)
        .with_load_document_callback(move |url, _| {
            let document = known.get(url).ok_or("no such context")?;
            Ok(JsonLdRemoteDocument {
                document: document.as_bytes().to_vec(),
                document_url: url.to_owned(),
            })
        })
        .collect::<Result<Dataset, _>>()
        .expect("JSON-LD")
}

fn theirs_to_text(text: &str) -> String {
    let mut dataset = theirs_to_quads(text);
    dataset.canonicalize(CanonicalizationAlgorithm::Rdfc10 {
        hash_algorithm: CanonicalizationHashAlgorithm::Sha256,
    });
    let mut lines: Vec<String> = dataset.iter().map(|quad| format!("{quad} .\n")).collect();
    lines.sort_unstable();
    lines.concat()
}
