//! Reads the mapping that is given with a CSV file: which column means what.

use std::collections::BTreeMap;

use super::field::{EVIDENCE, FIELDS, Field};
use super::nearest::nearest;
use crate::domain::{IssuerId, Problems, Slug};
use crate::json::Value;
use crate::wire::tolerant::escape;

/// What the columns of a CSV file mean, beyond what their headers say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The field of each header.
    pub(super) columns: Vec<(String, Field)>,
    /// The issuer that a cell means, by id or slug.
    pub(super) issuers: BTreeMap<String, String>,
    /// The headers whose cells name the badge class; the first cell that is not empty decides.
    pub(super) classes: Vec<String>,
    /// What stands between the results of one cell.
    pub(super) separator: String,
    /// What stands between a criterion and its level.
    pub(super) assign: String,
    /// For each item of evidence, the header of each of its parts.
    pub(super) evidence: Vec<Vec<(usize, String)>>,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            issuers: BTreeMap::new(),
            classes: Vec::new(),
            separator: ";".to_owned(),
            assign: "=".to_owned(),
            evidence: Vec::new(),
        }
    }
}

const MEMBERS: [&str; 5] = ["columns", "issuers", "classes", "results", "evidence"];

/// Reads a mapping.
///
/// # Errors
/// Every problem with its place.
pub fn mapping(value: &Value<'_>) -> Result<Mapping, Problems> {
    let mut problems = Problems::new();
    let mut mapping = Mapping::default();
    for (name, value) in members(value, "", &mut problems) {
        let place = format!("/{}", escape(&name));
        match name.as_str() {
            "columns" => columns(value, &place, &mut mapping, &mut problems),
            "issuers" => issuers(value, &place, &mut mapping, &mut problems),
            "classes" => classes(value, &place, &mut mapping, &mut problems),
            "results" => results(value, &place, &mut mapping, &mut problems),
            "evidence" => evidence(value, &place, &mut mapping, &mut problems),
            _ => unknown(&name, &place, MEMBERS.into_iter(), &mut problems),
        }
    }
    problems.or(mapping)
}

fn columns(value: &Value<'_>, place: &str, mapping: &mut Mapping, problems: &mut Problems) {
    for (header, value) in members(value, place, problems) {
        let place = format!("{place}/{}", escape(&header));
        if *value == Value::Null {
            mapping.columns.push((header, Field::Ignored));
            continue;
        }
        let Some(name) = text(value, &place, problems) else { continue };
        match Field::of(&name) {
            Some(field) => mapping.columns.push((header, field)),
            None => {
                let detail = match nearest(&name, FIELDS.iter().map(|(field, _)| *field)) {
                    Some(near) => format!("there is no field {name:?}; did you mean {near:?}?"),
                    None => format!(
                        "there is no field {name:?}; there are {}, evidence1Url … and ignore",
                        FIELDS.iter().map(|(field, _)| *field).collect::<Vec<_>>().join(", ")
                    ),
                };
                problems.add(place, "unknown-field", detail);
            }
        }
    }
}

fn issuers(value: &Value<'_>, place: &str, mapping: &mut Mapping, problems: &mut Problems) {
    for (cell, value) in members(value, place, problems) {
        let place = format!("{place}/{}", escape(&cell));
        let Some(name) = text(value, &place, problems) else { continue };
        if Slug::parse(&name).is_ok() || IssuerId::parse(&name).is_ok() {
            mapping.issuers.insert(cell, name);
        } else {
            let detail = "neither the id iss_… nor the slug of an issuer";
            problems.add(place, "bad-issuer", detail);
        }
    }
}

fn classes(value: &Value<'_>, place: &str, mapping: &mut Mapping, problems: &mut Problems) {
    for (name, value) in members(value, place, problems) {
        let place = format!("{place}/{}", escape(&name));
        if name != "from" {
            unknown(&name, &place, ["from"].into_iter(), problems);
            continue;
        }
        let Some(items) = value.as_array() else {
            problems.add(place, "not-an-array", "a list of headers is due");
            continue;
        };
        for (at, item) in items.iter().enumerate().take(20) {
            mapping.classes.extend(text(item, &format!("{place}/{at}"), problems));
        }
    }
}

fn results(value: &Value<'_>, place: &str, mapping: &mut Mapping, problems: &mut Problems) {
    for (name, value) in members(value, place, problems) {
        let place = format!("{place}/{}", escape(&name));
        let slot = match name.as_str() {
            "separator" => &mut mapping.separator,
            "assign" => &mut mapping.assign,
            _ => {
                unknown(&name, &place, ["separator", "assign"].into_iter(), problems);
                continue;
            }
        };
        match value.as_str() {
            Some(text) if (1..=8).contains(&text.chars().count()) => *slot = text.to_owned(),
            _ => problems.add(place, "bad-separator", "1 to 8 characters are due"),
        }
    }
    if mapping.separator == mapping.assign {
        problems.add(place, "bad-separator", "separator and assign must differ");
    }
}

fn evidence(value: &Value<'_>, place: &str, mapping: &mut Mapping, problems: &mut Problems) {
    let Some(items) = value.as_array() else {
        problems.add(place, "not-an-array", "a list of items is due, each with its headers");
        return;
    };
    if items.len() > super::field::EVIDENCE_AT_MOST {
        problems.add(place, "too-many", "more than 50 items of evidence");
    }
    for (at, item) in items.iter().enumerate() {
        let place = format!("{place}/{at}");
        let mut parts = Vec::new();
        for (name, value) in members(item, &place, problems) {
            let place = format!("{place}/{}", escape(&name));
            match EVIDENCE.iter().position(|known| *known == name) {
                Some(part) => {
                    parts.extend(text(value, &place, problems).map(|header| (part, header)));
                }
                None => unknown(&name, &place, EVIDENCE.iter().copied(), problems),
            }
        }
        mapping.evidence.push(parts);
    }
}

fn members<'v, 'a>(
    value: &'v Value<'a>,
    place: &str,
    problems: &mut Problems,
) -> Vec<(String, &'v Value<'a>)> {
    let Some(object) = value.as_object() else {
        let detail = format!("expected an object, found {}", value.kind());
        problems.add(place, "not-an-object", detail);
        return Vec::new();
    };
    object.iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn text(value: &Value<'_>, place: &str, problems: &mut Problems) -> Option<String> {
    let found = value.as_str().map(str::to_owned);
    if found.is_none() {
        problems.add(place, "not-a-string", format!("expected a string, found {}", value.kind()));
    }
    found
}

fn unknown<'k>(
    name: &str,
    place: &str,
    known: impl Iterator<Item = &'k str> + Clone,
    problems: &mut Problems,
) {
    let detail = match nearest(name, known.clone()) {
        Some(near) => format!("there is no member {name:?}; did you mean {near:?}?"),
        None => {
            format!("there is no such member; there are {}", known.collect::<Vec<_>>().join(", "))
        }
    };
    problems.add(place, "unknown-member", detail);
}
