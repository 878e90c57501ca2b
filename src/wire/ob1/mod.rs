//! Open Badges 0.5, 1.0 and 1.1, read as Open Badges 2.0: the same facts under the names of 2.0.
//!
//! | before | 2.0 |
//! | --- | --- |
//! | no `id`: the address is the identity | `id` |
//! | `verify` with `url` | `verification`; for signed badges `url` is the key, which becomes `creator` |
//! | seconds since 1970, days | date and time with an offset |
//! | `alignment` with `name`, `url`, `description` | `targetName`, `targetUrl`, `targetDescription` |
//! | 0.5: `recipient` as text with `salt` beside it | an identity object of type `email` |
//! | 0.5: `issued_on`; issuer's `origin`, `contact` | `issuedOn`; `url` and `id`, `email` |
//! | 1.0: a revocation list from `uid` to reason | `revokedAssertions` |
//!
//! What a document lacks stays missing, what is wrong in it stays wrong: nothing is made up but what
//! its address says.

mod assertion;
mod badge_class;
mod revocations;

use std::borrow::Cow;

use jiff::Timestamp;

use crate::json::{Object, Value};

pub use assertion::{assertion, misnamed_verification};
pub use badge_class::{badge_class, issuer};
pub use revocations::revocation_list;

const CONTEXT: &str = "https://w3id.org/openbadges/v2";

/// A copy of the members to work on; nothing for what is no object.
fn members(value: &Value<'_>) -> Option<Object<'static>> {
    match value.clone().into_owned() {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

fn text(text: impl Into<Cow<'static, str>>) -> Value<'static> {
    Value::String(text.into())
}

/// Type and context as 2.0 has them, and the address as `id` where the document has none.
fn identify(object: &mut Object<'static>, kind: &'static str, url: Option<&str>) {
    object.insert("@context", text(CONTEXT));
    object.remove("@type");
    object.insert("type", text(kind));
    if let Some(id) = object.remove("@id")
        && !object.contains_key("id")
    {
        object.insert("id", id);
    }
    if let (Some(url), false) = (url, object.contains_key("id")) {
        object.insert("id", text(url.to_owned()));
    }
}

/// Gives a member another name; what already has that name stays.
fn rename(object: &mut Object<'static>, from: &str, to: &'static str) {
    if let Some(value) = object.remove(from)
        && !object.contains_key(to)
    {
        object.insert(to, value);
    }
}

/// A date of Open Badges 1.x: seconds since 1970, a day, or a date and time, which without an offset
/// is read as UTC. What is none of these stays as it is.
fn date(object: &mut Object<'static>, name: &'static str) {
    if let Some(read) = object.get(name).and_then(instant) {
        object.insert(name, text(read.to_string()));
    }
}

fn instant(value: &Value<'_>) -> Option<Timestamp> {
    let digits =
        |text: &str| (1..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let of_seconds = |text: &str| {
        digits(text).then(|| Timestamp::from_second(text.parse().ok()?).ok()).flatten()
    };
    match value {
        Value::Number(number) => of_seconds(number.as_str()),
        Value::String(found) => {
            let found = found.replace(',', ".");
            of_seconds(&found)
                .filter(|_| found.len() == 10)
                .or_else(|| found.parse().ok())
                .or_else(|| format!("{found}Z").parse().ok())
                .or_else(|| format!("{found}T00:00:00Z").parse().ok())
        }
        _ => None,
    }
}

#[cfg(test)]
#[path = "ob1_tests.rs"]
mod tests;
