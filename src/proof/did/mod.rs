//! Decentralised identifiers: `did:key`, `did:jwk`, `did:web`, and the documents that say which key
//! may speak for whom (DID Core 1.0, Controlled Identifiers 1.0).

mod document;
mod jwk;
mod key;
mod method;
mod publish;
mod web;

use std::fmt;

pub use document::{ControllerDocument, DocumentError, Relationship};
pub use method::VerificationMethod;
pub use publish::{KeyStatus, MethodForm, PublishedKey, did_document, did_key, did_key_method};
pub use web::{did_web, did_web_url};

use super::encoding::EncodingError;
use super::key::KeyError;

/// Longest DID or DID URL read, in bytes: a `did:jwk` of the largest RSA key has under 1100.
pub const MAX_DID: usize = 4096;

/// A DID: `did:method:method-specific-id`, as it was written (DID Core §3.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Did {
    text: String,
    /// Where the method-specific id starts.
    id_at: usize,
}

impl Did {
    /// Reads a DID. Percent-encodings stay as they are.
    ///
    /// # Errors
    /// [`DidError::Syntax`], [`DidError::TooLong`].
    pub fn parse(text: &str) -> Result<Self, DidError> {
        if text.len() > MAX_DID {
            return Err(DidError::TooLong(text.len()));
        }
        let syntax = || DidError::Syntax(shown(text));
        let (method, id) =
            text.strip_prefix("did:").and_then(|rest| rest.split_once(':')).ok_or_else(syntax)?;
        let method_fits = !method.is_empty()
            && method.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if method_fits && !id.ends_with(':') && is_method_specific_id(id) {
            let id_at = text.len() - id.len();
            Ok(Self { text: text.to_owned(), id_at })
        } else {
            Err(syntax())
        }
    }

    /// The DID as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name of the method, such as `web`.
    pub fn method(&self) -> &str {
        self.text.get(4..self.id_at.saturating_sub(1)).unwrap_or_default()
    }

    /// What follows the method.
    pub fn method_specific_id(&self) -> &str {
        self.text.get(self.id_at..).unwrap_or_default()
    }

    /// The document of a DID that carries its own key (`did:key`, `did:jwk`). `None` for methods
    /// whose document must be fetched.
    ///
    /// # Errors
    /// The key in the DID is not one that we take.
    pub fn own_document(&self) -> Result<Option<ControllerDocument>, DidError> {
        match self.method() {
            "key" => key::document(self).map(Some),
            "jwk" => jwk::document(self).map(Some),
            _ => Ok(None),
        }
    }
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A DID URL that names a verification method: a DID and a fragment (DID Core §3.2). Paths and
/// queries have no meaning in the methods that we know and are refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DidUrl {
    did: Did,
    fragment: String,
}

impl DidUrl {
    /// Reads a DID URL with a fragment.
    ///
    /// # Errors
    /// [`DidError::NoFragment`] for a bare DID, [`DidError::PathOrQuery`], or what is wrong with
    /// the DID.
    pub fn parse(text: &str) -> Result<Self, DidError> {
        if text.len() > MAX_DID {
            return Err(DidError::TooLong(text.len()));
        }
        let (base, fragment) = match text.split_once('#') {
            Some((base, fragment)) => (base, Some(fragment)),
            None => (text, None),
        };
        if base.starts_with("did:") && base.contains(['/', '?', ';']) {
            return Err(DidError::PathOrQuery(shown(text)));
        }
        let did = Did::parse(base)?;
        let fragment = fragment.ok_or_else(|| DidError::NoFragment(shown(text)))?;
        let allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte);
        if fragment.is_empty() || !fragment.bytes().all(allowed) {
            return Err(DidError::Syntax(shown(text)));
        }
        Ok(Self { did, fragment: fragment.to_owned() })
    }

    /// The DID.
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// What follows `#`.
    pub fn fragment(&self) -> &str {
        &self.fragment
    }
}

impl fmt::Display for DidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.did, self.fragment)
    }
}

/// Why a text is not a DID or DID URL that we can use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DidError {
    /// Longer than [`MAX_DID`] bytes.
    #[error("a DID of {0} bytes; {MAX_DID} are accepted")]
    TooLong(usize),
    /// Not the syntax of DID Core §3.
    #[error("{0:?} is not a DID")]
    Syntax(String),
    /// A verification method must be named by a fragment.
    #[error("{0:?} names no verification method (no `#…`)")]
    NoFragment(String),
    /// A path, parameter or query.
    #[error("{0:?}: a DID URL with a path or query is not accepted")]
    PathOrQuery(String),
    /// A method that we do not know.
    #[error("DID method {0:?} is not supported (key, jwk and web are)")]
    Method(String),
    /// A `did:web` that gives no https URL that we would fetch.
    #[error("{did:?} is not an acceptable did:web: {why}")]
    Web {
        /// The DID.
        did: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The key in a `did:key` or `did:jwk` is not one that we take.
    #[error("the key in the DID: {0}")]
    Key(#[from] KeyError),
    /// The key in a `did:jwk` does not decode.
    #[error("the key in the DID: {0}")]
    Encoding(EncodingError),
    /// The JSON in a `did:jwk` cannot be read.
    #[error("the key in the DID: {0}")]
    Json(crate::json::Error),
}

/// `idchar`s and colons, percent-encodings complete, not empty (DID Core §3.1).
fn is_method_specific_id(id: &str) -> bool {
    let mut bytes = id.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'%' => {
                bytes.next().is_some_and(|digit| digit.is_ascii_hexdigit())
                    && bytes.next().is_some_and(|digit| digit.is_ascii_hexdigit())
            }
            b'.' | b'-' | b'_' | b':' => true,
            other => other.is_ascii_alphanumeric(),
        };
        if !fits {
            return false;
        }
    }
    !id.is_empty()
}

/// At most 120 characters of a foreign text, for messages.
fn shown(text: &str) -> String {
    text.chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dids_are_taken_apart() {
        let did = Did::parse("did:web:example.com%3A3000:a").unwrap();
        assert_eq!((did.method(), did.method_specific_id()), ("web", "example.com%3A3000:a"));
        let url = DidUrl::parse("did:key:z6Mk#z6Mk").unwrap();
        assert_eq!((url.did().as_str(), url.fragment()), ("did:key:z6Mk", "z6Mk"));
        assert_eq!(url.to_string(), "did:key:z6Mk#z6Mk");
    }

    #[test]
    fn texts_that_are_not_dids_are_refused() {
        for bad in [
            "",
            "did",
            "did:",
            "did:web",
            "did:web:",
            "did:Web:a",
            "did::a",
            "DID:web:a",
            "did:web:a ",
            "did:web:a\n",
            "did:web:ä",
            "did:web:a%3",
            "did:web:a%zz",
            "did:web:a:",
            "did:web:a/b",
            "did:web:a#b",
            "did:web:a@b",
            "https://a",
        ] {
            assert!(matches!(Did::parse(bad), Err(DidError::Syntax(_))), "{bad:?}");
        }
        let long = format!("did:web:{}", "a".repeat(MAX_DID));
        assert!(matches!(Did::parse(&long), Err(DidError::TooLong(_))));
    }

    #[test]
    fn verification_methods_are_named_by_a_fragment_and_nothing_else() {
        assert!(matches!(DidUrl::parse("did:web:a"), Err(DidError::NoFragment(_))));
        assert!(matches!(DidUrl::parse("did:web:a/p#k"), Err(DidError::PathOrQuery(_))));
        assert!(matches!(DidUrl::parse("did:web:a?x=1#k"), Err(DidError::PathOrQuery(_))));
        assert!(matches!(DidUrl::parse("did:web:a#"), Err(DidError::Syntax(_))));
        assert!(matches!(DidUrl::parse("did:web:a#b#c"), Err(DidError::Syntax(_))));
        assert!(matches!(DidUrl::parse("https://a.example#k"), Err(DidError::Syntax(_))));
    }
}
