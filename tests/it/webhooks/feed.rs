//! The feed: everything, from any point, for ever the same.

use serde_json::Value;

use crate::api::platform::Platform;
use crate::app::TestApp;

async fn feed(platform: &Platform<'_>, query: &str) -> Vec<Value> {
    let list = platform.get(&format!("/v1/events{query}")).await.expect(200).json();
    list["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_feed_is_replayed_from_any_point_and_only_to_its_account() {
    let app = TestApp::start().await;
    let (ours, theirs) = (Platform::new(&app).await, Platform::new(&app).await);
    ours.award().await;
    theirs.issuer().await;
    ours.issuer().await;
    let whole = feed(&ours, "").await;
    let types: Vec<&str> = whole.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(
        types,
        ["issuer.created", "badgeClass.created", "assertion.issued", "issuer.created"]
    );
    for (at, event) in whole.iter().enumerate() {
        let id = event["id"].as_str().unwrap();
        assert_eq!(feed(&ours, &format!("?after={id}")).await, whole[at + 1..]);
        // An id of another account's event is a place in the order, and tells nothing of it.
        assert!(feed(&theirs, &format!("?after={id}")).await.len() <= 1);
    }
    assert_eq!(feed(&theirs, "").await.len(), 1);
    let mut paged = Vec::new();
    let mut query = "?limit=3".to_owned();
    loop {
        let answer = ours.get(&format!("/v1/events{query}")).await.expect(200);
        let page = answer.json();
        paged.extend(page["data"].as_array().unwrap().clone());
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        assert!(answer.header("link").contains(cursor), "{}", answer.header("link"));
        query = format!("?limit=3&cursor={cursor}");
    }
    assert_eq!(paged, whole);
    // What is told after it was handed out is the same.
    app.app.outbox.step().await.unwrap();
    assert_eq!(feed(&ours, "").await, whole);
    let early = feed(&ours, "?after=evt_0000000000000000000000").await;
    assert_eq!(early, whole, "before all");
    for wrong in ["evt_zzzzzzzzzzzzzzzzzzzzzz", "evt_1", "x", ""] {
        let problem = ours.get(&format!("/v1/events?after={wrong}")).await.expect(422).json();
        assert_eq!(problem["errors"][0]["pointer"], "?after", "{wrong}");
    }
    let reader = app.token(&["assertions:write"]).await;
    app.get("/v1/events").token(&reader).send().await.expect(403);
}
