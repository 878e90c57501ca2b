//! Badges of Open Badges 0.5, 1.0 and 1.1.

use super::ob2::{ASSERTION, CLASS, ISSUER, KEY, LIST};
use super::*;
use crate::baking;

const UID: &str = "abc123";

fn assertion_1_0() -> Json {
    json!({
        "uid": UID,
        "recipient": {"type": "email", "hashed": true, "salt": "deadsea",
            "identity": "sha256$ecf5409f3f4b91ab60cc5ef4c02aef7032354375e70cf4d8e43f6a1d29891942"},
        "badge": CLASS,
        "verify": {"type": "hosted", "url": ASSERTION},
        "issuedOn": 1_400_000_000,
        "evidence": "https://issuer.example/e/1"
    })
}

fn class_1_0() -> Json {
    json!({"name": "Coaching", "description": "Coaches.", "image": "https://issuer.example/c/1.png",
        "criteria": "https://issuer.example/c/1.html", "issuer": ISSUER, "tags": ["a", "b"],
        "alignment": [{"name": "Standard", "url": "https://s.example/1", "description": "x"}]})
}

fn issuer_1_0() -> Json {
    json!({"name": "Issuer", "url": "https://issuer.example", "revocationList": LIST})
}

/// The same under the context of 1.1.
fn with_context(mut document: Json, kind: &str, id: &str) -> Json {
    document["@context"] = "https://w3id.org/openbadges/v1".into();
    document["type"] = kind.into();
    document["id"] = id.into();
    document
}

fn site(assertion: &Json) -> FakeWeb {
    let web = FakeWeb::new();
    web.page(ASSERTION, "application/json", assertion.to_string());
    web.page(CLASS, "application/json", class_1_0().to_string());
    web.page(ISSUER, "application/json", issuer_1_0().to_string());
    web
}

fn site_1_1(change: impl FnOnce(&mut Json)) -> FakeWeb {
    let mut assertion = with_context(assertion_1_0(), "Assertion", ASSERTION);
    change(&mut assertion);
    let web = FakeWeb::new();
    web.page(ASSERTION, "x", assertion.to_string());
    web.page(CLASS, "x", with_context(class_1_0(), "BadgeClass", CLASS).to_string());
    web.page(ISSUER, "x", with_context(issuer_1_0(), "Issuer", ISSUER).to_string());
    web
}

#[test]
fn a_hosted_badge_of_1_0_is_valid_by_url_and_by_copy() {
    let web = site(&assertion_1_0());
    let report = run(&web, ASSERTION, Options::default());
    valid(&report);
    assert_eq!(report.open_badges_version.as_deref(), Some("1.0"));
    let badge = report.badge.as_ref().unwrap();
    assert_eq!(badge.issued_on.unwrap().to_string(), "2014-05-13T16:53:20Z");
    assert_eq!(badge.alignment[0].target_name.as_deref(), Some("Standard"));
    assert_eq!(badge.id.as_deref(), Some(ASSERTION));
    valid(&judged(&site(&assertion_1_0()), &assertion_1_0()));
    let recipient = Some(Expected::Any("nobody@example.org".to_owned()));
    let ask = |recipient| run(&web, ASSERTION, Options { recipient, ..Options::default() });
    valid(&ask(recipient));
    invalid(&ask(Some(Expected::Any("other@example.org".to_owned()))), &["recipient.expected"]);
}

#[test]
fn near_misses_of_1_0_are_refused() {
    type Change = fn(&mut Json);
    let cases: [(&str, Change); 6] = [
        ("shape.members", |a| drop(a.as_object_mut().unwrap().remove("verify"))),
        ("shape.members", |a| a["recipient"]["hashed"] = false.into()),
        ("time.dates", |a| a["issuedOn"] = "soon".into()),
        ("time.not-yet-valid", |a| a["issuedOn"] = 4_000_000_000_i64.into()),
        ("time.expired", |a| a["expires"] = 1_500_000_000.into()),
        ("status.revoked", |a| a["revoked"] = true.into()),
    ];
    for (check, change) in cases {
        let mut assertion = assertion_1_0();
        change(&mut assertion);
        let report = run(&site(&assertion), ASSERTION, Options::default());
        assert_eq!(report.verdict, Verdict::Invalid, "{check}");
        assert!(ids(&report, CheckOutcome::Fail).contains(&check), "{check}\n{}", report.text());
    }
    // Hosted by somebody else.
    let theirs = "https://evil.example/a/1";
    let mut forged = assertion_1_0();
    forged["verify"]["url"] = theirs.into();
    let web = site(&assertion_1_0());
    web.page(theirs, "x", forged.to_string());
    invalid(&run(&web, theirs, Options::default()), &["hosted.scope"]);
}

#[test]
fn a_badge_of_1_1_is_valid_and_needs_verify_by_its_name() {
    let report = run(&site_1_1(|_| ()), ASSERTION, Options::default());
    valid(&report);
    assert_eq!(report.open_badges_version.as_deref(), Some("1.1"));
    let renamed = site_1_1(|assertion| {
        let verify = assertion.as_object_mut().unwrap().remove("verify").unwrap();
        assertion["verification"] = verify;
    });
    let report = run(&renamed, ASSERTION, Options::default());
    assert_eq!(report.verdict, Verdict::Invalid);
    let members = report.check("shape.members").unwrap();
    assert!(members.message.contains("`verify`"), "{}", members.message);
}

#[test]
fn a_badge_of_2011_is_hosted_by_the_origin_it_names() {
    let url = "https://issuer.example/2011/1.json";
    let assertion = |origin: &str| {
        json!({"recipient": "sha256$ecf5409f3f4b91ab60cc5ef4c02aef7032354375e70cf4d8e43f6a1d29891942",
            "salt": "deadsea", "issued_on": "2011-10-01", "evidence": "https://issuer.example/e",
            "badge": {"version": "0.5.0", "name": "Pioneer", "image": "/i.png", "description": "First.",
                "criteria": "/c.html", "issuer": {"origin": origin, "name": "Issuer",
                    "contact": "office@issuer.example"}}})
    };
    let judge = |document: &Json| {
        let web = FakeWeb::new();
        web.page(url, "application/json", document.to_string());
        run(&web, url, Options::default())
    };
    let report = judge(&assertion("https://issuer.example"));
    valid(&report);
    assert_eq!(report.open_badges_version.as_deref(), Some("0.5"));
    let badge = report.badge.as_ref().unwrap();
    assert_eq!(badge.name.as_deref(), Some("Pioneer"));
    assert_eq!(badge.image.as_ref().unwrap().id, "https://issuer.example/i.png");
    assert_eq!(report.answers.issuer.answer, Knowledge::Domain);
    invalid(&judge(&assertion("https://mozilla.example")), &["hosted.scope"]);
    let mut widened = assertion("https://mozilla.example");
    widened["badge"]["issuer"]["verification"] = json!({"allowedOrigins": "issuer.example"});
    assert_eq!(judge(&widened).verdict, Verdict::Invalid);
    // Without its address nothing can be said for it.
    let report = judged(&FakeWeb::new(), &assertion("https://issuer.example"));
    assert_eq!(report.verdict, Verdict::Invalid, "{}", report.text());
    // Plain addresses, as in its first months.
    let mut plain = assertion("https://issuer.example");
    plain["recipient"] = "nobody@example.org".into();
    valid(&judge(&plain));
    // SHA-1 was allowed then, and is not computed here.
    let mut sha1 = assertion("https://issuer.example");
    sha1["recipient"] = format!("sha1${}", "0".repeat(40)).into();
    valid(&judge(&sha1));
}

fn signed_1_0(key: &PrivateKey, key_url: &str) -> String {
    let mut assertion = assertion_1_0();
    assertion["verify"] = json!({"type": "signed", "url": key_url});
    sign_jws(assertion.to_string().as_bytes(), &SignHeader::default(), key).unwrap()
}

fn signed_site(revocations: Json) -> FakeWeb {
    let web = site(&assertion_1_0());
    web.page(KEY, "text/plain", rsa().public().to_pem());
    web.page(LIST, "application/json", revocations.to_string());
    web
}

#[test]
fn a_signed_badge_of_1_0_has_its_key_at_the_issuers_origin() {
    let web = signed_site(json!({"other": "x"}));
    let token = signed_1_0(rsa(), KEY);
    let report = run(&web, token.clone(), Options::default());
    valid(&report);
    assert_eq!(report.format, Some(Format::Jws));
    let revoked = run(&signed_site(json!({UID: "by mistake"})), token, Options::default());
    invalid(&revoked, &["status.revoked"]);
    assert_eq!(revoked.check("status.revoked").unwrap().facts["reason"], "by mistake");
    let stranger = PrivateKey::generate_rsa(2048).unwrap();
    invalid(&run(&web, signed_1_0(&stranger, KEY), Options::default()), &["proof.signature"]);
    let theirs = "https://evil.example/key.pem";
    web.page(theirs, "text/plain", stranger.public().to_pem());
    let report = run(&web, signed_1_0(&stranger, theirs), Options::default());
    assert_eq!(report.verdict, Verdict::Invalid, "{}", report.text());
    assert_ne!(report.answers.authentic.answer, YesNo::Yes);
}

#[test]
fn recipients_hashed_with_md5_are_compared() {
    let mut assertion = assertion_1_0();
    // md5("abc"): identity "ab", salt "c".
    assertion["recipient"]["identity"] = "md5$900150983cd24fb0d6963f7d28e17f72".into();
    assertion["recipient"]["salt"] = "c".into();
    let ask = |who: &str| {
        let recipient = Some(Expected::Any(who.to_owned()));
        run(&site(&assertion), ASSERTION, Options { recipient, ..Options::default() })
    };
    valid(&ask("ab"));
    invalid(&ask("ba"), &["recipient.expected"]);
}

/// A PNG of one pixel with a text chunk of the first baking tools.
fn legacy_png(text: &str) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        png.extend_from_slice(&u32::try_from(data.len()).unwrap().to_be_bytes());
        let mut body = kind.to_vec();
        body.extend_from_slice(data);
        png.extend_from_slice(&body);
        png.extend_from_slice(&crc32fast::hash(&body).to_be_bytes());
    };
    chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    chunk(b"tEXt", format!("openbadges\0{text}").as_bytes());
    chunk(b"IDAT", &[0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1]);
    chunk(b"IEND", &[]);
    png
}

#[test]
fn images_of_the_first_years_are_read() {
    let report = run(&site(&assertion_1_0()), legacy_png(ASSERTION), Options::default());
    valid(&report);
    assert_eq!(report.check("input.image").unwrap().outcome, CheckOutcome::Note);
    valid(&run(
        &site(&assertion_1_0()),
        legacy_png(&assertion_1_0().to_string()),
        Options::default(),
    ));
    let svg = |verify: &str| {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org"><openbadges:assertion verify="{verify}"/></svg>"#
        )
    };
    valid(&run(&site(&assertion_1_0()), svg(ASSERTION), Options::default()));
    let token = signed_1_0(rsa(), KEY);
    let report = run(&signed_site(json!({})), svg(&token), Options::default());
    assert_eq!(report.format, Some(Format::Jws), "{}", report.text());
    assert!(matches!(
        baking::unbake(svg(ASSERTION).as_bytes()).unwrap().content,
        baking::Content::Url(_)
    ));
    // The image itself served at a URL.
    let web = site(&assertion_1_0());
    web.page("https://elsewhere.example/badge.png", "image/png", legacy_png(ASSERTION));
    valid(&run(&web, "https://elsewhere.example/badge.png", Options::default()));
    let web = site(&assertion_1_0());
    let json = legacy_png(&assertion_1_0().to_string());
    web.page("https://elsewhere.example/badge.png", "image/png", json);
    valid(&run(&web, "https://elsewhere.example/badge.png", Options::default()));
}
