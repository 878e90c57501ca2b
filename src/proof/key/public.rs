//! A public key that was checked when it was made.

use std::fmt;
use std::sync::Arc;

use ed25519_dalek::VerifyingKey as Ed25519Key;
use josekit::jws::alg::ecdsa::EcdsaJwsVerifier;
use josekit::jws::alg::rsassa::RsassaJwsVerifier;
use josekit::jws::{ES256, JwsVerifier as _, RS256};
use sha2::{Digest as _, Sha256};

use super::{KeyError, KeyType, RSA_MAX_BITS, RSA_MIN_BITS};
use crate::proof::encoding::hex;

/// A public key. Whatever exists is usable: on its curve, not of small order, within the RSA sizes.
///
/// Cloning is cheap; the verifier that belongs to it is made once and shared.
#[derive(Clone)]
pub struct PublicKey(Arc<Kind>);

pub(super) enum Kind {
    Ed25519(Ed25519Key),
    P256 { key: p256::ecdsa::VerifyingKey, verifier: EcdsaJwsVerifier },
    P384(p384::ecdsa::VerifyingKey),
    Rsa(RsaPublic),
}

pub(super) struct RsaPublic {
    /// Big-endian, no leading zero bytes.
    pub(super) modulus: Vec<u8>,
    /// Big-endian, no leading zero bytes.
    pub(super) exponent: Vec<u8>,
    verifier: RsassaJwsVerifier,
}

impl PublicKey {
    /// What kind of key it is.
    pub fn key_type(&self) -> KeyType {
        match *self.0 {
            Kind::Ed25519(_) => KeyType::Ed25519,
            Kind::P256 { .. } => KeyType::P256,
            Kind::P384(_) => KeyType::P384,
            Kind::Rsa(_) => KeyType::Rsa,
        }
    }

    /// Whether `signature` is this key's signature over `message`: Ed25519 by `verify_strict`
    /// (no malleable `S`, no small-order points), ECDSA as `r ‖ s` of the curve's width with both
    /// in range, RSA as PKCS#1 v1.5 with SHA-256 of the modulus' length.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &*self.0 {
            Kind::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            // Ranges first: the library turns what it gets into ASN.1 without looking.
            Kind::P256 { verifier, .. } => {
                p256::ecdsa::Signature::from_slice(signature).is_ok()
                    && verifier.verify(message, signature).is_ok()
            }
            Kind::P384(key) => {
                use p384::ecdsa::signature::Verifier as _;
                p384::ecdsa::Signature::from_slice(signature)
                    .is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
            Kind::Rsa(rsa) => {
                signature.len() == rsa.modulus.len()
                    && rsa.verifier.verify(message, signature).is_ok()
            }
        }
    }

    /// How many bytes a signature of this key has.
    pub fn signature_length(&self) -> usize {
        match &*self.0 {
            Kind::Ed25519(_) | Kind::P256 { .. } => 64,
            Kind::P384(_) => 96,
            Kind::Rsa(rsa) => rsa.modulus.len(),
        }
    }

    /// SHA-256 of the DER encoded SubjectPublicKeyInfo: the same for a key however it is written.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(Sha256::digest(self.to_spki_der()).into())
    }

    /// An Ed25519 key from its 32 bytes.
    ///
    /// # Errors
    /// Wrong length, not on the curve, or of small order.
    pub fn ed25519(bytes: &[u8]) -> Result<Self, KeyError> {
        let array: &[u8; 32] = bytes.try_into().map_err(|_| KeyError::Length {
            what: "the Ed25519 key",
            found: bytes.len(),
            expected: 32,
        })?;
        let key =
            Ed25519Key::from_bytes(array).map_err(|_| KeyError::NotOnCurve(KeyType::Ed25519))?;
        if key.is_weak() {
            return Err(KeyError::SmallOrder);
        }
        // RFC 8032 §5.1.3: a y at or above the prime is a second spelling of the same point.
        if key.to_edwards().compress().as_bytes() != array {
            return Err(KeyError::NotOnCurve(KeyType::Ed25519));
        }
        Ok(Self(Arc::new(Kind::Ed25519(key))))
    }

    /// A P-256 key from its SEC 1 point, compressed or not.
    ///
    /// # Errors
    /// Not a point of the curve.
    pub fn p256(sec1: &[u8]) -> Result<Self, KeyError> {
        let not_on_curve = || KeyError::NotOnCurve(KeyType::P256);
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(sec1).map_err(|_| not_on_curve())?;
        let spki = super::pem::ec_spki(KeyType::P256, key.to_sec1_point(false).as_bytes());
        let verifier = ES256.verifier_from_der(spki).map_err(|_| not_on_curve())?;
        Ok(Self(Arc::new(Kind::P256 { key, verifier })))
    }

    /// A P-384 key from its SEC 1 point, compressed or not.
    ///
    /// # Errors
    /// Not a point of the curve.
    pub fn p384(sec1: &[u8]) -> Result<Self, KeyError> {
        let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(sec1)
            .map_err(|_| KeyError::NotOnCurve(KeyType::P384))?;
        Ok(Self(Arc::new(Kind::P384(key))))
    }

    /// An RSA key from its modulus and exponent, big-endian without leading zero bytes. Sizes are
    /// judged before any arithmetic.
    ///
    /// # Errors
    /// Modulus not of [`RSA_MIN_BITS`] to [`RSA_MAX_BITS`] bits or even; exponent below 65537,
    /// even, or over 64 bits.
    pub fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let (Some(top), Some(bottom)) = (modulus.first(), modulus.last()) else {
            return Err(KeyError::RsaSize(0));
        };
        let bits = (modulus.len() * 8).saturating_sub(top.leading_zeros() as usize);
        if *top == 0 {
            return Err(KeyError::RsaModulus);
        }
        if !(RSA_MIN_BITS..=RSA_MAX_BITS).contains(&bits) {
            return Err(KeyError::RsaSize(bits));
        }
        if bottom % 2 == 0 {
            return Err(KeyError::RsaModulus);
        }
        if exponent.len() > 8 || exponent.first().is_none_or(|top| *top == 0) {
            return Err(KeyError::RsaExponent);
        }
        let value = exponent.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        if value < 65537 || value % 2 == 0 {
            return Err(KeyError::RsaExponent);
        }
        let spki = super::pem::rsa_spki(modulus, exponent);
        let verifier = RS256.verifier_from_der(spki).map_err(|_| KeyError::RsaModulus)?;
        let (modulus, exponent) = (modulus.to_vec(), exponent.to_vec());
        Ok(Self(Arc::new(Kind::Rsa(RsaPublic { modulus, exponent, verifier }))))
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.0
    }

    /// The key for batch checks, if it is an Ed25519 key.
    pub(crate) fn as_ed25519(&self) -> Option<&Ed25519Key> {
        match &*self.0 {
            Kind::Ed25519(key) => Some(key),
            _ => None,
        }
    }

    /// The raw bytes: 32 for Ed25519, the compressed SEC 1 point on the other curves, the modulus
    /// for RSA.
    pub fn to_bytes(&self) -> Vec<u8> {
        match &*self.0 {
            Kind::Ed25519(key) => key.as_bytes().to_vec(),
            Kind::P256 { key, .. } => key.to_sec1_point(true).as_bytes().to_vec(),
            Kind::P384(key) => key.to_sec1_point(true).as_bytes().to_vec(),
            Kind::Rsa(rsa) => rsa.modulus.clone(),
        }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        match (&*self.0, &*other.0) {
            (Kind::Ed25519(a), Kind::Ed25519(b)) => a == b,
            (Kind::P256 { key: a, .. }, Kind::P256 { key: b, .. }) => a == b,
            (Kind::P384(a), Kind::P384(b)) => a == b,
            (Kind::Rsa(a), Kind::Rsa(b)) => a.modulus == b.modulus && a.exponent == b.exponent,
            _ => false,
        }
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} {})", self.key_type(), self.fingerprint())
    }
}

/// SHA-256 of a key's SubjectPublicKeyInfo; printed as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; 32]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}
