//! Private JSON Web Keys.

use josekit::jwk::alg::rsa::RsaKeyPair;
use josekit::jwk::{Jwk, KeyPair as _};
use zeroize::Zeroizing;

use super::jwk::{bytes, check_purpose, key_type_of, public_part};
use super::private::Secret;
use super::{KeyError, KeyType, PrivateKey};
use crate::json::Value;
use crate::proof::encoding::base64url;

impl PrivateKey {
    /// Reads a private JWK. The public members must be those of the private one, which we derive
    /// ourselves.
    ///
    /// # Errors
    /// What is wrong with which member.
    pub fn from_jwk(jwk: &Value<'_>) -> Result<Self, KeyError> {
        let members = jwk.as_object().ok_or_else(|| KeyError::JwkKind(jwk.kind()))?;
        let key_type = key_type_of(members)?;
        check_purpose(members, key_type, "sign")?;
        if !members.contains_key("d") {
            return Err(KeyError::NotPrivate);
        }
        let claimed = public_part(members, key_type)?;
        let key = if key_type == KeyType::Rsa {
            // Only the members that make the key: `alg` and `key_ops` were judged above.
            let parts: serde_json::Map<_, _> = ["kty", "n", "e", "d", "p", "q", "dp", "dq", "qi"]
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), members.get(name)?.as_str()?.into())))
                .collect();
            let pair = Jwk::from_map(parts)
                .and_then(|jwk| RsaKeyPair::from_jwk(&jwk))
                .map_err(|_| KeyError::Private(key_type))?;
            Self::rsa(pair)?
        } else {
            let secret = Zeroizing::new(bytes(members, "d")?);
            match key_type {
                KeyType::Ed25519 => Self::ed25519(&secret)?,
                KeyType::P256 => Self::p256(&secret)?,
                _ => Self::p384(&secret)?,
            }
        };
        if *key.public() == claimed { Ok(key) } else { Err(KeyError::Private(key_type)) }
    }

    /// The private JWK as text, without line breaks.
    ///
    /// # Errors
    /// [`KeyError::Private`] if the key cannot be encoded.
    pub fn to_jwk(&self) -> Result<Zeroizing<String>, KeyError> {
        let secret: Vec<(String, Zeroizing<String>)> = match &self.secret {
            Secret::Ed25519(key) => vec![("d".into(), Zeroizing::new(base64url(key.as_bytes())))],
            Secret::P256 { key, .. } => {
                let scalar = Zeroizing::new(key.to_bytes());
                vec![("d".into(), Zeroizing::new(base64url(&scalar)))]
            }
            Secret::P384(key) => {
                let scalar = Zeroizing::new(key.to_bytes());
                vec![("d".into(), Zeroizing::new(base64url(&scalar)))]
            }
            Secret::Rsa { pkcs8, .. } => {
                let failed = |_| KeyError::Private(KeyType::Rsa);
                let pair =
                    RsaKeyPair::from_der(pkcs8.as_slice()).map_err(failed)?.to_jwk_key_pair();
                ["d", "p", "q", "dp", "dq", "qi"]
                    .into_iter()
                    .filter_map(|name| {
                        let text = pair.parameter(name)?.as_str()?.to_owned();
                        Some((name.to_owned(), Zeroizing::new(text)))
                    })
                    .collect()
            }
        };
        // Written by hand: a JSON tree would leave copies of the secret behind.
        let mut text = Zeroizing::new(self.public().to_jwk().to_string());
        text.pop();
        text.reserve(4096);
        for (name, value) in &secret {
            text.push_str(",\"");
            text.push_str(name);
            text.push_str("\":\"");
            text.push_str(value);
            text.push('"');
        }
        text.push('}');
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;
    use crate::world::Random;

    #[test]
    fn private_keys_survive_jwk() {
        for key_type in [KeyType::Ed25519, KeyType::P256, KeyType::P384, KeyType::Rsa] {
            let key = PrivateKey::generate(key_type, &Random::seeded(3)).unwrap();
            let text = key.to_jwk().unwrap();
            let read = PrivateKey::from_jwk(&json::parse(&text).unwrap()).unwrap();
            assert_eq!(read.public(), key.public());
            assert!(key.public().verifies(b"m", &read.sign(b"m").unwrap()));
        }
    }

    #[test]
    fn a_public_part_of_another_key_is_refused() {
        let mine = PrivateKey::ed25519(&[1; 32]).unwrap();
        let other = PrivateKey::ed25519(&[2; 32]).unwrap();
        let x = |key: &PrivateKey| key.public().to_jwk()["x"].as_str().unwrap().to_owned();
        let mixed = mine.to_jwk().unwrap().replace(&x(&mine), &x(&other));
        let error = PrivateKey::from_jwk(&json::parse(&mixed).unwrap()).unwrap_err();
        assert_eq!(error, KeyError::Private(KeyType::Ed25519));
        let public = mine.public().to_jwk().to_string();
        let error = PrivateKey::from_jwk(&json::parse(&public).unwrap()).unwrap_err();
        assert_eq!(error, KeyError::NotPrivate);
    }
}
