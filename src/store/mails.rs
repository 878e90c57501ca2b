//! Messages to holders that have not left yet.
//!
//! A message lies in the batch of the fact it tells of, and goes when it has left or is given up. It
//! holds no address: that is read from the award when the message leaves, so that who is erased has
//! none here either.

use std::borrow::Cow;

use jiff::Timestamp;

use super::backend::{Batch, Key, Version};
use super::keyspace::{Place, TIME_BYTES, of, shared, time_of_oldest_first};
use super::page::tail;
use super::record::{Versioned, decode};
use super::shape::{shape, text_shape};
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, AssertionId, MailId};

/// Messages about one award that are read at once; more never wait.
const OF_ONE_AWARD: usize = 1000;

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its identifier.
    pub id: MailId,
    /// The award that it is about, to whose recipient it goes.
    pub award: AssertionId,
    /// What it tells.
    pub kind: MailKind,
    /// The secret of the link to the holder's page that it brings; it goes with the message.
    pub secret: Option<[u8; 32]>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its next attempt is due.
    pub due: Timestamp,
    /// Attempts that were made.
    pub tries: u32,
}
shape!(Mail {
    id: "id",
    award: "award",
    kind: "kind",
    secret: "secret",
    created_at: "createdAt",
    due: "due",
    tries: "tries",
});

/// What a message tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailKind {
    /// That a badge was awarded.
    Awarded,
    /// The link to the holder's page, which she asked for.
    Link,
}
text_shape! {
    MailKind: |kind| Cow::Borrowed(match kind {
        MailKind::Awarded => "awarded",
        MailKind::Link => "link",
    }), |text| match text {
        "awarded" => Some(MailKind::Awarded),
        "link" => Some(MailKind::Link),
        _ => None,
    };
}

/// A message whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailDue {
    /// Whose.
    pub account: AccountId,
    /// About which award.
    pub award: AssertionId,
    /// Which one.
    pub id: MailId,
    /// Since when.
    pub at: Timestamp,
}

impl Store {
    /// The first account after `after` for which a message waits.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn next_mail_account(
        &self,
        after: Option<&AccountId>,
    ) -> Result<Option<AccountId>, StoreError> {
        let all = shared("mailq");
        // No time begins with such bytes: behind all that waits for that account.
        let after = after.map(|account| queue(account).raw(&[0xff; 24]).key());
        let found = self.backend().scan(&all.clone().key(), after.as_ref(), 1).await?;
        let Some((key, _)) = found.first() else { return Ok(None) };
        let name = tail(&all, key).split(|byte| *byte == b'/').next().unwrap_or_default();
        let account = AccountId::parse(&String::from_utf8_lossy(name));
        account.map(Some).map_err(|invalid| damaged(key, invalid.to_string()))
    }

    /// The first `limit` messages that wait in an account, by the time of their next attempt.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn queued_mails(
        &self,
        account: &AccountId,
        limit: usize,
    ) -> Result<Vec<MailDue>, StoreError> {
        let place = queue(account);
        let found = self.backend().scan(&place.clone().key(), None, limit).await?;
        let due = found.iter().map(|(key, stored)| {
            let entry = tail(&place, key);
            let id = String::from_utf8_lossy(entry.get(TIME_BYTES..).unwrap_or_default());
            let (Some(at), Ok(id)) = (time_of_oldest_first(entry), MailId::parse(&id)) else {
                return Err(damaged(key, "its key holds no time and id".to_owned()));
            };
            let award = decode(key, stored)?.value;
            Ok(MailDue { account: account.clone(), award, id, at })
        });
        due.collect()
    }

    /// A message that waits.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn mail(&self, due: &MailDue) -> Result<Option<Versioned<Mail>>, StoreError> {
        self.read(&record_key(&due.account, &due.award, &due.id)).await
    }

    /// The messages about an award that wait.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn mails_about(
        &self,
        account: &AccountId,
        award: &AssertionId,
    ) -> Result<Vec<Mail>, StoreError> {
        let place = about(account, award).key();
        let found = self.backend().scan(&place, None, OF_ONE_AWARD).await?;
        found.iter().map(|(key, stored)| Ok(decode(key, stored)?.value)).collect()
    }

    /// Takes a message out of the queue that is not waiting there any more.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn unqueue_mail(&self, due: &MailDue) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.delete(queue(&due.account).oldest_first(due.at).id(due.id.as_str()));
        self.backend().commit(batch).await.map(|_| ())
    }
}

impl Transaction<'_> {
    /// Adds a message.
    pub fn queue_mail(&mut self, mail: &Mail) {
        let account = self.account.clone();
        self.insert(record_key(&account, &mail.award, &mail.id), mail);
        self.put(queue_key(&account, mail), &mail.award);
    }

    /// Puts the next attempt of a message off that was read at `version`.
    pub fn put_mail_off(&mut self, version: Version, before: &Mail, after: &Mail) {
        let account = self.account.clone();
        self.delete(queue_key(&account, before));
        self.replace(record_key(&account, &after.award, &after.id), version, after);
        self.put(queue_key(&account, after), &after.award);
    }

    /// Removes a message that was read at `version`: it has left, or is given up.
    pub fn end_mail(&mut self, version: Version, mail: &Mail) {
        self.expect_version(record_key(&self.account, &mail.award, &mail.id), version);
        self.drop_mail(mail);
    }

    /// Removes a message, however it stands.
    pub fn drop_mail(&mut self, mail: &Mail) {
        let account = self.account.clone();
        self.delete(queue_key(&account, mail));
        self.delete(record_key(&account, &mail.award, &mail.id));
    }
}

fn queue(account: &AccountId) -> Place {
    shared("mailq").text(account.as_str())
}

fn queue_key(account: &AccountId, mail: &Mail) -> Key {
    queue(account).oldest_first(mail.due).id(mail.id.as_str())
}

fn about(account: &AccountId, award: &AssertionId) -> Place {
    of(account, "mail").text(award.as_str())
}

fn record_key(account: &AccountId, award: &AssertionId, id: &MailId) -> Key {
    about(account, award).id(id.as_str())
}

fn damaged(key: &Key, what: String) -> StoreError {
    StoreError::Damaged { key: key.clone(), what }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{account, at, each_store};
    use crate::world::Random;

    fn mail(number: u64, award: &AssertionId, due: &str) -> Mail {
        Mail {
            id: MailId::random(&Random::seeded(number)),
            award: award.clone(),
            kind: if number == 10 { MailKind::Link } else { MailKind::Awarded },
            secret: (number == 10).then_some([7; 32]),
            created_at: at("2026-11-22T00:00:00Z"),
            due: at(due),
            tries: 0,
        }
    }

    #[tokio::test]
    async fn messages_wait_by_account_and_time_until_they_end() {
        each_store(async |store| {
            let awards: Vec<_> = (0..2).map(|n| AssertionId::random(&Random::seeded(n))).collect();
            let (ours, theirs) = (account(1), account(2));
            let mails = [
                mail(10, &awards[0], "2026-11-22T00:00:02Z"),
                mail(11, &awards[0], "2026-11-22T00:00:01Z"),
                mail(12, &awards[1], "2026-11-22T00:00:03Z"),
            ];
            for (account, mail) in [(&ours, &mails[0]), (&ours, &mails[1]), (&theirs, &mails[2])] {
                let mut tx = store.begin(account);
                tx.queue_mail(mail);
                tx.commit().await.unwrap();
            }
            let mut accounts = Vec::new();
            while let Some(next) = store.next_mail_account(accounts.last()).await.unwrap() {
                accounts.push(next);
            }
            accounts.sort();
            let mut expected = vec![ours.clone(), theirs.clone()];
            expected.sort();
            assert_eq!(accounts, expected);

            let waiting = store.queued_mails(&ours, 9).await.unwrap();
            let ids: Vec<&MailId> = waiting.iter().map(|due| &due.id).collect();
            assert_eq!(ids, [&mails[1].id, &mails[0].id]);
            assert_eq!(store.queued_mails(&ours, 1).await.unwrap().len(), 1);
            assert_eq!(store.mails_about(&ours, &awards[0]).await.unwrap().len(), 2);
            assert!(store.mails_about(&theirs, &awards[0]).await.unwrap().is_empty());

            let found = store.mail(&waiting[0]).await.unwrap().unwrap();
            let later = Mail { due: at("2026-11-22T01:00:00Z"), tries: 1, ..found.value.clone() };
            let mut tx = store.begin(&ours);
            tx.put_mail_off(found.version, &found.value, &later);
            tx.commit().await.unwrap();
            let waiting = store.queued_mails(&ours, 9).await.unwrap();
            assert_eq!(waiting.last().unwrap().at, later.due);

            let mut tx = store.begin(&ours);
            tx.end_mail(found.version, &found.value);
            let refused = tx.commit().await.unwrap_err();
            assert!(matches!(refused, StoreError::Conflict { .. }), "another was faster");
            for mail in store.mails_about(&ours, &awards[0]).await.unwrap() {
                let mut tx = store.begin(&ours);
                tx.drop_mail(&mail);
                tx.commit().await.unwrap();
            }
            assert!(store.queued_mails(&ours, 9).await.unwrap().is_empty());
            assert!(store.mails_about(&ours, &awards[0]).await.unwrap().is_empty());
            let due = store.queued_mails(&theirs, 1).await.unwrap().remove(0);
            store.unqueue_mail(&due).await.unwrap();
            assert_eq!(store.next_mail_account(None).await.unwrap(), None);
        })
        .await;
    }
}
