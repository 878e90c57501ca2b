use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::*;

const BADGE: &str = "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],\"n\":1}";
const TOKEN: &str = "eyJhbGciOiJFZERTQSJ9.e30.AAAA";

fn deflated(text: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// A file of objects, with a trailer.
fn file(objects: &[(u32, Vec<u8>)], trailer: &str) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    for (number, body) in objects {
        bytes.extend(format!("{number} 0 obj\n").bytes());
        bytes.extend(body);
        bytes.extend(b"\nendobj\n");
    }
    bytes.extend(format!("trailer\n{trailer}\nstartxref\n0\n%%EOF\n").bytes());
    bytes
}

fn stream(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let mut body = format!("<<{dictionary}/Length {}>>\nstream\n", content.len()).into_bytes();
    body.extend(content);
    body.extend(b"\nendstream");
    body
}

fn specification(stream: u32) -> Vec<u8> {
    format!("<</Type /Filespec /F (a\\)b) /UF <FEFF0061> /EF <</F {stream} 0 R>> /Desc (x (y) z)>>")
        .into()
}

fn plain(content: &[u8]) -> Vec<u8> {
    file(
        &[
            (1, b"<</Type/Catalog>>".to_vec()),
            (2, specification(3)),
            (3, stream("/Type/EmbeddedFile", content)),
        ],
        "<</Root 1 0 R>>",
    )
}

#[test]
fn badges_attached_in_any_usual_way_are_found() {
    let packed = deflated(BADGE.as_bytes());
    let flate = stream(
        "/Type /EmbeddedFile /Subtype /application#2Fvc+ld+json /Filter /FlateDecode",
        &packed,
    );
    let in_array = stream("/Filter [/FlateDecode] /DecodeParms [null]", &packed);
    // The specification stands in an object stream, as newer writers do it.
    let objects =
        format!("2 0 9 20 {}", "<</Type/Other>> 12 <</EF<</F 3 0 R/UF 3 0 R>>/Type/Filespec>>");
    let first = "2 0 9 20 ".len();
    let offset_of_second = objects.find("<</EF").unwrap() - first;
    let objects = objects.replacen("20", &format!("{offset_of_second:2}"), 1);
    let packed_objects = stream(
        &format!("/Type /ObjStm /N 2 /First {first} /Filter /FlateDecode"),
        &deflated(objects.as_bytes()),
    );
    let spec = || (2, specification(3));
    for (way, bytes) in [
        ("plain", plain(BADGE.as_bytes())),
        ("deflated", file(&[spec(), (3, flate)], "<<>>")),
        ("filter in an array", file(&[spec(), (3, in_array.clone())], "<<>>")),
        ("object stream", file(&[(8, packed_objects), (3, in_array.clone())], "<<>>")),
        ("nested", file(&[(1, b"<</AF [<</EF<</F 3 0 R>>>>]>>".to_vec()), (3, in_array)], "<<>>")),
        ("wrong length", {
            let body = format!("<</Length 7>> stream\r\n{BADGE}\r\nendstream");
            file(&[spec(), (3, body.into_bytes())], "<<>>")
        }),
        ("length elsewhere", {
            let body = format!("<</Length 9 0 R>> stream\n{BADGE}\nendstream");
            file(&[spec(), (3, body.into_bytes()), (9, b"61".to_vec())], "<<>>")
        }),
        ("updated", {
            let mut bytes = plain(b"{\"@context\":1,\"former\":true}");
            bytes.extend(plain(BADGE.as_bytes()));
            bytes
        }),
        ("attached twice", {
            let same = || stream("", BADGE.as_bytes());
            file(&[spec(), (4, specification(5)), (3, same()), (5, same())], "<<>>")
        }),
        ("beside other files", {
            let other = stream("", b"{\"invoice\":1}");
            let badge = stream("", BADGE.as_bytes());
            file(&[spec(), (4, specification(5)), (3, other), (5, badge)], "<<>>")
        }),
    ] {
        assert!(is_pdf(&bytes), "{way}");
        assert_eq!(unbake(&bytes), Ok(Content::Json(BADGE.to_owned())), "{way}");
    }
    assert_eq!(unbake(&plain(TOKEN.as_bytes())), Ok(Content::Jws(TOKEN.to_owned())));
}

#[test]
fn files_without_one_readable_badge_are_refused_by_name() {
    let two = {
        let other = stream("", TOKEN.as_bytes());
        let badge = stream("", BADGE.as_bytes());
        file(&[(2, specification(3)), (4, specification(5)), (3, other), (5, badge)], "<<>>")
    };
    let predicted = stream("/Filter/FlateDecode/DecodeParms<</Predictor 12>>", &deflated(b"{}"));
    for (bytes, fault) in [
        (plain(b"{}"), Fault::NoBadge),
        (plain(b"https://a.example/badge"), Fault::NoBadge),
        (plain(b"\xff\xfe"), Fault::NoBadge),
        (b"%PDF-1.4".to_vec(), Fault::NoBadge),
        (file(&[(2, specification(2))], "<<>>"), Fault::NoBadge),
        (file(&[(2, specification(99))], "<<>>"), Fault::NoBadge),
        (file(&[(2, specification(3)), (3, predicted)], "<<>>"), Fault::NoBadge),
        (two, Fault::ManyBadges(2)),
        (file(&[], "<</Encrypt 7 0 R>>"), Fault::Encrypted),
        (file(&[(1, b"<</Type/XRef/Encrypt 7 0 R>>".to_vec())], "<<>>"), Fault::Encrypted),
    ] {
        assert_eq!(unbake(&bytes), Err(fault), "{}", String::from_utf8_lossy(&bytes));
    }
    assert!(!is_pdf(b"{\"a\":\"%PDF-\"}") && is_pdf(b"\n %PDF-1.3"));
}

#[test]
fn bombs_are_read_in_bounds() {
    let start = std::time::Duration::from_secs(20);
    let began = std::time::Instant::now();
    let zeros = deflated(&vec![b' '; 60 * 1024 * 1024]);
    let bomb = stream("/Filter/FlateDecode", &zeros);
    assert_eq!(unbake(&file(&[(2, specification(3)), (3, bomb)], "<<>>")), Err(Fault::NoBadge));
    let packed = stream("/Type/ObjStm/N 99999999/First 4/Filter/FlateDecode", &zeros);
    assert_eq!(unbake(&file(&[(1, packed)], "<<>>")), Err(Fault::TooMuch));
    for text in [
        "[",
        "<<",
        "<</A",
        "(",
        "<",
        "[[]",
        "1 0 obj ",
        "1 0 obj<<>>stream\n",
        "/EF<</F 1 0 R>>",
        "trailer",
        "12 ",
    ] {
        let bytes = format!("%PDF-1.7 1 0 obj {}", text.repeat(2_000_000 / text.len()));
        let _ = unbake(bytes.as_bytes());
    }
    assert_eq!(
        unbake(format!("%PDF-1 1 0 obj [{}", "1 ".repeat(900_000)).as_bytes()),
        Err(Fault::TooMuch)
    );
    assert!(began.elapsed() < start, "{:?}", began.elapsed());
}
