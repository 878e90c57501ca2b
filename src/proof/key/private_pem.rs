//! Private keys as PKCS#8 (RFC 5208, RFC 5958; RFC 8410 for Ed25519).

use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use josekit::jwk::alg::rsa::RsaKeyPair;
use p256::elliptic_curve::pkcs8::EncodePrivateKey as _;
use p256::pkcs8::der::Decode as _;
use p256::pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use zeroize::Zeroizing;

use super::pem::{block, write_block};
use super::private::Secret;
use super::{KeyError, KeyType, PrivateKey};

const OID_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const OID_EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const OID_P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const OID_P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const OID_ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// Version 1 PKCS#8 of an Ed25519 seed up to the seed itself. Version 2, which also holds the
/// public key, is not read by OpenSSL.
const ED25519_PREFIX: [u8; 16] =
    [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

impl PrivateKey {
    /// Reads a PEM text with one unencrypted `PRIVATE KEY` (PKCS#8) block.
    ///
    /// # Errors
    /// Not such a text, another kind of key, or not a valid key. The message never quotes the text.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let (label, der) = block(text).ok_or(KeyError::Pem("a private key"))?;
        match label {
            "PRIVATE KEY" => Self::from_pkcs8_der(&der),
            "PUBLIC KEY" | "RSA PUBLIC KEY" => Err(KeyError::NotPrivate),
            _ => Err(KeyError::Pem("a PKCS#8 private key (BEGIN PRIVATE KEY)")),
        }
    }

    /// The PEM text of the PKCS#8 structure.
    ///
    /// # Errors
    /// [`KeyError::Private`] if the key cannot be encoded.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        Ok(Zeroizing::new(write_block("PRIVATE KEY", &self.to_pkcs8_der()?)))
    }

    fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        let malformed = || KeyError::Der("PKCS#8 private key");
        let info = PrivateKeyInfoRef::from_der(der).map_err(|_| malformed())?;
        let curve = info.algorithm.parameters_oid().ok();
        match (info.algorithm.oid, curve) {
            (OID_ED25519, _) => {
                let key = ed25519_dalek::SigningKey::from_pkcs8_der(der)
                    .map_err(|_| KeyError::Private(KeyType::Ed25519))?;
                Self::ed25519(key.as_bytes())
            }
            (OID_EC, Some(OID_P256)) => {
                let key = p256::SecretKey::from_pkcs8_der(der)
                    .map_err(|_| KeyError::Private(KeyType::P256))?;
                Self::p256(&Zeroizing::new(key.to_bytes()))
            }
            (OID_EC, Some(OID_P384)) => {
                let key = p384::SecretKey::from_pkcs8_der(der)
                    .map_err(|_| KeyError::Private(KeyType::P384))?;
                Self::p384(&Zeroizing::new(key.to_bytes()))
            }
            (OID_RSA, _) => {
                let pair =
                    RsaKeyPair::from_der(der).map_err(|_| KeyError::Private(KeyType::Rsa))?;
                Self::rsa(pair)
            }
            _ => Err(malformed()),
        }
    }

    pub(super) fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        match &self.secret {
            Secret::Ed25519(key) => {
                Ok(Zeroizing::new([&ED25519_PREFIX[..], &key.as_bytes()[..]].concat()))
            }
            Secret::P256 { key, .. } => p256_pkcs8(key),
            Secret::P384(key) => {
                let document = key.to_pkcs8_der().map_err(|_| KeyError::Private(KeyType::P384))?;
                Ok(Zeroizing::new(document.as_bytes().to_vec()))
            }
            Secret::Rsa { pkcs8, .. } => Ok(pkcs8.clone()),
        }
    }
}

pub(super) fn p256_pkcs8(key: &p256::ecdsa::SigningKey) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let document = key.to_pkcs8_der().map_err(|_| KeyError::Private(KeyType::P256))?;
    Ok(Zeroizing::new(document.as_bytes().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Random;

    #[test]
    fn private_keys_survive_pem() {
        for key_type in [KeyType::Ed25519, KeyType::P256, KeyType::P384, KeyType::Rsa] {
            let key = PrivateKey::generate(key_type, &Random::seeded(2)).unwrap();
            let read = PrivateKey::from_pem(&key.to_pem().unwrap()).unwrap();
            assert_eq!(read.public(), key.public());
            assert!(key.public().verifies(b"m", &read.sign(b"m").unwrap()));
        }
    }

    #[test]
    fn a_public_key_or_an_encrypted_one_is_named_as_such() {
        let key = PrivateKey::ed25519(&[3; 32]).unwrap();
        let public = key.public().to_pem();
        assert_eq!(PrivateKey::from_pem(&public).unwrap_err(), KeyError::NotPrivate);
        let sealed = key.to_pem().unwrap().replace("PRIVATE", "ENCRYPTED PRIVATE");
        assert!(matches!(PrivateKey::from_pem(&sealed), Err(KeyError::Pem(_))));
    }
}
