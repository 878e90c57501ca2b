//! Linked data: JSON-LD and N-Quads text to canonical text, graphs to canonical labels, JSON to JCS.

use accolade::json;
use accolade::linked_data::{
    self, Canonical, Contexts, Dataset, Error, Limit, Limits, Options, jcs, nquads, rdfc10,
};
use bolero::check;

use crate::choices::Choices;
use crate::graph::Graph;
use crate::maxima::Maxima;
use crate::{json_ld, json_text, nquads as nquads_text};

/// A context that documents may name.
const KNOWN: &str = r#"{"@context": {"a": "urn:k:a", "c": {"@id": "urn:k:c", "@type": "@id"},
    "T": {"@id": "urn:k:T", "@context": {"b": "urn:k:b"}}}}"#;

/// Less work than the default, so that thousands of graphs are tried, and the limit is often met.
fn options(safe: bool) -> Options {
    // Without optimisation a level of nesting takes more of the stack than a test's thread has for all.
    let depth = if cfg!(debug_assertions) { 40 } else { Limits::default().depth };
    let limits = Limits { work: 2_000, depth, ..Limits::default() };
    Options { safe, inline_contexts: true, limits, ..Options::default() }
}

fn contexts() -> Contexts {
    Contexts::new([("https://k.example/v1".to_owned(), KNOWN.to_owned())]).unwrap()
}

/// The canonical text; `None` where the work limit stops it.
fn canonical(dataset: &Dataset, options: &Options) -> Option<Canonical> {
    match rdfc10::canonicalize(dataset, options) {
        Ok(canonical) => Some(canonical),
        Err(Error::Limit { limit: Limit::Work, allowed }) => {
            assert_eq!(allowed, options.limits.work);
            None
        }
        Err(other) => panic!("{other}"),
    }
}

fn reread(text: &str, options: &Options) -> Dataset {
    nquads::parse(text, options.limits).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

/// What is canonical stays so, and says what the dataset says.
fn check_canonical(dataset: &Dataset, options: &Options) -> bool {
    let written = dataset.to_nquads();
    assert_eq!(reread(&written, options).len(), dataset.len(), "written and read again");
    let Some(first) = canonical(dataset, options) else { return false };
    if let Some(again) = canonical(&reread(&first.nquads, options), options) {
        assert_eq!(again.nquads, first.nquads, "canonical text canonicalised");
    }
    if let Some(again) = canonical(&reread(&written, options), options) {
        assert_eq!(again.nquads, first.nquads, "written, read and canonicalised");
    }
    true
}

#[test]
fn nquads_text() {
    let mut maxima = Maxima::of("nquads_text");
    check!().with_iterations(3_000).for_each(|bytes: &[u8]| {
        maxima.case(|| {
            let text = nquads_text::text(&mut Choices::new(bytes));
            let options = options(true);
            match nquads::parse(&text, options.limits) {
                Ok(dataset) => check_canonical(&dataset, &options),
                Err(Error::NQuads { line, .. }) => {
                    assert!(line >= 1 && line <= text.split('\n').count());
                    false
                }
                Err(Error::Limit { .. }) => false,
                Err(other) => panic!("{other}"),
            }
        });
    });
    maxima.report();
}

#[test]
fn json_ld_text() {
    let contexts = contexts();
    let mut maxima = Maxima::of("json_ld_text");
    check!().with_iterations(3_000).for_each(|bytes: &[u8]| {
        maxima.case(|| {
            let text = json_ld::text(&mut Choices::new(bytes));
            let Ok(document) = json::parse(&text) else { return false };
            let lenient = linked_data::to_rdf(&document, &contexts, &options(false));
            let safe = linked_data::to_rdf(&document, &contexts, &options(true));
            if let Err(error) = &safe
                && let Some(pointer) = error.pointer()
            {
                assert!(is_place(&document, pointer), "{error} in {text}");
            }
            let Ok(lenient) = lenient else {
                assert!(safe.is_err(), "safe mode takes more: {text}");
                return false;
            };
            let Ok(safe) = safe else {
                check_canonical(&lenient, &options(false));
                return false;
            };
            assert_eq!(safe.to_nquads(), lenient.to_nquads(), "safe mode refuses, nothing else");
            let traced = linked_data::trace(&document, &contexts, &options(true));
            if let Some(canonical) = canonical(&safe, &options(true)) {
                assert_eq!(traced.unwrap().nquads, canonical.nquads);
            }
            check_canonical(&safe, &options(true))
        });
    });
    maxima.report();
}

/// Whether a pointer leads to a value or to a member of a context, where it may end in a name.
fn is_place(document: &json::Value<'_>, pointer: &str) -> bool {
    // What stands in `@nest` is read as if it stood outside, so that the pointer leaves that out.
    document.pointer(pointer).is_some()
        || pointer.contains("/@context")
        || document.to_string().contains("@nest")
}

/// A document whose context is written into it means what it means with the same context by URL.
#[test]
fn contexts_inline_and_by_url() {
    let mut maxima = Maxima::of("contexts_inline_and_by_url");
    check!().with_iterations(2_000).for_each(|bytes: &[u8]| {
        maxima.case(|| {
            let text = json_ld::text(&mut Choices::new(bytes));
            // A document's own URL, and a base that only a document may set, differ by design.
            if text.contains("@base") || text.contains("rel") || text.contains("k.example") {
                return false;
            }
            let Ok(mut document) = json::parse(&text) else { return false };
            let Some(object) = document.as_object_mut() else { return false };
            let Some(context) = object.get("@context").cloned() else { return false };
            let options = options(false);
            let url = "https://e.example/context";
            let by_url = Contexts::new([(url.to_owned(), format!("{{\"@context\":{context}}}"))]);
            let inline = linked_data::to_rdf(&json::parse(&text).unwrap(), &contexts(), &options);
            object.insert("@context", json::Value::String(url.into()));
            let by_url = linked_data::to_rdf(&document, &by_url.unwrap(), &options);
            match (inline, by_url) {
                (Ok(inline), Ok(by_url)) => {
                    assert_eq!(inline.to_nquads(), by_url.to_nquads(), "{text}");
                    true
                }
                (Err(_), Err(_)) => false,
                (inline, by_url) => panic!("{inline:?} inline, {by_url:?} by URL: {text}"),
            }
        });
    });
    maxima.report();
}

#[test]
fn graphs_of_blank_nodes() {
    let mut maxima = Maxima::of("graphs_of_blank_nodes");
    check!().with_iterations(1_500).for_each(|bytes: &[u8]| {
        maxima.case(|| {
            let mut choices = Choices::new(bytes);
            let graph = Graph::of(&mut choices);
            let options = options(true);
            let text = graph.text(|blank| format!("n{blank}"));
            let first = reread(&text, &options);
            let Some(first) = canonical(&first, &options) else { return false };
            // The canonical form is the graph itself under the labels that were issued.
            let mut relabelled: Vec<String> = graph
                .text(|blank| first.issued.get(&format!("n{blank}")).unwrap().clone())
                .lines()
                .map(|line| format!("{line}\n"))
                .collect();
            relabelled.sort();
            relabelled.dedup();
            assert_eq!(first.nquads, relabelled.concat());
            // Other names in another order make no difference.
            let turn = choices.below(64);
            let other =
                graph.shuffled(&mut choices).text(|blank| format!("m{}", (blank + turn) * 37 % 64));
            if let Some(other) = canonical(&reread(&other, &options), &options) {
                assert_eq!(other.nquads, first.nquads);
            }
            true
        });
    });
    maxima.report();
}

#[test]
fn json_and_its_canonical_text() {
    let mut maxima = Maxima::of("json_and_its_canonical_text");
    check!().with_iterations(5_000).for_each(|bytes: &[u8]| {
        maxima.case(|| {
            let text = json_text::text(&mut Choices::new(bytes));
            let Ok(value) = json::parse(&text) else { return false };
            let written = value.to_string();
            assert_eq!(json::parse(&written).unwrap(), value, "written and read again");
            match jcs::canonicalize(&value) {
                Ok(canonical) => {
                    let again = json::parse(&canonical).unwrap();
                    assert_eq!(jcs::canonicalize(&again).unwrap(), canonical);
                }
                Err(error) => assert!(matches!(error, Error::Limit { limit: Limit::Number, .. })),
            }
            true
        });
    });
    maxima.report();
}
