//! Our JSON Schemas, held to the published ones: `fixtures/schemas/` lists changes of one document
//! with what ours and, for Open Badges 3.0, the published schema must say to each.

use std::path::Path;

use accolade::bundled::{SCHEMA_NAMES, schema};
use accolade::json as strict;
use accolade::json::schema::Schema;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::require::{say, shared};

#[test]
fn our_schemas_accept_and_refuse_what_they_must() {
    for name in SCHEMA_NAMES {
        let ours = Schema::compile(&strict::parse(schema(name).unwrap()).unwrap()).unwrap();
        let cases = cases(name);
        let mut counts = [0, 0];
        for case in &cases {
            let problems = ours.problems(&(&case.document).into(), 8);
            let valid = problems.is_empty();
            assert_eq!(valid, case.ours, "{name}: {}: {problems:?}", case.why);
            counts[usize::from(valid)] += 1;
        }
        let [refused, accepted] = counts;
        assert!(accepted > 0 && refused > 0, "{name} has cases of one kind only");
        say(format_args!("schema {name}: accepts {accepted}, refuses {refused}"));
    }
}

#[test]
fn our_open_badges_3_schemas_agree_with_the_published_ones_but_for_the_listed_differences() {
    let Some(shared) = shared() else { return };
    for (name, published) in [
        ("ob3-achievement-credential", "ob_v3p0_achievementcredential_schema.json"),
        ("ob3-endorsement-credential", "ob_v3p0_endorsementcredential_schema.json"),
    ] {
        let text = std::fs::read_to_string(shared.join("schemas").join(published)).unwrap();
        let theirs = validator(&text);
        let (mut agreed, mut differed) = (0, 0);
        let mut wrong = Vec::new();
        for case in cases(name) {
            let valid = theirs.is_valid(&case.document);
            if valid != case.published {
                wrong.push(format!(
                    "{published}: {}: {valid} {}",
                    case.why,
                    errors(&theirs, &case.document)
                ));
            }
            if case.ours == case.published {
                agreed += 1;
            } else {
                differed += 1;
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(agreed > 10, "{name}: too little to compare");
        say(format_args!(
            "schema {name}: agrees with the published one on {agreed} documents, differs as listed on {differed}"
        ));
    }
}

/// The engine, held to that of a library on every case and on changes of every value of one.
#[test]
fn our_engine_agrees_with_another_one() {
    for name in SCHEMA_NAMES {
        let text = schema(name).unwrap();
        let ours = Schema::compile(&strict::parse(text).unwrap()).unwrap();
        let theirs = jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap();
        let mut counts = [0, 0];
        let mut compare = |document: &Value| {
            let valid = theirs.is_valid(document);
            let problems = ours.problems(&document.into(), 8);
            assert_eq!(problems.is_empty(), valid, "{name}: {problems:?}: {document}");
            counts[usize::from(valid)] += 1;
        };
        let cases = cases(name);
        cases.iter().for_each(|case| compare(&case.document));
        let base = &cases.iter().find(|case| case.ours).unwrap().document;
        for pointer in pointers(base, "") {
            for other in [json!(null), json!([]), json!({}), json!("x"), json!(7), json!([{}])] {
                let mut changed = base.clone();
                put(&mut changed, &pointer, other);
                compare(&changed);
            }
        }
        let [refused, accepted] = counts;
        assert!(accepted > 0 && refused > 20, "{name}: too little to compare");
        say(format_args!("schema {name}: both accept {accepted} and refuse {refused}"));
    }
}

/// The places of all values inside a document.
fn pointers(value: &Value, here: &str) -> Vec<String> {
    let inside: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !name.contains(['~', '/']))
            .map(|(name, value)| (format!("{here}/{name}"), value))
            .collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(at, value)| (format!("{here}/{at}"), value)).collect()
        }
        _ => Vec::new(),
    };
    let below = |(place, value): &(String, &Value)| {
        let mut places = vec![place.clone()];
        places.extend(pointers(value, place));
        places
    };
    inside.iter().flat_map(below).collect()
}

/// A document and the verdicts it must get.
struct Case {
    why: String,
    document: Value,
    ours: bool,
    published: bool,
}

fn cases(name: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schemas");
    let text = std::fs::read_to_string(path.join(format!("{name}.json"))).unwrap();
    let fixture: Value = serde_json::from_str(&text).unwrap();
    let mut cases = Vec::new();
    for (list, ours, published) in [
        ("accepted", true, true),
        ("refused", false, false),
        ("acceptedHereOnly", true, false),
        ("refusedHereOnly", false, true),
    ] {
        for case in fixture[list].as_array().into_iter().flatten() {
            let why = case["why"].as_str().unwrap().to_owned();
            let mut document = fixture["base"].clone();
            for (pointer, value) in case["set"].as_object().into_iter().flatten() {
                put(&mut document, pointer, value.clone());
            }
            for pointer in case["remove"].as_array().into_iter().flatten() {
                take(&mut document, pointer.as_str().unwrap());
            }
            cases.push(Case { why, document, ours, published });
        }
    }
    cases
}

fn put(document: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap_or_else(|| panic!("no {parent}")) {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        parent => parent[name] = value,
    }
}

fn take(document: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap_or_else(|| panic!("no {parent}"));
    let taken = parent.as_object_mut().unwrap().shift_remove(name);
    assert!(taken.is_some(), "{pointer} was not there");
}

fn validator(text: &str) -> Validator {
    let schema = serde_json::from_str(text).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

fn errors(validator: &Validator, document: &Value) -> String {
    let errors = validator.iter_errors(document);
    errors.map(|error| format!("{}: {error}", error.instance_path())).collect::<Vec<_>>().join("; ")
}
