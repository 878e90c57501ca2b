//! Signs: Data Integrity proofs in place, tokens with few RSA signatures at once.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::{Issuer, IssuerError, KeptKey, KeyRing};
use crate::json;
use crate::proof::jws::{self, SignHeader};
use crate::proof::key::KeyType;
use crate::proof::suite::{self, ProofOptions, Suite};
use crate::store::{Form, Transaction};

impl Issuer {
    /// The text of `document` with a Data Integrity proof by `key` in it. Members that no context
    /// defines are refused.
    pub(super) async fn secure(
        &self,
        mut document: Value,
        did: &str,
        key: &KeptKey,
        created: Timestamp,
    ) -> Result<Vec<u8>, IssuerError> {
        let private = self.private(key).await?;
        let suite = Suite::for_key(key.record.key_type).ok_or_else(|| IssuerError::NoKey {
            issuer: did.to_owned(),
            kind: KeyType::Ed25519.as_str(),
        })?;
        let text = document.to_string();
        // What is signed is the text that leaves, read the way a stranger reads it.
        let read = json::parse(&text).map_err(|error| IssuerError::Preflight(error.to_string()))?;
        let method = key.method(did);
        let options = ProofOptions {
            verification_method: &method,
            created: Some(created),
            ..ProofOptions::default()
        };
        let proof = suite::sign(&read, suite, &options, &private, self.contexts())?;
        if let Value::Object(members) = &mut document {
            members.insert("proof".to_owned(), proof);
        }
        Ok(document.to_string().into_bytes())
    }

    /// A compact JWS over `payload`.
    pub(super) async fn token(
        &self,
        payload: &Value,
        kid: Option<String>,
        typ: Option<&'static str>,
        key: &KeptKey,
    ) -> Result<Vec<u8>, IssuerError> {
        let private = self.private(key).await?;
        let payload = payload.to_string();
        let _permit = match key.is(KeyType::Rsa) {
            true => {
                let rsa = Arc::clone(&self.0.rsa);
                Some(rsa.acquire_owned().await.map_err(|_| IssuerError::Worker)?)
            }
            false => None,
        };
        let signed = tokio::task::spawn_blocking(move || {
            let header = SignHeader { kid: kid.as_deref(), typ, cty: None };
            jws::sign(payload.as_bytes(), &header, &private)
        });
        let token = signed.await.map_err(|_| IssuerError::Worker)??;
        Ok(token.into_bytes())
    }
}

impl KeyRing {
    /// Demands that the key which signed a form still signs when the form is kept: nothing that a
    /// key signed comes to light after it was retired.
    pub(super) fn expect_signer(&self, tx: &mut Transaction<'_>, form: &Form) {
        if let Some(key) = form.key.as_ref().and_then(|id| self.by_id(id)) {
            tx.expect_issuer_key(key.version, &key.record);
        }
    }

    /// The newest key of a kind that signs.
    pub(super) fn signer(&self, kind: KeyType) -> Result<&KeptKey, IssuerError> {
        self.active(kind).ok_or_else(|| IssuerError::NoKey {
            issuer: self.keys.first().map(|key| key.record.issuer.to_string()).unwrap_or_default(),
            kind: kind.as_str(),
        })
    }
}
