//! Makes, shows and removes webhooks; asks for a delivery again.

use serde_json::{Value, json};

use super::answer::{delivery_answer, webhook_answer};
use super::{Outbox, OutboxError};
use crate::domain::{AccountId, DeliveryId, EventId, Problems, WebhookDraft, WebhookId};
use crate::resolve::form;
use crate::store::{
    Delivery, DeliveryState, Done, Mandate, Noted, Page, Paged, Versioned, Webhook, retried,
};

/// Webhooks of one account, at most.
pub const WEBHOOKS_AT_MOST: usize = 20;

impl Outbox {
    /// Makes a webhook. The first thing it is told is that it was made.
    ///
    /// # Errors
    /// [`OutboxError::Invalid`] for an address that would never be contacted,
    /// [`OutboxError::Many`], and what key and store say.
    pub async fn create_webhook(
        &self,
        mandate: &Mandate<'_>,
        draft: WebhookDraft,
    ) -> Result<Done<Webhook>, OutboxError> {
        let mut problems = Problems::new();
        if let Err(problem) = form::check(draft.url.as_str()) {
            problems.add("/url", "bad-url", format!("such an address is not contacted: {problem}"));
        }
        problems.or(())?;
        let parts = &self.0.parts;
        let page = Page::first(WEBHOOKS_AT_MOST);
        // One after the other, or two would count the same ones.
        let _alone = self.0.counting.lock().await;
        if parts.store.webhooks(mandate.account, &page).await?.items.len() >= WEBHOOKS_AT_MOST {
            return Err(OutboxError::Many(WEBHOOKS_AT_MOST));
        }
        let now = parts.clock.now();
        let webhook = Webhook {
            id: WebhookId::random(&parts.random),
            url: draft.url,
            label: draft.label,
            events: draft.events,
            created_at: now,
            failing_since: None,
            disabled: None,
        };
        let answer = webhook_answer(&webhook, &self.signing().await?);
        let mut tx = parts.store.begin(mandate.account);
        tx.insert_webhook(&webhook);
        let noted = Noted {
            kind: "webhook.created",
            subject: webhook.id.as_str(),
            answer: &answer,
            detail: Value::Null,
        };
        tx.note(mandate, &noted, now);
        tx.commit().await?;
        Ok(Done { value: webhook, answer })
    }

    /// Lets a webhook that was disabled be told again what happens from now on; what happened
    /// meanwhile stands in the feed. One that is enabled stays as it is.
    ///
    /// # Errors
    /// [`OutboxError::NotFound`], and what key and store say.
    pub async fn enable_webhook(
        &self,
        mandate: &Mandate<'_>,
        id: &WebhookId,
    ) -> Result<Done<Webhook>, OutboxError> {
        let parts = &self.0.parts;
        let signing = self.signing().await?;
        retried(async || {
            let found = self.webhook(mandate.account, id).await?;
            let enabled = Webhook { disabled: None, failing_since: None, ..found.value.clone() };
            let answer = webhook_answer(&enabled, &signing);
            if found.value.disabled.is_none() {
                let answer = webhook_answer(&found.value, &signing);
                return Ok(Done { value: found.value, answer });
            }
            let mut tx = parts.store.begin(mandate.account);
            tx.update_webhook(found.version, &enabled);
            let noted = Noted {
                kind: "webhook.enabled",
                subject: id.as_str(),
                answer: &answer,
                detail: Value::Null,
            };
            tx.note(mandate, &noted, parts.clock.now());
            tx.commit().await?;
            Ok(Done { value: enabled, answer })
        })
        .await
    }

    /// Removes a webhook; what still waits for it is not delivered.
    ///
    /// # Errors
    /// [`OutboxError::NotFound`], and what the store says.
    pub async fn remove_webhook(
        &self,
        mandate: &Mandate<'_>,
        id: &WebhookId,
    ) -> Result<(), OutboxError> {
        let parts = &self.0.parts;
        retried(async || {
            let found = self.webhook(mandate.account, id).await?;
            let answer = json!({ "id": id.as_str() });
            let mut tx = parts.store.begin(mandate.account);
            tx.remove_webhook(found.version, &found.value);
            let noted = Noted {
                kind: "webhook.removed",
                subject: id.as_str(),
                answer: &answer,
                detail: Value::Null,
            };
            tx.note(mandate, &noted, parts.clock.now());
            tx.commit().await?;
            Ok(())
        })
        .await
    }

    /// A webhook of an account.
    ///
    /// # Errors
    /// [`OutboxError::NotFound`], and what the store says.
    pub async fn webhook(
        &self,
        account: &AccountId,
        id: &WebhookId,
    ) -> Result<Versioned<Webhook>, OutboxError> {
        let found = self.0.parts.store.webhook(account, id).await?;
        found.ok_or(OutboxError::NotFound("webhook"))
    }

    /// Webhooks as the API answers them.
    ///
    /// # Errors
    /// What the key directory says.
    pub async fn webhook_answers(
        &self,
        webhooks: &[Versioned<Webhook>],
    ) -> Result<Vec<Value>, OutboxError> {
        let signing = self.signing().await?;
        Ok(webhooks.iter().map(|webhook| webhook_answer(&webhook.value, &signing)).collect())
    }

    /// The deliveries to a webhook as the API answers them, that of the newest event first.
    ///
    /// # Errors
    /// [`OutboxError::NotFound`], and what the store says.
    pub async fn deliveries(
        &self,
        account: &AccountId,
        id: &WebhookId,
        page: &Page,
    ) -> Result<Paged<Value>, OutboxError> {
        self.webhook(account, id).await?;
        let found = self.0.parts.store.deliveries(account, id, page).await?;
        Ok(Paged { items: found.items.iter().map(delivery_answer).collect(), next: found.next })
    }

    /// Has an event delivered once more, with the schedule from its beginning; one that waits is
    /// tried at once. The message keeps its `webhook-id`.
    ///
    /// # Errors
    /// [`OutboxError::NotFound`], [`OutboxError::Disabled`], and what the store says.
    pub async fn redeliver(
        &self,
        mandate: &Mandate<'_>,
        id: &WebhookId,
        delivery: &DeliveryId,
    ) -> Result<Done<Delivery>, OutboxError> {
        let missing = || OutboxError::NotFound("delivery");
        let webhook = self.webhook(mandate.account, id).await?.value;
        let event = EventId::of_number(delivery.number().ok_or_else(missing)?);
        let parts = &self.0.parts;
        retried(async || {
            let found = parts.store.delivery(mandate.account, id, &event).await?;
            let found = found.ok_or_else(missing)?;
            if let Some(disabled) = &webhook.disabled {
                return Err(OutboxError::Disabled(disabled.reason.clone()));
            }
            let now = parts.clock.now();
            let after =
                Delivery { state: DeliveryState::Waiting(now), tries: 0, ..found.value.clone() };
            let answer = delivery_answer(&after);
            let mut tx = parts.store.begin(mandate.account);
            tx.update_delivery(found.version, &found.value, &after)?;
            let noted = Noted {
                kind: "webhook.redelivery",
                subject: id.as_str(),
                answer: &answer,
                detail: json!({ "delivery": delivery.as_str() }),
            };
            tx.note_privately(mandate, &noted, now);
            tx.commit().await?;
            self.wake(mandate.account, id, now);
            Ok(Done { value: after, answer })
        })
        .await
    }
}
