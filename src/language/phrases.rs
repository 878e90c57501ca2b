//! A file of translations, read, and sentences found in it.
//!
//! The form is gettext's, as far as it is needed: `msgid "…"` and `msgstr "…"`, each on one line,
//! `#` comments. `{name}` stands for a value and occurs in both.

use std::borrow::Cow;
use std::collections::HashMap;

/// How deep a sentence may stand in another one: "the list could not be read: the server …".
const DEPTH: usize = 4;

/// Sentences of one language by the English ones.
pub(super) struct Phrases {
    whole: HashMap<String, String>,
    /// Those with values, the most telling first.
    patterns: Vec<Pattern>,
}

/// A sentence with values in it.
struct Pattern {
    /// The words around the values: one more than there are values.
    words: Vec<String>,
    names: Vec<String>,
    translation: String,
}

impl Phrases {
    /// Reads a file of translations. A line that is none is left out; a test finds it.
    pub(super) fn read(file: &str) -> Self {
        let mut phrases = Self { whole: HashMap::new(), patterns: Vec::new() };
        for (english, translation) in pairs(file) {
            phrases.patterns.extend(Pattern::new(&english, &translation));
            phrases.whole.insert(english, translation);
        }
        // "{what} could not be read: {why}" before "{what}: {why}".
        phrases.patterns.sort_by_key(|pattern| {
            std::cmp::Reverse(pattern.words.iter().map(String::len).sum::<usize>())
        });
        phrases
    }

    /// The translation of exactly this text.
    pub(super) fn whole(&self, english: &str) -> Option<&str> {
        self.whole.get(english).map(String::as_str)
    }

    /// The sentence in this language, with the sentences that stand in it; else as it is.
    pub(super) fn say<'t>(&self, english: &'t str) -> Cow<'t, str> {
        match self.find(english, DEPTH) {
            Some(found) => Cow::Owned(found),
            None => Cow::Borrowed(english),
        }
    }

    fn find(&self, english: &str, depth: usize) -> Option<String> {
        if let Some(found) = self.whole(english) {
            return Some(found.to_owned());
        }
        let depth = depth.checked_sub(1)?;
        self.patterns.iter().find_map(|pattern| {
            let values = pattern.values(english)?;
            let values: Vec<Cow<'_, str>> = values
                .into_iter()
                .map(|value| self.find(value, depth).map_or(Cow::Borrowed(value), Cow::Owned))
                .collect();
            Some(pattern.fill(&values))
        })
    }
}

impl Pattern {
    fn new(english: &str, translation: &str) -> Option<Self> {
        let pieces = pieces(english);
        let names: Vec<String> = pieces.iter().filter_map(|(_, name)| name.clone()).collect();
        let words: Vec<String> = pieces.into_iter().map(|(words, _)| words).collect();
        // Values alone, such as those of a date, would be found everywhere.
        if names.is_empty() || words.iter().all(|words| words.trim().is_empty()) {
            return None;
        }
        Some(Self { words, names, translation: translation.to_owned() })
    }

    /// The values that make this sentence the text given.
    fn values<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let (first, rest) = self.words.split_first()?;
        let (last, between) = rest.split_last()?;
        let mut left = text.strip_prefix(first.as_str())?.strip_suffix(last.as_str())?;
        let mut values = Vec::with_capacity(self.names.len());
        for word in between {
            let (value, after) = left.split_once(word.as_str())?;
            values.push(value);
            left = after;
        }
        values.push(left);
        values.iter().all(|value| !value.is_empty()).then_some(values)
    }

    fn fill(&self, values: &[Cow<'_, str>]) -> String {
        pieces(&self.translation).into_iter().fold(String::new(), |mut text, (words, name)| {
            text += &words;
            let at = name.and_then(|name| self.names.iter().position(|known| *known == name));
            text += at.and_then(|at| values.get(at)).map_or("", AsRef::as_ref);
            text
        })
    }
}

/// A sentence as words, each run with the name of the value after it; the last one has none.
fn pieces(sentence: &str) -> Vec<(String, Option<String>)> {
    let mut pieces = Vec::new();
    let mut rest = sentence;
    while let Some((words, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        pieces.push((words.to_owned(), Some(name.to_owned())));
        rest = after;
    }
    pieces.push((rest.to_owned(), None));
    pieces
}

/// The pairs of a file: English, translation.
fn pairs(file: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut english = None;
    for line in file.lines() {
        if let Some(text) = quoted(line, "msgid ") {
            english = Some(text);
        } else if let (Some(text), Some(english)) = (quoted(line, "msgstr "), english.take())
            && !english.is_empty()
        {
            pairs.push((english, text));
        }
    }
    pairs
}

/// The text of a line `keyword "…"`.
fn quoted(line: &str, keyword: &str) -> Option<String> {
    let text = line.strip_prefix(keyword)?.strip_prefix('"')?.strip_suffix('"')?;
    Some(text.replace("\\\"", "\""))
}

#[cfg(test)]
#[path = "phrases_tests.rs"]
mod tests;
