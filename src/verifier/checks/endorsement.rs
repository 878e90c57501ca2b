//! Endorsements: does each hold, and is it of what it stands in?

use serde_json::{Value as Json, json};

use super::{Finding, nothing_to_look_at};
use crate::verifier::case::{Case, Ob2What, Part, PartKind, Subject, id_of};
use crate::verifier::report::Verdict;

/// Endorsements never sink what they endorse: each has its own report.
pub(super) fn verified(case: &Case<'_>) -> Finding {
    if !matches!(case.subject, Subject::Credential(_) | Subject::Ob2(_)) {
        return nothing_to_look_at();
    }
    let found: Vec<&Part<'_>> =
        case.parts.iter().filter(|part| part.kind == PartKind::Endorsement).collect();
    if found.is_empty() {
        return match case.parts_left_out {
            0 => Finding::skip("nobody endorses it"),
            count => Finding::unknown("there are too many parts within parts to look at these")
                .fact("leftOut", count),
        };
    }
    let count = |verdict| found.iter().filter(|part| part.report().verdict == verdict).count();
    let (bad, open) = (count(Verdict::Invalid), count(Verdict::Indeterminate));
    let facts: Vec<Json> = found
        .iter()
        .map(|part| json!({"pointer": part.pointer, "verdict": part.report().verdict}))
        .collect();
    let all = found.len();
    let finding = if bad > 0 {
        Finding::fail(format!("{bad} of {all} endorsements do not hold"))
    } else if open > 0 || case.parts_left_out > 0 {
        Finding::unknown(format!("{open} of {all} endorsements could not be verified"))
    } else if all == 1 {
        Finding::pass("the endorsement holds")
    } else {
        Finding::pass(format!("all {all} endorsements hold"))
    };
    let finding = finding.fact("endorsements", facts);
    match case.parts_left_out {
        0 => finding,
        count => finding.fact("leftOut", count),
    }
}

/// Whether an endorsement is of what it stands in.
pub(super) fn target(case: &Case<'_>) -> Finding {
    let endorsed = match &case.subject {
        Subject::Credential(credential) if credential.is_endorsement() => {
            credential.value.pointer("/credentialSubject").and_then(|s| id_of(s.items().first()?))
        }
        Subject::Ob2(badge) if badge.what == Ob2What::Endorsement => {
            badge.assertion.value().and_then(|value| id_of(value.get("claim")?))
        }
        Subject::Credential(_) | Subject::Ob2(_) => {
            return match &case.within {
                Some(within) if within.kind == PartKind::Endorsement => {
                    Finding::fail("it stands where an endorsement should, and is none")
                }
                _ => Finding::skip("it is no endorsement"),
            };
        }
        _ => return nothing_to_look_at(),
    };
    let Some(within) = &case.within else {
        return Finding::skip("it stands by itself").fact("endorsed", endorsed);
    };
    if within.kind != PartKind::Endorsement {
        return Finding::skip("it stands among other credentials").fact("endorsed", endorsed);
    }
    match (endorsed, within.id.as_deref()) {
        (Some(endorsed), Some(id)) if endorsed == id => {
            Finding::pass("it endorses what it stands in").fact("endorsed", endorsed)
        }
        (Some(endorsed), _) => Finding::fail("it endorses something else than what it stands in")
            .fact("endorsed", endorsed)
            .fact("within", within.id.clone()),
        (None, _) if case.ob2().is_some_and(|badge| badge.assertion.value().is_none()) => {
            Finding::skip("the endorsement was not read")
        }
        (None, _) => Finding::fail("it does not say what it endorses"),
    }
}
