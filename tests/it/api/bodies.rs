//! Hostile bodies: always a clear refusal, never a fault of ours.

use std::time::Duration;

use crate::app::TestApp;

/// Operations that read JSON.
const DOORS: [&str; 8] = [
    "/v1/issuers",
    "/v1/badge-classes",
    "/v1/images",
    "/v1/assertions",
    "/v1/assertions/as_0000000000000000000000/revoke",
    "/v1/assertions/as_0000000000000000000000/suspend",
    "/v1/assertions/as_0000000000000000000000/reinstate",
    "/v1/verifications",
];

#[tokio::test]
async fn hostile_bodies_are_refused_by_name() {
    let app = TestApp::start_with(|config| config.limits.enabled = false).await;
    let admin = app.token(&["admin"]).await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_object = "{\"a\":".repeat(10_000);
    for door in DOORS {
        for (body, status) in [
            ("", 400),
            ("   ", 400),
            ("{", 400),
            ("nonsense", 400),
            ("{\"a\":1}x", 400),
            ("\u{feff}{}", 400),
            ("{\"a\":\"\\ud800\"}", 400),
            ("{\"alt\":1,\"alt\":2}", 400),
            ("{\"alt\":1,\"\\u0061lt\":2}", 400),
            (deep.as_str(), 400),
            (deep_object.as_str(), 400),
            ("[]", 422),
            ("null", 422),
            ("7", 422),
            ("{}", 422),
            ("{\"name\":{\"a\":[1e999,null]},\"\\u0000\":0}", 422),
        ] {
            let ask = app.post(door).token(&admin).body("application/json", body);
            let answer = ask.send().await;
            let shown: String = body.chars().take(40).collect();
            assert_eq!(answer.status, status, "{door} {shown}: {}", answer.text());
            answer.slug();
        }
        let bytes =
            app.post(door).token(&admin).body("application/json", b"{\"a\":\"\xff\"}".to_vec());
        bytes.send().await.expect(400);
        let wrong = app.post(door).token(&admin).body("application/xml", "<a/>");
        assert_eq!(wrong.send().await.expect(415).slug(), "unsupported-media-type");
        let unreadable = app.post(door).token(&admin).body("///", "{}");
        unreadable.send().await.expect(415);
        let packed = app.post(door).token(&admin).body("application/json", "{}");
        packed.header("Content-Encoding", "gzip").send().await.expect(415);
        let twice = app.post(door).token(&admin).body("application/json", "{\"x\":1,\"x\":1}");
        assert_eq!(twice.send().await.slug(), "duplicate-member");
        let huge = "x".repeat(4 << 20);
        let huge = app.post(door).token(&admin).body("application/json", huge);
        assert_eq!(huge.send().await.expect(413).slug(), "too-large");
    }
}

#[tokio::test]
async fn a_body_that_drips_is_not_waited_for() {
    let app = TestApp::start_with(|config| config.limits.body_seconds = 1).await;
    let admin = app.token(&["admin"]).await;
    let head = format!(
        "POST /v1/images HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {admin}\r\n\
         Content-Type: application/json\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n{{\"a\""
    );
    let came = tokio::time::timeout(Duration::from_secs(10), app.raw(head.as_bytes()));
    let came = came.await.expect("it is answered in time");
    assert!(came.starts_with("HTTP/1.1 408"), "{came}");
    assert!(came.contains("/problems/timeout"), "{came}");
}

#[tokio::test]
async fn a_body_without_a_length_is_counted_as_it_comes() {
    let app = TestApp::start().await;
    let admin = app.token(&["admin"]).await;
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let request = format!(
        "POST /v1/images HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {admin}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        chunk.repeat(60)
    );
    let came = tokio::time::timeout(Duration::from_secs(10), app.raw(request.as_bytes()));
    let came = came.await.expect("it is answered in time");
    assert!(came.is_empty() || came.starts_with("HTTP/1.1 413"), "{came}");
}

#[tokio::test]
async fn forms_that_cannot_be_taken_apart_are_refused() {
    let app = TestApp::start_with(|config| config.limits.enabled = false).await;
    let admin = app.token(&["admin"]).await;
    let part =
        |name: &str| format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\nx\r\n");
    let many: String = (0..100).map(|n| part(&format!("p{n}"))).collect();
    let twice = format!("{}{}--B--\r\n", part("file"), part("file"));
    for door in ["/v1/images", "/v1/verifications", "/verify"] {
        for (kind, body) in [
            ("multipart/form-data", "--B--\r\n"),
            ("multipart/form-data; boundary=", "--B--\r\n"),
            ("multipart/form-data; boundary=B", ""),
            ("multipart/form-data; boundary=B", "--B"),
            ("multipart/form-data; boundary=B", "--B\r\n\r\n\r\n--B--\r\n"),
            (
                "multipart/form-data; boundary=B",
                "--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--\r\n",
            ),
            ("multipart/form-data; boundary=B", &part("file")),
            ("multipart/form-data; boundary=B", &many),
            ("multipart/form-data; boundary=B", &twice),
            ("multipart/form-data; boundary=B", &format!("{}--B--\r\n", part("nonsense"))),
        ] {
            let answer = app.post(door).token(&admin).body(kind, body).send().await;
            let shown: String = body.chars().take(60).collect();
            // The page answers an empty form with the form again.
            let fine =
                (400..500).contains(&answer.status) || (door == "/verify" && answer.status == 200);
            assert!(fine, "{door} {kind} {shown:?}: {} {}", answer.status, answer.text());
        }
    }
}

#[tokio::test]
async fn hostile_addresses_are_refused_and_never_a_fault() {
    let app = TestApp::start().await;
    for path in [
        "/b/%00",
        "/b/..%2f..%2fetc%2fpasswd",
        "/b/as_",
        "/b/as_0000000000000000000000.exe",
        "/b/as_0000000000000000000000.pdf",
        "/b/as_0000000000000000000000/x",
        "/images/..%2f..",
        "/images/zz.png",
        "/status/x/revocation/99999999999999999999",
        "/status/x/other/1",
        "/badge-classes/bc_0000000000000000000000/0",
        "/badge-classes/x/1/image.png",
        "/badge-classes/bc_0000000000000000000000/-1/preview/valid.png",
        "/issuers/%ff",
        "/issuers/a--b",
        "/ob2/issuers/x/k/01",
        "/ob2/assertions/%2e%2e",
        "/assets/..%2fstyle.css",
        "/b/as_0000000000000000000000?v=2&v=3&%zz",
    ] {
        for accept in ["*/*", "text/html", "audio/ogg"] {
            let answer = app.get(path).header("Accept", accept).send().await;
            assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
        }
    }
    let long = "x".repeat(20_000);
    let request = format!("GET /b/{long} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let came = app.raw(request.as_bytes()).await;
    assert!(came.is_empty() || came.starts_with("HTTP/1.1 4"), "{came}");
}
