//! Data Integrity cryptosuites (VC Data Integrity 1.0): a proof in the document that it protects.
//!
//! Checking has two steps. [`prepare`](fn@prepare) reads the proof, brings document and proof to their canonical
//! forms and keeps the bytes that must have been signed: what can fail here is the proof's form, an
//! unknown suite, a member that no signature can cover, a limit. [`Prepared::verify`] then asks
//! whether the key signed those bytes, and that is all it can deny. Which key to hand in, whether it
//! may speak for the issuer, and whether the proof's dates and purpose fit, is the verifier's matter.

mod ecdsa_jcs_2019;
mod ecdsa_rdfc_2019;
pub mod ecdsa_sd_2023;
mod ed25519_signature_2020;
mod eddsa_jcs_2022;
mod eddsa_rdfc_2022;
mod jcs;
mod prepared;
mod proof;
mod rdfc;
mod sign;
mod template;

use std::fmt;

pub use prepared::{Forms, Prepared, Statements, check, forms, prepare, verify_own};
pub use proof::{MAX_PROOFS, Proof, proofs};
pub use sign::{ProofOptions, sign, sign_prepared};

use super::key::{KeyError, KeyType};
use crate::linked_data;

/// The cryptosuites that we check and sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suite {
    /// `eddsa-rdfc-2022`: Ed25519 over RDFC-1.0. What certification demands and we sign with.
    EddsaRdfc2022,
    /// `eddsa-jcs-2022`: Ed25519 over JCS.
    EddsaJcs2022,
    /// `ecdsa-rdfc-2019`: ECDSA on P-256 or P-384 over RDFC-1.0.
    EcdsaRdfc2019,
    /// `ecdsa-jcs-2019`: ECDSA on P-256 or P-384 over JCS.
    EcdsaJcs2019,
    /// `ecdsa-sd-2023`: ECDSA on P-256 over each statement, for showing parts. Proofs are made with
    /// [`ecdsa_sd_2023`]; derived ones are checked like those of the other suites.
    EcdsaSd2023,
    /// `Ed25519Signature2020`, a proof type of its own: what badges had before Data Integrity.
    Ed25519Signature2020,
}

/// How a suite brings JSON to one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// RDF dataset canonicalisation: what the document means.
    Rdfc,
    /// JSON canonicalisation: what it says.
    Jcs,
}

/// What tells one suite from another.
struct Rules {
    /// `type` of the proof.
    proof_type: &'static str,
    /// `cryptosuite` of the proof, for those of type `DataIntegrityProof`.
    cryptosuite: Option<&'static str>,
    form: Form,
    keys: &'static [KeyType],
}

const SUITES: [Suite; 6] = [
    Suite::EddsaRdfc2022,
    Suite::EddsaJcs2022,
    Suite::EcdsaRdfc2019,
    Suite::EcdsaJcs2019,
    Suite::EcdsaSd2023,
    Suite::Ed25519Signature2020,
];

impl Suite {
    fn rules(self) -> &'static Rules {
        match self {
            Self::EddsaRdfc2022 => &eddsa_rdfc_2022::RULES,
            Self::EddsaJcs2022 => &eddsa_jcs_2022::RULES,
            Self::EcdsaRdfc2019 => &ecdsa_rdfc_2019::RULES,
            Self::EcdsaJcs2019 => &ecdsa_jcs_2019::RULES,
            Self::EcdsaSd2023 => &ecdsa_sd_2023::RULES,
            Self::Ed25519Signature2020 => &ed25519_signature_2020::RULES,
        }
    }

    /// The name of the suite: `cryptosuite`, or `type` for the legacy one.
    pub fn as_str(self) -> &'static str {
        let rules = self.rules();
        rules.cryptosuite.unwrap_or(rules.proof_type)
    }

    /// Whether the suite signs with keys of this kind.
    pub fn takes(self, key_type: KeyType) -> bool {
        self.rules().keys.contains(&key_type)
    }

    /// The suite that we sign with when only the key is given: `eddsa-rdfc-2022` or
    /// `ecdsa-rdfc-2019`; none for RSA.
    pub fn for_key(key_type: KeyType) -> Option<Self> {
        [Self::EddsaRdfc2022, Self::EcdsaRdfc2019].into_iter().find(|suite| suite.takes(key_type))
    }

    /// The suite of this name, as [`as_str`](Self::as_str) gives it.
    pub fn of_name(name: &str) -> Option<Self> {
        SUITES.into_iter().find(|suite| suite.as_str() == name)
    }

    fn of(proof_type: &str, cryptosuite: Option<&str>) -> Option<Self> {
        SUITES.into_iter().find(|suite| {
            let rules = suite.rules();
            rules.proof_type == proof_type && rules.cryptosuite == cryptosuite
        })
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `type` of the proofs of Data Integrity (§2.1).
const DATA_INTEGRITY_PROOF: &str = "DataIntegrityProof";

/// Why a proof was not made, or does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SuiteError {
    /// The document is not an object.
    #[error("a document to be secured must be an object, not {0}")]
    DocumentKind(&'static str),
    /// The document carries no proof.
    #[error("the document has no `proof`")]
    NoProof,
    /// More proofs than we look at.
    #[error("the document has {0} proofs; {MAX_PROOFS} are looked at")]
    TooManyProofs(usize),
    /// A member of the proof is missing or not what it must be.
    #[error("proof member `{member}` {why}")]
    Malformed {
        /// Which member; empty for the proof itself.
        member: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A suite that we do not know. What it says could not be tested.
    #[error("the cryptosuite {0:?} is not known here")]
    UnknownSuite(String),
    /// The suite does not sign with this kind of key.
    #[error("{suite} does not take {key} keys")]
    KeyType {
        /// The suite.
        suite: Suite,
        /// The kind of key.
        key: KeyType,
    },
    /// The document or the proof has no canonical form here: undefined terms, unknown contexts,
    /// limits. The error says which and where.
    #[error("{part}: {error}")]
    Canonical {
        /// Which of the two.
        part: Part,
        /// Why.
        error: linked_data::Error,
    },
    /// A proof refers to one before it that is not there, is there twice, or refers back to it.
    #[error("previousProof {id:?} {why}")]
    Chain {
        /// The id of the proof before it.
        id: String,
        /// What is wrong.
        why: &'static str,
    },
    /// A suite whose proofs are not made by [`sign`](fn@sign).
    #[error("{0} proofs need a choice of what is mandatory")]
    NeedsChoice(Suite),
    /// A JSON pointer to nothing.
    #[error("the document has nothing at {0:?}")]
    Pointer(String),
    /// A choice of something that can only be shown whole, or not at all: an element of a list, a
    /// member of a JSON literal, a node without the blank node identifier that others know it by.
    #[error("what was chosen cuts through a part that can only be shown whole")]
    NotSelective,
    /// More statements than are signed one by one.
    #[error("the document has {0} statements, too many to be signed one by one")]
    TooManyStatements(usize),
    /// Nothing is mandatory and nothing was chosen.
    #[error("nothing of the document was chosen to be shown")]
    NothingShown,
    /// The key did not sign these bytes.
    #[error("the signature does not match the document and the key")]
    Signature,
    /// Signing failed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// One of the two things that a proof covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The document without its proof.
    Document,
    /// The proof without its value.
    Proof,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Document => "the document",
            Self::Proof => "the proof",
        })
    }
}

fn malformed(member: &'static str, why: impl Into<String>) -> SuiteError {
    SuiteError::Malformed { member, why: why.into() }
}

#[cfg(test)]
mod tests;
