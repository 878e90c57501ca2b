//! A report as plain text, for the command line.

use std::fmt;

use serde_json::Value;

use super::report::{CheckOutcome, CheckReport, Knowledge, PartReport, Report, Verdict, YesNo};
use crate::language::Language;

/// Characters of one foreign text that are shown.
const SHOWN: usize = 200;

/// A [`Report`] that writes itself as plain text. Foreign text is shown on one line, without
/// control characters, so that it can neither move the cursor nor look like ours.
pub struct Text<'r> {
    report: &'r Report,
    language: Language,
}

impl Report {
    /// The report as plain text, in English.
    pub fn text(&self) -> Text<'_> {
        self.text_in(Language::English)
    }

    /// The report as plain text in `language`.
    pub fn text_in(&self, language: Language) -> Text<'_> {
        Text { report: self, language }
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.report;
        writeln!(f, "{}", self.verdict(report.verdict))?;
        if let Some(badge) = &report.badge {
            self.line(f, "badge", badge.name.as_deref())?;
            self.line(f, "id", badge.id.as_deref())?;
            let issuer = badge.issuer.as_ref();
            self.line(f, "issuer", issuer.and_then(|issuer| issuer.name.as_deref()))?;
            self.line(f, "issuer id", issuer.and_then(|issuer| issuer.id.as_deref()))?;
            self.line(f, "issued", badge.issued_on.map(|at| at.to_string()).as_deref())?;
            self.line(f, "expires", badge.expires.map(|at| at.to_string()).as_deref())?;
        }
        writeln!(f)?;
        self.answers(f)?;
        writeln!(f)?;
        report.checks.iter().try_for_each(|check| self.check(f, check))?;
        report.reports.iter().try_for_each(|part| self.part(f, part))
    }
}

impl Text<'_> {
    fn word(&self, english: &'static str) -> &'static str {
        self.language.word(english)
    }

    /// A sentence that may hold foreign text.
    fn sentence(&self, english: &str) -> String {
        clean(&self.language.say(english))
    }

    fn verdict(&self, verdict: Verdict) -> &'static str {
        self.word(match verdict {
            Verdict::Valid => "VALID",
            Verdict::Invalid => "INVALID",
            Verdict::Indeterminate => "INDETERMINATE: could not be verified",
        })
    }

    fn line(
        &self,
        f: &mut fmt::Formatter<'_>,
        name: &'static str,
        value: Option<&str>,
    ) -> fmt::Result {
        match value {
            Some(value) => writeln!(f, "  {:<11}{}", self.word(name), clean(value)),
            None => Ok(()),
        }
    }

    fn answers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yes_no = |answer| match answer {
            YesNo::Yes => "yes",
            YesNo::No => "NO",
            YesNo::Unknown => "unknown",
        };
        let answers = &self.report.answers;
        let knowledge = match answers.issuer.answer {
            Knowledge::Trusted => "trusted",
            Knowledge::Pinned => "pinned",
            Knowledge::Domain => "domain",
            Knowledge::SelfStated => "self-stated",
            Knowledge::Unknown => "unknown",
        };
        let as_of = self.sentence(&format!("as of {}", answers.in_force.as_of));
        for (question, answer, reason, as_of) in [
            ("authentic", yes_no(answers.authentic.answer), &answers.authentic.reason, None),
            ("in force", yes_no(answers.in_force.answer), &answers.in_force.reason, Some(as_of)),
            ("issuer", knowledge, &answers.issuer.reason, None),
        ] {
            let (question, answer) = (self.word(question), self.word(answer));
            write!(f, "  {question:<11}{answer:<12}{}", self.sentence(reason))?;
            match as_of {
                Some(as_of) => writeln!(f, " ({as_of})")?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }

    fn check(&self, f: &mut fmt::Formatter<'_>, check: &CheckReport) -> fmt::Result {
        let mark = match check.outcome {
            CheckOutcome::Pass => self.word("pass"),
            CheckOutcome::Fail => self.word("FAIL"),
            CheckOutcome::Unknown => "????",
            CheckOutcome::Note => self.word("note"),
            CheckOutcome::Skip => return Ok(()),
        };
        writeln!(f, "  {mark:<4}  {:<22}{}", check.id, self.sentence(&check.message))?;
        check.trace.as_ref().map_or(Ok(()), |trace| traced(f, trace, 8))
    }

    /// One line on what stands inside: an endorsement, a part of a transcript.
    fn part(&self, f: &mut fmt::Formatter<'_>, part: &PartReport) -> fmt::Result {
        let name = part.report.badge.as_ref().and_then(|badge| badge.name.as_deref());
        let verdict = self.verdict(part.report.verdict);
        let (kind, pointer) = (self.language.say(&part.part), clean(&part.pointer));
        writeln!(f, "\n  {kind} {pointer} {}\n  {verdict}", clean(name.unwrap_or_default()))?;
        let mut against =
            part.report.checks.iter().filter(|check| {
                matches!(check.outcome, CheckOutcome::Fail | CheckOutcome::Unknown)
            });
        against.try_for_each(|check| self.check(f, check))
    }
}

/// The members of a trace, each at its own line; texts of several lines below their name, whole.
fn traced(f: &mut fmt::Formatter<'_>, trace: &Value, indent: usize) -> fmt::Result {
    let pad = " ".repeat(indent);
    match trace {
        Value::Object(members) => members.iter().try_for_each(|(name, value)| match value {
            Value::String(text) if !text.contains('\n') => {
                writeln!(f, "{pad}{name}: {}", shown(text))
            }
            Value::Null => Ok(()),
            value => {
                writeln!(f, "{pad}{name}:")?;
                traced(f, value, indent + 2)
            }
        }),
        Value::Array(items) => items.iter().try_for_each(|item| traced(f, item, indent + 2)),
        Value::String(text) => {
            text.lines().try_for_each(|line| writeln!(f, "{pad}{}", shown(line)))
        }
        value => writeln!(f, "{pad}{value}"),
    }
}

/// One line of foreign text, cut where it grows long.
fn clean(text: &str) -> String {
    let mut cut: String =
        shown(text.get(..4 * SHOWN).unwrap_or(text)).chars().take(SHOWN).collect();
    if text.chars().nth(SHOWN).is_some() {
        cut.push('…');
    }
    cut
}

/// Foreign text on one line.
fn shown(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if hidden(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn foreign_text_stays_on_its_line() {
        assert_eq!(clean("a\u{1b}[2Jb\nc\u{202e}d"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d");
        assert_eq!(clean(&"x".repeat(500)).chars().count(), 201);
    }
}
