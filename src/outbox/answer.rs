//! Webhooks, deliveries and events as the API answers them; an event as it is sent, too.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Signing;
use crate::domain::EventId;
use crate::store::{Delivery, DeliveryState, Event, Webhook};

/// An event in the feed, and the body of the message that tells of it (Standard Webhooks, payload:
/// `type`, `timestamp`, `data`).
pub fn event_answer(id: &EventId, event: &Event) -> Value {
    json!({
        "id": id.as_str(),
        "type": event.kind,
        "timestamp": event.at.to_string(),
        "data": event.data,
    })
}

/// A webhook. `signing` says which key its messages are signed with (Standard Webhooks: `whpk_` and
/// the 32 bytes of the Ed25519 key in base64).
pub(super) fn webhook_answer(webhook: &Webhook, signing: &Signing) -> Value {
    let disabled = webhook.disabled.as_ref();
    json!({
        "id": webhook.id.as_str(),
        "url": webhook.url.as_str(),
        "label": webhook.label,
        "events": webhook.events,
        "state": if disabled.is_some() { "disabled" } else { "enabled" },
        "disabledAt": disabled.map(|disabled| disabled.at.to_string()),
        "disabledReason": disabled.map(|disabled| disabled.reason.as_str()),
        "failingSince": webhook.failing_since.map(|at| at.to_string()),
        "createdAt": webhook.created_at.to_string(),
        "publicKey": format!("whpk_{}", STANDARD.encode(signing.key.public().to_bytes())),
        "signer": signing.did,
    })
}

/// A delivery with its log.
pub(super) fn delivery_answer(delivery: &Delivery) -> Value {
    let (state, at) = match delivery.state {
        DeliveryState::Waiting(at) => ("waiting", at),
        DeliveryState::Delivered(at) => ("delivered", at),
        DeliveryState::Failed(at) => ("failed", at),
    };
    let attempts = delivery.attempts.iter().map(|attempt| {
        json!({
            "at": attempt.at.to_string(),
            "status": attempt.status,
            "error": attempt.error,
            "milliseconds": attempt.milliseconds,
        })
    });
    let waiting = state == "waiting";
    json!({
        "id": delivery.id().as_str(),
        "event": delivery.event.as_str(),
        "type": delivery.kind,
        "state": state,
        "createdAt": delivery.created_at.to_string(),
        "nextAttemptAt": waiting.then(|| at.to_string()),
        "endedAt": (!waiting).then(|| at.to_string()),
        "attempts": attempts.collect::<Vec<_>>(),
    })
}
