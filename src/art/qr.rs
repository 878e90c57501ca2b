//! QR codes (ISO/IEC 18004): error correction level M, a quiet zone of four modules.

use fast_qr::{ECL, QRBuilder, QRCode};

use super::lettering::Lettering;
use super::{Error, encode, escape, render};

/// Light modules around the code, which readers need to find it.
const MARGIN: usize = 4;

/// Pixels of a module in a PNG.
const PIXELS: usize = 12;

/// A QR code.
#[derive(Clone, Debug)]
pub struct Qr {
    code: Box<QRCode>,
}

impl Qr {
    /// The code of a text.
    ///
    /// # Errors
    /// [`Error::TooLongForQr`] for more than 2,331 bytes.
    pub fn new(text: &str) -> Result<Self, Error> {
        let code = QRBuilder::new(text).ecl(ECL::M).build().map_err(|_| Error::TooLongForQr)?;
        Ok(Self { code: Box::new(code) })
    }

    /// Modules from one side to the other.
    pub fn side(&self) -> usize {
        self.code.size
    }

    /// Whether the module in that row and column is dark.
    pub fn is_dark(&self, row: usize, column: usize) -> bool {
        let row = self.code.data.get(row * self.code.size..(row + 1) * self.code.size);
        row.and_then(|row| row.get(column)).is_some_and(|module| module.value())
    }

    /// Modules from one side to the other with the quiet zone.
    #[cfg(feature = "pdf")]
    #[expect(clippy::cast_precision_loss, reason = "there are at most 185")]
    pub(crate) fn side_with_margin(&self) -> f32 {
        (self.side() + 2 * MARGIN) as f32
    }

    /// Dark modules that lie beside each other: column, row and length, in modules from the outer
    /// corner of the quiet zone.
    #[cfg(feature = "pdf")]
    #[expect(clippy::cast_precision_loss, reason = "there are at most 185")]
    pub(crate) fn dark_runs(&self) -> Vec<(f32, f32, f32)> {
        let runs = self.runs();
        runs.into_iter().map(|(x, y, length)| (x as f32, y as f32, length as f32)).collect()
    }

    /// As SVG: one path, black on white, with a title for those who do not see it.
    pub fn svg(&self, title: &str) -> String {
        let side = self.side() + 2 * MARGIN;
        let mut path = String::new();
        for (x, y, length) in self.runs() {
            path.push_str(&format!("M{x} {y}h{length}v1h-{length}z"));
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
             width=\"{pixels}\" height=\"{pixels}\" role=\"img\" \
             shape-rendering=\"crispEdges\"><title>{title}</title>\
             <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>",
            pixels = side * 8,
            title = escape(title),
        )
    }

    /// As PNG, twelve pixels a module, so that 3 cm are printed sharp.
    ///
    /// # Errors
    /// What the renderer says, if it fails.
    pub fn png(&self) -> Result<Vec<u8>, Error> {
        let tree = Lettering::new().parse(&self.svg(""))?;
        let side = (self.side() + 2 * MARGIN) * PIXELS;
        encode(&render(&tree, u32::try_from(side).unwrap_or(super::MAX_SIDE))?)
    }

    fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs = Vec::new();
        for row in 0..self.side() {
            let mut column = 0;
            while column < self.side() {
                let length = (column..self.side()).take_while(|at| self.is_dark(row, *at)).count();
                if length > 0 {
                    runs.push((column + MARGIN, row + MARGIN, length));
                }
                column += length.max(1);
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_svg_and_the_png_show_the_modules_with_four_light_ones_around() {
        let qr = Qr::new("https://badges.example.org/b/as_0123456789ABCDEFGHIJKL").unwrap();
        let png = super::super::pixels(&qr.png().unwrap(), 2_048).unwrap();
        let side = qr.side() + 8;
        assert_eq!((png.width as usize, png.height as usize), (side * 12, side * 12));
        for row in 0..side {
            for column in 0..side {
                let at = ((row * 12 + 6) * side * 12 + column * 12 + 6) * 4;
                let dark = row >= 4 && column >= 4 && qr.is_dark(row - 4, column - 4);
                assert_eq!(png.rgba[at], if dark { 0 } else { 255 }, "{row} {column}");
            }
        }
        // The three corners that readers look for.
        let end = qr.side() - 1;
        assert!(qr.is_dark(0, 0) && qr.is_dark(0, end) && qr.is_dark(end, 0));
        assert!(qr.svg("A & <b>").contains("<title>A &amp; &lt;b&gt;</title>"));
        assert!(matches!(Qr::new(&"x".repeat(2_400)), Err(Error::TooLongForQr)));
    }
}
