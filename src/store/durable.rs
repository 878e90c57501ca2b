//! The contract over a directory: sled behind one committer.

use std::collections::BTreeSet;
use std::fs::File;
use std::ops::Bound;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use super::backend::{Batch, Key, Stored, Version};
use super::check::CheckProgress;
use super::committer::{Request, Shared};
use super::contain::contain;
use super::error::{OpenError, StoreError};
use super::opening;
use super::sled::{Engine, Walked};
use crate::world::Random;

/// Commits that may wait for the committer before the next one waits to wait.
pub(super) const QUEUE: usize = 1024;

/// Where a store lies and how much it may use.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its directory, made if missing; one process at a time.
    pub path: PathBuf,
    /// Bytes of pages sled keeps in memory, as they lie on the disk: in memory they take twice as much
    /// and more. The system caches the file anyway.
    pub cache_bytes: u64,
    /// Free bytes on the disk below which nothing is written, so that there is always room to open
    /// again.
    pub reserve_bytes: u64,
    /// Size of the file that is given up when the disk is full at opening; 0 for none.
    pub ballast_bytes: u64,
}

impl Options {
    /// The usual sizes, in `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            cache_bytes: 16 << 20,
            reserve_bytes: 32 << 20,
            ballast_bytes: 64 << 20,
        }
    }
}

/// A store in a directory. Dropping the last handle waits for what is queued and closes it.
#[derive(Debug)]
pub struct Durable {
    engine: Option<Engine>,
    queue: Option<mpsc::Sender<Request>>,
    committer: Mutex<Option<JoinHandle<()>>>,
    shared: Arc<Shared>,
    lock: Option<File>,
}

impl Durable {
    /// Opens the store at `options.path`, or makes one there (with an id drawn from `random`).
    ///
    /// Checks the format, its version, whose store it is, and what the former run wrote last.
    /// Takes the calling thread: 0.4 s for 125,000 records.
    ///
    /// # Errors
    /// See [`OpenError`]; it never panics on damaged files.
    pub fn open(options: &Options, random: &Random) -> Result<Self, OpenError> {
        let opened = opening::open(options, random)?;
        let shared = Arc::clone(&opened.committer.shared);
        let engine = opened.committer.engine.clone();
        let committer = opened.committer;
        let thread = std::thread::Builder::new()
            .name("store-committer".to_owned())
            .spawn(move || committer.run())
            .map_err(|error| OpenError::of(&options.path, &error))?;
        Ok(Self {
            engine: Some(engine),
            queue: Some(opened.queue),
            committer: Mutex::new(Some(thread)),
            shared,
            lock: Some(opened.lock),
        })
    }

    pub(super) async fn get(&self, key: &Key) -> Result<Option<Stored>, StoreError> {
        let found = self.engine()?.read(key);
        self.settle(|keys| keys.contains(key)).await?;
        Ok(found?.map(|(stored, _)| stored))
    }

    pub(super) async fn scan(
        &self,
        prefix: &Key,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Stored)>, StoreError> {
        let start = match after {
            Some(after) if after >= prefix => Bound::Excluded(after.as_bytes()),
            _ => Bound::Included(prefix.as_bytes()),
        };
        // What lies before is the store's own.
        let start = match start {
            Bound::Excluded([] | [0, ..]) | Bound::Included([] | [0, ..]) => {
                Bound::Included(&[1][..])
            }
            start => start,
        };
        let found = self.collect(prefix, start, limit);
        let touches = |keys: &BTreeSet<Key>| {
            keys.range(prefix.clone()..).next().is_some_and(|key| key.starts_with(prefix))
        };
        self.settle(touches).await?;
        found
    }

    /// Waits until what a read has just seen is durable. It has seen nothing later than the commits
    /// in flight now: when these are settled, it may be told, whatever has begun since.
    async fn settle(&self, touches: impl FnOnce(&BTreeSet<Key>) -> bool) -> Result<(), StoreError> {
        match self.shared.in_flight(touches) {
            Some(in_flight) => in_flight.settled(&self.shared).await,
            None => Ok(()),
        }
    }

    fn collect(
        &self,
        prefix: &Key,
        start: Bound<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Key, Stored)>, StoreError> {
        let mut records = Vec::new();
        if limit == 0 {
            return Ok(records);
        }
        let mut damaged = None;
        self.engine()?.walk(prefix.as_bytes(), start, |walked| match walked {
            Walked::Record(key, stored) => {
                records.push((key, stored));
                records.len() < limit
            }
            Walked::Damaged(key, what) => {
                damaged = Some(StoreError::Damaged { key, what });
                false
            }
        })?;
        damaged.map_or(Ok(records), Err)
    }

    pub(super) async fn commit(&self, batch: Batch) -> Result<Version, StoreError> {
        let (answer, outcome) = oneshot::channel();
        let queue = self.queue.as_ref().ok_or(StoreError::Closed)?;
        queue.send(Request { batch, answer }).await.map_err(|_| StoreError::Closed)?;
        outcome.await.map_err(|_| StoreError::Closed)?
    }

    pub(super) fn stopped(&self) -> Option<String> {
        self.shared.stopped().map(str::to_owned)
    }

    pub(super) fn check(&self, progress: &CheckProgress) {
        let mut last = None;
        let walked = self.engine().and_then(|engine| {
            // The records before are the store's own, checked at opening.
            engine.walk(&[], Bound::Included(&[1]), |walked| {
                match walked {
                    Walked::Record(key, _) => {
                        progress.sound(1);
                        last = Some(key);
                    }
                    Walked::Damaged(key, what) => progress.damaged(key, what),
                }
                !progress.is_cancelled()
            })
        });
        match walked {
            Ok(()) if progress.is_cancelled() => {}
            Ok(()) => progress.finish(None),
            Err(error) => {
                let after = last.map_or_else(String::new, |key| format!(" (after {key})"));
                progress.finish(Some(format!("{error}{after}")));
            }
        }
    }

    /// Closes it and gives its lock, so that nobody comes in between.
    pub(super) fn close(mut self) -> Option<File> {
        self.lock.take()
    }

    pub(super) fn engine(&self) -> Result<&Engine, StoreError> {
        self.engine.as_ref().ok_or(StoreError::Closed)
    }
}

impl Drop for Durable {
    fn drop(&mut self) {
        self.queue = None;
        let thread = self.committer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
        // sled flushes once more when it goes, and panics if it cannot.
        let engine = self.engine.take();
        if let Err(what) = contain(move || drop(engine)) {
            tracing::warn!(%what, "closing the store");
        }
    }
}
