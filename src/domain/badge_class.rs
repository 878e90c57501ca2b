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
    /// How far this version has come.
    pub stage: Stage,
    /// While this version is not published: the former one, which is awarded until it is.
    pub in_force: Option<u32>,
    /// Who wrote it: what the token that made the last change says of its person.
    pub author: Option<PersonRef>,
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

    /// The version that awards take while this is the newest one; none before any is published.
    pub fn awarded_version(&self) -> Option<u32> {
        match self.stage {
            Stage::Published => Some(self.version),
            Stage::Draft | Stage::Review | Stage::Coming => self.in_force,
        }
    }

    /// The result description called `code`.
    pub fn result_description(&self, code: &Code) -> Option<&ResultDescription> {
        self.result_descriptions.iter().find(|description| description.code == *code)
    }
}

/// How far a version of a badge class has come. Only a published one can be awarded; only one that
/// is not published can be changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Being written; nobody outside sees it.
    Draft,
    /// Written, and waiting for somebody else's eyes; nobody outside sees it.
    Review,
    /// Announced: everyone can read it, nobody can be awarded it yet.
    Coming,
    /// Everyone can read it, and unless a newer version is published it is what awards take.
    #[default]
    Published,
}

impl Stage {
    /// All of them, as a version goes through them.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Review, Self::Coming, Self::Published];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Review => "review",
            Self::Coming => "coming",
            Self::Published => "published",
        }
    }

    /// Reads its name.
    ///
    /// # Errors
    /// `bad-stage`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text).ok_or_else(|| {
            Invalid::new("bad-stage", "must be \"draft\", \"review\", \"coming\" or \"published\"")
        })
    }

    /// Whether everyone can read such a version.
    pub fn is_public(self) -> bool {
        matches!(self, Self::Coming | Self::Published)
    }
}

/// Who a person is to the platform that gives out the tokens: a reference of its own, such as
/// `staff-17`, of 1 to 64 letters, digits, `.`, `_`, `:` and `-`. Never a name or an address: it is
/// kept where erasure does not reach.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PersonRef(String);

impl PersonRef {
    /// Reads one.
    ///
    /// # Errors
    /// `bad-person`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '-');
        if !text.is_empty() && text.len() <= 64 && text.chars().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            let detail = "must be 1 to 64 letters, digits, '.', '_', ':' or '-': your own \
                          reference, not a name or an address";
            Err(Invalid::new("bad-person", detail))
        }
    }

    /// The reference.
    pub fn as_str(&self) -> &str {
        &self.0
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
