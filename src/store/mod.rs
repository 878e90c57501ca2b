//! The store of issuer profiles, badge classes, assertions and revocation lists.
//!
//! Typed methods, written once, over a small atomic key-value contract ([`backend`]) that memory and
//! sled fulfil alike. Reads are methods of [`Store`]; writes are collected in a [`Transaction`] and
//! become facts together, durable when [`Transaction::commit`] returns.
//!
//! What belongs to a platform is read and written with its [`AccountId`] in hand. Who knows only a
//! public id asks [`Store::owner_of`] first.

mod accounts;
mod aligned;
mod answers;
mod assertions;
mod audit;
pub mod backend;
mod badge_classes;
mod batches;
pub mod blobs;
mod chain;
pub mod check;
mod class_names;
mod codes;
mod committer;
pub mod compact;
mod contain;
mod deliveries;
mod disk;
pub mod durable;
mod erasing;
pub mod error;
mod events;
mod facts;
mod forms;
mod group;
mod holder_links;
mod images;
mod issuance;
mod issuer_keys;
mod issuers;
pub mod key_directory;
mod keyspace;
mod known;
mod mails;
mod mandate;
pub mod memory;
mod opening;
mod page;
mod previews;
mod reads;
mod reasons;
mod recent;
mod record;
mod retry;
mod revocations;
mod seen_rows;
mod shape;
mod shapes;
mod sled;
pub mod spool;
mod spread;
mod status_lists;
mod tallies;
mod tokens;
mod transaction;
mod webhooks;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod samples;

use std::path::Path;
use std::sync::Arc;

pub use accounts::Account;
pub use answers::{Answer, Claim, ClaimedKey, KeptAnswer};
pub use assertions::AssertionFilter;
pub use audit::{AuditFault, AuditLink, AuditRow, AuditTrail, AuditVerdict, audit_line};
pub use batches::{Batch, BatchRow, BatchSheet, KeptProblem, RowOutcome};
pub use codes::Coded;
pub use deliveries::{Attempt, DELIVERIES_KEPT, Delivery, DeliveryState, Due};
pub use erasing::RowAbout;
pub use error::{OpenError, StoreError};
pub use events::{Event, Pending};
pub use forms::{Form, FormKind};
pub use holder_links::{HOLDER_LINKS_AT_MOST, HolderLink, ListedLink};
pub use images::UploadedImage;
pub use issuance::Issuance;
pub use issuer_keys::{IssuerKey, KeyLife};
pub use mails::{Mail, MailDue, MailKind};
pub use mandate::{Along, Done, Mandate, Noted, Reply};
pub use page::{Page, Paged};
pub use previews::KeptPreview;
pub use reads::Reads;
pub use reasons::Reason;
pub use record::Versioned;
pub use retry::{Contested, retried};
pub use revocations::Revocation;
pub use seen_rows::{RowKey, SeenRow};
pub use status_lists::{STATUS_LIST_ENTRIES, StatusListState};
pub use tokens::Token;
pub use transaction::Transaction;
pub use webhooks::{Disabled, Webhook};

use self::backend::{Backend, Key};
use self::blobs::Blobs;
use self::durable::{Durable, Options};
use self::keyspace::shared;
use self::memory::Memory;
use self::record::decode;
use self::shape::Shaped;
use crate::domain::{AccountId, AssertionId, BadgeClass, IssuerProfile};
use crate::world::Random;

/// Everything the service keeps. Clones share it; the last one to go closes it.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    backend: Backend,
    blobs: Blobs,
    random: Random,
    blocks: status_lists::Blocks,
    claims: Arc<answers::Claims>,
    uses: tokens::Uses,
    tallies: tallies::Tallies,
    checking: check::Checking,
    classes: known::Known<BadgeClass>,
    issuers: known::Known<IssuerProfile>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.checking.end();
    }
}

impl Store {
    /// A store that ends with the process.
    pub fn memory(random: &Random) -> Self {
        Self::over(Backend::Memory(Arc::new(Memory::default())), Blobs::memory(), random)
    }

    /// The store in the directories `store` and `blobs` of `data`, made if missing.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(data: &Path, random: &Random) -> Result<Self, OpenError> {
        Self::open_with(&Options::new(data.join("store")), &data.join("blobs"), random)
    }

    /// The store in the directory that `options` name, with its large content in `blobs`.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open_with(options: &Options, blobs: &Path, random: &Random) -> Result<Self, OpenError> {
        // The lock first: only its holder may clear what a former run left in `blobs`.
        let durable = Durable::open(options, random)?;
        let blobs = Blobs::open(blobs)?;
        Ok(Self::over(Backend::Sled(Arc::new(durable)), blobs, random))
    }

    fn over(backend: Backend, blobs: Blobs, random: &Random) -> Self {
        Self(Arc::new(Inner {
            backend,
            blobs,
            random: random.clone(),
            blocks: status_lists::Blocks::default(),
            claims: Arc::default(),
            uses: tokens::Uses::default(),
            tallies: tallies::Tallies::default(),
            checking: check::Checking::default(),
            classes: known::Known::default(),
            issuers: known::Known::default(),
        }))
    }

    /// Begins a unit of work in `account`.
    pub fn begin(&self, account: &AccountId) -> Transaction<'_> {
        Transaction::new(self, account.clone())
    }

    /// The account that owns an id (issuer, badge class, assertion, image, token,
    /// webhook).
    ///
    /// # Errors
    /// As [`Backend::get`].
    pub async fn owner_of(&self, id: &str) -> Result<Option<AccountId>, StoreError> {
        if let Ok(award) = AssertionId::parse(id)
            && let Some(owner) = self.noted_owner(&award).await?
        {
            return Ok(Some(owner));
        }
        let found = self.read(&shared("own").id(id)).await?;
        Ok(found.map(|found| found.value))
    }

    /// Large content: art, PDFs, uploads.
    pub fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    /// A place for what is being sent, gone with the process.
    ///
    /// # Errors
    /// [`StoreError::Blob`] when the system refuses.
    pub async fn spool(&self) -> Result<spool::Spool, StoreError> {
        self.0.blobs.spool().await
    }

    /// The contract underneath, for checks and tools.
    pub fn backend(&self) -> &Backend {
        &self.0.backend
    }

    async fn read<T: Shaped>(&self, key: &Key) -> Result<Option<Versioned<T>>, StoreError> {
        let found = self.0.backend.get(key).await?;
        found.map(|stored| decode(key, &stored)).transpose()
    }
}
