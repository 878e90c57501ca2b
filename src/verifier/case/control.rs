//! What speaks for an identifier: the document of its controller, read.
//!
//! The same few issuers are met again and again, so what their documents were read to is kept. It
//! depends on nothing but the identifier and the bytes of the document, and both are compared.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::link::is_web;
use crate::json::{self, Value};
use crate::proof::did::{ControllerDocument, Did, did_web_url};
use crate::resolve::{Outcome, Why};
use crate::verifier::dossier::{Dossier, Role};

/// What speaks for an identifier.
pub(super) enum Control {
    /// A document that lists keys.
    Document(ControllerDocument),
    /// Another JSON object at the URL: a profile, a key, a set of keys.
    Json(Value<'static>),
    /// A document that is there and cannot be it.
    Bad(String),
    /// It could not be read.
    Unread(String),
}

/// Documents kept; beyond that it begins anew.
const KEPT: usize = 256;

/// Longest document, and longest identifier, that are kept, in bytes: 4 MiB in all.
const LONGEST: usize = 16 * 1024;
const LONGEST_NAME: usize = 512;

/// What was read, by identifier.
static READ: RwLock<Option<HashMap<String, Read>>> = RwLock::new(None);

struct Read {
    /// The document; none where the identifier says all.
    bytes: Option<Arc<[u8]>>,
    control: Arc<Control>,
}

impl Control {
    /// What speaks for `id`.
    pub(super) fn of(dossier: &Dossier, id: &str) -> Arc<Self> {
        if is_web(id) {
            return Self::fetched(dossier, id);
        }
        if !id.starts_with("did:web:") {
            return kept(id, None, || Self::of_did(id));
        }
        match Did::parse(id).map(|did| did_web_url(&did).map(|_| ())) {
            Ok(Ok(())) => Self::fetched(dossier, id),
            Ok(Err(error)) => Arc::new(Self::Bad(error.to_string())),
            Err(error) => Arc::new(Self::Bad(error.to_string())),
        }
    }

    /// What a DID says by itself.
    fn of_did(id: &str) -> Self {
        let did = match Did::parse(id) {
            Ok(did) => did,
            Err(error) => return Self::Bad(error.to_string()),
        };
        match did.own_document() {
            Ok(Some(document)) => Self::Document(document),
            Ok(None) => {
                Self::Unread(format!("the DID method {:?} is not known here", did.method()))
            }
            Err(error) => Self::Bad(error.to_string()),
        }
    }

    fn fetched(dossier: &Dossier, id: &str) -> Arc<Self> {
        let document = match dossier.find(Role::Controller, id) {
            Some(Outcome::Got(document)) => document,
            Some(Outcome::Missing(why) | Outcome::Refused(why)) => {
                let text = format!("{id}: {why}");
                return Arc::new(if why.is_definite() {
                    Self::Bad(text)
                } else {
                    Self::Unread(text)
                });
            }
            None => return Arc::new(Self::Unread(format!("{id}: {}", Why::NotSupplied))),
        };
        if document.crossed_origin {
            return Arc::new(Self::Bad(format!("{id} was answered by another origin")));
        }
        kept(id, Some(&document.bytes), || Self::of_document(id, &document.bytes))
    }

    /// What the document of an identifier says.
    fn of_document(id: &str, bytes: &[u8]) -> Self {
        let value = match json::parse_bytes(bytes) {
            Ok(value) => value,
            Err(error) => return Self::Bad(format!("{id} is not JSON: {error}")),
        };
        let lists = |name| value.get(name).is_some();
        if id.starts_with("did:") || lists("verificationMethod") || lists("assertionMethod") {
            return match ControllerDocument::parse(&value, id) {
                Ok(document) => Self::Document(document),
                Err(error) => Self::Bad(error.to_string()),
            };
        }
        match value.as_object() {
            Some(_) => Self::Json(value.into_owned()),
            None => Self::Bad(format!("{id} is {}, not an object", value.kind())),
        }
    }
}

/// What `read` gives, from before if it was read before.
fn kept(id: &str, bytes: Option<&Arc<[u8]>>, read: impl FnOnce() -> Control) -> Arc<Control> {
    if id.len() > LONGEST_NAME || bytes.is_some_and(|bytes| bytes.len() > LONGEST) {
        return Arc::new(read());
    }
    let known = READ.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = known.as_ref().and_then(|known| known.get(id))
        && known.bytes.as_ref() == bytes
    {
        return Arc::clone(&known.control);
    }
    drop(known);
    let control = Arc::new(read());
    let mut known = READ.write().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    if known.len() >= KEPT {
        known.clear();
    }
    known.insert(id.to_owned(), Read { bytes: bytes.cloned(), control: Arc::clone(&control) });
    control
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::Document;
    use crate::verifier::Input;

    const ID: &str = "did:web:kept.example";

    fn dossier(body: &str, crossed_origin: bool) -> Dossier {
        let now = jiff::Timestamp::UNIX_EPOCH;
        let mut dossier = Dossier::new(Input::Url(String::new()), None, now);
        let document = Document::known("https://kept.example/", "", body.into(), now);
        let outcome = Outcome::Got(Document { crossed_origin, ..document });
        dossier.add(Role::Controller, ID.to_owned(), outcome);
        dossier
    }

    #[test]
    fn what_is_kept_is_of_exactly_this_document() {
        let mine = dossier(r#"{"id":"did:web:kept.example"}"#, false);
        let first = Control::of(&mine, ID);
        assert!(matches!(*first, Control::Document(_)));
        assert!(Arc::ptr_eq(&first, &Control::of(&mine, ID)));
        // The same text of another copy is the same; any other text, and any other way that it was
        // fetched, is not.
        let again = dossier(r#"{"id":"did:web:kept.example"}"#, false);
        assert!(Arc::ptr_eq(&first, &Control::of(&again, ID)));
        let other = dossier(r#"{"id":"did:web:other.example"}"#, false);
        assert!(matches!(&*Control::of(&other, ID), Control::Bad(why) if why.contains("other")));
        let crossed = dossier(r#"{"id":"did:web:kept.example"}"#, true);
        assert!(matches!(&*Control::of(&crossed, ID), Control::Bad(why) if why.contains("origin")));
        assert!(matches!(&*Control::of(&mine, ID), Control::Document(_)));
        let none = Dossier::new(Input::Url(String::new()), None, jiff::Timestamp::UNIX_EPOCH);
        assert!(matches!(*Control::of(&none, ID), Control::Unread(_)));
    }

    #[test]
    fn a_key_that_is_its_own_document_is_read_once() {
        let none = Dossier::new(Input::Url(String::new()), None, jiff::Timestamp::UNIX_EPOCH);
        let id = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
        let first = Control::of(&none, id);
        assert!(matches!(*first, Control::Document(_)));
        assert!(Arc::ptr_eq(&first, &Control::of(&none, id)));
        assert!(matches!(&*Control::of(&none, "did:nothing:1"), Control::Unread(_)));
        assert!(matches!(&*Control::of(&none, "did:key:z6Mk"), Control::Bad(_)));
    }
}
