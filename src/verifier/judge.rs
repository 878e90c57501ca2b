//! From findings to the three answers and the verdict.

use jiff::{SignedDuration, Timestamp};

use super::badge::badge;
use super::case::{Case, Credential, Part, Subject};
use super::checks::{self, About, Question};
use super::dossier::{Dossier, Given};
use super::policy::PolicyName;
use super::report::{
    Answers, Authentic, CheckOutcome, CheckReport, DocumentReport, DocumentState, Format, InForce,
    PartReport, Report, Verdict, YesNo,
};
use crate::resolve::Outcome;

/// Judges a case, or the valid newer issue of it that its issuer has given out (OB 3.0 §10.1.1).
pub(super) fn judge(case: &Case<'_>) -> Report {
    let own = plainly(case);
    let Some(newer) = checks::replacement(case) else { return own };
    let mut report = newer.report().clone();
    if let Some(check) = report.checks.iter_mut().find(|check| check.id == "refresh.latest") {
        check.outcome = CheckOutcome::Note;
        check.message = "the issuer gives out this newer issue, which is the one judged".into();
        check.facts.insert("url".to_owned(), newer.url.as_str().into());
    }
    report.documents.clone_from(&own.documents);
    let superseded = Report { documents: Vec::new(), reports: Vec::new(), ..own };
    report.reports.push(PartReport {
        part: "superseded".to_owned(),
        pointer: String::new(),
        report: superseded,
    });
    report
}

/// Runs every check and rolls their findings up.
fn plainly(case: &Case<'_>) -> Report {
    let mut found = checks::run(case);
    let kept = Kept::of(case, case.bench.now);
    if let Some(kept) = &kept {
        kept.leave_open(&mut found);
    }
    let (format, version) = form_of(case);
    Report {
        verdict: verdict(&found, case.bench.policy),
        answers: answers(case, &found, kept.as_ref()),
        format,
        open_badges_version: version.map(str::to_owned),
        checked_at: case.bench.now,
        as_of: case.bench.at,
        policy: case.bench.policy,
        // What one of our own says we know.
        badge: if case.bench.own.is_none() { badge(case) } else { None },
        checks: found,
        documents: match case.within {
            None => documents(case.dossier),
            // The report on the whole lists them.
            Some(_) => Vec::new(),
        },
        reports: case.parts.iter().map(part).collect(),
    }
}

fn part(part: &Part<'_>) -> PartReport {
    PartReport {
        part: part.kind.as_str().to_owned(),
        pointer: part.pointer.clone(),
        report: part.report().clone(),
    }
}

/// Longest time for which a status that was read counts as that of now.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// A status that was read long ago: the dossier was kept.
struct Kept {
    /// When it was read.
    read: Timestamp,
    /// The instant judged for.
    at: Timestamp,
}

impl Kept {
    fn of(case: &Case<'_>, now: Timestamp) -> Option<Self> {
        let read = checks::read_at(case)?;
        let old = now.duration_since(case.dossier.gathered_at) > FRESH;
        old.then_some(Self { read, at: case.bench.at })
    }

    /// Of a later instant the status is not known.
    fn leave_open(&self, found: &mut [CheckReport]) {
        if self.at.duration_since(self.read) <= FRESH {
            return;
        }
        let read = found.iter_mut().find(|check| check.id == "status.read");
        if let Some(check) = read.filter(|check| check.outcome == CheckOutcome::Pass) {
            check.outcome = CheckOutcome::Unknown;
            check.message =
                format!("its status is known as of {}, and could not be renewed since", self.read)
                    .into();
        }
    }
}

/// Any required check that fails makes a badge invalid; else any that could not be made leaves it
/// open. A check that is not in the table decides nothing.
pub(super) fn verdict(found: &[CheckReport], policy: PolicyName) -> Verdict {
    let required = |outcome: CheckOutcome| {
        found.iter().any(|check| {
            check.outcome == outcome
                && checks::about(&check.id).is_some_and(|about| about.required.by(policy))
        })
    };
    if required(CheckOutcome::Fail) {
        Verdict::Invalid
    } else if required(CheckOutcome::Unknown) {
        Verdict::Indeterminate
    } else {
        Verdict::Valid
    }
}

fn answers(case: &Case<'_>, found: &[CheckReport], kept: Option<&Kept>) -> Answers {
    let (authentic, reason) = answer(found, Question::Authentic, case.bench.policy);
    let authentic = Authentic {
        answer: authentic,
        reason: reason.unwrap_or_else(|| match case.ob2() {
            Some(badge) if badge.is_hosted() => {
                "the issuer hosts this badge at its own address".to_owned()
            }
            _ => "the issuer named signed this badge, and nothing in it was changed".to_owned(),
        }),
    };
    let (in_force, reason) = answer(found, Question::InForce, case.bench.policy);
    let in_force = InForce {
        answer: in_force,
        reason: reason.unwrap_or_else(|| match kept {
            Some(Kept { read, .. }) => {
                format!("it was valid as of {read}; its status could not be renewed since")
            }
            None => "it has begun, has not ended, and was not revoked".to_owned(),
        }),
        as_of: checks::read_at(case).unwrap_or(case.bench.at),
    };
    Answers { authentic, in_force, issuer: checks::knowledge(case) }
}

/// One answer, and the first finding that stands in its way.
fn answer(
    found: &[CheckReport],
    question: Question,
    policy: PolicyName,
) -> (YesNo, Option<String>) {
    // What the proof-only policy does not ask for is no reason for a no there.
    let counts = |about: &&About| {
        about.answers == question && (policy != PolicyName::ProofOnly || about.required.by(policy))
    };
    let first = |outcome: CheckOutcome| {
        found
            .iter()
            .find(|check| {
                check.outcome == outcome && checks::about(&check.id).as_ref().is_some_and(counts)
            })
            .map(|check| check.message.to_string())
    };
    let read =
        found.iter().any(|check| check.id == "input.read" && check.outcome == CheckOutcome::Pass);
    if let Some(reason) = first(CheckOutcome::Fail) {
        (YesNo::No, Some(reason))
    } else if let Some(reason) = first(CheckOutcome::Unknown) {
        (YesNo::Unknown, Some(reason))
    } else if read {
        (YesNo::Yes, None)
    } else {
        (YesNo::Unknown, Some("the badge could not be read".to_owned()))
    }
}

fn form_of(case: &Case<'_>) -> (Option<Format>, Option<&'static str>) {
    match &case.subject {
        Subject::Ob2(badge) => (
            Some(if badge.is_hosted() { Format::Hosted } else { Format::Jws }),
            Some(badge.version.as_str()),
        ),
        Subject::Credential(credential) => {
            (credential_format(case, credential), credential.kind.open_badges_version())
        }
        _ => (None, None),
    }
}

fn credential_format(case: &Case<'_>, credential: &Credential) -> Option<Format> {
    if case.enveloped {
        Some(Format::Enveloped)
    } else if credential.token.is_some() {
        Some(Format::VcJwt)
    } else {
        // A presentation may be bare.
        let bare = credential.is_presentation() && credential.value.get("proof").is_none();
        (!bare).then_some(Format::DataIntegrity)
    }
}

fn documents(dossier: &Dossier) -> Vec<DocumentReport> {
    let mut reports = Vec::with_capacity(dossier.documents.len() + 1);
    if let Given::Badge(document) = &dossier.given {
        reports.push(DocumentReport {
            role: "input".to_owned(),
            url: String::new(),
            state: DocumentState::Got,
            fetched_at: None,
            sha256: Some(document.sha256.clone()),
            reason: None,
        });
    }
    reports.extend(dossier.documents.iter().map(|entry| {
        let document = entry.outcome.document();
        DocumentReport {
            role: entry.role.as_str().to_owned(),
            url: entry.url.clone(),
            state: match entry.outcome {
                Outcome::Got(_) => DocumentState::Got,
                Outcome::Missing(_) => DocumentState::Missing,
                Outcome::Refused(_) => DocumentState::Refused,
            },
            fetched_at: document.map(|document| document.fetched_at),
            sha256: document.map(|document| document.sha256.clone()),
            reason: entry.outcome.why().map(ToString::to_string),
        }
    }));
    reports
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(outcome: CheckOutcome) -> Vec<CheckReport> {
        checks::TABLE
            .iter()
            .map(|about| CheckReport {
                id: about.id.into(),
                outcome,
                title: about.title.into(),
                message: "".into(),
                facts: serde_json::Map::new(),
                trace: None,
            })
            .collect()
    }

    #[test]
    fn each_check_alone_decides_as_its_column_says() {
        let policies = [PolicyName::Default, PolicyName::Strict, PolicyName::ProofOnly];
        let mut flipped = 0;
        for policy in policies {
            assert_eq!(verdict(&all(CheckOutcome::Pass), policy), Verdict::Valid);
            for (at, about) in checks::TABLE.iter().enumerate() {
                for (outcome, decided) in [
                    (CheckOutcome::Fail, Verdict::Invalid),
                    (CheckOutcome::Unknown, Verdict::Indeterminate),
                ] {
                    for rest in [CheckOutcome::Pass, CheckOutcome::Note, CheckOutcome::Skip] {
                        let mut found = all(rest);
                        found[at].outcome = outcome;
                        let expected =
                            if about.required.by(policy) { decided } else { Verdict::Valid };
                        assert_eq!(verdict(&found, policy), expected, "{} {policy:?}", about.id);
                        flipped += 1;
                    }
                }
            }
        }
        assert_eq!(flipped, checks::TABLE.len() * 18);
    }

    #[test]
    fn a_failure_outweighs_what_is_open() {
        let mut found = all(CheckOutcome::Unknown);
        found[0].outcome = CheckOutcome::Fail;
        assert_eq!(verdict(&found, PolicyName::Default), Verdict::Invalid);
    }

    #[test]
    fn the_required_column_is_as_the_design_says() {
        let required = |id: &str, policy| checks::about(id).unwrap().required.by(policy);
        for about in checks::TABLE {
            let family = about.id.split('.').next().unwrap();
            let never = matches!(family, "evidence" | "alignment" | "endorsement" | "refresh")
                || matches!(
                    about.id,
                    "input.image"
                        | "issuer.known"
                        | "proof.others"
                        | "hosted.copy"
                        | "status.other"
                );
            assert_eq!(about.required.default, !never, "{}", about.id);
        }
        assert!(required("issuer.known", PolicyName::Strict));
        assert!(!required("issuer.key", PolicyName::ProofOnly));
        assert!(required("proof.signature", PolicyName::ProofOnly));
    }

    #[test]
    fn ids_are_unique_and_dotted() {
        let ids: std::collections::BTreeSet<&str> =
            checks::TABLE.iter().map(|about| about.id).collect();
        assert_eq!(ids.len(), checks::TABLE.len());
        assert!(ids.iter().all(|id| id.split('.').count() == 2));
    }
}
