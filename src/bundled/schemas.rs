//! JSON Schemas (draft 2020-12) of what we issue and read, written from the data models.
//!
//! They take sets of one without an array, as JSON-LD allows, and demand what the specifications say
//! in prose only: criteria with a link or a text, a subject with an id or an identifier, absolute ids.

/// The names that [`schema`] knows.
pub const SCHEMA_NAMES: [&str; 6] = [
    "ob3-achievement-credential",
    "ob3-endorsement-credential",
    "ob2-assertion",
    "ob2-badgeclass",
    "ob2-issuer",
    "ob2-extensions",
];

/// The text of the JSON Schema called `name`, one of [`SCHEMA_NAMES`]; none for any other name.
pub fn schema(name: &str) -> Option<&'static str> {
    Some(match name {
        "ob3-achievement-credential" => {
            include_str!("../../schemas/ob3-achievement-credential.schema.json")
        }
        "ob3-endorsement-credential" => {
            include_str!("../../schemas/ob3-endorsement-credential.schema.json")
        }
        "ob2-assertion" => include_str!("../../schemas/ob2-assertion.schema.json"),
        "ob2-badgeclass" => include_str!("../../schemas/ob2-badgeclass.schema.json"),
        "ob2-extensions" => include_str!("../../schemas/ob2-extensions.schema.json"),
        "ob2-issuer" => include_str!("../../schemas/ob2-issuer.schema.json"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_is_json_and_names_itself() {
        for name in SCHEMA_NAMES {
            let text = schema(name).unwrap();
            let schema: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(schema["$id"], format!("urn:accolade:schema:{name}"));
            assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        }
        assert_eq!(schema("anything else"), None);
    }
}
