//! Text to values: a recursive reader that stops at the first thing that is wrong.

use std::borrow::Cow;
use std::collections::HashSet;

use super::scan;
use super::{MAX_DEPTH, Number, Object, Value};

/// Why a text is not the JSON we accept, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Where, in bytes from the start of the text.
    pub offset: usize,
}

/// What is wrong with a JSON text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// The text ends inside a value.
    #[error("the JSON text ends too early")]
    Truncated,
    /// A character that cannot stand there.
    #[error("unexpected character {0:?}")]
    Unexpected(char),
    /// More text after the value.
    #[error("text after the end of the JSON value")]
    Trailing,
    /// A member occurs twice in one object.
    #[error("member {0:?} occurs twice in one object")]
    DuplicateMember(String),
    /// A string that is not valid Unicode: a bad escape or half a surrogate pair.
    #[error("a string that is not valid Unicode")]
    BadString,
    /// A number that JSON does not allow.
    #[error("a malformed number")]
    BadNumber,
    /// Nesting deeper than [`MAX_DEPTH`].
    #[error("nesting deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// Bytes that are not UTF-8.
    #[error("text that is not UTF-8")]
    NotUtf8,
}

/// Reads one JSON value from UTF-8 bytes; a byte order mark is refused.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn parse_bytes(bytes: &[u8]) -> Result<Value<'_>, Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(text),
        Err(error) => Err(Error { kind: ErrorKind::NotUtf8, offset: error.valid_up_to() }),
    }
}

/// Reads one JSON value.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn parse(text: &str) -> Result<Value<'_>, Error> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, fault: None };
    let mut value = Value::Null;
    match reader.document(&mut value) {
        Ok(()) => Ok(value),
        Err(Stop) => {
            let truncated = Error { kind: ErrorKind::Truncated, offset: reader.at };
            Err(reader.fault.unwrap_or(truncated))
        }
    }
}

/// Something is wrong; [`Reader::fault`] says what.
///
/// Values are written where they belong, and results are as small as can be: moving them about took
/// as long as reading them.
struct Stop;

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// What was wrong.
    fault: Option<Error>,
}

/// Above this many members a hash set finds duplicates, below it a walk is faster.
const MANY_MEMBERS: usize = 24;

/// Room for the members of an ordinary object.
const FEW_MEMBERS: usize = 8;

type Member<'a> = (Cow<'a, str>, Value<'a>);

/// The names of the members of one object.
#[derive(Default)]
struct Names {
    /// A bit for each name: one that is new there is no duplicate.
    bits: u64,
    /// The names, where there are many.
    many: Option<HashSet<String>>,
}

impl Names {
    /// Whether there is a member of this name already.
    fn is_twice(&mut self, members: &[Member<'_>], name: &str) -> bool {
        if members.len() >= MANY_MEMBERS {
            let all = || members.iter().map(|(key, _)| key.clone().into_owned()).collect();
            return !self.many.get_or_insert_with(all).insert(name.to_owned());
        }
        let ends = name.as_bytes().first().zip(name.as_bytes().last());
        let ends = ends.map_or(0, |(first, last)| usize::from(*first) * 7 + usize::from(*last));
        let bit = 1 << ((name.len() * 5 + ends) % 64);
        let is_new = self.bits & bit == 0;
        self.bits |= bit;
        !is_new && members.iter().any(|(key, _)| key == name)
    }
}

impl<'a> Reader<'a> {
    fn document(&mut self, value: &mut Value<'a>) -> Result<(), Stop> {
        self.skip_space();
        self.value(0, value)?;
        self.skip_space();
        if self.at < self.bytes.len() {
            return Err(self.error(ErrorKind::Trailing));
        }
        Ok(())
    }

    fn error(&mut self, kind: ErrorKind) -> Stop {
        self.error_at(kind, self.at)
    }

    #[cold]
    fn error_at(&mut self, kind: ErrorKind, offset: usize) -> Stop {
        self.fault = Some(Error { kind, offset });
        Stop
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[cold]
    fn unexpected(&mut self) -> Stop {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(found) => self.error(ErrorKind::Unexpected(found)),
            None => self.error(ErrorKind::Truncated),
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize, value: &mut Value<'a>) -> Result<(), Stop> {
        *value = match self.peek() {
            Some(b'"') => match self.plain_string()? {
                Some(text) => Value::String(Cow::Borrowed(text)),
                None => Value::String(Cow::Owned(self.escaped_string()?)),
            },
            Some(b'{') => return self.object(depth + 1, value),
            Some(b'[') => return self.array(depth + 1, value),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            Some(b'-' | b'0'..=b'9') => Value::Number(Number(Cow::Borrowed(self.number()?))),
            _ => return Err(self.unexpected()),
        };
        Ok(())
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, Stop> {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.unexpected())
        }
    }

    fn object(&mut self, depth: usize, value: &mut Value<'a>) -> Result<(), Stop> {
        if depth > MAX_DEPTH {
            return Err(self.error(ErrorKind::TooDeep));
        }
        self.at += 1;
        let mut members: Vec<Member<'a>> = Vec::new();
        let mut names = Names::default();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            *value = Value::Object(Object(members));
            return Ok(());
        }
        members.reserve(FEW_MEMBERS);
        loop {
            self.skip_space();
            let name_at = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.unexpected());
            }
            let name = match self.plain_string()? {
                Some(text) => Cow::Borrowed(text),
                None => Cow::Owned(self.escaped_string()?),
            };
            if names.is_twice(&members, &name) {
                let kind = ErrorKind::DuplicateMember(name.into_owned());
                return Err(self.error_at(kind, name_at));
            }
            members.push((name, Value::Null));
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.unexpected());
            }
            self.at += 1;
            self.skip_space();
            if let Some((_, place)) = members.last_mut() {
                self.value(depth, place)?;
            }
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break self.at += 1,
                _ => return Err(self.unexpected()),
            }
        }
        *value = Value::Object(Object(members));
        Ok(())
    }

    fn array(&mut self, depth: usize, value: &mut Value<'a>) -> Result<(), Stop> {
        if depth > MAX_DEPTH {
            return Err(self.error(ErrorKind::TooDeep));
        }
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            *value = Value::Array(items);
            return Ok(());
        }
        loop {
            self.skip_space();
            items.push(Value::Null);
            if let Some(place) = items.last_mut() {
                self.value(depth, place)?;
            }
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break self.at += 1,
                _ => return Err(self.unexpected()),
            }
        }
        *value = Value::Array(items);
        Ok(())
    }

    fn number(&mut self) -> Result<&'a str, Stop> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            _ => return Err(self.error(ErrorKind::BadNumber)),
        }
        if matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.error(ErrorKind::BadNumber));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    fn digits(&mut self) -> Result<(), Stop> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.error(ErrorKind::BadNumber)) } else { Ok(()) }
    }

    /// Reads a string that has no escapes; `None`, and nothing is read, if it has any.
    #[inline]
    fn plain_string(&mut self) -> Result<Option<&'a str>, Stop> {
        let start = self.at + 1;
        let end = scan::find(self.bytes, start, scan::is_special);
        match self.bytes.get(end) {
            Some(b'"') => {
                self.at = end + 1;
                Ok(Some(self.text.get(start..end).unwrap_or_default()))
            }
            Some(b'\\') => Ok(None),
            _ => {
                self.at = end;
                Err(self.unexpected())
            }
        }
    }

    fn escaped_string(&mut self) -> Result<String, Stop> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let end = scan::find(self.bytes, self.at, scan::is_special);
            text.push_str(self.text.get(self.at..end).unwrap_or_default());
            self.at = end;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(self.unexpected()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Stop> {
        self.at += 1;
        let escaped = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(escaped)
    }

    /// `\uXXXX`, with its second half where the first one is a high surrogate.
    fn unicode_escape(&mut self) -> Result<char, Stop> {
        let first = self.hex4()?;
        let scalar = match first {
            0xd800..=0xdbff => {
                if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\u")) {
                    return Err(self.error(ErrorKind::BadString));
                }
                self.at += 1;
                let second = self.hex4()?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return Err(self.error(ErrorKind::BadString));
                }
                0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            other => other,
        };
        char::from_u32(scalar).ok_or_else(|| self.error(ErrorKind::BadString))
    }

    /// The four hex digits after the `u` that the reader stands on.
    fn hex4(&mut self) -> Result<u32, Stop> {
        self.at += 1;
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        if digits.len() != 4 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(self.error(ErrorKind::BadString));
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| self.error(ErrorKind::BadString))
    }
}
