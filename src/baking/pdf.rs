//! Badges attached to PDF files (ISO 32000-1 §7.11.4, embedded file streams): take them out.
//!
//! What the pages of the file show is not looked at: anyone can write anything there. The reader
//! needs no cross-reference table, so that files which were repaired, appended to or cut read the
//! same: it goes through the objects in the order in which they stand, and of several with one number
//! the last counts, as after an incremental update. It follows no address and runs nothing. Work and
//! memory are bounded: by the size of the file, by `MAX_INFLATED` bytes of object streams together
//! and by [`MAX_TEXT`] for a badge.

mod file;
mod object;

use std::collections::BTreeSet;

use super::{Content, MAX_TEXT};
use file::File;
use object::Object;

/// All object streams of a file together, after inflation, in bytes.
const MAX_INFLATED: usize = 8 * 1024 * 1024;

/// Attached files that are looked at.
const MOST_FILES: usize = 64;

/// Why no badge can be taken from a PDF.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The file is encrypted.
    #[error("it is encrypted")]
    Encrypted,
    /// No attached file is a badge.
    #[error("no badge is attached to it")]
    NoBadge,
    /// More than one badge is attached: readers would pick different ones.
    #[error("{0} badges are attached to it; exactly one is allowed")]
    ManyBadges(usize),
    /// It holds more than is read.
    #[error("it holds more objects than are read")]
    TooMuch,
}

/// Whether the bytes are a PDF file.
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes
        .strip_prefix("\u{feff}".as_bytes())
        .unwrap_or(bytes)
        .trim_ascii_start()
        .starts_with(b"%PDF-")
}

/// Takes the attached badge out of a PDF: an Open Badges document as JSON or as compact JWS.
///
/// # Errors
/// [`Fault`].
pub fn unbake(bytes: &[u8]) -> Result<Content, Fault> {
    let file = File::read(bytes)?;
    let mut badges: Vec<Content> = Vec::new();
    for reference in file.attachments().into_iter().take(MOST_FILES) {
        let Some(content) = file.stream(reference, MAX_TEXT) else { continue };
        badges.extend(badge(&content).filter(|badge| !badges.contains(badge)));
    }
    match badges.len() {
        0 | 1 => badges.pop().ok_or(Fault::NoBadge),
        many => Err(Fault::ManyBadges(many)),
    }
}

/// An attached file, if it looks like a badge: linked data as JSON, or a compact JWS.
fn badge(content: &[u8]) -> Option<Content> {
    let text = std::str::from_utf8(content).ok()?;
    match Content::of(text).ok()? {
        Content::Json(text) if text.contains("\"@context\"") => Some(Content::Json(text)),
        Content::Jws(text) => Some(Content::Jws(text)),
        Content::Json(_) | Content::Url(_) => None,
    }
}

/// The streams that a file specification leads to.
fn embedded(specification: &Object, found: &mut BTreeSet<u32>) {
    let Some(files) = specification.get("EF") else { return };
    for name in ["UF", "F"] {
        if let Some(Object::Reference(number)) = files.get(name) {
            found.insert(*number);
        }
    }
}

#[cfg(test)]
#[path = "pdf_tests.rs"]
mod tests;
