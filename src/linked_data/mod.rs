//! Linked data: JSON-LD 1.1 documents to RDF, and RDF to one canonical text.
//!
//! A signature over a JSON-LD document covers the canonical N-Quads of what it means, not its
//! bytes. Three specifications lie on the way:
//!
//! | step | specification | here |
//! | --- | --- | --- |
//! | what each term means | JSON-LD 1.1 API §4, §5.2 | `context` |
//! | the document as quads | JSON-LD 1.1 API §5, §7.2, §8 | `expand` |
//! | one text for all documents that say the same | RDFC-1.0 | [`rdfc10`] |
//!
//! Beside them [`nquads`] reads N-Quads, [`rename`] gives a document in the terms of another context,
//! and [`jcs`] is the other road to one text: RFC 8785, for
//! documents that are signed as JSON.
//!
//! What JSON-LD drops without a word no signature covers. In safe mode, which is the default, each
//! such part is an error that names it and points to it: see [`Refusal`].
//!
//! Nothing is fetched: the contexts that documents may name are in [`Contexts`], compiled at first
//! use and shared by all who hold it.

mod context;
mod error;
mod expand;
mod hash;
mod iri;
pub mod jcs;
mod keyword;
pub mod nquads;
mod number;
mod options;
mod origin;
mod parts;
#[cfg(test)]
mod parts_tests;
mod quads;
pub mod rdfc10;
pub mod rename;
#[cfg(test)]
mod tests;

use sha2::{Digest, Sha256, Sha384};

use crate::json;

pub use context::registry::Contexts;
pub use error::{Error, ErrorCode, Refusal};
pub use options::{Hash, Limit, Limits, Options, RdfDirection};
pub use origin::{Origin, Traced, trace};
pub use parts::Parts;
pub use quads::Dataset;
pub use rdfc10::Canonical;

/// A document to be read: a JSON value, or all of it but one member of its top, as a proof covers
/// the document that it stands in.
#[derive(Clone, Copy, Debug)]
pub struct Document<'v> {
    value: &'v json::Value<'v>,
    without: Option<&'v str>,
    parts: Option<&'v Parts>,
}

impl<'v> Document<'v> {
    /// All of the document but the member `name` of its top.
    pub fn without(self, name: &'v str) -> Self {
        Self { without: Some(name), ..self }
    }

    /// The same document; what is among `parts` need not be expanded again.
    pub fn with(self, parts: &'v Parts) -> Self {
        Self { parts: Some(parts), ..self }
    }

    /// The value that it is read from, with the member that is left out.
    pub fn value(self) -> &'v json::Value<'v> {
        self.value
    }
}

impl<'v> From<&'v json::Value<'v>> for Document<'v> {
    fn from(value: &'v json::Value<'v>) -> Self {
        Self { value, without: None, parts: None }
    }
}

/// Expands a JSON-LD document and turns it into RDF (JSON-LD 1.1 API, `toRdf()`, §9.1).
///
/// # Errors
/// What the specification calls an error, what safe mode refuses, an unknown context, or a limit.
pub fn to_rdf<'v>(
    document: impl Into<Document<'v>>,
    contexts: &Contexts,
    options: &Options,
) -> Result<Dataset, Error> {
    expand::expand(document.into(), contexts, options)
}

/// The canonical form of a JSON-LD document: [`to_rdf`], then [`rdfc10::canonicalize`].
///
/// # Errors
/// As these two.
pub fn canonicalize<'v>(
    document: impl Into<Document<'v>>,
    contexts: &Contexts,
    options: &Options,
) -> Result<Canonical, Error> {
    rdfc10::canonicalize(&to_rdf(document, contexts, options)?, options)
}

/// The SHA-256 hash of the canonical form, which is all that most signatures need. The form itself
/// is hashed as it is written, and never stands anywhere as a whole.
///
/// # Errors
/// As [`canonicalize`].
pub fn canonical_hash<'v>(
    document: impl Into<Document<'v>>,
    contexts: &Contexts,
    options: &Options,
) -> Result<[u8; 32], Error> {
    let mut hasher = Sha256::new();
    let dataset = to_rdf(document, contexts, options)?;
    rdfc10::write_canonical(&dataset, options, |lines| hasher.update(lines))?;
    Ok(hasher.finalize().into())
}

/// As [`canonical_hash`], with SHA-384 for the canonical text.
///
/// # Errors
/// As [`canonicalize`].
pub fn canonical_hash_384<'v>(
    document: impl Into<Document<'v>>,
    contexts: &Contexts,
    options: &Options,
) -> Result<[u8; 48], Error> {
    let mut hasher = Sha384::new();
    let dataset = to_rdf(document, contexts, options)?;
    rdfc10::write_canonical(&dataset, options, |lines| hasher.update(lines))?;
    Ok(hasher.finalize().into())
}
