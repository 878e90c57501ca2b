//! Generated documents, canonical here and at `jsonld` with `rdf-canonize`: the same bytes, or both
//! refuse. What differs for a reason stands in `tests/peers/differences.md`, and is counted here.

use std::collections::BTreeMap;

use accolade::json;
use accolade::linked_data::{self, Contexts, Error, Limit, Options, Refusal};
use serde_json::{Value, json};

use super::process::Peer;
use crate::generated::{Vocabulary, document};
use crate::linked_data_suites::published_contexts;
use crate::require::{say, shared};

const DOCUMENTS: u64 = 2_400;
const SEED: u64 = 20_261_122;

#[test]
fn generated_documents_are_canonical_here_as_at_jsonld_or_refused_by_both() {
    let Some(shared) = shared() else { return };
    let Some(mut canonizer) = Peer::canonizer() else { return };
    let contexts = published_contexts(&shared);
    let options = Options { inline_contexts: true, ..Options::default() };
    let vocabulary = Vocabulary::read(&shared);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for number in 0..DOCUMENTS {
        let document = document(&vocabulary, SEED + number);
        let theirs = canonizer.ask(&json!({"document": document}));
        let ours = canonicalize(&document, &contexts, &options);
        match compare(&document, &ours, &theirs) {
            Ok(what) => *counts.entry(what).or_default() += 1,
            Err(why) => wrong.push(format!("{number}: {why}\n{document}")),
        }
    }
    for (what, count) in &counts {
        say(format_args!("differential with jsonld: {count:5} {what}"));
    }
    wrong.truncate(8);
    assert!(wrong.is_empty(), "unexplained:\n{}", wrong.join("\n\n"));
    assert!(counts.get(SAME).is_some_and(|count| *count > 800), "too few were canonical");
    assert!(counts.get(BOTH_REFUSE).is_some_and(|count| *count > 200), "too few were refused");
}

const SAME: &str = "canonical, the same bytes";
const BOTH_REFUSE: &str = "refused by both";

fn canonicalize(document: &Value, contexts: &Contexts, options: &Options) -> Result<String, Error> {
    let text = document.to_string();
    let document = json::parse(&text).unwrap();
    Ok(linked_data::canonicalize(&document, contexts, options)?.nquads)
}

/// What kind of agreement this is, or why it is none.
fn compare(
    document: &Value,
    ours: &Result<String, Error>,
    theirs: &Value,
) -> Result<&'static str, String> {
    let refused = theirs["refused"].as_str();
    match (ours, theirs["nquads"].as_str(), refused) {
        (Ok(ours), Some(theirs), _) if ours == theirs => Ok(SAME),
        (Ok(_), Some(_), _) if has_fraction_without_point(document) => {
            Ok("other bytes: a fraction without a point")
        }
        (Ok(ours), Some(theirs), _) => Err(format!("ours\n{ours}theirs\n{theirs}")),
        (Err(_), _, Some(_)) => Ok(BOTH_REFUSE),
        (Err(error), _, None) => stricter(error).ok_or_else(|| format!("only we refuse: {error}")),
        (Ok(_), _, Some(why)) => Err(format!("only they refuse: {why}")),
        (Ok(_), None, None) => Err("no answer".to_owned()),
    }
}

/// Why only we refuse; each is a section of `tests/peers/differences.md`.
fn stricter(error: &Error) -> Option<&'static str> {
    match error {
        Error::Unsafe { refusal: Refusal::NullValue, .. } => Some("refused here: null"),
        Error::Unsafe { refusal: Refusal::Misplaced, .. } => Some("refused here: idle keyword"),
        Error::Unsafe { refusal: Refusal::RelativeId, what, .. } if what.is_empty() => {
            Some("refused here: empty reference")
        }
        Error::Limit { limit: Limit::Work, .. } => Some("refused here: work limit"),
        _ => None,
    }
}

/// A number such as 5e-9, which ECMAScript spells without a point and `jsonld` takes for an integer.
fn has_fraction_without_point(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some_and(|number| {
            let one_digit = !format!("{number:e}").contains('.');
            number.fract() != 0.0 && one_digit && number.abs() < 1e-6
        }),
        Value::Array(items) => items.iter().any(has_fraction_without_point),
        Value::Object(members) => members.values().any(has_fraction_without_point),
        _ => false,
    }
}
