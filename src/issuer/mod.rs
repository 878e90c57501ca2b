//! What an issuer does: keep its profile, keys and badge classes, mint, revoke, suspend, reinstate,
//! correct, renew, and publish everything that readers need to check what it did.
//!
//! ```text
//! draft ── mint ── check against the class ── reserve status ── render ── sign ── preflight
//!                                                                            │
//!                 one commit: record, signed bytes, lists, answer, event, audit row
//! ```
//!
//! Every change takes a [`Mandate`]: in whose account, by whom, and the answer to keep with it.

mod aligned;
mod art;
mod badge_classes;
pub mod batches;
#[cfg(feature = "pdf")]
mod certificate;
mod change;
mod documents;
mod door;
mod erase;
mod error;
mod export;
mod forms;
mod holder;
mod issuers;
mod judged;
mod key_life;
mod keys;
mod mandate;
mod mint;
mod mint_many;
mod notice;
mod offer;
mod own;
mod pictures;
mod preflight;
mod press;
mod presses;
mod previews;
mod reinstate;
mod reissue;
mod renew;
mod requirements;
mod resign;
mod revoke;
mod service;
mod showing;
mod signing;
mod stage;
mod status_lists;
mod suspend;
mod wallet_copy;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;

pub use aligned::{Competency, Framework};
pub use documents::Document;
pub use door::{DoorError, DoorOptions};
pub use erase::Erased;
pub use error::IssuerError;
pub use forms::Served;
pub use holder::HolderPage;
pub use key_life::KeyTurn;
pub use keys::{KeptKey, KeyRing, issuer_key_type};
pub use mandate::{Done, Mandate, Reply};
pub use mint_many::Minted;
pub use offer::{LONGEST_OFFER, OFFER_LIFETIME, Offer};
pub use previews::ShownPreview;
pub use resign::{Resigned, Touched};
pub use wallet_copy::WalletFormat;

use crate::bundled;
#[cfg(feature = "pdf")]
use crate::certificate::Fonts;
use crate::domain::{AccountId, Assertion, AssertionId, BadgeClass, IssuerProfile, Visibility};
use crate::linked_data::Contexts;
use crate::mail::Mailer;
use crate::store::Store;
use crate::store::Versioned;
use crate::store::backend::Version;
use crate::store::key_directory::KeyDirectory;
use crate::urls::Urls;
use crate::world::{Clock, Random};

/// RSA signatures made at once: each takes a core for a millisecond, and minting must not wait.
const RSA_AT_ONCE: usize = 2;

/// What issuing is made of. Clones share it.
#[derive(Clone)]
pub struct Issuer(Arc<Inner>);

struct Inner {
    store: Store,
    directory: KeyDirectory,
    clock: Clock,
    random: Random,
    urls: Urls,
    mailer: Mailer,
    holder_link_days: u32,
    private: keys::PrivateKeys,
    rings: keys::Rings,
    rsa: Arc<Semaphore>,
    #[cfg(feature = "pdf")]
    certificates: Semaphore,
    #[cfg(feature = "pdf")]
    fonts: Fonts,
    art: art::Drawn,
    judged: judged::Judged,
    presses: presses::Presses,
    previews: previews::Previews,
    lists: Mutex<HashMap<status_lists::ListName, status_lists::Signed>>,
}

/// What an [`Issuer`] works with.
#[derive(Clone, Debug)]
pub struct Parts {
    /// Where everything is kept.
    pub store: Store,
    /// Where private keys lie.
    pub keys: KeyDirectory,
    /// Tells the time.
    pub clock: Clock,
    /// Gives random bytes.
    pub random: Random,
    /// Where documents stand.
    pub urls: Urls,
    /// The way out for messages to holders.
    pub mailer: Mailer,
    /// For how many days a link to a holder's page opens it.
    pub holder_link_days: u32,
}

/// An award with all that its documents speak of.
#[derive(Clone, Debug)]
pub struct Award {
    /// Whose it is.
    pub account: AccountId,
    /// The award.
    pub assertion: Assertion,
    /// The commit that wrote it last.
    pub version: Version,
    /// The version of the badge class that was awarded.
    pub class: BadgeClass,
    /// The issuer.
    pub issuer: IssuerProfile,
    /// Its keys.
    pub keys: Arc<KeyRing>,
}

impl Inner {
    fn new(parts: Parts) -> Self {
        let Parts { store, keys, clock, random, urls, mailer, holder_link_days } = parts;
        Self {
            store,
            directory: keys,
            clock,
            random,
            urls,
            mailer,
            holder_link_days,
            private: keys::PrivateKeys::default(),
            rings: keys::Rings::default(),
            rsa: Arc::new(Semaphore::new(RSA_AT_ONCE)),
            #[cfg(feature = "pdf")]
            certificates: Semaphore::new(certificate::AT_ONCE),
            #[cfg(feature = "pdf")]
            fonts: Fonts::default(),
            art: art::Drawn::default(),
            judged: judged::Judged::default(),
            presses: presses::Presses::default(),
            previews: previews::Previews::default(),
            lists: Mutex::default(),
        }
    }
}

impl Issuer {
    /// Puts it together; nothing is read or written yet.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner::new(parts)))
    }

    /// The same, with fonts of the operator's for certificates.
    #[cfg(feature = "pdf")]
    pub fn with_fonts(parts: Parts, fonts: Fonts) -> Self {
        Self(Arc::new(Inner { fonts, ..Inner::new(parts) }))
    }

    /// Where documents stand.
    pub fn urls(&self) -> &Urls {
        &self.0.urls
    }

    /// Where everything is kept.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    fn contexts(&self) -> &'static Contexts {
        bundled::contexts()
    }

    /// An award of an account with all that its documents speak of.
    ///
    /// # Errors
    /// [`IssuerError::NotFound`], or what the store says.
    pub async fn award(&self, account: &AccountId, id: &AssertionId) -> Result<Award, IssuerError> {
        let found = self.0.store.assertion(account, id).await?;
        self.around(account.clone(), found.ok_or(IssuerError::NotFound("assertion"))?).await
    }

    /// An award by its public id, for anyone who has the link. A private one is as if it were not
    /// there.
    ///
    /// # Errors
    /// [`IssuerError::NotFound`], or what the store says.
    pub async fn public_award(&self, id: &AssertionId) -> Result<Award, IssuerError> {
        match self.0.store.find_assertion(id).await? {
            Some((account, found)) if found.value.visibility != Visibility::Private => {
                self.around(account, found).await
            }
            _ => Err(IssuerError::NotFound("assertion")),
        }
    }

    async fn around(
        &self,
        account: AccountId,
        found: Versioned<Assertion>,
    ) -> Result<Award, IssuerError> {
        let store = &self.0.store;
        let Versioned { value: assertion, version } = found;
        let class = store.badge_class_version(&account, &assertion.badge_class).await?;
        let class = class.ok_or(IssuerError::NotFound("badge class"))?;
        let issuer = store.issuer(&account, &assertion.issuer).await?;
        let issuer = issuer.ok_or(IssuerError::NotFound("issuer"))?.value;
        let keys = self.key_ring(&account, &issuer.id).await?;
        Ok(Award { account, assertion, version, class, issuer, keys })
    }
}
