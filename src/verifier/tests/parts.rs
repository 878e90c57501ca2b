//! Endorsements, transcripts, presentations, envelopes: each part with its own report.

use super::*;
use crate::resolve::Why;

fn own_did(seed: u8) -> (PrivateKey, String, String) {
    let key = key(seed);
    let did = did_key(&key);
    let method = did::did_key_method(key.public()).unwrap();
    (key, did, method)
}

fn endorsement(of: &str) -> Json {
    let (key, did, method) = own_did(7);
    let plain = unsigned_endorsement(&did, of);
    signed(plain, &key, &method)
}

fn unsigned_endorsement(issuer: &str, of: &str) -> Json {
    json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
        ],
        "id": "urn:uuid:3f4e7a56-9c3e-4b0e-8f3b-1f6f4b9c6a77",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "We vouch for it",
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Board"},
        "validFrom": "2026-05-02T00:00:00Z",
        "credentialSubject": {"id": of, "type": ["EndorsementSubject"], "endorsementComment": "Good."}
    })
}

/// A badge with endorsements at these members, signed.
fn endorsed(change: impl FnOnce(&mut Json)) -> Json {
    let mut badge = credential(DID);
    change(&mut badge);
    signed(badge, &key(1), &method(&key(1)))
}

const BADGE: &str = "https://issuer.example/b/1";
const CLASS: &str = "https://issuer.example/badge-classes/1/1";

#[test]
fn an_endorsement_by_itself_is_judged() {
    let web = FakeWeb::new();
    let report = judged(&web, &endorsement(BADGE));
    valid(&report);
    assert_eq!(report.check("badge-class.resolved").unwrap().outcome, CheckOutcome::Skip);
    assert_eq!(report.check("subject.endorsed").unwrap().facts["endorsed"], BADGE);
    let mut tampered = endorsement(BADGE);
    tampered["credentialSubject"]["endorsementComment"] = "Bad.".into();
    invalid(&judged(&web, &tampered), &["proof.signature"]);
    let mut nameless = unsigned_endorsement(&own_did(7).1, BADGE);
    nameless["credentialSubject"].as_object_mut().unwrap().remove("id");
    let (key, _, method) = own_did(7);
    let report = judged(&web, &signed(nameless, &key, &method));
    assert!(ids(&report, CheckOutcome::Fail).contains(&"shape.members"), "{}", report.text());
}

#[test]
fn endorsements_get_reports_wherever_they_stand_and_never_sink_the_badge() {
    let web = web();
    let badge = endorsed(|badge| {
        badge["endorsement"] = json!([endorsement(BADGE)]);
        badge["credentialSubject"]["achievement"]["endorsement"] = json!([endorsement(CLASS)]);
        badge["issuer"]["endorsement"] = json!([endorsement(DID)]);
    });
    let report = judged(&web, &badge);
    valid(&report);
    let mut pointers: Vec<&str> = report.reports.iter().map(|part| part.pointer.as_str()).collect();
    pointers.sort_unstable();
    assert_eq!(
        pointers,
        ["/credentialSubject/achievement/endorsement/0", "/endorsement/0", "/issuer/endorsement/0"]
    );
    for part in &report.reports {
        assert_eq!(part.part, "endorsement");
        valid(&part.report);
        assert!(part.report.documents.is_empty());
    }
    assert_eq!(report.check("endorsement.verified").unwrap().outcome, CheckOutcome::Pass);

    // One that is forged, and one of something else.
    let mut forged = endorsement(BADGE);
    forged["name"] = "Changed".into();
    let report =
        judged(&web, &endorsed(|b| b["endorsement"] = json!([forged, endorsement(CLASS)])));
    valid(&report);
    assert_eq!(report.check("endorsement.verified").unwrap().outcome, CheckOutcome::Fail);
    invalid(&report.reports[0].report, &["proof.signature"]);
    invalid(&report.reports[1].report, &["subject.endorsed"]);
}

#[test]
fn endorsements_as_tokens_are_read_and_others_named() {
    let (key, did, method) = own_did(7);
    let plain = unsigned_endorsement(&did, BADGE);
    let token = token(&payload(&plain), &key, &method);
    let report = judged(
        &web(),
        &endorsed(|b| b["endorsementJwt"] = json!([token, "eyJhbGciOiJub25lIn0.e30.AA"])),
    );
    valid(&report);
    valid(&report.reports[0].report);
    assert_eq!(report.reports[0].report.format, Some(Format::VcJwt));
    invalid(&report.reports[1].report, &["input.read"]);
}

#[test]
fn an_endorser_who_cannot_be_read_leaves_the_badge_alone() {
    let endorser = "did:web:board.example";
    let plain = unsigned_endorsement(endorser, BADGE);
    let endorsement = signed(plain, &key(7), &format!("{endorser}#key"));
    let web = web();
    web.failure("https://board.example/.well-known/did.json", Why::Timeout);
    let report = judged(&web, &endorsed(|b| b["endorsement"] = json!([endorsement])));
    valid(&report);
    open(&report.reports[0].report, "proof.key");
    assert_eq!(report.check("endorsement.verified").unwrap().outcome, CheckOutcome::Unknown);
    assert_eq!(web.asked()[0], DID_URL, "what the badge itself needs comes first");
}

/// A badge whose blank nodes nobody can tell apart in bounded work, with these proofs.
fn poison(proofs: usize) -> Json {
    let node = |name: usize| format!("_:b{name}");
    let related = |own: usize| -> Vec<Json> {
        let others = (0..7).filter(|other| *other != own);
        others.map(|other| json!({"id": node(other), "type": ["Related"]})).collect()
    };
    let classes: Vec<Json> = (0..7)
        .map(|own| json!({"id": node(own), "type": ["Achievement"], "related": related(own)}))
        .collect();
    let (key, did, method) = own_did(7);
    let mut badge = credential(&did);
    badge["credentialSubject"]["achievement"] = json!([]);
    let proof = signed(badge.clone(), &key, &method)["proof"].clone();
    badge["credentialSubject"]["achievement"] = classes.into();
    badge["proof"] = vec![proof; proofs].into();
    badge
}

#[test]
fn the_work_for_one_input_is_bounded_whatever_stands_in_it() {
    let web = FakeWeb::new();
    let report = judged(&web, &poison(3));
    let signature = report.check("proof.signature").unwrap();
    assert_eq!(signature.outcome, CheckOutcome::Fail);
    assert!(signature.message.contains("exceeds the limit"), "{}", signature.message);
    let others = report.check("proof.others").unwrap();
    assert_eq!(others.outcome, CheckOutcome::Note, "{}", others.message);

    let badges = vec![poison(16); 12];
    let report = judged(
        &web,
        &json!({"@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"], "verifiableCredential": badges}),
    );
    assert_eq!(report.reports.len(), 6, "{}", report.text());
    let parts = report.check("parts.authentic").unwrap();
    assert_eq!((parts.outcome, &parts.facts["leftOut"]), (CheckOutcome::Fail, &json!(6)));
}

#[test]
fn parts_are_bounded_in_number_and_depth() {
    let many: Vec<Json> = (0..200).map(|_| json!({"type": "EndorsementCredential"})).collect();
    let mut badge = credential(DID);
    badge["endorsement"] = many.into();
    let report =
        run(&web(), token(&payload(&badge), &key(1), &method(&key(1))), Options::default());
    assert!(report.reports.len() < 60, "{}", report.reports.len());
    let left = report.check("endorsement.verified").unwrap().facts["leftOut"].as_u64().unwrap();
    assert_eq!(left as usize + report.reports.len(), 200);

    let mut deep = json!({"type": ["VerifiablePresentation"]});
    for _ in 0..20 {
        deep = json!({"@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"], "verifiableCredential": [deep]});
    }
    let report = judged(&FakeWeb::new(), &deep);
    assert_eq!(report.verdict, Verdict::Invalid, "{}", report.text());
    let mut depth = 0;
    let mut inner = &report;
    while let Some(part) = inner.reports.first() {
        depth += 1;
        inner = &part.report;
    }
    assert!(depth < 8, "{depth}");
}

fn transcript(parts: Json) -> Json {
    json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
        ],
        "id": "https://issuer.example/t/1",
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "Transcript",
        "issuer": {"id": DID, "type": ["Profile"], "name": "Issuer"},
        "validFrom": "2026-05-10T00:00:00Z",
        "credentialSubject": {
            "id": "urn:uuid:5f4e7a56-9c3e-4b0e-8f3b-1f6f4b9c6a11",
            "type": ["ClrSubject"],
            "verifiableCredential": parts,
            "association": [{"type": "Association", "associationType": "isRelatedTo",
                "sourceId": CLASS, "targetId": CLASS}]
        }
    })
}

fn good() -> Json {
    endorsed(|_| ())
}

#[test]
fn a_transcript_holds_badges_with_reports_of_their_own() {
    let report = judged(
        &web(),
        &signed(transcript(json!([good(), self_contained()])), &key(1), &method(&key(1))),
    );
    valid(&report);
    assert_eq!(report.reports.len(), 2);
    assert_eq!(report.reports[0].part, "credential");
    assert_eq!(report.reports[0].pointer, "/credentialSubject/verifiableCredential/0");
    report.reports.iter().for_each(|part| valid(&part.report));
    assert_eq!(report.badge.as_ref().unwrap().name.as_deref(), Some("Transcript"));
}

#[test]
fn a_forged_part_makes_the_transcript_misleading_and_an_expired_one_does_not() {
    let sign = |parts: Json| signed(transcript(parts), &key(1), &method(&key(1)));
    let mut forged = good();
    forged["credentialSubject"]["achievement"]["name"] = "Doctor".into();
    let report = judged(&web(), &sign(json!([good(), forged])));
    invalid(&report, &["parts.authentic"]);
    invalid(&report.reports[1].report, &["proof.signature"]);
    let expired = endorsed(|badge| badge["validUntil"] = "2026-05-03T00:00:00Z".into());
    let report = judged(&web(), &sign(json!([good(), expired])));
    valid(&report);
    assert_eq!(report.check("parts.in-force").unwrap().outcome, CheckOutcome::Note);
    invalid(&report.reports[1].report, &["time.expired"]);
    // What a transcript needs itself.
    for (pointer, value) in [
        ("/credentialSubject/type", json!(["AchievementSubject"])),
        ("/credentialSubject/verifiableCredential", json!([])),
        ("/name", json!("")),
    ] {
        let mut broken = transcript(json!([good()]));
        *broken.pointer_mut(pointer).unwrap() = value;
        let token = token(&payload(&broken), &key(1), &method(&key(1)));
        let report = run(&web(), token, Options::default());
        assert!(ids(&report, CheckOutcome::Fail).contains(&"shape.members"), "{pointer}");
    }
}

fn presentation(parts: Json) -> Json {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": parts
    })
}

/// With the holder's own proof.
fn presented(parts: Json) -> Json {
    let (key, did, method) = own_did(9);
    let mut presentation = presentation(parts);
    presentation["holder"] = did.into();
    let options = ProofOptions { purpose: "authentication", ..ProofOptions::default() };
    let proof = proof(&presentation, &key, &method, &options);
    presentation["proof"] = proof;
    presentation
}

#[test]
fn a_presentation_is_what_it_shows() {
    for presentation in [presentation(json!([good()])), presented(json!([good()]))] {
        let report = judged(&web(), &presentation);
        valid(&report);
        assert_eq!(report.reports.len(), 1);
        valid(&report.reports[0].report);
    }
    let bare = judged(&web(), &presentation(json!([good()])));
    assert_eq!(bare.check("proof.present").unwrap().outcome, CheckOutcome::Note);
    assert_eq!(bare.format, None);
    let expired = endorsed(|badge| badge["validUntil"] = "2026-05-03T00:00:00Z".into());
    let report = judged(&web(), &presented(json!([good(), expired])));
    invalid(&report, &["parts.in-force"]);
    let mut forged = good();
    forged["name"] = "x".into();
    let report = judged(&web(), &presentation(json!([forged])));
    invalid(&report, &["parts.authentic", "parts.in-force"]);
    let mut altered = presented(json!([good()]));
    altered["id"] = "urn:uuid:5f4e7a56-9c3e-4b0e-8f3b-1f6f4b9c6a12".into();
    invalid(&judged(&web(), &altered), &["proof.signature"]);
    assert!(
        ids(&judged(&web(), &presentation(json!([]))), CheckOutcome::Fail)
            .contains(&"shape.members")
    );
}

#[test]
fn a_holder_shows_who_she_is_by_her_own_key() {
    // Signed by somebody else than the holder named.
    let mut stolen = presented(json!([good()]));
    stolen["holder"] = did_key(&key(8)).into();
    let report = judged(&web(), &stolen);
    assert_eq!(report.verdict, Verdict::Invalid, "{}", report.text());
    // A proof for asserting is no worse; one for anything else is.
    let (key, did, method) = own_did(9);
    let with = |purpose| {
        let mut presentation = presentation(json!([good()]));
        presentation["holder"] = did.clone().into();
        let options = ProofOptions { purpose, ..ProofOptions::default() };
        presentation["proof"] = proof(&presentation, &key, &method, &options);
        judged(&web(), &presentation)
    };
    valid(&with("assertionMethod"));
    invalid(&with("keyAgreement"), &["proof.purpose"]);
}

fn jws_of(payload: &Json, typ: &str, key: &PrivateKey, kid: &str) -> String {
    let header = SignHeader { kid: Some(kid), typ: Some(typ), cty: None };
    sign_jws(payload.to_string().as_bytes(), &header, key).unwrap()
}

#[test]
fn presentations_in_tokens_are_read_in_both_profiles() {
    let (key, did, method) = own_did(9);
    let mut inner = presentation(json!([good()]));
    inner["holder"] = did.clone().into();
    let w3c = jws_of(&inner, "vp+jwt", &key, &method);
    let report = run(&web(), w3c, Options::default());
    valid(&report);
    assert_eq!(report.reports.len(), 1);
    let v1 = json!({"iss": did, "vp": {"@context": ["https://www.w3.org/2018/credentials/v1"],
        "type": ["VerifiablePresentation"], "verifiableCredential": [
            token(&payload(&credential(DID)), &super::key(1), &super::method(&super::key(1)))]}});
    let report = run(&web(), jws_of(&v1, "JWT", &key, &method), Options::default());
    valid(&report);
    assert_eq!(report.reports[0].report.format, Some(Format::VcJwt));
    // A token of one kind is not taken for the other.
    let report = run(&web(), jws_of(&inner, "vc+jwt", &key, &method), Options::default());
    assert!(ids(&report, CheckOutcome::Fail).contains(&"proof.claims"), "{}", report.text());
    // Its own dates count.
    let mut over = inner.clone();
    over["exp"] = 1_777_000_000.into();
    let report = run(&web(), jws_of(&over, "vp+jwt", &key, &method), Options::default());
    invalid(&report, &["proof.purpose"]);
}

#[test]
fn an_envelope_is_opened() {
    let inner = jws_of(&credential(DID), "vc+jwt", &key(1), &method(&key(1)));
    let envelope = |media: &str, content: &str| {
        json!({"@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": format!("data:{media},{content}"), "type": "EnvelopedVerifiableCredential"})
    };
    let good = envelope("application/vc+jwt", &inner);
    let report = judged(&web(), &good);
    valid(&report);
    assert_eq!(report.format, Some(Format::Enveloped));
    assert_eq!(report.badge.as_ref().unwrap().name.as_deref(), Some("Coaching"));
    let report = judged(&web(), &presented(json!([good])));
    valid(&report);
    assert_eq!(report.reports[0].report.format, Some(Format::Enveloped));
    open(&judged(&web(), &envelope("application/vc+sd-jwt", "a.b.c~")), "input.read");
    for broken in [
        envelope("application/vc+jwt", "eyJ.e30.AA"),
        json!({"id": "https://x.example/", "type": "EnvelopedVerifiableCredential"}),
        json!({"type": "EnvelopedVerifiableCredential"}),
    ] {
        let report = judged(&web(), &broken);
        assert_eq!(report.verdict, Verdict::Invalid, "{broken}");
    }
}

#[test]
fn each_credential_inside_has_its_own_allowance() {
    let web = web();
    let parts: Vec<Json> = (0..12)
        .map(|n| {
            let issuer = format!("did:web:i{n}.example");
            web.failure(&format!("https://i{n}.example/.well-known/did.json"), Why::Timeout);
            signed(credential(&issuer), &key(1), &format!("{issuer}#key"))
        })
        .collect();
    let report = judged(&web, &presentation(parts.into()));
    open(&report, "parts.authentic");
    assert_eq!(web.asked().len(), 12);
    assert_eq!(report.reports.len(), 12);
}

#[test]
fn a_transcript_of_poison_graphs_stops_soon() {
    let people: Vec<Json> = (0..600).map(|_| json!({"type": ["Evidence"]})).collect();
    let mut poison = credential(DID);
    poison["evidence"] = people.into();
    poison["proof"] = json!({"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022",
        "proofPurpose": "assertionMethod", "verificationMethod": method(&key(1)),
        "proofValue": format!("z{}", "1".repeat(64))});
    let parts: Vec<Json> = (0..24).map(|_| poison.clone()).collect();
    let started = std::time::Instant::now();
    let report = judged(&web(), &presentation(parts.into()));
    assert_eq!(report.verdict, Verdict::Invalid);
    assert!(started.elapsed() < std::time::Duration::from_secs(30), "{:?}", started.elapsed());
}
