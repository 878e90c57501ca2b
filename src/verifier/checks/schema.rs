//! The JSON Schema of the kind of credential, and the schemas that a credential names.

use std::sync::LazyLock;

use super::{Finding, nothing_to_look_at};
use crate::bundled;
use crate::json::schema::Schema;
use crate::json::{self, Value};
use crate::verifier::case::{Case, Credential, Subject};
use crate::wire::DocumentKind;

/// Problems that are listed.
const LISTED: usize = 8;

/// Schemas that say what ours says: naming one of them asks for nothing more.
const KNOWN: &str = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/";

pub(super) fn applied(case: &Case<'_>) -> Finding {
    let credential = match &case.subject {
        Subject::Credential(credential) => credential,
        Subject::Ob2(_) => {
            return Finding::skip(
                "members of Open Badges 2.0 are judged one by one, under any alias",
            );
        }
        _ => return nothing_to_look_at(),
    };
    let schema = match credential.kind {
        DocumentKind::Ob3Achievement(_) => &ACHIEVEMENT,
        DocumentKind::Ob3Endorsement(_) => &ENDORSEMENT,
        _ => return Finding::skip("there is no schema for this kind of credential here"),
    };
    let Some(schema) = schema.as_ref() else {
        return Finding::unknown("the schema cannot be used");
    };
    let problems = schema.problems(&credential.value, LISTED);
    if let Some(first) = problems.first() {
        let place = if first.pointer.is_empty() { "the top" } else { first.pointer.as_str() };
        let listed: Vec<serde_json::Value> = problems
            .iter()
            .map(|found| serde_json::json!({"pointer": found.pointer, "detail": found.detail}))
            .collect();
        return Finding::fail(format!("at {place}: {}", first.detail)).fact("problems", listed);
    }
    let unknown = unknown_schemas(credential);
    if unknown.is_empty() {
        Finding::pass("it follows the schema of its kind")
    } else {
        Finding::note(
            "it follows the schema of its kind, and names schemas that are not known here",
        )
        .fact("schemas", unknown)
    }
}

fn unknown_schemas(credential: &Credential) -> Vec<serde_json::Value> {
    let named = credential.value.get("credentialSchema").map(Value::items).unwrap_or_default();
    named
        .iter()
        .filter_map(|schema| schema.str_of("id"))
        .filter(|id| !id.starts_with(KNOWN))
        .take(LISTED)
        .map(Into::into)
        .collect()
}

static ACHIEVEMENT: LazyLock<Option<Schema>> =
    LazyLock::new(|| compiled("ob3-achievement-credential"));
static ENDORSEMENT: LazyLock<Option<Schema>> =
    LazyLock::new(|| compiled("ob3-endorsement-credential"));

/// A bundled schema, compiled; `every_schema_compiles` sees that there is one.
fn compiled(name: &str) -> Option<Schema> {
    Schema::compile(&json::parse(bundled::schema(name)?).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_compiles() {
        assert!(ACHIEVEMENT.is_some());
        assert!(ENDORSEMENT.is_some());
    }
}
