//! Hostile bodies: always a clear refusal, never a fault of ours.

use std::time::Duration;

use crate::app::TestApp;

/// An operation that reads JSON, with the scope that it needs.
const DOORS: [(&str, &str); 1] = [("/v1/images", "badges:write")];

#[tokio::test]
async fn hostile_bodies_are_refused_by_name() {
    let app = TestApp::start().await;
    let admin = app.token(&["admin"]).await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_object = "{\"a\":".repeat(10_000);
    for (door, _) in DOORS {
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
