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
