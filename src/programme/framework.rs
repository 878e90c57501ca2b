//! Competency frameworks as CASE 1.0 packages.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use crate::domain::Problems;

/// What a framework package holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Framework {
    /// Its identifier.
    pub identifier: String,
    /// Its title.
    pub title: String,
    /// Its entries.
    pub items: Vec<FrameworkItem>,
    /// How many associations tie them together.
    pub associations: usize,
}

/// An entry of a framework.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FrameworkItem {
    /// Its identifier.
    pub identifier: String,
    /// Where it stands: what alignments point to.
    pub uri: String,
    /// Its code for people, such as `TLMS.D2.b`.
    pub code: Option<String>,
    /// What it says.
    pub statement: String,
    /// What kind of entry it is, such as `Function`.
    pub kind: Option<String>,
}

/// Most entries or associations of a framework.
const MOST: usize = 20_000;

/// Whether a file is a framework package.
pub fn is_framework(file: &Value) -> bool {
    file.get("CFDocument").is_some() && file.get("CFItems").is_some()
}

/// Reads a package: identifiers are there and unique, and no association dangles.
///
/// # Errors
/// Every problem with its place and the identifier at fault.
pub fn read(file: &Value) -> Result<Framework, Problems> {
    let mut problems = Problems::new();
    let document = file.get("CFDocument").unwrap_or(&Value::Null);
    let identifier = text(document, "/CFDocument", "identifier", &mut problems);
    if identifier.len() > 200 {
        problems.add("/CFDocument/identifier", "too-long", "longer than 200 bytes");
    }
    let title = text(document, "/CFDocument", "title", &mut problems);
    let mut known: HashMap<String, String> = HashMap::new();
    known.insert(identifier.clone(), "/CFDocument".to_owned());
    let mut items = Vec::new();
    for (at, item) in list(file, "CFItems", &mut problems) {
        let place = format!("/CFItems/{at}");
        let identifier = text(item, &place, "identifier", &mut problems);
        if let Some(first) = known.insert(identifier.clone(), place.clone()) {
            let detail = format!("{identifier} stands at {first} already");
            problems.add(format!("{place}/identifier"), "duplicate", detail);
        }
        let optional = |name: &str| item.get(name).and_then(Value::as_str).map(str::to_owned);
        items.push(FrameworkItem {
            uri: text(item, &place, "uri", &mut problems),
            statement: text(item, &place, "fullStatement", &mut problems),
            code: optional("humanCodingScheme"),
            kind: optional("CFItemType"),
            identifier,
        });
    }
    let associations = list(file, "CFAssociations", &mut problems);
    for (at, association) in &associations {
        for end in ["originNodeURI", "destinationNodeURI"] {
            let place = format!("/CFAssociations/{at}/{end}");
            let node = association.get(end).unwrap_or(&Value::Null);
            let target = text(node, &place, "identifier", &mut problems);
            if !target.is_empty() && !known.contains_key(&target) {
                let detail = format!("{target} is neither the document nor one of its items");
                problems.add(place, "dangling", detail);
            }
        }
    }
    let associations = associations.len();
    problems.or(Framework { identifier, title, items, associations })
}

fn list<'v>(file: &'v Value, name: &str, problems: &mut Problems) -> Vec<(usize, &'v Value)> {
    let items = match file.get(name) {
        None => &[],
        Some(Value::Array(items)) => items.as_slice(),
        Some(_) => {
            problems.add(format!("/{name}"), "not-an-array", "must be an array");
            &[]
        }
    };
    if items.len() > MOST {
        problems.add(format!("/{name}"), "too-many", format!("more than {MOST} entries"));
    }
    items.iter().take(MOST).enumerate().collect()
}

fn text(value: &Value, place: &str, name: &str, problems: &mut Problems) -> String {
    match value
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| (1..=4000).contains(&text.trim().len()))
    {
        Some(text) => text.to_owned(),
        None => {
            problems.add(
                format!("{place}/{name}"),
                "required",
                format!("{name} must be a text of at most 4,000 bytes"),
            );
            String::new()
        }
    }
}
