//! How values are written down in records: apart from the domain and from every wire shape, so that
//! each may age by itself.
//!
//! A record is JSON with member names of its own. Members that are empty are left out; a member
//! that is not known is an error, because writing the record again would lose it. A domain type that
//! gains a field does not compile until its shape says where that is stored.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// Can be written down in a record and read back.
pub(super) trait Shaped: Sized {
    /// As JSON; `null` for nothing.
    fn shape(&self) -> Value;

    /// Reads what [`shape`](Self::shape) gave, `null` where the member was left out.
    fn unshape(value: Value) -> Result<Self, String>;
}

/// Says under which member each field of a struct is stored.
macro_rules! shape {
    ($type:ident { $($field:ident: $member:literal),+ $(,)? }) => {
        impl $crate::store::shape::Shaped for $type {
            fn shape(&self) -> ::serde_json::Value {
                let Self { $($field),+ } = self;
                let mut members = ::serde_json::Map::new();
                $($crate::store::shape::put(&mut members, $member, $field);)+
                ::serde_json::Value::Object(members)
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
            fn shape(&self) -> ::serde_json::Value {
                let text: fn(&$type) -> String = $text;
                ::serde_json::Value::String(text(self))
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

pub(super) fn put(members: &mut Map<String, Value>, member: &str, value: &impl Shaped) {
    let empty = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    let value = value.shape();
    if !empty(&value) {
        members.insert(member.to_owned(), value);
    }
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
    fn shape(&self) -> Value {
        Value::String(self.clone())
    }

    fn unshape(value: Value) -> Result<Self, String> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(format!("a text is due, not {}", kind(&other))),
        }
    }
}

impl Shaped for bool {
    fn shape(&self) -> Value {
        Value::Bool(*self)
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
            fn shape(&self) -> Value {
                Value::from(*self)
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
    fn shape(&self) -> Value {
        Value::from(*self)
    }

    fn unshape(value: Value) -> Result<Self, String> {
        value.as_f64().ok_or_else(|| format!("a number is due, not {}", kind(&value)))
    }
}

impl<T: Shaped> Shaped for Option<T> {
    fn shape(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::shape)
    }

    fn unshape(value: Value) -> Result<Self, String> {
        if value.is_null() { Ok(None) } else { T::unshape(value).map(Some) }
    }
}

impl<T: Shaped> Shaped for Vec<T> {
    fn shape(&self) -> Value {
        Value::Array(self.iter().map(T::shape).collect())
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
    fn shape(&self) -> Value {
        Value::Array(vec![self.0.shape(), self.1.shape()])
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
    fn shape(&self) -> Value {
        self.clone()
    }

    fn unshape(value: Value) -> Result<Self, String> {
        Ok(value)
    }
}

/// Lower-case hex.
impl<const N: usize> Shaped for [u8; N] {
    fn shape(&self) -> Value {
        Value::String(self.iter().map(|byte| format!("{byte:02x}")).collect())
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
    Timestamp: ToString::to_string, |text| text.parse().ok();
    uuid::Uuid: ToString::to_string, |text| text.parse().ok();
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
        let shape = sample.shape();
        let text = r#"{"title":"a","n":3,"parts":[["x",18446744073709551615]],"sha":"00ff"}"#;
        assert_eq!(shape.to_string(), text);
        assert_eq!(Sample::unshape(shape), Ok(sample));
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
