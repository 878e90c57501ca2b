//! Revocation lists of Open Badges 1.0: an object from `uid` to reason.

use super::{CONTEXT, text};
use crate::json::{Object, Value};

/// The list as Open Badges 2.0 writes it; one that already is of the later form stays as it is.
pub fn revocation_list(value: &Value<'_>) -> Value<'static> {
    let owned = value.clone().into_owned();
    let later = ["@context", "type", "@type", "revokedAssertions"];
    let Some(listed) = owned.as_object() else { return owned };
    if later.iter().any(|name| listed.contains_key(name)) {
        return owned;
    }
    let entries = listed.iter().map(|(uid, reason)| {
        let mut entry = Object::default();
        entry.insert("uid", text(uid.to_owned()));
        if let Some(reason) = reason.as_str() {
            entry.insert("revocationReason", text(reason.to_owned()));
        }
        Value::Object(entry)
    });
    let entries = Value::Array(entries.collect());
    let mut list = Object::default();
    list.insert("@context", text(CONTEXT));
    list.insert("type", text("RevocationList"));
    list.insert("revokedAssertions", entries);
    Value::Object(list)
}
