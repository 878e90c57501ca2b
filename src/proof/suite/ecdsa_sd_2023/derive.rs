//! Showing a part of a signed document (§3.5.4, §3.6.6).

use super::group::Statements;
use super::pointers::Choice;
use super::value::{BaseProof, DerivedProof};
use crate::json::{Object, Value};
use crate::linked_data::Contexts;
use crate::proof::encoding::from_base64url;
use crate::proof::suite::prepared::unsecured;
use crate::proof::suite::{Proof, Suite, SuiteError, malformed};

/// The document that shows what is mandatory and what `selective` points to, with a derived proof in
/// place of the base proof. Other proofs cover what is no longer there and are left out, but for
/// those that the base proof builds on (`previousProof`): they are part of what it signs.
///
/// The signatures are not checked here; whoever is shown the result does that.
///
/// # Errors
/// [`SuiteError::Malformed`] without exactly one base proof; [`SuiteError::Pointer`];
/// [`SuiteError::NothingShown`]; [`SuiteError::NotSelective`]; [`SuiteError::Canonical`].
pub fn derive(
    document: &Value<'_>,
    selective: &[String],
    contexts: &Contexts,
) -> Result<Value<'static>, SuiteError> {
    let claims = base_proof(document)?;
    let base = BaseProof::read(claims.value)?;
    let unsecured = Value::Object(unsecured(document, &claims.previous)?);
    let previous = (!claims.previous.is_empty()).then(|| "/proof".to_owned());
    let combined: Vec<String> =
        base.mandatory_pointers.iter().chain(selective).cloned().chain(previous).collect();
    if combined.is_empty() {
        return Err(SuiteError::NothingShown);
    }
    let statements = Statements::of(&unsecured, &base.hmac_key, contexts)?;
    let mandatory = statements.group(&base.mandatory_pointers, contexts)?.indexes;
    let shown = statements.group(&combined, contexts)?;

    let optional: Vec<usize> =
        (0..statements.lines.len()).filter(|index| !mandatory.contains(index)).collect();
    if optional.len() != base.signatures.len() {
        return Err(malformed("proofValue", "has not one signature for each statement"));
    }
    let signatures = optional
        .iter()
        .zip(base.signatures)
        .filter(|(index, _)| shown.indexes.contains(index))
        .map(|(_, signature)| signature)
        .collect();
    let mandatory = shown
        .indexes
        .iter()
        .enumerate()
        .filter(|(_, index)| mandatory.contains(index))
        .map(|(at, _)| at)
        .collect();
    let mut labels: Vec<(usize, Vec<u8>)> = shown
        .labels
        .iter()
        .filter_map(|(canonical, hashed)| {
            let number = canonical.strip_prefix("c14n")?.parse().ok()?;
            Some((number, from_base64url(hashed.strip_prefix('u')?).ok()?))
        })
        .collect();
    labels.sort_unstable();
    let derived = DerivedProof {
        base_signature: base.base_signature,
        statement_key: base.statement_key,
        signatures,
        labels,
        mandatory,
    };

    let mut shown = match Choice::of(&unsecured, &combined)?.select(&unsecured).part {
        Value::Object(shown) => shown,
        other => return Err(SuiteError::DocumentKind(other.kind())),
    };
    let mut proof: Object<'_> = claims.configuration();
    proof.insert("proofValue", Value::String(derived.write().into()));
    let proof = Value::Object(proof);
    let proof = match shown.remove("proof") {
        None => proof,
        Some(previous) => Value::Array(previous.items().iter().cloned().chain([proof]).collect()),
    };
    shown.insert("proof", proof);
    Ok(Value::Object(shown).into_owned())
}

/// The one proof of this suite.
fn base_proof<'d>(document: &'d Value<'d>) -> Result<Proof<'d>, SuiteError> {
    let mut of_suite = crate::proof::suite::proofs(document)?
        .iter()
        .filter(|proof| proof.str_of("cryptosuite") == Some(Suite::EcdsaSd2023.as_str()));
    match (of_suite.next(), of_suite.next()) {
        (Some(proof), None) => Proof::parse(proof),
        (None, _) => Err(malformed("cryptosuite", "must be ecdsa-sd-2023")),
        (Some(_), Some(_)) => Err(malformed("", "must be the only one of ecdsa-sd-2023")),
    }
}
