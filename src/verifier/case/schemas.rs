//! Schemas of others that a credential names (`credentialSchema`; OB 3.0 §B.1.8, VCDM 2.0 §4.11). They
//! are asked for only after a proof holds: a forged badge sends nobody anywhere.

use super::link::is_web;
use super::{Case, Credential, id_of, member_of};
use crate::json::Value;
use crate::verifier::dossier::{Need, Role};

/// Schemas of one credential that are looked at.
pub(in crate::verifier) const MOST: usize = 4;

/// What 1EdTech publishes: the checks say the same, and naming it asks for nothing more.
const PUBLISHED: &str = "https://purl.imsglobal.org/spec/";

/// The types whose `id` leads to a JSON Schema.
const TYPES: [&str; 3] =
    ["1EdTechJsonSchemaValidator2019", "JsonSchema", "JsonSchemaValidator2018"];

/// A schema that a credential names besides the published ones.
pub(in crate::verifier) struct NamedSchema<'v> {
    pub(in crate::verifier) id: &'v str,
    /// Whether it is a JSON Schema.
    pub(in crate::verifier) is_json: bool,
}

impl NamedSchema<'_> {
    /// Whether there is anything to fetch.
    pub(in crate::verifier) fn is_fetched(&self) -> bool {
        self.is_json && is_web(self.id)
    }
}

/// The schemas of others that it names, in their order.
pub(in crate::verifier) fn named_schemas(credential: &Credential) -> Vec<NamedSchema<'_>> {
    let named = credential.value.get("credentialSchema").map(Value::items).unwrap_or_default();
    let schema = |value| {
        let types = member_of(value, &["type", "@type"]).map(Value::items).unwrap_or_default();
        let is_json = types.iter().filter_map(Value::as_str).any(|name| TYPES.contains(&name));
        Some(NamedSchema { id: id_of(value)?, is_json })
    };
    named.iter().filter_map(schema).filter(|schema| !schema.id.starts_with(PUBLISHED)).collect()
}

/// Those that are not there yet.
pub(super) fn needs(case: &Case<'_>, credential: &Credential) -> Vec<Need> {
    let mut named = named_schemas(credential);
    if named.len() > MOST {
        return Vec::new();
    }
    named.retain(|schema| {
        schema.is_fetched() && case.dossier.find(Role::Schema, schema.id).is_none()
    });
    let holds = || credential.deciding(case).is_some_and(|proof| proof.holds(case.bench.policy));
    if named.is_empty() || !holds() {
        return Vec::new();
    }
    named.iter().map(|schema| Need::at(Role::Schema, schema.id)).collect()
}
