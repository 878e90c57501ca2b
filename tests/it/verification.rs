//! What the verifier gives besides a verdict: reports in two languages, traces, receipts, and what
//! links this service to its domain.

use accolade::json;
use accolade::proof::did::{ControllerDocument, Relationship};
use accolade::proof::jws::{self, Compact};
use accolade::proof::key::PublicKey;
use serde_json::{Value, json};

use crate::api::platform::Platform;
use crate::app::TestApp;

async fn report(app: &TestApp, body: Value) -> Value {
    app.post("/v1/verifications").json(&body).send().await.expect(200).json()
}

/// Header and payload of a compact token.
fn token(text: &str) -> (Value, Value) {
    use base64::Engine as _;
    let part = |text: &str| {
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    let mut parts = text.split('.');
    (part(parts.next().unwrap()), part(parts.next().unwrap()))
}

#[tokio::test]
async fn a_report_is_in_the_language_asked_for_and_its_ids_stay() {
    let app = TestApp::start().await;
    let award = Platform::new(&app).await.award().await;
    let ask = || app.post("/v1/verifications").json(&json!({ "url": award["url"] }));
    let english = ask().send().await.expect(200);
    assert_eq!(english.header("content-language"), "en");
    let spanish = ask().header("Accept-Language", "es-MX, en;q=0.5").send().await.expect(200);
    assert_eq!(spanish.header("content-language"), "es");
    let (english, spanish) = (english.json(), spanish.json());
    let checks = |report: &Value, member: &str| -> Vec<Value> {
        report["checks"].as_array().unwrap().iter().map(|check| check[member].clone()).collect()
    };
    for same in ["id", "outcome", "facts"] {
        assert_eq!(checks(&english, same), checks(&spanish, same), "{same}");
    }
    for other in ["title", "message"] {
        for (one, two) in checks(&english, other).iter().zip(&checks(&spanish, other)) {
            assert_ne!(one, two, "{other}");
        }
    }
    assert_eq!(english["verdict"], spanish["verdict"]);
    let wanted = json!({ "url": award["url"], "language": "es" });
    let asked = app.post("/v1/verifications").header("Accept-Language", "en").json(&wanted);
    assert_eq!(asked.send().await.expect(200).header("content-language"), "es");
    let unknown = json!({ "url": award["url"], "language": "de" });
    app.post("/v1/verifications").json(&unknown).send().await.expect(422);
}

#[tokio::test]
async fn pages_speak_spanish_to_who_reads_it() {
    let app = TestApp::start().await;
    let award = Platform::new(&app).await.award().await;
    let path = award["url"].as_str().unwrap().strip_prefix(&app.base).unwrap().to_owned();
    for (path, words) in [
        (path.as_str(), ["Criterios", "Verifíquela usted"]),
        ("/verify", ["Verificar una insignia", "O un archivo"]),
        ("/nothing", ["Aquí no hay nada", "A la página de inicio"]),
        (
            "/verify?url=https%3A%2F%2Fuser%40a.example%2F",
            ["No auténtica", "lleva un nombre de usuario"],
        ),
    ] {
        let ask = app.get(path).header("Accept", "text/html").header("Accept-Language", "es");
        let page = ask.send().await.text();
        assert!(page.contains("<html lang=\"es\""), "{path}");
        for word in words {
            assert!(page.contains(word), "{path}: {word}: {page}");
        }
    }
    let form = ("application/x-www-form-urlencoded", "credential=hello");
    let page = app.post("/verify?lang=es").body(form.0, form.1).send().await.expect(200).text();
    assert!(page.contains("esto no es una insignia"), "{page}");
}

#[tokio::test]
async fn an_altered_copy_gives_no_reason_of_an_issuer() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let id = award["id"].as_str().unwrap();
    let badge = app.get(&format!("/b/{id}.json")).send().await.expect(200).json();
    let show = async |badge: &Value| {
        let text = format!(
            "credential={}",
            percent_encoding::utf8_percent_encode(
                &badge.to_string(),
                percent_encoding::NON_ALPHANUMERIC
            )
        );
        let form = "application/x-www-form-urlencoded";
        app.post("/verify").body(form, text).send().await.expect(200).text()
    };
    let mut altered = badge.clone();
    altered["name"] = json!("Something else");
    let page = show(&altered).await;
    assert!(page.contains("Not genuine") && !page.contains("Reason given"), "{page}");
    let why = json!({ "reason": "Internal", "publicReason": "Awarded in error" });
    platform.post(&format!("/v1/assertions/{id}/revoke"), &why).await.expect(200);
    let page = show(&badge).await;
    assert!(page.contains("The issuer has taken this badge back"), "{page}");
}

#[tokio::test]
async fn every_proof_form_shows_the_bytes_that_were_signed() {
    let app = TestApp::start_on_the_web().await;
    let award = Platform::new(&app).await.award().await;
    for (form, members) in [
        ("ob3", ["documentHash", "proofHash", "signed", "signature", "key"]),
        ("jwt", ["signed", "signedSha256", "payload", "signature", "key"]),
        ("ob2jws", ["signed", "signedSha256", "payload", "signature", "key"]),
    ] {
        let url = &award["links"][form];
        let report = report(&app, json!({ "url": url, "trace": true })).await;
        let checks = report["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["id"] == "proof.signature").unwrap();
        for member in members {
            assert!(!check["trace"][member].is_null(), "{form}: {member}: {check:#}");
        }
    }
    let report = report(&app, json!({ "url": award["url"] })).await;
    assert!(!report.to_string().contains("\"trace\""));
}

#[tokio::test]
async fn a_receipt_is_the_report_signed_by_the_service() {
    let app = TestApp::start_on_the_web().await;
    let award = Platform::new(&app).await.award().await;
    let body = json!({ "url": award["url"], "receipt": true, "trace": true });
    let report = report(&app, body).await;
    let text = report["receipt"].as_str().unwrap();
    let (header, payload) = token(text);
    assert_eq!(
        (&header["alg"], &header["typ"], &header["cty"]),
        (&json!("EdDSA"), &json!("vc+jwt"), &json!("vc"))
    );
    assert_eq!(payload["issuer"], "did:web:badges.example.org");
    assert_eq!(payload["type"], json!(["VerifiableCredential", "VerificationReceipt"]));
    assert_eq!(payload["validFrom"], report["checkedAt"]);
    assert_eq!(payload["credentialSubject"]["id"], award["url"]);
    let inside = &payload["credentialSubject"]["report"];
    for member in ["verdict", "answers", "documents", "checkedAt", "asOf", "policy"] {
        assert_eq!(inside[member], report[member], "{member}");
    }
    assert!(!inside.to_string().contains("\"trace\""));

    // The key that `kid` names stands in the service's DID document, and its context is served.
    let document = app.get("/.well-known/did.json").send().await.expect(200).text();
    let compact = Compact::parse(text).unwrap();
    let key = key_of(&document, compact.header().kid().unwrap());
    jws::verify(&compact, &key).unwrap();
    let context = payload["@context"][1].as_str().unwrap();
    let context = context.strip_prefix("https://badges.example.org").unwrap();
    let served = app.get(context).send().await.expect(200).json();
    for term in ["VerificationReceipt", "VerifiedBadge", "report"] {
        assert!(!served["@context"][term].is_null(), "{term}");
    }
}

#[tokio::test]
async fn a_dossier_can_be_judged_by_another_service() {
    use accolade::verifier::{Dossier, Options, Verdict};
    let app = TestApp::start().await;
    let award = Platform::new(&app).await.award().await;
    let report = report(&app, json!({ "url": award["url"], "dossier": true })).await;
    let dossier = Dossier::of_file(report["dossier"].to_string().as_bytes()).unwrap();
    let stranger = TestApp::start().await;
    let again = stranger.app.verifier.judge(&dossier, &Options::default());
    assert_eq!(again.verdict, Verdict::Valid, "{}", again.text());
    assert_eq!(again.documents.len(), report["documents"].as_array().unwrap().len());
}

#[tokio::test]
async fn every_member_of_a_receipt_has_a_meaning() {
    use accolade::linked_data::{self, Options};
    let app = TestApp::start().await;
    let award = Platform::new(&app).await.award().await;
    let report = report(&app, json!({ "url": award["url"], "receipt": true })).await;
    let (header, payload) = token(report["receipt"].as_str().unwrap());
    assert!(header["kid"].as_str().unwrap().starts_with("did:key:"), "on a laptop");
    let context = payload["@context"][1].as_str().unwrap();
    let text = accolade::bundled::RECEIPT_CONTEXT;
    let contexts = accolade::bundled::contexts().fork().with(context, text).unwrap();
    let value = json::Value::from(&payload);
    linked_data::to_rdf(&value, &contexts, &Options::default()).unwrap();
}

#[tokio::test]
async fn the_domain_is_linked_to_the_services_did() {
    let app = TestApp::start_on_the_web().await;
    let path = "/.well-known/did-configuration.json";
    let configuration = app.get(path).send().await.expect(200).json();
    let links = configuration["linked_dids"].as_array().unwrap();
    let (header, payload) = token(links[0].as_str().unwrap());
    assert_eq!(header.as_object().unwrap().keys().collect::<Vec<_>>(), ["alg", "kid"]);
    let did = "did:web:badges.example.org";
    let subject = &payload["vc"]["credentialSubject"];
    assert_eq!([&payload["iss"], &payload["sub"], &subject["id"]], [did, did, did]);
    assert_eq!(subject["origin"], "https://badges.example.org");
    let document = app.get("/.well-known/did.json").send().await.expect(200).text();
    let compact = Compact::parse(links[0].as_str().unwrap()).unwrap();
    jws::verify(&compact, &key_of(&document, header["kid"].as_str().unwrap())).unwrap();
    let laptop = TestApp::start().await;
    laptop.get(path).send().await.expect(404);
}

fn key_of(document: &str, method: &str) -> PublicKey {
    let document = json::parse(document).unwrap();
    let document = ControllerDocument::parse(&document, "did:web:badges.example.org").unwrap();
    document.find(method, Relationship::Assertion).unwrap().key().unwrap()
}
