//! On whose behalf something is done, and what every change brings along: an event for those who
//! follow, an audit row for those who ask later, the answer to a request that is sent again.

use jiff::Timestamp;
use serde_json::Value;

use super::{Answer, AuditRow, ClaimedKey, Event, Transaction};
use crate::domain::{AccountId, PersonRef};

/// On whose behalf something is done.
#[derive(Clone, Copy)]
pub struct Mandate<'a> {
    /// Whose data it touches.
    pub account: &'a AccountId,
    /// Who asks: a token id, `cli`, `demo` …
    pub actor: &'a str,
    /// The person behind it, as far as the platform says.
    pub person: Option<&'a PersonRef>,
    /// The request it came with.
    pub request: Option<&'a str>,
    /// The answer that is kept under the idempotency key of the request.
    pub reply: Option<Reply<'a>>,
    /// What else is kept in the same commit.
    pub along: Option<Along<'a>>,
}

/// What is kept in the commit of a change besides what every change brings along.
#[derive(Clone, Copy)]
pub struct Along<'a> {
    /// Which of several changes it is.
    pub at: usize,
    /// Adds to the transaction, given the number of the change and the object that the API answers.
    pub keep: &'a (dyn Fn(usize, &Value, &mut Transaction<'_>) + Send + Sync),
}

/// How the answer of a request with an idempotency key is kept.
#[derive(Clone, Copy)]
pub struct Reply<'a> {
    /// The key.
    pub claim: &'a ClaimedKey,
    /// Makes the answer from the object that the API gives.
    pub answer: &'a (dyn Fn(&Value) -> Answer + Send + Sync),
}

/// What was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Done<T> {
    /// The thing as it is now.
    pub value: T,
    /// The same as the API answers it.
    pub answer: Value,
}

impl<'a> Mandate<'a> {
    /// One without a request behind it.
    pub fn of(account: &'a AccountId, actor: &'a str) -> Self {
        Self { account, actor, person: None, request: None, reply: None, along: None }
    }

    /// The same for change number `at` of several.
    #[must_use]
    pub fn numbered(&self, at: usize) -> Self {
        Self { along: self.along.map(|along| Along { at, ..along }), ..*self }
    }
}

/// A change, to be noted.
#[derive(Clone, Debug)]
pub struct Noted<'a> {
    /// Such as `assertion.issued`.
    pub kind: &'a str,
    /// The id it is about.
    pub subject: &'a str,
    /// The object that the API answers.
    pub answer: &'a Value,
    /// For the audit row only: ids, numbers, digests; never what somebody wrote about a person,
    /// because rows of the audit trail cannot be taken back.
    pub detail: Value,
}

impl Transaction<'_> {
    /// Notes a change: the event, the audit row, the answer.
    pub fn note(&mut self, mandate: &Mandate<'_>, what: &Noted<'_>, at: Timestamp) {
        self.event(Event {
            kind: what.kind.to_owned(),
            subject: what.subject.to_owned(),
            at,
            data: event_data(what.answer),
        });
        self.note_privately(mandate, what, at);
    }

    /// Notes a change that followers are not told of: the audit row, the answer.
    pub fn note_privately(&mut self, mandate: &Mandate<'_>, what: &Noted<'_>, at: Timestamp) {
        self.audit(&AuditRow {
            at,
            actor: mandate.actor.to_owned(),
            action: what.kind.to_owned(),
            subject: what.subject.to_owned(),
            request: mandate.request.map(str::to_owned),
            detail: what.detail.clone(),
        });
        if let Some(reply) = &mandate.reply {
            self.remember_answer(reply.claim, (reply.answer)(what.answer), at);
        }
        if let Some(along) = &mandate.along {
            (along.keep)(along.at, what.answer, self);
        }
    }
}

/// What followers are told: identifiers, states and version numbers. Nothing that somebody wrote:
/// an external id may be a person's address, and what was told cannot be erased.
fn event_data(answer: &Value) -> Value {
    const TOLD: [&str; 6] = ["id", "state", "badgeClass", "badgeClassVersion", "issuer", "version"];
    let told = TOLD.iter().filter_map(|name| Some(((*name).to_owned(), answer.get(name)?.clone())));
    Value::Object(told.collect())
}
