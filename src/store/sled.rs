//! sled 0.34, and everything that must be done around it.
//!
//! What it does not do by itself, and what is done here about it:
//!
//! - `flush` ends in `sync_file_range`, which neither empties a disk's cache nor makes the length of
//!   a file durable: an own handle of the data file is synced after every flush.
//! - Pages that grow past a quarter of a segment go to files of their own, never synced: they are
//!   synced here too. Segments are larger than sled's default, so that this stays rare.
//! - `open` panics on some damaged files, reads may too: contained, and turned into errors.
//! - A damaged `snap.*` (a mere cache of the page table) keeps it shut: it is moved aside and the
//!   log is read from its beginning instead.
//! - Values carry no checksum that is looked at on reading: every record is sealed with one here.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::File;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use sled::Error;

use super::backend::{Key, Stored, Version};
use super::contain::contain;
use super::disk;
use super::error::{OpenError, StoreError};
use super::group::Before;
use super::recent::Cursor;

/// Twice the size of sled's default: sixteen records of 16 KiB share a page without leaving the log.
const SEGMENT_BYTES: usize = 1 << 20;

/// A record with its seal: checksum over key, version and value; version; value.
#[derive(Debug)]
pub(super) struct Sealed(Vec<u8>);

impl Sealed {
    pub(super) fn new(key: &Key, version: Version, value: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(value.len() + 12);
        bytes.extend(checksum(key, version, value).to_be_bytes());
        bytes.extend(version.0.to_be_bytes());
        bytes.extend(value);
        Self(bytes)
    }

    /// The checksum in the seal.
    pub(super) fn checksum(&self) -> u32 {
        Cursor(&self.0).u32().unwrap_or(0)
    }
}

fn checksum(key: &Key, version: Version, value: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(key.as_bytes());
    hasher.update(&version.0.to_be_bytes());
    hasher.update(value);
    hasher.finalize()
}

fn unseal(key: &Key, sealed: &[u8]) -> Result<(Stored, u32), StoreError> {
    let damaged = |what: &str| StoreError::Damaged { key: key.clone(), what: what.to_owned() };
    let mut rest = Cursor(sealed);
    let (Some(noted), Some(version)) = (rest.u32(), rest.u64()) else {
        return Err(damaged("it is shorter than its seal"));
    };
    let version = Version(version);
    if checksum(key, version, rest.0) != noted {
        return Err(damaged("its checksum does not match"));
    }
    Ok((Stored { version, bytes: rest.0.to_vec() }, noted))
}

/// What a walk over records meets.
pub(super) enum Walked {
    Record(Key, Stored),
    Damaged(Key, String),
}

/// An open sled. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Engine {
    db: sled::Db,
}

impl Engine {
    /// Opens, or makes, the engine's files in `directory`.
    pub(super) fn open(directory: &Path, cache_bytes: u64) -> Result<Self, OpenError> {
        let first = match open(directory, cache_bytes) {
            Ok(db) => return Ok(Self { db }),
            Err(failure) => failure,
        };
        let Failure::Damaged(what) = &first else { return Err(first.named(directory)) };
        let aside =
            move_snapshots_aside(directory).map_err(|error| OpenError::of(directory, &error))?;
        if aside.is_empty() {
            return Err(first.named(directory));
        }
        tracing::warn!(?aside, %what, "the page table was damaged; rebuilding it from the log");
        open(directory, cache_bytes).map(|db| Self { db }).map_err(|again| again.named(directory))
    }

    /// The record under `key` with the checksum of its seal.
    pub(super) fn read(&self, key: &Key) -> Result<Option<(Stored, u32)>, StoreError> {
        let found = contained(|| self.db.get(key.as_bytes()))?;
        found.map(|sealed| unseal(key, &sealed)).transpose()
    }

    /// Goes through the records from `start` on while their keys begin with `prefix` and `visit`
    /// says `true`.
    pub(super) fn walk(
        &self,
        prefix: &[u8],
        start: Bound<&[u8]>,
        mut visit: impl FnMut(Walked) -> bool,
    ) -> Result<(), StoreError> {
        contained(|| {
            for entry in self.db.range::<&[u8], _>((start, Bound::Unbounded)) {
                let (key, sealed) = entry?;
                if !key.starts_with(prefix) {
                    break;
                }
                let key = Key::new(key.as_ref());
                let walked = match unseal(&key, &sealed) {
                    Ok((stored, _)) => Walked::Record(key, stored),
                    Err(StoreError::Damaged { key, what }) => Walked::Damaged(key, what),
                    Err(other) => Walked::Damaged(key, other.to_string()),
                };
                if !visit(walked) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// Whether there is no record at all.
    pub(super) fn is_empty(&self) -> Result<bool, StoreError> {
        contained(|| self.db.iter().next().transpose().map(|first| first.is_none()))
    }
}

impl Before for Engine {
    fn record(&self, key: &Key) -> Result<Option<Stored>, StoreError> {
        Ok(self.read(key)?.map(|(stored, _)| stored))
    }

    fn any(&self, prefix: &Key) -> Result<bool, StoreError> {
        contained(|| self.db.scan_prefix(prefix.as_bytes()).next().transpose())
            .map(|first| first.is_some())
    }
}

/// Writes to an [`Engine`]; there is one.
#[derive(Debug)]
pub(super) struct Writer {
    engine: Engine,
    data: File,
    overflow: PathBuf,
    overflow_seen: Option<SystemTime>,
    overflow_synced: HashSet<OsString>,
}

impl Writer {
    pub(super) fn new(engine: &Engine, directory: &Path) -> Result<Self, OpenError> {
        let path = directory.join("db");
        let data = File::open(&path).map_err(|error| OpenError::of(&path, &error))?;
        let overflow = directory.join("blobs");
        let engine = engine.clone();
        Ok(Self { engine, data, overflow, overflow_seen: None, overflow_synced: HashSet::new() })
    }

    /// Applies all of `records` as one, durable when it returns. After an error nothing is known of
    /// them, and nothing may be written any more.
    pub(super) fn write(&mut self, records: Vec<(Key, Option<Sealed>)>) -> Result<(), String> {
        let db = &self.engine.db;
        let written = contain(|| -> Result<(), Error> {
            let mut batch = sled::Batch::default();
            for (key, sealed) in records {
                match sealed {
                    Some(sealed) => batch.insert(key.as_bytes(), sealed.0),
                    None => batch.remove(key.as_bytes()),
                }
            }
            db.apply_batch(batch)?;
            db.flush()?;
            Ok(())
        });
        written?.map_err(|error| error.to_string())?;
        self.sync_overflow().map_err(|error| format!("{}: {error}", self.overflow.display()))?;
        self.data.sync_data().map_err(|error| format!("syncing the data file: {error}"))
    }

    /// Syncs the files sled put oversized pages in since the last time.
    fn sync_overflow(&mut self) -> std::io::Result<()> {
        let changed = std::fs::metadata(&self.overflow)?.modified()?;
        // The time stamp ticks coarsely: one that is not yet past may hide a later file.
        if self.overflow_seen.is_some_and(|seen| changed < seen) {
            return Ok(());
        }
        let mut present = HashSet::new();
        for entry in std::fs::read_dir(&self.overflow)? {
            let entry = entry?;
            if !self.overflow_synced.contains(&entry.file_name()) {
                match File::open(entry.path()) {
                    Ok(file) => file.sync_all()?,
                    // sled removes what it has rewritten elsewhere.
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                    Err(error) => return Err(error),
                }
            }
            present.insert(entry.file_name());
        }
        if present != self.overflow_synced {
            disk::sync_directory(&self.overflow)?;
            self.overflow_synced = present;
        }
        self.overflow_seen = changed.checked_add(Duration::from_millis(20));
        Ok(())
    }
}

/// How long an engine of this same process, closed a moment ago, may take to let go of its file.
const LETTING_GO: Duration = Duration::from_secs(5);

enum Failure {
    Held,
    Damaged(String),
    Io(std::io::Error),
    Other(String),
}

impl Failure {
    fn named(self, directory: &Path) -> OpenError {
        let path = directory.to_path_buf();
        match self {
            Self::Held => OpenError::Locked { path, pid: None },
            Self::Damaged(what) => OpenError::Damaged { path, what },
            Self::Io(error) => OpenError::of(directory, &error),
            Self::Other(what) => OpenError::Io { path, what },
        }
    }
}

/// Opens sled's files. We hold the lock of the store by now, so whoever still has sled's own lock is
/// on the way out: sled finishes some work on its file after it was closed.
fn open(directory: &Path, cache_bytes: u64) -> Result<sled::Db, Failure> {
    let started = Instant::now();
    loop {
        match open_once(directory, cache_bytes) {
            Err(Failure::Held) if started.elapsed() < LETTING_GO => {
                std::thread::sleep(Duration::from_millis(10));
            }
            outcome => return outcome,
        }
    }
}

fn open_once(directory: &Path, cache_bytes: u64) -> Result<sled::Db, Failure> {
    let configuration = sled::Config::new()
        .path(directory)
        .cache_capacity(cache_bytes)
        .segment_size(SEGMENT_BYTES)
        // Every commit is flushed by the committer.
        .flush_every_ms(None);
    match contain(|| configuration.open()) {
        Ok(Ok(db)) => Ok(db),
        Err(what) => Err(Failure::Damaged(what)),
        // sled says it in words only.
        Ok(Err(Error::Io(error))) if error.to_string().contains("could not acquire lock") => {
            Err(Failure::Held)
        }
        Ok(Err(Error::Io(error))) => Err(match error.kind() {
            std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::InvalidData => {
                Failure::Damaged(error.to_string())
            }
            _ => Failure::Io(error),
        }),
        Ok(Err(error @ (Error::Corruption { .. } | Error::Unsupported(_)))) => {
            Err(Failure::Damaged(error.to_string()))
        }
        Ok(Err(error)) => Err(Failure::Other(error.to_string())),
    }
}

fn move_snapshots_aside(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut moved = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("snap.") {
            let aside = directory.join(format!("damaged-{name}"));
            std::fs::rename(entry.path(), &aside)?;
            moved.push(aside);
        }
    }
    Ok(moved)
}

fn contained<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, StoreError> {
    match contain(work) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(StoreError::Unreadable { what: error.to_string() }),
        Err(what) => Err(StoreError::Unreadable { what }),
    }
}
