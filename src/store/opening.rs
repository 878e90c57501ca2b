//! Opening a store: who holds it, whose it is, and whether it is all there.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::backend::{Key, Version};
use super::committer::{Committer, LAST_KEY, Request, Shared};
use super::compact;
use super::contain::contain;
use super::disk;
use super::durable::{Options, QUEUE};
use super::error::OpenError;
use super::recent::{Found, Noted, Recent};
use super::sled::{Engine, Sealed, Writer};
use crate::domain::hex;
use crate::world::Random;

/// The format this program reads and writes. It changes when a record written today could no longer
/// be read, or when an older program must not write.
const FORMAT: u64 = 1;

/// First line of the file `format`, before the number and the id of the store.
const MAGIC: &str = "accolade store";

/// Under this key lies what the file `format` says.
const FORMAT_KEY: &[u8] = b"\0format";

/// A store that may start to work.
pub(super) struct Opened {
    pub(super) committer: Committer,
    pub(super) queue: mpsc::Sender<Request>,
    pub(super) lock: File,
}

/// Opens, or makes, the store that `options` names.
pub(super) fn open(options: &Options, random: &Random) -> Result<Opened, OpenError> {
    let directory = options.path.as_path();
    disk::make_directory(directory)?;
    let lock = disk::lock(directory)?;
    compact::settle(directory)?;
    let announced = read_format(directory)?;
    disk::balance(directory, options.reserve_bytes, options.ballast_bytes)?;

    let data = directory.join("sled");
    let fresh = !data.join("db").exists();
    if fresh && announced.is_some() {
        return Err(damaged(directory, "its data file sled/db is missing"));
    }
    disk::make_directory(&data)?;
    let engine = Engine::open(&data, options.cache_bytes)?;
    let mut writer = Writer::new(&engine, &data)?;
    identify(directory, announced, &engine, &mut writer, random)?;

    let (mut recent, found) = Recent::open(directory)
        .map_err(|error| OpenError::of(&directory.join("recent"), &error))?;
    let last = contain(|| hold_to_notes(directory, &engine, &found))
        .map_err(|what| damaged(directory, &what))??;
    if found.under_way.is_some_and(|(version, _)| version <= last) {
        // It is there, though the former run did not come to note it. Unless that is done now, the
        // run after this one would miss what it removed.
        let key = Key::new(LAST_KEY);
        let sealed = Sealed::new(&key, last, b"");
        writer
            .write(vec![(key, Some(sealed))])
            .map_err(|what| OpenError::Io { path: directory.to_path_buf(), what })?;
        recent.durable(last).map_err(|error| OpenError::of(&directory.join("recent"), &error))?;
    }
    let above = directory.parent().filter(|above| !above.as_os_str().is_empty());
    for directory in [data.as_path(), directory].into_iter().chain(above) {
        disk::sync_directory(directory).map_err(|error| OpenError::of(directory, &error))?;
    }

    let (sender, queue) = mpsc::channel(QUEUE);
    let committer = Committer {
        engine,
        writer,
        recent,
        shared: Arc::new(Shared::default()),
        queue,
        last,
        directory: directory.to_path_buf(),
        reserve: options.reserve_bytes,
    };
    Ok(Opened { committer, queue: sender, lock })
}

/// Compares the file `format` with its copy inside the engine; writes both into a new store.
fn identify(
    directory: &Path,
    announced: Option<String>,
    engine: &Engine,
    writer: &mut Writer,
    random: &Random,
) -> Result<(), OpenError> {
    let key = Key::new(FORMAT_KEY);
    let unreadable = |error: super::error::StoreError| damaged(directory, &error.to_string());
    let path = directory.join("format");
    let io = |error: std::io::Error| OpenError::of(&path, &error);
    let inside = engine.read(&key).map_err(unreadable)?;
    let inside = inside.map(|(stored, _)| String::from_utf8_lossy(&stored.bytes).into_owned());
    match (announced, inside) {
        (Some(announced), Some(inside)) if announced == inside => Ok(()),
        (Some(_), Some(_)) => {
            Err(damaged(directory, "its data file belongs to another store than its `format`"))
        }
        (Some(_), None) => Err(damaged(directory, "its data file has lost its beginning")),
        // Made, and stopped before the file was written; or the file was removed.
        (None, Some(inside)) => disk::write_whole(&path, inside.as_bytes()).map_err(io),
        (None, None) if !engine.is_empty().map_err(unreadable)? => Err(OpenError::NotAStore {
            path: directory.to_path_buf(),
            what: "sled/ is a database of another program".to_owned(),
        }),
        (None, None) => {
            let id: [u8; 16] = random.bytes();
            let id = hex(&id);
            let text = format!("{MAGIC}\n{FORMAT}\n{id}\n");
            let sealed = Sealed::new(&key, Version(0), text.as_bytes());
            writer
                .write(vec![(key, Some(sealed))])
                .map_err(|what| OpenError::Io { path: directory.to_path_buf(), what })?;
            disk::write_whole(&path, text.as_bytes()).map_err(io)
        }
    }
}

/// Reads the file `format`, before the engine touches anything.
fn read_format(directory: &Path) -> Result<Option<String>, OpenError> {
    let path = directory.join("format");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == ErrorKind::InvalidData => String::new(),
        Err(error) => return Err(OpenError::of(&path, &error)),
    };
    let mut lines = text.lines();
    let format = (lines.next() == Some(MAGIC)).then(|| lines.next()?.parse::<u64>().ok()).flatten();
    match format {
        Some(FORMAT) => Ok(Some(text)),
        Some(found) => {
            Err(OpenError::Format { path: directory.to_path_buf(), found, supported: FORMAT })
        }
        None => Err(damaged(&path, "it does not say which format the store has")),
    }
}

/// Holds the engine to what the former run noted (an operator who accepts the loss removes the
/// notes: without them there is nothing to hold it to); gives the version of the last commit.
fn hold_to_notes(directory: &Path, engine: &Engine, found: &Found) -> Result<Version, OpenError> {
    let read = |key: &Key| engine.read(key).map_err(|error| damaged(directory, &error.to_string()));
    let stored = read(&Key::new(LAST_KEY))?.map_or(Version(0), |(last, _)| last.version);
    let durable = found.durable.unwrap_or(Version(0));
    if stored < durable {
        return Err(damaged(
            directory,
            &format!(
                "it ends at commit {}, but commit {} was acknowledged: the data file lost its end, or is an older copy (who accepts the loss removes `recent` and `recent.old`)",
                stored.0, durable.0
            ),
        ));
    }
    let mut expected: BTreeMap<&Key, &Noted> = found.records.iter().collect();
    let mut noted_to = durable;
    if let Some((version, records)) = &found.under_way {
        if stored >= *version {
            expected.extend(records);
            noted_to = *version;
        } else {
            for (key, (version, _)) in records {
                if read(key)?.is_some_and(|(record, _)| record.version == *version) {
                    let what = format!("{key} is of a commit that was not finished");
                    return Err(damaged(directory, &what));
                }
            }
        }
    }
    for (key, (version, checksum)) in expected {
        let record = read(key)?;
        let newer = record.as_ref().is_some_and(|(record, _)| record.version > *version);
        let as_noted = match (&record, checksum) {
            (Some((record, found)), Some(noted)) => record.version == *version && found == noted,
            (None, None) => true,
            // Removed by a commit that the notes do not reach to.
            (None, Some(_)) => stored > noted_to,
            _ => false,
        };
        if !newer && !as_noted {
            let what = format!(
                "{key} is not as it was acknowledged in commit {} (who accepts the loss removes `recent` and `recent.old`)",
                version.0
            );
            return Err(damaged(directory, &what));
        }
    }
    // A group that was under way and is not there was read by nobody: its versions are free again.
    Ok(stored)
}

fn damaged(path: &Path, what: &str) -> OpenError {
    OpenError::Damaged { path: path.to_path_buf(), what: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::backend::Batch;
    use crate::store::durable::Durable;

    /// What a kill leaves: the files as they lie while the store is open.
    fn killed(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap().path();
            let target = to.join(entry.file_name().unwrap());
            if entry.is_dir() {
                killed(&entry, &target);
            } else {
                std::fs::copy(&entry, &target).unwrap();
            }
        }
    }

    #[tokio::test]
    async fn notes_that_lost_their_end_accuse_nobody_of_what_was_removed_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let open = |name: &str| {
            let options = Options { ballast_bytes: 0, ..Options::new(folder.path().join(name)) };
            Durable::open(&options, &Random::seeded(1))
        };
        let one = open("one").unwrap();
        let mut batch = Batch::new();
        batch.put(Key::new(*b"k"), vec![1]);
        batch.put(Key::new(*b"l"), vec![1]);
        one.commit(batch).await.unwrap();
        let noted = std::fs::metadata(folder.path().join("one/recent")).unwrap().len();
        let mut batch = Batch::new();
        batch.delete(Key::new(*b"k"));
        one.commit(batch).await.unwrap();
        for (name, length) in [("two", noted), ("three", 0)] {
            killed(&folder.path().join("one"), &folder.path().join(name));
            let notes = folder.path().join(name).join("recent");
            File::options().write(true).open(&notes).unwrap().set_len(length).unwrap();
            let opened = open(name).unwrap();
            assert!(opened.get(&Key::new(*b"k")).await.unwrap().is_none());
            assert!(opened.get(&Key::new(*b"l")).await.unwrap().is_some());
        }
    }

    #[tokio::test]
    async fn what_an_unnoted_group_removed_stays_removed_after_the_next_kill() {
        let folder = tempfile::tempdir().unwrap();
        let open = |name: &str| {
            let options = Options { ballast_bytes: 0, ..Options::new(folder.path().join(name)) };
            Durable::open(&options, &Random::seeded(1))
        };
        let batch = |change: fn(&mut Batch)| {
            let mut batch = Batch::new();
            change(&mut batch);
            batch
        };
        let one = open("one").unwrap();
        one.commit(batch(|batch| batch.put(Key::new(*b"k"), vec![1]))).await.unwrap();
        one.commit(batch(|batch| batch.delete(Key::new(*b"k")))).await.unwrap();
        killed(&folder.path().join("one"), &folder.path().join("two"));
        // Killed before it could note that the removal is durable.
        let notes = folder.path().join("two/recent");
        let length = std::fs::metadata(&notes).unwrap().len();
        File::options().write(true).open(&notes).unwrap().set_len(length - 17).unwrap();

        let two = open("two").unwrap();
        two.commit(batch(|batch| batch.put(Key::new(*b"x"), vec![1]))).await.unwrap();
        killed(&folder.path().join("two"), &folder.path().join("three"));
        let three = open("three").unwrap();
        assert!(three.get(&Key::new(*b"k")).await.unwrap().is_none());
        assert!(three.get(&Key::new(*b"x")).await.unwrap().is_some());
    }
}
