//! Colours that go together, chosen by the issuer's name.

use sha2::{Digest, Sha256};

/// The colours of one drawing.
pub(crate) struct Palette {
    /// Upper end of the ground.
    pub(super) light: &'static str,
    /// Lower end of the ground.
    pub(super) deep: &'static str,
    /// Lines and emblem.
    pub(super) accent: &'static str,
    /// Large text.
    pub(super) paper: &'static str,
    /// Small text.
    pub(super) soft: &'static str,
}

/// Light, deep, accent, soft: text on every ground keeps a contrast of 4.5 and more.
const PALETTES: [(&str, &str, &str, &str); 8] = [
    ("#1d5f73", "#0c3340", "#f0c66b", "#d9ebef"),
    ("#3a4a8c", "#1c2450", "#f2b8a0", "#e0e4f5"),
    ("#2c6a4b", "#123524", "#f3d37c", "#dcefe4"),
    ("#7a3355", "#3f142a", "#f5c9a4", "#f5e0ea"),
    ("#4b3f7d", "#241c45", "#a9dcc9", "#e6e1f6"),
    ("#8a4323", "#4a1f0d", "#f6d58f", "#f8e6dc"),
    ("#2f5d8a", "#142f4b", "#f3cf73", "#dbe8f5"),
    ("#53592b", "#2a2e12", "#f2d08a", "#eceeda"),
];

impl Palette {
    /// The palette of an issuer: always the same one for the same name.
    pub(crate) fn of(issuer: &str) -> Self {
        let (light, deep, accent, soft) = PALETTES
            .get(pick(issuer, PALETTES.len()))
            .copied()
            .unwrap_or(("#1d5f73", "#0c3340", "#f0c66b", "#d9ebef"));
        Self { light, deep, accent, paper: "#ffffff", soft }
    }

    /// Upper end of the ground as red, green, blue.
    #[cfg(feature = "pdf")]
    pub(crate) fn light(&self) -> (u8, u8, u8) {
        parts(self.light)
    }

    /// Lower end of the ground; text of this colour stands out from white.
    #[cfg(feature = "pdf")]
    pub(crate) fn deep(&self) -> (u8, u8, u8) {
        parts(self.deep)
    }

    /// Lines and emblem.
    #[cfg(feature = "pdf")]
    pub(crate) fn accent(&self) -> (u8, u8, u8) {
        parts(self.accent)
    }
}

/// Red, green, blue of `#rrggbb`.
#[cfg(feature = "pdf")]
fn parts(colour: &str) -> (u8, u8, u8) {
    let part = |at: usize| {
        let digits = colour.get(at..at + 2).unwrap_or_default();
        u8::from_str_radix(digits, 16).unwrap_or_default()
    };
    (part(1), part(3), part(5))
}

/// A number below `count` that depends on the text alone.
pub(super) fn pick(text: &str, count: usize) -> usize {
    let digest = Sha256::digest(text.as_bytes());
    usize::from(digest.first().copied().unwrap_or(0)) % count.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn text_and_lines_stand_out_from_every_ground() {
        for (light, deep, accent, soft) in PALETTES {
            for ground in [light, deep] {
                for (ink, least) in [("#ffffff", 4.5), (soft, 4.5), (accent, 3.0)] {
                    let (bright, dark) = (luminance(ink) + 0.05, luminance(ground) + 0.05);
                    assert!(bright / dark >= least, "{ink} on {ground}: {}", bright / dark);
                }
            }
        }
    }
}
