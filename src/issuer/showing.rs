//! Changes what of an award is shown to whom, as the holder chooses.

use serde_json::json;

use super::reissue::{Edition, next_edition};
use super::{Done, Issuer, IssuerError, Mandate};
use crate::domain::{Amend, Assertion, Problems, ShowingDraft};
use crate::store::Versioned;

impl Issuer {
    /// Changes who may read an award that was read as `present`, and whether the name and each item
    /// of evidence stand in its public documents. The public document is signed anew, with a later
    /// `validFrom`, and every other form is dropped; copies that were taken before are nobody's to
    /// recall. An award in any state can be changed so.
    ///
    /// # Errors
    /// [`IssuerError::Store`] with a conflict when it was changed meanwhile,
    /// [`IssuerError::Invalid`] for evidence or a name that is not there, [`IssuerError::Erased`],
    /// and what keys and store say.
    pub async fn show(
        &self,
        mandate: &Mandate<'_>,
        present: &Versioned<Assertion>,
        draft: &ShowingDraft,
    ) -> Result<Done<Assertion>, IssuerError> {
        let before = &present.value;
        super::erase::not_erased(before)?;
        let shown = shown(before, draft)?;
        if shown == *before {
            return self.unchanged(mandate, shown).await;
        }
        let now = self.0.clock.now_to_the_second();
        // An edition of an award that has ended still begins before its end.
        let newer = next_edition(before, now);
        let valid_from = match before.expires {
            Some(end) if newer >= end => next_edition(before, before.valid_from).min(end),
            _ => newer,
        };
        let after = Assertion { valid_from, ..shown };
        let edition = Edition { kind: "assertion.shown", checked: false };
        self.new_edition(mandate, present, after, &edition, json!({})).await
    }
}

fn shown(before: &Assertion, draft: &ShowingDraft) -> Result<Assertion, Problems> {
    let mut problems = Problems::new();
    let mut after = before.clone();
    after.visibility = draft.visibility.clone().or(before.visibility);
    after.recipient.name_public = draft.name_public.clone().or(before.recipient.name_public)
        && before.recipient.name.is_some();
    if draft.name_public == Amend::Set(true) && before.recipient.name.is_none() {
        problems.add("/recipient/namePublic", "nothing-to-show", "there is no name to show");
    }
    let count = after.evidence.len();
    for (at, (index, public)) in draft.evidence.iter().enumerate() {
        match after.evidence.get_mut(*index) {
            Some(item) => item.public = *public,
            None => {
                let detail = format!("there are {count} items of evidence");
                problems.add(format!("/evidence/{at}/index"), "unknown-evidence", detail);
            }
        }
    }
    problems.or(after)
}
