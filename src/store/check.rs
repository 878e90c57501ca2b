//! A full reading of the store, record by record, while it serves.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::Store;
use super::backend::{Backend, Key};

/// Most damaged records a check names; it goes on counting.
const NAMED_AT_MOST: usize = 100;

/// Where a check stands; read it while it runs.
#[derive(Debug, Default)]
pub struct CheckProgress {
    sound: AtomicU64,
    damaged: AtomicU64,
    finished: AtomicBool,
    named: Mutex<Vec<DamagedRecord>>,
    stopped_at: Mutex<Option<String>>,
    cancelled: AtomicBool,
}

/// A record that failed its check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedRecord {
    /// Which one.
    pub key: Key,
    /// What was found.
    pub what: String,
}

/// A [`CheckProgress`] at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckReport {
    /// Records read and found whole.
    pub sound: u64,
    /// Records that failed their checksum or could not be read back.
    pub damaged: u64,
    /// The first 100 of those.
    pub named: Vec<DamagedRecord>,
    /// Set when the file could not be read to its end, with the reason and the last key read.
    pub stopped_at: Option<String>,
    /// Whether the check has come to an end.
    pub finished: bool,
}

impl CheckReport {
    /// Whether everything was read and nothing was damaged.
    pub fn is_sound(&self) -> bool {
        self.finished && self.damaged == 0 && self.stopped_at.is_none()
    }
}

impl CheckProgress {
    /// How far it is.
    pub fn report(&self) -> CheckReport {
        CheckReport {
            sound: self.sound.load(Ordering::Relaxed),
            damaged: self.damaged.load(Ordering::Relaxed),
            named: self.named.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            stopped_at: self.stopped_at.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            finished: self.finished.load(Ordering::Acquire),
        }
    }

    /// Asks the check to end early; its report then never says `finished`.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(super) fn sound(&self, count: u64) {
        self.sound.fetch_add(count, Ordering::Relaxed);
    }

    pub(super) fn damaged(&self, key: Key, what: String) {
        self.damaged.fetch_add(1, Ordering::Relaxed);
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        if named.len() < NAMED_AT_MOST {
            named.push(DamagedRecord { key, what });
        }
    }

    pub(super) fn finish(&self, stopped_at: Option<String>) {
        *self.stopped_at.lock().unwrap_or_else(PoisonError::into_inner) = stopped_at;
        self.finished.store(true, Ordering::Release);
    }
}

/// The check that runs, or the last one that ran, and its thread.
#[derive(Debug, Default)]
pub(super) struct Checking(Mutex<Option<(Arc<CheckProgress>, JoinHandle<()>)>>);

impl Checking {
    fn start(&self, backend: &Backend) -> std::io::Result<Arc<CheckProgress>> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((progress, thread)) = running.as_ref()
            && !thread.is_finished()
        {
            return Ok(Arc::clone(progress));
        }
        let progress = Arc::new(CheckProgress::default());
        let (backend, seen) = (backend.clone(), Arc::clone(&progress));
        let thread = std::thread::Builder::new()
            .name("store-check".to_owned())
            .spawn(move || backend.check(&seen))?;
        *running = Some((Arc::clone(&progress), thread));
        Ok(progress)
    }

    /// Ends a check that still runs, so that the store can close.
    pub(super) fn end(&self) {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((progress, thread)) = running {
            progress.cancel();
            let _ = thread.join();
        }
    }
}

impl Store {
    /// Starts a full check on a thread of its own and returns at once; while one runs, gives that
    /// one. It ends early when the store is closed.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start_check(&self) -> std::io::Result<Arc<CheckProgress>> {
        self.0.checking.start(&self.0.backend)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::durable::Options;
    use crate::world::Random;

    #[tokio::test]
    async fn a_check_runs_beside_the_store_and_does_not_keep_it_open() {
        let directory = tempfile::tempdir().unwrap();
        let options = Options { ballast_bytes: 0, ..Options::new(directory.path().join("store")) };
        let blobs = directory.path().join("blobs");
        let open = || Store::open_with(&options, &blobs, &Random::seeded(1)).unwrap();
        let store = open();
        for number in 0..50 {
            store.set_fact(&format!("fact-{number}"), "is so").await.unwrap();
        }
        let progress = store.start_check().unwrap();
        while !progress.report().finished {
            tokio::task::yield_now().await;
        }
        assert!(progress.report().is_sound());
        assert_eq!(progress.report().sound, 50);
        store.start_check().unwrap();
        drop(store);
        // Only a closed store opens again.
        open();
    }
}
