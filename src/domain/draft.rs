//! What a platform asks for, before it becomes an issuer, a badge class or an award: checked value
//! by value, but not yet against what is in the store.

use jiff::Timestamp;

use super::{
    AchievedResult, Alignment, BadgeClassId, BadgeType, Credits, Criteria, Email, Evidence,
    Identity, ImageFormat, ImageId, IssuerId, LanguageTag, OtherIdentifier, ParentOrganisation,
    PersonRef, ResultDescription, Slug, Source, Stage, Validity, Visibility, WebUrl,
};

/// What an issuer profile shall say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerDraft {
    /// Wanted for public URLs; made from the name where it is missing. Ignored on an edit, because
    /// slugs are fixed.
    pub slug: Option<Slug>,
    /// Its name for people.
    pub name: String,
    /// Its web site.
    pub url: WebUrl,
    /// Where to reach it.
    pub email: Email,
    /// About it.
    pub description: Option<String>,
    /// E.164, `+` and digits.
    pub telephone: Option<String>,
    /// Its logo.
    pub image: Option<ImageDraft>,
    /// What others call it.
    pub other_identifiers: Vec<OtherIdentifier>,
    /// What it is a part of.
    pub parent: Option<ParentOrganisation>,
}

/// What a badge class shall say.
#[derive(Clone, Debug, PartialEq)]
pub struct BadgeClassDraft {
    /// Who issues it.
    pub issuer: IssuerId,
    /// Its title.
    pub name: String,
    /// What it is.
    pub description: String,
    /// How it is earned.
    pub criteria: Criteria,
    /// What kind of achievement it is.
    pub badge_type: Option<BadgeType>,
    /// Its picture.
    pub image: Option<ImageDraft>,
    /// What it meets in competency frameworks.
    pub alignments: Vec<Alignment>,
    /// What is assessed, and on which scale.
    pub result_descriptions: Vec<ResultDescription>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Credits it can bring.
    pub credits_available: Option<Credits>,
    /// How long an award is valid.
    pub validity: Option<Validity>,
    /// Genres of which an award must bring evidence.
    pub required_evidence: Vec<String>,
    /// Whether an award must state a result for every result description.
    pub requires_results: bool,
    /// Whether awards can be suspended.
    pub suspendable: bool,
    /// A code for people.
    pub human_code: Option<String>,
    /// Subject.
    pub field_of_study: Option<String>,
    /// Narrower than the field of study.
    pub specialization: Option<String>,
    /// The language it is written in.
    pub language: Option<LanguageTag>,
    /// The issuer's own name for the version.
    pub version_label: Option<String>,
    /// What others call it.
    pub other_identifiers: Vec<OtherIdentifier>,
    /// How far it has come; published where it is missing, as before on an edit of what is not
    /// published yet.
    pub stage: Option<Stage>,
}

/// How far a badge class shall come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageDraft {
    /// The stage of its newest version.
    pub stage: Stage,
    /// Why, for the platform only.
    pub reason: Option<String>,
}

/// What an award shall say.
#[derive(Clone, Debug, PartialEq)]
pub struct AssertionDraft {
    /// What is awarded; the newest version counts.
    pub badge_class: BadgeClassId,
    /// To whom.
    pub recipient: RecipientDraft,
    /// When; now where it is missing.
    pub issued_on: Option<Timestamp>,
    /// Until when; as the badge class says where it is missing.
    pub expires: Option<Timestamp>,
    /// What was done.
    pub evidence: Vec<Evidence>,
    /// How it was judged.
    pub results: Vec<AchievedResult>,
    /// What ties the evidence together.
    pub narrative: Option<String>,
    /// The role in which it was earned.
    pub role: Option<String>,
    /// The term or cohort.
    pub term: Option<String>,
    /// When the work began.
    pub activity_start: Option<Timestamp>,
    /// When the work ended.
    pub activity_end: Option<Timestamp>,
    /// Credits earned.
    pub credits_earned: Option<Credits>,
    /// Who assessed.
    pub source: Option<Source>,
    /// The number of a licence.
    pub license_number: Option<String>,
    /// The platform's own identifier.
    pub external_id: Option<String>,
    /// Who may read it.
    pub visibility: Visibility,
    /// Whether the holder is told by e-mail.
    pub notify: bool,
}

/// A recipient without salt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientDraft {
    /// How the person is known; at least one.
    pub identities: Vec<Identity>,
    /// The person's name.
    pub name: Option<String>,
    /// Whether the name may stand in public documents.
    pub name_public: bool,
    /// Whether identities other than DIDs are hashed.
    pub hashed: bool,
}

/// A picture that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageDraft {
    /// One that was uploaded before.
    Uploaded(ImageId),
    /// One that came along.
    Inline {
        /// What the bytes claim to be.
        format: ImageFormat,
        /// The bytes; not looked at yet.
        bytes: Vec<u8>,
        /// What a person who cannot see it should read.
        alt: Option<String>,
    },
}

/// Why the state of an award shall change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeDraft {
    /// Why, for the platform only.
    pub reason: String,
    /// Why, for everyone.
    pub public_reason: Option<String>,
}

/// An address that shall be told what happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookDraft {
    /// Where messages go.
    pub url: WebUrl,
    /// What people call it.
    pub label: Option<String>,
    /// Types of events such as `assertion.issued`, or all that begin alike, such as `assertion.*`;
    /// none means every event.
    pub events: Vec<String>,
}

/// An access token that shall be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenDraft {
    /// What people call it.
    pub label: String,
    /// What it allows; at least one.
    pub scopes: Vec<String>,
    /// The role that its scopes come from.
    pub role: Option<String>,
    /// Who uses it.
    pub person: Option<PersonRef>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// How a token shall be replaced by a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotationDraft {
    /// How long the former one still holds.
    pub overlap_seconds: u32,
    /// When the new one ends; as the former one would have where it is missing.
    pub expires_at: Option<Timestamp>,
}
