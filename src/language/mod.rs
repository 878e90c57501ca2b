//! The languages we speak, and every sentence in each of them.
//!
//! English stands in the code, at the place that decides what is said; it is the key under which
//! another language has the sentence, in one file a language (`es.po`, the form of gettext, which
//! translators' tools read). Sentences with values in them are found by their words: so a report
//! can be put into another language whenever it is shown, also one that was kept or came as JSON,
//! and nothing that judges knows of languages. What has no translation stays as it is; a test
//! finds every sentence of ours that lacks one.

mod dates;
mod phrases;

use std::borrow::Cow;
use std::sync::LazyLock;

use phrases::Phrases;

/// A language that reports and pages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Spanish.
    Spanish,
}

static SPANISH: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("es.po")));

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::Spanish];

    /// Its BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// Its own name for itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
        }
    }

    /// `ltr` or `rtl`.
    pub const fn direction(self) -> &'static str {
        "ltr"
    }

    /// The language that a BCP 47 tag asks for, whatever the region.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The language that a client prefers: the tag it asks for first, then `Accept-Language`
    /// (RFC 9110 §12.5.4) by weight; English when nothing fits.
    pub fn negotiate(asked: Option<&str>, accept_language: Option<&str>) -> Self {
        if let Some(language) = asked.and_then(Self::of_tag) {
            return language;
        }
        let mut best: Option<(f64, Self)> = None;
        for range in accept_language.unwrap_or_default().split(',').take(32) {
            let mut parts = range.split(';');
            let language = parts.next().and_then(Self::of_tag);
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q=")?.parse::<f64>().ok())
                .unwrap_or(1.0);
            let better = best.is_none_or(|(most, _)| weight > most);
            if let Some(language) = language.filter(|_| weight > 0.0 && better) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language).unwrap_or_default()
    }

    /// An English sentence of ours in this language; as it is, if there is no other word for it.
    pub fn say(self, english: &str) -> Cow<'_, str> {
        match self.phrases() {
            None => Cow::Borrowed(english),
            Some(phrases) => phrases.say(english),
        }
    }

    /// A sentence without values, or a template with its `{…}`, in this language.
    pub fn word(self, english: &'static str) -> &'static str {
        self.phrases().and_then(|phrases| phrases.whole(english)).unwrap_or(english)
    }

    /// Whether this language has its own words for exactly this text.
    #[cfg(test)]
    pub(crate) fn is_known(self, english: &str) -> bool {
        self.phrases().is_none_or(|phrases| phrases.whole(english).is_some())
    }

    fn phrases(self) -> Option<&'static Phrases> {
        match self {
            Self::English => None,
            Self::Spanish => Some(&SPANISH),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_asked_for_or_english() {
        let asked = |tag, header| Language::negotiate(tag, header).tag();
        assert_eq!(asked(None, None), "en");
        assert_eq!(asked(Some("EN-gb"), Some("es")), "en");
        assert_eq!(asked(Some("es-419"), Some("en")), "es");
        assert_eq!(asked(Some("xx"), Some("de, en;q=0.3, *;q=0")), "en");
        assert_eq!(asked(None, Some("de, es-MX;q=0.8, en;q=0.7")), "es");
        assert_eq!(asked(None, Some("es;q=0, fr")), "en");
    }

    #[test]
    fn what_has_no_translation_stays_as_it_is() {
        for text in ["", "not a sentence of ours", "the badge was read twice: {oddly}"] {
            assert_eq!(Language::Spanish.say(text), text);
            assert_eq!(Language::English.say(text), text);
        }
    }
}
