//! What happened: events for those who follow, and audit rows for those who ask later.

use jiff::Timestamp;
use serde_json::Value;

use super::backend::{Batch, Key, Sequence};
use super::keyspace::{Place, of, shared};
use super::page::{Page, Paged};
use super::record::decode;
use super::shape::shape;
use super::{Store, StoreError, Transaction};
use crate::domain::AccountId;

/// Something that was committed, for webhooks and the event feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its name, such as `assertion.issued`.
    pub kind: String,
    /// The id it is about.
    pub subject: String,
    /// When.
    pub at: Timestamp,
    /// More about it; no secrets, no personal data beyond what the platform gave.
    pub data: Value,
}
shape!(Event { kind: "kind", subject: "subject", at: "at", data: "data" });

/// Who did what to what, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// Who: a token id, `cli`, `demo` …
    pub actor: String,
    /// What, such as `assertion.revoke`.
    pub action: String,
    /// The id it was done to.
    pub subject: String,
    /// The request it came with.
    pub request: Option<String>,
    /// The reason given, digests of what was signed, and the like.
    pub detail: Value,
}
shape!(AuditRow {
    at: "at",
    actor: "actor",
    action: "action",
    subject: "subject",
    request: "request",
    detail: "detail",
});

/// An event that waits for delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// Its place in the order of all that happened.
    pub sequence: Sequence,
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
    ) -> Result<Paged<(Sequence, Event)>, StoreError> {
        self.rows(&of(account, "event"), page).await
    }

    /// The audit rows of `account`, oldest first.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn audit(
        &self,
        account: &AccountId,
        page: &Page,
    ) -> Result<Paged<(Sequence, AuditRow)>, StoreError> {
        self.rows(&of(account, "audit"), page).await
    }

    /// At most `limit` events of all accounts that wait for delivery, oldest first.
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
            Ok(Pending { sequence: sequence_of(key)?, account, event })
        });
        rows.collect()
    }

    /// Takes an event that was delivered, or given up, out of the waiting ones.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn settle_event(&self, sequence: Sequence) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.delete(shared("pending").sequence(sequence).key());
        self.backend().commit(batch).await.map(|_| ())
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

fn sequence_of(key: &Key) -> Result<Sequence, StoreError> {
    Sequence::of(key).ok_or_else(|| StoreError::Damaged {
        key: key.clone(),
        what: "its key holds no sequence".to_owned(),
    })
}

impl Transaction<'_> {
    /// Tells of what is committed, in the feed of the account and to those who follow.
    pub fn event(&mut self, event: &Event) {
        self.append(of(&self.account, "event").key(), event);
        let row = PendingRow { account: self.account.clone(), event: event.clone() };
        self.append(shared("pending").key(), &row);
    }

    /// Notes who did this.
    pub fn audit(&mut self, row: &AuditRow) {
        self.append(of(&self.account, "audit").key(), row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{account, at, each_store};

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
            for (number, subjects) in [(1, ["a", "b"]), (2, ["c", "d"]), (1, ["e", "f"])] {
                let mut tx = store.begin(&account(number));
                for subject in subjects {
                    tx.event(&event(subject));
                }
                tx.commit().await.unwrap();
            }
            let first = store.events(&account(1), &Page::first(3)).await.unwrap();
            let rest = Page { after: first.next.clone(), limit: 3 };
            let rest = store.events(&account(1), &rest).await.unwrap();
            let feed: Vec<_> = first.items.into_iter().chain(rest.items).collect();
            assert!(feed.is_sorted_by_key(|(sequence, _)| *sequence));
            let events: Vec<_> = feed.into_iter().map(|(_, event)| event).collect();
            assert_eq!(events, [event("a"), event("b"), event("e"), event("f")]);

            let waiting = store.pending_events(None, 2).await.unwrap();
            let more = store.pending_events(Some(waiting[1].sequence), 9).await.unwrap();
            let subjects: Vec<_> =
                waiting.iter().chain(&more).map(|row| row.event.subject.as_str()).collect();
            assert_eq!(subjects, ["a", "b", "c", "d", "e", "f"]);
            assert_eq!(more[0].account, account(2));
            store.settle_event(waiting[0].sequence).await.unwrap();
            assert_eq!(store.pending_events(None, 9).await.unwrap()[0].event.subject, "b");
        })
        .await;
    }

    #[tokio::test]
    async fn audit_rows_are_kept_with_what_they_tell_of_or_not_at_all() {
        each_store(async |store| {
            let row = AuditRow {
                at: at("2026-11-22T00:00:00Z"),
                actor: "cli".to_owned(),
                action: "issuer.create".to_owned(),
                subject: "iss_1".to_owned(),
                request: Some("r1".to_owned()),
                detail: Value::Null,
            };
            for _ in 0..2 {
                let mut tx = store.begin(&account(1));
                tx.insert_account("Riverside", row.at);
                tx.audit(&row);
                let _ = tx.commit().await;
            }
            let rows = store.audit(&account(1), &Page::first(9)).await.unwrap().items;
            assert_eq!(rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>(), [row]);
            let accounts = store.accounts(&Page::first(9)).await.unwrap().items;
            assert_eq!(accounts.len(), 1);
            assert_eq!(store.account(&account(1)).await.unwrap().unwrap().value, accounts[0]);
        })
        .await;
    }
}
