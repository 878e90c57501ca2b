//! What independent software signs, hosts and bakes, before our verifier.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::alter::{every_part, every_value};
use super::process::Peer;
use super::service::{Host, Service};
use super::{PIXEL, SAMPLE, jwt_payload};
use crate::require::say;

#[test]
fn badges_that_independent_software_signs_hosts_or_bakes_are_accepted_and_altered_ones_are_not() {
    let (Some(bazaar), Some(credentials), Some(mut jose), Some(mut python)) =
        (Peer::digitalbazaar(), Peer::digitalcredentials(), Peer::jose(), Peer::openbadges())
    else {
        return;
    };
    let host = Host::start();
    let hosts = [("elsewhere.example.org", host.origin.clone())];
    let service = Service::start(None, &hosts);
    let mut tally = Tally::default();
    for mut peer in [bazaar, credentials] {
        let signed = peer.ask(&json!({"do": "sign", "credential": *SAMPLE}));
        tally.judge(&service, peer.name, "credential", &signed["credential"]);
        for altered in every_value(&signed["credential"]) {
            tally.refuse(&service, peer.name, &altered.what, "credential", &altered.value);
        }
    }
    for (alg, kid) in [("EdDSA", "did:key"), ("ES256", "did:jwk"), ("RS256", "did:jwk")] {
        let signed = jose.ask(&json!({
            "do": "sign", "alg": alg, "kid": kid, "header": {"typ": "JWT"},
            "payload": jwt_payload(&SAMPLE)
        }));
        tally.judge(&service, &format!("jose {alg}"), "token", &signed["jwt"]);
        for altered in every_part(signed["jwt"].as_str().unwrap()) {
            tally.refuse(&service, alg, &altered.what, "token", &json!(altered.value));
        }
    }
    open_badges_2(&service, &host, &mut python, &mut tally);
    assert!(tally.accepted > 0 && tally.refused > 0);
    say(format_args!(
        "made by others: our verifier accepted {}, refused {} altered",
        tally.accepted, tally.refused
    ));
}

#[derive(Default)]
struct Tally {
    accepted: usize,
    refused: usize,
}

impl Tally {
    fn judge(&mut self, service: &Service, whose: &str, member: &str, badge: &Value) {
        let report = service.verify(&json!({member: badge}));
        self.accept(whose, &report);
    }

    fn accept(&mut self, whose: &str, report: &Value) {
        assert_eq!(report["verdict"], "valid", "{whose}: {report:#}");
        self.accepted += 1;
    }

    fn refuse(&mut self, service: &Service, whose: &str, what: &str, member: &str, badge: &Value) {
        let report = service.verify(&json!({member: badge}));
        assert_ne!(report["verdict"], "valid", "{whose} with {what}: {report:#}");
        self.refused += 1;
    }
}

/// Hosted on a host of its own, signed with PyPI `python-jose`, baked by `openbadges-bakery`.
fn open_badges_2(service: &Service, host: &Host, python: &mut Peer, tally: &mut Tally) {
    let context = "https://w3id.org/openbadges/v2";
    let url = |path: &str| format!("https://elsewhere.example.org{path}");
    let hosted = json!({
        "@context": context, "id": url("/assertion"), "type": "Assertion", "badge": url("/badge"),
        "recipient": {"type": "email", "hashed": false, "identity": "a@example.com"},
        "verification": {"type": "HostedBadge"}, "issuedOn": "2026-01-01T00:00:00Z"
    });
    let mut signed = hosted.clone();
    signed["id"] = json!("urn:uuid:7d2f1c1e-6f44-4c1f-9d3b-0c6a1f0e7c11");
    signed["verification"] = json!({"type": "SignedBadge", "creator": url("/key")});
    let token = python.ask(&json!({"do": "sign", "payload": signed}));
    let jws = token["jws"].as_str().unwrap();
    host.put("/assertion", &hosted);
    host.put_bytes("/badge.png", "image/png", STANDARD.decode(PIXEL).unwrap());
    host.put(
        "/badge",
        &json!({
            "@context": context, "id": url("/badge"), "type": "BadgeClass", "name": "Facilitator",
            "description": "Leads meetings.", "criteria": {"narrative": "Three agendas."},
            "image": url("/badge.png"), "issuer": url("/issuer")
        }),
    );
    host.put(
        "/issuer",
        &json!({
            "@context": context, "id": url("/issuer"), "type": "Issuer", "name": "Elsewhere",
            "url": url("/"), "email": "a@example.org", "publicKey": url("/key"),
            "revocationList": url("/revoked")
        }),
    );
    host.put(
        "/key",
        &json!({
            "@context": context, "id": url("/key"), "type": "CryptographicKey",
            "owner": url("/issuer"), "publicKeyPem": token["publicKeyPem"]
        }),
    );
    host.put(
        "/revoked",
        &json!({
            "@context": context, "id": url("/revoked"), "type": "RevocationList",
            "issuer": url("/issuer"),
            "revokedAssertions": ["urn:uuid:00000000-0000-4000-8000-000000000000"]
        }),
    );

    tally.judge(service, "hosted elsewhere", "url", &json!(url("/assertion")));
    tally.judge(service, "signed elsewhere", "token", &json!(jws));
    for altered in every_part(jws) {
        tally.refuse(service, "signed elsewhere", &altered.what, "token", &json!(altered.value));
    }
    let svg = STANDARD.encode(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>"#,
    );
    for (picture, kind) in [(PIXEL, "png"), (&svg, "svg")] {
        for data in [jws, &hosted.to_string()] {
            let baked = python.ask(&json!({"do": "bake", "file": picture, "data": data}));
            let file = STANDARD.decode(baked["file"].as_str().unwrap()).unwrap();
            tally
                .accept(&format!("baked elsewhere into {kind}"), &service.verify_file(kind, &file));
        }
    }
}
