//! What makes a row this row, in a form that the order of columns and members does not change.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// SHA-256 of named texts, whatever their order. Empty ones do not count.
pub(super) fn of_pairs(mut pairs: Vec<(String, String)>) -> [u8; 32] {
    pairs.retain(|(_, value)| !value.is_empty());
    pairs.sort();
    let mut hasher = Sha256::new();
    for (name, value) in &pairs {
        for text in [name, value] {
            hasher.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(text);
        }
    }
    hasher.finalize().into()
}

/// The values of a JSON row by their pointers.
pub(super) fn flat(value: &Value, pointer: &str, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                flat(value, &format!("{pointer}/{name}"), pairs);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                flat(item, &format!("{pointer}/{at}"), pairs);
            }
        }
        Value::Null => {}
        Value::String(text) => pairs.push((pointer.to_owned(), text.clone())),
        other => pairs.push((pointer.to_owned(), other.to_string())),
    }
}
