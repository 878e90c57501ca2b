use super::*;
use crate::baking::{Payload, bake, sniff, unbake};

const NS2: &str = "http://openbadges.org";
const NS3: &str = "https://purl.imsglobal.org/ob/v3p0";
const JSON: &str = r#"{"id":"https://a.example/1?a=1&b=2","name":"]]> <b> & \"ü\" {x}","n":[[1]]}"#;
const JWS: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpZCI6InVybjp1dWlkOjEifQ.c2ln";
const PLAIN: &str = "<?xml version=\"1.0\"?>\n<!DOCTYPE svg [<!ENTITY e \"x\">]>\n<!-- c -->\
    <svg xmlns=\"http://www.w3.org/2000/svg\"  viewBox='0 0 9 9' ><g><rect/>&e;</g></svg>\n<!-- d -->";

fn fault(image: impl AsRef<[u8]>) -> Fault {
    match unbake(image.as_ref()) {
        Err(Error::Svg(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

fn svg(inside: &str) -> String {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:o='{NS2}' xmlns:v='{NS3}'>{inside}</svg>"
    )
}

fn text_of(baked: &[u8]) -> String {
    String::from_utf8(baked.to_vec()).unwrap()
}

#[test]
fn what_is_baked_is_found_again_in_both_versions_and_forms() {
    for version in [BadgeVersion::Ob2, BadgeVersion::Ob3] {
        let baked = bake(PLAIN.as_bytes(), version, Payload::Json(JSON)).unwrap();
        let found = unbake(&baked).unwrap();
        assert_eq!((found.version, found.oddities.len()), (version, 0));
        assert_eq!(json::parse(found.content.as_str()), json::parse(JSON));
        roxmltree::Document::parse_with_options(
            &text_of(&baked),
            roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() },
        )
        .unwrap();
        let baked = bake(&baked, version, Payload::Jws(JWS)).unwrap();
        assert_eq!(unbake(&baked).unwrap().content, Content::Jws(JWS.to_owned()));
        assert_eq!(text_of(&baked).matches("<openbadges:").count(), 1);
    }
}

#[test]
fn writes_the_exact_form_that_other_readers_look_for() {
    let baked =
        bake(b"<svg width='9'/>", BadgeVersion::Ob2, Payload::Json(r#"{"id":"https://a/?b&c"}"#));
    assert_eq!(
        text_of(&baked.unwrap()),
        "<svg xmlns:openbadges=\"http://openbadges.org\" width='9'><openbadges:assertion \
         verify=\"https://a/?b&amp;c\"><![CDATA[{\"id\":\"https://a/?b&c\"}]]>\
         </openbadges:assertion></svg>"
    );
    let baked = bake(b"<svg/>", BadgeVersion::Ob3, Payload::Jws(JWS)).unwrap();
    assert_eq!(
        text_of(&baked),
        format!("<svg xmlns:openbadges=\"{NS3}\"><openbadges:credential verify=\"{JWS}\"/></svg>")
    );
}

#[test]
fn baking_keeps_everything_else_byte_for_byte() {
    let baked = text_of(&bake(PLAIN.as_bytes(), BadgeVersion::Ob3, Payload::Jws(JWS)).unwrap());
    let declaration = format!(" xmlns:openbadges=\"{NS3}\"");
    let badge = format!("<openbadges:credential verify=\"{JWS}\"/>");
    assert_eq!(baked.replacen(&declaration, "", 1).replacen(&badge, "", 1), PLAIN);
}

#[test]
fn baking_again_takes_out_badges_of_any_prefix_version_and_place() {
    let old = svg("<o:assertion verify='https://x.example/1'>{}</o:assertion><g>\
        <v:credential verify='a.b.c'/><v:credential><v:credential/></v:credential></g>");
    let old = old.replacen(
        "<svg",
        &format!("<svg xmlns:openbadges = '{NS2}' data-x='xmlns:openbadges=\"y\"'"),
        1,
    );
    let baked = text_of(&bake(old.as_bytes(), BadgeVersion::Ob3, Payload::Jws(JWS)).unwrap());
    assert_eq!(unbake(baked.as_bytes()).unwrap().content, Content::Jws(JWS.to_owned()));
    assert!(baked.ends_with("<g></g></svg>"), "{baked}");
    assert_eq!(baked.matches("xmlns:openbadges").count(), 2, "{baked}");
    let taken = "<svg xmlns:openbadges='urn:other'><openbadges:thing/></svg>";
    let refused = bake(taken.as_bytes(), BadgeVersion::Ob3, Payload::Jws(JWS));
    assert_eq!(refused, Err(Error::Svg(Fault::PrefixTaken)));
}

#[test]
fn reads_by_namespace_and_by_no_other_sign() {
    assert_eq!(
        unbake(svg("<o:assertion>{}</o:assertion>").as_bytes()).unwrap().version,
        BadgeVersion::Ob2
    );
    let default = svg(&format!("<credential xmlns='{NS3}'>{{}}</credential>"));
    assert_eq!(unbake(default.as_bytes()).unwrap().version, BadgeVersion::Ob3);
    for other in [
        "<assertion>{}</assertion>",
        "<v:assertion>{}</v:assertion>",
        "<o:credential/>",
        "<x:assertion xmlns:x='http://openbadges.org/'>{}</x:assertion>",
        "<p:assertion>{}</p:assertion>",
        "<!-- <o:assertion>{}</o:assertion> -->",
        "<![CDATA[<o:assertion>{}</o:assertion>]]>",
    ] {
        assert_eq!(unbake(svg(other).as_bytes()), Err(Error::NoBadge), "{other}");
    }
}

#[test]
fn the_text_counts_before_the_attribute_and_disagreement_is_told() {
    let read = |inside: &str| unbake(svg(inside).as_bytes()).unwrap();
    let agree = read("<o:assertion verify='https://a/1'>{\"id\":\"https://a/1\"}</o:assertion>");
    assert!(agree.oddities.is_empty());
    let differ = read("<o:assertion verify='https://a/2'>{\"id\":\"https://a/1\"}</o:assertion>");
    assert_eq!(differ.content, Content::Json("{\"id\":\"https://a/1\"}".to_owned()));
    assert_eq!(differ.oddities, [Oddity::VerifyDisagrees { verify: "https://a/2".to_owned() }]);
    let jws = read(&format!("<o:assertion verify='{JWS}'>{{\"id\":\"urn:uuid:1\"}}</o:assertion>"));
    assert!(jws.oddities.is_empty());
    let jws = read(&format!("<o:assertion verify='{JWS}'>{{\"id\":\"urn:uuid:2\"}}</o:assertion>"));
    assert_eq!(jws.oddities.len(), 1);
    assert_eq!(
        read("<o:assertion verify=' https://a/1 '/>").content,
        Content::Url("https://a/1".to_owned())
    );
    let pieces = read("<v:credential>{\"a\":<!-- x -->\"&lt;&#65;<![CDATA[<]]>\"}</v:credential>");
    assert_eq!(pieces.content.as_str(), "{\"a\":\"<A<\"}");
    let late = read("<g/><v:credential>{}</v:credential>");
    assert_eq!(late.oddities, [Oddity::NotFirst]);
}

#[test]
fn several_badges_are_refused() {
    let two = svg("<o:assertion>{}</o:assertion><g><v:credential>{}</v:credential></g>");
    assert_eq!(unbake(two.as_bytes()), Err(Error::ManyBadges(2)));
    assert_eq!(unbake(svg("<o:assertion/>").as_bytes()), Err(Error::Svg(Fault::EmptyBadge)));
    assert_eq!(fault(svg("<o:assertion><b/>{}</o:assertion>")), Fault::ElementInBadge);
}

#[test]
fn entities_and_outside_documents_are_never_resolved() {
    let laughs =
        "<!DOCTYPE svg [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;'>]>";
    let image = format!("{laughs}{}", svg("<o:assertion>&c;</o:assertion>"));
    assert_eq!(fault(image), Fault::Entity("c".to_owned()));
    let outside = "<!DOCTYPE svg SYSTEM 'http://127.0.0.1:1/x.dtd' [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>";
    assert_eq!(
        fault(format!("{outside}{}", svg("<o:assertion>{&f;}</o:assertion>"))),
        Fault::Entity("f".to_owned())
    );
    let elsewhere = format!("{outside}{}", svg("<g>&f;</g><o:assertion>{}</o:assertion>"));
    assert_eq!(unbake(elsewhere.as_bytes()).unwrap().content.as_str(), "{}");
    assert!(matches!(fault(svg("<o:assertion verify='&f;'/>")), Fault::Entity(_)));
}

#[test]
fn limits_on_depth_attributes_names_and_elements_are_kept() {
    let deep = svg(&format!("{}{}", "<g>".repeat(70), "</g>".repeat(70)));
    assert_eq!(fault(deep), Fault::TooMany { of: "levels of elements", limit: 64 });
    let attributes: String = (0..1_001).map(|n| format!(" a{n}=''")).collect();
    let wide = svg(&format!("<g{attributes}/>"));
    assert_eq!(fault(wide), Fault::TooMany { of: "attributes on one element", limit: 1_000 });
    let spaces: String = (0..70).map(|n| format!(" xmlns:n{n}='u'")).collect();
    assert_eq!(
        fault(svg(&format!("<g{spaces}/>"))),
        Fault::TooMany { of: "namespace declarations", limit: 64 }
    );
    let many = svg(&"<g/>".repeat(100_001));
    assert_eq!(fault(many), Fault::TooMany { of: "elements", limit: 100_000 });
    assert!(matches!(fault(svg(&format!("<{}/>", "n".repeat(300)))), Fault::Malformed { .. }));
    let long = svg(&format!("<o:assertion>{{{}</o:assertion>", " ".repeat(MAX_TEXT)));
    assert_eq!(unbake(long.as_bytes()), Err(Error::TextTooLong));
    let siblings: String = (0..70).map(|n| format!("<g xmlns:n{n}='u'/>")).collect();
    assert_eq!(
        unbake(svg(&siblings).as_bytes()),
        Err(Error::NoBadge),
        "scopes end with their element"
    );
}

#[test]
fn malformed_documents_are_named_with_their_place() {
    for broken in [
        "<svg",
        "<svg>",
        "<svg></g>",
        "<svg a='1' a='2'/>",
        "<svg a=1/>",
        "<svg><g a></svg>",
        "<svg>&</svg>",
        "<svg><![CDATA[x</svg>",
        "<svg><a<b/></svg>",
        "<svg><a:b:c/></svg>",
    ] {
        assert!(unbake(broken.as_bytes()).is_err(), "{broken}");
        assert!(bake(broken.as_bytes(), BadgeVersion::Ob3, Payload::Jws(JWS)).is_err(), "{broken}");
    }
    assert_eq!(fault("<svg/><svg/>"), Fault::NotSvg);
    assert_eq!(fault("<svg/>text"), Fault::NotSvg);
    assert_eq!(fault("<svg xmlns='urn:x'/>"), Fault::NotSvg);
    assert_eq!(fault("<svg>\u{1}</svg>"), Fault::IllegalCharacter(5));
    assert_eq!(fault("<svg>&#0;</svg>"), Fault::IllegalCharacter(9));
    assert_eq!(fault(b"<svg>\xff</svg>"), Fault::NotUtf8);
    assert_eq!(fault("<?xml version='1.0' encoding='ISO-8859-1'?><svg/>"), Fault::NotUtf8);
}

#[test]
fn every_cut_of_a_baked_image_is_refused_without_a_panic() {
    let baked = bake(PLAIN.as_bytes(), BadgeVersion::Ob2, Payload::Json(JSON)).unwrap();
    let end = text_of(&baked).find("</svg>").unwrap() + 5;
    for at in 0..end {
        assert!(unbake(&baked[..at]).is_err(), "cut at {at}");
        let _ = sniff(&baked[at..]);
    }
}
