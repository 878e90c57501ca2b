//! Evidence and alignment: stated, never decisive. What they point to is looked at only when asked.

use serde_json::{Value as Json, json};

use super::{Finding, nothing_to_look_at, related};
use crate::json::Value;
use crate::resolve::{Outcome, Why};
use crate::verifier::case::{Case, Resource, Subject, resources};
use crate::verifier::dossier::Role;
use crate::verifier::report::CheckOutcome;

/// What came of one resource.
struct Looked<'c> {
    url: &'c str,
    outcome: CheckOutcome,
    problem: String,
}

pub(super) fn present(case: &Case<'_>) -> Finding {
    if !matches!(case.subject, Subject::Credential(_) | Subject::Ob2(_)) {
        return nothing_to_look_at();
    }
    let all = resources(case);
    let evidence: Vec<&Resource<'_>> = all.iter().filter(|found| found.evidence).collect();
    let looked: Vec<Looked<'_>> =
        evidence.iter().filter_map(|resource| reached(case, resource)).collect();
    if evidence.is_empty() {
        return Finding::skip("the badge names no evidence");
    }
    if looked.is_empty() {
        return Finding::note("the badge names evidence, which was not looked at")
            .fact("pieces", evidence.len());
    }
    rolled(&looked, "the evidence can be reached", "evidence cannot be reached")
        .fact("pieces", evidence.len())
}

/// Whether the bytes are those that the badge states a digest of.
pub(super) fn digest(case: &Case<'_>) -> Finding {
    if !matches!(case.subject, Subject::Credential(_) | Subject::Ob2(_)) {
        return nothing_to_look_at();
    }
    let all = resources(case);
    let mut stated = 0;
    let mut looked = Vec::new();
    for resource in &all {
        let digests: Vec<_> =
            resource.said.iter().filter_map(|said| related::digests(said).ok()).flatten().collect();
        let Some(url) = resource.url.filter(|_| !digests.is_empty()) else { continue };
        stated += 1;
        let (outcome, problem) = match case.dossier.find(Role::Evidence, url) {
            None => continue,
            Some(Outcome::Got(document)) => {
                // Each digest is a statement of its own.
                match digests.iter().all(|digest| digest.is_of(&document.bytes)) {
                    true => (CheckOutcome::Pass, String::new()),
                    false => (CheckOutcome::Fail, "it is not what it was".to_owned()),
                }
            }
            Some(Outcome::Missing(why) | Outcome::Refused(why)) => {
                (CheckOutcome::Unknown, why.to_string())
            }
        };
        looked.push(Looked { url, outcome, problem });
    }
    if stated == 0 {
        return Finding::skip("the badge states no digests");
    }
    if looked.is_empty() {
        return Finding::note("the badge states digests, which were not looked at")
            .fact("stated", stated);
    }
    rolled(&looked, "what the badge states digests of is unchanged", "a digest does not match")
        .fact("stated", stated)
}

/// What came of fetching a resource; nothing if nobody asked.
fn reached<'c>(case: &Case<'_>, resource: &Resource<'c>) -> Option<Looked<'c>> {
    let url = resource.url?;
    let outcome = case.dossier.find(Role::Evidence, url)?;
    let (outcome, problem) = match outcome {
        // Longer than we read is there all the same.
        Outcome::Got(_) | Outcome::Missing(Why::TooBig(_)) => (CheckOutcome::Pass, String::new()),
        Outcome::Missing(why) | Outcome::Refused(why) if why.is_definite() => {
            (CheckOutcome::Fail, why.to_string())
        }
        Outcome::Missing(why) | Outcome::Refused(why) => (CheckOutcome::Unknown, why.to_string()),
    };
    Some(Looked { url, outcome, problem })
}

fn rolled(looked: &[Looked<'_>], fine: &'static str, wrong: &str) -> Finding {
    let first = |outcome| looked.iter().find(|one| one.outcome == outcome);
    let finding = match (first(CheckOutcome::Fail), first(CheckOutcome::Unknown)) {
        (Some(one), _) => Finding::fail(format!("{wrong}: {}", one.problem)).fact("url", one.url),
        (None, Some(one)) => {
            Finding::unknown(format!("{wrong}: {}", one.problem)).fact("url", one.url)
        }
        (None, None) => Finding::pass(fine),
    };
    let facts: Vec<Json> =
        looked.iter().map(|one| json!({"url": one.url, "outcome": one.outcome})).collect();
    finding.fact("lookedAt", facts)
}

pub(super) fn alignment(case: &Case<'_>) -> Finding {
    let found = match &case.subject {
        Subject::Credential(credential) => {
            credential.achievement().and_then(|achievement| achievement.get("alignment"))
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
