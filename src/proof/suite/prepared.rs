//! The bytes that must have been signed, and whether they were.

use sha2::{Digest as _, Sha256, Sha384};

use super::proof::{covered, refuse_circles};
use super::{Form, Proof, Suite, SuiteError, ecdsa_sd_2023, jcs, malformed, rdfc};
use crate::json::{Object, Value};
use crate::linked_data::{Contexts, Document};
use crate::proof::encoding::from_multibase;
use crate::proof::key::{KeyType, PublicKey};

/// A proof whose bytes are ready to be checked.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The suite.
    pub suite: Suite,
    /// The hash of the canonical form of the document without its proof.
    pub document_hash: Vec<u8>,
    /// The hash of the canonical form of the proof without its value.
    pub proof_hash: Vec<u8>,
    /// The bytes that were signed: proof hash and document hash.
    pub signed: Vec<u8>,
    /// The signature, decoded.
    pub signature: Vec<u8>,
    /// The key that it is checked with.
    pub key: PublicKey,
    /// How many contexts stand in the document after those that a JCS proof covers: the signer did
    /// not see them, and nothing may be concluded from them.
    pub unsigned_contexts: usize,
    /// What is signed one by one (`ecdsa-sd-2023`). There [`document_hash`](Self::document_hash) is
    /// that of the mandatory ones.
    pub statements: Option<Statements>,
}

/// Statements with a signature each.
#[derive(Clone, Debug)]
pub struct Statements {
    /// The key that signed them; the issuer signed this key.
    pub key: PublicKey,
    /// Statement and signature.
    pub signed: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Checks one proof of a document: [`prepare`], then [`Prepared::verify`].
///
/// # Errors
/// Any [`SuiteError`]; [`SuiteError::Signature`] alone says that the signature is wrong.
pub fn check(
    document: &Value<'_>,
    proof: &Value<'_>,
    key: &PublicKey,
    contexts: &Contexts,
) -> Result<Prepared, SuiteError> {
    let prepared = prepare(document, &Proof::parse(proof)?, key, contexts)?;
    prepared.verify()?;
    Ok(prepared)
}

/// Brings a document and one of its proofs to the bytes that must have been signed with `key`.
///
/// # Errors
/// Everything that can be wrong before the signature is looked at.
pub fn prepare<'d>(
    document: &'d Value<'d>,
    proof: &Proof<'d>,
    key: &PublicKey,
    contexts: &Contexts,
) -> Result<Prepared, SuiteError> {
    if !proof.suite.takes(key.key_type()) {
        return Err(SuiteError::KeyType { suite: proof.suite, key: key.key_type() });
    }
    refuse_circles(document, proof)?;
    if proof.suite == Suite::EcdsaSd2023 {
        return ecdsa_sd_2023::prepare(document, proof, key, contexts);
    }
    let signature = signature(proof, key)?;
    document.as_object().ok_or_else(|| SuiteError::DocumentKind(document.kind()))?;
    let hashes = Hashes::of(document.into(), proof, key.key_type(), contexts)?;
    Ok(Prepared::new(proof.suite, hashes, signature, key))
}

impl Prepared {
    pub(super) fn new(suite: Suite, hashes: Hashes, signature: Vec<u8>, key: &PublicKey) -> Self {
        Self {
            suite,
            signed: hashes.signed(),
            document_hash: hashes.document,
            proof_hash: hashes.proof,
            signature,
            key: key.clone(),
            unsigned_contexts: hashes.unsigned_contexts,
            statements: None,
        }
    }

    /// Whether the key signed these bytes.
    ///
    /// # Errors
    /// [`SuiteError::Signature`], and no other.
    pub fn verify(&self) -> Result<(), SuiteError> {
        let statements_hold = || {
            self.statements.as_ref().is_none_or(|statements| {
                let mut signed = statements.signed.iter();
                signed.all(|(statement, signature)| statements.key.verifies(statement, signature))
            })
        };
        if self.key.verifies(&self.signed, &self.signature) && statements_hold() {
            Ok(())
        } else {
            Err(SuiteError::Signature)
        }
    }
}

/// Checks many proofs that this process has just made, with keys of its own, before they leave. The
/// Ed25519 ones are checked as a batch, at half the cost.
///
/// Not for proofs of others: somebody who crafts signatures with points outside the prime-order
/// group can make a batch pass that holds one which [`Prepared::verify`] refuses, so a batch may
/// only be trusted with signatures whose making was honest. If the batch fails, each is judged
/// alone, and the answers are those of [`Prepared::verify`].
pub fn verify_own(prepared: &[Prepared]) -> Vec<Result<(), SuiteError>> {
    let batch: Option<Vec<_>> = prepared
        .iter()
        .map(|one| {
            let key = one.key.as_ed25519()?;
            let signature = ed25519_dalek::Signature::from_slice(&one.signature).ok()?;
            Some((one.signed.as_slice(), signature, *key))
        })
        .collect();
    if let Some(batch) = batch
        && batch.len() > 1
    {
        let (messages, rest): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|(message, signature, key)| (message, (signature, key))).unzip();
        let (signatures, keys): (Vec<_>, Vec<_>) = rest.into_iter().unzip();
        if ed25519_dalek::verify_batch(&messages, &signatures, &keys).is_ok() {
            return vec![Ok(()); prepared.len()];
        }
    }
    prepared.iter().map(Prepared::verify).collect()
}

/// The canonical forms of a document and a proof: what the hashes are made of, for people who look
/// for the place where two implementations part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forms {
    /// That of the document without its proof; for `ecdsa-sd-2023` the statements under the names
    /// that were signed.
    pub document: String,
    /// That of the proof without its value.
    pub proof: String,
}

/// The canonical forms that [`prepare`](fn@prepare) hashes.
///
/// # Errors
/// As there.
pub fn forms<'d>(
    document: &'d Value<'d>,
    proof: &Proof<'d>,
    key: &PublicKey,
    contexts: &Contexts,
) -> Result<Forms, SuiteError> {
    if proof.suite == Suite::EcdsaSd2023 {
        return ecdsa_sd_2023::forms(document, proof, key, contexts);
    }
    let key = key.key_type();
    let unsecured = unsecured(document, &proof.previous)?;
    let configuration = proof.configuration();
    match proof.suite.rules().form {
        Form::Rdfc => Ok(Forms {
            proof: rdfc::configuration(configuration, unsecured.get("@context"), key, contexts)?,
            document: rdfc::document(&Value::Object(unsecured), key, contexts)?,
        }),
        Form::Jcs => {
            let (document, _) = jcs::document(unsecured, &configuration)?;
            Ok(Forms { proof: jcs::configuration(configuration)?, document })
        }
    }
}

/// The hashes of a proof and of the document that it stands in, or is about to; the value of the
/// proof is not looked at.
pub(super) struct Hashes {
    proof: Vec<u8>,
    document: Vec<u8>,
    unsigned_contexts: usize,
}

impl Hashes {
    pub(super) fn of<'d>(
        document: Document<'d>,
        proof: &Proof<'d>,
        key: KeyType,
        contexts: &Contexts,
    ) -> Result<Self, SuiteError> {
        let value = document.value();
        match proof.suite.rules().form {
            Form::Rdfc => Ok(Self {
                proof: rdfc::configuration_hash(value, proof, key, contexts)?,
                document: match proof.previous.as_slice() {
                    // Nothing of the document but its proof stands outside the signature.
                    [] => rdfc::hash(document.without("proof"), key, contexts)?,
                    previous => {
                        let unsecured = Value::Object(unsecured(value, previous)?);
                        rdfc::hash(Document::from(&unsecured), key, contexts)?
                    }
                },
                unsigned_contexts: 0,
            }),
            Form::Jcs => {
                let configuration = proof.configuration();
                let unsecured = unsecured(value, &proof.previous)?;
                let (document, unsigned_contexts) = jcs::document(unsecured, &configuration)?;
                Ok(Self {
                    proof: digest(&jcs::configuration(configuration)?, key),
                    document: digest(&document, key),
                    unsigned_contexts,
                })
            }
        }
    }

    /// What is signed: the hash of the proof and the hash of the document.
    pub(super) fn signed(&self) -> Vec<u8> {
        [&self.proof[..], &self.document[..]].concat()
    }
}

/// SHA-384 with P-384, else SHA-256.
pub(super) fn digest(text: &str, key: KeyType) -> Vec<u8> {
    match key {
        KeyType::P384 => Sha384::digest(text).to_vec(),
        _ => Sha256::digest(text).to_vec(),
    }
}

/// The document without its proofs, but with those that the proof builds on (§4.5).
pub(super) fn unsecured<'d>(
    document: &'d Value<'d>,
    previous: &[&str],
) -> Result<Object<'d>, SuiteError> {
    let object = document.as_object().ok_or_else(|| SuiteError::DocumentKind(document.kind()))?;
    let mut unsecured: Object<'d> = object.clone();
    unsecured.remove("proof");
    let covered = covered(document, previous)?;
    if !covered.is_empty() {
        unsecured.insert("proof", Value::Array(covered.into_iter().cloned().collect()));
    }
    Ok(unsecured)
}

/// The signature: base58btc, as long as the key makes them.
fn signature(proof: &Proof<'_>, key: &PublicKey) -> Result<Vec<u8>, SuiteError> {
    let expected = key.signature_length();
    // Base58 takes at most 1.37 characters for a byte.
    let limit = expected * 14 / 10 + 2;
    if !proof.value.starts_with('z') {
        return Err(malformed("proofValue", "must be base58btc multibase (z…)"));
    }
    let bytes = from_multibase(proof.value, limit)
        .map_err(|error| malformed("proofValue", format!("is wrong: {error}")))?;
    if bytes.len() == expected {
        Ok(bytes)
    } else {
        Err(malformed("proofValue", format!("has {} bytes, not {expected}", bytes.len())))
    }
}
