//! Who sees what, through the front door.

use reqwest::Method;
use serde_json::{Value, json};

use super::platform::{Platform, award_body};
use crate::app::{Answer, TestApp};

impl Platform<'_> {
    async fn patch(&self, award: &Value, tag: &str, body: &Value) -> Answer {
        let path = format!("/v1/assertions/{}", award["id"].as_str().unwrap());
        let ask = self.app.ask(Method::PATCH, &path).token(&self.token).header("If-Match", tag);
        ask.json(body).send().await
    }

    async fn tag(&self, award: &Value) -> String {
        let path = format!("/v1/assertions/{}", award["id"].as_str().unwrap());
        self.get(&path).await.expect(200).header("etag").to_owned()
    }

    async fn shown(&self, award: &Value, body: &Value) -> Value {
        let tag = self.tag(award).await;
        self.patch(award, &tag, body).await.expect(200).json()
    }
}

/// Every public address of an award.
fn addresses(award: &Value) -> Vec<String> {
    let id = award["id"].as_str().unwrap();
    let suffixes = ["", ".json", ".jwt", ".png", ".svg", ".json?v=2", ".jwt?v=2", ".png?v=2"];
    let mut all: Vec<String> = suffixes.iter().map(|suffix| format!("/b/{id}{suffix}")).collect();
    all.push(format!("/b/{id}.svg?v=2"));
    all.push(format!("/ob2/assertions/{id}"));
    all
}

async fn everything_public(app: &TestApp, award: &Value) -> String {
    let mut all = String::new();
    for address in addresses(award) {
        let answer = app.get(&address).header("Accept", "*/*").send().await.expect(200);
        all += &match address.contains(".jwt") {
            true => {
                let token = answer.text();
                let payload = token.split('.').nth(1).unwrap().to_owned();
                use base64::Engine as _;
                let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload);
                String::from_utf8(bytes.unwrap()).unwrap()
            }
            false => answer.text(),
        };
    }
    let page = format!("/b/{}", award["id"].as_str().unwrap());
    all + &app.get(&page).header("Accept", "text/html").send().await.expect(200).text()
}

async fn verdict(app: &TestApp, award: &Value) -> Value {
    let report = json!({ "url": award["url"] });
    let report = app.post("/v1/verifications").json(&report).send().await.expect(200).json();
    report["verdict"].clone()
}

#[tokio::test]
async fn what_a_holder_withdraws_is_in_no_form_any_more() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let class = platform.class().await;
    let mut body = award_body(class["id"].as_str().unwrap());
    body["recipient"]["namePublic"] = json!(true);
    body["evidence"].as_array_mut().unwrap().push(json!({
        "url": "https://portfolio.example.org/amara/video", "name": "Classroom video",
        "public": false,
    }));
    let award = platform.post("/v1/assertions", &body).await.expect(201).json();
    let before = everything_public(&app, &award).await;
    assert!(before.contains("Coaching log") && before.contains("Amara Okafor"));
    assert!(!before.contains("Classroom video"));

    app.set_time("2026-07-01T09:00:00Z");
    let withdrawn = json!({
        "recipient": { "namePublic": false },
        "evidence": [{ "index": 0, "public": false }, { "index": 1, "public": true }],
    });
    let tag = platform.tag(&award).await;
    let done = platform.patch(&award, &tag, &withdrawn).await.expect(200).json();
    assert_eq!((&done["id"], &done["issuedOn"]), (&award["id"], &award["issuedOn"]));
    assert_eq!(
        (&done["validFrom"], &done["revision"]),
        (&json!("2026-07-01T09:00:00Z"), &json!(2))
    );
    let after = everything_public(&app, &award).await;
    for gone in ["Coaching log", "amara/cycle", "Amara Okafor"] {
        assert!(!after.contains(gone), "{gone}");
    }
    assert_eq!(after.matches("Classroom video").count(), 11, "in every form and on the page");
    assert_eq!(verdict(&app, &award).await, "valid");
    assert!(platform.get("/v1/assertions").await.text().contains("Coaching log"), "it is kept");

    // The same again changes nothing, and nobody's change is lost.
    let tag = platform.tag(&award).await;
    assert_eq!(platform.patch(&award, &tag, &withdrawn).await.expect(200).json(), done);
    platform.patch(&award, "\"old\"", &withdrawn).await.expect(412);
    let path = format!("/v1/assertions/{}", award["id"].as_str().unwrap());
    let blind = app.ask(Method::PATCH, &path).token(&platform.token).json(&withdrawn);
    assert_eq!(blind.send().await.expect(428).slug(), "precondition-required");
    let wrong = json!({ "evidence": [{ "index": 2, "public": true }] });
    let wrong = platform.patch(&award, &tag, &wrong).await.expect(422).json();
    assert_eq!(wrong["errors"][0]["pointer"], "/evidence/0/index");
    let stranger = Platform::new(&app).await;
    stranger.patch(&award, &tag, &withdrawn).await.expect(404);
    let reader = app.token(&["assertions:read", "status:write"]).await;
    let ask = app.ask(Method::PATCH, &path).token(&reader).header("If-Match", &tag);
    ask.json(&withdrawn).send().await.expect(403);
}

#[tokio::test]
async fn a_private_award_is_nowhere_and_its_status_goes_on_to_answer() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    everything_public(&app, &award).await;
    let hidden = platform.shown(&award, &json!({ "visibility": "private" })).await;
    let links: Vec<&String> = hidden["links"].as_object().unwrap().keys().collect();
    assert_eq!(links, ["status"]);
    for address in addresses(&award) {
        for accept in ["*/*", "text/html", "application/json", "image/png"] {
            let answer = app.get(&address).header("Accept", accept).send().await;
            assert_eq!(answer.status, 404, "{address} {accept}");
        }
    }
    assert_ne!(verdict(&app, &award).await, "valid");
    let status = hidden["links"]["status"].as_str().unwrap();
    let status = status.strip_prefix("https://badges.example.org").unwrap();
    let before = app.get(status).send().await.expect(200).json();
    let path = format!("/v1/assertions/{}/revoke", award["id"].as_str().unwrap());
    platform.post(&path, &json!({ "reason": "x" })).await.expect(200);
    let after = app.get(status).send().await.expect(200).json();
    assert_ne!(
        before["credentialSubject"]["encodedList"],
        after["credentialSubject"]["encodedList"]
    );
    for address in addresses(&award) {
        assert_eq!(app.get(&address).send().await.status, 404, "{address}");
    }
    // A revoked one can be shown again, as revoked.
    platform.shown(&award, &json!({ "visibility": "public" })).await;
    app.get(&format!("/b/{}.json", award["id"].as_str().unwrap())).send().await.expect(200);
    assert_eq!(verdict(&app, &award).await, "invalid");

    // One that has ended is withdrawn all the same.
    let mut body = award_body(award["badgeClass"].as_str().unwrap());
    body["externalId"] = json!("row-8");
    body["expires"] = json!("2026-06-02");
    let ended = platform.post("/v1/assertions", &body).await.expect(201).json();
    app.set_time("2026-08-01T00:00:00Z");
    let shown =
        platform.shown(&ended, &json!({ "evidence": [{ "index": 0, "public": false }] })).await;
    assert_eq!((&shown["state"], &shown["expires"]), (&json!("expired"), &ended["expires"]));
    assert!(shown["validFrom"].as_str() > ended["validFrom"].as_str());
    assert!(!everything_public(&app, &ended).await.contains("Coaching log"));
}

#[tokio::test]
async fn what_is_kept_about_a_person_is_exported_whole_and_then_erased() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let mut body = award_body(award["badgeClass"].as_str().unwrap());
    body["externalId"] = json!("row-8");
    let minted = || {
        let ask = app.post("/v1/assertions").token(&platform.token).json(&body);
        ask.header("Idempotency-Key", "row-8").send()
    };
    let second = minted().await.expect(201).json();
    let mut others = body.clone();
    others["recipient"] = json!({ "email": "bela@schools.example.org", "name": "Bela" });
    others["externalId"] = json!("row-9");
    let other = platform.post("/v1/assertions", &others).await.expect(201).json();
    let path = |award: &Value, rest: &str| {
        format!("/v1/assertions/{}{rest}", award["id"].as_str().unwrap())
    };
    platform.post(&path(&award, "/suspend"), &json!({ "reason": "a complaint" })).await.expect(200);
    app.get(&format!("/b/{}.jwt", second["id"].as_str().unwrap())).send().await.expect(200);

    let person = json!({ "email": "AMARA.okafor@schools.example.org " });
    let exported = platform.post("/v1/recipients/export", &person).await.expect(200);
    assert_eq!(exported.header("cache-control"), "no-store");
    let exported = exported.json();
    let awards = exported["assertions"].as_array().unwrap();
    assert_eq!(awards.len(), 2, "{exported:#}");
    let suspended = awards.iter().find(|one| one["assertion"]["id"] == award["id"]).unwrap();
    assert_eq!(suspended["reasons"][0]["reason"], "a complaint");
    assert_eq!(suspended["forms"]["ob3"]["id"], award["url"]);
    let active = awards.iter().find(|one| one["assertion"]["id"] == second["id"]).unwrap();
    assert!(active["forms"]["jwt-rs256"].is_string() && active["issuer"]["name"].is_string());
    assert!(!exported.to_string().contains("Bela"));

    platform.post("/v1/recipients/erase", &json!({})).await.expect(422);
    let minter = app.token(&["assertions:write", "assertions:read"]).await;
    for rest in ["export", "erase"] {
        let ask = app.post(&format!("/v1/recipients/{rest}")).token(&minter).json(&person);
        assert_eq!(ask.send().await.expect(403).slug(), "forbidden-scope");
    }
    let stranger = Platform::new(&app).await;
    let nothing = stranger.post("/v1/recipients/erase", &person).await.expect(200).json();
    assert_eq!(nothing, json!({ "assertions": [], "answers": 0, "rows": 0, "mails": 0 }));

    let erased = platform.post("/v1/recipients/erase", &person).await.expect(200).json();
    assert_eq!(
        (erased["assertions"].as_array().unwrap().len(), &erased["answers"]),
        (2, &json!(1))
    );
    for one in [&award, &second] {
        let left = platform.get(&path(one, "")).await.expect(200).json();
        assert!(left["erasedAt"].is_string());
        assert_eq!(
            (&left["visibility"], &left["recipient"]["email"]),
            (&json!("private"), &Value::Null)
        );
        assert_eq!(left["links"]["status"], one["links"]["status"]);
        for gone in ["evidence", "results", "narrative", "externalId", "correction"] {
            assert!(left.get(gone).is_none(), "{gone}");
        }
        for address in addresses(one) {
            assert_eq!(app.get(&address).send().await.status, 404, "{address}");
        }
        for rest in ["/reissue", "/renew"] {
            platform.post(&path(one, rest), &json!({ "role": "Coach" })).await.expect(409);
        }
        let tag = platform.tag(one).await;
        platform.patch(one, &tag, &json!({ "visibility": "public" })).await.expect(409);
    }
    let left = platform.get(&path(&award, "")).await.json();
    assert_eq!((&left["state"], &left["suspension"]["reason"]), (&json!("suspended"), &json!("")));
    let revoked = platform.post(&path(&second, "/revoke"), &json!({ "reason": "left" })).await;
    assert_eq!(revoked.expect(200).json()["state"], "revoked");

    // A request that is sent again makes no new award, with its key or without.
    let again = minted().await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert!(!again.text().to_lowercase().contains("amara"), "{}", again.text());
    platform.post("/v1/assertions", &body).await.expect(409);
    let nobody = platform.get("/v1/assertions?recipient=amara.okafor@schools.example.org").await;
    assert_eq!(nobody.expect(200).json()["data"], json!([]));
    let exported = platform.post("/v1/recipients/export", &person).await.expect(200).json();
    assert_eq!(exported["assertions"], json!([]));
    let again = platform.post("/v1/recipients/erase", &person).await.expect(200).json();
    assert_eq!(again["assertions"], json!([]));
    assert_eq!(verdict(&app, &other).await, "valid", "others are as they were");
    let kept = platform.get("/v1/events").await.expect(200).text();
    assert!(kept.contains("assertion.erased") && !kept.to_lowercase().contains("amara"));
}
