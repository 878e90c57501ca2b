//! What pages say: their parts, states and heads.

mod contrast;
mod safety;
mod sample;

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
    for check in ["proof.signature", "time.expired", "status.revoked", "evidence.digest"] {
        assert!(page.contains(check), "{check}");
    }
    let (failed, passed) = (page.find("time.expired"), page.find("proof.signature"));
    assert!(failed < passed, "what is not good comes first");
    assert!(page.contains("<summary>1 does not apply</summary>"), "{page}");
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
