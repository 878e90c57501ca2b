//! Tells what was committed: webhooks, and holders by mail.
//!
//! An event lies in the batch of the fact it tells of. From there:
//!
//! ```text
//! pending ── hand out ── a delivery for each webhook that wants it ── queue of that webhook
//!                                                                        │
//!            log, next attempt or end, in one batch ── attempt (signed, through the guard)
//! ```
//!
//! Every webhook has a lane of its own: a slow or dead one holds up nobody else, and nothing here
//! stands in the way of minting. What is sent follows Standard Webhooks, signed with the service's
//! Ed25519 key (`v1a`). A kill loses no delivery; an attempt whose outcome was not yet written is
//! made again, so that every event comes at least once, in no promised order.
//!
//! Messages to holders lie in the batch of the fact as well, and leave in a lane of their own.

mod answer;
mod attempt;
mod error;
mod lanes;
mod letter;
mod mails;
mod message;
mod schedule;
mod webhooks;
mod worker;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

pub use answer::event_answer;
pub use error::OutboxError;
pub use schedule::{DELAYS, FAILING_AT_MOST};
pub use webhooks::WEBHOOKS_AT_MOST;

use crate::mail::Mailer;
use crate::proof::key::PrivateKey;
use crate::resolve::Resolver;
use crate::store::Store;
use crate::urls::Urls;
use crate::world::{Clock, Random};
use tokio::sync::watch;

/// The service's own identity and key, which others keep.
pub type Signer =
    Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Signing, String>> + Send>> + Send + Sync>;

/// Who signs, and with what.
#[derive(Clone, Debug)]
pub struct Signing {
    /// The service's DID.
    pub did: String,
    /// Its Ed25519 key.
    pub key: Arc<PrivateKey>,
}

/// What an [`Outbox`] works with.
#[derive(Clone)]
pub struct Parts {
    /// Where everything is kept.
    pub store: Store,
    /// The way out, under the guard.
    pub resolver: Resolver,
    /// Tells the time.
    pub clock: Clock,
    /// Gives random bytes.
    pub random: Random,
    /// The service's key.
    pub signer: Signer,
    /// The way out for messages to holders.
    pub mailer: Mailer,
    /// Where documents and pages stand.
    pub urls: Urls,
}

/// The outbox. Clones share it.
#[derive(Clone)]
pub struct Outbox(Arc<Inner>);

struct Inner {
    parts: Parts,
    lanes: Mutex<lanes::Lanes>,
    /// Held while the webhooks of an account are counted and one is added.
    counting: tokio::sync::Mutex<()>,
    mails: Mutex<mails::MailLane>,
    /// How many lanes are at work.
    working: watch::Sender<usize>,
}

impl Outbox {
    /// Puts it together; nothing is read or sent yet.
    pub fn new(parts: Parts) -> Self {
        let working = watch::Sender::new(0);
        let (lanes, mails) = (Mutex::default(), Mutex::default());
        let counting = tokio::sync::Mutex::default();
        Self(Arc::new(Inner { parts, lanes, counting, mails, working }))
    }

    async fn signing(&self) -> Result<Signing, OutboxError> {
        (self.0.parts.signer)().await.map_err(OutboxError::Key)
    }
}
