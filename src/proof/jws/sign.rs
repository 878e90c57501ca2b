//! Making a compact JWS.

use super::JwsError;
use super::header::Algorithm;
use crate::proof::encoding::base64url;
use crate::proof::key::{KeyError, PrivateKey};

/// What goes into the header besides `alg`, which follows from the key.
#[derive(Clone, Debug, Default)]
pub struct SignHeader<'a> {
    /// The URL or DID URL where the public key is published.
    pub kid: Option<&'a str>,
    /// The kind of token, for instance `JWT` (Open Badges 3.0) or `vc+jwt` (VC-JOSE-COSE).
    pub typ: Option<&'a str>,
    /// The content type, for instance `vc` (VC-JOSE-COSE).
    pub cty: Option<&'a str>,
}

/// Signs `payload` with the algorithm of the key: RS256 and ES256 through josekit, EdDSA.
///
/// # Errors
/// [`JwsError::Key`]: the kind of key has no algorithm here (P-384), or OpenSSL failed.
pub fn sign(payload: &[u8], header: &SignHeader<'_>, key: &PrivateKey) -> Result<String, JwsError> {
    let algorithm = Algorithm::for_key(key.key_type()).ok_or(KeyError::JwkPurpose("alg"))?;
    let mut members = serde_json::Map::new();
    members.insert("alg".into(), algorithm.as_str().into());
    for (name, value) in [("kid", header.kid), ("typ", header.typ), ("cty", header.cty)] {
        if let Some(value) = value {
            members.insert(name.into(), value.into());
        }
    }
    let header = serde_json::Value::Object(members).to_string();
    let mut token = base64url(header.as_bytes());
    token.push('.');
    token.push_str(&base64url(payload));
    let signature = key.sign(token.as_bytes())?;
    token.push('.');
    token.push_str(&base64url(&signature));
    Ok(token)
}
