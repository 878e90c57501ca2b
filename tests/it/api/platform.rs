//! What a platform does: issuers, badge classes, awards.

use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

/// A platform with a token that may do everything.
pub(crate) struct Platform<'a> {
    pub(crate) app: &'a TestApp,
    pub(crate) token: String,
}

impl<'a> Platform<'a> {
    pub(crate) async fn new(app: &'a TestApp) -> Self {
        Self { app, token: app.token(&["admin"]).await }
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.app.post(path).token(&self.token).json(body).send().await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.app.get(path).token(&self.token).send().await
    }

    pub(crate) async fn put(&self, path: &str, tag: &str, body: &Value) -> Answer {
        let ask = self.app.put(path).token(&self.token).header("If-Match", tag);
        ask.json(body).send().await
    }

    pub(crate) async fn issuer(&self) -> Value {
        self.post("/v1/issuers", &issuer_body("Riverside Schools")).await.expect(201).json()
    }

    pub(crate) async fn class(&self) -> Value {
        let issuer = self.issuer().await;
        let body = class_body(issuer["id"].as_str().unwrap());
        self.post("/v1/badge-classes", &body).await.expect(201).json()
    }

    pub(crate) async fn award(&self) -> Value {
        let class = self.class().await;
        let body = award_body(class["id"].as_str().unwrap());
        self.post("/v1/assertions", &body).await.expect(201).json()
    }
}

pub(crate) fn issuer_body(name: &str) -> Value {
    json!({
        "name": name,
        "url": "https://riverside.example.org",
        "email": "badges@riverside.example.org",
        "description": "Schools along the river.",
        "otherIdentifier": [
            { "identifier": "1234567", "identifierType": "ext:LinkedIn:organizationId" }
        ],
    })
}

pub(crate) fn class_body(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "name": "Coaching for Equity",
        "description": "Leads coaching that raises what every student can reach.",
        "achievementType": "MicroCredential",
        "criteria": { "narrative": "Lead one coaching cycle and show what changed." },
        "alignment": [{
            "targetName": "Coaching cycle",
            "targetUrl": "https://framework.example.org/TLMS.D2.b",
            "targetCode": "TLMS.D2.b",
        }],
        "resultDescription": [{
            "code": "lead",
            "name": "Leads coaching",
            "resultType": "RubricCriterionLevel",
            "requiredLevel": "meets",
            "rubricCriterionLevel": [
                { "code": "begins", "name": "Begins", "level": "1" },
                { "code": "meets", "name": "Meets", "level": "2" },
            ],
        }],
        "tags": ["coaching"],
        "creditsAvailable": 1.5,
        "validity": "P3Y",
        "suspendable": true,
    })
}

pub(crate) fn award_body(class: &str) -> Value {
    json!({
        "badgeClass": class,
        "recipient": { "email": "Amara.Okafor@schools.example.org", "name": "Amara Okafor" },
        "results": [{ "resultDescription": "lead", "achievedLevel": "meets" }],
        "evidence": [{
            "url": "https://portfolio.example.org/amara/cycle",
            "name": "Coaching log",
            "genre": "Observation notes",
        }],
        "externalId": "row-7",
        "visibility": "public",
    })
}

#[tokio::test]
async fn an_issuer_is_made_read_listed_and_changed() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let made = platform.post("/v1/issuers", &issuer_body("Riverside Schools")).await.expect(201);
    let issuer = made.json();
    let path = format!("/v1/issuers/{}", issuer["id"].as_str().unwrap());
    assert_eq!(made.header("location"), format!("{}{path}", app.base));
    assert_eq!(issuer["slug"], "riverside-schools");
    assert!(issuer["did"].as_str().unwrap().starts_with("did:key:"), "there is no https URL");

    let read = platform.get(&path).await.expect(200);
    assert_eq!(read.json(), issuer);
    assert_eq!(read.header("etag"), made.header("etag"));
    let known = app.get(&path).token(&platform.token).header("If-None-Match", read.header("etag"));
    known.send().await.expect(304);
    let list = platform.get("/v1/issuers").await.expect(200).json();
    assert_eq!(list["data"], json!([issuer]));

    let blind = app.put(&path).token(&platform.token).json(&json!({ "name": "New" }));
    assert_eq!(blind.send().await.expect(428).slug(), "precondition-required");
    let old = platform.put(&path, "\"old\"", &json!({ "name": "New" })).await.expect(412);
    assert_eq!(old.slug(), "precondition-failed");
    let tag = read.header("etag").to_owned();
    let slug = platform.put(&path, &tag, &json!({ "slug": "other" })).await.expect(422);
    assert_eq!(slug.json()["errors"][0]["pointer"], "/slug");
    let changed = platform.put(&path, &tag, &json!({ "name": "New" })).await.expect(200);
    assert_eq!(changed.json()["name"], "New");
    assert_eq!(changed.json()["email"], issuer["email"], "what is left out stays");
    assert_ne!(changed.header("etag"), tag);
    platform.put(&path, &tag, &json!({ "name": "Newer" })).await.expect(412);
}

#[tokio::test]
async fn an_issuer_gets_a_key_and_its_tokens_are_served_with_it() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let path = format!("/v1/issuers/{}/keys", award["issuer"].as_str().unwrap());
    let token = format!("/b/{}.jwt?alg=ES256", award["id"].as_str().unwrap());
    app.get(&token).send().await.expect(404);
    let wrong = platform.post(&path, &json!({ "type": "p384" })).await.expect(422).json();
    assert_eq!(wrong["errors"][0]["pointer"], "/type");
    let made = platform.post(&path, &json!({ "type": "p256" })).await.expect(201).json();
    let list = platform.get(&path).await.expect(200).json();
    let kinds: Vec<&str> =
        list["data"].as_array().unwrap().iter().map(|key| key["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ed25519", "rsa", "p256"]);
    assert_eq!(list["data"][2], made);

    let served = app.get(&token).send().await.expect(200).text();
    let body = json!({ "token": served });
    let report = app.post("/v1/verifications").json(&body).send().await.expect(200).json();
    assert_eq!(report["verdict"], "valid", "{report:#}");
    let facts = report["checks"].to_string();
    assert!(facts.contains("ES256"), "{facts}");
    app.get(&token.replace("ES256", "none")).send().await.expect(404);
}

#[tokio::test]
async fn every_problem_of_an_issuer_is_told_at_once_and_slugs_are_unique() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let wrong = json!({ "name": "", "url": "ftp://x", "slug": "A B", "colour": 1 });
    let problem = platform.post("/v1/issuers", &wrong).await.expect(422);
    assert_eq!(problem.slug(), "invalid-body");
    let problem = problem.json();
    let mut pointers: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["pointer"].as_str().unwrap())
        .collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/colour", "/email", "/name", "/slug", "/url"]);

    let mut body = issuer_body("One");
    body["slug"] = "taken".into();
    platform.post("/v1/issuers", &body).await.expect(201);
    let taken = platform.post("/v1/issuers", &body).await.expect(409);
    assert_eq!(taken.slug(), "conflict");
}

#[tokio::test]
async fn a_badge_class_keeps_its_versions() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let class = platform.class().await;
    let path = format!("/v1/badge-classes/{}", class["id"].as_str().unwrap());
    let read = platform.get(&path).await.expect(200);
    assert_eq!(read.json(), class);
    let tag = read.header("etag").to_owned();
    let edit = json!({ "description": "Leads coaching well." });
    let second = platform.put(&path, &tag, &edit).await.expect(200).json();
    assert_eq!(second["version"], 2);
    assert_eq!(second["resultDescription"], class["resultDescription"]);
    let versions = platform.get(&format!("{path}/versions")).await.expect(200).json();
    let mut first = class.clone();
    first["stage"] = json!("superseded");
    first["inForce"] = json!(2);
    assert_eq!(versions["data"], json!([first, second]));
    assert_eq!(platform.get(&path).await.json(), second);
    let issuer = class["issuer"].as_str().unwrap();
    let listed = platform.get(&format!("/v1/badge-classes?issuer={issuer}")).await.expect(200);
    assert_eq!(listed.json()["data"], json!([second]));
    platform.get("/v1/badge-classes?issuer=nonsense").await.expect(422);
}

#[tokio::test]
async fn an_award_is_minted_read_and_found() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let id = award["id"].as_str().unwrap();
    assert_eq!(award["state"], "active");
    assert_eq!(award["url"], format!("{}/b/{id}", app.base));
    assert_eq!(award["recipient"]["email"], "amara.okafor@schools.example.org");
    assert_eq!(award["expires"], "2029-06-01T23:59:59Z");
    let path = format!("/v1/assertions/{id}");
    assert_eq!(platform.get(&path).await.expect(200).json(), award);
    for (query, found) in [
        ("", true),
        ("?externalId=row-7", true),
        ("?externalId=row-8", false),
        ("?state=active", true),
        ("?state=revoked", false),
        ("?recipient=AMARA.okafor@schools.example.org", true),
        ("?recipient=other@schools.example.org", false),
        ("?since=2026-06-01T12:00:00Z", true),
        ("?since=2026-06-02", false),
    ] {
        let list = platform.get(&format!("/v1/assertions{query}")).await.expect(200).json();
        let ids: Vec<&str> =
            list["data"].as_array().unwrap().iter().map(|a| a["id"].as_str().unwrap()).collect();
        assert_eq!(ids == [id], found, "{query}: {ids:?}");
    }
    for wrong in ["?stat=active", "?state=good", "?limit=1001", "?limit=0", "?since=x", "?cursor=!"]
    {
        let refused = platform.get(&format!("/v1/assertions{wrong}")).await.expect(422);
        assert_eq!(refused.slug(), "invalid-body", "{wrong}");
    }
}

#[tokio::test]
async fn lists_go_on_page_by_page() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    for name in ["One", "Two", "Three"] {
        platform.post("/v1/issuers", &issuer_body(name)).await.expect(201);
    }
    let mut names = Vec::new();
    let mut path = "/v1/issuers?limit=2".to_owned();
    loop {
        let page = platform.get(&path).await.expect(200);
        let body = page.json();
        names.extend(body["data"].as_array().unwrap().iter().map(|i| i["name"].to_string()));
        let link = page.header("link");
        assert_eq!(link.is_empty(), body["nextCursor"].is_null());
        let Some(next) = link.strip_prefix('<').and_then(|link| link.split_once('>')) else {
            break;
        };
        assert_eq!(next.1, "; rel=\"next\"");
        path = next.0.strip_prefix(&app.base).unwrap().to_owned();
    }
    names.sort();
    assert_eq!(names, ["\"One\"", "\"Three\"", "\"Two\""]);
}

#[tokio::test]
async fn a_mint_that_cannot_be_says_why() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let class = platform.class().await;
    let class = class["id"].as_str().unwrap();
    let refusal = async |change: &dyn Fn(&mut Value)| {
        let mut body = award_body(class);
        change(&mut body);
        let answer = platform.post("/v1/assertions", &body).await.expect(422);
        let problem = answer.json();
        problem["errors"][0]["pointer"].as_str().unwrap().to_owned()
    };
    let unknown = "bc_0000000000000000000000";
    assert_eq!(refusal(&|body| body["badgeClass"] = unknown.into()).await, "/badgeClass");
    assert_eq!(refusal(&|body| body["recipient"] = json!({})).await, "/recipient");
    let level = |body: &mut Value| body["results"][0]["achievedLevel"] = "soars".into();
    assert_eq!(refusal(&level).await, "/results/0/achievedLevel");
    assert_eq!(refusal(&|body| body["expires"] = "2020-01-01".into()).await, "/expires");
    assert_eq!(refusal(&|body| body["badge_class"] = 1.into()).await, "/badge_class");
    platform.post("/v1/assertions", &award_body(class)).await.expect(201);
    let again = platform.post("/v1/assertions", &award_body(class)).await.expect(409);
    assert_eq!(again.slug(), "conflict", "an externalId is used once");
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let class = platform.class().await;
    let body = award_body(class["id"].as_str().unwrap());
    let ask = |key: &str, body: &Value| {
        app.post("/v1/assertions").token(&platform.token).header("Idempotency-Key", key).json(body)
    };
    let first = ask("\"k1\"", &body).send().await.expect(201);
    let again = ask("k1", &body).send().await.expect(201);
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let mut other = body.clone();
    other["externalId"] = "row-8".into();
    assert_eq!(ask("k1", &other).send().await.expect(422).slug(), "idempotency-mismatch");
    let bad = ask("\"open", &body).send().await.expect(422);
    assert_eq!(bad.slug(), "invalid-body");
    let listed = platform.get("/v1/assertions").await.json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1, "nothing was minted twice");
    let mut wrong = other.clone();
    wrong["recipient"] = json!({});
    ask("k2", &wrong).send().await.expect(422);
    ask("k2", &other).send().await.expect(201);
}

#[tokio::test]
async fn requests_with_one_key_at_the_same_time_mint_once() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let class = platform.class().await;
    let body = award_body(class["id"].as_str().unwrap());
    let ask = || {
        let ask = app.post("/v1/assertions").token(&platform.token);
        ask.header("Idempotency-Key", "same").json(&body).send()
    };
    let (a, b, c, d) = tokio::join!(ask(), ask(), ask(), ask());
    let mut minted = Vec::new();
    for answer in [a, b, c, d] {
        match answer.status {
            201 => minted.push(answer.json()["id"].clone()),
            409 => assert_eq!(answer.slug(), "idempotency-in-flight"),
            other => panic!("{other}: {}", answer.text()),
        }
    }
    minted.dedup();
    assert_eq!(minted.len(), 1);
}

#[tokio::test]
async fn states_change_and_repeating_a_change_changes_nothing() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let path = format!("/v1/assertions/{}", award["id"].as_str().unwrap());
    let why = json!({ "reason": "A mistake", "publicReason": "Awarded in error" });
    let change = async |verb: &str| platform.post(&format!("{path}/{verb}"), &why).await;
    assert_eq!(change("suspend").await.expect(200).json()["state"], "suspended");
    assert_eq!(change("reinstate").await.expect(200).json()["state"], "active");
    let revoked = change("revoke").await.expect(200).json();
    assert_eq!(revoked["state"], "revoked");
    assert_eq!(revoked["revocation"]["publicReason"], "Awarded in error");
    assert_eq!(change("revoke").await.expect(200).json(), revoked);
    assert_eq!(change("reinstate").await.expect(409).slug(), "conflict");
    let bare = platform.post(&format!("{path}/revoke"), &json!({})).await.expect(422);
    assert_eq!(bare.json()["errors"][0]["pointer"], "/reason");
}

#[tokio::test]
async fn suspending_needs_a_class_that_was_made_for_it() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let issuer = platform.issuer().await;
    let mut body = class_body(issuer["id"].as_str().unwrap());
    body["suspendable"] = false.into();
    let class = platform.post("/v1/badge-classes", &body).await.expect(201).json();
    let award = award_body(class["id"].as_str().unwrap());
    let award = platform.post("/v1/assertions", &award).await.expect(201).json();
    let path = format!("/v1/assertions/{}/suspend", award["id"].as_str().unwrap());
    let refused = platform.post(&path, &json!({ "reason": "Wait" })).await.expect(409);
    assert_eq!(refused.slug(), "not-suspendable");
    assert!(refused.json()["detail"].as_str().unwrap().contains("suspendable"));
}

#[tokio::test]
async fn an_object_of_another_account_is_as_if_it_were_not_there() {
    let app = TestApp::start().await;
    let (one, other) = (Platform::new(&app).await, Platform::new(&app).await);
    let award = one.award().await;
    let text = |name: &str| award[name].as_str().unwrap().to_owned();
    let (id, class, issuer) = (text("id"), text("badgeClass"), text("issuer"));
    let nothing = other.get("/v1/assertions/as_0000000000000000000000").await.expect(404).json();
    for path in [
        format!("/v1/assertions/{id}"),
        format!("/v1/badge-classes/{class}"),
        format!("/v1/badge-classes/{class}/versions"),
        format!("/v1/issuers/{issuer}"),
        "/v1/issuers/nonsense".to_owned(),
    ] {
        let answer = other.get(&path).await.expect(404);
        assert_eq!(answer.json()["detail"], nothing["detail"], "{path}");
        one.get(&path).await;
    }
    let why = json!({ "reason": "Not mine" });
    for verb in ["revoke", "suspend", "reinstate"] {
        other.post(&format!("/v1/assertions/{id}/{verb}"), &why).await.expect(404);
    }
    let edit = json!({ "name": "Mine now" });
    other.put(&format!("/v1/issuers/{issuer}"), "\"x\"", &edit).await.expect(404);
    other.put(&format!("/v1/badge-classes/{class}"), "\"x\"", &edit).await.expect(404);
    other.post("/v1/assertions", &award_body(&class)).await.expect(422);
    other.post("/v1/badge-classes", &class_body(&issuer)).await.expect(422);
    for list in ["/v1/issuers", "/v1/badge-classes", "/v1/assertions"] {
        assert_eq!(other.get(list).await.expect(200).json()["data"], json!([]));
    }
    assert_eq!(one.get(&format!("/v1/assertions/{id}")).await.json()["state"], "active");
}

#[tokio::test]
async fn an_uploaded_picture_becomes_badge_art() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let issuer = platform.issuer().await;
    let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><path d="M0 0h64v64z" fill="#123456"/></svg>"##;
    use base64::Engine as _;
    let data = base64::engine::general_purpose::STANDARD.encode(svg);
    let upload = json!({ "image": format!("data:image/svg+xml;base64,{data}"), "alt": "A corner" });
    let image = platform.post("/v1/images", &upload).await.expect(201).json();
    let mut body = class_body(issuer["id"].as_str().unwrap());
    body["image"] = image["id"].clone();
    let class = platform.post("/v1/badge-classes", &body).await.expect(201).json();
    assert_eq!(class["image"]["alt"], "A corner");
    for url in [class["image"]["url"].as_str().unwrap(), image["url"].as_str().unwrap()] {
        let path = url.strip_prefix(&app.base).unwrap();
        let served = app.get(path).send().await.expect(200);
        assert_eq!(served.header("content-type"), "image/svg+xml");
        assert!(served.header("content-security-policy").contains("sandbox"));
    }
}
