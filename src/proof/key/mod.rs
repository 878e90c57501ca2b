//! Keys: what they are, how they are written, what they can do.

mod example;
mod file;
mod jwk;
mod multikey;
mod pem;
mod private;
mod private_jwk;
mod private_pem;
mod public;
#[cfg(feature = "encrypted-keys")]
mod sealed;

use std::fmt;

pub use example::is_example;
pub use file::{FileFormat, KeyFileError, Passphrase, read_key_file, write_key_file};
pub use private::PrivateKey;
pub use public::{Fingerprint, PublicKey};

use super::encoding::EncodingError;

/// The kinds of key that we sign or check with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyType {
    /// Ed25519 (RFC 8032): `eddsa-rdfc-2022`, `eddsa-jcs-2022`, JWS `EdDSA`.
    Ed25519,
    /// ECDSA on P-256 with SHA-256: `ecdsa-rdfc-2019`, `ecdsa-sd-2023`, JWS `ES256`.
    P256,
    /// ECDSA on P-384 with SHA-384: `ecdsa-rdfc-2019`, `ecdsa-jcs-2019`.
    P384,
    /// RSA of 2048 to 4096 bits, PKCS#1 v1.5 with SHA-256: JWS `RS256`.
    Rsa,
}

impl KeyType {
    /// The word used in names of key files and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::P256 => "p256",
            Self::P384 => "p384",
            Self::Rsa => "rsa",
        }
    }

    /// The key type with this [name](Self::as_str).
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Ed25519, Self::P256, Self::P384, Self::Rsa].into_iter().find(|t| t.as_str() == name)
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ed25519 => "Ed25519",
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::Rsa => "RSA",
        })
    }
}

/// Smallest RSA modulus accepted, in bits.
pub const RSA_MIN_BITS: usize = 2048;
/// Largest RSA modulus accepted, in bits: above it a signature costs more than it proves.
pub const RSA_MAX_BITS: usize = 4096;

/// Why bytes or a document are not a key that we accept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A text encoding is wrong.
    #[error("{what}: {error}")]
    Encoding {
        /// Which member or part.
        what: &'static str,
        /// What is wrong with it.
        error: EncodingError,
    },
    /// A multikey whose code is not one of ours.
    #[error("multikey of a kind that is not supported (Ed25519, P-256 and P-384 are)")]
    UnknownMultikey,
    /// The number of bytes does not fit the kind of key.
    #[error("{what} has {found} bytes, not {expected}")]
    Length {
        /// Which member or part.
        what: &'static str,
        /// How many bytes there are.
        found: usize,
        /// How many there must be.
        expected: usize,
    },
    /// The bytes are not a point of the curve.
    #[error("not a point on {0}")]
    NotOnCurve(KeyType),
    /// An Ed25519 key of small order: signatures under it prove nothing (RFC 8032 §5.1, and
    /// `verify_strict`).
    #[error("an Ed25519 key of small order, under which anything verifies")]
    SmallOrder,
    /// An RSA modulus that is too small or too large.
    #[error("an RSA key of {0} bits; {RSA_MIN_BITS} to {RSA_MAX_BITS} are accepted")]
    RsaSize(usize),
    /// An RSA exponent below 65537, even, or over 64 bits.
    #[error("an RSA public exponent that is not an odd number from 65537 to 2^64")]
    RsaExponent,
    /// An RSA modulus that is an even number or spelled with leading zero bytes.
    #[error("a malformed RSA modulus")]
    RsaModulus,
    /// A JWK that is not an object.
    #[error("a JWK must be an object, not {0}")]
    JwkKind(&'static str),
    /// A JWK without a member that it must have, or one of the wrong kind.
    #[error("JWK member `{0}` is missing or not a text")]
    JwkMember(&'static str),
    /// A kind of key or curve that we do not check with, symmetric keys among them.
    #[error("JWK with {member} {value:?} is not accepted")]
    JwkUnsupported {
        /// `kty` or `crv`.
        member: &'static str,
        /// Its value.
        value: String,
    },
    /// `alg`, `use` or `key_ops` say that the key is not for checking such signatures
    /// (RFC 7517 §4.2–4.4).
    #[error("JWK member `{0}` does not allow checking signatures with this key")]
    JwkPurpose(&'static str),
    /// A private or symmetric member in a key that should be public.
    #[error("the key holds the private member `{0}`")]
    PrivateMember(&'static str),
    /// Not a PEM text with one block of the kind expected.
    #[error("not a PEM text holding {0}")]
    Pem(&'static str),
    /// Not the ASN.1 structure it should be.
    #[error("not a DER encoded {0}")]
    Der(&'static str),
    /// A private key that is out of range, or whose public part is not its own.
    #[error("not a valid {0} private key")]
    Private(KeyType),
    /// A private key was expected and the document holds only a public one.
    #[error("the document holds no private key")]
    NotPrivate,
}

impl KeyError {
    pub(crate) fn encoding(what: &'static str) -> impl FnOnce(EncodingError) -> Self {
        move |error| Self::Encoding { what, error }
    }
}
