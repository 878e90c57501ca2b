//! PNG, SVG and PDF: badges are taken out, put in, and pictures accepted, whatever the bytes.

use std::sync::LazyLock;

use accolade::baking::{BadgeVersion, Content, Payload, bake, pdf, unbake, upload};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bolero::check;

use crate::choices::Choices;
use crate::maxima::Maxima;
use crate::text::changed;

/// A PNG of one pixel, without a badge.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 99 99\" width=\"99\">\
    <title>x</title><style>a{fill:red}</style><path d=\"M0 0h9\"/><a href=\"#b\"><circle r=\"9\"/></a></svg>";

const BADGE: &str =
    r#"{"@context":["https://www.w3.org/ns/credentials/v2"],"id":"https://a.example/1","n":"é"}"#;

static PNGS: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| with_badges(BASE64_STANDARD.decode(PIXEL).unwrap()));
static SVGS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| with_badges(SVG.into()));

/// The image plain, and with each kind of badge.
fn with_badges(image: Vec<u8>) -> Vec<Vec<u8>> {
    let baked = [
        bake(&image, BadgeVersion::Ob3, Payload::Json(BADGE)),
        bake(&image, BadgeVersion::Ob2, Payload::Json(BADGE)),
        bake(&image, BadgeVersion::Ob3, Payload::Jws("eyJhbGciOiJFZERTQSJ9.eyJhIjoxfQ.AAAA")),
    ];
    std::iter::once(image.clone()).chain(baked.map(Result::unwrap)).collect()
}

#[test]
fn png() {
    let mut maxima = Maxima::of("png");
    check!().with_iterations(3_000).for_each(|bytes: &[u8]| maxima.case(|| image(bytes, &PNGS)));
    maxima.report();
}

#[test]
fn svg() {
    let mut maxima = Maxima::of("svg");
    check!().with_iterations(3_000).for_each(|bytes: &[u8]| maxima.case(|| image(bytes, &SVGS)));
    maxima.report();
}

/// A PDF with the badge attached, its file specification plain or in a stream of objects.
fn sheets() -> Vec<Vec<u8>> {
    let stream = |number: u32, dictionary: &str, text: &str| {
        let length = text.len();
        format!(
            "{number} 0 obj\n<<{dictionary}/Length {length}>>\nstream\n{text}\nendstream\nendobj\n"
        )
    };
    let specification = "<</Type/Filespec/EF<</F 3 0 R/UF 3 0 R>>/UF(a\\)b)/Desc<FEFF>>>";
    let badge = stream(3, "/Type/EmbeddedFile/Subtype/application#2Fjson", BADGE);
    let plain = format!("2 0 obj\n{specification}\nendobj\n");
    let packed = stream(2, "/Type/ObjStm/N 1/First 4", &format!("7 0 {specification}"));
    let sheet = |before: &str| format!("%PDF-1.7\n{before}{badge}trailer<</Root 1 0 R>>\n%%EOF\n");
    [plain, packed].iter().map(|before| sheet(before).into_bytes()).collect()
}

#[test]
fn pdf_attachment() {
    let seeds = sheets();
    let mut maxima = Maxima::of("pdf");
    check!().with_iterations(5_000).for_each(|bytes: &[u8]| {
        maxima.case(|| {
            let mut choices = Choices::new(bytes);
            let seed = &seeds[choices.below(seeds.len())];
            let sheet = changed(&mut choices, seed.clone());
            match pdf::unbake(&sheet) {
                // What comes out stood in the file.
                Ok(found) => {
                    let text = found.as_str().as_bytes();
                    assert!(sheet.windows(text.len()).any(|part| part == text));
                    true
                }
                Err(_) => false,
            }
        })
    });
    maxima.report();
}

/// What comes out of an image goes in and comes out again; what is accepted is accepted again.
fn image(bytes: &[u8], seeds: &[Vec<u8>]) -> bool {
    let mut choices = Choices::new(bytes);
    let image = if choices.once_in(8) {
        choices.rest().to_vec()
    } else {
        let seed = &seeds[choices.below(seeds.len())];
        changed(&mut choices, seed.clone())
    };
    if let Ok(picture) = upload::accept(&image) {
        let again = upload::accept(&picture.bytes).expect("what was accepted is a picture");
        assert_eq!(again.kind, picture.kind);
        assert!(again.removed.is_empty(), "{:?} was left in it", again.removed);
    }
    let _ = bake(&image, BadgeVersion::Ob2, Payload::Json(BADGE));
    let Ok(found) = unbake(&image) else { return false };
    let payload = match &found.content {
        Content::Json(text) => Payload::Json(text),
        Content::Jws(text) => Payload::Jws(text),
        Content::Url(_) => return true,
    };
    // Text that only begins like JSON cannot be baked.
    if let Ok(baked) = bake(&image, found.version, payload) {
        let again = unbake(&baked).expect("what was baked can be unbaked");
        assert_eq!(again.version, found.version);
        match (&again.content, &found.content) {
            (Content::Json(again), Content::Json(first)) => {
                assert_eq!(parsed(again), parsed(first));
            }
            (again, first) => assert_eq!(again, first),
        }
    }
    true
}

fn parsed(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("only JSON is baked as JSON")
}
