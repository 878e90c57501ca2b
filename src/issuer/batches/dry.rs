//! Says what a batch would do, and writes nothing.

use serde_json::Value;

use super::answer::counts;
use super::intake::{Inspected, Reader, Terms};
use super::judge::{Judge, Verdict};
use super::outcome::{outcome, row_answer};
use super::past::{Dry, Past};
use super::work::read;
use super::{BatchError, Batches};
use crate::domain::{AccountId, Counts};
use crate::wire::rows::Frame;

/// A batch that is judged and not carried out, row by row.
pub struct DryRun {
    batches: Batches,
    account: AccountId,
    inspected: Inspected,
    as_of: jiff::civil::Date,
    may_revoke: bool,
    notify: bool,
}

impl Batches {
    /// Begins a dry run.
    pub fn dry_run(&self, account: &AccountId, inspected: Inspected, terms: &Terms) -> DryRun {
        let today = self.0.issuer.0.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        DryRun {
            batches: self.clone(),
            account: account.clone(),
            inspected,
            as_of: terms.as_of.unwrap_or(today),
            may_revoke: terms.may_revoke,
            notify: terms.notify,
        }
    }
}

impl DryRun {
    /// The day that rows are judged for.
    pub fn as_of(&self) -> String {
        self.as_of.to_string()
    }

    /// Judges all rows; `tell` takes what would become of each, in order, and says whether to go on.
    /// Gives the counts.
    ///
    /// # Errors
    /// What the store says.
    pub async fn run(self, mut tell: impl AsyncFnMut(Value) -> bool) -> Result<Value, BatchError> {
        let issuer = &self.batches.0.issuer;
        let (as_of, may_revoke, notify) = (self.as_of, self.may_revoke, self.notify);
        let mut judge = Judge::new(issuer, &self.account, as_of, may_revoke, notify).await?;
        let Inspected { upload, frame, sheet, rows, .. } = &self.inspected;
        let mut past = Past::Dry(Dry::default());
        let mut total = Counts { rows: *rows, ..Counts::default() };
        let mut reader = Reader::new(&upload.bytes, *frame);
        if matches!(frame, Frame::Csv(_)) {
            reader.next().await?;
        }
        let mut number = 0;
        while let Some(raw) = reader.next().await? {
            number += 1;
            let would = match read(sheet, &raw.bytes, raw.fault) {
                Err(outcome) => *outcome,
                Ok(mut row) => {
                    let judged = judge.judge(number, &mut row, sheet, &past).await?;
                    let award = judged.award.filter(|_| sheet.names(&raw.bytes));
                    past.note(number, &row, judged.key, award);
                    let external_id =
                        row.text("/externalId").map(|id| id.chars().take(200).collect());
                    let word = match judged.verdict {
                        Verdict::Over(outcome) => Err(outcome),
                        Verdict::Issue(_) => Ok(("issued", None)),
                        Verdict::Amend(id, amended) => Ok((amended.word(), id)),
                        Verdict::Revoke(id, _) => Ok(("revoked", id)),
                    };
                    match word {
                        Err(outcome) => outcome,
                        Ok((word, id)) => {
                            let withheld = if judged.withheld { ":evidence-withheld" } else { "" };
                            let outcome = outcome(format!("{word}{withheld}"), id);
                            crate::store::RowOutcome { external_id, ..outcome }
                        }
                    }
                }
            };
            total.add(&would.outcome);
            if !tell(row_answer(number, &would)).await {
                break;
            }
        }
        Ok(counts(&total))
    }
}
