//! Multikey: a multicodec prefix and the raw key, in base58btc (Controlled Identifiers §2.2.2).

use super::{KeyError, KeyType, PublicKey};
use crate::proof::encoding::{base58, from_multibase};

/// Longest multikey read, in characters. The longest of ours, P-384, has 70 in base58 and 69 in
/// base64url.
const MAX_LENGTH: usize = 80;

/// Multicodec codes as unsigned varints: public and private.
const CODES: [(KeyType, [u8; 2], [u8; 2]); 3] = [
    (KeyType::Ed25519, [0xed, 0x01], [0x80, 0x26]),
    (KeyType::P256, [0x80, 0x24], [0x86, 0x26]),
    (KeyType::P384, [0x81, 0x24], [0x87, 0x26]),
];

impl PublicKey {
    /// Reads a multikey such as `z6Mk…`.
    ///
    /// # Errors
    /// Not base58btc, longer than any key we know, another kind of key, or not a usable key.
    pub fn from_multikey(text: &str) -> Result<Self, KeyError> {
        // The Multikey type of Data Integrity keys and did:key are base58btc only.
        if !text.starts_with('z') {
            let error = crate::proof::encoding::EncodingError::Multibase;
            return Err(KeyError::Encoding { what: "multikey", error });
        }
        let bytes = from_multibase(text, MAX_LENGTH).map_err(KeyError::encoding("multikey"))?;
        let (code, key) = bytes.split_at_checked(2).ok_or(KeyError::UnknownMultikey)?;
        match CODES.iter().find(|(_, public, _)| public == code) {
            Some((KeyType::Ed25519, ..)) => Self::ed25519(key),
            Some((KeyType::P256, ..)) => Self::p256(compressed(key, 33)?),
            Some((KeyType::P384, ..)) => Self::p384(compressed(key, 49)?),
            _ => Err(KeyError::UnknownMultikey),
        }
    }

    /// The multikey; `None` for RSA, which we publish as JWK only.
    pub fn to_multikey(&self) -> Option<String> {
        let (_, code, _) = CODES.iter().find(|(kind, ..)| *kind == self.key_type())?;
        Some(base58(&[&code[..], &self.to_bytes()].concat()))
    }
}

/// The kind and the bytes of a private multikey, such as test vectors have.
pub(super) fn private_multikey(
    text: &str,
) -> Result<(KeyType, zeroize::Zeroizing<Vec<u8>>), KeyError> {
    let bytes = from_multibase(text, MAX_LENGTH).map_err(KeyError::encoding("multikey"))?;
    let bytes = zeroize::Zeroizing::new(bytes);
    let (code, key) = bytes.split_at_checked(2).ok_or(KeyError::UnknownMultikey)?;
    let (kind, ..) =
        CODES.iter().find(|(.., private)| private == code).ok_or(KeyError::UnknownMultikey)?;
    Ok((*kind, zeroize::Zeroizing::new(key.to_vec())))
}

/// Multikeys hold compressed points only; the point parser would take the other forms too.
fn compressed(key: &[u8], expected: usize) -> Result<&[u8], KeyError> {
    if key.len() == expected {
        Ok(key)
    } else {
        Err(KeyError::Length { what: "the point", found: key.len(), expected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::encoding::EncodingError;

    #[test]
    fn multikeys_of_every_kind_come_back_as_they_were() {
        for text in [
            "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
            "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP",
            "z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ",
        ] {
            let key = PublicKey::from_multikey(text).unwrap();
            assert_eq!(key.to_multikey().unwrap(), text);
        }
    }

    #[test]
    fn multikeys_that_are_not_keys_are_refused() {
        let small_order = base58(&[&[0xed, 1, 1][..], &[0; 31]].concat());
        assert_eq!(PublicKey::from_multikey(&small_order), Err(KeyError::SmallOrder));
        let off_curve = base58(&[&[0x80, 0x24, 2][..], &[0xff; 32]].concat());
        assert_eq!(PublicKey::from_multikey(&off_curve), Err(KeyError::NotOnCurve(KeyType::P256)));
        let x25519 = base58(&[&[0xec, 1][..], &[9; 32]].concat());
        assert_eq!(PublicKey::from_multikey(&x25519), Err(KeyError::UnknownMultikey));
        let short = base58(&[&[0xed, 1][..], &[9; 31]].concat());
        assert!(matches!(PublicKey::from_multikey(&short), Err(KeyError::Length { .. })));
        let long = format!("z{}", "6".repeat(1 << 20));
        assert!(matches!(
            PublicKey::from_multikey(&long),
            Err(KeyError::Encoding { error: EncodingError::TooLong { .. }, .. })
        ));
        assert!(PublicKey::from_multikey("").is_err());
        assert!(PublicKey::from_multikey("z").is_err());
    }
}
