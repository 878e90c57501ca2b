//! Strict, light JSON: the one reader for everything that is signed, checked or sent to us.
//!
//! A credential must mean the same to every reader, so this parser refuses what readers disagree
//! about (RFC 8259 leaves these open): members that occur twice (RFC 7493 §2.3), lone surrogates
//! (RFC 7493 §2.1), bytes after the value, and nesting deeper than [`MAX_DEPTH`]. Strings without
//! escapes and all numbers borrow from the input; numbers keep their spelling, because canonical
//! forms depend on it.

use std::borrow::Cow;
use std::fmt;

mod read;
pub(crate) mod scan;
pub mod schema;

pub use read::{Error, ErrorKind, parse, parse_bytes};

/// Deepest nesting of arrays and objects that is read.
pub const MAX_DEPTH: usize = 128;

/// A JSON value. `Value<'static>` owns its text, see [`Value::into_owned`].
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was spelled.
    Number(Number<'a>),
    /// A string, unescaped.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object; members in the order of the text.
    Object(Object<'a>),
}

/// A number in its original spelling, which is valid JSON number syntax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number<'a>(Cow<'a, str>);

impl<'a> Number<'a> {
    /// The spelling in the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The nearest double (IEEE 754, as ECMAScript reads it); infinite when out of range.
    pub fn as_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// The value if it is spelled as an integer that fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }
}

/// An object: its members in the order of the text, each name once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Object<'a> {
    /// The member called `name`.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Whether there is a member called `name`.
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets the member `name`: in its place if it is there, else at the end.
    pub fn insert(&mut self, name: impl Into<Cow<'a, str>>, value: Value<'a>) {
        let name = name.into();
        match self.0.iter_mut().find(|(key, _)| *key == name) {
            Some(member) => member.1 = value,
            None => self.0.push((name, value)),
        }
    }

    /// Takes the member `name` out.
    pub fn remove(&mut self, name: &str) -> Option<Value<'a>> {
        let at = self.0.iter().position(|(key, _)| key == name)?;
        Some(self.0.remove(at).1)
    }

    /// The members in the order of the text.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value<'a>)> + Clone {
        self.0.iter().map(|(key, value)| (key.as_ref(), value))
    }

    /// The members, to change their values.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value<'a>)> {
        self.0.iter_mut().map(|(key, value)| {
            let key: &Cow<'a, str> = key;
            (key.as_ref(), value)
        })
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> FromIterator<(Cow<'a, str>, Value<'a>)> for Object<'a> {
    fn from_iter<I: IntoIterator<Item = (Cow<'a, str>, Value<'a>)>>(members: I) -> Self {
        let mut object = Object::default();
        for (name, value) in members {
            object.insert(name, value);
        }
        object
    }
}

impl<'a> Value<'a> {
    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<&Number<'a>> {
        match self {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The elements, if it is an array.
    pub fn as_array(&self) -> Option<&[Value<'a>]> {
        match self {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The object, if it is one.
    pub fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The object, if it is one, to change it.
    pub fn as_object_mut(&mut self) -> Option<&mut Object<'a>> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Member `name` of an object; `None` for anything else.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.as_object()?.get(name)
    }

    /// String member `name` of an object.
    pub fn str_of(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// The value at a JSON pointer (RFC 6901); `""` is the value itself.
    pub fn pointer(&self, pointer: &str) -> Option<&Value<'a>> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer.strip_prefix('/')?.split('/').try_fold(self, |value, token| {
            let token = token.replace("~1", "/").replace("~0", "~");
            match value {
                Value::Object(object) => object.get(&token),
                Value::Array(items) => items.get(token.parse::<usize>().ok()?),
                _ => None,
            }
        })
    }

    /// The elements of an array, the value itself as the only one for anything else, none for
    /// `null`: the way JSON-LD compaction lets sets of one be written.
    pub fn items(&self) -> &[Value<'a>] {
        match self {
            Value::Array(items) => items,
            Value::Null => &[],
            one => std::slice::from_ref(one),
        }
    }

    /// A word for what it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }

    /// The same value, independent of the text it was read from.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(value) => Value::Bool(value),
            Value::Number(number) => Value::Number(Number(Cow::Owned(number.0.into_owned()))),
            Value::String(text) => Value::String(Cow::Owned(text.into_owned())),
            Value::Array(items) => Value::Array(items.into_iter().map(Value::into_owned).collect()),
            Value::Object(object) => Value::Object(Object(
                object
                    .0
                    .into_iter()
                    .map(|(key, value)| (Cow::Owned(key.into_owned()), value.into_owned()))
                    .collect(),
            )),
        }
    }
}

impl From<&serde_json::Value> for Value<'static> {
    fn from(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(value) => Value::Bool(*value),
            serde_json::Value::Number(number) => {
                Value::Number(Number(Cow::Owned(number.to_string())))
            }
            serde_json::Value::String(text) => Value::String(Cow::Owned(text.clone())),
            serde_json::Value::Array(items) => {
                Value::Array(items.iter().map(Value::from).collect())
            }
            serde_json::Value::Object(members) => Value::Object(Object(
                members
                    .iter()
                    .map(|(key, value)| (Cow::Owned(key.clone()), Value::from(value)))
                    .collect(),
            )),
        }
    }
}

impl From<&Value<'_>> for serde_json::Value {
    /// Numbers become the integers or doubles that `serde_json` has: use it for display, never for what is signed.
    fn from(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => serde_json::from_str(number.as_str()).unwrap_or(Self::Null),
            Value::String(text) => Self::String(text.clone().into_owned()),
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Object(object) => Self::Object(
                object.iter().map(|(key, value)| (key.to_owned(), Self::from(value))).collect(),
            ),
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::String(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::String(Cow::Owned(text))
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl<'a> From<Vec<Value<'a>>> for Value<'a> {
    fn from(items: Vec<Value<'a>>) -> Self {
        Value::Array(items)
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl Value<'_> {
    /// Writes compact JSON text: members in their order, numbers as they were spelled.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut impl fmt::Write) -> fmt::Result {
        match self {
            Value::Null => out.write_str("null"),
            Value::Bool(true) => out.write_str("true"),
            Value::Bool(false) => out.write_str("false"),
            Value::Number(number) => out.write_str(number.as_str()),
            Value::String(text) => write_string(out, text),
            Value::Array(items) => {
                out.write_char('[')?;
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.write_char(',')?;
                    }
                    item.write(out)?;
                }
                out.write_char(']')
            }
            Value::Object(object) => {
                out.write_char('{')?;
                for (at, (key, value)) in object.iter().enumerate() {
                    if at > 0 {
                        out.write_char(',')?;
                    }
                    write_string(out, key)?;
                    out.write_char(':')?;
                    value.write(out)?;
                }
                out.write_char('}')
            }
        }
    }
}

/// Writes a JSON string with the shortest escapes (RFC 8785 §3.2.2.2 gives the same ones).
pub fn write_string(out: &mut impl fmt::Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    let (bytes, mut plain) = (text.as_bytes(), 0);
    let mut next = scan::find(bytes, 0, scan::is_special);
    while let Some(byte) = bytes.get(next) {
        let at = next;
        next = scan::find(bytes, at + 1, scan::is_special);
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            0x08 => "\\b",
            0x09 => "\\t",
            0x0a => "\\n",
            0x0c => "\\f",
            0x0d => "\\r",
            0x00..=0x1f => "",
            _ => continue,
        };
        out.write_str(text.get(plain..at).unwrap_or_default())?;
        if escape.is_empty() {
            write!(out, "\\u{byte:04x}")?;
        } else {
            out.write_str(escape)?;
        }
        plain = at + 1;
    }
    out.write_str(text.get(plain..).unwrap_or_default())?;
    out.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(text: &str) -> ErrorKind {
        parse(text).unwrap_err().kind
    }

    #[test]
    fn reads_and_writes_every_kind_of_value() {
        let text =
            r#"{"a":[1,-2.50,1e3,true,false,null],"b":{"c":"\u00e9\n\ud83d\ude00 \"\\"},"d":""}"#;
        let value = parse(text).unwrap();
        assert_eq!(value.pointer("/b/c").unwrap().as_str(), Some("é\n😀 \"\\"));
        assert_eq!(value.pointer("/a/1").unwrap().as_number().unwrap().as_str(), "-2.50");
        assert_eq!(
            value.to_string(),
            r#"{"a":[1,-2.50,1e3,true,false,null],"b":{"c":"é\n😀 \"\\"},"d":""}"#
        );
        assert_eq!(parse(&value.to_string()).unwrap(), value);
    }

    #[test]
    fn refuses_members_that_occur_twice_however_they_are_spelled() {
        assert_eq!(kind_of(r#"{"a":1,"\u0061":2}"#), ErrorKind::DuplicateMember("a".into()));
        let many: Vec<String> = (0..40).map(|n| format!("\"k{n}\":0")).collect();
        let text = format!("{{{},\"k3\":1}}", many.join(","));
        assert_eq!(kind_of(&text), ErrorKind::DuplicateMember("k3".into()));
    }

    #[test]
    fn refuses_what_readers_disagree_about() {
        assert_eq!(kind_of(r#""\ud800""#), ErrorKind::BadString);
        assert_eq!(kind_of(r#""\udc00""#), ErrorKind::BadString);
        assert_eq!(kind_of("1 2"), ErrorKind::Trailing);
        assert_eq!(kind_of("01"), ErrorKind::BadNumber);
        assert_eq!(kind_of("-"), ErrorKind::BadNumber);
        assert_eq!(kind_of("[1,]"), ErrorKind::Unexpected(']'));
        assert_eq!(kind_of("{\"a\":1"), ErrorKind::Truncated);
        assert_eq!(kind_of("\u{feff}{}"), ErrorKind::Unexpected('\u{feff}'));
        assert_eq!(kind_of(&"[".repeat(100_000)), ErrorKind::TooDeep);
        assert_eq!(parse_bytes(b"\"\xff\"").unwrap_err().kind, ErrorKind::NotUtf8);
        assert_eq!(kind_of("\"a\tb\""), ErrorKind::Unexpected('\t'));
    }
}
