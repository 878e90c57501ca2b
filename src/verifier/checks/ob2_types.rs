//! The kinds of values that members of Open Badges 2.0 have (OB 2.0 §Primitive types).

use super::shape::{Faults, Under};
use crate::json::Value;
use crate::resolve::form;
use crate::verifier::case::id_of;

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Anything: judged elsewhere.
    Any,
    /// A text that is not empty, or one with its language.
    Text,
    /// A text or a number.
    TextOrNumber,
    Boolean,
    /// An absolute IRI.
    Iri,
    /// A web URL.
    Url,
    /// An IRI, or the thing itself.
    Reference,
    Object,
    /// A URL or data URI of a PNG or SVG image, or an object with it as id.
    Image,
    /// E.164, digits alone after an optional plus.
    Telephone,
    /// BCP 47.
    Language,
}

/// A member of a class.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    name: &'static str,
    kind: Kind,
    required: bool,
    many: bool,
}

impl Member {
    pub(super) const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: true, many: false }
    }

    pub(super) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: false, many: false }
    }

    pub(super) const fn many(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: false, many: true }
    }
}

/// Holds an object to what its class may and must have.
pub(super) fn judge(value: &Value<'_>, members: &[Member], pointer: &str, faults: &mut Faults) {
    if value.as_object().is_none() {
        faults.add(pointer, format!("is {}, not an object", value.kind()));
        return;
    }
    for member in members {
        let at = Under(pointer, member.name);
        let items = value.get(member.name).map(Value::items).unwrap_or_default();
        if items.is_empty() {
            faults.check(!member.required, at, "is missing");
            continue;
        }
        // A text in several languages is one text.
        let languages = member.kind == Kind::Text && items.iter().all(|i| i.as_object().is_some());
        if items.len() > 1 && !member.many && !languages {
            faults.add(&at, "there are several");
        }
        for (n, item) in items.iter().enumerate() {
            if let Some(why) = fault(item, member.kind) {
                match member.many {
                    true => faults.add(format_args!("{at}/{n}"), why),
                    false => faults.add(&at, why),
                }
            }
        }
    }
}

fn fault(value: &Value<'_>, kind: Kind) -> Option<&'static str> {
    let text = value.as_str();
    let (fits, why) = match kind {
        Kind::Any => return None,
        Kind::Text => {
            let language = value.str_of("@value").is_some();
            (text.is_some_and(|text| !text.is_empty()) || language, "is missing or no text")
        }
        Kind::TextOrNumber => {
            (text.is_some() || value.as_number().is_some(), "is neither text nor number")
        }
        Kind::Boolean => (value.as_bool().is_some(), "must be true or false"),
        Kind::Iri => (text.is_some_and(is_iri), "is not an IRI"),
        Kind::Url => (id_of(value).is_some_and(|url| form::check(url).is_ok()), "is not a web URL"),
        Kind::Reference => {
            (text.is_some_and(is_iri) || value.as_object().is_some(), "is neither IRI nor object")
        }
        Kind::Object => (value.as_object().is_some(), "is not an object"),
        Kind::Image => (id_of(value).is_some_and(is_image), "is not the address of an image"),
        Kind::Telephone => (text.is_some_and(is_telephone), "is not a telephone number (E.164)"),
        Kind::Language => (text.is_some_and(is_language), "is not a language tag"),
    };
    (!fits).then_some(why)
}

/// An absolute IRI: a scheme and something after it, without white space.
pub(super) fn is_iri(text: &str) -> bool {
    let (scheme, rest) = text.split_once(':').unwrap_or_default();
    scheme.bytes().next().is_some_and(|first| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && !rest.is_empty()
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\')
}

/// PNG and SVG are what badges are made of; what a URL leads to is not looked at.
fn is_image(id: &str) -> bool {
    match id.strip_prefix("data:") {
        Some(data) => ["image/png", "image/svg+xml"]
            .iter()
            .any(|kind| data.strip_prefix(kind).is_some_and(|rest| rest.starts_with([';', ',']))),
        None => is_iri(id),
    }
}

pub(super) fn is_email(text: &str) -> bool {
    let (local, domain) = text.rsplit_once('@').unwrap_or_default();
    !local.is_empty()
        && !domain.is_empty()
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn is_telephone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (2..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
}

fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn each_kind_takes_its_own_and_nothing_else() {
        let cases = [
            (Kind::Text, r#""x""#, r#""""#),
            (Kind::Text, r#"{"@value":"x","@language":"en"}"#, "1"),
            (Kind::TextOrNumber, "1.1", "true"),
            (Kind::Boolean, "false", r#""false""#),
            (Kind::Iri, r#""urn:uuid:1""#, r#""see the attic""#),
            (Kind::Url, r#""https://a.example/""#, r#""ftp://a.example/""#),
            (Kind::Reference, r#"{"narrative":"x"}"#, "1"),
            (Kind::Object, "{}", r#""https://a.example/""#),
            (Kind::Image, r#""data:image/png;base64,AA""#, r#""data:image/jpeg;base64,AA""#),
            (Kind::Image, r#"{"id":"https://a.example/i"}"#, r#"{"caption":"x"}"#),
            (Kind::Telephone, r#""+12125550100""#, r#""+1 212 555""#),
            (Kind::Language, r#""pt-BR""#, r#""english language""#),
        ];
        for (kind, good, bad) in cases {
            assert_eq!(fault(&json::parse(good).unwrap(), kind), None, "{kind:?} {good}");
            assert!(fault(&json::parse(bad).unwrap(), kind).is_some(), "{kind:?} {bad}");
        }
        assert!(is_email("a@b.example") && !is_email("a@") && !is_email("a b@c") && !is_email("x"));
    }

    #[test]
    fn what_is_missing_or_several_is_named_by_its_place() {
        let members = [
            Member::required("a", Kind::Text),
            Member::optional("b", Kind::Text),
            Member::many("c", Kind::Text),
        ];
        let problems = |text: &str| {
            let mut faults = Faults::default();
            judge(&json::parse(text).unwrap(), &members, "/x", &mut faults);
            faults.pointers()
        };
        assert_eq!(problems(r#"{"a":"1","c":["1","2"]}"#), Vec::<String>::new());
        assert_eq!(problems(r#"{"b":["1","2"],"c":["1",2]}"#), ["/x/a", "/x/b", "/x/c/1"]);
        assert_eq!(problems("7"), ["/x"]);
        let languages =
            r#"{"a":[{"@value":"x","@language":"en"},{"@value":"y","@language":"de"}]}"#;
        assert_eq!(problems(languages), Vec::<String>::new());
    }
}
