//! How values are written down in records: apart from the domain and from every wire shape, so that
//! each may age by itself.
//!
//! A record is JSON with member names of its own. Members that are empty are left out; a member
//! that is not known is an error, because writing the record again would lose it. A domain type that
//! gains a field does not compile until its shape says where that is stored.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::domain::hex;
use crate::json::write_string;

/// Can be written down in a record and read back.
pub(super) trait Shaped: Sized {
    /// Writes it as JSON; `null` for nothing.
    fn write(&self, out: &mut String);

    /// Reads what [`write`](Self::write) gave, `null` where the member was left out.
    fn unshape(value: Value) -> Result<Self, String>;

    /// Whether it says nothing, so that a member with it is left out.
    fn is_nothing(&self) -> bool {
        false
    }

    /// The text that [`write`](Self::write) gives.
    fn text(&self) -> String {
        let mut text = String::with_capacity(256);
        self.write(&mut text);
        text
    }
}

/// Says under which member each field of a struct is stored.
macro_rules! shape {
    ($type:ident { $($field:ident: $member:literal),+ $(,)? }) => {
        impl $crate::store::shape::Shaped for $type {
            fn write(&self, out: &mut String) {
                let Self { $($field),+ } = self;
                $crate::store::shape::object(out, |members| {
                    $(members.put($member, $field);)+
                });
            }

            fn unshape(value: ::serde_json::Value) -> Result<Self, String> {
                let mut members = $crate::store::shape::members(value)?;
                let whole = Self {
                    $($field: $crate::store::shape::take(&mut members, $member)?),+
                };
                $crate::store::shape::nothing_left(&members)?;
                Ok(whole)
            }
        }
    };
}
pub(super) use shape;

/// Says how a type with a textual form is read back.
macro_rules! text_shape {
    ($($type:ty: $text:expr, $parse:expr;)+) => {
        $(impl $crate::store::shape::Shaped for $type {
            fn write(&self, out: &mut String) {
                let text: for<'t> fn(&'t $type) -> ::std::borrow::Cow<'t, str> = $text;
                $crate::store::shape::write_text(out, &text(self));
            }

            fn unshape(value: ::serde_json::Value) -> Result<Self, String> {
                let text = String::unshape(value)?;
                let parse: fn(&str) -> Option<$type> = $parse;
                parse(&text).ok_or_else(|| format!("{text:?} is not a {}", stringify!($type)))
            }
        })+
    };
}
pub(super) use text_shape;

/// An object that is being written.
pub(super) struct Members<'o> {
    out: &'o mut String,
    any: bool,
}

impl Members<'_> {
    /// Writes a member, unless its value says nothing.
    pub(super) fn put(&mut self, member: &str, value: &impl Shaped) {
        if !value.is_nothing() {
            self.name(member);
            value.write(self.out);
        }
    }

    /// Writes a member that is a text.
    pub(super) fn put_text(&mut self, member: &str, text: &str) {
        self.name(member);
        write_text(self.out, text);
    }

    fn name(&mut self, member: &str) {
        self.out.push(if self.any { ',' } else { '{' });
        self.any = true;
        write_text(self.out, member);
        self.out.push(':');
    }
}

/// Writes an object with the members that `fill` puts into it.
pub(super) fn object(out: &mut String, fill: impl FnOnce(&mut Members<'_>)) {
    let mut members = Members { out, any: false };
    fill(&mut members);
    let open = if members.any { "}" } else { "{}" };
    out.push_str(open);
}

pub(super) fn write_text(out: &mut String, text: &str) {
    // Writing to a `String` cannot fail.
    let _ = write_string(out, text);
}

pub(super) fn take<T: Shaped>(members: &mut Map<String, Value>, member: &str) -> Result<T, String> {
    let value = members.remove(member).unwrap_or(Value::Null);
    T::unshape(value).map_err(|what| format!("{member}: {what}"))
}

pub(super) fn members(value: Value) -> Result<Map<String, Value>, String> {
    match value {
        Value::Object(members) => Ok(members),
        other => Err(format!("an object is due, not {}", kind(&other))),
    }
}

pub(super) fn nothing_left(members: &Map<String, Value>) -> Result<(), String> {
    match members.keys().next() {
        None => Ok(()),
        Some(member) => Err(format!("{member}: not a member that this program knows")),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

impl Shaped for String {
    fn write(&self, out: &mut String) {
        write_text(out, self);
    }

    fn unshape(value: Value) -> Result<Self, String> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(format!("a text is due, not {}", kind(&other))),
        }
    }
}

impl Shaped for bool {
    fn write(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }

    fn is_nothing(&self) -> bool {
        !self
    }

    fn unshape(value: Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(false),
            Value::Bool(truth) => Ok(truth),
            other => Err(format!("a truth value is due, not {}", kind(&other))),
        }
    }
}

macro_rules! number_shape {
    ($($type:ty),+) => {
        $(impl Shaped for $type {
            fn write(&self, out: &mut String) {
                out.push_str(&self.to_string());
            }

            fn unshape(value: Value) -> Result<Self, String> {
                value
                    .as_u64()
                    .and_then(|number| Self::try_from(number).ok())
                    .ok_or_else(|| format!("a whole number is due, not {}", kind(&value)))
            }
        })+
    };
}
number_shape!(u16, u32, u64);

impl Shaped for f64 {
    fn write(&self, out: &mut String) {
        out.push_str(&Value::from(*self).to_string());
    }

    fn unshape(value: Value) -> Result<Self, String> {
        value.as_f64().ok_or_else(|| format!("a number is due, not {}", kind(&value)))
    }
}

impl<T: Shaped> Shaped for Option<T> {
    fn write(&self, out: &mut String) {
        match self {
            Some(value) => value.write(out),
            None => out.push_str("null"),
        }
    }

    fn is_nothing(&self) -> bool {
        self.as_ref().is_none_or(T::is_nothing)
    }

    fn unshape(value: Value) -> Result<Self, String> {
        if value.is_null() { Ok(None) } else { T::unshape(value).map(Some) }
    }
}

impl<T: Shaped> Shaped for Vec<T> {
    fn write(&self, out: &mut String) {
        out.push('[');
        for (at, item) in self.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            item.write(out);
        }
        out.push(']');
    }

    fn is_nothing(&self) -> bool {
        self.is_empty()
    }

    fn unshape(value: Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(Self::new()),
            Value::Array(items) => items
                .into_iter()
                .enumerate()
                .map(|(at, item)| T::unshape(item).map_err(|what| format!("{at}: {what}")))
                .collect(),
            other => Err(format!("a list is due, not {}", kind(&other))),
        }
    }
}

impl<A: Shaped, B: Shaped> Shaped for (A, B) {
    fn write(&self, out: &mut String) {
        out.push('[');
        self.0.write(out);
        out.push(',');
        self.1.write(out);
        out.push(']');
    }

    fn unshape(value: Value) -> Result<Self, String> {
        match value {
            Value::Array(items) => match <[Value; 2]>::try_from(items) {
                Ok([first, second]) => Ok((A::unshape(first)?, B::unshape(second)?)),
                Err(items) => Err(format!("a pair is due, not {} items", items.len())),
            },
            other => Err(format!("a pair is due, not {}", kind(&other))),
        }
    }
}

/// Any JSON, as it is.
impl Shaped for Value {
    fn write(&self, out: &mut String) {
        out.push_str(&self.to_string());
    }

    fn is_nothing(&self) -> bool {
        match self {
            Value::Null | Value::Bool(false) => true,
            Value::Array(items) => items.is_empty(),
            _ => false,
        }
    }

    fn unshape(value: Value) -> Result<Self, String> {
        Ok(value)
    }
}

/// Lower-case hex.
impl<const N: usize> Shaped for [u8; N] {
    fn write(&self, out: &mut String) {
        write_text(out, &hex(self));
    }

    fn unshape(value: Value) -> Result<Self, String> {
        let text = String::unshape(value)?;
        let mut bytes = [0; N];
        let pairs = text.as_bytes().chunks_exact(2);
        if text.len() != 2 * N {
            return Err(format!("{N} bytes in hex are due, not {:?}", text.len()));
        }
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            *byte = std::str::from_utf8(pair)
                .ok()
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                .ok_or_else(|| "not hex".to_owned())?;
        }
        Ok(bytes)
    }
}

text_shape! {
    Timestamp: |time| time.to_string().into(), |text| text.parse().ok();
    uuid::Uuid: |uuid| uuid.to_string().into(), |text| text.parse().ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Sample {
        title: String,
        count: u32,
        open: bool,
        parts: Vec<(String, u64)>,
        digest: [u8; 2],
        note: Option<String>,
    }
    shape!(Sample {
        title: "title",
        count: "n",
        open: "open",
        parts: "parts",
        digest: "sha",
        note: "note",
    });

    #[test]
    fn a_struct_reads_back_and_leaves_empty_members_out() {
        let sample = Sample {
            title: "a".to_owned(),
            count: 3,
            open: false,
            parts: vec![("x".to_owned(), u64::MAX)],
            digest: [0, 255],
            note: None,
        };
        let text = r#"{"title":"a","n":3,"parts":[["x",18446744073709551615]],"sha":"00ff"}"#;
        assert_eq!(sample.text(), text);
        assert_eq!(Sample::unshape(serde_json::from_str(text).unwrap()), Ok(sample));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let read = |text: &str| Sample::unshape(serde_json::from_str(text).unwrap()).unwrap_err();
        assert_eq!(read(r#"{"n":1,"sha":"0000"}"#), "title: a text is due, not nothing");
        assert_eq!(
            read(r#"{"title":"","n":-1,"sha":"0000"}"#),
            "n: a whole number is due, not a number"
        );
        assert_eq!(
            read(r#"{"title":"","n":1,"sha":"0000","colour":1}"#),
            "colour: not a member that this program knows"
        );
        assert_eq!(
            read(r#"{"title":"","n":1,"sha":"0000","parts":[["a",1],7]}"#),
            "parts: 1: a pair is due, not a number"
        );
        assert_eq!(read(r#"{"title":"","n":1,"sha":"zz00"}"#), "sha: not hex");
    }
}
