//! Pages and data of what badge classes are aligned with: frameworks and their entries.

use serde_json::{Value, json};

use crate::api::platform::{Platform, award_body, class_body, issuer_body};
use crate::app::{Answer, TestApp};

const FRAMEWORK: &str = "Teacher Leader Model Standards";

/// A badge class of an issuer of its own, aligned with these entries of the framework.
async fn class(platform: &Platform<'_>, issuer: &str, codes: &[&str]) -> Value {
    let issuer = platform.post("/v1/issuers", &issuer_body(issuer)).await.expect(201).json();
    let mut body = class_body(issuer["id"].as_str().unwrap());
    body["alignment"] = codes.iter().map(|code| entry(code)).collect();
    platform.post("/v1/badge-classes", &body).await.expect(201).json()
}

fn entry(code: &str) -> Value {
    json!({
        "targetName": format!("What {code} says"),
        "targetUrl": format!("https://framework.example.org/{code}"),
        "targetCode": code,
        "targetDescription": format!("More about {code}."),
        "targetFramework": FRAMEWORK,
    })
}

async fn page(app: &TestApp, url: &str, language: &str) -> Answer {
    let ask = app.get(app.path(url)).header("Accept", "text/html");
    ask.header("Accept-Language", language).send().await
}

async fn data(app: &TestApp, url: &str) -> Value {
    let answer = app.get(app.path(url)).header("Accept", "application/json").send().await;
    answer.expect(200).json()
}

/// Addresses of the links on a page that begin so.
fn links(page: &str, start: &str) -> Vec<String> {
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.filter(|link| link.contains(start)).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_badge_leads_to_its_competencies_and_these_to_every_badge_that_stands_for_them() {
    let app = TestApp::start().await;
    let (one, two) = (Platform::new(&app).await, Platform::new(&app).await);
    let first = class(&one, "Riverside Schools", &["TLMS.D2.b", "TLMS.D1.a"]).await;
    app.set_time("2026-06-02T12:00:00Z");
    let second = class(&two, "Lakeside Schools", &["TLMS.D2.b"]).await;
    let award = award_body(first["id"].as_str().unwrap());
    let award = one.post("/v1/assertions", &award).await.expect(201).json();

    for from in [&award["url"], &first["url"]] {
        let shown = page(&app, from.as_str().unwrap(), "en").await.expect(200).text();
        assert_eq!(links(&shown, "/frameworks/").len(), 1, "{shown}");
        assert_eq!(links(&shown, "/competencies/").len(), 2, "{shown}");
    }
    let shown = page(&app, award["url"].as_str().unwrap(), "en").await.text();
    let framework = links(&shown, "/frameworks/").remove(0);
    let shown = page(&app, &framework, "en").await.expect(200).text();
    assert!(shown.contains(FRAMEWORK) && shown.contains("2 badges"), "{shown}");
    let (a, b) = (shown.find("What TLMS.D1.a says"), shown.find("What TLMS.D2.b says"));
    assert!(a.is_some() && a < b, "in the order of codes: {shown}");
    let spanish = page(&app, &framework, "es").await.text();
    assert!(spanish.contains("Marco de competencias") && spanish.contains("2 insignias"));
    let whole = data(&app, &framework).await;
    assert_eq!(whole["name"], FRAMEWORK);
    assert_eq!(whole["more"], false);
    assert_eq!(whole["competencies"][1]["alignment"], entry("TLMS.D2.b"));
    assert_eq!(whole["competencies"][1]["badgeClasses"], 2);

    let competency = whole["competencies"][1]["url"].as_str().unwrap();
    let shown = page(&app, competency, "en").await.expect(200).text();
    for part in [
        "What TLMS.D2.b says",
        "More about TLMS.D2.b.",
        "href=\"https://framework.example.org/TLMS.D2.b\"",
        "Riverside Schools",
        "Lakeside Schools",
        first["url"].as_str().unwrap(),
        second["url"].as_str().unwrap(),
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(shown.contains("<title>TLMS.D2.b: What TLMS.D2.b says"), "{shown}");
    assert!(!shown.contains("noindex") && !shown.contains("Amara"), "{shown}");
    let told = data(&app, competency).await;
    assert_eq!(told["alignment"], entry("TLMS.D2.b"));
    assert_eq!(app.path(told["framework"].as_str().unwrap()), app.path(&framework));
    assert_eq!(told["badgeClasses"][0]["url"], first["url"]);
    assert_eq!(told["badgeClasses"][1]["issuer"]["name"], "Lakeside Schools");

    // A library that takes anything gets data, and is told when nothing has changed.
    let plain = app.get(app.path(competency)).send().await.expect(200);
    assert_eq!(plain.header("content-type"), "application/json");
    assert_eq!(plain.header("vary"), "Accept, Accept-Language");
    let tag = plain.header("etag").to_owned();
    app.get(app.path(competency)).header("If-None-Match", &tag).send().await.expect(304);
    app.get(app.path(competency)).header("Accept", "image/png").send().await.expect(406);
    app.get(&format!("/competencies/{}", "0".repeat(32))).send().await.expect(404);
    app.get("/frameworks/Teacher").send().await.expect(404);
}

#[tokio::test]
async fn drafts_stand_for_nothing_and_what_was_awarded_goes_on_to() {
    let app = TestApp::start().await;
    let platform = Platform::new(&app).await;
    let class = class(&platform, "Riverside Schools", &["TLMS.D2.b"]).await;
    let shown = page(&app, class["url"].as_str().unwrap(), "en").await.text();
    let competency = links(&shown, "/competencies/").remove(0);

    // The next version is another matter, and nobody sees it before it is published.
    let path = format!("/v1/badge-classes/{}", class["id"].as_str().unwrap());
    let tag = platform.get(&path).await.header("etag").to_owned();
    let mut body = class_body(class["issuer"].as_str().unwrap());
    body["name"] = "Coaching, anew".into();
    body["alignment"] = json!([entry("TLMS.D5.a")]);
    body["stage"] = "draft".into();
    platform.put(&path, &tag, &body).await.expect(200);
    let told = data(&app, &competency).await;
    assert_eq!(told["badgeClasses"].as_array().unwrap().len(), 1);
    let framework = told["framework"].as_str().unwrap();
    assert!(!data(&app, framework).await.to_string().contains("TLMS.D5.a"));

    let stage = platform.post(&format!("{path}/stage"), &json!({ "stage": "published" })).await;
    stage.expect(200);
    let codes = data(&app, framework).await.to_string();
    assert!(codes.contains("TLMS.D5.a"), "{codes}");
    let told = data(&app, &competency).await;
    assert_eq!(
        told["badgeClasses"][0]["url"], class["url"],
        "awards of the first version stand for it"
    );
}
