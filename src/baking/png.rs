//! Badges in PNG: one uncompressed `iTXt` chunk (PNG specification §11.3.3.4).
//!
//! The file is walked chunk by chunk over its bytes; no pixel is decoded and no length that the
//! file declares ever reserves memory.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::{BadgeVersion, Content, Error, ImageKind, MAX_TEXT, Oddity, Unbaked};

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";

/// More chunks than any picture of our size limit needs.
const MAX_CHUNKS: usize = 20_000;

/// What is wrong with the structure of a PNG.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The file ends inside a chunk, or before the `IEND` chunk.
    #[error("it ends in the middle of the chunk at byte {0}")]
    Truncated(usize),
    /// A checksum does not fit its chunk.
    #[error("the checksum of the {kind} chunk at byte {offset} is wrong")]
    BadChecksum {
        /// The chunk's type.
        kind: String,
        /// Where the chunk begins.
        offset: usize,
    },
    /// A chunk type that is not four letters.
    #[error("the chunk at byte {0} has no valid type")]
    BadType(usize),
    /// The header chunk is missing, malformed, not first, or there twice.
    #[error("its IHDR chunk is missing, malformed or repeated")]
    BadHeader,
    /// More chunks than we walk.
    #[error("it has more than {MAX_CHUNKS} chunks")]
    TooManyChunks,
    /// A badge chunk whose inside cannot be read.
    #[error("its badge chunk is malformed: {0}")]
    BadText(&'static str),
}

/// One chunk of a PNG.
pub(super) struct Chunk<'a> {
    pub(super) kind: [u8; 4],
    data: &'a [u8],
    /// Length, type, data and checksum as they stand in the file.
    raw: &'a [u8],
}

pub(super) fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// Puts `text` in as the only badge chunk, right after the header; all other chunks stay byte for
/// byte, bytes after the end go.
pub(super) fn bake(image: &[u8], version: BadgeVersion, text: &str) -> Result<Vec<u8>, Error> {
    let (chunks, _) = chunks(image)?;
    let mut baked = Vec::with_capacity(image.len() + text.len() + 64);
    baked.extend_from_slice(SIGNATURE);
    for (at, chunk) in chunks.iter().filter(|chunk| badge_keyword(chunk).is_none()).enumerate() {
        baked.extend_from_slice(chunk.raw);
        if at == 0 {
            push_badge(&mut baked, version.keyword(), text);
        }
    }
    Ok(baked)
}

fn push_badge(png: &mut Vec<u8>, keyword: &str, text: &str) {
    let mut chunk = b"iTXt".to_vec();
    chunk.extend_from_slice(keyword.as_bytes());
    // End of keyword; not compressed, method 0; empty language tag; empty translated keyword.
    chunk.extend_from_slice(&[0, 0, 0, 0, 0]);
    chunk.extend_from_slice(text.as_bytes());
    let length = u32::try_from(chunk.len() - 4).unwrap_or(u32::MAX);
    png.extend_from_slice(&length.to_be_bytes());
    png.extend_from_slice(&chunk);
    png.extend_from_slice(&crc32fast::hash(&chunk).to_be_bytes());
}

/// Takes the one badge out.
pub(super) fn unbake(image: &[u8]) -> Result<Unbaked, Error> {
    let (chunks, trailing) = chunks(image)?;
    let mut badges =
        chunks.iter().filter_map(|chunk| badge_keyword(chunk).map(|version| (version, chunk)));
    let (version, chunk) = badges.next().ok_or(Error::NoBadge)?;
    let others = badges.count();
    if others > 0 {
        return Err(Error::ManyBadges(others + 1));
    }
    let mut oddities = Vec::new();
    let text = read_text(chunk, &mut oddities)?;
    if trailing > 0 {
        oddities.push(Oddity::TrailingBytes(trailing));
    }
    Ok(Unbaked { image: ImageKind::Png, version, content: Content::of(&text)?, oddities })
}

/// The same picture without text, time stamps, camera data, badges, unknown chunks and trailing
/// bytes: only what its pixels and their colours need.
pub(super) fn without_metadata(image: &[u8]) -> Result<Vec<u8>, Error> {
    const KEPT: [&[u8; 4]; 15] = [
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP",
        b"sBIT", b"pHYs", b"acTL", b"fcTL", b"fdAT",
    ];
    let (chunks, _) = chunks(image)?;
    let mut kept = SIGNATURE.to_vec();
    for chunk in chunks.iter().filter(|chunk| KEPT.contains(&&chunk.kind)) {
        kept.extend_from_slice(chunk.raw);
    }
    Ok(kept)
}

/// The chunks from `IHDR` to `IEND`, every checksum checked, and how many bytes follow.
fn chunks(image: &[u8]) -> Result<(Vec<Chunk<'_>>, usize), Fault> {
    let mut chunks = Vec::new();
    let mut offset = SIGNATURE.len();
    loop {
        let chunk = chunk_at(image, offset)?;
        if (chunk.kind == *b"IHDR") != chunks.is_empty() {
            return Err(Fault::BadHeader);
        }
        if chunks.is_empty() {
            check_header(chunk.data)?;
        }
        if chunks.len() >= MAX_CHUNKS {
            return Err(Fault::TooManyChunks);
        }
        offset += chunk.raw.len();
        let last = chunk.kind == *b"IEND";
        chunks.push(chunk);
        if last {
            return Ok((chunks, image.len().saturating_sub(offset)));
        }
    }
}

fn chunk_at(image: &[u8], offset: usize) -> Result<Chunk<'_>, Fault> {
    let truncated = || Fault::Truncated(offset);
    let rest = image.get(offset..).ok_or_else(truncated)?;
    let (length, after) = rest.split_first_chunk::<4>().ok_or_else(truncated)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| truncated())?;
    let total = length.checked_add(12).ok_or_else(truncated)?;
    let raw = rest.get(..total).ok_or_else(truncated)?;
    let (kind, after) = after.split_first_chunk::<4>().ok_or_else(truncated)?;
    if !kind.iter().all(u8::is_ascii_alphabetic) {
        return Err(Fault::BadType(offset));
    }
    let data = after.get(..length).ok_or_else(truncated)?;
    let checked = rest.get(4..8 + length).ok_or_else(truncated)?;
    let checksum = raw.last_chunk::<4>().ok_or_else(truncated)?;
    if crc32fast::hash(checked) != u32::from_be_bytes(*checksum) {
        let kind = String::from_utf8_lossy(kind).into_owned();
        return Err(Fault::BadChecksum { kind, offset });
    }
    Ok(Chunk { kind: *kind, data, raw })
}

/// Thirteen bytes that begin with a width and a height above zero.
fn check_header(data: &[u8]) -> Result<(), Fault> {
    let size = |at| data.get(at..at + 4).is_some_and(|bytes: &[u8]| bytes.iter().any(|b| *b != 0));
    if data.len() == 13 && size(0) && size(4) { Ok(()) } else { Err(Fault::BadHeader) }
}

/// Which badge a chunk carries, if it carries one.
fn badge_keyword(chunk: &Chunk<'_>) -> Option<BadgeVersion> {
    if !matches!(&chunk.kind, b"iTXt" | b"tEXt" | b"zTXt") {
        return None;
    }
    let keyword = chunk.data.split(|byte| *byte == 0).next()?;
    [BadgeVersion::Ob2, BadgeVersion::Ob3]
        .into_iter()
        .find(|version| version.keyword().as_bytes() == keyword)
}

/// The text of a badge chunk, inflated if need be and never longer than [`MAX_TEXT`].
fn read_text(chunk: &Chunk<'_>, oddities: &mut Vec<Oddity>) -> Result<String, Error> {
    let (_, after) = split_at_nul(chunk.data, "the keyword does not end")?;
    if chunk.kind != *b"iTXt" {
        oddities.push(Oddity::LegacyChunk);
        if chunk.kind == *b"tEXt" {
            return Ok(latin1(within_limit(after)?));
        }
        oddities.push(Oddity::Compressed);
        let (method, packed) =
            after.split_first().ok_or(Fault::BadText("it has no compression method"))?;
        return Ok(latin1(&inflate(*method, packed)?));
    }
    let (&[compressed, method], after) = after
        .split_first_chunk::<2>()
        .ok_or(Fault::BadText("its compression fields are missing"))?;
    let (language, after) = split_at_nul(after, "the language tag does not end")?;
    let (_, text) = split_at_nul(after, "the translated keyword does not end")?;
    if !language.is_empty() {
        oddities.push(Oddity::LanguageTag);
    }
    let bytes = match compressed {
        0 => within_limit(text)?.to_vec(),
        1 => {
            oddities.push(Oddity::Compressed);
            inflate(method, text)?
        }
        _ => return Err(Fault::BadText("its compression flag is neither 0 nor 1").into()),
    };
    String::from_utf8(bytes).map_err(|_| Fault::BadText("its text is not UTF-8").into())
}

fn split_at_nul<'a>(bytes: &'a [u8], missing: &'static str) -> Result<(&'a [u8], &'a [u8]), Fault> {
    let at = bytes.iter().position(|byte| *byte == 0).ok_or(Fault::BadText(missing))?;
    let (head, tail) = bytes.split_at(at);
    Ok((head, tail.get(1..).unwrap_or_default()))
}

fn within_limit(text: &[u8]) -> Result<&[u8], Error> {
    if text.len() > MAX_TEXT { Err(Error::TextTooLong) } else { Ok(text) }
}

/// `tEXt` and `zTXt` are Latin-1, whose bytes are the first 256 code points.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

fn inflate(method: u8, packed: &[u8]) -> Result<Vec<u8>, Error> {
    if method != 0 {
        return Err(Fault::BadText("its compression method is unknown").into());
    }
    let limit = u64::try_from(MAX_TEXT).unwrap_or(u64::MAX);
    let mut text = Vec::new();
    ZlibDecoder::new(packed)
        .take(limit + 1)
        .read_to_end(&mut text)
        .map_err(|_| Fault::BadText("its compressed text cannot be inflated"))?;
    within_limit(&text)?;
    Ok(text)
}

#[cfg(test)]
#[path = "png_tests.rs"]
mod tests;
