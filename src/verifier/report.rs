//! The answer of a verification, as `POST /v1/verifications` gives it.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::policy::PolicyName;

/// The whole answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The one word: any required check that fails makes it invalid, else any that could not be made
    /// leaves it indeterminate.
    pub verdict: Verdict,
    /// The three answers, which are never one tick.
    pub answers: Answers,
    /// How the badge is carried; absent when it could not be told.
    pub format: Option<Format>,
    /// `"2.0"`, `"3.0"` …; absent when it could not be told.
    pub open_badges_version: Option<String>,
    /// When this report was made.
    pub checked_at: Timestamp,
    /// The instant for which the badge was judged.
    pub as_of: Timestamp,
    /// The policy it was judged by.
    pub policy: PolicyName,
    /// What the badge says; absent when it could not be read.
    pub badge: Option<Badge>,
    /// Every check, in the order of the table.
    pub checks: Vec<CheckReport>,
    /// Every document that was needed.
    pub documents: Vec<DocumentReport>,
    /// Reports on what stands inside: endorsements, parts of a transcript.
    pub reports: Vec<PartReport>,
}

/// The overall result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every required check passes.
    Valid,
    /// A required check fails.
    Invalid,
    /// No required check fails, but one could not be made.
    Indeterminate,
}

impl Verdict {
    /// The word of the report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Indeterminate => "indeterminate",
        }
    }
}

/// The three answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answers {
    /// Is this what the issuer signed or hosts, and did the issuer named make it?
    pub authentic: Authentic,
    /// Not expired, revoked, suspended or not yet valid?
    pub in_force: InForce,
    /// How we know who the issuer is. Never pass or fail.
    pub issuer: IssuerAnswer,
}

/// Yes, no, or not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum YesNo {
    /// Yes.
    Yes,
    /// No.
    No,
    /// It could not be found out.
    Unknown,
}

/// Whether the badge is the issuer's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authentic {
    /// Whether it is.
    pub answer: YesNo,
    /// A sentence.
    pub reason: String,
}

/// Whether the badge is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InForce {
    /// Whether it is.
    pub answer: YesNo,
    /// A sentence.
    pub reason: String,
    /// When the status was read that this rests on; the instant judged for when none was needed.
    pub as_of: Timestamp,
}

/// How the issuer is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssuerAnswer {
    /// The kind of knowledge.
    pub answer: Knowledge,
    /// A sentence.
    pub reason: String,
}

/// How we know who an issuer is, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Knowledge {
    /// On the operator's list of issuers.
    Trusted,
    /// Signed with a key that the operator pinned for this issuer.
    Pinned,
    /// The issuer controls the web domain that its id names.
    Domain,
    /// Only by what it says of itself, as with a `did:key`.
    SelfStated,
    /// Not at all.
    Unknown,
}

/// How a badge is carried and protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Open Badges up to 2.1, hosted at its own URL.
    Hosted,
    /// Open Badges up to 2.1, signed as a compact JWS.
    Jws,
    /// Open Badges 3.0 with an embedded proof.
    DataIntegrity,
    /// Open Badges 3.0 as a JWT.
    VcJwt,
    /// An enveloped credential or presentation.
    Enveloped,
}

/// What came of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckOutcome {
    /// It holds.
    Pass,
    /// It does not hold.
    Fail,
    /// It could not be tested.
    Unknown,
    /// Advice.
    Note,
    /// It does not apply.
    Skip,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckReport {
    /// Dotted, stable, never reused; `verifier::about` tells its section and whether it is required.
    pub id: Cow<'static, str>,
    /// What came of it.
    pub outcome: CheckOutcome,
    /// What the check is about, in a few words.
    pub title: Cow<'static, str>,
    /// What was found, in a sentence.
    pub message: Cow<'static, str>,
    /// Key ids, algorithms, dates, URLs.
    pub facts: Map<String, Value>,
    /// Canonical forms, hashes, the bytes that were signed; on request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Value>,
}

/// One document that was needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentReport {
    /// What it was needed as: `assertion`, `issuer`, `key`, `status` …
    pub role: String,
    /// Its URL or DID.
    pub url: String,
    /// Whether it is here.
    pub state: DocumentState,
    /// When its origin gave or confirmed it.
    pub fetched_at: Option<Timestamp>,
    /// SHA-256 of its bytes, hex.
    pub sha256: Option<String>,
    /// Why it is not here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Whether a document is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentState {
    /// It is.
    Got,
    /// It was asked for and did not come.
    Missing,
    /// It was not asked for.
    Refused,
}

/// The report on something that stands inside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartReport {
    /// `endorsement` or `credential`.
    pub part: String,
    /// Where it stands: a JSON pointer into the whole.
    pub pointer: String,
    /// Its own report.
    #[serde(flatten)]
    pub report: Report,
}

/// What a badge says, in one shape for all versions. Text is the issuer's own: foreign, to be
/// escaped, never shown as ours.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Badge {
    /// The assertion's id.
    pub id: Option<String>,
    /// The badge class's name.
    pub name: Option<String>,
    /// The badge class's description.
    pub description: Option<String>,
    /// The badge class's id.
    pub badge_class: Option<String>,
    /// What kind of achievement it is, such as `MicroCredential`.
    pub achievement_type: Option<String>,
    /// Who awarded it, as it says.
    pub issuer: Option<BadgeIssuer>,
    /// Whom it was awarded to.
    pub recipient: Option<BadgeRecipient>,
    /// When it was awarded.
    pub issued_on: Option<Timestamp>,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// Its picture.
    pub image: Option<BadgeImage>,
    /// How it is earned.
    pub criteria: Option<BadgeCriteria>,
    /// Standards it is aligned with.
    pub alignment: Vec<BadgeAlignment>,
    /// What shows that it was earned.
    pub evidence: Vec<BadgeEvidence>,
    /// Results, with the level reached.
    pub results: Vec<BadgeResult>,
    /// How it was earned, over all pieces of evidence.
    pub narrative: Option<String>,
    /// Credits earned, or else available.
    pub credits: Option<f64>,
    /// Words it is found by.
    pub tags: Vec<String>,
}

/// The issuer as the badge or its profile says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BadgeIssuer {
    /// URL or DID.
    pub id: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Web site.
    pub url: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Picture.
    pub image: Option<String>,
}

/// The recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BadgeRecipient {
    /// The subject's id (a DID or a urn).
    pub id: Option<String>,
    /// Name, where the badge states it.
    pub name: Option<String>,
    /// Identities, as they stand.
    pub identities: Vec<BadgeIdentity>,
}

/// One identity of a recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BadgeIdentity {
    /// `email`, `emailAddress`, `url` …
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether `identity` is a hash.
    pub hashed: bool,
    /// The identity or its hash.
    pub identity: String,
}

/// A picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BadgeImage {
    /// URL or data URI.
    pub id: String,
    /// What it shows.
    pub caption: Option<String>,
}

/// Criteria.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BadgeCriteria {
    /// URL.
    pub id: Option<String>,
    /// Markdown.
    pub narrative: Option<String>,
}

/// An alignment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BadgeAlignment {
    /// Name of the target.
    pub target_name: Option<String>,
    /// URL of the target.
    pub target_url: Option<String>,
    /// Code of the target in its framework.
    pub target_code: Option<String>,
    /// The framework.
    pub target_framework: Option<String>,
    /// What the target is.
    pub target_type: Option<String>,
    /// The statement.
    pub target_description: Option<String>,
}

/// A piece of evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BadgeEvidence {
    /// URL.
    pub id: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// How it came about; Markdown.
    pub narrative: Option<String>,
    /// Kind of work.
    pub genre: Option<String>,
    /// Whom it is for.
    pub audience: Option<String>,
}

/// A result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BadgeResult {
    /// Id of the result description.
    pub result_description: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its kind.
    pub result_type: Option<String>,
    /// A value, as text.
    pub value: Option<String>,
    /// `Completed` …
    pub status: Option<String>,
    /// Id of the level reached.
    pub achieved_level: Option<String>,
    /// All levels of the description, the one reached marked.
    pub levels: Vec<BadgeLevel>,
}

/// A level of a rubric.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BadgeLevel {
    /// Id.
    pub id: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// The level's own word.
    pub level: Option<String>,
    /// What it means.
    pub description: Option<String>,
    /// Points, as text.
    pub points: Option<String>,
    /// Whether it is the one reached.
    pub achieved: bool,
}

/// The state of a badge in one word, for a banner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Valid.
    Valid,
    /// Past its end.
    Expired,
    /// Revoked.
    Revoked,
    /// Suspended.
    Suspended,
    /// Before its start.
    NotYetValid,
    /// Not what the issuer signed or hosts, or not a badge as the specification wants it.
    Altered,
    /// Could not be verified. Never to be shown as good.
    CouldNotVerify,
}

impl Report {
    /// The check with this id.
    pub fn check(&self, id: &str) -> Option<&CheckReport> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// The state in one word.
    pub fn state(&self) -> State {
        let failed = |id: &str| self.check(id).is_some_and(|c| c.outcome == CheckOutcome::Fail);
        if self.verdict == Verdict::Valid {
            return State::Valid;
        }
        // A badge that is not the issuer's own says nothing about its status either.
        if self.answers.authentic.answer == YesNo::No {
            return State::Altered;
        }
        if failed("status.revoked") {
            State::Revoked
        } else if failed("status.suspended") {
            State::Suspended
        } else if failed("time.expired") {
            State::Expired
        } else if failed("time.not-yet-valid") {
            State::NotYetValid
        } else if self.verdict == Verdict::Invalid {
            State::Altered
        } else {
            State::CouldNotVerify
        }
    }
}
