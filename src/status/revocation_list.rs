//! Revocation lists that name what is revoked: Open Badges 2.0 RevocationList and
//! 1EdTechRevocationList.

use serde_json::{Map, Value, json};

use crate::json;

/// Most entries that are read from a list.
pub const MAX_ENTRIES: usize = 200_000;

/// Entries that stand for no badge. One popular validator overlooks the only entry of a list of
/// one, so every list we publish has at least two.
const PADDING: [&str; 2] = [
    "urn:uuid:00000000-0000-4000-8000-000000000001",
    "urn:uuid:00000000-0000-4000-8000-000000000002",
];

/// A revoked badge, to be written into a list.
#[derive(Clone, Copy, Debug)]
pub struct Revoked<'a> {
    /// The id of the assertion or credential.
    pub id: &'a str,
    /// Why, as far as the public may know.
    pub reason: Option<&'a str>,
}

/// Writes an Open Badges 2.0 RevocationList (§ RevocationList) for signed badges.
pub fn render_ob2(id: &str, issuer: &str, revoked: &[Revoked<'_>]) -> Value {
    let mut entries: Vec<Value> = revoked.iter().map(entry).collect();
    let missing = 2_usize.saturating_sub(entries.len());
    entries.extend(PADDING.iter().take(missing).map(|id| json!({ "id": id })));
    json!({
        "@context": "https://w3id.org/openbadges/v2",
        "type": "RevocationList",
        "id": id,
        "issuer": issuer,
        "revokedAssertions": entries,
    })
}

/// Writes a 1EdTechRevocationList (the `credentialStatus` type of that name).
pub fn render_1edtech(id: &str, issuer: &str, revoked: &[Revoked<'_>]) -> Value {
    let entries: Vec<Value> = revoked
        .iter()
        .map(|revoked| {
            let mut entry = entry(revoked);
            if let Some(members) = entry.as_object_mut() {
                members.insert("revoked".to_owned(), Value::Bool(true));
            }
            entry
        })
        .collect();
    json!({ "id": id, "issuer": issuer, "revokedCredential": entries })
}

fn entry(revoked: &Revoked<'_>) -> Value {
    let mut members = Map::new();
    members.insert("id".to_owned(), revoked.id.into());
    if let Some(reason) = revoked.reason {
        members.insert("revocationReason".to_owned(), reason.into());
    }
    Value::Object(members)
}

/// A revocation list as it was read, of either kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevocationList {
    /// Its `id`, where it has one.
    pub id: Option<String>,
    /// Its issuer's id, where it names one.
    pub issuer: Option<String>,
    /// What it says is revoked; an entry that says `revoked: false` is not among them.
    pub entries: Vec<Entry>,
}

/// One entry of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The id of the badge.
    pub id: Option<String>,
    /// Its `uid` (Open Badges 1.x).
    pub uid: Option<String>,
    /// Why it was revoked.
    pub reason: Option<String>,
}

/// Why a document is no revocation list. It then says nothing about any badge.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not a JSON object.
    #[error("the revocation list is {0}, not an object")]
    NotAnObject(&'static str),
    /// Its `type` says that it is something else.
    #[error("the document's type is not {0}")]
    WrongType(&'static str),
    /// The member that lists what is revoked is missing.
    #[error("the list has no member {0}")]
    NoEntries(&'static str),
    /// An entry that names no badge.
    #[error("{pointer} names no badge: it is neither an id nor an object with an id or uid")]
    BadEntry {
        /// Where it stands in the document.
        pointer: String,
    },
    /// More than [`MAX_ENTRIES`] entries.
    #[error("the list has more than {MAX_ENTRIES} entries")]
    TooMany,
}

impl RevocationList {
    /// Reads an Open Badges 2.0 RevocationList. Entries may be ids, or objects with `id` or
    /// `uid`; a single one may stand without its array.
    ///
    /// # Errors
    /// What is wrong with the document.
    pub fn parse_ob2(document: &json::Value<'_>) -> Result<Self, Error> {
        // Both terms stand for one IRI, and readers that compact pick either (OB 2.0 §JSON-LD).
        let member = match document.get("revokedAssertions") {
            None if document.get("revoked").is_some() => "revoked",
            _ => "revokedAssertions",
        };
        Self::parse(document, Some("RevocationList"), member)
    }

    /// Reads a 1EdTechRevocationList document. Entries as in [`parse_ob2`](Self::parse_ob2).
    ///
    /// # Errors
    /// What is wrong with the document.
    pub fn parse_1edtech(document: &json::Value<'_>) -> Result<Self, Error> {
        Self::parse(document, None, "revokedCredential")
    }

    fn parse(
        document: &json::Value<'_>,
        wanted_type: Option<&'static str>,
        member: &'static str,
    ) -> Result<Self, Error> {
        let object = document.as_object().ok_or(Error::NotAnObject(document.kind()))?;
        if let Some(wanted) = wanted_type {
            let types = object.get("type").map(json::Value::items).unwrap_or_default();
            if !types.iter().any(|found| found.as_str() == Some(wanted)) {
                return Err(Error::WrongType(wanted));
            }
        }
        let listed = object.get(member).ok_or(Error::NoEntries(member))?.items();
        if listed.len() > MAX_ENTRIES {
            return Err(Error::TooMany);
        }
        let mut entries = Vec::with_capacity(listed.len());
        for (at, item) in listed.iter().enumerate() {
            let entry = Entry::parse(item);
            let bad = || Error::BadEntry { pointer: format!("/{member}/{at}") };
            let entry = entry.filter(|entry| entry.id.is_some() || entry.uid.is_some());
            let entry = entry.ok_or_else(bad)?;
            if item.get("revoked").and_then(json::Value::as_bool) != Some(false) {
                entries.push(entry);
            }
        }
        let issuer =
            object.get("issuer").and_then(|issuer| issuer.as_str().or(issuer.str_of("id")));
        Ok(Self {
            id: document.str_of("id").map(str::to_owned),
            issuer: issuer.map(str::to_owned),
            entries,
        })
    }

    /// The entry for a badge of that id, or of that `uid` where it has one.
    pub fn find(&self, id: &str, uid: Option<&str>) -> Option<&Entry> {
        self.entries.iter().find(|entry| {
            entry.id.as_deref() == Some(id) || (uid.is_some() && entry.uid.as_deref() == uid)
        })
    }
}

impl Entry {
    fn parse(item: &json::Value<'_>) -> Option<Self> {
        if let Some(id) = item.as_str() {
            return Some(Self { id: Some(id.to_owned()), ..Self::default() });
        }
        item.as_object()?;
        let text = |name| item.str_of(name).map(str::to_owned);
        Some(Self { id: text("id"), uid: text("uid"), reason: text("revocationReason") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<RevocationList, Error> {
        RevocationList::parse_ob2(&json::parse(text).unwrap())
    }

    #[test]
    fn every_list_we_write_has_at_least_two_entries_and_is_read_back() {
        let one = Revoked { id: "urn:uuid:1", reason: Some("left in error") };
        let two = Revoked { id: "urn:uuid:2", reason: None };
        for revoked in [&[][..], &[one], &[one, two], &[one, two, one]] {
            let written = render_ob2("https://a/rl", "https://a/i", revoked);
            let entries = written["revokedAssertions"].as_array().unwrap().len();
            assert_eq!(entries, revoked.len().max(2));
            let read = parse(&written.to_string()).unwrap();
            for revoked in revoked {
                let found = read.find(revoked.id, None).unwrap();
                assert_eq!(found.reason.as_deref(), revoked.reason);
            }
            assert_eq!(read.find("urn:uuid:3", None), None);
            assert_eq!(read.issuer.as_deref(), Some("https://a/i"));
        }
    }

    #[test]
    fn entries_are_read_in_every_form_that_is_seen() {
        let list = parse(
            r#"{"type":["RevocationList"],"issuer":{"id":"https://a/i"},"revokedAssertions":
               ["urn:uuid:1",{"id":"urn:uuid:2","revocationReason":"x"},{"uid":"abc"}]}"#,
        )
        .unwrap();
        assert!(list.find("urn:uuid:1", None).is_some());
        assert_eq!(list.find("urn:uuid:2", None).unwrap().reason.as_deref(), Some("x"));
        assert!(list.find("urn:uuid:9", Some("abc")).is_some());
        assert_eq!(list.find("urn:uuid:9", Some("abd")), None);
        assert_eq!(list.find("abc", None), None, "a uid is no id");
        let scalar =
            parse(r#"{"type":"RevocationList","revokedAssertions":"urn:uuid:1"}"#).unwrap();
        assert!(scalar.find("urn:uuid:1", None).is_some());
        let object = parse(r#"{"type":"RevocationList","revokedAssertions":{"id":"urn:uuid:1"}}"#);
        assert!(object.unwrap().find("urn:uuid:1", None).is_some());
        let none = parse(r#"{"type":"RevocationList","revokedAssertions":[]}"#).unwrap();
        assert!(none.entries.is_empty());
    }

    #[test]
    fn what_is_no_list_is_an_error_and_never_an_empty_list() {
        assert_eq!(parse("[]"), Err(Error::NotAnObject("an array")));
        assert_eq!(parse(r#"{"revokedAssertions":[]}"#), Err(Error::WrongType("RevocationList")));
        assert_eq!(
            parse(r#"{"type":"RevocationList"}"#),
            Err(Error::NoEntries("revokedAssertions"))
        );
        for entry in ["1", "null", "{}", "[]", r#"{"id":7}"#] {
            let text =
                format!(r#"{{"type":"RevocationList","revokedAssertions":["urn:a",{entry}]}}"#);
            let pointer = "/revokedAssertions/1".to_owned();
            assert_eq!(parse(&text), Err(Error::BadEntry { pointer }), "{entry}");
        }
    }

    #[test]
    fn lists_of_1edtech_may_say_that_something_is_no_longer_revoked() {
        let written =
            render_1edtech("https://a/rl", "https://a/i", &[Revoked { id: "urn:1", reason: None }]);
        let read =
            RevocationList::parse_1edtech(&json::parse(&written.to_string()).unwrap()).unwrap();
        assert!(read.find("urn:1", None).is_some());
        let text = r#"{"revokedCredential":[{"id":"urn:1","revoked":false},{"id":"urn:2"}]}"#;
        let read = RevocationList::parse_1edtech(&json::parse(text).unwrap()).unwrap();
        assert!(read.find("urn:1", None).is_none() && read.find("urn:2", None).is_some());
    }
}
