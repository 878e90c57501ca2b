//! The pages as a PDF file.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::{Page, PageSettings};
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TagGroup, TagTree,
};
use krilla::{Document, SerializeSettings};

use super::flow::{Area, Colour, Flow, Item, MARGIN};
use super::letters::{Letters, Weight};
use super::lines::{Line, Style};
use super::words::{Words, fill};
use super::{ATTACHMENT, CREDENTIAL, Certificate, Error, Sheet};
use crate::art::{self, Qr};

/// Pixels of the badge picture at its longer side: about 210 to the inch.
const ART_PIXELS: u32 = 360;

const FOOTER: Style = Style::new(8.0, Weight::Regular);
const FOOTER_INK: Colour = (0x4a, 0x4f, 0x57);

struct Drawing<'d> {
    letters: &'d Letters,
    art: Image,
    qr: Qr,
    /// What was drawn for each part, in the order in which it is read.
    leaves: Vec<Vec<Identifier>>,
}

/// Writes the file.
pub(super) fn pdf(
    about: &Certificate,
    sheet: Sheet,
    flow: &Flow<'_>,
    letters: &Letters,
) -> Result<Vec<u8>, Error> {
    let mut document = Document::new_with(settings()?);
    let pixels = art::pixels(&about.art, ART_PIXELS)?;
    let mut drawing = Drawing {
        letters,
        art: Image::from_rgba8(pixels.rgba, pixels.width, pixels.height),
        qr: Qr::new(&about.link)?,
        leaves: flow.parts.iter().map(|_| Vec::new()).collect(),
    };
    let (width, height) = flow.size;
    for (at, items) in flow.pages.iter().enumerate() {
        let size = PageSettings::from_wh(width, height).ok_or_else(|| fault("the paper"))?;
        let mut page = document.start_page_with(size);
        let number = fill(Words(sheet.language).page(), &(at + 1).to_string());
        let mut surface = page.surface();
        for item in items {
            drawing.item(&mut surface, item);
        }
        drawing.footer(&mut surface, &format!("{} · {number}", about.code), height);
        surface.finish();
        for item in items {
            drawing.link(&mut page, item);
        }
        page.finish();
    }
    document.set_tag_tree(tree(flow, drawing.leaves, sheet));
    document.set_outline(outline(flow));
    document.set_metadata(metadata(about, sheet));
    attach(&mut document, about)?;
    document.finish().map_err(|error| Error::Pdf(format!("{error:?}")))
}

fn fault(what: &str) -> Error {
    Error::Pdf(what.to_owned())
}

fn settings() -> Result<SerializeSettings, Error> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|_| fault("the standards exclude each other"))?;
    Ok(SerializeSettings { configuration, ..SerializeSettings::default() })
}

impl Drawing<'_> {
    fn item(&mut self, surface: &mut Surface<'_>, item: &Item) {
        let (tag, part) = match item {
            Item::Text { part: Some(part), .. } => {
                (ContentTag::Span(SpanTag::empty()), Some(*part))
            }
            Item::Art { part, .. } | Item::Qr { part, .. } => (ContentTag::Other, Some(*part)),
            Item::Text { .. } | Item::Box { .. } => (decoration(ArtifactType::Layout), None),
            Item::Link { .. } => return,
        };
        let leaf = surface.start_tagged(tag);
        match item {
            Item::Text { line, x, y, colour, .. } => self.line(surface, line, *x, *y, *colour),
            Item::Box { area, colour } => fill_area(surface, area, *colour),
            Item::Art { area, .. } => self.picture(surface, area),
            Item::Qr { area, .. } => self.code(surface, area),
            Item::Link { .. } => {}
        }
        surface.end_tagged();
        self.note(part, leaf);
    }

    /// Areas that lead somewhere lie over what is drawn.
    fn link(&mut self, page: &mut Page<'_>, item: &Item) {
        let Item::Link { area, url, words, part } = item else { return };
        let Some(place) = rect(area) else { return };
        let target = Target::Action(Action::Link(LinkAction::new(url.clone())));
        let link = LinkAnnotation::new(place, target);
        let note = Annotation::new_link(link, Some(format!("{words}: {url}")));
        let leaf = page.add_tagged_annotation(note);
        self.note(Some(*part), leaf);
    }

    fn note(&mut self, part: Option<usize>, leaf: Identifier) {
        if let Some(leaves) = part.and_then(|part| self.leaves.get_mut(part)) {
            leaves.push(leaf);
        }
    }

    fn line(&self, surface: &mut Surface<'_>, line: &Line, x: f32, y: f32, colour: Colour) {
        surface.set_fill(Some(paint(colour)));
        let mut x = x;
        for run in &line.runs {
            let Some(face) = self.letters.face(run.face) else { continue };
            let at = Point::from_xy(x, y);
            surface.draw_glyphs(at, &run.glyphs, face.font.clone(), &run.text, line.size, false);
            x += run.width * line.size;
        }
    }

    fn picture(&self, surface: &mut Surface<'_>, area: &Area) {
        let (width, height) = self.art.size();
        #[expect(clippy::cast_precision_loss, reason = "sides of pictures are small numbers")]
        let (width, height) = (width as f32, height as f32);
        let scale = (area.width / width).min(area.height / height);
        let (wide, high) = (width * scale, height * scale);
        let Some(size) = Size::from_wh(wide, high) else { return };
        let x = area.x + (area.width - wide) / 2.0;
        let y = area.y + (area.height - high) / 2.0;
        surface.push_transform(&Transform::from_translate(x, y));
        surface.draw_image(self.art.clone(), size);
        surface.pop();
    }

    /// The code with its quiet zone, as one shape.
    fn code(&self, surface: &mut Surface<'_>, area: &Area) {
        let module = area.width / self.qr.side_with_margin();
        let mut path = PathBuilder::new();
        for (column, row, length) in self.qr.dark_runs() {
            let (x, y) = (area.x + column * module, area.y + row * module);
            if let Some(rect) = Rect::from_xywh(x, y, length * module, module) {
                path.push_rect(rect);
            }
        }
        surface.set_fill(Some(paint((0, 0, 0))));
        if let Some(path) = path.finish() {
            surface.draw_path(&path);
        }
    }

    /// Code and number of the page.
    fn footer(&self, surface: &mut Surface<'_>, text: &str, height: f32) {
        let lines = self.letters.lines(text, FOOTER, 400.0);
        surface.start_tagged(decoration(ArtifactType::Footer));
        for line in &lines.lines {
            self.line(surface, line, MARGIN, height - 32.0, FOOTER_INK);
        }
        surface.end_tagged();
    }
}

/// What readers by ear pass over.
fn decoration(kind: ArtifactType) -> ContentTag<'static> {
    ContentTag::Artifact(Artifact::with_kind(kind))
}

fn paint((red, green, blue): Colour) -> Fill {
    let paint = rgb::Color::new(red, green, blue).into();
    Fill { paint, rule: FillRule::NonZero, ..Fill::default() }
}

fn rect(area: &Area) -> Option<Rect> {
    Rect::from_xywh(area.x, area.y, area.width, area.height)
}

fn fill_area(surface: &mut Surface<'_>, area: &Area, colour: Colour) {
    let mut path = PathBuilder::new();
    if let Some(rect) = rect(area) {
        path.push_rect(rect);
    }
    surface.set_fill(Some(paint(colour)));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// The parts with what was drawn for them.
fn tree(flow: &Flow<'_>, mut leaves: Vec<Vec<Identifier>>, sheet: Sheet) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some(sheet.language.tag().to_owned()));
    for root in &flow.roots {
        if let Some(group) = group(flow, &mut leaves, *root) {
            tree.push(group);
        }
    }
    tree
}

fn group(flow: &Flow<'_>, leaves: &mut [Vec<Identifier>], at: usize) -> Option<TagGroup> {
    let part = flow.parts.get(at)?;
    let own = leaves.get_mut(at).map(std::mem::take).unwrap_or_default();
    let mut group = TagGroup::new(part.tag.clone());
    for leaf in own {
        group.push(Node::Leaf(leaf));
    }
    for child in &part.children {
        if let Some(child) = self::group(flow, leaves, *child) {
            group.push(Node::Group(child));
        }
    }
    Some(group)
}

fn outline(flow: &Flow<'_>) -> Outline {
    let mut outline = Outline::new();
    for heading in &flow.outline {
        let place = XyzDestination::new(heading.page, Point::from_xy(MARGIN, heading.y));
        outline.push_child(OutlineNode::new(heading.text.clone(), place));
    }
    outline
}

fn metadata(about: &Certificate, sheet: Sheet) -> Metadata {
    let words = Words(sheet.language);
    Metadata::new()
        .title(format!("{}: {}", words.certificate(), about.name))
        .description(about.description.chars().take(500).collect())
        .authors(vec![about.issuer.clone()])
        .language(sheet.language.tag().to_owned())
        .creator("Accolade".to_owned())
        .creation_date(date(about.made_at))
        .document_id(format!("{}#{}-{}", about.link, sheet.paper.as_str(), sheet.language.tag()))
}

fn date(at: Timestamp) -> DateTime {
    let at = at.to_zoned(TimeZone::UTC).datetime();
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

/// The signed credential goes with the paper.
fn attach(document: &mut Document, about: &Certificate) -> Result<(), Error> {
    let file = EmbeddedFile {
        path: ATTACHMENT.to_owned(),
        mime_type: MimeType::new(CREDENTIAL),
        description: Some(format!("Open Badges 3.0: {}", about.name)),
        association_kind: AssociationKind::Data,
        data: about.credential.clone().into(),
        modification_date: Some(date(about.made_at)),
        compress: None,
        location: None,
    };
    document.embed_file(file).ok_or_else(|| fault("the credential is attached twice"))
}
