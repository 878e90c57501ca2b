//! `relatedResource`: what else a credential refers to, with a digest of it (VCDM 2.0 §5.3).

use std::collections::HashSet;

use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::json::Value;
use crate::proof::encoding::{from_base64, from_multibase, hex};

/// A digest that a credential states of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Digest {
    algorithm: Algorithm,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Sha256,
    Sha384,
    Sha512,
}

impl Algorithm {
    fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

impl Digest {
    /// Whether it is the digest of these bytes.
    pub(super) fn is_of(&self, bytes: &[u8]) -> bool {
        match self.algorithm {
            Algorithm::Sha256 => Sha256::digest(bytes).as_slice() == self.bytes,
            Algorithm::Sha384 => Sha384::digest(bytes).as_slice() == self.bytes,
            Algorithm::Sha512 => Sha512::digest(bytes).as_slice() == self.bytes,
        }
    }

    fn of_length(algorithm: Algorithm, bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() == algorithm.length()).then_some(Self { algorithm, bytes })
    }
}

/// The digests that an object states: `digestSRI`, `digestMultibase`, and `sha256` as hex. None of
/// them is no digest; one that cannot be read is an error.
pub(super) fn digests(resource: &Value<'_>) -> Result<Vec<Digest>, &'static str> {
    let mut found = Vec::new();
    for text in texts(resource, "digestSRI")? {
        // Several digests stand side by side; any one may be of a kind that is not known here.
        let read: Vec<Digest> = text.split_ascii_whitespace().filter_map(integrity).collect();
        if read.is_empty() {
            return Err("has a digestSRI that cannot be read");
        }
        found.extend(read);
    }
    for text in texts(resource, "digestMultibase")? {
        found.push(multibase(text).ok_or("has a digestMultibase that cannot be read")?);
    }
    for text in texts(resource, "sha256")? {
        found.push(from_hex(text).ok_or("has a sha256 that is not 64 hex digits")?);
    }
    Ok(found)
}

fn texts<'v>(resource: &'v Value<'_>, name: &str) -> Result<Vec<&'v str>, &'static str> {
    let items = resource.get(name).map(Value::items).unwrap_or_default();
    let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
    texts.ok_or("has a digest that is not a text")
}

/// Subresource Integrity: `sha256-` and base64.
fn integrity(text: &str) -> Option<Digest> {
    let (name, rest) = text.split_once('-')?;
    let algorithm = match name {
        "sha256" => Algorithm::Sha256,
        "sha384" => Algorithm::Sha384,
        "sha512" => Algorithm::Sha512,
        _ => return None,
    };
    let encoded = rest.split('?').next().unwrap_or_default();
    Digest::of_length(algorithm, from_base64(encoded)?)
}

/// A multihash in multibase: `u` base64url or `z` base58, then the codes of algorithm and length.
fn multibase(text: &str) -> Option<Digest> {
    let bytes = from_multibase(text, 160).ok()?;
    let (algorithm, rest) = match bytes.as_slice() {
        [0x12, 0x20, rest @ ..] => (Algorithm::Sha256, rest),
        [0x20, 0x30, rest @ ..] => (Algorithm::Sha384, rest),
        [0x13, 0x40, rest @ ..] => (Algorithm::Sha512, rest),
        _ => return None,
    };
    Digest::of_length(algorithm, rest.to_vec())
}

fn from_hex(text: &str) -> Option<Digest> {
    let text = text.to_ascii_lowercase();
    let bytes: Option<Vec<u8>> = text
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    Digest::of_length(Algorithm::Sha256, bytes?).filter(|digest| hex(&digest.bytes) == text)
}

/// What is wrong with the related resources of a credential: a JSON pointer and a few words.
pub(super) fn faults(credential: &Value<'_>) -> Vec<(String, &'static str)> {
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    let resources = credential.get("relatedResource").map(Value::items).unwrap_or_default();
    for (at, resource) in resources.iter().enumerate() {
        let pointer = format!("/relatedResource/{at}");
        match resource.str_of("id") {
            None => faults.push((format!("{pointer}/id"), "is missing")),
            Some(id) if !seen.insert(id) => {
                faults.push((format!("{pointer}/id"), "is there twice"));
            }
            Some(_) => {}
        }
        match digests(resource) {
            Err(why) => faults.push((pointer, why)),
            Ok(digests) if digests.is_empty() => faults.push((pointer, "has no digest")),
            Ok(_) => {}
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;
    use crate::proof::encoding::{base58, base64, base64url};

    #[test]
    fn digests_are_read_in_each_form_and_held_to_the_bytes() {
        let bytes = b"evidence";
        let sha256 = Sha256::digest(bytes);
        let mut multihash = vec![0x12, 0x20];
        multihash.extend_from_slice(&sha256);
        let forms = [
            format!(r#"{{"digestSRI":"sha256-{}"}}"#, base64(&sha256)),
            format!(r#"{{"digestSRI":"sha384-{}"}}"#, base64(&Sha384::digest(bytes))),
            format!(r#"{{"digestMultibase":"u{}"}}"#, base64url(&multihash)),
            format!(r#"{{"digestMultibase":"{}"}}"#, base58(&multihash)),
            format!(r#"{{"sha256":"{}"}}"#, hex(&sha256)),
        ];
        for form in forms {
            let found = digests(&json::parse(&form).unwrap()).unwrap();
            assert_eq!(found.len(), 1, "{form}");
            assert!(found[0].is_of(bytes) && !found[0].is_of(b"other"), "{form}");
        }
        assert_eq!(digests(&json::parse("{}").unwrap()), Ok(Vec::new()));
        for bad in [
            r#"{"digestSRI":"sha256-AAAA"}"#,
            r#"{"digestSRI":"md5-AAAA"}"#,
            r#"{"digestMultibase":"uAAAA"}"#,
            r#"{"digestMultibase":""}"#,
            r#"{"sha256":"zz"}"#,
            r#"{"sha256":7}"#,
        ] {
            assert!(digests(&json::parse(bad).unwrap()).is_err(), "{bad}");
        }
    }

    #[test]
    fn resources_without_digest_or_twice_are_named() {
        let text = r#"{"relatedResource":[{"id":"https://a.example/"},{"id":"https://a.example/",
            "sha256":"aa"},{"digestSRI":"x"}]}"#;
        let places: Vec<String> =
            faults(&json::parse(text).unwrap()).into_iter().map(|(place, _)| place).collect();
        assert_eq!(
            places,
            [
                "/relatedResource/0",
                "/relatedResource/1/id",
                "/relatedResource/1",
                "/relatedResource/2/id",
                "/relatedResource/2"
            ]
        );
    }
}
