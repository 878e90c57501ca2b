//! What happens is told: signed, again and again until it is taken, to whom it concerns, once at
//! least, and never beyond the guard.

mod consumer;
mod feed;
mod hostile;
mod kill;

use accolade::outbox::{Outbox, Parts, Signing};
use accolade::resolve::Resolver;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use reqwest::Method;
use serde_json::{Value, json};

use self::consumer::{Came, Consumer};
use crate::api::platform::Platform;
use crate::app::TestApp;

/// A service that may contact this machine.
async fn start() -> TestApp {
    TestApp::start_with(|config| {
        config.fetch.refuse_all = false;
        config.fetch.allow = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await
}

async fn hook(platform: &Platform<'_>, consumer: &Consumer, events: &[&str]) -> Value {
    let body = json!({ "url": consumer.url(), "events": events });
    platform.post("/v1/webhooks", &body).await.expect(201).json()
}

fn path_of(hook: &Value) -> String {
    format!("/v1/webhooks/{}", hook["id"].as_str().unwrap())
}

async fn deliveries(platform: &Platform<'_>, hook: &Value) -> Vec<Value> {
    let list = platform.get(&format!("{}/deliveries", path_of(hook))).await.expect(200).json();
    list["data"].as_array().unwrap().clone()
}

/// Checks a message the way a consumer with a Standard Webhooks library does.
#[track_caller]
fn verified(came: &Came, hook: &Value) -> Value {
    let key = hook["publicKey"].as_str().unwrap().strip_prefix("whpk_").unwrap();
    let key: [u8; 32] = STANDARD.decode(key).unwrap().try_into().unwrap();
    let key = VerifyingKey::from_bytes(&key).unwrap();
    let signature = came.header("webhook-signature").strip_prefix("v1a,").unwrap().to_owned();
    let signature = Signature::from_slice(&STANDARD.decode(signature).unwrap()).unwrap();
    let (id, timestamp) = (came.header("webhook-id"), came.header("webhook-timestamp"));
    let signed = format!("{id}.{timestamp}.{}", came.body);
    key.verify_strict(signed.as_bytes(), &signature).expect("the signature holds");
    let altered = format!("{id}.{timestamp}.{} ", came.body);
    assert!(key.verify_strict(altered.as_bytes(), &signature).is_err());
    let event: Value = serde_json::from_str(&came.body).unwrap();
    assert_eq!(event["id"], id);
    event
}

#[tokio::test]
async fn what_happens_is_told_signed_and_without_a_person() {
    let app = start().await;
    let platform = Platform::new(&app).await;
    let consumer = Consumer::start();
    let hook = hook(&platform, &consumer, &[]).await;
    assert_eq!(hook["state"], "enabled");
    assert_eq!(hook["signer"].as_str().unwrap().split(':').nth(1), Some("key"));
    let award = platform.award().await;
    let revoke = format!("/v1/assertions/{}/revoke", award["id"].as_str().unwrap());
    let why = json!({ "reason": "Amara Okafor asked for it", "publicReason": "Amara was wrong" });
    platform.post(&revoke, &why).await.expect(200);
    app.app.outbox.step().await.unwrap();

    let came = consumer.came();
    let told: Vec<Value> = came.iter().map(|came| verified(came, &hook)).collect();
    let mut types: Vec<&str> = told.iter().map(|event| event["type"].as_str().unwrap()).collect();
    types.sort_unstable();
    assert_eq!(
        types,
        [
            "assertion.issued",
            "assertion.revoked",
            "badgeClass.created",
            "issuer.created",
            "webhook.created"
        ]
    );
    let revoked = told.iter().find(|event| event["type"] == "assertion.revoked").unwrap();
    assert_eq!(revoked["data"]["id"], award["id"]);
    assert_eq!(revoked["data"]["state"], "revoked");
    assert_eq!(revoked["timestamp"], crate::app::NOW);
    let at = crate::app::NOW.parse::<jiff::Timestamp>().unwrap().as_second().to_string();
    for came in &came {
        assert_eq!(came.header("webhook-timestamp"), at);
        assert_eq!(came.header("content-type"), "application/json");
        assert_eq!(came.request, "POST /in HTTP/1.1");
        let text = came.body.to_lowercase();
        for private in ["amara", "okafor", "row-7", "example.org", "wrong"] {
            assert!(!text.contains(private), "{private} is in {text}");
        }
        assert!(came.body.len() < 500, "{}", came.body);
    }
    let log = deliveries(&platform, &hook).await;
    assert_eq!(log.len(), 5);
    for delivery in &log {
        assert_eq!(delivery["state"], "delivered");
        assert_eq!(delivery["attempts"][0]["status"], 200);
    }
    app.app.outbox.step().await.unwrap();
    assert!(consumer.came().is_empty(), "nothing is told twice");

    // The audit rows say nothing of a person either.
    let account = app.app.store.owner_of(award["id"].as_str().unwrap()).await.unwrap().unwrap();
    let page = accolade::store::Page::first(99);
    let rows = app.app.store.audit(&account, &page).await.unwrap().items;
    assert!(rows.iter().any(|(_, row)| row.action == "assertion.revoked"));
    let rows = format!("{rows:?}").to_lowercase();
    for private in ["amara", "okafor", "row-7", "wrong"] {
        assert!(!rows.contains(private), "{private} is in {rows}");
    }
}

#[tokio::test]
async fn what_is_not_taken_comes_again_later_and_later() {
    let app = start().await;
    let platform = Platform::new(&app).await;
    let consumer = Consumer::start();
    consumer.answers("500 Broken", "");
    let hook = hook(&platform, &consumer, &["webhook.*"]).await;
    let mut ids = Vec::new();
    let mut last = crate::app::NOW.parse::<jiff::Timestamp>().unwrap();
    let mut waits = Vec::new();
    loop {
        app.app.outbox.step().await.unwrap();
        let came = consumer.came();
        assert_eq!(came.len(), 1, "one attempt at a time");
        verified(&came[0], &hook);
        assert_eq!(came[0].header("webhook-timestamp"), last.as_second().to_string());
        ids.push(came[0].header("webhook-id").to_owned());
        let log = deliveries(&platform, &hook).await;
        assert_eq!(log[0]["attempts"].as_array().unwrap().len(), ids.len());
        let attempt = log[0]["attempts"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(attempt["status"], 500);
        assert_eq!(attempt["error"], "the server answered with status 500");
        if log[0]["state"] == "failed" {
            break;
        }
        let next: jiff::Timestamp = log[0]["nextAttemptAt"].as_str().unwrap().parse().unwrap();
        app.app.world.clock.set(next - jiff::SignedDuration::from_millis(1));
        app.app.outbox.step().await.unwrap();
        assert!(consumer.came().is_empty(), "it is not due yet");
        waits.push(next.duration_since(last).as_secs());
        // Late enough for the rest of a webhook that failed.
        last = next + jiff::SignedDuration::from_secs(300);
        app.app.world.clock.set(last);
    }
    assert_eq!(ids.len(), 10);
    assert!(waits.is_sorted() && waits[0] < 7 && waits[8] > 19 * 3600, "{waits:?}");
    ids.dedup();
    assert_eq!(ids.len(), 1, "every attempt has the same webhook-id");
}

#[tokio::test]
async fn a_delivery_can_be_asked_for_again() {
    let app = start().await;
    let platform = Platform::new(&app).await;
    let consumer = Consumer::start();
    consumer.answers("500 Broken", "");
    let hook = hook(&platform, &consumer, &["webhook.*"]).await;
    app.app.outbox.step().await.unwrap();
    let first = consumer.came();
    let failing = platform.get(&path_of(&hook)).await.expect(200).json();
    assert_eq!(failing["failingSince"], crate::app::NOW);
    let log = deliveries(&platform, &hook).await;
    let again =
        format!("{}/deliveries/{}/redeliver", path_of(&hook), log[0]["id"].as_str().unwrap());
    consumer.answers("204 Taken", "");
    for round in 1..4 {
        let waiting = app.post(&again).token(&platform.token).send().await.expect(202).json();
        assert_eq!(waiting["state"], "waiting");
        // One that failed is left alone for two seconds.
        app.set_time(&format!("2026-06-01T12:00:{:02}Z", round * 2));
        app.app.outbox.step().await.unwrap();
        let came = consumer.came();
        assert_eq!(came.len(), 1);
        verified(&came[0], &hook);
        assert_eq!(came[0].header("webhook-id"), first[0].header("webhook-id"));
        assert_eq!(came[0].body, first[0].body);
        assert_eq!(deliveries(&platform, &hook).await[0]["state"], "delivered");
    }
    let well = platform.get(&path_of(&hook)).await.expect(200).json();
    assert_eq!(well["failingSince"], Value::Null);
    let unknown = format!("{}/deliveries/dlv_0000000000000000000000/redeliver", path_of(&hook));
    app.post(&unknown).token(&platform.token).send().await.expect(404);
}

#[tokio::test]
async fn a_wish_to_be_left_alone_is_heeded() {
    let app = start().await;
    let platform = Platform::new(&app).await;
    let consumer = Consumer::start();
    consumer.answers("429 Slower", "Retry-After: 600\r\n");
    let hook = hook(&platform, &consumer, &[]).await;
    app.app.outbox.step().await.unwrap();
    assert_eq!(consumer.came().len(), 1);
    let log = deliveries(&platform, &hook).await;
    assert_eq!(log[0]["nextAttemptAt"], "2026-06-01T12:10:00Z");
    consumer.answers("200 OK", "");
    platform.issuer().await;
    app.set_time("2026-06-01T12:09:59Z");
    app.app.outbox.step().await.unwrap();
    assert!(consumer.came().is_empty(), "nothing else comes meanwhile");
    app.set_time("2026-06-01T12:10:00Z");
    app.app.outbox.step().await.unwrap();
    assert_eq!(consumer.came().len(), 2);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let app = start().await;
    let platform = Platform::new(&app).await;
    let (consumer, elsewhere) = (Consumer::start(), Consumer::start());
    consumer.answers("307 Elsewhere", &format!("Location: {}\r\n", elsewhere.url()));
    let hook = hook(&platform, &consumer, &[]).await;
    app.app.outbox.step().await.unwrap();
    assert_eq!(consumer.came().len(), 1);
    assert!(elsewhere.came().is_empty());
    let log = deliveries(&platform, &hook).await;
    assert_eq!(log[0]["attempts"][0]["status"], 307);
    assert!(log[0]["attempts"][0]["error"].as_str().unwrap().contains("redirect"));
}

#[tokio::test]
async fn gone_is_gone_and_the_others_are_told() {
    let app = start().await;
    let platform = Platform::new(&app).await;
    let (consumer, other) = (Consumer::start(), Consumer::start());
    let gone = hook(&platform, &consumer, &[]).await;
    hook(&platform, &other, &["webhook.disabled"]).await;
    platform.issuer().await;
    consumer.answers("410 Gone", "");
    app.app.outbox.step().await.unwrap();
    assert!((1..=4).contains(&consumer.came().len()), "no more than are sent at once");
    let shown = platform.get(&path_of(&gone)).await.expect(200).json();
    assert_eq!(shown["state"], "disabled");
    assert_eq!(shown["disabledReason"], "it answered 410 Gone");
    let told = other.came();
    assert_eq!(told.len(), 1);
    assert!(told[0].body.contains(gone["id"].as_str().unwrap()), "{}", told[0].body);
    let log = deliveries(&platform, &gone).await;
    assert!(log.len() >= 2 && log.iter().all(|delivery| delivery["state"] == "failed"), "{log:?}");
    let again =
        format!("{}/deliveries/{}/redeliver", path_of(&gone), log[0]["id"].as_str().unwrap());
    app.post(&again).token(&platform.token).send().await.expect(409);
    consumer.answers("200 OK", "");
    platform.class().await;
    app.app.outbox.step().await.unwrap();
    assert!(consumer.came().is_empty());

    // Mended, it is told what happens from now on.
    let enable = format!("{}/enable", path_of(&gone));
    for _ in 0..2 {
        let enabled = app.post(&enable).token(&platform.token).send().await.expect(200).json();
        assert_eq!(
            (&enabled["state"], &enabled["disabledReason"]),
            (&json!("enabled"), &json!(null))
        );
    }
    let made = platform.award().await;
    app.app.outbox.step().await.unwrap();
    let told: Vec<String> = consumer.came().into_iter().map(|message| message.body).collect();
    assert!(told.iter().any(|body| body.contains(made["id"].as_str().unwrap())), "{told:?}");
    app.post(&again).token(&platform.token).send().await.expect(202);
}

#[tokio::test]
async fn who_takes_nothing_for_three_days_is_disabled() {
    let app = start().await;
    let platform = Platform::new(&app).await;
    let consumer = Consumer::start();
    consumer.answers("503 Down", "");
    let hook = hook(&platform, &consumer, &[]).await;
    app.app.outbox.step().await.unwrap();
    app.set_time("2026-06-04T11:59:59Z");
    platform.issuer().await;
    app.app.outbox.step().await.unwrap();
    let shown = platform.get(&path_of(&hook)).await.expect(200).json();
    assert_eq!(shown["state"], "enabled");
    app.set_time("2026-06-04T12:10:00Z");
    app.app.outbox.step().await.unwrap();
    let shown = platform.get(&path_of(&hook)).await.expect(200).json();
    assert_eq!(shown["state"], "disabled");
    assert_eq!(shown["disabledReason"], "it took nothing for three days");
    let log = deliveries(&platform, &hook).await;
    assert!(log.iter().all(|delivery| delivery["state"] == "failed"), "{log:?}");
}

#[tokio::test]
async fn a_slow_consumer_holds_up_nobody() {
    let app = start().await;
    let (one, two) = (Platform::new(&app).await, Platform::new(&app).await);
    let (slow, fast) = (Consumer::start(), Consumer::start());
    slow.holds();
    let held = hook(&one, &slow, &[]).await;
    hook(&two, &fast, &["assertion.*"]).await;
    app.app.outbox.round().await.unwrap();
    slow.wait_for(1).await;
    // Minting goes on while it is held, and others hear of it.
    let began = two.award().await;
    app.app.outbox.round().await.unwrap();
    let told = fast.wait_for(1).await;
    assert!(told[0].body.contains(began["id"].as_str().unwrap()));
    assert_eq!(deliveries(&one, &held).await[0]["state"], "waiting", "it is held still");
    slow.lets_go();
    app.app.outbox.idle().await;
    assert_eq!(deliveries(&one, &held).await[0]["state"], "delivered");
}

#[tokio::test]
async fn another_run_goes_on_where_one_ended() {
    let app = start().await;
    let platform = Platform::new(&app).await;
    let consumer = Consumer::start();
    consumer.holds();
    let hook = hook(&platform, &consumer, &[]).await;
    let first = another(&app);
    first.round().await.unwrap();
    let came = consumer.wait_for(1).await;
    // That run ends before the answer comes; what it was about to write is lost.
    platform.issuer().await;
    let second = another(&app);
    consumer.lets_go();
    first.idle().await;
    second.step().await.unwrap();
    let rest = consumer.came();
    let mut ids: Vec<&str> =
        came.iter().chain(&rest).map(|came| came.header("webhook-id")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2, "both events came");
    let log = deliveries(&platform, &hook).await;
    assert!(log.iter().all(|delivery| delivery["state"] == "delivered"), "{log:?}");
}

/// An outbox as the next run of the service has it.
fn another(app: &TestApp) -> Outbox {
    let (config, world, issuer) = (&app.app.config, &app.app.world, app.app.issuer.clone());
    Outbox::new(Parts {
        store: app.app.store.clone(),
        resolver: Resolver::new(&config.fetch, None, world.clock.clone()).unwrap(),
        clock: world.clock.clone(),
        random: world.random.clone(),
        mailer: accolade::mail::Mailer::off(),
        urls: app.app.urls.clone(),
        signer: std::sync::Arc::new(move || {
            let issuer = issuer.clone();
            Box::pin(async move {
                let key = issuer.service_key().await.map_err(|error| error.to_string())?;
                Ok(Signing { did: String::new(), key })
            })
        }),
    })
}

#[tokio::test]
async fn webhooks_are_made_listed_and_removed() {
    let app = start().await;
    let platform = Platform::new(&app).await;
    let consumer = Consumer::start();
    let wrong = json!({ "url": "ftp://x", "events": ["everything"], "secret": "s" });
    let problem = platform.post("/v1/webhooks", &wrong).await.expect(422).json();
    assert_eq!(problem["errors"].as_array().unwrap().len(), 3);
    for address in ["https://0x7f.1/in", "https://127.1/in", "https://a.example./in"] {
        let problem = platform.post("/v1/webhooks", &json!({ "url": address })).await.expect(422);
        assert_eq!(problem.json()["errors"][0]["pointer"], "/url", "{address}");
    }
    let ask = || {
        let body = json!({ "url": consumer.url(), "label": "CRM" });
        app.post("/v1/webhooks").token(&platform.token).header("Idempotency-Key", "k").json(&body)
    };
    let made = ask().send().await.expect(201);
    let again = ask().send().await.expect(201);
    assert_eq!((made.json(), again.header("idempotency-replayed")), (again.json(), "true"));
    let first = made.json();
    let read = platform.get(&path_of(&first)).await.expect(200);
    assert_eq!(read.json(), first);
    assert_eq!(read.header("etag"), made.header("etag"));
    for _ in 1..20 {
        hook(&platform, &consumer, &[]).await;
    }
    let body = json!({ "url": consumer.url() });
    assert_eq!(platform.post("/v1/webhooks", &body).await.expect(409).slug(), "conflict");
    let list = platform.get("/v1/webhooks?limit=15").await.expect(200).json();
    assert_eq!(list["data"].as_array().unwrap().len(), 15);

    app.app.outbox.step().await.unwrap();
    assert!(!deliveries(&platform, &first).await.is_empty());
    let remove = || app.ask(Method::DELETE, &path_of(&first)).token(&platform.token);
    remove().send().await.expect(204);
    remove().send().await.expect(404);
    platform.get(&path_of(&first)).await.expect(404);
    platform.get(&format!("{}/deliveries", path_of(&first))).await.expect(404);
    platform.post("/v1/webhooks", &body).await.expect(201);
    consumer.came();
    platform.issuer().await;
    app.app.outbox.step().await.unwrap();
    let prefix = accolade::store::backend::Key::new("purge/");
    assert!(app.app.store.backend().scan(&prefix, None, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn answers_that_were_kept_for_repeated_requests_go_in_their_time() {
    let app = start().await;
    let platform = Platform::new(&app).await;
    let body = crate::api::platform::issuer_body("Riverside Schools");
    let ask = || {
        app.post("/v1/issuers").token(&platform.token).header("Idempotency-Key", "k").json(&body)
    };
    let first = ask().send().await.expect(201).json();
    let kept = async || {
        let prefix = accolade::store::backend::Key::new("idemx/");
        app.app.store.backend().scan(&prefix, None, 9).await.unwrap().len()
    };
    app.set_time("2026-06-02T12:00:01Z");
    app.app.outbox.step().await.unwrap();
    assert_eq!(ask().send().await.expect(201).json(), first);
    assert_eq!(kept().await, 1, "for a day at least");
    app.set_time("2026-06-03T12:00:01Z");
    app.app.outbox.step().await.unwrap();
    assert_eq!(kept().await, 0);
}

#[tokio::test]
async fn the_log_is_kept_for_thirty_days() {
    let app = start().await;
    let platform = Platform::new(&app).await;
    let consumer = Consumer::start();
    let hook = hook(&platform, &consumer, &[]).await;
    app.app.outbox.step().await.unwrap();
    app.set_time("2026-07-01T12:00:00Z");
    app.app.outbox.step().await.unwrap();
    assert_eq!(deliveries(&platform, &hook).await.len(), 1);
    app.set_time("2026-07-01T12:01:01Z");
    app.app.outbox.step().await.unwrap();
    assert!(deliveries(&platform, &hook).await.is_empty());
}
