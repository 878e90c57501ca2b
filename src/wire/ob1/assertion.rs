//! Assertions.

use super::{badge_class, date, identify, members, rename, text};
use crate::json::{Object, Value};
use crate::wire::Ob2Version;

/// An assertion of that version, as Open Badges 2.0 writes it. `url` is where it was read.
pub fn assertion(value: &Value<'_>, version: Ob2Version, url: Option<&str>) -> Value<'static> {
    let Some(mut object) = members(value) else { return value.clone().into_owned() };
    rename(&mut object, "issued_on", "issuedOn");
    for name in ["issuedOn", "expires"] {
        date(&mut object, name);
    }
    if version == Ob2Version::V0_5 {
        recipient(&mut object);
        let mut hosted = Object::default();
        hosted.insert("type", text("HostedBadge"));
        object.insert("verification", Value::Object(hosted));
        if let Some(class) = object.get("badge").filter(|class| class.as_object().is_some()) {
            let class = badge_class(class, version, None);
            object.insert("badge", class);
        }
    } else {
        // Under this name it says nothing before 2.0.
        object.remove("verification");
        verification(&mut object);
    }
    let address = url.map(str::to_owned).or_else(|| hosted_at(&object));
    identify(&mut object, "Assertion", address.as_deref());
    if let (false, Some(uid)) = (object.contains_key("id"), object.get("uid")) {
        let uid = uid.as_str().unwrap_or_default().to_owned();
        object.insert("id", text(format!("urn:x-openbadges-uid:{uid}")));
    }
    Value::Object(object)
}

/// Whether an assertion says `verification`, which means nothing before 2.0, where `verify` is due.
pub fn misnamed_verification(value: &Value<'_>) -> bool {
    value.get("verification").is_some() && value.get("verify").is_none()
}

/// 0.5: an address or its hash as text, the salt beside it.
fn recipient(object: &mut Object<'static>) {
    let Some(Value::String(identity)) = object.get("recipient").cloned() else { return };
    let mut recipient = Object::default();
    recipient.insert("type", text("email"));
    let hashed = identity
        .split_once('$')
        .is_some_and(|(algorithm, _)| matches!(algorithm, "sha1" | "sha256" | "md5"));
    recipient.insert("hashed", Value::Bool(hashed));
    if let Some(salt) = object.remove("salt") {
        recipient.insert("salt", salt);
    }
    recipient.insert("identity", Value::String(identity));
    object.insert("recipient", Value::Object(recipient));
}

/// `verify`: for a hosted badge its `url` is the address, for a signed one the key.
fn verification(object: &mut Object<'static>) {
    let Some(Value::Object(mut verify)) = object.remove("verify") else { return };
    let signed = verify.get("type").and_then(Value::as_str) == Some("signed");
    if let (true, Some(key)) = (signed, verify.get("url").cloned()) {
        verify.insert("creator", key);
    }
    object.insert("verification", Value::Object(verify));
}

fn hosted_at(object: &Object<'static>) -> Option<String> {
    let verification = object.get("verification")?;
    let hosted = matches!(verification.str_of("type"), Some("hosted" | "HostedBadge"));
    hosted.then(|| verification.str_of("url").map(str::to_owned)).flatten()
}
