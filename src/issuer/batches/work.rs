//! Works rows off: a slice of a batch at a time, awards and their outcomes in the same commit.
//!
//! A slice that was interrupted is begun again: rows that have an outcome are passed over, the others
//! were not carried out.

use std::collections::{HashMap, HashSet, VecDeque};

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::judge::{Judge, Judged, Verdict, duplicate};
use super::outcome::{outcome, outcome_of, refused, refused_by_issuer};
use super::past::{OwnKey, Past};
use super::sheet::Sheet;
use crate::domain::{AccountId, AssertionDraft, AssertionId, BatchState, Counts};
use crate::issuer::{Done, Issuer, IssuerError, Mandate};
use crate::store::backend::Version;
use crate::store::{
    Along, AuditRow, Batch, BatchRow, Event, RowOutcome, SeenRow, StoreError, Transaction,
    Versioned,
};
use crate::wire::rows::{Action, Fault, Place, Row, RowProblem};

/// Rows that are worked off before others get their turn.
pub(super) const SLICE: usize = 512;

/// Rows of a slice that are carried out together while the next ones are judged.
const TOGETHER: usize = 128;

/// Rows that are judged before what is carried out meanwhile gets its turn.
const JUDGED_AT_ONCE: usize = 16;

/// Awards that are taken back side by side: each waits for the disk.
const CHANGES_AT_ONCE: usize = 64;

/// A batch at work, with what its slices have in common.
pub(super) struct Work {
    pub(super) account: AccountId,
    pub(super) judge: Judge,
    pub(super) sheet: Sheet,
    /// Whether a slice was worked off here: before the first one there may be outcomes that an
    /// interrupted one left.
    pub(super) begun: bool,
}

/// Where the rows of a slice are carried out.
struct Desk<'a> {
    issuer: &'a Issuer,
    account: &'a AccountId,
    batch: &'a Batch,
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

/// Rows that are judged, and whose outcomes are not written yet.
#[derive(Default)]
struct Open {
    minting: Vec<ToMint>,
    drafts: Vec<AssertionDraft>,
    over: Vec<(u32, RowOutcome, Option<Turned>)>,
    /// Awards that are taken back, each named by its row.
    revoking: Vec<(Verdict, ToMint)>,
    keys: HashSet<OwnKey>,
    /// What became of rows that were carried out when they were judged.
    told: Vec<String>,
}

impl Open {
    fn is_empty(&self) -> bool {
        self.minting.is_empty() && self.over.is_empty() && self.revoking.is_empty()
    }
}

impl Work {
    /// Works off the next rows of a batch, and notes how far it has come. While some are carried out,
    /// the next ones are judged.
    pub(super) async fn slice(
        &mut self,
        issuer: &Issuer,
        found: Versioned<Batch>,
    ) -> Result<Batch, IssuerError> {
        let store = issuer.store();
        let (account, batch) = (self.account.clone(), &found.value);
        let mut rows = store.batch_rows(&account, &batch.id, batch.worked, SLICE).await?;
        let last = rows.last().map_or(batch.worked, |(number, _)| *number);
        let mut counts = batch.counts;
        if !self.begun {
            let done = store.row_outcomes(&account, &batch.id, batch.worked, SLICE).await?;
            let done: HashMap<u32, RowOutcome> = done.into_iter().collect();
            rows.retain(|(number, _)| !done.contains_key(number));
            done.values().for_each(|outcome| counts.add(&outcome.outcome));
        }
        let desk = Desk { issuer, account: &account, batch };
        let mut rows = VecDeque::from(rows);
        let mut judged = Open::default();
        loop {
            let ahead = (!judged.is_empty()).then(|| std::mem::take(&mut judged.keys));
            let (settled, next) = tokio::join!(
                desk.settle(judged),
                self.judge_some(&desk, &mut rows, ahead.as_ref())
            );
            settled?.iter().for_each(|word| counts.add(word));
            judged = next?;
            if rows.is_empty() && judged.is_empty() && judged.told.is_empty() {
                break;
            }
        }
        self.begun = true;
        desk.advance(counts, last, found.version).await
    }

    /// Judges the next rows, up to the first that depends on what is not in the store yet: on one of
    /// the rows before it here, or on one of those that are carried out meanwhile, whose keys are
    /// `ahead`.
    async fn judge_some(
        &mut self,
        desk: &Desk<'_>,
        rows: &mut VecDeque<(u32, BatchRow)>,
        ahead: Option<&HashSet<OwnKey>>,
    ) -> Result<Open, IssuerError> {
        let past = Past::Kept { batch: desk.batch.id.clone() };
        let mut open = Open::default();
        for at in 1..=TOGETHER {
            let Some((number, kept)) = rows.front() else { break };
            let number = *number;
            let fault = kept.fault.as_deref().and_then(Fault::parse);
            match read(&self.sheet, &kept.bytes, fault) {
                Err(outcome) => open.over.push((number, *outcome, None)),
                Ok(mut row) => {
                    let key = OwnKey::of(&row);
                    let depends = !stands_alone(&row)
                        || open.keys.contains(&key)
                        || ahead.is_some_and(|ahead| ahead.contains(&key));
                    if depends && !(open.is_empty() && ahead.is_none()) {
                        break;
                    }
                    let judged = self.judge.judge(number, &mut row, &self.sheet, &past).await?;
                    desk.take(number, row, judged, &mut open).await?;
                }
            }
            rows.pop_front();
            if at % JUDGED_AT_ONCE == 0 {
                tokio::task::yield_now().await;
            }
        }
        Ok(open)
    }
}

impl Desk<'_> {
    async fn take(
        &self,
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
                open.told.push(self.change(other, one).await?);
            }
        }
        Ok(())
    }

    /// Mints what waits to be minted, and writes the other outcomes; gives what became of the rows.
    async fn settle(&self, open: Open) -> Result<Vec<String>, IssuerError> {
        let Open { minting, drafts, mut over, revoking, mut told, .. } = open;
        if !drafts.is_empty() {
            let keep = |at: usize, answer: &Value, tx: &mut Transaction<'_>| {
                if let Some(one) = minting.get(at) {
                    one.carried(self.batch, "issued", answer, tx);
                }
            };
            let mandate = Mandate { along: Some(Along { at: 0, keep: &keep }), ..self.mandate() };
            let minted = self.issuer.mint_many(&mandate, drafts).await;
            for (one, minted) in minting.iter().zip(minted) {
                let Err(error) = minted else {
                    told.push(one.word("issued"));
                    continue;
                };
                let (outcome, key) = self.not_minted(one, error).await?;
                over.push((one.number, outcome, key));
            }
        }
        let mut changes = stream::iter(revoking)
            .map(|(verdict, one)| self.change(verdict, one))
            .buffer_unordered(CHANGES_AT_ONCE);
        while let Some(changed) = changes.next().await {
            told.push(changed?);
        }
        drop(changes);
        if over.is_empty() {
            return Ok(told);
        }
        let mut tx = self.issuer.store().begin(self.account);
        for (number, outcome, turned) in over {
            self.write(&mut tx, number, &outcome, turned);
            told.push(outcome.outcome);
        }
        tx.commit().await?;
        Ok(told)
    }

    /// Writes the outcome of a row that made no award, and that it has had its turn.
    fn write(
        &self,
        tx: &mut Transaction<'_>,
        row: u32,
        outcome: &RowOutcome,
        turned: Option<Turned>,
    ) {
        tx.set_outcome(&self.batch.id, row, outcome);
        if let Some((key, content)) = turned {
            let seen = SeenRow { batch: self.batch.id.clone(), row, content, assertion: None };
            tx.see_row(key.as_key(), &seen);
        }
    }

    async fn not_minted(
        &self,
        one: &ToMint,
        error: IssuerError,
    ) -> Result<(RowOutcome, Option<Turned>), IssuerError> {
        if let (IssuerError::Taken("externalId"), OwnKey::ExternalId(id)) = (&error, &one.key) {
            let award = self.issuer.store().assertion_by_external_id(self.account, id).await?;
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

    /// Changes an award, or makes its successor; gives what became of the row.
    async fn change(&self, verdict: Verdict, one: ToMint) -> Result<String, IssuerError> {
        let word = match &verdict {
            Verdict::Amend(_, amended) => amended.word(),
            Verdict::Revoke(..) => "revoked",
            // They are not carried out here.
            Verdict::Over(_) | Verdict::Issue(_) => return Err(IssuerError::Worker),
        };
        let keep = |_: usize, answer: &Value, tx: &mut Transaction<'_>| {
            one.carried(self.batch, word, answer, tx);
        };
        let mandate = Mandate { along: Some(Along { at: 0, keep: &keep }), ..self.mandate() };
        let missing = || IssuerError::NotFound("award");
        let changed: Result<Done<_>, IssuerError> = match verdict {
            Verdict::Amend(Some(id), amended) => {
                amended.carry_out(self.issuer, &mandate, &id).await
            }
            Verdict::Revoke(Some(id), change) => self.issuer.revoke(&mandate, &id, &change).await,
            _ => Err(missing()),
        };
        let store = self.issuer.store();
        let mut tx = store.begin(self.account);
        let told = match changed {
            Ok(done) => {
                // A change that had happened already was not committed with anything.
                let kept = store.row_outcome(self.account, &self.batch.id, one.number).await?;
                if let Some(kept) = kept {
                    return Ok(kept.outcome);
                }
                one.carried(self.batch, word, &done.answer, &mut tx);
                one.word(word)
            }
            Err(error) => {
                let (outcome, turned) = self.not_minted(&one, error).await?;
                self.write(&mut tx, one.number, &outcome, turned);
                outcome.outcome
            }
        };
        tx.commit().await?;
        Ok(told)
    }

    fn mandate(&self) -> Mandate<'_> {
        let request = self.batch.request.as_deref();
        Mandate { request, ..Mandate::of(self.account, &self.batch.actor) }
    }

    /// Notes that the rows up to `last` are worked off. Somebody may have cancelled the batch
    /// meanwhile.
    async fn advance(
        &self,
        counts: Counts,
        last: u32,
        mut version: Version,
    ) -> Result<Batch, IssuerError> {
        let store = self.issuer.store();
        let mut before = self.batch.clone();
        loop {
            let over = last >= before.counts.rows;
            let state = match before.state {
                BatchState::Cancelled => BatchState::Cancelled,
                _ if over => BatchState::Done,
                _ => BatchState::Running,
            };
            let now = self.issuer.0.clock.now();
            let finished_at = before.finished_at.or_else(|| over.then_some(now));
            let after = Batch { state, counts, worked: last, finished_at, ..before };
            let mut tx = store.begin(self.account);
            tx.update_batch(version, &after);
            if state == BatchState::Done {
                note_end(&mut tx, &after, now);
            }
            match tx.commit().await {
                Ok(_) => return Ok(after),
                Err(StoreError::Conflict { .. }) => {
                    let again = store.batch(self.account, &after.id).await?;
                    let again = again.ok_or(IssuerError::NotFound("batch"))?;
                    (before, version) = (again.value, again.version);
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
        let outcome = self.with_id(outcome(self.word(word), assertion.clone()));
        tx.set_outcome(&batch.id, self.number, &outcome);
        let seen = SeenRow {
            batch: batch.id.clone(),
            row: self.number,
            content: self.row.content,
            assertion,
        };
        tx.see_row(self.key.as_key(), &seen);
    }

    /// What became of the row, where that is `word`.
    fn word(&self, word: &str) -> String {
        if self.withheld { format!("{word}:evidence-withheld") } else { word.to_owned() }
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
