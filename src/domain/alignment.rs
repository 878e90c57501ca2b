//! Alignment of a badge class, a result or a level with a competency framework.

use super::{Invalid, WebUrl};

/// Says that something meets an entry of a framework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alignment {
    /// Title or statement of the entry.
    pub target_name: String,
    /// Where the entry stands.
    pub target_url: WebUrl,
    /// More about it.
    pub target_description: Option<String>,
    /// Name of the framework.
    pub target_framework: Option<String>,
    /// The entry's code in the framework, such as `TLMS.D2.b`.
    pub target_code: Option<String>,
    /// What kind of thing the entry is (Open Badges 3.0 only).
    pub target_type: Option<AlignmentType>,
}

/// What an alignment points to (Open Badges 3.0, AlignmentTargetType): one of its terms, or one of
/// our own that begins with `ext:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlignmentType(String);

impl AlignmentType {
    const KNOWN: [&str; 7] = [
        "ceasn:Competency",
        "ceterms:Credential",
        "CFItem",
        "CFRubric",
        "CFRubricCriterion",
        "CFRubricCriterionLevel",
        "CTDL",
    ];

    /// Reads one.
    ///
    /// # Errors
    /// `bad-target-type`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        open_term(text, &Self::KNOWN)
            .map(Self)
            .map_err(|detail| Invalid::new("bad-target-type", detail))
    }

    /// The term.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A term of an open list of Open Badges 3.0: a known one or `ext:` and `[A-Za-z0-9.|_-]+`.
pub(super) fn open_term(text: &str, known: &[&str]) -> Result<String, String> {
    let own = text.strip_prefix("ext:").is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b".|_-".contains(&b))
    });
    if own || known.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "{text:?} is not one of {}, nor a name that begins with ext:",
            known.join(", ")
        ))
    }
}
