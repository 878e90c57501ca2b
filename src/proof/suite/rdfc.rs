//! Canonical forms of the suites over RDF: what document and proof mean, as N-Quads.

use super::prepared::digest;
use super::template::Template;
use super::{Part, Proof, SuiteError};
use crate::json::{Object, Value};
use crate::linked_data::{self, Contexts, Document, Hash, Options};
use crate::proof::key::KeyType;

/// The canonical N-Quads of a document.
pub(super) fn document(
    document: &Value<'_>,
    key: KeyType,
    contexts: &Contexts,
) -> Result<String, SuiteError> {
    canonical(document, Part::Document, key, contexts)
}

/// The hash of the canonical N-Quads of a document.
pub(super) fn hash(
    document: Document<'_>,
    key: KeyType,
    contexts: &Contexts,
) -> Result<Vec<u8>, SuiteError> {
    let options = options(key);
    let hash = match options.hash {
        Hash::Sha256 => {
            linked_data::canonical_hash(document, contexts, &options).map(|hash| hash.to_vec())
        }
        Hash::Sha384 => {
            linked_data::canonical_hash_384(document, contexts, &options).map(|hash| hash.to_vec())
        }
    };
    hash.map_err(|error| SuiteError::Canonical { part: Part::Document, error })
}

/// The hash of the canonical N-Quads of a proof configuration: from a template where it says nothing
/// unusual.
pub(super) fn configuration_hash<'d>(
    document: &'d Value<'d>,
    proof: &Proof<'d>,
    key: KeyType,
    contexts: &Contexts,
) -> Result<Vec<u8>, SuiteError> {
    let context = document.get("@context");
    let text = match Template::fill(proof, context, key, contexts) {
        Some(text) => text,
        None => configuration(proof.configuration(), context, key, contexts)?,
    };
    Ok(digest(&text, key))
}

/// The canonical N-Quads of a proof configuration. It is read under the document's context (EdDSA
/// §3.2.5, ECDSA §3.2.5); one of its own may only repeat that, for readers differ on which they take.
pub(super) fn configuration(
    mut configuration: Object<'_>,
    context: Option<&Value<'_>>,
    key: KeyType,
    contexts: &Contexts,
) -> Result<String, SuiteError> {
    if let Some(own) = configuration.remove("@context")
        && Some(&own) != context
    {
        return Err(super::malformed("@context", "is not the document's context"));
    }
    let mut with_context = Object::default();
    if let Some(context) = context {
        with_context.insert("@context", context.clone());
    }
    for (name, value) in configuration.iter() {
        with_context.insert(name.to_owned(), value.clone());
    }
    canonical(&Value::Object(with_context), Part::Proof, key, contexts)
}

fn canonical(
    value: &Value<'_>,
    part: Part,
    key: KeyType,
    contexts: &Contexts,
) -> Result<String, SuiteError> {
    linked_data::canonicalize(value, contexts, &options(key))
        .map(|canonical| canonical.nquads)
        .map_err(|error| SuiteError::Canonical { part, error })
}

fn options(key: KeyType) -> Options {
    let hash = if key == KeyType::P384 { Hash::Sha384 } else { Hash::Sha256 };
    Options { hash, ..Options::default() }
}
