//! What people who debug interoperability ask for: canonical forms, hashes, and exactly the bytes
//! that were signed.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::proof::encoding::{base64url, hex};
use crate::proof::jws::Compact;
use crate::proof::key::PublicKey;
use crate::proof::suite::{Forms, Prepared};

/// Of an embedded proof: both canonical forms, their hashes, and what was signed. Of
/// `ecdsa-sd-2023` the statements too, each with its own signature.
pub(super) fn embedded(prepared: &Prepared, forms: &Forms) -> Value {
    let mut trace = json!({
        "suite": prepared.suite.as_str(),
        "document": forms.document,
        "documentHash": hex(&prepared.document_hash),
        "proof": forms.proof,
        "proofHash": hex(&prepared.proof_hash),
        "signed": hex(&prepared.signed),
        "signature": hex(&prepared.signature),
        "key": prepared.key.to_jwk(),
    });
    if let (Some(statements), Some(members)) = (&prepared.statements, trace.as_object_mut()) {
        let signed: Vec<Value> = statements
            .signed
            .iter()
            .map(|(statement, signature)| {
                json!({
                    "signed": String::from_utf8_lossy(statement),
                    "signature": hex(signature),
                })
            })
            .collect();
        members.insert("statementKey".to_owned(), statements.key.to_jwk());
        members.insert("statements".to_owned(), signed.into());
    }
    trace
}

/// Of a token: its header as it stands, the signing input, which is what was signed (RFC 7515 §5.2),
/// and the hash of it that RS256 and ES256 sign.
pub(super) fn token(token: &Compact<'_>, key: Option<&PublicKey>) -> Value {
    let header = token.header();
    let input = token.signing_input();
    json!({
        "algorithm": header.algorithm().as_str(),
        "signed": input,
        "signedSha256": hex(&Sha256::digest(input.as_bytes())),
        "payload": String::from_utf8_lossy(token.payload()),
        "signature": base64url(token.signature()),
        "key": key.map(PublicKey::to_jwk),
        "ignoredHeaderMembers": header.other_members(),
    })
}
