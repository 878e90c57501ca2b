//! Text as glyphs: which font has a letter, and where its shapes go.

use std::fmt;
use std::sync::{Arc, LazyLock};

use harfrust::{Direction, FontRef, GlyphBuffer, ShapeOptions, ShaperData, UnicodeBuffer};
use krilla::text::{Font, GlyphId, KrillaGlyph};

use super::Error;
use crate::art::fonts;

/// Plain or heavy. Scripts of which there is one weight are set in that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// The fonts that certificates are set in: those that are compiled in, and further ones for the
/// scripts that these lack. Each further one has whatever those before it have not.
#[derive(Clone, Default)]
pub struct Fonts(Option<Arc<Letters>>);

impl Fonts {
    /// Adds a font file (TrueType, OpenType, or the first font of a collection), which is embedded
    /// in part where it is used: its licence must allow that.
    ///
    /// # Errors
    /// [`Error::Font`] when it is no such file.
    pub fn add(&mut self, file: Vec<u8>) -> Result<(), Error> {
        let mut faces = self.letters()?.0.clone();
        faces.push(Face::read(Bytes::Read(Arc::new(file))).ok_or(Error::Font)?);
        self.0 = Some(Arc::new(Letters(faces)));
        Ok(())
    }

    /// All of them.
    pub(super) fn letters(&self) -> Result<&Letters, Error> {
        match &self.0 {
            Some(letters) => Ok(letters),
            None => letters(),
        }
    }
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let further = self.0.as_ref().map_or(0, |letters| letters.0.len() - COMPILED_IN.len());
        write!(f, "Fonts({further} further)")
    }
}

/// A font, ready to be measured with and to be embedded.
#[derive(Clone)]
pub(super) struct Face {
    pub(super) font: Font,
    file: Bytes,
    shaper: Arc<ShaperData>,
}

/// A font file.
#[derive(Clone)]
enum Bytes {
    CompiledIn(&'static [u8]),
    Read(Arc<Vec<u8>>),
}

impl Face {
    fn read(file: Bytes) -> Option<Self> {
        let reader = file.reader()?;
        let shaper = Arc::new(ShaperData::new(&reader));
        let font = match &file {
            Bytes::CompiledIn(bytes) => Font::new((*bytes).into(), 0)?,
            Bytes::Read(bytes) => Font::new(Arc::clone(bytes).into(), 0)?,
        };
        Some(Self { font, file, shaper })
    }

    /// Shapes a text, if it can still be read; it could when it was added.
    fn shaped(&self, text: &str, direction: Option<Direction>) -> Option<GlyphBuffer> {
        let reader = self.file.reader()?;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        if let Some(direction) = direction {
            buffer.set_direction(direction);
        }
        Some(self.shaper.shaper(&reader).build().shape(buffer, ShapeOptions::new()))
    }

    /// Whether it has a shape for a character.
    fn has(&self, c: char) -> bool {
        let shaped = self.shaped(c.encode_utf8(&mut [0; 4]), None);
        shaped.is_some_and(|shaped| {
            let glyphs = shaped.glyph_infos();
            !glyphs.is_empty() && glyphs.iter().all(|glyph| glyph.glyph_id != 0)
        })
    }
}

impl Bytes {
    fn reader(&self) -> Option<FontRef<'_>> {
        let bytes = match self {
            Self::CompiledIn(bytes) => bytes,
            Self::Read(bytes) => bytes.as_slice(),
        };
        FontRef::from_index(bytes, 0).ok()
    }
}

/// The fonts in the order in which [`Letters::face_of`] numbers them.
pub(super) struct Letters(Vec<Face>);

/// Glyphs of one font in a row, in the order in which they are seen.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) face: usize,
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// The text that they show, in the order in which it is read.
    pub(super) text: String,
    /// Width in units of the font size.
    pub(super) width: f32,
}

const COMPILED_IN: [&[u8]; 4] =
    [fonts::REGULAR, fonts::BOLD, fonts::ARABIC_BOLD, fonts::HEBREW_BOLD];

static LETTERS: LazyLock<Option<Letters>> = LazyLock::new(|| {
    let faces = COMPILED_IN.into_iter().map(|file| Face::read(Bytes::CompiledIn(file)));
    faces.collect::<Option<Vec<Face>>>().map(Letters)
});

/// The fonts that are compiled in.
pub(super) fn letters() -> Result<&'static Letters, Error> {
    LETTERS.as_ref().ok_or(Error::Font)
}

impl Letters {
    pub(super) fn face(&self, at: usize) -> Option<&Face> {
        self.0.get(at)
    }

    /// The font that a letter is set in.
    pub(super) fn face_of(&self, c: char, weight: Weight) -> usize {
        if let Some(further) = self.further(c) {
            return further;
        }
        match (u32::from(c), weight) {
            (0x0590..=0x05ff | 0xfb1d..=0xfb4f, _) => 3,
            (0x0600..=0x06ff | 0x0750..=0x077f, _) => 2,
            (_, Weight::Bold) => 1,
            (_, Weight::Regular) => 0,
        }
    }

    /// Whether there is a shape for a character.
    fn has(&self, c: char) -> bool {
        fonts::has(c) || self.further(c).is_some()
    }

    /// The further font that has a character, where those that are compiled in have it not.
    fn further(&self, c: char) -> Option<usize> {
        let further = || self.0.iter().skip(COMPILED_IN.len()).position(|face| face.has(c));
        if fonts::has(c) { None } else { further().map(|at| at + COMPILED_IN.len()) }
    }

    /// The text as it can be set: white space as single spaces, no control characters, and signs that
    /// are no letters, such as emoji, left out where the fonts lack them. `None` when a letter or digit
    /// is lacking: such a text is never shown in part.
    pub(super) fn settable(&self, text: &str) -> Option<String> {
        let mut kept = String::with_capacity(text.len());
        for c in text.chars() {
            if c.is_whitespace() || c.is_control() {
                kept.push(' ');
            } else if self.has(c) && !is_invisible(c) {
                kept.push(c);
            } else if c.is_alphanumeric() {
                return None;
            }
        }
        let words: Vec<&str> = kept.split(' ').filter(|word| !word.is_empty()).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// Shapes a text of one font and one direction.
    pub(super) fn shape(&self, text: &str, face: usize, right_to_left: bool) -> Run {
        let mut run = Run { face, glyphs: Vec::new(), text: text.to_owned(), width: 0.0 };
        let Some(known) = self.0.get(face) else { return run };
        let direction = if right_to_left { Direction::RightToLeft } else { Direction::LeftToRight };
        let Some(shaped) = known.shaped(text, Some(direction)) else { return run };
        let em = known.font.units_per_em();
        let mut starts: Vec<usize> =
            shaped.glyph_infos().iter().map(|g| place(g.cluster)).collect();
        starts.sort_unstable();
        starts.dedup();
        for (info, position) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            let start = place(info.cluster);
            let next = starts.partition_point(|known| *known <= start);
            let end = starts.get(next).copied().unwrap_or(text.len());
            let scaled = |units: i32| units_of(units) / em;
            let advance = scaled(position.x_advance);
            run.width += advance;
            run.glyphs.push(KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                advance,
                scaled(position.x_offset),
                scaled(position.y_offset),
                scaled(position.y_advance),
                start..end,
                None,
            ));
        }
        run
    }
}

fn place(cluster: u32) -> usize {
    usize::try_from(cluster).unwrap_or(usize::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "font units are small numbers")]
fn units_of(units: i32) -> f32 {
    units as f32
}

/// Marks that steer the direction of text: the text's own letters say it already, and a reader
/// of the file would find characters without a shape.
fn is_invisible(c: char) -> bool {
    matches!(
        u32::from(c),
        0x00ad | 0x034f | 0x061c | 0x180e | 0x200b | 0x200e | 0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_fonts_lack_is_never_set_in_part() {
        let settable = |text: &str| letters().unwrap().settable(text);
        assert_eq!(settable(" Zoë\n Ελένη  Ивана "), Some("Zoë Ελένη Ивана".to_owned()));
        assert_eq!(settable("Great 🎉 work ✓"), Some("Great work".to_owned()));
        assert_eq!(settable("李小龍"), None);
        assert_eq!(settable("Amara 李"), None);
        assert_eq!(settable("नमस्ते"), None);
        assert_eq!(settable(" \u{200f}\u{1}"), None);
        assert!(settable("محمد علي").is_some() && settable("דוד").is_some());
    }

    #[test]
    fn every_letter_that_is_said_to_be_there_has_a_shape_in_its_font() {
        let letters = letters().unwrap();
        let mut seen = 0;
        for c in (0x21..0xfffe_u32).filter_map(char::from_u32) {
            if !fonts::has(c) || is_invisible(c) || c.is_whitespace() || c.is_control() {
                continue;
            }
            for weight in [Weight::Regular, Weight::Bold] {
                let run = letters.shape(&c.to_string(), letters.face_of(c, weight), false);
                let drawn = run.glyphs.iter().all(|glyph| glyph.glyph_id.to_u32() != 0);
                assert!(drawn && !run.glyphs.is_empty(), "{c:?} {:04x}", u32::from(c));
                seen += 1;
            }
        }
        assert!(seen > 4_000, "{seen}");
    }

    #[test]
    fn right_to_left_text_keeps_its_reading_order() {
        let letters = letters().unwrap();
        let run = letters.shape("שלום", letters.face_of('ש', Weight::Regular), true);
        assert_eq!(run.glyphs.len(), 4);
        let first = run.glyphs.first().unwrap();
        assert_eq!(
            run.text.get(first.text_range.clone()),
            Some("ם"),
            "the last letter is leftmost"
        );
        assert!(run.width > 1.0);
    }
}
