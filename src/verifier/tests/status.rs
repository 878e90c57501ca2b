use super::*;
use crate::resolve::Why;
use crate::status::bitstring::{ListCredential, MIN_ENTRIES, StatusList};

pub(super) const LIST: &str = "https://issuer.example/status/1";

pub(super) fn entry(purpose: &str, index: Json) -> Json {
    json!({"id": format!("{LIST}#{purpose}"), "type": "BitstringStatusListEntry",
        "statusPurpose": purpose, "statusListIndex": index, "statusListCredential": LIST})
}

/// In a token, which carries what no proof over linked data could be made for.
pub(super) fn badge(status: Json) -> String {
    let mut badge = credential(DID);
    badge["credentialStatus"] = status;
    token(&payload(&badge), &key(1), &method(&key(1)))
}

fn judged(web: &FakeWeb, token: &str) -> Report {
    run(web, token, Options::default())
}

/// The same with one more context, whose types its status has.
fn badge_with(context: &str, status: Json) -> String {
    let mut badge = credential(DID);
    badge["@context"].as_array_mut().unwrap().push(context.into());
    badge["credentialStatus"] = status;
    token(&payload(&badge), &key(1), &method(&key(1)))
}

/// A list with these bits set, before it is signed.
pub(super) fn list(purpose: &str, set: &[u32]) -> Json {
    let mut bits = StatusList::new(MIN_ENTRIES).unwrap();
    for index in set {
        bits.set(*index, true).unwrap();
    }
    let valid_from = "2026-05-20T00:00:00Z".parse().unwrap();
    ListCredential { id: LIST, issuer: DID, purpose, valid_from, ttl: 300_000 }.render(&bits)
}

fn judge(status: Json, list: &Json) -> Report {
    let web = web();
    web.page(LIST, "application/vc+ld+json", list.to_string());
    judged(&web, &badge(status))
}

pub(super) fn sound(list: Json) -> Json {
    signed(list, &key(1), &method(&key(1)))
}

#[test]
fn a_clear_entry_is_in_force_and_a_set_one_is_revoked() {
    let entry = entry("revocation", "77".into());
    let report = judge(entry.clone(), &sound(list("revocation", &[76, 78])));
    valid(&report);
    assert_eq!(report.answers.in_force.as_of, now());
    let report = judge(entry, &sound(list("revocation", &[77])));
    invalid(&report, &["status.revoked"]);
    assert_eq!(report.answers.authentic.answer, YesNo::Yes);
    assert_eq!(report.answers.in_force.answer, YesNo::No);
    assert_eq!(report.state(), State::Revoked);
}

#[test]
fn a_list_as_token_is_read_too() {
    let header = SignHeader { kid: Some(&method(&key(1))), typ: Some("vc+jwt"), cty: None };
    let token =
        sign_jws(list("revocation", &[77]).to_string().as_bytes(), &header, &key(1)).unwrap();
    let web = web();
    web.page(LIST, "application/vc+jwt", token);
    invalid(&judged(&web, &badge(entry("revocation", "77".into()))), &["status.revoked"]);
    valid(&judged(&web, &badge(entry("revocation", "78".into()))));
}

#[test]
fn every_entry_is_looked_at() {
    let status = json!([entry("revocation", "1".into()), entry("suspension", "2".into())]);
    let mut both = list("revocation", &[]);
    both["credentialSubject"]["statusPurpose"] = json!(["revocation", "suspension"]);
    valid(&judge(status.clone(), &sound(both.clone())));
    let mut bits = StatusList::new(MIN_ENTRIES).unwrap();
    bits.set(2, true).unwrap();
    both["credentialSubject"]["encodedList"] = bits.encode().into();
    let report = judge(status, &sound(both));
    invalid(&report, &["status.suspended"]);
    assert_eq!(report.state(), State::Suspended);
}

#[test]
fn an_index_that_is_not_a_plain_decimal_is_never_zero() {
    let good = sound(list("revocation", &[]));
    for index in [
        json!(5),
        json!(null),
        json!("-1"),
        json!("+1"),
        json!(" 1"),
        json!("01"),
        json!("1e3"),
        json!("0x1"),
        json!("1.0"),
        json!(""),
        json!("x"),
        json!("67108864"),
        json!("99999999999999999999"),
        json!(["1"]),
    ] {
        let mut entry = entry("revocation", "1".into());
        entry["statusListIndex"] = index.clone();
        let report = judge(entry, &good);
        assert_eq!(report.verdict, Verdict::Invalid, "{index}\n{}", report.text());
        assert_ne!(report.answers.in_force.answer, YesNo::Yes, "{index}");
    }
    let outside = judge(entry("revocation", "131072".into()), &good);
    assert!(ids(&outside, CheckOutcome::Fail).contains(&"status.read"), "{}", outside.text());
}

#[test]
fn a_list_that_cannot_be_relied_on_says_nothing() {
    let entry = || entry("revocation", "1".into());
    type Change = fn(&mut Json);
    let changes: [(&str, Change); 9] = [
        ("id", |l| l["id"] = "https://issuer.example/status/2".into()),
        ("type", |l| l["type"] = json!(["VerifiableCredential"])),
        ("issuer", |l| l["issuer"] = "did:web:other.example".into()),
        ("purpose", |l| l["credentialSubject"]["statusPurpose"] = "suspension".into()),
        ("subject type", |l| l["credentialSubject"]["type"] = "https://x.example/Other".into()),
        ("over", |l| l["validUntil"] = "2026-05-21T00:00:00Z".into()),
        ("not begun", |l| l["validFrom"] = "2030-05-21T00:00:00Z".into()),
        ("bits", |l| l["credentialSubject"]["encodedList"] = "uAAAA".into()),
        ("empty", |l| l["credentialSubject"]["encodedList"] = "".into()),
    ];
    for (name, change) in changes {
        let mut list = list("revocation", &[]);
        change(&mut list);
        let web = web();
        web.page("https://other.example/.well-known/did.json", "x", "{}");
        web.page(LIST, "x", token(&list, &key(1), &method(&key(1))));
        let report = judged(&web, &badge(entry()));
        open(&report, "status.read");
        assert_eq!(report.answers.in_force.answer, YesNo::Unknown, "{name}");
        assert_eq!(report.answers.authentic.answer, YesNo::Yes, "{name}");
    }
    open(&judge(entry(), &list("revocation", &[])), "status.read");
    let mut tampered = sound(list("revocation", &[1]));
    tampered["credentialSubject"]["encodedList"] =
        list("revocation", &[])["credentialSubject"]["encodedList"].clone();
    open(&judge(entry(), &tampered), "status.read");
    let stranger = did::did_key_method(key(2).public()).unwrap();
    open(&judge(entry(), &signed(list("revocation", &[]), &key(2), &stranger)), "status.read");
}

#[test]
fn whatever_happens_to_the_list_it_is_never_called_clear() {
    for why in [
        Why::NotFound,
        Why::Gone(None),
        Why::Server(500),
        Why::Timeout,
        Why::Dns,
        Why::Tls,
        Why::Guard,
        Why::Budget,
        Why::RedirectLoop,
        Why::TooBig(1),
        Why::Broken,
    ] {
        let web = web();
        web.failure(LIST, why);
        open(&judged(&web, &badge(entry("revocation", "1".into()))), "status.read");
    }
    for body in ["<html>", "[]", "{}", "eyJ.e30.AA"] {
        let web = web();
        web.page(LIST, "x", body);
        open(&judged(&web, &badge(entry("revocation", "1".into()))), "status.read");
    }
}

#[test]
fn entries_of_unknown_types_and_places_are_not_clear() {
    let good = sound(list("revocation", &[]));
    let unknown = json!({"id": "https://x.example/1", "type": "https://x.example/MyStatus"});
    open(&judged(&web(), &badge(unknown)), "status.read");
    let mut entry = entry("revocation", "1".into());
    entry["statusListCredential"] = "file:///etc/passwd".into();
    assert_eq!(judge(entry, &good).verdict, Verdict::Invalid);
    let many: Vec<Json> =
        (0..1000).map(|n| super::status::entry("revocation", n.to_string().into())).collect();
    let report = judge(many.into(), &good);
    assert_eq!(report.verdict, Verdict::Invalid, "{}", report.text());
}

const EXTENSIONS: &str = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json";

fn entry_2021(index: &str) -> Json {
    json!({"id": format!("{LIST}#{index}"), "type": "StatusList2021Entry",
        "statusPurpose": "revocation", "statusListIndex": index, "statusListCredential": LIST})
}

fn list_2021(set: &[u32]) -> Json {
    let mut list = list("revocation", set);
    let encoded = list["credentialSubject"]["encodedList"].as_str().unwrap()[1..].to_owned();
    list["type"] = json!(["VerifiableCredential", "StatusList2021Credential"]);
    list["credentialSubject"]["type"] = "StatusList2021".into();
    list["credentialSubject"]["encodedList"] = encoded.into();
    list["credentialSubject"].as_object_mut().unwrap().remove("ttl");
    list["@context"] = json!([
        "https://www.w3.org/2018/credentials/v1",
        "https://w3id.org/vc/status-list/2021/v1",
        "https://w3id.org/security/data-integrity/v2"
    ]);
    let issued = list.as_object_mut().unwrap().remove("validFrom").unwrap();
    list["issuanceDate"] = issued;
    list
}

fn judge_2021(entry: Json, list: &Json) -> Report {
    let web = web();
    web.page(LIST, "application/vc+ld+json", list.to_string());
    judged(&web, &badge_with("https://w3id.org/vc/status-list/2021/v1", entry))
}

#[test]
fn the_forerunner_of_2021_is_read() {
    valid(&judge_2021(entry_2021("77"), &sound(list_2021(&[78]))));
    invalid(&judge_2021(entry_2021("77"), &sound(list_2021(&[77]))), &["status.revoked"]);
    // One kind of entry does not take a list of the other.
    open(&judge_2021(entry_2021("77"), &sound(list("revocation", &[]))), "status.read");
    open(&judge(entry("revocation", "77".into()), &sound(list_2021(&[]))), "status.read");
}

#[test]
fn a_list_of_1edtech_is_read_and_may_take_back_its_word() {
    let url = "https://issuer.example/revoked";
    let entry = || json!({"id": url, "type": "1EdTechRevocationList"});
    let judge = |list: Json| {
        let web = web();
        web.page(url, "application/json", list.to_string());
        judged(&web, &badge_with(EXTENSIONS, entry()))
    };
    let id = "https://issuer.example/b/1";
    valid(&judge(json!({"id": url, "issuer": DID, "revokedCredential": []})));
    let revoked = judge(json!({"revokedCredential": [{"id": id, "revocationReason": "error"}]}));
    invalid(&revoked, &["status.revoked"]);
    assert_eq!(revoked.check("status.revoked").unwrap().facts["reason"], "error");
    valid(&judge(json!({"revokedCredential": [{"id": id, "revoked": false}]})));
    for bad in [
        json!({}),
        json!([]),
        json!({"revokedCredential": [7]}),
        json!({"issuer": "did:web:evil.example", "revokedCredential": []}),
    ] {
        open(&judge(bad), "status.read");
    }
    for why in [Why::NotFound, Why::Server(500), Why::Timeout] {
        let web = web();
        web.failure(url, why);
        open(&judged(&web, &badge_with(EXTENSIONS, entry())), "status.read");
    }
}

#[test]
fn values_of_several_bits_have_messages() {
    let with = |value: u8, messages: Json| {
        let mut entry = entry("message", "3".into());
        entry["statusSize"] = 2.into();
        entry["statusMessage"] = messages;
        let mut bits = StatusList::new(MIN_ENTRIES * 2).unwrap();
        bits.set(6, value & 2 != 0).unwrap();
        bits.set(7, value & 1 != 0).unwrap();
        let mut list = list("message", &[]);
        list["credentialSubject"]["encodedList"] = bits.encode().into();
        judge(entry, &sound(list))
    };
    let all = json!([{"status": "0x0", "message": "good"}, {"status": "0x1", "message": "late"},
        {"status": "0x2", "message": "lost"}, {"status": "0x3", "message": "found"}]);
    for (value, message) in [(0, "good"), (1, "late"), (2, "lost"), (3, "found")] {
        let report = with(value, all.clone());
        valid(&report);
        let other = report.check("status.other").unwrap();
        assert_eq!(other.outcome, CheckOutcome::Note);
        assert_eq!(other.facts["entries"][0]["message"], message);
    }
    for bad in [
        json!([]),
        json!([{"status": "0x0", "message": "good"}]),
        json!([{"status": "0x0", "message": "a"}, {"status": "0x0", "message": "b"},
            {"status": "0x2", "message": "c"}, {"status": "0x3", "message": "d"}]),
        json!([{"status": "0x0"}, {"status": "0x1"}, {"status": "0x2"}, {"status": "0x3"}]),
        json!("good"),
    ] {
        let report = with(0, bad.clone());
        assert_eq!(report.verdict, Verdict::Invalid, "{bad}");
    }
    // A list of that many bits hides fewer badges than it must.
    let mut entry = entry("revocation", "3".into());
    entry["statusSize"] = 2.into();
    entry["statusMessage"] = all;
    open(&judge(entry, &sound(list("revocation", &[]))), "status.read");
}

#[test]
fn purposes_that_are_neither_revocation_nor_suspension_are_told() {
    let report = judge(entry("refresh", "3".into()), &sound(list("refresh", &[3])));
    valid(&report);
    let other = report.check("status.other").unwrap();
    assert_eq!(other.facts["entries"][0]["state"], "set");
    assert_eq!(report.check("status.read").unwrap().facts["entries"][0]["fresh"], true);
}
