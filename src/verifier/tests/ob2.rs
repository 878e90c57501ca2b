use super::*;
use crate::resolve::Why;

pub(super) const ASSERTION: &str = "https://issuer.example/a/1";
pub(super) const CLASS: &str = "https://issuer.example/c/1";
pub(super) const ISSUER: &str = "https://issuer.example/i/1";
pub(super) const KEY: &str = "https://issuer.example/k/1";
pub(super) const LIST: &str = "https://issuer.example/r/1";
pub(super) const CONTEXT: &str = "https://w3id.org/openbadges/v2";
const UUID: &str = "urn:uuid:5f4e7a56-9c3e-4b0e-8f3b-1f6f4b9c6a11";

pub(super) fn assertion() -> Json {
    json!({
        "@context": CONTEXT, "type": "Assertion", "id": ASSERTION, "badge": CLASS,
        "recipient": {"type": "email", "hashed": true, "salt": "deadsea",
            "identity": "sha256$ecf5409f3f4b91ab60cc5ef4c02aef7032354375e70cf4d8e43f6a1d29891942"},
        "verification": {"type": "HostedBadge"},
        "issuedOn": "2026-05-01T00:00:00Z", "expires": "2027-05-01T00:00:00Z"
    })
}

pub(super) fn class() -> Json {
    json!({
        "@context": CONTEXT, "type": "BadgeClass", "id": CLASS, "name": "Coaching", "description": "Coaches.",
        "image": "https://issuer.example/c/1.png", "criteria": {"narrative": "Coach."}, "issuer": ISSUER
    })
}

pub(super) fn profile() -> Json {
    json!({
        "@context": CONTEXT, "type": "Issuer", "id": ISSUER, "name": "Issuer", "url": "https://issuer.example",
        "email": "office@issuer.example", "publicKey": KEY, "revocationList": LIST
    })
}

fn public_key() -> Json {
    json!({"@context": CONTEXT, "type": "CryptographicKey", "id": KEY, "owner": ISSUER,
        "publicKeyPem": rsa().public().to_pem()})
}

fn revocations() -> Json {
    json!({"@context": CONTEXT, "type": "RevocationList", "id": LIST, "issuer": ISSUER,
        "revokedAssertions": ["urn:uuid:00000000-0000-4000-8000-000000000001"]})
}

/// The issuer's site, with some documents changed.
pub(super) fn site(
    change: impl FnOnce(&mut std::collections::BTreeMap<&'static str, Json>),
) -> FakeWeb {
    let mut pages = std::collections::BTreeMap::from([
        (ASSERTION, assertion()),
        (CLASS, class()),
        (ISSUER, profile()),
        (KEY, public_key()),
        (LIST, revocations()),
    ]);
    change(&mut pages);
    let web = FakeWeb::new();
    for (url, page) in pages {
        web.page(url, "application/ld+json", page.to_string());
    }
    web
}

pub(super) fn judge_url(web: &FakeWeb) -> Report {
    run(web, ASSERTION, Options::default())
}

pub(super) fn signed_assertion() -> Json {
    let mut assertion = assertion();
    assertion["id"] = UUID.into();
    assertion["verification"] = json!({"type": "SignedBadge", "creator": KEY});
    assertion
}

pub(super) fn jws(assertion: &Json, key: &PrivateKey) -> String {
    sign_jws(assertion.to_string().as_bytes(), &SignHeader::default(), key).unwrap()
}

pub(super) fn judge_signed(web: &FakeWeb) -> Report {
    run(web, jws(&signed_assertion(), rsa()), Options::default())
}

#[test]
fn a_hosted_badge_is_valid_by_url_and_by_copy() {
    let web = site(|_| ());
    let report = judge_url(&web);
    valid(&report);
    assert_eq!(web.asked(), [ASSERTION, CLASS, ISSUER]);
    assert_eq!(report.format, Some(Format::Hosted));
    assert_eq!(report.answers.issuer.answer, Knowledge::Domain);
    assert_eq!(
        report.badge.as_ref().unwrap().issuer.as_ref().unwrap().email.as_deref(),
        Some("office@issuer.example")
    );
    valid(&judged(&web, &assertion()));
}

#[test]
fn an_altered_copy_is_only_a_pointer() {
    let mut copy = assertion();
    copy["issuedOn"] = "2020-01-01T00:00:00Z".into();
    copy["badge"] = json!({"id": "https://evil.example/c", "name": "Doctor", "issuer": "https://evil.example/i"});
    let report = judged(&site(|_| ()), &copy);
    valid(&report);
    assert_eq!(report.check("hosted.copy").unwrap().outcome, CheckOutcome::Note);
    let badge = report.badge.unwrap();
    assert_eq!(badge.name.as_deref(), Some("Coaching"));
    assert_eq!(badge.issued_on.unwrap().to_string(), "2026-05-01T00:00:00Z");
}

#[test]
fn a_foreign_address_is_out_of_scope() {
    // Somebody hosts an assertion of the issuer's badge class on his own site.
    let theirs = "https://evil.example/a/1";
    let mut forged = assertion();
    forged["id"] = theirs.into();
    let web = site(|_| ());
    web.page(theirs, "x", forged.to_string());
    let report = run(&web, theirs, Options::default());
    invalid(&report, &["hosted.scope"]);
    assert_eq!(report.answers.authentic.answer, YesNo::No);
    // His own badge class, naming the issuer.
    let class_url = "https://evil.example/c/1";
    let mut class = class();
    class["id"] = class_url.into();
    web.page(class_url, "x", class.to_string());
    let report = run(
        &site(|pages| pages.get_mut(ASSERTION).unwrap()["badge"] = class_url.into()),
        "{}",
        Options::default(),
    );
    assert_eq!(report.verdict, Verdict::Invalid);
}

#[test]
fn a_profile_inside_the_badge_sets_no_policy() {
    let theirs = "https://evil.example/a/1";
    let mut forged = assertion();
    forged["id"] = theirs.into();
    let mut embedded = profile();
    embedded["verification"] = json!({"allowedOrigins": "evil.example"});
    forged["badge"] = class();
    forged["badge"]["issuer"] = embedded.clone();
    let web = site(|_| ());
    web.page(theirs, "x", forged.to_string());
    invalid(&run(&web, theirs, Options::default()), &["hosted.scope"]);
    // Without an address of its own an issuer has no scope at all.
    embedded.as_object_mut().unwrap().remove("id");
    forged["badge"]["issuer"] = embedded;
    forged["badge"].as_object_mut().unwrap().remove("id");
    web.page(theirs, "x", forged.to_string());
    assert_eq!(run(&web, theirs, Options::default()).verdict, Verdict::Invalid);
}

#[test]
fn each_document_must_carry_its_own_address() {
    for (url, name) in [(CLASS, "hosted.id"), (ISSUER, "issuer.resolved")] {
        let web =
            site(|pages| pages.get_mut(url).unwrap()["id"] = "https://issuer.example/other".into());
        let report = judge_url(&web);
        assert!(ids(&report, CheckOutcome::Fail).contains(&name), "{url}\n{}", report.text());
    }
    // A served id that differs leads on once, and what lies there is judged.
    let web = site(|_| ());
    web.page("https://issuer.example/short", "x", assertion().to_string());
    let report = run(&web, "https://issuer.example/short", Options::default());
    valid(&report);
    assert_eq!(report.check("hosted.id").unwrap().outcome, CheckOutcome::Note);
    let mut third = assertion();
    third["id"] = "https://issuer.example/third".into();
    let web = site(|pages| drop(pages.insert(ASSERTION, third)));
    web.page("https://issuer.example/short", "x", assertion().to_string());
    invalid(&run(&web, "https://issuer.example/short", Options::default()), &["hosted.id"]);
}

#[test]
fn revoked_shows_as_410_or_as_a_flag() {
    let flagged = judge_url(&site(|pages| {
        let page = pages.get_mut(ASSERTION).unwrap();
        page["revoked"] = true.into();
        page["revocationReason"] = "by mistake".into();
    }));
    invalid(&flagged, &["status.revoked"]);
    assert_eq!(flagged.check("status.revoked").unwrap().facts["reason"], "by mistake");
    assert_eq!(flagged.state(), State::Revoked);

    let body = json!({"@context": CONTEXT, "id": ASSERTION, "revoked": true, "revocationReason": "by mistake"});
    for body in [body.to_string(), String::new(), "gone".to_owned(), assertion().to_string()] {
        let web = site(|_| ());
        if body.is_empty() {
            web.failure(ASSERTION, Why::Gone(None));
        } else {
            web.answer(ASSERTION, 410, "application/ld+json", body.clone());
        }
        for report in [judge_url(&web), judged(&web, &assertion())] {
            invalid(&report, &["status.revoked"]);
            assert_eq!(report.state(), State::Revoked, "{body}");
        }
    }
}

#[test]
fn what_happened_to_each_document_decides() {
    for url in [ASSERTION, CLASS, ISSUER] {
        for (why, verdict) in [
            (Why::NotFound, Verdict::Invalid),
            (Why::RedirectLoop, Verdict::Invalid),
            (Why::Server(500), Verdict::Indeterminate),
            (Why::Timeout, Verdict::Indeterminate),
            (Why::Dns, Verdict::Indeterminate),
            (Why::Tls, Verdict::Indeterminate),
            (Why::Guard, Verdict::Indeterminate),
        ] {
            let web = site(|_| ());
            web.failure(url, why.clone());
            let report = judged(&web, &assertion());
            assert_eq!(report.verdict, verdict, "{url} {why:?}\n{}", report.text());
        }
        let web = site(|_| ());
        web.page(url, "text/html", "<html></html>");
        assert_eq!(judged(&web, &assertion()).verdict, Verdict::Invalid, "{url} not JSON");
        let web = site(|_| ());
        web.redirect(url, "https://elsewhere.example/x");
        web.page(
            "https://elsewhere.example/x",
            "x",
            match url {
                ASSERTION => assertion(),
                CLASS => class(),
                _ => profile(),
            }
            .to_string(),
        );
        assert_eq!(
            judged(&web, &assertion()).verdict,
            Verdict::Invalid,
            "{url} answered elsewhere"
        );
    }
}

#[test]
fn members_are_judged_in_all_three_documents() {
    type Change = fn(&mut Json);
    let cases: [(&'static str, &str, Change); 12] = [
        (ASSERTION, "/recipient", |d| drop(d.as_object_mut().unwrap().remove("recipient"))),
        (ASSERTION, "/recipient/hashed", |d| d["recipient"]["hashed"] = "true".into()),
        (ASSERTION, "/recipient/identity", |d| d["recipient"]["hashed"] = false.into()),
        (ASSERTION, "/verification", |d| drop(d.as_object_mut().unwrap().remove("verification"))),
        (ASSERTION, "/evidence/0", |d| d["evidence"] = json!(["see the attic"])),
        (ASSERTION, "/image", |d| d["image"] = "data:image/png;base64,AA".into()),
        (CLASS, "/badge/name", |d| drop(d.as_object_mut().unwrap().remove("name"))),
        (CLASS, "/badge/image", |d| drop(d.as_object_mut().unwrap().remove("image"))),
        (CLASS, "/badge/type", |d| d["type"] = "Assertion".into()),
        (CLASS, "/badge/alignment/0/targetUrl", |d| {
            d["alignment"] = json!([{"targetName": "x", "targetUrl": "here"}])
        }),
        (ISSUER, "/badge/issuer/email", |d| drop(d.as_object_mut().unwrap().remove("email"))),
        (ISSUER, "/badge/issuer/url", |d| d["url"] = "somewhere".into()),
    ];
    for (url, pointer, change) in cases {
        let report = judge_url(&site(|pages| change(pages.get_mut(url).unwrap())));
        assert_eq!(report.verdict, Verdict::Invalid, "{pointer}");
        let problems = report
            .check("shape.members")
            .unwrap()
            .facts
            .get("problems")
            .cloned()
            .unwrap_or_default();
        assert!(problems.to_string().contains(&format!("{pointer:?}")), "{pointer}: {problems}");
    }
    // Aliases and sets of one are the same document.
    valid(&judge_url(&site(|pages| {
        let page = pages.get_mut(ASSERTION).unwrap().as_object_mut().unwrap();
        let verification = page.remove("verification").unwrap();
        page.insert("verify".to_owned(), json!([verification]));
        page.insert("type".to_owned(), json!(["Assertion"]));
        page.insert("@context".to_owned(), json!([CONTEXT]));
        page.insert("badge".to_owned(), json!([CLASS]));
    })));
    let strange =
        judge_url(&site(|pages| pages.get_mut(ASSERTION).unwrap()["surprise"] = 1.into()));
    valid(&strange);
    assert_eq!(strange.check("shape.terms").unwrap().outcome, CheckOutcome::Note);
}

#[test]
fn a_signed_badge_is_valid() {
    let web = site(|_| ());
    let report = judge_signed(&web);
    valid(&report);
    assert_eq!(report.format, Some(Format::Jws));
    assert_eq!(web.asked(), [CLASS, ISSUER, LIST, KEY]);
}

#[test]
fn a_signed_badge_needs_the_issuers_own_key() {
    let web = site(|_| ());
    // A stranger's key, published by a stranger, named by the badge.
    let theirs = "https://evil.example/k/1";
    let mut forged = signed_assertion();
    forged["verification"]["creator"] = theirs.into();
    let stranger = PrivateKey::generate_rsa(2048).unwrap();
    let report = run(&web, jws(&forged, &stranger), Options::default());
    invalid(&report, &["proof.key", "issuer.key"]);
    // Signed by a stranger, naming the issuer's key.
    invalid(
        &run(&web, jws(&signed_assertion(), &stranger), Options::default()),
        &["proof.signature"],
    );
    // A key that belongs to somebody else.
    let report = judge_signed(&site(|pages| {
        pages.get_mut(KEY).unwrap()["owner"] = "https://evil.example/i".into()
    }));
    assert!(ids(&report, CheckOutcome::Fail).contains(&"issuer.key"), "{}", report.text());
    // A profile inside the badge brings its own key.
    let mut embedded = signed_assertion();
    embedded["badge"] = class();
    embedded["badge"]["issuer"] = profile();
    embedded["badge"]["issuer"]["publicKey"] =
        json!({"id": theirs, "publicKeyPem": stranger.public().to_pem()});
    embedded["verification"]["creator"] = theirs.into();
    assert_eq!(run(&web, jws(&embedded, &stranger), Options::default()).verdict, Verdict::Invalid);
    // Without `creator` each listed key is tried.
    let mut unnamed = signed_assertion();
    unnamed["verification"] = json!({"type": "SignedBadge"});
    valid(&run(&web, jws(&unnamed, rsa()), Options::default()));
}

#[test]
fn what_happens_to_keys_and_lists_of_signed_badges() {
    for (url, why, verdict, check) in [
        (KEY, Why::NotFound, Verdict::Invalid, "issuer.key"),
        (KEY, Why::Server(502), Verdict::Indeterminate, "issuer.key"),
        (ISSUER, Why::Timeout, Verdict::Indeterminate, "issuer.resolved"),
        (LIST, Why::NotFound, Verdict::Indeterminate, "status.read"),
        (LIST, Why::Server(500), Verdict::Indeterminate, "status.read"),
        (LIST, Why::Timeout, Verdict::Indeterminate, "status.read"),
    ] {
        let web = site(|_| ());
        web.failure(url, why.clone());
        let report = judge_signed(&web);
        assert_eq!(report.verdict, verdict, "{url} {why:?}\n{}", report.text());
        let outcome = report.check(check).unwrap().outcome;
        assert!(matches!(outcome, CheckOutcome::Fail | CheckOutcome::Unknown), "{check}");
    }
    for list in
        [json!({}), json!([]), json!({"type": "RevocationList", "revokedAssertions": [7]}), {
            let mut foreign = revocations();
            foreign["issuer"] = "https://evil.example/i".into();
            foreign
        }]
    {
        open(&judge_signed(&site(|pages| drop(pages.insert(LIST, list)))), "status.read");
    }
    let none = judge_signed(&site(|pages| {
        drop(pages.get_mut(ISSUER).unwrap().as_object_mut().unwrap().remove("revocationList"))
    }));
    valid(&none);
    assert_eq!(none.check("status.read").unwrap().outcome, CheckOutcome::Note);
}

#[test]
fn a_signed_badge_is_revoked_by_any_spelling_of_its_entry() {
    for entries in [
        json!([UUID]),
        json!(UUID),
        json!([{"id": UUID, "revocationReason": "error"}]),
        json!(["urn:uuid:00000000-0000-4000-8000-000000000001", UUID]),
    ] {
        let report = judge_signed(&site(|pages| {
            pages.get_mut(LIST).unwrap()["revokedAssertions"] = entries.clone()
        }));
        invalid(&report, &["status.revoked"]);
        assert_eq!(report.answers.authentic.answer, YesNo::Yes);
    }
}

#[test]
fn a_badge_that_says_it_is_signed_and_is_not_is_invalid() {
    let report = judged(&site(|_| ()), &signed_assertion());
    assert!(ids(&report, CheckOutcome::Fail).contains(&"proof.present"), "{}", report.text());
    assert_eq!(report.answers.authentic.answer, YesNo::No);
}

#[test]
fn the_recipient_of_a_hosted_badge_is_compared() {
    let ask = |expected: Json| {
        let recipient = Some(serde_json::from_value(expected).unwrap());
        run(&site(|_| ()), ASSERTION, Options { recipient, ..Options::default() })
    };
    valid(&ask(json!("nobody@example.org")));
    valid(&ask(json!({"email": "Nobody@Example.org"})));
    invalid(&ask(json!("somebody@example.org")), &["recipient.expected"]);
}
