//! A status list as BitstringStatusListCredential (Bitstring Status List v1.0 §2.2), without its
//! proof.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::CONTEXTS;
use crate::domain::StatusPurpose;

/// The credential that is signed and served at `url`. `issuer_id` stands there as a string, which
/// is the only form that every reader takes; `encoded_list` is `u` and the base64url of the
/// compressed bits; `ttl` is in milliseconds.
pub fn status_list_credential(
    url: &str,
    issuer_id: &str,
    purpose: StatusPurpose,
    encoded_list: &str,
    valid_from: Timestamp,
    ttl: u64,
) -> Value {
    let [credentials, _] = CONTEXTS;
    json!({
        "@context": [credentials],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_id,
        "validFrom": valid_from.to_string(),
        "credentialSubject": {
            "id": format!("{url}#list"),
            "type": "BitstringStatusList",
            "statusPurpose": purpose.as_str(),
            "encodedList": encoded_list,
            "ttl": ttl,
        },
    })
}
