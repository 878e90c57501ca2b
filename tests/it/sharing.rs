//! What takes a badge elsewhere: QR codes, short codes, the card for other sites, oEmbed, and the
//! share section of the badge page.

use accolade::domain::{AssertionId, ShortCode};
use accolade::store::backend::{Batch, Key};
use serde_json::json;

use crate::api::platform::{Platform, award_body};
use crate::app::{Answer, TestApp};

const BROWSER: &str = "text/html,*/*;q=0.8";

fn code_of(id: &str) -> ShortCode {
    ShortCode::of(&AssertionId::parse(id).unwrap())
}

async fn private(platform: &Platform<'_>) -> String {
    let list = platform.get("/v1/badge-classes").await.expect(200).json();
    let mut body = award_body(list["data"][0]["id"].as_str().unwrap());
    body["visibility"] = json!("private");
    body.as_object_mut().unwrap().remove("externalId");
    let award = platform.post("/v1/assertions", &body).await.expect(201).json();
    award["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn qr_codes_are_pictures_of_the_badge_link() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let (id, url) = (award["id"].as_str().unwrap(), award["url"].as_str().unwrap());
    let svg = app.get(&format!("/b/{id}/qr.svg")).send().await.expect(200);
    assert_eq!(svg.header("content-type"), "image/svg+xml");
    assert!(svg.text().contains(&format!("<title>{url}</title>")));
    let known = app.get(&format!("/b/{id}/qr.svg")).header("If-None-Match", svg.header("etag"));
    known.send().await.expect(304);
    let png = app.get(&format!("/b/{id}/qr.png")).send().await.expect(200);
    assert!(png.body.starts_with(b"\x89PNG"));
    let hidden = private(&platform).await;
    for id in ["as_0000000000000000000000", "nonsense", &hidden] {
        app.get(&format!("/b/{id}/qr.svg")).send().await.expect(404);
        app.get(&format!("/b/{id}/qr.png")).send().await.expect(404);
        app.get(&format!("/b/{id}/embed")).send().await.expect(404);
    }
}

#[tokio::test]
async fn a_short_code_leads_to_its_badge_however_it_is_written() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let (id, url) = (award["id"].as_str().unwrap(), award["url"].as_str().unwrap());
    let code = code_of(id).to_string();
    let page = app.get(&format!("/b/{id}")).header("Accept", BROWSER).send().await.expect(200);
    assert!(page.text().contains(&code), "the page shows it");
    for written in [code.clone(), code.to_lowercase(), code.replace('-', "")] {
        let found = app.get(&format!("/v/{written}")).send().await.expect(302);
        assert_eq!(found.header("location"), url, "{written}");
        assert_eq!(found.header("cache-control"), "no-store");
    }
    app.app.store.note_codes().await.unwrap();
    let hidden = private(&platform).await;
    for nothing in ["AAAA-AAAA", "short", "AAAA-AAAU", &code_of(&hidden).to_string()] {
        app.get(&format!("/v/{nothing}")).send().await.expect(404);
    }
    let by_code = app.get(&format!("/verify?url={}", code.to_lowercase())).send().await;
    assert!(by_code.expect(200).text().contains("Coaching for Equity"));
    let form = "application/x-www-form-urlencoded";
    let posted = app.post("/verify").body(form, format!("url={code}")).send().await.expect(200);
    assert!(posted.text().contains("Coaching for Equity"));
    let none = app.get("/verify?url=AAAA-AAAA").send().await.expect(200).text();
    assert!(none.contains("No badge has this code."), "{none}");
}

#[tokio::test]
async fn badges_that_share_a_code_are_offered_for_choice() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let one = platform.award().await;
    let mut body = award_body(one["badgeClass"].as_str().unwrap());
    body.as_object_mut().unwrap().remove("externalId");
    let other = platform.post("/v1/assertions", &body).await.expect(201).json();
    let code = code_of(one["id"].as_str().unwrap());
    let mut batch = Batch::new();
    let key = format!("code/{}/{}", code.letters(), other["id"].as_str().unwrap());
    batch.put(Key::new(key.into_bytes()), Vec::new());
    app.app.store.backend().commit(batch).await.unwrap();
    let page = app.get(&format!("/v/{code}")).send().await.expect(200).text();
    for award in [&one, &other] {
        assert!(page.contains(award["url"].as_str().unwrap()), "{page}");
    }
}

#[tokio::test]
async fn codes_cannot_be_tried_one_by_one() {
    let app = TestApp::start_with(|config| config.limits.codes_per_minute = 2).await;
    app.app.store.note_codes().await.unwrap();
    app.get("/v/AAAA-AAAA").send().await.expect(404);
    app.get("/verify?url=AAAA-AAAB").send().await.expect(200);
    let refused = app.get("/v/AAAA-AAAC").send().await.expect(429);
    assert_eq!(refused.slug(), "rate-limited");
    assert_eq!(refused.header("retry-after"), "60");
    app.get("/verify?url=AAAA-AAAD").send().await.expect(429);
    app.set_time("2026-06-01T12:01:01Z");
    app.get("/v/AAAA-AAAC").send().await.expect(404);
}

#[tokio::test]
async fn the_card_alone_may_be_framed_and_always_says_how_the_badge_stands() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let id = award["id"].as_str().unwrap();
    let path = format!("/b/{id}/embed?v=1");
    let card = app.get(&path).send().await.expect(200);
    let policy = card.header("content-security-policy").to_owned();
    assert!(policy.contains("frame-ancestors *") && !policy.contains("script-src"), "{policy}");
    assert!(card.header("x-frame-options").is_empty());
    assert!(card.text().contains(">Valid<") && card.text().contains("Coaching for Equity"));
    assert!(!card.text().contains("Amara"), "the name is not public");
    for other in [format!("/b/{id}"), "/verify".to_owned(), "/".to_owned()] {
        let page = app.get(&other).header("Accept", BROWSER).send().await.expect(200);
        let policy = page.header("content-security-policy").to_owned();
        assert!(policy.contains("frame-ancestors 'none'"), "{other}: {policy}");
    }
    let why = json!({ "reason": "Wrong person", "publicReason": "Awarded in error" });
    platform.post(&format!("/v1/assertions/{id}/revoke"), &why).await.expect(200);
    let card = app.get(&path).send().await.expect(200).text();
    assert!(card.contains(">Revoked<") && !card.contains(">Valid<"));
    assert!(app.get(&format!("{path}&lang=es")).send().await.text().contains("lang=\"es\""));
}

#[tokio::test]
async fn oembed_answers_for_badge_links_and_keeps_to_the_sizes_asked_for() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let (id, url) = (award["id"].as_str().unwrap(), award["url"].as_str().unwrap());
    let link = url.replace(':', "%3A").replace('/', "%2F");
    let ask =
        async |rest: &str| -> Answer { app.get(&format!("/oembed?url={link}{rest}")).send().await };
    let whole = ask("").await.expect(200).json();
    assert_eq!((whole["type"].as_str(), whole["version"].as_str()), (Some("rich"), Some("1.0")));
    assert_eq!((&whole["width"], &whole["height"]), (&json!(480), &json!(190)));
    assert_eq!(whole["title"], "Coaching for Equity");
    assert_eq!(whole["thumbnail_width"], 600);
    let html = whole["html"].as_str().unwrap();
    assert!(html.contains(&format!("src=\"{url}/embed?v=1\"")), "{html}");
    let small = ask("&maxwidth=300&maxheight=100&format=json").await.expect(200).json();
    assert_eq!((&small["width"], &small["height"]), (&json!(300), &json!(100)));
    assert!(small["thumbnail_url"].is_null(), "it would be too large");
    assert!(small["html"].as_str().unwrap().contains("width=\"300\" height=\"100\""));
    assert_eq!(ask("&format=xml").await.expect(501).slug(), "not-implemented");
    for wrong in ["&maxwidth=0", "&maxheight=x", "&maxwidth=-5"] {
        ask(wrong).await.expect(422);
    }
    app.get("/oembed").send().await.expect(422);
    let page = app.get(&format!("/b/{id}")).header("Accept", BROWSER).send().await.text();
    let found = page.split("application/json+oembed\" href=\"").nth(1).expect("the discovery link");
    let found = found.split('"').next().unwrap().replace("&#38;", "&");
    let path = found.strip_prefix("https://badges.example.org").unwrap();
    assert_eq!(app.get(path).send().await.expect(200).json(), whole);
    let hidden = private(&platform).await;
    for nothing in [
        format!("https://badges.example.org/b/{hidden}"),
        "https://badges.example.org/b/as_0000000000000000000000".to_owned(),
        "https://badges.example.org/issuers/riverside-schools".to_owned(),
        "https://elsewhere.example/b/x".to_owned(),
        "nonsense".to_owned(),
    ] {
        app.get(&format!("/oembed?url={nothing}")).send().await.expect(404);
    }
}

#[tokio::test]
async fn the_page_offers_every_way_to_take_the_badge_along() {
    for (app, public) in
        [(TestApp::start_on_the_web().await, true), (TestApp::start().await, false)]
    {
        let platform = Platform::new(&app).await;
        let award = platform.award().await;
        let id = award["id"].as_str().unwrap();
        let read = async |path: String| {
            app.get(&path).header("Accept", BROWSER).send().await.expect(200).text()
        };
        let page = read(format!("/b/{id}")).await;
        for part in [
            "linkedin.com/profile/add",
            "linkedin.com/sharing",
            "twitter.com/intent",
            "facebook.com/sharer",
            "bsky.app/intent",
            "wa.me/",
            "mailto:?subject",
            "id=\"signature\"",
            "id=\"resume\"",
            "id=\"embed-code\"",
            "/qr.svg",
            "/embed?v=1",
        ] {
            assert!(page.contains(part), "{part}");
        }
        assert_eq!(page.contains("verifierplus.org/#verify?vc=https%3A"), public);
        // What is pasted elsewhere is text on this page, not a frame in it.
        assert!(page.contains("&#60;iframe") && !page.contains("<iframe"));
        let script = page.split("<script src=\"").nth(1).unwrap().split('"').next().unwrap();
        let script = app.get(script).send().await.expect(200);
        assert!(script.header("content-type").starts_with("text/javascript"));
        assert!(script.header("cache-control").contains("immutable"));
        assert!(read(format!("/b/{id}?lang=es")).await.contains("Para la firma"));
        // Nothing that is to be pressed is there before the script can answer.
        for button in page.split("<button").skip(1).map(|rest| rest.split('>').next().unwrap()) {
            assert!(button.contains(" hidden"), "{button}");
        }
    }
}
