//! The W3C suites: JSON-LD 1.1 to RDF, RDFC-1.0, and the canonical forms of the Data Integrity
//! vectors. Each prints what it counted, and fails on any failure and on an empty run.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use accolade::json::{self, Value};
use accolade::linked_data::{
    self, Contexts, Error, Hash, Limit, Limits, Options, RdfDirection, jcs, nquads, rdfc10,
};
use sha2::{Digest, Sha256, Sha384};

use crate::require::{say, shared};

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn parse(text: &str) -> Value<'static> {
    json::parse(text).unwrap().into_owned()
}

/// What came out of a suite.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: Vec<String>,
    skipped: Vec<(&'static str, &'static str)>,
}

impl Tally {
    fn record(&mut self, id: &str, result: Result<(), String>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(why) => self.failed.push(format!("{id}: {why}")),
        }
    }

    fn report(self, suite: &str, at_least: usize) {
        let Self { passed, failed, skipped } = self;
        say(format_args!(
            "{suite}: {passed} passed, {} failed, {} skipped",
            failed.len(),
            skipped.len()
        ));
        for (id, reason) in &skipped {
            say(format_args!("  skipped {id}: {reason}"));
        }
        assert!(failed.is_empty(), "{} of {suite} failed:\n{}", failed.len(), failed.join("\n"));
        assert!(passed >= at_least, "{suite}: only {passed} tests ran");
    }
}

/// The canonical form of N-Quads text, which tells whether two datasets are isomorphic.
fn canonical_nquads(text: &str) -> String {
    let options = Options::default();
    let dataset = nquads::parse(text, options.limits).unwrap();
    rdfc10::canonicalize(&dataset, &options).unwrap().nquads
}

#[test]
fn every_json_ld_1_1_to_rdf_test_passes() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("vectors/json-ld");
    let manifest = parse(&read(&folder.join("toRdf-manifest.jsonld")));
    let base = manifest.str_of("baseIri").unwrap();
    let contexts = json_ld_test_contexts(&folder, base);
    let mut tally = Tally::default();
    let mut not_run = not_run("JSON-LD 1.1 toRdf");
    for test in manifest.get("sequence").unwrap().items() {
        let id = test.str_of("@id").unwrap();
        match not_run.iter().position(|(name, _)| *name == id) {
            Some(at) => tally.skipped.push(not_run.remove(at)),
            None => tally.record(id, to_rdf_test(test, &folder, base, &contexts)),
        }
    }
    assert!(not_run.is_empty(), "no such tests: {not_run:?}");
    tally.report("JSON-LD 1.1 toRdf", 454);
}

/// The tests of a suite that are not for us, and why: a section of `tests/suites.md`.
fn not_run(suite: &str) -> Vec<(&'static str, &'static str)> {
    let list = include_str!("../suites.md");
    let (_, section) = list.split_once(&format!("\n## {suite}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    rows.map(|row| row.split_once("` | ").unwrap()).collect()
}

/// The contexts that the tests name: the documents beside them.
fn json_ld_test_contexts(folder: &Path, base: &str) -> Contexts {
    let mut documents = Vec::new();
    let mut folders = vec![PathBuf::from("toRdf")];
    while let Some(inner) = folders.pop() {
        for entry in std::fs::read_dir(folder.join(&inner)).unwrap() {
            let entry = entry.unwrap();
            let path = inner.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == "jsonld") {
                let text = read(&folder.join(&path));
                if json::parse(&text).is_ok() {
                    documents.push((format!("{base}{}", path.display()), text));
                }
            }
        }
    }
    Contexts::new(documents).unwrap()
}

fn to_rdf_test(
    test: &Value<'_>,
    folder: &Path,
    base: &str,
    contexts: &Contexts,
) -> Result<(), String> {
    let input = test.str_of("input").unwrap();
    let option = |name: &str| test.get("option")?.str_of(name);
    let options = Options {
        base: Some(option("base").map_or_else(|| format!("{base}{input}"), str::to_owned)),
        direction: match option("rdfDirection") {
            Some("i18n-datatype") => Some(RdfDirection::I18nDatatype),
            Some("compound-literal") => Some(RdfDirection::CompoundLiteral),
            _ => None,
        },
        expand_context: option("expandContext").map(|path| parse(&read(&folder.join(path)))),
        json_ld_1_0: option("processingMode") == Some("json-ld-1.0"),
        ..Options::lenient()
    };
    let types: Vec<&str> =
        test.get("@type").unwrap().items().iter().filter_map(Value::as_str).collect();
    if types.contains(&"jld:NegativeEvaluationTest") {
        let expected = test.str_of("expectErrorCode").unwrap();
        let text = read(&folder.join(input));
        let document = json::parse(&text).map_err(|error| error.to_string())?;
        return match linked_data::to_rdf(&document, contexts, &options) {
            Ok(dataset) => Err(format!("no {expected:?}, but\n{}", dataset.to_nquads())),
            Err(error) if error.json_ld_code() == Some(expected) => Ok(()),
            Err(error) => Err(format!("no {expected:?}, but {error}")),
        };
    }
    let text = read(&folder.join(input));
    let document = json::parse(&text).map_err(|error| error.to_string())?;
    let canonical =
        linked_data::canonicalize(&document, contexts, &options).map_err(|e| e.to_string())?;
    let Some(expect) = test.str_of("expect") else { return Ok(()) };
    let expected = canonical_nquads(&read(&folder.join(expect)));
    if canonical.nquads == expected {
        Ok(())
    } else {
        Err(format!("got\n{}expected\n{expected}", canonical.nquads))
    }
}

#[test]
fn every_rdfc_1_0_test_passes() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("vectors/rdf-canon");
    let manifest = parse(&read(&folder.join("manifest.jsonld")));
    let mut tally = Tally::default();
    for test in manifest.get("entries").unwrap().items() {
        let id = test.str_of("id").unwrap();
        tally.record(id, rdfc_test(test, &folder));
    }
    tally.report("RDFC-1.0", 86);
}

fn rdfc_test(test: &Value<'_>, folder: &Path) -> Result<(), String> {
    let hash = match test.str_of("hashAlgorithm") {
        Some("SHA384") => Hash::Sha384,
        _ => Hash::Sha256,
    };
    let options = Options { hash, ..Options::default() };
    let input = read(&folder.join(test.str_of("action").unwrap()));
    let dataset = nquads::parse(&input, options.limits).map_err(|error| error.to_string())?;
    let result = rdfc10::canonicalize(&dataset, &options);
    match test.str_of("type").unwrap() {
        "rdfc:RDFC10NegativeEvalTest" => match result {
            Err(Error::Limit { limit: Limit::Work, .. }) => Ok(()),
            Err(error) => Err(error.to_string()),
            Ok(_) => Err("a poison graph was not refused".to_owned()),
        },
        "rdfc:RDFC10MapTest" => {
            let expected = parse(&read(&folder.join(test.str_of("result").unwrap())));
            let expected: HashMap<String, String> = expected
                .as_object()
                .unwrap()
                .iter()
                .map(|(from, to)| (from.to_owned(), to.as_str().unwrap().to_owned()))
                .collect();
            let issued = result.map_err(|error| error.to_string())?.issued;
            if issued == expected { Ok(()) } else { Err(format!("{issued:?}, not {expected:?}")) }
        }
        _ => {
            let expected = read(&folder.join(test.str_of("result").unwrap()));
            let nquads = result.map_err(|error| error.to_string())?.nquads;
            if nquads == expected { Ok(()) } else { Err(format!("got\n{nquads}not\n{expected}")) }
        }
    }
}

/// All published contexts, those for tests included.
pub(crate) fn published_contexts(shared: &Path) -> Contexts {
    let folder = shared.join("contexts");
    let manifest = parse(&read(&folder.join("manifest.json")));
    // Named by the OB 1.1 context, and in no manifest.
    let legacy = read(&folder.join("ob2-web/legacy-v1.json"));
    let mut documents = vec![("https://w3id.org/openbadges/legacy-v1".to_owned(), legacy)];
    for entry in manifest.get("contexts").unwrap().items() {
        let text = read(&folder.join(entry.str_of("file").unwrap()));
        documents.push((entry.str_of("url").unwrap().to_owned(), text.clone()));
        for alias in entry.get("aliases").unwrap().items() {
            documents.push((alias.as_str().unwrap().to_owned(), text.clone()));
        }
    }
    Contexts::new(documents).unwrap()
}

/// A Data Integrity folder: the credential as signed, without its proof, and the proof's options.
struct Vector {
    folder: &'static str,
    signed: &'static str,
    config: &'static str,
    document: [&'static str; 2],
    proof: [&'static str; 2],
}

const RDFC_VECTORS: &[Vector] = &[
    Vector {
        folder: "vc-di-eddsa/eddsa-rdfc-2022",
        signed: "signedDataInt.json",
        config: "proofConfigDataInt.json",
        document: ["canonDocDataInt.txt", "docHashDataInt.txt"],
        proof: ["proofCanonDataInt.txt", "proofHashDataInt.txt"],
    },
    Vector {
        folder: "vc-di-eddsa/eddsa-rdfc-2022/employ",
        signed: "signedDataInt.json",
        config: "proofConfigDataInt.json",
        document: ["canonDocDataInt.txt", "docHashDataInt.txt"],
        proof: ["proofCanonDataInt.txt", "proofHashDataInt.txt"],
    },
    Vector {
        folder: "vc-di-eddsa/Ed25519Signature2020",
        signed: "signedEdSig.json",
        config: "proofConfigEdSig.json",
        document: ["canonDocEdSig.txt", "docHashEdSig.txt"],
        proof: ["proofCanonEdSig.txt", "proofHashEdSig.txt"],
    },
    Vector {
        folder: "vc-di-ecdsa/ecdsa-rdfc-2019-p256",
        signed: "signedECDSAP256.json",
        config: "proofConfigECDSAP256.json",
        document: ["canonDocECDSAP256.txt", "docHashECDSAP256.txt"],
        proof: ["proofCanonECDSAP256.txt", "proofHashECDSAP256.txt"],
    },
    Vector {
        folder: "vc-di-ecdsa/ecdsa-rdfc-2019-p256/employ",
        signed: "signedECDSAP256.json",
        config: "proofConfigECDSAP256.json",
        document: ["canonDocECDSAP256.txt", "docHashECDSAP256.txt"],
        proof: ["proofCanonECDSAP256.txt", "proofHashECDSAP256.txt"],
    },
    Vector {
        folder: "vc-di-ecdsa/ecdsa-rdfc-2019-p384",
        signed: "signedECDSAP384.json",
        config: "proofConfigECDSAP384.json",
        document: ["canonDocECDSAP384.txt", "docHashECDSAP384.txt"],
        proof: ["proofCanonECDSAP384.txt", "proofHashECDSAP384.txt"],
    },
    Vector {
        folder: "vc-di-ecdsa/ecdsa-rdfc-2019-p384/employ",
        signed: "signedECDSAP384.json",
        config: "proofConfigECDSAP384.json",
        document: ["canonDocECDSAP384.txt", "docHashECDSAP384.txt"],
        proof: ["proofCanonECDSAP384.txt", "proofHashECDSAP384.txt"],
    },
];

const JCS_VECTORS: &[Vector] = &[
    Vector {
        folder: "vc-di-eddsa/eddsa-jcs-2022",
        signed: "signedJCS.json",
        config: "proofConfigJCS.json",
        document: ["canonDocJCS.txt", "docHashJCS.txt"],
        proof: ["proofCanonJCS.txt", "proofHashJCS.txt"],
    },
    Vector {
        folder: "vc-di-ecdsa/ecdsa-jcs-2019-p256",
        signed: "signedJCSECDSAP256.json",
        config: "proofConfigJCSECDSAP256.json",
        document: ["canonDocJCSECDSAP256.txt", "docHashJCSECDSAP256.txt"],
        proof: ["proofCanonJCSECDSAP256.txt", "proofHashJCSECDSAP256.txt"],
    },
    Vector {
        folder: "vc-di-ecdsa/ecdsa-jcs-2019-p384",
        signed: "signedJCSECDSAP384.json",
        config: "proofConfigJCSECDSAP384.json",
        document: ["canonDocJCSECDSAP384.txt", "docHashJCSECDSAP384.txt"],
        proof: ["proofCanonJCSECDSAP384.txt", "proofHashJCSECDSAP384.txt"],
    },
];

/// Compares the canonical forms of both documents of each vector, and their hashes.
fn check_vectors(
    shared: &Path,
    vectors: &[Vector],
    canonical: impl Fn(&Value<'_>, Hash) -> Result<String, Error>,
) -> Tally {
    let mut tally = Tally::default();
    for vector in vectors {
        let folder = shared.join("vectors").join(vector.folder);
        let hash = if vector.folder.contains("p384") { Hash::Sha384 } else { Hash::Sha256 };
        let mut credential = parse(&read(&folder.join(vector.signed)));
        credential.as_object_mut().unwrap().remove("proof");
        let config = parse(&read(&folder.join(vector.config)));
        for (document, [text, digest]) in [(&credential, vector.document), (&config, vector.proof)]
        {
            let expected = read(&folder.join(text));
            let expected_hash = read(&folder.join(digest));
            let result = canonical(document, hash).map_err(|error| error.to_string());
            let result = result.and_then(|found| {
                let found_hash = match hash {
                    Hash::Sha256 => hex(&Sha256::digest(&found)),
                    Hash::Sha384 => hex(&Sha384::digest(&found)),
                };
                if found.trim_end() != expected.trim_end() {
                    Err(format!("got\n{found}\nnot\n{expected}"))
                } else if found_hash != expected_hash.trim() {
                    Err(format!("hash {found_hash}, not {expected_hash}"))
                } else {
                    Ok(())
                }
            });
            tally.record(&format!("{}/{text}", vector.folder), result);
        }
    }
    tally
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_canonical_forms_of_the_data_integrity_vectors_are_reproduced() {
    let Some(shared) = shared() else { return };
    let contexts = published_contexts(&shared);
    // The reading goes from compiled contexts the second time.
    for _ in 0..2 {
        check_vectors(&shared, RDFC_VECTORS, |document, hash| {
            // Data Integrity hashes with SHA-384 for P-384; RDFC-1.0 itself keeps SHA-256 unless
            // told, and the vectors do not depend on it.
            let options = Options { hash, ..Options::default() };
            Ok(linked_data::canonicalize(document, &contexts, &options)?.nquads)
        })
        .report("Data Integrity, RDFC", 14);
    }
}

#[test]
fn the_jcs_forms_of_the_data_integrity_vectors_are_reproduced() {
    let Some(shared) = shared() else { return };
    check_vectors(&shared, JCS_VECTORS, |document, _| jcs::canonicalize(document))
        .report("Data Integrity, JCS", 6);
}

#[test]
fn a_poison_graph_in_a_document_is_stopped_by_name() {
    let nodes: Vec<String> = (0..40)
        .map(|one| {
            let others: Vec<String> = (0..40)
                .filter(|two| *two != one)
                .map(|two| format!("{{\"@id\":\"_:n{two}\"}}"))
                .collect();
            format!("{{\"@id\":\"_:n{one}\",\"urn:knows\":[{}]}}", others.join(","))
        })
        .collect();
    let text = format!("[{}]", nodes.join(","));
    let document = json::parse(&text).unwrap();
    let result = linked_data::canonicalize(&document, &Contexts::default(), &Options::default());
    let allowed = Limits::default().work;
    assert_eq!(result, Err(Error::Limit { limit: Limit::Work, allowed }));
}
