//! The evidence of a row: the genres that the badge class asks for, and the consent to each item.

use serde_json::{Value, json};

use super::names::shown;
use super::outcome::{Refusal, refused};
use crate::domain::BadgeClass;
use crate::wire::rows::{Row, nearest};

/// Words that let an item of evidence be shown.
const CONSENTS: [&str; 2] = ["not-needed", "on-file"];

/// What stands in place of an item that is withheld; nobody but the platform sees it.
const WITHHELD: &str = "Withheld: consent to it is not on file.";

/// Every genre that the badge class requires; an item counts whatever the consent to it.
pub(super) fn genres(row: &Row, class: &BadgeClass) -> Result<(), Refusal> {
    let items = row.body.get("evidence").and_then(Value::as_array);
    let given: Vec<&str> = items
        .into_iter()
        .flatten()
        .filter_map(|item| item.get("genre").and_then(Value::as_str))
        .collect();
    let missing: Vec<_> = class
        .required_evidence
        .iter()
        .filter(|genre| !given.contains(&genre.as_str()))
        .map(|genre| {
            let near = nearest(genre, given.iter().copied());
            let detail = format!("evidence of the genre {genre:?} is missing");
            let help = near.map(|near| format!("{:?} must be written {genre:?}", shown(near)));
            row.problem("/evidence", "missing-evidence", detail).suggesting(help)
        })
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(refused("evidence-genre", missing)) }
}

/// Takes out what there is no consent to; says whether there was any. Of such an item only its genre
/// and its audience stay, for the platform alone.
pub(super) fn withhold(row: &mut Row) -> bool {
    let mut withheld = false;
    let Some(Value::Array(items)) = row.body.get_mut("evidence") else { return false };
    for (item, consent) in items.iter_mut().zip(&row.facts.consents) {
        let Some(consent) = consent else { continue };
        if CONSENTS.contains(&consent.as_str()) {
            continue;
        }
        let Value::Object(item) = item else { continue };
        item.retain(|member, _| matches!(member.as_str(), "genre" | "audience"));
        item.insert("description".to_owned(), json!(WITHHELD));
        item.insert("public".to_owned(), json!(false));
        withheld = true;
    }
    withheld
}
