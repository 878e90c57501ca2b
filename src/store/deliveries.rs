//! Deliveries of events to webhooks: what waits for its next attempt, and the log of each.
//!
//! The deliveries of an event are written in the batch that takes it out of the waiting ones, and
//! every attempt in one batch with what follows from it: a kill loses none, and at worst repeats an
//! attempt whose outcome was not yet written.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::backend::{Batch, Expectation, Key, Sequence, Version};
use super::events::Pending;
use super::keyspace::{Place, of, shared, time_of_oldest_first};
use super::page::{Page, Paged, tail};
use super::record::{Versioned, decode, encode};
use super::shape::{Shaped, members, nothing_left, object, shape, take};
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, DeliveryId, EventId, WebhookId};

/// How long a delivery is kept, counted from the event, whatever became of it.
pub const DELIVERIES_KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Attempts that the log of one delivery holds; the oldest go.
const ATTEMPTS_KEPT: usize = 20;

/// The delivery of one event to one webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// To which webhook.
    pub webhook: WebhookId,
    /// Of which event.
    pub event: EventId,
    /// The type of the event.
    pub kind: String,
    /// When it was handed out.
    pub created_at: Timestamp,
    /// Where it stands.
    pub state: DeliveryState,
    /// Attempts since it was handed out or asked for again.
    pub tries: u32,
    /// The attempts, oldest first, the last twenty of them.
    pub attempts: Vec<Attempt>,
}
shape!(Delivery {
    webhook: "webhook",
    event: "event",
    kind: "kind",
    created_at: "createdAt",
    state: "state",
    tries: "tries",
    attempts: "attempts",
});

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Its next attempt is due at this time.
    Waiting(Timestamp),
    /// It was taken.
    Delivered(Timestamp),
    /// It was given up.
    Failed(Timestamp),
}

/// One attempt to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// What the other side answered.
    pub status: Option<u16>,
    /// What went wrong, in a sentence.
    pub error: Option<String>,
    /// How long it took.
    pub milliseconds: u64,
}
shape!(Attempt { at: "at", status: "status", error: "error", milliseconds: "ms" });

impl Shaped for DeliveryState {
    fn write(&self, out: &mut String) {
        let (word, at) = match self {
            Self::Waiting(at) => ("waiting", at),
            Self::Delivered(at) => ("delivered", at),
            Self::Failed(at) => ("failed", at),
        };
        object(out, |members| {
            members.put_text("is", word);
            members.put("at", at);
        });
    }

    fn unshape(value: Value) -> Result<Self, String> {
        let mut shaped = members(value)?;
        let (word, at): (String, Timestamp) = (take(&mut shaped, "is")?, take(&mut shaped, "at")?);
        nothing_left(&shaped)?;
        match word.as_str() {
            "waiting" => Ok(Self::Waiting(at)),
            "delivered" => Ok(Self::Delivered(at)),
            "failed" => Ok(Self::Failed(at)),
            _ => Err(format!("is: {word:?} is no state")),
        }
    }
}

impl Delivery {
    /// Its identifier: it has the number of its event.
    pub fn id(&self) -> DeliveryId {
        DeliveryId::of_number(self.event.number().unwrap_or_default())
    }

    /// Adds an attempt to the log.
    pub fn log(&mut self, attempt: Attempt) {
        if self.attempts.len() >= ATTEMPTS_KEPT {
            self.attempts.remove(0);
        }
        self.attempts.push(attempt);
    }
}

/// A delivery whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Whose.
    pub account: AccountId,
    /// To which webhook.
    pub webhook: WebhookId,
    /// Of which event.
    pub event: EventId,
    /// Since when.
    pub at: Timestamp,
}

impl Store {
    /// Takes events out of the waiting ones and makes their deliveries, in one batch.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another did so meanwhile; as
    /// [`Backend::commit`](super::backend::Backend::commit).
    pub async fn hand_out(
        &self,
        events: &[Pending],
        deliveries: &[(AccountId, Delivery)],
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        for pending in events {
            let key = shared("pending").sequence(pending.sequence).key();
            batch.expect(key.clone(), Expectation::Version(pending.version));
            batch.delete(key);
        }
        for (account, delivery) in deliveries {
            let sequence = sequence_of(&delivery.event)?;
            batch.put(record_key(account, &delivery.webhook, sequence), encode(delivery));
            if let DeliveryState::Waiting(at) = delivery.state {
                batch.put(queue_key(&delivery.webhook, at, sequence), encode(account));
            }
            let old = shared("dlvx").oldest_first(delivery.created_at);
            let old = old.text(delivery.webhook.as_str()).sequence(sequence).key();
            batch.put(old, encode(&(account.clone(), delivery.webhook.clone())));
        }
        self.backend().commit(batch).await.map(|_| ())
    }

    /// The delivery of an event to a webhook of `account`.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn delivery(
        &self,
        account: &AccountId,
        webhook: &WebhookId,
        event: &EventId,
    ) -> Result<Option<Versioned<Delivery>>, StoreError> {
        let Some(sequence) = Sequence::of_event(event) else { return Ok(None) };
        self.read(&record_key(account, webhook, sequence)).await
    }

    /// The deliveries to a webhook of `account`, that of the newest event first.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn deliveries(
        &self,
        account: &AccountId,
        webhook: &WebhookId,
        page: &Page,
    ) -> Result<Paged<Delivery>, StoreError> {
        let found = self.page_of(&of(account, "dlv").text(webhook.as_str()), page).await?;
        let items = found.items.iter().map(|(key, stored)| Ok(decode(key, stored)?.value));
        Ok(Paged { items: items.collect::<Result<_, StoreError>>()?, next: found.next })
    }

    /// The first `limit` deliveries that wait for a webhook, by the time of their next attempt.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn queued(&self, webhook: &WebhookId, limit: usize) -> Result<Vec<Due>, StoreError> {
        let place = queue(webhook);
        let found = self.backend().scan(&place.clone().key(), None, limit).await?;
        let due = found.iter().map(|(key, stored)| {
            let account = decode(key, stored)?.value;
            let at = time_of_oldest_first(tail(&place, key));
            let (Some(at), Some(sequence)) = (at, Sequence::of(key)) else {
                let what = "its key holds no time and sequence".to_owned();
                return Err(StoreError::Damaged { key: key.clone(), what });
            };
            Ok(Due { account, webhook: webhook.clone(), event: sequence.event_id(), at })
        });
        due.collect()
    }

    /// The first webhook after `after` for which a delivery waits, with its account.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn next_queued(
        &self,
        after: Option<&WebhookId>,
    ) -> Result<Option<(WebhookId, AccountId)>, StoreError> {
        let all = shared("queue");
        // No time begins with ten such bytes: behind all that waits for that webhook.
        let after = after.map(|webhook| queue(webhook).raw(&[0xff; 24]).key());
        let found = self.backend().scan(&all.clone().key(), after.as_ref(), 1).await?;
        let Some((key, stored)) = found.first() else { return Ok(None) };
        let name = tail(&all, key).split(|byte| *byte == b'/').next().unwrap_or_default();
        let webhook = WebhookId::parse(&String::from_utf8_lossy(name)).map_err(|invalid| {
            StoreError::Damaged { key: key.clone(), what: invalid.to_string() }
        })?;
        Ok(Some((webhook, decode(key, stored)?.value)))
    }

    /// Takes a delivery out of the queue that is not waiting there any more.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn unqueue(&self, due: &Due) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.delete(queue_key(&due.webhook, due.at, sequence_of(&due.event)?));
        self.backend().commit(batch).await.map(|_| ())
    }

    /// Removes deliveries that were kept for [`DELIVERIES_KEPT`], at most `limit`; gives how many.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn sweep_deliveries(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let place = shared("dlvx");
        let mut batch = Batch::new();
        let mut swept = 0;
        for (key, stored) in self.backend().scan(&place.clone().key(), None, limit).await? {
            let made = time_of_oldest_first(tail(&place, &key));
            let kept_until = made.and_then(|made| made.checked_add(DELIVERIES_KEPT).ok());
            if kept_until.is_none_or(|end| end >= now) {
                break;
            }
            let (account, webhook): (AccountId, WebhookId) = decode(&key, &stored)?.value;
            if let Some(sequence) = Sequence::of(&key) {
                let record = record_key(&account, &webhook, sequence);
                if let Some(found) = self.read::<Delivery>(&record).await?
                    && let DeliveryState::Waiting(at) = found.value.state
                {
                    batch.delete(queue_key(&webhook, at, sequence));
                }
                batch.delete(record);
            }
            batch.delete(key);
            swept += 1;
        }
        if swept > 0 {
            self.backend().commit(batch).await?;
        }
        Ok(swept)
    }

    /// Removes at most `limit` records of what removed webhooks left behind; gives how many.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn purge_webhooks(&self, limit: usize) -> Result<usize, StoreError> {
        let all = shared("purge");
        let mut batch = Batch::new();
        let mut purged = 0;
        let Some((mark, stored)) =
            self.backend().scan(&all.clone().key(), None, 1).await?.into_iter().next()
        else {
            return Ok(0);
        };
        let account: AccountId = decode(&mark, &stored)?.value;
        let webhook = String::from_utf8_lossy(tail(&all, &mark)).into_owned();
        for place in [shared("queue").text(&webhook), of(&account, "dlv").text(&webhook)] {
            let left = self.backend().scan(&place.key(), None, limit - purged).await?;
            purged += left.len();
            left.into_iter().for_each(|(key, _)| batch.delete(key));
        }
        if purged < limit {
            batch.delete(mark);
            purged += 1;
        }
        self.backend().commit(batch).await?;
        Ok(purged)
    }
}

impl Transaction<'_> {
    /// Changes a delivery that was read at `version`, and its place in the queue.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] for an event id that none of ours can have.
    pub fn update_delivery(
        &mut self,
        version: Version,
        before: &Delivery,
        after: &Delivery,
    ) -> Result<(), StoreError> {
        let sequence = sequence_of(&after.event)?;
        if let DeliveryState::Waiting(at) = before.state {
            self.delete(queue_key(&before.webhook, at, sequence));
        }
        if let DeliveryState::Waiting(at) = after.state {
            let account = self.account.clone();
            self.put(queue_key(&after.webhook, at, sequence), &account);
        }
        self.replace(record_key(&self.account, &after.webhook, sequence), version, after);
        Ok(())
    }
}

fn queue(webhook: &WebhookId) -> Place {
    shared("queue").text(webhook.as_str())
}

fn queue_key(webhook: &WebhookId, at: Timestamp, sequence: Sequence) -> Key {
    queue(webhook).oldest_first(at).sequence(sequence).key()
}

/// The newest event first: its place, complemented.
fn record_key(account: &AccountId, webhook: &WebhookId, sequence: Sequence) -> Key {
    let complement = sequence.to_bytes().map(|byte| !byte);
    of(account, "dlv").text(webhook.as_str()).raw(&complement).key()
}

fn sequence_of(event: &EventId) -> Result<Sequence, StoreError> {
    Sequence::of_event(event).ok_or_else(|| StoreError::Damaged {
        key: Key::new(event.as_str()),
        what: "no event of this store has this id".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Event;
    use crate::store::samples::{account, at, each_store};
    use crate::store::webhooks::tests::webhook;

    async fn happen(store: &Store, count: usize) -> Vec<Pending> {
        // Events wait for those who follow: somebody must.
        if store.webhook(&account(1), &webhook(9).id).await.unwrap().is_none() {
            let mut tx = store.begin(&account(1));
            tx.insert_webhook(&webhook(9));
            tx.commit().await.unwrap();
        }
        for number in 0..count {
            let mut tx = store.begin(&account(1));
            tx.event(Event {
                kind: "assertion.issued".to_owned(),
                subject: format!("as_{number}"),
                at: at("2026-11-22T00:00:00Z"),
                data: Value::Null,
            });
            tx.commit().await.unwrap();
        }
        store.pending_events(None, 99).await.unwrap()
    }

    fn delivery(pending: &Pending, hook: u64, due: &str) -> (AccountId, Delivery) {
        let delivery = Delivery {
            webhook: webhook(hook).id,
            event: pending.id.clone(),
            kind: pending.event.kind.clone(),
            created_at: at("2026-11-22T00:00:00Z"),
            state: DeliveryState::Waiting(at(due)),
            tries: 0,
            attempts: Vec::new(),
        };
        (account(1), delivery)
    }

    #[tokio::test]
    async fn what_is_handed_out_waits_by_webhook_and_time_until_it_is_taken() {
        each_store(async |store| {
            let events = happen(&store, 3).await;
            let dues = ["2026-11-22T00:00:02Z", "2026-11-22T00:00:01Z", "2026-11-22T00:00:03Z"];
            let mut made: Vec<_> =
                events.iter().zip(dues).map(|(event, due)| delivery(event, 1, due)).collect();
            made.push(delivery(&events[0], 2, dues[0]));
            store.hand_out(&events, &made).await.unwrap();
            assert!(store.pending_events(None, 9).await.unwrap().is_empty());

            let (one, two) = (webhook(1).id, webhook(2).id);
            let mut both = [one.clone(), two.clone()];
            both.sort();
            let first = store.next_queued(None).await.unwrap().unwrap();
            assert_eq!(first, (both[0].clone(), account(1)));
            let second = store.next_queued(Some(&both[0])).await.unwrap().unwrap();
            assert_eq!(second.0, both[1]);
            assert_eq!(store.next_queued(Some(&both[1])).await.unwrap(), None);

            let queued = store.queued(&one, 9).await.unwrap();
            let order: Vec<&EventId> = queued.iter().map(|due| &due.event).collect();
            assert_eq!(order, [&events[1].id, &events[0].id, &events[2].id]);
            assert_eq!(queued[0].at, at(dues[1]));
            let listed = store.deliveries(&account(1), &one, &Page::first(2)).await.unwrap();
            assert_eq!(listed.items[0].event, events[2].id, "the newest event first");
            assert!(listed.next.is_some());

            let found = store.delivery(&account(1), &one, &events[1].id).await.unwrap().unwrap();
            let mut taken = found.value.clone();
            taken.state = DeliveryState::Delivered(at("2026-11-22T00:00:05Z"));
            let mut tx = store.begin(&account(1));
            tx.update_delivery(found.version, &found.value, &taken).unwrap();
            tx.commit().await.unwrap();
            assert_eq!(store.queued(&one, 9).await.unwrap().len(), 2);
            let read = store.delivery(&account(1), &one, &events[1].id).await.unwrap().unwrap();
            assert_eq!(read.value, taken);
            assert_eq!(read.value.id().number(), events[1].id.number());
        })
        .await;
    }

    #[tokio::test]
    async fn old_deliveries_go_and_so_does_what_a_removed_webhook_left() {
        each_store(async |store| {
            let events = happen(&store, 5).await;
            let due = "2026-11-22T00:00:02Z";
            let made: Vec<_> = events
                .iter()
                .flat_map(|event| [delivery(event, 1, due), delivery(event, 2, due)])
                .collect();
            store.hand_out(&events, &made).await.unwrap();
            let end = at("2026-12-22T00:00:00Z");
            assert_eq!(store.sweep_deliveries(end, 99).await.unwrap(), 0);

            let mut tx = store.begin(&account(1));
            tx.insert_webhook(&webhook(1));
            let version = tx.commit().await.unwrap();
            let mut tx = store.begin(&account(1));
            tx.remove_webhook(version, &webhook(1));
            tx.commit().await.unwrap();
            let mut rounds = 0;
            while store.purge_webhooks(4).await.unwrap() > 0 {
                rounds += 1;
            }
            assert!(rounds > 2, "{rounds}");
            let one = webhook(1).id;
            assert!(store.queued(&one, 9).await.unwrap().is_empty());
            let left = store.deliveries(&account(1), &one, &Page::first(9)).await.unwrap();
            assert!(left.items.is_empty());

            assert_eq!(store.sweep_deliveries(at("2026-12-22T00:00:01Z"), 7).await.unwrap(), 7);
            assert_eq!(store.sweep_deliveries(at("2026-12-22T00:00:01Z"), 7).await.unwrap(), 3);
            assert_eq!(store.next_queued(None).await.unwrap(), None);
            for table in ["queue", "dlvx", "purge", "pending"] {
                let left = store.backend().scan(&shared(table).key(), None, 9).await.unwrap();
                assert!(left.is_empty(), "{table}: {left:?}");
            }
        })
        .await;
    }

    #[test]
    fn the_log_of_a_delivery_is_bounded() {
        let pending = Pending {
            sequence: Sequence { version: Version(4), row: 1 },
            version: Version(4),
            id: Sequence { version: Version(4), row: 0 }.event_id(),
            account: account(1),
            event: Event {
                kind: "a.b".to_owned(),
                subject: String::new(),
                at: at("2026-11-22T00:00:00Z"),
                data: Value::Null,
            },
        };
        let (_, mut delivery) = delivery(&pending, 1, "2026-11-22T00:00:00Z");
        for number in 0..ATTEMPTS_KEPT + 5 {
            let milliseconds = u64::try_from(number).unwrap();
            delivery.log(Attempt { at: pending.event.at, status: None, error: None, milliseconds });
        }
        assert_eq!(delivery.attempts.len(), ATTEMPTS_KEPT);
        assert_eq!(delivery.attempts[0].milliseconds, 5);
    }
}
