//! Looks at what was signed as a stranger would, before it leaves.

use serde_json::Value as Json;

use super::{Issuer, IssuerError, KeptKey};
use crate::domain::Assertion;
use crate::json::{self, Value};
use crate::proof::jws::{self, Compact};
use crate::proof::suite;
use crate::wire::{DataModel, DocumentKind, detect, ob3};

impl Issuer {
    /// Whether the bytes of a credential are an achievement credential that reads without a problem
    /// and carries one good proof of `key`.
    pub(super) fn preflight_credential(
        &self,
        bytes: &[u8],
        award: &Assertion,
        key: &KeptKey,
    ) -> Result<(), IssuerError> {
        let document = json::parse_bytes(bytes).map_err(refused)?;
        if detect(&document) != DocumentKind::Ob3Achievement(DataModel::V2) {
            return Err(refused("it is no Open Badges 3.0 credential"));
        }
        reads_well(&document)?;
        let expected = self.0.urls.badge(&award.id);
        if document.str_of("id") != Some(expected.as_str()) {
            return Err(refused("its id is not the badge link"));
        }
        match suite::proofs(&document).map_err(refused)? {
            [proof] => {
                suite::check(&document, proof, &key.public, self.contexts()).map_err(refused)?;
                Ok(())
            }
            others => Err(refused(format!("it has {} proofs", others.len()))),
        }
    }

    /// Whether a token carries that payload and a good signature of `key`.
    pub(super) fn preflight_token(
        &self,
        bytes: &[u8],
        payload: &Json,
        key: &KeptKey,
    ) -> Result<(), IssuerError> {
        let text = std::str::from_utf8(bytes).map_err(refused)?;
        let token = Compact::parse(text).map_err(refused)?;
        jws::verify(&token, &key.public).map_err(refused)?;
        let read = json::parse_bytes(token.payload()).map_err(refused)?;
        if read != Value::from(payload) {
            return Err(refused("it says something else than it should"));
        }
        if read.get("credentialSubject").is_some() { reads_well(&read) } else { Ok(()) }
    }
}

/// Rules that no schema states: somebody is meant, something says how it is earned, results belong
/// to the badge class.
fn reads_well(credential: &Value<'_>) -> Result<(), IssuerError> {
    let parsed = ob3::parse(credential);
    if let Some(problem) = parsed.problems().first() {
        return Err(refused(problem));
    }
    let badge = parsed.badge;
    let known = badge.recipient.is_some_and(|who| who.id.is_some() || !who.identities.is_empty());
    let earned = badge.criteria.is_some_and(|how| how.url.is_some() || how.narrative.is_some());
    match (known, earned) {
        (true, true) => Ok(()),
        (false, _) => Err(refused("it names no recipient")),
        (_, false) => Err(refused("it has no criteria")),
    }
}

fn refused(why: impl std::fmt::Display) -> IssuerError {
    IssuerError::Preflight(why.to_string())
}
