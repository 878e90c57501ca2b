//! Reads members of foreign documents without failing: what cannot be read is noted and left out.
//!
//! JSON-LD lets one thing be written in several ways: a set of one as the thing itself, `id` as
//! `@id`, a text as a value object or, with languages, as a list of them. All are read alike.

use crate::domain::{Problems, WebUrl};
use crate::json::Value;

/// A value of a document, its place, and where problems are noted.
#[derive(Clone)]
pub(super) struct At<'v, 'a> {
    pub(super) value: &'v Value<'a>,
    pub(super) pointer: String,
}

impl<'v, 'a> At<'v, 'a> {
    pub(super) fn new(value: &'v Value<'a>, pointer: impl Into<String>) -> Self {
        Self { value, pointer: pointer.into() }
    }

    /// The first of these members that is there and not null, with its name.
    fn find<'n>(&self, names: &[&'n str]) -> Option<(&'n str, &'v Value<'a>)> {
        let object = self.value.as_object()?;
        names.iter().find_map(|name| {
            let value = object.get(name).filter(|value| **value != Value::Null)?;
            Some((*name, value))
        })
    }

    /// The pointer to a member.
    fn below(&self, name: &str) -> String {
        format!("{}/{}", self.pointer, escape(name))
    }

    /// The first of these members that is there and not null.
    pub(super) fn member(&self, names: &[&str]) -> Option<Self> {
        let (name, value) = self.find(names)?;
        Some(Self::new(value, self.below(name)))
    }

    /// The elements of a member, or the member itself as the only one.
    pub(super) fn list(&self, names: &[&str]) -> Vec<Self> {
        let Some(member) = self.member(names) else { return Vec::new() };
        match member.value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(at, item)| Self::new(item, format!("{}/{at}", member.pointer)))
                .collect(),
            _ => vec![member],
        }
    }

    /// The first element of a member, or the member itself.
    pub(super) fn one(&self, names: &[&str]) -> Option<Self> {
        let (name, value) = self.find(names)?;
        let pointer = self.below(name);
        match value {
            Value::Array(items) => Some(Self::new(items.first()?, format!("{pointer}/0"))),
            _ => Some(Self::new(value, pointer)),
        }
    }

    /// A text, a number as text, the text of a value object, or the first of several.
    pub(super) fn text(&self, names: &[&str], problems: &mut Problems) -> Option<String> {
        // Pointers are written only where something is wrong: there are hundreds of texts in a badge.
        let (_, value) = self.find(names)?;
        let text = plain_text(value.items().first()?);
        if text.is_none()
            && let Some(found) = self.one(names)
        {
            not_a_text(found, problems);
        }
        text
    }

    /// All texts of a member.
    pub(super) fn texts(&self, names: &[&str], problems: &mut Problems) -> Vec<String> {
        let mut texts = Vec::new();
        for item in self.list(names) {
            match plain_text(item.value) {
                Some(text) => texts.push(text),
                None => not_a_text(item, problems),
            }
        }
        texts
    }

    /// The identifier of a thing: the string itself, or the `id` of the object.
    pub(super) fn id(&self) -> Option<String> {
        let id = match self.value {
            Value::String(text) => Some(text.as_ref()),
            _ => self.find(&["id", "@id"]).and_then(|(_, id)| id.as_str()),
        };
        id.map(str::to_owned)
    }

    /// A member that should be a web URL, given as string or as object with an `id`.
    pub(super) fn url(&self, names: &[&str], problems: &mut Problems) -> Option<String> {
        let found = self.one(names)?;
        let url = found.id().filter(|url| WebUrl::parse(url).is_ok());
        if url.is_none() {
            problems.add(found.pointer, "bad-url", "not an http or https URL");
        }
        url
    }
}

fn not_a_text(found: At<'_, '_>, problems: &mut Problems) {
    let detail = format!("expected a text, found {}", found.value.kind());
    problems.add(found.pointer, "not-a-text", detail);
}

fn plain_text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone().into_owned()),
        Value::Number(number) => Some(number.as_str().to_owned()),
        Value::Object(object) => object.get("@value").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    }
}

/// A member name as a token of a JSON pointer.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Whether this is a web URL.
pub(super) fn is_web(url: &str) -> bool {
    WebUrl::parse(url).is_ok()
}
