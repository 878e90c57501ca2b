//! What came of asking for a document.

use std::sync::Arc;

use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::form::FormProblem;
use crate::domain::hex;

/// A document as it was served with status 200 (or 410, see [`Why::Gone`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// The URL that was asked for, without fragment.
    pub url: String,
    /// The URL that answered, after redirects; the same as `url` without any.
    pub final_url: String,
    /// HTTP status.
    pub status: u16,
    /// `Content-Type` as sent; nothing is decided by it.
    pub content_type: Option<String>,
    /// The body; clones of a document share it.
    #[serde(with = "body")]
    pub bytes: Arc<[u8]>,
    /// When the origin gave it, or last confirmed it.
    pub fetched_at: Timestamp,
    /// SHA-256 of the body, lower-case hex.
    pub sha256: String,
    /// Whether a redirect led to another origin on the way.
    pub crossed_origin: bool,
}

impl Document {
    /// A document known without fetching: own, bundled, or handed in by a caller.
    pub fn known(url: &str, content_type: &str, bytes: Vec<u8>, at: Timestamp) -> Self {
        Self {
            url: url.to_owned(),
            final_url: url.to_owned(),
            status: 200,
            content_type: Some(content_type.to_owned()),
            sha256: sha256_hex(&bytes),
            bytes: bytes.into(),
            fetched_at: at,
            crossed_origin: false,
        }
    }
}

/// SHA-256 of `bytes` in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// What came of asking for a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It is here.
    Got(Document),
    /// It was asked for and did not come.
    Missing(Why),
    /// It was not asked for: the guard, the budget or its own form forbids it.
    Refused(Why),
}

impl Outcome {
    /// The document, if it is here.
    pub fn document(&self) -> Option<&Document> {
        match self {
            Self::Got(document) => Some(document),
            _ => None,
        }
    }

    /// Why it is not here.
    pub fn why(&self) -> Option<&Why> {
        match self {
            Self::Got(_) => None,
            Self::Missing(why) | Self::Refused(why) => Some(why),
        }
    }
}

/// Why a document is not here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub enum Why {
    /// 404: there is no such document.
    #[error("there is no document at that URL (404)")]
    NotFound,
    /// 410, with the body if there was one.
    #[error("the document has been withdrawn (410)")]
    Gone(Option<Box<Document>>),
    /// Another 4xx status, or one that is not a success.
    #[error("the server answered with status {0}")]
    Status(u16),
    /// 5xx.
    #[error("the server failed with status {0}")]
    Server(u16),
    /// The deadline passed.
    #[error("the server did not answer in time")]
    Timeout,
    /// The name could not be resolved.
    #[error("the address cannot be contacted from here")]
    Dns,
    /// No connection could be made.
    #[error("the address cannot be contacted from here")]
    Connection,
    /// The server's certificate or the secure connection failed.
    #[error("no secure connection could be made")]
    Tls,
    /// The answer broke off, or is not HTTP.
    #[error("the answer was cut short or malformed")]
    Broken,
    /// The answer was compressed although that was not asked for.
    #[error("the answer was compressed although no compression was asked for")]
    Encoded,
    /// The answer was longer than the limit for its kind, in bytes.
    #[error("the answer is longer than the limit of {0} bytes")]
    TooBig(usize),
    /// More redirects than are followed, or a circle.
    #[error("the redirects lead nowhere")]
    RedirectLoop,
    /// The outbound guard forbids it. The text is the same whatever the reason.
    #[error("the address cannot be contacted from here")]
    Guard,
    /// The budget of this credential or request is spent.
    #[error("too many documents are needed to judge this")]
    Budget,
    /// The URL itself is refused.
    #[error("the URL is refused: {0}")]
    Form(FormProblem),
    /// No network is used in this judgement, and the document was not handed in.
    #[error("the document was not supplied and nothing is fetched here")]
    NotSupplied,
}

impl Why {
    /// Whether asking was refused, as against failed.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Guard | Self::Budget | Self::Form(_) | Self::NotSupplied)
    }

    /// Whether the document is known not to be there, or not to be allowed to be asked for: a
    /// required check fails. Everything else leaves it untested.
    pub fn is_definite(&self) -> bool {
        matches!(self, Self::NotFound | Self::Gone(_) | Self::RedirectLoop | Self::Form(_))
    }
}

impl From<Why> for Outcome {
    fn from(why: Why) -> Self {
        if why.is_refusal() { Self::Refused(why) } else { Self::Missing(why) }
    }
}

/// Bodies in a saved dossier: text where they are text, else base64.
mod body {
    use super::{Arc, Deserialize, STANDARD, Serialize};
    use base64::Engine as _;
    use serde::{Deserializer, Serializer, de::Error as _};

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Body {
        Text(String),
        Base64(String),
    }

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Body::Text(text.to_owned()).serialize(to),
            Err(_) => Body::Base64(STANDARD.encode(bytes)).serialize(to),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<[u8]>, D::Error> {
        match Body::deserialize(from)? {
            Body::Text(text) => Ok(text.into_bytes().into()),
            Body::Base64(text) => STANDARD.decode(text).map(Into::into).map_err(D::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_document_comes_back_whether_text_or_not() {
        for bytes in [b"{\"a\":1}".to_vec(), vec![0x89, b'P', 0xff]] {
            let document =
                Document::known("https://a.example/", "x/y", bytes, Timestamp::UNIX_EPOCH);
            let outcome = Outcome::Got(document);
            let text = serde_json::to_string(&outcome).unwrap();
            assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), outcome);
        }
    }

    #[test]
    fn every_refused_address_reads_the_same() {
        let text = Why::Guard.to_string();
        assert_eq!(Why::Dns.to_string(), text);
        assert_eq!(Why::Connection.to_string(), text);
    }
}
