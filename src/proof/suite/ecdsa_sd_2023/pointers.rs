//! Choosing parts of a document by JSON pointer (§3.4.11–3.4.13).

use std::collections::BTreeMap;

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
    /// (`id`, unless it is a blank node's) and which types it has stay too.
    pub(super) fn select<'a>(&self, document: &Value<'a>) -> Value<'a> {
        match self.part(document) {
            Value::Object(mut selected) => {
                if let Some(context) = document.get("@context") {
                    selected.insert("@context", context.clone());
                }
                Value::Object(selected)
            }
            other => other,
        }
    }

    fn part<'a>(&self, value: &Value<'a>) -> Value<'a> {
        if self.all {
            return value.clone();
        }
        match value {
            Value::Object(object) => Value::Object(self.members(object)),
            Value::Array(items) => Value::Array(
                items
                    .iter()
                    .enumerate()
                    .filter_map(|(at, item)| Some(self.below.get(&at.to_string())?.part(item)))
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    fn members<'a>(&self, object: &Object<'a>) -> Object<'a> {
        let mut selected = Object::default();
        for (name, value) in object.iter() {
            if let Some(below) = self.below.get(name) {
                selected.insert(name.to_owned(), below.part(value));
            } else if is_name_or_type(name, value) {
                selected.insert(name.to_owned(), value.clone());
            }
        }
        selected
    }
}

fn is_name_or_type(name: &str, value: &Value<'_>) -> bool {
    match name {
        "id" => !value.as_str().is_some_and(|id| id.starts_with("_:")),
        // The names that `group` gives to nodes that have none.
        "@id" | "type" | "@type" => true,
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
        Ok(Choice::of(&document, &pointers)?.select(&document).to_string())
    }

    #[test]
    fn chosen_parts_keep_the_way_to_them() {
        assert_eq!(
            select(&["/s/a/1", "/s/a/0/y"]).unwrap(),
            r#"{"id":"urn:a","type":"T","s":{"type":"S","a":[{"y":2},{"x":3}]},"@context":["c"]}"#
        );
        assert_eq!(
            select(&["/s/~0~1"]).unwrap(),
            r#"{"id":"urn:a","type":"T","s":{"type":"S","~/":5},"@context":["c"]}"#
        );
        assert_eq!(select(&[]).unwrap(), r#"{"id":"urn:a","type":"T","@context":["c"]}"#);
        assert!(select(&[""]).unwrap().contains(r#""name":"n""#));
    }

    #[test]
    fn a_pointer_to_nothing_is_named() {
        for pointer in ["/none", "/s/a/2", "/s/a/x", "name"] {
            assert_eq!(select(&[pointer]), Err(SuiteError::Pointer(pointer.into())));
        }
    }
}
