//! `did:key`: a DID that is its own Ed25519, P-256 or P-384 key.

use super::method::{KeyMaterial, VerificationMethod};
use super::{ControllerDocument, Did, DidError};
use crate::proof::key::PublicKey;

/// The document that the DID stands for: one verification method, `did#multikey`, for every
/// relationship (did:key method, "Document Creation").
pub(super) fn document(did: &Did) -> Result<ControllerDocument, DidError> {
    let multikey = did.method_specific_id();
    let key = PublicKey::from_multikey(multikey)?;
    let method = VerificationMethod {
        id: format!("{did}#{multikey}"),
        controller: did.to_string(),
        type_name: "Multikey".into(),
        revoked: None,
        expires: None,
        material: KeyMaterial::Key(key),
    };
    Ok(ControllerDocument::of_one_key(did.to_string(), method, true))
}
