use super::*;
use crate::resolve::Why;

const SERVICE: &str = "https://issuer.example/refresh/1";

fn badge(change: impl FnOnce(&mut Json)) -> Json {
    let mut badge = credential(DID);
    badge["@context"] = json!([
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
    ]);
    badge["refreshService"] = json!({"id": SERVICE, "type": "1EdTechCredentialRefresh"});
    change(&mut badge);
    signed(badge, &key(1), &method(&key(1)))
}

fn expired() -> Json {
    badge(|badge| badge["validUntil"] = "2026-05-20T00:00:00Z".into())
}

fn newer() -> Json {
    badge(|badge| {
        badge["validFrom"] = "2026-05-19T00:00:00Z".into();
        badge["validUntil"] = "2028-05-20T00:00:00Z".into();
    })
}

fn answering(answer: &Json) -> FakeWeb {
    let web = web();
    web.page(SERVICE, "application/vc+ld+json", answer.to_string());
    web
}

#[test]
fn a_valid_newer_issue_is_judged_in_place_of_the_one_given() {
    let web = answering(&newer());
    let report = judged(&web, &expired());
    valid(&report);
    assert_eq!(web.asked(), [DID_URL, SERVICE]);
    let refresh = report.check("refresh.latest").unwrap();
    assert_eq!(refresh.outcome, CheckOutcome::Note);
    assert_eq!(refresh.facts["url"], SERVICE);
    assert_eq!(report.badge.unwrap().expires.unwrap().to_string(), "2028-05-20T00:00:00Z");
    assert_eq!(report.documents.len(), 3);
    let old = report.reports.last().unwrap();
    assert_eq!(old.part, "superseded");
    invalid(&old.report, &["time.expired"]);
}

#[test]
fn the_newest_issue_stays_what_it_is() {
    let report = judged(&answering(&newer()), &newer());
    valid(&report);
    assert_eq!(report.check("refresh.latest").unwrap().outcome, CheckOutcome::Pass);
    let report = judged(&answering(&expired()), &newer());
    valid(&report);
    assert_eq!(report.check("refresh.latest").unwrap().outcome, CheckOutcome::Note);
}

#[test]
fn what_is_no_valid_newer_issue_of_the_same_credential_changes_nothing() {
    let mut forged = newer();
    forged["credentialSubject"]["achievement"]["name"] = "Doctor".into();
    let other = badge(|badge| {
        badge["id"] = "https://issuer.example/b/2".into();
        badge["validFrom"] = "2026-05-19T00:00:00Z".into();
    });
    let (stranger, method) = (did_key(&key(2)), did::did_key_method(key(2).public()).unwrap());
    let mut foreign = credential(&stranger);
    foreign["validFrom"] = "2026-05-19T00:00:00Z".into();
    let foreign = signed(foreign, &key(2), &method);
    for answer in [forged, other, foreign, json!({"hello": "world"}), json!([])] {
        let report = judged(&answering(&answer), &expired());
        invalid_for_time(&report);
    }
    let web = web();
    web.page(SERVICE, "text/html", "<html></html>");
    invalid_for_time(&judged(&web, &expired()));
    for why in [Why::NotFound, Why::Timeout, Why::Guard] {
        web.failure(SERVICE, why);
        let report = judged(&web, &expired());
        invalid_for_time(&report);
        assert_eq!(report.check("refresh.latest").unwrap().outcome, CheckOutcome::Unknown);
    }
}

#[track_caller]
fn invalid_for_time(report: &Report) {
    assert_eq!(report.verdict, Verdict::Invalid, "{}", report.text());
    let failed = ids(report, CheckOutcome::Fail);
    assert_eq!(failed[0], "time.expired", "{}", report.text());
}

#[test]
fn nobody_is_asked_for_a_badge_whose_proof_does_not_hold_and_only_once() {
    let mut forged = expired();
    forged["credentialSubject"]["achievement"]["name"] = "Doctor".into();
    let web = answering(&newer());
    let report = judged(&web, &forged);
    assert_eq!(web.asked(), [DID_URL]);
    assert_eq!(report.check("refresh.latest").unwrap().outcome, CheckOutcome::Skip);
    // The newer issue names a service too, which is not asked again.
    let second = "https://issuer.example/refresh/2";
    let elsewhere = badge(|badge| {
        badge["validFrom"] = "2026-05-19T00:00:00Z".into();
        badge["refreshService"]["id"] = second.into();
    });
    let web = answering(&elsewhere);
    valid(&judged(&web, &expired()));
    assert!(!web.asked().contains(&second.to_owned()));
    let other = badge(|badge| badge["refreshService"]["type"] = "https://x.example/Mine".into());
    let report = judged(&super::web(), &other);
    valid(&report);
    assert_eq!(report.check("refresh.latest").unwrap().outcome, CheckOutcome::Unknown);
}
