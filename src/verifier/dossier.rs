//! Everything a judgement rests on: what was given, and every document that was needed.
//!
//! A dossier is filled once, with all the network access there is; from then on it can be judged
//! again, at any time and by any policy, with none. It can be saved as JSON.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::input::Input;
use super::policy::Expected;
use crate::resolve::{Document, Kind, Outcome, Why};

/// What was given, and what was found for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dossier {
    /// What was given.
    pub given: Given,
    /// Whom the badge is expected to belong to, if anyone asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// The documents, each under the role that it was needed in.
    pub documents: Vec<Entry>,
    /// What the issuance record of this service says of the badge, where its key is compromised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuance: Option<Issuance>,
    /// When it was filled.
    pub gathered_at: Timestamp,
}

/// That a badge was issued, on the word of the issuance record of this service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Issuance {
    /// What the badge calls its key.
    pub method: String,
    /// That key, as JWK.
    pub key: serde_json::Value,
    /// When it signed the badge.
    pub at: Timestamp,
    /// Since when it is compromised; later.
    pub compromised: Timestamp,
}

/// What was given to be verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Given {
    /// A URL; what it led to is among the documents.
    Url(String),
    /// The badge itself.
    Badge(Box<Document>),
}

/// A document that was needed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entry {
    /// What for.
    pub role: Role,
    /// Its URL, or the DID whose document it is.
    pub url: String,
    /// What came of asking for it.
    pub outcome: Outcome,
}

/// What a document is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// What a URL that was given leads to.
    Input,
    /// The hosted assertion.
    Assertion,
    /// The badge class.
    BadgeClass,
    /// The issuer's profile.
    Issuer,
    /// A key (Open Badges 2.0).
    Key,
    /// A DID document, controller document or key document.
    Controller,
    /// A status list.
    Status,
    /// A revocation list.
    RevocationList,
    /// A JSON Schema that the badge names.
    Schema,
    /// The DID configuration of the issuer's web site.
    Linkage,
    /// A hosted endorsement (Open Badges 2.0).
    Endorsement,
    /// A newer issue of a credential.
    Refresh,
    /// A piece of evidence, or another resource that the badge refers to.
    Evidence,
}

impl Role {
    /// The word for it in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Assertion => "assertion",
            Self::BadgeClass => "badge-class",
            Self::Issuer => "issuer",
            Self::Key => "key",
            Self::Controller => "controller",
            Self::Status => "status",
            Self::RevocationList => "revocation-list",
            Self::Schema => "schema",
            Self::Linkage => "linkage",
            Self::Endorsement => "endorsement",
            Self::Refresh => "refresh",
            Self::Evidence => "evidence",
        }
    }

    /// What the document is expected to be.
    pub(super) const fn kind(self) -> Kind {
        match self {
            Self::BadgeClass
            | Self::Issuer
            | Self::Key
            | Self::Controller
            | Self::Schema
            | Self::Linkage => Kind::Json,
            Self::Input | Self::Refresh => Kind::Badge,
            Self::Assertion | Self::Endorsement => Kind::Assertion,
            Self::Evidence => Kind::Evidence,
            Self::Status | Self::RevocationList => Kind::StatusList,
        }
    }
}

/// A document that is needed and not there yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) role: Role,
    /// How the dossier names it: its URL, or a DID.
    pub(super) name: String,
    /// Where it is fetched, or why it cannot be.
    pub(super) url: Result<String, Why>,
    /// Whose allowance pays for it: empty for the whole, else the way to the credential inside.
    pub(super) purse: String,
}

impl Need {
    pub(super) fn at(role: Role, url: &str) -> Self {
        Self { role, name: url.to_owned(), url: Ok(url.to_owned()), purse: String::new() }
    }
}

impl Dossier {
    /// A dossier that holds nothing but what was given.
    pub fn new(input: Input, expected: Option<Expected>, now: Timestamp) -> Self {
        let given = match input {
            Input::Url(url) => Given::Url(url),
            Input::Bytes(bytes) => Given::Badge(Box::new(Document::known("", "", bytes, now))),
        };
        Self { given, expected, documents: Vec::new(), issuance: None, gathered_at: now }
    }

    /// What came of asking for a document in this role.
    pub fn find(&self, role: Role, name: &str) -> Option<&Outcome> {
        let entry = self.documents.iter().find(|entry| entry.role == role && entry.url == name);
        entry.map(|entry| &entry.outcome)
    }

    pub(super) fn add(&mut self, role: Role, name: String, outcome: Outcome) {
        if self.find(role, &name).is_none() {
            self.documents.push(Entry { role, url: name, outcome });
        }
    }
}
