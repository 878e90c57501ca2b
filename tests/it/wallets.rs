//! An award on its way into its holder's wallet: the link, the page, VC-API and OpenID4VCI.

use accolade::proof::did::{did_key, did_key_method};
use accolade::proof::jws::{SignHeader, sign};
use accolade::proof::key::{KeyType, PrivateKey};
use accolade::proof::suite::{self, ProofOptions, Suite};
use accolade::world::Random;
use serde_json::{Value, json};

use crate::api::platform::Platform;
use crate::app::{Answer, TestApp};

/// A wallet with a key.
struct Wallet(PrivateKey);

impl Wallet {
    fn new(seed: u64) -> Self {
        Self(PrivateKey::generate(KeyType::Ed25519, &Random::seeded(seed)).unwrap())
    }

    fn did(&self) -> String {
        did_key(self.0.public()).unwrap()
    }

    fn presentation(&self, challenge: &str, domain: &str) -> Value {
        let mut document = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": self.did(),
        });
        let options = ProofOptions {
            verification_method: &did_key_method(self.0.public()).unwrap(),
            purpose: "authentication",
            created: Some(crate::app::NOW.parse().unwrap()),
            domain: Some(domain),
            challenge: Some(challenge),
            ..ProofOptions::default()
        };
        let contexts = accolade::bundled::contexts();
        let read = accolade::json::Value::from(&document);
        let proof = suite::sign(&read, Suite::EddsaRdfc2022, &options, &self.0, contexts).unwrap();
        document["proof"] = proof;
        document
    }

    fn proof(&self, audience: &str, nonce: &str) -> String {
        let now: jiff::Timestamp = crate::app::NOW.parse().unwrap();
        let claims = json!({ "aud": audience, "nonce": nonce, "iat": now.as_second() });
        let method = did_key_method(self.0.public()).unwrap();
        let typ = Some("openid4vci-proof+jwt");
        let header = SignHeader { kid: Some(&method), typ, cty: None };
        sign(claims.to_string().as_bytes(), &header, &self.0).unwrap()
    }
}

/// An award that is offered.
struct Offered<'a> {
    platform: Platform<'a>,
    award: Value,
    offer: Value,
}

impl<'a> Offered<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let platform = Platform::new(app).await;
        let award = platform.award().await;
        let offer = offer_of(&platform, &award, json!({})).await.expect(201).json();
        Self { platform, award, offer }
    }

    fn path(&self) -> String {
        url::Url::parse(self.offer["url"].as_str().unwrap()).unwrap().path().to_owned()
    }

    async fn exchange(&self, body: &Value) -> Answer {
        self.platform.app.post(&format!("{}/exchange", self.path())).json(body).send().await
    }

    async fn challenge(&self) -> (String, String) {
        let wanted = self.exchange(&json!({})).await.expect(200).json();
        let wanted = &wanted["verifiablePresentationRequest"];
        assert_eq!(wanted["query"][0]["type"], "DIDAuthentication");
        let text = |name: &str| wanted[name].as_str().unwrap().to_owned();
        (text("challenge"), text("domain"))
    }

    /// A token for the code of a new credential offer.
    async fn token(&self) -> Value {
        let path = format!("{}/credential-offer", self.path());
        let offer = self.platform.app.get(&path).send().await.expect(200).json();
        let code = offer["grants"][GRANT]["pre-authorized_code"].as_str().unwrap();
        self.redeem(code).await.expect(200).json()
    }

    async fn redeem(&self, code: &str) -> Answer {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("grant_type", GRANT), ("pre-authorized_code", code)])
            .finish();
        let ask = self.platform.app.post("/oid4vci/token");
        ask.body("application/x-www-form-urlencoded", form).send().await
    }

    async fn credential(&self, token: &str, body: &Value) -> Answer {
        self.platform.app.post("/oid4vci/credential").token(token).json(body).send().await
    }

    async fn verdict(&self, body: &Value) -> Value {
        self.platform.app.post("/v1/verifications").json(body).send().await.expect(200).json()
    }
}

const GRANT: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

async fn offer_of(platform: &Platform<'_>, award: &Value, body: Value) -> Answer {
    let path = format!("/v1/assertions/{}/offers", award["id"].as_str().unwrap());
    platform.post(&path, &body).await
}

#[tokio::test]
async fn a_wallet_gets_a_copy_that_names_the_did_it_proved() {
    let app = TestApp::start().await;
    let offered = Offered::new(&app).await;
    let spoken = app.get(&offered.path()).header("Accept", "application/json").send().await;
    let spoken = spoken.expect(200).json();
    assert_eq!(spoken["protocols"]["oid4vci-1.0"], offered.offer["credentialOffer"]);
    let exchange = spoken["protocols"]["vcapi"].as_str().unwrap();
    assert!(exchange.ends_with(&format!("{}/exchange", offered.path())), "{exchange}");
    assert!(offered.offer["url"].as_str().unwrap().len() <= 400, "fits into a QR code");

    let wallet = Wallet::new(1);
    let (challenge, domain) = offered.challenge().await;
    assert!(app.base.ends_with(&domain), "{domain}");
    let presented = json!({ "verifiablePresentation": wallet.presentation(&challenge, &domain) });
    let answer = offered.exchange(&presented).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let copy = answer.json()["verifiablePresentation"]["verifiableCredential"][0].clone();
    let link = format!("/b/{}.json", offered.award["id"].as_str().unwrap());
    let public = app.get(&link).send().await.expect(200).json();
    assert_eq!(copy["credentialSubject"]["id"], wallet.did());
    assert_ne!(public["credentialSubject"]["id"], wallet.did());
    for member in ["id", "credentialStatus", "validFrom", "awardedDate", "issuer", "evidence"] {
        assert_eq!(copy[member], public[member], "{member}");
    }
    let subject = |credential: &Value| credential["credentialSubject"]["identifier"].clone();
    assert_eq!(subject(&copy), subject(&public), "the person stays known by her address, hashed");
    assert_eq!(offered.verdict(&json!({ "credential": copy })).await["verdict"], "valid");
    let again = app.get(&link).send().await.expect(200).json();
    assert_eq!(again, public, "the public document stays as it is");

    // It is known without the DID, and the revocation reaches it.
    let trail = offered.platform.get("/v1/audit?limit=1000").await.expect(200).json();
    let rows = trail["data"].as_array().unwrap();
    let row = rows.iter().find(|row| row["action"] == "assertion.claimed").unwrap();
    assert_eq!(row["actor"], "wallet");
    assert!(!trail.to_string().contains(&wallet.did()), "{row}");
    let path = format!("/v1/assertions/{}/revoke", offered.award["id"].as_str().unwrap());
    offered.platform.post(&path, &json!({ "reason": "issued in error" })).await.expect(200);
    assert_eq!(offered.verdict(&json!({ "credential": copy })).await["verdict"], "invalid");
    for path in [offered.path(), format!("{}/credential-offer", offered.path())] {
        app.get(&path).header("Accept", "application/json").send().await.expect(409);
    }
    offered.exchange(&json!({})).await.expect(409);
    offer_of(&offered.platform, &offered.award, json!({})).await.expect(409);
}

#[tokio::test]
async fn an_exchange_gives_nothing_for_what_proves_nothing() {
    let app = TestApp::start().await;
    let offered = Offered::new(&app).await;
    let other = offer_of(&offered.platform, &offered.award, json!({ "expiresInSeconds": 60 }));
    let other = other.await.expect(201).json();
    let wallet = Wallet::new(1);
    let (challenge, domain) = offered.challenge().await;
    let send = async |presentation: Value| {
        let answer = offered.exchange(&json!({ "verifiablePresentation": presentation })).await;
        assert!(!answer.text().contains("verifiableCredential"), "{}", answer.text());
        answer.expect(422).json()["errors"][0]["code"].clone()
    };
    let mut unsigned = wallet.presentation(&challenge, &domain);
    unsigned.as_object_mut().unwrap().remove("proof");
    let mut altered = wallet.presentation(&challenge, &domain);
    altered["holder"] = json!(Wallet::new(2).did());
    for wrong in [
        json!({}),
        json!([]),
        json!("text"),
        unsigned,
        altered,
        wallet.presentation("made up", &domain),
        wallet.presentation(&challenge, "elsewhere.example.org"),
    ] {
        assert_eq!(send(wrong).await, "not-proven");
    }
    let good = wallet.presentation(&challenge, &domain);
    // A challenge is for its own offer, and for ten minutes.
    let path = url::Url::parse(other["url"].as_str().unwrap()).unwrap().path().to_owned();
    let ask = app.post(&format!("{path}/exchange"));
    ask.json(&json!({ "verifiablePresentation": good })).send().await.expect(422);
    app.set_time("2026-06-01T12:10:01Z");
    assert_eq!(send(good).await, "not-proven");
    // The offer of a minute has ended; others that never were answer alike.
    app.get(&path).send().await.expect(404);
    let (front, seal) = path.rsplit_once('.').unwrap();
    let later = front.replace(".1", ".9");
    for wrong in ["/i/x", "/i/a.b.c", &format!("{front}."), &format!("{later}.{seal}")] {
        app.get(wrong).header("Accept", "application/json").send().await.expect(404);
    }
    let bodies =
        [json!({ "expiresInSeconds": 59 }), json!({ "expiresInSeconds": "x" }), json!({ "x": 1 })];
    for body in bodies {
        offer_of(&offered.platform, &offered.award, body).await.expect(422);
    }
}

#[tokio::test]
async fn an_award_to_a_did_goes_to_that_did_alone() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let class = platform.class().await;
    let (wallet, thief) = (Wallet::new(1), Wallet::new(2));
    let body = json!({
        "badgeClass": class["id"], "recipient": { "did": wallet.did() },
        "results": [{ "resultDescription": "lead", "achievedLevel": "meets" }],
    });
    let award = platform.post("/v1/assertions", &body).await.expect(201).json();
    let offer = offer_of(&platform, &award, json!({})).await.expect(201).json();
    let offered = Offered { platform, award, offer };
    for (wallet, status) in [(&thief, 409), (&wallet, 200)] {
        let (challenge, domain) = offered.challenge().await;
        let presentation = wallet.presentation(&challenge, &domain);
        offered.exchange(&json!({ "verifiablePresentation": presentation })).await.expect(status);
    }
}

#[tokio::test]
async fn openid4vci_gives_the_copy_for_a_code_and_a_proof() {
    let app = TestApp::start().await;
    let offered = Offered::new(&app).await;
    let metadata = app.get("/.well-known/openid-credential-issuer").send().await.expect(200).json();
    let audience = metadata["credential_issuer"].as_str().unwrap().to_owned();
    assert_eq!(audience, app.base);
    let server = app.get("/.well-known/oauth-authorization-server").send().await.expect(200).json();
    assert_eq!(server["issuer"], metadata["credential_issuer"]);
    let wallet = Wallet::new(1);
    let token = offered.token().await;
    let access = token["access_token"].as_str().unwrap().to_owned();
    let fresh = async || {
        let answer = app.post("/oid4vci/nonce").send().await.expect(200);
        assert_eq!(answer.header("cache-control"), "no-store");
        answer.json()["c_nonce"].as_str().unwrap().to_owned()
    };
    let supported = metadata["credential_configurations_supported"].as_object().unwrap();
    assert_eq!(supported.len(), 2);
    for (id, configuration) in supported {
        let proof = wallet.proof(&audience, &fresh().await);
        let body = json!({ "credential_configuration_id": id, "proofs": { "jwt": [proof] } });
        let answer = offered.credential(&access, &body).await.expect(200);
        assert!(answer.headers.get("deprecation").is_none());
        let copy = answer.json()["credentials"][0]["credential"].clone();
        let body = match configuration["format"].as_str().unwrap() {
            "ldp_vc" => json!({ "credential": copy }),
            _ => json!({ "token": copy }),
        };
        let report = offered.verdict(&body).await;
        assert_eq!(report["verdict"], "valid", "{report:#}");
        let text = report["badge"]["recipient"].to_string();
        assert!(text.contains(&wallet.did()), "{text}");
    }

    // As draft 13 has it.
    let nonce = token["c_nonce"].as_str().unwrap();
    let body = json!({
        "format": "ldp_vc",
        "proof": { "proof_type": "jwt", "jwt": wallet.proof(&audience, nonce) },
    });
    let answer = offered.credential(&access, &body).await.expect(200);
    assert!(answer.header("deprecation").starts_with('@'));
    let copy = &answer.json()["credential"];
    assert_eq!(offered.verdict(&json!({ "credential": copy })).await["verdict"], "valid");
}

#[tokio::test]
async fn openid4vci_refuses_in_its_own_words() {
    let app = TestApp::start().await;
    let offered = Offered::new(&app).await;
    let (wallet, audience) = (Wallet::new(1), app.base.clone());
    let path = format!("{}/credential-offer", offered.path());
    let offer = app.get(&path).send().await.expect(200).json();
    let code = offer["grants"][GRANT]["pre-authorized_code"].as_str().unwrap();
    let token = offered.redeem(code).await.expect(200).json();
    for used in [code, "x", "a~b", ""] {
        let refused = offered.redeem(used).await.expect(400).json();
        assert_eq!(refused["error"], "invalid_grant", "{used}: a code is redeemed once");
    }
    for (form, error) in [
        (
            "grant_type=authorization_code&pre-authorized_code=x".to_owned(),
            "unsupported_grant_type",
        ),
        (format!("grant_type={GRANT}&pre-authorized_code=x&tx_code=1"), "invalid_request"),
    ] {
        let ask = app.post("/oid4vci/token").body("application/x-www-form-urlencoded", form);
        assert_eq!(ask.send().await.expect(400).json()["error"], error);
    }
    let access = token["access_token"].as_str().unwrap();
    let nonce = token["c_nonce"].as_str().unwrap();
    let proof = || wallet.proof(&audience, nonce);
    let known = json!("OpenBadgeCredential");
    for (body, error) in [
        (json!({}), "invalid_credential_request"),
        (json!({ "credential_configuration_id": "x" }), "unknown_credential_configuration"),
        (json!({ "credential_identifier": "x" }), "unknown_credential_identifier"),
        (json!({ "format": "mso_mdoc" }), "unsupported_credential_format"),
        (json!({ "credential_configuration_id": known }), "invalid_proof"),
        (
            json!({ "credential_configuration_id": known, "proofs": { "jwt": [proof(), proof()] } }),
            "invalid_proof",
        ),
        (
            json!({ "credential_configuration_id": known, "proofs": { "jwt": ["a.b.c"] } }),
            "invalid_proof",
        ),
        (
            json!({ "credential_configuration_id": known,
                    "proofs": { "jwt": [wallet.proof("https://elsewhere.example", nonce)] } }),
            "invalid_proof",
        ),
        (
            json!({ "credential_configuration_id": known,
                    "proofs": { "jwt": [wallet.proof(&audience, "made up")] } }),
            "invalid_nonce",
        ),
    ] {
        let refused = offered.credential(access, &body).await.expect(400).json();
        assert_eq!(refused["error"], error, "{body}");
    }
    let good = json!({ "credential_configuration_id": known, "proofs": { "jwt": [proof()] } });
    for wrong in ["x", code, &access.replace('~', "~A")] {
        let refused = offered.credential(wrong, &good).await.expect(401);
        assert_eq!(refused.json()["error"], "invalid_token", "{wrong}");
        assert!(refused.header("www-authenticate").starts_with("Bearer"));
    }
    let revoke = format!("/v1/assertions/{}/revoke", offered.award["id"].as_str().unwrap());
    offered.platform.post(&revoke, &json!({ "reason": "error" })).await.expect(200);
    let refused = offered.credential(access, &good).await.expect(400).json();
    assert_eq!(refused["error"], "credential_request_denied");
}

#[tokio::test]
async fn the_page_of_an_offer_is_for_the_holder_alone() {
    let app = TestApp::start().await;
    let offered = Offered::new(&app).await;
    let ask = |language: &str| {
        let ask = app.get(&offered.path()).header("Accept", "text/html");
        ask.header("Accept-Language", language).send()
    };
    let page = ask("en").await.expect(200);
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let html = page.text();
    for part in [
        "noindex",
        "https://lcw.app/request?request=",
        "openid-credential-offer://?credential_offer_uri=",
        "data:image/svg+xml;base64,",
        offered.offer["url"].as_str().unwrap(),
        "Coaching for Equity",
    ] {
        assert!(html.contains(part), "{part}");
    }
    assert!(ask("es").await.expect(200).text().contains("cartera"));
    assert!(!html.contains("Amara"), "no name stands on it");
}
