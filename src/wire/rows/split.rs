//! Splits what was sent into raw rows, piece by piece as it arrives, holding one row at most.

use std::mem;

/// Most bytes of one row.
pub const ROW_BYTES: usize = 48 * 1024;

/// Bytes that are kept of a row that is too long: enough to know it by.
const KEPT_OF_TOO_LONG: usize = 1024;

/// Quotes that are never closed, each of which costs reading a row twice.
const UNCLOSED_AT_MOST: usize = 1000;

/// How rows lie in what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// CSV (RFC 4180) with this separator; the header is the first row.
    Csv(u8),
    /// One JSON text a line.
    Lines,
    /// The elements of a JSON array.
    Array,
}

impl Frame {
    /// The frame of a CSV file that begins with `head`: the separator that its first line has most
    /// of, outside quotes.
    pub fn of_csv(head: &[u8]) -> Self {
        let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
        let mut quoted = false;
        for byte in head {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' | b'\r' if !quoted => break,
                other if !quoted => {
                    if let Some((_, count)) = counts.iter_mut().find(|(one, _)| one == other) {
                        *count += 1;
                    }
                }
                _ => {}
            }
        }
        // Of equals the first counts.
        let most = counts.iter().rev().max_by_key(|(_, count)| *count);
        Self::Csv(most.map_or(b',', |(separator, _)| *separator))
    }
}

/// One row as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRow {
    /// Its bytes, without the line end; the beginning of them when it is too long.
    pub bytes: Vec<u8>,
    /// Why it cannot be read.
    pub fault: Option<Fault>,
}

/// Why a row cannot be read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Longer than [`ROW_BYTES`].
    TooLong,
    /// A cell begins with a quote that is never closed; the next line counts as the next row.
    UnclosedQuote,
    /// The person whom it was about was erased.
    Erased,
}

impl Fault {
    /// Its word in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::UnclosedQuote => "unclosed-quote",
            Self::Erased => "erased",
        }
    }

    /// Reads its word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::TooLong, Self::UnclosedQuote, Self::Erased]
            .into_iter()
            .find(|fault| fault.as_str() == word)
    }
}

/// Why the whole cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A JSON array was due.
    #[error("a JSON array of rows is due, not {0:?} (byte {1})")]
    NoArray(char, u64),
    /// The array is not closed.
    #[error("the JSON array is cut short")]
    CutShort,
    /// Something where none belongs.
    #[error("{0:?} does not belong between the rows of a JSON array (byte {1})")]
    Stray(char, u64),
    /// The text is UTF-16.
    #[error("the text is UTF-16; save it as UTF-8")]
    Utf16,
    /// Too many quotes that are never closed.
    #[error("more than {UNCLOSED_AT_MOST} cells begin with a quote that is never closed")]
    Unclosed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the bracket of an array.
    Before,
    /// Where a cell or an element may begin.
    Start,
    /// In an unquoted cell, a line, or the number, word or brackets of an element.
    Plain,
    /// In a quoted cell or a JSON string.
    Quoted,
    /// After a quote in a quoted cell: it ends there, or the quote is doubled.
    MaybeEnd,
    /// After a backslash in a JSON string.
    Escaped,
    /// After an element, where a comma or the end is due.
    Between,
    /// Behind the bracket of an array.
    After,
}

/// Splits bytes into rows.
#[derive(Debug)]
pub struct Splitter {
    frame: Frame,
    state: State,
    row: Vec<u8>,
    /// Whether what is read belongs to a row that is too long.
    too_long: bool,
    /// Bytes read.
    at: u64,
    /// Whether a line feed that comes next belongs to the line end before.
    after_return: bool,
    /// Open brackets of a JSON element.
    depth: u32,
    /// Whether a comma stands before what comes next.
    comma: bool,
    unclosed: usize,
}

impl Splitter {
    /// Begins.
    pub fn new(frame: Frame) -> Self {
        let state = if frame == Frame::Array { State::Before } else { State::Start };
        Self {
            frame,
            state,
            row: Vec::new(),
            too_long: false,
            at: 0,
            after_return: false,
            depth: 0,
            comma: false,
            unclosed: 0,
        }
    }

    /// Takes the next bytes, and gives the rows that end in them.
    ///
    /// # Errors
    /// [`Broken`] when nothing after this can be read.
    pub fn feed(&mut self, bytes: &[u8], rows: &mut Vec<RawRow>) -> Result<(), Broken> {
        let mut bytes = bytes;
        if self.at == 0 {
            if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
                return Err(Broken::Utf16);
            }
            bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        }
        for byte in bytes {
            self.at += 1;
            match self.frame {
                Frame::Csv(separator) => self.csv(*byte, separator, rows)?,
                Frame::Lines => self.line(*byte, rows),
                Frame::Array => self.element(*byte, rows)?,
            }
        }
        Ok(())
    }

    /// Gives what is left when all has been fed.
    ///
    /// # Errors
    /// [`Broken`] when the end comes too early.
    pub fn end(&mut self, rows: &mut Vec<RawRow>) -> Result<(), Broken> {
        match (self.frame, self.state) {
            (Frame::Array, State::After) => Ok(()),
            (Frame::Array, _) => Err(Broken::CutShort),
            (Frame::Csv(separator), State::Quoted) if !self.too_long => {
                self.reread(separator, rows)?;
                self.end(rows)
            }
            _ => {
                self.finish(rows);
                Ok(())
            }
        }
    }

    fn csv(&mut self, byte: u8, separator: u8, rows: &mut Vec<RawRow>) -> Result<(), Broken> {
        if mem::take(&mut self.after_return) && byte == b'\n' {
            return Ok(());
        }
        let line_end = matches!(byte, b'\n' | b'\r');
        if line_end && (self.state != State::Quoted || self.too_long) {
            self.after_return = byte == b'\r';
            self.finish(rows);
            return Ok(());
        }
        self.keep(byte);
        let ends = matches!(byte, b'"') || byte == separator;
        if self.state == State::MaybeEnd && !ends && self.spans_lines() {
            // The quote that seemed to close the cell opens one of a later row.
            return self.reread(separator, rows);
        }
        self.state = match (self.state, byte) {
            (State::Start, b'"') | (State::MaybeEnd, b'"') => State::Quoted,
            (State::Quoted, b'"') => State::MaybeEnd,
            (State::Quoted, _) => State::Quoted,
            (_, byte) if byte == separator => State::Start,
            _ => State::Plain,
        };
        if self.row.len() > ROW_BYTES {
            if self.state == State::Quoted && self.spans_lines() {
                self.reread(separator, rows)?;
            } else {
                self.overflow();
            }
        }
        Ok(())
    }

    fn spans_lines(&self) -> bool {
        !self.too_long && self.row.iter().any(|byte| matches!(byte, b'\n' | b'\r'))
    }

    /// Ends the row at its first line end, because its quote is never closed, and reads what comes
    /// behind it again.
    fn reread(&mut self, separator: u8, rows: &mut Vec<RawRow>) -> Result<(), Broken> {
        self.unclosed += 1;
        if self.unclosed > UNCLOSED_AT_MOST {
            return Err(Broken::Unclosed);
        }
        let mut bytes = mem::take(&mut self.row);
        let end = bytes.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(bytes.len());
        let rest = bytes.split_off(end);
        rows.push(RawRow { bytes, fault: Some(Fault::UnclosedQuote) });
        self.state = State::Start;
        for byte in rest {
            self.csv(byte, separator, rows)?;
        }
        Ok(())
    }

    fn line(&mut self, byte: u8, rows: &mut Vec<RawRow>) {
        if byte == b'\n' {
            if self.row.last() == Some(&b'\r') {
                self.row.pop();
            }
            self.finish(rows);
        } else {
            self.keep(byte);
            if self.row.len() > ROW_BYTES {
                self.overflow();
            }
        }
    }

    fn element(&mut self, byte: u8, rows: &mut Vec<RawRow>) -> Result<(), Broken> {
        let space = byte.is_ascii_whitespace();
        match (self.state, byte) {
            (State::Before | State::Start | State::Between | State::After, _) if space => {}
            (State::Before, b'[') => self.state = State::Start,
            (State::Before, other) => return Err(Broken::NoArray(char::from(other), self.at)),
            (State::Start, b']') if !self.comma => self.state = State::After,
            (State::Start, b',' | b']') => return Err(Broken::Stray(char::from(byte), self.at)),
            (State::Between, b']') => self.state = State::After,
            (State::Between, b',') => {
                self.state = State::Start;
                self.comma = true;
            }
            (State::Between | State::After, other) => {
                return Err(Broken::Stray(char::from(other), self.at));
            }
            (State::Escaped, _) => {
                self.keep(byte);
                self.state = State::Quoted;
            }
            (State::Quoted, _) => {
                self.keep(byte);
                match byte {
                    b'\\' => self.state = State::Escaped,
                    b'"' => self.state = State::Plain,
                    _ => {}
                }
            }
            (State::Plain, b',' | b']') if self.depth == 0 => {
                self.finish(rows);
                self.state = State::Between;
                return self.element(byte, rows);
            }
            (State::Start | State::Plain | State::MaybeEnd, _) => {
                self.keep(byte);
                self.state = if byte == b'"' { State::Quoted } else { State::Plain };
                match byte {
                    b'{' | b'[' => self.depth = self.depth.saturating_add(1),
                    b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
            }
        }
        if self.row.len() > ROW_BYTES {
            self.overflow();
        }
        Ok(())
    }

    fn keep(&mut self, byte: u8) {
        if !self.too_long {
            self.row.push(byte);
        }
    }

    fn overflow(&mut self) {
        self.too_long = true;
        self.row.truncate(KEPT_OF_TOO_LONG);
        self.row.shrink_to_fit();
    }

    /// Ends the row. Blank ones are none.
    fn finish(&mut self, rows: &mut Vec<RawRow>) {
        let bytes = mem::take(&mut self.row);
        let fault = mem::take(&mut self.too_long).then_some(Fault::TooLong);
        self.state = State::Start;
        self.depth = 0;
        if !bytes.trim_ascii().is_empty() {
            rows.push(RawRow { bytes, fault });
        }
    }
}
