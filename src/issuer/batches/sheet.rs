//! How the rows of a batch are read.

use std::sync::Arc;

use crate::domain::AccountId;
use crate::domain::Problems;
use crate::issuer::IssuerError;
use crate::json;
use crate::store::{Batch, BatchSheet, Store};
use crate::wire::rows::{self, Columns, Mapping, Row, RowProblem};

/// How rows are read.
#[derive(Clone, Debug)]
pub(super) enum Sheet {
    /// Each is JSON.
    Json,
    /// Each has these columns.
    Csv(Arc<Columns>),
}

impl Sheet {
    /// How the rows of a batch are read.
    pub(super) async fn of(
        store: &Store,
        account: &AccountId,
        batch: &Batch,
    ) -> Result<Self, IssuerError> {
        let Some(kept) = store.batch_sheet(account, &batch.id).await? else {
            return Ok(Self::Json);
        };
        let mapping = read_mapping(&kept.mapping)?;
        Ok(Self::Csv(Arc::new(columns(&kept, &mapping)?)))
    }

    /// Reads a row.
    pub(super) fn row(&self, bytes: &[u8]) -> Result<Row, RowProblem> {
        match self {
            Self::Json => rows::json_row(bytes),
            Self::Csv(columns) => rows::sheet_row(columns, bytes),
        }
    }

    /// Whether the name of this row may be asked for.
    pub(super) fn names(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Json => bytes.windows(7).any(|window| window == b"\"rowId\""),
            Self::Csv(columns) => columns.refers(),
        }
    }
}

/// Reads the text of a mapping; an empty one says nothing.
pub(super) fn read_mapping(text: &str) -> Result<Mapping, Problems> {
    if text.trim().is_empty() {
        return Ok(Mapping::default());
    }
    let mut problems = Problems::new();
    match json::parse(text) {
        Ok(value) => rows::mapping(&value).map_err(|found| {
            let moved = found.0.into_iter().map(|mut problem| {
                problem.pointer = format!("/mapping{}", problem.pointer);
                problem
            });
            Problems(moved.collect())
        }),
        Err(error) => {
            problems.add("/mapping", "bad-json", format!("the mapping is no JSON: {error}"));
            Err(problems)
        }
    }
}

/// The columns of a sheet.
pub(super) fn columns(sheet: &BatchSheet, mapping: &Mapping) -> Result<Columns, Problems> {
    let separator = u8::try_from(sheet.separator).unwrap_or(b',');
    Columns::read(&sheet.header, separator, mapping)
}
