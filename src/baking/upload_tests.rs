use super::*;
use crate::baking::{BadgeVersion, Payload, bake, unbake};

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut out, width, height);
    encoder.set_color(::png::ColorType::Grayscale);
    encoder.add_text_chunk("Author".to_owned(), "somebody".to_owned()).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&vec![7; (width * height) as usize]).unwrap();
    writer.finish().unwrap();
    out
}

fn fault(image: &[u8]) -> Fault {
    match accept(image) {
        Err(Error::Picture(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_picture_is_kept_without_what_its_pixels_do_not_need() {
    let image = png(64, 48);
    let mut baked =
        bake(&image, BadgeVersion::Ob2, Payload::Json("{\"id\":\"https://a/1\"}")).unwrap();
    baked.extend_from_slice(b"<?php");
    let picture = accept(&baked).unwrap();
    assert_eq!((picture.kind, picture.width, picture.height), (ImageKind::Png, 64.0, 48.0));
    assert_eq!(unbake(&picture.bytes), Err(Error::NoBadge));
    let has = |word: &[u8]| picture.bytes.windows(word.len()).any(|part| part == word);
    assert!(!has(b"Author") && !has(b"php") && has(b"IDAT"));
    assert_eq!(accept(&picture.bytes).unwrap(), picture);
}

#[test]
fn sides_and_pixels_are_checked() {
    assert_eq!(fault(&png(16, 64)), Fault::Size { width: 16, height: 64 });
    assert_eq!(fault(&png(64, 5_000)), Fault::Size { width: 64, height: 5_000 });
    let mut huge = png(64, 64);
    huge[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    let checksum = crc32fast::hash(&huge[12..29]);
    huge[29..33].copy_from_slice(&checksum.to_be_bytes());
    assert!(matches!(fault(&huge), Fault::Size { .. } | Fault::Pixels(_)));
    let mut taller = png(64, 64);
    taller[16..24].copy_from_slice(&[0, 0, 0, 64, 0, 0, 8, 0]);
    let checksum = crc32fast::hash(&taller[12..29]);
    taller[29..33].copy_from_slice(&checksum.to_be_bytes());
    assert!(matches!(fault(&taller), Fault::Pixels(_)), "pixels are missing");
}

#[test]
fn svg_art_needs_a_size_and_something_to_draw() {
    let picture = accept(b"<svg width='120px' height='80'><rect onclick='x()'/></svg>").unwrap();
    assert_eq!((picture.kind, picture.width, picture.height), (ImageKind::Svg, 120.0, 80.0));
    assert_eq!(picture.removed, ["onclick="]);
    assert_eq!(fault(b"<svg><rect/></svg>"), Fault::NoDimensions);
    assert_eq!(fault(b"<svg viewBox='0 0 NaN 1'><rect/></svg>"), Fault::NoDimensions);
    // What is taken out gives no size.
    assert_eq!(fault(b"<svg viewBox='0 0 8 8 url(x)'><rect/></svg>"), Fault::NoDimensions);
    assert_eq!(fault(b"<svg viewBox='0 0 9 9'><script>1</script></svg>"), Fault::Empty);
    assert_eq!(accept(b"GIF89a"), Err(Error::NotAnImage));
}
