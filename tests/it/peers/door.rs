//! The VC-API door behind TLS, driven by the packages that the W3C's suites are made with; and the
//! receipts of verifications before `jose`.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::SAMPLE;
use super::process::{Peer, node};
use super::service::Service;
use crate::require::{component, say, shared};

#[test]
fn the_door_answers_a_driver_like_the_w3c_suites_over_tls() {
    let Some(shared) = shared() else { return };
    let Some(mut node) = node("@digitalbazaar/http-client", "vc_api.mjs") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (key, cert) = (folder.path().join("key.pem"), folder.path().join("cert.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&cert)
        .stdin(Stdio::null())
        .output();
    let made = made.ok().filter(|made| made.status.success());
    if component("openssl (a certificate for localhost)".to_owned(), made).is_none() {
        return;
    }
    let service = Service::start_with(None, &[], &["--vc-api"]);
    let issuers = service.ready["vcApiIssuers"].as_array().unwrap();
    node.arg(&service.base).arg(&key).arg(&cert).arg(shared.join("contexts"));
    node.args(issuers.iter().map(|issuer| issuer.as_str().unwrap()));
    let output = node.env("NODE_EXTRA_CA_CERTS", &cert).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let tally: Value = serde_json::from_str(&printed).unwrap_or_else(|error| {
        panic!("{error}: {printed}\n{}", String::from_utf8_lossy(&output.stderr))
    });
    assert_eq!(tally["wrong"], json!([]), "{:#}", tally["wrong"]);
    for count in ["issued", "accepted", "refused"] {
        assert!(tally[count].as_u64().unwrap() > 0, "{count}");
    }
    say(format_args!("the VC-API door, over TLS with @digitalbazaar packages: {tally}"));
}

#[test]
fn without_the_flag_there_is_no_door() {
    let service = Service::start(None, &[]);
    assert!(service.ready["vcApiIssuers"].is_null());
    let headers = [("Content-Type", "application/json")];
    for path in ["issue", "verify", "status", "derive"] {
        let url = format!("{}/credentials/{path}", service.base);
        assert_eq!(crate::process::request(&url, "POST", &headers, b"{}").unwrap().status, 404);
    }
}

#[test]
fn jose_accepts_receipts_on_a_laptop_and_under_a_public_address() {
    let Some(mut jose) = Peer::jose() else { return };
    for public in [None, Some("https://badges.example.org")] {
        let service = Service::start(public, &[]);
        let report = service.verify(&json!({ "credential": *SAMPLE, "receipt": true }));
        assert_eq!(report["verdict"], "invalid", "it carries no proof");
        let receipt = report["receipt"].as_str().unwrap();
        let mut documents = json!({});
        if public.is_some() {
            let document =
                service.get(&format!("{}/.well-known/did.json", service.public()), "*/*");
            documents["did:web:badges.example.org"] =
                serde_json::from_slice(&document.body).unwrap();
        }
        let ask = |jwt: &str| json!({ "jwt": jwt, "documents": documents, "algorithms": ["EdDSA"], "plain": true });
        let answer = jose.must_accept("a receipt", ask(receipt));
        assert_eq!(answer["header"]["typ"], "vc+jwt");
        let inside = &answer["payload"]["credentialSubject"]["report"];
        assert_eq!(inside["verdict"], report["verdict"]);
        assert_eq!(inside["documents"], report["documents"]);
        for altered in super::alter::every_part(receipt) {
            jose.must_refuse(&format!("a receipt with {}", altered.what), ask(&altered.value));
        }
    }
    say(format_args!("receipts: {}", jose.tally()));
}
