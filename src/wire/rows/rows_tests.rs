//! Rows of all three forms, good and hostile.

use std::sync::Arc;

use super::*;
use crate::json;

fn split(frame: Frame, bytes: &[u8]) -> Result<Vec<RawRow>, Broken> {
    let whole = {
        let mut splitter = Splitter::new(frame);
        let mut rows = Vec::new();
        splitter.feed(bytes, &mut rows).and_then(|()| splitter.end(&mut rows)).map(|()| rows)
    };
    // However it arrives, the rows are the same.
    let mut splitter = Splitter::new(frame);
    let mut rows = Vec::new();
    let mut result = Ok(());
    let (head, tail) = bytes.split_at(bytes.len().min(3));
    for piece in std::iter::once(head).chain(tail.chunks(1)) {
        result = result.and_then(|()| splitter.feed(piece, &mut rows));
    }
    let pieces = result.and_then(|()| splitter.end(&mut rows)).map(|()| rows);
    assert_eq!(whole, pieces);
    whole
}

fn texts(rows: Result<Vec<RawRow>, Broken>) -> Vec<String> {
    rows.unwrap()
        .into_iter()
        .map(|row| {
            let text = String::from_utf8_lossy(&row.bytes).into_owned();
            row.fault.map_or(text.clone(), |fault| format!("{} {text}", fault.as_str()))
        })
        .collect()
}

#[test]
fn csv_rows_end_where_no_quote_is_open() {
    let csv = |text: &str| texts(split(Frame::Csv(b','), text.as_bytes()));
    assert_eq!(csv("a,b\r\n1,2\r\n"), ["a,b", "1,2"]);
    assert_eq!(csv("\u{feff}a\n\n \n1"), ["a", "1"]);
    assert_eq!(csv("a\r1\r2"), ["a", "1", "2"]);
    assert_eq!(csv("\"x\ny\",2\n3"), ["\"x\ny\",2", "3"]);
    assert_eq!(csv("\"say \"\"no\"\"\nnow\",2\n3"), ["\"say \"\"no\"\"\nnow\",2", "3"]);
    assert_eq!(csv("5\" pipe,2\n3"), ["5\" pipe,2", "3"]);
    assert_eq!(csv("\"open,2\n3\n4"), ["unclosed-quote \"open,2", "3", "4"]);
    assert_eq!(csv("\"open,2\n3\n\"four\",4"), ["unclosed-quote \"open,2", "3", "\"four\",4"]);
}

#[test]
fn a_row_that_is_too_long_is_one_row_and_not_kept() {
    for frame in [Frame::Csv(b','), Frame::Lines] {
        for long in ["x".repeat(2 << 20), format!("\"{}\"", "x".repeat(2 << 20))] {
            let mut splitter = Splitter::new(frame);
            let mut rows = Vec::new();
            splitter.feed(format!("a\n{long},2\nb\n").as_bytes(), &mut rows).unwrap();
            splitter.end(&mut rows).unwrap();
            let faults: Vec<_> = rows.iter().map(|row| row.fault).collect();
            assert_eq!(faults, [None, Some(Fault::TooLong), None], "{frame:?}");
            assert!(rows[1].bytes.len() <= ROW_BYTES);
        }
    }
    let text = format!("[1,{{\"a\":\"{}\"}},2]", "\\\"]x".repeat(1 << 18));
    let mut splitter = Splitter::new(Frame::Array);
    let mut rows = Vec::new();
    splitter.feed(text.as_bytes(), &mut rows).unwrap();
    splitter.end(&mut rows).unwrap();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1].fault, Some(Fault::TooLong));
}

#[test]
fn quotes_that_are_never_closed_cost_no_more_than_they_may() {
    let open = |count: usize| {
        let mut splitter = Splitter::new(Frame::Csv(b','));
        let mut rows = Vec::new();
        let text = format!("\"x,\n{}", "y\n".repeat(30_000)).repeat(count);
        let fed = splitter.feed(text.as_bytes(), &mut rows);
        fed.and_then(|()| splitter.end(&mut rows)).map(|()| rows.len())
    };
    assert_eq!(open(1), Ok(30_001));
    assert_eq!(open(20), Ok(20 * 30_001));
    // Each of these costs reading 48 KiB twice; a thousand of them are enough.
    let text = "\"x ,y\n".repeat(2_000).replace("x ,", &format!("x{}", "z\n".repeat(25_000)));
    let mut splitter = Splitter::new(Frame::Csv(b','));
    assert_eq!(splitter.feed(text.as_bytes(), &mut Vec::new()), Err(Broken::Unclosed));
}

#[test]
fn elements_of_an_array_are_rows_and_a_broken_frame_is_told() {
    let array = |text: &str| split(Frame::Array, text.as_bytes());
    assert_eq!(texts(array(" [ ] ")), Vec::<String>::new());
    assert_eq!(
        texts(array("[{\"a\":[1,2]},\n \"x,]\\\"\" , 3]\n")),
        ["{\"a\":[1,2]}", "\"x,]\\\"\" ", "3"]
    );
    for broken in ["", "{}", "[1", "[1,]", "[,1]", "[1] 2", "[\"a]", "[{]"] {
        assert!(array(broken).is_err(), "{broken}");
    }
    assert_eq!(split(Frame::Lines, b"\xff\xfe{\0"), Err(Broken::Utf16));
    assert_eq!(texts(split(Frame::Lines, b"{}\r\n\n[1]")), ["{}", "[1]"]);
}

#[test]
fn the_separator_is_found_in_the_header() {
    assert_eq!(Frame::of_csv(b"a;b;c\n1,5;2;3"), Frame::Csv(b';'));
    assert_eq!(Frame::of_csv(b"a\tb\n"), Frame::Csv(b'\t'));
    assert_eq!(Frame::of_csv(b"\"a;b;c\",d\n"), Frame::Csv(b','));
    assert_eq!(Frame::of_csv(b"email\n"), Frame::Csv(b','));
}

fn columns(header: &str, mapping_text: &str) -> Result<Arc<Columns>, Vec<String>> {
    let told = |problems: crate::domain::Problems| {
        problems.0.into_iter().map(|p| format!("{} {}", p.pointer, p.code)).collect::<Vec<_>>()
    };
    let mapping = mapping(&json::parse(mapping_text).unwrap()).map_err(told)?;
    Columns::read(header.as_bytes(), b',', &mapping).map(Arc::new).map_err(told)
}

#[test]
fn headers_mean_fields_by_name_or_by_mapping() {
    let plain = columns("Recipient Email,NAME,badge_class,Expect Import", "{}").unwrap();
    assert_eq!(plain.unread().collect::<Vec<_>>(), ["Expect Import"]);
    let row = sheet_row(&plain, "A@B.example , Amara,bc_1,x".as_bytes()).unwrap();
    assert_eq!(row.text("/recipient/email"), Some("A@B.example"));
    assert_eq!(row.facts.class.as_deref(), Some("bc_1"));
    assert_eq!(row.place("/recipient/email"), Place::Column("Recipient Email".to_owned()));
    assert_eq!(row.place("/recipient/name"), Place::Column("NAME".to_owned()));

    let mapping = r#"{"columns":{"Who":"email","x_y":"results","name":null},
        "classes":{"from":["Badge"]},"results":{"separator":"|","assign":":"},
        "evidence":[{"url":"Link","consent":"OK?"}]}"#;
    let mapped = columns("who,X Y,Name,Badge,Link,ok?,note", mapping).unwrap();
    assert_eq!(mapped.unread().collect::<Vec<_>>(), ["note"]);
    let row = sheet_row(&mapped, b"a@b.example,lead:yes|plan: no ,N,F1,https://e.example,no,z");
    let row = row.unwrap();
    let pairs = [("lead".to_owned(), "yes".to_owned()), ("plan".to_owned(), "no".to_owned())];
    assert_eq!(row.facts.rubric, pairs);
    assert_eq!(row.facts.consents, [Some("no".to_owned())]);
    assert_eq!(row.text("/recipient/name"), None);
}

#[test]
fn what_is_wrong_with_header_and_mapping_is_told_at_once() {
    assert_eq!(
        columns("email,E mail,badgeClass", "{}").unwrap_err(),
        ["/header/1 duplicate-column"]
    );
    assert_eq!(
        columns("a,b", "{}").unwrap_err(),
        ["/header missing-column", "/header missing-column"]
    );
    assert_eq!(
        columns("email,badge", r#"{"columns":{"badg":"badgeClass","email":"recipientEmail"}}"#)
            .unwrap_err(),
        ["/mapping/columns/badg unknown-column"]
    );
    assert_eq!(
        columns(
            "a",
            r#"{"column":{},"columns":{"a":"emial"},"issuers":{"x":"No Slug"},"evidence":[{"uri":"a"}]}"#
        )
        .unwrap_err(),
        [
            "/column unknown-member",
            "/columns/a unknown-field",
            "/issuers/x bad-issuer",
            "/evidence/0/uri unknown-member"
        ]
    );
}

#[test]
fn the_order_of_columns_and_the_row_id_make_no_other_row() {
    let one = columns("rowId,email,badgeClass,note", "{}").unwrap();
    let other = columns("note,badge_class,Email,row_id,term", "{}").unwrap();
    let content = |columns, row: &str| sheet_row(columns, row.as_bytes()).unwrap().content;
    let first = content(&one, "1,A@b.example,F1,n");
    assert_eq!(first, content(&other, "n,F1,a@B.example ,2,"));
    assert_ne!(first, content(&other, "m,F1,a@b.example,2,"));
    assert_ne!(first, content(&other, "n,F1,a@b.example,2,t"));
    let json = |text: &str| json_row(text.as_bytes()).unwrap().content;
    assert_eq!(
        json(r#"{"rowId":1,"badgeClass":"F1","recipient":{"email":"A@b.example"}}"#),
        json(r#"{"recipient":{"email":"a@b.example"},"badgeClass":"F1"}"#)
    );
}

#[test]
fn rows_without_their_cells_are_told_and_places_named() {
    let columns = columns("email,badgeClass,narrative", "{}").unwrap();
    for (row, code) in [("a@b.example,F1", "ragged"), ("a,b,c,d", "ragged")] {
        assert_eq!(sheet_row(&columns, row.as_bytes()).unwrap_err().code, code, "{row}");
    }
    assert!(sheet_row(&columns, b"a@b.example,F1,,,").is_ok(), "empty cells behind do no harm");
    let broken = sheet_row(&columns, b"a@b.example,F1,\xff").unwrap_err();
    assert_eq!(
        (broken.code.as_str(), broken.place),
        ("not-utf-8", Place::Column("narrative".into()))
    );
    for (row, code) in
        [("{", "bad-json"), ("[]", "not-an-object"), ("{\"rowId\":[]}", "not-a-string")]
    {
        assert_eq!(json_row(row.as_bytes()).unwrap_err().code, code, "{row}");
    }
}

#[test]
fn no_cell_of_the_failures_runs_in_a_spreadsheet_and_each_comes_back_as_it_was() {
    let cells = [
        "=SUM(1,1)",
        "+15555550100",
        "-1",
        "@x",
        "\t=1",
        "'=1",
        "''=1",
        "a;=1",
        " =1",
        "\"quoted\"",
        "two\nlines",
        "'plain",
        "",
        "é",
    ];
    let mut header: Vec<String> = (0..cells.len()).map(|at| format!("c{at}")).collect();
    header.extend(["email".to_owned(), "badgeClass".to_owned()]);
    let mut sent: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
    sent.extend(["a@b.example".to_owned(), "F1".to_owned()]);
    for separator in [b',', b';', b'\t'] {
        let failure =
            Failure { cells: sent.clone(), outcome: "refused:dates", problem: "=x".to_owned() };
        let file = [failure_header(&header, separator), failure_row(&header, failure, separator)];
        let rows = split(Frame::of_csv(&file[0]), &file.concat()).unwrap();
        let found = super::cells(&rows[1].bytes, separator).unwrap();
        for cell in &found {
            assert!(!cell.trim_start().starts_with(['=', '+', '-', '@', '\t']), "{cell:?}");
        }
        let columns = Columns::read(&rows[0].bytes, separator, &Mapping::default()).unwrap();
        assert!(columns.is_returned());
        assert_eq!(columns.as_meant(found)[..sent.len()], sent);
        let columns = Arc::new(columns);
        let content = sheet_row(&columns, &rows[1].bytes).unwrap().content;
        let plain = Columns::read(header.join(",").as_bytes(), b',', &Mapping::default()).unwrap();
        let quoted: Vec<String> =
            sent.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        let sent = sheet_row(&Arc::new(plain), quoted.join(",").as_bytes()).unwrap().content;
        assert_eq!(content, sent, "what we add makes no other row");
    }
}

#[test]
fn near_names_are_found() {
    let known = ["badgeClass", "recipient_email", "R1"];
    let near = |name| nearest(name, known.into_iter());
    assert_eq!(near("Badge-clas"), Some("badgeClass"));
    assert_eq!(near("recipientEmail"), Some("recipient_email"));
    assert_eq!(near("R2"), Some("R1"));
    assert_eq!(near("flavour"), None);
    let members = ["recipient", "issuedOn", "term"];
    let near = |name| nearest(name, members.into_iter());
    assert_eq!(near("recipent"), Some("recipient"));
    assert_eq!(near("issuedon"), Some("issuedOn"));
    assert_eq!(near("team"), Some("term"));
}
