//! Badge classes and issuers.

use url::Url;

use super::{identify, members, rename, text};
use crate::json::{Object, Value};
use crate::wire::Ob2Version;

/// A badge class of that version, as Open Badges 2.0 writes it. `url` is where it was read.
pub fn badge_class(value: &Value<'_>, version: Ob2Version, url: Option<&str>) -> Value<'static> {
    let Some(mut object) = members(value) else { return value.clone().into_owned() };
    if version == Ob2Version::V0_5 {
        // It is the version of the specification.
        object.remove("version");
        if let Some(profile) = object.get("issuer").filter(|found| found.as_object().is_some()) {
            let profile = issuer(profile, version, None);
            let origin = profile.str_of("url").map(str::to_owned);
            object.insert("issuer", profile);
            // Paths without a host lie at the issuer's origin.
            for name in ["image", "criteria"] {
                absolute(&mut object, name, origin.as_deref());
            }
        }
    }
    if let Some(alignment) = object.get("alignment") {
        let upgraded: Vec<Value<'static>> = alignment.items().iter().map(aligned).collect();
        object.insert("alignment", Value::Array(upgraded));
    }
    identify(&mut object, "BadgeClass", url);
    Value::Object(object)
}

/// An issuer of that version, as Open Badges 2.0 writes it. `url` is where it was read.
pub fn issuer(value: &Value<'_>, version: Ob2Version, url: Option<&str>) -> Value<'static> {
    let Some(mut object) = members(value) else { return value.clone().into_owned() };
    if version == Ob2Version::V0_5 {
        rename(&mut object, "contact", "email");
        rename(&mut object, "origin", "url");
        let origin = object.get("url").and_then(Value::as_str).map(str::to_owned);
        identify(&mut object, "Issuer", origin.as_deref());
    } else {
        identify(&mut object, "Issuer", url);
    }
    Value::Object(object)
}

fn aligned(item: &Value<'static>) -> Value<'static> {
    let Some(mut object) = members(item) else { return item.clone() };
    rename(&mut object, "name", "targetName");
    rename(&mut object, "url", "targetUrl");
    rename(&mut object, "description", "targetDescription");
    Value::Object(object)
}

fn absolute(object: &mut Object<'static>, name: &'static str, origin: Option<&str>) {
    let Some(Value::String(found)) = object.get(name) else { return };
    if !found.starts_with('/') || found.starts_with("//") {
        return;
    }
    let whole = origin.and_then(|origin| Url::parse(origin).ok()?.join(found).ok());
    if let Some(whole) = whole {
        object.insert(name, text(String::from(whole)));
    }
}
