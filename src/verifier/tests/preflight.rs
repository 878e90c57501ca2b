use std::collections::BTreeMap;

use super::*;
use crate::verifier::preflight::preflight;

fn documents() -> BTreeMap<String, String> {
    BTreeMap::from([(DID_URL.to_owned(), did_document(&[(&key(1), KeyStatus::Active)]))])
}

fn judge(badge: &Json) -> Report {
    let at = "2026-05-01T00:00:00Z".parse().unwrap();
    preflight(&badge.to_string(), &documents(), bundled::contexts(), PolicyName::Default, at)
}

fn with_status() -> Json {
    let mut badge = credential(DID);
    badge["credentialStatus"] = json!({"id": "https://issuer.example/status/1#5",
        "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
        "statusListIndex": "5", "statusListCredential": "https://issuer.example/status/1"});
    badge
}

#[test]
fn a_good_badge_may_leave_before_its_status_list_is_known() {
    let badge = signed(with_status(), &key(1), &method(&key(1)));
    let report = judge(&badge);
    assert_eq!(report.may_leave(), Ok(()), "{}", report.text());
    assert_eq!(report.verdict, Verdict::Indeterminate);
}

#[test]
fn what_a_stranger_would_refuse_may_not_leave() {
    let mut wrong_key = signed(with_status(), &key(2), &method(&key(1)));
    assert_eq!(judge(&wrong_key).may_leave().unwrap_err().0, "proof.signature");
    wrong_key = signed(with_status(), &key(2), &method(&key(2)));
    assert_eq!(judge(&wrong_key).may_leave().unwrap_err().0, "proof.key");
    let mut no_criteria = with_status();
    no_criteria["credentialSubject"]["achievement"]["criteria"] = json!({"type": "Criteria"});
    let no_criteria = signed(no_criteria, &key(1), &method(&key(1)));
    assert_eq!(judge(&no_criteria).may_leave().unwrap_err().0, "shape.schema");
    let mut bad_level = with_status();
    bad_level["credentialSubject"]["result"][0]["achievedLevel"] = "https://x.example/y".into();
    let bad_level = signed(bad_level, &key(1), &method(&key(1)));
    assert_eq!(judge(&bad_level).may_leave().unwrap_err().0, "results.levels");
}
