//! How much of what the service takes.

use serde::{Deserialize, Serialize};

/// `[limits]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Whether clients are limited in number of requests. Sizes and times are limited always.
    pub enabled: bool,
    /// Requests a token may make in a minute.
    pub token_requests_per_minute: u32,
    /// Verifications a client address may ask for in a minute without a token.
    pub verifications_per_minute: u32,
    /// Verifications at once over all clients; more are answered 503.
    pub verifications_at_once: usize,
    /// Changes at once over all tokens; more are answered 503.
    pub changes_at_once: usize,
    /// Short codes of badges that a client address may look up in a minute.
    pub codes_per_minute: u32,
    /// Seconds for the head of a request to arrive.
    pub head_seconds: u64,
    /// Seconds for the body of a request to arrive.
    pub body_seconds: u64,
    /// Bytes of a JSON body.
    pub body_bytes: usize,
    /// Bytes of an uploaded image or document.
    pub upload_bytes: usize,
    /// Bytes of a batch.
    pub batch_bytes: usize,
    /// Rows of a batch.
    pub batch_rows: u32,
    /// Seconds for a batch to arrive.
    pub batch_seconds: u64,
    /// Connections at once.
    pub connections: usize,
    /// Seconds that requests in flight get when the service stops.
    pub stop_seconds: u64,
    /// Days for which a link to a holder's page opens it.
    pub holder_link_days: u32,
    /// Times a client address may ask in a minute for the link to a holder's page.
    pub holder_links_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            enabled: true,
            token_requests_per_minute: 30_000,
            verifications_per_minute: 60,
            verifications_at_once: 64,
            changes_at_once: 256,
            codes_per_minute: 30,
            head_seconds: 10,
            body_seconds: 30,
            body_bytes: 1024 * 1024,
            upload_bytes: 2 * 1024 * 1024,
            batch_bytes: 256 * 1024 * 1024,
            batch_rows: 250_000,
            batch_seconds: 600,
            connections: 4096,
            stop_seconds: 20,
            holder_link_days: 30,
            holder_links_per_minute: 5,
        }
    }
}
