//! Badges in SVG: an element that stands first in the root (Open Badges 2.0 Baking §2; Open
//! Badges 3.0 §5.3.2).
//!
//! Reading goes by namespace, whatever the prefix; writing uses the literal prefix `openbadges`,
//! because common readers look for nothing else.

use std::ops::Range;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::xml::{Element, Fault, Step, Walker};
use super::{BadgeVersion, Content, Error, ImageKind, MAX_TEXT, Oddity, Prepared, Unbaked};
use crate::json;

/// Whether the first element is called `svg`, looking no further than that.
pub(super) fn is_svg(bytes: &[u8]) -> bool {
    let begins = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if begins.first() != Some(&b'<') {
        return false;
    }
    let mut reader = quick_xml::Reader::from_reader(bytes);
    loop {
        use quick_xml::events::Event;
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => return tag.local_name().as_ref() == "svg",
            Ok(Event::Decl(_) | Event::DocType(_) | Event::Comment(_) | Event::PI(_)) => {}
            Ok(Event::Text(text)) if text.trim_start_matches('\u{feff}').trim().is_empty() => {}
            _ => return false,
        }
    }
}

/// Puts the badge element first in the root, in place of all badges that stand anywhere in it.
pub(super) fn bake(
    image: &[u8],
    version: BadgeVersion,
    payload: &Prepared,
) -> Result<Vec<u8>, Error> {
    let text = std::str::from_utf8(image).map_err(|_| Fault::NotUtf8)?;
    let layout = Layout::of(image)?;
    let badge = badge_element(version, payload);
    let mut baked = String::with_capacity(text.len() + badge.len() + 64);
    let slice = |span: Range<usize>| text.get(span).unwrap_or_default();
    baked.push_str(slice(0..layout.root.start));
    let tag = slice(layout.root.clone());
    let (name, attributes) = split_tag(tag);
    baked.push_str(name);
    baked.push_str(" xmlns:openbadges=\"");
    baked.push_str(version.namespace());
    baked.push('"');
    baked.push_str(&without_attribute(attributes, "xmlns:openbadges"));
    baked.push('>');
    baked.push_str(&badge);
    let mut at = layout.root.end;
    for old in layout.badges {
        baked.push_str(slice(at..old.start));
        at = old.end;
    }
    if layout.empty_root {
        baked.push_str("</");
        baked.push_str(name.trim_start_matches('<'));
        baked.push('>');
    }
    baked.push_str(slice(at..text.len()));
    Ok(baked.into_bytes())
}

fn badge_element(version: BadgeVersion, payload: &Prepared) -> String {
    let name = version.element();
    match payload {
        Prepared::Jws(jws) => format!("<openbadges:{name} verify=\"{jws}\"/>"),
        Prepared::Json { text, url } => {
            let verify = match (version, url) {
                (BadgeVersion::Ob2, Some(url)) => {
                    format!(" verify=\"{}\"", quick_xml::escape::escape(url.as_str()))
                }
                _ => String::new(),
            };
            format!("<openbadges:{name}{verify}><![CDATA[{text}]]></openbadges:{name}>")
        }
    }
}

/// Where things stand in a document that is to be baked.
struct Layout {
    root: Range<usize>,
    empty_root: bool,
    /// Badge elements, outermost only, in order.
    badges: Vec<Range<usize>>,
}

impl Layout {
    fn of(image: &[u8]) -> Result<Self, Fault> {
        let mut walker = Walker::new(image)?;
        let mut root: Option<(Range<usize>, bool)> = None;
        let mut badges = Vec::new();
        // Start and depth of the badge element that is being stepped over.
        let mut inside: Option<(usize, usize)> = None;
        loop {
            match walker.next()? {
                Step::Open(element) if root.is_none() => {
                    refuse_taken_prefix(&element)?;
                    root = Some((element.span, element.empty));
                }
                Step::Open(element) if inside.is_none() => {
                    if element.badge().is_none() {
                        refuse_taken_prefix(&element)?;
                    } else if element.empty {
                        badges.push(element.span);
                    } else {
                        inside = Some((element.span.start, walker.depth()));
                    }
                }
                Step::Close(span) => {
                    if let Some((start, _)) = inside.filter(|(_, depth)| walker.depth() < *depth) {
                        badges.push(start..span.end);
                        inside = None;
                    }
                }
                Step::Open(_) | Step::Text(_) | Step::Entity(_) => {}
                Step::End => break,
            }
        }
        let (root, empty_root) = root.ok_or(Fault::NotSvg)?;
        Ok(Self { root, empty_root, badges })
    }
}

/// Our declaration on the root would change what another use of the prefix means.
fn refuse_taken_prefix(element: &Element<'_>) -> Result<(), Fault> {
    let taken = element.prefix == "openbadges"
        || element.attributes.iter().any(|attribute| attribute.name.starts_with("openbadges:"));
    if taken { Err(Fault::PrefixTaken) } else { Ok(()) }
}

/// `<svg a="b"/>` → (`<svg`, ` a="b"`).
fn split_tag(tag: &str) -> (&str, &str) {
    let inner = tag.strip_suffix('>').unwrap_or(tag);
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    let end = inner.find(|c: char| c.is_ascii_whitespace()).unwrap_or(inner.len());
    inner.split_at(end)
}

/// The attributes of a start tag, as written, without the one of that name.
fn without_attribute(attributes: &str, name: &str) -> String {
    let mut kept = String::new();
    let mut rest = attributes;
    while let Some((attribute, after)) = next_attribute(rest) {
        let this = attribute.trim_start().split(['=', ' ', '\t', '\r', '\n']).next();
        if this != Some(name) {
            kept.push_str(attribute);
        }
        rest = after;
    }
    kept + rest
}

/// The first attribute of well-formed `text`, with the space before it, and what follows.
fn next_attribute(text: &str) -> Option<(&str, &str)> {
    let equals = text.find('=')?;
    let opening = equals + text.get(equals..)?.find(['"', '\''])?;
    let quote = text.get(opening..)?.chars().next()?;
    let closing = opening + 1 + text.get(opening + 1..)?.find(quote)?;
    text.split_at_checked(closing + 1)
}

/// Takes the one badge out.
pub(super) fn unbake(image: &[u8]) -> Result<Unbaked, Error> {
    let mut walker = Walker::new(image)?;
    let mut found = Vec::new();
    loop {
        match walker.next()? {
            Step::Open(element) => {
                if let Some(version) = element.badge() {
                    // The root is the first element of the document, its first child the second.
                    let first = walker.elements() == 2;
                    found.push(Found { first, ..read_badge(&mut walker, version, element)? });
                }
            }
            Step::End => break,
            Step::Close(_) | Step::Text(_) | Step::Entity(_) => {}
        }
    }
    let count = found.len();
    match found.pop() {
        Some(only) if count == 1 => only.into_unbaked(),
        Some(_) => Err(Error::ManyBadges(count)),
        None => Err(Error::NoBadge),
    }
}

/// A badge element as it was read.
struct Found {
    version: BadgeVersion,
    verify: Option<String>,
    body: String,
    first: bool,
}

/// Reads on to the end of the badge element.
fn read_badge(
    walker: &mut Walker<'_>,
    version: BadgeVersion,
    element: Element<'_>,
) -> Result<Found, Error> {
    let mut verify = None;
    for attribute in element.attributes {
        if attribute.name == "verify" {
            let value = attribute.value.ok_or_else(|| Fault::Entity("…".to_owned()))?;
            verify = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        }
    }
    let mut body = String::new();
    if !element.empty {
        loop {
            match walker.next()? {
                Step::Text(text) => body.push_str(&text),
                Step::Entity(name) => return Err(Fault::Entity(name).into()),
                Step::Open(_) => return Err(Fault::ElementInBadge.into()),
                Step::Close(_) | Step::End => break,
            }
        }
    }
    if body.len().max(verify.as_ref().map_or(0, String::len)) > MAX_TEXT {
        return Err(Error::TextTooLong);
    }
    Ok(Found { version, verify, body: body.trim().to_owned(), first: false })
}

impl Found {
    /// The text of the element is the badge; the attribute is it only where there is no text.
    fn into_unbaked(self) -> Result<Unbaked, Error> {
        let mut oddities = Vec::new();
        if !self.first {
            oddities.push(Oddity::NotFirst);
        }
        let content = match (self.body.as_str(), self.verify) {
            ("", None) => return Err(Fault::EmptyBadge.into()),
            ("", Some(verify)) => Content::of(&verify)?,
            (body, None) => Content::of(body)?,
            (body, Some(verify)) => {
                let content = Content::of(body)?;
                if !same_badge(&content, &verify) {
                    oddities.push(Oddity::VerifyDisagrees { verify });
                }
                content
            }
        };
        Ok(Unbaked { image: ImageKind::Svg, version: self.version, content, oddities })
    }
}

/// Whether the `verify` attribute means the badge that the text is.
fn same_badge(content: &Content, verify: &str) -> bool {
    if content.as_str() == verify {
        return true;
    }
    let of_verify = match Content::of(verify) {
        Ok(verify) => id_of(&verify),
        Err(_) => return false,
    };
    of_verify.is_some() && of_verify == id_of(content)
}

/// The id that a badge gives itself, unchecked.
fn id_of(content: &Content) -> Option<String> {
    let of_json = |text: &str, names: &[&str]| {
        let value = json::parse(text).ok()?;
        names.iter().find_map(|name| value.pointer(name)?.as_str().map(str::to_owned))
    };
    match content {
        Content::Url(url) => Some(url.clone()),
        Content::Json(text) => of_json(text, &["/id"]),
        Content::Jws(jws) => {
            let payload = BASE64_URL_SAFE_NO_PAD.decode(jws.split('.').nth(1)?).ok()?;
            of_json(std::str::from_utf8(&payload).ok()?, &["/id", "/jti", "/vc/id"])
        }
    }
}

#[cfg(test)]
#[path = "svg_tests.rs"]
mod tests;
