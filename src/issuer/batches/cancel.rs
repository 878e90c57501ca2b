//! Ends a batch before all its rows had their turn.

use super::{Batches, batch_answer};
use crate::domain::{AccountId, BatchId, BatchState};
use crate::issuer::{Done, IssuerError, Mandate};
use crate::store::{AuditRow, Batch, StoreError};

impl Batches {
    /// Cancels a batch: rows that have no outcome stay without, awards that were made stay. Cancelling
    /// a cancelled batch changes nothing.
    ///
    /// # Errors
    /// [`IssuerError::Taken`] when the batch is done, [`IssuerError::NotFound`], and what the store
    /// says.
    pub async fn cancel(
        &self,
        mandate: &Mandate<'_>,
        id: &BatchId,
    ) -> Result<Done<Batch>, IssuerError> {
        loop {
            match self.try_cancel(mandate, mandate.account, id).await {
                Err(IssuerError::Store(StoreError::Conflict { .. })) => {}
                other => {
                    self.tell();
                    return other;
                }
            }
        }
    }

    async fn try_cancel(
        &self,
        mandate: &Mandate<'_>,
        account: &AccountId,
        id: &BatchId,
    ) -> Result<Done<Batch>, IssuerError> {
        let issuer = &self.0.issuer;
        let found = self.batch(account, id).await?;
        let done = |batch: Batch| {
            let answer = batch_answer(issuer.urls(), &batch);
            Done { value: batch, answer }
        };
        match found.value.state {
            BatchState::Cancelled => return Ok(done(found.value)),
            BatchState::Done => return Err(IssuerError::BatchOver(id.clone())),
            _ => {}
        }
        let at = issuer.0.clock.now();
        let after =
            Batch { state: BatchState::Cancelled, finished_at: Some(at), ..found.value.clone() };
        let mut tx = issuer.store().begin(account);
        tx.update_batch(found.version, &after);
        tx.audit(&AuditRow {
            at,
            actor: mandate.actor.to_owned(),
            action: "batch.cancelled".to_owned(),
            subject: id.as_str().to_owned(),
            request: mandate.request.map(str::to_owned),
            detail: super::answer::counts(&after.counts),
        });
        tx.commit().await?;
        Ok(done(after))
    }
}
