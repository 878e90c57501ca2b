//! A report in the language of who reads it.

use std::borrow::Cow;

use super::report::Report;
use crate::language::Language;

impl Report {
    /// The same report with our sentences in `language`. Ids, outcomes, facts, dates and what the
    /// badge says stay.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        if language != Language::English {
            self.speak(language);
        }
        self
    }

    fn speak(&mut self, language: Language) {
        let say = |sentence: &mut String| {
            if let Cow::Owned(said) = language.say(sentence) {
                *sentence = said;
            }
        };
        let say_shared = |sentence: &mut Cow<'static, str>| {
            if let Cow::Owned(said) = language.say(sentence) {
                *sentence = Cow::Owned(said);
            }
        };
        let answers = &mut self.answers;
        say(&mut answers.authentic.reason);
        say(&mut answers.in_force.reason);
        say(&mut answers.issuer.reason);
        for check in &mut self.checks {
            say_shared(&mut check.title);
            say_shared(&mut check.message);
        }
        self.documents.iter_mut().filter_map(|document| document.reason.as_mut()).for_each(say);
        self.reports.iter_mut().for_each(|part| part.report.speak(language));
    }
}
