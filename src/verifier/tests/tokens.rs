use super::*;
use crate::proof::encoding::{base64url, from_base64url};

/// A good token of the issuer [`DID`].
fn good() -> String {
    token(&payload(&credential(DID)), &key(1), &method(&key(1)))
}

fn changed(change: impl FnOnce(&mut Json)) -> String {
    let mut payload = payload(&credential(DID));
    change(&mut payload);
    token(&payload, &key(1), &method(&key(1)))
}

fn judge(token: &str) -> Report {
    run(&web(), token, Options::default())
}

/// The token with another header, signed again with the same key.
fn with_header(header: &str) -> String {
    let good = good();
    let body = good.split('.').nth(1).unwrap();
    let signing = format!("{}.{body}", base64url(header.as_bytes()));
    let signature = key(1).sign(signing.as_bytes()).unwrap();
    format!("{signing}.{}", base64url(&signature))
}

#[test]
fn a_good_token_is_valid() {
    let report = judge(&good());
    valid(&report);
    assert_eq!(report.format, Some(Format::VcJwt));
    assert_eq!(report.badge.unwrap().name.as_deref(), Some("Coaching"));
    valid(&judge(&format!(" {}\n", good())));
}

#[test]
fn an_rs256_token_with_a_key_of_the_issuer_is_valid() {
    let web = FakeWeb::new();
    web.page(
        DID_URL,
        "x",
        did_document(&[(&key(1), KeyStatus::Active), (rsa(), KeyStatus::Active)]),
    );
    let token = token(&payload(&credential(DID)), rsa(), &method(rsa()));
    valid(&run(&web, token, Options::default()));
}

#[test]
fn every_byte_of_a_token_matters() {
    let good = good();
    let parts: Vec<&str> = good.split('.').collect();
    for part in 0..3 {
        let bytes = from_base64url(parts[part]).unwrap();
        for at in (0..bytes.len()).step_by(7) {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1;
            let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            parts[part] = base64url(&bytes);
            let token = parts.join(".");
            if !token.starts_with("eyJ") {
                continue;
            }
            let report = judge_lenient(&token);
            assert_ne!(report.verdict, Verdict::Valid, "part {part}, byte {at}");
        }
    }
}

/// A changed `kid` or issuer may lead anywhere.
fn judge_lenient(token: &str) -> Report {
    let dossier = {
        let mut dossier = Dossier::new(Input::sniff(token), None, now());
        let trust = Trust::default();
        let bench = Bench {
            contexts: bundled::contexts(),
            trust: &trust,
            policy: PolicyName::Default,
            at: now(),
            now: now(),
            trace: false,
            linkage: false,
            evidence: false,
            own: None,
        };
        let find = |url: &str| {
            (url == DID_URL).then(|| {
                let body = did_document(&[(&key(1), KeyStatus::Active)]);
                let document = crate::resolve::Document::known(url, "x", body.into_bytes(), now());
                crate::resolve::Outcome::Got(document)
            })
        };
        gather::supply(&mut dossier, bench, find, |_| ());
        dossier
    };
    verifier(&FakeWeb::new()).judge(&dossier, &Options::default())
}

#[test]
fn claims_that_disagree_with_the_badge_are_refused() {
    type Change = fn(&mut Json);
    let cases: [(&str, Change); 12] = [
        ("iss", |p| p["iss"] = "did:web:other.example".into()),
        ("iss missing", |p| drop(p.as_object_mut().unwrap().remove("iss"))),
        ("iss not a text", |p| p["iss"] = json!([DID])),
        ("jti", |p| p["jti"] = "https://issuer.example/b/2".into()),
        ("sub", |p| p["sub"] = "urn:uuid:0".into()),
        ("nbf", |p| p["nbf"] = 1.into()),
        ("nbf as text", |p| p["nbf"] = "1777593600".into()),
        ("nbf huge", |p| p["nbf"] = json!(1e308)),
        ("exp", |p| p["exp"] = 4_000_000_000_i64.into()),
        ("exp null", |p| p["exp"] = Json::Null),
        ("exp where none ends", |p| drop(p.as_object_mut().unwrap().remove("validUntil"))),
        ("a second credential", |p| p["vc"] = p.clone()),
    ];
    for (name, change) in cases {
        let report = judge(&changed(change));
        assert_eq!(report.verdict, Verdict::Invalid, "{name}\n{}", report.text());
        let failed = ids(&report, CheckOutcome::Fail);
        assert!(failed.contains(&"proof.claims"), "{name}: {failed:?}");
    }
}

#[test]
fn headers_that_readers_take_differently_are_refused() {
    let kid = method(&key(1));
    for header in [
        format!(r#"{{"alg":"none","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"NONE","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"EdDSA","alg":"none","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{kid}","crit":["x"]}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{kid}","crit":[]}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{kid}","b64":false}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{kid}","zip":"DEF"}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"at+jwt"}}"#),
        format!(r#"{{"alg":["EdDSA"],"kid":"{kid}"}}"#),
        format!(r#"{{"kid":"{kid}"}}"#),
    ] {
        let report = judge(&with_header(&header));
        assert_eq!(report.verdict, Verdict::Invalid, "{header}");
        assert_ne!(report.answers.authentic.answer, YesNo::Yes, "{header}");
    }
    let good = good();
    let unsigned = format!("{}.", good.rsplit_once('.').unwrap().0);
    assert_eq!(judge(&unsigned).verdict, Verdict::Invalid);
}

#[test]
fn a_key_in_the_header_counts_only_if_the_issuer_lists_it() {
    let body = payload(&credential(DID)).to_string();
    let by = |key: &PrivateKey| {
        let header =
            json!({"alg": "EdDSA", "typ": "JWT", "jwk": key.public().to_jwk()}).to_string();
        let signing = format!("{}.{}", base64url(header.as_bytes()), base64url(body.as_bytes()));
        let signature = key.sign(signing.as_bytes()).unwrap();
        format!("{signing}.{}", base64url(&signature))
    };
    valid(&judge(&by(&key(1))));
    let report = judge(&by(&key(2)));
    invalid(&report, &["proof.key", "issuer.key"]);
    assert_eq!(report.check("proof.signature").unwrap().outcome, CheckOutcome::Pass);
    // `jku` and `x5u` are not even looked at: the fake web would say so.
    let kid = method(&key(1));
    let header = format!(
        r#"{{"alg":"EdDSA","kid":"{kid}","jku":"https://evil.example/j","x5u":"https://evil.example/x"}}"#
    );
    valid(&judge(&with_header(&header)));
}

#[test]
fn a_foreign_kid_is_refused() {
    let stranger = did::did_key_method(key(2).public()).unwrap();
    let token = token(&payload(&credential(DID)), &key(2), &stranger);
    let report = judge(&token);
    invalid(&report, &["issuer.key"]);
    assert_eq!(report.answers.authentic.answer, YesNo::No);
}

#[test]
fn undefined_members_are_refused_in_tokens_too() {
    let report = judge(&changed(|payload| payload["surprise"] = 1.into()));
    invalid(&report, &["shape.terms"]);
}

#[test]
fn the_w3c_profile_forbids_the_vc_claim() {
    let header = SignHeader { kid: Some(&method(&key(1))), typ: Some("vc+jwt"), cty: Some("vc") };
    let plain = sign_jws(credential(DID).to_string().as_bytes(), &header, &key(1)).unwrap();
    valid(&judge(&plain));
    let wrapped = json!({"iss": DID, "vc": credential(DID)}).to_string();
    let wrapped = sign_jws(wrapped.as_bytes(), &header, &key(1)).unwrap();
    assert!(ids(&judge(&wrapped), CheckOutcome::Fail).contains(&"proof.claims"));
}

#[test]
fn an_expired_token_has_a_minute_of_grace() {
    let at = |instant: &str| {
        let options = Options { at: Some(instant.parse().unwrap()), ..Options::default() };
        run(&web(), good(), options)
    };
    valid(&at("2027-05-01T00:01:00Z"));
    invalid(&at("2027-05-01T00:01:01Z"), &["time.expired"]);
}
