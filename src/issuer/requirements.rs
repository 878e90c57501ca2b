//! What an award must meet besides being well-formed: its badge class, and what a record holds.

use super::IssuerError;
use crate::domain::{AchievedResult, AssertionDraft, BadgeClass, Evidence, Problems};

/// Most bytes of the object that the API answers. A record of the store holds 64 KiB, and the
/// object is longer than the record.
const OBJECT_BYTES: usize = 60 * 1024;

/// Everything in which an award does not meet its badge class.
pub(super) fn unmet(draft: &AssertionDraft, class: &BadgeClass) -> Problems {
    unmet_by(&draft.results, &draft.evidence, class)
}

/// Everything in which these results and this evidence do not meet a badge class.
pub(super) fn unmet_by(
    results: &[AchievedResult],
    evidence: &[Evidence],
    class: &BadgeClass,
) -> Problems {
    let mut problems = Problems::new();
    check_results(results, class, &mut problems);
    check_evidence(evidence, class, &mut problems);
    problems
}

fn check_results(results: &[AchievedResult], class: &BadgeClass, problems: &mut Problems) {
    for (at, result) in results.iter().enumerate() {
        let place = |member: &str| format!("/results/{at}/{member}");
        let Some(description) = class.result_description(&result.description) else {
            let known: Vec<&str> =
                class.result_descriptions.iter().map(|rd| rd.code.as_str()).collect();
            let detail = format!(
                "the badge class has no result description {:?}; it has {}",
                result.description.as_str(),
                if known.is_empty() { "none".to_owned() } else { known.join(", ") }
            );
            problems.add(place("resultDescription"), "unknown-result-description", detail);
            continue;
        };
        if let Some(level) = &result.level
            && description.level(level).is_none()
        {
            let known: Vec<&str> = description.levels.iter().map(|l| l.code.as_str()).collect();
            let detail = format!(
                "{} has no level {:?}; it has {}",
                description.code,
                level.as_str(),
                if known.is_empty() { "none".to_owned() } else { known.join(", ") }
            );
            problems.add(place("achievedLevel"), "unknown-level", detail);
        }
        let Some(value) = &result.value else { continue };
        if !description.allowed_values.is_empty() && !description.allowed_values.contains(value) {
            let allowed = description.allowed_values.join(", ");
            problems.add(place("value"), "value-not-allowed", format!("use one of {allowed}"));
        }
        let number = |text: &Option<String>| text.as_deref().and_then(|t| t.parse::<f64>().ok());
        let (least, most) = (number(&description.value_min), number(&description.value_max));
        if least.is_some() || most.is_some() {
            match value.parse::<f64>() {
                Ok(value) if value.is_finite() => {
                    if least.is_some_and(|least| value < least)
                        || most.is_some_and(|most| value > most)
                    {
                        let detail = format!(
                            "must lie from {} to {}",
                            description.value_min.as_deref().unwrap_or("any"),
                            description.value_max.as_deref().unwrap_or("any")
                        );
                        problems.add(place("value"), "value-out-of-range", detail);
                    }
                }
                _ => problems.add(place("value"), "not-a-number", "must be a number"),
            }
        }
    }
    if class.requires_results {
        for description in &class.result_descriptions {
            if !results.iter().any(|result| result.description == description.code) {
                let detail = format!("the badge class requires a result for {}", description.code);
                problems.add("/results", "missing-result", detail);
            }
        }
    }
}

fn check_evidence(evidence: &[Evidence], class: &BadgeClass, problems: &mut Problems) {
    for genre in &class.required_evidence {
        if !evidence.iter().any(|item| item.genre.as_deref() == Some(genre)) {
            let detail = format!("the badge class requires evidence of the genre {genre:?}");
            problems.add("/evidence", "missing-evidence", detail);
        }
    }
}

/// Refuses what is too large to be kept in one record.
pub(super) fn bounded_answer(answer: &serde_json::Value) -> Result<(), IssuerError> {
    let length = answer.to_string().len();
    if length <= OBJECT_BYTES {
        return Ok(());
    }
    let detail = format!("its texts come to {length} bytes; {OBJECT_BYTES} are accepted");
    Err(IssuerError::invalid("", "too-large", detail))
}
