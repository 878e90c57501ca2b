//! A directory in which each message is a file: `TIME-AWARD-ID.eml`, whole or not there.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::Letter;
use crate::domain::AssertionId;

/// The directory; it need not exist.
#[derive(Debug)]
pub(super) struct Folder(Option<PathBuf>);

impl Folder {
    /// For who writes no files.
    pub(super) fn nowhere() -> Self {
        Self(None)
    }

    pub(super) fn new(directory: PathBuf) -> Self {
        Self(Some(directory))
    }

    /// Writes a message, durable when it returns. The same message again is the same file.
    #[cfg_attr(not(feature = "mail"), expect(dead_code, reason = "nothing is written without it"))]
    pub(super) async fn keep(&self, letter: &Letter, bytes: Vec<u8>) -> std::io::Result<()> {
        let Some(directory) = self.0.clone() else {
            return Err(ErrorKind::NotFound.into());
        };
        let at = letter.at.strftime("%Y%m%dT%H%M%SZ");
        let name = format!("{at}-{}-{}.eml", letter.award, letter.id);
        blocking(move || write(&directory, &name, &bytes)).await
    }

    /// Removes every file about an award; gives how many.
    pub(super) async fn forget(&self, award: &AssertionId) -> std::io::Result<usize> {
        let Some(directory) = self.0.clone() else { return Ok(0) };
        let about = format!("-{award}-");
        blocking(move || remove(&directory, &about)).await
    }

    /// Every file about an award, oldest first.
    pub(super) async fn files(&self, award: &AssertionId) -> std::io::Result<Vec<PathBuf>> {
        let Some(directory) = self.0.clone() else { return Ok(Vec::new()) };
        let about = format!("-{award}-");
        let found = blocking(move || find(&directory, &about)).await?;
        Ok(found.into_iter().filter(|path| path.extension().is_some_and(|x| x == "eml")).collect())
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)?
}

/// Under another name first, so that who watches the directory finds whole messages only.
fn write(directory: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let beside = directory.join(format!(".{name}.part"));
    let written = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&beside, directory.join(name)));
    if let Err(error) = written {
        let _ = std::fs::remove_file(&beside);
        return Err(error);
    }
    std::fs::File::open(directory)?.sync_all()
}

/// The files about an award, whole or not, oldest first.
fn find(directory: &Path, about: &str) -> std::io::Result<Vec<PathBuf>> {
    let files = match std::fs::read_dir(directory) {
        Ok(files) => files,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for file in files {
        let file = file?;
        let name = file.file_name();
        let name = name.to_string_lossy();
        if name.contains(about) && (name.ends_with(".eml") || name.ends_with(".eml.part")) {
            found.push(file.path());
        }
    }
    found.sort();
    Ok(found)
}

fn remove(directory: &Path, about: &str) -> std::io::Result<usize> {
    let mut removed = 0;
    for path in find(directory, about)? {
        match std::fs::remove_file(path) {
            Ok(()) => removed += 1,
            // Somebody took it out meanwhile.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    if removed > 0 {
        std::fs::File::open(directory)?.sync_all()?;
    }
    Ok(removed)
}
