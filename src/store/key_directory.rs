//! The directory of private keys: `{root}/{issuer id or "service"}/{n}-{type}.{pem|jwk}[.age]`.
//!
//! Files are for their owner's eyes only (mode 0600), appear whole or not at all, and are never
//! overwritten. Numbers count from 1 for each owner and are never used twice, even if a file was
//! taken away: URLs that we publish carry them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::proof::key::{
    FileFormat, KeyFileError, KeyType, Passphrase, PrivateKey, is_example, read_key_file,
    write_key_file,
};

/// The directory of private keys.
#[derive(Clone, Debug)]
pub struct KeyDirectory {
    root: PathBuf,
    passphrase: Option<Passphrase>,
}

/// Whose keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyOwner<'a> {
    /// The service itself: receipts and webhooks.
    Service,
    /// An issuer profile, by its id in the store: 1 to 64 of `A–Z a–z 0–9 - _`.
    Issuer(&'a str),
}

/// A key file, known by its name only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFile {
    /// The number of the key, from 1, unique for its owner.
    pub number: u32,
    /// What kind of key its name says it is.
    pub key_type: KeyType,
    /// How it is written.
    pub format: FileFormat,
    /// Whether it is encrypted with the passphrase.
    pub sealed: bool,
    /// Where it lies.
    pub path: PathBuf,
}

/// Why the key directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyDirectoryError {
    /// The system refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which file or directory.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Others may read the file.
    #[error(
        "{}: mode {mode:04o} lets others read this private key; make it 0600 (`chmod 600`)",
        path.display()
    )]
    Mode {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file does not hold the key that it should.
    #[error("{}: {error}", path.display())]
    Key {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        error: KeyFileError,
    },
    /// The file holds another kind of key than its name says.
    #[error("{}: the name says {named}, the file holds a key of type {found}", path.display())]
    Type {
        /// Which file.
        path: PathBuf,
        /// What the name says.
        named: KeyType,
        /// What the file holds.
        found: KeyType,
    },
    /// A published throw-away key.
    #[error(
        "{}: this is a key of keys.example/, which everybody has; make an own one (`accolade keys`)",
        path.display()
    )]
    Example {
        /// Which file.
        path: PathBuf,
    },
    /// A file whose name starts with a number and is not that of a key.
    #[error("{}: not the name of a key file, NUMBER-TYPE.pem or .jwk, with .age if encrypted", path.display())]
    Name {
        /// Which file.
        path: PathBuf,
    },
    /// Two files of one number.
    #[error("{}: another key of this owner has the number {number}", path.display())]
    Number {
        /// The second file.
        path: PathBuf,
        /// The number.
        number: u32,
    },
    /// No such key.
    #[error("{}: there is no key number {number}", path.display())]
    Missing {
        /// The owner's directory.
        path: PathBuf,
        /// The number asked for.
        number: u32,
    },
    /// An issuer id that cannot be a directory name.
    #[error("{0:?} cannot name a directory of keys")]
    Owner(String),
}

impl KeyDirectory {
    /// The directory at `root`, made (mode 0700) if it is not there. With a passphrase, new keys
    /// are encrypted.
    ///
    /// # Errors
    /// [`KeyDirectoryError::Io`]
    pub fn open(
        root: impl Into<PathBuf>,
        passphrase: Option<Passphrase>,
    ) -> Result<Self, KeyDirectoryError> {
        let root = root.into();
        make_directory(&root)?;
        Ok(Self { root, passphrase })
    }

    /// Where it lies.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The key files of an owner in the order of their numbers; none if there is no directory yet.
    /// Names that do not start with a digit are nobody's business.
    ///
    /// # Errors
    /// [`KeyDirectoryError::Name`], [`Number`](KeyDirectoryError::Number),
    /// [`Io`](KeyDirectoryError::Io), [`Owner`](KeyDirectoryError::Owner).
    pub fn list(&self, owner: KeyOwner<'_>) -> Result<Vec<KeyFile>, KeyDirectoryError> {
        let directory = self.directory(owner)?;
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(&directory)(error)),
        };
        let mut files: Vec<KeyFile> = Vec::new();
        for entry in entries {
            let path = entry.map_err(failed(&directory))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if !name.starts_with(|first: char| first.is_ascii_digit()) {
                continue;
            }
            match read_name(name) {
                Some((number, key_type, format, sealed)) => {
                    files.push(KeyFile { number, key_type, format, sealed, path });
                }
                None => return Err(KeyDirectoryError::Name { path }),
            }
        }
        files.sort_by(|a, b| (a.number, &a.path).cmp(&(b.number, &b.path)));
        let twice = files.windows(2).find_map(|pair| match pair {
            [first, second] if first.number == second.number => Some(second),
            _ => None,
        });
        match twice {
            Some(file) => {
                Err(KeyDirectoryError::Number { path: file.path.clone(), number: file.number })
            }
            None => Ok(files),
        }
    }

    /// Reads key `number` of an owner.
    ///
    /// # Errors
    /// Any [`KeyDirectoryError`]: among them files that others may read and example keys.
    pub fn load(&self, owner: KeyOwner<'_>, number: u32) -> Result<PrivateKey, KeyDirectoryError> {
        match self.list(owner)?.into_iter().find(|file| file.number == number) {
            Some(file) => self.read(&file),
            None => Err(KeyDirectoryError::Missing { path: self.directory(owner)?, number }),
        }
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn read(&self, file: &KeyFile) -> Result<PrivateKey, KeyDirectoryError> {
        let path = &file.path;
        let mut handle = File::open(path).map_err(failed(path))?;
        // Asked of the open file, so that it is the one that is read.
        let mode = handle.metadata().map_err(failed(path))?.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(KeyDirectoryError::Mode { path: path.clone(), mode });
        }
        let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(MAX_FILE));
        let limit = MAX_FILE as u64;
        (&mut handle).take(limit).read_to_end(&mut bytes).map_err(failed(path))?;
        let key = read_key_file(&bytes, file.format, file.sealed, self.passphrase.as_ref())
            .map_err(|error| KeyDirectoryError::Key { path: path.clone(), error })?;
        if key.key_type() != file.key_type {
            let (named, found) = (file.key_type, key.key_type());
            return Err(KeyDirectoryError::Type { path: path.clone(), named, found });
        }
        if is_example(&key.public().fingerprint()) {
            return Err(KeyDirectoryError::Example { path: path.clone() });
        }
        Ok(key)
    }

    /// Keeps a new key under the next number; it is on the disk when this returns.
    ///
    /// # Errors
    /// [`KeyDirectoryError::Io`], [`Key`](KeyDirectoryError::Key),
    /// [`Owner`](KeyDirectoryError::Owner), or what is wrong with the files that are there.
    pub fn add(
        &self,
        owner: KeyOwner<'_>,
        key: &PrivateKey,
        format: FileFormat,
    ) -> Result<KeyFile, KeyDirectoryError> {
        let directory = self.directory(owner)?;
        make_directory(&directory)?;
        let counter = Counter::lock(&directory)?;
        let highest = self.list(owner)?.last().map_or(0, |file| file.number);
        let number = highest.max(counter.last).saturating_add(1);
        counter.advance(number)?;

        let sealed = self.passphrase.is_some();
        let ending = if sealed { ".age" } else { "" };
        let key_type = key.key_type();
        let name = format!("{number}-{}.{}{ending}", key_type.as_str(), format.extension());
        let path = directory.join(name);
        let bytes = write_key_file(key, format, self.passphrase.as_ref())
            .map_err(|error| KeyDirectoryError::Key { path: path.clone(), error })?;
        write_whole(&directory, &path, &bytes)?;
        Ok(KeyFile { number, key_type, format, sealed, path })
    }

    fn directory(&self, owner: KeyOwner<'_>) -> Result<PathBuf, KeyDirectoryError> {
        match owner {
            KeyOwner::Service => Ok(self.root.join(SERVICE)),
            KeyOwner::Issuer(id) => {
                let fits = (1..=64).contains(&id.len())
                    && id != SERVICE
                    && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
                if fits {
                    Ok(self.root.join(id))
                } else {
                    Err(KeyDirectoryError::Owner(id.chars().take(80).collect()))
                }
            }
        }
    }
}

const SERVICE: &str = "service";

/// One byte more than a key file may have, so that a longer one is noticed.
const MAX_FILE: usize = 64 * 1024 + 1;

/// `{n}-{type}.{format}[.age]`, n without leading zeros.
fn read_name(name: &str) -> Option<(u32, KeyType, FileFormat, bool)> {
    let (name, sealed) = match name.strip_suffix(".age") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let (number, rest) = name.split_once('-')?;
    let (key_type, format) = rest.split_once('.')?;
    if number.starts_with('0') || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = number.parse().ok()?;
    Some((number, KeyType::from_name(key_type)?, FileFormat::from_extension(format)?, sealed))
}

/// The highest number ever given to a key of one owner, in `.last`, locked while a key is added so
/// that two processes never take the same number.
struct Counter {
    file: File,
    path: PathBuf,
    last: u32,
}

impl Counter {
    fn lock(directory: &Path) -> Result<Self, KeyDirectoryError> {
        let path = directory.join(".last");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed(&path))?;
        file.lock().map_err(failed(&path))?;
        let mut text = String::new();
        (&mut file).take(16).read_to_string(&mut text).map_err(failed(&path))?;
        let text = text.trim();
        let last = if text.is_empty() { Some(0) } else { text.parse().ok() };
        match last {
            Some(last) => Ok(Self { file, path, last }),
            None => Err(KeyDirectoryError::Name { path }),
        }
    }

    fn advance(mut self, number: u32) -> Result<(), KeyDirectoryError> {
        // Numbers only grow, so the new text covers the old one.
        self.file
            .rewind()
            .and_then(|()| self.file.write_all(format!("{number}\n").as_bytes()))
            .and_then(|()| self.file.sync_all())
            .map_err(failed(&self.path))?;
        Ok(())
    }
}

fn make_directory(path: &Path) -> Result<(), KeyDirectoryError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed(path))
}

/// Writes a file under another name, syncs it, gives it its name unless that is taken, and syncs
/// the directory.
fn write_whole(directory: &Path, path: &Path, bytes: &[u8]) -> Result<(), KeyDirectoryError> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let unfinished = directory.join(format!(".{name}.new"));
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(failed(&unfinished)(error));
        }
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)
        .map_err(failed(&unfinished))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed(&unfinished))?;
    fs::hard_link(&unfinished, path).map_err(failed(path))?;
    fs::remove_file(&unfinished).map_err(failed(&unfinished))?;
    let handle = File::open(directory).map_err(failed(directory))?;
    handle.sync_all().map_err(failed(directory))
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> KeyDirectoryError + use<> {
    let path = path.to_owned();
    move |error| KeyDirectoryError::Io { path, error }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::world::Random;

    fn directory() -> (tempfile::TempDir, KeyDirectory) {
        let place = tempfile::tempdir().unwrap();
        let keys = KeyDirectory::open(place.path().join("keys"), None).unwrap();
        (place, keys)
    }

    fn ed25519(seed: u8) -> PrivateKey {
        PrivateKey::ed25519(&[seed; 32]).unwrap()
    }

    #[test]
    fn keys_come_back_by_their_number() {
        let (_place, keys) = directory();
        let owner = KeyOwner::Issuer("school-1");
        assert!(keys.list(owner).unwrap().is_empty());
        let rsa = PrivateKey::generate(KeyType::Rsa, &Random::seeded(1)).unwrap();
        let p256 = PrivateKey::generate(KeyType::P256, &Random::seeded(1)).unwrap();
        keys.add(owner, &ed25519(1), FileFormat::Jwk).unwrap();
        keys.add(owner, &rsa, FileFormat::Pem).unwrap();
        let third = keys.add(owner, &p256, FileFormat::Pem).unwrap();
        assert!(third.path.ends_with("keys/school-1/3-p256.pem"));
        let listed = keys.list(owner).unwrap();
        assert_eq!(listed.iter().map(|file| file.number).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(keys.load(owner, 2).unwrap().public(), rsa.public());
        for file in &listed {
            assert_eq!(fs::metadata(&file.path).unwrap().mode() & 0o7777, 0o600);
        }
        assert!(keys.list(KeyOwner::Service).unwrap().is_empty());
        assert!(matches!(keys.load(owner, 4), Err(KeyDirectoryError::Missing { .. })));
    }

    #[test]
    fn a_number_is_never_used_twice() {
        let (_place, keys) = directory();
        let owner = KeyOwner::Service;
        keys.add(owner, &ed25519(1), FileFormat::Pem).unwrap();
        let second = keys.add(owner, &ed25519(2), FileFormat::Pem).unwrap();
        fs::remove_file(second.path).unwrap();
        assert_eq!(keys.add(owner, &ed25519(3), FileFormat::Pem).unwrap().number, 3);
        let numbers: Vec<u32> = std::thread::scope(|scope| {
            let adders: Vec<_> = (10..18)
                .map(|seed| {
                    let keys = &keys;
                    scope.spawn(move || {
                        keys.add(owner, &ed25519(seed), FileFormat::Jwk).unwrap().number
                    })
                })
                .collect();
            adders.into_iter().map(|adder| adder.join().unwrap()).collect()
        });
        let mut sorted = numbers.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (4..12).collect::<Vec<_>>());
    }

    #[test]
    fn a_key_that_others_may_read_is_refused_with_the_cure() {
        let (_place, keys) = directory();
        let file = keys.add(KeyOwner::Service, &ed25519(1), FileFormat::Pem).unwrap();
        fs::set_permissions(&file.path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = keys.load(KeyOwner::Service, 1).unwrap_err();
        assert!(matches!(error, KeyDirectoryError::Mode { mode: 0o640, .. }));
        assert!(error.to_string().contains("chmod 600"));
        fs::set_permissions(&file.path, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(keys.load(KeyOwner::Service, 1).is_ok());
    }

    #[test]
    fn odd_names_doubled_numbers_and_wrong_types_are_named() {
        let (_place, keys) = directory();
        let owner = KeyOwner::Service;
        let file = keys.add(owner, &ed25519(1), FileFormat::Pem).unwrap();
        let folder = file.path.parent().unwrap().to_owned();
        fs::write(folder.join("README"), "anything").unwrap();
        assert_eq!(keys.list(owner).unwrap().len(), 1);
        let other = folder.join("2-rsa.pem");
        fs::copy(&file.path, &other).unwrap();
        let error = keys.load(owner, 2).unwrap_err();
        assert!(matches!(error, KeyDirectoryError::Type { .. }), "{error}");
        fs::rename(&other, folder.join("1-rsa.pem")).unwrap();
        assert!(matches!(keys.list(owner), Err(KeyDirectoryError::Number { number: 1, .. })));
        for odd in ["01-rsa.pem", "2-rsa.der", "2-dsa.pem", "2rsa.pem", "99999999999-rsa.pem"] {
            fs::rename(folder.join("1-rsa.pem"), folder.join(odd)).unwrap();
            assert!(matches!(keys.list(owner), Err(KeyDirectoryError::Name { .. })), "{odd}");
            fs::rename(folder.join(odd), folder.join("1-rsa.pem")).unwrap();
        }
        for id in ["", "service", "..", "a/b", "a b", &"a".repeat(65)] {
            assert!(matches!(keys.list(KeyOwner::Issuer(id)), Err(KeyDirectoryError::Owner(_))));
        }
    }

    #[test]
    fn example_keys_are_refused() {
        let (_place, keys) = directory();
        keys.add(KeyOwner::Service, &ed25519(1), FileFormat::Pem).unwrap();
        let folder = keys.root().join("service");
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("keys.example/1-ed25519.pem");
        let copy = folder.join("2-ed25519.pem");
        fs::copy(example, &copy).unwrap();
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o600)).unwrap();
        let error = keys.load(KeyOwner::Service, 2).unwrap_err();
        assert!(matches!(error, KeyDirectoryError::Example { .. }), "{error}");
    }

    #[cfg(feature = "encrypted-keys")]
    #[test]
    fn with_a_passphrase_new_keys_are_encrypted() {
        let place = tempfile::tempdir().unwrap();
        let passphrase = Some(Passphrase::new("open sesame"));
        let keys = KeyDirectory::open(place.path(), passphrase).unwrap();
        let file = keys.add(KeyOwner::Service, &ed25519(1), FileFormat::Pem).unwrap();
        assert!(file.path.ends_with("service/1-ed25519.pem.age"));
        assert_eq!(keys.load(KeyOwner::Service, 1).unwrap().public(), ed25519(1).public());
        let closed = KeyDirectory::open(place.path(), None).unwrap();
        assert!(matches!(
            closed.load(KeyOwner::Service, 1),
            Err(KeyDirectoryError::Key { error: KeyFileError::NoPassphrase, .. })
        ));
    }
}
