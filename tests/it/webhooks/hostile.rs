//! Webhooks are doors, too: hostile addresses reach nothing inside.

use accolade::store::Event;
use reqwest::Method;
use serde_json::{Value, json};

use super::consumer::Consumer;
use crate::api::platform::Platform;
use crate::app::TestApp;
use crate::guard::{Inside, urls};
use crate::require::say;

#[actix_web::test]
async fn no_message_reaches_what_lies_inside() {
    let inside = Inside::start();
    let app = TestApp::start_with(|config| {
        config.fetch.refuse_all = false;
        config.fetch.allow = vec!["127.0.0.1/32".parse().unwrap()];
        config.limits.enabled = false;
    })
    .await;
    let platform = Platform::new(&app).await;
    let open = Consumer::start();
    let hostile = urls(inside.port());
    let (mut made, mut refused, mut words) = (0, 0, std::collections::BTreeSet::new());
    for url in [open.url()].iter().chain(&hostile) {
        let answer = platform.post("/v1/webhooks", &json!({ "url": url })).await;
        if answer.status == 422 {
            refused += 1;
            continue;
        }
        let hook = answer.expect(201).json();
        made += 1;
        let id = hook["id"].as_str().unwrap();
        let account = app.app.store.owner_of(id).await.unwrap().unwrap();
        let mut tx = app.app.store.begin(&account);
        let at = app.app.world.clock.now();
        let data = json!({});
        tx.event(Event { kind: "a.b".to_owned(), subject: "x".to_owned(), at, data });
        tx.commit().await.unwrap();
        app.app.outbox.step().await.unwrap();
        let path = format!("/v1/webhooks/{id}");
        let log = platform.get(&format!("{path}/deliveries")).await.expect(200).json();
        let attempts: Vec<&Value> = log["data"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|delivery| delivery["attempts"].as_array().unwrap())
            .collect();
        assert!(!attempts.is_empty(), "{url} was not tried");
        if *url == open.url() {
            assert_eq!(open.came().len(), 2, "an address outside is a door");
        } else {
            for attempt in attempts {
                assert_eq!(attempt["status"], Value::Null, "{url}");
                words.insert(attempt["error"].as_str().unwrap().to_owned());
            }
        }
        assert_eq!(inside.reached(), 0, "{url} was contacted");
        app.ask(Method::DELETE, &path).token(&platform.token).send().await.expect(204);
    }
    assert!(made > 50 && refused > 50, "{made} {refused}");
    assert_eq!(words.len(), 1, "what is refused reads the same: {words:?}");
    say(format_args!(
        "guard: {} hostile webhooks, {refused} refused, {} tried; nothing inside was contacted",
        hostile.len(),
        made - 1
    ));
}
