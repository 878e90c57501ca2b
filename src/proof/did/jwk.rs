//! `did:jwk`: a DID that is its own JWK.

use super::method::{KeyMaterial, VerificationMethod};
use super::{ControllerDocument, Did, DidError};
use crate::json;
use crate::proof::encoding::from_base64url;
use crate::proof::key::PublicKey;

/// The document that the DID stands for: one verification method, `did#0`.
pub(super) fn document(did: &Did) -> Result<ControllerDocument, DidError> {
    let bytes = from_base64url(did.method_specific_id()).map_err(DidError::Encoding)?;
    let jwk = json::parse_bytes(&bytes).map_err(DidError::Json)?;
    let key = PublicKey::from_jwk(&jwk)?;
    let method = VerificationMethod {
        id: format!("{did}#0"),
        controller: did.to_string(),
        type_name: "JsonWebKey".into(),
        revoked: None,
        expires: None,
        material: KeyMaterial::Key(key),
    };
    Ok(ControllerDocument::of_one_key(did.to_string(), method, true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::did::Relationship;
    use crate::proof::encoding::base64url;
    use crate::proof::key::{KeyError, PrivateKey};

    #[test]
    fn did_jwk_and_did_key_stand_for_their_key() {
        let key = PrivateKey::ed25519(&[5; 32]).unwrap();
        let jwk = key.public().to_jwk().to_string();
        let did = format!("did:jwk:{}", base64url(jwk.as_bytes()));
        let document = Did::parse(&did).unwrap().own_document().unwrap().unwrap();
        let method = document.find(&format!("{did}#0"), Relationship::Assertion).unwrap();
        assert_eq!(method.key().unwrap(), *key.public());
        assert!(document.find(&format!("{did}#1"), Relationship::Assertion).is_err());

        let multikey = key.public().to_multikey().unwrap();
        let did = format!("did:key:{multikey}");
        let document = Did::parse(&did).unwrap().own_document().unwrap().unwrap();
        let method = document.find(&format!("{did}#{multikey}"), Relationship::Assertion).unwrap();
        assert_eq!(method.key().unwrap(), *key.public());
        assert!(document.find(&did, Relationship::Assertion).is_err());
        assert_eq!(Did::parse("did:web:a.example").unwrap().own_document(), Ok(None));
    }

    #[test]
    fn didkey_didjwk_unusable_keys_are_refused() {
        let own = |did: &str| Did::parse(did).unwrap().own_document();
        assert!(own("did:key:z6Mk").is_err());
        assert!(own("did:key:6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2").is_err());
        assert_eq!(own("did:jwk:e30"), Err(DidError::Key(KeyError::JwkMember("kty"))));
        let private = PrivateKey::ed25519(&[5; 32]).unwrap().to_jwk().unwrap();
        let did = format!("did:jwk:{}", base64url(private.as_bytes()));
        assert_eq!(own(&did), Err(DidError::Key(KeyError::PrivateMember("d"))));
    }
}
