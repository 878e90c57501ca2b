//! The turn of one webhook: attempts, what they say about it, and what is written of them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::lanes::Served;
use super::message::Message;
use super::schedule::{FAILING_AT_MOST, next_attempt, wish};
use super::{Outbox, OutboxError, Signing};
use crate::domain::{AccountId, WebhookId};
use crate::resolve::Why;
use crate::store::{
    Attempt, Delivery, DeliveryState, Disabled, Due, Mandate, Noted, StoreError, Versioned, Webhook,
};

/// Attempts at once for one webhook.
const AT_ONCE: usize = 4;

/// Deliveries that are looked at together.
const TOGETHER: usize = 16;

/// Times that a lane goes on before others get its place.
const ROUNDS: usize = 16;

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Became {
    Taken,
    /// With the time until which the other side wants to be left alone.
    Failed(Option<Timestamp>),
    /// 410: nothing shall come there any more.
    Gone,
    /// It was not made.
    Left,
}

impl Outbox {
    /// Makes the attempts that are due for a webhook, until one fails, nothing is due, or others
    /// shall have the place.
    pub(super) async fn serve(
        &self,
        account: &AccountId,
        id: &WebhookId,
    ) -> Result<Served, OutboxError> {
        let parts = &self.0.parts;
        let mut served = Served::default();
        for _ in 0..ROUNDS {
            let Some(webhook) = parts.store.webhook(account, id).await? else {
                // Removed while an event was handed out to it.
                parts.store.forget_webhook(account, id).await?;
                return Ok(Served::default());
            };
            let now = parts.clock.now();
            let queued = parts.store.queued(id, TOGETHER).await?;
            served.next = queued.first().map(|due| due.at);
            let disabled = webhook.value.disabled.as_ref();
            let counts = |due: &Due| due.at <= now || disabled.is_some();
            let due: Vec<Due> = queued.into_iter().filter(counts).collect();
            if due.is_empty() {
                return Ok(served);
            }
            if let Some(disabled) = disabled {
                let reason = format!("the webhook is disabled: {}", disabled.reason);
                for due in &due {
                    self.give_up(due, &reason, now).await?;
                }
                continue;
            }
            let signing = self.signing().await?;
            let failed = AtomicBool::new(false);
            let attempts =
                due.into_iter().map(|due| self.attempt(&webhook.value, due, &signing, &failed));
            let became: Vec<Result<Became, OutboxError>> =
                stream::iter(attempts).buffer_unordered(AT_ONCE).collect().await;
            let became = became.into_iter().collect::<Result<Vec<_>, _>>()?;
            if self.note_health(account, &webhook, &became, now).await? {
                // What still waits is given up.
                continue;
            }
            served.took |= became.contains(&Became::Taken);
            for became in became {
                if let Became::Failed(wish) = became {
                    served.failed = true;
                    served.wish = served.wish.max(wish);
                }
            }
            if served.failed {
                served.next = parts.store.queued(id, 1).await?.first().map(|due| due.at);
                return Ok(served);
            }
        }
        served.next = Some(parts.clock.now());
        Ok(served)
    }

    /// Sends one message and writes down what came of it. After a failure beside it, it is left.
    async fn attempt(
        &self,
        webhook: &Webhook,
        due: Due,
        signing: &Signing,
        failed: &AtomicBool,
    ) -> Result<Became, OutboxError> {
        let parts = &self.0.parts;
        if failed.load(Ordering::SeqCst) {
            return Ok(Became::Left);
        }
        let Some(found) = self.waiting(&due).await? else { return Ok(Became::Left) };
        let now = parts.clock.now();
        let Some(event) = parts.store.event(&due.account, &due.event).await? else {
            self.give_up(&due, "the event is not there any more", now).await?;
            return Ok(Became::Left);
        };
        let message = Message::of(&due.event, &event, now, &signing.key)?;
        let begun = Instant::now();
        let sent = parts.resolver.deliver(webhook.url.as_str(), &message.headers, message.body);
        let sent = sent.await;
        let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let ended = parts.clock.now();
        let (status, retry_after) = match &sent {
            Ok(answer) => (Some(answer.status), answer.retry_after.as_deref()),
            Err(_) => (None, None),
        };
        let (became, error) = match sent {
            Ok(ref answer) if (200..300).contains(&answer.status) => (Became::Taken, None),
            Ok(ref answer) if answer.status == 410 => {
                (Became::Gone, Some(Why::Gone(None).to_string()))
            }
            Ok(ref answer) if (300..400).contains(&answer.status) => {
                let error = "it redirects, and messages follow no redirects".to_owned();
                (Became::Failed(None), Some(error))
            }
            Ok(ref answer) => {
                let wish = retry_after.and_then(|text| wish(text, ended));
                (Became::Failed(wish), Some(Why::Status(answer.status).to_string()))
            }
            Err(why) => (Became::Failed(None), Some(why.to_string())),
        };
        if matches!(became, Became::Failed(_) | Became::Gone) {
            failed.store(true, Ordering::SeqCst);
        }
        let mut after =
            Delivery { tries: found.value.tries.saturating_add(1), ..found.value.clone() };
        after.log(Attempt { at: now, status, error, milliseconds });
        after.state = match became {
            Became::Taken => DeliveryState::Delivered(ended),
            Became::Failed(wish) => next_attempt(after.tries, wish, ended, &parts.random)
                .map_or(DeliveryState::Failed(ended), DeliveryState::Waiting),
            Became::Gone | Became::Left => DeliveryState::Failed(ended),
        };
        self.keep(&due.account, &found, &after).await?;
        Ok(became)
    }

    /// The delivery that is due, if it still waits; else its place in the queue is cleared.
    async fn waiting(&self, due: &Due) -> Result<Option<Versioned<Delivery>>, OutboxError> {
        let store = &self.0.parts.store;
        match store.delivery(&due.account, &due.webhook, &due.event).await? {
            Some(found) if found.value.state == DeliveryState::Waiting(due.at) => Ok(Some(found)),
            _ => {
                store.unqueue(due).await?;
                Ok(None)
            }
        }
    }

    /// Ends a delivery without an attempt.
    async fn give_up(&self, due: &Due, reason: &str, now: Timestamp) -> Result<(), OutboxError> {
        let Some(found) = self.waiting(due).await? else { return Ok(()) };
        let mut after = Delivery { state: DeliveryState::Failed(now), ..found.value.clone() };
        let error = Some(reason.to_owned());
        after.log(Attempt { at: now, status: None, error, milliseconds: 0 });
        self.keep(&due.account, &found, &after).await
    }

    async fn keep(
        &self,
        account: &AccountId,
        found: &Versioned<Delivery>,
        after: &Delivery,
    ) -> Result<(), OutboxError> {
        let mut tx = self.0.parts.store.begin(account);
        tx.update_delivery(found.version, &found.value, after)?;
        match tx.commit().await {
            // Somebody asked for it again meanwhile, or it was removed: that counts.
            Err(StoreError::Conflict { .. }) => Ok(()),
            other => Ok(other.map(|_| ())?),
        }
    }

    /// What the attempts say about the webhook: that it works again, fails, has failed too long, or
    /// wants nothing more. Gives whether it is disabled now.
    async fn note_health(
        &self,
        account: &AccountId,
        webhook: &Versioned<Webhook>,
        became: &[Became],
        now: Timestamp,
    ) -> Result<bool, OutboxError> {
        let failing_since = webhook.value.failing_since;
        let failed = became.iter().any(|became| matches!(became, Became::Failed(_)));
        let (failing_since, reason) = if became.contains(&Became::Gone) {
            (failing_since, Some("it answered 410 Gone"))
        } else if became.contains(&Became::Taken) {
            (None, None)
        } else if failed {
            let since = failing_since.unwrap_or(now);
            let long = now.duration_since(since) >= FAILING_AT_MOST;
            (Some(since), long.then_some("it took nothing for three days"))
        } else {
            return Ok(false);
        };
        if failing_since == webhook.value.failing_since && reason.is_none() {
            return Ok(false);
        }
        let disabled = reason.map(|reason| Disabled { at: now, reason: reason.to_owned() });
        let after = Webhook { failing_since, disabled, ..webhook.value.clone() };
        let mut tx = self.0.parts.store.begin(account);
        tx.update_webhook(webhook.version, &after);
        if let Some(reason) = reason {
            let id = after.id.as_str();
            tracing::warn!(webhook = id, reason, "a webhook was disabled");
            let answer: Value = json!({ "id": id, "state": "disabled" });
            let kind = "webhook.disabled";
            let noted = Noted { kind, subject: id, answer: &answer, detail: Value::Null };
            tx.note(&Mandate::of(account, "outbox"), &noted, now);
        }
        match tx.commit().await {
            // It was removed meanwhile.
            Err(StoreError::Conflict { .. }) => Ok(false),
            other => Ok(other.map(|_| reason.is_some())?),
        }
    }
}
