//! Pages with real text, which may be written out to be looked at.

use super::*;

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
