//! Colours: every pair of ink and ground of the style sheet.

use super::*;

/// WCAG 2.2 §1.4.3 and §1.4.11, for the light and the dark palette.
#[test]
fn every_pair_of_ink_and_ground_keeps_its_contrast() {
    let style = std::str::from_utf8(assets()[0].bytes).unwrap();
    let mut palettes =
        style.split(":root {").skip(1).take(2).map(|block| block.split('}').next().unwrap());
    let (light, dark) = (palettes.next().unwrap(), palettes.next().unwrap());
    let text = [
        ("ink", "ground"),
        ("ink", "card"),
        ("soft", "ground"),
        ("soft", "card"),
        ("link", "ground"),
        ("link", "card"),
        ("on-button", "button"),
        ("good", "good-ground"),
        ("warn", "warn-ground"),
        ("bad", "bad-ground"),
        ("calm", "calm-ground"),
        ("good", "card"),
        ("warn", "card"),
        ("bad", "card"),
        ("calm", "card"),
        ("link", "calm-ground"),
        ("soft", "calm-ground"),
    ];
    let lines = [("edge", "ground"), ("edge", "card"), ("button", "card"), ("link", "ground")];
    for palette in [light, dark] {
        let colour = |name: &str| {
            let start = palette.find(&format!("--{name}: #")).unwrap_or_else(|| panic!("{name}"))
                + name.len()
                + 5;
            luminance(&palette[start..start + 6])
        };
        let contrast = |(ink, ground): (&str, &str)| {
            let (one, other) = (colour(ink) + 0.05, colour(ground) + 0.05);
            one.max(other) / one.min(other)
        };
        for pair in text {
            assert!(contrast(pair) >= 4.5, "{pair:?}: {:.2}", contrast(pair));
        }
        for pair in lines {
            assert!(contrast(pair) >= 3.0, "{pair:?}: {:.2}", contrast(pair));
        }
    }
}

fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}
