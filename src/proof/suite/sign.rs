//! Making a proof.

use jiff::Timestamp;
use serde_json::Value as Json;

use super::prepared::Hashes;
use super::{Form, Prepared, Proof, Suite, SuiteError};
use crate::json::Value;
use crate::linked_data::{Contexts, Document};
use crate::proof::encoding::base58;
use crate::proof::key::PrivateKey;

/// What a new proof says.
#[derive(Clone, Debug, Default)]
pub struct ProofOptions<'a> {
    /// The id of the key's verification method.
    pub verification_method: &'a str,
    /// What the proof is for; `assertionMethod` when empty.
    pub purpose: &'a str,
    /// When it is made.
    pub created: Option<Timestamp>,
    /// From when on it does not count.
    pub expires: Option<Timestamp>,
    /// For whom it is made.
    pub domain: Option<&'a str>,
    /// What it answers to.
    pub challenge: Option<&'a str>,
    /// Its own id, which later proofs of a chain refer to.
    pub id: Option<&'a str>,
    /// The ids of proofs in the document that it covers too.
    pub previous: &'a [&'a str],
}

/// Makes a proof over `document`, which may carry others already. The document is not changed: add
/// the proof to its `proof` member as it is.
///
/// What safe mode refuses cannot be signed: no member may be there that the signature would not
/// cover.
///
/// # Errors
/// [`SuiteError::KeyType`], [`SuiteError::Canonical`], [`SuiteError::Chain`], [`SuiteError::Key`];
/// [`SuiteError::NeedsChoice`] for `ecdsa-sd-2023`.
pub fn sign(
    document: &Value<'_>,
    suite: Suite,
    options: &ProofOptions<'_>,
    key: &PrivateKey,
    contexts: &Contexts,
) -> Result<Json, SuiteError> {
    sign_prepared(document, suite, options, key, contexts).map(|(proof, _)| proof)
}

/// As [`sign`](fn@sign), with what was signed beside the proof: the signature can then be checked
/// without hashing the document again. Of a document that is read [with](Document::with) parts only
/// the rest is expanded.
///
/// # Errors
/// As there.
pub fn sign_prepared<'v>(
    document: impl Into<Document<'v>>,
    suite: Suite,
    options: &ProofOptions<'_>,
    key: &PrivateKey,
    contexts: &Contexts,
) -> Result<(Json, Prepared), SuiteError> {
    if !suite.takes(key.key_type()) {
        return Err(SuiteError::KeyType { suite, key: key.key_type() });
    }
    if suite == Suite::EcdsaSd2023 {
        return Err(SuiteError::NeedsChoice(suite));
    }
    let document = document.into();
    let value = document.value();
    value.as_object().ok_or_else(|| SuiteError::DocumentKind(value.kind()))?;
    let mut proof = configuration(suite, options);
    if suite.rules().form == Form::Jcs
        && let Some(context) = value.get("@context")
    {
        // EdDSA §3.3.1, ECDSA §3.3.1: the proof says under which contexts it was made.
        proof.insert("@context".into(), context.into());
    }
    let unfinished = Json::Object(proof);
    let read = Value::from(&unfinished);
    let hashes = Hashes::of(document, &Proof::unfinished(&read)?, key.key_type(), contexts)?;
    let signature = key.sign_deterministic(&hashes.signed())?;
    let mut proof = unfinished;
    if let Json::Object(proof) = &mut proof {
        proof.insert("proofValue".into(), base58(&signature).into());
    }
    Ok((proof, Prepared::new(suite, hashes, signature, key.public())))
}

pub(super) fn configuration(
    suite: Suite,
    options: &ProofOptions<'_>,
) -> serde_json::Map<String, Json> {
    let rules = suite.rules();
    let purpose = if options.purpose.is_empty() { "assertionMethod" } else { options.purpose };
    let mut proof = serde_json::Map::new();
    proof.insert("type".into(), rules.proof_type.into());
    let time = |time: Timestamp| time.to_string();
    let previous: Option<Json> = match options.previous {
        [] => None,
        [one] => Some((*one).into()),
        many => Some(many.into()),
    };
    for (name, value) in [
        ("id", options.id.map(Json::from)),
        ("cryptosuite", rules.cryptosuite.map(Json::from)),
        ("created", options.created.map(|created| time(created).into())),
        ("expires", options.expires.map(|expires| time(expires).into())),
        ("verificationMethod", Some(options.verification_method.into())),
        ("proofPurpose", Some(purpose.into())),
        ("domain", options.domain.map(Json::from)),
        ("challenge", options.challenge.map(Json::from)),
        ("previousProof", previous),
    ] {
        if let Some(value) = value {
            proof.insert(name.into(), value);
        }
    }
    proof
}
