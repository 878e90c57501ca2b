//! The objects of a PDF file, found where they stand.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::object::{Object, Reader};
use super::{Fault, MAX_INFLATED, embedded};

/// Objects that are read in one file, those within others counted.
const MOST_OBJECTS: usize = 600_000;

/// A PDF file, read.
pub(super) struct File<'b> {
    bytes: &'b [u8],
    objects: HashMap<u32, Entry>,
}

/// An object with the place of its stream, if it is one.
struct Entry {
    object: Object,
    stream: Option<(usize, usize)>,
}

/// What may still be spent.
struct Budget {
    objects: usize,
    inflated: usize,
}

impl<'b> File<'b> {
    /// Reads all objects.
    pub(super) fn read(bytes: &'b [u8]) -> Result<Self, Fault> {
        let mut file = Self { bytes, objects: HashMap::new() };
        let mut budget = Budget { objects: MOST_OBJECTS, inflated: MAX_INFLATED };
        let mut at = 0;
        while let Some(found) = next_word(bytes, at) {
            at = match found {
                Word::Object(number, body) => file.object(number, body, &mut budget)?,
                Word::Trailer(after) => {
                    let mut reader = Reader::new(bytes, after);
                    let trailer = reader.object(&mut budget.objects, 0)?;
                    refuse_encrypted(&trailer)?;
                    reader.at.max(after)
                }
            };
        }
        Ok(file)
    }

    /// Reads the object whose body begins at `body`; where to go on.
    fn object(&mut self, number: u32, body: usize, budget: &mut Budget) -> Result<usize, Fault> {
        let mut reader = Reader::new(self.bytes, body);
        let object = reader.object(&mut budget.objects, 0)?;
        let mut end = reader.at;
        let mut stream = None;
        if matches!(object, Object::Dictionary(_)) && reader.keyword("stream") {
            let range = self.stream_range(&object, reader.at);
            end = range.1;
            stream = Some(range);
        }
        if object.get("Type").is_some_and(|kind| kind.is_name("XRef")) {
            refuse_encrypted(&object)?;
        }
        let packed = object.get("Type").is_some_and(|kind| kind.is_name("ObjStm"));
        self.objects.insert(number, Entry { object, stream });
        if packed {
            self.unpack(number, budget)?;
        }
        Ok(end.max(body))
    }

    /// From the line after `stream` to where its length says that it ends; to `endstream` where the
    /// length is not given or not right.
    fn stream_range(&self, dictionary: &Object, after: usize) -> (usize, usize) {
        let rest = self.bytes.get(after..).unwrap_or_default();
        let line = match rest {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        let start = after + line;
        let told = dictionary.get("Length").and_then(Object::integer);
        let told = told.and_then(|length| start.checked_add(length));
        let fits = |end: &usize| {
            let tail = self.bytes.get(*end..).unwrap_or_default();
            tail.get(..tail.len().min(16))
                .unwrap_or_default()
                .trim_ascii_start()
                .starts_with(b"endstream")
        };
        match told.filter(fits) {
            Some(end) => (start, end),
            None => {
                let rest = self.bytes.get(start..).unwrap_or_default();
                let length = find(rest, b"endstream").unwrap_or(rest.len());
                (start, start + length)
            }
        }
    }

    /// Takes the objects out of an object stream (§7.5.7).
    fn unpack(&mut self, number: u32, budget: &mut Budget) -> Result<(), Fault> {
        let Some(entry) = self.objects.get(&number) else { return Ok(()) };
        let count = entry.object.get("N").and_then(Object::integer).unwrap_or_default();
        let first = entry.object.get("First").and_then(Object::integer).unwrap_or_default();
        if coding(entry).is_none() {
            return Ok(());
        }
        let content = self.stream(number, budget.inflated).ok_or(Fault::TooMuch)?;
        budget.inflated -= content.len();
        let content = content.into_owned();
        let mut header = Reader::new(&content, 0);
        for _ in 0..count {
            let (Some(number), Some(offset)) = (header.number(), header.number()) else { break };
            if header.at > first {
                break;
            }
            let place = usize::try_from(offset).ok().and_then(|offset| first.checked_add(offset));
            let (Ok(number), Some(place)) = (u32::try_from(number), place) else { continue };
            let object = Reader::new(&content, place).object(&mut budget.objects, 0)?;
            self.objects.insert(number, Entry { object, stream: None });
        }
        Ok(())
    }

    /// The content of a stream, inflated, at most `most` bytes of it; `None` if it is no stream, is
    /// longer, or is coded in a way that is not read.
    pub(super) fn stream(&self, number: u32, most: usize) -> Option<Cow<'b, [u8]>> {
        let entry = self.objects.get(&number)?;
        let (start, end) = entry.stream?;
        let raw = self.bytes.get(start..end)?;
        match coding(entry)? {
            Coding::Plain => (raw.len() <= most).then_some(Cow::Borrowed(raw)),
            Coding::Deflated => {
                let room = u64::try_from(most).ok()?.checked_add(1)?;
                let mut content = Vec::new();
                // A stream that breaks off gives what came before: it will be judged.
                let _ = ZlibDecoder::new(raw).take(room).read_to_end(&mut content);
                (content.len() <= most).then_some(Cow::Owned(content))
            }
        }
    }

    /// The streams of all attached files, by their numbers, in order.
    pub(super) fn attachments(&self) -> BTreeSet<u32> {
        let mut found = BTreeSet::new();
        let mut left: Vec<&Object> = self.objects.values().map(|entry| &entry.object).collect();
        while let Some(object) = left.pop() {
            embedded(object, &mut found);
            match object {
                Object::Array(items) => left.extend(items),
                Object::Dictionary(members) => left.extend(members.iter().map(|(_, value)| value)),
                _ => {}
            }
        }
        found
    }
}

/// Something that an object or a trailer begins with.
enum Word {
    /// `12 0 obj`: the number, and where the body begins.
    Object(u32, usize),
    /// `trailer`: where its dictionary begins.
    Trailer(usize),
}

/// The next `obj` or `trailer` at or after `at`.
fn next_word(bytes: &[u8], mut at: usize) -> Option<Word> {
    loop {
        let rest = bytes.get(at..)?;
        let found = rest.iter().position(|byte| matches!(byte, b'o' | b't'))? + at;
        let here = bytes.get(found..).unwrap_or_default();
        if here.starts_with(b"obj") {
            if let Some(number) = number_before(bytes, found) {
                return Some(Word::Object(number, found + 3));
            }
        } else if here.starts_with(b"trailer") {
            return Some(Word::Trailer(found + 7));
        }
        at = found + 1;
    }
}

/// The object number of `12 0 obj`, read backwards from `obj`.
fn number_before(bytes: &[u8], obj: usize) -> Option<u32> {
    // Ten digits, two spaces and five digits at most, and some white space.
    let start = obj.saturating_sub(24);
    let before = bytes.get(start..obj)?;
    let mut words =
        before.rsplit(|byte| byte.is_ascii_whitespace()).filter(|word| !word.is_empty());
    if !before.last().is_some_and(|byte| byte.is_ascii_whitespace() || byte.is_ascii_digit()) {
        return None;
    }
    let generation = words.next()?;
    let number = words.next()?;
    if !generation.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // What stands before without a space between, such as `endobj12`, is not of the number.
    let digits = number.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let digits = number.get(number.len() - digits..)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// How a stream is coded.
enum Coding {
    Plain,
    Deflated,
}

/// How a stream is coded; `None` for no stream and for codings that are not read.
fn coding(entry: &Entry) -> Option<Coding> {
    entry.stream?;
    if entry.object.get("DecodeParms").is_some_and(predicts) {
        return None;
    }
    let filter = match entry.object.get("Filter") {
        Some(Object::Array(filters)) if filters.len() > 1 => return None,
        Some(Object::Array(filters)) => filters.first(),
        other => other,
    };
    match filter {
        None => Some(Coding::Plain),
        Some(name) if name.is_name("FlateDecode") => Some(Coding::Deflated),
        Some(_) => None,
    }
}

/// Whether parameters of a filter ask for more than inflating.
fn predicts(parameters: &Object) -> bool {
    match parameters {
        Object::Array(several) => several.iter().any(predicts),
        one => one.get("Predictor").is_some_and(|predictor| predictor.integer() != Some(1)),
    }
}

fn refuse_encrypted(trailer: &Object) -> Result<(), Fault> {
    if trailer.get("Encrypt").is_some() { Err(Fault::Encrypted) } else { Ok(()) }
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    let first = *word.first()?;
    let mut at = 0;
    loop {
        let rest = bytes.get(at..)?;
        let here = rest.iter().position(|byte| *byte == first)? + at;
        if bytes.get(here..).is_some_and(|rest| rest.starts_with(word)) {
            return Some(here);
        }
        at = here + 1;
    }
}
