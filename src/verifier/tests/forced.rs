//! Badges and webs that make one check fail, or leave it open.

use super::ob2::{self, ASSERTION, CLASS, ISSUER, KEY, LIST};
use super::status;
use super::*;
use crate::resolve::Why;
use CheckOutcome::{Fail, Unknown};

/// A dossier that forces an outcome of a check.
pub(super) struct Forced {
    pub(super) check: &'static str,
    pub(super) outcome: CheckOutcome,
    pub(super) dossier: Dossier,
    /// Other checks that come out the same way, because they rest on the same thing.
    pub(super) with: &'static [&'static str],
}

fn gathered(web: &FakeWeb, input: impl Into<Vec<u8>>, options: &Options) -> Dossier {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(verifier(web).gather(Input::sniff(input), options)).unwrap()
}

fn given(web: &FakeWeb, input: impl Into<Vec<u8>>) -> Dossier {
    gathered(web, input, &Options::default())
}

/// A token around a good badge that was changed before it was signed.
fn changed(change: impl FnOnce(&mut Json)) -> String {
    let mut badge = credential(DID);
    change(&mut badge);
    token(&payload(&badge), &key(1), &method(&key(1)))
}

fn claims(change: impl FnOnce(&mut Json)) -> String {
    let mut payload = payload(&credential(DID));
    change(&mut payload);
    token(&payload, &key(1), &method(&key(1)))
}

fn proven(options: ProofOptions<'_>) -> String {
    let mut badge = credential(DID);
    badge["proof"] = proof(&badge, &key(1), &method(&key(1)), &options);
    badge.to_string()
}

fn good() -> Json {
    signed(credential(DID), &key(1), &method(&key(1)))
}

/// The site of the issuer of Open Badges 2.0 with one document changed.
fn site(url: &'static str, change: impl FnOnce(&mut Json)) -> Dossier {
    given(&ob2::site(|pages| change(pages.get_mut(url).unwrap())), ASSERTION)
}

/// The same with one document that does not come.
fn without(url: &str, why: Why) -> Dossier {
    let web = ob2::site(|_| ());
    web.failure(url, why);
    given(&web, ob2::assertion().to_string())
}

fn signed_without(url: &str, why: Why) -> Dossier {
    let web = ob2::site(|_| ());
    web.failure(url, why);
    given(&web, ob2::jws(&ob2::signed_assertion(), rsa()))
}

fn listing(purpose: &str, set: &[u32]) -> FakeWeb {
    let web = web();
    web.page(status::LIST, "x", status::sound(status::list(purpose, set)).to_string());
    web
}

fn with_list(purpose: &str, set: &[u32]) -> Dossier {
    given(&listing(purpose, set), status::badge(status::entry(purpose, "7".into())))
}

fn expecting(input: &str, recipient: &str) -> Dossier {
    let recipient = Some(Expected::Any(recipient.to_owned()));
    gathered(&web(), input, &Options { recipient, ..Options::default() })
}

fn looked_at(why: Option<Why>, digest: &str) -> Dossier {
    let url = "https://files.example/1";
    let mut badge = credential(DID);
    badge["evidence"] = json!([{"id": url, "type": ["Evidence"]}]);
    badge["relatedResource"] = json!([{"id": url, "digestSRI": digest}]);
    let badge = signed(badge, &key(1), &method(&key(1)));
    let web = web();
    match why {
        Some(why) => web.failure(url, why),
        None => web.page(url, "text/plain", "notes"),
    };
    gathered(&web, badge.to_string(), &Options { evidence: true, ..Options::default() })
}

/// The digest of another text than "notes".
const OTHER: &str = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn presentation(part: &Json) -> String {
    json!({"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiablePresentation"],
        "verifiableCredential": [part]})
    .to_string()
}

fn endorsed_by(endorser: &str) -> Json {
    let method = format!("{endorser}#key");
    let plain = json!({
        "@context": credential(DID)["@context"], "id": "urn:uuid:3f4e7a56-9c3e-4b0e-8f3b-1f6f4b9c6a77",
        "type": ["VerifiableCredential", "EndorsementCredential"], "name": "x",
        "issuer": {"id": endorser, "type": ["Profile"]}, "validFrom": "2026-05-02T00:00:00Z",
        "credentialSubject": {"id": "https://issuer.example/b/1", "type": ["EndorsementSubject"]}
    });
    let mut badge = credential(DID);
    badge["endorsement"] = json!([signed(plain, &key(7), &method)]);
    signed(badge, &key(1), &super::method(&key(1)))
}

fn refreshing(answer: &Json) -> Dossier {
    let url = "https://issuer.example/refresh";
    let mut badge = credential(DID);
    badge["@context"]
        .as_array_mut()
        .unwrap()
        .push("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json".into());
    badge["refreshService"] = json!({"id": url, "type": "1EdTechCredentialRefresh"});
    let web = web();
    web.page(url, "x", answer.to_string());
    given(&web, signed(badge, &key(1), &method(&key(1))).to_string())
}

/// Each check that can, failing and open.
pub(super) fn forced() -> Vec<Forced> {
    let forced = |check, outcome, with, dossier| Forced { check, outcome, dossier, with };
    let url = "https://issuer.example/b/1";
    let lost = |why| {
        let web = FakeWeb::new();
        web.failure(url, why);
        given(&web, url)
    };
    let unread = |url: &str, why| {
        let web = FakeWeb::new();
        web.failure(url, why);
        given(&web, good().to_string())
    };
    // A name that is no key itself: with one, the bare signature could be tested.
    let unread_key = |why| {
        let web = FakeWeb::new();
        web.failure(DID_URL, why);
        given(&web, signed(credential(DID), &key(1), &format!("{DID}#key")).to_string())
    };
    let unknown_context = |badge: &mut Json| {
        badge["@context"].as_array_mut().unwrap().push("https://x.example/context".into());
    };
    let stranger = did::did_key_method(key(2).public()).unwrap();
    vec![
        forced("input.read", Fail, &[], given(&FakeWeb::new(), "{}")),
        forced("input.read", Unknown, &[], lost(Why::Timeout)),
        forced(
            "input.supported",
            Fail,
            &[],
            given(&web(), changed(|b| b["type"] = json!(["VerifiableCredential"]))),
        ),
        forced(
            "shape.context",
            Fail,
            &[],
            given(
                &web(),
                changed(|b| {
                    b["credentialSubject"]["@context"] =
                        "https://www.w3.org/ns/credentials/v2".into();
                }),
            ),
        ),
        forced("shape.context", Unknown, &["shape.terms"], given(&web(), changed(unknown_context))),
        forced("shape.terms", Fail, &[], given(&web(), changed(|b| b["surprise"] = 1.into()))),
        forced("shape.terms", Unknown, &["shape.context"], given(&web(), changed(unknown_context))),
        forced(
            "shape.members",
            Fail,
            &[],
            site(ASSERTION, |d| d["recipient"]["hashed"] = "true".into()),
        ),
        forced(
            "shape.schema",
            Fail,
            &[],
            given(
                &web(),
                changed(|b| {
                    b["credentialSubject"]["achievement"]["achievementType"] = "Nonsense".into();
                }),
            ),
        ),
        forced("shape.named-schemas", Fail, &[], naming_a_schema(Ok(r#"{"required":["x"]}"#))),
        forced("shape.named-schemas", Unknown, &[], naming_a_schema(Err(Why::Timeout))),
        forced(
            "shape.extensions",
            Fail,
            &[],
            site(ASSERTION, |d| {
                d["schema:location"] = json!({"type": ["Extension", "extensions:GeoCoordinates"],
                "@context": "https://w3id.org/openbadges/extensions/geoCoordinatesExtension/context.json"});
            }),
        ),
        forced("proof.present", Fail, &[], given(&web(), credential(DID).to_string())),
        forced(
            "proof.form",
            Fail,
            &["proof.key", "proof.signature", "proof.purpose", "issuer.key"],
            given(&web(), {
                let mut badge = good();
                badge["proof"].as_object_mut().unwrap().remove("cryptosuite");
                badge.to_string()
            }),
        ),
        forced(
            "proof.form",
            Unknown,
            &["proof.key", "proof.signature", "proof.purpose", "issuer.key"],
            given(&web(), {
                let mut badge = good();
                badge["proof"]["cryptosuite"] = "bbs-2023".into();
                badge.to_string()
            }),
        ),
        forced(
            "proof.key",
            Fail,
            &["issuer.key"],
            given(&web(), {
                let multikey = key(2).public().to_multikey().unwrap();
                signed(credential(DID), &key(2), &format!("{DID}#{multikey}")).to_string()
            }),
        ),
        forced("proof.key", Unknown, &["issuer.key"], unread(DID_URL, Why::Timeout)),
        forced(
            "proof.signature",
            Fail,
            &[],
            given(&web(), {
                let mut badge = good();
                badge["issuer"]["name"] = "Somebody".into();
                badge.to_string()
            }),
        ),
        forced("proof.signature", Unknown, &["proof.key", "issuer.key"], unread_key(Why::Tls)),
        forced(
            "proof.purpose",
            Fail,
            &[],
            given(
                &web(),
                proven(ProofOptions { purpose: "authentication", ..ProofOptions::default() }),
            ),
        ),
        forced(
            "proof.claims",
            Fail,
            &[],
            given(&web(), claims(|p| p["jti"] = "urn:uuid:0".into())),
        ),
        forced(
            "issuer.resolved",
            Fail,
            &[],
            site(ISSUER, |d| d["id"] = "https://issuer.example/other".into()),
        ),
        forced("issuer.resolved", Unknown, &["hosted.scope"], without(ISSUER, Why::Server(500))),
        forced(
            "issuer.key",
            Fail,
            &[],
            given(&web(), signed(credential(DID), &key(2), &stranger).to_string()),
        ),
        forced(
            "issuer.key",
            Unknown,
            &["proof.key", "proof.signature"],
            signed_without(KEY, Why::Timeout),
        ),
        forced("issuer.known", Unknown, &[], given(&web(), good().to_string())),
        forced(
            "hosted.document",
            Fail,
            &["status.read", "status.revoked"],
            without(ASSERTION, Why::NotFound),
        ),
        forced(
            "hosted.document",
            Unknown,
            &["status.read", "status.revoked"],
            without(ASSERTION, Why::Timeout),
        ),
        forced(
            "hosted.id",
            Fail,
            &[],
            site(CLASS, |d| d["id"] = "https://issuer.example/other".into()),
        ),
        forced(
            "hosted.scope",
            Fail,
            &[],
            site(ISSUER, |d| d["verification"] = json!({"allowedOrigins": "other.example"})),
        ),
        forced("hosted.scope", Unknown, &["issuer.resolved"], without(ISSUER, Why::Dns)),
        forced("badge-class.resolved", Fail, &["hosted.scope"], without(CLASS, Why::NotFound)),
        forced("badge-class.resolved", Unknown, &["hosted.scope"], without(CLASS, Why::Timeout)),
        forced(
            "badge-class.issuer",
            Fail,
            &["shape.members", "issuer.resolved"],
            site(CLASS, |d| drop(d.as_object_mut().unwrap().remove("issuer"))),
        ),
        forced(
            "badge-class.criteria",
            Fail,
            &["shape.schema"],
            given(
                &web(),
                changed(|b| {
                    b["credentialSubject"]["achievement"]["criteria"] = json!({"type": "Criteria"});
                }),
            ),
        ),
        forced("time.dates", Fail, &[], site(ASSERTION, |d| d["expires"] = "soon".into())),
        forced(
            "time.not-yet-valid",
            Fail,
            &[],
            site(ASSERTION, |d| d["issuedOn"] = "2026-12-01T00:00:00Z".into()),
        ),
        forced(
            "time.expired",
            Fail,
            &[],
            site(ASSERTION, |d| d["expires"] = "2026-05-02T00:00:00Z".into()),
        ),
        forced(
            "status.read",
            Fail,
            &[],
            given(
                &listing("revocation", &[]),
                status::badge(status::entry("revocation", "-1".into())),
            ),
        ),
        forced("status.read", Unknown, &["status.revoked"], signed_without(LIST, Why::Timeout)),
        forced("status.revoked", Fail, &[], with_list("revocation", &[7])),
        forced("status.revoked", Unknown, &["status.read"], signed_without(LIST, Why::Server(503))),
        forced("status.suspended", Fail, &[], with_list("suspension", &[7])),
        forced("status.suspended", Unknown, &["status.read"], {
            let web = web();
            web.failure(status::LIST, Why::Timeout);
            given(&web, status::badge(status::entry("suspension", "7".into())))
        }),
        forced(
            "recipient.expected",
            Fail,
            &[],
            expecting(&good().to_string(), "nobody@else.example"),
        ),
        forced(
            "recipient.expected",
            Unknown,
            &[],
            expecting(
                &changed(|b| {
                    b["credentialSubject"]["identifier"][0]["identityHash"] = "sha512$00".into();
                    b["credentialSubject"]["identifier"][0]["hashed"] = true.into();
                }),
                "nobody@else.example",
            ),
        ),
        forced(
            "results.levels",
            Fail,
            &[],
            given(
                &web(),
                changed(|b| {
                    b["credentialSubject"]["result"][0]["achievedLevel"] =
                        "https://issuer.example/x".into();
                }),
            ),
        ),
        forced("evidence.present", Fail, &[], looked_at(Some(Why::NotFound), OTHER)),
        forced(
            "evidence.present",
            Unknown,
            &["evidence.digest"],
            looked_at(Some(Why::Timeout), OTHER),
        ),
        forced("evidence.digest", Fail, &[], looked_at(None, OTHER)),
        forced(
            "evidence.digest",
            Unknown,
            &["evidence.present"],
            looked_at(Some(Why::Guard), OTHER),
        ),
        forced(
            "endorsement.verified",
            Fail,
            &[],
            given(&web(), endorsed_by(&did_key(&key(2))).to_string()),
        ),
        forced("endorsement.verified", Unknown, &[], {
            let web = web();
            web.failure("https://board.example/.well-known/did.json", Why::Timeout);
            given(&web, endorsed_by("did:web:board.example").to_string())
        }),
        forced("refresh.latest", Fail, &[], refreshing(&self_contained())),
        forced("refresh.latest", Unknown, &[], refreshing(&json!({"hello": "world"}))),
        forced(
            "parts.authentic",
            Fail,
            &["parts.in-force"],
            given(
                &web(),
                presentation(&{
                    let mut badge = good();
                    badge["issuer"]["name"] = "Somebody".into();
                    badge
                }),
            ),
        ),
        forced("parts.authentic", Unknown, &["parts.in-force"], unread_part()),
        forced(
            "parts.in-force",
            Fail,
            &[],
            given(
                &web(),
                presentation(&{
                    let mut badge = credential(DID);
                    badge["validUntil"] = "2026-05-02T00:00:00Z".into();
                    signed(badge, &key(1), &method(&key(1)))
                }),
            ),
        ),
        forced("parts.in-force", Unknown, &["parts.authentic"], unread_part()),
    ]
}

fn naming_a_schema(answer: Result<&str, Why>) -> Dossier {
    const SCHEMA: &str = "https://schemas.example/badge.json";
    let web = web();
    match answer {
        Ok(schema) => web.page(SCHEMA, "application/schema+json", schema),
        Err(why) => web.failure(SCHEMA, why),
    };
    let schema = json!({"id": SCHEMA, "type": "JsonSchema"});
    given(&web, changed(|badge| badge["credentialSchema"] = json!([schema])))
}

fn unread_part() -> Dossier {
    let web = FakeWeb::new();
    web.failure(DID_URL, Why::Timeout);
    given(&web, presentation(&good()))
}
