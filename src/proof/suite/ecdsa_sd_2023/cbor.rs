//! The little CBOR (RFC 8949) that proof values are made of: unsigned integers, byte and text
//! strings, arrays and maps of definite length, no tags.

/// A CBOR item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Unsigned(u64),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Item>),
    Map(Vec<(Item, Item)>),
}

impl Item {
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Unsigned(value) => head(out, 0, *value),
            Self::Bytes(bytes) => {
                head(out, 2, bytes.len() as u64);
                out.extend_from_slice(bytes);
            }
            Self::Text(text) => {
                head(out, 3, text.len() as u64);
                out.extend_from_slice(text.as_bytes());
            }
            Self::Array(items) => {
                head(out, 4, items.len() as u64);
                for item in items {
                    item.encode(out);
                }
            }
            Self::Map(entries) => {
                head(out, 5, entries.len() as u64);
                for (key, value) in entries {
                    key.encode(out);
                    value.encode(out);
                }
            }
        }
    }

    /// Reads one item that fills `bytes`. Lengths are believed only as far as there are bytes.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader { bytes };
        let item = reader.item(0)?;
        reader.bytes.is_empty().then_some(item)
    }

    pub(super) fn into_array(self) -> Option<Vec<Item>> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn into_bytes(self) -> Option<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(super) fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_index(&self) -> Option<usize> {
        match self {
            Self::Unsigned(value) => usize::try_from(*value).ok(),
            _ => None,
        }
    }
}

/// Major type and argument, in the shortest form (§4.2.1).
fn head(out: &mut Vec<u8>, major: u8, argument: u64) {
    let bytes = argument.to_be_bytes();
    let (code, width) = match argument {
        0..=23 => (bytes[7], 0),
        24..=0xff => (24, 1),
        0x100..=0xffff => (25, 2),
        0x1_0000..=0xffff_ffff => (26, 4),
        _ => (27, 8),
    };
    out.push(major << 5 | code);
    out.extend(bytes.iter().skip(8 - width));
}

/// Proof values nest three deep.
const MAX_DEPTH: usize = 4;

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn item(&mut self, depth: usize) -> Option<Item> {
        if depth > MAX_DEPTH {
            return None;
        }
        let [first] = *self.take(1)? else { return None };
        let argument = match first & 0x1f {
            small @ 0..=23 => u64::from(small),
            code @ 24..=27 => {
                let width = 1_usize << (code - 24);
                let value =
                    self.take(width)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
                let shortest = match code {
                    24 => value > 23,
                    25 => value > 0xff,
                    26 => value > 0xffff,
                    _ => value > 0xffff_ffff,
                };
                shortest.then_some(value)?
            }
            _ => return None,
        };
        let length = usize::try_from(argument).ok()?;
        match first >> 5 {
            0 => Some(Item::Unsigned(argument)),
            2 => Some(Item::Bytes(self.take(length)?.to_vec())),
            3 => Some(Item::Text(std::str::from_utf8(self.take(length)?).ok()?.to_owned())),
            4 => (0..length).map(|_| self.item(depth + 1)).collect::<Option<_>>().map(Item::Array),
            5 => (0..length)
                .map(|_| Some((self.item(depth + 1)?, self.item(depth + 1)?)))
                .collect::<Option<_>>()
                .map(Item::Map),
            _ => None,
        }
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_back_as_they_were() {
        let item = Item::Array(vec![
            Item::Bytes(vec![7; 300]),
            Item::Text("é".into()),
            Item::Map(vec![(Item::Unsigned(0), Item::Bytes(vec![]))]),
            Item::Unsigned(23),
            Item::Unsigned(24),
            Item::Unsigned(255),
            Item::Unsigned(65_535),
            Item::Unsigned(65_536),
            Item::Unsigned(u64::MAX),
        ]);
        let mut bytes = Vec::new();
        item.encode(&mut bytes);
        assert_eq!(Item::decode(&bytes), Some(item));
        for end in 0..bytes.len() {
            assert_eq!(Item::decode(&bytes[..end]), None);
        }
        bytes.push(0);
        assert_eq!(Item::decode(&bytes), None);
    }

    #[test]
    fn odd_and_hostile_items_are_refused() {
        for bytes in [
            &[0x18, 0x17][..],   // not the shortest form
            &[0x9f, 0x00, 0xff], // indefinite length
            &[0xc0, 0x00],       // a tag
            &[0x20],             // a negative number
            &[0xf6],             // null
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x00],
            &[0x61, 0xff],
        ] {
            assert_eq!(Item::decode(bytes), None, "{bytes:x?}");
        }
    }
}
