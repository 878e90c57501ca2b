//! Badges baked into pictures: good ones, odd ones, and pictures that readers take differently.

use accolade::baking::{BadgeVersion, Payload, bake};
use serde_json::json;

use super::case::Case;
use super::issuer::{
    ASSERTION, assertion, claims, credential, jws, own, rsa, signed, signed_assertion, token, with,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = good();
    cases.extend(odd());
    cases
}

const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="#245"/></svg>"##;

/// A picture of one point.
fn png() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 1, 1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&[36, 68, 85]).unwrap();
    bytes
}

fn good() -> Vec<Case> {
    let credential = signed(credential(), &own()).to_string();
    let hosted = assertion().to_string();
    let jwt = token(&claims(&super::issuer::credential()), &own());
    let signed = jws(&signed_assertion(), rsa());
    let mut cases = Vec::new();
    for (format, picture) in [("png", png()), ("svg", SVG.as_bytes().to_vec())] {
        for (what, version, payload) in [
            ("credential", BadgeVersion::Ob3, Payload::Json(&credential)),
            ("token", BadgeVersion::Ob3, Payload::Jws(&jwt)),
            ("hosted", BadgeVersion::Ob2, Payload::Json(&hosted)),
            ("signed", BadgeVersion::Ob2, Payload::Jws(&signed)),
        ] {
            let bytes = bake(&picture, version, payload).unwrap();
            cases.push(Case::bytes(&format!("image/{format}-{what}"), "nothing", format, bytes));
        }
        let altered = with(
            &serde_json::from_str(&credential).unwrap(),
            "/credentialSubject/achievement/name",
            json!("Doctor"),
        );
        let bytes = bake(&picture, BadgeVersion::Ob3, Payload::Json(&altered.to_string())).unwrap();
        cases.push(
            Case::bytes(
                &format!("image/{format}-altered"),
                "the badge in it was changed",
                format,
                bytes,
            )
            .invalid(&["proof.signature"]),
        );
    }
    cases
}

/// A chunk with its length and checksum.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend(kind);
    bytes.extend(data);
    bytes.extend(crc32fast::hash(&bytes[4..]).to_be_bytes());
    bytes
}

/// The picture with a chunk before its end.
fn with_chunk(picture: &[u8], chunk: &[u8]) -> Vec<u8> {
    let end = picture.len() - 12;
    [&picture[..end], chunk, &picture[end..]].concat()
}

fn odd() -> Vec<Case> {
    let hosted = assertion().to_string();
    let text = |content: &str| chunk(b"tEXt", &[b"openbadges\0", content.as_bytes()].concat());
    let attribute = |url: &str| {
        SVG.replacen(
            "<rect",
            &format!(r#"<openbadges:assertion xmlns:openbadges="http://openbadges.org" verify="{url}"/><rect"#),
            1,
        )
    };
    let image = |id: &str, fault: &str, format: &str, bytes: Vec<u8>| {
        Case::bytes(&format!("image/{id}"), fault, format, bytes)
    };
    let baked = bake(&png(), BadgeVersion::Ob2, Payload::Json(&hosted)).unwrap();
    vec![
        image(
            "png-text-chunk-with-an-address",
            "nothing: the way of the first tools",
            "png",
            with_chunk(&png(), &text(ASSERTION)),
        ),
        image(
            "png-text-chunk-with-a-badge",
            "nothing: the way of the first tools",
            "png",
            with_chunk(&png(), &text(&hosted)),
        ),
        image(
            "png-with-something-after",
            "nothing: something follows the picture",
            "png",
            [&baked[..], b"trailing"].concat(),
        ),
        image(
            "svg-with-an-address",
            "nothing: the way of the first tools",
            "svg",
            attribute(ASSERTION).into_bytes(),
        ),
        image(
            "svg-with-an-address-of-nothing",
            "the address that it names is not there",
            "svg",
            attribute("https://issuer.example/a/none").into_bytes(),
        )
        .invalid(&["input.read"]),
    ]
}
