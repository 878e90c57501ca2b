//! Turns an achievement as programme files write it into a body of our API. Members that steer the
//! service are stripped, those that nobody knows are named.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::domain::Problems;

/// Members that steer the service and are no Open Badges properties. `code`, `validityYears` and
/// `requiredEvidenceGenres` are read; the others only stand in the file.
const OURS: [&str; 19] = [
    "$comment",
    "band",
    "code",
    "contactHours",
    "creditsStatus",
    "creditsUnit",
    "descriptionStatus",
    "facts",
    "fictional",
    "focusArea",
    "nameStatus",
    "note",
    "prerequisiteStatus",
    "prerequisites",
    "requiredEvidenceGenres",
    "rule",
    "supersededBy",
    "validityStatus",
    "validityYears",
];

/// Members that have the same name and form in our API.
const SAME: [&str; 8] = [
    "achievementType",
    "creditsAvailable",
    "description",
    "fieldOfStudy",
    "humanCode",
    "inLanguage",
    "name",
    "specialization",
];

/// An achievement of a file.
pub(super) struct Source {
    /// Where it stands in the file, as JSON pointer.
    pub(super) place: String,
    /// Its short name in its programme.
    pub(super) code: String,
    /// Its identifier in the file, by which award lists name it.
    pub(super) id: Option<String>,
    /// The body of our API, still without `issuer`.
    pub(super) body: Map<String, Value>,
}

/// Reads the achievement at `place`.
pub(super) fn read(value: &Value, place: &str, problems: &mut Problems) -> Option<Source> {
    let Value::Object(members) = value else {
        problems.add(place, "not-an-object", "an achievement must be an object");
        return None;
    };
    let mut body = Map::new();
    for (name, value) in members {
        match name.as_str() {
            name if SAME.contains(&name) => {
                body.insert(name.to_owned(), value.clone());
            }
            "id" | "type" => {}
            "version" => {
                body.insert("versionLabel".to_owned(), value.clone());
            }
            "tag" => {
                body.insert("tags".to_owned(), value.clone());
            }
            "criteria" => {
                body.insert(name.clone(), renamed(value, &[("id", "url")]));
            }
            "alignment" => {
                body.insert(name.clone(), value.clone());
            }
            "otherIdentifier" => {
                body.insert(name.clone(), value.clone());
            }
            "resultDescription" => {
                let place = format!("{place}/{name}");
                body.insert(name.clone(), result_descriptions(value, &place, problems));
            }
            name if OURS.contains(&name) => {}
            unknown => problems.add(
                format!("{place}/{unknown}"),
                "unknown-member",
                "neither a property of achievements nor one that steers the service",
            ),
        }
    }
    let validity = members.get("validityYears").filter(|years| !years.is_null());
    if let Some(years) = validity {
        match years.as_u64().filter(|years| (1..=100).contains(years)) {
            Some(years) => {
                body.insert("validity".to_owned(), json!(format!("P{years}Y")));
            }
            None => problems.add(
                format!("{place}/validityYears"),
                "bad-duration",
                "must be a number of years from 1 to 100, or null",
            ),
        }
    }
    if let Some(genres) = members.get("requiredEvidenceGenres") {
        body.insert("requiredEvidence".to_owned(), genres.clone());
    }
    let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
    let Some(code) = text("code").or_else(|| text("humanCode")) else {
        problems.add(format!("{place}/code"), "required", "a code tells achievements apart");
        return None;
    };
    body.entry("humanCode").or_insert_with(|| json!(code));
    Some(Source { place: place.to_owned(), code, id: text("id"), body })
}

/// Result descriptions: `id` and `type` go, because they are made anew; levels that are named by
/// their id are named by their code.
fn result_descriptions(value: &Value, place: &str, problems: &mut Problems) -> Value {
    let Value::Array(items) = value else { return value.clone() };
    let each = items.iter().enumerate().map(|(at, item)| {
        let Value::Object(members) = item else { return item.clone() };
        let mut description = stripped(members);
        let mut codes: HashMap<&str, &str> = HashMap::new();
        let levels = members.get("rubricCriterionLevel").and_then(Value::as_array);
        for level in levels.into_iter().flatten() {
            let member = |name: &str| level.get(name).and_then(Value::as_str);
            if let (Some(id), Some(code)) = (member("id"), member("code")) {
                codes.insert(id, code);
            }
        }
        if let Some(levels) = levels {
            let levels: Vec<Value> = levels
                .iter()
                .map(|level| {
                    level.as_object().map_or_else(|| level.clone(), |l| stripped(l).into())
                })
                .collect();
            description.insert("rubricCriterionLevel".to_owned(), levels.into());
        }
        if let Some(required) = members.get("requiredLevel").and_then(Value::as_str) {
            if let Some(code) = codes.get(required) {
                description.insert("requiredLevel".to_owned(), json!(code));
            } else if !codes.values().any(|code| *code == required) {
                description.remove("requiredLevel");
                problems.add(
                    format!("{place}/{at}/requiredLevel"),
                    "unknown-level",
                    format!("{required:?} is the id of none of its levels"),
                );
            }
        }
        Value::Object(description)
    });
    each.collect::<Vec<_>>().into()
}

fn stripped(members: &Map<String, Value>) -> Map<String, Value> {
    let kept = members.iter().filter(|(name, _)| !matches!(name.as_str(), "id" | "type"));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The object with members renamed, and without `type`.
pub(super) fn renamed(value: &Value, names: &[(&str, &str)]) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let kept = members.iter().filter(|(name, _)| name.as_str() != "type").map(|(name, value)| {
        let new = names.iter().find(|(old, _)| old == name).map(|(_, new)| (*new).to_owned());
        (new.unwrap_or_else(|| name.clone()), value.clone())
    });
    Value::Object(kept.collect())
}
