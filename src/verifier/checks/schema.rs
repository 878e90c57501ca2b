//! The JSON Schema of the kind of credential, and the schemas that a credential names.

use std::sync::LazyLock;

use super::{Finding, nothing_to_look_at};
use crate::bundled;
use crate::json;
use crate::json::schema::{Schema, SchemaProblem};
use crate::resolve::Outcome;
use crate::verifier::case::{Case, Credential, MOST_SCHEMAS, NamedSchema, Subject, named_schemas};
use crate::verifier::dossier::Role;
use crate::verifier::report::CheckOutcome;
use crate::wire::DocumentKind;

/// Problems that are listed.
const LISTED: usize = 8;

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
    problems_of(&schema.problems(&credential.value, LISTED))
        .unwrap_or_else(|| Finding::pass("it follows the schema of its kind"))
}

/// Whether it follows the schemas of others that it names (OB 3.0 §10.1 step 3 and §B.1.8).
pub(super) fn named(case: &Case<'_>) -> Finding {
    let credential = match &case.subject {
        Subject::Credential(credential) => credential,
        Subject::Ob2(_) => return Finding::skip("it names no schema of others"),
        _ => return nothing_to_look_at(),
    };
    let all = named_schemas(credential);
    if all.is_empty() {
        return Finding::skip("it names no schema of others");
    }
    let ids: Vec<serde_json::Value> = all.iter().take(LISTED).map(|one| one.id.into()).collect();
    if all.len() > MOST_SCHEMAS {
        return Finding::fail("it names more schemas than are looked at").fact("schemas", ids);
    }
    let mut found: Vec<Finding> = all
        .iter()
        .filter(|schema| schema.is_json)
        .map(|schema| follows(case, credential, schema).fact("schema", schema.id))
        .collect();
    let first = |outcome| found.iter().position(|finding| finding.outcome == outcome);
    match first(CheckOutcome::Fail).or_else(|| first(CheckOutcome::Unknown)) {
        Some(at) => found.swap_remove(at),
        None if found.len() < all.len() => {
            Finding::note("it names schemas of a kind that is not read here").fact("schemas", ids)
        }
        None => Finding::pass("it follows the schemas that it names").fact("schemas", ids),
    }
}

/// Whether a credential follows one of them.
fn follows(case: &Case<'_>, credential: &Credential, schema: &NamedSchema<'_>) -> Finding {
    if !schema.is_fetched() {
        return Finding::fail("a schema that it names is no web URL");
    }
    let document = match case.dossier.find(Role::Schema, schema.id) {
        None => return Finding::unknown("schemas are asked for only after the proof holds"),
        Some(Outcome::Got(document)) => document,
        Some(Outcome::Missing(why) | Outcome::Refused(why)) if why.is_definite() => {
            return Finding::fail(format!("a schema that it names is not there: {why}"));
        }
        Some(Outcome::Missing(why) | Outcome::Refused(why)) => {
            return Finding::unknown(format!("a schema that it names cannot be read: {why}"));
        }
    };
    let text = match json::parse_bytes(&document.bytes) {
        Ok(text) => text,
        Err(error) => {
            return Finding::fail(format!("a schema that it names is not JSON: {error}"));
        }
    };
    let compiled = match Schema::compile(&text) {
        Ok(compiled) => compiled,
        Err(error) => {
            return Finding::unknown(format!("a schema that it names cannot be applied: {error}"));
        }
    };
    let problems = compiled.problems(&credential.value, LISTED);
    problems_of(&problems).unwrap_or_else(|| Finding::pass("it follows the schemas that it names"))
}

/// A failure that lists the problems, if there are any.
fn problems_of(problems: &[SchemaProblem]) -> Option<Finding> {
    let first = problems.first()?;
    let place = if first.pointer.is_empty() { "the top" } else { first.pointer.as_str() };
    let listed: Vec<serde_json::Value> = problems
        .iter()
        .map(|found| serde_json::json!({"pointer": found.pointer, "detail": found.detail}))
        .collect();
    Some(Finding::fail(format!("at {place}: {}", first.detail)).fact("problems", listed))
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
