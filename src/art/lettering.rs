//! Text that fits: wrapped, shrunk and at last shortened to the room it has.

use std::sync::{Arc, LazyLock};

use resvg::usvg::{self, fontdb};

use super::palette::Palette;
use super::shape::Shape;
use super::{Error, escape, fonts};

/// The fonts as the renderer takes them.
static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut known = fontdb::Database::new();
    for file in fonts::ALL {
        known.load_font_source(fontdb::Source::Binary(Arc::new(file)));
    }
    for set in [
        fontdb::Database::set_sans_serif_family,
        fontdb::Database::set_serif_family,
        fontdb::Database::set_monospace_family,
        fontdb::Database::set_cursive_family,
        fontdb::Database::set_fantasy_family,
    ] {
        set(&mut known, "Noto Sans");
    }
    Arc::new(known)
});

/// Longest text that is set, in characters.
const MAX_TEXT: usize = 400;

/// Room for a piece of text.
pub(super) struct Block {
    /// Width, in units of the drawing.
    width: f64,
    /// Middle of the first to the last line, vertically.
    middle: f64,
    /// Most lines.
    lines: usize,
    /// Font sizes to try, largest first.
    sizes: &'static [f64],
    weight: u16,
    upper: bool,
}

impl Block {
    pub(super) fn name(shape: Shape) -> Self {
        let sizes = &[54.0, 50.0, 46.0, 42.0, 38.0, 34.0, 30.0, 27.0];
        Self {
            width: shape.name_width(),
            middle: 276.0,
            lines: 4,
            sizes,
            weight: 700,
            upper: false,
        }
    }

    pub(super) fn issuer(shape: Shape) -> Self {
        let sizes = &[24.0, 22.0, 20.0, 18.0];
        let middle = 472.0;
        Self { width: shape.issuer_width(), middle, lines: 2, sizes, weight: 400, upper: false }
    }

    pub(super) fn label() -> Self {
        let sizes = &[22.0, 20.0, 18.0, 16.0];
        Self { width: 340.0, middle: 410.0, lines: 1, sizes, weight: 700, upper: true }
    }

    /// Room at the left of `x`, for previews.
    pub(super) fn beside(
        width: f64,
        middle: f64,
        lines: usize,
        sizes: &'static [f64],
        weight: u16,
    ) -> Self {
        Self { width, middle, lines, sizes, weight, upper: false }
    }
}

/// Text cut into lines that fit.
pub(super) struct Fitted {
    lines: Vec<String>,
    size: f64,
    middle: f64,
    widest: f64,
}

/// Sets text with our own fonts only.
pub(super) struct Lettering {
    options: usvg::Options<'static>,
}

impl Lettering {
    pub(super) fn new() -> Self {
        let mut options = usvg::Options {
            font_family: "Noto Sans".to_owned(),
            fontdb: Arc::clone(&FONTS),
            ..usvg::Options::default()
        };
        // Nothing is ever loaded: neither a file nor an address.
        options.image_href_resolver.resolve_string = Box::new(|_, _| None);
        Self { options }
    }

    /// The tree of an SVG, its text set.
    pub(super) fn parse(&self, svg: &str) -> Result<usvg::Tree, Error> {
        usvg::Tree::from_str(svg, &self.options).map_err(|error| Error::Svg(error.to_string()))
    }

    /// Cuts and shrinks text into its room; nothing if the fonts lack a character of it.
    pub(super) fn fit(&self, text: &str, block: &Block) -> Fitted {
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text: String = text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect();
        let text = if block.upper { text.to_uppercase() } else { text };
        let mut fitted = Fitted { lines: Vec::new(), size: 0.0, middle: block.middle, widest: 0.0 };
        if text.is_empty() || !text.chars().all(fonts::has) {
            return fitted;
        }
        for (at, size) in block.sizes.iter().enumerate() {
            let last = at + 1 == block.sizes.len();
            if let Some((lines, widest)) = self.wrap(&text, block, *size, last) {
                fitted = Fitted { lines, size: *size, middle: block.middle, widest };
                break;
            }
        }
        fitted
    }

    /// The lines at one size; `None` if they do not fit and this is not the `last` size. At the
    /// last size words too long for a line are cut, and lines too many are left out.
    fn wrap(&self, text: &str, block: &Block, size: f64, last: bool) -> Option<(Vec<String>, f64)> {
        let fits = |line: &str| self.width(line, size, block.weight) <= block.width;
        let mut lines: Vec<String> = Vec::new();
        for word in text.split(' ') {
            let joined = lines.last().map(|line| format!("{line} {word}"));
            match (joined, lines.last_mut()) {
                (Some(joined), Some(line)) if fits(&joined) => *line = joined,
                _ if fits(word) => lines.push(word.to_owned()),
                _ if last => lines.extend(pieces(word, &fits)),
                _ => return None,
            }
        }
        if lines.len() > block.lines {
            if !last {
                return None;
            }
            lines.truncate(block.lines);
            if let Some(line) = lines.last_mut() {
                while !line.is_empty() && !fits(&format!("{line}…")) {
                    line.pop();
                }
                line.push('…');
            }
        }
        let width = |line: &String| self.width(line, size, block.weight);
        let widest = lines.iter().map(width).fold(0.0, f64::max);
        Some((lines, widest))
    }

    /// How wide a line is when it is set, in units of the drawing.
    fn width(&self, line: &str, size: f64, weight: u16) -> f64 {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\">{}</svg>",
            text_element(line, 0.0, size, "start", "#000", weight)
        );
        match self.parse(&svg) {
            Ok(tree) => f64::from(tree.root().bounding_box().width()),
            Err(_) => f64::INFINITY,
        }
    }
}

impl Fitted {
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The lines as text elements, centred in the badge.
    pub(super) fn set(&self, colour: &str, weight: u16) -> String {
        self.set_at("300", "middle", colour, weight)
    }

    /// The lines as text elements at `x`.
    pub(super) fn set_at(&self, x: &str, anchor: &str, colour: &str, weight: u16) -> String {
        let leading = self.size * 1.18;
        let count = self.lines.iter().fold(0.0, |count, _| count + 1.0);
        // A capital reaches about 0.71 of the size over the baseline.
        let mut y = self.middle - leading * (count - 1.0) / 2.0 + self.size * 0.355;
        let mut out = format!("<g transform=\"translate({x} 0)\">");
        for line in &self.lines {
            out.push_str(&text_element(line, y, self.size, anchor, colour, weight));
            y += leading;
        }
        out + "</g>"
    }

    /// The one line in a rounded field of the accent colour.
    pub(super) fn pill(&self, palette: &Palette) -> String {
        if self.is_empty() {
            return String::new();
        }
        let (width, height) = (self.widest + 44.0, self.size * 1.75);
        format!(
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{:.1}\" \
             fill=\"{}\"/>{}",
            300.0 - width / 2.0,
            self.middle - height / 2.0,
            height / 2.0,
            palette.accent,
            self.set(palette.deep, 700)
        )
    }
}

/// A word cut into pieces that fit, all but the last with a hyphen.
fn pieces(word: &str, fits: &impl Fn(&str) -> bool) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in word.chars() {
        if let Some(piece) = pieces.last_mut() {
            if piece.is_empty() || fits(&format!("{piece}{c}-")) {
                piece.push(c);
                continue;
            }
            piece.push('-');
        }
        pieces.push(c.to_string());
    }
    pieces
}

fn text_element(line: &str, y: f64, size: f64, anchor: &str, colour: &str, weight: u16) -> String {
    format!(
        "<text xml:space=\"preserve\" x=\"0\" y=\"{y:.1}\" font-family=\"Noto Sans\" \
         font-size=\"{size}\" font-weight=\"{weight}\" text-anchor=\"{anchor}\" \
         fill=\"{colour}\">{}</text>",
        escape(line)
    )
}
