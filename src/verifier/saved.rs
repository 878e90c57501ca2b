//! A dossier as a file: judged again on another day, on another machine, with no network, also when
//! the issuer is gone.
//!
//! What it proves is what its documents prove, together with the word of whoever kept it that this
//! is what was served: the digests find damage, not forgery.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::dossier::{Dossier, Given};
use crate::json;
use crate::resolve::{Document, Outcome, Why, sha256_hex};

/// Longest file of a dossier, in bytes.
pub const MAX_DOSSIER: usize = 32 * 1024 * 1024;

const FORMAT: &str = "accolade-dossier";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File<D> {
    format: String,
    version: u32,
    dossier: D,
}

/// The head of a file, whatever its version.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

/// Why a file is no dossier that can be judged, or a dossier no file that could be read again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DossierError {
    /// It is too long.
    #[error("the dossier has {0} bytes; at most {MAX_DOSSIER} are kept")]
    TooLarge(usize),
    /// It is no dossier.
    #[error("this is no dossier: {0}")]
    Content(String),
    /// It was written by another version of this program.
    #[error("the dossier is of version {0}; this program reads version {VERSION}")]
    Version(u32),
    /// A document in it is not the one that was kept.
    #[error("the dossier is damaged: the document {url:?} has the SHA-256 {found}, not {stated}")]
    Damaged {
        /// The URL of the document; empty for the badge that was given.
        url: String,
        /// The digest of its bytes.
        found: String,
        /// The digest that the dossier states.
        stated: String,
    },
}

impl Dossier {
    /// The file of this dossier as the object that it holds, with its version.
    ///
    /// # Errors
    /// None that a dossier which was gathered can cause.
    pub fn to_value(&self) -> Result<Value, DossierError> {
        let file = File { format: FORMAT.to_owned(), version: VERSION, dossier: self };
        serde_json::to_value(&file).map_err(|error| DossierError::Content(error.to_string()))
    }

    /// The file of this dossier: JSON, one object, with its version.
    ///
    /// # Errors
    /// [`DossierError::TooLarge`].
    pub fn to_file(&self) -> Result<Vec<u8>, DossierError> {
        let bytes = self.to_value()?.to_string().into_bytes();
        if bytes.len() > MAX_DOSSIER {
            return Err(DossierError::TooLarge(bytes.len()));
        }
        Ok(bytes)
    }

    /// Reads the file of a dossier and holds each document to its digest.
    ///
    /// # Errors
    /// See [`DossierError`].
    pub fn of_file(bytes: &[u8]) -> Result<Self, DossierError> {
        if bytes.len() > MAX_DOSSIER {
            return Err(DossierError::TooLarge(bytes.len()));
        }
        let wrong = |error: &dyn std::fmt::Display| DossierError::Content(error.to_string());
        // Strict before anything is used: no member twice, no endless nesting.
        json::parse_bytes(bytes).map_err(|error| wrong(&error))?;
        let head: Head = serde_json::from_slice(bytes).map_err(|error| wrong(&error))?;
        if head.format != FORMAT {
            return Err(DossierError::Content(format!("its format is {:?}", head.format)));
        }
        if head.version != VERSION {
            return Err(DossierError::Version(head.version));
        }
        let file: File<Self> = serde_json::from_slice(bytes).map_err(|error| wrong(&error))?;
        let damaged = file.dossier.documents().find_map(damage);
        damaged.map_or(Ok(file.dossier), Err)
    }

    /// Every document in it, with what was given.
    fn documents(&self) -> impl Iterator<Item = &Document> {
        let given = match &self.given {
            Given::Badge(document) => Some(&**document),
            Given::Url(_) => None,
        };
        given.into_iter().chain(self.documents.iter().filter_map(|entry| match &entry.outcome {
            Outcome::Got(document) => Some(document),
            Outcome::Missing(Why::Gone(body)) => body.as_deref(),
            Outcome::Missing(_) | Outcome::Refused(_) => None,
        }))
    }
}

fn damage(document: &Document) -> Option<DossierError> {
    let found = sha256_hex(&document.bytes);
    (found != document.sha256).then(|| DossierError::Damaged {
        url: document.url.clone(),
        found,
        stated: document.sha256.clone(),
    })
}
