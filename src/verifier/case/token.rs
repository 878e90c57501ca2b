//! A compact JWS and the claims in it, read before anything about it is believed.

use crate::json::{self, Value};
use crate::proof::encoding::from_base64url;
use crate::proof::jws::{Compact, JwsError};

/// A token whose payload is JSON. Its header may still be one that is refused.
pub(in crate::verifier) struct Token {
    compact: Option<Box<Compact<'static>>>,
    /// What is wrong with the token as a whole, if anything.
    pub(in crate::verifier) fault: Option<JwsError>,
    pub(in crate::verifier) claims: Value<'static>,
}

impl Token {
    /// Reads a token far enough to tell what it carries.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let claims = |payload: &[u8]| match json::parse_bytes(payload) {
            Ok(claims) => Ok(claims.into_owned()),
            Err(error) => Err(format!("the payload of the token: {error}")),
        };
        match Compact::parse(text) {
            Ok(token) => {
                let claims = claims(token.payload())?;
                Ok(Self { compact: Some(Box::new(token.into_owned())), fault: None, claims })
            }
            Err(fault) => {
                // A refused header must not hide what kind of badge it is that is refused.
                let part = text.split('.').nth(1).unwrap_or_default();
                let payload = from_base64url(part).map_err(|_| fault.to_string())?;
                Ok(Self { compact: None, fault: Some(fault), claims: claims(&payload)? })
            }
        }
    }

    /// The credential or presentation that one claim holds (VC Data Model 1.1 §6.3.1).
    pub(in crate::verifier) fn wrapped(&self) -> Option<&Value<'static>> {
        ["vc", "vp"]
            .iter()
            .find_map(|claim| self.claims.get(claim))
            .filter(|found| found.as_object().is_some())
    }

    /// The token taken apart, if nothing is wrong with it.
    pub(in crate::verifier) fn compact(&self) -> Option<&Compact<'static>> {
        self.compact.as_deref()
    }
}
