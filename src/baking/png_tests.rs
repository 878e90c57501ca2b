use std::io::Write;

use super::*;
use crate::baking::{Payload, bake, unbake};

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
    out.extend_from_slice(kind);
    out.extend_from_slice(data);
    let checksum = crc32fast::hash(&out[4..]);
    out.extend_from_slice(&checksum.to_be_bytes());
    out
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn header() -> Vec<u8> {
    chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
}

/// A picture of one pixel with more chunks between header and pixels.
fn png(more: &[Vec<u8>]) -> Vec<u8> {
    let mut out = SIGNATURE.to_vec();
    out.extend(header());
    more.iter().for_each(|chunk| out.extend(chunk));
    out.extend(chunk(b"IDAT", &zlib(&[0, 0])));
    out.extend(chunk(b"IEND", b""));
    out
}

fn itxt(keyword: &str, flags: &[u8; 2], language: &str, text: &[u8]) -> Vec<u8> {
    let data = [keyword.as_bytes(), &[0], flags, language.as_bytes(), &[0, 0], text].concat();
    chunk(b"iTXt", &data)
}

fn text_chunk(kind: &[u8; 4], keyword: &str, text: &[u8]) -> Vec<u8> {
    chunk(kind, &[keyword.as_bytes(), &[0], text].concat())
}

fn fault(image: &[u8]) -> Fault {
    match unbake(image) {
        Err(Error::Png(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

const JSON: &str = r#"{"id":"https://a.example/1","name":"Ünïcode {x}"}"#;
const JWS: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpZCI6InVybjp1dWlkOjEifQ.c2ln";

#[test]
fn what_is_baked_is_found_again_in_both_versions_and_forms() {
    for version in [BadgeVersion::Ob2, BadgeVersion::Ob3] {
        let baked = bake(&png(&[]), version, Payload::Json(JSON)).unwrap();
        let found = unbake(&baked).unwrap();
        assert_eq!((found.version, found.image), (version, ImageKind::Png));
        let Content::Json(text) = &found.content else { panic!("{found:?}") };
        assert_eq!(crate::json::parse(text).unwrap(), crate::json::parse(JSON).unwrap());
        assert!(!text.contains("{x}") && found.oddities.is_empty());

        let baked = bake(&baked, version, Payload::Jws(JWS)).unwrap();
        assert_eq!(unbake(&baked).unwrap().content, Content::Jws(JWS.to_owned()));
    }
}

#[test]
fn baking_replaces_every_older_badge_and_keeps_the_rest_byte_for_byte() {
    let kept = [chunk(b"gAMA", &[0, 0, 177, 143]), text_chunk(b"tEXt", "Comment", b"openbadges")];
    let older = [
        text_chunk(b"tEXt", "openbadges", b"https://old.example/1"),
        text_chunk(b"zTXt", "openbadges", &[&[0], &zlib(b"x")[..]].concat()),
        itxt("openbadges", &[0, 0], "", b"{}"),
        itxt("openbadgecredential", &[1, 0], "", &zlib(b"{}")),
    ];
    let mut image = png(&[&kept[..], &older[..]].concat());
    image.extend_from_slice(b"trailing <script>");
    let baked = bake(&image, BadgeVersion::Ob3, Payload::Jws(JWS)).unwrap();
    let badge = itxt("openbadgecredential", &[0, 0], "", JWS.as_bytes());
    assert_eq!(baked, png(&[&[badge], &kept[..]].concat()));
}

#[test]
fn several_badges_are_refused_whatever_their_form() {
    let one = itxt("openbadges", &[0, 0], "", b"{}");
    let other = text_chunk(b"tEXt", "openbadges", b"https://a.example/1");
    let third = itxt("openbadgecredential", &[0, 0], "", b"{}");
    assert_eq!(unbake(&png(&[one.clone(), one.clone()])), Err(Error::ManyBadges(2)));
    assert_eq!(unbake(&png(&[one, other, third])), Err(Error::ManyBadges(3)));
    assert_eq!(unbake(&png(&[])), Err(Error::NoBadge));
}

#[test]
fn older_and_compressed_forms_are_read_and_named() {
    let url = unbake(&png(&[text_chunk(b"tEXt", "openbadges", b"https://a.example/1")])).unwrap();
    assert_eq!(url.content, Content::Url("https://a.example/1".to_owned()));
    assert_eq!(url.oddities, [Oddity::LegacyChunk]);
    let packed = [&[0][..], &zlib(b"https://a.example/2")].concat();
    let url = unbake(&png(&[text_chunk(b"zTXt", "openbadges", &packed)])).unwrap();
    assert_eq!(url.oddities, [Oddity::LegacyChunk, Oddity::Compressed]);
    let json = unbake(&png(&[itxt("openbadges", &[1, 0], "en", &zlib(b" {}\n"))])).unwrap();
    assert_eq!(json.content, Content::Json("{}".to_owned()));
    assert_eq!(json.oddities, [Oddity::LanguageTag, Oddity::Compressed]);
    let mut trailing = png(&[itxt("openbadges", &[0, 0], "", b"{}")]);
    trailing.extend(itxt("openbadges", &[0, 0], "", b"{\"evil\":1}"));
    let found = unbake(&trailing).unwrap();
    assert_eq!(found.content, Content::Json("{}".to_owned()));
    assert!(matches!(found.oddities[..], [Oddity::TrailingBytes(_)]));
}

#[test]
fn other_keywords_and_other_text_are_not_badges() {
    let near = ["OpenBadges", "openbadges ", "openbadgecredentials", "XML:com.adobe.xmp"];
    for keyword in near {
        assert_eq!(unbake(&png(&[itxt(keyword, &[0, 0], "", b"{}")])), Err(Error::NoBadge));
    }
    for text in [&b"hello"[..], b"", b"file:///etc/passwd", b"javascript:1", b"[1]", b"eyJ.a"] {
        let image = png(&[itxt("openbadges", &[0, 0], "", text)]);
        assert_eq!(unbake(&image), Err(Error::NotACredential));
    }
}

#[test]
fn a_changed_byte_anywhere_is_noticed_or_lies_after_the_end() {
    let image = png(&[itxt("openbadges", &[0, 0], "", b"{\"a\":1}")]);
    for at in 0..image.len() {
        let mut damaged = image.clone();
        damaged[at] ^= 0x20;
        assert!(unbake(&damaged).is_err(), "byte {at}");
        assert!(unbake(&image[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn declared_lengths_and_structure_are_never_believed() {
    let mut lying = SIGNATURE.to_vec();
    lying.extend(header());
    lying.extend_from_slice(b"\xff\xff\xff\xffiTXtopenbadges");
    assert_eq!(fault(&lying), Fault::Truncated(33));
    assert_eq!(fault(SIGNATURE), Fault::Truncated(8));
    assert_eq!(fault(&[SIGNATURE, &chunk(b"IDAT", b"")[..]].concat()), Fault::BadHeader);
    assert_eq!(fault(&png(&[header()])), Fault::BadHeader);
    let flat = chunk(b"IHDR", &[0, 0, 0, 0, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    assert_eq!(fault(&[SIGNATURE, &flat[..]].concat()), Fault::BadHeader);
    assert_eq!(fault(&png(&[chunk(b"a\0b1", b"")])), Fault::BadType(33));
    let crowd = png(&vec![chunk(b"teSt", b""); MAX_CHUNKS]);
    assert_eq!(fault(&crowd), Fault::TooManyChunks);
    let headless = [SIGNATURE, &header()[..], &chunk(b"IDAT", b"")].concat();
    assert_eq!(fault(&headless), Fault::Truncated(headless.len()));
}

#[test]
fn malformed_badge_text_is_named() {
    let broken: [(Vec<u8>, &str); 7] = [
        (itxt("openbadges", &[2, 0], "", b"{}"), "flag"),
        (itxt("openbadges", &[1, 1], "", &zlib(b"{}")), "method"),
        (itxt("openbadges", &[1, 0], "", b"not zlib"), "inflated"),
        (itxt("openbadges", &[0, 0], "", b"{\xff}"), "UTF-8"),
        (chunk(b"iTXt", b"openbadges\0\0"), "compression fields"),
        (chunk(b"iTXt", b"openbadges\0\0\0en"), "language"),
        (chunk(b"tEXt", b"openbadges"), "keyword"),
    ];
    for (chunk, word) in broken {
        let Fault::BadText(why) = fault(&png(&[chunk])) else { panic!("{word}") };
        assert!(why.contains(word), "{why}");
    }
}

#[test]
fn inflation_and_sizes_are_capped() {
    let bomb = zlib(&vec![b' '; 64 * 1024 * 1024]);
    assert_eq!(unbake(&png(&[itxt("openbadges", &[1, 0], "", &bomb)])), Err(Error::TextTooLong));
    let long = vec![b'{'; MAX_TEXT + 1];
    assert_eq!(unbake(&png(&[itxt("openbadges", &[0, 0], "", &long)])), Err(Error::TextTooLong));
    let big = png(&[chunk(b"teSt", &vec![0; crate::baking::MAX_IMAGE])]);
    assert!(matches!(unbake(&big), Err(Error::TooLarge { .. })));
    let nearly = png(&[chunk(b"teSt", &vec![0; crate::baking::MAX_IMAGE - 200])]);
    let payload = format!("{{\"a\":\"{}\"}}", "x".repeat(500));
    let baked = bake(&nearly, BadgeVersion::Ob3, Payload::Json(&payload));
    assert!(matches!(baked, Err(Error::TooLarge { .. })), "what we bake we can read");
}
