//! What the issuance record of this service says of a badge whose key is compromised. The signature
//! proves nothing then; the record does, if it holds exactly this badge from before.

use super::{Carried, Case, Subject, carried};
use crate::proof::key::PublicKey;
use crate::resolve::sha256_hex;
use crate::verifier::dossier::Issuance;
use crate::verifier::policy::PolicyName;

/// The sentence that takes the place of those about a key that counts.
pub(in crate::verifier) const ON_RECORD: &str =
    "the issuer's key is compromised, and its issuance record holds exactly this badge from before";

/// What can be asked of the record.
pub(in crate::verifier) struct Claim {
    /// The keys that the badge names.
    pub(in crate::verifier) methods: Vec<String>,
    /// SHA-256 of its text, in lower-case hex. JSON counts in the form that leaves this service,
    /// however it was written since: pictures escape some characters.
    pub(in crate::verifier) sha256: String,
}

impl Case<'_> {
    /// What to ask the record, where no signature of the badge counts.
    pub(in crate::verifier) fn claim(&self) -> Option<Claim> {
        let methods: Vec<String> = match &self.subject {
            Subject::Credential(credential) => {
                let proofs = credential.proofs(self);
                if proofs.iter().any(|proof| proof.holds(PolicyName::Default)) {
                    return None;
                }
                proofs.iter().filter_map(|proof| proof.method.clone()).collect()
            }
            Subject::Ob2(badge) if badge.keys.is_empty() => {
                badge.creator().map(str::to_owned).into_iter().collect()
            }
            _ => return None,
        };
        if methods.is_empty() {
            return None;
        }
        let text = match carried(self.dossier, &mut None).ok()?.0 {
            Carried::Json(Ok(value)) => serde_json::Value::from(&*value).to_string(),
            Carried::Token(token) => token.into_owned(),
            _ => return None,
        };
        Some(Claim { methods, sha256: sha256_hex(text.as_bytes()) })
    }

    /// The key of that name, if the record answers for what it signed.
    pub(in crate::verifier) fn key_on_record(&self, method: &str) -> Option<PublicKey> {
        let Issuance { method: named, key, .. } = self.dossier.issuance.as_ref()?;
        (named == method).then(|| PublicKey::from_jwk(&key.into()).ok()).flatten()
    }
}
