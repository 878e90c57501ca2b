//! What the specification demands of a ClrCredential beside what every credential needs (CLR 2.0
//! §B.1).

use crate::json::Value;

/// Types of association (CLR 2.0 §B.2.2); others begin with `ext:`.
const ASSOCIATIONS: [&str; 8] = [
    "exactMatchOf",
    "isChildOf",
    "isParentOf",
    "isPartOf",
    "isPeerOf",
    "isRelatedTo",
    "precedes",
    "replacedBy",
];

/// What is wrong: a JSON pointer and a few words.
pub type Fault = (String, &'static str);

/// What is wrong with a transcript.
pub fn faults(credential: &Value<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    if credential.str_of("name").is_none_or(str::is_empty) {
        faults.push(("/name".to_owned(), "is missing or empty"));
    }
    let subjects = credential.get("credentialSubject").map(Value::items).unwrap_or_default();
    let [subject] = subjects else {
        faults.push(("/credentialSubject".to_owned(), "must be one subject"));
        return faults;
    };
    let at = |name: &str| format!("/credentialSubject/{name}");
    if !has_type(subject, "ClrSubject") {
        faults.push((at("type"), "must contain ClrSubject"));
    }
    if subject.get("id").is_none()
        && subject.get("identifier").is_none_or(|found| found.items().is_empty())
    {
        faults.push((at("id"), "there is neither an id nor an identifier"));
    }
    let credentials = subject.get("verifiableCredential").map(Value::items).unwrap_or_default();
    if credentials.is_empty() {
        faults.push((at("verifiableCredential"), "is missing or empty"));
    }
    let associations = subject.get("association").map(Value::items).unwrap_or_default();
    for (n, association) in associations.iter().enumerate() {
        let at = |name: &str| format!("/credentialSubject/association/{n}/{name}");
        if !has_type(association, "Association") {
            faults.push((at("type"), "must be Association"));
        }
        let kind = association.str_of("associationType").unwrap_or_default();
        if !ASSOCIATIONS.contains(&kind) && !kind.starts_with("ext:") {
            faults.push((at("associationType"), "is not a type of association"));
        }
        for name in ["sourceId", "targetId"] {
            if association.str_of(name).is_none_or(str::is_empty) {
                faults.push((at(name), "is missing"));
            }
        }
    }
    faults
}

fn has_type(value: &Value<'_>, name: &str) -> bool {
    let types = value.get("type").map(Value::items).unwrap_or_default();
    types.iter().any(|kind| kind.as_str() == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn what_a_transcript_lacks_is_named_by_its_place() {
        let good = r#"{"name":"T","credentialSubject":{"id":"urn:1","type":["ClrSubject"],
            "verifiableCredential":[{}],"association":[{"type":"Association",
            "associationType":"isChildOf","sourceId":"urn:2","targetId":"urn:3"}]}}"#;
        assert_eq!(faults(&json::parse(good).unwrap()), []);
        let bad = r#"{"credentialSubject":{"type":"ClrSubject","association":[{"associationType":"x"}]}}"#;
        let places: Vec<String> =
            faults(&json::parse(bad).unwrap()).into_iter().map(|(place, _)| place).collect();
        assert_eq!(
            places,
            [
                "/name",
                "/credentialSubject/id",
                "/credentialSubject/verifiableCredential",
                "/credentialSubject/association/0/type",
                "/credentialSubject/association/0/associationType",
                "/credentialSubject/association/0/sourceId",
                "/credentialSubject/association/0/targetId"
            ]
        );
    }
}
