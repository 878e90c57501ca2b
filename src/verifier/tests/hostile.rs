use super::*;
use crate::baking::{self, BadgeVersion, Payload};
use crate::resolve::Why;

const SVG: &[u8] = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1"/></svg>"##;

fn refused(input: &[u8]) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime
        .block_on(verifier(&FakeWeb::new()).verify(Input::sniff(input), Options::default()))
        .is_err()
}

#[test]
fn a_baked_badge_is_the_badge_in_it() {
    let badge = self_contained().to_string();
    let image = baking::bake(SVG, BadgeVersion::Ob3, Payload::Json(&badge)).unwrap();
    let report = run(&FakeWeb::new(), image, Options::default());
    valid(&report);
    assert_eq!(report.check("input.image").unwrap().outcome, CheckOutcome::Pass);
    assert!(refused(SVG), "an image without a badge");
}

#[test]
fn only_what_is_no_badge_at_all_gets_no_report() {
    for input in ["", " ", "hello", "{", "{\"a\":}", "<html></html>", "a.b.c"] {
        assert!(refused(input.as_bytes()), "{input:?}");
    }
}

#[test]
fn json_that_is_no_good_badge_is_invalid_however_broken() {
    let good = self_contained().to_string();
    let twice = good.replacen('{', "{\"id\":\"https://issuer.example/b/2\",", 1);
    let escaped = good.replacen('{', "{\"\\u0069d\":\"https://issuer.example/b/2\",", 1);
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(600 * 1024));
    for input in [
        "{}",
        "[]",
        "null",
        "42",
        "\"text\"",
        "{\"a\":1,\"a\":2}",
        "{\"type\":\"Assertion\"}",
        "eyJ.e30.AA",
        "eyJhbGciOiJFZERTQSJ9.e30.AA",
        "eyJ..",
        &twice,
        &escaped,
        &long,
        &"[".repeat(5000),
    ] {
        let report = run(&FakeWeb::new(), input, Options::default());
        let shown: String = input.chars().take(60).collect();
        assert_eq!(report.verdict, Verdict::Invalid, "{shown}\n{}", report.text());
        assert_ne!(report.answers.authentic.answer, YesNo::Yes, "{shown}");
    }
}

#[test]
fn a_url_in_a_bad_form_is_invalid_and_never_fetched() {
    let web = FakeWeb::new();
    for url in [
        "https://user@issuer.example/b",
        "https://issuer.example\\@evil.example/",
        "file:///etc/passwd",
        "ftp://issuer.example/b",
        "https://127.1/b",
        "https://issuer.example./b",
        "javascript:alert(1)",
    ] {
        let report = run(&web, url, Options::default());
        assert_eq!(report.verdict, Verdict::Invalid, "{url}");
    }
    // Inside a badge too.
    for (pointer, url) in [
        ("/credentialStatus/statusListCredential", "https://u@issuer.example/s"),
        ("/issuer/id", "https://issuer.example\\x"),
    ] {
        let mut badge = credential("https://issuer.example/profile");
        badge["credentialStatus"] = json!({"type": "BitstringStatusListEntry", "statusPurpose": "revocation",
            "statusListIndex": "1", "statusListCredential": "https://issuer.example/s"});
        web.failure("https://issuer.example/profile", Why::Timeout);
        web.failure("https://issuer.example/s", Why::Timeout);
        *badge.pointer_mut(pointer).unwrap() = url.into();
        badge["proof"] = json!({"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022",
            "proofPurpose": "assertionMethod", "verificationMethod": did_key(&key(1)), "proofValue": "z1"});
        assert_eq!(judged(&web, &badge).verdict, Verdict::Invalid, "{pointer}");
    }
    assert!(web.asked().iter().all(|url| !url.contains(['@', '\\'])));
}

#[test]
fn what_a_given_url_leads_to_decides() {
    let url = "https://issuer.example/b/1";
    for (why, verdict) in [
        (Why::NotFound, Verdict::Invalid),
        (Why::RedirectLoop, Verdict::Invalid),
        (Why::TooBig(1), Verdict::Invalid),
        (Why::Server(500), Verdict::Indeterminate),
        (Why::Timeout, Verdict::Indeterminate),
        (Why::Guard, Verdict::Indeterminate),
        (Why::Status(403), Verdict::Indeterminate),
    ] {
        let web = FakeWeb::new();
        web.failure(url, why.clone());
        assert_eq!(run(&web, url, Options::default()).verdict, verdict, "{why:?}");
    }
    let web = FakeWeb::new();
    web.page(url, "text/html", "<html></html>");
    assert_eq!(run(&web, url, Options::default()).verdict, Verdict::Invalid);
    web.page(url, "application/vc+ld+json", self_contained().to_string());
    valid(&run(&web, url, Options::default()));
}

#[test]
fn a_badge_that_asks_for_many_documents_gets_eight() {
    let web = web();
    let mut badge = credential(DID);
    let entries: Vec<Json> = (0..8)
        .map(|n| {
            web.failure(&format!("https://issuer.example/s/{n}"), Why::Timeout);
            json!({"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "1",
                "statusListCredential": format!("https://issuer.example/s/{n}")})
        })
        .collect();
    badge["credentialStatus"] = entries.into();
    let report = judged(&web, &signed(badge, &key(1), &method(&key(1))));
    open(&report, "status.read");
    assert_eq!(web.asked().len(), crate::resolve::CREDENTIAL_FETCHES);
    assert_eq!(web.asked()[0], DID_URL, "the proof comes first");
}

#[test]
fn poison_graphs_stop_soon() {
    let web = web();
    let mut badge = credential(DID);
    let people: Vec<Json> = (0..600).map(|_| json!({"type": ["Evidence"]})).collect();
    badge["evidence"] = people.into();
    badge["proof"] = json!({"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022",
        "proofPurpose": "assertionMethod", "verificationMethod": method(&key(1)),
        "proofValue": format!("z{}", "1".repeat(64))});
    let started = std::time::Instant::now();
    let report = judged(&web, &badge);
    assert_eq!(report.verdict, Verdict::Invalid, "{}", report.text());
    assert!(started.elapsed() < std::time::Duration::from_secs(5));
}

#[test]
fn foreign_credentials_and_documents_are_not_badges() {
    let web = FakeWeb::new();
    let mut other = credential(&did_key(&key(1)));
    other["type"] = json!(["VerifiableCredential"]);
    let other = signed(other, &key(1), &did::did_key_method(key(1).public()).unwrap());
    assert_eq!(judged(&web, &other).verdict, Verdict::Invalid);
    // At the VC-API door a proof is all that counts.
    let options = Options { policy: PolicyName::ProofOnly, ..Options::default() };
    assert_eq!(run(&web, other.to_string(), options.clone()).verdict, Verdict::Valid);
    // And there the issuer need not be who signed.
    let unbound = signed(
        credential("https://vc.example/issuers/1"),
        &key(1),
        &did::did_key_method(key(1).public()).unwrap(),
    );
    let report = run(&web, unbound.to_string(), options);
    assert_eq!(report.verdict, Verdict::Valid, "{}", report.text());
    for kind in [
        json!({"type": "BadgeClass"}),
        json!({"type": "Issuer"}),
        json!({"type": "RevocationList"}),
    ] {
        let mut document = kind;
        document["@context"] = "https://w3id.org/openbadges/v2".into();
        assert_eq!(judged(&web, &document).verdict, Verdict::Invalid, "{document}");
    }
}
