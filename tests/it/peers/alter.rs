//! Every value of a signed thing, changed in turn.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// A change and the thing with that change.
pub(super) struct Altered<T> {
    /// JSON pointer and what was done there.
    pub(super) what: String,
    pub(super) value: T,
}

/// Each leaf changed, each member and each element taken away, one at a time.
pub(super) fn every_value(document: &Value) -> Vec<Altered<Value>> {
    let mut places = Vec::new();
    collect(document, &mut String::new(), &mut places);
    let mut all = Vec::new();
    for place in places {
        let mut changed = document.clone();
        if change(changed.pointer_mut(&place).unwrap()) {
            all.push(Altered { what: format!("{place} changed"), value: changed });
        }
        let mut without = document.clone();
        remove(&mut without, &place);
        all.push(Altered { what: format!("{place} removed"), value: without });
    }
    all
}

/// Each value of the header and of the payload, and the signature, of a compact JWS.
pub(super) fn every_part(jws: &str) -> Vec<Altered<String>> {
    let parts: Vec<&str> = jws.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("no compact JWS: {jws}") };
    let mut all = Vec::new();
    for (name, at) in [("header", 0), ("payload", 1)] {
        let value: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[at]).unwrap()).unwrap();
        for altered in every_value(&value) {
            let text = URL_SAFE_NO_PAD.encode(altered.value.to_string());
            let value = match at {
                0 => format!("{text}.{payload}.{signature}"),
                _ => format!("{header}.{text}.{signature}"),
            };
            all.push(Altered { what: format!("{name} {}", altered.what), value });
        }
    }
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    for at in [0, bytes.len() / 2, bytes.len() - 1] {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        let text = URL_SAFE_NO_PAD.encode(bytes);
        let value = format!("{header}.{payload}.{text}");
        all.push(Altered { what: format!("signature byte {at} changed"), value });
    }
    all.push(Altered {
        what: "signature removed".to_owned(),
        value: format!("{header}.{payload}."),
    });
    all
}

fn collect(value: &Value, pointer: &mut String, places: &mut Vec<String>) {
    let length = pointer.len();
    let mut visit = |token: String, child: &Value| {
        pointer.push('/');
        pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
        places.push(pointer.clone());
        collect(child, pointer, places);
        pointer.truncate(length);
    };
    match value {
        Value::Object(members) => {
            for (name, child) in members {
                visit(name.clone(), child);
            }
        }
        Value::Array(items) => {
            for (at, child) in items.iter().enumerate() {
                visit(at.to_string(), child);
            }
        }
        _ => {}
    }
}

/// Changes a leaf to another value of its kind; objects and arrays are changed leaf by leaf.
fn change(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            // The last letter or digit, so that a URL stays a URL and a date mostly a date.
            let at = text.char_indices().rev().find(|(_, c)| c.is_ascii_alphanumeric());
            match at {
                Some((at, old)) => {
                    let new = match old {
                        '9' => '8',
                        'z' => 'y',
                        'Z' => 'Y',
                        old => char::from(old as u8 + 1),
                    };
                    text.replace_range(at..=at, new.encode_utf8(&mut [0; 4]));
                }
                None => text.push('x'),
            }
            true
        }
        Value::Number(number) => {
            *value = match number.as_i64() {
                Some(whole) => Value::from(whole + 1),
                None => Value::from(number.as_f64().unwrap() + 0.25),
            };
            true
        }
        Value::Bool(flag) => {
            *flag = !*flag;
            true
        }
        Value::Null => {
            *value = Value::from("x");
            true
        }
        Value::Array(_) | Value::Object(_) => false,
    }
}

fn remove(document: &mut Value, pointer: &str) {
    let (parent, token) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Object(members) => {
            members.shift_remove(&token.replace("~1", "/").replace("~0", "~"));
        }
        Value::Array(items) => {
            items.remove(token.parse().unwrap());
        }
        _ => unreachable!("only objects and arrays have children"),
    }
}

#[test]
fn every_leaf_and_member_is_changed_once() {
    let document = serde_json::json!({"a": ["x", 1], "b": {"c/d": true}});
    let all = every_value(&document);
    let found: Vec<&str> = all.iter().map(|altered| altered.what.as_str()).collect();
    assert_eq!(
        found,
        [
            "/a removed",
            "/a/0 changed",
            "/a/0 removed",
            "/a/1 changed",
            "/a/1 removed",
            "/b removed",
            "/b/c~1d changed",
            "/b/c~1d removed"
        ]
    );
    assert!(all.iter().all(|altered| altered.value != document));
}
