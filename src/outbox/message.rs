//! A message as it leaves: body, headers, signature (Standard Webhooks 1.0).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::{OutboxError, answer};
use crate::domain::EventId;
use crate::proof::key::PrivateKey;
use crate::store::Event;

/// A message, ready to be sent.
pub(super) struct Message {
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

impl Message {
    /// Writes and signs it. Id and body of an event are always the same; the time is that of the
    /// attempt, so that a message that was caught on its way cannot be sent again much later.
    pub(super) fn of(
        id: &EventId,
        event: &Event,
        now: Timestamp,
        key: &PrivateKey,
    ) -> Result<Self, OutboxError> {
        let body = answer::event_answer(id, event).to_string();
        let seconds = now.as_second().to_string();
        let signed = format!("{id}.{seconds}.{body}");
        let signature =
            key.sign(signed.as_bytes()).map_err(|error| OutboxError::Key(error.to_string()))?;
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", id.to_string()),
            ("webhook-timestamp", seconds),
            ("webhook-signature", format!("v1a,{}", STANDARD.encode(signature))),
        ];
        Ok(Self { headers, body: body.into_bytes() })
    }
}
