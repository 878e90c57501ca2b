use super::*;
use crate::baking::{self, BadgeVersion, Payload, upload};

fn subject<'a>(name: &'a str, kind: &'a str) -> Subject<'a> {
    Subject { name, issuer: "Riverside School District", kind: Some(kind), level: Some("Level 2") }
}

/// Names of every length and script, with markup in them.
const NAMES: [&str; 11] = [
    "Coaching Cycles",
    "Facilitating Professional Learning Communities with Evidence of Student Growth",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "القيادة التعليمية وتوجيه المعلمين",
    "מנהיגות פדגוגית",
    "Наставничество учителей",
    "Καθοδήγηση εκπαιδευτικών",
    "教師のリーダーシップ",
    "<script>alert(1)</script> & \"quotes\" ]]>",
    "",
    "A\u{0}\u{7}\u{202e}B\u{fffe}",
];

#[test]
fn every_name_gives_a_picture_that_is_small_sound_and_always_the_same() {
    let kinds = ["MicroCredential", "Certificate", "License", "Course"];
    for (n, name) in NAMES.iter().enumerate() {
        // Every outline with the longest name, one outline with each other name.
        for kind in kinds.iter().filter(|kind| n == 1 || **kind == kinds[n % 4]) {
            let art = draw(&subject(name, kind)).unwrap();
            assert!(art.png.len() < 150_000, "{name}: {} bytes", art.png.len());
            assert!(art.svg.len() < 200_000, "{name}: {} bytes", art.svg.len());
            let picture = upload::accept(&art.png).unwrap();
            assert_eq!((picture.width, picture.height), (600.0, 600.0));
            let document = roxmltree::Document::parse(&art.svg).unwrap();
            assert_eq!(
                document.descendants().filter(|node| node.has_tag_name("script")).count(),
                0
            );
            assert_eq!(
                document.root_element().first_element_child().unwrap().tag_name().name(),
                "title"
            );
        }
    }
    assert_eq!(draw(&subject(NAMES[1], "Badge")), draw(&subject(NAMES[1], "Badge")));
}

#[test]
fn drawn_art_passes_our_own_upload_check_unharmed_and_can_be_baked() {
    let art = draw(&subject("Coaching Cycles", "MicroCredential")).unwrap();
    let picture = upload::accept(art.svg.as_bytes()).unwrap();
    assert!(picture.removed.is_empty(), "{:?}", picture.removed);
    let same = rasterise(&picture.bytes, SIDE) == rasterise(art.svg.as_bytes(), SIDE);
    assert!(same, "the accepted form draws what the drawn form draws");
    for image in [art.svg.as_bytes(), art.png.as_slice()] {
        let baked = baking::bake(image, BadgeVersion::Ob3, Payload::Json("{\"a\":1}")).unwrap();
        assert_eq!(baking::unbake(&baked).unwrap().content.as_str(), "{\"a\":1}");
    }
}

#[test]
fn different_badges_look_different() {
    let one = draw(&subject("Coaching Cycles", "MicroCredential")).unwrap();
    let other_name = draw(&subject("Coaching Circles", "MicroCredential")).unwrap();
    let other_kind = draw(&subject("Coaching Cycles", "Certificate")).unwrap();
    assert!(one.png != other_name.png && one.png != other_kind.png);
    let foreign =
        [draw(&subject("教師", "Badge")).unwrap(), draw(&subject("リーダー", "Badge")).unwrap()];
    assert_eq!(foreign[0].alt, "教師. Badge, Level 2, issued by Riverside School District.");
    assert_ne!(foreign[0].svg, foreign[1].svg);
}

#[test]
fn alternative_text_says_what_the_picture_says() {
    let alt = draw(&subject("Coaching Cycles.", "MicroCredential")).unwrap().alt;
    assert_eq!(
        alt,
        "Coaching Cycles. Micro-credential, Level 2, issued by Riverside School District."
    );
    assert_eq!(spaced("CertificateOfCompletion"), "Certificate of completion");
    assert_eq!(spaced("ext:TeacherLeader"), "Teacher leader");
}

#[test]
fn sides_out_of_range_and_broken_input_are_errors() {
    assert_eq!(rasterise(b"<svg/>", 0), Err(Error::Side(0)));
    assert_eq!(
        rasterise(b"<svg viewBox='0 0 9 9' xmlns='http://www.w3.org/2000/svg'/>", 4_096),
        Err(Error::Side(4_096))
    );
    assert!(matches!(rasterise(b"<html/>", 100), Err(Error::Svg(_))));
    assert!(matches!(rasterise(b"\xff", 100), Err(Error::Svg(_))));
    let state = PreviewState::Valid;
    let preview = preview(&Preview { art: b"GIF", name: "x", issuer: "y", state });
    assert!(matches!(preview, Err(Error::Png(_))));
}

#[test]
fn previews_have_the_size_that_networks_ask_for() {
    let art = draw(&subject("Coaching Cycles", "MicroCredential")).unwrap();
    for state in [PreviewState::Valid, PreviewState::Revoked] {
        let made = preview(&Preview { art: &art.png, name: NAMES[1], issuer: "Riverside", state });
        let made = made.unwrap();
        assert!(made.len() < 300_000, "{}", made.len());
        let picture = upload::accept(&made).unwrap();
        assert_eq!((picture.width, picture.height), (1_200.0, 627.0));
    }
}

#[test]
fn states_are_named_in_addresses_and_the_neutral_preview_is_drawn() {
    for name in ["valid", "expired", "revoked", "suspended", "not-yet-valid", "altered"] {
        assert_eq!(PreviewState::from_name(name).unwrap().as_str(), name);
    }
    assert_eq!(PreviewState::from_name("Valid"), None);
    let neutral = neutral_preview().unwrap();
    let picture = upload::accept(&neutral).unwrap();
    assert_eq!((picture.width, picture.height), (1_200.0, 627.0));
    if let Some(out) = std::env::var_os("ACCOLADE_ART_OUT") {
        std::fs::write(std::path::Path::new(&out).join("neutral.png"), neutral).unwrap();
    }
}

/// A preview can be made of every drawn picture. Where `ACCOLADE_ART_OUT` names a directory the
/// pictures are written there, to be looked at.
#[test]
fn every_drawn_picture_has_a_preview() {
    let out = std::env::var_os("ACCOLADE_ART_OUT").map(std::path::PathBuf::from);
    let write = |name: String, bytes: &[u8]| {
        if let Some(out) = &out {
            std::fs::write(out.join(name), bytes).unwrap();
        }
    };
    let issuers = [
        "Riverside School District",
        "State Teacher Leadership Network for Micro-credentials",
        "ISTE",
    ];
    for (n, name) in NAMES.iter().enumerate() {
        let kind = ["MicroCredential", "Certificate", "License", "Course"][n % 4];
        let issuer = issuers[n % 3];
        let art = draw(&Subject { issuer, ..subject(name, kind) }).unwrap();
        let states = [PreviewState::Valid, PreviewState::Revoked, PreviewState::NotYetValid];
        let state = states[n % 3];
        let made = preview(&Preview { art: &art.png, name, issuer, state }).unwrap();
        assert!(upload::accept(&made).is_ok(), "{name}");
        write(format!("{n}.png"), &art.png);
        write(format!("{n}.svg"), art.svg.as_bytes());
        write(format!("preview{n}.png"), &made);
    }
}
