//! The worker: hands out what was committed, and lets each webhook have its turn.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::lanes::{Lanes, Served};
use super::{Outbox, OutboxError, WEBHOOKS_AT_MOST};
use crate::domain::{AccountId, WebhookId};
use crate::store::{Delivery, DeliveryState, Page, Pending, StoreError, Webhook};

/// Events that are handed out in one batch.
const PAGE: usize = 128;

/// Batches of a round, so that deliveries begin while many events wait.
const PAGES: usize = 64;

/// Old records that are removed in a round, at most.
const SWEPT: usize = 512;

/// Answers to idempotent requests that are removed in a round, at most; each is a commit of its own.
const ANSWERS_SWEPT: usize = 32;

/// How often the store is looked through for what waits: another process may have put it there.
const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// From the end of one round to the next.
const PAUSE: Duration = Duration::from_millis(250);

/// The same after a round that failed.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);

impl Outbox {
    /// Works until it is dropped. What is on its way then is sent again by the next run.
    pub async fn run(&self) {
        loop {
            match self.round().await {
                Ok(_) => tokio::time::sleep(PAUSE).await,
                Err(error) => {
                    tracing::warn!(%error, "webhooks and mail wait: a round of the outbox failed");
                    tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
                }
            }
        }
    }

    /// Does all that is to be done at this time, and waits for its end.
    ///
    /// # Errors
    /// What the store says.
    pub async fn step(&self) -> Result<(), OutboxError> {
        while self.round().await? > 0 {
            self.idle().await;
        }
        self.idle().await;
        Ok(())
    }

    /// One round: hands out events, begins the lanes whose turn it is without waiting for them, that of
    /// messages to holders among them, and removes what is old: deliveries, links that have ended, what removed webhooks left, answers that were kept for
    /// repeated requests. Gives how many lanes it began.
    ///
    /// # Errors
    /// What the store says.
    pub async fn round(&self) -> Result<usize, OutboxError> {
        let parts = &self.0.parts;
        self.hand_out().await?;
        let now = parts.clock.now();
        let looked = self.lanes().looked;
        if looked.is_none_or(|looked| now.duration_since(looked).abs() >= LOOK_EVERY) {
            self.look().await?;
            parts.store.write_tallies().await?;
            self.lanes().looked = Some(now);
        }
        let begun = self.lanes().begin(now);
        for (account, webhook) in &begun {
            let turn = Turn::new(self, webhook);
            let (outbox, account, webhook) = (self.clone(), account.clone(), webhook.clone());
            tokio::spawn(async move {
                turn.end(outbox.serve(&account, &webhook).await);
            });
        }
        let mailing = self.begin_mailing(now).await?;
        parts.store.purge_webhooks(SWEPT).await?;
        parts.store.sweep_deliveries(now, SWEPT).await?;
        parts.store.sweep_answers(now, ANSWERS_SWEPT).await?;
        parts.store.sweep_holder_links(now, SWEPT).await?;
        Ok(begun.len() + usize::from(mailing))
    }

    /// Waits until no lane is at work.
    pub async fn idle(&self) {
        // The sender lives as long as we do.
        let _ = self.0.working.subscribe().wait_for(|working| *working == 0).await;
    }

    /// Something is due for a webhook.
    pub(super) fn wake(&self, account: &AccountId, webhook: &WebhookId, at: Timestamp) {
        self.lanes().wake(account, webhook, at);
    }

    /// Makes the deliveries of what was committed.
    async fn hand_out(&self) -> Result<(), OutboxError> {
        let parts = &self.0.parts;
        for _ in 0..PAGES {
            let events = parts.store.pending_events(None, PAGE).await?;
            if events.is_empty() {
                break;
            }
            let deliveries = self.deliveries_of(&events).await?;
            match parts.store.hand_out(&events, &deliveries).await {
                // Another process hands out as well.
                Err(StoreError::Conflict { .. }) => {}
                other => other?,
            }
            for (account, delivery) in &deliveries {
                self.wake(account, &delivery.webhook, delivery.created_at);
            }
        }
        Ok(())
    }

    async fn deliveries_of(
        &self,
        events: &[Pending],
    ) -> Result<Vec<(AccountId, Delivery)>, StoreError> {
        let now = self.0.parts.clock.now();
        let mut webhooks: HashMap<&AccountId, Vec<Webhook>> = HashMap::new();
        let mut deliveries = Vec::new();
        for pending in events {
            if !webhooks.contains_key(&pending.account) {
                let page = Page::first(WEBHOOKS_AT_MOST * 2);
                let found = self.0.parts.store.webhooks(&pending.account, &page).await?.items;
                let found = found.into_iter().map(|webhook| webhook.value).collect();
                webhooks.insert(&pending.account, found);
            }
            let event = &pending.event;
            let told = webhooks.get(&pending.account).into_iter().flatten();
            deliveries.extend(told.filter(|hook| hook.wants(&event.kind, event.at)).map(|hook| {
                let delivery = Delivery {
                    webhook: hook.id.clone(),
                    event: pending.id.clone(),
                    kind: event.kind.clone(),
                    created_at: now,
                    state: DeliveryState::Waiting(now),
                    tries: 0,
                    attempts: Vec::new(),
                };
                (pending.account.clone(), delivery)
            }));
        }
        Ok(deliveries)
    }

    /// Finds every webhook for which something waits.
    async fn look(&self) -> Result<(), StoreError> {
        let store = &self.0.parts.store;
        let mut after = None;
        while let Some((webhook, account)) = store.next_queued(after.as_ref()).await? {
            if let Some(first) = store.queued(&webhook, 1).await?.first() {
                self.wake(&account, &webhook, first.at);
            }
            after = Some(webhook);
        }
        Ok(())
    }

    /// A panic elsewhere leaves the lanes whole: each call changes them at once.
    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.0.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lane at work. However it ends, its place is given back.
struct Turn {
    outbox: Outbox,
    webhook: WebhookId,
    served: Option<Served>,
}

impl Turn {
    fn new(outbox: &Outbox, webhook: &WebhookId) -> Self {
        outbox.0.working.send_modify(|working| *working += 1);
        Self { outbox: outbox.clone(), webhook: webhook.clone(), served: None }
    }

    fn end(mut self, served: Result<Served, OutboxError>) {
        match served {
            Ok(served) => self.served = Some(served),
            Err(error) => {
                tracing::warn!(%error, webhook = %self.webhook, "the turn of a webhook failed");
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let now = self.outbox.0.parts.clock.now();
        let failed = Served { failed: true, next: Some(now), ..Served::default() };
        let served = self.served.take().unwrap_or(failed);
        self.outbox.lanes().end(&self.webhook, served, now);
        self.outbox.0.working.send_modify(|working| *working = working.saturating_sub(1));
    }
}
