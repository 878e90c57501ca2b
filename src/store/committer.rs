//! The one thread that writes.
//!
//! It takes all commits that wait, admits those whose expectations hold, writes them as one, syncs
//! once, and answers everyone. While it works, the keys it touches are in flight: a reader of one of
//! them waits until the outcome is known, so that nobody acts on what a crash could take back.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use tokio::sync::{mpsc, oneshot, watch};

use super::backend::{Batch, Key, Version};
use super::disk;
use super::error::StoreError;
use super::group::Group;
use super::recent::Recent;
use super::sled::{Engine, Sealed, Writer};

/// Commits that share a flush, at most.
const GROUP_COMMITS: usize = 512;

/// Bytes that share a flush, at most (one batch may be larger by itself).
const GROUP_BYTES: usize = 8 << 20;

/// Under this key lies the version of the last commit.
pub(super) const LAST_KEY: &[u8] = b"\0last";

/// A commit that waits.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) batch: Batch,
    pub(super) answer: oneshot::Sender<Result<Version, StoreError>>,
}

/// What readers and the committer share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    in_flight: RwLock<Option<Arc<InFlight>>>,
    stopped: OnceLock<String>,
}

impl Shared {
    /// The commits in flight, if they touch a key that `touches` names.
    pub(super) fn in_flight(
        &self,
        touches: impl FnOnce(&BTreeSet<Key>) -> bool,
    ) -> Option<Arc<InFlight>> {
        let in_flight = self.in_flight.read().unwrap_or_else(PoisonError::into_inner);
        in_flight.as_ref().filter(|in_flight| touches(&in_flight.keys)).map(Arc::clone)
    }

    /// Why nothing is written any more.
    pub(super) fn stopped(&self) -> Option<&str> {
        self.stopped.get().map(String::as_str)
    }

    fn set_in_flight(&self, in_flight: Option<Arc<InFlight>>) {
        *self.in_flight.write().unwrap_or_else(PoisonError::into_inner) = in_flight;
    }
}

/// Keys whose records are written but not yet durable.
#[derive(Debug)]
pub(super) struct InFlight {
    keys: BTreeSet<Key>,
    settled: watch::Receiver<Option<bool>>,
}

impl InFlight {
    /// Waits until they are durable.
    pub(super) async fn settled(&self, shared: &Shared) -> Result<(), StoreError> {
        let mut settled = self.settled.clone();
        match settled.wait_for(Option::is_some).await.map(|outcome| *outcome) {
            Ok(Some(true)) => Ok(()),
            _ => Err(StoreError::InDoubt {
                reason: shared.stopped().unwrap_or("the committer ended").to_owned(),
            }),
        }
    }
}

/// The state of the thread.
#[derive(Debug)]
pub(super) struct Committer {
    pub(super) engine: Engine,
    pub(super) writer: Writer,
    pub(super) recent: Recent,
    pub(super) shared: Arc<Shared>,
    pub(super) queue: mpsc::Receiver<Request>,
    pub(super) last: Version,
    pub(super) directory: PathBuf,
    pub(super) reserve: u64,
}

impl Committer {
    /// Serves until every handle is gone, then closes the store.
    pub(super) fn run(mut self) {
        let mut held = None;
        while let Some(first) = held.take().or_else(|| self.queue.blocking_recv()) {
            let mut size = first.batch.size();
            let mut waiting = vec![first];
            while waiting.len() < GROUP_COMMITS
                && let Ok(next) = self.queue.try_recv()
            {
                size = size.saturating_add(next.batch.size());
                if size > GROUP_BYTES {
                    held = Some(next);
                    break;
                }
                waiting.push(next);
            }
            self.commit(waiting);
        }
        if self.shared.stopped().is_none()
            && let Err(error) = self.recent.clean(self.last)
        {
            tracing::warn!(%error, "the store was closed without its closing mark");
        }
    }

    fn commit(&mut self, waiting: Vec<Request>) {
        if let Err(refusal) = self.may_write() {
            for request in waiting {
                answer(request.answer, Err(refusal.clone()));
            }
            return;
        }
        let mut group = Group::after(self.last);
        let mut answers = Vec::with_capacity(waiting.len());
        for request in waiting {
            answers.push((request.answer, group.admit(request.batch, &self.engine)));
        }
        let failed = if group.is_empty() { None } else { self.write(group) };
        for (to, outcome) in answers {
            let outcome = match (&failed, outcome) {
                // A refusal may rest on a record that was in the failed group.
                (Some(reason), Ok(_) | Err(StoreError::Conflict { .. })) => {
                    Err(StoreError::InDoubt { reason: reason.clone() })
                }
                (_, outcome) => outcome,
            };
            answer(to, outcome);
        }
    }

    fn may_write(&self) -> Result<(), StoreError> {
        if let Some(reason) = self.shared.stopped() {
            return Err(StoreError::Stopped { reason: reason.to_owned() });
        }
        match disk::free_bytes(&self.directory) {
            Ok(free) if free < self.reserve => {
                Err(StoreError::Full { free, reserve: self.reserve })
            }
            // Not being told the room is no reason to stop: writing will tell.
            _ => Ok(()),
        }
    }

    /// Writes the group; gives the reason if that failed.
    fn write(&mut self, group: Group) -> Option<String> {
        let (last, outcome) = group.finish();
        let keys = outcome.keys().cloned().collect();
        let mut records = Vec::with_capacity(outcome.len() + 1);
        let mut notes = Vec::with_capacity(outcome.len());
        for (key, (version, value)) in outcome {
            let sealed = value.map(|value| Sealed::new(&key, version, &value));
            notes.push((key.clone(), (version, sealed.as_ref().map(Sealed::checksum))));
            records.push((key, sealed));
        }
        let last_key = Key::new(LAST_KEY);
        let sealed = Sealed::new(&last_key, last, b"");
        records.push((last_key, Some(sealed)));

        let (settle, settled) = watch::channel(None);
        self.shared.set_in_flight(Some(Arc::new(InFlight { keys, settled })));
        let noted = self.recent.begin(last, notes.iter().map(|(key, noted)| (key, *noted)));
        let written = noted
            .map_err(|error| format!("noting what is written: {error}"))
            .and_then(|()| self.writer.write(records));
        match written {
            Ok(()) => {
                self.last = last;
                if let Err(error) = self.recent.durable(last) {
                    tracing::warn!(%error, "a durable commit could not be noted");
                }
                self.shared.set_in_flight(None);
                settle.send_replace(Some(true));
                None
            }
            Err(reason) => {
                tracing::error!(%reason, "a write failed; no more is written until a restart");
                let _ = self.shared.stopped.set(reason.clone());
                // Stays in flight: what was half written is never read.
                settle.send_replace(Some(false));
                Some(reason)
            }
        }
    }
}

fn answer(to: oneshot::Sender<Result<Version, StoreError>>, outcome: Result<Version, StoreError>) {
    // Whoever asked may have gone; the commit stands all the same.
    let _ = to.send(outcome);
}
