//! Rows of a batch: read from JSON arrays, NDJSON and CSV into one shape.
//!
//! ```text
//! bytes ── split ── raw rows ─┬─ CSV: cells ── columns (header, mapping) ─┬─ Row
//!                             └─ JSON: members ───────────────────────────┘
//! ```
//!
//! Splitting never holds more than one row, so that a batch may be longer than memory. What is wrong
//! with one row is told of that row; what is wrong with the header, the mapping or the frame is told
//! of the whole.

mod cells;
mod columns;
mod digest;
mod failures;
mod field;
mod json_row;
mod mapping;
mod nearest;
mod row;
mod sheet_row;
mod split;

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;

pub use cells::{CellFault, cells};
pub use columns::Columns;
pub use failures::{Failure, failure_header, failure_row};
pub use field::{FIELDS, Field};
pub use json_row::json_row;
pub use mapping::{Mapping, mapping};
pub use nearest::nearest;
pub use row::{Action, Facts, Place, Row, RowProblem};
pub use sheet_row::sheet_row;
pub use split::{Broken, Fault, Frame, ROW_BYTES, RawRow, Splitter};
