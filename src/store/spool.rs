//! What is being sent, kept beside memory until it is read: written once from the beginning, then
//! read in pieces, as often as needed. It lies in a file without a name, and ends with the process.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::blobs::blocking;
use super::error::StoreError;

/// Bytes that are read at once.
pub const PIECE: usize = 256 * 1024;

/// Bytes that gather before they are written.
const GATHERED: usize = 256 * 1024;

/// Something that is being written.
#[derive(Debug)]
pub struct Spool {
    kind: Kind,
    gathered: Vec<u8>,
    length: u64,
    digest: Sha256,
}

/// Something that was written to its end.
#[derive(Clone, Debug)]
pub struct Spooled {
    kind: Kept,
    /// Bytes.
    pub length: u64,
    /// SHA-256 of them.
    pub sha256: [u8; 32],
}

#[derive(Debug)]
enum Kind {
    Memory(Vec<u8>),
    File(Arc<File>),
}

#[derive(Clone, Debug)]
enum Kept {
    Memory(Arc<Vec<u8>>),
    File(Arc<File>),
}

impl Spool {
    pub(super) fn memory() -> Self {
        Self::over(Kind::Memory(Vec::new()))
    }

    pub(super) fn file(file: File) -> Self {
        Self::over(Kind::File(Arc::new(file)))
    }

    fn over(kind: Kind) -> Self {
        Self { kind, gathered: Vec::new(), length: 0, digest: Sha256::new() }
    }

    pub(super) fn failed(error: &std::io::Error) -> StoreError {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                StoreError::Full { free: 0, reserve: 0 }
            }
            _ => StoreError::Blob { name: "spool".to_owned(), what: error.to_string() },
        }
    }

    /// Bytes written so far.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Writes on.
    ///
    /// # Errors
    /// [`StoreError::Full`], [`StoreError::Blob`].
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.digest.update(bytes);
        self.length = self.length.saturating_add(bytes.len() as u64);
        match &mut self.kind {
            Kind::Memory(kept) => kept.extend_from_slice(bytes),
            Kind::File(_) => {
                self.gathered.extend_from_slice(bytes);
                if self.gathered.len() >= GATHERED {
                    self.flush().await?;
                }
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        let Kind::File(file) = &self.kind else { return Ok(()) };
        let (file, bytes) = (Arc::clone(file), std::mem::take(&mut self.gathered));
        let written = blocking(move || (&*file).write_all(&bytes)).await;
        written.map_err(|error| Self::failed(&error))
    }

    /// Ends the writing.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn end(mut self) -> Result<Spooled, StoreError> {
        self.flush().await?;
        let kind = match self.kind {
            Kind::Memory(bytes) => Kept::Memory(Arc::new(bytes)),
            Kind::File(file) => Kept::File(file),
        };
        Ok(Spooled { kind, length: self.length, sha256: self.digest.finalize().into() })
    }
}

impl Spooled {
    /// At most [`PIECE`] bytes from `at` on; none at the end.
    ///
    /// # Errors
    /// [`StoreError::Blob`] when the system refuses.
    pub async fn piece(&self, at: u64) -> Result<Vec<u8>, StoreError> {
        match &self.kind {
            Kept::Memory(bytes) => {
                let at = usize::try_from(at).unwrap_or(usize::MAX);
                let rest = bytes.get(at..).unwrap_or_default();
                Ok(rest.get(..PIECE).unwrap_or(rest).to_vec())
            }
            Kept::File(file) => {
                let file = Arc::clone(file);
                let read = blocking(move || {
                    let mut bytes = vec![0; PIECE];
                    let length = file.read_at(&mut bytes, at)?;
                    bytes.truncate(length);
                    Ok(bytes)
                });
                read.await.map_err(|error| Spool::failed(&error))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::each_store;

    #[tokio::test]
    async fn what_was_written_is_read_in_pieces_as_often_as_needed() {
        each_store(async |store| {
            let bytes: Vec<u8> = (0..PIECE + 7).map(|at| (at % 251) as u8).collect();
            let mut spool = store.spool().await.unwrap();
            for part in bytes.chunks(1000) {
                spool.write(part).await.unwrap();
            }
            assert_eq!(spool.length(), bytes.len() as u64);
            let spooled = spool.end().await.unwrap();
            for _ in 0..2 {
                let first = spooled.piece(0).await.unwrap();
                let rest = spooled.piece(first.len() as u64).await.unwrap();
                assert_eq!([first, rest].concat(), bytes);
                assert!(spooled.piece(bytes.len() as u64).await.unwrap().is_empty());
            }
            assert_eq!(spooled.sha256, <[u8; 32]>::from(Sha256::digest(&bytes)));
        })
        .await;
    }
}
