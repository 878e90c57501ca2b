//! Why something was not done.

use crate::domain::Problems;
use crate::store::{Contested, StoreError};

/// Why something was not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// There is no such thing in this account.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// What was asked for cannot be, and why, place by place.
    #[error("{0}")]
    Invalid(Problems),
    /// The account has as many webhooks as it can have.
    #[error("an account can have {0} webhooks; remove one first")]
    Many(usize),
    /// The webhook is told nothing any more, and why.
    #[error("the webhook is disabled: {0}")]
    Disabled(String),
    /// The service's key.
    #[error("the service's key cannot be used: {0}")]
    Key(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Problems> for OutboxError {
    fn from(problems: Problems) -> Self {
        Self::Invalid(problems)
    }
}

impl Contested for OutboxError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}
