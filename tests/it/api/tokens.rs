//! Who may call.

use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn without_a_token_that_holds_nobody_gets_in() {
    let app = TestApp::start().await;
    let ask = async |header: &str| {
        let ask = app.post("/v1/images").header("Authorization", header).json(&json!({}));
        ask.send().await
    };
    let none = app.post("/v1/images").json(&json!({})).send().await.expect(401);
    assert_eq!(none.slug(), "unauthorized");
    assert!(none.header("www-authenticate").starts_with("Bearer"));
    let good = app.token(&["badges:write"]).await;
    let mut mistyped = good.clone();
    mistyped.pop();
    mistyped.push(if good.ends_with('x') { 'y' } else { 'x' });
    let elsewhere = TestApp::start_with(|_| {}).await;
    let _same_seed_same_first_token = elsewhere.token(&["badges:write"]).await;
    let unknown = elsewhere.token(&["badges:write"]).await;
    let words = none.json()["detail"].clone();
    for header in [
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer nonsense".to_owned(),
        format!("Basic {good}"),
        format!("Bearer {mistyped}"),
        format!("Bearer {unknown}"),
        format!("Bearer {good} {good}"),
        "Bearer acc_a_b_c".to_owned(),
    ] {
        let answer = ask(&header).await.expect(401);
        assert_eq!(answer.slug(), "unauthorized", "{header}");
        assert_ne!(answer.json()["detail"], words, "it says that the token is not valid");
    }
    ask(&format!("bearer {good}")).await.expect(422);
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say() {
    let app = TestApp::start().await;
    let other = app.token(&["assertions:read"]).await;
    let answer = app.post("/v1/images").token(&other).json(&json!({})).send().await.expect(403);
    assert_eq!(answer.slug(), "forbidden-scope");
    assert!(answer.json()["detail"].as_str().unwrap().contains("badges:draft"));
    let admin = app.token(&["admin"]).await;
    app.post("/v1/images").token(&admin).json(&json!({})).send().await.expect(422);
}

#[tokio::test]
async fn tokens_are_made_rotated_with_overlap_and_taken_back() {
    let app = TestApp::start().await;
    let admin = app.token(&["admin"]).await;
    let post =
        |path: String, body: serde_json::Value| app.post(&path).token(&admin).json(&body).send();
    let wrong = json!({ "label": "", "scopes": ["all"], "expiresAt": "2020-01-01" });
    let problem = post("/v1/tokens".to_owned(), wrong).await.expect(422).json();
    assert_eq!(problem["errors"].as_array().unwrap().len(), 2, "{problem}");
    let past = json!({ "label": "x", "scopes": ["verify"], "expiresAt": "2020-01-01" });
    let problem = post("/v1/tokens".to_owned(), past).await.expect(422).json();
    assert_eq!(problem["errors"][0]["pointer"], "/expiresAt");

    let body = json!({
        "label": "gradebook", "scopes": ["assertions:read"], "expiresAt": "2026-06-10T00:00:00Z",
    });
    let ask = || app.post("/v1/tokens").token(&admin).header("Idempotency-Key", "t").json(&body);
    let made = ask().send().await.expect(201).json();
    let secret = made["token"].as_str().unwrap().to_owned();
    let again = ask().send().await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!((&again.json()["id"], &again.json()["token"]), (&made["id"], &json!(null)));
    let path = format!("/v1/tokens/{}", made["id"].as_str().unwrap());
    let shown = app.get(&path).token(&admin).send().await.expect(200).json();
    assert_eq!((&shown["state"], &shown["lastUsedAt"]), (&json!("active"), &json!(null)));
    app.get("/v1/assertions").token(&secret).send().await.expect(200);
    let shown = app.get(&path).token(&admin).send().await.expect(200).json();
    assert_eq!(shown["lastUsedAt"], crate::app::NOW);

    let rotated = post(format!("{path}/rotate"), json!({ "overlapSeconds": 60 })).await;
    let rotated = rotated.expect(201).json();
    let next = rotated["token"].as_str().unwrap();
    assert_eq!(rotated["expiresAt"], made["expiresAt"]);
    app.get("/v1/assertions").token(next).send().await.expect(200);
    app.set_time("2026-06-01T12:00:59Z");
    app.get("/v1/assertions").token(&secret).send().await.expect(200);
    app.set_time("2026-06-01T12:01:00Z");
    app.get("/v1/assertions").token(&secret).send().await.expect(401);
    app.get("/v1/assertions").token(next).send().await.expect(200);
    let shown = app.get(&path).token(&admin).send().await.expect(200).json();
    assert_eq!(shown["state"], "expired");
    assert_eq!(post(format!("{path}/rotate"), json!({})).await.expect(409).slug(), "conflict");

    let path = format!("/v1/tokens/{}", rotated["id"].as_str().unwrap());
    for _ in 0..2 {
        let revoke = app.post(&format!("{path}/revoke")).token(&admin).send().await.expect(200);
        assert_eq!(revoke.json()["state"], "revoked");
    }
    app.get("/v1/assertions").token(next).send().await.expect(401);
    let list = app.get("/v1/tokens").token(&admin).send().await.expect(200).json();
    assert_eq!(list["data"].as_array().unwrap().len(), 3);
    assert!(!list.to_string().contains("acc_"), "no secret is shown again");

    // Nothing that is kept holds a secret, and the trail tells of each of it.
    let everything = accolade::store::backend::Key::new("a");
    for (_, stored) in app.app.store.backend().scan(&everything, None, 9999).await.unwrap() {
        let text = String::from_utf8_lossy(&stored.bytes).into_owned();
        for secret in [&secret, next] {
            let inner = secret.split('_').nth(2).unwrap();
            assert!(!text.contains(inner), "{text}");
        }
    }
    let trail = app.get("/v1/audit").token(&admin).send().await.expect(200).json();
    let actions: Vec<&str> = trail["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["token.created", "token.rotated", "token.revoked"]);
}

#[tokio::test]
async fn the_trail_is_read_as_a_list_or_as_lines_that_fit() {
    let app = TestApp::start().await;
    let platform = super::platform::Platform::new(&app).await;
    platform.award().await;
    let list = platform.get("/v1/audit").await.expect(200).json();
    let rows = list["data"].as_array().unwrap();
    let mut trail = accolade::store::AuditTrail::whole();
    let mut path = "/v1/audit?limit=2".to_owned();
    let mut lines = 0;
    loop {
        let ask = app.get(&path).token(&platform.token).header("Accept", "application/x-ndjson");
        let answer = ask.send().await.expect(200);
        assert_eq!(answer.header("content-type"), "application/x-ndjson");
        for line in answer.text().lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(row, rows[lines]);
            trail.line(line);
            lines += 1;
        }
        let link = answer.header("link").to_owned();
        let Some(next) = link.strip_prefix('<').and_then(|link| link.split('>').next()) else {
            break;
        };
        path = next.strip_prefix(&app.base).unwrap().to_owned();
    }
    assert_eq!(lines, rows.len());
    let verdict = trail.verdict();
    assert_eq!((verdict.rows, verdict.fault), (3, None));
    let ask = app.get("/v1/audit").token(&platform.token).header("Accept", "text/csv");
    assert_eq!(ask.send().await.expect(406).slug(), "not-acceptable");
    let other = app.token(&["assertions:read"]).await;
    app.get("/v1/audit").token(&other).send().await.expect(403);
}
