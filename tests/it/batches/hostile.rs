//! What nobody should send, and what becomes of it.

use serde_json::{Value, json};

use super::{Desk, outcomes};
use crate::app::TestApp;

#[actix_web::test]
async fn a_bad_row_never_stops_the_others() {
    let (desk, _) = Desk::with_class().await;
    let good = |name: &str| format!("{name}@school.example.org,C1,fine\n").into_bytes();
    let mut file = b"email,badge class,narrative\n".to_vec();
    let bad: [(&[u8], &str); 8] = [
        (b"x@school.example.org,C1,\xff\xfe\n", "refused:unreadable"),
        (b"x@school.example.org,C1\n", "refused:unreadable"),
        (b"x@school.example.org,C1,a,b,c\n", "refused:unreadable"),
        (b"nobody,C1,a\n", "refused:email"),
        (b",C1,a\n", "refused:email"),
        (b"x@school.example.org,,a\n", "refused:unknown-achievement"),
        (b"x@school.example.org,C1,\"open\n", "refused:unreadable"),
        (b"\x00,\x01,\x02\n", "refused:email"),
    ];
    let mut due = Vec::new();
    for (at, (row, outcome)) in bad.iter().enumerate() {
        file.extend(*row);
        file.extend(good(&format!("good{at}")));
        due.extend([*outcome, "issued"]);
    }
    let long = "y".repeat(2 << 20);
    file.extend(format!("long@school.example.org,C1,\"{long}\"\n").bytes());
    file.extend(good("last"));
    file.extend(format!("wordy@school.example.org,C1,{}\n", "z".repeat(20_000)).bytes());
    due.extend(["refused:unreadable", "issued", "refused:invalid"]);
    let (batch, rows) = desk.done(desk.send("", "text/csv", file).await).await;
    assert_eq!(outcomes(&rows), due);
    for row in rows.iter().filter(|row| row["outcome"] != "issued") {
        let problem = &row["problems"][0];
        assert!(problem["detail"].as_str().is_some_and(|text| text.len() < 600), "{row}");
        assert!(problem["column"].is_string() || problem["pointer"].is_string(), "{row}");
    }
    let path = format!("/v1/batches/{}/failures", batch["id"].as_str().unwrap());
    assert!(desk.get(&path).await.expect(200).body.len() < 100_000);

    let rows = json!([1, null, "x", [], {}, {"badgeClass": "C1"}, {"recipient": 7},
        {"badgeClass": "C1", "recipient": {"email": "j@school.example.org"}, "colour": 1},
        {"badgeClass": "C1", "recipient": {"email": "j@school.example.org"}, "action": "destroy"},
        {"badgeClass": "C1", "recipient": {"email": "j@school.example.org"}, "action": "revoke"},
        {"badgeClass": "C1", "recipient": {"email": "j@school.example.org"}, "refRow": "1"},
        {"action": "revoke", "assertion": "as_0000000000000000000000"},
        {"badgeClass": "C1", "recipient": {"email": "j@school.example.org"}, "issuedOn": "2031-01-01"},
        {"badgeClass": "C1", "recipient": {"email": "j@school.example.org"}, "externalId": "a\u{1}b"},
        {"badgeClass": "C1", "recipient": {"email": "j@school.example.org"}},
    ]);
    let (_, found) = desk.done(desk.send("", "application/json", rows.to_string()).await).await;
    assert_eq!(
        outcomes(&found),
        [
            "refused:unreadable",
            "refused:unreadable",
            "refused:unreadable",
            "refused:unreadable",
            "refused:email",
            "refused:email",
            "refused:email",
            "refused:invalid",
            "refused:invalid",
            "refused:reference",
            "refused:reference",
            "refused:reference",
            "refused:dates",
            "refused:invalid",
            "issued",
        ]
    );
}

#[actix_web::test]
async fn what_cannot_be_taken_apart_is_refused_as_a_whole() {
    let (desk, _) = Desk::with_class().await;
    let refused = async |media_type: &str, body: &[u8], status: u16| -> Value {
        let answer = desk.send("", media_type, body.to_vec()).await.expect(status);
        answer.json()
    };
    for (media_type, body) in [
        ("text/csv", &b""[..]),
        ("text/csv", b"\xef\xbb\xbf"),
        ("text/csv", b"\n\n\r\n"),
        ("text/csv", b"email,badge class\n"),
        ("text/csv", b"email,email,badge class\nx,y,z\n"),
        ("text/csv", b"a,b\nx,y\n"),
        ("text/csv", b"\"email,badge class\nx,y\n"),
        ("text/csv", b"email,badge class,\xff\nx,y,z\n"),
        ("application/json", b"[]"),
        ("application/x-ndjson", b"\n"),
    ] {
        let problem = refused(media_type, body, 422).await;
        assert!(problem["errors"][0]["code"].is_string(), "{problem}");
    }
    for (media_type, body) in [
        ("application/json", &b"{}"[..]),
        ("application/json", b""),
        ("application/json", b"[{}"),
        ("application/json", b"[{}] []"),
        ("text/csv", b"\xff\xfee\0m\0"),
        ("multipart/form-data; boundary=x", b"--y"),
    ] {
        refused(media_type, body, 400).await;
    }
    refused("application/xml", b"<a/>", 415).await;
    refused("application/x-www-form-urlencoded", b"a=1", 415).await;

    let file = b"mail,class\na@school.example.org,C1\n";
    let wrong = json!({ "columns": { "maill": "email", "class": "badgeClas" } });
    let problem = desk.send_form("", file, &wrong).await.expect(422).json();
    let told = problem["errors"].to_string();
    assert!(told.contains("did you mean \\\"badgeClass\\\"?"), "{told}");
    let wrong = json!({ "columns": { "maill": "email", "class": "badgeClass" } });
    let problem = desk.send_form("", file, &wrong).await.expect(422).json();
    assert!(problem["errors"].to_string().contains("did you mean \\\"mail\\\"?"), "{problem}");
    let right = json!({ "columns": { "mail": "email", "class": "badgeClass" } });
    let (_, rows) = desk.done(desk.send_form("", file, &right).await).await;
    assert_eq!(outcomes(&rows), ["issued"]);
    for query in
        ["?dryRun=maybe", "?asOf=tomorrow", "?dry=true", "?asOf=2026-01-01&asOf=2026-01-01"]
    {
        desk.send(query, "text/csv", file.to_vec()).await.expect(422);
    }
    let listed = desk.get("/v1/batches").await.expect(200).json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1, "nothing stays of what was refused");
}

#[actix_web::test]
async fn limits_of_rows_and_bytes_hold() {
    let app = TestApp::start_with(|config| {
        config.limits.batch_rows = 3;
        config.limits.batch_bytes = 4096;
    })
    .await;
    let account = app.account().await;
    let token = app.token_of(&account, &["admin"]).await;
    let desk = Desk { app, account, token };
    let rows = |count: usize| format!("email,badge class\n{}", "a@b.example,C1\n".repeat(count));
    desk.send("", "text/csv", rows(3)).await.expect(202);
    for body in [rows(4), format!("email,badge class\n{},x\n", "y".repeat(5000))] {
        assert_eq!(desk.send("", "text/csv", body).await.expect(413).slug(), "too-large");
    }
    let before = desk.everything().await.len();
    desk.send("", "text/csv", rows(4)).await.expect(413);
    assert_eq!(desk.everything().await.len(), before, "nothing of it stays");
}
