//! A private key: made, used, wiped.

use std::fmt;

use ed25519_dalek::Signer as _;
use josekit::jwk::KeyPair as _;
use josekit::jwk::alg::rsa::RsaKeyPair;
use josekit::jws::alg::ecdsa::EcdsaJwsSigner;
use josekit::jws::alg::rsassa::RsassaJwsSigner;
use josekit::jws::{ES256, JwsSigner as _, RS256};
use zeroize::Zeroizing;

use super::{KeyError, KeyType, PublicKey, multikey};
use crate::world::Random;

/// A private key with the public key that we derived from it ourselves.
///
/// It never shows itself: `Debug` names the public key only, and the secret bytes are wiped from
/// memory when it is dropped. It is not `Clone`: share it in an `Arc`.
pub struct PrivateKey {
    public: PublicKey,
    pub(super) secret: Secret,
}

pub(super) enum Secret {
    Ed25519(ed25519_dalek::SigningKey),
    P256 { key: p256::ecdsa::SigningKey, signer: EcdsaJwsSigner },
    P384(p384::ecdsa::SigningKey),
    Rsa { pkcs8: Zeroizing<Vec<u8>>, signer: RsassaJwsSigner },
}

/// RSA keys are made with this many bits unless more are asked for.
const RSA_DEFAULT_BITS: u32 = 2048;

impl PrivateKey {
    /// Makes a key. RSA keys (2048 bits) come from OpenSSL and its own random numbers; the others
    /// from `random`.
    ///
    /// # Errors
    /// [`KeyError::Private`] when OpenSSL cannot make an RSA key.
    pub fn generate(key_type: KeyType, random: &Random) -> Result<Self, KeyError> {
        let seed = |bytes: &mut [u8]| random.fill(bytes);
        match key_type {
            KeyType::Ed25519 => {
                let mut bytes = Zeroizing::new([0; 32]);
                seed(&mut *bytes);
                Self::ed25519(&*bytes)
            }
            // Out of range about once in 2^32 tries on P-256: draw again.
            KeyType::P256 => loop {
                let mut bytes = Zeroizing::new([0; 32]);
                seed(&mut *bytes);
                if let Ok(key) = Self::p256(&*bytes) {
                    return Ok(key);
                }
            },
            KeyType::P384 => loop {
                let mut bytes = Zeroizing::new([0; 48]);
                seed(&mut *bytes);
                if let Ok(key) = Self::p384(&*bytes) {
                    return Ok(key);
                }
            },
            KeyType::Rsa => Self::generate_rsa(RSA_DEFAULT_BITS),
        }
    }

    /// Makes an RSA key of `bits` bits, exponent 65537.
    ///
    /// # Errors
    /// [`KeyError::RsaSize`] for a size that we would not accept ourselves, [`KeyError::Private`]
    /// when OpenSSL cannot make the key.
    pub fn generate_rsa(bits: u32) -> Result<Self, KeyError> {
        if !(super::RSA_MIN_BITS..=super::RSA_MAX_BITS).contains(&(bits as usize)) {
            return Err(KeyError::RsaSize(bits as usize));
        }
        let pair = RsaKeyPair::generate(bits).map_err(|_| KeyError::Private(KeyType::Rsa))?;
        Self::rsa(pair)
    }

    /// The public key.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// What kind of key it is.
    pub fn key_type(&self) -> KeyType {
        self.public.key_type()
    }

    /// Signs `message` as the key's JWS algorithm does: Ed25519; ECDSA as `r ‖ s` with SHA-256 or
    /// SHA-384; RSA PKCS#1 v1.5 with SHA-256. RSA and P-256 sign through josekit and OpenSSL, with
    /// one signer kept per key.
    ///
    /// # Errors
    /// [`KeyError::Private`] when OpenSSL fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let failed = |_| KeyError::Private(self.key_type());
        match &self.secret {
            Secret::P256 { signer, .. } => signer.sign(message).map_err(failed),
            Secret::Rsa { signer, .. } => signer.sign(message).map_err(failed),
            Secret::Ed25519(_) | Secret::P384(_) => self.sign_deterministic(message),
        }
    }

    /// Signs like [`sign`](Self::sign), and gives the same signature for the same message: ECDSA
    /// takes its nonce from key and message (RFC 6979), so no weak random number can give the key
    /// away. Data Integrity proofs are made with it.
    ///
    /// # Errors
    /// [`KeyError::Private`] when OpenSSL fails (RSA).
    pub fn sign_deterministic(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match &self.secret {
            Secret::Ed25519(key) => Ok(key.sign(message).to_bytes().to_vec()),
            Secret::P256 { key, .. } => {
                use p256::ecdsa::signature::Signer as _;
                let signature: p256::ecdsa::Signature = key.sign(message);
                Ok(signature.to_bytes().to_vec())
            }
            Secret::P384(key) => {
                use p384::ecdsa::signature::Signer as _;
                let signature: p384::ecdsa::Signature = key.sign(message);
                Ok(signature.to_bytes().to_vec())
            }
            Secret::Rsa { .. } => self.sign(message),
        }
    }

    /// An Ed25519 key from its 32-byte seed.
    ///
    /// # Errors
    /// Wrong length.
    pub fn ed25519(seed: &[u8]) -> Result<Self, KeyError> {
        let seed: &[u8; 32] = seed.try_into().map_err(|_| KeyError::Private(KeyType::Ed25519))?;
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = PublicKey::ed25519(key.verifying_key().as_bytes())?;
        Ok(Self { public, secret: Secret::Ed25519(key) })
    }

    /// A P-256 key from its 32-byte scalar.
    ///
    /// # Errors
    /// Wrong length, zero, or not below the order of the curve.
    pub fn p256(scalar: &[u8]) -> Result<Self, KeyError> {
        let invalid = || KeyError::Private(KeyType::P256);
        let key = p256::ecdsa::SigningKey::from_slice(scalar).map_err(|_| invalid())?;
        if scalar.len() != 32 {
            return Err(invalid());
        }
        let public = PublicKey::p256(key.verifying_key().to_sec1_point(false).as_bytes())?;
        let der = super::private_pem::p256_pkcs8(&key)?;
        let signer = ES256.signer_from_der(der.as_slice()).map_err(|_| invalid())?;
        Ok(Self { public, secret: Secret::P256 { key, signer } })
    }

    /// A P-384 key from its 48-byte scalar.
    ///
    /// # Errors
    /// Wrong length, zero, or not below the order of the curve.
    pub fn p384(scalar: &[u8]) -> Result<Self, KeyError> {
        let invalid = || KeyError::Private(KeyType::P384);
        let key = p384::ecdsa::SigningKey::from_slice(scalar).map_err(|_| invalid())?;
        if scalar.len() != 48 {
            return Err(invalid());
        }
        let public = PublicKey::p384(key.verifying_key().to_sec1_point(false).as_bytes())?;
        Ok(Self { public, secret: Secret::P384(key) })
    }

    /// A key from a private multikey (`z3u2…`), as test vectors and some tools write it.
    ///
    /// # Errors
    /// Not such a text, or not a valid key.
    pub fn from_multikey(text: &str) -> Result<Self, KeyError> {
        let (key_type, bytes) = multikey::private_multikey(text)?;
        match key_type {
            KeyType::Ed25519 => Self::ed25519(&bytes),
            KeyType::P256 => Self::p256(&bytes),
            KeyType::P384 => Self::p384(&bytes),
            KeyType::Rsa => Err(KeyError::UnknownMultikey),
        }
    }

    /// An RSA key that josekit has read or made. Sizes are checked, and one signature is made and
    /// checked: parts that do not belong together are found here, not at the first badge.
    pub(super) fn rsa(pair: RsaKeyPair) -> Result<Self, KeyError> {
        let pkcs8 = Zeroizing::new(pair.to_der_private_key());
        let public = PublicKey::from_spki_der(&pair.to_der_public_key())?;
        let signer =
            RS256.signer_from_der(pkcs8.as_slice()).map_err(|_| KeyError::Private(KeyType::Rsa))?;
        let key = Self { public, secret: Secret::Rsa { pkcs8, signer } };
        let probe = b"the parts of this key belong together";
        if key.public.verifies(probe, &key.sign(probe)?) {
            Ok(key)
        } else {
            Err(KeyError::Private(KeyType::Rsa))
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({:?})", self.public)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_key_signs_and_checks_and_refuses_what_was_changed() {
        let random = Random::seeded(1);
        for key_type in [KeyType::Ed25519, KeyType::P256, KeyType::P384, KeyType::Rsa] {
            let key = PrivateKey::generate(key_type, &random).unwrap();
            for signature in
                [key.sign(b"badge").unwrap(), key.sign_deterministic(b"badge").unwrap()]
            {
                assert_eq!(signature.len(), key.public().signature_length());
                assert!(key.public().verifies(b"badge", &signature));
                assert!(!key.public().verifies(b"Badge", &signature));
                for at in 0..signature.len() {
                    let mut changed = signature.clone();
                    changed[at] ^= 1;
                    assert!(!key.public().verifies(b"badge", &changed), "{key_type} byte {at}");
                }
                assert!(!key.public().verifies(b"badge", &signature[1..]));
                assert!(!key.public().verifies(b"badge", &[&signature[..], &[0]].concat()));
                assert!(!key.public().verifies(b"badge", &[]));
            }
        }
    }

    #[test]
    fn deterministic_ecdsa_gives_the_signature_of_the_rfc() {
        use crate::proof::encoding::hex;
        // RFC 6979 appendix A.2.5, message "sample", SHA-256
        let scalar = "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721";
        let bytes: Vec<u8> = (0..32)
            .map(|at| u8::from_str_radix(&scalar[at * 2..at * 2 + 2], 16).unwrap())
            .collect();
        let key = PrivateKey::p256(&bytes).unwrap();
        assert_eq!(
            hex(&key.sign_deterministic(b"sample").unwrap()),
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716\
             f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
        );
    }

    #[test]
    fn ed25519_signs_as_the_rfc_says() {
        use crate::proof::encoding::hex;
        // RFC 8032 §7.1, test 1
        let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let bytes: Vec<u8> =
            (0..32).map(|at| u8::from_str_radix(&seed[at * 2..at * 2 + 2], 16).unwrap()).collect();
        let key = PrivateKey::ed25519(&bytes).unwrap();
        assert_eq!(
            hex(&key.public().to_bytes()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        );
        assert_eq!(
            hex(&key.sign(b"").unwrap()),
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        );
    }

    #[test]
    fn a_private_key_never_shows_itself() {
        let key = PrivateKey::ed25519(&[7; 32]).unwrap();
        let shown = format!("{key:?}");
        assert!(!shown.contains("0707"));
        assert!(!shown.contains("7, 7"));
        assert!(shown.contains(&key.public().fingerprint().to_string()));
    }

    #[test]
    fn scalars_out_of_range_are_refused() {
        assert!(PrivateKey::p256(&[0; 32]).is_err());
        assert!(PrivateKey::p256(&[0xff; 32]).is_err());
        assert!(PrivateKey::p256(&[1; 31]).is_err());
        assert!(PrivateKey::p384(&[0; 48]).is_err());
        assert!(PrivateKey::ed25519(&[1; 31]).is_err());
        assert_eq!(PrivateKey::generate_rsa(1024).unwrap_err(), KeyError::RsaSize(1024));
    }
}
