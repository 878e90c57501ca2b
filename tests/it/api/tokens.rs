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
    assert!(answer.json()["detail"].as_str().unwrap().contains("badges:write"));
    let admin = app.token(&["admin"]).await;
    app.post("/v1/images").token(&admin).json(&json!({})).send().await.expect(422);
}
