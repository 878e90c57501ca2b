//! A report, made ready for the template.

use super::icons;
use super::shell::Labelled;
use super::text::{Text, When, counted, sentence};
use crate::verifier::{
    CheckOutcome, CheckReport, DocumentState, Knowledge, PartReport, Report, State, YesNo,
};

/// What `verification.html` needs.
pub(super) struct Verification {
    pub(super) answers: [Answer; 3],
    pub(super) counts: String,
    /// Those that apply, what is not good first.
    pub(super) checks: Vec<Check>,
    /// Those that do not: title and reason.
    pub(super) skipped: Vec<(String, String)>,
    pub(super) skipped_count: String,
    pub(super) documents: Vec<Document>,
    /// Whether the lists are open from the start.
    pub(super) open: bool,
}

pub(super) struct Answer {
    pub(super) question: &'static str,
    pub(super) word: &'static str,
    pub(super) tone: &'static str,
    pub(super) reason: String,
}

pub(super) struct Check {
    pub(super) id: String,
    pub(super) class: &'static str,
    pub(super) icon: &'static str,
    pub(super) word: &'static str,
    pub(super) title: String,
    pub(super) message: String,
    pub(super) facts: Vec<Labelled>,
}

pub(super) struct Document {
    pub(super) role: String,
    pub(super) url: String,
    pub(super) state: &'static str,
    pub(super) when: Option<When>,
    pub(super) sha256: Option<String>,
    pub(super) reason: Option<String>,
}

/// A report on something inside: an endorsement, a part of a transcript.
pub(super) struct Inside {
    pub(super) by: String,
    pub(super) word: &'static str,
    pub(super) tone: &'static str,
    pub(super) comment: Option<String>,
}

impl Verification {
    pub(super) fn new(t: &Text, report: &Report, open: bool) -> Self {
        let answers = &report.answers;
        let (authentic, authentic_tone) = match answers.authentic.answer {
            YesNo::Yes => (t.authentic_yes, "good"),
            YesNo::No => (t.authentic_no, "bad"),
            YesNo::Unknown => (t.authentic_unknown, "warn"),
        };
        let (force, force_tone) = match answers.in_force.answer {
            YesNo::Yes => (t.force_yes, "good"),
            YesNo::No => (t.force_no, "bad"),
            YesNo::Unknown => (t.force_unknown, "warn"),
        };
        let issuer = knowledge(t, answers.issuer.answer);
        let (skipped, mut applying): (Vec<_>, Vec<_>) =
            report.checks.iter().partition(|check| check.outcome == CheckOutcome::Skip);
        applying.sort_by_key(|check| match check.outcome {
            CheckOutcome::Fail => 0,
            CheckOutcome::Unknown => 1,
            _ => 2,
        });
        let answer = |question, word, tone, reason: &str| Answer {
            question,
            word,
            tone,
            reason: sentence(reason),
        };
        Self {
            answers: [
                answer(t.authentic_question, authentic, authentic_tone, &answers.authentic.reason),
                answer(t.force_question, force, force_tone, &answers.in_force.reason),
                answer(t.issuer_question, issuer, "calm", &answers.issuer.reason),
            ],
            counts: counts(t, report),
            checks: applying.into_iter().map(|check| Check::new(t, check)).collect(),
            skipped_count: counted(t.skipped_count, skipped.len()),
            skipped: skipped
                .into_iter()
                .map(|check| (check.title.to_string(), sentence(&check.message)))
                .collect(),
            documents: report
                .documents
                .iter()
                .map(|document| Document {
                    role: t.spoken.say(&document.role).into_owned(),
                    url: document.url.clone(),
                    state: match document.state {
                        DocumentState::Got => t.document_got,
                        DocumentState::Missing => t.document_missing,
                        DocumentState::Refused => t.document_refused,
                    },
                    when: document.fetched_at.map(|at| t.instant(at)),
                    sha256: document.sha256.clone(),
                    reason: document.reason.clone(),
                })
                .collect(),
            open,
        }
    }
}

/// How we know who an issuer is, in words.
pub(super) fn knowledge(t: &Text, knowledge: Knowledge) -> &'static str {
    match knowledge {
        Knowledge::Trusted => t.issuer_trusted,
        Knowledge::Pinned => t.issuer_pinned,
        Knowledge::Domain => t.issuer_domain,
        Knowledge::SelfStated => t.issuer_self,
        Knowledge::Unknown => t.issuer_unknown,
    }
}

/// "17 passed, 1 failed": kinds of outcome that occur.
fn counts(t: &Text, report: &Report) -> String {
    let kinds = [
        (CheckOutcome::Pass, t.passed_count),
        (CheckOutcome::Fail, t.failed_count),
        (CheckOutcome::Unknown, t.unknown_count),
        (CheckOutcome::Note, t.note_count),
        (CheckOutcome::Skip, t.skipped_count),
    ];
    let counted = kinds.into_iter().filter_map(|(outcome, word)| {
        let count = report.checks.iter().filter(|check| check.outcome == outcome).count();
        (count > 0).then(|| counted(word, count))
    });
    counted.collect::<Vec<_>>().join(", ")
}

impl Check {
    fn new(t: &Text, check: &CheckReport) -> Self {
        let (class, icon, word) = match check.outcome {
            CheckOutcome::Pass => ("pass", icons::CHECK, t.passed),
            CheckOutcome::Fail => ("fail", icons::CROSS, t.failed),
            CheckOutcome::Unknown => ("unknown", icons::QUESTION, t.unknown),
            CheckOutcome::Note => ("note", icons::INFO, t.note),
            CheckOutcome::Skip => ("skip-check", icons::DASH, t.skipped),
        };
        let facts = check.facts.iter().map(|(label, value)| {
            let value = match value {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            Labelled::new(label, value)
        });
        Self {
            id: check.id.to_string(),
            class,
            icon,
            word,
            title: check.title.to_string(),
            message: sentence(&check.message),
            facts: facts.collect(),
        }
    }
}

impl Inside {
    pub(super) fn of(t: &Text, report: &Report) -> Vec<Self> {
        report.reports.iter().map(|part| Self::new(t, part)).collect()
    }

    fn new(t: &Text, part: &PartReport) -> Self {
        let (word, tone) = match part.report.state() {
            State::Valid => (t.valid_word, "good"),
            State::Expired => (t.expired_word, "warn"),
            State::Revoked => (t.revoked_word, "bad"),
            State::Suspended => (t.suspended_word, "warn"),
            State::NotYetValid => (t.early_word, "calm"),
            State::Altered => (t.altered_word, "bad"),
            State::CouldNotVerify => (t.unchecked_word, "warn"),
        };
        let badge = part.report.badge.as_ref();
        let issuer = badge.and_then(|badge| badge.issuer.as_ref());
        let by = issuer.and_then(|issuer| issuer.name.clone().or_else(|| issuer.id.clone()));
        Self {
            by: by.unwrap_or_else(|| part.part.clone()),
            word,
            tone,
            comment: badge.and_then(|badge| badge.narrative.clone().or_else(|| badge.name.clone())),
        }
    }
}
