//! Our JSON Schemas, held to the published ones: `fixtures/schemas/` lists changes of one document
//! with what ours and, for Open Badges 3.0, the published schema must say to each.

use std::path::Path;

use accolade::bundled::{SCHEMA_NAMES, schema};
use jsonschema::Validator;
use serde_json::Value;

use crate::require::{say, shared};

#[test]
fn our_schemas_accept_and_refuse_what_they_must() {
    for name in SCHEMA_NAMES {
        let ours = validator(schema(name).unwrap());
        let cases = cases(name);
        let mut counts = [0, 0];
        for case in &cases {
            let valid = ours.is_valid(&case.document);
            assert_eq!(valid, case.ours, "{name}: {}: {}", case.why, errors(&ours, &case.document));
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
