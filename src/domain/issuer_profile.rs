//! Who issues.

use jiff::Timestamp;

use super::{Email, Image, IssuerId, Slug, WebUrl};

/// An issuer: an organisation or person with keys of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerProfile {
    /// Its identifier in the API.
    pub id: IssuerId,
    /// Its name in public URLs and in its DID.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// Its web site.
    pub url: WebUrl,
    /// Where to reach it (Open Badges 2.0 has no issuer without one).
    pub email: Email,
    /// About it.
    pub description: Option<String>,
    /// E.164, `+` and digits.
    pub telephone: Option<String>,
    /// Its logo.
    pub image: Option<Image>,
    /// What others call it, such as the number of its LinkedIn page.
    pub other_identifiers: Vec<OtherIdentifier>,
    /// What it is a part of.
    pub parent: Option<ParentOrganisation>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts changes, from 1.
    pub revision: u64,
}

impl IssuerProfile {
    /// Type of the other identifier that holds the number of a LinkedIn page.
    pub const LINKEDIN_ORGANISATION: &'static str = "ext:LinkedIn:organizationId";

    /// The number of its LinkedIn page, if it gave one.
    pub fn linkedin_organisation(&self) -> Option<&str> {
        self.other_identifiers
            .iter()
            .find(|other| other.identifier_type == Self::LINKEDIN_ORGANISATION)
            .map(|other| other.identifier.as_str())
    }
}

/// An identifier that somebody else gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherIdentifier {
    /// The identifier.
    pub identifier: String,
    /// Of which kind it is: a term of Open Badges 3.0 IdentifierTypeEnum or one that begins with
    /// `ext:`.
    pub identifier_type: String,
}

/// The organisation that an issuer belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParentOrganisation {
    /// Its URL, which also identifies it.
    pub id: WebUrl,
    /// Its name.
    pub name: String,
}
