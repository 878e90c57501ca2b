//! The rows of a batch that were refused, in the form they came in, to mend and send again.

use super::Batches;
use super::sheet::Sheet;
use super::work::SLICE;
use crate::domain::{AccountId, BatchId};
use crate::issuer::IssuerError;
use crate::store::{Batch, RowOutcome};
use crate::wire::rows::{Columns, Failure, Fault, cells, failure_header, failure_row};

/// Reads the failures of a batch piece by piece.
pub struct Failures {
    batches: Batches,
    account: AccountId,
    batch: BatchId,
    sheet: Sheet,
    after: Option<u32>,
    begun: bool,
}

impl Batches {
    /// The failures of a batch: a CSV file for a CSV batch, else one JSON text a line.
    ///
    /// # Errors
    /// What the store says.
    pub async fn failures(
        &self,
        account: &AccountId,
        batch: &Batch,
    ) -> Result<Failures, IssuerError> {
        self.failures_behind(account, batch, 0).await
    }

    /// Those behind row `after`; the header comes with the first.
    ///
    /// # Errors
    /// What the store says.
    pub async fn failures_behind(
        &self,
        account: &AccountId,
        batch: &Batch,
        after: u32,
    ) -> Result<Failures, IssuerError> {
        let sheet = Sheet::of(self.0.issuer.store(), account, batch).await?;
        Ok(Failures {
            batches: self.clone(),
            account: account.clone(),
            batch: batch.id.clone(),
            sheet,
            after: Some(after),
            begun: after > 0,
        })
    }
}

impl Failures {
    /// Whether it is a CSV file.
    pub fn is_csv(&self) -> bool {
        matches!(self.sheet, Sheet::Csv(_))
    }

    /// The row that the next piece begins behind; `None` at the end.
    pub fn after(&self) -> Option<u32> {
        self.after
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// What the store says.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, IssuerError> {
        let mut piece = Vec::new();
        if let Sheet::Csv(columns) = &self.sheet
            && !std::mem::replace(&mut self.begun, true)
        {
            // With a mark, so that spreadsheets read it as UTF-8.
            piece.extend("\u{feff}".bytes());
            piece.extend(failure_header(&columns.headers, columns.separator));
        }
        let Some(after) = self.after else { return Ok(None) };
        let store = self.batches.0.issuer.store();
        let outcomes = store.row_outcomes(&self.account, &self.batch, after, SLICE).await?;
        self.after = outcomes.last().map(|(number, _)| *number);
        let refused: Vec<_> = outcomes
            .into_iter()
            .filter(|(_, outcome)| outcome.outcome.starts_with("refused"))
            .collect();
        for (number, outcome) in refused {
            let rows = store.batch_rows(&self.account, &self.batch, number - 1, 1).await?;
            let Some((_, row)) = rows.into_iter().find(|(found, _)| *found == number) else {
                continue;
            };
            if row.fault.as_deref() == Some(Fault::Erased.as_str()) {
                continue;
            }
            match &self.sheet {
                Sheet::Csv(columns) => piece.extend(line(columns, &row.bytes, &outcome)),
                Sheet::Json => {
                    // A row of an array may stand on several lines.
                    piece.extend(row.bytes.iter().map(|b| if *b == b'\n' { b' ' } else { *b }));
                    piece.push(b'\n');
                }
            }
        }
        Ok(Some(piece))
    }
}

fn line(columns: &Columns, bytes: &[u8], outcome: &RowOutcome) -> Vec<u8> {
    let cells = match cells(bytes, columns.separator) {
        Ok(cells) => cells,
        Err(_) => {
            cells(String::from_utf8_lossy(bytes).as_bytes(), columns.separator).unwrap_or_default()
        }
    };
    let cells = if columns.is_returned() { columns.as_meant(cells) } else { cells };
    let told: Vec<String> = outcome
        .problems
        .iter()
        .map(|problem| {
            let place = problem.column.as_ref().map_or(String::new(), |c| format!("{c}: "));
            let help = problem.suggestion.as_ref().map_or(String::new(), |s| format!(" ({s})"));
            format!("{place}{}{help}", problem.detail)
        })
        .collect();
    let failure = Failure { cells, outcome: &outcome.outcome, problem: told.join("; ") };
    failure_row(&columns.headers, failure, columns.separator)
}
