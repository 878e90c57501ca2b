//! Certificates: one award on paper, as a PDF that anybody can read, print, file and check.
//!
//! The file is tagged and holds to PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1): its writer
//! refuses to finish a file that does not. Fonts are embedded, the language is set, and the signed
//! credential is attached as an associated file, so that the paper's file is itself a badge that a
//! verifier reads. What stands on the sheet is for people; what is verified is the attachment.
//!
//! ```text
//! Certificate ── content: what is said, in which order ── flow: lines and boxes on pages ── draw
//! ```

mod content;
mod draw;
mod flow;
mod letters;
mod lines;
mod words;

pub use letters::Fonts;

use std::sync::Arc;

use jiff::Timestamp;

use crate::art;
use crate::language::Language;

/// Name of the attached credential within the file.
pub const ATTACHMENT: &str = "open-badge.json";

/// Media type of the attached credential (Open Badges 3.0 §4.1).
const CREDENTIAL: &str = "application/vc+ld+json";

/// What a certificate says. All text is the issuer's; none of it is Markdown.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The name of the badge.
    pub name: String,
    /// What kind of achievement it is, in words.
    pub kind: Option<String>,
    /// The language that the badge class is written in, a BCP 47 tag.
    pub written_in: Option<String>,
    /// Its picture as PNG.
    pub art: Arc<Vec<u8>>,
    /// What the picture shows.
    pub art_alt: String,
    /// The holder's name, only where it is public.
    pub holder: Option<String>,
    /// The issuer's name.
    pub issuer: String,
    /// When it was awarded.
    pub issued: Timestamp,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// What it is.
    pub description: String,
    /// Single facts, such as credits.
    pub facts: Vec<(Fact, String)>,
    /// What it meets in frameworks: code, statement, framework.
    pub alignments: Vec<Alignment>,
    /// How it is earned, in brief.
    pub criteria: Option<String>,
    /// A page that says how it is earned.
    pub criteria_url: Option<String>,
    /// The results reached.
    pub results: Vec<Reached>,
    /// The badge link.
    pub link: String,
    /// The short code, see [`ShortCode`](crate::domain::ShortCode).
    pub code: String,
    /// How it stands.
    pub standing: Standing,
    /// Why it was revoked or suspended, as far as the public may know.
    pub reason: Option<String>,
    /// When the sheet is made; `standing` is as of then.
    pub made_at: Timestamp,
    /// The signed Open Badges 3.0 credential.
    pub credential: Vec<u8>,
}

/// What a single fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Semester or quarter credits.
    Credits,
    /// Hours of contact.
    ContactHours,
    /// Role in which it was earned.
    Role,
    /// Term or cohort.
    Term,
    /// Licence number.
    Licence,
    /// The issuer's code for the badge.
    Code,
}

/// One alignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alignment {
    /// The code in the framework.
    pub code: Option<String>,
    /// The statement or its title.
    pub name: String,
    /// The framework.
    pub framework: Option<String>,
}

/// A result reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// What was assessed.
    pub criterion: String,
    /// The level or value reached.
    pub level: String,
    /// What reaching it means.
    pub meaning: Option<String>,
}

/// How an award stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In force.
    Valid,
    /// Past its end.
    Expired,
    /// Before its start.
    NotYetValid,
    /// On hold.
    Suspended,
    /// Taken back.
    Revoked,
}

/// The size of the paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Paper {
    /// ISO A4, 210 × 297 mm.
    #[default]
    A4,
    /// US Letter, 8.5 × 11 inches.
    Letter,
}

impl Paper {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::A4, Self::Letter];

    /// The word for it: `a4`, `letter`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::Letter => "letter",
        }
    }

    /// The paper that a word asks for, in small or capital letters.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|paper| paper.as_str().eq_ignore_ascii_case(word))
    }

    /// Width and height in points, 72 to the inch.
    fn size(self) -> (f32, f32) {
        match self {
            Self::A4 => (595.28, 841.89),
            Self::Letter => (612.0, 792.0),
        }
    }
}

/// On what paper and in which language a certificate is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sheet {
    /// The paper.
    pub paper: Paper,
    /// The language of our own words; what the issuer wrote stays as it is.
    pub language: Language,
}

/// Why a certificate is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The badge's picture cannot be drawn.
    #[error("the picture cannot be drawn: {0}")]
    Picture(#[from] art::Error),
    /// Not a font file.
    #[error("not a TrueType or OpenType font")]
    Font,
    /// The file would not keep to its standards, or cannot be written.
    #[error("the PDF cannot be written: {0}")]
    Pdf(String),
}

/// Writes a certificate. The same input gives the same bytes.
///
/// # Errors
/// The picture is no PNG, or the writer refuses the file.
pub fn write(certificate: &Certificate, sheet: Sheet, fonts: &Fonts) -> Result<Vec<u8>, Error> {
    let letters = fonts.letters()?;
    let flow = content::compose(certificate, sheet, letters);
    draw::pdf(certificate, sheet, &flow, letters)
}

#[cfg(test)]
#[path = "certificate_tests.rs"]
mod tests;
