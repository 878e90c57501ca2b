//! The service's own key and identity: it signs verification receipts, and says which domain is its
//! own.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::keys::{jwt_method, published};
use super::{Issuer, IssuerError};
use crate::proof::did::{KeyStatus, did_document, did_key};
use crate::proof::jws::{self, SignHeader};
use crate::proof::key::{FileFormat, KeyType, PrivateKey};
use crate::store::key_directory::KeyOwner;

/// For how long a statement about our domain holds.
const LINKAGE: SignedDuration = SignedDuration::from_hours(24 * 90);

/// The context of domain linkage credentials (DIF Well Known DID Configuration §3).
const LINKAGE_CONTEXT: &str = "https://identity.foundation/.well-known/did-configuration/v1";

impl Issuer {
    /// The key of the service itself, made at first use.
    ///
    /// # Errors
    /// What the key directory says.
    pub async fn service_key(&self) -> Result<Arc<PrivateKey>, IssuerError> {
        let inner = Arc::clone(&self.0);
        let number = tokio::task::spawn_blocking(move || {
            let files = inner.directory.list(KeyOwner::Service)?;
            if let Some(file) = files.iter().rfind(|file| file.key_type == KeyType::Ed25519) {
                return Ok(file.number);
            }
            let key = PrivateKey::generate(KeyType::Ed25519, &inner.random)?;
            let file = inner.directory.add(KeyOwner::Service, &key, FileFormat::Pem)?;
            Ok::<_, IssuerError>(file.number)
        });
        let number = number.await.map_err(|_| IssuerError::Worker)??;
        self.load(None, number).await
    }

    /// The DID of the service itself: its did:web, or the did:key of its key.
    ///
    /// # Errors
    /// What the key directory says.
    pub async fn service_did(&self) -> Result<String, IssuerError> {
        if let Some(did) = self.0.urls.service_did() {
            return Ok(did);
        }
        let key = self.service_key().await?;
        did_key(key.public()).ok_or(IssuerError::NoKey {
            issuer: "service".to_owned(),
            kind: KeyType::Ed25519.as_str(),
        })
    }

    /// A credential of the service as VC-JWT (VC-JOSE-COSE §3.1.1): the payload is the credential.
    ///
    /// # Errors
    /// What the key directory says.
    pub async fn service_credential(&self, credential: &Value) -> Result<String, IssuerError> {
        self.service_token(credential, Some("vc+jwt"), Some("vc")).await
    }

    async fn service_token(
        &self,
        payload: &Value,
        typ: Option<&str>,
        cty: Option<&str>,
    ) -> Result<String, IssuerError> {
        let key = self.service_key().await?;
        let kid = jwt_method(&self.service_did().await?, key.public());
        let header = SignHeader { kid: Some(&kid), typ, cty };
        Ok(jws::sign(payload.to_string().as_bytes(), &header, &key)?)
    }

    /// The document of the service's did:web.
    pub(super) async fn service_document(&self) -> Result<Value, IssuerError> {
        let Some(did) = self.0.urls.service_did() else {
            return Err(IssuerError::NotFound("DID document"));
        };
        let key = self.service_key().await?;
        let methods = published(&did, key.public(), KeyStatus::Active);
        Ok(did_document(&did, &methods, &[self.0.urls.public_url().to_owned()]))
    }

    /// What links our domain to the service's DID (DIF Well Known DID Configuration §4): a domain
    /// linkage credential as JWT, signed by that DID.
    pub(super) async fn did_configuration(&self) -> Result<Value, IssuerError> {
        let urls = &self.0.urls;
        let Some(did) = urls.service_did() else {
            return Err(IssuerError::NotFound("DID configuration"));
        };
        // From the beginning of the day, so that the document changes once a day.
        let now = self.0.clock.now().as_second();
        let from = Timestamp::from_second(now - now.rem_euclid(86_400)).unwrap_or_default();
        let until = from.checked_add(LINKAGE).unwrap_or(Timestamp::MAX);
        let payload = json!({
            "iss": did,
            "sub": did,
            "nbf": from.as_second(),
            "exp": until.as_second(),
            "vc": {
                "@context": ["https://www.w3.org/2018/credentials/v1", LINKAGE_CONTEXT],
                "type": ["VerifiableCredential", "DomainLinkageCredential"],
                "issuer": did,
                "issuanceDate": from.to_string(),
                "expirationDate": until.to_string(),
                "credentialSubject": { "id": did, "origin": urls.public_url() },
            },
        });
        // The header has `alg` and `kid` and nothing else (§3.2).
        let token = self.service_token(&payload, None, None).await?;
        Ok(json!({ "@context": LINKAGE_CONTEXT, "linked_dids": [token] }))
    }
}
