//! The VC-API door as a client meets it; `peers::door` drives it with packages of others.

use serde_json::{Value, json};

use crate::api::platform::Platform;
use crate::app::TestApp;

async fn open() -> TestApp {
    TestApp::start_with(|config| config.server.vc_api = true).await
}

fn credential(issuer: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:uuid:8d5ad1b0-58bf-4b29-9d3a-2f7d0b0e6d6f",
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:subject"},
    })
}

#[tokio::test]
async fn what_is_signed_at_the_door_is_not_signed_by_the_service() {
    let app = open().await;
    let issuers = app.app.issuer.door_issuers().await.unwrap();
    let service = app.app.issuer.service_did().await.unwrap();
    assert_eq!(issuers.len(), 3);
    assert!(!issuers.contains(&service), "{service}");
    for issuer in &issuers {
        let body = json!({ "credential": credential(issuer) });
        let issued = app.post("/credentials/issue").json(&body).send().await.expect(201).json();
        let proof = &issued["verifiableCredential"]["proof"];
        assert!(proof["verificationMethod"].as_str().unwrap().starts_with(issuer.as_str()));
        let body = json!({ "verifiableCredential": issued["verifiableCredential"] });
        let verified = app.post("/credentials/verify").json(&body).send().await.expect(200).json();
        assert_eq!(verified, json!({ "verified": true, "checks": ["proof"], "warnings": [] }));
    }
    let body = json!({ "credential": credential(&service) });
    let refused = app.post("/credentials/issue").json(&body).send().await.expect(400).json();
    assert!(refused["errors"][0]["detail"].as_str().unwrap().contains(&issuers[0]));
}

#[tokio::test]
async fn a_second_proof_stays_beside_the_first() {
    let app = open().await;
    let issuers = app.app.issuer.door_issuers().await.unwrap();
    let mut given = credential(&issuers[0]);
    for count in [1, 2, 3] {
        let body = json!({ "credential": given, "options": { "cryptosuite": "eddsa-jcs-2022" } });
        let issued = app.post("/credentials/issue").json(&body).send().await.expect(201).json();
        given = issued["verifiableCredential"].clone();
        assert_eq!(given["proof"].as_array().map_or(1, Vec::len), count);
    }
    let body = json!({ "verifiableCredential": given });
    app.post("/credentials/verify").json(&body).send().await.expect(200);
    let unknown = json!({ "credential": given, "options": { "cryptosuite": "rsa-1999" } });
    app.post("/credentials/issue").json(&unknown).send().await.expect(400);
}

#[tokio::test]
async fn the_checks_that_are_asked_for_are_made() {
    let app = open().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let id = award["id"].as_str().unwrap();
    let badge = app.get(&format!("/b/{id}.json")).send().await.expect(200).json();
    let ask = |checks: &[&str]| {
        let options = json!({ "checks": checks });
        app.post("/credentials/verify").json(&json!({
            "verifiableCredential": badge, "options": options,
        }))
    };
    let all = ["proof", "credentialStatus", "validityPeriod", "issuer", "handwriting"];
    let verified = ask(&all).send().await.expect(200).json();
    assert_eq!(verified["checks"], json!(["proof", "status", "time", "issuer"]));
    assert!(verified["warnings"][0].as_str().unwrap().contains("handwriting"));

    let body = json!({
        "credentialId": award["url"],
        "credentialStatus": [{ "type": "BitstringStatusListEntry", "statusPurpose": "revocation" }],
        "status": "1",
    });
    app.post("/credentials/status").json(&body).send().await.expect(401);
    let changed = platform.post("/credentials/status", &body).await.expect(200).json();
    assert_eq!(changed["state"], "revoked");
    let undo = json!({ "credentialId": award["url"], "status": false });
    platform.post("/credentials/status", &undo).await.expect(422);
    let other = json!({ "credentialId": "https://elsewhere.example/b/1" });
    platform.post("/credentials/status", &other).await.expect(404);
    ask(&["proof"]).send().await.expect(200);
    let refused = ask(&["proof", "credentialStatus"]).send().await.expect(400).json();
    assert_eq!(refused["errors"][0]["code"], "status.revoked");
}

#[tokio::test]
async fn nothing_that_is_sent_is_a_fault_of_the_service() {
    let app = open().await;
    for path in
        ["credentials/verify", "presentations/verify", "credentials/issue", "credentials/derive"]
    {
        let path = format!("/{path}");
        for body in [
            "{}",
            "[]",
            "7",
            "{",
            "",
            "{\"a\":1,\"a\":2}",
            "{\"verifiableCredential\":\"eyJ.e.e\"}",
        ] {
            let answer = app.post(&path).body("application/json", body).send().await;
            assert_eq!(answer.status, 400, "{path} {body}: {}", answer.text());
        }
        app.post(&path).body("text/plain", "{}").send().await.expect(415);
    }
}
