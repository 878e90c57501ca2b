//! PEM and the ASN.1 of public keys: SubjectPublicKeyInfo (RFC 5280 §4.1) and, to be read only,
//! PKCS#1 RSAPublicKey (RFC 8017 appendix A.1.1).

use p256::pkcs8::der::asn1::UintRef;
use p256::pkcs8::der::{Decode as _, Reader as _, SliceReader};
use p256::pkcs8::{ObjectIdentifier, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use super::public::Kind;
use super::{KeyError, KeyType, PublicKey};
use crate::proof::encoding::{base64, from_base64};

/// Longest PEM text read, in bytes: a private RSA key of 4096 bits has 3.3 KB.
pub(super) const MAX_PEM: usize = 16 * 1024;

const OID_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const OID_EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const OID_P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const OID_P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const OID_ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

impl PublicKey {
    /// Reads a PEM text with one `PUBLIC KEY` block (or `RSA PUBLIC KEY`, which some Open Badges
    /// 2.0 issuers publish). Line lengths and line ends do not matter.
    ///
    /// # Errors
    /// Not such a text, another kind of key, or not a usable key.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let (label, der) = block(text).ok_or(KeyError::Pem("a public key"))?;
        match label {
            "PUBLIC KEY" => Self::from_spki_der(&der),
            "RSA PUBLIC KEY" => rsa_public_key(&der),
            _ => Err(KeyError::Pem("a public key")),
        }
    }

    /// The PEM text of the SubjectPublicKeyInfo.
    pub fn to_pem(&self) -> String {
        write_block("PUBLIC KEY", &self.to_spki_der())
    }

    /// Reads a DER encoded SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// Not such a structure, another kind of key, or not a usable key.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyError> {
        let malformed = || KeyError::Der("SubjectPublicKeyInfo");
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| malformed())?;
        let key = info.subject_public_key.as_bytes().ok_or_else(malformed)?;
        let curve = info.algorithm.parameters_oid().ok();
        match (info.algorithm.oid, curve) {
            (OID_ED25519, None) if info.algorithm.parameters.is_none() => Self::ed25519(key),
            (OID_EC, Some(OID_P256)) => Self::p256(key),
            (OID_EC, Some(OID_P384)) => Self::p384(key),
            (OID_RSA, None) => rsa_public_key(key),
            _ => Err(malformed()),
        }
    }

    /// The DER encoded SubjectPublicKeyInfo.
    pub fn to_spki_der(&self) -> Vec<u8> {
        match self.kind() {
            Kind::Ed25519(key) => {
                spki(&sequence(&[tlv(0x06, OID_ED25519.as_bytes())]), key.as_bytes())
            }
            Kind::P256 { key, .. } => ec_spki(KeyType::P256, key.to_sec1_point(false).as_bytes()),
            Kind::P384(key) => ec_spki(KeyType::P384, key.to_sec1_point(false).as_bytes()),
            Kind::Rsa(rsa) => rsa_spki(&rsa.modulus, &rsa.exponent),
        }
    }
}

fn rsa_public_key(der: &[u8]) -> Result<PublicKey, KeyError> {
    let malformed = |_| KeyError::Der("RSAPublicKey");
    let mut reader = SliceReader::new(der).map_err(malformed)?;
    let (modulus, exponent) = reader
        .sequence(|inner: &mut SliceReader<'_>| {
            Ok::<_, p256::pkcs8::der::Error>((UintRef::decode(inner)?, UintRef::decode(inner)?))
        })
        .map_err(malformed)?;
    reader.finish().map_err(malformed)?;
    PublicKey::rsa(modulus.as_bytes(), exponent.as_bytes())
}

pub(super) fn ec_spki(key_type: KeyType, point: &[u8]) -> Vec<u8> {
    let curve = if key_type == KeyType::P384 { OID_P384 } else { OID_P256 };
    let algorithm = sequence(&[tlv(0x06, OID_EC.as_bytes()), tlv(0x06, curve.as_bytes())]);
    spki(&algorithm, point)
}

pub(super) fn rsa_spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let algorithm = sequence(&[tlv(0x06, OID_RSA.as_bytes()), tlv(0x05, &[])]);
    spki(&algorithm, &sequence(&[unsigned(modulus), unsigned(exponent)]))
}

fn spki(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    sequence(&[algorithm.to_vec(), tlv(0x03, &[&[0], key].concat())])
}

pub(super) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// An ASN.1 INTEGER that is never negative.
fn unsigned(bytes: &[u8]) -> Vec<u8> {
    if bytes.first().is_some_and(|top| *top >= 0x80) {
        tlv(0x02, &[&[0], bytes].concat())
    } else {
        tlv(0x02, bytes)
    }
}

/// Tag, length, value (X.690 §8.1), definite lengths.
fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len().to_be_bytes();
    let significant: &[u8] = {
        let zeros = length.iter().take_while(|byte| **byte == 0).count();
        length.get(zeros..).unwrap_or_default()
    };
    let mut out = vec![tag];
    if significant.is_empty() {
        out.push(0);
    } else {
        if value.len() >= 0x80 {
            out.push(0x80 | u8::try_from(significant.len()).unwrap_or_default());
        }
        out.extend_from_slice(significant);
    }
    out.extend_from_slice(value);
    out
}

/// Label and bytes of the only block of a PEM text (RFC 7468, but lines of any length).
pub(super) fn block(text: &str) -> Option<(&str, Zeroizing<Vec<u8>>)> {
    if text.len() > MAX_PEM {
        return None;
    }
    let rest = text.trim().strip_prefix("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let body = rest.strip_suffix("-----")?.strip_suffix(label)?.strip_suffix("-----END ")?;
    let body: Zeroizing<String> =
        Zeroizing::new(body.chars().filter(|c| !c.is_ascii_whitespace()).collect());
    Some((label, Zeroizing::new(from_base64(&body)?)))
}

/// A PEM text of one block, lines of 64 characters.
pub(super) fn write_block(label: &str, der: &[u8]) -> String {
    let body = Zeroizing::new(base64(der));
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest: &str = &body;
    while !rest.is_empty() {
        let (line, tail) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = tail;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_keys_survive_pem_whatever_its_lines_look_like() {
        for multikey in [
            "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
            "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP",
            "z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ",
        ] {
            let key = PublicKey::from_multikey(multikey).unwrap();
            let pem = key.to_pem();
            assert_eq!(PublicKey::from_pem(&pem).unwrap(), key);
            assert_eq!(PublicKey::from_pem(&pem.replace('\n', "\r\n")).unwrap(), key);
            assert_eq!(PublicKey::from_pem(pem.trim_end()).unwrap(), key);
        }
    }

    #[test]
    fn texts_that_are_not_one_public_key_are_refused() {
        let key = PublicKey::from_multikey("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2");
        let pem = key.unwrap().to_pem();
        for bad in [
            String::new(),
            "-----BEGIN PUBLIC KEY-----".to_owned(),
            pem.replace("PUBLIC", "PRIVATE"),
            pem.replacen("PUBLIC", "SECRET", 1),
            format!("{pem}{pem}"),
            pem.replace("MCow", "MCoy"),
            pem.replace("MCow", "!!!!"),
            "A".repeat(MAX_PEM + 1),
        ] {
            assert!(PublicKey::from_pem(&bad).is_err(), "{bad}");
        }
    }
}
