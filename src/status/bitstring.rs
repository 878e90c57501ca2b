//! Bitstring Status List v1.0 (W3C): one bit, or a few, for each credential of a long list.

use std::io::{Read, Write};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Fewest entries of a list (§6.1): one credential hides among this many.
pub const MIN_ENTRIES: usize = 131_072;

/// Entries that one list can have: an index lies below this (2²⁶, an uncompressed list of 8 MiB).
pub const MAX_ENTRIES: usize = 1 << 26;

/// Most bytes that a list may inflate to.
pub const MAX_INFLATED: usize = 16 * 1024 * 1024;

/// Most bits of one entry that are read.
pub const MAX_STATUS_SIZE: u32 = 8;

/// Why a status list, or a place in it, cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// `encodedList` does not begin with `u`, the multibase prefix of base64url.
    #[error("encodedList does not begin with \"u\" (multibase base64url)")]
    NotMultibase,
    /// `encodedList` is not base64url without padding.
    #[error("encodedList is not base64url without padding")]
    NotBase64,
    /// The decoded list is not one gzip stream.
    #[error("encodedList does not hold one gzip stream")]
    NotGzip,
    /// The list inflates to more than [`MAX_INFLATED`] bytes.
    #[error("the list inflates to more than {MAX_INFLATED} bytes")]
    TooLarge,
    /// Fewer entries than [`MIN_ENTRIES`] (STATUS_LIST_LENGTH_ERROR), or more than
    /// [`MAX_ENTRIES`] at issue.
    #[error("the list has {entries} entries; {MIN_ENTRIES} to {MAX_ENTRIES} are allowed")]
    Length {
        /// How many it has.
        entries: usize,
    },
    /// `statusListIndex` is not the decimal form of an integer below [`MAX_ENTRIES`].
    #[error("statusListIndex {0:?} is not a decimal integer from 0 to {max}", max = MAX_ENTRIES - 1)]
    BadIndex(String),
    /// The index lies behind the end of the list (RANGE_ERROR).
    #[error("index {index} lies behind the end of a list of {entries} entries")]
    OutOfRange {
        /// The index.
        index: u32,
        /// How many entries the list has.
        entries: usize,
    },
    /// A `statusSize` that is not 1 to [`MAX_STATUS_SIZE`].
    #[error("statusSize {0} is not a number from 1 to {MAX_STATUS_SIZE}")]
    BadSize(u32),
}

/// Reads `statusListIndex`: decimal digits without sign, space or leading zero, below
/// [`MAX_ENTRIES`].
///
/// # Errors
/// [`Error::BadIndex`]; an unreadable index is never taken for 0.
pub fn parse_index(text: &str) -> Result<u32, Error> {
    let bad = || Error::BadIndex(text.chars().take(40).collect());
    let canonical = text == "0" || !text.starts_with('0');
    let digits = (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !canonical || !digits {
        return Err(bad());
    }
    let index: u32 = text.parse().map_err(|_| bad())?;
    if usize::try_from(index).is_ok_and(|index| index < MAX_ENTRIES) {
        Ok(index)
    } else {
        Err(bad())
    }
}

/// A list of bits. Entry 0 is the most significant bit of the first byte (§3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusList {
    bytes: Vec<u8>,
}

impl StatusList {
    /// A list of that many one-bit entries, all clear; rounded up to whole bytes.
    ///
    /// # Errors
    /// [`Error::Length`] outside [`MIN_ENTRIES`] to [`MAX_ENTRIES`].
    pub fn new(entries: usize) -> Result<Self, Error> {
        if !(MIN_ENTRIES..=MAX_ENTRIES).contains(&entries) {
            return Err(Error::Length { entries });
        }
        Ok(Self { bytes: vec![0; entries.div_ceil(8)] })
    }

    /// Reads an `encodedList`: `u`, then base64url of a gzip stream.
    ///
    /// # Errors
    /// What is wrong with its form. Its length is for [`check_length`](Self::check_length).
    pub fn decode(encoded: &str) -> Result<Self, Error> {
        Self::decode_base64url(encoded.strip_prefix('u').ok_or(Error::NotMultibase)?)
    }

    /// Reads an `encodedList` of the older StatusList2021, which has no multibase prefix.
    ///
    /// # Errors
    /// What is wrong with its form.
    pub fn decode_2021(encoded: &str) -> Result<Self, Error> {
        Self::decode_base64url(encoded.trim_end_matches('='))
    }

    fn decode_base64url(encoded: &str) -> Result<Self, Error> {
        let packed = BASE64_URL_SAFE_NO_PAD.decode(encoded).map_err(|_| Error::NotBase64)?;
        let limit = u64::try_from(MAX_INFLATED).unwrap_or(u64::MAX);
        let mut stream = GzDecoder::new(packed.as_slice());
        let mut bytes = Vec::new();
        stream.by_ref().take(limit + 1).read_to_end(&mut bytes).map_err(|_| Error::NotGzip)?;
        if bytes.len() > MAX_INFLATED {
            return Err(Error::TooLarge);
        }
        // A second stream would be part of the list for some readers and not for others.
        if !stream.into_inner().is_empty() {
            return Err(Error::NotGzip);
        }
        Ok(Self { bytes })
    }

    /// The `encodedList` of this list. Equal lists give equal texts.
    pub fn encode(&self) -> String {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        // Writing to memory does not fail.
        let packed =
            packer.write_all(&self.bytes).and_then(|()| packer.finish()).unwrap_or_default();
        format!("u{}", BASE64_URL_SAFE_NO_PAD.encode(packed))
    }

    /// How many one-bit entries there are.
    pub fn entries(&self) -> usize {
        self.bytes.len().saturating_mul(8)
    }

    /// Whether the list hides its entries as the specification demands (§3.2 step 8).
    ///
    /// # Errors
    /// [`Error::Length`] for fewer than [`MIN_ENTRIES`] entries of `size` bits.
    pub fn check_length(&self, size: u32) -> Result<(), Error> {
        let entries = self.entries_of(size)?;
        if entries < MIN_ENTRIES { Err(Error::Length { entries }) } else { Ok(()) }
    }

    /// Whether the bit at `index` is set.
    ///
    /// # Errors
    /// [`Error::OutOfRange`].
    pub fn get(&self, index: u32) -> Result<bool, Error> {
        Ok(self.value(index, 1)? != 0)
    }

    /// The entry at `index` in a list of entries of `size` bits each, first bit most significant.
    ///
    /// # Errors
    /// [`Error::OutOfRange`], [`Error::BadSize`].
    pub fn value(&self, index: u32, size: u32) -> Result<u8, Error> {
        let entries = self.entries_of(size)?;
        let out_of_range = Error::OutOfRange { index, entries };
        let first = u64::from(index) * u64::from(size);
        if usize::try_from(index).map_or(true, |index| index >= entries) {
            return Err(out_of_range);
        }
        let mut value = 0;
        for at in first..first + u64::from(size) {
            let byte = usize::try_from(at / 8).ok().and_then(|at| self.bytes.get(at));
            let byte = byte.ok_or_else(|| out_of_range.clone())?;
            value = (value << 1) | ((byte >> (7 - at % 8)) & 1);
        }
        Ok(value)
    }

    /// Sets or clears the bit at `index`; tells whether that changed it.
    ///
    /// # Errors
    /// [`Error::OutOfRange`].
    pub fn set(&mut self, index: u32, on: bool) -> Result<bool, Error> {
        let entries = self.entries();
        let byte = usize::try_from(index / 8)
            .ok()
            .and_then(|at| self.bytes.get_mut(at))
            .ok_or(Error::OutOfRange { index, entries })?;
        let mask = 0x80 >> (index % 8);
        let before = *byte;
        *byte = if on { before | mask } else { before & !mask };
        Ok(*byte != before)
    }

    /// The bits, eight a byte.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A list of these bits, eight a byte, as it was stored.
    ///
    /// # Errors
    /// [`Error::Length`] outside [`MIN_ENTRIES`] to [`MAX_ENTRIES`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Error> {
        let entries = bytes.len().saturating_mul(8);
        if !(MIN_ENTRIES..=MAX_ENTRIES).contains(&entries) {
            return Err(Error::Length { entries });
        }
        Ok(Self { bytes })
    }

    fn entries_of(&self, size: u32) -> Result<usize, Error> {
        match usize::try_from(size) {
            Ok(bits) if (1..=MAX_STATUS_SIZE).contains(&size) => Ok(self.entries() / bits),
            _ => Err(Error::BadSize(size)),
        }
    }
}

/// What the credential that carries a list says besides the list.
#[derive(Clone, Copy, Debug)]
pub struct ListCredential<'a> {
    /// The URL it is served at.
    pub id: &'a str,
    /// The issuer's id: a string, because readers compare it as one.
    pub issuer: &'a str,
    /// `revocation` or `suspension`.
    pub purpose: &'a str,
    /// When this state of the list was signed, UTC, written to the second.
    pub valid_from: Timestamp,
    /// For how long a copy may be used, in milliseconds.
    pub ttl: u64,
}

impl ListCredential<'_> {
    /// The BitstringStatusListCredential (§4.2) around `list`, still without a proof.
    pub fn render(&self, list: &StatusList) -> Value {
        json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": self.id,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": self.issuer,
            "validFrom": self.valid_from.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "credentialSubject": {
                "id": format!("{}#list", self.id),
                "type": "BitstringStatusList",
                "statusPurpose": self.purpose,
                "ttl": self.ttl,
                "encodedList": list.encode(),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list of zeros that the specification shows.
    const ZEROS: &str = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn encoded(bytes: &[u8]) -> String {
        format!("u{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    #[test]
    fn reads_the_list_that_the_specification_shows() {
        let zeros = StatusList::decode(ZEROS).unwrap();
        assert_eq!(zeros, StatusList::new(MIN_ENTRIES).unwrap());
        assert_eq!(zeros.check_length(1), Ok(()));
        assert_eq!(zeros.check_length(2), Err(Error::Length { entries: MIN_ENTRIES / 2 }));
        assert_eq!(StatusList::decode_2021(&ZEROS[1..]).unwrap(), zeros);
    }

    #[test]
    fn what_is_set_is_read_back_from_the_most_significant_bit_on() {
        let mut list = StatusList::new(MIN_ENTRIES).unwrap();
        for index in [0, 9, 131_071] {
            assert_eq!(list.set(index, true), Ok(true));
            assert_eq!(list.set(index, true), Ok(false), "set already");
        }
        let read = StatusList::decode(&list.encode()).unwrap();
        assert_eq!(read, list);
        assert_eq!((list.as_bytes()[0], list.as_bytes()[1]), (0x80, 0x40));
        let set: Vec<u32> = (0..131_072).filter(|index| read.get(*index).unwrap()).collect();
        assert_eq!(set, [0, 9, 131_071]);
        assert_eq!(list.set(9, false), Ok(true));
        assert_eq!(list.get(9), Ok(false));
        assert_eq!(StatusList::from_bytes(list.as_bytes().to_vec()), Ok(list));
    }

    #[test]
    fn entries_of_several_bits_are_read_across_bytes() {
        let mut list = StatusList::new(MIN_ENTRIES).unwrap();
        // Entry 2 of three bits lies on bits 6, 7 and 8: 1, 0, 1.
        list.set(6, true).unwrap();
        list.set(8, true).unwrap();
        assert_eq!(list.value(2, 3), Ok(0b101));
        assert_eq!(list.value(0, 8), Ok(2));
        assert_eq!(list.value(43_689, 3), Ok(0));
        assert!(matches!(list.value(43_690, 3), Err(Error::OutOfRange { .. })));
        assert_eq!(list.value(0, 0), Err(Error::BadSize(0)));
        assert_eq!(list.value(0, 9), Err(Error::BadSize(9)));
    }

    #[test]
    fn an_index_is_canonical_decimal_or_an_error() {
        assert_eq!(parse_index("0"), Ok(0));
        assert_eq!(parse_index("67108863"), Ok(67_108_863));
        for bad in [
            "",
            "-1",
            "+1",
            " 1",
            "1 ",
            "01",
            "00",
            "1.0",
            "1e3",
            "0x1",
            "67108864",
            "4294967296",
            "99999999999999999999",
            "１",
            "null",
            "NaN",
            "1_000",
        ] {
            assert_eq!(parse_index(bad), Err(Error::BadIndex(bad.to_owned())), "{bad}");
        }
    }

    #[test]
    fn places_behind_the_end_are_errors() {
        let mut list = StatusList::new(MIN_ENTRIES).unwrap();
        let error = Error::OutOfRange { index: 131_072, entries: MIN_ENTRIES };
        assert_eq!(list.get(131_072), Err(error.clone()));
        assert_eq!(list.set(131_072, true), Err(error));
        assert!(
            StatusList::new(MIN_ENTRIES - 1).is_err() && StatusList::new(MAX_ENTRIES + 1).is_err()
        );
        assert!(StatusList::from_bytes(vec![0; 3]).is_err());
    }

    #[test]
    fn malformed_and_oversized_lists_are_named() {
        assert_eq!(StatusList::decode(&ZEROS[1..]), Err(Error::NotMultibase));
        assert_eq!(StatusList::decode("z6Mk"), Err(Error::NotMultibase));
        assert_eq!(StatusList::decode("u+/=="), Err(Error::NotBase64));
        assert_eq!(StatusList::decode("u"), Err(Error::NotGzip));
        assert_eq!(StatusList::decode(&encoded(&[0; 32])), Err(Error::NotGzip));
        let list = gzip(&[0; 16_384]);
        assert_eq!(StatusList::decode(&encoded(&list[..list.len() - 3])), Err(Error::NotGzip));
        let two = [list.clone(), list].concat();
        assert_eq!(StatusList::decode(&encoded(&two)), Err(Error::NotGzip));
        let bomb = gzip(&vec![0; MAX_INFLATED + 1]);
        assert_eq!(StatusList::decode(&encoded(&bomb)), Err(Error::TooLarge));
        let full = gzip(&vec![0; MAX_INFLATED]);
        assert_eq!(StatusList::decode(&encoded(&full)).unwrap().entries(), MAX_INFLATED * 8);
    }

    #[test]
    fn the_credential_names_list_purpose_and_time() {
        let list = StatusList::new(MIN_ENTRIES).unwrap();
        let credential = ListCredential {
            id: "https://b.example/status/1",
            issuer: "did:web:b.example",
            purpose: "revocation",
            valid_from: "2026-11-22T06:00:00.5Z".parse().unwrap(),
            ttl: 300_000,
        };
        let json = credential.render(&list);
        assert_eq!(json["validFrom"], "2026-11-22T06:00:00Z");
        assert_eq!(json["issuer"], "did:web:b.example");
        let subject = &json["credentialSubject"];
        assert_eq!(subject["statusPurpose"], "revocation");
        assert_eq!(subject["ttl"], 300_000);
        assert_eq!(StatusList::decode(subject["encodedList"].as_str().unwrap()), Ok(list));
    }
}
