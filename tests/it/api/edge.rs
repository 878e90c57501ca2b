//! What every request meets, whatever it asks for.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::platform::{Platform, award_body};
use crate::app::TestApp;

#[tokio::test]
async fn every_answer_has_a_request_id_and_keeps_a_plain_one() {
    let app = TestApp::start().await;
    let answer = app.get("/livez").send().await.expect(200);
    assert!(answer.header("x-request-id").starts_with("req_"));
    let answer = app.get("/livez").header("X-Request-Id", "trace-7.a_b").send().await;
    assert_eq!(answer.header("x-request-id"), "trace-7.a_b");
    let answer = app.get("/livez").header("X-Request-Id", "a b\"c").send().await;
    assert!(answer.header("x-request-id").starts_with("req_"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn what_is_not_there_explains_itself_to_people_and_programs() {
    let app = TestApp::start().await;
    let answer = app.get("/no/such/place").send().await.expect(404);
    assert_eq!(answer.slug(), "not-found");
    assert_eq!(answer.json()["instance"], answer.header("x-request-id"));
    assert_eq!(answer.json()["type"], format!("{}/problems/not-found", app.base));
    let page = app.get("/no/such/place").header("Accept", "text/html").send().await.expect(404);
    assert!(page.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn a_wrong_method_names_the_right_ones() {
    let app = TestApp::start().await;
    let answer = app.post("/livez").send().await.expect(405);
    assert_eq!(answer.slug(), "method-not-allowed");
    assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS");
}

#[tokio::test]
async fn head_is_answered_wherever_get_is() {
    let app = TestApp::start().await;
    let head = app.ask(Method::HEAD, "/livez").send().await.expect(200);
    assert!(head.body.is_empty());
    assert_eq!(head.header("content-length"), "15");
}

#[tokio::test]
async fn scripts_of_any_origin_may_read_what_is_public_and_nothing_else() {
    let app = TestApp::start().await;
    let preflight = app
        .ask(Method::OPTIONS, "/livez")
        .header("Origin", "https://elsewhere.example")
        .header("Access-Control-Request-Method", "GET")
        .send()
        .await
        .expect(204);
    assert_eq!(preflight.header("access-control-allow-origin"), "*");
    assert_eq!(preflight.header("access-control-allow-credentials"), "");
    assert!(preflight.header("access-control-allow-methods").contains("GET"));
    let closed = app
        .ask(Method::OPTIONS, "/v1/issuers")
        .header("Origin", "https://elsewhere.example")
        .header("Access-Control-Request-Method", "POST")
        .send()
        .await
        .expect(405);
    assert_eq!(closed.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_head_that_does_not_end_is_not_waited_for() {
    let app = TestApp::start_with(|config| config.limits.head_seconds = 1).await;
    let came =
        tokio::time::timeout(Duration::from_secs(8), app.raw(b"GET /livez HTTP/1.1\r\nHost:"));
    let came = came.await.expect("the connection is closed");
    assert!(came.is_empty() || came.starts_with("HTTP/1.1 408"), "{came}");
}

#[tokio::test]
async fn heads_that_readers_disagree_about_are_refused() {
    let app = TestApp::start().await;
    for head in [
        "GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        "GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
        "GET /livez HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "GET /li\0vez HTTP/1.1\r\nHost: a\r\n\r\n",
        "nonsense\r\n\r\n",
    ] {
        let closing = head.replacen("Host: a", "Host: a\r\nConnection: close", 1);
        let came = tokio::time::timeout(Duration::from_secs(8), app.raw(closing.as_bytes()));
        let came = came.await.expect("the connection is closed");
        assert!(came.is_empty() || came.starts_with("HTTP/1.1 4"), "{head:?}: {came}");
    }
}

#[tokio::test]
async fn a_token_is_told_what_is_left_and_refused_beyond_it() {
    let app = TestApp::start_with(|config| config.limits.token_requests_per_minute = 2).await;
    let (one, other) = (app.token(&["assertions:read"]).await, app.token(&["verify"]).await);
    let first = app.get("/v1/issuers").token(&one).send().await.expect(200);
    assert_eq!(first.header("ratelimit-policy"), "\"token\";q=2;w=60");
    assert_eq!(first.header("ratelimit"), "\"token\";r=1;t=60");
    // What is refused for another reason counts and is told as well.
    app.set_time("2026-06-01T12:00:10Z");
    let second = app.get("/v1/webhooks").token(&one).send().await.expect(403);
    assert_eq!(second.header("ratelimit"), "\"token\";r=0;t=50");
    let third = app.get("/v1/issuers").token(&one).send().await.expect(429);
    assert_eq!(third.slug(), "rate-limited");
    assert_eq!(
        (third.header("retry-after"), third.header("ratelimit")),
        ("50", "\"token\";r=0;t=50")
    );
    assert_eq!(third.headers.get_all("ratelimit").iter().count(), 1);
    app.get("/v1/issuers").token(&other).send().await.expect(200);
    let mut wrong = one.clone();
    wrong.pop();
    app.get("/v1/issuers").token(&wrong).send().await.expect(401);
    app.set_time("2026-06-01T12:01:00Z");
    app.get("/v1/issuers").token(&one).send().await.expect(200);
    let open = app.get("/livez").send().await.expect(200);
    assert_eq!(open.header("ratelimit"), "");
    let off = TestApp::start_with(|config| config.limits.enabled = false).await;
    let token = off.token(&["verify"]).await;
    let answer = off.get("/v1/issuers").token(&token).send().await.expect(200);
    assert_eq!(answer.header("ratelimit"), "");
}

#[tokio::test]
async fn who_comes_when_all_places_are_taken_is_told_so_and_nothing_of_his_is_done() {
    let app = TestApp::start_with(|config| config.limits.changes_at_once = 1).await;
    let platform = Platform::new(&app).await;
    let class = platform.class().await;
    let mint = async |number: usize| {
        let mut body = award_body(class["id"].as_str().unwrap());
        body["externalId"] = json!(format!("row-{number}"));
        platform.post("/v1/assertions", &body).await
    };
    let answers = futures_util::future::join_all((0..64).map(mint)).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status != 201).collect();
    assert!(made > 0 && !refused.is_empty(), "{made} made, {} refused", refused.len());
    for answer in refused {
        assert_eq!((answer.status, answer.slug().as_str()), (503, "overloaded"));
        assert_eq!(answer.header("retry-after"), "1");
    }
    let kept = platform.get("/v1/assertions?limit=1000").await.expect(200).json();
    assert_eq!(kept["data"].as_array().unwrap().len(), made);
    // The places are free again, also after what failed.
    platform.post("/v1/assertions", &json!({ "badgeClass": class["id"] })).await.expect(422);
    mint(64).await.expect(201);
}
