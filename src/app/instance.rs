//! The identity of a data directory: the public URL it was first started with.
//!
//! Every id that was published stands under that URL, so that another one is another service. It
//! is kept in `instance.json` and changed only on purpose; the former ones stay known as ours.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::urls::{BadPublicUrl, Urls};

const FILE: &str = "instance.json";
const VERSION: u32 = 1;

/// What `instance.json` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Instance {
    /// Version of this file's form.
    pub version: u32,
    /// The public URL.
    pub public_url: String,
    /// Whether somebody chose it, as against taken from the listening address.
    pub chosen: bool,
    /// The public URLs before, newest last.
    #[serde(default)]
    pub former_public_urls: Vec<String>,
}

/// Under which public URL a data directory is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The one it has. Where it has none yet, this one for now, without fixing it.
    Present {
        /// Used while there is none.
        fallback: String,
    },
    /// The one somebody chose; becomes that of a new directory.
    Chosen {
        /// The URL.
        url: String,
        /// Whether it may take the place of another one.
        adopt: bool,
    },
    /// The address that is listened on; becomes that of a new directory, gives way to a chosen one.
    Listening {
        /// The URL.
        url: String,
        /// Whether it may take the place of another one.
        adopt: bool,
    },
}

/// Why the identity could not be settled.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file holds something else.
    #[error("{path} is not understood: {detail}")]
    Content {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The URL is none.
    #[error(transparent)]
    Url(#[from] BadPublicUrl),
    /// It was another one before.
    #[error(
        "this data directory belongs to {stored}, and every badge it ever published carries that \
         URL, so it cannot answer as {given}. Start it with --public-url {stored}, or move it for \
         good with --adopt-public-url (the old ids stay known as ours)"
    )]
    Other {
        /// The one it belongs to.
        stored: String,
        /// The one given.
        given: String,
    },
}

impl Instance {
    /// Reads the identity of a data directory; `None` when it has none yet.
    ///
    /// # Errors
    /// [`InstanceError::File`], [`InstanceError::Content`].
    pub fn read(directory: &Path) -> Result<Option<Self>, InstanceError> {
        let path = directory.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(InstanceError::File { path, source }),
        };
        let wrong = |detail: String| InstanceError::Content { path: path.clone(), detail };
        let instance: Self =
            serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if instance.version != VERSION {
            return Err(wrong(format!(
                "its version is {}, this program knows {VERSION}",
                instance.version
            )));
        }
        Ok(Some(instance))
    }

    /// Settles under which URL the directory is opened, and keeps what is new.
    ///
    /// # Errors
    /// See [`InstanceError`].
    pub fn settle(directory: &Path, identity: &Identity) -> Result<Self, InstanceError> {
        let (given, chosen, adopt) = match identity {
            Identity::Present { fallback } => {
                let fallback = normal(fallback)?;
                return Ok(Self::read(directory)?.unwrap_or_else(|| Self::new(fallback, false)));
            }
            Identity::Chosen { url, adopt } => (normal(url)?, true, *adopt),
            Identity::Listening { url, adopt } => (normal(url)?, false, *adopt),
        };
        let Some(mut instance) = Self::read(directory)? else {
            let instance = Self::new(given, chosen);
            instance.write(directory)?;
            return Ok(instance);
        };
        if instance.public_url == given {
            return Ok(instance);
        }
        if adopt {
            let former = std::mem::replace(&mut instance.public_url, given.clone());
            instance.former_public_urls.retain(|url| *url != given && *url != former);
            instance.former_public_urls.push(former);
            instance.chosen = chosen;
            instance.write(directory)?;
            return Ok(instance);
        }
        if !chosen && instance.chosen {
            return Ok(instance);
        }
        Err(InstanceError::Other { stored: instance.public_url, given })
    }

    /// The URLs under it.
    ///
    /// # Errors
    /// [`InstanceError::Url`] when the file was changed by hand.
    pub fn urls(&self) -> Result<Urls, InstanceError> {
        let former = self.former_public_urls.iter().map(String::as_str);
        Ok(Urls::new(&self.public_url)?.with_former(former)?)
    }

    fn new(public_url: String, chosen: bool) -> Self {
        Self { version: VERSION, public_url, chosen, former_public_urls: Vec::new() }
    }

    /// Whole or not at all: written beside, flushed, renamed.
    fn write(&self, directory: &Path) -> Result<(), InstanceError> {
        let path = directory.join(FILE);
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        let keep = || {
            let beside = directory.join("instance.json.new");
            let mut file = std::fs::File::create(&beside)?;
            file.write_all(text.as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            std::fs::rename(&beside, &path)?;
            std::fs::File::open(directory)?.sync_all()
        };
        keep().map_err(|source| InstanceError::File { path: path.clone(), source })
    }
}

fn normal(url: &str) -> Result<String, BadPublicUrl> {
    Ok(Urls::new(url)?.public_url().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(url: &str, adopt: bool) -> Identity {
        Identity::Chosen { url: url.to_owned(), adopt }
    }

    fn listening(url: &str) -> Identity {
        Identity::Listening { url: url.to_owned(), adopt: false }
    }

    #[test]
    fn the_first_public_url_stays_until_another_is_adopted() {
        let folder = tempfile::tempdir().unwrap();
        let settle = |identity: &Identity| Instance::settle(folder.path(), identity);

        let present = Identity::Present { fallback: "http://127.0.0.1:8080".to_owned() };
        assert_eq!(settle(&present).unwrap().public_url, "http://127.0.0.1:8080");
        assert_eq!(Instance::read(folder.path()).unwrap(), None);

        settle(&chosen("https://a.example/", false)).unwrap();
        assert_eq!(
            settle(&listening("http://127.0.0.1:1")).unwrap().public_url,
            "https://a.example"
        );
        let refused = settle(&chosen("https://b.example", false)).unwrap_err().to_string();
        assert!(refused.contains("https://a.example") && refused.contains("--adopt-public-url"));

        let moved = settle(&chosen("https://b.example", true)).unwrap();
        assert_eq!(moved.former_public_urls, ["https://a.example"]);
        assert!(moved.urls().unwrap().is_own("https://a.example/b/x"));
        assert_eq!(settle(&present).unwrap(), moved);
        assert!(settle(&chosen("https://c.example/path", true)).is_err());
    }

    #[test]
    fn an_address_that_was_listened_on_does_not_silently_become_another() {
        let folder = tempfile::tempdir().unwrap();
        Instance::settle(folder.path(), &listening("http://127.0.0.1:8080")).unwrap();
        assert!(Instance::settle(folder.path(), &listening("http://127.0.0.1:8080")).is_ok());
        assert!(Instance::settle(folder.path(), &listening("http://127.0.0.1:9090")).is_err());
    }

    #[test]
    fn a_file_of_another_kind_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "{\"version\":9}").unwrap();
        let error = Instance::settle(folder.path(), &listening("http://127.0.0.1:1")).unwrap_err();
        assert!(error.to_string().contains("not understood"), "{error}");
    }
}
