//! What a document is expected to be: its limits, what is asked for, how long it stays fresh.

use serde::{Deserialize, Serialize};

/// What a document is expected to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// A badge in any form, as somebody linked it: JSON, a token, or an image.
    Badge,
    /// A hosted assertion: its answer is its status.
    Assertion,
    /// A profile, badge class, key, DID document or schema.
    Json,
    /// A status or revocation list.
    StatusList,
    /// A picture.
    Image,
    /// A piece of evidence, of whatever kind.
    Evidence,
}

const KIB: usize = 1024;

impl Kind {
    /// Longest body that is read, in bytes.
    pub const fn limit(self) -> usize {
        match self {
            Self::Assertion | Self::Json => 512 * KIB,
            Self::Badge | Self::StatusList | Self::Image | Self::Evidence => 2 * KIB * KIB,
        }
    }

    /// The `Accept` header. It always ends in anything: what came is decided by the bytes.
    pub(super) const fn accept(self) -> &'static str {
        match self {
            Self::Badge => {
                "application/vc+ld+json, application/ld+json, application/json;q=0.9, \
                 image/png;q=0.8, image/svg+xml;q=0.8, text/plain;q=0.7, */*;q=0.1"
            }
            Self::Assertion | Self::Json => {
                "application/ld+json, application/json, application/did+json;q=0.9, */*;q=0.1"
            }
            Self::StatusList => {
                "application/vc+ld+json, application/vc, application/ld+json, application/json, \
                 application/vc+jwt;q=0.9, */*;q=0.1"
            }
            Self::Image => "image/png, image/svg+xml, */*;q=0.1",
            Self::Evidence => "*/*",
        }
    }

    /// Shortest, longest and usual time an answer stays fresh, in seconds.
    pub(super) const fn freshness(self) -> (u64, u64, u64) {
        match self {
            Self::Badge | Self::Assertion => (5, 60, 30),
            Self::StatusList => (10, 300, 300),
            Self::Json => (30, 3600, 300),
            Self::Image | Self::Evidence => (60, 3600, 600),
        }
    }
}
