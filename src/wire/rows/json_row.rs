//! Reads one row that is JSON: a mint body with some members more.

use serde_json::{Map, Value};

use super::digest::{flat, of_pairs};
use super::row::{Facts, Place, Row, RowProblem};
use crate::json;

/// Members of a row that a mint body does not have.
const TEXTS: [&str; 15] = [
    "rowId",
    "action",
    "refRow",
    "assertion",
    "badgeClass",
    "issuer",
    "submittedOn",
    "assessedOn",
    "attempt",
    "coach",
    "assessor",
    "approver",
    "overall",
    "reason",
    "publicReason",
];

/// Reads a row. What its members say is judged later.
///
/// # Errors
/// Why it cannot be read: no JSON object, or a member of another type.
pub fn json_row(bytes: &[u8]) -> Result<Row, RowProblem> {
    let fault = |code: &str, pointer: &str, detail: String| RowProblem {
        place: Place::Pointer(pointer.to_owned()),
        code: code.to_owned(),
        detail,
        suggestion: None,
    };
    let value =
        json::parse_bytes(bytes).map_err(|error| fault("bad-json", "", error.to_string()))?;
    let Value::Object(mut body) = Value::from(&value) else {
        let detail = format!("expected an object, found {}", value.kind());
        return Err(fault("not-an-object", "", detail));
    };
    let content = content(&body);
    let mut texts = Map::new();
    for name in TEXTS {
        let Some(value) = body.remove(name) else { continue };
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => {
                return Err(fault("not-a-string", &format!("/{name}"), "expected a string".into()));
            }
        };
        if !text.is_empty() {
            texts.insert(name.to_owned(), Value::String(text));
        }
    }
    let hours = match body.remove("contactHours") {
        None | Some(Value::Null) => None,
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(Value::String(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Some(_) => {
            return Err(fault("not-a-number", "/contactHours", "expected a number".to_owned()));
        }
    };
    let person = match body.get_mut("recipient") {
        Some(Value::Object(recipient)) => recipient.remove("id").and_then(text),
        _ => None,
    };
    let mut text_of = |name: &str| texts.remove(name).and_then(text);
    let overall = text_of("overall");
    let facts = Facts {
        row_id: text_of("rowId"),
        action: text_of("action"),
        ref_row: text_of("refRow"),
        assertion: text_of("assertion"),
        class: text_of("badgeClass"),
        issuer: text_of("issuer"),
        person,
        submitted_on: text_of("submittedOn"),
        assessed_on: text_of("assessedOn"),
        attempt: text_of("attempt"),
        coach: text_of("coach"),
        assessor: text_of("assessor"),
        approver: text_of("approver"),
        rubric: rubric(&body),
        judged: overall.is_some(),
        states_overall: overall.is_some(),
        overall,
        hours,
        consents: consents(&mut body),
        reason: text_of("reason"),
        public_reason: text_of("publicReason"),
        days: false,
        dated: false,
    };
    Ok(Row { body, facts, content, sheet: None })
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn rubric(body: &Map<String, Value>) -> Vec<(String, String)> {
    let results = body.get("results").and_then(Value::as_array).into_iter().flatten();
    results
        .filter_map(|result| {
            let member = |name: &str| result.get(name).and_then(Value::as_str);
            Some((member("resultDescription")?.to_owned(), member("achievedLevel")?.to_owned()))
        })
        .collect()
}

fn consents(body: &mut Map<String, Value>) -> Vec<Option<String>> {
    let Some(Value::Array(items)) = body.get_mut("evidence") else { return Vec::new() };
    let consent = |item: &mut Value| match item {
        Value::Object(item) => item.remove("consent").and_then(text),
        _ => None,
    };
    items.iter_mut().map(consent).collect()
}

fn content(body: &Map<String, Value>) -> [u8; 32] {
    let mut pairs = Vec::new();
    for (name, value) in body.iter().filter(|(name, _)| *name != "rowId") {
        flat(value, &format!("/{name}"), &mut pairs);
    }
    for (pointer, value) in &mut pairs {
        if pointer == "/recipient/email" {
            *value = value.trim().to_lowercase();
        }
    }
    of_pairs(pairs)
}
