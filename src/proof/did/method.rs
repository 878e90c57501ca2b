//! A verification method: a key with its name and dates (Controlled Identifiers §2.2).

use std::sync::OnceLock;

use jiff::Timestamp;

use super::DocumentError;
use crate::json::{Object, Value};
use crate::proof::base58;
use crate::proof::key::{KeyError, PublicKey};

/// A verification method: a key with its name and dates.
#[derive(Clone, Debug, PartialEq)]
pub struct VerificationMethod {
    /// The absolute URL or DID URL of the method.
    pub id: String,
    /// Who controls the key; [`ControllerDocument::find`](super::ControllerDocument::find) makes sure that it is the document's id.
    pub controller: String,
    /// `type` as it is written, such as `Multikey`.
    pub type_name: String,
    /// From when on the key must not be trusted.
    pub revoked: Option<Timestamp>,
    /// From when on the key signs no more.
    pub expires: Option<Timestamp>,
    pub(super) material: KeyMaterial,
}

#[derive(Clone, Debug)]
pub(super) enum KeyMaterial {
    Key(PublicKey),
    /// As it stands in a document. It is read when it is asked for: OpenSSL takes its time over RSA
    /// keys, and of the keys of an issuer one is asked for.
    Written {
        method: Value<'static>,
        read: OnceLock<Result<PublicKey, DocumentError>>,
    },
}

impl KeyMaterial {
    pub(super) fn written(method: &Value<'_>) -> Self {
        Self::Written { method: method.clone().into_owned(), read: OnceLock::new() }
    }

    fn read(&self) -> Result<PublicKey, DocumentError> {
        match self {
            Self::Key(key) => Ok(key.clone()),
            Self::Written { method, read } => read
                .get_or_init(|| match method.as_object() {
                    Some(method) => material(method),
                    None => Err(DocumentError::Material("there is none")),
                })
                .clone(),
        }
    }
}

impl PartialEq for KeyMaterial {
    fn eq(&self, other: &Self) -> bool {
        self.read() == other.read()
    }
}

impl VerificationMethod {
    /// The key.
    ///
    /// # Errors
    /// Why the method holds no key that we take.
    pub fn key(&self) -> Result<PublicKey, DocumentError> {
        self.material.read()
    }
}

/// The key of a method: one member, of the kind that the type has.
fn material(method: &Object<'_>) -> Result<PublicKey, DocumentError> {
    for name in [
        "secretKeyMultibase",
        "privateKeyMultibase",
        "privateKeyBase58",
        "secretKeyJwk",
        "privateKeyJwk",
    ] {
        if method.contains_key(name) {
            return Err(DocumentError::PrivateKey(name));
        }
    }
    const MEMBERS: [&str; 4] =
        ["publicKeyMultibase", "publicKeyJwk", "publicKeyBase58", "publicKeyPem"];
    let mut present = MEMBERS.into_iter().filter(|name| method.contains_key(name));
    let name = present.next().ok_or(DocumentError::Material("there is none"))?;
    if present.next().is_some() {
        return Err(DocumentError::Material("there are two"));
    }
    let value = method.get(name).unwrap_or(&Value::Null);
    let type_name = method.get("type").and_then(Value::as_str).unwrap_or_default();
    match (type_name, name) {
        (
            "Multikey"
            | "Ed25519VerificationKey2020"
            | "EcdsaSecp256r1VerificationKey2019"
            | "EcdsaSecp384r1VerificationKey2019",
            "publicKeyMultibase",
        ) => {
            let text = value.as_str().ok_or(DocumentError::Material("it is not a text"))?;
            Ok(PublicKey::from_multikey(text)?)
        }
        (
            "JsonWebKey"
            | "JsonWebKey2020"
            | "EcdsaSecp256r1VerificationKey2019"
            | "EcdsaSecp384r1VerificationKey2019",
            "publicKeyJwk",
        ) => PublicKey::from_jwk(value).map_err(|error| match error {
            KeyError::PrivateMember(name) => DocumentError::PrivateKey(name),
            other => DocumentError::Key(other),
        }),
        ("Ed25519VerificationKey2018", "publicKeyBase58") => {
            let text = value.as_str().filter(|text| text.len() <= 44);
            let bytes = text.and_then(base58::decode);
            let bytes = bytes.ok_or(DocumentError::Material("it is not base58 of 32 bytes"))?;
            Ok(PublicKey::ed25519(&bytes)?)
        }
        (
            "Multikey"
            | "JsonWebKey"
            | "JsonWebKey2020"
            | "Ed25519VerificationKey2020"
            | "Ed25519VerificationKey2018",
            _,
        ) => Err(DocumentError::Material("the type has another member")),
        _ => Err(DocumentError::Type(super::shown(type_name))),
    }
}
