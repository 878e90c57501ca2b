//! What can go wrong between the service and its store.

use std::path::{Path, PathBuf};

use super::backend::Key;

/// Why a read or a commit did not happen. Nothing was written unless the variant says otherwise.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// An expectation of the batch did not hold: somebody else wrote `key` first. Read again,
    /// decide again, commit again; the store itself never retries.
    #[error("{key} changed meanwhile")]
    Conflict {
        /// The first expectation that failed.
        key: Key,
    },
    /// A name that must be unique is taken: a slug, an external id, an idempotency key.
    #[error("this {what} is taken")]
    Taken {
        /// What kind of name.
        what: &'static str,
    },
    /// A cursor that no list gave out.
    #[error("not a cursor of this list")]
    BadCursor,
    /// A key or value over its limit, or an empty or reserved key.
    #[error("{key}: {what}")]
    Refused {
        /// The key in question.
        key: Key,
        /// Which limit, with the number found and the number allowed.
        what: String,
    },
    /// Too little room left on the disk. The store keeps serving reads and takes commits again by
    /// itself once there is room.
    #[error("storage is full: {free} bytes free, {reserve} are kept in reserve")]
    Full {
        /// Bytes free for this process.
        free: u64,
        /// Bytes below which nothing is written.
        reserve: u64,
    },
    /// Writing or flushing failed midway. The batch may or may not be there after a restart; do
    /// not acknowledge it. Every later commit is answered [`Stopped`](Self::Stopped).
    #[error("the outcome of a write is in doubt until the service restarts: {reason}")]
    InDoubt {
        /// The first failure, as the system reported it.
        reason: String,
    },
    /// An earlier write failed, so the store takes no more; restart the service.
    #[error("the store takes no writes since a failure: {reason}")]
    Stopped {
        /// The first failure, as the system reported it.
        reason: String,
    },
    /// A stored record fails its checksum or cannot be read back. Nothing of it is served.
    #[error("the stored record {key} is damaged: {what}; run `accolade store check`")]
    Damaged {
        /// Which record.
        key: Key,
        /// What was found.
        what: String,
    },
    /// The engine could not read its own file.
    #[error("the store cannot be read: {what}; run `accolade store check`")]
    Unreadable {
        /// What the engine reported.
        what: String,
    },
    /// A file beside the records (art, PDF, upload) cannot be read or written.
    #[error("file {name}: {what}")]
    Blob {
        /// The digest that names the file.
        name: String,
        /// What went wrong.
        what: String,
    },
    /// The store was closed while the call waited.
    #[error("the store is closed")]
    Closed,
}

/// Why a store did not open. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error(
        "{} is in use by another process{}; stop that one first, or point --data elsewhere",
        path.display(),
        pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
    )]
    Locked {
        /// The directory of the store.
        path: PathBuf,
        /// The process that wrote itself into the lock file, if it could be read.
        pid: Option<u32>,
    },
    /// No room to open it: the engine writes a little while opening.
    #[error("the disk of {} is full ({free} bytes free); free some space and start again", path.display())]
    Full {
        /// The directory of the store.
        path: PathBuf,
        /// Bytes free for this process.
        free: u64,
    },
    /// The file system is mounted read-only.
    #[error("{} is on a read-only file system; the store must be able to write", path.display())]
    ReadOnly {
        /// The file or directory that could not be written.
        path: PathBuf,
    },
    /// The process may not read or write there.
    #[error("no permission for {}: the service must own its data directory", path.display())]
    Permission {
        /// The file or directory in question.
        path: PathBuf,
    },
    /// The path is taken by something that is no store.
    #[error("{} does not hold a store of this service: {what}", path.display())]
    NotAStore {
        /// The directory of the store.
        path: PathBuf,
        /// What was found there.
        what: String,
    },
    /// Written by another version of the program.
    #[error(
        "{} has store format {found}, this program reads format {supported}; use the program version that wrote it, or export there and import here",
        path.display()
    )]
    Format {
        /// The directory of the store.
        path: PathBuf,
        /// Format number found.
        found: u64,
        /// Format number this program reads and writes.
        supported: u64,
    },
    /// The files are damaged, or older than what was acknowledged.
    #[error("{} is damaged: {what}; restore it from a backup, and keep these files until that is done", path.display())]
    Damaged {
        /// The file or directory in question.
        path: PathBuf,
        /// What does not hold.
        what: String,
    },
    /// Any other failure of the system.
    #[error("cannot open {}: {what}", path.display())]
    Io {
        /// The file or directory in question.
        path: PathBuf,
        /// What the system reported.
        what: String,
    },
}

impl OpenError {
    /// Sorts a failure of the system at `path` into the kinds above.
    pub(super) fn of(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let path = path.to_path_buf();
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                Self::Full { free: super::disk::free_bytes(&path).unwrap_or(0), path }
            }
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            ErrorKind::PermissionDenied => Self::Permission { path },
            ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
                Self::NotAStore { path, what: error.to_string() }
            }
            _ => Self::Io { path, what: error.to_string() },
        }
    }
}
