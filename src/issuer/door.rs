//! The VC-API door (`--vc-api`): signs whatever credential it is given, for conformance suites.
//!
//! Its keys are its own: nothing that is signed here can be taken for a badge, a status list or a
//! receipt of this service.

use std::sync::Arc;

use serde_json::Value;

use super::{Issuer, IssuerError};
use crate::domain::Problems;
use crate::json;
use crate::proof::did::{did_key, did_key_method};
use crate::proof::key::{FileFormat, KeyType, PrivateKey};
use crate::proof::suite::ecdsa_sd_2023::{self, BaseOptions};
use crate::proof::suite::{self, ProofOptions, Suite, SuiteError};
use crate::store::key_directory::KeyOwner;
use crate::wire::vcdm;

/// Whose keys they are, in the key directory.
const OWNER: KeyOwner<'_> = KeyOwner::Issuer("vc-api");

/// The kinds of key that the door signs with.
const KINDS: [KeyType; 3] = [KeyType::Ed25519, KeyType::P256, KeyType::P384];

/// Why nothing was signed or derived at the door.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// The credential breaks the rules of the data model.
    #[error("{0}")]
    Credential(Problems),
    /// Its issuer is not one of ours.
    #[error("the issuer must be one of {}", .0.join(", "))]
    Issuer(Vec<String>),
    /// No such suite.
    #[error("the cryptosuite {0:?} is not known here")]
    UnknownSuite(String),
    /// The proof cannot be made.
    #[error("{0}")]
    Suite(#[from] SuiteError),
    /// Ours.
    #[error(transparent)]
    Ours(#[from] IssuerError),
}

/// How a credential is to be signed.
#[derive(Clone, Debug, Default)]
pub struct DoorOptions {
    /// The name of the cryptosuite; the usual one of the issuer's key without.
    pub cryptosuite: Option<String>,
    /// JSON pointers to what a holder cannot leave out (`ecdsa-sd-2023`).
    pub mandatory_pointers: Vec<String>,
    /// What the proof answers to.
    pub challenge: Option<String>,
    /// For whom it is made.
    pub domain: Option<String>,
}

impl Issuer {
    /// The issuers that the door signs for: the did:key of each of its keys, made at first use.
    ///
    /// # Errors
    /// What the key directory says.
    pub async fn door_issuers(&self) -> Result<Vec<String>, IssuerError> {
        let keys = self.door_keys().await?;
        Ok(keys.iter().filter_map(|key| did_key(key.public())).collect())
    }

    async fn door_keys(&self) -> Result<Vec<PrivateKey>, IssuerError> {
        let inner = Arc::clone(&self.0);
        let read = tokio::task::spawn_blocking(move || {
            let files = inner.directory.list(OWNER)?;
            KINDS
                .into_iter()
                .map(|kind| match files.iter().rfind(|file| file.key_type == kind) {
                    Some(file) => Ok(inner.directory.read(file)?),
                    None => {
                        let key = PrivateKey::generate(kind, &inner.random)?;
                        inner.directory.add(OWNER, &key, FileFormat::Pem)?;
                        Ok(key)
                    }
                })
                .collect::<Result<Vec<_>, IssuerError>>()
        });
        read.await.map_err(|_| IssuerError::Worker)?
    }

    /// The credential with a proof by the key of its issuer. A proof that it carries already stays
    /// beside the new one.
    ///
    /// # Errors
    /// See [`DoorError`].
    pub async fn door_issue(
        &self,
        mut credential: Value,
        options: &DoorOptions,
    ) -> Result<Value, DoorError> {
        vcdm::check(&(&credential).into()).map_err(DoorError::Credential)?;
        let keys = self.door_keys().await?;
        let issuer = credential.get("issuer");
        let issuer = issuer.and_then(|issuer| issuer.get("id").unwrap_or(issuer).as_str());
        let key = keys.iter().find(|key| did_key(key.public()).as_deref() == issuer);
        let key = key.ok_or_else(|| {
            DoorError::Issuer(keys.iter().filter_map(|key| did_key(key.public())).collect())
        })?;
        let suite = match &options.cryptosuite {
            Some(name) => {
                Suite::of_name(name).ok_or_else(|| DoorError::UnknownSuite(name.clone()))?
            }
            None => Suite::for_key(key.key_type())
                .ok_or_else(|| DoorError::UnknownSuite(key.key_type().to_string()))?,
        };
        let method = did_key_method(key.public()).unwrap_or_default();
        let proof = ProofOptions {
            verification_method: &method,
            created: Some(self.0.clock.now_to_the_second()),
            challenge: options.challenge.as_deref(),
            domain: options.domain.as_deref(),
            ..ProofOptions::default()
        };
        let document = json::Value::from(&credential);
        let contexts = self.contexts();
        let made = if suite == Suite::EcdsaSd2023 {
            let options = BaseOptions { proof, mandatory: &options.mandatory_pointers };
            ecdsa_sd_2023::create(&document, &options, key, &self.0.random, contexts)?
        } else {
            suite::sign(&document, suite, &proof, key, contexts)?
        };
        if let Some(members) = credential.as_object_mut() {
            let proofs = match members.remove("proof") {
                None => made,
                Some(Value::Array(mut proofs)) => {
                    proofs.push(made);
                    proofs.into()
                }
                Some(proof) => vec![proof, made].into(),
            };
            members.insert("proof".to_owned(), proofs);
        }
        Ok(credential)
    }

    /// The credential that shows what is mandatory and what `selective` points to.
    ///
    /// # Errors
    /// [`DoorError::Suite`].
    pub fn door_derive(
        &self,
        credential: &Value,
        selective: &[String],
    ) -> Result<Value, DoorError> {
        let document = json::Value::from(credential);
        let derived = ecdsa_sd_2023::derive(&document, selective, self.contexts())?;
        Ok((&derived).into())
    }
}
