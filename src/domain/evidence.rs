//! What was done to earn a badge.

use super::WebUrl;

/// One item of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Where it is.
    pub url: Option<WebUrl>,
    /// Its title.
    pub name: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// What it shows, in Markdown.
    pub narrative: Option<String>,
    /// Its kind, such as `Observation notes`.
    pub genre: Option<String>,
    /// Who it is meant for.
    pub audience: Option<String>,
    /// Whether it stands in public documents. One that is not public is not even named there.
    pub public: bool,
    /// SHA-256 of the document at `url` when it was assessed, lower-case hex.
    pub sha256: Option<String>,
}
