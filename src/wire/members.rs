//! Writes JSON objects without nulls and empty arrays, which Open Badges do not allow.

use serde_json::{Map, Number, Value};

use crate::json;

/// An object in the making; members stay in the order they are set.
#[derive(Default)]
pub(super) struct Members(Map<String, Value>);

impl Members {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub(super) fn set_if(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    /// Sets an array, if there is anything in it.
    pub(super) fn set_list<V: Into<Value>>(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = V>,
    ) {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        if !values.is_empty() {
            self.set(name, values);
        }
    }

    pub(super) fn done(self) -> Value {
        Value::Object(self.0)
    }
}

/// The same in our own, lighter JSON, for what is written with every award.
#[derive(Default)]
pub(super) struct Light<'a>(json::Object<'a>);

impl<'a> Light<'a> {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn set(&mut self, name: &'static str, value: impl Into<json::Value<'a>>) {
        self.0.insert(name, value.into());
    }

    pub(super) fn set_if(&mut self, name: &'static str, value: Option<impl Into<json::Value<'a>>>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    /// Sets an array, if there is anything in it.
    pub(super) fn set_list(
        &mut self,
        name: &'static str,
        values: impl IntoIterator<Item = json::Value<'a>>,
    ) {
        let values: Vec<json::Value<'a>> = values.into_iter().collect();
        if !values.is_empty() {
            self.set(name, values);
        }
    }

    pub(super) fn done(self) -> json::Value<'a> {
        json::Value::Object(self.0)
    }
}

/// A finite number in its shortest spelling: `3`, not `3.0`, so that every reader writes it back
/// alike.
#[expect(clippy::cast_possible_truncation, reason = "only where the number is a small integer")]
pub(super) fn number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e9 {
        Value::from(number as i64)
    } else {
        Number::from_f64(number).map_or(Value::Null, Value::Number)
    }
}
