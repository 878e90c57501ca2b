//! Credentials in images: bake puts one in, unbake takes it out.
//!
//! A baked image is an ordinary PNG or SVG that carries a credential (Open Badges 2.0 Baking
//! Specification; Open Badges 3.0 §5.3). In a PNG it is the text of one `iTXt` chunk, in an SVG
//! the element that stands first in the root. [`bake`] replaces whatever badge an image carried
//! before and leaves everything else in it as it is; [`unbake`] reads images of any origin,
//! bounded in work and memory, and loads nothing that they refer to. [`upload`] is for pictures
//! that people send us: what it lets through is safe to keep and to show.

pub mod pdf;
mod png;
mod sanitise;
mod svg;
pub mod upload;
mod xml;

use crate::json;

/// Largest image that is read or written, in bytes.
pub const MAX_IMAGE: usize = 2 * 1024 * 1024;

/// Longest credential text that is read from an image, after inflation, in bytes.
pub const MAX_TEXT: usize = 1024 * 1024;

/// The two kinds of image that carry badges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageKind {
    /// Portable Network Graphics.
    Png,
    /// Scalable Vector Graphics.
    Svg,
}

impl ImageKind {
    /// The media type to serve it with.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
        }
    }
}

/// Which baking convention a badge follows: the keyword, or the namespace, tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadgeVersion {
    /// Keyword `openbadges`, namespace `http://openbadges.org`: Open Badges 0.5 to 2.1.
    Ob2,
    /// Keyword `openbadgecredential`, namespace `https://purl.imsglobal.org/ob/v3p0`.
    Ob3,
}

impl BadgeVersion {
    /// The PNG keyword.
    fn keyword(self) -> &'static str {
        match self {
            Self::Ob2 => "openbadges",
            Self::Ob3 => "openbadgecredential",
        }
    }

    /// The SVG namespace.
    fn namespace(self) -> &'static str {
        match self {
            Self::Ob2 => "http://openbadges.org",
            Self::Ob3 => "https://purl.imsglobal.org/ob/v3p0",
        }
    }

    /// The local name of the SVG element.
    fn element(self) -> &'static str {
        match self {
            Self::Ob2 => "assertion",
            Self::Ob3 => "credential",
        }
    }
}

/// What is put into an image.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// The JSON text of a credential (with embedded proof) or of a hosted assertion.
    Json(&'a str),
    /// A compact JWS.
    Jws(&'a str),
}

/// What was found in an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbaked {
    /// The kind of image.
    pub image: ImageKind,
    /// The convention that the badge was baked by.
    pub version: BadgeVersion,
    /// The badge.
    pub content: Content,
    /// What is unusual about how it was baked; nothing here makes the badge wrong by itself.
    pub oddities: Vec<Oddity>,
}

/// The badge that an image carries, told apart by its first characters only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text that begins like a JSON object; whether it is one is for its reader to find out.
    Json(String),
    /// Three dot-separated parts of which the first begins like a JOSE header.
    Jws(String),
    /// An http or https URL where the assertion is to be found (older baked images).
    Url(String),
}

impl Content {
    /// The text as it stood in the image, without the white space around it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Json(text) | Self::Jws(text) | Self::Url(text) => text,
        }
    }

    fn of(text: &str) -> Result<Self, Error> {
        let text = text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        if text.starts_with('{') {
            Ok(Self::Json(text.to_owned()))
        } else if text.starts_with("http://") || text.starts_with("https://") {
            Ok(Self::Url(text.to_owned()))
        } else if text.starts_with("eyJ") && text.split('.').count() == 3 {
            Ok(Self::Jws(text.to_owned()))
        } else {
            Err(Error::NotACredential)
        }
    }
}

/// Something unusual about the way a badge was baked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Oddity {
    /// The text is compressed, which the baking specifications forbid.
    #[error("the badge text is compressed")]
    Compressed,
    /// A `tEXt` or `zTXt` chunk: the way of the first baking tools.
    #[error("the badge stands in a legacy text chunk")]
    LegacyChunk,
    /// The `iTXt` chunk names a language.
    #[error("the badge text carries a language tag")]
    LanguageTag,
    /// Bytes after the end of the PNG; they were not read.
    #[error("{0} bytes follow the end of the image")]
    TrailingBytes(usize),
    /// The SVG element is not the first child of the root.
    #[error("the badge element is not the first in the image")]
    NotFirst,
    /// An SVG `verify` attribute that points to another badge than the element's text; the text
    /// was taken (Open Badges 2.0 Baking §2.2).
    #[error("the image names two badges: its verify attribute disagrees with its text")]
    VerifyDisagrees {
        /// The value of the attribute.
        verify: String,
    },
}

/// Why an image cannot be baked, unbaked or accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Neither PNG nor SVG, by its bytes.
    #[error("the file is neither a PNG nor an SVG image")]
    NotAnImage,
    /// Larger than [`MAX_IMAGE`].
    #[error("the image has {size} bytes; at most {MAX_IMAGE} are allowed")]
    TooLarge {
        /// Its size, or the size it would get.
        size: usize,
    },
    /// No badge in it.
    #[error("the image carries no badge")]
    NoBadge,
    /// More than one badge in it: readers would pick different ones.
    #[error("the image carries {0} badges; exactly one is allowed")]
    ManyBadges(usize),
    /// The badge text is longer than [`MAX_TEXT`].
    #[error("the badge text is longer than {MAX_TEXT} bytes")]
    TextTooLong,
    /// The badge text is neither a JSON object, a compact JWS nor a URL.
    #[error("the badge text is neither JSON, a compact JWS nor a URL")]
    NotACredential,
    /// The payload to bake is not one JSON object.
    #[error("the credential to bake is not a JSON object: {0}")]
    PayloadNotJson(String),
    /// An Open Badges 2.0 hosted assertion without a URL as `id`.
    #[error("the hosted assertion to bake has no http(s) URL as id")]
    PayloadWithoutUrl,
    /// The payload to bake is not a compact JWS.
    #[error("the credential to bake is not a compact JWS")]
    PayloadNotJws,
    /// A fault in the structure of a PNG.
    #[error("the PNG is damaged: {0}")]
    Png(#[from] png::Fault),
    /// A fault in the structure of an SVG.
    #[error("the SVG is not acceptable: {0}")]
    Svg(#[from] xml::Fault),
    /// A picture that is not fit to be kept.
    #[error("the picture cannot be used: {0}")]
    Picture(#[from] upload::Fault),
}

pub use png::Fault as PngFault;
pub use xml::Fault as SvgFault;

/// What kind of image the bytes are: by the PNG signature, or by a root element called `svg`.
pub fn sniff(bytes: &[u8]) -> Option<ImageKind> {
    if png::is_png(bytes) {
        Some(ImageKind::Png)
    } else if svg::is_svg(bytes) {
        Some(ImageKind::Svg)
    } else {
        None
    }
}

/// Puts a credential into an image, in place of any badge that it carries.
///
/// JSON is written so that readers which look for braces or for the end of a CDATA section by
/// plain text search cannot be misled: `{`, `}` and `>` inside strings become `\u` escapes, which
/// changes no value.
///
/// # Errors
/// The image is neither PNG nor SVG, is damaged or too large (also: would get too large), or the
/// payload is not what it says.
pub fn bake(image: &[u8], version: BadgeVersion, payload: Payload<'_>) -> Result<Vec<u8>, Error> {
    let kind = sniff(image).ok_or(Error::NotAnImage)?;
    check_size(image.len())?;
    let prepared = Prepared::new(version, payload)?;
    let baked = match kind {
        ImageKind::Png => png::bake(image, version, prepared.text())?,
        ImageKind::Svg => svg::bake(image, version, &prepared)?,
    };
    check_size(baked.len())?;
    Ok(baked)
}

/// Takes the badge out of an image.
///
/// # Errors
/// The image is neither PNG nor SVG, is damaged or too large, carries no badge or several, or
/// what it carries cannot be a badge.
pub fn unbake(image: &[u8]) -> Result<Unbaked, Error> {
    let kind = sniff(image).ok_or(Error::NotAnImage)?;
    check_size(image.len())?;
    match kind {
        ImageKind::Png => png::unbake(image),
        ImageKind::Svg => svg::unbake(image),
    }
}

fn check_size(size: usize) -> Result<(), Error> {
    if size > MAX_IMAGE { Err(Error::TooLarge { size }) } else { Ok(()) }
}

/// A payload that was checked and, if it is JSON, rewritten for images.
enum Prepared {
    Json { text: String, url: Option<String> },
    Jws(String),
}

impl Prepared {
    fn new(version: BadgeVersion, payload: Payload<'_>) -> Result<Self, Error> {
        let prepared = match payload {
            Payload::Json(text) => {
                let value =
                    json::parse(text).map_err(|error| Error::PayloadNotJson(error.to_string()))?;
                if value.as_object().is_none() {
                    return Err(Error::PayloadNotJson(format!("it is {}", value.kind())));
                }
                let url = value.str_of("id").filter(|id| is_http(id)).map(str::to_owned);
                if version == BadgeVersion::Ob2 && url.is_none() {
                    return Err(Error::PayloadWithoutUrl);
                }
                Self::Json { text: for_text_search(text.trim()), url }
            }
            Payload::Jws(text) => {
                let parts: Vec<&str> = text.split('.').collect();
                let base64url = |part: &&str| {
                    part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
                };
                if parts.len() != 3 || !text.starts_with("eyJ") || !parts.iter().all(base64url) {
                    return Err(Error::PayloadNotJws);
                }
                Self::Jws(text.to_owned())
            }
        };
        if prepared.text().len() > MAX_TEXT { Err(Error::TextTooLong) } else { Ok(prepared) }
    }

    fn text(&self) -> &str {
        match self {
            Self::Json { text, .. } | Self::Jws(text) => text,
        }
    }
}

fn is_http(id: &str) -> bool {
    id.starts_with("https://") || id.starts_with("http://")
}

/// The same JSON value with `{`, `}`, `>` inside strings, and the two characters that XML lacks,
/// written as escapes.
fn for_text_search(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 64);
    let mut in_string = false;
    let mut escaped = false;
    for c in json.chars() {
        let was_escaped = escaped;
        escaped = in_string && c == '\\' && !was_escaped;
        match c {
            '"' if !was_escaped => in_string = !in_string,
            '{' | '}' | '>' | '\u{fffe}' | '\u{ffff}' if in_string => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_only_inside_strings_and_changes_no_value() {
        let text = "{\"a{\\\"}\":\"x]]>\\\\\",\"b\":[{}],\"c\":\"\\\\\\\"}\u{ffff}\"}";
        let written = for_text_search(text);
        assert_eq!(json::parse(&written).unwrap(), json::parse(text).unwrap());
        let (mut depth, mut balanced) = (0, 0);
        for c in written.chars() {
            depth += i32::from(c == '{') - i32::from(c == '}');
            balanced += i32::from(depth == 0 && c == '}');
        }
        assert_eq!((depth, balanced), (0, 1), "counting braces finds the end: {written}");
        assert!(!written.contains("]]>") && !written.contains('\u{ffff}'));
    }

    #[test]
    fn tells_images_by_their_bytes() {
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n"), Some(ImageKind::Png));
        assert_eq!(
            sniff(b"\xef\xbb\xbf<?xml version='1.0'?><!-- x --><svg/>"),
            Some(ImageKind::Svg)
        );
        assert_eq!(sniff(b"<!DOCTYPE svg><s:svg xmlns:s='x'>"), Some(ImageKind::Svg));
        for other in
            [&b"GIF89a"[..], b"<html><svg/></html>", b"", b"{}", b"\xff\xd8\xff", b"<", b"svg"]
        {
            assert_eq!(sniff(other), None, "{other:?}");
        }
    }

    #[test]
    fn refuses_payloads_that_are_not_what_they_say() {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>";
        let ob3 = |payload| bake(svg, BadgeVersion::Ob3, payload);
        assert!(matches!(ob3(Payload::Json("[]")), Err(Error::PayloadNotJson(_))));
        assert!(matches!(ob3(Payload::Json("{\"a\":1,\"a\":2}")), Err(Error::PayloadNotJson(_))));
        assert_eq!(ob3(Payload::Jws("eyJ.a")), Err(Error::PayloadNotJws));
        assert_eq!(ob3(Payload::Jws("eyJ.a.b\"c")), Err(Error::PayloadNotJws));
        assert_eq!(
            bake(svg, BadgeVersion::Ob2, Payload::Json("{\"id\":\"urn:x\"}")),
            Err(Error::PayloadWithoutUrl)
        );
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_TEXT));
        assert_eq!(ob3(Payload::Json(&long)), Err(Error::TextTooLong));
        assert_eq!(bake(b"GIF89a", BadgeVersion::Ob3, Payload::Json("{}")), Err(Error::NotAnImage));
    }
}
