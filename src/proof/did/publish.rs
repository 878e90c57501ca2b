//! The DID documents that we publish.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::proof::key::PublicKey;

/// Where a key of ours stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// Signs.
    Active,
    /// Signs no more; what it signed stays good, so it stays listed.
    Retired,
    /// Known to others since this time: it leaves `assertionMethod` and is marked `revoked`, so that
    /// every reader refuses what it signed, whatever date it wrote.
    Compromised(Timestamp),
}

/// How a key is written in a DID document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MethodForm {
    /// `Multikey` with `publicKeyMultibase`: what Data Integrity proofs need.
    Multikey,
    /// `JsonWebKey` with `publicKeyJwk`: what the `kid` of a JWT names.
    JsonWebKey,
}

/// A key to publish.
#[derive(Clone, Debug)]
pub struct PublishedKey {
    /// The whole id of the verification method, `did…#fragment`.
    pub id: String,
    /// The key.
    pub key: PublicKey,
    /// How it is written. RSA keys have no multikey and are always written as JWK.
    pub form: MethodForm,
    /// Where it stands in its life.
    pub status: KeyStatus,
}

impl PublishedKey {
    /// A key under the id that we give it: `#multikey` for Ed25519, `#thumbprint` (RFC 7638) for the
    /// others, which are published as `JsonWebKey`.
    pub fn of(did: &str, key: &PublicKey, status: KeyStatus) -> Self {
        let ed25519 = key.to_multikey().filter(|_| key.as_ed25519().is_some());
        let (form, fragment) = match ed25519 {
            Some(multikey) => (MethodForm::Multikey, multikey),
            None => (MethodForm::JsonWebKey, key.thumbprint()),
        };
        Self { id: format!("{did}#{fragment}"), key: key.clone(), form, status }
    }

    fn method(&self, controller: &str) -> Value {
        let mut method = match (self.form, self.key.to_multikey()) {
            (MethodForm::Multikey, Some(multikey)) => json!({
                "id": self.id,
                "type": "Multikey",
                "controller": controller,
                "publicKeyMultibase": multikey,
            }),
            _ => json!({
                "id": self.id,
                "type": "JsonWebKey",
                "controller": controller,
                "publicKeyJwk": self.key.to_published_jwk(None),
            }),
        };
        if let (KeyStatus::Compromised(at), Some(members)) = (self.status, method.as_object_mut()) {
            members.insert("revoked".into(), at.to_string().into());
        }
        method
    }
}

/// The DID document of `id` with these keys (formats: Ed25519 as `Multikey`, RSA and P-256 as
/// `JsonWebKey`). `also_known_as` are URLs that mean the same issuer, such as its Open Badges 2.0
/// profile.
pub fn did_document(id: &str, keys: &[PublishedKey], also_known_as: &[String]) -> Value {
    let mut document = json!({
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            "https://w3id.org/security/jwk/v1",
        ],
        "id": id,
    });
    let methods: Vec<Value> = keys.iter().map(|key| key.method(id)).collect();
    let asserting: Vec<&str> = keys
        .iter()
        .filter(|key| !matches!(key.status, KeyStatus::Compromised(_)))
        .map(|key| key.id.as_str())
        .collect();
    if let Some(members) = document.as_object_mut() {
        if !also_known_as.is_empty() {
            members.insert("alsoKnownAs".into(), json!(also_known_as));
        }
        members.insert("verificationMethod".into(), methods.into());
        members.insert("assertionMethod".into(), json!(asserting));
    }
    document
}

/// The `did:key` of an Ed25519, P-256 or P-384 key; none for RSA.
pub fn did_key(key: &PublicKey) -> Option<String> {
    Some(format!("did:key:{}", key.to_multikey()?))
}

/// The only verification method of the `did:key` of a key.
pub fn did_key_method(key: &PublicKey) -> Option<String> {
    let multikey = key.to_multikey()?;
    Some(format!("did:key:{multikey}#{multikey}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::did::{ControllerDocument, Relationship};
    use crate::proof::key::{KeyType, PrivateKey};
    use crate::world::Random;

    #[test]
    fn what_we_publish_is_what_we_read() {
        let did = "did:web:badges.example:issuers:school";
        let key = |seed, kind| {
            PrivateKey::generate(kind, &Random::seeded(seed)).unwrap().public().clone()
        };
        let stolen_at = "2026-05-06T07:08:09Z".parse().unwrap();
        let keys = [
            PublishedKey::of(did, &key(1, KeyType::Ed25519), KeyStatus::Active),
            PublishedKey::of(did, &key(2, KeyType::Ed25519), KeyStatus::Retired),
            PublishedKey::of(did, &key(3, KeyType::Ed25519), KeyStatus::Compromised(stolen_at)),
            PublishedKey::of(did, &key(4, KeyType::Rsa), KeyStatus::Active),
            PublishedKey::of(did, &key(5, KeyType::P256), KeyStatus::Active),
        ];
        let document = did_document(did, &keys, &["https://badges.example/i".into()]);
        let read = ControllerDocument::parse(&(&document).into(), did).unwrap();
        assert_eq!(read.also_known_as(), ["https://badges.example/i"]);
        for published in &keys {
            let found = read.find(&published.id, Relationship::Assertion);
            if let KeyStatus::Compromised(at) = published.status {
                assert!(found.is_err());
                let method = read.methods().iter().find(|m| m.id == published.id).unwrap();
                assert_eq!(method.revoked, Some(at));
            } else {
                assert_eq!(found.unwrap().key().unwrap(), published.key);
            }
        }
        assert_eq!(document["verificationMethod"][0]["type"], "Multikey");
        assert_eq!(document["verificationMethod"][3]["type"], "JsonWebKey");
        assert_eq!(document["verificationMethod"][4]["publicKeyJwk"]["alg"], "ES256");
    }
}
