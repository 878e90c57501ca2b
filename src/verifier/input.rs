//! What was given to be verified, told apart by its bytes.

use std::borrow::Cow;
use std::sync::Arc;

use crate::baking::{self, Content, ImageKind, Oddity, pdf};
use crate::json::{self, ErrorKind, Value};
use crate::resolve::form;

/// Longest input in bytes: that of the largest image.
pub const MAX_INPUT: usize = baking::MAX_IMAGE;

/// Longest JSON text judged, in bytes.
pub(super) const MAX_JSON: usize = 512 * 1024;

/// What is to be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A URL that leads to a badge in any form.
    Url(String),
    /// A badge: JSON, a compact JWS, PNG, SVG or PDF.
    Bytes(Vec<u8>),
}

impl Input {
    /// What a person typed, pasted or uploaded: a URL if the text is one, else the badge itself.
    pub fn sniff(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        match std::str::from_utf8(&bytes).map(str::trim) {
            Ok(text) if is_url(text) => Self::Url(text.to_owned()),
            _ => Self::Bytes(bytes),
        }
    }
}

/// Whether a text is meant as a URL; whether it is one that we take is judged later.
fn is_url(text: &str) -> bool {
    let scheme = text.split(':').next().unwrap_or_default();
    let fits = !scheme.is_empty()
        && scheme.len() < 12
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    fits && text.len() > scheme.len() && !text.contains(char::is_whitespace) && !text.contains('{')
}

/// Why something given cannot be verified at all. Everything else gets a report, however broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// Nothing was given.
    #[error("nothing was given to verify")]
    Empty,
    /// More than [`MAX_INPUT`] bytes.
    #[error("the input has {0} bytes; at most {MAX_INPUT} are read")]
    TooLarge(usize),
    /// Neither JSON, a compact JWS, an image, a PDF, nor a URL.
    #[error(
        "this is no badge: neither JSON ({0}), nor a compact JWS, nor a PNG or SVG image, \
         nor a PDF, nor a URL"
    )]
    NotABadge(json::Error),
    /// An image without a badge in it, or one that cannot be read.
    #[error("no badge can be taken from this image: {0}")]
    Image(baking::Error),
    /// A PDF without a badge attached to it, or one that cannot be read.
    #[error("no badge can be taken from this PDF: {0}")]
    Pdf(pdf::Fault),
}

/// What a badge came in.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Carrier {
    /// An image, and what is unusual about how it was baked.
    Image(ImageKind, Vec<Oddity>),
    /// A PDF that it is attached to.
    Pdf,
}

/// A badge as it was carried.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Carried<'d> {
    /// JSON text, with the value that it is.
    Json(Result<Arc<Value<'static>>, json::Error>),
    /// A compact JWS.
    Token(Cow<'d, str>),
    /// The URL of a badge (older baked images).
    Url(String),
    /// JSON that is longer than [`MAX_JSON`].
    TooLong(usize),
}

/// A badge and what it came in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Unwrapped<'d> {
    pub(super) carried: Carried<'d>,
    pub(super) carrier: Option<Carrier>,
}

/// Tells what the bytes are.
pub(super) fn unwrap(bytes: &[u8]) -> Result<Unwrapped<'_>, InputError> {
    if bytes.len() > MAX_INPUT {
        return Err(InputError::TooLarge(bytes.len()));
    }
    if baking::sniff(bytes).is_some() {
        let unbaked = baking::unbake(bytes).map_err(InputError::Image)?;
        let carried = match unbaked.content {
            Content::Json(text) => json_text(text.as_bytes())?,
            Content::Jws(token) => Carried::Token(Cow::Owned(token)),
            Content::Url(url) => Carried::Url(url),
        };
        let carrier = Carrier::Image(unbaked.image, unbaked.oddities);
        return Ok(Unwrapped { carried, carrier: Some(carrier) });
    }
    if pdf::is_pdf(bytes) {
        let carried = match pdf::unbake(bytes).map_err(InputError::Pdf)? {
            Content::Json(text) => json_text(text.as_bytes())?,
            Content::Jws(token) => Carried::Token(Cow::Owned(token)),
            Content::Url(_) => return Err(InputError::Pdf(pdf::Fault::NoBadge)),
        };
        return Ok(Unwrapped { carried, carrier: Some(Carrier::Pdf) });
    }
    let trimmed = trim(bytes);
    if trimmed.is_empty() {
        return Err(InputError::Empty);
    }
    let carried = match std::str::from_utf8(trimmed) {
        Ok(text) if is_token(text) => Carried::Token(Cow::Borrowed(text)),
        _ => json_text(trimmed)?,
    };
    Ok(Unwrapped { carried, carrier: None })
}

/// Reads JSON. What readers of JSON disagree about, and what is larger than our limits, is JSON all
/// the same: it is judged, and fails by name.
fn json_text(bytes: &[u8]) -> Result<Carried<'static>, InputError> {
    if bytes.len() > MAX_JSON && bytes.starts_with(b"{") {
        return Ok(Carried::TooLong(bytes.len()));
    }
    match json::parse_bytes(bytes) {
        Ok(value) => Ok(Carried::Json(Ok(Arc::new(value.into_owned())))),
        Err(error) => match error.kind {
            ErrorKind::DuplicateMember(_) | ErrorKind::BadString | ErrorKind::TooDeep => {
                Ok(Carried::Json(Err(error)))
            }
            _ => Err(InputError::NotABadge(error)),
        },
    }
}

/// Three dot-separated parts of which the first begins like an encoded JSON object.
fn is_token(text: &str) -> bool {
    text.starts_with("eyJ") && text.split('.').count() == 3 && !text.contains(['{', '"'])
}

fn trim(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes).trim_ascii()
}

/// Whether the form of a URL forbids fetching it.
pub(super) fn bad_form(url: &str) -> Option<form::FormProblem> {
    form::check(url).err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_told_apart_by_their_bytes() {
        assert_eq!(
            Input::sniff(" https://a.example/b \n"),
            Input::Url("https://a.example/b".to_owned())
        );
        assert_eq!(Input::sniff("file:///etc/passwd"), Input::Url("file:///etc/passwd".to_owned()));
        assert!(matches!(Input::sniff("{\"a\":1}"), Input::Bytes(_)));
        assert!(matches!(Input::sniff("eyJhbGciOiJub25lIn0.e30.AA"), Input::Bytes(_)));
        assert!(matches!(unwrap(b"\n{\"a\":1}").unwrap().carried, Carried::Json(Ok(_))));
        assert!(matches!(unwrap(b" eyJh.e30.\n").unwrap().carried, Carried::Token(_)));
    }

    #[test]
    fn only_what_is_no_badge_at_all_is_refused() {
        for refused in ["", "  ", "hello", "{\"a\":", "<html></html>", "a.b.c", "\u{1}"] {
            assert!(unwrap(refused.as_bytes()).is_err(), "{refused:?}");
        }
        let deep = "[".repeat(1000);
        for judged in ["{\"a\":1,\"a\":2}", "[]", "42", "\"\\ud800\"", &deep] {
            assert!(
                matches!(unwrap(judged.as_bytes()).unwrap().carried, Carried::Json(_)),
                "{judged:?}"
            );
        }
        assert!(matches!(unwrap(&vec![b' '; MAX_INPUT + 1]), Err(InputError::TooLarge(_))));
    }
}
