//! Content too large for a record (art, PDFs, uploads), in files named by their SHA-256.
//!
//! A file is written under a temporary name, synced, renamed, and its directory synced, *before* the
//! batch that names it commits: a record never names a file that is not there. Files that no record
//! names do no harm.

use std::collections::{HashMap, HashSet};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::disk;
use super::error::{OpenError, StoreError};
use super::spool::Spool;
use crate::domain::hex;

/// Largest content kept, in bytes.
pub const MAX_BLOB_BYTES: usize = 16 << 20;

/// Keeps content under its digest. Clones share it.
#[derive(Clone, Debug)]
pub struct Blobs(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Memory(Arc<Mutex<HashMap<String, Vec<u8>>>>),
    Files { directory: Arc<PathBuf>, counter: Arc<AtomicU64> },
}

impl Blobs {
    /// In memory, gone with the process.
    pub fn memory() -> Self {
        Self(Kind::Memory(Arc::default()))
    }

    /// In `directory`, made if missing. What a former run left half written is removed.
    ///
    /// # Errors
    /// When the directory cannot be made or written.
    pub fn open(directory: &Path) -> Result<Self, OpenError> {
        let arriving = directory.join("arriving");
        disk::make_directory(&arriving)?;
        let failed = |error: std::io::Error| OpenError::of(&arriving, &error);
        for entry in std::fs::read_dir(&arriving).map_err(failed)? {
            std::fs::remove_file(entry.map_err(failed)?.path()).map_err(failed)?;
        }
        disk::sync_directory(directory).map_err(failed)?;
        let directory = Arc::new(directory.to_path_buf());
        Ok(Self(Kind::Files { directory, counter: Arc::default() }))
    }

    /// Keeps `bytes`, durable when it returns; gives their SHA-256 in lower-case hex.
    ///
    /// # Errors
    /// [`StoreError::Blob`] over [`MAX_BLOB_BYTES`] or when the system refuses;
    /// [`StoreError::Full`] when the disk is.
    pub async fn put(&self, bytes: Vec<u8>) -> Result<String, StoreError> {
        let name = hex_digest(&bytes);
        if bytes.len() > MAX_BLOB_BYTES {
            let what = format!("{} bytes, at most {MAX_BLOB_BYTES}", bytes.len());
            return Err(StoreError::Blob { name, what });
        }
        match &self.0 {
            Kind::Memory(kept) => {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.insert(name.clone(), bytes);
            }
            Kind::Files { directory, counter } => {
                let (directory, own) = (Arc::clone(directory), name.clone());
                let number = counter.fetch_add(1, Ordering::Relaxed);
                let place = Arc::clone(&directory);
                let written = blocking(move || write(&directory, &own, number, &bytes)).await;
                written.map_err(|error| match error.kind() {
                    ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                        StoreError::Full { free: disk::free_bytes(&place).unwrap_or(0), reserve: 0 }
                    }
                    _ => StoreError::Blob { name: name.clone(), what: error.to_string() },
                })?;
            }
        }
        Ok(name)
    }

    /// A place for what is being sent, beside the content that it may become; it has no name, so
    /// that nothing of it stays when the process ends.
    pub(super) async fn spool(&self) -> Result<Spool, StoreError> {
        let Kind::Files { directory, counter } = &self.0 else { return Ok(Spool::memory()) };
        let number = counter.fetch_add(1, Ordering::Relaxed);
        let path = directory.join("arriving").join(format!("spool.{number}"));
        let opened = blocking(move || {
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)?;
            std::fs::remove_file(&path)?;
            Ok(file)
        });
        opened.await.map(Spool::file).map_err(|error| Spool::failed(&error))
    }

    /// Removes the files in `directory` whose names are not among `named`; gives how many. Nobody may
    /// be keeping content there meanwhile.
    pub(super) fn sweep(directory: &Path, named: &HashSet<String>) -> std::io::Result<u64> {
        let is_part = |name: &str, length: usize| {
            name.len() == length && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        let mut removed = 0;
        let shelves = match std::fs::read_dir(directory) {
            Ok(shelves) => shelves,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(error),
        };
        for shelf in shelves {
            let shelf = shelf?;
            let first = shelf.file_name().to_string_lossy().into_owned();
            if !is_part(&first, 2) {
                continue;
            }
            for file in std::fs::read_dir(shelf.path())? {
                let file = file?;
                let rest = file.file_name().to_string_lossy().into_owned();
                if is_part(&rest, 62) && !named.contains(&format!("{first}{rest}")) {
                    std::fs::remove_file(file.path())?;
                    removed += 1;
                }
            }
            disk::sync_directory(&shelf.path())?;
        }
        Ok(removed)
    }

    /// The content with this SHA-256 (lower-case hex), verified; `None` when there is none.
    ///
    /// # Errors
    /// [`StoreError::Blob`] when it is damaged or cannot be read.
    pub async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        // Names come out of records and URLs: nothing else may become a path.
        if name.len() != 64 || !name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Ok(None);
        }
        let found = match &self.0 {
            Kind::Memory(kept) => {
                Ok(kept.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
            }
            Kind::Files { directory, .. } => {
                let path = path_of(directory, name);
                blocking(move || read(&path)).await
            }
        };
        let failed = |what: String| StoreError::Blob { name: name.to_owned(), what };
        let found = found.map_err(|error| failed(error.to_string()))?;
        if found.as_ref().is_some_and(|bytes| hex_digest(bytes) != name) {
            return Err(failed("its content is damaged".to_owned()));
        }
        Ok(found)
    }
}

/// SHA-256 in lower-case hex.
pub fn hex_digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)?
}

fn path_of(directory: &Path, name: &str) -> PathBuf {
    let (first, rest) = name.split_at_checked(2).unwrap_or((name, ""));
    directory.join(first).join(rest)
}

fn write(directory: &Path, name: &str, number: u64, bytes: &[u8]) -> std::io::Result<()> {
    let path = path_of(directory, name);
    if read(&path)?.is_some_and(|present| present == bytes) {
        return Ok(());
    }
    let temporary = directory.join("arriving").join(format!("{name}.{number}"));
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(error) = written {
        let _ = std::fs::remove_file(&temporary);
        return Err(error);
    }
    let parent = path.parent().unwrap_or(directory);
    if !parent.exists() {
        std::fs::create_dir_all(parent)?;
        disk::sync_directory(directory)?;
    }
    std::fs::rename(&temporary, &path)?;
    disk::sync_directory(parent)
}

fn read(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(MAX_BLOB_BYTES).unwrap_or(u64::MAX);
    match std::fs::File::open(path) {
        Ok(file) => file.take(most.saturating_add(1)).read_to_end(&mut bytes)?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn content_is_found_by_its_digest_and_damage_is_noticed() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("arriving")).unwrap();
        std::fs::write(directory.path().join("arriving/left-over"), b"half").unwrap();
        for blobs in [Blobs::memory(), Blobs::open(directory.path()).unwrap()] {
            let name = blobs.put(b"abc".to_vec()).await.unwrap();
            assert!(name.starts_with("ba7816bf"));
            assert_eq!(blobs.put(b"abc".to_vec()).await.unwrap(), name);
            assert_eq!(blobs.get(&name).await.unwrap().unwrap(), b"abc");
            assert_eq!(blobs.get(&"0".repeat(64)).await.unwrap(), None);
            assert_eq!(blobs.get("../../etc/passwd").await.unwrap(), None);
            let refused = blobs.put(vec![0; MAX_BLOB_BYTES + 1]).await.unwrap_err();
            assert!(refused.to_string().contains("at most 16777216"), "{refused}");
        }
        assert!(!directory.path().join("arriving/left-over").exists());
        let blobs = Blobs::open(directory.path()).unwrap();
        let name = hex_digest(b"abc");
        std::fs::write(path_of(directory.path(), &name), b"abd").unwrap();
        let refused = blobs.get(&name).await.unwrap_err();
        assert!(refused.to_string().contains("damaged"), "{refused}");
        blobs.put(b"abc".to_vec()).await.unwrap();
        assert_eq!(blobs.get(&name).await.unwrap().unwrap(), b"abc", "putting it again repairs it");
    }
}
