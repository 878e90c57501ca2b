//! JSON Schema (draft 2020-12) over our own [`Value`], for schemas that are bundled and for those that
//! badges name: a schema may be hostile.
//!
//! A schema is compiled once into a flat table of rules; `$ref` becomes a place in that table. The
//! keywords that `compile.rs` names are there; a schema that uses another one does not compile, so that no
//! rule is ever silently left out. `format` and texts for people are annotations (Validation §7, §9).

mod compile;
mod judge;

#[cfg(test)]
mod schema_tests;

use std::cmp::Ordering;

use regex::Regex;

use super::Value;

pub use compile::SchemaError;
pub use judge::SchemaProblem;

/// A compiled schema.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Every schema and subschema; the first one is the root.
    rules: Vec<Rules>,
}

/// The place of a subschema in the table.
type At = usize;

/// What one schema demands; what is empty demands nothing.
#[derive(Clone, Debug, Default)]
struct Rules {
    /// The schema `false`.
    never: bool,
    reference: Option<At>,
    types: Option<Vec<Type>>,
    /// `const`, or the values of `enum`.
    one_of_values: Option<Vec<Value<'static>>>,
    pattern: Option<Regex>,
    length: Bounds,
    items_count: Bounds,
    members_count: Bounds,
    unique_items: bool,
    minimum: Option<f64>,
    maximum: Option<f64>,
    above: Option<f64>,
    below: Option<f64>,
    required: Vec<String>,
    /// In the order of [`by_length`].
    properties: Vec<(String, At)>,
    additional: Option<At>,
    prefix_items: Vec<At>,
    items: Option<At>,
    contains: Option<At>,
    all_of: Vec<At>,
    any_of: Vec<At>,
    one_of: Vec<At>,
    not: Option<At>,
    condition: Option<Condition>,
}

impl Rules {
    /// The schema of a member that `properties` names.
    fn property(&self, name: &str) -> Option<At> {
        let found = self.properties.binary_search_by(|(known, _)| by_length(known, name));
        found.ok().and_then(|at| self.properties.get(at)).map(|(_, schema)| *schema)
    }
}

/// Short names first: nearly all are told apart by their length.
fn by_length(one: &str, two: &str) -> Ordering {
    one.len().cmp(&two.len()).then_with(|| one.cmp(two))
}

/// Least and most.
#[derive(Clone, Copy, Debug, Default)]
struct Bounds {
    least: Option<usize>,
    most: Option<usize>,
}

/// `if`, `then`, `else`.
#[derive(Clone, Copy, Debug)]
struct Condition {
    test: At,
    then: Option<At>,
    otherwise: Option<At>,
}

/// The types of Validation §6.1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl Type {
    const ALL: [(Self, &str); 7] = [
        (Self::Null, "null"),
        (Self::Boolean, "boolean"),
        (Self::Integer, "integer"),
        (Self::Number, "number"),
        (Self::String, "string"),
        (Self::Array, "array"),
        (Self::Object, "object"),
    ];

    fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    fn takes(self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Null, Value::Null)
            | (Self::Boolean, Value::Bool(_))
            | (Self::Number, Value::Number(_))
            | (Self::String, Value::String(_))
            | (Self::Array, Value::Array(_))
            | (Self::Object, Value::Object(_)) => true,
            (Self::Integer, Value::Number(number)) => number.as_f64().fract() == 0.0,
            _ => false,
        }
    }
}

/// Whether two values are the same (Core §4.2.2): numbers by their value, members in any order.
fn same(one: &Value<'_>, other: &Value<'_>) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let found = |(name, value): (&str, _)| other.get(name).is_some_and(|o| same(value, o));
            one.len() == other.len() && one.iter().all(found)
        }
        _ => one == other,
    }
}
