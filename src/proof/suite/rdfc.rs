//! Canonical forms of the suites over RDF: what document and proof mean, as N-Quads.

use super::{Part, SuiteError};
use crate::json::{Object, Value};
use crate::linked_data::{self, Contexts, Hash, Options};
use crate::proof::key::KeyType;

/// The canonical N-Quads of a document.
pub(super) fn document(
    document: Object<'_>,
    key: KeyType,
    contexts: &Contexts,
) -> Result<String, SuiteError> {
    canonical(document, Part::Document, key, contexts)
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
    canonical(with_context, Part::Proof, key, contexts)
}

fn canonical(
    object: Object<'_>,
    part: Part,
    key: KeyType,
    contexts: &Contexts,
) -> Result<String, SuiteError> {
    let hash = if key == KeyType::P384 { Hash::Sha384 } else { Hash::Sha256 };
    let options = Options { hash, ..Options::default() };
    linked_data::canonicalize(&Value::Object(object), contexts, &options)
        .map(|canonical| canonical.nquads)
        .map_err(|error| SuiteError::Canonical { part, error })
}
