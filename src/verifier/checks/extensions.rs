//! Extensions of Open Badges 2.0: each is held to the schema that the context of its type names (OB
//! 2.0 §Extensions). Contexts and schemas are the bundled ones; what is not known here is told.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{Finding, nothing_to_look_at};
use crate::bundled;
use crate::json::schema::Schema;
use crate::json::{self, Object, Value};
use crate::verifier::case::{Case, Subject};

/// Extensions of one badge that are looked at.
const MAX_EXTENSIONS: usize = 32;

/// The folder of an extension's context, the type that it validates, and the name of our schema. Two
/// published ones are missing: `originalCreatorExtension` and `accessibilityExtension` name types that
/// no extension can have, so that nothing ever matched them.
const KNOWN: [(&str, &str, &str); 9] = [
    ("applyLinkExtension", "extensions:ApplyLink", "ApplyLink"),
    ("assessmentExtension", "extensions:AssessmentExtension", "AssessmentExtension"),
    ("endorsement", "endorsement", "Endorsement"),
    ("exampleExtension", "extensions:ExampleExtension", "ExampleExtension"),
    ("extraDescription", "extensions:ExtraDescriptionExtension", "ExtraDescriptionExtension"),
    ("geoCoordinatesExtension", "extensions:GeoCoordinates", "GeoCoordinates"),
    ("issuerAccreditationExtension", "extensions:IssuerAccreditation", "IssuerAccreditation"),
    ("licenseExtension", "extensions:LicenseExtension", "LicenseExtension"),
    ("recipientProfile", "extensions:RecipientProfile", "RecipientProfile"),
];

const NAMESPACE: &str = "https://w3id.org/openbadges/extensions#";

static SCHEMAS: LazyLock<BTreeMap<&'static str, Schema>> = LazyLock::new(|| {
    let all = bundled::schema("ob2-extensions").and_then(|text| json::parse(text).ok());
    let of = |name: &'static str| {
        let mut schema = Object::default();
        for member in ["$schema", "$defs"] {
            schema.insert(member, all.as_ref()?.get(member)?.clone());
        }
        schema.insert("$ref", Value::String(format!("#/$defs/{name}").into()));
        Some((name, Schema::compile(&Value::Object(schema)).ok()?))
    };
    KNOWN.iter().filter_map(|(_, _, name)| of(name)).collect()
});

pub(super) fn valid(case: &Case<'_>) -> Finding {
    let badge = match &case.subject {
        Subject::Ob2(badge) => badge,
        Subject::Credential(_) => {
            return Finding::skip("extensions of Open Badges 3.0 are members like others");
        }
        _ => return nothing_to_look_at(),
    };
    let mut found = Vec::new();
    let documents =
        [("", &badge.assertion), ("/badge", &badge.class), ("/badge/issuer", &badge.issuer)];
    for (pointer, linked) in documents {
        if let Some(value) = linked.value() {
            collect(value, pointer, &mut found);
        }
    }
    if found.is_empty() {
        return Finding::skip("it has no extensions");
    }
    let mut unknown = Vec::new();
    for (pointer, extension) in &found {
        let schemas = schemas(extension);
        if schemas.is_empty() {
            unknown.push(serde_json::Value::from(pointer.as_str()));
        }
        for name in schemas {
            let Some(schema) = SCHEMAS.get(name) else { continue };
            if let Some(problem) = schema.problems(extension, 1).first() {
                let text = format!("the extension {name} at {pointer}: {}", problem.detail);
                return Finding::fail(text)
                    .fact("pointer", format!("{pointer}{}", problem.pointer));
            }
        }
    }
    if unknown.is_empty() {
        Finding::pass("its extensions follow their schemas").fact("extensions", found.len())
    } else {
        Finding::note("it has extensions whose context or type is not known here")
            .fact("extensions", unknown)
    }
}

fn collect<'v>(
    value: &'v Value<'static>,
    pointer: &str,
    found: &mut Vec<(String, &'v Value<'static>)>,
) {
    if found.len() >= MAX_EXTENSIONS {
        return;
    }
    match value {
        Value::Object(object) => {
            let types = types(value);
            if types.iter().any(|kind| {
                matches!(
                    *kind,
                    "Extension" | "obi:Extension" | "https://w3id.org/openbadges#Extension"
                )
            }) {
                found.push((pointer.to_owned(), value));
                return;
            }
            for (name, inner) in object.iter().filter(|(name, _)| *name != "@context") {
                let name = name.replace('~', "~0").replace('/', "~1");
                collect(inner, &format!("{pointer}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                collect(item, &format!("{pointer}/{at}"), found);
            }
        }
        _ => {}
    }
}

fn types<'v>(value: &'v Value<'static>) -> Vec<&'v str> {
    let types = value.get("type").or_else(|| value.get("@type"));
    types.map(Value::items).unwrap_or_default().iter().filter_map(Value::as_str).collect()
}

/// The schemas that the extension's contexts name for its types.
fn schemas(extension: &Value<'static>) -> Vec<&'static str> {
    let contexts = extension.get("@context").map(Value::items).unwrap_or_default();
    let types: Vec<String> = types(extension)
        .into_iter()
        .map(|kind| match kind.strip_prefix(NAMESPACE) {
            Some(name) => format!("extensions:{name}"),
            None => kind.to_owned(),
        })
        .collect();
    let named = |folder: &str| {
        contexts.iter().filter_map(Value::as_str).any(|url| {
            let path = url
                .strip_prefix("https://w3id.org/openbadges/extensions/")
                .or_else(|| url.strip_prefix("https://openbadgespec.org/extensions/"));
            path.and_then(|path| path.strip_prefix(folder))
                .is_some_and(|rest| matches!(rest, "" | "/" | "/context.json"))
        })
    };
    KNOWN
        .iter()
        .filter(|(folder, kind, _)| types.iter().any(|found| found == kind) && named(folder))
        .map(|(_, _, name)| *name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn every_known_extension_has_its_schema() {
        for (_, _, name) in KNOWN {
            assert!(SCHEMAS.contains_key(name), "{name}");
        }
    }

    #[test]
    fn the_schema_is_that_of_type_and_context() {
        let of = |text: &str| schemas(&json::parse(text).unwrap().into_owned());
        let context = "https://w3id.org/openbadges/extensions/geoCoordinatesExtension/context.json";
        assert_eq!(
            of(&format!(
                r#"{{"@context":"{context}","type":["Extension","extensions:GeoCoordinates"]}}"#
            )),
            ["GeoCoordinates"]
        );
        assert_eq!(
            of(&format!(r#"{{"@context":["{context}"],"@type":["{NAMESPACE}GeoCoordinates"]}}"#)),
            ["GeoCoordinates"]
        );
        assert!(
            of(&format!(r#"{{"@context":"{context}","type":"extensions:ApplyLink"}}"#)).is_empty()
        );
        assert!(
            of(r#"{"@context":"https://x.example/","type":"extensions:GeoCoordinates"}"#)
                .is_empty()
        );
    }
}
