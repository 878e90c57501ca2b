//! Policies: which checks must hold.

use serde::{Deserialize, Serialize};

/// The policies by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyName {
    /// Everything that makes a badge good, whoever its issuer is.
    #[default]
    Default,
    /// As default, and the issuer must be trusted or pinned.
    Strict,
    /// Proof and shape alone, without binding the key to the issuer: the VC-API door.
    ProofOnly,
}

impl PolicyName {
    /// The name as the API takes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Strict => "strict",
            Self::ProofOnly => "proof-only",
        }
    }
}

impl std::str::FromStr for PolicyName {
    type Err = UnknownPolicy;

    fn from_str(text: &str) -> Result<Self, UnknownPolicy> {
        [Self::Default, Self::Strict, Self::ProofOnly]
            .into_iter()
            .find(|policy| policy.as_str() == text)
            .ok_or_else(|| UnknownPolicy(text.to_owned()))
    }
}

/// A policy that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no policy {0:?}: it is default, strict or proof-only")]
pub struct UnknownPolicy(pub String);
