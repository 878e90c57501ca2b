//! Open Badges 2.0 to the letter: names, kinds of values, endorsements, extensions.

use super::ob2::{
    ASSERTION, CLASS, CONTEXT, ISSUER, LIST, assertion, class, judge_signed, judge_url, profile,
    site,
};
use super::*;
use crate::resolve::Why;

#[test]
fn names_in_any_spelling_are_the_same_badge() {
    let web = site(|pages| {
        *pages.get_mut(ASSERTION).unwrap() = json!({
            "@context": [CONTEXT, {"ob": "https://w3id.org/openbadges#", "when": "ob:issueDate"}],
            "@type": ["ob:Assertion"],
            "@id": ASSERTION,
            "https://w3id.org/openbadges#badge": [{"@id": CLASS}],
            "ob:recipient": [{"@type": "email", "hashed": {"@value": true}, "salt": ["deadsea"],
                "ob:identityHash": "sha256$ecf5409f3f4b91ab60cc5ef4c02aef7032354375e70cf4d8e43f6a1d29891942"}],
            "verify": {"type": "hosted"},
            "when": [{"@value": "2026-05-01T00:00:00Z"}],
            "evidence": null,
            "related": []
        });
    });
    let report = judge_url(&web);
    valid(&report);
    assert_eq!(report.badge.unwrap().issued_on.unwrap().to_string(), "2026-05-01T00:00:00Z");
}

#[test]
fn a_context_that_gives_our_names_another_meaning_is_not_ours() {
    let web = site(|pages| {
        pages.get_mut(ASSERTION).unwrap()["@context"] =
            json!([CONTEXT, {"recipient": "https://evil.example/recipient"}]);
    });
    let report = judge_url(&web);
    assert!(ids(&report, CheckOutcome::Fail).contains(&"shape.members"), "{}", report.text());
    let foreign = site(|pages| {
        pages.get_mut(ASSERTION).unwrap()["@context"] = "https://schema.org".into();
    });
    assert_eq!(judge_url(&foreign).verdict, Verdict::Invalid);
    let beside = site(|pages| {
        pages.get_mut(ASSERTION).unwrap()["@context"] = json!([CONTEXT, "https://x.example/c"]);
    });
    let report = judge_url(&beside);
    valid(&report);
    assert_eq!(report.check("shape.terms").unwrap().outcome, CheckOutcome::Note);
}

#[test]
fn badges_of_2_1_have_the_terms_of_2_0() {
    let v2p1 = "https://purl.imsglobal.org/spec/ob/v2p1/ob_v2p1.jsonld";
    let web = site(|pages| {
        for page in pages.values_mut() {
            page["@context"] = v2p1.into();
        }
    });
    let report = judge_url(&web);
    valid(&report);
    assert_eq!(report.open_badges_version.as_deref(), Some("2.1"));
}

#[test]
fn every_property_has_its_kind_and_number() {
    type Change = fn(&mut Json);
    let cases: [(&'static str, &str, Change); 22] = [
        (ASSERTION, "/issuedOn", |d| {
            d["issuedOn"] = json!(["2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z"])
        }),
        (ASSERTION, "/badge", |d| d["badge"] = json!([CLASS, CLASS])),
        (ASSERTION, "/recipient/type", |d| d["recipient"]["type"] = "shoe size".into()),
        (ASSERTION, "/recipient/salt", |d| d["recipient"]["salt"] = 7.into()),
        (ASSERTION, "/revoked", |d| d["revoked"] = "no".into()),
        (ASSERTION, "/narrative", |d| d["narrative"] = 7.into()),
        (ASSERTION, "/evidence/0/id", |d| {
            d["evidence"] = json!([{"id": "see the attic", "name": "x"}])
        }),
        (ASSERTION, "/evidence/0/name", |d| d["evidence"] = json!([{"name": 7, "genre": "y"}])),
        (ASSERTION, "/version", |d| d["version"] = true.into()),
        (ASSERTION, "/@language", |d| d["@language"] = "the English one".into()),
        (ASSERTION, "/related/0/id", |d| d["related"] = json!([{"version": "2"}])),
        (ASSERTION, "/verification/creator", |d| d["verification"]["creator"] = "my key".into()),
        (CLASS, "/badge/criteria", |d| d["criteria"] = "do something".into()),
        (CLASS, "/badge/image", |d| d["image"] = "data:image/jpeg;base64,AA".into()),
        (CLASS, "/badge/image", |d| d["image"] = json!({"caption": "x", "author": ISSUER})),
        (CLASS, "/badge/tags/1", |d| d["tags"] = json!(["a", 2])),
        (CLASS, "/badge/name", |d| d["name"] = json!(["a", "b"])),
        (CLASS, "/badge/alignment/0/targetName", |d| {
            d["alignment"] = json!([{"targetUrl": "https://s.example/"}])
        }),
        (ISSUER, "/badge/issuer/email", |d| d["email"] = "office".into()),
        (ISSUER, "/badge/issuer/telephone", |d| d["telephone"] = "+1 (212) 555".into()),
        (ISSUER, "/badge/issuer/type", |d| d["type"] = "Person".into()),
        (ISSUER, "/badge/issuer/verification/verificationProperty", |d| {
            d["verification"] =
                json!({"type": "VerificationObject", "verificationProperty": "name"})
        }),
    ];
    for (url, pointer, change) in cases {
        let report = judge_url(&site(|pages| change(pages.get_mut(url).unwrap())));
        assert_eq!(report.verdict, Verdict::Invalid, "{pointer}\n{}", report.text());
        let problems = &report.check("shape.members").unwrap().facts.get("problems").cloned();
        let problems = problems.clone().unwrap_or_default().to_string();
        assert!(problems.contains(&format!("{pointer:?}")), "{pointer}: {problems}");
    }
    // All of it at once, as it should be.
    valid(&judge_url(&site(|pages| {
        let assertion = pages.get_mut(ASSERTION).unwrap();
        assertion["@language"] = "en-US".into();
        assertion["version"] = 2.into();
        assertion["related"] =
            json!([{"id": "https://issuer.example/a/0", "version": "1", "@language": "es"}]);
        assertion["evidence"] = json!(["https://issuer.example/e/1", {"narrative": "Seen."}]);
        assertion["image"] = json!({"id": "https://issuer.example/a/1.png", "caption": "A tree"});
        let class = pages.get_mut(CLASS).unwrap();
        class["tags"] = json!(["a", "b"]);
        class["criteria"] = "https://issuer.example/c/1.html".into();
        class["alignment"] =
            json!({"targetName": "x", "targetUrl": "https://s.example/", "targetCode": "1"});
        let issuer = pages.get_mut(ISSUER).unwrap();
        issuer["telephone"] = "+12125550100".into();
        issuer["description"] = json!([{"@value": "Issuer", "@language": "en"},
            {"@value": "Emisor", "@language": "es"}]);
    })));
}

#[test]
fn what_is_left_of_a_revoked_badge_is_revoked() {
    let left =
        json!({"@context": CONTEXT, "id": ASSERTION, "revoked": true, "revocationReason": "error"});
    let report = judge_url(&site(|pages| drop(pages.insert(ASSERTION, left))));
    invalid(&report, &["status.revoked"]);
    assert_eq!(report.state(), State::Revoked);
    assert_eq!(report.check("status.revoked").unwrap().facts["reason"], "error");
}

#[test]
fn a_revocation_list_is_read_under_either_name() {
    let uuid = "urn:uuid:5f4e7a56-9c3e-4b0e-8f3b-1f6f4b9c6a11";
    for (name, entries, revoked) in [
        ("revokedAssertions", json!([uuid]), true),
        ("revoked", json!([uuid, "urn:uuid:0"]), true),
        ("obi:revoked", json!({"@id": uuid}), true),
        ("revokedAssertions", json!([]), false),
    ] {
        let list = json!({"@context": CONTEXT, "@type": "RevocationList", "@id": LIST,
            "issuer": ISSUER, name: entries});
        let report = judge_signed(&site(|pages| drop(pages.insert(LIST, list))));
        if revoked {
            invalid(&report, &["status.revoked"]);
        } else {
            valid(&report);
        }
    }
}

const ENDORSEMENT: &str = "https://board.example/e/1";
const BOARD: &str = "https://board.example/board";

fn endorsement(of: &str) -> Json {
    json!({"@context": CONTEXT, "type": "Endorsement", "id": ENDORSEMENT, "issuer": BOARD,
        "claim": {"id": of, "endorsementComment": "Good."}, "issuedOn": "2026-05-02T00:00:00Z",
        "verification": {"type": "HostedBadge"}})
}

fn endorsed(web: &FakeWeb, endorsement: &Json) {
    let mut board = profile();
    board["id"] = BOARD.into();
    board["url"] = "https://board.example".into();
    web.page(ENDORSEMENT, "application/ld+json", endorsement.to_string());
    web.page(BOARD, "application/ld+json", board.to_string());
}

#[test]
fn hosted_endorsements_have_reports_and_never_sink_the_badge() {
    let named = |place: &'static str| {
        site(move |pages| pages.get_mut(place).unwrap()["endorsement"] = json!([ENDORSEMENT]))
    };
    for (place, pointer) in [
        (ASSERTION, "/endorsement"),
        (CLASS, "/badge/endorsement"),
        (ISSUER, "/badge/issuer/endorsement"),
    ] {
        let web = named(place);
        endorsed(&web, &endorsement(place));
        let report = judge_url(&web);
        valid(&report);
        assert_eq!(report.reports.len(), 1, "{}", report.text());
        assert_eq!(report.reports[0].pointer, pointer);
        valid(&report.reports[0].report);
        assert_eq!(report.check("endorsement.verified").unwrap().outcome, CheckOutcome::Pass);
        // What is endorsed is another thing.
        endorsed(&web, &endorsement("https://issuer.example/other"));
        let report = judge_url(&web);
        valid(&report);
        invalid(&report.reports[0].report, &["subject.endorsed"]);
    }
    let web = named(CLASS);
    web.failure(ENDORSEMENT, Why::Timeout);
    let report = judge_url(&web);
    valid(&report);
    open(&report.reports[0].report, "hosted.document");
    web.failure(ENDORSEMENT, Why::Gone(None));
    invalid(&judge_url(&web).reports[0].report, &["status.revoked"]);
}

#[test]
fn an_endorsement_of_2_0_by_itself_is_judged() {
    let web = FakeWeb::new();
    endorsed(&web, &endorsement(CLASS));
    let report = run(&web, ENDORSEMENT, Options::default());
    valid(&report);
    assert_eq!(report.open_badges_version.as_deref(), Some("2.0"));
    valid(&judged(&web, &endorsement(CLASS)));
    // Hosted by somebody else than its issuer.
    let theirs = "https://evil.example/e/1";
    let mut forged = endorsement(CLASS);
    forged["id"] = theirs.into();
    web.page(theirs, "x", forged.to_string());
    invalid(&run(&web, theirs, Options::default()), &["hosted.scope"]);
    let mut broken = endorsement(CLASS);
    broken.as_object_mut().unwrap().remove("claim");
    endorsed(&web, &broken);
    let report = run(&web, ENDORSEMENT, Options::default());
    assert!(ids(&report, CheckOutcome::Fail).contains(&"shape.members"), "{}", report.text());
}

#[test]
fn extensions_are_held_to_their_schemas() {
    let geo = |change: fn(&mut Json)| {
        let mut extension = json!({
            "@context": "https://w3id.org/openbadges/extensions/geoCoordinatesExtension/context.json",
            "type": ["Extension", "extensions:GeoCoordinates"],
            "name": "School", "description": "Where", "geo": {"latitude": 41.5, "longitude": -93.6}
        });
        change(&mut extension);
        judge_url(&site(|pages| {
            pages.get_mut(ASSERTION).unwrap()["schema:location"] = extension;
        }))
    };
    let report = geo(|_| ());
    valid(&report);
    assert_eq!(report.check("shape.extensions").unwrap().outcome, CheckOutcome::Pass);
    invalid(&geo(|e| drop(e.as_object_mut().unwrap().remove("geo"))), &["shape.extensions"]);
    invalid(&geo(|e| e["geo"]["latitude"] = "north".into()), &["shape.extensions"]);
    for change in [
        (|e: &mut Json| e["@context"] = "https://x.example/context.json".into()) as fn(&mut Json),
        |e| e["type"] = json!(["Extension", "extensions:Unheard"]),
    ] {
        let report = geo(change);
        valid(&report);
        assert_eq!(report.check("shape.extensions").unwrap().outcome, CheckOutcome::Note);
    }
}

#[test]
fn a_profile_may_set_its_scope_by_several_starts() {
    let web = site(|pages| {
        pages.get_mut(ISSUER).unwrap()["verification"] = json!({"type": "VerificationObject",
            "startsWith": ["https://issuer.example/a/", "https://issuer.example/c/"],
            "allowedOrigins": ["issuer.example"]});
    });
    valid(&judge_url(&web));
    let narrow = site(|pages| {
        pages.get_mut(ISSUER).unwrap()["verification"] =
            json!({"startsWith": "https://issuer.example/b/"});
    });
    invalid(&judge_url(&narrow), &["hosted.scope"]);
    assert_eq!(assertion()["badge"], class()["id"]);
}
