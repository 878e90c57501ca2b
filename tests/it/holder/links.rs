//! Links to the holder's page: made, asked for, ended, taken back; given to her alone.

use serde_json::{Value, json};

use super::sink::Sink;
use super::{audit, award, bare, later, link_in, path_of, start};
use crate::api::platform::Platform;
use crate::app::{Answer, TestApp};

fn links(award: &Value) -> String {
    format!("/v1/assertions/{}/holder-link", award["id"].as_str().unwrap())
}

async fn ask(app: &TestApp, award: &Value, email: &str) -> Answer {
    let path = format!("/b/{}/holder-link", award["id"].as_str().unwrap());
    let body = format!("email={}", email.replace('@', "%40"));
    app.post(&path).body("application/x-www-form-urlencoded", body).send().await
}

/// Sends what waits, and gives it time to get into the queue.
async fn sent(app: &TestApp, sink: &Sink, expected: usize) -> Vec<super::sink::Taken> {
    let mut taken = Vec::new();
    for _ in 0..200 {
        app.app.outbox.step().await.unwrap();
        taken.extend(sink.taken());
        if expected > 0 && taken.len() >= expected {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(taken.len(), expected);
    taken
}

#[tokio::test]
async fn a_platform_makes_links_that_end_or_are_taken_back() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let made = bare(&platform, &links(&award)).await.expect(201);
    assert_eq!(made.header("cache-control"), "no-store");
    let link = made.json();
    assert_eq!(link["assertion"], award["id"]);
    assert_eq!(link["expires"], "2026-07-01T12:00:00Z");
    let url = link["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("{}/me/", app.base)), "{url}");
    let path = path_of(&app, url);
    app.get(&path).send().await.expect(200);
    let other = bare(&platform, &links(&award)).await.expect(201).json();
    assert_ne!(other["url"], link["url"]);

    app.set_time("2026-07-01T11:59:59Z");
    app.get(&path).send().await.expect(200);
    app.set_time("2026-07-01T12:00:00Z");
    app.get(&path).send().await.expect(404);
    app.set_time(crate::app::NOW);
    let delete = || app.ask(reqwest::Method::DELETE, &links(&award)).token(&platform.token).send();
    delete().await.expect(204);
    for url in [&link["url"], &other["url"]] {
        app.get(&path_of(&app, url.as_str().unwrap())).send().await.expect(404);
    }
    delete().await.expect(204);
    let rows = audit(&app, &award).await;
    for action in ["holderLink.created", "holderLink.revoked"] {
        assert!(rows.contains(action), "{rows}");
    }
    let secret = path.strip_prefix("/me/").unwrap();
    assert!(!rows.contains(secret), "{rows}");
    for wrong in ["", "x", &secret[1..], "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        app.get(&format!("/me/{wrong}")).send().await.expect(404);
    }
    // Neither the link nor its digest's preimage lies anywhere.
    let everywhere = accolade::store::backend::Key::new("");
    let all = app.app.store.backend().scan(&everywhere, None, 100_000).await.unwrap();
    let all: Vec<String> =
        all.iter().map(|(_, kept)| kept.bytes.escape_ascii().to_string()).collect();
    let all = all.join(" ");
    assert!(all.contains("Coaching for Equity"), "the store was read");
    assert!(!all.contains(secret));

    let reader = app.token(&["assertions:read"]).await;
    app.post(&links(&award)).token(&reader).send().await.expect(403);
    app.post("/v1/assertions/as_0000000000000000000009/holder-link")
        .token(&platform.token)
        .send()
        .await
        .expect(404);
}

#[tokio::test]
async fn no_more_than_twenty_open_it() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let mut urls = Vec::new();
    for second in 0..22 {
        later(&app, second);
        let made = bare(&platform, &links(&award)).await.expect(201).json();
        urls.push(path_of(&app, made["url"].as_str().unwrap()));
    }
    for (number, path) in urls.iter().enumerate() {
        app.get(path).send().await.expect(if number < 2 { 404 } else { 200 });
    }
}

#[tokio::test]
async fn the_message_brings_the_link_unless_it_was_taken_back() {
    let sink = Sink::start();
    let app = start(&sink).await;
    let platform = Platform::new(&app).await;
    let first = award(&platform).await;
    let message = sent(&app, &sink, 1).await.remove(0);
    let link = link_in(&message);
    assert!(message.body().contains("until 2026-07-01"), "{}", message.body());
    app.get(&path_of(&app, &link)).send().await.expect(200);

    let second = award(&platform).await;
    app.ask(reqwest::Method::DELETE, &links(&second)).token(&platform.token).send().await;
    let message = sent(&app, &sink, 1).await.remove(0);
    assert!(!message.body().contains("/me/"), "{}", message.body());
    assert!(message.body().contains(second["url"].as_str().unwrap()));

    let person = json!({ "email": "amara.okafor@schools.example.org" });
    platform.post("/v1/recipients/erase", &person).await.expect(200);
    app.get(&path_of(&app, &link)).send().await.expect(404);
    bare(&platform, &links(&first)).await.expect(409);
}

#[tokio::test]
async fn she_asks_for_it_herself_and_nobody_else_learns_whether_it_is_hers() {
    let sink = Sink::start();
    let app = start(&sink).await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let page = app.get(&format!("/b/{}", award["id"].as_str().unwrap()));
    let page = page.header("Accept", "text/html").send().await.expect(200).text();
    assert!(page.contains("Is this your badge?") && page.contains("/holder-link"), "{page}");

    let stranger = ask(&app, &award, "bela@schools.example.org").await.expect(200);
    sent(&app, &sink, 0).await;
    let holder = ask(&app, &award, "  AMARA.okafor@schools.example.org").await.expect(200);
    assert_eq!(stranger.body, holder.body);
    let mut names: Vec<_> = stranger.headers.keys().collect();
    let mut others: Vec<_> = holder.headers.keys().collect();
    names.sort_by_key(|name| name.as_str());
    others.sort_by_key(|name| name.as_str());
    assert_eq!(names, others);
    let message = sent(&app, &sink, 1).await.remove(0);
    assert!(message.to[0].contains("<amara.okafor@schools.example.org>"));
    assert_eq!(message.header("subject"), "Your page for the badge Coaching for Equity");
    app.get(&path_of(&app, &link_in(&message))).send().await.expect(200);
    let rows = audit(&app, &award).await.to_lowercase();
    assert!(rows.contains("holderlink.asked") && !rows.contains("amara"), "{rows}");

    // Three in an hour for one badge, five a minute for one client.
    for _ in 0..2 {
        ask(&app, &award, "amara.okafor@schools.example.org").await.expect(200);
    }
    sent(&app, &sink, 2).await;
    ask(&app, &award, "amara.okafor@schools.example.org").await.expect(200);
    sent(&app, &sink, 0).await;
    let refused = ask(&app, &award, "amara.okafor@schools.example.org").await.expect(429);
    assert!(!refused.header("retry-after").is_empty());
    later(&app, 3601);
    ask(&app, &award, "amara.okafor@schools.example.org").await.expect(200);
    sent(&app, &sink, 1).await;
    ask(&app, &award, "no address").await.expect(422);

    // A private badge is as if it were not there, for her too.
    let path = format!("/v1/assertions/{}", award["id"].as_str().unwrap());
    let tag = platform.get(&path).await.header("etag").to_owned();
    app.ask(reqwest::Method::PATCH, &path)
        .token(&platform.token)
        .header("If-Match", &tag)
        .json(&json!({ "visibility": "private" }))
        .send()
        .await
        .expect(200);
    ask(&app, &award, "amara.okafor@schools.example.org").await.expect(404);

    let off = TestApp::start().await;
    let award = Platform::new(&off).await.award().await;
    ask(&off, &award, "amara.okafor@schools.example.org").await.expect(404);
    let page = off.get(&format!("/b/{}", award["id"].as_str().unwrap()));
    let page = page.header("Accept", "text/html").send().await.expect(200).text();
    assert!(!page.contains("Is this your badge?"), "where no mail leaves nobody can ask");
}
