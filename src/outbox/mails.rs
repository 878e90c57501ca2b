//! The lane of messages to holders: each account in turn, a few at once, and a rest after the way
//! out failed.

use std::collections::HashSet;
use std::sync::{MutexGuard, PoisonError};

use futures_util::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::letter::{About, letter};
use super::schedule::{next_attempt, rest};
use super::{Outbox, OutboxError};
use crate::domain::{AccountId, AssertionState, HolderSecret, MailId};
use crate::mail::{Letter, Undelivered};
use crate::store::{Mail, MailDue, Mandate, Noted, StoreError, Transaction, Versioned};

/// Messages of one account that leave before the next account has its turn.
const OF_ONE_ACCOUNT: usize = 8;

/// Messages on their way at once.
const AT_ONCE: usize = 4;

/// Times that every account has its turn before others get the place.
const ROUNDS: usize = 16;

/// Accounts that have their turn in a round, at most.
const ACCOUNTS: usize = 1000;

/// A message that could not leave for so long tells of what is no news any more.
const TOO_OLD: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Who did it, in audit rows.
const ACTOR: &str = "outbox";

/// How the lane stands. All of it may be forgotten.
#[derive(Debug, Default)]
pub(super) struct MailLane {
    working: bool,
    /// Not before.
    rests_until: Option<Timestamp>,
    failures: u32,
    /// Messages that were taken, and of which that could not be written down yet: they are not sent
    /// again by this run.
    taken: HashSet<MailId>,
}

/// What became of a message in its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Became {
    /// It left.
    Taken,
    /// It did not, for its own sake.
    Not,
    /// Nothing leaves at present.
    Stuck,
}

impl Outbox {
    /// Begins the lane if something is due, and gives whether it did.
    pub(super) async fn begin_mailing(&self, now: Timestamp) -> Result<bool, StoreError> {
        let may = |lane: &MailLane| !lane.working && lane.rests_until.is_none_or(|end| end <= now);
        if !self.0.parts.mailer.sends() || !may(&self.mail_lane()) {
            return Ok(false);
        }
        let accounts = self.accounts_with_mail(now).await?;
        if accounts.is_empty() {
            return Ok(false);
        }
        {
            let mut lane = self.mail_lane();
            if !may(&lane) {
                return Ok(false);
            }
            lane.working = true;
        }
        let turn = MailTurn::new(self);
        let outbox = self.clone();
        tokio::spawn(async move {
            turn.end(outbox.send_mails(accounts).await);
        });
        Ok(true)
    }

    /// The accounts in which a message is due.
    async fn accounts_with_mail(&self, now: Timestamp) -> Result<Vec<AccountId>, StoreError> {
        let store = &self.0.parts.store;
        let mut due = Vec::new();
        let mut after = None;
        while let Some(account) = store.next_mail_account(after.as_ref()).await? {
            let first = store.queued_mails(&account, 1).await?;
            if first.first().is_some_and(|first| first.at <= now) {
                due.push(account.clone());
            }
            if due.len() == ACCOUNTS {
                break;
            }
            after = Some(account);
        }
        Ok(due)
    }

    /// Sends what is due, some of each account in turn, until nothing is, nothing leaves, or others
    /// shall have the place.
    async fn send_mails(&self, mut accounts: Vec<AccountId>) -> Result<Became, OutboxError> {
        let parts = &self.0.parts;
        let mut whole = Became::Not;
        for _ in 0..ROUNDS {
            let mut left = Vec::new();
            for account in accounts {
                let now = parts.clock.now();
                let mut due = parts.store.queued_mails(&account, OF_ONE_ACCOUNT).await?;
                due.retain(|due| due.at <= now);
                if due.is_empty() {
                    continue;
                }
                let attempts = due.into_iter().map(|due| self.send_mail(due));
                let became: Vec<Result<Became, OutboxError>> =
                    stream::iter(attempts).buffer_unordered(AT_ONCE).collect().await;
                let became = became.into_iter().collect::<Result<Vec<_>, _>>()?;
                if became.contains(&Became::Taken) {
                    whole = Became::Taken;
                }
                if became.contains(&Became::Stuck) {
                    return Ok(Became::Stuck);
                }
                left.push(account);
            }
            if left.is_empty() {
                break;
            }
            accounts = left;
        }
        Ok(whole)
    }

    /// One attempt to send a message, and what follows from it.
    async fn send_mail(&self, due: MailDue) -> Result<Became, OutboxError> {
        let parts = &self.0.parts;
        let found = match parts.store.mail(&due).await? {
            Some(found) if found.value.due == due.at => found,
            _ => {
                parts.store.unqueue_mail(&due).await?;
                return Ok(Became::Not);
            }
        };
        if self.mail_lane().taken.contains(&due.id) {
            self.end(&due, &found, Some(Ok(()))).await?;
            return Ok(Became::Taken);
        }
        let Some(letter) = self.letter_of(&due, &found.value).await? else {
            self.end(&due, &found, None).await?;
            return Ok(Became::Not);
        };
        if parts.clock.now().duration_since(found.value.created_at) > TOO_OLD {
            self.end(&due, &found, Some(Err("it waited for more than a week"))).await?;
            return Ok(Became::Not);
        }
        match parts.mailer.send(&letter).await {
            Ok(()) => {
                self.mail_lane().taken.insert(due.id.clone());
                self.end(&due, &found, Some(Ok(()))).await?;
                self.mail_lane().taken.remove(&due.id);
                Ok(Became::Taken)
            }
            Err(Undelivered::Never(why)) => {
                self.end(&due, &found, Some(Err(&why))).await?;
                Ok(Became::Not)
            }
            Err(Undelivered::Later(why)) => {
                self.put_off(&due, &found, &why).await?;
                Ok(Became::Not)
            }
            Err(Undelivered::Way(why)) => {
                tracing::warn!(why, "messages to holders wait");
                self.put_off(&due, &found, &why).await?;
                Ok(Became::Stuck)
            }
        }
    }

    /// What the message says; `None` when it is not to be sent any more: the person was erased, or
    /// the award taken back.
    async fn letter_of(&self, due: &MailDue, mail: &Mail) -> Result<Option<Letter>, OutboxError> {
        let parts = &self.0.parts;
        let Some(award) = parts.store.assertion(&due.account, &due.award).await? else {
            return Ok(None);
        };
        let award = award.value;
        if matches!(award.state, AssertionState::Revoked(_)) {
            return Ok(None);
        }
        let class = parts.store.badge_class_version(&due.account, &award.badge_class).await?;
        let issuer = parts.store.issuer(&due.account, &award.issuer).await?;
        let (Some(class), Some(issuer)) = (class, issuer) else { return Ok(None) };
        let own = match mail.secret.map(HolderSecret::of_bytes) {
            Some(secret) => {
                // Taken back or ended before it left: then it opens nothing.
                let link = parts.store.holder_link(&secret, parts.clock.now()).await?;
                link.map(|link| (parts.urls.holder(&secret), link.expires_at))
            }
            None => None,
        };
        let url = parts.urls.badge(&award.id);
        let about = About { mail, award: &award, class: &class, issuer: &issuer.value, url, own };
        Ok(letter(&about))
    }

    /// Removes a message: it left, it never will (with the reason), or it is not wanted any more.
    async fn end(
        &self,
        due: &MailDue,
        found: &Versioned<Mail>,
        outcome: Option<Result<(), &str>>,
    ) -> Result<(), OutboxError> {
        let parts = &self.0.parts;
        let mut tx = parts.store.begin(&due.account);
        tx.end_mail(found.version, &found.value);
        self.note_mail(&mut tx, due, &found.value, outcome);
        match tx.commit().await {
            Ok(_) => Ok(()),
            // The person was erased while it left: a file of ours must not stay.
            Err(StoreError::Conflict { .. }) => {
                if let Err(error) = parts.mailer.forget(&due.award).await {
                    tracing::warn!(%error, "the file of a message to an erased person stays");
                }
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The audit row tells what became of it, and an event that a holder could not be reached.
    fn note_mail(
        &self,
        tx: &mut Transaction<'_>,
        due: &MailDue,
        mail: &Mail,
        outcome: Option<Result<(), &str>>,
    ) {
        let (kind, why) = match outcome {
            Some(Ok(())) => ("assertion.mailed", None),
            Some(Err(why)) => ("assertion.mailFailed", Some(why)),
            None => return,
        };
        let answer = json!({ "id": due.award.as_str() });
        let mut detail = json!({ "mail": mail.id.as_str(), "tries": mail.tries + 1 });
        if let (Some(why), Some(members)) = (why, detail.as_object_mut()) {
            members.insert("why".to_owned(), Value::from(why));
        }
        let noted = Noted { kind, subject: due.award.as_str(), answer: &answer, detail };
        let (mandate, now) = (Mandate::of(&due.account, ACTOR), self.0.parts.clock.now());
        if why.is_some() {
            tx.note(&mandate, &noted, now);
        } else {
            tx.note_privately(&mandate, &noted, now);
        }
    }

    /// Puts the next attempt off, or gives the message up after the last one.
    async fn put_off(
        &self,
        due: &MailDue,
        found: &Versioned<Mail>,
        why: &str,
    ) -> Result<(), OutboxError> {
        let parts = &self.0.parts;
        let tries = found.value.tries.saturating_add(1);
        let Some(next) = next_attempt(tries, None, parts.clock.now(), &parts.random) else {
            return self.end(due, found, Some(Err(why))).await;
        };
        let after = Mail { due: next, tries, ..found.value.clone() };
        let mut tx = parts.store.begin(&due.account);
        tx.put_mail_off(found.version, &found.value, &after);
        match tx.commit().await {
            // Gone meanwhile, with the person.
            Err(StoreError::Conflict { .. }) => Ok(()),
            other => Ok(other.map(|_| ())?),
        }
    }

    fn mail_lane(&self) -> MutexGuard<'_, MailLane> {
        self.0.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lane at work. However it ends, its place is given back.
struct MailTurn {
    outbox: Outbox,
    became: Became,
}

impl MailTurn {
    fn new(outbox: &Outbox) -> Self {
        outbox.0.working.send_modify(|working| *working += 1);
        Self { outbox: outbox.clone(), became: Became::Stuck }
    }

    fn end(mut self, became: Result<Became, OutboxError>) {
        match became {
            Ok(became) => self.became = became,
            Err(error) => tracing::warn!(%error, "messages to holders wait"),
        }
    }
}

impl Drop for MailTurn {
    fn drop(&mut self) {
        let now = self.outbox.0.parts.clock.now();
        {
            let mut lane = self.outbox.mail_lane();
            lane.working = false;
            match self.became {
                Became::Taken => (lane.failures, lane.rests_until) = (0, None),
                Became::Not => {}
                Became::Stuck => {
                    lane.failures = lane.failures.saturating_add(1);
                    lane.rests_until = now.checked_add(rest(lane.failures)).ok();
                }
            }
        }
        self.outbox.0.working.send_modify(|working| *working = working.saturating_sub(1));
    }
}
