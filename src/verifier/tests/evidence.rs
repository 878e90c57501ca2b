use super::*;
use crate::proof::encoding::{base58, base64, hex};
use crate::resolve::Why;
use sha2::{Digest as _, Sha256};

const ONE: &str = "https://files.example/1";
const TWO: &str = "https://files.example/2";

fn badge(related: Json) -> Json {
    let mut badge = credential(DID);
    badge["evidence"] = json!([
        {"id": ONE, "type": ["Evidence"], "name": "Notes"},
        {"type": ["Evidence"], "narrative": "Seen in class."}
    ]);
    if !related.is_null() {
        badge["relatedResource"] = related;
    }
    signed(badge, &key(1), &method(&key(1)))
}

fn asked(web: &FakeWeb, badge: &Json) -> Report {
    run(web, badge.to_string(), Options { evidence: true, ..Options::default() })
}

fn outcome(report: &Report, id: &str) -> CheckOutcome {
    report.check(id).unwrap().outcome
}

#[test]
fn evidence_is_not_fetched_unless_somebody_asks() {
    let web = web();
    let digest = format!("sha256-{}", base64(&Sha256::digest(b"notes")));
    let report = judged(&web, &badge(json!([{"id": ONE, "digestSRI": digest}])));
    valid(&report);
    assert_eq!(web.asked(), [DID_URL]);
    assert_eq!(outcome(&report, "evidence.present"), CheckOutcome::Note);
    assert_eq!(outcome(&report, "evidence.digest"), CheckOutcome::Note);
}

#[test]
fn evidence_is_reached_and_held_to_its_digests_when_asked() {
    let mut multihash = vec![0x12, 0x20];
    multihash.extend_from_slice(&Sha256::digest(b"notes"));
    let sri = format!("sha256-{}", base64(&Sha256::digest(b"notes")));
    let digests = [
        json!({"id": ONE, "digestSRI": sri}),
        json!({"id": ONE, "digestMultibase": base58(&multihash)}),
    ];
    for related in digests {
        let badge = badge(json!([related]));
        let web = web();
        web.page(ONE, "text/plain", "notes");
        let report = asked(&web, &badge);
        valid(&report);
        assert_eq!(outcome(&report, "evidence.present"), CheckOutcome::Pass);
        assert_eq!(outcome(&report, "evidence.digest"), CheckOutcome::Pass, "{}", report.text());
        web.page(ONE, "text/plain", "altered");
        let report = asked(&web, &badge);
        valid(&report);
        assert_eq!(outcome(&report, "evidence.digest"), CheckOutcome::Fail);
    }
    assert_eq!(hex(&[1]), "01");
}

#[test]
fn evidence_that_is_gone_or_out_of_reach_is_told_apart() {
    for (why, present) in [
        (Why::NotFound, CheckOutcome::Fail),
        (Why::Gone(None), CheckOutcome::Fail),
        (Why::Timeout, CheckOutcome::Unknown),
        (Why::Guard, CheckOutcome::Unknown),
        (Why::TooBig(1), CheckOutcome::Pass),
    ] {
        let web = web();
        web.failure(ONE, why.clone());
        let digest = format!("sha256-{}", base64(&Sha256::digest(b"notes")));
        let report = asked(&web, &badge(json!([{"id": ONE, "digestSRI": digest}])));
        valid(&report);
        assert_eq!(outcome(&report, "evidence.present"), present, "{why:?}");
        assert_eq!(outcome(&report, "evidence.digest"), CheckOutcome::Unknown, "{why:?}");
    }
}

#[test]
fn related_resources_need_a_digest_and_stand_there_once() {
    let digest = format!("sha256-{}", base64(&Sha256::digest(b"notes")));
    let good = json!({"id": TWO, "digestSRI": digest});
    valid(&judged(&web(), &badge(json!([good]))));
    for related in [
        json!([good, good]),
        json!([{"id": TWO}]),
        json!([{"id": TWO, "digestSRI": "sha256-AAAA"}]),
    ] {
        let mut badge = credential(DID);
        badge["relatedResource"] = related.clone();
        let token = token(&payload(&badge), &key(1), &method(&key(1)));
        let report = run(&web(), token, Options::default());
        assert!(
            ids(&report, CheckOutcome::Fail).contains(&"shape.members"),
            "{related}\n{}",
            report.text()
        );
    }
}
