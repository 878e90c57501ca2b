//! Rows of batches: CSV, NDJSON, JSON arrays, and the mapping that comes with a CSV file.

use std::sync::Arc;

use accolade::json;
use accolade::wire::rows::{
    Columns, Failure, Frame, Mapping, RawRow, Splitter, cells, failure_header, failure_row,
    json_row, mapping, sheet_row,
};
use bolero::check;

use crate::choices::Choices;
use crate::maxima::Maxima;
use crate::text;

const FILES: [&str; 4] = [
    "row id,email,badge class,awarded on,results,ev1_url,note\n1,a@b.example,F1,2026-05-31,a=b;c=d,https://e.example,\"x, \"\"y\"\"\"\n",
    "\u{feff}E-Mail;Badge Class;narrative\r\na@b.example;F1;\"two\r\nlines\"\r\n=1;+2;'@3\r\n",
    "[{\"badgeClass\":\"F1\",\"recipient\":{\"email\":\"a@b.example\"}},\n {\"action\":\"revoke\",\"assertion\":\"as_\"}]",
    "{\"badgeClass\":\"F1\",\"overall\":\"earned\",\"results\":[{\"resultDescription\":\"a\",\"achievedLevel\":\"b\"}]}\n{\"recipient\":{\"id\":7}}\n",
];

const MAPPINGS: [&str; 2] = [
    "{}",
    r#"{"columns":{"note":"narrative","row id":null},"issuers":{"x":"river"},"classes":{"from":["badge class"]},"results":{"separator":"|"},"evidence":[{"url":"ev1 url"}]}"#,
];

/// Whatever was sent: rows hold no more than they may, in whatever pieces it arrives, and what can be
/// read can be given back.
#[test]
fn rows_of_batches() {
    let mut maxima = Maxima::of("rows_of_batches");
    check!().with_iterations(5_000).for_each(|bytes: &[u8]| {
        maxima.case(|| {
            let mut choices = Choices::new(bytes);
            let said = text::changed_seed(&mut choices, &MAPPINGS);
            let piece = 1 + choices.below(40);
            let kind = choices.below(3);
            let file = match choices.once_in(4) {
                true => choices.rest().to_vec(),
                false => {
                    let seed = choices.pick(&FILES).as_bytes().to_vec();
                    text::changed(&mut choices, seed)
                }
            };
            let frame = match kind {
                0 => Frame::of_csv(&file),
                1 => Frame::Lines,
                _ => Frame::Array,
            };
            let whole = split(frame, &file, file.len().max(1));
            assert_eq!(whole, split(frame, &file, piece.max(3)), "{frame:?}");
            let Some(rows) = whole else { return false };
            match frame {
                Frame::Csv(separator) => sheet(&rows, separator, &said),
                _ => rows.iter().any(|row| json_row(&row.bytes).is_ok()),
            }
        });
    });
    maxima.report();
}

fn split(frame: Frame, file: &[u8], piece: usize) -> Option<Vec<RawRow>> {
    let mut splitter = Splitter::new(frame);
    let mut rows = Vec::new();
    for piece in file.chunks(piece) {
        splitter.feed(piece, &mut rows).ok()?;
    }
    splitter.end(&mut rows).ok()?;
    assert!(rows.iter().all(|row| row.bytes.len() <= accolade::wire::rows::ROW_BYTES + 1));
    Some(rows)
}

fn sheet(rows: &[RawRow], separator: u8, said: &str) -> bool {
    let Some((header, rows)) = rows.split_first() else { return false };
    let said = json::parse(said).ok().and_then(|value| mapping(&value).ok());
    let Ok(columns) = Columns::read(&header.bytes, separator, &said.unwrap_or_default()) else {
        return Columns::read(&header.bytes, separator, &Mapping::default()).is_ok();
    };
    let columns = Arc::new(columns);
    let mut read = false;
    for row in rows {
        let Ok(found) = sheet_row(&columns, &row.bytes) else { continue };
        read = true;
        let _ = (found.place("/evidence/0/genre"), found.text("/recipient/email"));
        // Given back as a failure it is the same row.
        let sent = columns.as_meant(cells(&row.bytes, separator).unwrap());
        let failure = Failure { cells: sent.clone(), outcome: "refused:x", problem: String::new() };
        let mut file = failure_header(&columns.headers, separator);
        file.extend(failure_row(&columns.headers, failure, separator));
        let back = split(Frame::Csv(separator), &file, file.len()).unwrap();
        if let [_, back] = back.as_slice() {
            let back = columns.as_meant(cells(&back.bytes, separator).unwrap());
            let ours =
                |at: &usize| columns.headers.get(*at).is_some_and(|h| h.starts_with("accolade "));
            let sent = sent.iter().enumerate().filter(|(at, _)| !ours(at)).map(|(_, cell)| cell);
            assert!(sent.zip(&back).all(|(sent, back)| sent == back), "{row:?}");
        }
    }
    read
}
