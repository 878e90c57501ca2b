//! JSON Canonicalization Scheme (RFC 8785).

use super::error::Error;
use super::number;
use super::options::Limit;
use crate::json::{Value, write_string};

/// The canonical text of a value: members in the order of their UTF-16 code units, numbers as
/// ECMAScript writes doubles, the shortest escapes, no white space.
///
/// # Errors
/// A number that no double can hold.
pub fn canonicalize(value: &Value<'_>) -> Result<String, Error> {
    let mut text = String::new();
    write(&mut text, value)?;
    Ok(text)
}

fn write(out: &mut String, value: &Value<'_>) -> Result<(), Error> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => {
            let value = number.as_f64();
            if !value.is_finite() {
                return Err(Error::Limit { limit: Limit::Number, allowed: 0 });
            }
            out.push_str(&number::ecmascript(value));
        }
        Value::String(text) => quote(out, text),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(out, item)?;
            }
            out.push(']');
        }
        Value::Object(object) => {
            let mut members: Vec<(&str, &Value<'_>)> = object.iter().collect();
            // §3.2.3
            members.sort_by(|(one, _), (two, _)| one.encode_utf16().cmp(two.encode_utf16()));
            out.push('{');
            for (at, (name, value)) in members.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                quote(out, name);
                out.push(':');
                write(out, value)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn quote(out: &mut String, text: &str) {
    // Writing to a `String` cannot fail.
    let _ = write_string(out, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        canonicalize(&crate::json::parse(text).unwrap()).unwrap()
    }

    #[test]
    fn reproduces_the_example_of_rfc_8785_section_3_2_4() {
        let text = r#"{
            "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
            "literals": [null, true, false]
        }"#;
        let expected = concat!(
            r#"{"literals":[null,true,false],"#,
            r#""numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#,
            r#""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        );
        assert_eq!(canonical(text), expected);
    }

    #[test]
    fn sorts_members_by_utf_16_code_units() {
        let text = "{\"\u{fb33}\":1,\"\u{1f600}\":2,\"\\r\":3,\"1\":4,\"\u{80}\":5,\"\u{f6}\":6,\"\u{20ac}\":7}";
        let expected = "{\"\\r\":3,\"1\":4,\"\u{80}\":5,\"\u{f6}\":6,\"\u{20ac}\":7,\"\u{1f600}\":2,\"\u{fb33}\":1}";
        assert_eq!(canonical(text), expected);
    }

    #[test]
    fn refuses_numbers_that_no_double_holds() {
        let value = crate::json::parse("1e400").unwrap();
        assert!(matches!(canonicalize(&value), Err(Error::Limit { limit: Limit::Number, .. })));
    }
}
