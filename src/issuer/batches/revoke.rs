//! Takes back all that a batch awarded, by another batch.

use serde_json::json;

use super::Batches;
use super::intake::Terms;
use crate::domain::{BatchId, ChangeDraft};
use crate::issuer::{Done, IssuerError, Mandate};
use crate::store::Batch;
use crate::wire::rows::RawRow;

/// Outcomes that are read at once.
const AT_ONCE: usize = 500;

impl Batches {
    /// Makes a batch with one row for each award that batch `id` made, renewals among them; each row
    /// takes one back. Awards that it only changed stay.
    ///
    /// # Errors
    /// [`IssuerError::BatchRuns`] while rows have no outcome, [`IssuerError::NotFound`], and what the
    /// store says.
    pub async fn revoke(
        &self,
        mandate: &Mandate<'_>,
        id: &BatchId,
        why: &ChangeDraft,
    ) -> Result<Done<Batch>, IssuerError> {
        let of = self.batch(mandate.account, id).await?.value;
        if !of.state.is_over() {
            return Err(IssuerError::BatchRuns(id.clone()));
        }
        let terms = Terms { as_of: None, may_revoke: true, notify: false };
        let batch = Batch {
            format: "json".to_owned(),
            revokes: Some(id.clone()),
            ..self.new_batch(mandate, &terms)
        };
        let store = self.0.issuer.store();
        self.arrive(mandate, batch, None, async |writer| {
            let mut after = 0;
            loop {
                let found = store.row_outcomes(mandate.account, id, after, AT_ONCE).await?;
                let Some((last, _)) = found.last() else { return Ok(()) };
                after = *last;
                for (_, outcome) in found {
                    let issued = outcome.outcome.split(':').next() == Some("issued");
                    let Some(award) = outcome.assertion.filter(|_| issued) else { continue };
                    let row = json!({
                        "action": "revoke",
                        "assertion": award.as_str(),
                        "reason": why.reason,
                        "publicReason": why.public_reason,
                    });
                    let bytes = row.to_string().into_bytes();
                    writer.add(RawRow { bytes, fault: None }, None).await?;
                }
            }
        })
        .await
    }
}
