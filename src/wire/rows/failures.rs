//! Rows that were refused, as a CSV file to mend and send again.
//!
//! A cell that a spreadsheet would run as a formula gets a single quote before it; in a file that
//! brings our own columns back, that quote is taken away again.

use super::field::{OUTCOME_HEADER, PROBLEM_HEADER};

/// A row that was refused.
#[derive(Clone, Debug)]
pub struct Failure<'a> {
    /// Its cells.
    pub cells: Vec<String>,
    /// What became of it.
    pub outcome: &'a str,
    /// What is wrong with it, in sentences.
    pub problem: String,
}

/// The first line: the headers of the file, and two columns of ours.
pub fn failure_header(headers: &[String], separator: u8) -> Vec<u8> {
    let ours = [OUTCOME_HEADER, PROBLEM_HEADER];
    let own = headers.iter().map(String::as_str);
    let kept = own.filter(|header| !is_ours(header));
    line(kept.chain(ours).map(str::to_owned), separator)
}

/// One line.
pub fn failure_row(headers: &[String], failure: Failure<'_>, separator: u8) -> Vec<u8> {
    let mut cells = failure.cells;
    cells.resize(headers.len().max(cells.len()), String::new());
    let kept = cells.into_iter().enumerate();
    let kept = kept.filter(|(at, _)| !headers.get(*at).is_some_and(|header| is_ours(header)));
    let ours = [failure.outcome.to_owned(), failure.problem];
    line(kept.map(|(_, cell)| cell).chain(ours), separator)
}

fn is_ours(header: &str) -> bool {
    [OUTCOME_HEADER, PROBLEM_HEADER].contains(&header)
}

fn line(cells: impl Iterator<Item = String>, separator: u8) -> Vec<u8> {
    let mut line = Vec::new();
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            line.push(separator);
        }
        let cell = guarded(cell);
        // A program that takes another separator must not split a cell either.
        let quoted = cell.bytes().any(|b| matches!(b, b',' | b';' | b'\t' | b'"' | b'\n' | b'\r'))
            || cell.starts_with(' ')
            || cell.ends_with(' ');
        if quoted {
            line.push(b'"');
            line.extend(cell.replace('"', "\"\"").bytes());
            line.push(b'"');
        } else {
            line.extend(cell.bytes());
        }
    }
    line.extend(b"\r\n");
    line
}

/// Whether a spreadsheet would run the cell, quotes before it apart.
fn runs(cell: &str) -> bool {
    let bare = cell.trim_start_matches('\'').trim_start_matches([' ', '\u{a0}', '\u{feff}']);
    bare.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', '|', '%'])
}

fn guarded(cell: String) -> String {
    if runs(&cell) { format!("'{cell}") } else { cell }
}

/// The cell without the quote that [`failure_row`] put before it.
pub(super) fn unguarded(cell: String) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if runs(rest) => rest.to_owned(),
        _ => cell,
    }
}
