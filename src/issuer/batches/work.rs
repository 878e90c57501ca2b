//! Works rows off: a slice of a batch at a time, awards and their outcomes in the same commit.
//!
//! A slice that was interrupted is begun again: rows that have an outcome are passed over, the others
//! were not carried out.

use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::judge::{Judge, Judged, Verdict, duplicate};
use super::outcome::{outcome, outcome_of, refused, refused_by_issuer};
use super::past::{OwnKey, Past};
use super::sheet::Sheet;
use crate::domain::{AccountId, AssertionDraft, AssertionId, BatchState};
use crate::issuer::{Done, Issuer, IssuerError, Mandate};
use crate::store::{
    Along, AuditRow, Batch, Event, RowOutcome, SeenRow, StoreError, Transaction, Versioned,
};
use crate::wire::rows::{Action, Fault, Place, Row, RowProblem};

/// Rows that are worked off before others get their turn.
pub(super) const SLICE: usize = 512;

/// Awards that are taken back side by side: each waits for the disk.
const CHANGES_AT_ONCE: usize = 64;

/// A batch at work, with what its slices have in common.
pub(super) struct Work {
    pub(super) account: AccountId,
    pub(super) judge: Judge,
    pub(super) sheet: Sheet,
}

/// A row that will become an award.
struct ToMint {
    number: u32,
    row: Row,
    key: OwnKey,
    withheld: bool,
}

/// Under what a row that has had its turn is known, and all that it says.
type Turned = (OwnKey, [u8; 32]);

/// Rows whose outcomes are not written yet.
#[derive(Default)]
struct Open {
    minting: Vec<ToMint>,
    drafts: Vec<AssertionDraft>,
    over: Vec<(u32, RowOutcome, Option<Turned>)>,
    /// Awards that are taken back, each named by its row.
    revoking: Vec<(Verdict, ToMint)>,
    keys: HashSet<OwnKey>,
}

impl Work {
    /// Works off the next rows of a batch, and notes how far it has come.
    pub(super) async fn slice(
        &mut self,
        issuer: &Issuer,
        found: Versioned<Batch>,
    ) -> Result<Batch, IssuerError> {
        let store = issuer.store();
        let (account, batch) = (self.account.clone(), &found.value);
        let rows = store.batch_rows(&account, &batch.id, batch.worked, SLICE).await?;
        let done = store.row_outcomes(&account, &batch.id, batch.worked, SLICE).await?;
        let done: HashSet<u32> = done.into_iter().map(|(number, _)| number).collect();
        let past = Past::Kept { batch: batch.id.clone() };
        let mut open = Open::default();
        for (number, kept) in rows {
            if done.contains(&number) {
                continue;
            }
            let fault = kept.fault.as_deref().and_then(Fault::parse);
            let mut row = match read(&self.sheet, &kept.bytes, fault) {
                Ok(row) => row,
                Err(outcome) => {
                    open.over.push((number, *outcome, None));
                    continue;
                }
            };
            // What a row depends on must stand in the store before it is judged.
            if !stands_alone(&row) || open.keys.contains(&OwnKey::of(&row)) {
                self.settle(issuer, batch, std::mem::take(&mut open)).await?;
            }
            let judged = self.judge.judge(number, &mut row, &self.sheet, &past).await?;
            self.take(issuer, batch, number, row, judged, &mut open).await?;
        }
        self.settle(issuer, batch, open).await?;
        self.advance(issuer, found).await
    }

    async fn take(
        &self,
        issuer: &Issuer,
        batch: &Batch,
        number: u32,
        row: Row,
        judged: Judged,
        open: &mut Open,
    ) -> Result<(), IssuerError> {
        let Judged { verdict, withheld, key, .. } = judged;
        open.keys.extend(key.clone());
        let key = key.unwrap_or_else(|| OwnKey::of(&row));
        match verdict {
            Verdict::Over(outcome) => {
                let key = open.keys.contains(&key).then_some((key, row.content));
                // A duplicate leaves the row that came first as it is.
                let key = key.filter(|_| outcome.outcome != "duplicate");
                open.over.push((number, outcome, key));
            }
            Verdict::Issue(draft) => {
                open.drafts.push(*draft);
                open.minting.push(ToMint { number, row, key, withheld });
            }
            revoke @ Verdict::Revoke(..) if stands_alone(&row) => {
                open.revoking.push((revoke, ToMint { number, row, key, withheld }));
            }
            other => {
                let one = ToMint { number, row, key, withheld };
                self.change(issuer, batch, other, one).await?;
            }
        }
        Ok(())
    }

    /// Mints what waits to be minted, and writes the other outcomes.
    async fn settle(&self, issuer: &Issuer, batch: &Batch, open: Open) -> Result<(), IssuerError> {
        let Open { minting, drafts, mut over, revoking, .. } = open;
        if !drafts.is_empty() {
            let keep = |at: usize, answer: &Value, tx: &mut Transaction<'_>| {
                if let Some(one) = minting.get(at) {
                    one.carried(batch, "issued", answer, tx);
                }
            };
            let mandate =
                Mandate { along: Some(Along { at: 0, keep: &keep }), ..self.mandate(batch) };
            let minted = issuer.mint_many(&mandate, drafts).await;
            for (one, minted) in minting.iter().zip(minted) {
                let Err(error) = minted else { continue };
                let (outcome, key) = self.not_minted(issuer, one, error).await?;
                over.push((one.number, outcome, key));
            }
        }
        let mut changes = stream::iter(revoking)
            .map(|(verdict, one)| self.change(issuer, batch, verdict, one))
            .buffer_unordered(CHANGES_AT_ONCE);
        while let Some(changed) = changes.next().await {
            changed?;
        }
        drop(changes);
        if over.is_empty() {
            return Ok(());
        }
        let mut tx = issuer.store().begin(&self.account);
        for (number, outcome, key) in &over {
            tx.set_outcome(&batch.id, *number, outcome);
            if let Some((key, content)) = key {
                let seen = SeenRow {
                    batch: batch.id.clone(),
                    row: *number,
                    content: *content,
                    assertion: None,
                };
                tx.see_row(key.as_key(), &seen);
            }
        }
        tx.commit().await?;
        Ok(())
    }

    async fn not_minted(
        &self,
        issuer: &Issuer,
        one: &ToMint,
        error: IssuerError,
    ) -> Result<(RowOutcome, Option<Turned>), IssuerError> {
        if let (IssuerError::Taken("externalId"), OwnKey::ExternalId(id)) = (&error, &one.key) {
            let award = issuer.store().assertion_by_external_id(&self.account, id).await?;
            let award = award.map(|award| award.value.id);
            let outcome =
                duplicate(&one.row, award, None, "an award has this externalId".to_owned());
            return Ok((one.with_id(outcome), None));
        }
        let refusal = refused_by_issuer(&one.row, error)?;
        let key = match &one.key {
            OwnKey::Content(content) if refusal.counts => Some((one.key.clone(), *content)),
            _ => None,
        };
        Ok((one.with_id(outcome_of(&refusal)), key))
    }

    /// Changes an award, or makes its successor.
    async fn change(
        &self,
        issuer: &Issuer,
        batch: &Batch,
        verdict: Verdict,
        one: ToMint,
    ) -> Result<(), IssuerError> {
        let word = match &verdict {
            Verdict::Amend(_, amended) => amended.word(),
            Verdict::Revoke(..) => "revoked",
            Verdict::Over(_) | Verdict::Issue(_) => return Ok(()),
        };
        let keep = |_: usize, answer: &Value, tx: &mut Transaction<'_>| {
            one.carried(batch, word, answer, tx);
        };
        let mandate = Mandate { along: Some(Along { at: 0, keep: &keep }), ..self.mandate(batch) };
        let missing = || IssuerError::NotFound("award");
        let changed: Result<Done<_>, IssuerError> = match verdict {
            Verdict::Amend(Some(id), amended) => amended.carry_out(issuer, &mandate, &id).await,
            Verdict::Revoke(Some(id), change) => issuer.revoke(&mandate, &id, &change).await,
            _ => Err(missing()),
        };
        let store = issuer.store();
        let mut tx = store.begin(&self.account);
        match changed {
            Ok(done) => {
                // A change that had happened already was not committed with anything.
                if store.row_outcome(&self.account, &batch.id, one.number).await?.is_some() {
                    return Ok(());
                }
                one.carried(batch, word, &done.answer, &mut tx);
            }
            Err(error) => {
                let (outcome, key) = self.not_minted(issuer, &one, error).await?;
                tx.set_outcome(&batch.id, one.number, &outcome);
                if let Some((key, content)) = key {
                    let seen = SeenRow {
                        batch: batch.id.clone(),
                        row: one.number,
                        content,
                        assertion: None,
                    };
                    tx.see_row(key.as_key(), &seen);
                }
            }
        }
        tx.commit().await?;
        Ok(())
    }

    fn mandate<'a>(&'a self, batch: &'a Batch) -> Mandate<'a> {
        let request = batch.request.as_deref();
        Mandate { request, ..Mandate::of(&self.account, &batch.actor) }
    }

    /// Counts the rows that have an outcome now. Somebody may have cancelled the batch meanwhile.
    async fn advance(
        &self,
        issuer: &Issuer,
        mut found: Versioned<Batch>,
    ) -> Result<Batch, IssuerError> {
        let store = issuer.store();
        let (worked, id) = (found.value.worked, found.value.id.clone());
        let mut counts = found.value.counts;
        let mut last = worked;
        let outcomes = store.row_outcomes(&self.account, &id, worked, SLICE).await?;
        let words: HashMap<u32, &str> =
            outcomes.iter().map(|(number, one)| (*number, one.outcome.as_str())).collect();
        while let Some(word) = words.get(&(last + 1)) {
            counts.add(word);
            last += 1;
        }
        loop {
            let before = &found.value;
            let over = last >= before.counts.rows;
            let state = match before.state {
                BatchState::Cancelled => BatchState::Cancelled,
                _ if over => BatchState::Done,
                _ => BatchState::Running,
            };
            let now = issuer.0.clock.now();
            let finished_at = before.finished_at.or_else(|| over.then_some(now));
            let after = Batch { state, counts, worked: last, finished_at, ..before.clone() };
            let mut tx = store.begin(&self.account);
            tx.update_batch(found.version, &after);
            if state == BatchState::Done {
                note_end(&mut tx, &after, now);
            }
            match tx.commit().await {
                Ok(_) => return Ok(after),
                Err(StoreError::Conflict { .. }) => {
                    let again = store.batch(&self.account, &id).await?;
                    found = again.ok_or(IssuerError::NotFound("batch"))?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl ToMint {
    /// Adds to the commit of an award what became of its row.
    fn carried(&self, batch: &Batch, word: &str, answer: &Value, tx: &mut Transaction<'_>) {
        let assertion = answer["id"].as_str().and_then(|id| AssertionId::parse(id).ok());
        let word =
            if self.withheld { format!("{word}:evidence-withheld") } else { word.to_owned() };
        let outcome = self.with_id(outcome(word, assertion.clone()));
        tx.set_outcome(&batch.id, self.number, &outcome);
        let seen = SeenRow {
            batch: batch.id.clone(),
            row: self.number,
            content: self.row.content,
            assertion,
        };
        tx.see_row(self.key.as_key(), &seen);
    }

    fn with_id(&self, outcome: RowOutcome) -> RowOutcome {
        let external_id = self.row.text("/externalId").map(|id| id.chars().take(200).collect());
        RowOutcome { external_id, ..outcome }
    }
}

/// Whether a row depends on no row above it.
fn stands_alone(row: &Row) -> bool {
    let facts = &row.facts;
    match Action::parse(facts.action.as_deref()) {
        Some(Action::Issue) => facts.ref_row.is_none() && facts.assertion.is_none(),
        Some(Action::Revoke) => facts.ref_row.is_none() && facts.assertion.is_some(),
        _ => false,
    }
}

/// Reads a row, or says why that is not possible.
pub(super) fn read(
    sheet: &Sheet,
    bytes: &[u8],
    fault: Option<Fault>,
) -> Result<Row, Box<RowOutcome>> {
    let unreadable =
        |problem: RowProblem| Box::new(outcome_of(&refused("unreadable", vec![problem])));
    let told = |code: &str, detail: String, help: &str| {
        unreadable(RowProblem {
            place: Place::Pointer(String::new()),
            code: code.to_owned(),
            detail,
            suggestion: Some(help.to_owned()),
        })
    };
    match fault {
        Some(Fault::TooLong) => Err(told(
            "too-long",
            format!("the row is longer than {} bytes", crate::wire::rows::ROW_BYTES),
            "shorten its texts, or link to them as evidence",
        )),
        Some(Fault::UnclosedQuote) => Err(told(
            "unclosed-quote",
            "a cell begins with a quote that is never closed".to_owned(),
            "close the quote, or double it where it belongs to the text",
        )),
        Some(Fault::Erased) => Err(told(
            "erased",
            "the person whom the row was about was erased before its turn".to_owned(),
            "nothing is to be done",
        )),
        None => sheet.row(bytes).map_err(unreadable),
    }
}

fn note_end(tx: &mut Transaction<'_>, batch: &Batch, at: jiff::Timestamp) {
    let data = json!({ "id": batch.id.as_str(), "state": batch.state.as_str() });
    tx.event(Event {
        kind: "batch.done".to_owned(),
        subject: batch.id.as_str().to_owned(),
        at,
        data,
    });
    tx.audit(&AuditRow {
        at,
        actor: batch.actor.clone(),
        action: "batch.done".to_owned(),
        subject: batch.id.as_str().to_owned(),
        request: batch.request.clone(),
        detail: super::answer::counts(&batch.counts),
    });
}
