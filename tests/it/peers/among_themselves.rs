//! That the harness can tell good from bad, whatever our own code does.

use serde_json::json;

use super::alter::{every_part, every_value};
use super::process::Peer;
use super::{PIXEL, SAMPLE, jwt_payload};
use crate::require::say;

#[test]
fn data_integrity_peers_agree_with_each_other() {
    let (Some(mut bazaar), Some(mut credentials), Some(mut python)) =
        (Peer::digitalbazaar(), Peer::digitalcredentials(), Peer::openbadgeslib())
    else {
        return;
    };
    for signed in [
        bazaar.ask(&json!({"do": "sign", "credential": *SAMPLE})),
        credentials.ask(&json!({"do": "sign", "credential": *SAMPLE})),
    ] {
        let credential = &signed["credential"];
        for peer in [&mut bazaar, &mut credentials, &mut python] {
            peer.must_accept("the sample of a peer", json!({"credential": credential}));
            for altered in every_value(credential).iter().step_by(7) {
                peer.must_refuse(&altered.what, json!({"credential": altered.value}));
            }
        }
    }
    for peer in [&bazaar, &credentials, &python] {
        say(format_args!("peers among themselves: {}", peer.tally()));
    }
}

#[test]
fn jwt_peers_agree_with_each_other() {
    let (Some(mut jose), Some(mut python)) = (Peer::jose(), Peer::openbadgeslib()) else { return };
    let algorithms = json!(["EdDSA", "ES256", "RS256"]);
    for (alg, kid) in [("EdDSA", "did:key"), ("ES256", "did:jwk"), ("RS256", "did:jwk")] {
        let signed = jose.ask(&json!({
            "do": "sign", "alg": alg, "kid": kid, "header": {"typ": "JWT"}, "payload": jwt_payload(&SAMPLE)
        }));
        let jwt = signed["jwt"].as_str().unwrap();
        jose.must_accept(alg, json!({"jwt": jwt, "algorithms": algorithms}));
        for altered in every_part(jwt) {
            let what = format!("{alg} with {}", altered.what);
            jose.must_refuse(&what, json!({"jwt": altered.value, "algorithms": algorithms}));
        }
        if kid == "did:key" {
            python.must_accept(alg, json!({"jwt": jwt, "status": false}));
            for altered in every_part(jwt) {
                python.must_refuse(&altered.what, json!({"jwt": altered.value, "status": false}));
            }
        }
    }
    for peer in [&jose, &python] {
        say(format_args!("JWT peers among themselves: {}", peer.tally()));
    }
}

#[test]
fn the_canonizer_refuses_what_safe_mode_would_drop() {
    let Some(mut canonizer) = Peer::canonizer() else { return };
    let good = canonizer.ask(&json!({"document": *SAMPLE}));
    let quads = good["nquads"].as_str().unwrap().lines().count();
    assert!(quads > 50, "{good}");
    let mut unknown = SAMPLE.clone();
    unknown["unheardOf"] = json!(1);
    assert!(canonizer.ask(&json!({"document": unknown}))["refused"].is_string());
    say(format_args!("{}: the sample is {quads} quads", canonizer.name));
}

#[test]
fn the_open_badges_2_peer_tells_good_from_bad() {
    let Some(mut python) = Peer::openbadges() else { return };
    let context = "https://w3id.org/openbadges/v2";
    let base = "https://badges.example.org";
    let url = |path: &str| format!("{base}{path}");
    let assertion = json!({
        "@context": context, "id": url("/a"), "type": "Assertion", "badge": url("/badge"),
        "recipient": {"type": "email", "hashed": false, "identity": "a@example.com"},
        "verification": {"type": "HostedBadge"}, "issuedOn": "2026-01-01T00:00:00Z"
    });
    let mut signed = assertion.clone();
    signed["id"] = json!("urn:uuid:7d2f1c1e-6f44-4c1f-9d3b-0c6a1f0e7c11");
    signed["verification"] = json!({"type": "SignedBadge", "creator": url("/key")});
    let token = python.ask(&json!({"do": "sign", "payload": signed}));
    let jws = token["jws"].as_str().unwrap();
    let documents = json!({
        url("/a"): assertion,
        url("/badge"): {
            "@context": context, "id": url("/badge"), "type": "BadgeClass", "name": "N",
            "description": "D", "criteria": {"narrative": "x"}, "issuer": url("/issuer"),
            "image": format!("data:image/png;base64,{PIXEL}"),
        },
        url("/issuer"): {
            "@context": context, "id": url("/issuer"), "type": "Issuer", "name": "R",
            "url": "https://river.example.org/", "email": "a@example.org", "publicKey": url("/key")
        },
        url("/key"): {
            "@context": context, "id": url("/key"), "type": "CryptographicKey",
            "owner": url("/issuer"), "publicKeyPem": token["publicKeyPem"]
        }
    });
    python.must_accept("hosted", json!({"input": url("/a"), "documents": documents}));
    python.must_refuse("missing", json!({"input": url("/b"), "documents": documents}));
    python.must_accept("signed", json!({"input": jws, "documents": documents}));
    for altered in every_part(jws) {
        python.must_refuse(&altered.what, json!({"input": altered.value, "documents": documents}));
    }
    let baked = python.ask(&json!({"do": "bake", "file": PIXEL, "data": jws}));
    python.must_accept("baked", json!({"file": baked["file"], "documents": documents}));
    say(format_args!("peers among themselves: {}", python.tally()));
}
