use super::*;
use crate::json;
use crate::wire::Ob2Version;

fn upgraded(value: &str, upgrade: impl FnOnce(&Value<'_>) -> Value<'static>) -> serde_json::Value {
    (&upgrade(&json::parse(value).unwrap())).into()
}

#[test]
fn a_badge_of_2011_becomes_one_of_2_0() {
    let found = upgraded(
        r#"{"recipient":"sha256$ab","salt":"s","evidence":"https://i.example/e","issued_on":"2012-01-02",
            "expires":"2013-01-02T10:00:00","badge":{"version":"0.5.0","name":"N","image":"/i.png",
            "description":"D","criteria":"/c","issuer":{"origin":"https://i.example","name":"I",
            "org":"O","contact":"a@i.example"}}}"#,
        |value| assertion(value, Ob2Version::V0_5, Some("https://i.example/a")),
    );
    assert_eq!(found["id"], "https://i.example/a");
    assert_eq!(found["type"], "Assertion");
    assert_eq!(found["issuedOn"], "2012-01-02T00:00:00Z");
    assert_eq!(found["expires"], "2013-01-02T10:00:00Z");
    assert_eq!(found["recipient"]["type"], "email");
    assert_eq!(found["recipient"]["hashed"], true);
    assert_eq!(found["recipient"]["salt"], "s");
    assert_eq!(found["verification"]["type"], "HostedBadge");
    assert_eq!(found["badge"]["type"], "BadgeClass");
    assert_eq!(found["badge"]["image"], "https://i.example/i.png");
    assert_eq!(found["badge"]["criteria"], "https://i.example/c");
    assert!(found["badge"].get("version").is_none());
    let issuer = &found["badge"]["issuer"];
    assert_eq!(issuer["id"], "https://i.example");
    assert_eq!(issuer["email"], "a@i.example");
    assert_eq!(issuer["org"], "O");
}

#[test]
fn badges_of_1_x_keep_their_facts_under_the_names_of_2_0() {
    let hosted = upgraded(
        r#"{"uid":"7","recipient":{"type":"email","identity":"x","hashed":false},"badge":"https://i.example/c",
            "verify":{"type":"hosted","url":"https://i.example/a"},"issuedOn":1359217910}"#,
        |value| assertion(value, Ob2Version::V1_0, None),
    );
    assert_eq!(hosted["id"], "https://i.example/a");
    assert_eq!(hosted["verification"]["type"], "hosted");
    assert_eq!(hosted["issuedOn"], "2013-01-26T16:31:50Z");
    let signed = upgraded(
        r#"{"uid":"7","badge":"https://i.example/c","verify":{"type":"signed","url":"https://i.example/k"},
            "issuedOn":"1359217910"}"#,
        |value| assertion(value, Ob2Version::V1_0, None),
    );
    assert_eq!(signed["id"], "urn:x-openbadges-uid:7");
    assert_eq!(signed["verification"]["creator"], "https://i.example/k");
    assert_eq!(signed["issuedOn"], "2013-01-26T16:31:50Z");
    let class = upgraded(
        r#"{"name":"N","alignment":[{"name":"A","url":"https://s.example/","description":"D"}]}"#,
        |value| badge_class(value, Ob2Version::V1_0, Some("https://i.example/c")),
    );
    assert_eq!(class["id"], "https://i.example/c");
    assert_eq!(class["alignment"][0]["targetName"], "A");
    assert_eq!(class["alignment"][0]["targetUrl"], "https://s.example/");
    let misnamed = json::parse(r#"{"verification":{"type":"hosted"}}"#).unwrap();
    assert!(misnamed_verification(&misnamed));
    let upgraded = assertion(&misnamed, Ob2Version::V1_1, None);
    assert!(upgraded.get("verification").is_none());
}

#[test]
fn dates_that_are_none_stay_what_they_are() {
    for (given, read) in [
        ("1359217910", "\"2013-01-26T16:31:50Z\""),
        ("\"2013-01-26\"", "\"2013-01-26T00:00:00Z\""),
        ("\"2013-01-26T16:31:50+02:00\"", "\"2013-01-26T14:31:50Z\""),
        ("\"soon\"", "\"soon\""),
        ("1e9", "1e9"),
        ("-5", "-5"),
        ("99999999999", "99999999999"),
        ("[1]", "[1]"),
    ] {
        let found = assertion(
            &json::parse(&format!(r#"{{"issuedOn":{given}}}"#)).unwrap(),
            Ob2Version::V1_0,
            None,
        );
        assert_eq!(found.get("issuedOn").unwrap().to_string(), read, "{given}");
    }
}

#[test]
fn a_list_from_uid_to_reason_is_read() {
    let found = upgraded(r#"{"abc":"mistake","def":""}"#, revocation_list);
    assert_eq!(found["revokedAssertions"][0]["uid"], "abc");
    assert_eq!(found["revokedAssertions"][0]["revocationReason"], "mistake");
    let later = r#"{"type":"RevocationList","revokedAssertions":["urn:1"]}"#;
    assert_eq!(upgraded(later, revocation_list).to_string(), later);
}
