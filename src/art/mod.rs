//! Drawn badge pictures for badge classes that bring none, and pictures made from pictures.
//!
//! [`draw`] gives a badge class its own art from its name, issuer and kind: the same input gives
//! the same bytes on every machine, because text is set with the fonts compiled in here and
//! turned into outlines. [`rasterise`] makes a PNG of any SVG that was
//! [accepted](crate::baking::upload::accept); [`preview()`] makes the picture that social networks
//! show for a link.

mod emblem;
pub(crate) mod fonts;
mod lettering;
mod palette;
mod preview;
mod qr;
mod shape;

use resvg::tiny_skia::{FilterQuality, Pixmap, PixmapPaint, Transform};
use resvg::usvg;

use lettering::{Block, Lettering};
pub(crate) use palette::Palette;
use shape::Shape;

pub use preview::{PREVIEW_SIZE, Preview, PreviewState, neutral_preview, preview};
pub use qr::Qr;

/// Side of the drawn pictures, in pixels.
pub const SIDE: u32 = 600;

/// Longest side that is rendered, in pixels.
pub const MAX_SIDE: u32 = 2_048;

/// What a badge picture says.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The name of the badge class, any length and script.
    pub name: &'a str,
    /// The name of the issuer.
    pub issuer: &'a str,
    /// The kind of achievement as Open Badges names it, such as `MicroCredential`; it chooses the
    /// outline.
    pub kind: Option<&'a str>,
    /// The level, such as `Level 2`.
    pub level: Option<&'a str>,
}

/// A drawn badge picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Art {
    /// The picture as SVG; text is outlines.
    pub svg: String,
    /// The same as PNG, [`SIDE`] pixels square, on a transparent ground.
    pub png: Vec<u8>,
    /// What it shows, for people who do not see it.
    pub alt: String,
}

/// Why a picture is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The SVG cannot be rendered.
    #[error("the SVG cannot be rendered: {0}")]
    Svg(String),
    /// A PNG to be placed in a picture cannot be decoded.
    #[error("the PNG cannot be decoded: {0}")]
    Png(String),
    /// The wanted side is 0 or above [`MAX_SIDE`].
    #[error("a picture of {0} pixels is not made; 1 to {MAX_SIDE} are")]
    Side(u32),
    /// The text is too long for a QR code.
    #[error("the text is too long for a QR code")]
    TooLongForQr,
    /// The picture cannot be written as PNG.
    #[error("the picture cannot be encoded: {0}")]
    Encoding(String),
}

/// Draws the picture of a badge class.
///
/// A name in a script that our fonts lack is left out of the drawing rather than shown as empty
/// boxes; it stands in the alternative text and the title in any case.
///
/// # Errors
/// None that the input can cause; what the renderer says, if it fails.
pub fn draw(subject: &Subject<'_>) -> Result<Art, Error> {
    let lettering = Lettering::new();
    let alt = alternative_text(subject);
    let tree = lettering.parse(&compose(subject, &lettering))?;
    let svg = outlines(&tree, &alt);
    let png = encode(&render(&tree, SIDE)?)?;
    Ok(Art { svg, png, alt })
}

/// Makes a PNG of an SVG, as wide as `side` pixels at its longer side.
///
/// The SVG must have been [accepted](crate::baking::upload::accept) or drawn here: references to
/// the outside are not followed, but only accepted pictures are bounded in work.
///
/// # Errors
/// The SVG cannot be rendered, or the side is out of range.
pub fn rasterise(svg: &[u8], side: u32) -> Result<Vec<u8>, Error> {
    let text = std::str::from_utf8(svg).map_err(|error| Error::Svg(error.to_string()))?;
    encode(&render(&Lettering::new().parse(text)?, side)?)
}

/// Pixels of a picture, red, green, blue and alpha of each, rows from above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// Four bytes a pixel; colours are not multiplied with alpha.
    pub rgba: Vec<u8>,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// The pixels of a PNG, made smaller to `side` pixels at its longer side if it is larger.
///
/// # Errors
/// It cannot be decoded, or the side is out of range.
pub fn pixels(png: &[u8], side: u32) -> Result<Pixels, Error> {
    if !(1..=MAX_SIDE).contains(&side) {
        return Err(Error::Side(side));
    }
    let mut picture = Pixmap::decode_png(png).map_err(|error| Error::Png(error.to_string()))?;
    let longer = picture.width().max(picture.height());
    if longer > side {
        let smaller = |length: u32| (length * side / longer).max(1);
        let size = (smaller(picture.width()), smaller(picture.height()));
        let mut small = Pixmap::new(size.0, size.1).ok_or(Error::Side(side))?;
        #[expect(clippy::cast_precision_loss, reason = "sides of pictures are small numbers")]
        let scale = Transform::from_scale(
            size.0 as f32 / picture.width() as f32,
            size.1 as f32 / picture.height() as f32,
        );
        let paint = PixmapPaint { quality: FilterQuality::Bicubic, ..PixmapPaint::default() };
        small.draw_pixmap(0, 0, picture.as_ref(), &paint, scale, None);
        picture = small;
    }
    Ok(Pixels { rgba: rgba(&picture), width: picture.width(), height: picture.height() })
}

/// "Badge: NAME. Micro-credential, Level 2, issued by ISSUER."
fn alternative_text(subject: &Subject<'_>) -> String {
    let kind = subject.kind.map(spaced).filter(|kind| !kind.is_empty());
    let about: Vec<String> = kind.into_iter().chain(subject.level.map(str::to_owned)).collect();
    let about = if about.is_empty() { "Badge".to_owned() } else { about.join(", ") };
    format!("{}. {about}, issued by {}.", subject.name.trim().trim_end_matches('.'), subject.issuer)
}

/// `MicroCredential` → `Micro-credential`, `CertificateOfCompletion` → `Certificate of completion`.
pub(crate) fn spaced(kind: &str) -> String {
    let kind = kind.strip_prefix("ext:").unwrap_or(kind);
    match kind {
        "MicroCredential" => return "Micro-credential".to_owned(),
        "CoCurricular" => return "Co-curricular".to_owned(),
        _ => {}
    }
    let mut words = String::new();
    let mut after_lower = false;
    for c in kind.chars() {
        if c.is_uppercase() && after_lower {
            words.push(' ');
            words.extend(c.to_lowercase());
        } else {
            words.push(c);
        }
        after_lower = c.is_lowercase();
    }
    words
}

/// The drawing with its text still as text.
fn compose(subject: &Subject<'_>, lettering: &Lettering) -> String {
    let palette = Palette::of(subject.issuer);
    let shape = Shape::of(subject.kind);
    let name = lettering.fit(subject.name, &Block::name(shape));
    let issuer = lettering.fit(subject.issuer, &Block::issuer(shape));
    let label = [subject.kind.map(spaced), subject.level.map(str::to_owned)];
    let label = label.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let label = lettering.fit(&label, &Block::label());
    let emblem = emblem::draw(subject.name, &palette, name.is_empty());
    format!(
        concat!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 600 600\" width=\"600\" ",
            "height=\"600\"><defs><linearGradient id=\"g\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\">",
            "<stop offset=\"0\" stop-color=\"{light}\"/><stop offset=\"1\" stop-color=\"{deep}\"/>",
            "</linearGradient></defs>{outline}{emblem}{name}{label}{issuer}</svg>"
        ),
        light = palette.light,
        deep = palette.deep,
        outline = shape.outline(&palette),
        emblem = emblem,
        name = name.set(palette.paper, 700),
        label = label.pill(&palette),
        issuer = issuer.set(palette.soft, 400),
    )
}

/// The tree as SVG text: outlines instead of text, with a title for those who do not see it.
fn outlines(tree: &usvg::Tree, alt: &str) -> String {
    let options = usvg::WriteOptions {
        coordinates_precision: 2,
        transforms_precision: 4,
        indent: usvg::Indent::None,
        ..usvg::WriteOptions::default()
    };
    let svg = tree.to_string(&options);
    let title = format!("<title>{}</title>", escape(alt));
    match svg.find('>').filter(|_| svg.starts_with("<svg")) {
        Some(end) => {
            let (tag, rest) = svg.split_at(end);
            format!("{tag} role=\"img\">{title}{}", rest.strip_prefix('>').unwrap_or(rest))
        }
        None => svg,
    }
}

fn render(tree: &usvg::Tree, side: u32) -> Result<Pixmap, Error> {
    if !(1..=MAX_SIDE).contains(&side) {
        return Err(Error::Side(side));
    }
    let size = tree.size();
    let scale = f64::from(side) / f64::from(size.width().max(size.height()));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 1..=side just before"
    )]
    let pixels =
        |length: f32| (f64::from(length) * scale).round().clamp(1.0, f64::from(side)) as u32;
    let mut pixmap =
        Pixmap::new(pixels(size.width()), pixels(size.height())).ok_or(Error::Side(side))?;
    #[expect(clippy::cast_possible_truncation, reason = "a scale does not need double precision")]
    let scale = scale as f32;
    resvg::render(tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    Ok(pixmap)
}

/// PNG with the filters and compression that keep drawings small.
fn encode(pixmap: &Pixmap) -> Result<Vec<u8>, Error> {
    let unwritten = |error: png::EncodingError| Error::Encoding(error.to_string());
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixmap.width(), pixmap.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().map_err(unwritten)?;
    writer.write_image_data(&rgba(pixmap)).map_err(unwritten)?;
    writer.finish().map_err(unwritten)?;
    Ok(bytes)
}

/// Red, green, blue and alpha of each pixel.
fn rgba(pixmap: &Pixmap) -> Vec<u8> {
    pixmap
        .pixels()
        .iter()
        .flat_map(|pixel| {
            let pixel = pixel.demultiply();
            [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
        })
        .collect()
}

/// Text as XML character data.
fn escape(text: &str) -> String {
    let legal = |c: &char| *c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}');
    let text: String = text.chars().filter(legal).collect();
    quick_xml::escape::escape(text.as_str()).into_owned()
}

#[cfg(test)]
#[path = "art_tests.rs"]
mod tests;
