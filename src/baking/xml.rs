//! A walk over an SVG document, element by element, with every limit kept.
//!
//! Nothing is loaded and nothing is expanded: a document type declaration is stepped over, and
//! an entity that only it could define has no value here.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::BadgeVersion;

/// Deepest nesting of elements.
const MAX_DEPTH: usize = 64;
/// Most attributes of one element.
const MAX_ATTRIBUTES: usize = 1_000;
/// Most namespace declarations in force at one place.
const MAX_NAMESPACES: usize = 64;
/// Most elements of a document.
const MAX_ELEMENTS: usize = 100_000;
/// Longest name of an element or attribute, in bytes.
const MAX_NAME: usize = 256;

/// Why a document is not walked to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not well-formed XML.
    #[error("malformed XML at byte {offset}: {reason}")]
    Malformed {
        /// Where, in bytes from the start.
        offset: usize,
        /// What the XML reader says.
        reason: String,
    },
    /// Not UTF-8, or declared to be something else.
    #[error("it is not UTF-8 text")]
    NotUtf8,
    /// A character that XML does not allow.
    #[error("a character that XML does not allow, at byte {0}")]
    IllegalCharacter(usize),
    /// The root element is not `svg`, or there is not exactly one root.
    #[error("its root element is not one svg element")]
    NotSvg,
    /// One of the limits on size.
    #[error("it has more than {limit} {of}")]
    TooMany {
        /// Of what.
        of: &'static str,
        /// How many are allowed.
        limit: usize,
    },
    /// An entity that XML itself does not define stands in a place that matters.
    #[error("it uses the entity &{0}; which is not resolved")]
    Entity(String),
    /// Elements inside the badge element.
    #[error("the badge element has other elements inside")]
    ElementInBadge,
    /// The badge element has neither text nor a `verify` attribute.
    #[error("the badge element is empty")]
    EmptyBadge,
    /// The prefix that badge readers look for is used for something else.
    #[error("it uses the prefix openbadges for something else than a badge")]
    PrefixTaken,
    /// Elements referring to each other multiply beyond what is drawn.
    #[error("its elements refer to each other too often, or in a circle")]
    TooManyReferences,
}

/// The namespaces that matter to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Namespace {
    None,
    Svg,
    Xlink,
    Xml,
    Badge(BadgeVersion),
    Other,
}

impl Namespace {
    fn of(uri: &str) -> Self {
        match uri {
            "" => Self::None,
            "http://www.w3.org/2000/svg" => Self::Svg,
            "http://www.w3.org/1999/xlink" => Self::Xlink,
            "http://www.w3.org/XML/1998/namespace" => Self::Xml,
            _ => [BadgeVersion::Ob2, BadgeVersion::Ob3]
                .into_iter()
                .find(|version| version.namespace() == uri)
                .map_or(Self::Other, Self::Badge),
        }
    }
}

/// The start tag of an element.
pub(super) struct Element<'a> {
    pub(super) namespace: Namespace,
    pub(super) prefix: &'a str,
    pub(super) local: &'a str,
    pub(super) attributes: Vec<Attribute>,
    /// The bytes of the tag.
    pub(super) span: Range<usize>,
    /// `<a/>`: no end tag follows.
    pub(super) empty: bool,
}

impl Element<'_> {
    /// Which badge this element carries, if it carries one.
    pub(super) fn badge(&self) -> Option<BadgeVersion> {
        match self.namespace {
            Namespace::Badge(version) if version.element() == self.local => Some(version),
            _ => None,
        }
    }
}

/// One attribute of a start tag.
pub(super) struct Attribute {
    pub(super) namespace: Namespace,
    /// The name with its prefix.
    pub(super) name: String,
    /// `None` if it uses an entity that is not resolved.
    pub(super) value: Option<String>,
}

impl Attribute {
    pub(super) fn local(&self) -> &str {
        self.name.rsplit(':').next().unwrap_or_default()
    }
}

/// One step of the walk. Comments, instructions and the document type are stepped over.
pub(super) enum Step<'a> {
    Open(Element<'a>),
    /// An end tag, with the bytes of the tag.
    Close(Range<usize>),
    Text(Cow<'a, str>),
    /// A reference to an entity that is not resolved.
    Entity(String),
    End,
}

/// Walks a document.
pub(super) struct Walker<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    /// Prefix, what it is bound to, and the depth of the element that binds it.
    bindings: Vec<(String, Namespace, usize)>,
    depth: usize,
    elements: usize,
}

impl<'a> Walker<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, Fault> {
        let text = std::str::from_utf8(bytes).map_err(|_| Fault::NotUtf8)?;
        let illegal = |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r');
        if let Some(at) = text.find(|c| illegal(c) || matches!(c, '\u{fffe}' | '\u{ffff}')) {
            return Err(Fault::IllegalCharacter(at));
        }
        Ok(Self {
            text,
            reader: Reader::from_str(text),
            bindings: vec![("xml".to_owned(), Namespace::Xml, 0)],
            depth: 0,
            elements: 0,
        })
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// How many elements were opened so far, the root included.
    pub(super) fn elements(&self) -> usize {
        self.elements
    }

    pub(super) fn next(&mut self) -> Result<Step<'a>, Fault> {
        loop {
            let start = self.position();
            let event = self.reader.read_event().map_err(|error| self.malformed(&error))?;
            let span = start..self.position();
            match event {
                Event::Start(tag) => return self.open(&tag, span, false).map(Step::Open),
                Event::Empty(tag) => return self.open(&tag, span, true).map(Step::Open),
                Event::End(_) => {
                    self.leave();
                    return Ok(Step::Close(span));
                }
                Event::Text(text) => {
                    let text = text.into_inner();
                    if self.depth > 0 {
                        return Ok(Step::Text(text));
                    }
                    if !text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty() {
                        return Err(Fault::NotSvg);
                    }
                }
                Event::CData(text) if self.depth > 0 => return Ok(Step::Text(text.into_inner())),
                Event::GeneralRef(name) if self.depth > 0 => return self.reference(&name),
                Event::CData(_) | Event::GeneralRef(_) => return Err(Fault::NotSvg),
                Event::Decl(declaration) => {
                    if let Some(encoding) = declaration.encoding() {
                        let encoding = encoding.map_err(|_| Fault::NotUtf8)?;
                        let known = ["utf-8", "utf8", "us-ascii", "ascii"];
                        if !known.iter().any(|name| encoding.eq_ignore_ascii_case(name)) {
                            return Err(Fault::NotUtf8);
                        }
                    }
                }
                Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
                Event::Eof if self.depth == 0 && self.elements > 0 => return Ok(Step::End),
                Event::Eof if self.elements == 0 => return Err(Fault::NotSvg),
                Event::Eof => {
                    let reason = "the document ends before its root element does".to_owned();
                    return Err(Fault::Malformed { offset: start, reason });
                }
            }
        }
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    fn malformed(&self, error: &impl ToString) -> Fault {
        let offset = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
        Fault::Malformed { offset, reason: error.to_string() }
    }

    /// Character references and the five entities of XML become text.
    fn reference(&self, name: &str) -> Result<Step<'a>, Fault> {
        let resolved = match name.strip_prefix('#') {
            Some(number) => {
                let code = match number.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => number.parse(),
                };
                let c = code.ok().and_then(char::from_u32).filter(|c| is_xml_char(*c));
                Some(c.ok_or_else(|| Fault::IllegalCharacter(self.position()))?.to_string())
            }
            None => quick_xml::escape::resolve_predefined_entity(name).map(str::to_owned),
        };
        Ok(match resolved {
            Some(text) => Step::Text(Cow::Owned(text)),
            None => Step::Entity(name.to_owned()),
        })
    }

    fn leave(&mut self) {
        let depth = self.depth;
        self.bindings.retain(|(_, _, bound_at)| *bound_at < depth.max(1));
        self.depth = depth.saturating_sub(1);
    }

    fn open(
        &mut self,
        tag: &BytesStart<'_>,
        span: Range<usize>,
        empty: bool,
    ) -> Result<Element<'a>, Fault> {
        if self.depth == 0 && self.elements > 0 {
            return Err(Fault::NotSvg);
        }
        self.depth += 1;
        self.elements += 1;
        within(self.depth, MAX_DEPTH, "levels of elements")?;
        within(self.elements, MAX_ELEMENTS, "elements")?;
        let name_start = span.start + 1;
        let name = self.slice(name_start..name_start + tag.name().as_ref().len())?;
        self.check_name(name, name_start)?;
        let mut attributes = self.attributes(tag, span.start)?;
        for attribute in &attributes {
            let prefix = match attribute.name.strip_prefix("xmlns") {
                Some("") => "",
                Some(rest) if rest.starts_with(':') => rest.get(1..).unwrap_or_default(),
                _ => continue,
            };
            let namespace = attribute.value.as_deref().map_or(Namespace::Other, Namespace::of);
            self.bindings.push((prefix.to_owned(), namespace, self.depth));
        }
        within(self.bindings.len(), MAX_NAMESPACES, "namespace declarations")?;
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let namespace = self.resolve(prefix);
        for attribute in &mut attributes {
            if let Some((prefix, _)) = attribute.name.split_once(':') {
                attribute.namespace = self.resolve(prefix);
            }
        }
        if self.depth == 1
            && (local != "svg" || !matches!(namespace, Namespace::Svg | Namespace::None))
        {
            return Err(Fault::NotSvg);
        }
        if empty {
            self.leave();
        }
        Ok(Element { namespace, prefix, local, attributes, span, empty })
    }

    fn attributes(&self, tag: &BytesStart<'_>, offset: usize) -> Result<Vec<Attribute>, Fault> {
        let mut found = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| self.malformed(&error))?;
            within(found.len() + 1, MAX_ATTRIBUTES, "attributes on one element")?;
            let name = attribute.key.as_ref().to_owned();
            self.check_name(&name, offset)?;
            let value = attribute
                .normalized_value(XmlVersion::Explicit1_0)
                .ok()
                .map(Cow::into_owned)
                .filter(|value| value.chars().all(is_xml_char));
            found.push(Attribute { namespace: Namespace::None, name, value });
        }
        Ok(found)
    }

    fn slice(&self, span: Range<usize>) -> Result<&'a str, Fault> {
        let offset = span.start;
        self.text.get(span).ok_or_else(|| Fault::Malformed {
            offset,
            reason: "a tag that cannot be read".to_owned(),
        })
    }

    fn resolve(&self, prefix: &str) -> Namespace {
        self.bindings
            .iter()
            .rev()
            .find(|(bound, _, _)| *bound == prefix)
            .map_or(Namespace::None, |(_, namespace, _)| *namespace)
    }

    fn check_name(&self, name: &str, offset: usize) -> Result<(), Fault> {
        let starts = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
        let goes_on =
            name.chars().all(|c| c.is_alphanumeric() || "-._:".contains(c) || (c as u32) > 0x7f);
        if starts && goes_on && name.matches(':').count() <= 1 && name.len() <= MAX_NAME {
            return Ok(());
        }
        Err(Fault::Malformed { offset, reason: "a name that XML does not allow".to_owned() })
    }
}

fn within(count: usize, limit: usize, of: &'static str) -> Result<(), Fault> {
    if count > limit { Err(Fault::TooMany { of, limit }) } else { Ok(()) }
}

fn is_xml_char(c: char) -> bool {
    (c >= ' ' || matches!(c, '\t' | '\n' | '\r')) && !matches!(c, '\u{fffe}' | '\u{ffff}')
}
