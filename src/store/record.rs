//! Records as bytes: a version of the codec, then what it says.
//!
//! Version 1 is the JSON of a [`Shaped`] value, for records with a body preceded by its length (four
//! bytes, big-endian) and followed by the body. Whoever changes a shape so that it no longer reads
//! what is stored adds a version here and keeps reading the old one.

use serde_json::Value;

use super::backend::{Key, Stored, Version};
use super::error::StoreError;
use super::shape::Shaped;

/// What is written today.
const CODEC: u8 = 1;

/// Bodies longer than this lie in a file of their own.
pub(super) const INLINE_BODY_BYTES: usize = 48 * 1024;

/// A value with the version of its record, to expect when it is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The value.
    pub value: T,
    /// The commit that wrote it last.
    pub version: Version,
}

/// The bytes of a record that holds `value`.
pub(super) fn encode(value: &impl Shaped) -> Vec<u8> {
    let mut text = String::with_capacity(512);
    text.push(char::from(CODEC));
    value.write(&mut text);
    text.into_bytes()
}

/// Reads what [`encode`] gave.
pub(super) fn decode<T: Shaped>(key: &Key, stored: &Stored) -> Result<Versioned<T>, StoreError> {
    let json = known_codec(key, &stored.bytes)?;
    Ok(Versioned { value: read(key, json)?, version: stored.version })
}

/// The bytes of a record that holds `head` and a body.
pub(super) fn encode_with_body(head: &impl Shaped, body: &[u8]) -> Vec<u8> {
    let json = head.text().into_bytes();
    let mut bytes = Vec::with_capacity(5 + json.len() + body.len());
    bytes.push(CODEC);
    bytes.extend(u32::try_from(json.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend(json);
    bytes.extend(body);
    bytes
}

/// Reads what [`encode_with_body`] gave.
pub(super) fn decode_with_body<T: Shaped>(
    key: &Key,
    stored: &Stored,
) -> Result<(T, Vec<u8>), StoreError> {
    let rest = known_codec(key, &stored.bytes)?;
    let parts = rest.split_first_chunk::<4>().and_then(|(length, rest)| {
        rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
    });
    let (json, body) = parts.ok_or_else(|| damaged(key, "it is cut short".to_owned()))?;
    Ok((read(key, json)?, body.to_vec()))
}

fn known_codec<'a>(key: &Key, bytes: &'a [u8]) -> Result<&'a [u8], StoreError> {
    match bytes.split_first() {
        Some((&CODEC, rest)) => Ok(rest),
        Some((other, _)) => {
            let what = format!("codec version {other}, this program reads {CODEC}");
            Err(damaged(key, what))
        }
        None => Err(damaged(key, "it is empty".to_owned())),
    }
}

fn read<T: Shaped>(key: &Key, json: &[u8]) -> Result<T, StoreError> {
    let value: Value =
        serde_json::from_slice(json).map_err(|error| damaged(key, error.to_string()))?;
    T::unshape(value).map_err(|what| damaged(key, what))
}

fn damaged(key: &Key, what: String) -> StoreError {
    StoreError::Damaged { key: key.clone(), what }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(bytes: Vec<u8>) -> Stored {
        Stored { version: Version(3), bytes }
    }

    #[test]
    fn records_read_back_with_their_version_and_body() {
        let key = Key::new(*b"k");
        let value = vec!["a".to_owned()];
        let read: Versioned<Vec<String>> = decode(&key, &stored(encode(&value))).unwrap();
        assert_eq!(read, Versioned { value: value.clone(), version: Version(3) });
        let bytes = encode_with_body(&value, b"\0body");
        let (head, body): (Vec<String>, _) = decode_with_body(&key, &stored(bytes)).unwrap();
        assert_eq!((head, body.as_slice()), (value, &b"\0body"[..]));
    }

    #[test]
    fn what_cannot_be_read_is_damage_and_says_so() {
        let key = Key::new(*b"k");
        let read = |bytes: &[u8]| {
            let refused = decode::<String>(&key, &stored(bytes.to_vec())).unwrap_err();
            assert!(matches!(refused, StoreError::Damaged { .. }));
            refused.to_string()
        };
        assert!(read(b"").contains("it is empty"));
        assert!(read(b"\x02\"x\"").contains("codec version 2, this program reads 1"));
        assert!(read(b"\x01{").contains("EOF"));
        assert!(read(b"\x01[]").contains("a text is due, not a list"));
        let cut = stored(vec![CODEC, 0, 0, 0, 9, b'1']);
        assert!(decode_with_body::<u64>(&key, &cut).is_err());
    }
}
