//! Second opinions: independent software accepts what is signed here and refuses every change of it,
//! and what that software signs is accepted here. `tests/peers/install` brings the peers.

mod alter;
mod among_themselves;
mod contract;
mod differential;
mod door;
mod minted;
mod pages;
mod process;
mod proofs;
mod rotation;
mod service;
mod theirs;
mod wallet;

use std::sync::LazyLock;

use serde_json::{Value, json};

/// An Open Badges 3.0 credential with everything that we issue, unsigned.
static SAMPLE: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../peers/samples/ob3.json")).unwrap());

/// The claims of the OB 3.0 VC-JWT profile for a credential.
fn jwt_payload(credential: &Value) -> Value {
    let mut payload = credential.clone();
    payload["iss"] = credential["issuer"]["id"].clone();
    payload["sub"] = credential["credentialSubject"]["id"].clone();
    payload["jti"] = credential["id"].clone();
    payload["nbf"] = json!(1_768_469_400);
    payload
}

/// A PNG of one pixel.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
