//! What every change brings along.

use super::{Issuer, IssuerError};
pub use crate::store::{Done, Mandate, Reply};
use crate::store::{Reason, Transaction};

pub(super) use crate::store::Noted;

impl Issuer {
    /// Adds to a transaction what every change brings along: the event, the audit row, the answer.
    pub(super) fn note(
        &self,
        tx: &mut Transaction<'_>,
        mandate: &Mandate<'_>,
        what: &Noted<'_>,
    ) -> Result<(), IssuerError> {
        tx.note(mandate, what, self.0.clock.now());
        Ok(())
    }

    /// Adds to a transaction why the thing with this id is changed. It stands where erasure reaches
    /// it, and not in the audit row. Nothing is kept where nothing was said.
    pub(super) fn explain(
        &self,
        tx: &mut Transaction<'_>,
        subject: &str,
        action: &str,
        (reason, public_reason): (Option<&str>, Option<&str>),
    ) {
        if reason.is_some() || public_reason.is_some() {
            let own = |text: &str| text.to_owned();
            let (at, action) = (self.0.clock.now(), action.to_owned());
            let (reason, public_reason) = (reason.map(own), public_reason.map(own));
            tx.reason(subject, &Reason { at, action, reason, public_reason });
        }
    }
}
