//! Choosing parts of a document by JSON pointer (§3.4.11–3.4.13).

use std::collections::{BTreeMap, HashMap};

use crate::json::{Object, Value};
use crate::proof::suite::SuiteError;

/// Which parts of a value are chosen: all of it, or those below it.
#[derive(Default)]
pub(super) struct Choice {
    all: bool,
    below: BTreeMap<String, Choice>,
}

impl Choice {
    /// The parts that the pointers name. Each must exist in the document.
    ///
    /// # Errors
    /// [`SuiteError::Pointer`]
    pub(super) fn of(document: &Value<'_>, pointers: &[String]) -> Result<Self, SuiteError> {
        let mut choice = Self::default();
        for pointer in pointers {
            if document.pointer(pointer).is_none() {
                return Err(SuiteError::Pointer(pointer.chars().take(200).collect()));
            }
            let mut place = &mut choice;
            for token in pointer.split('/').skip(1) {
                let token = token.replace("~1", "/").replace("~0", "~");
                place = place.below.entry(token).or_default();
            }
            place.all = true;
        }
        Ok(choice)
    }

    /// The document with only the chosen parts: on the way to each, what an object is called
    /// (`id`, unless it is a blank node's), which types it has and which context is its own stay too.
    pub(super) fn select<'a>(&self, document: &Value<'a>) -> Selection<'a> {
        let mut places = Places::new();
        let part = self.part(document, Way::default(), &mut places);
        Selection { part, places }
    }

    fn part<'a>(&self, value: &Value<'a>, way: Way, places: &mut Places) -> Value<'a> {
        let part = match value {
            Value::Object(object) => Value::Object(self.members(object, &way, places)),
            Value::Array(items) => {
                let chosen = items.iter().enumerate().filter_map(|(at, item)| {
                    let below = self.below(&at.to_string())?;
                    Some((at, item, below))
                });
                let parts = chosen.enumerate().map(|(to, (at, item, below))| {
                    below.part(item, way.step(&at.to_string(), &to.to_string()), places)
                });
                Value::Array(parts.collect())
            }
            other => other.clone(),
        };
        places.insert(way.part, way.whole);
        part
    }

    fn members<'a>(&self, object: &Object<'a>, way: &Way, places: &mut Places) -> Object<'a> {
        let mut selected = Object::default();
        for (name, value) in object.iter() {
            // A type chosen in part would change what all the members mean.
            if stays(name, value) {
                selected.insert(name.to_owned(), value.clone());
            } else if let Some(below) = self.below(name) {
                let name_step = name.replace('~', "~0").replace('/', "~1");
                let part = below.part(value, way.step(&name_step, &name_step), places);
                selected.insert(name.to_owned(), part);
            }
        }
        selected
    }

    /// What is chosen below a member or an element; `None` if nothing is.
    fn below(&self, step: &str) -> Option<&Self> {
        if self.all { Some(&ALL) } else { self.below.get(step) }
    }
}

static ALL: Choice = Choice { all: true, below: BTreeMap::new() };

/// A part of a document.
pub(super) struct Selection<'a> {
    /// It, as a document.
    pub(super) part: Value<'a>,
    /// Where each value of it stands in the whole.
    pub(super) places: Places,
}

/// From JSON pointers in a part to those in the whole: elements of arrays move up.
pub(super) type Places = HashMap<String, String>;

/// A place in the whole and in the part.
#[derive(Default)]
struct Way {
    whole: String,
    part: String,
}

impl Way {
    fn step(&self, whole: &str, part: &str) -> Self {
        Self { whole: format!("{}/{whole}", self.whole), part: format!("{}/{part}", self.part) }
    }
}

/// A context says nothing by itself, and without it what stands below would say something else.
fn stays(name: &str, value: &Value<'_>) -> bool {
    match name {
        "id" | "@id" => !value.as_str().is_some_and(|id| id.starts_with("_:")),
        "type" | "@type" | "@context" => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn select(pointers: &[&str]) -> Result<String, SuiteError> {
        let text = r#"{"@context":["c"],"id":"urn:a","type":"T","name":"n",
            "s":{"id":"_:b","type":"S","a":[{"x":1,"y":2},{"x":3}],"~/":5}}"#;
        let document = json::parse(text).unwrap();
        let pointers: Vec<String> = pointers.iter().map(|p| (*p).to_owned()).collect();
        Ok(Choice::of(&document, &pointers)?.select(&document).part.to_string())
    }

    #[test]
    fn chosen_parts_keep_the_way_to_them() {
        assert_eq!(
            select(&["/s/a/1", "/s/a/0/y"]).unwrap(),
            r#"{"@context":["c"],"id":"urn:a","type":"T","s":{"type":"S","a":[{"y":2},{"x":3}]}}"#
        );
        assert_eq!(
            select(&["/s/~0~1"]).unwrap(),
            r#"{"@context":["c"],"id":"urn:a","type":"T","s":{"type":"S","~/":5}}"#
        );
        assert_eq!(select(&[]).unwrap(), r#"{"@context":["c"],"id":"urn:a","type":"T"}"#);
        assert!(select(&[""]).unwrap().contains(r#""name":"n""#));
    }

    #[test]
    fn places_in_a_part_lead_to_the_whole() {
        let document = json::parse(r#"{"a":[{"x":1},{"x":2},{"~":{"y":[3,4]}}]}"#).unwrap();
        let pointers = ["/a/1", "/a/2/~0/y/1"].map(str::to_owned);
        let selection = Choice::of(&document, &pointers).unwrap().select(&document);
        assert_eq!(selection.part.to_string(), r#"{"a":[{"x":2},{"~":{"y":[4]}}]}"#);
        for (part, whole) in &selection.places {
            let is_leaf = selection.part.pointer(part).unwrap().as_number().is_some();
            let same = selection.part.pointer(part) == document.pointer(whole);
            assert!(same || !is_leaf, "{part} {whole}");
        }
        assert_eq!(selection.places["/a/1/~0/y/0"], "/a/2/~0/y/1");
    }

    #[test]
    fn a_pointer_to_nothing_is_named() {
        for pointer in ["/none", "/s/a/2", "/s/a/x", "name"] {
            assert_eq!(select(&[pointer]), Err(SuiteError::Pointer(pointer.into())));
        }
    }
}
