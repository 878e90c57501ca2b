//! Results: each belongs to a result description, and each level to a rubric, of the badge class in
//! that same credential (OB 3.0 §B.1.10).

use std::collections::HashMap;

use super::{Finding, nothing_to_look_at};
use crate::json::Value;
use crate::verifier::case::{Case, Subject};

pub(super) fn levels(case: &Case<'_>) -> Finding {
    let credential = match &case.subject {
        Subject::Credential(credential) if credential.is_award() => credential,
        Subject::Credential(_) => {
            return Finding::skip("only badges of Open Badges 3.0 have results");
        }
        Subject::Ob2(_) => return Finding::skip("Open Badges 2.0 has no results"),
        _ => return nothing_to_look_at(),
    };
    let subjects = credential.value.get("credentialSubject").map(Value::items).unwrap_or_default();
    let Some(subject) = subjects.first() else {
        return Finding::skip("the credential has no subject");
    };
    let achievement = subject.get("achievement").and_then(|found| found.items().first());
    let descriptions = achievement.and_then(|achievement| achievement.get("resultDescription"));
    let descriptions = descriptions.map(Value::items).unwrap_or_default();
    let mut known: HashMap<&str, &Value<'_>> = HashMap::new();
    for description in descriptions {
        if let Some(fault) = description_fault(description) {
            return Finding::fail(fault).fact("resultDescription", description.str_of("id"));
        }
        if let Some(id) = description.str_of("id")
            && known.insert(id, description).is_some()
        {
            return Finding::fail("two result descriptions have the same id")
                .fact("resultDescription", id);
        }
    }
    let results = subject.get("result").map(Value::items).unwrap_or_default();
    for (at, result) in results.iter().enumerate() {
        if let Some(fault) = result_fault(result, &known) {
            return Finding::fail(fault).fact("pointer", format!("/credentialSubject/result/{at}"));
        }
    }
    if results.is_empty() {
        Finding::skip("the badge states no results")
    } else {
        Finding::pass("its results belong to its badge class").fact("results", results.len())
    }
}

fn description_fault(description: &Value<'_>) -> Option<&'static str> {
    for name in ["id", "name", "resultType"] {
        if description.str_of(name).is_none_or(str::is_empty) {
            return Some("a result description lacks its id, name or resultType");
        }
    }
    let levels: Vec<&str> = levels_of(description);
    match description.get("requiredLevel") {
        None => None,
        Some(level) => match level.as_str() {
            Some(level) if levels.contains(&level) => None,
            _ => Some("a result description requires a level that it does not have"),
        },
    }
}

fn levels_of<'v>(description: &'v Value<'_>) -> Vec<&'v str> {
    let levels = description.get("rubricCriterionLevel").map(Value::items).unwrap_or_default();
    levels.iter().filter_map(|level| level.str_of("id")).collect()
}

fn result_fault(result: &Value<'_>, known: &HashMap<&str, &Value<'_>>) -> Option<&'static str> {
    const STATUS: [&str; 7] =
        ["Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew"];
    let types = result.get("type").map(Value::items).unwrap_or_default();
    if !types.iter().any(|kind| kind.as_str() == Some("Result")) {
        return Some("a result is not of the type Result");
    }
    if let Some(status) = result.get("status")
        && !status.as_str().is_some_and(|status| STATUS.contains(&status))
    {
        return Some("a result has a status that the specification does not know");
    }
    let description = match result.get("resultDescription") {
        None => None,
        Some(id) => match id.as_str().and_then(|id| known.get(id)) {
            Some(description) => Some(*description),
            None => {
                return Some("a result refers to a description that the badge class does not have");
            }
        },
    };
    if let (Some(description), Some(value)) = (description, result.get("value"))
        && let Some(fault) = value_fault(description, value)
    {
        return Some(fault);
    }
    let level = result.get("achievedLevel")?;
    let Some(level) = level.as_str() else { return Some("a level reached is no id") };
    let belongs = match description {
        Some(description) => levels_of(description).contains(&level),
        None => known.values().any(|description| levels_of(description).contains(&level)),
    };
    (!belongs).then_some("a result reaches a level that its description does not have")
}

/// A value lies among those allowed and between the least and the greatest, where both are numbers.
fn value_fault(description: &Value<'_>, value: &Value<'_>) -> Option<&'static str> {
    let Some(text) = value.as_str() else { return Some("a result has a value that is no text") };
    let allowed = description.get("allowedValue").map(Value::items).unwrap_or_default();
    if !allowed.is_empty() && !allowed.iter().any(|one| one.as_str() == Some(text)) {
        return Some("a result has a value that its description does not allow");
    }
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| n.is_finite());
    let bound = |name: &str| description.str_of(name).and_then(number);
    let value = number(text)?;
    let outside = bound("valueMin").is_some_and(|least| value < least)
        || bound("valueMax").is_some_and(|most| value > most);
    outside.then_some("a result has a value outside the bounds of its description")
}
