//! `ecdsa-sd-2023` on real badges: whatever is mandatory and whatever is chosen, what is shown verifies,
//! shows what was chosen and no more, and cannot be changed.

use std::collections::BTreeSet;

use accolade::bundled::contexts;
use accolade::json::Value;
use accolade::proof::key::{KeyType, PrivateKey};
use accolade::proof::suite::ecdsa_sd_2023::{BaseOptions, create, derive};
use accolade::proof::suite::{ProofOptions, Suite, SuiteError, check, proofs, sign};
use accolade::world::Random;
use serde_json::{Value as Json, json};

use crate::require::say;

const SAMPLE: &str = include_str!("../peers/samples/ob3.json");
const REFERENCE: &str = include_str!("../../benches/compare/reference.json");

/// Choices tried for each badge; every change of every leaf is tried for the first ones.
const ROUNDS: usize = 6;
const ROUNDS_WITH_CHANGES: usize = 2;

#[test]
fn what_is_shown_of_a_badge_verifies_and_cannot_be_changed() {
    let random = Random::seeded(2023);
    let key = PrivateKey::generate(KeyType::P256, &random).unwrap();
    let (mut shown, mut whole, mut refused) = (0, 0, 0);
    for badge in [unsigned(SAMPLE), unsigned(REFERENCE), endorsed()] {
        let places = places(&badge);
        for round in 0..ROUNDS {
            let mandatory = some(&places, 4, &random);
            let base = match with_base(&badge, &mandatory, &key, &random) {
                Ok(base) => base,
                // A list is one thing.
                Err(SuiteError::NotSelective) => {
                    whole += 1;
                    continue;
                }
                Err(error) => panic!("{mandatory:?}: {error}"),
            };
            let selective = some(&places, 1 + 2 * round, &random);
            let derived = match derive(&(&base).into(), &selective, contexts()) {
                Ok(derived) => Json::from(&derived),
                Err(SuiteError::NotSelective) => {
                    whole += 1;
                    continue;
                }
                Err(error) => panic!("{mandatory:?} {selective:?}: {error}"),
            };
            let verdict = holds(&derived, &key);
            assert_eq!(verdict, Ok(()), "{mandatory:?} {selective:?}: {derived}");
            shows_what_was_chosen(&badge, &derived, mandatory.iter().chain(&selective));
            shown += 1;
            if round < ROUNDS_WITH_CHANGES {
                refused += no_change_goes_through(&derived, &key);
            }
        }
    }
    assert!(shown >= 9 && refused > 100);
    say(format_args!(
        "ecdsa-sd-2023: {shown} derived badges verified, {refused} changed ones refused, \
         {whole} choices that would have cut a list"
    ));
}

fn unsigned(text: &str) -> Json {
    let mut badge: Json = serde_json::from_str(text).unwrap();
    badge.as_object_mut().unwrap().remove("proof");
    badge
}

/// A badge with an endorsement in it, which carries a proof of its own: a graph without a name.
fn endorsed() -> Json {
    let key = PrivateKey::ed25519(&[7; 32]).unwrap();
    let mut endorsement = json!({
        "@context": accolade::wire::ob3::CONTEXTS,
        "id": "urn:uuid:0d3c7c1e-0a53-4f52-8f4e-111111111111",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsement",
        "issuer": {"id": "did:web:district.example", "type": ["Profile"], "name": "District"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:web:river.example", "type": ["EndorsementSubject"],
            "endorsementComment": "They know what they do."},
    });
    let options = ProofOptions {
        verification_method: "did:web:district.example#k",
        ..ProofOptions::default()
    };
    let proof =
        sign(&(&endorsement).into(), Suite::EddsaRdfc2022, &options, &key, contexts()).unwrap();
    endorsement["proof"] = proof;
    let mut badge = unsigned(SAMPLE);
    badge["endorsement"] = json!([endorsement]);
    badge
}

fn with_base(
    badge: &Json,
    mandatory: &[String],
    key: &PrivateKey,
    random: &Random,
) -> Result<Json, SuiteError> {
    let proof = ProofOptions {
        verification_method: "did:web:river.example#p",
        created: Some("2026-01-02T03:04:05Z".parse().unwrap()),
        ..ProofOptions::default()
    };
    let options = BaseOptions { proof, mandatory };
    let mut badge = badge.clone();
    let proof = create(&(&badge).into(), &options, key, random, contexts())?;
    badge["proof"] = proof;
    Ok(badge)
}

fn holds(document: &Json, key: &PrivateKey) -> Result<(), SuiteError> {
    let document = Value::from(document);
    let proof = &proofs(&document)?[0];
    check(&document, proof, key.public(), contexts()).map(|_| ())
}

/// Pointers to everything that can be chosen.
fn places(document: &Json) -> Vec<String> {
    fn walk(value: &Json, place: String, places: &mut Vec<String>) {
        match value {
            Json::Object(members) => {
                for (name, member) in members.iter().filter(|(name, _)| *name != "@context") {
                    walk(member, format!("{place}/{name}"), places);
                }
            }
            Json::Array(items) if !place.ends_with("/type") => {
                for (at, item) in items.iter().enumerate() {
                    walk(item, format!("{place}/{at}"), places);
                }
            }
            _ => {}
        }
        places.push(place);
    }
    let mut places = Vec::new();
    walk(document, String::new(), &mut places);
    // The document as a whole is tried often enough.
    places.pop();
    places
}

/// Some of the places, one at least.
fn some(places: &[String], most: usize, random: &Random) -> Vec<String> {
    let [many] = random.bytes::<1>();
    (0..=usize::from(many) % most)
        .map(|_| {
            let [high, low] = random.bytes::<2>();
            places[usize::from(u16::from_be_bytes([high, low])) % places.len()].clone()
        })
        .collect()
}

/// Every leaf that was chosen is there, and no other but names and types.
fn shows_what_was_chosen<'p>(
    badge: &Json,
    derived: &Json,
    chosen: impl Iterator<Item = &'p String>,
) {
    let chosen: BTreeSet<&str> = chosen.map(String::as_str).collect();
    let is_below = |leaf: &str| {
        chosen.iter().any(|place| {
            leaf.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    let (all, shown) = (leaves(badge), leaves(derived));
    let values: BTreeSet<String> = shown.iter().map(|(_, value)| value.to_string()).collect();
    let stays =
        |leaf: &str| leaf.ends_with("/id") || leaf.contains("/type") || leaf.contains("/@context");
    for (leaf, value) in &all {
        let is_shown = values.contains(&value.to_string());
        if is_below(leaf) {
            assert!(is_shown, "{leaf} was chosen and is not shown");
        } else if !stays(leaf) && value.as_str().is_some_and(|text| text.len() > 12) {
            let elsewhere =
                all.iter().any(|(other, same)| same == value && (is_below(other) || stays(other)));
            assert!(!is_shown || elsewhere, "{leaf} was not chosen and is shown");
        }
    }
}

/// Pointer and value of everything that is neither object nor array, contexts and proof left out.
fn leaves(document: &Json) -> Vec<(String, Json)> {
    fn walk(value: &Json, place: String, leaves: &mut Vec<(String, Json)>) {
        match value {
            Json::Object(members) => {
                for (name, member) in members.iter().filter(|(name, _)| *name != "@context") {
                    walk(member, format!("{place}/{name}"), leaves);
                }
            }
            Json::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    walk(item, format!("{place}/{at}"), leaves);
                }
            }
            leaf => leaves.push((place, leaf.clone())),
        }
    }
    let mut document = document.clone();
    document.as_object_mut().unwrap().remove("proof");
    let mut leaves = Vec::new();
    walk(&document, String::new(), &mut leaves);
    leaves
}

/// Changes every leaf, takes every leaf away, adds a member; how many were refused: all.
fn no_change_goes_through(derived: &Json, key: &PrivateKey) -> usize {
    let mut refused = 0;
    let mut refuse = |what: String, changed: &Json| {
        assert!(holds(changed, key).is_err(), "{what} went through: {changed}");
        refused += 1;
    };
    for (leaf, value) in leaves(derived) {
        let mut changed = derived.clone();
        *changed.pointer_mut(&leaf).unwrap() = match value {
            Json::String(text) => json!(format!("{text}x")),
            Json::Number(number) => json!(number.as_f64().unwrap() + 1.5),
            Json::Bool(value) => json!(!value),
            other => panic!("{other}"),
        };
        refuse(format!("{leaf} changed"), &changed);
        let (parent, name) = leaf.rsplit_once('/').unwrap();
        let mut changed = derived.clone();
        match changed.pointer_mut(parent).unwrap() {
            Json::Object(members) => members.remove(name),
            Json::Array(items) => Some(items.remove(name.parse().unwrap())),
            _ => unreachable!(),
        };
        refuse(format!("{leaf} taken away"), &changed);
    }
    for (name, value) in [("name", json!("Another")), ("validUntil", json!("2199-01-01T00:00:00Z"))]
    {
        let mut changed = derived.clone();
        if changed.get(name).is_none() {
            changed[name] = value;
            refuse(format!("{name} added"), &changed);
        }
    }
    for (name, value) in [
        ("created", json!("2026-01-02T03:04:06Z")),
        ("verificationMethod", json!("did:web:other.example#p")),
        ("proofPurpose", json!("authentication")),
        ("expires", json!("2199-01-01T00:00:00Z")),
    ] {
        let mut changed = derived.clone();
        changed["proof"][name] = value;
        refuse(format!("proof member {name} changed"), &changed);
    }
    refused
}
