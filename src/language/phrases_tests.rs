use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::*;

const SPANISH: &str = include_str!("es.po");

/// Sources whose every sentence is shown to people who read a report.
const SHOWN: &[&str] = &[
    "verifier/checks",
    "verifier/case",
    "verifier/judge.rs",
    "verifier/text.rs",
    "json/schema/judge.rs",
    "api/verify_page.rs",
];

/// Sources whose errors stand inside those sentences.
const ERRORS: &[&str] = &[
    "verifier/input.rs",
    "resolve/document.rs",
    "urls/form.rs",
    "proof/did",
    "proof/encoding.rs",
    "proof/jws",
    "proof/key/mod.rs",
    "proof/suite/mod.rs",
    "baking",
    "json/read.rs",
    "linked_data/error.rs",
    "linked_data/options.rs",
    "status",
];

fn holes(sentence: &str) -> BTreeSet<String> {
    pieces(sentence).into_iter().filter_map(|(_, name)| name).collect()
}

/// A sentence with its values left out: names do not matter, places do.
fn outline(sentence: &str) -> String {
    pieces(sentence)
        .into_iter()
        .fold(String::new(), |text, (words, name)| text + &words + name.map_or("", |_| "{}"))
}

fn sources(of: &[&str]) -> Vec<(PathBuf, String)> {
    fn walk(path: &Path, found: &mut Vec<PathBuf>) {
        if path.is_dir() {
            for entry in std::fs::read_dir(path).unwrap() {
                walk(&entry.unwrap().path(), found);
            }
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path.to_owned());
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    of.iter().for_each(|part| walk(&root.join(part), &mut found));
    let is_test =
        |path: &Path| path.strip_prefix(&root).unwrap().to_str().unwrap().contains("tests");
    found.retain(|path| !is_test(path));
    assert!(!found.is_empty());
    found
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
            (path, code)
        })
        .collect()
}

/// The string literals of a source, comments and the reasons of lints left out.
fn literals(code: &str) -> Vec<String> {
    let shown = |line: &&str| !line.trim_start().starts_with("//") && !line.contains("reason = \"");
    let code: Vec<&str> = code.lines().filter(shown).collect();
    let code = code.join("\n");
    let mut found = Vec::new();
    let mut characters = code.chars().peekable();
    let mut before = ' ';
    while let Some(c) = characters.next() {
        // A quotation mark as a character is no text.
        if c == '"' && before != '\'' {
            found.push(literal(&mut characters));
        }
        before = c;
    }
    found
}

/// The text up to the next quotation mark; a line that ends in a backslash goes on in the next.
fn literal(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(c) = characters.next() {
        match c {
            '"' => break,
            '\\' => match characters.next() {
                Some('\n') => while characters.next_if(|c| c.is_whitespace()).is_some() {},
                Some(escaped) => text.push(escaped),
                None => {}
            },
            c => text.push(c),
        }
    }
    text
}

/// Whether a literal is a sentence or a part of one, as against a name, a path, a section.
fn is_sentence(text: &str) -> bool {
    let is_word = |word: &&str| !word.is_empty() && word.chars().all(char::is_alphabetic);
    text.split(' ').filter(is_word).count() > 1 && !text.contains('§')
}

#[test]
fn every_line_of_the_file_is_read_and_every_sentence_occurs_once() {
    let mut expected = "msgid ";
    let mut seen = BTreeSet::new();
    for (at, line) in SPANISH.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let text = quoted(line, expected).unwrap_or_else(|| panic!("line {}: {line}", at + 1));
        if expected == "msgid " {
            assert!(seen.insert(outline(&text)), "line {}: twice: {text}", at + 1);
            expected = "msgstr ";
        } else {
            assert!(!text.trim().is_empty(), "line {}: nothing", at + 1);
            expected = "msgid ";
        }
    }
    assert!(seen.len() > 300, "{}", seen.len());
}

#[test]
fn both_languages_have_the_same_places_for_values() {
    for (english, spanish) in pairs(SPANISH) {
        assert_eq!(holes(&english), holes(&spanish), "{english}");
    }
}

#[test]
fn every_sentence_that_a_report_can_say_has_a_translation() {
    let phrases = Phrases::read(SPANISH);
    let known: BTreeSet<String> =
        pairs(SPANISH).iter().map(|(english, _)| outline(english)).collect();
    let mut missing: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut checked = 0;
    let mut hold = |path: &Path, text: String| {
        checked += 1;
        // As it is written, or with a value of its own already in the place of another's.
        let sentence = outline(&text);
        if !known.contains(&sentence) && matches!(phrases.say(&sentence), Cow::Borrowed(_)) {
            missing.insert(text, path.to_owned());
        }
    };
    for (path, code) in sources(SHOWN) {
        literals(&code)
            .into_iter()
            .filter(|text| is_sentence(text))
            .for_each(|text| hold(&path, text));
    }
    for (path, code) in sources(ERRORS) {
        for error in code.split("#[error(").skip(1) {
            let text = literals(error).into_iter().next().unwrap_or_default();
            if error.trim_start().starts_with('"') && is_sentence(&text) {
                hold(&path, text);
            }
        }
    }
    assert!(checked > 300, "{checked}");
    assert!(missing.is_empty(), "without a translation in es.po: {missing:#?}");
}

#[test]
fn no_translation_outlives_its_sentence() {
    // Several findings of one check stand one after the other.
    let joined = "{}; {}".to_owned();
    let said: BTreeSet<String> = sources(&[""])
        .into_iter()
        .flat_map(|(_, code)| literals(&code))
        .map(|text| outline(&text))
        .chain([joined])
        .collect();
    let pairs = pairs(SPANISH);
    let left: Vec<&String> = pairs
        .iter()
        .map(|(english, _)| english)
        .filter(|english| !said.contains(&outline(english)))
        .collect();
    assert!(left.is_empty(), "in es.po, and nowhere in the sources: {left:#?}");
}

#[test]
fn sentences_are_found_with_their_values_and_the_sentences_inside() {
    let phrases = Phrases::read(
        "msgid \"{what} could not be read: {why}\"\nmsgstr \"no se pudo leer {what}: {why}\"\n\
         msgid \"{what}: {why}\"\nmsgstr \"{what}: {why}\"\n\
         msgid \"the list\"\nmsgstr \"la lista\"\n\
         msgid \"status {n}\"\nmsgstr \"estado {n}\"\n\
         msgid \"{a} of {b}\"\nmsgstr \"de {b}, {a}\"\n",
    );
    assert_eq!(
        phrases.say("the list could not be read: status 7"),
        "no se pudo leer la lista: estado 7"
    );
    assert_eq!(phrases.say("x: the list"), "x: la lista");
    assert_eq!(phrases.say("3 of 4"), "de 4, 3");
    for unknown in ["status ", "list", " could not be read: ", "{what", "}{"] {
        assert_eq!(phrases.say(unknown), unknown);
    }
    let deep = "a: ".repeat(1000) + "the list";
    assert!(phrases.say(&deep).ends_with("the list"));
}
