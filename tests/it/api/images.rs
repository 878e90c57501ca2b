//! `POST /v1/images`.

use base64::Engine as _;
use serde_json::json;

use crate::app::TestApp;

const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><path d="M0 0h64v64z" fill="#123456"/></svg>"##;

fn data_uri(svg: &str) -> String {
    let encoded = base64::engine::general_purpose::STANDARD.encode(svg);
    format!("data:image/svg+xml;base64,{encoded}")
}

fn multipart(parts: &[(&str, &str)]) -> (String, String) {
    let mut body = String::new();
    for (name, content) in parts {
        body += &format!(
            "--B\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"x\"\r\n\r\n{content}\r\n"
        );
    }
    ("multipart/form-data; boundary=B".to_owned(), body + "--B--\r\n")
}

#[tokio::test]
async fn a_picture_is_taken_as_json_and_as_form() {
    let app = TestApp::start().await;
    let token = app.token(&["badges:write"]).await;
    let body = json!({ "image": data_uri(SVG), "alt": "A shape" });
    let made = app.post("/v1/images").token(&token).json(&body).send().await.expect(201).json();
    assert_eq!(made["mediaType"], "image/svg+xml");
    assert_eq!(made["alt"], "A shape");
    let (kind, form) = multipart(&[("file", SVG), ("alt", "A shape")]);
    let again = app.post("/v1/images").token(&token).body(&kind, form).send().await.expect(201);
    assert_eq!(again.json()["sha256"], made["sha256"]);
    assert_ne!(again.json()["id"], made["id"]);
}

#[tokio::test]
async fn what_is_no_picture_is_refused_by_name() {
    let app = TestApp::start().await;
    let token = app.token(&["badges:write"]).await;
    let refusal = async |body: serde_json::Value| {
        let answer = app.post("/v1/images").token(&token).json(&body).send().await;
        (answer.status, answer.slug(), answer.json())
    };
    let (status, slug, problem) = refusal(json!({ "colour": "blue" })).await;
    assert_eq!((status, slug.as_str()), (422, "invalid-body"));
    let pointers: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["/colour", "/image", "/alt"]);
    let text = json!({ "image": "data:image/png;base64,aGVsbG8=", "alt": "x" });
    assert_eq!(refusal(text).await.0, 422);
    let hostile = data_uri("<svg xmlns=\"http://www.w3.org/2000/svg\"><!DOCTYPE x></svg>");
    assert_eq!(refusal(json!({ "image": hostile, "alt": "x" })).await.0, 422);
    assert_eq!(refusal(json!([1, 2])).await.0, 422);
}

#[tokio::test]
async fn too_much_is_too_large() {
    let app = TestApp::start().await;
    let token = app.token(&["badges:write"]).await;
    let (kind, form) = multipart(&[("file", &"x".repeat(3 << 20)), ("alt", "x")]);
    let answer = app.post("/v1/images").token(&token).body(&kind, form).send().await.expect(413);
    assert_eq!(answer.slug(), "too-large");
}
