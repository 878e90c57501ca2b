//! What a status list says of its own age, before anything about it is believed: so that an older one
//! never takes the place of a newer one, and none is kept longer than it wants to be.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};

use crate::json::{self, Value};

/// The age that a list states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// When it was issued.
    pub issued: Option<Timestamp>,
    /// How long it may be kept (`ttl`, Bitstring Status List §2.2).
    pub keep: Option<SignedDuration>,
}

/// Reads a list credential, as JSON or in a token; anything else states nothing.
pub fn stated(bytes: &[u8]) -> Stated {
    read(bytes).unwrap_or_default()
}

fn read(bytes: &[u8]) -> Option<Stated> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let decoded;
    let text = if text.starts_with("eyJ") {
        decoded = BASE64_URL_SAFE_NO_PAD.decode(text.split('.').nth(1)?).ok()?;
        std::str::from_utf8(&decoded).ok()?
    } else {
        text
    };
    let whole = json::parse(text).ok()?;
    let list = whole.get("vc").unwrap_or(&whole);
    let named = ["validFrom", "issuanceDate"].iter().find_map(|name| list.str_of(name));
    let claimed = || {
        let claim = ["iat", "nbf"].iter().find_map(|name| whole.get(name)?.as_number())?;
        Timestamp::from_second(claim.as_i64()?).ok()
    };
    let subject = list.get("credentialSubject").and_then(|subject| subject.items().first());
    let ttl = subject.and_then(|subject| subject.get("ttl")).and_then(Value::as_number);
    Some(Stated {
        issued: named.and_then(|text| text.parse().ok()).or_else(claimed),
        keep: ttl
            .and_then(|ttl| ttl.as_i64())
            .filter(|ttl| *ttl >= 0)
            .map(SignedDuration::from_millis),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_states_its_age_as_json_and_in_a_token() {
        let json = r#"{"validFrom":"2026-05-20T00:00:00Z","credentialSubject":{"ttl":300000}}"#;
        let expected = Stated {
            issued: Some("2026-05-20T00:00:00Z".parse().unwrap()),
            keep: Some(SignedDuration::from_secs(300)),
        };
        assert_eq!(stated(json.as_bytes()), expected);
        let token = format!("eyJhbGciOiJ4In0.{}.AA", BASE64_URL_SAFE_NO_PAD.encode(json));
        assert_eq!(stated(token.as_bytes()), expected);
        let claims = BASE64_URL_SAFE_NO_PAD.encode(r#"{"iat":1779235200,"vc":{}}"#);
        let issued = stated(format!("eyJhbGciOiJ4In0.{claims}.AA").as_bytes()).issued;
        assert_eq!(issued, expected.issued);
        for nothing in ["", "[]", "eyJ", "{\"validFrom\":7}", "\u{1}"] {
            assert_eq!(stated(nothing.as_bytes()), Stated::default(), "{nothing:?}");
        }
    }
}
