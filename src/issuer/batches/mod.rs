//! Batches: many awards that are asked for together.
//!
//! ```text
//! upload ── inspect ── accept: every row durable ── queue
//!                                                     │  a slice at a time, account by account
//!                 judge ── mint, renew, reissue, revoke ── outcome in the same commit
//! ```
//!
//! What is queued is worked off by [`Batches::run`], or a step at a time by [`Batches::step`]; it goes
//! on by itself after the process was killed. A row that has had its turn is known again, by its
//! `externalId` or by all that it says.

mod amend;
mod answer;
mod arrivals;
mod cancel;
mod dates;
mod dry;
mod evidence;
mod failures;
mod intake;
mod judge;
mod names;
mod outcome;
mod past;
mod revoke;
mod rubric;
mod sheet;
mod work;

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::{Notify, watch};

pub use answer::batch_answer;
pub use dry::DryRun;
pub use failures::Failures;
pub use intake::{Format, Inspected, Terms, Upload};
pub use outcome::row_answer;

use self::judge::Judge;
use self::sheet::Sheet;
use self::work::Work;
use super::{Issuer, IssuerError};
use crate::domain::{AccountId, BatchId, BatchState, Problems};
use crate::store::{Batch, StoreError, Versioned};
use crate::wire::rows::Broken;

/// Waiting batches that are looked at for the next one.
const LOOKS_AT_MOST: usize = 1000;

/// How long a batch waits that cannot be worked off.
const PAUSE: Duration = Duration::from_secs(1);

/// Takes batches in and works them off. Clones share it.
#[derive(Clone)]
pub struct Batches(Arc<Inner>);

struct Inner {
    issuer: Issuer,
    most_rows: u32,
    /// Batches whose rows are arriving in this process.
    arriving: Mutex<HashSet<BatchId>>,
    /// Batches that arrive over the socket of the service.
    arrivals: arrivals::Arrivals,
    turn: tokio::sync::Mutex<Turn>,
    wake: Notify,
    changed: watch::Sender<u64>,
    closed: AtomicBool,
}

/// Whose turn it was.
#[derive(Default)]
struct Turn {
    account: Option<AccountId>,
    work: Option<(BatchId, Work)>,
}

/// Why a batch was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// It cannot be taken apart.
    #[error("{0}")]
    Broken(#[from] Broken),
    /// What is wrong with its header, its mapping, or the whole.
    #[error("{0}")]
    Invalid(Problems),
    /// It has more rows than a batch may have.
    #[error("a batch may have {0} rows at most; send several")]
    TooManyRows(u32),
    /// What the issuer or the store says.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
}

impl From<StoreError> for BatchError {
    fn from(error: StoreError) -> Self {
        Self::Issuer(error.into())
    }
}

/// A batch whose rows are arriving.
struct Arriving<'a> {
    batches: &'a Batches,
    id: BatchId,
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        let arriving = &self.batches.0.arriving;
        arriving.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

impl Batches {
    /// Puts it together; `most_rows` is what one batch may have.
    pub fn new(issuer: &Issuer, most_rows: u32) -> Self {
        Self(Arc::new(Inner {
            issuer: issuer.clone(),
            most_rows,
            arriving: Mutex::default(),
            arrivals: arrivals::Arrivals::default(),
            turn: tokio::sync::Mutex::default(),
            wake: Notify::new(),
            changed: watch::Sender::new(0),
            closed: AtomicBool::new(false),
        }))
    }

    /// Works for as long as it is polled.
    pub async fn run(&self) {
        loop {
            // Asked for before looking, so that what arrives while looking is not missed.
            let woken = self.0.wake.notified();
            // A panic leaves nothing half done: what was committed is whole, the rest comes again.
            match AssertUnwindSafe(self.step()).catch_unwind().await {
                Ok(Ok(true)) => continue,
                Ok(Ok(false)) => {
                    woken.await;
                    continue;
                }
                Ok(Err(error)) => {
                    tracing::error!(%error, "a batch waits: its rows cannot be worked off now");
                }
                Err(_) => tracing::error!("a batch waits: working off its rows panicked"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Works off the next rows of the account whose turn it is; `false` when there is nothing to do.
    ///
    /// # Errors
    /// What the store says. Nothing is lost: the same rows come again.
    pub async fn step(&self) -> Result<bool, IssuerError> {
        let mut turn = self.0.turn.lock().await;
        let Some((account, found)) = self.next(&mut turn).await? else { return Ok(false) };
        turn.account = Some(account.clone());
        let id = found.value.id.clone();
        let mut work = match turn.work.take() {
            Some((of, work)) if of == id => work,
            _ => self.work(&account, &found.value).await?,
        };
        let after = work.slice(&self.0.issuer, found).await?;
        if !after.state.is_over() {
            turn.work = Some((id, work));
        }
        self.tell();
        Ok(true)
    }

    /// A number that changes whenever a batch does.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// Ends the streams of those who follow a batch: the service stops.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
        self.tell();
    }

    /// Whether the service stops.
    pub fn is_closed(&self) -> bool {
        self.0.closed.load(Ordering::SeqCst)
    }

    /// A batch that arrived whole.
    ///
    /// # Errors
    /// [`IssuerError::NotFound`], and what the store says.
    pub async fn batch(
        &self,
        account: &AccountId,
        id: &BatchId,
    ) -> Result<Versioned<Batch>, IssuerError> {
        let found = self.0.issuer.store().batch(account, id).await?;
        found
            .filter(|found| found.value.state != BatchState::Receiving)
            .ok_or(IssuerError::NotFound("batch"))
    }

    async fn work(&self, account: &AccountId, batch: &Batch) -> Result<Work, IssuerError> {
        let issuer = &self.0.issuer;
        let as_of = batch.as_of.parse().map_err(|_| IssuerError::NotFound("day"))?;
        let judge = Judge::new(issuer, account, as_of, batch.may_revoke, batch.notify).await?;
        let sheet = Sheet::of(issuer.store(), account, batch).await?;
        Ok(Work { account: account.clone(), judge, sheet, begun: false })
    }

    /// The oldest batch of the account that comes after the one whose turn it was. What a former run
    /// left half arrived is removed on the way.
    async fn next(
        &self,
        turn: &mut Turn,
    ) -> Result<Option<(AccountId, Versioned<Batch>)>, IssuerError> {
        let store = self.0.issuer.store();
        let mut first: Vec<(AccountId, Versioned<Batch>)> = Vec::new();
        for (account, id) in store.waiting_batches(LOOKS_AT_MOST).await? {
            if first.iter().any(|(known, _)| *known == account) {
                continue;
            }
            let Some(found) = store.batch(&account, &id).await? else { continue };
            if found.value.state != BatchState::Receiving {
                first.push((account, found));
            } else if !self.is_arriving(&id) {
                // Between looking at it and asking it may have arrived.
                let again = store.batch(&account, &id).await?;
                if again.is_some_and(|again| again.value.state == BatchState::Receiving) {
                    store.drop_batch(&account, &id).await?;
                }
            }
        }
        let last = turn.account.as_ref();
        let at = first.iter().position(|(account, _)| Some(account) == last);
        let next = at.map_or(0, |at| at + 1);
        let next = if next < first.len() { next } else { 0 };
        Ok((!first.is_empty()).then(|| first.swap_remove(next)))
    }

    fn is_arriving(&self, id: &BatchId) -> bool {
        self.0.arriving.lock().unwrap_or_else(PoisonError::into_inner).contains(id)
    }

    fn arriving(&self, id: &BatchId) -> Arriving<'_> {
        let arriving = &self.0.arriving;
        arriving.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone());
        Arriving { batches: self, id: id.clone() }
    }

    fn wake(&self) {
        self.0.wake.notify_one();
        self.tell();
    }

    fn tell(&self) {
        self.0.changed.send_modify(|count| *count = count.wrapping_add(1));
    }
}
