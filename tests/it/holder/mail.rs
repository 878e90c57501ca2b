//! Mail: committed with the award, sent behind the answer, again until it is taken, once.

use accolade::config::MailTransport;
use serde_json::{Value, json};

use super::sink::Sink;
use super::{audit, award, later, start, told};
use crate::api::platform::{Platform, award_body, class_body};
use crate::app::TestApp;

#[tokio::test]
async fn the_holder_is_told_once_with_the_badge_link() {
    let sink = Sink::start();
    let app = start(&sink).await;
    let platform = Platform::new(&app).await;
    let award = award(&platform).await;
    assert!(sink.taken().is_empty(), "nothing leaves before somebody sends it");
    app.app.outbox.step().await.unwrap();
    let taken = sink.taken();
    assert_eq!(taken.len(), 1);
    let message = &taken[0];
    assert!(message.from.contains("<badges@riverside.example.org>"), "{}", message.from);
    assert_eq!(message.to.len(), 1);
    assert!(message.to[0].contains("<amara.okafor@schools.example.org>"));
    assert!(message.header("from").starts_with("=?utf-8?b?"), "{}", message.header("from"));
    assert_eq!(message.header("reply-to"), "office@riverside.example.org");
    assert_eq!(message.header("to"), "\"Amara Okafor\" <amara.okafor@schools.example.org>");
    assert_eq!(message.header("subject"), "Your badge: Coaching for Equity");
    assert_eq!(message.header("auto-submitted"), "auto-generated");
    assert_eq!(message.header("content-language"), "en");
    assert!(message.header("date").starts_with("Mon, 01 Jun 2026 12:00:00"));
    let body = message.body();
    assert!(body.starts_with("Hello Amara Okafor,\n\n"), "{body}");
    assert!(body.contains("Riverside Schools awarded you a badge: Coaching for Equity."));
    assert!(body.lines().any(|line| line == award["url"]), "{body}");

    app.app.outbox.step().await.unwrap();
    assert_eq!((sink.taken().len(), sink.attempts()), (0, 1), "once");
    assert!(waiting(&app, &award).await.is_empty(), "the record is gone");
    let rows = audit(&app, &award).await;
    assert!(rows.contains("assertion.mailed"), "{rows}");
    assert!(!rows.to_lowercase().contains("amara"), "{rows}");
}

#[tokio::test]
async fn the_holder_is_told_of_a_renewal_where_that_is_asked_for() {
    let sink = Sink::start();
    let app = start(&sink).await;
    let platform = Platform::new(&app).await;
    let class = platform.class().await;
    let body = award_body(class["id"].as_str().unwrap());
    let award = platform.post("/v1/assertions", &body).await.expect(201).json();
    later(&app, 86_400);
    let path = |award: &Value| format!("/v1/assertions/{}/renew", award["id"].as_str().unwrap());
    let second = platform.post(&path(&award), &json!({})).await.expect(201).json();
    app.app.outbox.step().await.unwrap();
    assert!(sink.taken().is_empty(), "nobody asked for it");
    later(&app, 2 * 86_400);
    let told = json!({ "notify": true });
    let third = platform.post(&path(&second), &told).await.expect(201).json();
    app.app.outbox.step().await.unwrap();
    let taken = sink.taken();
    assert_eq!(taken.len(), 1);
    assert!(taken[0].body().lines().any(|line| line == third["url"]), "{}", taken[0].body());

    later(&app, 3 * 86_400);
    let elsewhere = json!({ "url": "https://amara.example.org/" });
    let nowhere = json!({ "notify": true, "recipient": elsewhere });
    let refused = platform.post(&path(&third), &nowhere).await.expect(422).json();
    assert_eq!(refused["errors"][0]["code"], "no-address");
}

async fn waiting(app: &TestApp, award: &Value) -> Vec<accolade::store::Mail> {
    let id = award["id"].as_str().unwrap();
    let account = app.app.store.owner_of(id).await.unwrap().unwrap();
    let id = accolade::domain::AssertionId::parse(id).unwrap();
    app.app.store.mails_about(&account, &id).await.unwrap()
}

#[tokio::test]
async fn nobody_is_told_who_is_not_to_be_or_cannot_be() {
    let sink = Sink::start();
    let app = start(&sink).await;
    let platform = Platform::new(&app).await;
    let class = platform.class().await;
    let mut quiet = award_body(class["id"].as_str().unwrap());
    platform.post("/v1/assertions", &quiet).await.expect(201);
    let mut nowhere = told(&class);
    nowhere["recipient"] = json!({ "url": "https://amara.example.org/" });
    nowhere["externalId"] = json!("row-8");
    let refused = platform.post("/v1/assertions", &nowhere).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/notify");
    assert_eq!(refused["errors"][0]["code"], "no-address");
    quiet["notify"] = json!("yes");
    let refused = platform.post("/v1/assertions", &quiet).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/notify");
    // Taken back before it left.
    let mut revoked = told(&class);
    revoked["externalId"] = json!("row-9");
    let award = platform.post("/v1/assertions", &revoked).await.expect(201).json();
    let path = format!("/v1/assertions/{}/revoke", award["id"].as_str().unwrap());
    platform.post(&path, &json!({ "reason": "a mistake" })).await.expect(200);
    app.app.outbox.step().await.unwrap();
    assert_eq!((sink.taken().len(), sink.attempts()), (0, 0));
    assert!(waiting(&app, &award).await.is_empty());

    let off = TestApp::start().await;
    let platform = Platform::new(&off).await;
    let class = platform.class().await;
    let refused = platform.post("/v1/assertions", &told(&class)).await.expect(422).json();
    assert_eq!(refused["errors"][0]["code"], "mail-off");
    let refused = platform.post("/v1/batches?notify=true", &json!([])).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "?notify");
}

#[tokio::test]
async fn what_is_not_taken_comes_again_and_the_same() {
    let sink = Sink::start();
    let app = start(&sink).await;
    let platform = Platform::new(&app).await;
    for (command, answer) in
        [("connect", ""), ("connect", "421 busy"), ("RCPT", "451 try later"), (".", "452 full")]
    {
        sink.answers(command, answer);
        let award = award(&platform).await;
        app.app.outbox.step().await.unwrap();
        assert!(sink.taken().is_empty(), "{command} {answer}");
        assert_eq!(waiting(&app, &award).await[0].tries, 1, "{command} {answer}");
        sink.agrees();
        app.app.outbox.step().await.unwrap();
        assert!(sink.taken().is_empty(), "not before its time");
        later(&app, 3600);
        app.app.outbox.step().await.unwrap();
        let taken = sink.taken();
        assert_eq!(taken.len(), 1, "{command} {answer}");
        let id = taken[0].header("message-id");
        assert!(id.starts_with("<ml_") && id.ends_with("@riverside.example.org>"), "{id}");
        later(&app, 7200);
        app.app.outbox.step().await.unwrap();
        assert!(sink.taken().is_empty(), "once");
        let rows = audit(&app, &award).await;
        assert!(rows.contains("assertion.mailed"), "{rows}");
        app.set_time(crate::app::NOW);
    }
}

#[tokio::test]
async fn what_is_never_taken_ends_with_an_event_that_names_nobody() {
    let sink = Sink::start();
    let app = start(&sink).await;
    let platform = Platform::new(&app).await;
    sink.answers("RCPT", "550 5.1.1 <amara.okafor@schools.example.org> unknown");
    let award = award(&platform).await;
    app.app.outbox.step().await.unwrap();
    assert!(waiting(&app, &award).await.is_empty(), "given up");
    later(&app, 3600);
    app.app.outbox.step().await.unwrap();
    assert_eq!(sink.attempts(), 1);
    let events = platform.get("/v1/events").await.expect(200).json();
    let events = events["data"].as_array().unwrap();
    let failed = events.iter().find(|event| event["type"] == "assertion.mailFailed").unwrap();
    assert_eq!(failed["data"], json!({ "id": award["id"] }));
    let rows = audit(&app, &award).await;
    assert!(rows.contains("answered 550") && !rows.to_lowercase().contains("amara"), "{rows}");
}

#[tokio::test]
async fn what_waited_for_a_week_is_no_news() {
    let sink = Sink::start();
    let app = start(&sink).await;
    let platform = Platform::new(&app).await;
    let award = award(&platform).await;
    later(&app, 7 * 24 * 3600 + 1);
    app.app.outbox.step().await.unwrap();
    assert_eq!((sink.taken().len(), sink.attempts()), (0, 0));
    assert!(waiting(&app, &award).await.is_empty());
    let rows = audit(&app, &award).await;
    assert!(rows.contains("assertion.mailFailed") && rows.contains("a week"), "{rows}");
}

#[tokio::test]
async fn ten_attempts_over_three_days_and_no_more() {
    let sink = Sink::start();
    let app = start(&sink).await;
    let platform = Platform::new(&app).await;
    sink.answers("RCPT", "450 greylisted");
    let award = award(&platform).await;
    let mut hours = 0;
    while !waiting(&app, &award).await.is_empty() && hours < 200 {
        app.app.outbox.step().await.unwrap();
        hours += 1;
        later(&app, hours * 3600);
    }
    assert_eq!(sink.attempts(), 10);
    assert!((60..100).contains(&hours), "{hours} hours");
}

#[tokio::test]
async fn batches_tell_those_who_can_be_told() {
    let sink = Sink::start();
    let app = start(&sink).await;
    let platform = Platform::new(&app).await;
    let issuer = platform.issuer().await;
    let mut body = class_body(issuer["id"].as_str().unwrap());
    body["inLanguage"] = json!("es-MX");
    let class = platform.post("/v1/badge-classes", &body).await.expect(201).json();
    let row = |name: &str, change: Value| {
        let mut row = award_body(class["id"].as_str().unwrap());
        row["externalId"] = json!(name);
        row["recipient"] =
            json!({ "email": format!("{name}@schools.example.org"), "name": "Ñandú" });
        for (member, value) in change.as_object().unwrap() {
            row[member] = value.clone();
        }
        row
    };
    let rows: Vec<Value> = (0..6).map(|n| row(&format!("told-{n}"), json!({}))).collect();
    let mut rows = json!(rows);
    let more = rows.as_array_mut().unwrap();
    more.push(row("quiet", json!({ "notify": false })));
    let nowhere = json!({ "recipient": { "url": "https://amara.example.org/" } });
    more.push(row("nowhere", nowhere.clone()));
    let mut asked = row("asked", nowhere);
    asked["notify"] = json!(true);
    more.push(asked);
    let batch = platform.post("/v1/batches?notify=true", &rows).await.expect(202).json();
    while app.app.batches.step().await.unwrap() {}
    let path = format!("/v1/batches/{}", batch["id"].as_str().unwrap());
    let counts = platform.get(&path).await.expect(200).json()["counts"].clone();
    assert_eq!((&counts["issued"], &counts["refused"]), (&json!(8), &json!(1)), "{counts}");
    app.app.outbox.step().await.unwrap();
    let taken = sink.taken();
    let mut to: Vec<&str> = taken.iter().map(|taken| taken.to[0].as_str()).collect();
    to.sort_unstable();
    assert_eq!(taken.len(), 6, "{to:?}");
    assert!(to.iter().all(|to| to.contains("<told-")), "{to:?}");
    for message in &taken {
        assert_eq!(message.header("content-language"), "es");
        assert!(message.body().starts_with("Hola, Ñandú:"), "{}", message.body());
        assert!(message.header("to").is_ascii());
    }
    // The same rows again are the same awards.
    platform.post("/v1/batches?notify=true", &rows).await.expect(202);
    while app.app.batches.step().await.unwrap() {}
    app.app.outbox.step().await.unwrap();
    assert!(sink.taken().is_empty());
}

#[tokio::test]
async fn who_is_erased_gets_nothing_more() {
    let sink = Sink::start();
    let app = start(&sink).await;
    let platform = Platform::new(&app).await;
    sink.answers("connect", "");
    let award = award(&platform).await;
    app.app.outbox.step().await.unwrap();
    let person = json!({ "email": "amara.okafor@schools.example.org" });
    let erased = platform.post("/v1/recipients/erase", &person).await.expect(200).json();
    assert_eq!(erased["mails"], 1, "{erased}");
    assert!(waiting(&app, &award).await.is_empty());
    sink.agrees();
    later(&app, 7200);
    app.app.outbox.step().await.unwrap();
    assert!(sink.taken().is_empty());
    assert_eq!(app.app.store.next_mail_account(None).await.unwrap(), None);
}

#[tokio::test]
async fn files_are_whole_private_and_gone_with_the_person() {
    use std::os::unix::fs::PermissionsExt as _;
    let app = TestApp::start_with(|config| {
        config.mail.transport = Some(MailTransport::File);
    })
    .await;
    let platform = Platform::new(&app).await;
    let award = award(&platform).await;
    app.app.outbox.step().await.unwrap();
    let folder = app.app.config.store.path.join("mail");
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 1);
    let name = files[0].file_name().into_string().unwrap();
    let start = format!("20260601T120000Z-{}-ml_", award["id"].as_str().unwrap());
    assert!(name.starts_with(&start) && name.ends_with(".eml"), "{name}");
    assert_eq!(files[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    let text = std::fs::read_to_string(files[0].path()).unwrap();
    assert!(text.contains("<amara.okafor@schools.example.org>"), "{text}");
    assert!(text.contains(award["url"].as_str().unwrap()), "{text}");
    std::fs::write(folder.join("not-ours.eml"), "x").unwrap();
    let person = json!({ "email": "amara.okafor@schools.example.org" });
    let erased = platform.post("/v1/recipients/erase", &person).await.expect(200).json();
    assert_eq!(erased["mails"], 1, "{erased}");
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(Result::unwrap).collect();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].file_name(), "not-ours.eml");
}
