//! Rebuilds an SVG from what is known to be harmless.
//!
//! A list of what is forbidden is never complete, so this is a list of what is allowed: drawing
//! elements, their geometry and their paint. Everything else (script, event handlers, links,
//! animation, foreign content, references out of the document) is left out and named.

use std::collections::{BTreeSet, HashMap};

mod allowed;

use allowed::{ATTRIBUTES, ELEMENTS, PROPERTIES, SHAPES};

use super::Error;
use super::xml::{Attribute, Element, Fault, Namespace, Step, Walker};

/// Most elements that are drawn once all references between them are followed.
const MAX_DRAWN: u64 = 50_000;

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
        let known = ELEMENTS.iter().find(|name| drawn && **name == element.local);
        let Some(name) = known else {
            self.note(format!("<{}>", element.local));
            return false;
        };
        self.out.push('<');
        self.out.push_str(name);
        self.draws |= SHAPES.contains(name);
        if self.open.is_empty() {
            self.size = size_of(element);
            self.out.push_str(" xmlns=\"http://www.w3.org/2000/svg\"");
        }
        let id = element.attributes.iter().find(|attribute| attribute.name == "id");
        let ids = usize::from(self.references.enter(id.and_then(|id| id.value.as_deref())));
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
            _ if (ATTRIBUTES.contains(&name) || PROPERTIES.contains(&name)) && harmless(value) => {
                Some(value.to_owned())
            }
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
        self.references.from_value(name, &value);
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        self.out.push_str(&quick_xml::escape::escape(value.as_str()));
        self.out.push('"');
    }

    fn text(&mut self, text: &str) {
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
            self.references.from_value("style", &kept);
            self.out.push_str(&quick_xml::escape::escape(kept.as_str()));
        }
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }
}

/// The size that a root element gives: its `viewBox`, else its width and height in pixels.
fn size_of(root: &Element<'_>) -> Option<(f64, f64)> {
    let value = |name| {
        root.attributes
            .iter()
            .find(|attribute| attribute.name == name)
            .and_then(|attribute| attribute.value.as_deref())
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

/// Whether anything but white space and semicolons is missing from what was kept.
fn dropped_from(css: &str, kept: &str) -> bool {
    let bare =
        |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != ';').collect::<String>();
    bare(css) != bare(kept)
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || "-_.:".contains(c))
}

/// A value that reaches nothing outside: no address but `url(#id)`, no CSS escapes.
fn harmless(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    let forbidden =
        ["\\", "javascript:", "expression", "@", "<", "image(", "image-set", "src(", "/*"];
    if forbidden.iter().any(|word| value.contains(word)) {
        return false;
    }
    let mut addresses = value.split("url").skip(1);
    addresses.all(|after| {
        let inner = after.strip_prefix('(').and_then(|inner| inner.split_once(')'));
        inner.is_some_and(|(inner, _)| {
            let inner = inner.trim().trim_matches(['"', '\'']);
            inner.strip_prefix('#').is_some_and(is_id)
        })
    })
}

/// The allowed declarations of a `style` attribute or rule.
fn declarations(css: &str) -> String {
    let mut kept = String::new();
    for declaration in css.split(';') {
        let Some((property, value)) = declaration.split_once(':') else { continue };
        let (property, value) = (property.trim().to_ascii_lowercase(), value.trim());
        let plain = !value.is_empty() && !value.contains(['{', '}', '"', '\''].as_slice());
        let quoted = property == "font-family" && !value.contains(['{', '}'].as_slice());
        if PROPERTIES.contains(&property.as_str()) && (plain || quoted) && harmless(value) {
            kept.push_str(&property);
            kept.push(':');
            kept.push_str(value);
            kept.push(';');
        }
    }
    kept
}

/// The rules of a `style` element whose selectors are names, classes and ids, declaration by
/// declaration. Comments and at-rules go.
fn style_sheet(css: &str) -> String {
    let mut kept = String::new();
    for rule in without_comments(css).split('}') {
        let Some((selector, body)) = rule.split_once('{') else { continue };
        let selector = selector.trim();
        let plain = !selector.is_empty()
            && selector
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || ".#-_, *>".contains(c) || c.is_whitespace());
        let body = declarations(body);
        if plain && !body.is_empty() {
            kept.push_str(selector);
            kept.push('{');
            kept.push_str(&body);
            kept.push('}');
        }
    }
    kept
}

fn without_comments(css: &str) -> String {
    let mut kept = String::new();
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}

/// Who refers to whom, to know how much would be drawn.
#[derive(Default)]
struct References {
    /// The ids that are open, innermost last; the first entry is the document.
    scopes: Vec<String>,
    /// For an id: its own elements, and the ids that they refer to.
    targets: HashMap<String, (u64, Vec<String>)>,
}

impl References {
    fn enter(&mut self, id: Option<&str>) -> bool {
        if self.scopes.is_empty() {
            self.scopes.push(String::new());
        }
        if let Some(id) = id {
            self.scopes.push(id.to_owned());
        }
        for scope in &self.scopes {
            self.targets.entry(scope.clone()).or_default().0 += 1;
        }
        id.is_some()
    }

    fn leave(&mut self, ids: usize) {
        self.scopes.truncate(self.scopes.len().saturating_sub(ids).max(1));
    }

    fn from_value(&mut self, name: &str, value: &str) {
        let mut found: Vec<String> = Vec::new();
        if name == "href" {
            found.extend(value.strip_prefix('#').map(str::to_owned));
        }
        for after in value.split("url(").skip(1) {
            let inner = after.split(')').next().unwrap_or_default();
            let inner = inner.trim().trim_matches(['"', '\'']);
            found.extend(inner.strip_prefix('#').map(str::to_owned));
        }
        for target in found {
            for scope in &self.scopes {
                self.targets.entry(scope.clone()).or_default().1.push(target.clone());
            }
        }
    }

    fn check(&self) -> Result<(), Fault> {
        let mut known = HashMap::new();
        match self.drawn("", &mut known) {
            Some(drawn) if drawn <= MAX_DRAWN => Ok(()),
            _ => Err(Fault::TooManyReferences),
        }
    }

    /// How many elements `id` draws; `None` if it refers to itself. An entry without a value in
    /// `known` is being counted.
    fn drawn(&self, id: &str, known: &mut HashMap<String, Option<u64>>) -> Option<u64> {
        if let Some(count) = known.get(id) {
            return *count;
        }
        let Some((own, references)) = self.targets.get(id) else { return Some(0) };
        if known.len() > 2_000 {
            return None;
        }
        known.insert(id.to_owned(), None);
        let mut count = *own;
        for target in references {
            count = count.saturating_add(self.drawn(target, known)?);
        }
        known.insert(id.to_owned(), Some(count));
        Some(count)
    }
}

#[cfg(test)]
#[path = "sanitise_tests.rs"]
mod tests;
