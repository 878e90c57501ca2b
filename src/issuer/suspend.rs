//! Takes an award back for now.

use super::change::Turn;
use super::{Done, Issuer, IssuerError, Mandate};
use crate::domain::{Assertion, AssertionId, ChangeDraft};

impl Issuer {
    /// Suspends an award. Suspending a suspended award changes nothing.
    ///
    /// # Errors
    /// [`IssuerError::NotSuspendable`] when it was made without a suspension entry,
    /// [`IssuerError::Revoked`], [`IssuerError::NotFound`], or what the store says.
    pub async fn suspend(
        &self,
        mandate: &Mandate<'_>,
        id: &AssertionId,
        why: &ChangeDraft,
    ) -> Result<Done<Assertion>, IssuerError> {
        self.change(mandate, id, why, Turn::Suspend).await
    }
}
