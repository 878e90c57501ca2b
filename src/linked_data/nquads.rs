//! Reading N-Quads (RDF 1.1 N-Quads).

use std::collections::HashMap;

use super::error::Error;
use super::iri;
use super::options::Limits;
use super::quads::{Dataset, Quad, Term, escape};

const XSD_STRING: &str = "http://www.w3.org/2001/XMLSchema#string";

/// Reads a dataset from N-Quads text.
///
/// # Errors
/// The first line that is not N-Quads, or a limit.
pub fn parse(text: &str, limits: Limits) -> Result<Dataset, Error> {
    let mut reader =
        Reader { dataset: Dataset::new(limits), blanks: HashMap::new(), rest: "", line: 0 };
    for (at, line) in text.split('\n').enumerate() {
        reader.line = at + 1;
        // A carriage return ends a statement too.
        for statement in line.split('\r') {
            reader.rest = statement;
            reader.statement()?;
        }
    }
    Ok(reader.dataset)
}

struct Reader<'a> {
    dataset: Dataset,
    blanks: HashMap<&'a str, Term>,
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    fn wrong<T>(&self, what: &'static str) -> Result<T, Error> {
        Err(Error::NQuads { line: self.line, what })
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    fn take(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn statement(&mut self) -> Result<(), Error> {
        self.skip_space();
        if self.rest.is_empty() || self.rest.starts_with('#') {
            return Ok(());
        }
        let subject = self.resource("a subject: an IRI or a blank node")?;
        self.skip_space();
        if !self.rest.starts_with('<') {
            return self.wrong("a predicate: an IRI");
        }
        let predicate = self.iri()?;
        self.skip_space();
        let object = match self.rest.starts_with('"') {
            true => self.literal()?,
            false => self.resource("an object: an IRI, a blank node or a literal")?,
        };
        self.skip_space();
        let graph = match self.rest.starts_with('.') {
            true => Term::DEFAULT_GRAPH,
            false => self.resource("a graph name or a full stop")?,
        };
        self.skip_space();
        if !self.take(".") {
            return self.wrong("a full stop");
        }
        self.skip_space();
        if !self.rest.is_empty() && !self.rest.starts_with('#') {
            return self.wrong("the end of the line");
        }
        self.dataset.push(Quad { subject, predicate, object, graph })
    }

    fn resource(&mut self, expected: &'static str) -> Result<Term, Error> {
        if self.rest.starts_with('<') {
            return self.iri();
        }
        if !self.take("_:") {
            return self.wrong(expected);
        }
        let label = self.blank_label()?;
        if let Some(term) = self.blanks.get(label) {
            return Ok(*term);
        }
        let term = self.dataset.new_blank(Some(label))?;
        self.blanks.insert(label, term);
        Ok(term)
    }

    /// BLANK_NODE_LABEL: no dot at its end, no dot or hyphen at its start.
    fn blank_label(&mut self) -> Result<&'a str, Error> {
        let is_inner = |found: char| {
            found.is_alphanumeric()
                || matches!(found, '_' | ':' | '-' | '.' | '\u{b7}' | '\u{203f}' | '\u{2040}')
                || ('\u{300}'..='\u{36f}').contains(&found)
        };
        let end = self.rest.find(|found| !is_inner(found)).unwrap_or(self.rest.len());
        let label = self.rest.get(..end).unwrap_or_default().trim_end_matches('.');
        if label.is_empty() || label.starts_with(['-', '.', '\u{b7}']) {
            return self.wrong("a blank node label");
        }
        self.rest = self.rest.get(label.len()..).unwrap_or_default();
        Ok(label)
    }

    fn iri_text(&mut self) -> Result<String, Error> {
        self.rest = self.rest.get(1..).unwrap_or_default();
        let Some((written, rest)) = self.rest.split_once('>') else {
            return self.wrong("the end of an IRI");
        };
        self.rest = rest;
        let mut text = String::with_capacity(written.len());
        if self.unescape(written, &mut text, false).is_none() || !iri::is_iriref(&text) {
            return self.wrong("an absolute IRI");
        }
        Ok(text)
    }

    fn iri(&mut self) -> Result<Term, Error> {
        let text = self.iri_text()?;
        self.dataset.iri(&text)
    }

    fn literal(&mut self) -> Result<Term, Error> {
        self.rest = self.rest.get(1..).unwrap_or_default();
        let mut from = 0;
        let end = loop {
            match self.rest.get(from..).and_then(|rest| rest.find(['"', '\\'])) {
                None => return self.wrong("the end of a literal"),
                Some(found) if self.rest.as_bytes().get(from + found) == Some(&b'"') => {
                    break from + found;
                }
                // An escape is a backslash and one ASCII character at least.
                Some(found) => from += found + 2,
            }
        };
        let mut lexical = String::with_capacity(end);
        let written = self.rest.get(..end).unwrap_or_default();
        if self.unescape(written, &mut lexical, true).is_none() {
            return self.wrong("an escape that N-Quads has");
        }
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        if self.take("@") {
            let end = self
                .rest
                .find(|found: char| !found.is_ascii_alphanumeric() && found != '-')
                .unwrap_or(self.rest.len());
            let (tag, rest) = self.rest.split_at(end);
            if !is_langtag(tag) {
                return self.wrong("a language tag");
            }
            self.rest = rest;
            return self.dataset.literal(&lexical, &["@", tag]);
        }
        if self.take("^^") {
            if !self.rest.starts_with('<') {
                return self.wrong("a datatype: an IRI");
            }
            let datatype = self.iri_text()?;
            if datatype != XSD_STRING {
                return self.dataset.literal(&lexical, &["^^<", &datatype, ">"]);
            }
        }
        self.dataset.literal(&lexical, &[])
    }

    /// ECHAR (in literals) and UCHAR; `None` for any other escape.
    fn unescape(&self, written: &str, out: &mut String, literal: bool) -> Option<()> {
        let mut parts = written.split('\\');
        out.push_str(parts.next()?);
        while let Some(part) = parts.next() {
            let mut chars = part.chars();
            let (unescaped, used) = match chars.next() {
                Some('u') => (hex(part.get(1..5)?)?, 5),
                Some('U') => (hex(part.get(1..9)?)?, 9),
                None if literal => {
                    // Two backslashes: the second one ended this part before it began.
                    out.push('\\');
                    out.push_str(parts.next()?);
                    continue;
                }
                Some(found) if literal => (echar(found)?, 1),
                _ => return None,
            };
            out.push(unescaped);
            out.push_str(part.get(used..)?);
        }
        Some(())
    }
}

fn hex(digits: &str) -> Option<char> {
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

fn echar(found: char) -> Option<char> {
    Some(match found {
        't' => '\t',
        'b' => '\u{8}',
        'n' => '\n',
        'r' => '\r',
        'f' => '\u{c}',
        '"' => '"',
        '\'' => '\'',
        _ => return None,
    })
}

/// LANGTAG: `[a-zA-Z]+ ('-' [a-zA-Z0-9]+)*`.
fn is_langtag(tag: &str) -> bool {
    tag.split('-').enumerate().all(|(at, part)| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || at > 0 && byte.is_ascii_digit())
    })
}

/// A literal's lexical form as canonical N-Quads writes it, without the quotes.
pub fn escape_literal(lexical: &str) -> String {
    let mut out = String::with_capacity(lexical.len());
    escape(&mut out, lexical);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, Error> {
        parse(text, Limits::default()).map(|dataset| dataset.to_nquads())
    }

    #[test]
    fn reads_every_kind_of_term_and_writes_it_canonically() {
        let text = concat!(
            "# comment\n\n",
            "<s:a> <p:a> \"x\"^^<http://www.w3.org/2001/XMLSchema#string> . # more\r\n",
            "_:x.y<p:a>_:x.y<g:1>.\n",
            "<s:\\u00e9> <p:a> \"\\U0001F600\\\\\\\"\\t\\u0001\"@en-GB _:g .\n",
            "<s:a> <p:a> \"1\"^^<d:t> ."
        );
        let expected = concat!(
            "<s:a> <p:a> \"x\" .\n",
            "_:b0 <p:a> _:b0 <g:1> .\n",
            "<s:é> <p:a> \"😀\\\\\\\"\\t\\u0001\"@en-GB _:b1 .\n",
            "<s:a> <p:a> \"1\"^^<d:t> .\n",
        );
        assert_eq!(read(text).unwrap(), expected);
        assert_eq!(read(expected).unwrap(), expected);
        assert_eq!(read("").unwrap(), "");
    }

    #[test]
    fn names_the_line_that_is_not_nquads() {
        for bad in [
            "<s:a> <p:a> .",
            "<s:a> <p:a> <o:a>",
            "<s:a> _:b <o:a> .",
            "\"l\" <p:a> <o:a> .",
            "<a> <p:a> <o:a> .",
            "<s:a b> <p:a> <o:a> .",
            "<s:a> <p:a> \"x .",
            "<s:a> <p:a> \"x\\q\" .",
            "<s:a> <p:a> \"x\\uD800\" .",
            "<s:a> <p:a> \"x\"@ .",
            "<s:a> <p:a> \"x\"^^<t> .",
            "<s:a> <p:a> <o:a> <g:a> <h:a> .",
            "_: <p:a> <o:a> .",
            "{}",
            "<s:a> <p:a> \"é\\",
        ] {
            let text = format!("<s:a> <p:a> <o:a> .\n{bad}\n");
            assert!(matches!(read(&text), Err(Error::NQuads { line: 2, .. })), "{bad}");
        }
    }
}
