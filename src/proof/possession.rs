//! Proof of possession: a holder shows that a DID is hers by signing what was asked of her.
//!
//! Two forms: a presentation with an `authentication` proof (VC Data Integrity §2.1, VC-API), and
//! the proof token of OpenID for Verifiable Credential Issuance 1.0 (Appendix F.1). Only DIDs that
//! carry their own key are taken, so that nothing is fetched for somebody who is not known yet.

use jiff::{SignedDuration, Timestamp};

use super::did::{Did, DidError, DidUrl, DocumentError, Relationship, VerificationMethod};
use super::jws::{self, Compact, JwsError, Typ, VerifyError};
use super::suite::{self, Proof, SuiteError};
use crate::json::{self, Value};
use crate::linked_data::Contexts;

/// How far the clocks of a wallet and ours may be apart.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// For how long after it was made a proof is taken.
const LIFETIME: SignedDuration = SignedDuration::from_mins(15);

/// What a proof must answer to.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Whether this challenge or nonce is one that was given out and still counts.
    pub fresh: &'a (dyn Fn(&str) -> bool + Sync),
    /// For whom the proof must be made: a domain of a presentation, the audience of a token.
    pub audience: &'a [&'a str],
    /// The time of judgement.
    pub now: Timestamp,
}

/// Why a proof does not show that a DID is the holder's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PossessionError {
    /// Something is missing or not what it must be.
    #[error("{place}: {why}")]
    Malformed {
        /// Where, as a JSON pointer or the name of a claim.
        place: &'static str,
        /// What is wrong.
        why: &'static str,
    },
    /// The challenge or nonce was not given out here, or its time has passed.
    #[error("the challenge or nonce was not given out here, or its time has passed")]
    Stale,
    /// It was made for somebody else.
    #[error("the proof was made for {0:?}")]
    Audience(String),
    /// Made too long ago, or in the future.
    #[error("the proof was made at {0}, which is not now")]
    Time(Timestamp),
    /// The DID is of a method whose key stands elsewhere.
    #[error("{0}: of the DID methods, `key` and `jwk` are taken")]
    Method(String),
    /// The DID or DID URL cannot be read, or holds no key that we take.
    #[error(transparent)]
    Did(#[from] DidError),
    /// The DID's document does not allow the key to be used so.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The proof of the presentation.
    #[error(transparent)]
    Suite(#[from] SuiteError),
    /// The token.
    #[error(transparent)]
    Token(#[from] JwsError),
    /// The token's signature.
    #[error(transparent)]
    Signature(#[from] VerifyError),
    /// The token's claims are no JSON.
    #[error("the claims: {0}")]
    Claims(json::Error),
}

/// The DID that a presentation shows to be its holder's.
///
/// # Errors
/// Why it does not.
pub fn presentation(
    document: &Value<'_>,
    asked: &Asked<'_>,
    contexts: &Contexts,
) -> Result<String, PossessionError> {
    let [proof] = suite::proofs(document)? else {
        return Err(malformed("/proof", "one proof is due"));
    };
    let read = Proof::parse(proof)?;
    if read.purpose != Relationship::Authentication.as_str() {
        return Err(malformed("/proof/proofPurpose", "must be \"authentication\""));
    }
    let challenge = read.challenge.ok_or(malformed("/proof/challenge", "is missing"))?;
    if !(asked.fresh)(challenge) {
        return Err(PossessionError::Stale);
    }
    match read.domain.as_slice() {
        [] => return Err(malformed("/proof/domain", "is missing")),
        domains => {
            if let Some(other) = domains.iter().find(|domain| !asked.audience.contains(domain)) {
                return Err(PossessionError::Audience(shown(other)));
            }
        }
    }
    if let Some(created) = read.created {
        now(created, asked.now)?;
    }
    if read.expires.is_some_and(|end| end < asked.now) {
        return Err(PossessionError::Stale);
    }
    let (did, method) = method(read.verification_method)?;
    let holder = match document.get("holder") {
        Some(Value::String(id)) => Some(id.as_ref()),
        Some(object @ Value::Object(_)) => object.str_of("id"),
        _ => None,
    };
    if holder.is_some_and(|holder| holder != did) {
        return Err(malformed("/holder", "is not who signed"));
    }
    suite::check(document, proof, &method.key()?, contexts)?;
    Ok(did)
}

/// The DID that a proof token shows to be its holder's: `kid` is a DID URL, or `jwk` the key of a
/// `did:jwk`.
///
/// # Errors
/// Why it does not.
pub fn token(text: &str, asked: &Asked<'_>) -> Result<String, PossessionError> {
    let token = Compact::parse(text)?;
    let header = token.header();
    if header.typ() != Typ::Oid4vciProof {
        return Err(malformed("typ", "must be \"openid4vci-proof+jwt\""));
    }
    let claims = json::parse_bytes(token.payload()).map_err(PossessionError::Claims)?;
    let nonce = claims.str_of("nonce").ok_or(malformed("nonce", "is missing"))?;
    if !(asked.fresh)(nonce) {
        return Err(PossessionError::Stale);
    }
    let audience = claims.get("aud").map(Value::items).unwrap_or_default();
    let audience: Vec<&str> = audience.iter().filter_map(Value::as_str).collect();
    if !audience.iter().any(|one| asked.audience.contains(one)) {
        return Err(PossessionError::Audience(shown(audience.first().unwrap_or(&""))));
    }
    let made = match claims.get("iat") {
        Some(Value::Number(number)) => Some(number.as_f64()),
        _ => None,
    };
    let made = made.and_then(|seconds: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "what lies beyond is no time at all")]
        Timestamp::from_second(seconds as i64).ok()
    });
    now(made.ok_or(malformed("iat", "must be a time in seconds"))?, asked.now)?;
    let (did, method) = match (header.kid(), header.jwk()) {
        (Some(kid), None) => method(kid)?,
        (None, Some(key)) => of_key(&key.map_err(JwsError::Key)?.to_jwk())?,
        _ => return Err(malformed("kid", "one of `kid` and `jwk` is due")),
    };
    jws::verify(&token, &method.key()?)?;
    Ok(did)
}

/// The method that a DID URL names, of a DID that carries its key.
fn method(url: &str) -> Result<(String, VerificationMethod), PossessionError> {
    // Some wallets name the DID alone where it has one key.
    if !url.contains('#') {
        let did = Did::parse(url)?;
        let document = did.own_document()?.ok_or_else(|| PossessionError::Method(shown(url)))?;
        let only = document.methods().first().map(|method| method.id.clone());
        let method = document.find(&only.unwrap_or_default(), Relationship::Authentication)?;
        return Ok((did.to_string(), method.clone()));
    }
    let named = DidUrl::parse(url)?;
    let did = named.did();
    let document = did.own_document()?.ok_or_else(|| PossessionError::Method(shown(url)))?;
    let method = document.find(url, Relationship::Authentication)?.clone();
    Ok((did.to_string(), method))
}

/// The `did:jwk` of a key.
fn of_key(jwk: &serde_json::Value) -> Result<(String, VerificationMethod), PossessionError> {
    let did = format!("did:jwk:{}", super::encoding::base64url(jwk.to_string().as_bytes()));
    method(&did)
}

fn now(made: Timestamp, now: Timestamp) -> Result<(), PossessionError> {
    let age = now.duration_since(made);
    if age > LIFETIME || age < -SKEW { Err(PossessionError::Time(made)) } else { Ok(()) }
}

fn malformed(place: &'static str, why: &'static str) -> PossessionError {
    PossessionError::Malformed { place, why }
}

fn shown(text: &str) -> String {
    text.chars().take(120).collect()
}

#[cfg(test)]
#[path = "possession_tests.rs"]
mod tests;
