//! Making a base proof (§3.6.1–3.6.5).

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::MAX_STATEMENTS;
use super::group::Statements;
use super::value::{BaseProof, key_bytes};
use crate::json::Value;
use crate::linked_data::Contexts;
use crate::proof::key::{KeyType, PrivateKey};
use crate::proof::suite::prepared::unsecured;
use crate::proof::suite::sign::{ProofOptions, configuration};
use crate::proof::suite::{Proof, Suite, SuiteError, rdfc};
use crate::world::Random;

/// What a base proof needs besides what every proof says.
pub struct BaseOptions<'a> {
    /// What the proof says.
    pub proof: ProofOptions<'a>,
    /// JSON pointers to what the holder cannot leave out.
    pub mandatory: &'a [String],
}

/// Makes a base proof over `document`, for the holder alone: with it she can [derive](fn@super::derive)
/// documents that show only what is mandatory and what she chooses.
///
/// # Errors
/// [`SuiteError::KeyType`] unless the key is on P-256; [`SuiteError::Pointer`] for a pointer to
/// nothing; [`SuiteError::NotSelective`] for one into what can only be shown whole;
/// [`SuiteError::Canonical`]; [`SuiteError::Key`].
pub fn create(
    document: &Value<'_>,
    options: &BaseOptions<'_>,
    key: &PrivateKey,
    random: &Random,
    contexts: &Contexts,
) -> Result<Json, SuiteError> {
    let statement_key = PrivateKey::generate(KeyType::P256, random)?;
    create_with(document, options, key, &statement_key, random.bytes(), contexts)
}

pub(super) fn create_with(
    document: &Value<'_>,
    options: &BaseOptions<'_>,
    key: &PrivateKey,
    statement_key: &PrivateKey,
    hmac_key: [u8; 32],
    contexts: &Contexts,
) -> Result<Json, SuiteError> {
    let suite = Suite::EcdsaSd2023;
    if key.key_type() != KeyType::P256 {
        return Err(SuiteError::KeyType { suite, key: key.key_type() });
    }
    let unsecured = unsecured(document, options.proof.previous)?;
    let mut proof = configuration(suite, &options.proof);
    let unfinished = Value::from(&Json::Object(proof.clone()));
    let claims = Proof::unfinished(&unfinished)?;
    let context = unsecured.get("@context").cloned();
    let configuration =
        rdfc::configuration(claims.configuration(), context.as_ref(), KeyType::P256, contexts)?;

    let unsecured = Value::Object(unsecured);
    let statements = Statements::of(&unsecured, &hmac_key, contexts)?;
    let mandatory = statements.group(options.mandatory, contexts)?.indexes;
    if statements.lines.len() - mandatory.len() > MAX_STATEMENTS {
        return Err(SuiteError::TooManyStatements(statements.lines.len()));
    }
    let mut signatures = Vec::new();
    let mut mandatory_hash = Sha256::new();
    for (index, line) in statements.lines.iter().enumerate() {
        if mandatory.contains(&index) {
            mandatory_hash.update(line);
        } else {
            signatures.push(statement_key.sign_deterministic(line.as_bytes())?);
        }
    }
    let signed = signed(&configuration, &key_bytes(statement_key.public()), mandatory_hash);
    let base = BaseProof {
        base_signature: key.sign_deterministic(&signed)?,
        statement_key: statement_key.public().clone(),
        hmac_key,
        signatures,
        mandatory_pointers: options.mandatory.to_vec(),
    };
    proof.insert("proofValue".into(), base.write().into());
    Ok(Json::Object(proof))
}

/// What the issuer's key signs: hash of the proof, key of the statements, hash of the mandatory ones
/// (§3.5.1).
pub(super) fn signed(configuration: &str, statement_key: &[u8], mandatory: Sha256) -> Vec<u8> {
    [&Sha256::digest(configuration)[..], statement_key, &mandatory.finalize()[..]].concat()
}
