//! Compaction: the live records are copied into fresh files, and the old ones are removed.
//!
//! sled 0.34 is a log: a record that was changed or removed stays in its file until the segment
//! that holds it is used again, whenever that is. What was erased is gone from the disk only after
//! this; and files that no record names any more go with it.

use std::collections::HashSet;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use super::backend::Key;
use super::blobs::Blobs;
use super::contain::contain;
use super::disk;
use super::durable::{Durable, Options};
use super::error::{OpenError, StoreError};
use super::sled::{Engine, Sealed, Walked, Writer};
use crate::world::Random;

/// Records that are written at once.
const BATCH_RECORDS: usize = 1000;
/// Bytes that are written at once.
const BATCH_BYTES: usize = 8 << 20;

/// What a compaction came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compacted {
    /// Records that were copied.
    pub records: u64,
    /// Bytes of the record files before.
    pub bytes_before: u64,
    /// Bytes of the record files after.
    pub bytes_after: u64,
    /// Files beside the records that nothing named any more.
    pub files_removed: u64,
}

/// Compacts the store that `options` name, whose large content lies in `blobs`. Nobody else can use
/// it meanwhile: it is locked from beginning to end. If it ends in between, the next opening goes on
/// with the old files.
///
/// # Errors
/// [`OpenError::Locked`] while a service runs, [`OpenError::Damaged`] when a record cannot be read,
/// after which nothing was changed, and the others of opening.
pub fn compact(options: &Options, blobs: &Path, random: &Random) -> Result<Compacted, OpenError> {
    let directory = options.path.as_path();
    let places = Places::of(directory);
    let durable = Durable::open(options, random)?;
    let bytes_before = size_of(&places.data);
    let copied = copy(&durable, &places.fresh, options.cache_bytes)?;
    let _lock = durable.close();
    let io = |error: std::io::Error| OpenError::of(directory, &error);
    std::fs::rename(&places.data, &places.old).map_err(io)?;
    std::fs::rename(&places.fresh, &places.data).map_err(io)?;
    disk::sync_directory(directory).map_err(io)?;
    std::fs::remove_dir_all(&places.old).map_err(io)?;
    disk::sync_directory(directory).map_err(io)?;
    let files_removed = Blobs::sweep(blobs, &copied.names).map_err(|e| OpenError::of(blobs, &e))?;
    let bytes_after = size_of(&places.data);
    Ok(Compacted { records: copied.records, bytes_before, bytes_after, files_removed })
}

/// Puts a store right whose compaction ended in between; the caller holds its lock.
pub(super) fn settle(directory: &Path) -> Result<(), OpenError> {
    let Places { data, fresh, old } = Places::of(directory);
    let settled = (|| {
        if old.exists() {
            if data.exists() {
                std::fs::remove_dir_all(&old)?;
            } else {
                std::fs::rename(&old, &data)?;
            }
        }
        if fresh.exists() {
            std::fs::remove_dir_all(&fresh)?;
        }
        disk::sync_directory(directory)
    })();
    settled.map_err(|error| OpenError::of(directory, &error))
}

struct Places {
    data: PathBuf,
    fresh: PathBuf,
    old: PathBuf,
}

impl Places {
    fn of(directory: &Path) -> Self {
        Self {
            data: directory.join("sled"),
            fresh: directory.join("sled.fresh"),
            old: directory.join("sled.old"),
        }
    }
}

struct Copied {
    records: u64,
    /// What looks like the name of a file in a record.
    names: HashSet<String>,
}

/// Copies every record, the store's own too, and reads the copy once.
fn copy(durable: &Durable, fresh: &Path, cache_bytes: u64) -> Result<Copied, OpenError> {
    disk::make_directory(fresh)?;
    let failed = |what: String| OpenError::Io { path: fresh.to_path_buf(), what };
    let mut copied = Copied { records: 0, names: HashSet::new() };
    {
        let engine = Engine::open(fresh, cache_bytes)?;
        let mut writer = Writer::new(&engine, fresh)?;
        let mut waiting = Vec::new();
        let mut bytes = 0_usize;
        let mut wrong: Option<OpenError> = None;
        let source = durable.engine().map_err(|error| failed(error.to_string()))?;
        let walked = source.walk(&[], Bound::Unbounded, |walked| match walked {
            Walked::Record(key, stored) => {
                if !is_audit(&key) {
                    names_in(&stored.bytes, &mut copied.names);
                }
                copied.records = copied.records.saturating_add(1);
                bytes = bytes.saturating_add(stored.bytes.len());
                let sealed = Sealed::new(&key, stored.version, &stored.bytes);
                waiting.push((key, Some(sealed)));
                if waiting.len() >= BATCH_RECORDS || bytes >= BATCH_BYTES {
                    bytes = 0;
                    if let Err(what) = writer.write(std::mem::take(&mut waiting)) {
                        wrong = Some(failed(what));
                    }
                }
                wrong.is_none()
            }
            Walked::Damaged(key, what) => {
                let what = StoreError::Damaged { key, what }.to_string();
                wrong = Some(OpenError::Damaged { path: fresh.to_path_buf(), what });
                false
            }
        });
        walked.map_err(|error| failed(error.to_string()))?;
        if let Some(wrong) = wrong {
            return Err(wrong);
        }
        writer.write(waiting).map_err(failed)?;
        contain(move || drop((writer, engine))).map_err(failed)?;
    }
    let engine = Engine::open(fresh, cache_bytes)?;
    let mut read = 0_u64;
    let walked = engine.walk(&[], Bound::Unbounded, |walked| {
        let whole = matches!(walked, Walked::Record(..));
        read = read.saturating_add(u64::from(whole));
        whole
    });
    contain(move || drop(engine)).map_err(failed)?;
    walked.map_err(|error| failed(error.to_string()))?;
    if read == copied.records {
        disk::sync_directory(fresh).map_err(|error| OpenError::of(fresh, &error))?;
        Ok(copied)
    } else {
        Err(failed(format!("{read} of {} records were read back", copied.records)))
    }
}

/// Whether a record is an audit row: these state digests of what was signed, and name no file.
fn is_audit(key: &Key) -> bool {
    let mut pieces = key.as_bytes().split(|byte| *byte == b'/');
    pieces.next() == Some(b"a") && pieces.nth(1) == Some(b"audit")
}

/// Every run of 64 lower-case hex digits: a digest that may name a file. One that does not is kept
/// for nothing; one that does is never missed, whatever the record is.
fn names_in(bytes: &[u8], names: &mut HashSet<String>) {
    let is_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    for run in bytes.split(|byte| !is_hex(byte)).filter(|run| run.len() >= 64) {
        names.extend(run.windows(64).map(|name| String::from_utf8_lossy(name).into_owned()));
    }
}

/// Bytes of the files under a directory; what cannot be read counts nothing.
fn size_of(directory: &Path) -> u64 {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(found) if found.is_dir() => size_of(&entry.path()),
            Ok(found) => found.len(),
            Err(_) => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::backend::Batch;

    fn options(directory: &Path) -> Options {
        Options { ballast_bytes: 0, ..Options::new(directory.join("store")) }
    }

    fn put(key: &str, value: &[u8]) -> Batch {
        let mut batch = Batch::new();
        batch.put(Key::new(key), value.to_vec());
        batch
    }

    /// Whether any file under `directory` holds these bytes.
    fn holds(directory: &Path, wanted: &[u8]) -> bool {
        std::fs::read_dir(directory).unwrap().flatten().any(|entry| {
            let path = entry.path();
            if path.is_dir() {
                return holds(&path, wanted);
            }
            let bytes = std::fs::read(&path).unwrap();
            bytes.windows(wanted.len()).any(|window| window == wanted)
        })
    }

    #[tokio::test]
    async fn what_was_removed_is_on_no_disk_after_it_and_the_rest_is_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let (options, random) = (options(folder.path()), Random::seeded(1));
        let blobs = folder.path().join("blobs");
        let kept = {
            let files = Blobs::open(&blobs).unwrap();
            let kept = files.put(b"kept".to_vec()).await.unwrap();
            files.put(b"forgotten file".to_vec()).await.unwrap();
            let store = Durable::open(&options, &random).unwrap();
            for n in 0..50 {
                let text = format!("a person by the name of Nobody {n}");
                store.commit(put(&format!("k{n}"), text.as_bytes())).await.unwrap();
            }
            store.commit(put("file", kept.as_bytes())).await.unwrap();
            let digest = crate::store::blobs::hex_digest(b"forgotten file");
            store.commit(put("a/acct_1/audit/1", digest.as_bytes())).await.unwrap();
            let mut batch = Batch::new();
            (1..50).for_each(|n| batch.delete(Key::new(format!("k{n}"))));
            store.commit(batch).await.unwrap();
            kept
        };
        assert!(holds(folder.path(), b"Nobody 7"), "sled forgets nothing by itself");
        let done = compact(&options, &blobs, &random).unwrap();
        assert_eq!((done.records, done.files_removed), (5, 1), "with what is the store's own");
        assert!(!holds(folder.path(), b"Nobody 7") && !holds(folder.path(), b"forgotten"));
        assert!(done.bytes_after <= done.bytes_before);

        let store = Durable::open(&options, &random).unwrap();
        assert!(store.get(&Key::new(*b"k0")).await.unwrap().is_some());
        assert!(store.get(&Key::new(*b"k7")).await.unwrap().is_none());
        let before = store.commit(put("k0", b"x")).await.unwrap();
        drop(store);
        compact(&options, &blobs, &random).unwrap();
        let store = Durable::open(&options, &random).unwrap();
        let found = store.get(&Key::new(*b"k0")).await.unwrap().unwrap();
        assert_eq!(found.version, before, "versions go on where they were");
        assert!(store.commit(put("k1", b"y")).await.unwrap() > before);
        let files = Blobs::open(&blobs).unwrap();
        assert_eq!(files.get(&kept).await.unwrap().unwrap(), b"kept");
        let held = compact(&options, &blobs, &random).unwrap_err();
        assert!(matches!(held, OpenError::Locked { .. }), "{held}");
    }

    #[tokio::test]
    async fn one_that_ended_in_between_leaves_a_store_that_opens() {
        for step in 0..3 {
            let folder = tempfile::tempdir().unwrap();
            let (options, random) = (options(folder.path()), Random::seeded(1));
            let store = Durable::open(&options, &random).unwrap();
            store.commit(put("k", b"v")).await.unwrap();
            let places = Places::of(&options.path);
            copy(&store, &places.fresh, options.cache_bytes).unwrap();
            drop(store);
            if step > 0 {
                std::fs::rename(&places.data, &places.old).unwrap();
            }
            if step > 1 {
                std::fs::rename(&places.fresh, &places.data).unwrap();
            }
            let store = Durable::open(&options, &random).unwrap();
            assert!(store.get(&Key::new(*b"k")).await.unwrap().is_some(), "step {step}");
            assert!(!places.fresh.exists() && !places.old.exists(), "step {step}");
        }
    }
}
