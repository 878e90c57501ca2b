//! Everything a running service consists of, put together once.

mod instance;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub use instance::{Identity, Instance, InstanceError};

use crate::bundled;
use crate::config::{Config, PinnedContext, StoreKind};
use crate::issuer::batches::Batches;
use crate::issuer::{Issuer, Parts};
use crate::linked_data::Contexts;
use crate::mail::{Mailer, MailerError};
use crate::outbox::{self, Outbox, Signing};
use crate::proof::key::Passphrase;
use crate::resolve::{OwnDocuments, Resolver, SettingsError, sha256_hex};
use crate::store::Store;
use crate::store::check::{CheckProgress, CheckReport};
use crate::store::key_directory::{KeyDirectory, KeyDirectoryError};
use crate::telemetry::metrics::Metrics;
use crate::urls::Urls;
use crate::verifier::Verifier;
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
    /// Mints, changes and publishes.
    pub issuer: Issuer,
    /// Takes batches in and works them off.
    pub batches: Batches,
    /// Verifies anybody's badges; our own documents come from the store.
    pub verifier: Verifier,
    /// Tells webhooks and holders what was committed.
    pub outbox: Outbox,
    /// The way out for messages to holders.
    pub mailer: Mailer,
    /// What it counts.
    pub metrics: Metrics,
    check: OnceLock<Arc<CheckProgress>>,
}

/// Whether the service can work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Whether it can.
    pub ready: bool,
    /// Why not.
    pub reason: Option<String>,
    /// How far the reading of the store is that began with the service.
    pub check: Option<CheckReport>,
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
    /// The key directory cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyDirectoryError),
    /// A setting of `[mail]` cannot be used.
    #[error(transparent)]
    Mail(#[from] MailerError),
    /// A setting of `[fetch]` cannot be used.
    #[error(transparent)]
    Fetch(#[from] SettingsError),
    /// A file that the configuration names cannot be read, or is not what it says.
    #[error("{path}: {detail}")]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
}

impl App {
    /// Opens the data directory and all that works on it.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(config: Config, world: World, identity: &Identity) -> Result<Self, OpenError> {
        let data = &config.store.path;
        make_private_directory(data)
            .map_err(|source| OpenError::Directory { path: data.clone(), source })?;
        // The store first: only who holds its lock may settle the identity.
        let store = match config.store.kind {
            StoreKind::Sled => Store::open(data, &world.random)?,
            StoreKind::Memory => Store::memory(&world.random),
        };
        let urls = Instance::settle(data, identity)?.urls()?;
        let mailer = Mailer::open(&config)?;
        let parts = Parts {
            store: store.clone(),
            keys: KeyDirectory::open(config.keys_dir(), passphrase(&config)?)?,
            clock: world.clock.clone(),
            random: world.random.clone(),
            urls: urls.clone(),
            mailer: mailer.clone(),
            holder_link_days: config.limits.holder_link_days,
        };
        #[cfg(feature = "pdf")]
        let issuer = Issuer::with_fonts(parts, fonts(&config)?);
        #[cfg(not(feature = "pdf"))]
        let issuer = Issuer::new(parts);
        let batches = Batches::new(&issuer, config.limits.batch_rows);
        let own: Arc<dyn OwnDocuments> = Arc::new(issuer.clone());
        let verifier = verifier(&config, Some(own), &world.clock)?;
        let outbox = Outbox::new(outbox::Parts {
            store: store.clone(),
            resolver: Resolver::new(&config.fetch, None, world.clock.clone())?,
            clock: world.clock.clone(),
            random: world.random.clone(),
            signer: service_signer(issuer.clone()),
            mailer: mailer.clone(),
            urls: urls.clone(),
        });
        let metrics = Metrics::new(world.clock.now().as_second());
        let check = OnceLock::new();
        Ok(Self {
            config,
            world,
            urls,
            store,
            issuer,
            batches,
            verifier,
            outbox,
            mailer,
            metrics,
            check,
        })
    }

    /// Reads the whole store once beside its work, so that damage is known before it is met.
    pub fn begin_check(&self) {
        match self.store.start_check() {
            Ok(check) => {
                // A second start of the same service in one process keeps the first one's.
                let _ = self.check.set(check);
            }
            Err(error) => tracing::warn!(%error, "the store is not being checked"),
        }
    }

    /// Whether it can work. A damaged record is no reason not to: the others are served.
    pub fn readiness(&self) -> Readiness {
        let reason = self.store.backend().stopped();
        let check = self.check.get().map(|check| check.report());
        Readiness { ready: reason.is_none(), reason, check }
    }
}

/// A verifier that stands alone, without a data directory: every document comes from the network.
///
/// # Errors
/// [`OpenError::Fetch`], [`OpenError::File`].
pub fn lone_verifier(config: &Config, clock: &Clock) -> Result<Verifier, OpenError> {
    verifier(config, None, clock)
}

fn verifier(
    config: &Config,
    own: Option<Arc<dyn OwnDocuments>>,
    clock: &Clock,
) -> Result<Verifier, OpenError> {
    let resolver = Resolver::new(&config.fetch, own, clock.clone())?;
    let contexts = contexts(config)?;
    Ok(Verifier::new(resolver, contexts, clock.clone(), config.trust.clone()))
}

/// The service's own key signs what goes to webhooks.
fn service_signer(issuer: Issuer) -> outbox::Signer {
    Arc::new(move || {
        let issuer = issuer.clone();
        Box::pin(async move {
            let key = issuer.service_key().await.map_err(|error| error.to_string())?;
            let did = issuer.service_did().await.map_err(|error| error.to_string())?;
            Ok(Signing { did, key })
        })
    })
}

/// The bundled contexts and those that the operator vouches for.
fn contexts(config: &Config) -> Result<&'static Contexts, OpenError> {
    if config.contexts.is_empty() {
        return Ok(bundled::contexts());
    }
    let mut contexts = bundled::contexts().fork();
    for (url, PinnedContext { file, sha256 }) in &config.contexts {
        let wrong = |detail: String| OpenError::File { path: file.clone(), detail };
        let bytes = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
        let found = sha256_hex(&bytes);
        if found != sha256.to_ascii_lowercase() {
            return Err(wrong(format!("its SHA-256 is {found}, [contexts] says {sha256}")));
        }
        let text = String::from_utf8(bytes).map_err(|error| wrong(error.to_string()))?;
        contexts = contexts.with(url, &text).map_err(|error| wrong(error.to_string()))?;
    }
    // They live as long as the process, as the bundled ones do; this happens once in a run.
    Ok(Box::leak(Box::new(contexts)))
}

fn passphrase(config: &Config) -> Result<Option<Passphrase>, OpenError> {
    let Some(path) = &config.keys.passphrase_file else { return Ok(None) };
    let text = std::fs::read_to_string(path)
        .map(zeroize::Zeroizing::new)
        .map_err(|error| OpenError::File { path: path.clone(), detail: error.to_string() })?;
    Ok(Some(Passphrase::new(text.trim_end_matches(['\r', '\n']))))
}

/// The fonts that certificates are set in.
#[cfg(feature = "pdf")]
fn fonts(config: &Config) -> Result<crate::certificate::Fonts, OpenError> {
    let mut fonts = crate::certificate::Fonts::default();
    for path in &config.certificate.fonts {
        let wrong = |detail: String| OpenError::File { path: path.clone(), detail };
        let file = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        fonts.add(file).map_err(|error| wrong(error.to_string()))?;
    }
    Ok(fonts)
}

/// A directory that only its owner reads: it holds keys and people's addresses.
fn make_private_directory(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}
