//! What anyone may read: the badge link and its forms, the documents of verifiers, the pages.

use accolade::api::problem::ROWS;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::platform::{Platform, award_body, class_body, issuer_body};
use crate::app::{Answer, TestApp};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// The path of one of our own URLs.
fn path_of<'u>(app: &TestApp, url: &'u str) -> &'u str {
    url.strip_prefix(app.app.urls.public_url()).expect("one of our own URLs")
}

async fn public(app: &TestApp, url: &Value) -> Answer {
    let url = url.as_str().expect("a URL");
    app.get(path_of(app, url)).send().await
}

#[tokio::test]
async fn the_badge_link_answers_by_what_is_accepted() {
    let app = TestApp::start().await;
    let award = Platform::new(&app).await.award().await;
    let path = path_of(&app, award["url"].as_str().unwrap());
    for (accept, content_type) in [
        ("*/*", "application/vc+ld+json"),
        ("application/vc", "application/vc+ld+json"),
        ("application/json", "application/json"),
        ("application/ld+json, */*;q=0.1", "application/ld+json"),
        (BROWSER, "text/html; charset=utf-8"),
        ("image/png", "image/png"),
        ("image/svg+xml", "image/svg+xml"),
        ("text/plain", "text/plain; charset=utf-8"),
    ] {
        let answer = app.get(path).header("Accept", accept).send().await.expect(200);
        assert_eq!(answer.header("content-type"), content_type, "{accept}");
        assert!(answer.header("vary").contains("Accept"), "{accept}");
        let head = app.ask(Method::HEAD, path).header("Accept", accept).send().await.expect(200);
        assert_eq!(head.header("content-type"), content_type);
        assert!(head.body.is_empty());
    }
    let none = app.get(path).header("Accept", "audio/ogg").send().await.expect(406);
    assert_eq!(none.slug(), "not-acceptable");
    let bot = app.get(path).header("User-Agent", "LinkedInBot/1.0").send().await.expect(200);
    assert!(bot.header("content-type").starts_with("text/html"));
    assert!(bot.header("vary").contains("User-Agent"));
    let data = app.get(path).send().await.expect(200);
    assert_eq!(data.json()["id"], award["url"]);
    let known = app.get(path).header("If-None-Match", data.header("etag"));
    known.send().await.expect(304);
    let relabelled = app.get(path).header("Accept", "application/json").send().await;
    assert_eq!(relabelled.body, data.body);
    assert_ne!(relabelled.header("etag"), data.header("etag"));
}

#[tokio::test]
async fn every_link_of_an_award_leads_to_its_form() {
    for app in [TestApp::start().await, TestApp::start_on_the_web().await] {
        let award = Platform::new(&app).await.award().await;
        let links = award["links"].as_object().unwrap();
        for (name, content_type) in [
            ("page", "application/vc+ld+json"),
            ("ob3", "application/vc+ld+json"),
            ("jwt", "text/plain; charset=utf-8"),
            ("ob2", "application/ld+json; charset=utf-8"),
            ("ob2jws", "text/plain; charset=utf-8"),
            ("png", "image/png"),
            ("svg", "image/svg+xml"),
            ("pdf", "application/pdf"),
            ("status", "application/vc+ld+json"),
        ] {
            let answer = public(&app, &links[name]).await.expect(200);
            assert_eq!(answer.header("content-type"), content_type, "{name}");
            assert_eq!(answer.header("access-control-allow-origin"), "*", "{name}");
            assert!(!answer.header("etag").is_empty(), "{name}");
        }
        let status = public(&app, &links["status"]).await;
        assert_eq!(status.header("cache-control"), "public, max-age=300");
        assert_eq!(status.json()["credentialSubject"]["ttl"], 300_000);
    }
}

#[tokio::test]
async fn every_form_is_valid_here_and_stays_so_word_for_word() {
    let app = TestApp::start_on_the_web().await;
    let award = Platform::new(&app).await.award().await;
    for name in ["page", "ob3", "jwt", "ob2", "ob2jws", "png", "svg", "pdf"] {
        let form = public(&app, &award["links"][name]).await.expect(200);
        let boundary = "multipart/form-data; boundary=B";
        let mut body =
            b"--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
                .to_vec();
        body.extend_from_slice(&form.body);
        body.extend_from_slice(b"\r\n--B--\r\n");
        let report = app.post("/v1/verifications").body(boundary, body).send().await.expect(200);
        let report = report.json();
        assert_eq!(report["verdict"], "valid", "{name}: {report:#}");
        assert_eq!(report["badge"]["name"], "Coaching for Equity", "{name}");
    }
    let by_link = json!({ "url": award["url"] });
    let report = app.post("/v1/verifications").json(&by_link).send().await.expect(200).json();
    assert_eq!(report["verdict"], "valid", "{report:#}");
}

#[tokio::test]
async fn what_open_badges_2_readers_follow_is_there() {
    let app = TestApp::start_on_the_web().await;
    let award = Platform::new(&app).await.award().await;
    let assertion = public(&app, &award["links"]["ob2"]).await.expect(200).json();
    assert_eq!(assertion["id"], award["links"]["ob2"]);
    let class = public(&app, &assertion["badge"]).await.expect(200).json();
    assert_eq!(class["id"], assertion["badge"]);
    let issuer = public(&app, &class["issuer"]).await.expect(200).json();
    assert_eq!(issuer["id"], class["issuer"]);
    for name in ["publicKey", "revocationList"] {
        let document = public(&app, &issuer[name]).await.expect(200).json();
        assert_eq!(document["id"], issuer[name], "{name}");
    }
}

#[tokio::test]
async fn revoking_shows_everywhere_at_once() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let id = award["id"].as_str().unwrap();
    let why = json!({ "reason": "Secret reason", "publicReason": "Awarded in error" });
    platform.post(&format!("/v1/assertions/{id}/revoke"), &why).await.expect(200);

    let gone = public(&app, &award["links"]["ob2"]).await.expect(410);
    assert_eq!(gone.json()["revoked"], true);
    assert_eq!(gone.header("cache-control"), "no-store");
    app.get(&format!("/b/{id}.json?v=2")).send().await.expect(410);
    for still in ["ob3", "jwt", "png", "svg", "pdf", "status"] {
        let answer = public(&app, &award["links"][still]).await.expect(200);
        assert!(!answer.text().contains("Secret reason"), "{still}");
    }
    let page = app.get(&format!("/b/{id}")).header("Accept", BROWSER).send().await.expect(200);
    assert!(page.text().contains("Awarded in error"));
    assert!(!page.text().contains("Secret reason"));
    let report = app.post("/v1/verifications").json(&json!({ "url": award["url"] })).send().await;
    let report = report.expect(200).json();
    assert_eq!(report["verdict"], "invalid");
    assert_eq!(report["answers"]["authentic"]["answer"], "yes");
    assert_eq!(report["answers"]["inForce"]["answer"], "no");
}

#[tokio::test]
async fn a_page_is_kept_for_a_minute_and_shows_every_change_at_once() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let id = award["id"].as_str().unwrap();
    let page = async |lang: &str| {
        let ask = app.get(&format!("/b/{id}?lang={lang}")).header("Accept", BROWSER);
        ask.send().await.expect(200).text()
    };
    let now = app.app.world.clock.now();
    let later = |seconds: i64| {
        let at = now.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
        app.set_time(&at.to_string());
    };
    let (english, spanish) = (page("en").await, page("es").await);
    assert_ne!(english, spanish);
    later(59);
    assert_eq!((page("en").await, page("es").await), (english.clone(), spanish.clone()));
    // The page says when the badge was checked, so that it is made anew in time.
    later(61);
    let anew = page("en").await;
    assert_ne!(anew, english);
    assert_eq!(page("en").await, anew);

    let path = format!("/v1/issuers/{}", award["issuer"].as_str().unwrap());
    let issuer = platform.get(&path).await.expect(200);
    let mut body = issuer_body("Renamed Issuer");
    body["slug"] = issuer.json()["slug"].clone();
    platform.put(&path, issuer.header("etag"), &body).await.expect(200);
    assert!(page("en").await.contains("Renamed Issuer"));

    let why = json!({ "reason": "Secret reason", "publicReason": "Awarded in error" });
    platform.post(&format!("/v1/assertions/{id}/revoke"), &why).await.expect(200);
    for lang in ["en", "es", "en", "es"] {
        let page = page(lang).await;
        assert!(page.contains("Awarded in error"), "{lang}");
    }
    let shown = platform.get(&format!("/v1/assertions/{id}")).await.expect(200);
    let hide = app.ask(Method::PATCH, &format!("/v1/assertions/{id}")).token(&platform.token);
    let hide = hide.header("If-Match", shown.header("etag"));
    hide.json(&json!({ "visibility": "private" })).send().await.expect(200);
    let gone = app.get(&format!("/b/{id}")).header("Accept", BROWSER).send().await.expect(404);
    assert!(!gone.text().contains("Amara"));
}

#[tokio::test]
async fn a_page_turns_when_the_award_does() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let class = platform.class().await;
    let now = app.app.world.clock.now();
    let at = |seconds: i64| now.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
    let mut body = award_body(class["id"].as_str().unwrap());
    body["expires"] = at(100).to_string().into();
    let award = platform.post("/v1/assertions", &body).await.expect(201).json();
    let path = format!("/b/{}", award["id"].as_str().unwrap());
    let mut pages = Vec::new();
    for seconds in [0, 20, 50, 99, 161, 162, 400, 420] {
        app.set_time(&at(seconds).to_string());
        pages.push(app.get(&path).header("Accept", BROWSER).send().await.expect(200).text());
    }
    let expired = |page: &String| page.contains("Expired");
    let turned: Vec<bool> = pages.iter().map(expired).collect();
    assert_eq!(turned, [false, false, false, false, true, true, true, true]);
    assert_eq!(pages[6], pages[7], "an end that is long past takes nothing back");
}

#[tokio::test]
async fn a_private_award_answers_like_none_and_its_status_list_stays() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let class = platform.class().await;
    let mut body = award_body(class["id"].as_str().unwrap());
    body["visibility"] = "private".into();
    let award = platform.post("/v1/assertions", &body).await.expect(201).json();
    let id = award["id"].as_str().unwrap();
    assert!(award["links"]["page"].is_null());
    let nothing = app.get("/b/as_0000000000000000000000").send().await.expect(404).json();
    for path in [
        format!("/b/{id}"),
        format!("/b/{id}.json"),
        format!("/b/{id}.jwt"),
        format!("/b/{id}.png"),
        format!("/b/{id}.svg"),
        format!("/b/{id}.pdf"),
        format!("/b/{id}?v=2"),
        format!("/ob2/assertions/{id}"),
    ] {
        let answer = app.get(&path).send().await.expect(404);
        assert_eq!(answer.json()["detail"], nothing["detail"], "{path}");
        let page = app.get(&path).header("Accept", "text/html").send().await.expect(404);
        assert!(!page.text().contains("Amara"), "{path}");
    }
    public(&app, &award["links"]["status"]).await.expect(200);
}

#[tokio::test]
async fn names_stay_out_of_public_documents_unless_they_may_stand_there() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    for name in ["ob3", "ob2", "jwt", "ob2jws", "svg", "png"] {
        let text = public(&app, &award["links"][name]).await.expect(200).text();
        assert!(!text.contains("Amara Okafor"), "{name}");
        assert!(!text.to_lowercase().contains("amara.okafor@"), "{name}");
    }
    let page = path_of(&app, award["url"].as_str().unwrap());
    let page = app.get(page).header("Accept", BROWSER).send().await.expect(200).text();
    assert!(!page.contains("Amara"), "the page neither");
}

#[tokio::test]
async fn the_identity_of_issuer_and_service_is_published_where_did_web_looks() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let issuer = platform.issuer().await;
    assert_eq!(issuer["did"], "did:web:badges.example.org:issuers:riverside-schools");
    let did = app.get("/issuers/riverside-schools/did.json").send().await.expect(200).json();
    assert_eq!(did["id"], issuer["did"]);
    let service = app.get("/.well-known/did.json").send().await.expect(200).json();
    assert_eq!(service["id"], "did:web:badges.example.org");

    let laptop = TestApp::start().await;
    Platform::new(&laptop).await.issuer().await;
    laptop.get("/issuers/riverside-schools/did.json").send().await.expect(404);
    let profile = laptop.get("/issuers/riverside-schools").send().await.expect(200).json();
    assert!(profile["id"].as_str().unwrap().starts_with("did:key:"));
}

#[tokio::test]
async fn issuers_and_badge_classes_have_pages_and_data() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let class = platform.class().await;
    let version = path_of(&app, class["url"].as_str().unwrap()).to_owned();
    let newest = path_of(&app, class["links"]["newest"].as_str().unwrap()).to_owned();
    for path in [version.as_str(), newest.as_str(), "/issuers/riverside-schools"] {
        let data = app.get(path).send().await.expect(200);
        assert!(data.header("content-type").starts_with("application/ld+json"), "{path}");
        let page = app.get(path).header("Accept", BROWSER).send().await.expect(200);
        assert!(page.text().contains("Coaching for Equity"), "{path}");
        app.get(path).header("Accept", "audio/ogg").send().await.expect(406);
    }
    for name in ["image.png", "image.svg", "preview/valid.png", "preview/revoked.png"] {
        let picture = app.get(&format!("{version}/{name}")).send().await.expect(200);
        assert!(picture.header("content-type").starts_with("image/"), "{name}");
    }
    app.get(&format!("{version}/preview/good.png")).send().await.expect(404);
    app.get("/issuers/nobody").send().await.expect(404);
}

#[tokio::test]
async fn the_service_explains_itself_and_every_kind_of_problem() {
    let app = TestApp::start().await;
    let home = app.get("/").send().await.expect(200).text();
    let style = home.split("href=\"/assets/").nth(1).expect("a stylesheet");
    let style = format!("/assets/{}", style.split('"').next().unwrap());
    let style = app.get(&style).send().await.expect(200);
    assert!(style.header("cache-control").contains("immutable"));
    for row in ROWS {
        let page = app.get(&format!("/problems/{}", row.slug)).send().await.expect(200);
        // Two kinds may share a slug; its page explains the first.
        let first = ROWS.iter().find(|first| first.slug == row.slug).expect("a row");
        assert!(page.text().contains(first.title), "{}", row.slug);
        assert!(!page.header("content-security-policy").contains("unsafe-inline"));
    }
    app.get("/problems/none-such").send().await.expect(404);
    app.get("/assets/none-such.css").send().await.expect(404);
}

#[tokio::test]
async fn the_verify_page_works_without_a_script() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    app.get("/verify").send().await.expect(200);
    let url = award["url"].as_str().unwrap();
    let form = "application/x-www-form-urlencoded";
    let body = format!("url={}&recipient=", url.replace(':', "%3A"));
    let result = app.post("/verify").body(form, body).send().await.expect(200);
    assert!(result.text().contains("Coaching for Equity"));
    assert_eq!(result.header("cache-control"), "no-store");
    let by_link = app.get(&format!("/verify?url={}", url.replace('/', "%2F"))).send().await;
    assert!(by_link.expect(200).text().contains("Coaching for Equity"));
    let nothing = app.post("/verify").body(form, "url=").send().await.expect(200);
    assert!(nothing.text().contains("<form"));
    let odd = app.post("/verify").body(form, "credential=hello").send().await.expect(200);
    assert!(odd.text().contains("hello"));
    let script = "credential=%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let hostile = app.post("/verify").body(form, script).send().await.expect(200);
    assert!(!hostile.text().contains("<script>alert"));
    app.post("/verify").body(form, "nonsense=1").send().await.expect(422);
    app.post("/verify").body("text/xml", "<a/>").send().await.expect(415);
}

#[tokio::test]
async fn a_verification_answers_200_however_broken_the_badge_is_inside() {
    let app = TestApp::start().await;
    let ask = async |body: Value| app.post("/v1/verifications").json(&body).send().await;
    for broken in [
        json!({ "credential": {} }),
        json!({ "credential": { "@context": "https://www.w3.org/ns/credentials/v2" } }),
        json!({ "credential": { "type": ["VerifiableCredential"], "proof": 7 } }),
        json!({ "token": "eyJhbGciOiJub25lIn0.e30." }),
        json!({ "url": "http://169.254.169.254/latest/meta-data" }),
        json!({ "url": "file:///etc/passwd" }),
        json!({ "url": "https://user:secret@example.org/" }),
        json!({ "url": "not a url at all" }),
        json!({ "url": "https://nowhere.example/b", "policy": "strict", "trace": true }),
    ] {
        let report = ask(broken.clone()).await.expect(200).json();
        assert_ne!(report["verdict"], "valid", "{broken}");
    }
    for (refused, status) in [
        (json!({}), 422),
        (json!({ "token": "hello" }), 422),
        (json!({ "url": "https://a.example", "token": "eyJ.e.e" }), 422),
        (json!({ "url": "https://a.example", "policy": "lenient" }), 422),
        (json!({ "url": "https://a.example", "at": "soon" }), 422),
        (json!([]), 422),
    ] {
        assert_eq!(ask(refused.clone()).await.status, status, "{refused}");
    }
    let duplicate = app.post("/v1/verifications").body("application/json", "{\"url\":1,\"url\":2}");
    assert_eq!(duplicate.send().await.expect(400).slug(), "duplicate-member");
    let form = "multipart/form-data; boundary=B";
    let empty = app.post("/v1/verifications").body(form, "--B--\r\n").send().await;
    assert!((400..500).contains(&empty.status), "{}", empty.text());
    let text = "--B\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nhello\r\n--B--\r\n";
    let text = app.post("/v1/verifications").body(form, text).send().await.expect(422);
    assert_eq!(text.slug(), "not-a-badge");
}

#[tokio::test]
async fn a_client_may_ask_so_often_and_a_token_lifts_that() {
    let app = TestApp::start_with(|config| config.limits.verifications_per_minute = 2).await;
    let body = json!({ "credential": {} });
    let ask = || app.post("/v1/verifications").json(&body);
    assert_eq!(ask().send().await.expect(200).header("ratelimit"), "\"verify\";r=1;t=60");
    ask().send().await.expect(200);
    let refused = ask().send().await.expect(429);
    assert_eq!(refused.slug(), "rate-limited");
    assert_eq!(refused.header("retry-after"), "60");
    let token = app.token(&["verify"]).await;
    ask().token(&token).send().await.expect(200);
    app.set_time("2026-06-01T12:01:01Z");
    ask().send().await.expect(200);
}

#[tokio::test]
async fn a_class_of_another_version_keeps_its_address() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let class = platform.class().await;
    let path = format!("/v1/badge-classes/{}", class["id"].as_str().unwrap());
    let tag = platform.get(&path).await.header("etag").to_owned();
    let mut edit = class_body(class["issuer"].as_str().unwrap());
    edit["name"] = "Coaching, revised".into();
    platform.put(&path, &tag, &edit).await.expect(200);
    let first = public(&app, &class["url"]).await.expect(200).json();
    assert_eq!(first["name"], "Coaching for Equity");
    let newest = public(&app, &class["links"]["newest"]).await.expect(200).json();
    assert_eq!(newest["name"], "Coaching, revised");
}
