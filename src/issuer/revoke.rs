//! Takes an award back, for ever.

use super::change::Turn;
use super::{Done, Issuer, IssuerError, Mandate};
use crate::domain::{Assertion, AssertionId, ChangeDraft};

impl Issuer {
    /// Revokes an award. Its status list, its Open Badges 2.0 address and the revocation list say so
    /// at once. Revoking a revoked award changes nothing.
    ///
    /// # Errors
    /// [`IssuerError::NotFound`], or what the store says.
    pub async fn revoke(
        &self,
        mandate: &Mandate<'_>,
        id: &AssertionId,
        why: &ChangeDraft,
    ) -> Result<Done<Assertion>, IssuerError> {
        self.change(mandate, id, why, Turn::Revoke).await
    }
}
