//! Evidence and alignment: stated, never decisive. What they point to is not fetched unless asked.

use super::{Finding, nothing_to_look_at};
use crate::json::Value;
use crate::verifier::case::{Case, Subject};

pub(super) fn present(case: &Case<'_>) -> Finding {
    let found = match &case.subject {
        Subject::Credential(credential) => credential.value.get("evidence"),
        Subject::Ob2(badge) => badge.assertion.value().and_then(|value| value.get("evidence")),
        _ => return nothing_to_look_at(),
    };
    match found.map(Value::items).unwrap_or_default().len() {
        0 => Finding::skip("the badge names no evidence"),
        count => {
            Finding::note("the badge names evidence, which was not looked at").fact("pieces", count)
        }
    }
}

pub(super) fn alignment(case: &Case<'_>) -> Finding {
    let found = match &case.subject {
        Subject::Credential(credential) => {
            credential.value.pointer("/credentialSubject/achievement/alignment")
        }
        Subject::Ob2(badge) => badge.class.value().and_then(|value| value.get("alignment")),
        _ => return nothing_to_look_at(),
    };
    let items = found.map(Value::items).unwrap_or_default();
    let frameworks: Vec<serde_json::Value> = items
        .iter()
        .filter_map(|alignment| alignment.str_of("targetFramework"))
        .take(16)
        .map(Into::into)
        .collect();
    match items.len() {
        0 => Finding::skip("the badge class names no standards"),
        count => Finding::note("the badge class names standards, as its issuer says")
            .fact("alignments", count)
            .fact("frameworks", frameworks),
    }
}
