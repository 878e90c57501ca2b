//! The rules of the Verifiable Credentials Data Model that hold for every credential, whatever it
//! is about (VCDM 2.0 §4; VCDM 1.1 §4). What its contexts do not define, safe mode finds.

use std::collections::BTreeSet;

use jiff::Timestamp;
use url::Url;

use crate::domain::Problems;
use crate::json::Value;

/// The base contexts: of data model 2.0 and of 1.1.
const BASE: [&str; 2] =
    ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/2018/credentials/v1"];

/// Members whose objects must say of what type they are.
const TYPED: [&str; 5] =
    ["credentialStatus", "credentialSchema", "termsOfUse", "refreshService", "evidence"];

/// Everything in which a credential breaks the rules, each with its place.
///
/// # Errors
/// All of it.
pub fn check(credential: &Value<'_>) -> Result<(), Problems> {
    let mut problems = Problems::new();
    if credential.as_object().is_none() {
        let detail = format!("expected an object, found {}", credential.kind());
        problems.add("", "not-an-object", detail);
        return problems.or(());
    }
    let second = context(credential, &mut problems);
    types(credential, "", "VerifiableCredential", &mut problems);
    id(credential, "", &mut problems);
    issuer(credential, &mut problems);
    subjects(credential, &mut problems);
    period(credential, second, &mut problems);
    for name in TYPED {
        parts(credential, name, &mut problems);
    }
    for name in ["name", "description"] {
        text(credential, "", name, &mut problems);
        if let Some(issuer) = credential.get("issuer") {
            text(issuer, "/issuer", name, &mut problems);
        }
    }
    related(credential, &mut problems);
    problems.or(())
}

/// The contexts (§4.3); whether the base context is that of 2.0.
fn context(credential: &Value<'_>, problems: &mut Problems) -> bool {
    let items = match credential.get("@context") {
        Some(Value::Array(items)) => items.as_slice(),
        Some(_) => {
            problems.add("/@context", "not-an-array", "must be an array");
            return true;
        }
        None => {
            problems.add("/@context", "required", "must be given");
            return true;
        }
    };
    for (at, item) in items.iter().enumerate() {
        let fits = item.as_object().is_some() || item.as_str().is_some_and(is_url);
        if !fits {
            problems.add(format!("/@context/{at}"), "bad-context", "must be a URL or an object");
        }
    }
    let base = items.first().and_then(Value::as_str);
    if !base.is_some_and(|base| BASE.contains(&base)) {
        problems.add("/@context/0", "bad-context", format!("must be {}", BASE.join(" or ")));
    }
    base != Some(BASE[1])
}

/// Types (§4.5): texts, with this one among them if one is asked for.
fn types(value: &Value<'_>, at: &str, wanted: &str, problems: &mut Problems) {
    let pointer = format!("{at}/type");
    let Some(found) = value.get("type") else {
        problems.add(pointer, "required", "must be given");
        return;
    };
    let texts: Vec<&str> = found.items().iter().filter_map(Value::as_str).collect();
    if texts.is_empty() || texts.len() != found.items().len() || texts.contains(&"") {
        problems.add(pointer, "bad-type", "must be a text or several");
    } else if !wanted.is_empty() && !texts.contains(&wanted) {
        problems.add(pointer, "bad-type", format!("must contain {wanted}"));
    }
}

/// An id (§4.4): one URL, where there is one.
fn id(value: &Value<'_>, at: &str, problems: &mut Problems) {
    match value.get("id") {
        None => {}
        Some(found) if found.as_str().is_some_and(is_url) => {}
        Some(_) => problems.add(format!("{at}/id"), "bad-id", "must be one URL"),
    }
}

/// The issuer (§4.7): a URL, or an object with one as id.
fn issuer(credential: &Value<'_>, problems: &mut Problems) {
    let issuer = match credential.get("issuer") {
        None => return problems.add("/issuer", "required", "must be given"),
        Some(issuer) => issuer,
    };
    let id = match issuer {
        Value::Object(members) => members.get("id").and_then(Value::as_str),
        other => other.as_str(),
    };
    if !id.is_some_and(is_url) {
        problems.add("/issuer", "bad-issuer", "must be a URL or an object whose id is one");
    }
}

/// What the credential says (§4.8): one subject or several, none of them empty.
fn subjects(credential: &Value<'_>, problems: &mut Problems) {
    let subjects = credential.get("credentialSubject").map(Value::items).unwrap_or_default();
    if subjects.is_empty() {
        problems.add("/credentialSubject", "required", "must be given and must not be empty");
    }
    for subject in subjects {
        match subject.as_object() {
            Some(members) if !members.is_empty() => id(subject, "/credentialSubject", problems),
            _ => {
                problems.add("/credentialSubject", "bad-subject", "must say something of a subject")
            }
        }
    }
}

/// From when and until when it holds (§4.9; 1.1 §4.6).
fn period(credential: &Value<'_>, second: bool, problems: &mut Problems) {
    let (from, until) =
        if second { ("validFrom", "validUntil") } else { ("issuanceDate", "expirationDate") };
    let mut instant = |name: &str| {
        let found = credential.get(name)?;
        // Both times and dates parse; only a time with its offset is one instant.
        let parsed = found.as_str().filter(|text| text.contains('T'));
        let parsed = parsed.and_then(|text| text.parse::<Timestamp>().ok());
        if parsed.is_none() {
            let detail = "must be a date and time with an offset";
            problems.add(format!("/{name}"), "bad-time", detail);
        }
        parsed
    };
    if let (Some(from), Some(end)) = (instant(from), instant(until))
        && end < from
    {
        problems.add(format!("/{until}"), "bad-time", "must not be before it begins");
    }
    if !second && credential.get(from).is_none() {
        problems.add(format!("/{from}"), "required", "must be given");
    }
}

/// Parts that have a type and may have an id (§4.10, §4.11, §5.5, §5.4, §5.6).
fn parts(credential: &Value<'_>, name: &str, problems: &mut Problems) {
    let at = format!("/{name}");
    for part in credential.get(name).map(Value::items).unwrap_or_default() {
        if part.as_object().is_none() {
            problems.add(
                &at,
                "not-an-object",
                format!("expected an object, found {}", part.kind()),
            );
            continue;
        }
        types(part, &at, "", problems);
        id(part, &at, problems);
        if name == "credentialSchema" && part.get("id").is_none() {
            problems.add(format!("{at}/id"), "required", "must be given");
        }
    }
}

/// A name or a description (§4.6): a text, or texts with their language and direction (§11.1).
fn text(value: &Value<'_>, at: &str, name: &str, problems: &mut Problems) {
    let items = value.get(name).map(Value::items).unwrap_or_default();
    let fits = |item: &Value<'_>| match item {
        Value::String(_) => true,
        Value::Object(members) => {
            let known = ["@value", "@language", "@direction"];
            let direction = members.get("@direction").map(Value::as_str);
            members.iter().all(|(name, value)| known.contains(&name) && value.as_str().is_some())
                && members.contains_key("@value")
                && direction.is_none_or(|found| matches!(found, Some("ltr" | "rtl")))
        }
        _ => false,
    };
    let mixed = items.len() > 1 && items.iter().any(|item| item.as_str().is_some());
    if mixed || !items.iter().all(fits) {
        let detail = "must be a text, or texts with @value, @language and @direction";
        problems.add(format!("{at}/{name}"), "bad-text", detail);
    }
}

/// Related resources (§5.3): each once, each with a digest.
fn related(credential: &Value<'_>, problems: &mut Problems) {
    let mut seen = BTreeSet::new();
    for resource in credential.get("relatedResource").map(Value::items).unwrap_or_default() {
        let id = resource.str_of("id").filter(|id| is_url(id));
        let digest = ["digestSRI", "digestMultibase"];
        let detail = match id {
            None => "must have a URL as id",
            Some(id) if !seen.insert(id) => "must not occur twice",
            Some(_) if !digest.iter().any(|name| resource.str_of(name).is_some()) => {
                "must have a digest"
            }
            Some(_) => continue,
        };
        problems.add("/relatedResource", "bad-resource", detail);
    }
}

fn is_url(text: &str) -> bool {
    Url::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn good() -> Json {
        json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": "urn:uuid:5f4e7a56-9c3e-4b0e-8f3b-1f6f4b9c6a11",
            "type": ["VerifiableCredential"],
            "issuer": "did:key:z6Mk",
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {"id": "did:example:a"},
        })
    }

    fn pointers(credential: &Json) -> Vec<String> {
        let problems = check(&Value::from(credential)).err().unwrap_or_default();
        problems.0.into_iter().map(|problem| problem.pointer).collect()
    }

    #[test]
    fn what_follows_the_rules_passes() {
        assert_eq!(pointers(&good()), Vec::<String>::new());
        let mut rich = good();
        rich["issuer"] =
            json!({"id": "https://issuer.example", "name": {"@value": "I", "@language": "en"}});
        rich["name"] =
            json!([{"@value": "a", "@language": "en"}, {"@value": "b", "@direction": "rtl"}]);
        rich["credentialStatus"] = json!({"type": "AStatus"});
        rich["credentialSchema"] = json!([{"id": "https://a.example/s", "type": "JsonSchema"}]);
        rich["relatedResource"] = json!([{"id": "https://a.example/r", "digestSRI": "sha256-x"}]);
        rich["validUntil"] = json!("2027-01-01T00:00:00+01:00");
        assert_eq!(pointers(&rich), Vec::<String>::new());
        let mut first = good();
        first["@context"] = json!(["https://www.w3.org/2018/credentials/v1"]);
        first["issuanceDate"] = json!("2026-01-01T00:00:00Z");
        assert_eq!(pointers(&first), Vec::<String>::new());
    }

    #[test]
    fn each_rule_that_is_broken_is_named() {
        let changes: &[(&str, Json, &str)] = &[
            ("@context", json!("https://www.w3.org/ns/credentials/v2"), "/@context"),
            ("@context", json!([]), "/@context/0"),
            ("@context", json!(["https://other.example/v1"]), "/@context/0"),
            ("@context", json!(["https://www.w3.org/ns/credentials/v2", 7]), "/@context/1"),
            ("id", json!("not a url"), "/id"),
            ("id", json!(["urn:a", "urn:b"]), "/id"),
            ("id", json!(null), "/id"),
            ("type", json!([]), "/type"),
            ("type", json!(["Other"]), "/type"),
            ("type", json!(["VerifiableCredential", 7]), "/type"),
            ("issuer", json!(null), "/issuer"),
            ("issuer", json!({"name": "I"}), "/issuer"),
            ("issuer", json!(["did:key:z"]), "/issuer"),
            ("credentialSubject", json!([]), "/credentialSubject"),
            ("credentialSubject", json!({}), "/credentialSubject"),
            ("credentialSubject", json!("did:example:a"), "/credentialSubject"),
            ("credentialSubject", json!({"id": 7}), "/credentialSubject/id"),
            ("validFrom", json!("2026-01-01"), "/validFrom"),
            ("validFrom", json!("2026-01-01T00:00:00"), "/validFrom"),
            ("validUntil", json!("2025-01-01T00:00:00Z"), "/validUntil"),
            ("credentialStatus", json!({"id": "urn:x"}), "/credentialStatus/type"),
            ("credentialStatus", json!({"type": "S", "id": ["urn:a"]}), "/credentialStatus/id"),
            ("credentialSchema", json!({"type": "S"}), "/credentialSchema/id"),
            ("termsOfUse", json!(["x"]), "/termsOfUse"),
            ("evidence", json!({"id": "urn:x"}), "/evidence/type"),
            ("refreshService", json!({}), "/refreshService/type"),
            ("name", json!({"@language": "en"}), "/name"),
            ("name", json!(["a", "b"]), "/name"),
            ("description", json!({"@value": "a", "url": "x"}), "/description"),
            ("description", json!({"@value": "a", "@direction": "up"}), "/description"),
            ("relatedResource", json!({"id": "urn:x"}), "/relatedResource"),
        ];
        for (name, value, pointer) in changes {
            let mut credential = good();
            credential[*name] = value.clone();
            assert_eq!(pointers(&credential), [*pointer], "{name}: {value}");
        }
        for name in ["@context", "type", "issuer", "credentialSubject"] {
            let mut credential = good();
            credential.as_object_mut().unwrap().remove(name);
            assert_eq!(pointers(&credential), [format!("/{name}")]);
        }
        assert_eq!(pointers(&json!([])), [""]);
    }
}
