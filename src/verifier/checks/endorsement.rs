//! Endorsements and newer issues of a badge.

use super::{Finding, nothing_to_look_at};
use crate::json::Value;
use crate::verifier::case::{Case, Subject};

pub(super) fn verified(case: &Case<'_>) -> Finding {
    let documents: Vec<&Value<'_>> = match &case.subject {
        Subject::Credential(credential) => vec![&credential.value],
        Subject::Ob2(badge) => [&badge.assertion, &badge.class, &badge.issuer]
            .into_iter()
            .filter_map(|l| l.value())
            .collect(),
        _ => return nothing_to_look_at(),
    };
    match documents.into_iter().map(endorsements).sum::<usize>() {
        0 => Finding::skip("nobody endorses it"),
        count => {
            Finding::unknown("endorsements are not judged here yet").fact("endorsements", count)
        }
    }
}

/// How many endorsements stand anywhere in a document.
fn endorsements(value: &Value<'_>) -> usize {
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| match name {
                "endorsement" | "endorsementJwt" => value.items().len(),
                _ => endorsements(value),
            })
            .sum(),
        Value::Array(items) => items.iter().map(endorsements).sum(),
        _ => 0,
    }
}

pub(super) fn refresh(case: &Case<'_>) -> Finding {
    match &case.subject {
        Subject::Credential(credential) if credential.value.get("refreshService").is_some() => {
            Finding::unknown("newer issues are not looked for here yet")
        }
        Subject::Credential(_) | Subject::Ob2(_) => {
            Finding::skip("the badge names no refresh service")
        }
        _ => nothing_to_look_at(),
    }
}
