//! The results of a row: each criterion with a level, what they come to, and the hours.

use serde_json::{Value, json};

use super::names::shown;
use super::outcome::{Refusal, refused};
use crate::domain::{BadgeClass, Code, ResultDescription};
use crate::wire::rows::{Row, RowProblem, nearest};

/// The result that states clock hours.
const HOURS: &str = "ext:ContactHours";

/// Attempts that need no coach.
const WITHOUT_COACH: u32 = 3;

/// A fourth attempt, or a later one, is made after a meeting with a coach.
pub(super) fn attempt(row: &Row) -> Result<(), Refusal> {
    let Some(text) = &row.facts.attempt else { return Ok(()) };
    let Some(attempt) = text.parse::<u32>().ok().filter(|attempt| *attempt > 0) else {
        let detail = format!("{:?} is no number of an attempt", shown(text));
        let problem = row.problem("/attempt", "not-a-number", detail);
        return Err(refused(
            "invalid",
            vec![problem.suggesting(Some("write 1, 2, 3 …".to_owned()))],
        ));
    };
    if attempt > WITHOUT_COACH && row.facts.coach.is_none() {
        let detail = format!("attempt {attempt} needs a meeting with a coach, and none is named");
        let problem = row.problem("/coach", "coach-meeting", detail);
        return Err(refused("attempt-not-earned", vec![problem]));
    }
    Ok(())
}

/// Judges the criteria of a badge class.
pub(super) fn criteria(row: &Row, class: &BadgeClass) -> Result<(), Refusal> {
    if !row.facts.judged {
        return Ok(());
    }
    let criteria: Vec<&ResultDescription> =
        class.result_descriptions.iter().filter(|one| !one.levels.is_empty()).collect();
    complete(row, &criteria)?;
    known(row, &criteria)?;
    let earned = criteria.iter().all(|criterion| reached(row, criterion));
    stated(row, earned)?;
    if earned {
        return Ok(());
    }
    let short = criteria.iter().filter(|criterion| !reached(row, criterion));
    let problems: Vec<RowProblem> = short
        .map(|criterion| {
            let required = criterion.required_level.as_ref().map_or("", Code::as_str);
            let level = level(row, criterion).unwrap_or_default();
            let detail = format!("{} is at {level:?}, {required:?} is required", criterion.code);
            row.problem("/results", "not-reached", detail)
        })
        .collect();
    Err(refused("attempt-not-earned", problems))
}

fn level<'r>(row: &'r Row, criterion: &ResultDescription) -> Option<&'r str> {
    let mut rubric = row.facts.rubric.iter();
    let found = rubric.find(|(code, level)| code == criterion.code.as_str() && !level.is_empty());
    found.map(|(_, level)| level.as_str())
}

fn complete(row: &Row, criteria: &[&ResultDescription]) -> Result<(), Refusal> {
    let missing: Vec<RowProblem> = criteria
        .iter()
        .filter(|criterion| level(row, criterion).is_none())
        .map(|criterion| {
            let detail = format!("{} ({}) has no level", criterion.code, criterion.name);
            row.problem("/results", "missing-result", detail)
                .suggesting(Some(format!("give one of {}", levels(criterion))))
        })
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(refused("rubric-incomplete", missing)) }
}

fn known(row: &Row, criteria: &[&ResultDescription]) -> Result<(), Refusal> {
    let mut problems = Vec::new();
    for (at, (code, level)) in row.facts.rubric.iter().enumerate() {
        let Some(criterion) = criteria.iter().find(|one| one.code.as_str() == code) else {
            let near = nearest(code, criteria.iter().map(|one| one.code.as_str()));
            let detail = format!("the badge class has no criterion {:?}", shown(code));
            let problem = row.problem("/results", "unknown-result-description", detail);
            problems.push(problem.suggesting(near.map(|near| format!("did you mean {near:?}?"))));
            continue;
        };
        if row.facts.rubric.iter().take(at).any(|(other, _)| other == code) {
            let detail = format!("{} is given twice", criterion.code);
            problems.push(row.problem("/results", "duplicate", detail));
        }
        if !level.is_empty() && !criterion.levels.iter().any(|one| one.code.as_str() == level) {
            let near = nearest(level, criterion.levels.iter().map(|one| one.code.as_str()));
            let detail = format!("{} has no level {:?}", criterion.code, shown(level));
            let help = near.map_or_else(
                || format!("give one of {}", levels(criterion)),
                |near| format!("did you mean {near:?}?"),
            );
            let problem = row.problem("/results", "unknown-level", detail);
            problems.push(problem.suggesting(Some(help)));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(refused("rubric-level", problems)) }
}

fn levels(criterion: &ResultDescription) -> String {
    let codes: Vec<&str> = criterion.levels.iter().map(|level| level.code.as_str()).collect();
    codes.join(", ")
}

/// Whether a criterion is at its required level or at one that is listed later.
fn reached(row: &Row, criterion: &ResultDescription) -> bool {
    let Some(required) = &criterion.required_level else { return true };
    let place = |code: &str| criterion.levels.iter().position(|level| level.code.as_str() == code);
    match (level(row, criterion).and_then(place), place(required.as_str())) {
        (Some(reached), Some(required)) => reached >= required,
        _ => false,
    }
}

fn stated(row: &Row, earned: bool) -> Result<(), Refusal> {
    if !row.facts.states_overall {
        return Ok(());
    }
    let due = if earned { "earned" } else { "not-yet" };
    match row.facts.overall.as_deref() {
        Some(word) if word == due => Ok(()),
        word => {
            let detail = match word {
                Some(word) => format!("{:?} is stated, the results come to {due:?}", shown(word)),
                None => format!("nothing is stated, the results come to {due:?}"),
            };
            let problem = row.problem("/overall", "mismatch", detail);
            let help = "mend the results or what they come to".to_owned();
            Err(refused("rubric-mismatch", vec![problem.suggesting(Some(help))]))
        }
    }
}

/// Judges the clock hours, and adds them to the results where the badge class has a place for them.
pub(super) fn hours(row: &mut Row, class: &BadgeClass) -> Result<(), Refusal> {
    let place = class.result_descriptions.iter().find(|one| one.result_type.as_str() == HOURS);
    let (Some(text), Some(place)) = (row.facts.hours.clone(), place) else { return Ok(()) };
    let most = place.value_max.as_deref().and_then(|most| most.parse::<f64>().ok());
    let hours = text.parse::<f64>().ok().filter(|hours| hours.is_finite());
    let problem = match hours {
        None => {
            let with_point = text.replace(',', ".");
            let help = with_point.parse::<f64>().ok().map(|_| format!("write {with_point}"));
            let detail = format!("{:?} is no number of hours", shown(&text));
            row.problem("/contactHours", "not-a-number", detail).suggesting(help)
        }
        Some(hours) if hours < 0.0 || most.is_some_and(|most| hours > most) => {
            let most = place.value_max.as_deref().unwrap_or("any");
            let detail = format!("{hours} hours, where 0 to {most} are possible");
            row.problem("/contactHours", "value-out-of-range", detail)
        }
        Some(_) => {
            let results = row.body.entry("results").or_insert_with(|| json!([]));
            let code = place.code.as_str();
            if let Value::Array(results) = results
                && !results.iter().any(|result| result["resultDescription"] == code)
            {
                results.push(json!({ "resultDescription": code, "value": text }));
            }
            return Ok(());
        }
    };
    Err(refused("hours", vec![problem]))
}
