//! What a judgement is made by: which checks must hold, and whom the badge should belong to.

use std::collections::BTreeMap;

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

/// Under which policies a check must hold for a badge to be valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Required {
    /// Under `default`.
    pub default: bool,
    /// Under `strict`.
    pub strict: bool,
    /// Under `proof-only`.
    pub proof_only: bool,
}

impl Required {
    pub(super) const ALWAYS: Self = Self { default: true, strict: true, proof_only: true };
    /// Everywhere but at the VC-API door.
    pub(super) const BADGE: Self = Self { default: true, strict: true, proof_only: false };
    pub(super) const STRICT: Self = Self { default: false, strict: true, proof_only: false };
    pub(super) const NEVER: Self = Self { default: false, strict: false, proof_only: false };

    /// Whether it must hold under `policy`.
    pub const fn by(self, policy: PolicyName) -> bool {
        match policy {
            PolicyName::Default => self.default,
            PolicyName::Strict => self.strict,
            PolicyName::ProofOnly => self.proof_only,
        }
    }
}

/// Whom a badge should belong to: a text whose kind shows from its form, or values by identity type.
///
/// In JSON: `"teacher@example.org"` or `{"email": ["a@example.org", "b@example.org"], "id": "did:…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Expected {
    /// Any kind of identity.
    Any(String),
    /// Identities by type: `email`, `url`, `telephone`, `id`, or an identityType of Open Badges 3.0.
    Typed(BTreeMap<String, OneOrMany>),
}

/// A value, or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several; any of them will do.
    Many(Vec<String>),
}

impl OneOrMany {
    /// The values.
    pub fn values(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_recipients_are_read_as_the_api_writes_them() {
        let plain: Expected = serde_json::from_str("\"a@example.org\"").unwrap();
        assert_eq!(plain, Expected::Any("a@example.org".to_owned()));
        let typed: Expected =
            serde_json::from_str(r#"{"email":["a","b"],"id":"did:key:z"}"#).unwrap();
        let Expected::Typed(typed) = typed else { panic!("not typed") };
        assert_eq!(typed["email"].values(), ["a", "b"]);
        assert_eq!(typed["id"].values(), ["did:key:z"]);
        assert!(serde_json::from_str::<Expected>("[1]").is_err());
    }

    #[test]
    fn policies_are_known_by_name() {
        for policy in [PolicyName::Default, PolicyName::Strict, PolicyName::ProofOnly] {
            assert_eq!(policy.as_str().parse(), Ok(policy));
        }
        assert!("lenient".parse::<PolicyName>().is_err());
    }
}
