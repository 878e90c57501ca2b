//! The three parts of a compact JWS (RFC 7515 §7.1).

use std::borrow::Cow;

use super::header::{Header, MAX_HEADER};
use super::{JwsError, MAX_SIGNATURE};
use crate::proof::encoding::from_base64url;

/// Longest token read, in bytes: room for a credential of 512 KiB in base64.
pub const MAX_TOKEN: usize = 1024 * 1024;

/// A compact JWS, taken apart but not yet checked.
#[derive(Clone, Debug)]
pub struct Compact<'a> {
    header: Header,
    signing_input: Cow<'a, str>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Compact<'a> {
    /// Takes a token apart. Sizes and shape come before any decoding.
    ///
    /// # Errors
    /// Any [`JwsError`]; white space around the token is not tolerated either.
    pub fn parse(token: &'a str) -> Result<Self, JwsError> {
        if token.len() > MAX_TOKEN {
            return Err(JwsError::TooLong(token.len()));
        }
        let count = token.split('.').count();
        let (Some((signing_input, signature)), 3) = (token.rsplit_once('.'), count) else {
            return Err(JwsError::Parts(count));
        };
        let (header, payload) = signing_input.split_once('.').ok_or(JwsError::Parts(count))?;
        let header = decode("header", header, MAX_HEADER)?;
        let signature = decode("signature", signature, MAX_SIGNATURE)?;
        let header = Header::parse(&header)?;
        let payload = decode("payload", payload, MAX_TOKEN)?;
        Ok(Self { header, signing_input: Cow::Borrowed(signing_input), payload, signature })
    }

    /// The same, independent of the text that it was taken from.
    pub fn into_owned(self) -> Compact<'static> {
        let Self { header, signing_input, payload, signature } = self;
        let signing_input = Cow::Owned(signing_input.into_owned());
        Compact { header, signing_input, payload, signature }
    }

    /// What the header says.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The signed text: header and payload as they stand in the token.
    pub fn signing_input(&self) -> &str {
        &self.signing_input
    }

    /// The payload, decoded. It is JSON in every token we know, and is read with [`crate::json`].
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The signature, decoded.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Whether a text looks like a compact JWS: three runs of base64url characters, the first of
    /// which starts like an encoded object. For sniffing input; parsing decides.
    pub fn looks_like(text: &str) -> bool {
        let mut parts = text.split('.');
        let three = text.split('.').count() == 3;
        let starts = parts.next().is_some_and(|header| header.starts_with("ey"));
        three
            && starts
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    }
}

fn decode(part: &'static str, text: &str, limit: usize) -> Result<Vec<u8>, JwsError> {
    if text.is_empty() {
        return Err(JwsError::Empty(part));
    }
    if text.len() / 4 * 3 > limit {
        return Err(JwsError::PartTooLong(part));
    }
    from_base64url(text).map_err(|error| JwsError::Encoding { part, error })
}
