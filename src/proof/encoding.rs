//! Strict base64url and multibase: one spelling for each sequence of bytes.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::base58;
pub use crate::domain::hex;

/// Why a text does not decode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// Not base64url without padding (RFC 7515 §2), or unused bits that are not zero.
    #[error("not base64url without padding")]
    Base64Url,
    /// Not a multibase text in one of the bases we read: `z` (base58btc) and `u` (base64url).
    #[error("not a multibase text that starts with `z` or `u`")]
    Multibase,
    /// A character outside the base58btc alphabet.
    #[error("not base58btc")]
    Base58,
    /// The text is longer than anything it may hold; it was not decoded.
    #[error("the text is {length} characters long, more than the {limit} it may have")]
    TooLong {
        /// How long it is, in bytes.
        length: usize,
        /// How long it may be, in bytes.
        limit: usize,
    },
}

/// Base64url without padding.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads base64url: no padding, no white space, unused bits zero, so that no two texts give the
/// same bytes.
///
/// # Errors
/// [`EncodingError::Base64Url`]
pub fn from_base64url(text: &str) -> Result<Vec<u8>, EncodingError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| EncodingError::Base64Url)
}

/// Base64 with padding, as PEM has it.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads base64 with padding.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Multibase base58btc: `z` and the text.
pub fn base58(bytes: &[u8]) -> String {
    format!("z{}", base58::encode(bytes))
}

/// Reads multibase `z…` or `u…`.
///
/// Decoding base58 takes time that grows with the square of the length, so nothing longer than
/// `limit` characters is decoded.
///
/// # Errors
/// Any [`EncodingError`].
pub fn from_multibase(text: &str, limit: usize) -> Result<Vec<u8>, EncodingError> {
    if text.len() > limit {
        return Err(EncodingError::TooLong { length: text.len(), limit });
    }
    if let Some(rest) = text.strip_prefix('z') {
        base58::decode(rest).ok_or(EncodingError::Base58)
    } else if let Some(rest) = text.strip_prefix('u') {
        from_base64url(rest)
    } else {
        Err(EncodingError::Multibase)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_has_one_spelling_for_each_sequence_of_bytes() {
        assert_eq!(from_base64url("AA").unwrap(), [0]);
        for odd in ["AB", "AA==", "A", "AA ", " AA", "AA\n", "A+", "A/", "AA="] {
            assert_eq!(from_base64url(odd), Err(EncodingError::Base64Url), "{odd:?}");
        }
    }

    #[test]
    fn long_base58_is_refused_before_it_is_decoded() {
        let long = format!("z{}", "2".repeat(1_000_000));
        assert!(matches!(from_multibase(&long, 89), Err(EncodingError::TooLong { .. })));
        assert_eq!(from_multibase("z0", 9), Err(EncodingError::Base58));
        assert_eq!(from_multibase("mAA", 9), Err(EncodingError::Multibase));
        assert_eq!(from_multibase(&base58(&[0, 1, 2]), 9).unwrap(), [0, 1, 2]);
    }
}
