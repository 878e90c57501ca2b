//! Canonical forms of the suites over JSON: what document and proof say (RFC 8785).

use super::{Part, SuiteError, malformed};
use crate::json::{Object, Value};
use crate::linked_data::jcs;

/// The canonical text of a proof configuration. A context in it is signed as it stands.
pub(super) fn configuration(configuration: Object<'_>) -> Result<String, SuiteError> {
    canonical(configuration, Part::Proof)
}

/// The canonical text of a document.
///
/// If the proof says which contexts it was made under, the document's must begin with them, and
/// those are the ones that were signed (EdDSA §3.3.2 step 4, ECDSA §3.3.2 step 4). What follows them
/// was added later; it is returned, for no signature covers it.
pub(super) fn document(
    mut document: Object<'_>,
    proof: &Object<'_>,
) -> Result<(String, usize), SuiteError> {
    let mut unsigned = 0;
    if let Some(signed) = proof.get("@context") {
        let (signed_entries, entries) =
            (signed.items(), document.get("@context").map(Value::items).unwrap_or_default());
        if signed_entries.is_empty() || !entries.starts_with(signed_entries) {
            return Err(malformed("@context", "is not how the document's context begins"));
        }
        unsigned = entries.len() - signed_entries.len();
        let signed = signed.clone().into_owned();
        document.insert("@context", signed);
    }
    Ok((canonical(document, Part::Document)?, unsigned))
}

fn canonical(object: Object<'_>, part: Part) -> Result<String, SuiteError> {
    jcs::canonicalize(&Value::Object(object)).map_err(|error| SuiteError::Canonical { part, error })
}
