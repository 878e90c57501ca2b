use serde_json::json;

use super::facts::AlignmentFact;
use super::text;
use super::*;
use crate::language::Language;
use crate::verifier::Report;

const SETTING: Setting<'static> =
    Setting { language: Language::English, public_url: "https://badges.example.org" };

/// A report in which every foreign text is `text`.
fn report(text: &str) -> Report {
    let check = |id: &str, outcome: &str| json!({"id": id, "outcome": outcome, "title": text, "message": text, "facts": {"key": text, "n": 3}});
    let mut report = json!({
        "verdict": "valid",
        "answers": {
            "authentic": {"answer": "yes", "reason": text},
            "inForce": {"answer": "yes", "reason": text, "asOf": "2026-11-22T06:00:00Z"},
            "issuer": {"answer": "domain", "reason": text},
        },
        "format": "data-integrity",
        "openBadgesVersion": "3.0",
        "checkedAt": "2026-11-22T06:00:00Z",
        "asOf": "2026-11-22T06:00:00Z",
        "policy": "default",
        "badge": {
            "id": text, "name": text, "description": text, "badgeClass": text, "achievementType": text,
            "issuer": {"id": text, "name": text, "url": text, "email": text, "image": text},
            "recipient": {"id": text, "name": text, "identities": [{"type": text, "hashed": false, "identity": text}]},
            "issuedOn": "2026-01-15T00:00:00Z", "expires": "2029-01-15T00:00:00Z",
            "image": {"id": text, "caption": text},
            "criteria": {"id": text, "narrative": "text"},
            "alignment": [{"targetName": text, "targetUrl": text, "targetCode": text, "targetFramework": text, "targetType": text, "targetDescription": text}],
            "evidence": [{"id": text, "name": text, "description": text, "narrative": "text", "genre": text, "audience": text}],
            "results": [{"resultDescription": text, "name": text, "resultType": text, "value": text, "status": text, "achievedLevel": text,
                "levels": [{"id": text, "name": text, "level": text, "description": text, "points": text, "achieved": true}]}],
            "narrative": "text", "credits": 1.5, "tags": [text],
        },
        "checks": [check("proof.signature", "pass"), check("time.expired", "fail"), check("status.revoked", "unknown"),
            check("evidence.digest", "note"), check("hosted.scope", "skip")],
        "documents": [
            {"role": text, "url": text, "state": "got", "fetchedAt": "2026-11-22T05:59:59Z", "sha256": text},
            {"role": text, "url": text, "state": "refused", "fetchedAt": null, "sha256": null, "reason": text}],
        "reports": [],
    });
    let mut part = report.clone();
    part["part"] = "endorsement".into();
    part["pointer"] = text.into();
    report["reports"] = json!([part]);
    serde_json::from_value(report).unwrap()
}

/// What a badge says, every text of it `text` but the Markdown.
fn facts(text: &str) -> BadgeFacts {
    let some = Some(text.to_owned());
    let plain = Some("text".to_owned());
    BadgeFacts {
        criteria_url: some.clone(),
        criteria_markdown: plain.clone(),
        narrative_markdown: plain.clone(),
        alignments: vec![AlignmentFact {
            framework: some.clone(),
            ..BadgeFacts::of_report(report(text).badge.as_ref().unwrap()).alignments[0].clone()
        }],
        required_evidence: vec![text.to_owned()],
        evidence: vec![EvidenceFact {
            sha256: some.clone(),
            narrative_markdown: plain,
            ..BadgeFacts::of_report(report(text).badge.as_ref().unwrap()).evidence[0].clone()
        }],
        results: vec![ResultFact {
            name: some.clone(),
            kind: some.clone(),
            code: some.clone(),
            value: some.clone(),
            status: some.clone(),
            required: some.clone(),
            levels: vec![LevelFact {
                name: some.clone(),
                code: some.clone(),
                description: some.clone(),
                points: some.clone(),
                reached: true,
            }],
        }],
        role: some.clone(),
        term: some.clone(),
        license_number: some.clone(),
        human_code: some.clone(),
        field: some.clone(),
        specialization: some.clone(),
        language: some.clone(),
        assessor: Some((text.to_owned(), some)),
        ..BadgeFacts::of_report(report(text).badge.as_ref().unwrap())
    }
}

fn badge<'a>(report: &'a Report, text: &'a str, state: PageState) -> BadgePage<'a> {
    BadgePage {
        url: "https://badges.example.org/b/as_1",
        state,
        reason: Some(text),
        corrected: None,
        renews: None,
        renewed_by: None,
        report,
        facts: facts(text),
        holder: Some(text),
        issuer: text,
        issuer_url: Some("https://badges.example.org/issuers/riverside"),
        linkedin_organisation: Some(text),
        image: Picture { url: "https://badges.example.org/b/as_1.png", alt: text },
        preview: Some("https://badges.example.org/preview.png"),
        code: "7K3Q-9F2M",
        sharing: Sharing {
            qr: (
                "https://badges.example.org/b/as_1/qr.svg",
                "https://badges.example.org/b/as_1/qr.png",
            ),
            embed: "https://badges.example.org/b/as_1/embed?v=1",
            card: (480, 190),
            png: "https://badges.example.org/b/as_1.png",
            public_json: Some("https://badges.example.org/b/as_1.json"),
        },
        oembed: "https://badges.example.org/oembed?format=json&url=x",
        listed: true,
        forms: vec![
            Form { kind: FormKind::Ob3, url: "https://badges.example.org/b/as_1.json" },
            Form { kind: FormKind::Jwt, url: "https://badges.example.org/b/as_1.jwt" },
            Form { kind: FormKind::Png, url: "https://badges.example.org/b/as_1.png" },
        ],
        holder_link: Some("/b/as_1/holder-link"),
        missing: vec![FormKind::Ob2Jws],
    }
}

/// The holder's page.
fn own(text: &str, said: HolderSaid) -> HolderView<'_> {
    HolderView {
        action: "/me/secret?lang=en",
        token: "token",
        version: 3,
        url: "https://badges.example.org/b/as_1",
        name: text,
        issuer: text,
        image: Picture { url: "https://badges.example.org/b/as_1.png", alt: text },
        issued: "2026-03-01T00:00:00Z".parse().unwrap(),
        state: PageState::Valid,
        visibility: crate::domain::Visibility::Unlisted,
        holder: Some((text, true)),
        evidence: vec![(Some(text), true), (None, false)],
        forms: vec![Form { kind: FormKind::Ob3, url: "/me/secret/badge.json" }],
        record: "/me/secret/record.json",
        wallet: Some("/i/offer"),
        verifications: 7,
        expires_at: "2026-12-22T00:00:00Z".parse().unwrap(),
        said: Some(said),
    }
}

/// Every page, every foreign text in it `text`.
fn pages(text: &str) -> Vec<String> {
    let report = report(text);
    let mut pages: Vec<String> = PageState::ALL
        .iter()
        .map(|state| badge_page(&SETTING, &badge(&report, text, *state)))
        .collect();
    pages.push(result_page(
        &SETTING,
        &ResultPage {
            subject: text,
            report: &report,
            repeat: Some("/verify?url=x"),
            receipt: "eyJ.e30.AA",
        },
    ));
    pages.push(verify_page(
        &SETTING,
        &VerifyForm { url: text, credential: text, recipient: text, problem: Some(text) },
    ));
    pages.push(home_page(
        &SETTING,
        &HomePage { examples: vec![Example { name: text, url: "/b/as_1", state: text }] },
    ));
    pages.push(issuer_page(
        &SETTING,
        &IssuerPage {
            url: "https://badges.example.org/issuers/x",
            name: text,
            description: Some(text),
            website: text,
            email: text,
            identifier: text,
            image: Some(Picture { url: "/i.png", alt: text }),
            classes: vec![ClassCard {
                name: text,
                description: text,
                url: "/badge-classes/bc_1".to_owned(),
                image: "/c.png".to_owned(),
                issuer: None,
                coming: true,
            }],
        },
    ));
    pages.push(framework_page(
        &SETTING,
        &FrameworkPage {
            url: "https://badges.example.org/frameworks/0",
            name: text,
            competencies: vec![CompetencyLine {
                url: "https://badges.example.org/competencies/0",
                code: Some(text),
                name: text,
                badges: 2,
            }],
            more: true,
        },
    ));
    pages.push(competency_page(
        &SETTING,
        &CompetencyPage {
            url: "https://badges.example.org/competencies/0",
            code: Some(text),
            name: text,
            description: Some(text),
            framework: Some((text, "https://badges.example.org/frameworks/0")),
            source: text,
            classes: vec![ClassCard {
                name: text,
                description: text,
                url: "/badge-classes/bc_1".to_owned(),
                image: "/c.png".to_owned(),
                issuer: Some(text),
                coming: false,
            }],
            more: true,
        },
    ));
    pages.push(badge_class_page(
        &SETTING,
        &BadgeClassPage {
            url: "https://badges.example.org/badge-classes/bc_1/1",
            facts: facts(text),
            version: 1,
            validity: Some("P3Y"),
            newer: Some("/badge-classes/bc_1"),
            coming: true,
            issuer: text,
            issuer_url: "/issuers/x",
            image: Picture { url: "/c.png", alt: text },
            preview: Some("https://badges.example.org/p.png"),
        },
    ));
    pages.push(problem_page(
        &SETTING,
        &ProblemPage {
            url: "https://badges.example.org/problems/x",
            title: text,
            status: 422,
            about: text,
        },
    ));
    for said in [HolderSaid::Saved, HolderSaid::Stale, HolderSaid::Foreign] {
        pages.push(holder_page(&SETTING, &own(text, said)));
    }
    pages.push(link_asked_page(&SETTING, "https://badges.example.org/b/as_1"));
    pages.push(embed_page(
        &SETTING,
        &EmbedPage {
            url: "https://badges.example.org/b/as_1",
            name: text,
            issuer: text,
            holder: Some(text),
            image: Picture { url: "/c.png", alt: text },
            state: PageState::Revoked,
            checked: report.checked_at,
        },
    ));
    pages.push(choice_page(&SETTING, &[text.to_owned(), "x".to_owned()]));
    pages.push(not_found_page(&SETTING));
    pages.push(gone_page(&SETTING, Some(text)));
    pages.push(error_page(
        &SETTING,
        &ErrorPage { status: 500, title: Some(text), about: None, request_id: Some(text) },
    ));
    pages
}

/// The tags of a page with the names of their attributes.
fn skeleton(html: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        let mut tag = String::new();
        let (mut quote, mut end) = (None, rest.len());
        for (at, c) in rest.char_indices() {
            match quote {
                Some(open) if c == open => quote = None,
                Some(_) => continue,
                None if c == '"' || c == '\'' => quote = Some(c),
                None if c == '>' => {
                    end = at + 1;
                    break;
                }
                None => tag.push(c),
            }
        }
        tags.push(tag);
        rest = &rest[end..];
    }
    tags
}

const INJECTIONS: [&str; 50] = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' onfocus='alert(1)' autofocus='",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "</textarea><script>1</script>",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>1</script>",
    "vbscript:msgbox(1)",
    "<iframe src=javascript:alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<body onload=alert(1)>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?xml version=\"1.0\"?>",
    "<!DOCTYPE html>",
    "{{7*7}}",
    "{% raw %}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "%3Cscript%3E",
    "&lt;script&gt;",
    "&#60;script&#62;",
    "\u{0}<script>",
    "\u{202e}tpircs",
    "\u{2028}<b>",
    "\u{feff}<b>",
    "＜script＞",
    "<scr<script>ipt>",
    "<b",
    "<b x=\"",
    "</head><body>",
    "</main></body></html>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil>",
    "<link rel=stylesheet href=//evil>",
    "<style>*{display:none}</style>",
    "<form action=//evil><input>",
    "<details open ontoggle=alert(1)>",
    "\r\nSet-Cookie: a=b",
    "//evil.example/",
];

#[test]
fn no_text_makes_a_node_or_an_attribute_on_any_page() {
    let wanted: Vec<Vec<String>> = pages("plain").iter().map(|page| skeleton(page)).collect();
    for injection in INJECTIONS {
        for (page, wanted) in pages(injection).iter().zip(&wanted) {
            assert_eq!(&skeleton(page), wanted, "{injection}");
        }
    }
}

#[test]
fn foreign_addresses_become_links_only_when_they_lead_to_the_web() {
    for bad in [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://user:pw@a.example/",
        "x",
        "//a.example",
    ] {
        let page = result_page(
            &SETTING,
            &ResultPage { subject: bad, report: &report(bad), repeat: None, receipt: "eyJ.e30.AA" },
        );
        assert!(!page.contains(&format!("href=\"{bad}")), "{bad}");
    }
    let good = result_page(
        &SETTING,
        &ResultPage {
            subject: "x",
            report: &report("https://a.example/?a=1&b"),
            repeat: None,
            receipt: "eyJ.e30.AA",
        },
    );
    assert!(good.contains("href=\"https://a.example/?a=1&#38;b\" rel=\"noopener nofollow\""));
    assert!(!good.contains("<img"), "pictures of foreign badges are not loaded");
}

#[test]
fn every_state_is_told_by_word_sentence_and_icon_and_only_good_ones_are_green() {
    let report = report("plain");
    for state in PageState::ALL {
        let page = badge_page(&SETTING, &badge(&report, "plain", state));
        let (word, sentence) = state.words(text::text(Language::English));
        assert!(
            page.contains(&format!("<p class=\"word\">{word}</p>")) && page.contains(sentence),
            "{state:?}"
        );
        assert_eq!(page.contains("class=\"banner good\""), state == PageState::Valid, "{state:?}");
        let shared = matches!(state, PageState::Valid | PageState::IssuerUnknown);
        assert_eq!(page.contains("linkedin.com/profile/add"), shared, "{state:?}");
        assert_eq!(page.contains(&format!("content=\"{word}: plain")), !shared, "{state:?}");
        assert!(page.contains("<svg viewBox") && page.contains("2026-11-22T06:00:00Z"));
    }
}

#[test]
fn states_follow_from_reports() {
    let with = |change: &dyn Fn(&mut Report)| {
        let mut report = report("plain");
        change(&mut report);
        (PageState::of(&report), PageState::of_own(&report))
    };
    use crate::verifier::{Knowledge, Verdict, YesNo};
    assert_eq!(with(&|_| ()).0, PageState::Valid);
    let self_stated = with(&|report| report.answers.issuer.answer = Knowledge::SelfStated);
    assert_eq!(self_stated, (PageState::IssuerUnknown, PageState::Valid));
    assert_eq!(with(&|report| report.verdict = Verdict::Invalid).0, PageState::Expired);
    let altered = with(&|report| {
        report.verdict = Verdict::Invalid;
        report.answers.authentic.answer = YesNo::No;
    });
    assert_eq!(altered.1, PageState::Altered);
    let unknown = with(&|report| {
        report.verdict = Verdict::Indeterminate;
        report.checks.clear();
    });
    assert_eq!(unknown.1, PageState::CouldNotVerify);
}

#[test]
fn the_badge_page_has_its_parts_in_their_order() {
    let report = report("plain");
    let page = badge_page(&SETTING, &badge(&report, "plain", PageState::Valid));
    let parts = [
        "class=\"banner",
        "<h1",
        "id=\"competency\"",
        "id=\"alignment\"",
        "id=\"criteria\"",
        "id=\"results\"",
        "id=\"evidence\"",
        "id=\"assessor\"",
        "id=\"endorsed\"",
        "id=\"verify\"",
        "id=\"share\"",
    ];
    let places: Vec<usize> =
        parts.iter().map(|part| page.find(part).unwrap_or_else(|| panic!("{part}"))).collect();
    assert!(places.is_sorted(), "{places:?}");
    let heading = |word: &str| {
        page.split("<h2").skip(1).any(|rest| rest.split("</h2>").next().unwrap().contains(word))
    };
    assert!(heading("Criteria") && heading("Evidence"));
    assert_eq!(page.matches("<h1").count(), 1);
    for check in
        ["proof.signature", "time.expired", "status.revoked", "evidence.digest", "hosted.scope"]
    {
        assert!(page.contains(check), "{check}");
    }
}

#[test]
fn the_head_is_complete_and_keeps_names_of_unlisted_holders_out() {
    let report = report("plain");
    let mut shown = badge(&report, "plain", PageState::Valid);
    shown.holder = Some("Amara Okafor");
    let page = badge_page(&SETTING, &shown);
    let head = page.split("</head>").next().unwrap();
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">"));
    for wanted in [
        "<meta property=\"og:image\" content=\"https://badges.example.org/preview.png\">",
        "<meta property=\"og:image:width\" content=\"1200\">",
        "<meta property=\"og:image:height\" content=\"627\">",
        "<meta name=\"twitter:card\" content=\"summary_large_image\">",
        "<link rel=\"canonical\" href=\"https://badges.example.org/b/as_1\">",
        "<link rel=\"alternate\" type=\"application/vc+ld+json\" href=\"https://badges.example.org/b/as_1.json\">",
        "<meta property=\"og:title\" content=\"plain — Amara Okafor\">",
    ] {
        assert!(head.contains(wanted), "{wanted}\n{head}");
    }
    assert!(!head.contains("noindex"));
    shown.listed = false;
    let page = badge_page(&SETTING, &shown);
    let head = page.split("</head>").next().unwrap();
    assert!(
        head.contains("<meta name=\"robots\" content=\"noindex\">") && !head.contains("Okafor")
    );
    assert!(page.contains("Amara Okafor"), "the page itself shows a public name");
    shown.holder = None;
    assert!(badge_page(&SETTING, &shown).contains("keeps the name private"));
}

#[test]
fn pages_need_no_script_no_inline_style_and_nothing_from_elsewhere() {
    for page in pages("plain") {
        for tag in skeleton(&page) {
            assert!(!tag.split_whitespace().any(|attribute| attribute.starts_with("on")), "{tag}");
        }
        assert!(page.contains(assets()[0].path.as_str()), "the stylesheet");
        assert!(page.len() < 60_000, "{} bytes", page.len());
        assert_eq!(page.matches("<main").count(), 1);
        assert_eq!(page.matches("<h1").count(), 1);
    }
    assert!(!CONTENT_SECURITY_POLICY.contains("unsafe"));
    assert!(
        assets()
            .iter()
            .all(|asset| asset.bytes.len() < 20_000 && asset.path.starts_with("/assets/"))
    );
}

#[test]
fn ids_are_unique_and_labels_point_to_them() {
    for page in pages("plain") {
        let values = |name: &str| -> Vec<String> {
            let start = format!(" {name}=\"");
            let parts = page.split(&start).skip(1);
            parts.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
        };
        let mut ids = values("id");
        for reference in ["aria-labelledby", "aria-describedby", "for"] {
            assert!(values(reference).iter().all(|id| ids.contains(id)), "{reference}");
        }
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "an id occurs twice");
    }
}

#[test]
fn a_page_without_optional_parts_says_so_plainly() {
    let report = report("plain");
    let bare = BadgePage {
        facts: BadgeFacts::default(),
        holder: None,
        reason: None,
        preview: None,
        issuer_url: None,
        linkedin_organisation: None,
        missing: Vec::new(),
        ..badge(&report, "plain", PageState::Valid)
    };
    let page = badge_page(&SETTING, &bare);
    for said in [
        "A badge without a name",
        "The issuer states no criteria.",
        "No evidence is public.",
        "Does not expire",
    ] {
        assert!(page.contains(said), "{said}");
    }
}

/// WCAG 2.2 §1.4.3 and §1.4.11, for the light and the dark palette.
#[test]
fn every_pair_of_ink_and_ground_keeps_its_contrast() {
    let style = std::str::from_utf8(assets()[0].bytes).unwrap();
    let mut palettes =
        style.split(":root {").skip(1).take(2).map(|block| block.split('}').next().unwrap());
    let (light, dark) = (palettes.next().unwrap(), palettes.next().unwrap());
    let text = [
        ("ink", "ground"),
        ("ink", "card"),
        ("soft", "ground"),
        ("soft", "card"),
        ("link", "ground"),
        ("link", "card"),
        ("on-button", "button"),
        ("good", "good-ground"),
        ("warn", "warn-ground"),
        ("bad", "bad-ground"),
        ("calm", "calm-ground"),
        ("good", "card"),
        ("warn", "card"),
        ("bad", "card"),
        ("calm", "card"),
        ("link", "calm-ground"),
        ("soft", "calm-ground"),
    ];
    let lines = [("edge", "ground"), ("edge", "card"), ("button", "card"), ("link", "ground")];
    for palette in [light, dark] {
        let colour = |name: &str| {
            let start = palette.find(&format!("--{name}: #")).unwrap_or_else(|| panic!("{name}"))
                + name.len()
                + 5;
            luminance(&palette[start..start + 6])
        };
        let contrast = |(ink, ground): (&str, &str)| {
            let (one, other) = (colour(ink) + 0.05, colour(ground) + 0.05);
            one.max(other) / one.min(other)
        };
        for pair in text {
            assert!(contrast(pair) >= 4.5, "{pair:?}: {:.2}", contrast(pair));
        }
        for pair in lines {
            assert!(contrast(pair) >= 3.0, "{pair:?}: {:.2}", contrast(pair));
        }
    }
}

fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

/// Real text fits into every page. Where `ACCOLADE_PAGES_OUT` names a directory the pages are
/// written there, to be looked at.
#[test]
fn pages_with_real_text_stay_small_and_say_it_all() {
    let out = std::env::var_os("ACCOLADE_PAGES_OUT").map(std::path::PathBuf::from);
    let write_file = |name: &str, bytes: &[u8]| {
        if let Some(out) = &out {
            std::fs::write(out.join(name), bytes).unwrap();
        }
    };
    let write = |name: &str, page: String| {
        assert!(page.len() < 60_000, "{name}: {} bytes", page.len());
        assert!(page.ends_with("</html>"), "{name}");
        if name.starts_with("badge") {
            for said in
                ["Amara Okafor", "Leads the reading of student work", "خطة الدرس", "TLMS.D5.a"]
            {
                assert!(page.contains(said), "{name}: {said}");
            }
        }
        let page = page.replace(assets()[0].path.as_str(), "style.css").replace("\"/art", "\"art");
        write_file(name, page.as_bytes());
    };
    write_file("style.css", assets()[0].bytes);
    let subject = crate::art::Subject {
        name: "Data Analyst: Guiding Data Analysis",
        issuer: "Riverside Teacher Leadership Network",
        kind: Some("MicroCredential"),
        level: Some("Level 2"),
    };
    let art = crate::art::draw(&subject).unwrap();
    write_file("art.png", &art.png);
    let report = sample_report();
    let page = |state, reason: Option<&'static str>| BadgePage {
        reason,
        facts: sample_facts(),
        holder: Some("Amara Okafor"),
        issuer: subject.issuer,
        linkedin_organisation: Some("1337"),
        image: Picture { url: "/art.png", alt: &art.alt },
        ..badge(&report, "", state)
    };
    for state in PageState::ALL {
        let reason =
            (state == PageState::Revoked).then_some("Awarded to the wrong person by mistake.");
        write(&format!("badge-{state:?}.html"), badge_page(&SETTING, &page(state, reason)));
    }
    write(
        "result.html",
        result_page(
            &SETTING,
            &ResultPage {
                subject: "coaching-cycles.png",
                report: &report,
                repeat: Some("/verify?url=x"),
                receipt: "eyJ.e30.AA",
            },
        ),
    );
    write("verify.html", verify_page(&SETTING, &VerifyForm::default()));
    let examples = vec![
        Example { name: "Data Analyst: Guiding Data Analysis", url: "/b/as_1", state: "Valid" },
        Example { name: "Coaching Cycles", url: "/b/as_2", state: "Revoked" },
    ];
    write("home.html", home_page(&SETTING, &HomePage { examples }));
    let card = |name| ClassCard {
        name,
        description: "Leads a team through a whole data cycle.",
        url: "/badge-classes/bc_1".to_owned(),
        image: "/art.png".to_owned(),
        issuer: None,
        coming: false,
    };
    write(
        "issuer.html",
        issuer_page(
            &SETTING,
            &IssuerPage {
                url: "https://badges.example.org/issuers/x",
                name: subject.issuer,
                description: Some(
                    "A network of districts that recognises what teacher leaders can do.",
                ),
                website: "https://network.example.org/",
                email: "badges@network.example.org",
                identifier: "did:web:badges.example.org:issuers:riverside",
                image: None,
                classes: vec![
                    card("Data Analyst: Guiding Data Analysis"),
                    card("Coaching Cycles"),
                    card("القيادة التعليمية"),
                ],
            },
        ),
    );
    let mut class = sample_facts();
    class.required_evidence = vec!["Lesson plan".to_owned(), "Observation notes".to_owned()];
    class
        .results
        .iter_mut()
        .flat_map(|result| &mut result.levels)
        .for_each(|level| level.reached = false);
    write(
        "class.html",
        badge_class_page(
            &SETTING,
            &BadgeClassPage {
                url: "https://badges.example.org/badge-classes/bc_1/1",
                facts: class,
                version: 2,
                validity: Some("P3Y"),
                newer: Some("/x"),
                coming: false,
                issuer: subject.issuer,
                issuer_url: "/issuers/x",
                image: Picture { url: "/art.png", alt: &art.alt },
                preview: None,
            },
        ),
    );
    write("404.html", not_found_page(&SETTING));
}

fn sample_facts() -> BadgeFacts {
    let text = |text: &str| Some(text.to_owned());
    let level = |name: &str, description: &str, reached| LevelFact {
        name: text(name),
        description: text(description),
        reached,
        ..LevelFact::default()
    };
    let levels = |at: usize| {
        vec![
            level("Not yet", "The team meets without looking at what students did.", at == 0),
            level(
                "Developing",
                "The team looks at student work now and then, led by the coach.",
                at == 1,
            ),
            level(
                "Proficient",
                "The team reads student work in every meeting and agrees what to teach next.",
                at == 2,
            ),
            level("Leading", "Other teams use the protocol that this leader wrote.", at == 3),
        ]
    };
    let alignment = |code: &str, name: &str, description: Option<&str>| AlignmentFact {
        framework: text("Teacher Leader Model Standards"),
        code: text(code),
        name: text(name),
        url: text("https://frameworks.example.org/ims/case/v1p0/CFItems/1"),
        description: description.map(str::to_owned),
        targets: Vec::new(),
    };
    BadgeFacts {
        name: text("Data Analyst: Guiding Data Analysis"),
        description: text(
            "Leads a team of teachers through a whole data cycle: choosing a question, reading student work together, and changing what happens in class.",
        ),
        kind: text("MicroCredential"),
        issued: Some("2026-03-27T00:00:00Z".parse().unwrap()),
        expires: Some("2029-03-27T23:59:59Z".parse().unwrap()),
        criteria_markdown: text(
            "Earned in three parts:\n\n1. **Overview questions**: explain the context of your team.\n2. **Work**: plan, notes and student work of *two* meetings.\n3. **Reflection** on what changed.\n\nParts 1 and 3 pass or not; each component of part 2 must be at least *Proficient*.",
        ),
        criteria_url: text("https://network.example.org/r2"),
        alignments: vec![
            alignment(
                "TLMS.D2.b",
                "Helps colleagues read and use data",
                Some(
                    "Facilitates the analysis of student learning data and collaborative interpretation of results.",
                ),
            ),
            alignment("TLMS.D5.a", "Builds the capacity of colleagues", None),
        ],
        results: vec![
            ResultFact {
                name: text("Leads the reading of student work"),
                kind: text("RubricCriterionLevel"),
                required: text("Proficient"),
                levels: levels(3),
                ..ResultFact::default()
            },
            ResultFact {
                name: text("Sets goals with the team"),
                kind: text("RubricCriterionLevel"),
                required: text("Proficient"),
                levels: levels(2),
                ..ResultFact::default()
            },
            ResultFact {
                name: text("Contact hours"),
                kind: text("ext:ContactHours"),
                value: text("15"),
                ..ResultFact::default()
            },
        ],
        narrative_markdown: text(
            "The three items belong together: the plan was used in the meeting that the notes describe.",
        ),
        evidence: vec![
            EvidenceFact {
                url: text("https://archive.example.org/e/abc"),
                name: text("Plan and notes of the March meeting"),
                description: text("Agenda, protocol and minutes; student names removed."),
                genre: text("Observation notes"),
                audience: text("Assessors, colleagues"),
                sha256: text("5f0c6c9be2b1f2a3d4e5f60718293a4b5c6d7e8f9012a3b4c5d6e7f8091a2b3c"),
                narrative_markdown: None,
            },
            EvidenceFact {
                name: text("خطة الدرس"),
                genre: text("Lesson plan"),
                description: text("درس في القراءة للصف الخامس"),
                ..EvidenceFact::default()
            },
        ],
        tags: vec!["data".to_owned(), "facilitation".to_owned(), "teacher leadership".to_owned()],
        role: text("Learning team leader"),
        term: text("TM-2026"),
        activity_start: Some("2026-01-10T00:00:00Z".parse().unwrap()),
        activity_end: Some("2026-03-07T00:00:00Z".parse().unwrap()),
        human_code: text("TM-R2"),
        assessor: Some(("https://assess.example.org/".to_owned(), text("Example Assessors"))),
        ..BadgeFacts::default()
    }
}

fn sample_report() -> Report {
    let mut report = report("x");
    let say = |check: &mut crate::verifier::CheckReport, title: &str, message: &str| {
        check.title = title.to_owned().into();
        check.message = message.to_owned().into();
        check.facts = serde_json::from_value(json!({"keyId": "did:web:badges.example.org:issuers:riverside#z6Mkf5rGMoatrSj1f4CyvuHBeXJELe9RPdzo2PKGNCKVtZxP", "suite": "eddsa-rdfc-2022"})).unwrap();
    };
    let texts = [
        ("Signature", "The signature fits the badge: nothing was changed since it was signed."),
        ("Not expired", "The badge ended on 27 March 2029."),
        ("Not revoked", "The status list could not be read, so we do not know."),
        ("Evidence fingerprint", "One document differs from the one that was assessed."),
        ("Hosted scope", "The badge is signed, not hosted."),
    ];
    for (check, (title, message)) in report.checks.iter_mut().zip(texts) {
        say(check, title, message);
    }
    report.answers.authentic.reason = "The issuer’s key signed exactly this.".to_owned();
    report.answers.in_force.reason = "Not expired; not revoked as of 06:00 UTC.".to_owned();
    report.answers.issuer.reason = "The issuer controls badges.example.org.".to_owned();
    report.documents[0].role = "issuer".to_owned();
    report.documents[0].url = "https://badges.example.org/issuers/riverside/did.json".to_owned();
    report.documents[0].sha256 = Some("5f0c6c9be2b1f2a3d4e5f60718293a4b".to_owned());
    report.documents.truncate(1);
    let badge = report.badge.as_mut().unwrap();
    badge.name = Some("Data Analyst: Guiding Data Analysis".to_owned());
    badge.description = Some("Leads a team of teachers through a whole data cycle.".to_owned());
    badge.achievement_type = Some("MicroCredential".to_owned());
    badge.issuer.as_mut().unwrap().name = Some("Riverside Teacher Leadership Network".to_owned());
    report.reports.clear();
    report
}
