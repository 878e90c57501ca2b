//! The fonts that are compiled in, see `fonts/OFL.txt`.

/// Latin, Greek, Cyrillic.
pub(crate) const REGULAR: &[u8] = include_bytes!("fonts/NotoSans-Regular.ttf");
/// The same, bold.
pub(crate) const BOLD: &[u8] = include_bytes!("fonts/NotoSans-Bold.ttf");
/// Arabic, bold.
pub(crate) const ARABIC_BOLD: &[u8] = include_bytes!("fonts/NotoSansArabic-Bold.ttf");
/// Hebrew, bold.
pub(crate) const HEBREW_BOLD: &[u8] = include_bytes!("fonts/NotoSansHebrew-Bold.ttf");

/// All of them.
pub(super) const ALL: [&[u8]; 4] = [REGULAR, BOLD, ARABIC_BOLD, HEBREW_BOLD];

/// The characters that the fonts have, first and last of each run.
const COVERED: [(u32, u32); 35] = [
    (0x0020, 0x007e),
    (0x00a0, 0x024f),
    (0x0259, 0x0259),
    (0x02b0, 0x0377),
    (0x037a, 0x037f),
    (0x0384, 0x038a),
    (0x038c, 0x038c),
    (0x038e, 0x03a1),
    (0x03a3, 0x03e1),
    (0x03f0, 0x052f),
    (0x0591, 0x05c7),
    (0x05d0, 0x05ea),
    (0x05f0, 0x05f4),
    (0x0600, 0x061c),
    (0x061e, 0x06ff),
    (0x0750, 0x077f),
    (0x1e00, 0x1eff),
    (0x2000, 0x2064),
    (0x2066, 0x2071),
    (0x2074, 0x208e),
    (0x2090, 0x209c),
    (0x20a0, 0x20bf),
    (0x2100, 0x2138),
    (0x2150, 0x215f),
    (0x2184, 0x2184),
    (0x2189, 0x2189),
    (0x25cc, 0x25cc),
    (0xfb01, 0xfb02),
    (0xfb1d, 0xfb36),
    (0xfb38, 0xfb3c),
    (0xfb3e, 0xfb3e),
    (0xfb40, 0xfb41),
    (0xfb43, 0xfb44),
    (0xfb46, 0xfb4f),
    (0xfffd, 0xfffd),
];

/// Whether the fonts have a character between them.
pub(crate) fn has(c: char) -> bool {
    let code = u32::from(c);
    COVERED.iter().any(|(first, last)| (*first..=*last).contains(&code))
}
