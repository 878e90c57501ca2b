//! Who a badge is awarded to.

use sha2::{Digest, Sha256};

use super::{Invalid, hex};

/// Who a badge is awarded to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// How the person is known; at least one. The first one that Open Badges 2.0 has a word for is
    /// the recipient there.
    pub identities: Vec<Identity>,
    /// The person's name.
    pub name: Option<String>,
    /// Whether the name may stand in public documents.
    pub name_public: bool,
    /// Whether identities other than DIDs stand hashed in public documents.
    pub hashed: bool,
    /// Random text that every hash of this award is salted with.
    pub salt: String,
}

impl Recipient {
    /// The DID, if the person is known by one.
    pub fn did(&self) -> Option<&str> {
        self.identities
            .iter()
            .find(|identity| identity.kind == IdentityType::Did)
            .map(|identity| identity.value.as_str())
    }

    /// The e-mail address, if the person is known by one.
    pub fn email(&self) -> Option<&str> {
        self.identities
            .iter()
            .find(|identity| identity.kind == IdentityType::Email)
            .map(|identity| identity.value.as_str())
    }

    /// The hash of one of its identities, with the salt of this award.
    pub fn hash(&self, identity: &Identity) -> HashedIdentity {
        HashedIdentity::new(&identity.value, &self.salt)
    }
}

/// One thing a person is known by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// What it is.
    pub kind: IdentityType,
    /// The thing, in its normal form.
    pub value: String,
}

/// What a person can be known by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum IdentityType {
    /// An e-mail address (trimmed, lower case).
    Email,
    /// A decentralised identifier.
    Did,
    /// A web page of hers.
    Url,
    /// A telephone number, E.164.
    Telephone,
    /// Another term of Open Badges 3.0 IdentifierTypeEnum, or one that begins with `ext:`.
    Other(String),
}

impl IdentityType {
    /// The terms of Open Badges 3.0 IdentifierTypeEnum that have no variant of their own.
    const OTHERS: [&str; 18] = [
        "name",
        "sourcedId",
        "systemId",
        "productId",
        "userName",
        "accountId",
        "nationalIdentityNumber",
        "isbn",
        "issn",
        "lisSourcedId",
        "oneRosterSourcedId",
        "sisSourcedId",
        "ltiContextId",
        "ltiDeploymentId",
        "ltiToolId",
        "ltiPlatformId",
        "ltiUserId",
        "identifier",
    ];

    /// Reads one of our own words (`email`, `did`, `url`, `telephone`) or a term of Open Badges 3.0.
    ///
    /// # Errors
    /// `bad-identity-type`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "email" | "emailAddress" => Ok(Self::Email),
            "did" => Ok(Self::Did),
            "url" => Ok(Self::Url),
            "telephone" => Ok(Self::Telephone),
            other => super::alignment::open_term(other, &Self::OTHERS)
                .map(Self::Other)
                .map_err(|detail| Invalid::new("bad-identity-type", detail)),
        }
    }

    /// Our word, or the term of Open Badges 3.0.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email => "email",
            Self::Did => "did",
            Self::Url => "url",
            Self::Telephone => "telephone",
            Self::Other(term) => term,
        }
    }
}

/// A salted SHA-256 hash of an identity (Open Badges 2.0 and 3.0, IdentityHash).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashedIdentity {
    /// `sha256$` and 64 lower-case hex digits.
    pub hash: String,
    /// What was appended to the identity before hashing.
    pub salt: String,
}

impl HashedIdentity {
    /// Hashes the bytes of `identity` followed by those of `salt`.
    pub fn new(identity: &str, salt: &str) -> Self {
        let digest = Sha256::new().chain_update(identity).chain_update(salt).finalize();
        Self { hash: format!("sha256${}", hex(&digest)), salt: salt.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_agree_with_published_examples() {
        assert_eq!(
            HashedIdentity::new("a@example.com", "Kosher").hash,
            "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
        );
        assert!(
            HashedIdentity::new("nobody@example.org", "deadsea")
                .hash
                .starts_with("sha256$ecf5409f3f4b")
        );
        assert!(
            HashedIdentity::new("test@example.com", "sel gris")
                .hash
                .starts_with("sha256$85c4196c5516")
        );
    }
}
