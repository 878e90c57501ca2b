//! Rubrics, and the results reached on them.

use super::alignment::open_term;
use super::{Alignment, Code, Invalid};

/// Something that is assessed, and the scale it is assessed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultDescription {
    /// Its name within the badge class; becomes the fragment `#rd-CODE`.
    pub code: Code,
    /// What is assessed.
    pub name: String,
    /// On which kind of scale.
    pub result_type: ResultType,
    /// The levels of a rubric criterion, lowest first.
    pub levels: Vec<RubricLevel>,
    /// The level that must be reached; one of `levels`.
    pub required_level: Option<Code>,
    /// The value that must be reached.
    pub required_value: Option<String>,
    /// The values that a result may have, lowest first.
    pub allowed_values: Vec<String>,
    /// The least value.
    pub value_min: Option<String>,
    /// The greatest value.
    pub value_max: Option<String>,
    /// What it meets in competency frameworks.
    pub alignments: Vec<Alignment>,
}

impl ResultDescription {
    /// The level called `code`.
    pub fn level(&self, code: &Code) -> Option<&RubricLevel> {
        self.levels.iter().find(|level| level.code == *code)
    }
}

/// One level of a rubric criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RubricLevel {
    /// Its name within the result description; becomes the fragment `#rd-CODE-LEVEL`.
    pub code: Code,
    /// Its title.
    pub name: String,
    /// Its place on the scale, in the issuer's words.
    pub level: Option<String>,
    /// What reaching it means.
    pub description: Option<String>,
    /// What it counts.
    pub points: Option<String>,
    /// What it meets in competency frameworks.
    pub alignments: Vec<Alignment>,
}

/// The kind of scale (Open Badges 3.0, ResultType): one of its terms, or one of our own that begins
/// with `ext:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultType(String);

impl ResultType {
    const KNOWN: [&str; 12] = [
        "GradePointAverage",
        "LetterGrade",
        "Percent",
        "PerformanceLevel",
        "PredictedScore",
        "RawScore",
        "Result",
        "RubricCriterion",
        "RubricCriterionLevel",
        "RubricScore",
        "ScaledScore",
        "Status",
    ];

    /// Reads one.
    ///
    /// # Errors
    /// `bad-result-type`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        open_term(text, &Self::KNOWN)
            .map(Self)
            .map_err(|detail| Invalid::new("bad-result-type", detail))
    }

    /// The term.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A result that one award states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AchievedResult {
    /// Which result description of the award's badge-class version it is for.
    pub description: Code,
    /// The level reached; a level of that description.
    pub level: Option<Code>,
    /// The value reached.
    pub value: Option<String>,
    /// How far the work has come.
    pub status: Option<ResultStatus>,
}

/// How far the work has come (Open Badges 3.0, ResultStatusType; a closed list).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultStatus {
    /// Done.
    Completed,
    /// Signed up.
    Enrolled,
    /// Ended without success.
    Failed,
    /// Under way.
    InProgress,
    /// Halted.
    OnHold,
    /// Done, not yet confirmed.
    Provisional,
    /// Given up.
    Withdrew,
}

impl ResultStatus {
    const ALL: [(Self, &str); 7] = [
        (Self::Completed, "Completed"),
        (Self::Enrolled, "Enrolled"),
        (Self::Failed, "Failed"),
        (Self::InProgress, "InProgress"),
        (Self::OnHold, "OnHold"),
        (Self::Provisional, "Provisional"),
        (Self::Withdrew, "Withdrew"),
    ];

    /// Reads one.
    ///
    /// # Errors
    /// `bad-result-status`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.iter().find(|(_, term)| *term == text).map(|(status, _)| *status).ok_or_else(
            || {
                let terms: Vec<&str> = Self::ALL.iter().map(|(_, term)| *term).collect();
                Invalid::new(
                    "bad-result-status",
                    format!("{text:?} is not one of {}", terms.join(", ")),
                )
            },
        )
    }

    /// The term.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(status, _)| *status == self).map_or("", |(_, term)| term)
    }
}
