//! Rebuilds an SVG from what is known to be harmless.
//!
//! A list of what is forbidden is never complete, so this is a list of what is allowed: drawing
//! elements, their geometry and their paint. Everything else (script, event handlers, links,
//! animation, foreign content, references out of the document) is left out and named.

mod allowed;
mod css;
mod references;

use std::collections::BTreeSet;

use super::Error;
use super::xml::{Attribute, Element, Fault, Namespace, Step, Walker};
use allowed::{ELEMENTS, SHAPES, allowed_name, listed};
use css::{declarations, dropped_from, harmless, is_id, style_sheet};
use references::References;

/// Most characters of text, markup not counted.
const MAX_TEXT: usize = 20_000;

/// A rebuilt picture.
pub(super) struct Sanitised {
    pub(super) svg: String,
    /// Names of the elements and attributes that were left out, each once.
    pub(super) removed: BTreeSet<String>,
    /// Width and height, from `viewBox` or else from the attributes of that name.
    pub(super) size: Option<(f64, f64)>,
    /// Whether any shape or text is left.
    pub(super) draws: bool,
}

/// Rebuilds the picture from the allowed elements and attributes.
pub(super) fn sanitise(image: &[u8]) -> Result<Sanitised, Error> {
    let mut walker = Walker::new(image)?;
    let mut rebuild = Rebuild::default();
    // Depth of the element whose content is being left out.
    let mut dropped: Option<usize> = None;
    loop {
        match walker.next()? {
            Step::Open(element) => {
                if dropped.is_none() && !rebuild.open(&element) && !element.empty {
                    dropped = Some(walker.depth());
                }
            }
            Step::Close(_) => match dropped {
                Some(depth) if walker.depth() >= depth => {}
                Some(_) => dropped = None,
                None => rebuild.close(),
            },
            Step::Text(text) if dropped.is_none() => rebuild.text(&text),
            Step::Entity(name) if dropped.is_none() => rebuild.note(format!("&{name};")),
            Step::Text(_) | Step::Entity(_) => {}
            Step::End => break,
        }
    }
    if rebuild.letters > MAX_TEXT {
        return Err(Fault::TooMany { of: "bytes of text", limit: MAX_TEXT }.into());
    }
    rebuild.references.check()?;
    let Rebuild { out: svg, removed, size, draws, .. } = rebuild;
    Ok(Sanitised { svg, removed, size, draws })
}

#[derive(Default)]
struct Rebuild {
    out: String,
    /// Open elements: their names in the output (none for the ones whose tags are left out) and
    /// how many ids they opened.
    open: Vec<(Option<&'static str>, usize)>,
    style: String,
    removed: BTreeSet<String>,
    references: References,
    size: Option<(f64, f64)>,
    draws: bool,
    /// Bytes of text seen.
    letters: usize,
}

impl Rebuild {
    fn note(&mut self, what: String) {
        if self.removed.len() < 100 {
            self.removed.insert(what);
        }
    }

    /// Writes a start tag; `false` if the element is left out with all it contains.
    fn open(&mut self, element: &Element<'_>) -> bool {
        let drawn = matches!(element.namespace, Namespace::Svg | Namespace::None);
        if drawn && matches!(element.local, "a" | "switch") {
            self.note(format!("<{}>", element.local));
            if !element.empty {
                self.open.push((None, 0));
            }
            return true;
        }
        let known = listed(ELEMENTS, element.local).filter(|_| drawn);
        let Some(name) = known else {
            self.note(format!("<{}>", element.local));
            return false;
        };
        self.out.push('<');
        self.out.push_str(name);
        self.draws |= listed(SHAPES, name).is_some();
        if self.open.is_empty() {
            self.size = size_of(element);
            self.out.push_str(" xmlns=\"http://www.w3.org/2000/svg\"");
        }
        let id = element.attributes.iter().find(|attribute| attribute.name == "id");
        let ids = usize::from(self.references.enter(id.and_then(|id| id.value.as_deref())));
        self.references.work(work_of(element));
        // `href` and `xlink:href` become the same attribute: the first one is kept.
        let mut linked = false;
        for attribute in &element.attributes {
            let link = attribute.local() == "href";
            if !(link && linked) {
                self.attribute(attribute);
            }
            linked |= link;
        }
        if element.empty {
            self.out.push_str("/>");
            self.references.leave(ids);
        } else {
            self.out.push('>');
            self.open.push((Some(name), ids));
        }
        true
    }

    fn attribute(&mut self, attribute: &Attribute) {
        if attribute.name == "xmlns" || attribute.name.starts_with("xmlns:") {
            return;
        }
        let name = match attribute.namespace {
            Namespace::None => attribute.name.as_str(),
            Namespace::Xlink if attribute.local() == "href" => "href",
            Namespace::Xml if matches!(attribute.local(), "space" | "lang") => &attribute.name,
            _ => "",
        };
        let allowed = attribute.value.as_deref().and_then(|value| match name {
            "href" => Some(value.trim())
                .filter(|value| value.strip_prefix('#').is_some_and(is_id))
                .map(str::to_owned),
            "style" => Some(declarations(value)).filter(|css| !css.is_empty()),
            "xml:space" | "xml:lang" => Some(value.to_owned()),
            _ if allowed_name(name) && harmless(value) => Some(value.to_owned()),
            _ => None,
        });
        let Some(value) = allowed else {
            return self.note(format!("{}=", attribute.name));
        };
        if name == "style"
            && attribute.value.as_deref().is_some_and(|css| dropped_from(css, &value))
        {
            self.note("part of style=".to_owned());
        }
        self.references.refer(name, &value);
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        self.out.push_str(&quick_xml::escape::escape(value.as_str()));
        self.out.push('"');
    }

    fn text(&mut self, text: &str) {
        self.letters += text.trim().len();
        match self.open.last() {
            Some((Some("style"), _)) => self.style.push_str(text),
            Some(_) => self.out.push_str(&quick_xml::escape::escape(text)),
            None => {}
        }
    }

    fn close(&mut self) {
        let Some((name, ids)) = self.open.pop() else { return };
        self.references.leave(ids);
        let Some(name) = name else { return };
        if name == "style" {
            let css = std::mem::take(&mut self.style);
            let kept = style_sheet(&css);
            if dropped_from(&css, &kept) {
                self.note("part of <style>".to_owned());
            }
            self.references.refer("style", &kept);
            self.out.push_str(&quick_xml::escape::escape(kept.as_str()));
        }
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }
}

/// How much more work than a plain shape an element is to draw: filters and layers are pictures of
/// their own.
fn work_of(element: &Element<'_>) -> u64 {
    let of_element = if element.local.starts_with("fe") { 100 } else { 0 };
    let of_attributes = element.attributes.iter().map(|attribute| match attribute.name.as_str() {
        "filter" => 200,
        "mask" => 50,
        "opacity" | "clip-path" | "isolation" | "style" => 10,
        _ => 0,
    });
    of_element + of_attributes.sum::<u64>()
}

/// The size that a root element gives: its `viewBox`, else its width and height in pixels. What is
/// taken out of the picture gives none.
fn size_of(root: &Element<'_>) -> Option<(f64, f64)> {
    let value = |name| {
        root.attributes
            .iter()
            .find(|attribute| attribute.name == name)
            .and_then(|attribute| attribute.value.as_deref())
            .filter(|value| harmless(value))
    };
    let side = |text: &str| {
        let length = text.trim().trim_end_matches("px").parse::<f64>().ok();
        length.filter(|length| length.is_finite() && *length > 0.0)
    };
    if let Some(view) = value("viewBox") {
        let mut numbers = view.split([' ', ',', '\t', '\n']).filter(|part| !part.is_empty());
        let (width, height) = (numbers.nth(2)?, numbers.next()?);
        return Some((side(width)?, side(height)?));
    }
    Some((side(value("width")?)?, side(value("height")?)?))
}

#[cfg(test)]
#[path = "sanitise_tests.rs"]
mod tests;
