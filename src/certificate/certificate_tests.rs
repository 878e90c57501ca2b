use std::sync::LazyLock;

use super::*;
use crate::art::{Subject, draw};
use crate::baking::pdf;

static ART: LazyLock<Arc<Vec<u8>>> = LazyLock::new(|| {
    let subject = Subject {
        name: "Leading Classroom Change",
        issuer: "Riverside School District",
        kind: Some("MicroCredential"),
        level: None,
    };
    Arc::new(draw(&subject).unwrap().png)
});

fn certificate() -> Certificate {
    let reached = |criterion: &str| Reached {
        criterion: criterion.to_owned(),
        level: "Proficient".to_owned(),
        meaning: Some("Leads the work without help and explains each choice.".to_owned()),
    };
    Certificate {
        name: "Leading Classroom Change".to_owned(),
        kind: Some("Micro-credential".to_owned()),
        written_in: Some("en".to_owned()),
        art: Arc::clone(&ART),
        art_alt: "A teal shield".to_owned(),
        holder: Some("Amara Okafor".to_owned()),
        issuer: "Riverside School District".to_owned(),
        issued: "2026-03-01T00:00:00Z".parse().unwrap(),
        expires: Some("2029-03-01T00:00:00Z".parse().unwrap()),
        description: "Leads a team through a change of practice. ".repeat(6),
        facts: vec![
            (Fact::ContactHours, "60".to_owned()),
            (Fact::Credits, "3".to_owned()),
            (Fact::Role, "Teacher leader".to_owned()),
        ],
        alignments: vec![Alignment {
            code: Some("TLMS-4".to_owned()),
            name: "Facilitates improvements in instruction".to_owned(),
            framework: Some("Teacher Leader Model Standards".to_owned()),
        }],
        criteria: Some("Three parts: questions, work, reflection. ".repeat(8)),
        criteria_url: Some("https://riverside.example/criteria/lead".to_owned()),
        results: vec![reached("Plans the change"), reached("Coaches colleagues")],
        link: "https://badges.example.org/b/as_0123456789ABCDEFGHIJKL".to_owned(),
        code: "7K3Q-9F20".to_owned(),
        standing: Standing::Valid,
        reason: None,
        made_at: "2026-06-01T12:00:00Z".parse().unwrap(),
        credential: b"{\"@context\":[],\"proof\":{}}".to_vec(),
    }
}

#[test]
fn every_paper_language_and_standing_keeps_to_the_standards() {
    for paper in Paper::ALL {
        for language in Language::ALL {
            for standing in [
                Standing::Valid,
                Standing::Expired,
                Standing::NotYetValid,
                Standing::Suspended,
                Standing::Revoked,
            ] {
                let reason = Some("Awarded by mistake".to_owned());
                let certificate = Certificate { standing, reason, ..certificate() };
                let sheet = Sheet { paper, language };
                let bytes = write(&certificate, sheet, &Fonts::default()).unwrap();
                assert!(bytes.starts_with(b"%PDF-1.7"));
                assert_eq!(
                    bytes,
                    write(&certificate, sheet, &Fonts::default()).unwrap(),
                    "the same bytes again"
                );
                assert!(bytes.len() < 120_000, "{}", bytes.len());
            }
        }
    }
}

#[test]
fn names_of_any_script_and_length_make_a_whole_sheet() {
    for holder in [
        None,
        Some("محمد علي الخوارزمي"),
        Some("דוד בן־גוריון"),
        Some("李小龍"),
        Some("नरेन्द्र"),
        Some("Zoë Ångström-O’Neill"),
        Some("محمد Smith 3rd"),
        Some("🎉"),
        Some("x"),
        Some("می\u{200c}خواهم"),
        Some(&"Wolfeschlegelsteinhausen".repeat(20)),
        Some(&"A B ".repeat(200)),
    ] {
        let certificate = Certificate { holder: holder.map(str::to_owned), ..certificate() };
        assert!(write(&certificate, Sheet::default(), &Fonts::default()).is_ok(), "{holder:?}");
    }
}

#[test]
fn hostile_and_huge_text_makes_no_broken_sheet() {
    for text in [
        "",
        "\u{0}\u{1}\u{feff}",
        "(((\\)))",
        "%PDF-1.7 endobj stream endstream",
        "\u{202e}evil\u{2066}x\u{2069}",
        "\u{e000}\u{f8ff}\u{fffd}\u{fffe}",
        "<script>alert(1)</script>",
        "е́е́е́",
        &"long word ".repeat(400),
    ] {
        let given = || text.to_owned();
        let certificate = Certificate {
            name: given(),
            holder: Some(given()),
            issuer: given(),
            art_alt: given(),
            description: given(),
            criteria: Some(given()),
            criteria_url: Some(given()),
            reason: Some(given()),
            standing: Standing::Suspended,
            written_in: Some("x-y".to_owned()),
            facts: vec![(Fact::Term, given()); 9],
            alignments: vec![
                Alignment {
                    code: Some(given()),
                    name: given(),
                    framework: Some(given())
                };
                20
            ],
            results: vec![
                Reached { criterion: given(), level: given(), meaning: Some(given()) };
                60
            ],
            ..certificate()
        };
        let written = write(&certificate, Sheet::default(), &Fonts::default());
        assert!(written.is_ok(), "{text:?}: {:?}", written.err());
    }
}

#[test]
fn the_credential_comes_out_of_the_paper_as_it_went_in() {
    let certificate = Certificate {
        credential: format!("{{\"@context\":\"{}\"}}", "long ".repeat(9_000)).into_bytes(),
        ..certificate()
    };
    let bytes = write(&certificate, Sheet::default(), &Fonts::default()).unwrap();
    let found = pdf::unbake(&bytes).unwrap();
    assert_eq!(found.as_str().as_bytes(), certificate.credential);
}

#[test]
fn a_damaged_sheet_is_read_in_bounds_and_never_gives_another_badge() {
    let whole = write(&certificate(), Sheet::default(), &Fonts::default()).unwrap();
    let badge = certificate().credential;
    let mut read = 0;
    let random = crate::world::Random::seeded(7);
    for round in 0..600_usize {
        let mut bytes = whole.clone();
        if round % 3 == 0 {
            bytes.truncate(whole.len() * round / 600);
        }
        for _ in 0..=round % 5 {
            let [a, b, c, d]: [u8; 4] = random.bytes();
            let at = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
            if let Some(at) = at.checked_rem(bytes.len()) {
                bytes[at] = d;
            }
        }
        if let Ok(found) = pdf::unbake(&bytes) {
            let same = found.as_str().bytes().zip(&badge).filter(|(a, b)| a == *b).count();
            // A flip within the badge itself comes out as it is: the signature tells.
            assert!(same + 5 >= badge.len(), "{}", found.as_str());
            read += 1;
        }
    }
    assert!(read > 100, "{read}");
}
