//! The words of certificates. Those that pages say too are spelled as there, and so have one
//! translation.

use super::{Fact, Standing};
use crate::language::Language;

/// Our words in a language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words(pub(super) Language);

macro_rules! words {
    ($($name:ident: $english:literal,)*) => {
        impl Words {
            $(pub(super) fn $name(self) -> &'static str {
                self.0.word($english)
            })*

            #[cfg(test)]
            pub(super) const ALL: &[&str] = &[$($english),*];
        }
    };
}

words! {
    certificate: "Certificate",
    certifies: "This certifies that",
    has_earned: "has earned the badge",
    awarded_by: "awarded by {}",
    holder_private: "The holder keeps the name private",
    holder_elsewhere: "The holder’s name is in letters that this sheet does not have; it stands on the badge page.",
    text_elsewhere: "This text is in letters that this sheet does not have; it stands on the badge page.",
    issued: "Issued",
    expires: "Expires",
    never_expires: "Does not expire",
    code: "Code",
    credits: "Credits",
    contact_hours: "Contact hours",
    role: "Role",
    term: "Term",
    licence: "Licence number",
    badge_code: "Badge code",
    what_it_shows: "What this badge shows",
    alignment: "Standards it is aligned with",
    criteria: "Criteria: how it is earned",
    results: "Rubric results",
    criterion: "Criterion",
    level: "Level reached",
    meaning: "What it means",
    more: "{} more on the badge page",
    verify: "Verify online",
    verify_text: "Scan the code or open the link to see how this badge stands today. Paper cannot tell.",
    stood: "When this sheet was made, on {}:",
    attached: "The signed badge is attached to this file as {}. Any Open Badges verifier can check it.",
    qr_alt: "QR code of the link to this badge: {}",
    reason_given: "Reason given:",
    page: "Page {}",
    valid_word: "Valid",
    valid_text: "This badge is genuine and in force.",
    expired_word: "Expired",
    expired_text: "This badge is genuine, but its time has run out. What it states held until it expired.",
    revoked_word: "Revoked",
    revoked_text: "The issuer has taken this badge back. It must not be relied on.",
    suspended_word: "Suspended",
    suspended_text: "The issuer has put this badge on hold. It does not count for now.",
    early_word: "Not yet valid",
    early_text: "This badge does not count before its start date.",
}

impl Words {
    /// The word and the sentence for a standing.
    pub(super) fn standing(self, standing: Standing) -> (&'static str, &'static str) {
        match standing {
            Standing::Valid => (self.valid_word(), self.valid_text()),
            Standing::Expired => (self.expired_word(), self.expired_text()),
            Standing::NotYetValid => (self.early_word(), self.early_text()),
            Standing::Suspended => (self.suspended_word(), self.suspended_text()),
            Standing::Revoked => (self.revoked_word(), self.revoked_text()),
        }
    }

    /// The label of a fact.
    pub(super) fn fact(self, fact: Fact) -> &'static str {
        match fact {
            Fact::Credits => self.credits(),
            Fact::ContactHours => self.contact_hours(),
            Fact::Role => self.role(),
            Fact::Term => self.term(),
            Fact::Licence => self.licence(),
            Fact::Code => self.badge_code(),
        }
    }
}

/// A sentence with a value in the place of `{}`.
pub(super) fn fill(sentence: &str, value: &str) -> String {
    sentence.replacen("{}", value, 1)
}

#[cfg(test)]
mod tests {
    use super::super::letters::letters;
    use super::*;

    #[test]
    fn every_word_is_there_in_every_language_and_can_be_set() {
        for language in Language::ALL {
            for english in Words::ALL {
                assert!(
                    language == Language::English || language.is_known(english),
                    "{language:?}: {english}"
                );
                let word = language.say(english).replace("{}", "");
                assert!(letters().unwrap().settable(&word).is_some(), "{language:?}: {word}");
            }
        }
    }
}
