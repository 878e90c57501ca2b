//! A badge of any version in the owner's words: what a report and a page show of it.
//!
//! Everything is optional but the lists: it says what a document says, not what it should. Texts
//! are as they came and may hold anything; members called `url` are http or https URLs, and an
//! image's may also be a `data:` URL of a picture.

use serde::Serialize;

use crate::domain::{Problem, Problems};

/// A document that was read, and what was odd about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParsedBadge {
    /// What it says.
    pub badge: BadgeSummary,
    /// Members that could not be read, each with its place. For an Open Badges 2.0 badge class or
    /// issuer in a document of its own the place begins with `/badge` or `/badge/issuer`.
    pub problems: Problems,
}

impl ParsedBadge {
    /// The problems one by one.
    pub fn problems(&self) -> &[Problem] {
        &self.problems.0
    }
}

/// What a badge says.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BadgeSummary {
    /// Identifier of the award.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Title of what was earned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Identifier of the badge class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub badge_class: Option<String>,
    /// Kind of achievement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub achievement_type: Option<String>,
    /// Who issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<IssuerSummary>,
    /// To whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<RecipientSummary>,
    /// When it was awarded, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_on: Option<String>,
    /// From when it holds, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// Until when it holds, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageSummary>,
    /// How it is earned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub criteria: Option<CriteriaSummary>,
    /// What it meets in competency frameworks.
    pub alignment: Vec<AlignmentSummary>,
    /// What was done to earn it.
    pub evidence: Vec<EvidenceSummary>,
    /// How it was judged, with the names of descriptions and levels resolved.
    pub results: Vec<ResultSummary>,
    /// What is assessed: the rubric.
    pub result_description: Vec<ResultDescriptionSummary>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// What ties the evidence together, Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub narrative: Option<String>,
    /// The role in which it was earned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The term or cohort.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// When the work began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_start: Option<String>,
    /// When the work ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_end: Option<String>,
    /// Credits it can bring.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits_available: Option<String>,
    /// Credits earned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits_earned: Option<String>,
    /// Who assessed on behalf of the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceSummary>,
    /// The number of a licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license_number: Option<String>,
    /// A code for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub human_code: Option<String>,
    /// Subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field_of_study: Option<String>,
    /// Narrower than the field of study.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub specialization: Option<String>,
    /// Language of the badge class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_language: Option<String>,
    /// Version of the badge class, in the issuer's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// Who issued a badge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IssuerSummary {
    /// Its identifier: a URL or DID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its web site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where to reach it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Its telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// About it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageSummary>,
    /// The organisation it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// To whom a badge was awarded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecipientSummary {
    /// Identifier of the subject (Open Badges 3.0).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name, where the badge shows one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What else the person is known by.
    pub identities: Vec<IdentitySummary>,
}

/// One thing a person is known by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentitySummary {
    /// What it is, in the word of its version: `email` or `emailAddress` …
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The thing, or its hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Whether the value is a hash.
    pub hashed: bool,
    /// What was appended before hashing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
}

/// A picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageSummary {
    /// Where it is; http, https or `data:image/png` / `data:image/svg+xml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
}

/// How a badge is earned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CriteriaSummary {
    /// A page that says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The text, Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub narrative: Option<String>,
}

/// What something meets in a competency framework.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlignmentSummary {
    /// Title or statement of the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_name: Option<String>,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_url: Option<String>,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_description: Option<String>,
    /// Name of the framework.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_framework: Option<String>,
    /// Code of the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_code: Option<String>,
    /// What kind of thing the entry is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_type: Option<String>,
}

/// What was done to earn a badge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceSummary {
    /// Identifier, where it is no URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it shows, Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub narrative: Option<String>,
    /// Its kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
    /// Who it is meant for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// The digest the badge gives for what stands at the URL: `sha256-…` (SRI) or multibase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// A result, resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultSummary {
    /// Identifier of the result description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_description: Option<String>,
    /// What was assessed, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Kind of scale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_type: Option<String>,
    /// Identifier of the level reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub achieved_level: Option<String>,
    /// The level reached, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level_name: Option<String>,
    /// The level that had to be reached, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_level_name: Option<String>,
    /// The value reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The value that had to be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_value: Option<String>,
    /// How far the work has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// What the result meets in competency frameworks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alignment: Vec<AlignmentSummary>,
}

/// What is assessed, and on which scale.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultDescriptionSummary {
    /// Its identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What is assessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Kind of scale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_type: Option<String>,
    /// Levels, lowest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rubric_criterion_level: Vec<RubricLevelSummary>,
    /// Identifier of the level that must be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_level: Option<String>,
    /// The value that must be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_value: Option<String>,
    /// Values that a result may have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_value: Vec<String>,
    /// The least value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_min: Option<String>,
    /// The greatest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_max: Option<String>,
    /// What it meets in competency frameworks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alignment: Vec<AlignmentSummary>,
}

/// One level of a rubric.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RubricLevelSummary {
    /// Its identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its place on the scale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// What reaching it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<String>,
    /// What it meets in competency frameworks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alignment: Vec<AlignmentSummary>,
}

/// Who assessed on behalf of the issuer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceSummary {
    /// Its identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its web site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}
