//! Reads the members of one object of a body, noting every problem.

use crate::domain::{Invalid, Problems, bounded};
use crate::json::{Object, Value};
use crate::wire::rows::nearest;
use crate::wire::tolerant::escape;

/// One object of a body and its place.
pub(super) struct Body<'v, 'a> {
    object: &'v Object<'a>,
    pointer: String,
}

impl<'v, 'a> Body<'v, 'a> {
    /// Takes an object; notes when it is none, and each member that is not in `known`. `null`
    /// counts as missing everywhere.
    pub(super) fn open(
        value: &'v Value<'a>,
        pointer: impl Into<String>,
        known: &[&str],
        problems: &mut Problems,
    ) -> Option<Self> {
        let pointer = pointer.into();
        let Some(object) = value.as_object() else {
            let detail = format!("expected an object, found {}", value.kind());
            problems.add(pointer, "not-an-object", detail);
            return None;
        };
        for (name, _) in object.iter().filter(|(name, _)| !known.contains(name)) {
            let shown: String = name.chars().take(60).collect();
            let detail = match nearest(name, known.iter().copied()) {
                Some(near) => format!("there is no member {shown:?}; did you mean {near:?}?"),
                None => format!("there is no member {shown:?}; there are {}", known.join(", ")),
            };
            problems.add(format!("{pointer}/{}", escape(name)), "unknown-member", detail);
        }
        Some(Self { object, pointer })
    }

    /// The place of a member.
    pub(super) fn at(&self, name: &str) -> String {
        format!("{}/{}", self.pointer, escape(name))
    }

    /// The place of the object.
    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    /// A member that is there and not null.
    pub(super) fn get(&self, name: &str) -> Option<&'v Value<'a>> {
        self.object.get(name).filter(|value| **value != Value::Null)
    }

    /// Whether a member stands there, be it null.
    pub(super) fn states(&self, name: &str) -> bool {
        self.object.get(name).is_some()
    }

    /// Notes that a member is missing.
    pub(super) fn require(&self, name: &str, problems: &mut Problems) {
        if self.get(name).is_none() {
            problems.add(self.at(name), "required", format!("{name} is required"));
        }
    }

    /// A string.
    pub(super) fn string(&self, name: &str, problems: &mut Problems) -> Option<&'v str> {
        let value = self.get(name)?;
        if value.as_str().is_none() {
            let detail = format!("expected a string, found {}", value.kind());
            problems.add(self.at(name), "not-a-string", detail);
        }
        value.as_str()
    }

    /// A string that is not blank and has at most `most` characters.
    pub(super) fn text(&self, name: &str, most: usize, problems: &mut Problems) -> Option<String> {
        self.parsed(name, problems, |text| bounded(text, most))
    }

    /// The same for several lines: white space around it is kept out, line feeds inside are kept.
    pub(super) fn required_text(
        &self,
        name: &str,
        most: usize,
        problems: &mut Problems,
    ) -> Option<String> {
        self.require(name, problems);
        self.text(name, most, problems)
    }

    /// A string with rules of its own.
    pub(super) fn parsed<T>(
        &self,
        name: &str,
        problems: &mut Problems,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let text = self.string(name, problems)?;
        problems.take(&self.at(name), parse(text))
    }

    /// A string or number, as text: JSON writers differ about values such as `10`.
    pub(super) fn scalar(
        &self,
        name: &str,
        most: usize,
        problems: &mut Problems,
    ) -> Option<String> {
        match self.get(name)? {
            Value::Number(number) => problems.take(&self.at(name), bounded(number.as_str(), most)),
            _ => self.text(name, most, problems),
        }
    }

    /// A truth value.
    pub(super) fn boolean(&self, name: &str, default: bool, problems: &mut Problems) -> bool {
        let Some(value) = self.get(name) else { return default };
        value.as_bool().unwrap_or_else(|| {
            let detail = format!("expected true or false, found {}", value.kind());
            problems.add(self.at(name), "not-a-boolean", detail);
            default
        })
    }

    /// A number with rules of its own.
    pub(super) fn number<T>(
        &self,
        name: &str,
        problems: &mut Problems,
        parse: impl FnOnce(f64) -> Result<T, Invalid>,
    ) -> Option<T> {
        let value = self.get(name)?;
        match value.as_number() {
            Some(number) => problems.take(&self.at(name), parse(number.as_f64())),
            None => {
                let detail = format!("expected a number, found {}", value.kind());
                problems.add(self.at(name), "not-a-number", detail);
                None
            }
        }
    }

    /// The elements of an array with at most `most` of them, each with its place.
    pub(super) fn list(
        &self,
        name: &str,
        most: usize,
        problems: &mut Problems,
    ) -> Vec<(String, &'v Value<'a>)> {
        let Some(value) = self.get(name) else { return Vec::new() };
        let Some(items) = value.as_array() else {
            let detail = format!("expected an array, found {}", value.kind());
            problems.add(self.at(name), "not-an-array", detail);
            return Vec::new();
        };
        if items.len() > most {
            problems.add(self.at(name), "too-many", format!("more than {most} entries"));
        }
        let place = |at: usize| format!("{}/{at}", self.at(name));
        items.iter().take(most).enumerate().map(|(at, item)| (place(at), item)).collect()
    }

    /// An array of texts, each once.
    pub(super) fn texts(
        &self,
        name: &str,
        most: usize,
        length: usize,
        problems: &mut Problems,
    ) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        for (place, item) in self.list(name, most, problems) {
            let Some(text) = item.as_str() else {
                let detail = format!("expected a string, found {}", item.kind());
                problems.add(place, "not-a-string", detail);
                continue;
            };
            let Some(text) = problems.take(&place, bounded(text, length)) else { continue };
            if texts.contains(&text) {
                problems.add(place, "duplicate", format!("{text:?} occurs twice"));
            } else {
                texts.push(text);
            }
        }
        texts
    }
}
