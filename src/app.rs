//! Everything a running service consists of, put together once.

mod instance;

use std::path::PathBuf;

pub use instance::{Identity, Instance, InstanceError};

use crate::config::{Config, StoreKind};
use crate::store::Store;
use crate::urls::Urls;
use crate::world::{Clock, Random};

/// What a run takes from the outside besides the network.
#[derive(Clone, Debug)]
pub struct World {
    /// Tells the time.
    pub clock: Clock,
    /// Gives random bytes.
    pub random: Random,
}

impl World {
    /// The clock and the randomness of this machine.
    pub fn system() -> Self {
        Self { clock: Clock::system(), random: Random::system() }
    }
}

/// The service: built once, shared by all who serve.
pub struct App {
    /// Settings.
    pub config: Config,
    /// Time and chance.
    pub world: World,
    /// Every URL that is published.
    pub urls: Urls,
    /// All that is kept.
    pub store: Store,
}

/// Whether the service can work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Whether it can.
    pub ready: bool,
    /// Why not.
    pub reason: Option<String>,
}

/// Why the service cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data directory cannot be made.
    #[error("the data directory {path} cannot be made: {source}")]
    Directory {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Its identity is not what it should be.
    #[error(transparent)]
    Instance(#[from] InstanceError),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] crate::store::OpenError),
}

impl App {
    /// Opens the data directory and all that works on it.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(config: Config, world: World, identity: &Identity) -> Result<Self, OpenError> {
        make_private_directory(&config.store.path)
            .map_err(|source| OpenError::Directory { path: config.store.path.clone(), source })?;
        // The store first: only who holds its lock may settle the identity.
        let store = match config.store.kind {
            StoreKind::Sled => Store::open(&config.store.path, &world.random)?,
            StoreKind::Memory => Store::memory(&world.random),
        };
        let instance = Instance::settle(&config.store.path, identity)?;
        let urls = instance.urls()?;
        Ok(Self { config, world, urls, store })
    }

    /// Whether it can work.
    pub fn readiness(&self) -> Readiness {
        let reason = self.store.backend().stopped();
        Readiness { ready: reason.is_none(), reason }
    }
}

/// A directory that only its owner reads: it holds keys and people's addresses.
fn make_private_directory(path: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}
