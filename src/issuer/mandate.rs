//! On whose behalf something is done, and what is kept with it.

use serde_json::{Value, json};

use super::{Issuer, IssuerError};
use crate::domain::AccountId;
use crate::store::{Answer, AuditRow, ClaimedKey, Event, Transaction};

/// On whose behalf something is done.
#[derive(Clone, Copy)]
pub struct Mandate<'a> {
    /// Whose data it touches.
    pub account: &'a AccountId,
    /// Who asks: a token id, `cli`, `demo` …
    pub actor: &'a str,
    /// The request it came with.
    pub request: Option<&'a str>,
    /// The answer that is kept under the idempotency key of the request.
    pub reply: Option<Reply<'a>>,
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
        Self { account, actor, request: None, reply: None }
    }
}

impl Issuer {
    /// Adds to a transaction what every change brings along: the event, the audit row, the answer.
    pub(super) fn note(
        &self,
        tx: &mut Transaction<'_>,
        mandate: &Mandate<'_>,
        what: &Noted<'_>,
    ) -> Result<(), IssuerError> {
        let at = self.0.clock.now();
        tx.event(&Event {
            kind: what.kind.to_owned(),
            subject: what.subject.to_owned(),
            at,
            data: event_data(what.answer),
        });
        tx.audit(&AuditRow {
            at,
            actor: mandate.actor.to_owned(),
            action: what.kind.to_owned(),
            subject: what.subject.to_owned(),
            request: mandate.request.map(str::to_owned),
            detail: what.detail.clone(),
        });
        if let Some(reply) = &mandate.reply {
            tx.remember_answer(reply.claim, (reply.answer)(what.answer), at);
        }
        Ok(())
    }
}

/// A change, to be noted.
pub(super) struct Noted<'a> {
    /// Such as `assertion.issued`.
    pub(super) kind: &'a str,
    pub(super) subject: &'a str,
    /// The object that the API answers.
    pub(super) answer: &'a Value,
    /// For the audit row only.
    pub(super) detail: Value,
}

/// What followers are told: identifiers and state, never a person or a reason.
fn event_data(answer: &Value) -> Value {
    const TOLD: [&str; 9] = [
        "id",
        "url",
        "state",
        "badgeClass",
        "badgeClassVersion",
        "issuer",
        "externalId",
        "version",
        "slug",
    ];
    let told = TOLD.iter().filter_map(|name| Some(((*name).to_owned(), answer.get(name)?.clone())));
    json!(told.collect::<serde_json::Map<_, _>>())
}
