//! The directory of the store: who may use it, and how much room there is.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use super::error::OpenError;

/// Bytes this process may still write on the file system of `path`.
pub(super) fn free_bytes(path: &Path) -> std::io::Result<u64> {
    let status = rustix::fs::statvfs(path)?;
    Ok(status.f_bavail.saturating_mul(status.f_frsize))
}

/// Makes `path` and what is missing above it, readable by the owner alone: records hold personal
/// data.
pub(super) fn make_directory(path: &Path) -> Result<(), OpenError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| OpenError::of(path, &error))
}

/// Makes the entries of a directory durable (a rename or a new file in it).
pub(super) fn sync_directory(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}

/// Keeps other processes out for as long as the file it returns is open.
///
/// sled locks its file too, but says so only after it has touched the directory.
pub(super) fn lock(directory: &Path) -> Result<File, OpenError> {
    let path = directory.join("lock");
    let failed = |error: std::io::Error| OpenError::of(&path, &error);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            let pid = Read::by_ref(&mut file).take(16).read_to_string(&mut text).ok();
            let pid = pid.and_then(|_| text.trim().parse().ok());
            return Err(OpenError::Locked { path: directory.to_path_buf(), pid });
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    // Only a courtesy for the message above: a full disk must not keep the store shut.
    let _ = file.set_len(0).and_then(|()| file.rewind());
    let _ = writeln!(file, "{}", std::process::id());
    Ok(file)
}

/// Gives the ballast file up when there is less than `reserve` free, so that the engine, which
/// writes a little while opening, opens on a full disk; lays it again when there is room for it.
pub(super) fn balance(directory: &Path, reserve: u64, ballast: u64) -> Result<(), OpenError> {
    let path = directory.join("ballast");
    let free = free_bytes(directory).map_err(|error| OpenError::of(directory, &error))?;
    let laid = path.exists();
    if laid && free < reserve {
        tracing::warn!(free, reserve, "the disk is nearly full; giving up the ballast file");
        std::fs::remove_file(&path).map_err(|error| OpenError::of(&path, &error))?;
    } else if !laid && ballast > 0 && free > reserve.saturating_add(ballast.saturating_mul(2)) {
        // A file system that cannot set room aside goes without: the reserve still holds.
        let laid = File::create(&path).and_then(|file| {
            Ok(rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, ballast)?)
        });
        if let Err(error) = laid {
            tracing::debug!(%error, "no ballast file");
            let _ = std::fs::remove_file(&path);
        }
    }
    Ok(())
}

/// Writes a small file whole or not at all, durable when it returns.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let temporary = path.with_extension("new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    sync_directory(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_to_lock_is_told_who_holds_it() {
        let directory = tempfile::tempdir().unwrap();
        let held = lock(directory.path()).unwrap();
        let refused = lock(directory.path()).unwrap_err().to_string();
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        drop(held);
        lock(directory.path()).unwrap();
    }

    #[test]
    fn the_ballast_is_given_up_when_room_is_short_and_laid_again() {
        let directory = tempfile::tempdir().unwrap();
        let ballast = directory.path().join("ballast");
        balance(directory.path(), 0, 8192).unwrap();
        assert_eq!(std::fs::metadata(&ballast).unwrap().len(), 8192);
        balance(directory.path(), u64::MAX, 8192).unwrap();
        assert!(!ballast.exists());
        balance(directory.path(), 0, 8192).unwrap();
        assert!(ballast.exists());
    }
}
