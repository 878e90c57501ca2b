//! The holder's page: what she chooses holds for everyone, what she is shown nobody else sees.

use regex::Regex;
use serde_json::{Value, json};

use super::{audit, bare, path_of};
use crate::api::platform::{Platform, award_body};
use crate::app::{Answer, TestApp};

const FORM: &str = "application/x-www-form-urlencoded";

/// A service with an award, and the path of its holder's page.
async fn opened(app: &TestApp) -> (Platform<'_>, Value, String) {
    let platform = Platform::new(app).await;
    let class = platform.class().await;
    let mut body = award_body(class["id"].as_str().unwrap());
    body["evidence"].as_array_mut().unwrap().push(json!({ "name": "Video of a lesson" }));
    let award = platform.post("/v1/assertions", &body).await.expect(201).json();
    let path = format!("/v1/assertions/{}/holder-link", award["id"].as_str().unwrap());
    let link = bare(&platform, &path).await.expect(201).json();
    let path = path_of(app, link["url"].as_str().unwrap());
    (platform, award, path)
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let field = Regex::new(&format!("name=\"{name}\" value=\"([^\"]*)\"")).unwrap();
    field.captures(page).unwrap_or_else(|| panic!("no {name} in {page}"))[1].to_owned()
}

fn checked(page: &str, id: &str) -> bool {
    let field = Regex::new(&format!("<input [^>]*id=\"{id}\"[^>]*>")).unwrap();
    field.find(page).unwrap_or_else(|| panic!("no {id} in {page}")).as_str().contains(" checked")
}

async fn send(app: &TestApp, path: &str, page: &str, choice: &str) -> Answer {
    let (token, version) = (hidden(page, "token"), hidden(page, "version"));
    let body = format!("token={token}&version={version}&{choice}");
    app.post(path).header("Accept", "text/html").body(FORM, body).send().await
}

async fn read(app: &TestApp, path: &str) -> String {
    app.get(path).send().await.expect(200).text()
}

async fn public(app: &TestApp, award: &Value) -> Answer {
    let path = format!("/b/{}", award["id"].as_str().unwrap());
    app.get(&path).header("Accept", "application/json").send().await
}

#[tokio::test]
async fn what_she_chooses_holds_for_everyone() {
    let app = TestApp::start().await;
    let (platform, award, path) = opened(&app).await;
    let before = public(&app, &award).await.expect(200).json();
    assert_eq!(before["evidence"].as_array().unwrap().len(), 2);
    assert!(!before.to_string().contains("Amara"));
    let page = read(&app, &path).await;
    for id in ["v-public", "evidence-0", "evidence-1"] {
        assert!(checked(&page, id), "{id}");
    }
    assert!(!checked(&page, "name") && !checked(&page, "v-private"));
    assert!(page.contains("Amara Okafor") && page.contains("Video of a lesson"));
    let offer = page.split("/i/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let offer = app.get(&format!("/i/{offer}")).header("Accept", "application/json").send().await;
    assert!(offer.expect(200).json()["protocols"]["vcapi"].is_string(), "a wallet can take it");

    app.set_time("2026-06-02T12:00:00Z");
    let choice = "visibility=unlisted&name=yes&evidence-1=yes";
    let done = send(&app, &path, &page, choice).await.expect(303);
    assert_eq!(done.header("location"), format!("{path}?lang=en&saved=1"));
    let page = read(&app, done.header("location")).await;
    assert!(page.contains("Saved."), "{page}");
    assert!(checked(&page, "v-unlisted") && checked(&page, "name"));
    assert!(!checked(&page, "evidence-0") && checked(&page, "evidence-1"));
    let after = public(&app, &award).await.expect(200).json();
    assert_eq!(after["id"], before["id"]);
    assert_ne!(after["validFrom"], before["validFrom"], "signed anew");
    assert_eq!(after["evidence"].as_array().unwrap().len(), 1);
    assert_eq!(after["evidence"][0]["name"], "Video of a lesson");
    assert!(after.to_string().contains("Amara Okafor"));
    let verified = app.post("/v1/verifications").json(&json!({ "credential": after }));
    assert_eq!(verified.send().await.expect(200).json()["verdict"], "valid");

    send(&app, &path, &page, "visibility=private").await.expect(303);
    public(&app, &award).await.expect(404);
    let page = read(&app, &path).await;
    assert!(checked(&page, "v-private") && !checked(&page, "name"));
    for (file, content_type) in [
        ("badge.json", "application/vc+ld+json"),
        ("badge.jwt", "text/plain; charset=utf-8"),
        ("badge-2.json", "application/ld+json; charset=utf-8"),
        ("badge-2.jwt", "text/plain; charset=utf-8"),
        ("badge.png", "image/png"),
        ("badge.svg", "image/svg+xml"),
        ("badge.pdf", "application/pdf"),
        ("record.json", "application/json"),
    ] {
        assert!(page.contains(&format!("{path}/{file}")), "{file}");
        let came = app.get(&format!("{path}/{file}")).send().await.expect(200);
        assert_eq!(came.header("content-type"), content_type);
        let attached = format!("attachment; filename=\"{file}\"");
        assert_eq!(came.header("content-disposition"), attached);
        assert_eq!(came.header("cache-control"), "no-store");
        assert!(!came.body.is_empty());
    }
    app.get(&format!("{path}/badge.gif")).send().await.expect(404);
    let record = app.get(&format!("{path}/record.json")).send().await.json();
    assert_eq!(record["recipient"]["email"], "amara.okafor@schools.example.org");
    assert_eq!(record["evidence"].as_array().unwrap().len(), 2);

    let rows = audit(&app, &award).await;
    assert_eq!(rows.matches("assertion.shown").count(), 2, "{rows}");
    assert_eq!(rows.matches("actor: \"holder\"").count(), 2, "{rows}");
    let events = platform.get("/v1/events").await.expect(200).json();
    let shown = events["data"].as_array().unwrap().iter();
    assert_eq!(shown.filter(|event| event["type"] == "assertion.shown").count(), 2);
}

#[tokio::test]
async fn two_windows_do_not_undo_each_other() {
    let app = TestApp::start().await;
    let (platform, award, path) = opened(&app).await;
    let (one, other) = (read(&app, &path).await, read(&app, &path).await);
    send(&app, &path, &one, "visibility=unlisted&name=yes").await.expect(303);
    let stale = send(&app, &path, &other, "visibility=public&evidence-0=yes").await.expect(409);
    let page = stale.text();
    assert!(page.contains("nothing of yours was saved"), "{page}");
    assert!(checked(&page, "v-unlisted") && checked(&page, "name"), "as it is now");
    // The page that came with the refusal can be sent.
    send(&app, &path, &page, "visibility=public").await.expect(303);
    // A change of the platform counts as well.
    let page = read(&app, &path).await;
    let api = format!("/v1/assertions/{}", award["id"].as_str().unwrap());
    let tag = platform.get(&api).await.header("etag").to_owned();
    app.ask(reqwest::Method::PATCH, &api)
        .token(&platform.token)
        .header("If-Match", &tag)
        .json(&json!({ "evidence": [{ "index": 1, "public": true }] }))
        .send()
        .await
        .expect(200);
    send(&app, &path, &page, "visibility=private").await.expect(409);
    public(&app, &award).await.expect(200);
    // The same choice twice changes nothing and is no mistake.
    let page = read(&app, &path).await;
    send(&app, &path, &page, "visibility=public&evidence-1=yes").await.expect(303);
    send(&app, &path, &page, "visibility=public&evidence-1=yes").await.expect(303);
    let rows = audit(&app, &award).await;
    assert_eq!(rows.matches("assertion.shown").count(), 3, "{rows}");
}

#[tokio::test]
async fn only_her_page_can_send_the_form() {
    let app = TestApp::start().await;
    let (_, award, path) = opened(&app).await;
    let page = read(&app, &path).await;
    let (token, version) = (hidden(&page, "token"), hidden(&page, "version"));
    let body = |token: &str| format!("token={token}&version={version}&visibility=private");
    let post = |headers: &[(&str, &str)], token: &str| {
        let mut ask = app.post(&path).header("Accept", "text/html");
        for (name, value) in headers {
            ask = ask.header(name, value);
        }
        ask.body(FORM, body(token)).send()
    };
    for (headers, token) in [
        (&[][..], ""),
        (&[], "x"),
        (&[("Origin", "https://evil.example")], token.as_str()),
        (&[("Sec-Fetch-Site", "cross-site"), ("Origin", "null")], token.as_str()),
        (&[("Sec-Fetch-Site", "same-site")], token.as_str()),
    ] {
        let refused = post(headers, token).await.expect(400);
        assert!(refused.text().contains("nothing was changed"), "{headers:?}");
        public(&app, &award).await.expect(200);
    }
    let wrong = format!("token={token}&version={version}&visibility=everyone");
    app.post(&path).body(FORM, wrong).send().await.expect(422);
    let unknown = format!("{}&role=x", body(&token));
    app.post(&path).body(FORM, unknown).send().await.expect(422);
    app.post(&path).json(&json!({})).send().await.expect(415);
    let long = format!("{}&name={}", body(&token), "x".repeat(20_000));
    app.post(&path).body(FORM, long).send().await.expect(413);
    public(&app, &award).await.expect(200);
    let ours = app.base.clone();
    for headers in [
        &[("Origin", "null")][..],
        &[("Origin", ours.as_str())],
        &[("Sec-Fetch-Site", "same-origin"), ("Origin", "null")],
    ] {
        let page = read(&app, &path).await;
        let body = format!("token={token}&version={}&visibility=public", hidden(&page, "version"));
        let mut ask = app.post(&path);
        for (name, value) in headers {
            ask = ask.header(name, value);
        }
        ask.body(FORM, body).send().await.expect(303);
    }
}

#[tokio::test]
async fn the_address_of_the_page_goes_nowhere() {
    let app = TestApp::start().await;
    let (_, _, path) = opened(&app).await;
    for path in [&path, "/me/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let came = app.get(path).header("Accept", "text/html").send().await;
        assert_eq!(came.header("referrer-policy"), "no-referrer");
        assert_eq!(came.header("cache-control"), "no-store");
        assert!(came.header("x-robots-tag").contains("noindex"));
        assert_eq!(came.header("access-control-allow-origin"), "", "no script of others");
        assert!(came.header("content-security-policy").contains("frame-ancestors 'none'"));
    }
    let page = read(&app, &path).await;
    assert!(page.contains("<meta name=\"robots\" content=\"noindex\">"));
    assert!(!page.contains("<script") && !page.contains("og:"));
    // No other site stands on it as a link that is followed by itself.
    let outward = Regex::new("(?:src|href|action)=\"(https?:[^\"]*)\"").unwrap();
    for found in outward.captures_iter(&page) {
        assert!(found[1].starts_with(&app.base), "{}", &found[1]);
    }
    let spanish = read(&app, &format!("{path}?lang=es")).await;
    assert!(spanish.contains("<html lang=\"es\"") && spanish.contains("Solo usted"));
    assert!(spanish.contains(&format!("action=\"{path}?lang=es\"")));
}

#[tokio::test]
async fn verifications_are_counted_and_forgeries_are_not() {
    let app = TestApp::start().await;
    let (_, award, path) = opened(&app).await;
    assert!(read(&app, &path).await.contains("0 times"));
    let verify = async |body: Value| {
        app.post("/v1/verifications").json(&body).send().await.expect(200).json()["verdict"].clone()
    };
    let credential = public(&app, &award).await.expect(200).json();
    assert_eq!(verify(json!({ "url": award["url"] })).await, "valid");
    assert!(read(&app, &path).await.contains("1 time<"));
    assert_eq!(verify(json!({ "credential": credential })).await, "valid");
    let link = award["url"].as_str().unwrap().replace(':', "%3A").replace('/', "%2F");
    app.get(&format!("/verify?url={link}")).send().await.expect(200);
    let mut forged = credential.clone();
    forged["credentialSubject"]["role"] = json!("Superintendent");
    assert_eq!(verify(json!({ "credential": forged })).await, "invalid");
    // Who looks at the badge page did not ask for a verification.
    let page = format!("/b/{}", award["id"].as_str().unwrap());
    app.get(&page).header("Accept", "text/html").send().await.expect(200);
    assert!(read(&app, &path).await.contains("3 times"));
    app.app.store.write_tallies().await.unwrap();
    assert!(read(&app, &path).await.contains("3 times"));
    assert!(!audit(&app, &award).await.contains("verif"));
}
