//! What can be earned.

use jiff::Timestamp;

use super::alignment::open_term;
use super::{
    Alignment, BadgeClassId, Code, Image, Invalid, IssuerId, LanguageTag, OtherIdentifier,
    ResultDescription, Validity, WebUrl,
};

/// A badge class in one version. Once a version has been awarded it never changes: an edit makes
/// the next version, and awards keep theirs.
#[derive(Clone, Debug, PartialEq)]
pub struct BadgeClass {
    /// The identifier of all its versions.
    pub id: BadgeClassId,
    /// Counts versions, from 1.
    pub version: u32,
    /// Who issues it.
    pub issuer: IssuerId,
    /// Its title.
    pub name: String,
    /// What it is, in a sentence or two.
    pub description: String,
    /// How it is earned.
    pub criteria: Criteria,
    /// What kind of achievement it is.
    pub badge_type: Option<BadgeType>,
    /// Its picture; one is drawn where it brings none.
    pub image: Option<Image>,
    /// What it meets in competency frameworks.
    pub alignments: Vec<Alignment>,
    /// What is assessed, and on which scale: the rubric.
    pub result_descriptions: Vec<ResultDescription>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Semester or quarter credits it can bring (never clock hours).
    pub credits_available: Option<Credits>,
    /// How long an award is valid; for ever without.
    pub validity: Option<Validity>,
    /// Genres of which an award must bring evidence, by exact name.
    pub required_evidence: Vec<String>,
    /// Whether an award must state a result for every result description.
    pub requires_results: bool,
    /// Whether awards can be suspended (they then carry two status entries).
    pub suspendable: bool,
    /// A code for people, such as `TM-R2`.
    pub human_code: Option<String>,
    /// Subject, such as `Education`.
    pub field_of_study: Option<String>,
    /// Narrower than the field of study.
    pub specialization: Option<String>,
    /// The language it is written in.
    pub language: Option<LanguageTag>,
    /// The issuer's own name for the version, where it keeps one.
    pub version_label: Option<String>,
    /// What others call it.
    pub other_identifiers: Vec<OtherIdentifier>,
    /// When this version was made.
    pub created_at: Timestamp,
    /// Counts changes over all versions, from 1.
    pub revision: u64,
}

impl BadgeClass {
    /// The version that this is.
    pub fn reference(&self) -> BadgeClassRef {
        BadgeClassRef { id: self.id.clone(), version: self.version }
    }

    /// The result description called `code`.
    pub fn result_description(&self, code: &Code) -> Option<&ResultDescription> {
        self.result_descriptions.iter().find(|description| description.code == *code)
    }
}

/// One version of a badge class.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BadgeClassRef {
    /// Which badge class.
    pub id: BadgeClassId,
    /// Which version, from 1.
    pub version: u32,
}

/// How a badge is earned: at least one of the two is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criteria {
    /// A page that says it.
    pub url: Option<WebUrl>,
    /// The text, in Markdown.
    pub narrative: Option<String>,
}

/// What kind of achievement a badge is for (Open Badges 3.0, AchievementType): one of its terms, or
/// one of our own that begins with `ext:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadgeType(String);

impl BadgeType {
    const KNOWN: [&str; 31] = [
        "Achievement",
        "ApprenticeshipCertificate",
        "Assessment",
        "Assignment",
        "AssociateDegree",
        "Award",
        "BachelorDegree",
        "Badge",
        "Certificate",
        "CertificateOfCompletion",
        "Certification",
        "CoCurricular",
        "CommunityService",
        "Competency",
        "Course",
        "Degree",
        "Diploma",
        "DoctoralDegree",
        "Fieldwork",
        "GeneralEducationDevelopment",
        "JourneymanCertificate",
        "LearningProgram",
        "License",
        "MasterCertificate",
        "MasterDegree",
        "Membership",
        "MicroCredential",
        "ProfessionalDoctorate",
        "QualityAssuranceCredential",
        "ResearchDoctorate",
        "SecondarySchoolDiploma",
    ];

    /// Reads one.
    ///
    /// # Errors
    /// `bad-achievement-type`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        open_term(text, &Self::KNOWN)
            .map(Self)
            .map_err(|detail| Invalid::new("bad-achievement-type", detail))
    }

    /// The term.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Semester or quarter credits; finite and not negative.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Credits(f64);

impl Credits {
    /// Takes a number.
    ///
    /// # Errors
    /// `bad-credits`.
    pub fn new(number: f64) -> Result<Self, Invalid> {
        if number.is_finite() && (0.0..=10_000.0).contains(&number) {
            Ok(Self(number))
        } else {
            Err(Invalid::new("bad-credits", "must be a number from 0 to 10,000"))
        }
    }

    /// The number.
    pub fn number(self) -> f64 {
        self.0
    }
}
