//! Checking a derived proof (§3.5.8, §3.6.7).

use sha2::{Digest as _, Sha256};

use super::create::signed;
use super::labels::{LabelMap, relabel};
use super::value::{DerivedProof, key_bytes};
use crate::json::Value;
use crate::linked_data::{self, Contexts, Options};
use crate::proof::encoding::base64url;
use crate::proof::key::{KeyType, PublicKey};
use crate::proof::suite::prepared::{Statements, unsecured};
use crate::proof::suite::{Forms, Part, Prepared, Proof, SuiteError, malformed, rdfc};

/// Brings a document and its derived proof to what must have been signed.
pub(in crate::proof::suite) fn prepare<'d>(
    document: &'d Value<'d>,
    proof: &Proof<'d>,
    key: &PublicKey,
    contexts: &Contexts,
) -> Result<Prepared, SuiteError> {
    read(document, proof, key, contexts).map(|(prepared, _)| prepared)
}

/// The statements under the names that were signed, and the proof.
pub(in crate::proof::suite) fn forms<'d>(
    document: &'d Value<'d>,
    proof: &Proof<'d>,
    key: &PublicKey,
    contexts: &Contexts,
) -> Result<Forms, SuiteError> {
    read(document, proof, key, contexts).map(|(_, forms)| forms)
}

fn read<'d>(
    document: &'d Value<'d>,
    proof: &Proof<'d>,
    key: &PublicKey,
    contexts: &Contexts,
) -> Result<(Prepared, Forms), SuiteError> {
    let derived = DerivedProof::read(proof.value)?;
    let unsecured = unsecured(document, &proof.previous)?;
    let context = unsecured.get("@context").cloned();
    let configuration =
        rdfc::configuration(proof.configuration(), context.as_ref(), KeyType::P256, contexts)?;

    let unsecured = Value::Object(unsecured);
    let canonical = linked_data::canonicalize(&unsecured, contexts, &Options::default())
        .map_err(|error| SuiteError::Canonical { part: Part::Document, error })?;
    let labels: LabelMap = derived
        .labels
        .iter()
        .map(|(number, hash)| (format!("c14n{number}"), format!("u{}", base64url(hash))))
        .collect();
    let lines = relabel(&canonical.nquads, &labels)
        .ok_or_else(|| malformed("proofValue", "does not name all blank nodes"))?;
    if derived.mandatory.last().is_some_and(|last| *last >= lines.len()) {
        return Err(malformed("proofValue", "refers to statements that are not there"));
    }
    let mut mandatory_hash = Sha256::new();
    let mut optional = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if derived.mandatory.binary_search(&index).is_ok() {
            mandatory_hash.update(line);
        } else {
            optional.push(line.clone().into_bytes());
        }
    }
    if optional.len() != derived.signatures.len() {
        return Err(malformed("proofValue", "has not one signature for each statement"));
    }
    let prepared = Prepared {
        suite: proof.suite,
        proof_hash: Sha256::digest(&configuration).to_vec(),
        document_hash: mandatory_hash.clone().finalize().to_vec(),
        signed: signed(&configuration, &key_bytes(&derived.statement_key), mandatory_hash),
        signature: derived.base_signature,
        key: key.clone(),
        unsigned_contexts: 0,
        statements: Some(Statements {
            key: derived.statement_key,
            signed: optional.into_iter().zip(derived.signatures).collect(),
        }),
    };
    Ok((prepared, Forms { document: lines.concat(), proof: configuration }))
}
