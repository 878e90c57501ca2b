//! Text as glyphs: which font has a letter, and where its shapes go.

use std::sync::LazyLock;

use harfrust::{Direction, FontRef, ShapeOptions, ShaperData, UnicodeBuffer};
use krilla::text::{Font, GlyphId, KrillaGlyph};

use super::Error;
use crate::art::fonts;

/// Plain or heavy. Scripts of which there is one weight are set in that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// A font, ready to be measured with and to be embedded.
pub(super) struct Face {
    pub(super) font: Font,
    reader: FontRef<'static>,
    shaper: ShaperData,
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

static LETTERS: LazyLock<Option<Letters>> = LazyLock::new(|| {
    let files = [fonts::REGULAR, fonts::BOLD, fonts::ARABIC_BOLD, fonts::HEBREW_BOLD]
        .into_iter()
        .map(|file| {
            let reader = FontRef::new(file).ok()?;
            let shaper = ShaperData::new(&reader);
            Some(Face { font: Font::new(file.into(), 0)?, reader, shaper })
        });
    files.collect::<Option<Vec<Face>>>().map(Letters)
});

/// The fonts.
pub(super) fn letters() -> Result<&'static Letters, Error> {
    LETTERS.as_ref().ok_or(Error::Font)
}

impl Letters {
    pub(super) fn face(&self, at: usize) -> Option<&Face> {
        self.0.get(at)
    }

    /// The font that a letter is set in.
    pub(super) fn face_of(c: char, weight: Weight) -> usize {
        match (u32::from(c), weight) {
            (0x0590..=0x05ff | 0xfb1d..=0xfb4f, _) => 3,
            (0x0600..=0x06ff | 0x0750..=0x077f, _) => 2,
            (_, Weight::Bold) => 1,
            (_, Weight::Regular) => 0,
        }
    }

    /// Shapes a text of one font and one direction.
    pub(super) fn shape(&self, text: &str, face: usize, right_to_left: bool) -> Run {
        let mut run = Run { face, glyphs: Vec::new(), text: text.to_owned(), width: 0.0 };
        let Some(known) = self.0.get(face) else { return run };
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let direction = if right_to_left { Direction::RightToLeft } else { Direction::LeftToRight };
        buffer.set_direction(direction);
        let shaper = known.shaper.shaper(&known.reader).build();
        let shaped = shaper.shape(buffer, ShapeOptions::new());
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

/// The text as it can be set: white space as single spaces, no control characters, and signs that
/// are no letters, such as emoji, left out where the fonts lack them. `None` when a letter or digit
/// is lacking: such a text is never shown in part.
pub(super) fn settable(text: &str) -> Option<String> {
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            kept.push(' ');
        } else if fonts::has(c) && !is_invisible(c) {
            kept.push(c);
        } else if c.is_alphanumeric() {
            return None;
        }
    }
    let words: Vec<&str> = kept.split(' ').filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then(|| words.join(" "))
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
                let run = letters.shape(&c.to_string(), Letters::face_of(c, weight), false);
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
        let run = letters.shape("שלום", Letters::face_of('ש', Weight::Regular), true);
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
