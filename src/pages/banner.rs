//! The banner that says how a badge stands.

use jiff::Timestamp;

use super::icons;
use super::text::{self, Text, When};
use crate::language::Language;
use crate::verifier::{Knowledge, Report, State};

/// How a badge stands, in the eight words that people see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageState {
    /// Genuine and in force.
    Valid,
    /// Genuine, past its end.
    Expired,
    /// Taken back.
    Revoked,
    /// On hold.
    Suspended,
    /// Before its start.
    NotYetValid,
    /// Not what the issuer signed or hosts.
    Altered,
    /// Not all checks could be made; never shown as good.
    CouldNotVerify,
    /// Genuine and in force, by an issuer of whom nothing is known.
    IssuerUnknown,
}

impl PageState {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Valid,
        Self::Expired,
        Self::Revoked,
        Self::Suspended,
        Self::NotYetValid,
        Self::Altered,
        Self::CouldNotVerify,
        Self::IssuerUnknown,
    ];

    /// The state that a report says.
    pub fn of(report: &Report) -> Self {
        match report.state() {
            State::Valid => match report.answers.issuer.answer {
                Knowledge::Trusted | Knowledge::Pinned | Knowledge::Domain => Self::Valid,
                Knowledge::SelfStated | Knowledge::Unknown => Self::IssuerUnknown,
            },
            State::Expired => Self::Expired,
            State::Revoked => Self::Revoked,
            State::Suspended => Self::Suspended,
            State::NotYetValid => Self::NotYetValid,
            State::Altered => Self::Altered,
            State::CouldNotVerify => Self::CouldNotVerify,
        }
    }

    /// The state that a report on a badge of our own says: its issuer is known to us.
    pub fn of_own(report: &Report) -> Self {
        match Self::of(report) {
            Self::IssuerUnknown => Self::Valid,
            state => state,
        }
    }

    /// The word for it.
    pub fn word(self, language: Language) -> &'static str {
        self.words(text::text(language)).0
    }

    pub(super) fn words(self, t: &Text) -> (&'static str, &'static str) {
        match self {
            Self::Valid => (t.valid_word, t.valid_text),
            Self::Expired => (t.expired_word, t.expired_text),
            Self::Revoked => (t.revoked_word, t.revoked_text),
            Self::Suspended => (t.suspended_word, t.suspended_text),
            Self::NotYetValid => (t.early_word, t.early_text),
            Self::Altered => (t.altered_word, t.altered_text),
            Self::CouldNotVerify => (t.unchecked_word, t.unchecked_text),
            Self::IssuerUnknown => (t.unknown_issuer_word, t.unknown_issuer_text),
        }
    }

    /// Whether the badge may be put on a profile.
    pub(super) fn in_force(self) -> bool {
        matches!(self, Self::Valid | Self::IssuerUnknown)
    }

    pub(super) fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::Valid => ("good", icons::CHECK),
            Self::Expired => ("warn", icons::CLOCK),
            Self::Revoked => ("bad", icons::CROSS),
            Self::Suspended => ("warn", icons::PAUSE),
            Self::NotYetValid => ("calm", icons::CLOCK),
            Self::Altered => ("bad", icons::WARNING),
            Self::CouldNotVerify => ("warn", icons::QUESTION),
            Self::IssuerUnknown => ("calm", icons::PERSON),
        }
    }
}

/// What the banner template needs.
pub(super) struct Banner {
    pub(super) tone: &'static str,
    pub(super) icon: &'static str,
    pub(super) word: &'static str,
    pub(super) sentence: &'static str,
    /// The reason that the issuer gives, in its words.
    pub(super) reason: Option<String>,
    /// What we found, in ours.
    pub(super) finding: Option<String>,
    pub(super) checked: When,
    pub(super) again: Option<String>,
    /// Whether the art is shown faint.
    pub(super) faint: bool,
}

impl Banner {
    pub(super) fn new(t: &Text, state: PageState, checked: Timestamp) -> Self {
        let (word, sentence) = state.words(t);
        let (tone, icon) = state.look();
        Self {
            tone,
            icon,
            word,
            sentence,
            reason: None,
            finding: None,
            checked: t.instant(checked),
            again: None,
            faint: !state.in_force() && state != PageState::NotYetValid,
        }
    }
}
