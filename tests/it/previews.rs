//! The pictures that social networks show: drawn behind the answers, never for who asks.

use serde_json::{Value, json};

use crate::api::platform::{Platform, award_body, class_body};
use crate::app::TestApp;

/// The picture of a version in a state, and for how long it may be kept.
async fn preview(app: &TestApp, class: &Value, state: &str) -> (Vec<u8>, String) {
    let path = format!("{}/preview/{state}.png", app.path(class["url"].as_str().unwrap()));
    let answer = app.get(&path).send().await.expect(200);
    assert_eq!(answer.header("content-type"), "image/png");
    let kept = answer.header("cache-control").to_owned();
    (answer.body, kept)
}

const OWN: &str = "public, max-age=86400";
const NEUTRAL: &str = "public, max-age=60";

#[tokio::test]
async fn pictures_are_drawn_when_a_state_first_occurs_and_a_neutral_one_stands_in() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let class = platform.class().await;
    let (neutral, kept) = preview(&app, &class, "valid").await;
    assert_eq!(kept, NEUTRAL);
    assert_eq!(app.app.issuer.draw_previews().await, 1, "that of the version that was published");
    let (own, kept) = preview(&app, &class, "valid").await;
    assert_eq!(kept, OWN);
    assert_ne!(own, neutral);

    // An award that ends may be expired one day; others of its kind bring nothing new.
    let mut body = award_body(class["id"].as_str().unwrap());
    let award = platform.post("/v1/assertions", &body).await.expect(201).json();
    body["externalId"] = "row-8".into();
    platform.post("/v1/assertions", &body).await.expect(201);
    assert_eq!(app.app.issuer.draw_previews().await, 1);
    assert_eq!(preview(&app, &class, "expired").await.1, OWN);
    let id = award["id"].as_str().unwrap();
    for (turn, state) in [("suspend", "suspended"), ("revoke", "revoked")] {
        let why = json!({ "reason": "Wrong person" });
        platform.post(&format!("/v1/assertions/{id}/{turn}"), &why).await.expect(200);
        assert_eq!(app.app.issuer.draw_previews().await, 1);
        let (picture, kept) = preview(&app, &class, state).await;
        assert_eq!(kept, OWN);
        assert_ne!(picture, own);
    }
    // Who asks first for what has not occurred gets the neutral one.
    assert_eq!(preview(&app, &class, "not-yet-valid").await, (neutral, NEUTRAL.to_owned()));
}

#[tokio::test]
async fn what_is_announced_is_drawn_anew_when_it_changes_and_drafts_are_not_drawn() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let issuer = platform.issuer().await;
    let mut body = class_body(issuer["id"].as_str().unwrap());
    body["stage"] = "draft".into();
    let class = platform.post("/v1/badge-classes", &body).await.expect(201).json();
    assert_eq!(app.app.issuer.draw_previews().await, 0);
    let path = format!("/v1/badge-classes/{}", class["id"].as_str().unwrap());
    let coming = platform.post(&format!("{path}/stage"), &json!({ "stage": "coming" })).await;
    let class = coming.expect(200).json();
    assert_eq!(app.app.issuer.draw_previews().await, 1);
    let before = preview(&app, &class, "valid").await;
    let tag = platform.get(&path).await.header("etag").to_owned();
    body.as_object_mut().unwrap().remove("stage");
    body["name"] = "Coaching, anew".into();
    platform.put(&path, &tag, &body).await.expect(200);
    assert_eq!(preview(&app, &class, "valid").await.1, NEUTRAL, "the former name is not shown");
    assert_eq!(app.app.issuer.draw_previews().await, 1);
    let after = preview(&app, &class, "valid").await;
    assert_eq!(after.1, OWN);
    assert_ne!(after, before);
}
