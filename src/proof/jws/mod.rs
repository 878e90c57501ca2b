//! Compact JWS (RFC 7515) with the algorithms RS256, ES256 and EdDSA, behind a parser that refuses
//! whatever two readers could take differently.
//!
//! The header says how a token *claims* to be signed. Which key may sign for the issuer comes from
//! the issuer's own documents: nothing in a token ever chooses the key that it is checked with.

mod compact;
mod header;
mod sign;

pub use compact::{Compact, MAX_TOKEN};
pub use header::{Algorithm, Header, MAX_HEADER, Typ, VcProfile};
pub use sign::{SignHeader, sign};

use super::encoding::EncodingError;
use super::key::{KeyError, KeyType, PublicKey};
use crate::json;

/// Longest signature read, in bytes: that of the largest RSA key.
const MAX_SIGNATURE: usize = super::key::RSA_MAX_BITS / 8;

/// Checks the signature of a token with the key that the issuer's documents gave.
///
/// # Errors
/// [`VerifyError`]: the algorithm does not belong to the kind of key, the signature has not the
/// length of that algorithm, or it is not this key's signature over this token.
pub fn verify(token: &Compact<'_>, key: &PublicKey) -> Result<(), VerifyError> {
    let algorithm = token.header().algorithm();
    if algorithm.key_type() != key.key_type() {
        return Err(VerifyError::Algorithm { algorithm, key: key.key_type() });
    }
    let (found, expected) = (token.signature().len(), key.signature_length());
    if found != expected {
        return Err(VerifyError::Length { found, expected });
    }
    if key.verifies(token.signing_input().as_bytes(), token.signature()) {
        Ok(())
    } else {
        Err(VerifyError::Signature)
    }
}

/// Why a token's signature does not hold under a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// `alg` is for another kind of key (RFC 8725 §3.1).
    #[error("the token claims {algorithm}, which is not for an {key} key")]
    Algorithm {
        /// What the header claims.
        algorithm: Algorithm,
        /// The kind of the issuer's key.
        key: KeyType,
    },
    /// The signature has not the length that algorithm and key give it.
    #[error("the signature has {found} bytes, not {expected}")]
    Length {
        /// How many bytes there are.
        found: usize,
        /// How many there must be.
        expected: usize,
    },
    /// The key did not sign these bytes.
    #[error("the signature does not match the token and the key")]
    Signature,
}

/// Why a text is not a compact JWS that we take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Longer than [`MAX_TOKEN`] bytes; nothing was decoded.
    #[error("the token has {0} bytes, more than {MAX_TOKEN}")]
    TooLong(usize),
    /// Not exactly three parts between dots: JSON serialisations and JWE are not taken.
    #[error("the token has {0} parts between dots, not three")]
    Parts(usize),
    /// An empty part, such as the signature of an unsecured token.
    #[error("the {0} of the token is empty")]
    Empty(&'static str),
    /// The header is longer than [`MAX_HEADER`] bytes, or the signature longer than any.
    #[error("the {0} of the token is too long")]
    PartTooLong(&'static str),
    /// A part is not strict base64url.
    #[error("the {part} of the token: {error}")]
    Encoding {
        /// Which part.
        part: &'static str,
        /// What is wrong with it.
        error: EncodingError,
    },
    /// The header is not strict JSON; duplicate members are among the reasons.
    #[error("the header of the token: {0}")]
    HeaderJson(json::Error),
    /// The header is not an object.
    #[error("the header of the token must be an object, not {0}")]
    HeaderKind(&'static str),
    /// `alg` is missing, not a text, or not one of RS256, ES256, EdDSA.
    #[error("`alg` {0} is not accepted (RS256, ES256 and EdDSA are)")]
    Algorithm(String),
    /// A member that changes how the token is read: `crit`, `b64`, `zip`, `enc`.
    #[error("header member `{0}` is not accepted")]
    Forbidden(&'static str),
    /// A header member is not of the kind it must be.
    #[error("header member `{0}` is not a text")]
    MemberKind(&'static str),
    /// `typ` names another kind of token.
    #[error("`typ` {0:?} is not the type of a badge or credential")]
    Type(String),
    /// Signing failed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

#[cfg(test)]
mod tests;
