//! Objects of PDF as text (ISO 32000-1 §7.3).

use super::Fault;

/// What is nested deeper is passed over word by word.
const MAX_DEPTH: usize = 24;

/// An object; numbers with fractions, booleans and other keywords are of no account here.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Object {
    /// Anything that we need not know.
    Other,
    Integer(u64),
    Name(Box<str>),
    Array(Vec<Object>),
    Dictionary(Vec<(Box<str>, Object)>),
    Reference(u32),
}

impl Object {
    /// A member of a dictionary; the first of several with one name.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Dictionary(members) = self else { return None };
        members.iter().find(|(known, _)| &**known == name).map(|(_, value)| value)
    }

    pub(super) fn is_name(&self, name: &str) -> bool {
        matches!(self, Self::Name(known) if &**known == name)
    }

    pub(super) fn integer(&self) -> Option<usize> {
        match self {
            Self::Integer(number) => usize::try_from(*number).ok(),
            _ => None,
        }
    }
}

/// Reads objects from bytes.
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    pub(super) at: usize,
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Passes a keyword if it stands here.
    pub(super) fn keyword(&mut self, word: &str) -> bool {
        self.blank();
        let here = self.rest().starts_with(word.as_bytes());
        if here {
            self.at += word.len();
        }
        here
    }

    /// Passes white space and comments.
    fn blank(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self.peek().is_some_and(|byte| byte != b'\n' && byte != b'\r') {
                    self.at += 1;
                }
            } else if is_space(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// An unsigned number.
    pub(super) fn number(&mut self) -> Option<u64> {
        self.blank();
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = self.rest().get(..digits)?;
        let number = std::str::from_utf8(text).ok()?.parse().ok()?;
        self.at += digits;
        Some(number)
    }

    /// One object. `budget` counts the objects that may still be read.
    pub(super) fn object(&mut self, budget: &mut usize, depth: usize) -> Result<Object, Fault> {
        *budget = budget.checked_sub(1).ok_or(Fault::TooMuch)?;
        self.blank();
        if depth > MAX_DEPTH {
            self.word();
            return Ok(Object::Other);
        }
        match (self.peek(), self.bytes.get(self.at + 1)) {
            (Some(b'<'), Some(b'<')) => self.dictionary(budget, depth),
            (Some(b'<'), _) => Ok(self.hexadecimal()),
            (Some(b'('), _) => Ok(self.text()),
            (Some(b'['), _) => self.array(budget, depth),
            (Some(b'/'), _) => Ok(Object::Name(self.name())),
            (Some(b'0'..=b'9'), _) => Ok(self.integer_or_reference()),
            (Some(_), _) => {
                self.word();
                Ok(Object::Other)
            }
            (None, _) => Ok(Object::Other),
        }
    }

    fn dictionary(&mut self, budget: &mut usize, depth: usize) -> Result<Object, Fault> {
        self.at += 2;
        let mut members = Vec::new();
        loop {
            self.blank();
            match self.peek() {
                Some(b'/') => {
                    let name = self.name();
                    let value = self.object(budget, depth + 1)?;
                    members.push((name, value));
                }
                Some(b'>') => {
                    self.at += if self.rest().starts_with(b">>") { 2 } else { 1 };
                    break;
                }
                None => break,
                Some(_) if self.ends_here() => break,
                Some(_) => {
                    self.object(budget, depth + 1)?;
                }
            }
        }
        Ok(Object::Dictionary(members))
    }

    fn array(&mut self, budget: &mut usize, depth: usize) -> Result<Object, Fault> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.blank();
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    break;
                }
                None => break,
                Some(_) if self.ends_here() => break,
                Some(_) => items.push(self.object(budget, depth + 1)?),
            }
        }
        Ok(Object::Array(items))
    }

    /// Whether an object that was never closed ends here all the same.
    fn ends_here(&self) -> bool {
        let rest = self.rest();
        [&b"endobj"[..], b"stream", b"endstream"].iter().any(|word| rest.starts_with(word))
    }

    /// `#xx` stands for a byte.
    fn name(&mut self) -> Box<str> {
        self.at += 1;
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|byte| !is_space(*byte) && !is_delimiter(*byte)) {
            let coded = (byte == b'#').then(|| self.bytes.get(self.at + 1..self.at + 3)).flatten();
            let coded = coded.and_then(|digits| std::str::from_utf8(digits).ok());
            match coded.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                Some(coded) => {
                    name.push(coded);
                    self.at += 3;
                }
                None => {
                    name.push(byte);
                    self.at += 1;
                }
            }
        }
        String::from_utf8_lossy(&name).into()
    }

    /// A text in parentheses, which may hold others.
    fn text(&mut self) -> Object {
        let mut open = 0_usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'(' => open += 1,
                b')' => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        break;
                    }
                }
                _ => {}
            }
        }
        Object::Other
    }

    fn hexadecimal(&mut self) -> Object {
        let length = self.rest().iter().take_while(|byte| **byte != b'>').count();
        self.at += length + 1;
        Object::Other
    }

    /// `12`, or `12 0 R`.
    fn integer_or_reference(&mut self) -> Object {
        let Some(number) = self.number() else {
            self.word();
            return Object::Other;
        };
        let after = self.at;
        if self.peek().is_some_and(is_space)
            && self.number().is_some()
            && self.keyword("R")
            && self.peek().is_none_or(|byte| is_space(byte) || is_delimiter(byte))
        {
            return u32::try_from(number).map_or(Object::Other, Object::Reference);
        }
        self.at = after;
        if self.peek().is_some_and(|byte| !is_space(byte) && !is_delimiter(byte)) {
            // A number with a fraction.
            self.word();
            return Object::Other;
        }
        Object::Integer(number)
    }

    /// Passes a keyword or anything else that is not known; at least one byte.
    fn word(&mut self) {
        let length = self
            .rest()
            .iter()
            .take_while(|byte| !is_space(**byte) && !is_delimiter(**byte))
            .count();
        self.at += length.max(1);
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}
