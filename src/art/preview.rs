//! The picture that social networks show for a badge link: 1200 × 627, no person's name.

use resvg::tiny_skia::{FilterQuality, Pixmap, PixmapPaint, Transform};

use super::lettering::{Block, Lettering};
use super::palette::Palette;
use super::{Error, Subject, draw, encode, render};

/// Width and height of a preview, in pixels.
pub const PREVIEW_SIZE: (u32, u32) = (1_200, 627);

/// How a badge stands, as far as its preview tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PreviewState {
    /// In force.
    Valid,
    /// Past its end.
    Expired,
    /// Taken back.
    Revoked,
    /// On hold.
    Suspended,
    /// Before its start.
    NotYetValid,
    /// Not what the issuer signed.
    Altered,
    /// Not all checks could be made.
    CouldNotVerify,
}

impl PreviewState {
    /// Every state, with its name in addresses and the word in the picture.
    const ALL: [(Self, &'static str, Option<&'static str>); 7] = [
        (Self::Valid, "valid", None),
        (Self::Expired, "expired", Some("Expired")),
        (Self::Revoked, "revoked", Some("Revoked")),
        (Self::Suspended, "suspended", Some("Suspended")),
        (Self::NotYetValid, "not-yet-valid", Some("Not yet valid")),
        (Self::Altered, "altered", Some("Not genuine")),
        (Self::CouldNotVerify, "could-not-verify", Some("Could not verify")),
    ];

    /// Its name in addresses.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(state, ..)| *state == self).map_or("", |(_, name, _)| name)
    }

    /// The state with that name.
    pub fn from_name(wanted: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name, _)| *name == wanted).map(|(state, ..)| *state)
    }

    /// The word in the picture; none for a badge that is in force.
    fn word(self) -> Option<&'static str> {
        Self::ALL.iter().find(|(state, ..)| *state == self).and_then(|(.., word)| *word)
    }
}

/// What a preview shows.
#[derive(Clone, Copy, Debug)]
pub struct Preview<'a> {
    /// The badge art as PNG.
    pub art: &'a [u8],
    /// The name of the badge class.
    pub name: &'a str,
    /// The name of the issuer.
    pub issuer: &'a str,
    /// How badges of it stand; the art of one that is not in force is shown faint.
    pub state: PreviewState,
}

/// Draws a preview.
///
/// # Errors
/// The art is no PNG that can be decoded.
pub fn preview(preview: &Preview<'_>) -> Result<Vec<u8>, Error> {
    let palette = Palette::of(preview.issuer);
    let lettering = Lettering::new();
    let name = Block::beside(560.0, 270.0, 4, &[68.0, 60.0, 52.0, 46.0, 40.0], 700);
    let issuer = Block::beside(560.0, 470.0, 2, &[32.0, 28.0, 24.0], 400);
    let state = Block::beside(400.0, 96.0, 1, &[34.0, 28.0], 700);
    let word = preview.state.word();
    let state = word.map(|word| lettering.fit(word, &state).set_at("580", "start", "#9b1c1c", 700));
    let svg = format!(
        concat!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1200 627\">",
            "<rect width=\"1200\" height=\"627\" fill=\"#fbfaf7\"/>",
            "<rect width=\"1200\" height=\"14\" fill=\"{}\"/>{}{}{}</svg>"
        ),
        palette.light,
        state.unwrap_or_default(),
        lettering.fit(preview.name, &name).set_at("580", "start", palette.deep, 700),
        lettering.fit(preview.issuer, &issuer).set_at("580", "start", "#4a4f57", 400),
    );
    let mut picture = render(&lettering.parse(&svg)?, PREVIEW_SIZE.0)?;
    let art = Pixmap::decode_png(preview.art).map_err(|error| Error::Png(error.to_string()))?;
    place(&mut picture, &art, word.is_some());
    encode(&picture)
}

/// The preview that stands in while the one of a badge is being drawn: it shows no badge.
///
/// # Errors
/// What the renderer says, if it fails.
pub fn neutral_preview() -> Result<Vec<u8>, Error> {
    let art = draw(&Subject { name: "", issuer: NEUTRAL, kind: None, level: None })?;
    let name = "Open Badge";
    preview(&Preview { art: &art.png, name, issuer: NEUTRAL, state: PreviewState::Valid })
}

/// Who the neutral preview is from.
const NEUTRAL: &str = "Accolade";

/// Puts the art at the left, 460 pixels at its longer side.
fn place(picture: &mut Pixmap, art: &Pixmap, faint: bool) {
    #[expect(clippy::cast_precision_loss, reason = "sides of pictures are small numbers")]
    let (width, height) = (art.width() as f32, art.height() as f32);
    let scale = 460.0 / width.max(height);
    let left = 70.0 + (460.0 - width * scale) / 2.0;
    let top = 90.0 + (460.0 - height * scale) / 2.0;
    let paint = PixmapPaint {
        opacity: if faint { 0.35 } else { 1.0 },
        quality: FilterQuality::Bicubic,
        ..PixmapPaint::default()
    };
    let transform = Transform::from_row(scale, 0.0, 0.0, scale, left, top);
    picture.draw_pixmap(0, 0, art.as_ref(), &paint, transform, None);
}
