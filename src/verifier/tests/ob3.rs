use super::*;
use crate::resolve::Why;

/// A badge of the issuer with a web document, changed before it is signed.
pub(super) fn badge(change: impl FnOnce(&mut Json)) -> Json {
    let mut badge = credential(DID);
    change(&mut badge);
    signed(badge, &key(1), &method(&key(1)))
}

#[test]
fn a_badge_that_needs_no_web_is_valid_and_self_stated() {
    let web = FakeWeb::new();
    let report = judged(&web, &self_contained());
    valid(&report);
    assert_eq!(report.answers.issuer.answer, Knowledge::SelfStated);
    assert_eq!(report.format, Some(Format::DataIntegrity));
    assert_eq!(report.open_badges_version.as_deref(), Some("3.0"));
    let badge = report.badge.unwrap();
    assert_eq!(badge.name.as_deref(), Some("Coaching"));
    assert_eq!(badge.results[0].levels.iter().filter(|level| level.achieved).count(), 1);
    assert!(web.asked().is_empty());
}

#[test]
fn a_badge_of_a_web_issuer_is_valid_and_its_document_is_fetched_once() {
    let web = web();
    let report = judged(&web, &badge(|_| ()));
    valid(&report);
    assert_eq!(report.answers.issuer.answer, Knowledge::Domain);
    assert_eq!(web.asked(), [DID_URL]);
    assert_eq!(report.documents[1].role, "controller");
    assert_eq!(report.documents[1].state, DocumentState::Got);
}

#[test]
fn any_change_of_a_signed_member_is_refused() {
    let web = web();
    let good = badge(|_| ());
    let pointers = [
        "/id",
        "/issuer/name",
        "/validFrom",
        "/validUntil",
        "/credentialSubject/id",
        "/credentialSubject/identifier/0/salt",
        "/credentialSubject/achievement/name",
        "/credentialSubject/achievement/description",
        "/credentialSubject/achievement/criteria/narrative",
        "/credentialSubject/achievement/resultDescription/0/name",
        "/credentialSubject/achievement/resultDescription/0/rubricCriterionLevel/1/name",
        "/proof/created",
    ];
    for pointer in pointers {
        let mut changed = good.clone();
        let value = changed.pointer_mut(pointer).unwrap();
        let text = value.as_str().unwrap();
        *value =
            if text.ends_with('Z') { text.replace("-01T", "-02T") } else { format!("{text}x") }
                .into();
        assert_ne!(changed, good);
        invalid(&judged(&web, &changed), &["proof.signature"]);
    }
}

#[test]
fn a_signature_of_another_key_is_refused_and_one_by_another_issuer_too() {
    let web = web();
    // Signed by a stranger, naming the issuer's method.
    let forged = signed(credential(DID), &key(2), &method(&key(1)));
    invalid(&judged(&web, &forged), &["proof.signature"]);
    // Signed by a stranger with his own did:key: the signature is right, the signer is not the issuer.
    let stranger = did::did_key_method(key(2).public()).unwrap();
    let report = judged(&web, &signed(credential(DID), &key(2), &stranger));
    invalid(&report, &["issuer.key"]);
    assert_eq!(report.check("proof.signature").unwrap().outcome, CheckOutcome::Pass);
    assert_eq!(report.answers.authentic.answer, YesNo::No);
    assert_eq!(report.answers.issuer.answer, Knowledge::Unknown);
}

#[test]
fn a_key_in_the_fragment_proves_nothing() {
    let multikey = key(2).public().to_multikey().unwrap();
    let web = web();
    let report = judged(&web, &signed(credential(DID), &key(2), &format!("{DID}#{multikey}")));
    invalid(&report, &["proof.key", "issuer.key"]);
    assert_eq!(report.check("proof.signature").unwrap().outcome, CheckOutcome::Pass);
    assert_eq!(report.check("issuer.key").unwrap().facts["selfAsserted"], true);

    let https = "https://issuer.example/profile";
    web.page(
        https,
        "application/json",
        r#"{"id":"https://issuer.example/profile","type":"Profile"}"#,
    );
    let report = judged(&web, &signed(credential(https), &key(2), &format!("{https}#{multikey}")));
    assert_eq!(report.verdict, Verdict::Invalid, "{}", report.text());
    assert_eq!(report.answers.authentic.answer, YesNo::No);
}

#[test]
fn a_key_must_be_listed_for_assertions_and_not_be_revoked() {
    let good = badge(|_| ());
    for (document, check) in [
        // Another key alone.
        (did_document(&[(&key(3), KeyStatus::Active)]), "issuer.key"),
        // Listed, but not for assertions.
        (
            did_document(&[(&key(1), KeyStatus::Active)])
                .replace("\"assertionMethod\"", "\"keyAgreement\""),
            "issuer.key",
        ),
        // Stolen.
        (
            did_document(&[(
                &key(1),
                KeyStatus::Compromised("2026-05-20T00:00:00Z".parse().unwrap()),
            )]),
            "issuer.key",
        ),
        // Of somebody else.
        (
            did_document(&[(&key(1), KeyStatus::Active)]).replace(DID, "did:web:evil.example"),
            "issuer.key",
        ),
    ] {
        let web = FakeWeb::new();
        web.page(DID_URL, "application/did+json", document);
        let report = judged(&web, &good);
        assert_eq!(report.verdict, Verdict::Invalid, "{}", report.text());
        assert!(ids(&report, CheckOutcome::Fail).contains(&check), "{}", report.text());
    }
    let retired = FakeWeb::new();
    retired.page(DID_URL, "application/did+json", did_document(&[(&key(1), KeyStatus::Retired)]));
    valid(&judged(&retired, &good));
}

#[test]
fn what_happened_to_the_issuers_document_decides() {
    let good = badge(|_| ());
    for (why, verdict) in [
        (Why::NotFound, Verdict::Invalid),
        (Why::Gone(None), Verdict::Invalid),
        (Why::RedirectLoop, Verdict::Invalid),
        (Why::Server(503), Verdict::Indeterminate),
        (Why::Timeout, Verdict::Indeterminate),
        (Why::Dns, Verdict::Indeterminate),
        (Why::Tls, Verdict::Indeterminate),
        (Why::Guard, Verdict::Indeterminate),
        (Why::Budget, Verdict::Indeterminate),
        (Why::Broken, Verdict::Indeterminate),
        (Why::TooBig(1), Verdict::Indeterminate),
    ] {
        let web = FakeWeb::new();
        web.failure(DID_URL, why.clone());
        let report = judged(&web, &good);
        assert_eq!(report.verdict, verdict, "{why:?}\n{}", report.text());
        assert_ne!(report.answers.authentic.answer, YesNo::Yes, "{why:?}");
    }
    for body in ["<html></html>", "[]", "{\"id\":\"did:web:other.example\"}"] {
        let web = FakeWeb::new();
        web.page(DID_URL, "text/html", body);
        assert_eq!(judged(&web, &good).verdict, Verdict::Invalid, "{body}");
    }
    let redirected = FakeWeb::new();
    redirected.redirect(DID_URL, "https://evil.example/did.json");
    redirected.page(
        "https://evil.example/did.json",
        "x",
        did_document(&[(&key(1), KeyStatus::Active)]),
    );
    assert_eq!(judged(&redirected, &good).verdict, Verdict::Invalid);
}

#[test]
fn members_that_no_context_defines_are_refused_by_name() {
    let web = web();
    for (pointer, name) in [("", "surprise"), ("/credentialSubject", "grade"), ("/issuer", "rank")]
    {
        let mut changed = badge(|_| ());
        changed.pointer_mut(pointer).unwrap()[name] = "x".into();
        let report = judged(&web, &changed);
        assert_eq!(report.verdict, Verdict::Invalid);
        let terms = report.check("shape.terms").unwrap();
        assert_eq!(terms.outcome, CheckOutcome::Fail, "{}", report.text());
        assert!(terms.message.contains(name), "{}", terms.message);
    }
}

#[test]
fn contexts_are_known_whole_and_at_the_top() {
    let web = web();
    let with = |context: Json| {
        let mut changed = badge(|_| ());
        changed["@context"] = context;
        judged(&web, &changed)
    };
    let v2 = "https://www.w3.org/ns/credentials/v2";
    let ob = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
    open(&with(json!([v2, ob, "https://unknown.example/context.json"])), "shape.context");
    for context in
        [json!([v2, ob, {"x": "https://x.example/"}]), json!([ob, v2]), json!([v2]), json!(v2)]
    {
        let report = with(context.clone());
        assert_eq!(report.verdict, Verdict::Invalid, "{context}");
        assert!(ids(&report, CheckOutcome::Fail).contains(&"shape.context"), "{context}");
    }
    let mut nested = badge(|_| ());
    nested["credentialSubject"]["@context"] = v2.into();
    assert!(ids(&judged(&web, &nested), CheckOutcome::Fail).contains(&"shape.context"));
}

#[test]
fn what_the_specification_demands_is_named_by_its_place() {
    let web = web();
    type Change = fn(&mut Json);
    let cases: [(&str, Change); 12] = [
        ("/id", |b| drop(b.as_object_mut().unwrap().remove("id"))),
        ("/type", |b| b["type"] = json!(["VerifiableCredential"])),
        ("/validFrom", |b| drop(b.as_object_mut().unwrap().remove("validFrom"))),
        ("/issuer/type", |b| drop(b["issuer"].as_object_mut().unwrap().remove("type"))),
        ("/credentialSubject/id", |b| {
            drop(b["credentialSubject"].as_object_mut().unwrap().remove("id"));
            drop(b["credentialSubject"].as_object_mut().unwrap().remove("identifier"));
        }),
        ("/credentialSubject/type", |b| {
            drop(b["credentialSubject"].as_object_mut().unwrap().remove("type"))
        }),
        ("/credentialSubject/achievement", |b| {
            drop(b["credentialSubject"].as_object_mut().unwrap().remove("achievement"));
            drop(b["credentialSubject"].as_object_mut().unwrap().remove("result"));
        }),
        ("/credentialSubject/achievement/name", |b| {
            drop(b["credentialSubject"]["achievement"].as_object_mut().unwrap().remove("name"));
        }),
        ("/credentialSubject/achievement/id", |b| {
            drop(b["credentialSubject"]["achievement"].as_object_mut().unwrap().remove("id"));
        }),
        ("/credentialSubject/identifier/0/hashed", |b| {
            drop(b["credentialSubject"]["identifier"][0].as_object_mut().unwrap().remove("hashed"));
        }),
        ("/credentialSubject/identifier/0/identityHash", |b| {
            b["credentialSubject"]["identifier"][0]["hashed"] = false.into();
        }),
        ("/evidence/0/type", |b| {
            b["evidence"] = json!([{"id": "https://e.example/1", "type": ["Image"]}])
        }),
    ];
    for (pointer, change) in cases {
        // A token carries what no proof over linked data could be made for.
        let mut changed = credential(DID);
        change(&mut changed);
        let token = token(&payload(&changed), &key(1), &method(&key(1)));
        let report = run(&web, token, Options::default());
        assert_eq!(report.verdict, Verdict::Invalid, "{pointer}");
        let problems =
            report.check("shape.members").map(|check| check.facts.get("problems").cloned());
        let problems = problems.flatten().unwrap_or_default().to_string();
        assert!(
            problems.contains(&format!("{pointer:?}")) || pointer == "/type",
            "{pointer}: {problems}\n{}",
            report.text()
        );
    }
    let report = judged(
        &web,
        &badge(|b| b["credentialSubject"]["achievement"]["criteria"] = json!({"type": "Criteria"})),
    );
    invalid(&report, &["shape.schema", "badge-class.criteria"]);
}

#[test]
fn time_is_judged_at_the_instant_asked_for() {
    let web = web();
    let text = badge(|_| ()).to_string();
    let at = |instant: &str| {
        run(
            &web,
            text.clone(),
            Options { at: Some(instant.parse().unwrap()), ..Options::default() },
        )
    };
    valid(&at("2026-05-01T00:00:00Z"));
    valid(&at("2027-05-01T00:00:00Z"));
    let expired = at("2027-05-01T00:00:01Z");
    invalid(&expired, &["time.expired"]);
    assert_eq!(expired.answers.authentic.answer, YesNo::Yes);
    assert_eq!(expired.answers.in_force.answer, YesNo::No);
    assert_eq!(expired.state(), State::Expired);
    let early = at("2026-04-30T23:58:00Z");
    assert_eq!(early.check("time.not-yet-valid").unwrap().outcome, CheckOutcome::Fail);
    for (name, value) in [
        ("validFrom", "2026-05-01"),
        ("validFrom", "2026-05-01T00:00:00"),
        ("validUntil", "2020-01-01T00:00:00Z"),
    ] {
        let report = judged(&web, &badge(|badge| badge[name] = value.into()));
        assert!(
            ids(&report, CheckOutcome::Fail).contains(&"time.dates"),
            "{name} {value}\n{}",
            report.text()
        );
    }
}

#[test]
fn of_several_proofs_the_issuers_decides_and_the_others_are_shown() {
    let web = web();
    let plain = credential(DID);
    let good = proof(&plain, &key(1), &method(&key(1)), &ProofOptions::default());
    let stranger = did::did_key_method(key(2).public()).unwrap();
    let bad = proof(&plain, &key(2), &stranger, &ProofOptions::default());
    for proofs in [json!([bad, good]), json!([good, bad])] {
        let mut both = plain.clone();
        both["proof"] = proofs;
        let report = judged(&web, &both);
        valid(&report);
        assert_eq!(report.check("proof.others").unwrap().outcome, CheckOutcome::Note);
    }
    let mut only_bad = plain.clone();
    only_bad["proof"] = json!([bad]);
    invalid(&judged(&web, &only_bad), &["issuer.key"]);
    let mut none = plain;
    none["proof"] = json!([]);
    assert!(ids(&judged(&web, &none), CheckOutcome::Fail).contains(&"proof.present"));
}

#[test]
fn purpose_dates_and_suites_of_proofs_are_judged() {
    let web = web();
    let with = |change: &dyn Fn(&mut Json), options: ProofOptions<'_>| {
        let mut badge = credential(DID);
        let mut proof = proof(&badge, &key(1), &method(&key(1)), &options);
        change(&mut proof);
        badge["proof"] = proof;
        judged(&web, &badge)
    };
    let keep = |_: &mut Json| ();
    let past = Some("2026-05-15T00:00:00Z".parse().unwrap());
    invalid(
        &with(&keep, ProofOptions { purpose: "authentication", ..ProofOptions::default() }),
        &["proof.purpose"],
    );
    invalid(
        &with(&keep, ProofOptions { expires: past, ..ProofOptions::default() }),
        &["proof.purpose"],
    );
    let future = Some("2026-07-01T00:00:00Z".parse().unwrap());
    invalid(
        &with(&keep, ProofOptions { created: future, ..ProofOptions::default() }),
        &["proof.purpose"],
    );
    open(&with(&|p| p["cryptosuite"] = "bbs-2023".into(), ProofOptions::default()), "proof.form");
    for change in [
        (|p: &mut Json| drop(p.as_object_mut().unwrap().remove("cryptosuite"))) as fn(&mut Json),
        |p| drop(p.as_object_mut().unwrap().remove("verificationMethod")),
        |p| p["proofValue"] = "z".repeat(1_000_000).into(),
        |p| p["proofValue"] = "u1234".into(),
        |p| p["proofValue"] = Json::Null,
    ] {
        assert_eq!(with(&change, ProofOptions::default()).verdict, Verdict::Invalid);
    }
}

#[test]
fn trust_says_who_the_issuer_is_and_strict_asks_for_it() {
    let web = web();
    let text = badge(|_| ()).to_string();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let judge = |trust: Trust| {
        let options = Options { policy: PolicyName::Strict, ..Options::default() };
        runtime.block_on(trusting(&web, trust).verify(Input::sniff(text.clone()), options)).unwrap()
    };
    open(&judge(Trust::default()), "issuer.known");
    let listed = judge(Trust { issuers: vec![DID.to_owned()], ..Trust::default() });
    valid(&listed);
    assert_eq!(listed.answers.issuer.answer, Knowledge::Trusted);
    let pin =
        |key: String| Trust { pinned: [(DID.to_owned(), vec![key])].into(), ..Trust::default() };
    let pinned = judge(pin(key(1).public().to_multikey().unwrap()));
    assert_eq!(pinned.answers.issuer.answer, Knowledge::Pinned);
    valid(&pinned);
    open(&judge(pin(key(2).public().fingerprint().to_string())), "issuer.known");
}

#[test]
fn the_recipient_is_compared_when_asked_for() {
    let web = web();
    let text = badge(|_| ()).to_string();
    let ask = |expected: Json| {
        let recipient = Some(serde_json::from_value(expected).unwrap());
        run(&web, text.clone(), Options { recipient, ..Options::default() })
    };
    valid(&ask(json!("a@example.com")));
    valid(&ask(json!({"email": ["b@example.com", "a@example.com"]})));
    valid(&ask(json!({"emailAddress": "a@example.com"})));
    valid(&ask(json!("urn:uuid:5f4e7a56-9c3e-4b0e-8f3b-1f6f4b9c6a11")));
    let but_for_case = ask(json!("A@Example.com"));
    valid(&but_for_case);
    assert!(but_for_case.check("recipient.expected").unwrap().message.contains("letter case"));
    for other in [json!("b@example.com"), json!({"url": "a@example.com"}), json!("")] {
        invalid(&ask(other), &["recipient.expected"]);
    }
}

#[test]
fn an_https_issuer_is_bound_by_listing_its_key() {
    let issuer = "https://issuer.example/profile";
    let method = "https://issuer.example/keys/1";
    let multikey = key(1).public().to_multikey().unwrap();
    let key_document = json!({"@context": "https://w3id.org/security/multikey/v1", "id": method,
        "type": "Multikey", "controller": issuer, "publicKeyMultibase": multikey});
    let good = signed(credential(issuer), &key(1), method);
    let judge = |profile: Json, key_document: &Json| {
        let web = FakeWeb::new();
        web.page(issuer, "application/json", profile.to_string());
        web.page(method, "application/json", key_document.to_string());
        judged(&web, &good)
    };
    let lists = json!({"id": issuer, "type": "Profile", "assertionMethod": [method]});
    valid(&judge(lists.clone(), &key_document));
    valid(&judge(json!({"id": issuer, "assertionMethod": [key_document]}), &key_document));
    // A plain profile lists nothing: its own origin is then what speaks for it.
    valid(&judge(json!({"id": issuer, "type": "Profile"}), &key_document));
    let mut foreign = key_document.clone();
    foreign["controller"] = "https://evil.example/profile".into();
    for (profile, key_document) in [
        (lists, &foreign),
        (
            json!({"id": issuer, "assertionMethod": ["https://issuer.example/keys/2"]}),
            &key_document,
        ),
        (json!({"id": issuer, "type": "Profile"}), &foreign),
        (json!({"id": "https://evil.example/profile", "assertionMethod": [method]}), &key_document),
    ] {
        let report = judge(profile.clone(), key_document);
        assert_eq!(report.verdict, Verdict::Invalid, "{profile}\n{}", report.text());
    }
    // The key lies elsewhere.
    let stranger = "https://evil.example/keys/1";
    let web = FakeWeb::new();
    web.page(issuer, "application/json", json!({"id": issuer, "type": "Profile"}).to_string());
    let mut theirs = key_document;
    theirs["id"] = stranger.into();
    web.page(stranger, "application/json", theirs.to_string());
    invalid(&judged(&web, &signed(credential(issuer), &key(1), stranger)), &["issuer.key"]);
}

#[test]
fn the_trace_gives_the_bytes_that_were_signed() {
    let report =
        run(&web(), badge(|_| ()).to_string(), Options { trace: true, ..Options::default() });
    let trace = report.check("proof.signature").unwrap().trace.as_ref().unwrap();
    assert_eq!(trace["signed"].as_str().unwrap().len(), 128);
    assert!(trace["document"].as_str().unwrap().contains("Coaching"));
    assert!(judged(&web(), &badge(|_| ())).checks.iter().all(|check| check.trace.is_none()));
}

#[test]
fn a_dossier_judged_again_later_gives_the_same_findings_without_a_web() {
    let web = web();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let verifier = verifier(&web);
    let options = Options::default();
    let input = Input::sniff(badge(|_| ()).to_string());
    let dossier = runtime.block_on(verifier.gather(input, &options)).unwrap();
    let report = verifier.judge(&dossier, &options);
    let saved = serde_json::to_string(&dossier).unwrap();
    let asked = web.asked().len();
    let again: Dossier = serde_json::from_str(&saved).unwrap();
    assert_eq!(verifier.judge(&again, &options), report);
    assert_eq!(web.asked().len(), asked);
}
