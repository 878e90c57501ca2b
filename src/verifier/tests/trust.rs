use super::*;

const SITE: &str = "https://school.example";
const CONFIGURATION: &str = "https://school.example/.well-known/did-configuration.json";

/// A badge by a `did:key` that names a web site.
fn badge(key: &PrivateKey) -> Json {
    let mut credential = credential(&did_key(key));
    credential["issuer"]["url"] = format!("{SITE}/about").into();
    signed(credential, key, &did::did_key_method(key.public()).unwrap())
}

/// A domain linkage credential as JWT.
fn link(key: &PrivateKey, did: &str, origin: &str, exp: &str) -> String {
    let exp: Timestamp = exp.parse().unwrap();
    let payload = json!({
        "iss": did, "sub": did, "nbf": now().as_second() - 1000, "exp": exp.as_second(),
        "vc": {
            "type": ["VerifiableCredential", "DomainLinkageCredential"],
            "credentialSubject": {"id": did, "origin": origin},
        },
    });
    let kid = did::did_key_method(key.public()).unwrap();
    let header = SignHeader { kid: Some(&kid), typ: None, cty: None };
    sign_jws(payload.to_string().as_bytes(), &header, key).unwrap()
}

fn asking(web: &FakeWeb, badge: &Json) -> Report {
    run(web, badge.to_string(), Options { linkage: true, ..Options::default() })
}

fn with_links(links: &[String]) -> FakeWeb {
    let web = FakeWeb::new();
    let document = json!({"@context": "https://identity.foundation/", "linked_dids": links});
    web.page(CONFIGURATION, "application/json", document.to_string());
    web
}

#[test]
fn a_domain_that_names_the_issuer_answers_who_it_is() {
    let key = key(1);
    let good = link(&key, &did_key(&key), SITE, "2026-07-01T00:00:00Z");
    let report = asking(&with_links(&["nonsense".to_owned(), good]), &badge(&key));
    valid(&report);
    assert_eq!(report.answers.issuer.answer, Knowledge::Domain);
    assert_eq!(report.answers.issuer.reason, "the web domain school.example names this issuer");
    assert_eq!(report.documents.last().unwrap().role, "linkage");
}

#[test]
fn a_link_for_another_site_another_time_or_by_another_key_names_nobody() {
    let (key, other) = (key(1), super::key(2));
    let (did, until) = (did_key(&key), "2026-07-01T00:00:00Z");
    for link in [
        link(&key, &did, "https://other.example", until),
        link(&key, &did, SITE, "2026-05-01T00:00:00Z"),
        link(&other, &did, SITE, until),
        link(&other, &did_key(&other), SITE, until),
    ] {
        let report = asking(&with_links(std::slice::from_ref(&link)), &badge(&key));
        valid(&report);
        assert_eq!(report.answers.issuer.answer, Knowledge::SelfStated, "{link}");
    }
    let web = FakeWeb::new();
    web.answer(CONFIGURATION, 404, "text/plain", "");
    let report = asking(&web, &badge(&key));
    valid(&report);
    assert_eq!(report.answers.issuer.answer, Knowledge::SelfStated);
}

#[test]
fn nobody_is_contacted_for_a_forged_badge_or_unasked() {
    let mut forged = badge(&key(1));
    forged["credentialSubject"]["achievement"]["name"] = "Another".into();
    let web = FakeWeb::new();
    assert_eq!(asking(&web, &forged).verdict, Verdict::Invalid);
    valid(&run(&web, badge(&key(1)).to_string(), Options::default()));
    assert_eq!(web.asked(), Vec::<String>::new());
}

#[test]
fn the_operators_list_and_pins_win_and_make_strict_pass() {
    let key = key(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let judge = |trust: Trust| {
        let options = Options { policy: PolicyName::Strict, ..Options::default() };
        let input = Input::sniff(self_contained().to_string());
        runtime.block_on(trusting(&FakeWeb::new(), trust).verify(input, options)).unwrap()
    };
    let pinned =
        |pin: String| Trust { pinned: [(did_key(&key), vec![pin])].into(), ..Trust::default() };
    let listed = Trust { issuers: vec![did_key(&key)], ..Trust::default() };
    for (trust, known, verdict) in [
        (listed, Knowledge::Trusted, Verdict::Valid),
        (pinned(key.public().to_multikey().unwrap()), Knowledge::Pinned, Verdict::Valid),
        (pinned(key.public().fingerprint().to_string()), Knowledge::Pinned, Verdict::Valid),
        (pinned("z6MkOther".to_owned()), Knowledge::SelfStated, Verdict::Indeterminate),
        (Trust::default(), Knowledge::SelfStated, Verdict::Indeterminate),
    ] {
        let report = judge(trust);
        assert_eq!((report.answers.issuer.answer, report.verdict), (known, verdict));
        assert_eq!(report.answers.authentic.answer, YesNo::Yes, "unknown is not wrong");
    }
}
