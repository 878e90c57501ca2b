//! The cells of one row of a CSV file (RFC 4180).

/// Why a row has no cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// Which cell, from 0.
    pub cell: usize,
    /// What is wrong.
    pub detail: &'static str,
}

/// Takes a row apart. A quote inside an unquoted cell is a quote; what stands behind a closing quote
/// belongs to the cell.
///
/// # Errors
/// The cell that is not UTF-8.
pub fn cells(row: &[u8], separator: u8) -> Result<Vec<String>, CellFault> {
    let mut cells = Vec::new();
    let mut rest = row;
    loop {
        let (cell, behind) = cell(rest, separator);
        let detail = "not UTF-8 text; save the file as UTF-8";
        cells.push(String::from_utf8(cell).map_err(|_| CellFault { cell: cells.len(), detail })?);
        match behind {
            Some(behind) => rest = behind,
            None => return Ok(cells),
        }
    }
}

/// The first cell, and what comes behind its separator.
fn cell(row: &[u8], separator: u8) -> (Vec<u8>, Option<&[u8]>) {
    let mut content = Vec::new();
    let mut rest = row;
    if let Some(mut quoted) = row.strip_prefix(b"\"") {
        loop {
            let Some(at) = quoted.iter().position(|byte| *byte == b'"') else {
                content.extend_from_slice(quoted);
                return (content, None);
            };
            let (inside, behind) = quoted.split_at(at);
            content.extend_from_slice(inside);
            let behind = behind.get(1..).unwrap_or_default();
            match behind.strip_prefix(b"\"") {
                Some(more) => {
                    content.push(b'"');
                    quoted = more;
                }
                None => {
                    rest = behind;
                    break;
                }
            }
        }
    }
    match rest.iter().position(|byte| *byte == separator) {
        Some(at) => {
            let (tail, behind) = rest.split_at(at);
            content.extend_from_slice(tail);
            (content, behind.get(1..))
        }
        None => {
            content.extend_from_slice(rest);
            (content, None)
        }
    }
}
