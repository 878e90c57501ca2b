//! Certificates as PDF, over HTTP: what they say, how they change with the award, and that the
//! verifier reads the badge back out of them. Where poppler and qpdf are at hand, they read it too.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use accolade::app::{App, Identity, World};
use accolade::config::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::platform::{Platform, award_body};
use crate::app::{Answer, TestApp};
use crate::require::{component, say};

/// A form with one file.
pub(crate) fn upload(bytes: &[u8]) -> (&'static str, Vec<u8>) {
    let mut body =
        b"--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n".to_vec();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--B--\r\n");
    ("multipart/form-data; boundary=B", body)
}

async fn verified(app: &TestApp, bytes: &[u8]) -> Answer {
    let (content_type, body) = upload(bytes);
    app.post("/v1/verifications").body(content_type, body).send().await
}

async fn pdf(app: &TestApp, id: &str, query: &str) -> Answer {
    let answer = app.get(&format!("/b/{id}.pdf{query}")).send().await.expect(200);
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert!(answer.body.starts_with(b"%PDF-1.7"));
    answer
}

/// A badge class of the platform: the first one there is.
async fn class(platform: &Platform<'_>) -> String {
    let list = platform.get("/v1/badge-classes").await.expect(200).json();
    let class = match list["data"].get(0) {
        Some(class) => class.clone(),
        None => platform.class().await,
    };
    class["id"].as_str().unwrap().to_owned()
}

/// An award whose holder is named in public.
async fn named(platform: &Platform<'_>, name: &str) -> String {
    let class = class(platform).await;
    let mut body = award_body(&class);
    body["recipient"]["name"] = json!(name);
    body["recipient"]["namePublic"] = json!(true);
    body.as_object_mut().unwrap().remove("externalId");
    let award = platform.post("/v1/assertions", &body).await.expect(201).json();
    award["id"].as_str().unwrap().to_owned()
}

/// What a program says about a file that it gets on its standard input; `None` if it is not there.
fn told(program: &str, arguments: &[&str], bytes: &[u8]) -> Option<(bool, String)> {
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().write_all(bytes).unwrap();
    let path = file.path().to_str().unwrap();
    let arguments = arguments.iter().map(|word| if *word == "FILE" { path } else { word });
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    Some((output.status.success(), said + &String::from_utf8_lossy(&output.stderr)))
}

#[tokio::test]
async fn the_certificate_is_a_document_like_every_other_form() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let id = award["id"].as_str().unwrap();
    let link = award["links"]["pdf"].as_str().unwrap();
    assert!(link.ends_with(&format!("/b/{id}.pdf")));

    let first = pdf(&app, id, "").await;
    assert_eq!(pdf(&app, id, "").await.body, first.body, "the same bytes again");
    assert_eq!(pdf(&app, id, "?paper=A4&lang=en").await.body, first.body);
    assert!(first.header("content-disposition").starts_with("inline; filename=\"badge-"));
    let path = format!("/b/{id}.pdf");
    let head = app.ask(Method::HEAD, &path).send().await.expect(200);
    assert_eq!(head.header("etag"), first.header("etag"));
    assert!(head.body.is_empty());
    app.get(&path).header("If-None-Match", first.header("etag")).send().await.expect(304);
    let letter = pdf(&app, id, "?paper=letter").await;
    let spanish = app.get(&path).header("Accept-Language", "es").send().await.expect(200);
    assert_eq!(spanish.header("vary"), "Accept-Language");
    for other in [&letter, &spanish] {
        assert_ne!(other.header("etag"), first.header("etag"));
    }
    let wrong = app.get(&format!("{path}?paper=a5")).send().await.expect(422);
    assert_eq!(wrong.json()["errors"][0]["pointer"], "?paper");
    app.get("/b/as_0000000000000000000000.pdf").send().await.expect(404);
    let page = app.get(&format!("/b/{id}")).header("Accept", "text/html").send().await.text();
    assert!(page.contains(&format!("/b/{id}.pdf?lang=en&#38;paper=letter")), "on the page");
}

#[tokio::test]
async fn the_verifier_reads_the_badge_out_of_the_certificate() {
    for app in [TestApp::start().await, TestApp::start_on_the_web().await] {
        let platform = Platform::new(&app).await;
        let id = named(&platform, "Amara Okafor").await;
        let whole = pdf(&app, &id, "").await.body;
        let report = verified(&app, &whole).await.expect(200).json();
        assert_eq!(report["verdict"], "valid", "{report:#}");
        assert_eq!(report["badge"]["name"], "Coaching for Equity");
        assert_eq!(report["format"], "data-integrity");
        let check = |id: &str| -> Value {
            let checks = report["checks"].as_array().unwrap();
            checks.iter().find(|check| check["id"] == id).unwrap().clone()
        };
        assert_eq!(check("input.image")["outcome"], "note");
        assert!(check("input.image")["message"].as_str().unwrap().contains("PDF"));
        // The page of the verifier takes it too, in either language.
        let (content_type, body) = upload(&whole);
        let shown = app.post("/verify?lang=es").body(content_type, body).send().await.expect(200);
        assert!(shown.text().contains("Coaching for Equity"));
        assert!(shown.text().contains("PDF"));

        let by_link = json!({ "url": format!("{}/b/{id}.pdf", app.app.urls.public_url()) });
        let report = app.post("/v1/verifications").json(&by_link).send().await.expect(200).json();
        assert_eq!(report["verdict"], "valid", "{report:#}");
    }
}

#[tokio::test]
async fn what_the_paper_shows_is_not_believed() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let id = named(&platform, "Amara Okafor").await;
    let whole = pdf(&app, &id, "").await.body;
    // Somebody puts another credential under the same paper: an update at the end of the file.
    let credential = app.get(&format!("/b/{id}.json")).send().await.expect(200).text();
    let forged = credential.replace("Coaching for Equity", "Doctor of Everything");
    let text = String::from_utf8_lossy(&whole);
    let number = text.split("/EF").nth(1).unwrap().split("/F ").nth(1).unwrap();
    let number: u32 = number.split(' ').next().unwrap().parse().unwrap();
    let mut updated = whole.clone();
    let object = format!(
        "\n{number} 0 obj\n<</Length {}>>\nstream\n{forged}\nendstream\nendobj\n",
        forged.len()
    );
    updated.extend(object.bytes());
    let report = verified(&app, &updated).await.expect(200).json();
    assert_eq!(report["verdict"], "invalid", "{report:#}");

    for (bytes, said) in [
        (b"%PDF-1.7\nnothing".to_vec(), "no badge is attached"),
        (b"%PDF-1.7\ntrailer <</Encrypt 1 0 R>>".to_vec(), "encrypted"),
        (whole[..whole.len() / 4].to_vec(), "no badge"),
    ] {
        let refused = verified(&app, &bytes).await.expect(422);
        assert_eq!(refused.slug(), "not-a-badge");
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(said), "{detail}");
    }
}

#[tokio::test]
async fn the_certificate_says_how_the_award_stands_and_is_made_anew_when_that_changes() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let id = named(&platform, "Amara Okafor").await;
    let change = async |what: &str| {
        let why = json!({ "reason": "Secret reason", "publicReason": "Awarded in error" });
        platform.post(&format!("/v1/assertions/{id}/{what}"), &why).await.expect(200);
        pdf(&app, &id, "").await.body
    };
    let valid = pdf(&app, &id, "").await.body;
    let suspended = change("suspend").await;
    let reinstated = change("reinstate").await;
    let revoked = change("revoke").await;
    assert_ne!(suspended, valid);
    assert_ne!(revoked, reinstated);
    if let Some((true, text)) = told("pdftotext", &["FILE", "-"], &revoked) {
        assert!(text.contains("Awarded in error") && text.contains("Revoked"), "{text}");
        assert!(!text.contains("Secret"), "{text}");
    }
    // The attached badge stays what it is, and its status tells.
    let report = verified(&app, &revoked).await.expect(200).json();
    assert_eq!(report["answers"]["authentic"]["answer"], "yes", "{report:#}");
    assert_eq!(report["answers"]["inForce"]["answer"], "no");

    // Time changes it as well: three years of validity have run out.
    let other = named(&platform, "Bela Bartók").await;
    let before = pdf(&app, &other, "").await.body;
    app.set_time("2029-07-01T12:00:00Z");
    let after = pdf(&app, &other, "").await.body;
    assert_ne!(before, after);
    assert_eq!(pdf(&app, &other, "").await.body, after, "and is kept again");
}

#[tokio::test]
async fn private_hidden_and_erased_awards_leave_no_name_on_paper() {
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let award = platform.award().await;
    let hidden = pdf(&app, award["id"].as_str().unwrap(), "").await.body;
    if let Some((true, text)) = told("pdftotext", &["FILE", "-"], &hidden) {
        assert!(!text.contains("Amara") && text.contains("keeps the name private"), "{text}");
    }
    // She takes her name back, and then the page.
    let id = named(&platform, "Amara Okafor").await;
    let with_name = pdf(&app, &id, "").await.body;
    let path = format!("/v1/assertions/{id}");
    let show = async |body: Value| {
        let tag = platform.get(&path).await.expect(200).header("etag").to_owned();
        let ask = app.ask(Method::PATCH, &path).token(&platform.token).header("If-Match", &tag);
        ask.json(&body).send().await.expect(200);
    };
    show(json!({ "recipient": { "namePublic": false } })).await;
    let without = pdf(&app, &id, "").await.body;
    assert_ne!(with_name, without);
    if let Some((true, text)) = told("pdftotext", &["FILE", "-"], &without) {
        assert!(!text.contains("Amara"), "{text}");
    }
    show(json!({ "visibility": "private" })).await;
    let gone = app.get(&format!("/b/{id}.pdf")).send().await.expect(404);
    assert_eq!(gone.slug(), "not-found");
    // Erased, it is gone from the store as well.
    let kept = async |id: &str| {
        let id = accolade::domain::AssertionId::parse(id).unwrap();
        let (account, _) = app.app.store.find_assertion(&id).await.unwrap().unwrap();
        app.app.store.form(&account, &id, accolade::store::FormKind::Pdf).await.unwrap()
    };
    let id = named(&platform, "Amara Okafor").await;
    pdf(&app, &id, "").await;
    assert!(kept(&id).await.is_some());
    let person = json!({ "email": "amara.okafor@schools.example.org" });
    platform.post("/v1/recipients/erase", &person).await.expect(200);
    assert!(kept(&id).await.is_none());
    app.get(&format!("/b/{id}.pdf")).send().await.expect(404);
}

/// Where a font file of the system lies.
fn system_font(name: &str) -> Option<PathBuf> {
    let mut folders = vec![PathBuf::from("/usr/share/fonts")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if entry.file_name() == name {
                return Some(path);
            }
        }
    }
    None
}

#[tokio::test]
async fn names_in_any_script_are_set_in_the_fonts_of_the_operator() {
    let files = ["DroidSansFallbackFull.ttf", "Lohit-Devanagari.ttf"];
    let fonts = files.iter().map(|name| system_font(name)).collect();
    let needed = "fonts for Chinese and Devanagari (fonts-droid-fallback, fonts-lohit-deva)";
    let Some(fonts): Option<Vec<PathBuf>> = component(needed, fonts) else { return };
    let plain = TestApp::start_on_the_web().await;
    let app = TestApp::start_with(|config| config.certificate.fonts = fonts).await;
    for name in ["李小龍", "नरेन्द्र क्षत्रिय", "Bruce 李 (李小龍)"]
    {
        let mut sheets = Vec::new();
        for app in [&plain, &app] {
            let platform = Platform::new(app).await;
            let id = named(&platform, name).await;
            let sheet = pdf(app, &id, "").await.body;
            let report = verified(app, &sheet).await.expect(200).json();
            assert_eq!(report["verdict"], "valid", "{name}: {report:#}");
            sheets.push(sheet);
        }
        let Some((true, without)) = told("pdftotext", &["FILE", "-"], &sheets[0]) else { continue };
        assert!(
            !without.contains(name) && without.contains("letters that this sheet does not have")
        );
        let (_, with) = told("pdftotext", &["FILE", "-"], &sheets[1]).unwrap();
        assert!(with.contains(name), "{name}: {with}");
    }
}

#[tokio::test]
async fn a_font_that_is_none_stops_the_start_by_name() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "no font").unwrap();
    let data = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.store.path = data.path().to_owned();
    config.certificate.fonts = vec![file.path().to_owned()];
    let identity = Identity::Chosen { url: "https://badges.example.org".to_owned(), adopt: false };
    let opened = App::open(config, World::system(), &identity);
    let said = opened.err().unwrap().to_string();
    assert!(said.contains(file.path().to_str().unwrap()), "{said}");
    assert!(said.ends_with("not a TrueType or OpenType font"), "{said}");
}

/// Independent readers: poppler and qpdf.
#[tokio::test]
async fn other_programs_read_the_certificate_and_the_badge_in_it() {
    let there = |program: &&str| Command::new(program).arg("--version").output().is_ok();
    let programs = ["pdfinfo", "pdftotext", "pdfdetach", "qpdf"];
    let all = programs.iter().all(there).then_some(());
    if component("poppler-utils and qpdf", all).is_none() {
        return;
    }
    let app = TestApp::start_on_the_web().await;
    let platform = Platform::new(&app).await;
    let mut read = 0;
    for name in ["Amara Okafor", "محمد علي", "דוד לוי", "李小龍", "Żółć Ångström"]
    {
        let id = named(&platform, name).await;
        for query in ["", "?paper=letter&lang=es"] {
            let whole = pdf(&app, &id, query).await.body;
            let (clean, said) = told("qpdf", &["--check", "FILE"], &whole).unwrap();
            assert!(clean && !said.to_lowercase().contains("warning"), "{name}: {said}");
            let (_, info) = told("pdfinfo", &["FILE"], &whole).unwrap();
            assert!(info.contains("Tagged:") && info.contains("yes"), "{info}");
            let size = if query.is_empty() { "595.28 x 841.89" } else { "612 x 792" };
            assert!(info.contains(size), "{info}");
            let (_, text) = told("pdftotext", &["FILE", "-"], &whole).unwrap();
            assert!(text.contains("Coaching for Equity"), "{text}");
            assert_eq!(text.contains("Amara Okafor"), name == "Amara Okafor", "{text}");
            if name == "李小龍" {
                let words = if query.is_empty() { "badge page" } else { "página de la insignia" };
                assert!(text.replace('\n', " ").contains(words), "{text}");
            }
            let (_, attached) =
                told("pdfdetach", &["-save", "1", "-o", "/dev/stdout", "FILE"], &whole).unwrap();
            let credential = app.get(&format!("/b/{id}.json")).send().await.expect(200).text();
            assert_eq!(attached.trim_end(), credential.trim_end(), "{name}");
            read += 1;
        }
    }
    say(format_args!("certificates: {read} read by qpdf and poppler, the badge in each"));
}
