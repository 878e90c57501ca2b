//! Checks pictures that people send us as badge art, and makes them safe to keep and to show.

use super::{Error, ImageKind, check_size, png, sanitise, sniff};

/// Shortest side of a picture, in pixels or SVG units.
pub const MIN_SIDE: u32 = 32;

/// Longest side of a PNG, in pixels.
pub const MAX_SIDE: u32 = 4_096;

/// Most bytes that decoding a PNG may take.
const MAX_DECODED: usize = 4_096 * 4_096 * 4;

/// A picture that may be stored and shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// What it is.
    pub kind: ImageKind,
    /// The picture itself: a PNG without metadata, or an SVG rebuilt from allowed parts.
    pub bytes: Vec<u8>,
    /// Width in pixels (PNG) or user units (SVG).
    pub width: f64,
    /// Height in pixels (PNG) or user units (SVG).
    pub height: f64,
    /// SVG parts that were left out, such as `<script>` or `onload=`.
    pub removed: Vec<String>,
}

/// Why a picture is not fit to be badge art.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Too small or too large to be shown.
    #[error(
        "it measures {width} × {height}; each side must be {MIN_SIDE} to {MAX_SIDE} pixels long"
    )]
    Size {
        /// Width, in pixels.
        width: u32,
        /// Height, in pixels.
        height: u32,
    },
    /// The pixels of a PNG cannot be decoded.
    #[error("its pixels cannot be decoded: {0}")]
    Pixels(String),
    /// An SVG that says neither `viewBox` nor width and height.
    #[error("it has neither a viewBox nor a width and height")]
    NoDimensions,
    /// Nothing that draws is left of an SVG.
    #[error("nothing is left of it once all parts that are not allowed are taken out")]
    Empty,
}

/// Checks a picture and returns the form of it that may be kept.
///
/// PNG: the structure and all checksums are sound, the sides lie within [`MIN_SIDE`] and
/// [`MAX_SIDE`], every pixel decodes; text, camera data, badges and trailing bytes are taken out.
/// SVG: rebuilt from an allow-list of elements and attributes. Both: at most
/// [`MAX_IMAGE`](super::MAX_IMAGE) bytes.
///
/// # Errors
/// What is wrong with it.
pub fn accept(image: &[u8]) -> Result<Picture, Error> {
    let kind = sniff(image).ok_or(Error::NotAnImage)?;
    check_size(image.len())?;
    match kind {
        ImageKind::Png => accept_png(image),
        ImageKind::Svg => accept_svg(image),
    }
}

fn accept_png(image: &[u8]) -> Result<Picture, Error> {
    let bytes = png::without_metadata(image)?;
    let unreadable = |error: ::png::DecodingError| Fault::Pixels(error.to_string());
    let mut decoder = ::png::Decoder::new_with_limits(
        std::io::Cursor::new(&bytes),
        ::png::Limits { bytes: MAX_DECODED },
    );
    decoder.set_ignore_text_chunk(true);
    let mut reader = decoder.read_info().map_err(unreadable)?;
    let (width, height) = reader.info().size();
    let fits = |side| (MIN_SIDE..=MAX_SIDE).contains(&side);
    if !fits(width) || !fits(height) {
        return Err(Fault::Size { width, height }.into());
    }
    let size = reader
        .output_buffer_size()
        .filter(|size| *size <= MAX_DECODED * 2)
        .ok_or(Fault::Size { width, height })?;
    let mut pixels = vec![0; size];
    reader.next_frame(&mut pixels).map_err(unreadable)?;
    let (width, height) = (f64::from(width), f64::from(height));
    Ok(Picture { kind: ImageKind::Png, bytes, width, height, removed: Vec::new() })
}

fn accept_svg(image: &[u8]) -> Result<Picture, Error> {
    let sanitised = sanitise::sanitise(image)?;
    let (width, height) = sanitised.size.ok_or(Fault::NoDimensions)?;
    if !sanitised.draws {
        return Err(Fault::Empty.into());
    }
    Ok(Picture {
        kind: ImageKind::Svg,
        bytes: sanitised.svg.into_bytes(),
        width,
        height,
        removed: sanitised.removed.into_iter().collect(),
    })
}

#[cfg(test)]
#[path = "upload_tests.rs"]
mod tests;
