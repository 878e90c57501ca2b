//! The bundled contexts mean what the published ones mean.

use accolade::bundled;
use accolade::json::{self, Value};
use accolade::linked_data::{self, Error, Options};

use crate::generated::{Vocabulary, document};
use crate::linked_data_suites::published_contexts;
use crate::require::{say, shared};

/// Published contexts that the service must not know: they define every name there is, or serve
/// only as examples.
const NOT_BUNDLED: &[&str] = &[
    "https://www.w3.org/ns/credentials/undefined-terms/v2",
    "https://www.w3.org/ns/credentials/examples/v2",
    "https://www.w3.org/2018/credentials/examples/v2",
    "https://www.w3.org/2018/credentials/examples/v1",
    "https://w3id.org/citizenship/v4rc1",
    "OBv3_beta",
];

fn read(path: &std::path::Path) -> Value<'static> {
    json::parse(&std::fs::read_to_string(path).unwrap()).unwrap().into_owned()
}

fn is_same(one: &Value<'_>, two: &Value<'_>) -> bool {
    match (one, two) {
        (Value::Object(one), Value::Object(two)) => {
            one.len() == two.len()
                && one
                    .iter()
                    .all(|(name, value)| two.get(name).is_some_and(|other| is_same(value, other)))
        }
        (Value::Array(one), Value::Array(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| is_same(one, two))
        }
        _ => one == two,
    }
}

#[test]
fn every_published_context_is_bundled_with_the_same_terms() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("contexts");
    let manifest = read(&folder.join("manifest.json"));
    let mut compared = 0;
    for entry in manifest.get("contexts").unwrap().items() {
        let url = entry.str_of("url").unwrap();
        // A fragment marks another version of the same URL, kept for comparison.
        if url.contains('#') {
            continue;
        }
        let published = read(&folder.join(entry.str_of("file").unwrap()));
        let aliases = entry.get("aliases").unwrap().items().iter().filter_map(Value::as_str);
        for url in std::iter::once(url).chain(aliases) {
            let bundled = bundled::context_documents().iter().find(|(known, _)| *known == url);
            match bundled {
                None => assert!(NOT_BUNDLED.contains(&url), "{url} is not bundled"),
                Some((_, text)) => {
                    assert!(!NOT_BUNDLED.contains(&url), "{url} is bundled");
                    let bundled = json::parse(text).unwrap();
                    let (ours, theirs) = (bundled.get("@context"), published.get("@context"));
                    assert!(is_same(ours.unwrap(), theirs.unwrap()), "{url} has other terms");
                    compared += 1;
                }
            }
        }
    }
    let legacy = read(&folder.join("ob2-web/legacy-v1.json"));
    let (_, text) = bundled::context_documents()
        .iter()
        .find(|(url, _)| *url == "https://w3id.org/openbadges/legacy-v1")
        .unwrap();
    assert!(is_same(&json::parse(text).unwrap(), &legacy));
    assert_eq!(compared + 1, bundled::context_documents().len(), "a bundled context has no model");
}

#[test]
fn the_same_documents_are_canonical_with_bundled_and_with_published_contexts() {
    let Some(shared) = shared() else { return };
    let published = published_contexts(&shared);
    let vocabulary = Vocabulary::read(&shared);
    let options = Options { inline_contexts: true, ..Options::default() };
    let (mut same, mut refused) = (0, 0);
    for seed in 0..1_500 {
        let text = document(&vocabulary, seed).to_string();
        let document = json::parse(&text).unwrap();
        let ours = linked_data::canonicalize(&document, bundled::contexts(), &options);
        if matches!(ours, Err(Error::UnknownContext(_))) {
            continue;
        }
        let theirs = linked_data::canonicalize(&document, &published, &options);
        match (&ours, &theirs) {
            (Ok(ours), Ok(theirs)) => {
                assert_eq!(ours.nquads, theirs.nquads, "{text}");
                same += 1;
            }
            (Err(ours), Err(theirs)) => {
                assert_eq!(ours.pointer().is_some(), theirs.pointer().is_some(), "{text}");
                refused += 1;
            }
            _ => panic!("{ours:?} and {theirs:?}: {text}"),
        }
    }
    say(format_args!(
        "bundled and published contexts: {same} documents the same, {refused} refused"
    ));
    assert!(same > 500);
}
