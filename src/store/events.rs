//! What happened: events for those who follow.

use jiff::Timestamp;
use serde_json::Value;

use super::backend::{Key, Sequence, Version};
use super::keyspace::{Place, of, shared};
use super::page::{Page, Paged};
use super::record::decode;
use super::shape::shape;
use super::webhooks::WEBHOOKS;
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, EventId};

/// Something that was committed, for webhooks and the event feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its name, such as `assertion.issued`.
    pub kind: String,
    /// The id it is about.
    pub subject: String,
    /// When.
    pub at: Timestamp,
    /// More about it: identifiers, states, numbers. No secrets and nothing about a person: what was
    /// told cannot be erased.
    pub data: Value,
}
shape!(Event { kind: "kind", subject: "subject", at: "at", data: "data" });

/// An event that waits to be handed out to webhooks.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// Where it waits.
    pub sequence: Sequence,
    /// The commit that it came with.
    pub version: Version,
    /// Its id in the feed.
    pub id: EventId,
    /// Whose it is.
    pub account: AccountId,
    /// The event.
    pub event: Event,
}

struct PendingRow {
    account: AccountId,
    event: Event,
}
shape!(PendingRow { account: "account", event: "event" });

impl Sequence {
    /// The id of the event at this place.
    pub(super) fn event_id(self) -> EventId {
        EventId::of_number((u128::from(self.version.0) << 16) | u128::from(self.row))
    }

    /// The place of the event with this id, if there can be one.
    pub(super) fn of_event(id: &EventId) -> Option<Self> {
        let number = id.number()?;
        let row = u16::try_from(number & u128::from(u16::MAX)).ok()?;
        Some(Self { version: Version(u64::try_from(number >> 16).ok()?), row })
    }
}

impl Page {
    /// The `limit` events after one; after the first of all where that is no event.
    pub fn after_event(id: &EventId, limit: usize) -> Option<Self> {
        let after = cursor_of(Sequence::of_event(id)?);
        Some(Self { after: Some(after), limit })
    }
}

impl Store {
    /// The events of `account` in the order of their commits; a cursor stays good for ever, and no
    /// new event ever comes before it.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn events(
        &self,
        account: &AccountId,
        page: &Page,
    ) -> Result<Paged<(EventId, Event)>, StoreError> {
        let found = self.rows(&of(account, "event"), page).await?;
        let items = found.items.into_iter().map(|(sequence, event)| (sequence.event_id(), event));
        Ok(Paged { items: items.collect(), next: found.next })
    }

    /// An event of `account`.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn event(
        &self,
        account: &AccountId,
        id: &EventId,
    ) -> Result<Option<Event>, StoreError> {
        let Some(sequence) = Sequence::of_event(id) else { return Ok(None) };
        let found = self.read(&of(account, "event").sequence(sequence).key()).await?;
        Ok(found.map(|found| found.value))
    }

    /// At most `limit` events of all accounts that wait to be handed out, oldest first. They leave
    /// with [`hand_out`](Self::hand_out).
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn pending_events(
        &self,
        after: Option<Sequence>,
        limit: usize,
    ) -> Result<Vec<Pending>, StoreError> {
        let place = shared("pending");
        let after = after.map(|sequence| place.clone().sequence(sequence).key());
        let found = self.backend().scan(&place.key(), after.as_ref(), limit).await?;
        let rows = found.iter().map(|(key, stored)| {
            let PendingRow { account, event } = decode(key, stored)?.value;
            let sequence = sequence_of(key)?;
            // The event itself is the row appended before this one.
            let row = sequence.row.checked_sub(1).ok_or_else(|| StoreError::Damaged {
                key: key.clone(),
                what: "no event lies before it".to_owned(),
            })?;
            let id = Sequence { row, ..sequence }.event_id();
            Ok(Pending { sequence, version: stored.version, id, account, event })
        });
        rows.collect()
    }

    async fn rows<T: super::shape::Shaped>(
        &self,
        place: &Place,
        page: &Page,
    ) -> Result<Paged<(Sequence, T)>, StoreError> {
        let found = self.page_of(place, page).await?;
        let rows = found
            .items
            .iter()
            .map(|(key, stored)| Ok((sequence_of(key)?, decode(key, stored)?.value)));
        Ok(Paged { items: rows.collect::<Result<_, StoreError>>()?, next: found.next })
    }
}

/// The cursor that leads behind a row.
fn cursor_of(sequence: Sequence) -> String {
    super::page::cursor_of_tail(&sequence.to_bytes())
}

fn sequence_of(key: &Key) -> Result<Sequence, StoreError> {
    Sequence::of(key).ok_or_else(|| StoreError::Damaged {
        key: key.clone(),
        what: "its key holds no sequence".to_owned(),
    })
}

impl Transaction<'_> {
    /// Tells of what is committed, in the feed of the account and to its webhooks, if it has any then.
    pub fn event(&mut self, event: Event) {
        let row = PendingRow { account: self.account.clone(), event };
        self.append(of(&self.account, "event").key(), &row.event);
        let webhooks = of(&self.account, WEBHOOKS).key();
        self.append_for(webhooks, shared("pending").key(), &row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{account, at, each_store};
    use crate::store::webhooks::tests::webhook;

    fn event(subject: &str) -> Event {
        Event {
            kind: "assertion.issued".to_owned(),
            subject: subject.to_owned(),
            at: at("2026-11-22T00:00:00Z"),
            data: serde_json::json!({"a": [1, null]}),
        }
    }

    #[tokio::test]
    async fn events_come_in_the_order_of_commits_and_wait_until_settled() {
        each_store(async |store| {
            let mut tx = store.begin(&account(3));
            tx.event(event("nobody follows"));
            tx.commit().await.unwrap();
            assert_eq!(store.events(&account(3), &Page::first(3)).await.unwrap().items.len(), 1);
            for (number, subjects) in [(1, ["a", "b"]), (2, ["c", "d"]), (1, ["e", "f"])] {
                let mut tx = store.begin(&account(number));
                let follower = webhook(number);
                if store.webhook(&account(number), &follower.id).await.unwrap().is_none() {
                    tx.insert_webhook(&follower);
                }
                for subject in subjects {
                    tx.event(event(subject));
                }
                tx.commit().await.unwrap();
            }
            let first = store.events(&account(1), &Page::first(3)).await.unwrap();
            let rest = Page { after: first.next.clone(), limit: 3 };
            let rest = store.events(&account(1), &rest).await.unwrap();
            let feed: Vec<_> = first.items.into_iter().chain(rest.items).collect();
            assert!(feed.is_sorted_by_key(|(id, _)| id.clone()));
            for (at, (id, event)) in feed.iter().enumerate() {
                assert_eq!(store.event(&account(1), id).await.unwrap().as_ref(), Some(event));
                assert_eq!(store.event(&account(2), id).await.unwrap(), None);
                let page = Page::after_event(id, 9).unwrap();
                let after = store.events(&account(1), &page).await.unwrap().items;
                assert_eq!(after, feed[at + 1..]);
            }
            let events: Vec<_> = feed.into_iter().map(|(_, event)| event).collect();
            assert_eq!(events, [event("a"), event("b"), event("e"), event("f")]);

            let waiting = store.pending_events(None, 2).await.unwrap();
            let more = store.pending_events(Some(waiting[1].sequence), 9).await.unwrap();
            let subjects: Vec<_> =
                waiting.iter().chain(&more).map(|row| row.event.subject.as_str()).collect();
            assert_eq!(subjects, ["a", "b", "c", "d", "e", "f"]);
            assert_eq!(more[0].account, account(2));
            for row in waiting.iter().chain(&more) {
                let event = store.event(&row.account, &row.id).await.unwrap();
                assert_eq!(event.as_ref(), Some(&row.event));
            }
            store.hand_out(&waiting[..1], &[]).await.unwrap();
            assert_eq!(store.pending_events(None, 9).await.unwrap()[0].event.subject, "b");
            let twice = store.hand_out(&waiting, &[]).await.unwrap_err();
            assert!(matches!(twice, StoreError::Conflict { .. }), "{twice}");
        })
        .await;
    }
}
