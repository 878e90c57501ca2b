//! RDF datasets, held as the N-Quads text of their terms.
//!
//! Canonicalisation hashes and sorts text, so terms are written once, in their canonical spelling
//! (RDFC-1.0 §5), into one string, each with the space that follows it in a line; a term is a number,
//! and a quad is four of them.

use std::fmt::Write as _;

use super::error::Error;
use super::options::{Limit, Limits};
use super::parts::Part;
use super::rdfc10::Digest;
use crate::json::scan;

/// A set of quads; duplicates are dropped when it is canonicalised.
#[derive(Clone, Debug)]
pub struct Dataset {
    text: String,
    /// Where the text of each term begins and ends.
    places: Vec<(u32, u32)>,
    quads: Vec<Quad>,
    /// How long all lines are together.
    length: usize,
    /// The label each blank node had in its document, if it had one.
    labels: Vec<Option<Box<str>>>,
    /// First-degree hashes of blank nodes that are known already.
    first_degree: Vec<(u32, Digest)>,
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

/// A term: the number of a text, or that of a blank node. One text may have several numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Term(u32);

impl Term {
    /// It has no text.
    pub(super) const DEFAULT_GRAPH: Self = Self(0);
    const BLANK: u32 = 1 << 31;

    /// The text with this number.
    pub(super) const fn nth(number: u32) -> Self {
        Self(number)
    }

    pub(super) fn as_blank(self) -> Option<u32> {
        (self.0 & Self::BLANK != 0).then_some(self.0 & !Self::BLANK)
    }

    /// The number of its text, unless it is a blank node.
    pub(super) fn as_text(self) -> Option<usize> {
        (self.0 & Self::BLANK == 0).then_some(self.0 as usize)
    }
}

impl Dataset {
    pub(super) fn new(limits: Limits) -> Self {
        // Room for an ordinary credential, so that nothing moves while it is read.
        let mut places = Vec::with_capacity(256);
        places.push((0, 0));
        Self {
            text: String::with_capacity(12 << 10),
            places,
            quads: Vec::with_capacity(160),
            length: 0,
            labels: Vec::with_capacity(16),
            first_degree: Vec::new(),
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
        let mut out = String::with_capacity(self.length);
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

    /// The label that the document gave to a blank node.
    pub(super) fn name(&self, blank: u32) -> Option<&str> {
        self.labels.get(blank as usize)?.as_deref()
    }

    pub(super) fn quads(&self) -> &[Quad] {
        &self.quads
    }

    pub(super) fn blank_count(&self) -> usize {
        self.labels.len()
    }

    /// How many texts there are; each has a number below that.
    pub(super) fn text_count(&self) -> usize {
        self.places.len()
    }

    /// The text of a term that is no blank node, with the space that follows it in a line; nothing
    /// for the default graph.
    pub(super) fn spaced(&self, term: Term) -> &[u8] {
        let (start, end) = self.place(term);
        self.text.as_bytes().get(start..end).unwrap_or_default()
    }

    /// The text of a term that is no blank node.
    pub(super) fn text(&self, term: Term) -> &str {
        let (start, end) = self.place(term);
        self.text.get(start..end.saturating_sub(1)).unwrap_or_default()
    }

    fn place(&self, term: Term) -> (usize, usize) {
        let (start, end) = self.places.get(term.0 as usize).copied().unwrap_or_default();
        (start as usize, end as usize)
    }

    /// About how long the lines are together, and not less.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    pub(super) fn new_blank(&mut self, label: Option<&str>) -> Result<Term, Error> {
        let number = self.labels.len();
        if number >= self.limits.blank_nodes.min(Term::BLANK as usize) {
            let allowed = self.limits.blank_nodes;
            return Err(Error::Limit { limit: Limit::BlankNodes, allowed });
        }
        self.labels.push(label.map(Into::into));
        Ok(Term(number as u32 | Term::BLANK))
    }

    pub(super) fn push(&mut self, quad: Quad) -> Result<(), Error> {
        if self.quads.len() >= self.limits.quads {
            return Err(Error::Limit { limit: Limit::Quads, allowed: self.limits.quads });
        }
        let terms = [quad.subject, quad.predicate, quad.object, quad.graph];
        self.length += terms.iter().map(|term| self.term_length(*term)).sum::<usize>() + 2;
        if self.length > self.limits.text {
            return Err(self.too_long());
        }
        self.quads.push(quad);
        Ok(())
    }

    /// A term whose canonical text is known.
    pub(super) fn token(&mut self, token: &str) -> Result<Term, Error> {
        self.text.push_str(token);
        self.end()
    }

    /// An IRI, which must be well-formed.
    pub(super) fn iri(&mut self, iri: &str) -> Result<Term, Error> {
        self.text.push('<');
        self.text.push_str(iri);
        self.text.push('>');
        self.end()
    }

    /// A literal: its lexical form, and what follows the closing quote (`^^<…>`, `@…`, or nothing
    /// for a plain string).
    pub(super) fn literal(&mut self, lexical: &str, suffix: &[&str]) -> Result<Term, Error> {
        self.text.push('"');
        escape(&mut self.text, lexical);
        self.text.push('"');
        for part in suffix {
            self.text.push_str(part);
        }
        self.end()
    }

    /// A term that stands for one of another dataset, see [`Self::append`].
    pub(super) fn hole(&mut self) -> Result<Term, Error> {
        self.end()
    }

    /// Takes over all quads of a part: its holes become `subject` and `predicate`, and its blank
    /// nodes new ones.
    pub(super) fn append(
        &mut self,
        part: &Self,
        subject: Term,
        predicate: Term,
    ) -> Result<(), Error> {
        let blanks = self.labels.len();
        if blanks + part.labels.len() > self.limits.blank_nodes {
            let allowed = self.limits.blank_nodes;
            return Err(Error::Limit { limit: Limit::BlankNodes, allowed });
        }
        if self.quads.len() + part.quads.len() > self.limits.quads {
            return Err(Error::Limit { limit: Limit::Quads, allowed: self.limits.quads });
        }
        let text = self.text.len() + part.text.len();
        if text > self.limits.text.min(u32::MAX as usize)
            || self.places.len() + part.places.len() > Term::BLANK as usize
        {
            return Err(self.too_long());
        }
        let (start, terms, blanks) =
            (self.text.len() as u32, self.places.len() as u32, blanks as u32);
        self.text.push_str(&part.text);
        self.places.extend(part.places.iter().map(|(from, to)| (from + start, to + start)));
        self.labels.extend(part.labels.iter().cloned());
        let known = part.first_degree.iter().map(|(blank, digest)| (blank + blanks, *digest));
        self.first_degree.extend(known);
        let moved = |term: Term| match (term, term.as_blank()) {
            (_, Some(blank)) => Term((blank + blanks) | Term::BLANK),
            (Term::DEFAULT_GRAPH, None) => Term::DEFAULT_GRAPH,
            (Part::SUBJECT, None) => subject,
            (Part::PREDICATE, None) => predicate,
            (Term(number), None) => Term(number + terms),
        };
        for quad in &part.quads {
            self.quads.push(Quad {
                subject: moved(quad.subject),
                predicate: moved(quad.predicate),
                object: moved(quad.object),
                graph: moved(quad.graph),
            });
            if quad.subject == Part::SUBJECT {
                self.length += self.term_length(subject) + self.term_length(predicate);
            }
        }
        self.length += part.length;
        if self.length > self.limits.text { Err(self.too_long()) } else { Ok(()) }
    }

    /// Keeps first-degree hashes, so that they need not be computed again.
    pub(super) fn set_first_degree(&mut self, known: Vec<(u32, Digest)>) {
        self.first_degree = known;
    }

    /// The first-degree hash of a blank node, if it is known.
    pub(super) fn first_degree(&self, blank: u32) -> Option<Digest> {
        let at = self.first_degree.binary_search_by_key(&blank, |(blank, _)| *blank).ok()?;
        self.first_degree.get(at).map(|(_, digest)| *digest)
    }

    /// Makes a term of the text since the last one.
    fn end(&mut self) -> Result<Term, Error> {
        self.text.push(' ');
        let (number, end) = (self.places.len(), self.text.len());
        if end > self.limits.text.min(u32::MAX as usize) || number >= Term::BLANK as usize {
            return Err(self.too_long());
        }
        let start = self.places.last().map_or(0, |(_, end)| *end);
        self.places.push((start, end as u32));
        Ok(Term(number as u32))
    }

    fn term_length(&self, term: Term) -> usize {
        /// `_:c14n` and as many digits as there can be, and a space.
        const BLANK: usize = 17;
        if term.as_blank().is_some() {
            return BLANK;
        }
        let (start, end) = self.place(term);
        end - start
    }

    #[cold]
    fn too_long(&self) -> Error {
        Error::Limit { limit: Limit::Text, allowed: self.limits.text }
    }
}

/// Writes a literal's lexical form with the escapes of canonical N-Quads (RDFC-1.0 §5).
pub(super) fn escape(out: &mut String, lexical: &str) {
    let bytes = lexical.as_bytes();
    let mut plain = 0;
    let mut at = 0;
    loop {
        at = scan::find(bytes, at, may_need_escape);
        let Some(byte) = bytes.get(at) else { break };
        let (escaped, length) = match byte {
            b'"' => ("\\\"", 1),
            b'\\' => ("\\\\", 1),
            0x08 => ("\\b", 1),
            0x09 => ("\\t", 1),
            0x0a => ("\\n", 1),
            0x0c => ("\\f", 1),
            0x0d => ("\\r", 1),
            0x00..=0x1f | 0x7f => ("", 1),
            // U+FFFE and U+FFFF, which XML 1.1 has not, are EF BF BE and EF BF BF.
            _ => match bytes.get(at..at + 3) {
                Some([0xef, 0xbf, 0xbe]) => ("\\uFFFE", 3),
                Some([0xef, 0xbf, 0xbf]) => ("\\uFFFF", 3),
                _ => {
                    at += 1;
                    continue;
                }
            },
        };
        out.push_str(lexical.get(plain..at).unwrap_or_default());
        if escaped.is_empty() {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "\\u{byte:04X}");
        } else {
            out.push_str(escaped);
        }
        at += length;
        plain = at;
    }
    out.push_str(lexical.get(plain..).unwrap_or_default());
}

/// Marks the bytes that are escaped, and those that begin characters of which some are.
fn may_need_escape(word: u64) -> u64 {
    scan::below(word, b' ')
        | scan::equal(word, b'"')
        | scan::equal(word, b'\\')
        | scan::equal(word, 0x7f)
        | scan::equal(word, 0xef)
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
