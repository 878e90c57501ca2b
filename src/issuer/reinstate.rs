//! Lets a suspended award hold again.

use super::change::Turn;
use super::{Done, Issuer, IssuerError, Mandate};
use crate::domain::{Assertion, AssertionId, ChangeDraft};

impl Issuer {
    /// Ends the suspension of an award. For one that holds it changes nothing.
    ///
    /// # Errors
    /// [`IssuerError::Revoked`], [`IssuerError::NotFound`], or what the store says.
    pub async fn reinstate(
        &self,
        mandate: &Mandate<'_>,
        id: &AssertionId,
        why: &ChangeDraft,
    ) -> Result<Done<Assertion>, IssuerError> {
        self.change(mandate, id, why, Turn::Reinstate).await
    }
}
