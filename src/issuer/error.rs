//! Why something was not done.

use crate::domain::{AssertionId, BadgeClassId, BatchId, IssuerId, KeyId, Problems};
use crate::proof::did::DidError;
use crate::proof::jws::JwsError;
use crate::proof::key::KeyError;
use crate::proof::suite::SuiteError;
use crate::store::key_directory::KeyDirectoryError;
use crate::store::{Contested, StoreError};
use crate::{art, baking};

/// Why something was not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// There is no such thing in this account.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// What was asked for cannot be, and why, place by place.
    #[error("{0}")]
    Invalid(Problems),
    /// A name that must be unique is in use: `slug`, `externalId`, `idempotency key`.
    #[error("this {0} is taken")]
    Taken(&'static str),
    /// The award was made without a place in a suspension list.
    #[error(
        "awards of this badge class cannot be suspended: it was not `suspendable` when {0} was made"
    )]
    NotSuspendable(AssertionId),
    /// The award is revoked, which is for ever.
    #[error("{0} is revoked, and that cannot be undone")]
    Revoked(AssertionId),
    /// The award is suspended.
    #[error("{0} is suspended: reinstate it first")]
    Suspended(AssertionId),
    /// The person was erased.
    #[error("the person to whom {0} was awarded was erased")]
    Erased(AssertionId),
    /// The award was renewed before.
    #[error("{former} was renewed by {successor} before: renew that one")]
    Renewed {
        /// Which award.
        former: AssertionId,
        /// The award that renews it.
        successor: AssertionId,
    },
    /// The version is published, which is not undone.
    #[error("the newest version of {0} is published: an edit begins the next one")]
    Published(BadgeClassId),
    /// The person who wrote it would let it out.
    #[error("{0} was written by this person; another one publishes it")]
    OwnWork(BadgeClassId),
    /// The batch is done, which cannot be cancelled.
    #[error("{0} is done; what it awarded can be revoked")]
    BatchOver(BatchId),
    /// The batch is being worked off.
    #[error("{0} is being worked off: wait until it is done, or cancel it")]
    BatchRuns(BatchId),
    /// The award was made to another DID than the one that was proved.
    #[error("{0} was awarded to another DID than the wallet's")]
    OtherHolder(AssertionId),
    /// The offer of an award is none of ours, or its time has passed.
    #[error("this offer is not one of this service, or its time has passed")]
    Offer,
    /// As many batches wait as may.
    #[error("{0} batches of this account wait to be worked off, which is as many as may")]
    BatchesWait(usize),
    /// The award has no such form, and why.
    #[error("{0}")]
    NoForm(&'static str),
    /// What was signed did not pass the check that a stranger would make; it was thrown away.
    #[error("the preflight refused what was signed: {0}")]
    Preflight(String),
    /// The issuer has no key of the kind that is needed.
    #[error("issuer {issuer} has no active {kind} key")]
    NoKey {
        /// Which issuer.
        issuer: String,
        /// What kind of key.
        kind: &'static str,
    },
    /// The key was retired or is compromised.
    #[error("the key {0} signs no more")]
    SignsNoMore(KeyId),
    /// The key signs: what it signed needs no other signature.
    #[error("the key {0} still signs: retire it first")]
    StillSigns(KeyId),
    /// The key is compromised: that is not undone.
    #[error("the key {0} is compromised, and that cannot be undone")]
    Compromised(KeyId),
    /// No other key of its kind would be left to sign.
    #[error(
        "{key} is the only {kind} key of {issuer} that signs: give the issuer another {kind} key first"
    )]
    LastKey {
        /// Which key.
        key: KeyId,
        /// Of which kind.
        kind: &'static str,
        /// Of which issuer.
        issuer: IssuerId,
    },
    /// The issuer is known by its Ed25519 key, so that it cannot have another one.
    #[error(
        "without a public https URL {0} is known by its Ed25519 key, and another one would make it another issuer"
    )]
    OneKey(IssuerId),
    /// The stored public half of a key, or its private file, cannot be used.
    #[error("a key cannot be used: {0}")]
    Key(#[from] KeyError),
    /// The directory of private keys.
    #[error(transparent)]
    Directory(#[from] KeyDirectoryError),
    /// A Data Integrity proof was not made.
    #[error("cannot be signed: {0}")]
    Suite(#[from] SuiteError),
    /// A token was not made.
    #[error("cannot be signed: {0}")]
    Jws(#[from] JwsError),
    /// A DID of ours is none.
    #[error(transparent)]
    Did(#[from] DidError),
    /// A picture was not drawn.
    #[error(transparent)]
    Art(#[from] art::Error),
    /// A certificate was not drawn.
    #[cfg(feature = "pdf")]
    #[error(transparent)]
    Certificate(#[from] crate::certificate::Error),
    /// A picture was not baked.
    #[error(transparent)]
    Baking(#[from] baking::Error),
    /// The store.
    #[error(transparent)]
    Store(StoreError),
    /// Work that was handed to another thread did not come back.
    #[error("a worker ended without an answer")]
    Worker,
}

impl From<StoreError> for IssuerError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken { what } => Self::Taken(what),
            other => Self::Store(other),
        }
    }
}

impl From<Problems> for IssuerError {
    fn from(problems: Problems) -> Self {
        Self::Invalid(problems)
    }
}

impl IssuerError {
    /// One thing that is wrong with what was asked for.
    pub(super) fn invalid(pointer: &str, code: &'static str, detail: impl Into<String>) -> Self {
        let mut problems = Problems::new();
        problems.add(pointer, code, detail);
        Self::Invalid(problems)
    }
}

impl Contested for IssuerError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}
