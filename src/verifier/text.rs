//! A report as plain text, for the command line.

use std::fmt;

use super::report::{CheckOutcome, Knowledge, Report, Verdict, YesNo};

/// Characters of one foreign text that are shown.
const SHOWN: usize = 200;

/// A [`Report`] that writes itself as plain text. Foreign text is shown on one line, without
/// control characters, so that it can neither move the cursor nor look like ours.
pub struct Text<'r>(pub &'r Report);

impl Report {
    /// The report as plain text.
    pub fn text(&self) -> Text<'_> {
        Text(self)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.0;
        let verdict = match report.verdict {
            Verdict::Valid => "VALID",
            Verdict::Invalid => "INVALID",
            Verdict::Indeterminate => "INDETERMINATE: could not be verified",
        };
        writeln!(f, "{verdict}")?;
        if let Some(badge) = &report.badge {
            line(f, "badge", badge.name.as_deref())?;
            line(f, "id", badge.id.as_deref())?;
            let issuer = badge.issuer.as_ref();
            line(f, "issuer", issuer.and_then(|issuer| issuer.name.as_deref()))?;
            line(f, "issuer id", issuer.and_then(|issuer| issuer.id.as_deref()))?;
            line(f, "issued", badge.issued_on.map(|at| at.to_string()).as_deref())?;
            line(f, "expires", badge.expires.map(|at| at.to_string()).as_deref())?;
        }
        let answers = &report.answers;
        writeln!(f)?;
        writeln!(
            f,
            "  authentic  {:<12}{}",
            word(answers.authentic.answer),
            clean(&answers.authentic.reason)
        )?;
        writeln!(
            f,
            "  in force   {:<12}{} (as of {})",
            word(answers.in_force.answer),
            clean(&answers.in_force.reason),
            answers.in_force.as_of
        )?;
        let knowledge = match answers.issuer.answer {
            Knowledge::Trusted => "trusted",
            Knowledge::Pinned => "pinned",
            Knowledge::Domain => "domain",
            Knowledge::SelfStated => "self-stated",
            Knowledge::Unknown => "unknown",
        };
        writeln!(f, "  issuer     {knowledge:<12}{}", clean(&answers.issuer.reason))?;
        writeln!(f)?;
        for check in &report.checks {
            let mark = match check.outcome {
                CheckOutcome::Pass => "pass",
                CheckOutcome::Fail => "FAIL",
                CheckOutcome::Unknown => "????",
                CheckOutcome::Note => "note",
                CheckOutcome::Skip => continue,
            };
            writeln!(f, "  {mark}  {:<22}{}", check.id, clean(&check.message))?;
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, value: Option<&str>) -> fmt::Result {
    match value {
        Some(value) => writeln!(f, "  {name:<11}{}", clean(value)),
        None => Ok(()),
    }
}

fn word(answer: YesNo) -> &'static str {
    match answer {
        YesNo::Yes => "yes",
        YesNo::No => "NO",
        YesNo::Unknown => "unknown",
    }
}

/// One line of foreign text.
fn clean(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut shown: String =
        text.chars().take(SHOWN).map(|c| if hidden(c) { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
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
