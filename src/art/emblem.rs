//! The small sign over the name, chosen by the name.

use super::palette::{Palette, pick};

/// Signs drawn in a field of 100 × 100 with lines of the accent colour.
const SIGNS: [&str; 6] = [
    // An open book.
    "M50 26C38 14 20 14 8 18V80C20 76 38 76 50 88C62 76 80 76 92 80V18C80 14 62 14 50 26ZM50 26V88",
    // A sprout.
    "M50 92V48M50 60C50 40 34 30 12 30C12 52 28 62 50 60ZM50 48C50 26 64 12 90 12C90 36 74 50 50 48Z",
    // A star.
    "M50 8L62 38L94 40L69 60L78 91L50 73L22 91L31 60L6 40L38 38Z",
    // A compass.
    "M50 8A42 42 0 1 1 49.9 8ZM66 34L56 56L34 66L44 44Z",
    // Three linked rings.
    "M50 12A20 20 0 1 1 49.9 12ZM32 46A20 20 0 1 1 31.9 46ZM68 46A20 20 0 1 1 67.9 46Z",
    // Steps that lead up.
    "M8 88H30V66H52V44H74V22H94M60 12H80M70 8",
];

/// The sign for a name: above the name, or large in the middle where no name is written.
pub(super) fn draw(name: &str, palette: &Palette, large: bool) -> String {
    let sign = SIGNS.get(pick(name, SIGNS.len())).copied().unwrap_or_default();
    let (x, y, scale, width) =
        if large { (195.0, 165.0, 2.1, 3.4) } else { (261.0, 82.0, 0.78, 6.4) };
    format!(
        "<g transform=\"translate({x} {y}) scale({scale})\"><path d=\"{sign}\" fill=\"none\" \
         stroke=\"{}\" stroke-width=\"{width}\" stroke-linejoin=\"round\" \
         stroke-linecap=\"round\"/></g>",
        palette.accent
    )
}
