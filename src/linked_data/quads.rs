//! RDF datasets, held as the N-Quads text of their terms.
//!
//! Canonicalisation hashes and sorts text, so terms are written once, in their canonical spelling
//! (RDFC-1.0 §5), into one string, and a quad is four places in it. Blank nodes are numbers.

use std::fmt::Write as _;

use super::error::Error;
use super::options::{Limit, Limits};

/// A set of quads; duplicates are dropped when it is canonicalised.
#[derive(Clone, Debug, Default)]
pub struct Dataset {
    text: String,
    quads: Vec<Quad>,
    /// The label each blank node had in its document, if it had one.
    labels: Vec<Option<Box<str>>>,
    limits: Limits,
}

/// A quad of a [`Dataset`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Quad {
    pub(super) subject: Term,
    pub(super) predicate: Term,
    pub(super) object: Term,
    /// [`Term::DEFAULT_GRAPH`], or the name of a graph.
    pub(super) graph: Term,
}

/// A term: a blank node's number, or where its text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Term {
    at: u32,
    len: u32,
}

impl Term {
    pub(super) const DEFAULT_GRAPH: Self = Self { at: 0, len: 0 };
    const BLANK: u32 = u32::MAX;

    pub(super) fn blank(number: u32) -> Self {
        Self { at: number, len: Self::BLANK }
    }

    /// How long its text is, for a term that is no blank node.
    pub(super) fn text_length(self) -> usize {
        self.len as usize
    }

    pub(super) fn as_blank(self) -> Option<u32> {
        (self.len == Self::BLANK).then_some(self.at)
    }
}

impl Dataset {
    pub(super) fn new(limits: Limits) -> Self {
        // Room for an ordinary credential, so that nothing moves while it is read.
        Self {
            text: String::with_capacity(12 << 10),
            quads: Vec::with_capacity(160),
            labels: Vec::with_capacity(16),
            limits,
        }
    }

    /// How many quads there are, repeated ones included.
    pub fn len(&self) -> usize {
        self.quads.len()
    }

    /// Whether there is no quad.
    pub fn is_empty(&self) -> bool {
        self.quads.is_empty()
    }

    /// The quads as lines of N-Quads, in the order in which they were found; blank nodes are
    /// `_:b0`, `_:b1`, … in the order in which they were met, whatever they were called before.
    pub fn to_nquads(&self) -> String {
        let mut out = String::with_capacity(self.text.len() + self.quads.len() * 16);
        for quad in &self.quads {
            for term in [quad.subject, quad.predicate, quad.object, quad.graph] {
                match term.as_blank() {
                    Some(number) => {
                        // Writing to a `String` cannot fail.
                        let _ = write!(out, "_:b{number} ");
                    }
                    None if term == Term::DEFAULT_GRAPH => {}
                    None => {
                        out.push_str(self.text(term));
                        out.push(' ');
                    }
                }
            }
            out.push_str(".\n");
        }
        out
    }

    /// The label of a blank node: the one it had in its document, else `b` and its number.
    pub(super) fn label(&self, blank: u32) -> String {
        match self.labels.get(blank as usize) {
            Some(Some(label)) => label.to_string(),
            _ => format!("b{blank}"),
        }
    }

    pub(super) fn quads(&self) -> &[Quad] {
        &self.quads
    }

    pub(super) fn blank_count(&self) -> usize {
        self.labels.len()
    }

    /// The text of a term that is no blank node.
    pub(super) fn text(&self, term: Term) -> &str {
        let start = term.at as usize;
        self.text.get(start..start + term.len as usize).unwrap_or_default()
    }

    pub(super) fn new_blank(&mut self, label: Option<&str>) -> Result<Term, Error> {
        let number = self.labels.len();
        if number >= self.limits.blank_nodes {
            let allowed = self.limits.blank_nodes;
            return Err(Error::Limit { limit: Limit::BlankNodes, allowed });
        }
        self.labels.push(label.map(Into::into));
        Ok(Term::blank(number as u32))
    }

    pub(super) fn push(&mut self, quad: Quad) -> Result<(), Error> {
        if self.quads.len() >= self.limits.quads {
            return Err(Error::Limit { limit: Limit::Quads, allowed: self.limits.quads });
        }
        self.quads.push(quad);
        Ok(())
    }

    /// Marks where a term begins; [`Self::end`] makes it one.
    pub(super) fn begin(&self) -> usize {
        self.text.len()
    }

    pub(super) fn end(&self, start: usize) -> Result<Term, Error> {
        if self.text.len() > self.limits.text.min(Term::BLANK as usize - 1) {
            return Err(Error::Limit { limit: Limit::Text, allowed: self.limits.text });
        }
        Ok(Term { at: start as u32, len: (self.text.len() - start) as u32 })
    }

    /// A term whose canonical text is known.
    pub(super) fn token(&mut self, token: &str) -> Result<Term, Error> {
        let start = self.begin();
        self.text.push_str(token);
        self.end(start)
    }

    /// An IRI, which must be well-formed.
    pub(super) fn iri(&mut self, iri: &str) -> Result<Term, Error> {
        let start = self.begin();
        self.text.push('<');
        self.text.push_str(iri);
        self.text.push('>');
        self.end(start)
    }

    /// A literal: its lexical form, and what follows the closing quote (`^^<…>`, `@…`, or nothing
    /// for a plain string).
    pub(super) fn literal(&mut self, lexical: &str, suffix: &[&str]) -> Result<Term, Error> {
        let start = self.begin();
        self.text.push('"');
        escape(&mut self.text, lexical);
        self.text.push('"');
        for part in suffix {
            self.text.push_str(part);
        }
        self.end(start)
    }
}

/// Writes a literal's lexical form with the escapes of canonical N-Quads (RDFC-1.0 §5).
pub(super) fn escape(out: &mut String, lexical: &str) {
    let mut plain = 0;
    let bytes = lexical.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped = match byte {
            0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e | 0x80..=0xee | 0xf0.. => {
                at += 1;
                continue;
            }
            b'"' => "\\\"",
            b'\\' => "\\\\",
            0x08 => "\\b",
            0x09 => "\\t",
            0x0a => "\\n",
            0x0c => "\\f",
            0x0d => "\\r",
            _ => "",
        };
        // U+FFFE and U+FFFF, which XML 1.1 has not, are EF BF BE and EF BF BF.
        let noncharacter = match bytes.get(at..at + 3) {
            Some([0xef, 0xbf, 0xbe]) => Some("\\uFFFE"),
            Some([0xef, 0xbf, 0xbf]) => Some("\\uFFFF"),
            _ => None,
        };
        if *byte == 0xef && noncharacter.is_none() {
            at += 1;
            continue;
        }
        out.push_str(lexical.get(plain..at).unwrap_or_default());
        if let Some(escaped) = noncharacter {
            out.push_str(escaped);
            at += 2;
        } else if escaped.is_empty() {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "\\u{byte:04X}");
        } else {
            out.push_str(escaped);
        }
        at += 1;
        plain = at;
    }
    out.push_str(lexical.get(plain..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_the_canonical_form_escapes_and_nothing_else() {
        let mut out = String::new();
        escape(&mut out, "a\"\\\u{8}\t\n\u{c}\r\0\u{1f}\u{7f}\u{80}é\u{ffff}\u{fffd}😀z");
        assert_eq!(out, "a\\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u001F\\u007F\u{80}é\\uFFFF\u{fffd}😀z");
    }
}
