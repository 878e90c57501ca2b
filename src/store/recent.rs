//! What was written last, noted beside the engine, to hold the engine to it at the next opening.
//!
//! sled 0.34 opens a file that lost its tail as if the tail had never been, and notices a flipped
//! bit only when it reads that page. So every group of commits is noted in the file `recent` before
//! it is applied (which keys, which checksums) and again when it is durable. Opening compares: what
//! was noted durable must be there, and a group that was under way must be there whole or not at
//! all.
//!
//! The notes are never flushed while the store works: they are written after what they attest, so
//! after a loss of power they may say too little, never too much. Where they end before the engine
//! does, a record that they tell of may have been removed since. They hold no content, only keys and
//! checksums.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::backend::{Key, Version};

/// Size at which a new file is begun; the one before is kept, so that this many bytes at least are
/// compared. It bounds the time that takes: about 10,000 records.
const ROTATE_BYTES: u64 = 256 * 1024;

const GROUP: u8 = 1;
const DURABLE: u8 = 2;
const CLEAN: u8 = 3;

/// Version and checksum of a record, or its removal, as noted.
pub(super) type Noted = (Version, Option<u32>);

/// The notes, being written.
#[derive(Debug)]
pub(super) struct Recent {
    directory: PathBuf,
    file: File,
    length: u64,
}

/// What the notes of the former run say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The last commit known durable.
    pub(super) durable: Option<Version>,
    /// Whether the former run closed the store.
    pub(super) clean: bool,
    /// Last noted outcome of each key in durable groups.
    pub(super) records: BTreeMap<Key, Noted>,
    /// The group that was under way: its last version and its keys.
    pub(super) under_way: Option<(Version, BTreeMap<Key, Noted>)>,
}

impl Recent {
    /// Reads the notes of `directory` and goes on writing there.
    pub(super) fn open(directory: &Path) -> std::io::Result<(Self, Found)> {
        let mut found = Found::default();
        read_notes(&directory.join("recent.old"), &mut found)?;
        let path = directory.join("recent");
        let length = read_notes(&path, &mut found)?;
        let file =
            OpenOptions::new().append(true).create(true).truncate(false).mode(0o600).open(&path)?;
        // A torn last note would hide all that follow it.
        file.set_len(length)?;
        Ok((Self { directory: directory.to_path_buf(), file, length }, found))
    }

    /// Notes a group that is about to be applied.
    pub(super) fn begin<'a>(
        &mut self,
        last: Version,
        records: impl Iterator<Item = (&'a Key, Noted)>,
    ) -> std::io::Result<()> {
        if self.length >= ROTATE_BYTES {
            let path = self.directory.join("recent");
            std::fs::rename(&path, self.directory.join("recent.old"))?;
            self.start_over(&path)?;
        }
        let mut note = vec![GROUP];
        note.extend(last.0.to_be_bytes());
        for (key, (version, checksum)) in records {
            note.extend(u16::try_from(key.as_bytes().len()).unwrap_or(u16::MAX).to_be_bytes());
            note.extend(key.as_bytes());
            note.extend(version.0.to_be_bytes());
            note.push(u8::from(checksum.is_some()));
            note.extend(checksum.unwrap_or(0).to_be_bytes());
        }
        self.append(&note)
    }

    /// Notes that everything up to `last` is durable.
    pub(super) fn durable(&mut self, last: Version) -> std::io::Result<()> {
        let mut note = vec![DURABLE];
        note.extend(last.0.to_be_bytes());
        self.append(&note)
    }

    /// Notes that the store was closed after `last`, and forgets all before. Whoever is stopped in
    /// the middle of it leaves the former notes or the new one.
    pub(super) fn clean(&mut self, last: Version) -> std::io::Result<()> {
        let new = self.directory.join("recent.new");
        self.start_over(&new)?;
        let mut note = vec![CLEAN];
        note.extend(last.0.to_be_bytes());
        self.append(&note)?;
        self.file.sync_all()?;
        std::fs::rename(&new, self.directory.join("recent"))?;
        let _ = std::fs::remove_file(self.directory.join("recent.old"));
        Ok(())
    }

    fn start_over(&mut self, path: &Path) -> std::io::Result<()> {
        self.file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        self.file.set_len(0)?;
        self.length = 0;
        Ok(())
    }

    fn append(&mut self, note: &[u8]) -> std::io::Result<()> {
        let mut framed = Vec::with_capacity(note.len() + 8);
        framed.extend(u32::try_from(note.len()).unwrap_or(u32::MAX).to_be_bytes());
        framed.extend(crc32fast::hash(note).to_be_bytes());
        framed.extend(note);
        if let Err(error) = self.file.write_all(&framed) {
            let _ = self.file.set_len(self.length);
            return Err(error);
        }
        self.length += u64::try_from(framed.len()).unwrap_or(0);
        Ok(())
    }
}

/// Reads notes up to the first torn one; gives the length of the readable part.
fn read_notes(path: &Path, found: &mut Found) -> std::io::Result<u64> {
    let mut bytes = Vec::new();
    match File::open(path) {
        // Twice the size at which it turns, and one group of the largest size.
        Ok(file) => file.take(64 << 20).read_to_end(&mut bytes)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut rest = Cursor(&bytes);
    let mut readable = 0;
    while let Some(note) = read_frame(&mut rest) {
        if read_note(note, found).is_none() {
            break;
        }
        readable = bytes.len() - rest.0.len();
    }
    Ok(u64::try_from(readable).unwrap_or(0))
}

fn read_frame<'a>(rest: &mut Cursor<'a>) -> Option<&'a [u8]> {
    let length = usize::try_from(rest.u32()?).ok()?;
    let checksum = rest.u32()?;
    let note = rest.take(length)?;
    (crc32fast::hash(note) == checksum).then_some(note)
}

fn read_note(note: &[u8], found: &mut Found) -> Option<()> {
    let mut rest = Cursor(note);
    let kind = rest.u8()?;
    let last = Version(rest.u64()?);
    match kind {
        GROUP => {
            let mut records = BTreeMap::new();
            while !rest.0.is_empty() {
                let length = usize::from(rest.u16()?);
                let key = Key::new(rest.take(length)?);
                let version = Version(rest.u64()?);
                let present = rest.u8()? == 1;
                let checksum = rest.u32()?;
                records.insert(key, (version, present.then_some(checksum)));
            }
            found.clean = false;
            found.under_way = Some((last, records));
        }
        DURABLE => {
            found.durable = Some(last);
            if let Some((noted, records)) = found.under_way.take_if(|(noted, _)| *noted <= last) {
                debug_assert!(noted <= last, "only finished groups are taken");
                found.records.extend(records);
            }
        }
        CLEAN => {
            *found = Found { durable: Some(last), clean: true, ..Found::default() };
        }
        _ => return None,
    }
    Some(())
}

/// Reads numbers and slices off the front of some bytes.
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(front)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (front, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*front)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::new(text)
    }

    fn note(recent: &mut Recent, version: u64, keys: &[(&str, Option<u32>)]) {
        let keys: Vec<_> = keys.iter().map(|(text, sum)| (key(text), *sum)).collect();
        let version = Version(version);
        recent.begin(version, keys.iter().map(|(key, sum)| (key, (version, *sum)))).unwrap();
    }

    #[test]
    fn durable_groups_and_the_one_under_way_are_told_apart() {
        let directory = tempfile::tempdir().unwrap();
        let (mut recent, found) = Recent::open(directory.path()).unwrap();
        assert_eq!(found, Found::default());
        note(&mut recent, 1, &[("a", Some(11)), ("b", Some(12))]);
        recent.durable(Version(1)).unwrap();
        note(&mut recent, 2, &[("a", None)]);
        drop(recent);

        let (_, found) = Recent::open(directory.path()).unwrap();
        assert_eq!(found.durable, Some(Version(1)));
        assert!(!found.clean);
        assert_eq!(found.records.len(), 2);
        assert_eq!(found.records[&key("a")], (Version(1), Some(11)));
        let (last, under_way) = found.under_way.unwrap();
        assert_eq!((last, under_way[&key("a")]), (Version(2), (Version(2), None)));
    }

    #[test]
    fn a_torn_note_is_dropped_and_writing_goes_on_behind_the_last_whole_one() {
        let directory = tempfile::tempdir().unwrap();
        let (mut recent, _) = Recent::open(directory.path()).unwrap();
        note(&mut recent, 1, &[("a", Some(1))]);
        recent.durable(Version(1)).unwrap();
        recent.file.write_all(&[0, 0, 0, 9, 1, 2]).unwrap();
        drop(recent);

        let (mut recent, found) = Recent::open(directory.path()).unwrap();
        assert_eq!(found.durable, Some(Version(1)));
        note(&mut recent, 2, &[("b", Some(2))]);
        recent.durable(Version(2)).unwrap();
        drop(recent);
        let (_, found) = Recent::open(directory.path()).unwrap();
        assert_eq!(found.durable, Some(Version(2)));
        assert_eq!(found.records.len(), 2);
    }

    #[test]
    fn a_clean_end_leaves_only_its_version() {
        let directory = tempfile::tempdir().unwrap();
        let (mut recent, _) = Recent::open(directory.path()).unwrap();
        note(&mut recent, 1, &[("a", Some(1))]);
        recent.durable(Version(1)).unwrap();
        recent.clean(Version(1)).unwrap();
        drop(recent);
        let (_, found) = Recent::open(directory.path()).unwrap();
        assert!(found.clean && found.records.is_empty());
        assert_eq!(found.durable, Some(Version(1)));
    }

    #[test]
    fn the_file_turns_and_the_former_part_still_counts() {
        let directory = tempfile::tempdir().unwrap();
        let (mut recent, _) = Recent::open(directory.path()).unwrap();
        let long = "k".repeat(400);
        for version in 1..2000 {
            note(&mut recent, version, &[(&format!("{long}{version}"), Some(1))]);
            recent.durable(Version(version)).unwrap();
        }
        assert!(recent.length < ROTATE_BYTES + 1024);
        drop(recent);
        let (_, found) = Recent::open(directory.path()).unwrap();
        assert_eq!(found.durable, Some(Version(1999)));
        assert!(found.records.len() > 500);
    }
}
