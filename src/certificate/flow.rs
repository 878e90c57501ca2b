//! Pages as they grow: lines, boxes and pictures in their places, each under the part of the
//! document that it belongs to.

use krilla::tagging::TagKind;

use super::Paper;
use super::letters::Letters;
use super::lines::{Lines, Style};

/// Room around a page, in points.
pub(super) const MARGIN: f32 = 56.0;

/// Room that stays free at the foot of a page, for its number.
const FOOT: f32 = 64.0;

/// Where a paragraph stands between the margins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    /// Where it begins to be read: at the left, or at the right if it reads from there.
    Start,
    /// In the middle.
    Centre,
}

/// A colour: red, green, blue.
pub(super) type Colour = (u8, u8, u8);

/// A part of the document, by its number.
pub(super) type PartId = usize;

/// A part of the document as readers by ear have it.
pub(super) struct Part {
    pub(super) tag: TagKind,
    pub(super) children: Vec<PartId>,
}

/// A rectangle in points from the upper left corner of the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// Something on a page. What belongs to no part is decoration.
pub(super) enum Item {
    /// A line of text, by its left end and its base line.
    Text { line: super::lines::Line, x: f32, y: f32, colour: Colour, part: Option<PartId> },
    /// A filled rectangle.
    Box { area: Area, colour: Colour },
    /// The badge picture.
    Art { area: Area, part: PartId },
    /// The QR code of the link.
    Qr { area: Area, part: PartId },
    /// An area that leads to an address.
    Link { area: Area, url: String, words: String, part: PartId },
}

/// A heading, for the outline.
pub(super) struct Heading {
    pub(super) text: String,
    pub(super) page: usize,
    pub(super) y: f32,
}

/// The pages of a document.
pub(super) struct Flow<'l> {
    letters: &'l Letters,
    /// Width and height of the paper.
    pub(super) size: (f32, f32),
    pub(super) pages: Vec<Vec<Item>>,
    pub(super) parts: Vec<Part>,
    /// The parts that belong to no other.
    pub(super) roots: Vec<PartId>,
    pub(super) outline: Vec<Heading>,
    /// How far the page is filled, from above.
    pub(super) y: f32,
    /// Where the page ends.
    bottom: f32,
}

impl<'l> Flow<'l> {
    pub(super) fn new(paper: Paper, letters: &'l Letters) -> Self {
        let size = paper.size();
        Self {
            letters,
            size,
            pages: vec![Vec::new()],
            parts: Vec::new(),
            roots: Vec::new(),
            outline: Vec::new(),
            y: MARGIN,
            bottom: size.1 - FOOT,
        }
    }

    pub(super) fn letters(&self) -> &'l Letters {
        self.letters
    }

    /// Width between the margins.
    pub(super) fn width(&self) -> f32 {
        self.size.0 - 2.0 * MARGIN
    }

    /// A new part, in another or in none.
    pub(super) fn part(&mut self, tag: impl Into<TagKind>, within: Option<PartId>) -> PartId {
        let id = self.parts.len();
        self.parts.push(Part { tag: tag.into(), children: Vec::new() });
        match within.and_then(|parent| self.parts.get_mut(parent)) {
            Some(parent) => parent.children.push(id),
            None => self.roots.push(id),
        }
        id
    }

    pub(super) fn add(&mut self, item: Item) {
        if let Some(page) = self.pages.last_mut() {
            page.push(item);
        }
    }

    /// Keeps the lower part of this page free.
    pub(super) fn reserve(&mut self, height: f32) {
        self.bottom -= height;
    }

    /// Goes to the next page unless so much fits on this one.
    pub(super) fn need(&mut self, height: f32) {
        if self.y + height > self.bottom && self.y > MARGIN {
            self.pages.push(Vec::new());
            self.y = MARGIN;
            self.bottom = self.size.1 - FOOT;
        }
    }

    /// Free room before what comes next.
    pub(super) fn space(&mut self, height: f32) {
        self.y += height;
    }

    /// A paragraph between the margins, going on over pages.
    pub(super) fn paragraph(
        &mut self,
        lines: Lines,
        align: Align,
        colour: Colour,
        part: Option<PartId>,
    ) {
        let area = Area { x: MARGIN, y: 0.0, width: self.width(), height: 0.0 };
        let (height, right_to_left) = (lines.style.line_height(), lines.right_to_left);
        let base = base_line(&lines.style);
        for line in lines.lines {
            self.need(height);
            let x = place(&line, &area, align, right_to_left);
            let y = self.y + base;
            self.add(Item::Text { line, x, y, colour, part });
            self.y += height;
        }
    }

    /// Lines in an area of this page; they are known to fit.
    pub(super) fn block(
        &mut self,
        lines: Lines,
        area: Area,
        align: Align,
        colour: Colour,
        part: Option<PartId>,
    ) {
        let (height, base) = (lines.style.line_height(), base_line(&lines.style));
        let mut y = area.y;
        for line in lines.lines {
            let x = place(&line, &area, align, lines.right_to_left);
            self.add(Item::Text { line, x, y: y + base, colour, part });
            y += height;
        }
    }

    /// Notes a heading that begins here.
    pub(super) fn note_heading(&mut self, text: &str) {
        let page = self.pages.len().saturating_sub(1);
        self.outline.push(Heading { text: text.to_owned(), page, y: self.y });
    }
}

/// From the upper edge of a line to its base line. A capital reaches 0.71 of the size above it.
fn base_line(style: &Style) -> f32 {
    style.line_height() / 2.0 + style.size * 0.355
}

fn place(line: &super::lines::Line, area: &Area, align: Align, right_to_left: bool) -> f32 {
    let free = area.width - line.width;
    match align {
        Align::Centre => area.x + free / 2.0,
        Align::Start if right_to_left => area.x + free,
        Align::Start => area.x,
    }
}
