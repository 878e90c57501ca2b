//! What becomes of a batch: progress, failures, revocation, cancellation, other accounts.

use serde_json::{Value, json};

use super::{Desk, outcomes};

fn ndjson(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

fn row(number: usize) -> Value {
    json!({
        "badgeClass": "C1",
        "recipient": { "email": format!("teacher{number}@school.example.org") },
        "externalId": format!("row-{number}"),
    })
}

#[actix_web::test]
async fn each_row_is_carried_out_once_whatever_it_comes_in() {
    let (desk, class) = Desk::with_class().await;
    let rows: Vec<Value> = (0..7).map(row).collect();
    let (batch, found) =
        desk.done(desk.send("", "application/json", json!(rows).to_string()).await).await;
    assert_eq!(outcomes(&found), ["issued"; 7]);
    assert_eq!(batch["counts"]["issued"], 7);
    assert_eq!(found[3]["externalId"], "row-3");
    for row in &found {
        let path = format!("/v1/assertions/{}", row["assertion"].as_str().unwrap());
        let award = desk.get(&path).await.expect(200).json();
        assert_eq!(
            (&award["externalId"], &award["badgeClass"]),
            (&row["externalId"], &json!(class))
        );
        let shown =
            desk.app.get(&format!("/b/{}.json", award["id"].as_str().unwrap())).send().await;
        let judged = json!({ "credential": shown.expect(200).json() });
        let report = desk.post("/v1/verifications", &judged).await.expect(200).json();
        assert_eq!(report["verdict"], "valid", "{report}");
    }
    let again = desk.done(desk.send("", "application/x-ndjson", ndjson(&rows)).await).await.1;
    assert_eq!(outcomes(&again), ["duplicate"; 7]);
    assert_eq!(again[2]["assertion"], found[2]["assertion"]);
    assert_eq!(again[2]["duplicateOf"], json!({ "batch": batch["id"], "row": 3 }));

    // An identifier stands for one row: another row under it is refused, not swallowed.
    let mut other = row(1);
    other["role"] = json!("Coach");
    let award = json!({
        "badgeClass": class, "recipient": {"email": "x@school.example.org"}, "externalId": "row-90",
    });
    let minted = desk.post("/v1/assertions", &award).await.expect(201).json();
    let mixed = [other, row(90), row(8), row(8)];
    let (_, found) = desk.done(desk.send("", "application/x-ndjson", ndjson(&mixed)).await).await;
    assert_eq!(outcomes(&found), ["refused:external-id", "duplicate", "issued", "duplicate"]);
    assert_eq!(found[1]["assertion"], minted["id"]);
    assert_eq!(found[3]["assertion"], found[2]["assertion"]);
    assert_eq!(desk.awards().await.len(), 9);
}

#[actix_web::test]
async fn a_request_sent_again_under_its_key_is_the_same_batch() {
    let (desk, _) = Desk::with_class().await;
    let file = "email,badge class\na@school.example.org,C1\n";
    let ask = async |body: &str, query: &str| {
        let ask = desk.app.post(&format!("/v1/batches{query}")).token(&desk.token);
        ask.header("Idempotency-Key", "friday").body("text/csv", body.to_owned()).send().await
    };
    let first = ask(file, "").await.expect(202);
    assert!(first.header("location").ends_with(first.json()["id"].as_str().unwrap()));
    let second = ask(file, "").await.expect(202);
    assert_eq!(first.body, second.body);
    assert_eq!(second.header("idempotency-replayed"), "true");
    assert_eq!(ask("email,badge class\n", "").await.expect(422).slug(), "invalid-body");
    let other = "email,badge class\nb@school.example.org,C1\n";
    assert_eq!(ask(other, "").await.expect(422).slug(), "idempotency-mismatch");
    assert_eq!(ask(file, "?asOf=2026-01-01").await.expect(422).slug(), "idempotency-mismatch");
    let listed = desk.get("/v1/batches").await.expect(200).json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    desk.work().await;
    assert_eq!(desk.awards().await.len(), 1);
}

#[actix_web::test]
async fn failures_are_mended_and_sent_again() {
    let (desk, _) = Desk::with_class().await;
    let file = "email,name,badge class,awarded on,note\n\
        a@school.example.org,Ada,C1,2026-05-01,x\n\
        =b(at)school.example.org,=HYPERLINK(1),C1,2026-05-01,\"+1;2\"\n\
        c@school.example.org,Cy,C2,2026-05-01,x\n\
        d@school.example.org,Di,C1,01.05.2026,x\n";
    let (batch, rows) = desk.done(desk.send("", "text/csv", file).await).await;
    assert_eq!(
        outcomes(&rows),
        ["issued", "refused:email", "refused:unknown-achievement", "refused:dates"]
    );
    assert_eq!(rows[2]["problems"][0]["column"], "badge class");
    assert_eq!(rows[2]["problems"][0]["suggestion"], "did you mean \"C1\"?");
    assert_eq!(rows[3]["problems"][0]["suggestion"], "write 2026-05-01");
    let id = batch["id"].as_str().unwrap();
    assert_eq!(outcomes(&desk.rows(id, "&outcome=refused").await).len(), 3);
    assert_eq!(outcomes(&desk.rows(id, "&outcome=refused:dates").await), ["refused:dates"]);
    desk.get(&format!("/v1/batches/{id}/rows?outcome=maybe")).await.expect(422);

    let failures = desk.get(&format!("/v1/batches/{id}/failures")).await.expect(200);
    assert_eq!(failures.header("content-type"), "text/csv; charset=utf-8");
    let text = failures.text();
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(
        text.contains("'=b(at)school.example.org,'=HYPERLINK(1),C1,2026-05-01,\"'+1;2\""),
        "{text}"
    );
    assert!(text.contains("write 2026-05-01"), "{text}");
    let mended = text
        .replace("'=b(at)school", "b@school")
        .replace(",C2,", ",C1,")
        .replace(",01.05.2026,", ",2026-05-01,");
    let (_, rows) = desk.done(desk.send("", "text/csv", mended.clone()).await).await;
    assert_eq!(outcomes(&rows), ["issued"; 3]);
    let named = desk.get("/v1/assertions?recipient=b@school.example.org").await.expect(200).json();
    assert_eq!(named["data"][0]["recipient"]["name"], "=HYPERLINK(1)");
    let (_, rows) = desk.done(desk.send("", "text/csv", mended).await).await;
    assert_eq!(outcomes(&rows), ["duplicate"; 3]);

    let lines = "{\"badgeClass\":\"C1\"}\n{oops\n";
    let (batch, rows) = desk.done(desk.send("", "application/x-ndjson", lines).await).await;
    assert_eq!(outcomes(&rows), ["refused:email", "refused:unreadable"]);
    let path = format!("/v1/batches/{}/failures", batch["id"].as_str().unwrap());
    assert_eq!(desk.get(&path).await.expect(200).text(), lines);
}

#[actix_web::test]
async fn what_a_batch_awarded_is_taken_back_together() {
    let (desk, _) = Desk::with_class().await;
    let rows: Vec<Value> = (0..5).map(row).collect();
    let sent = desk.send("", "application/x-ndjson", ndjson(&rows)).await.expect(202).json();
    let path = format!("/v1/batches/{}/revoke", sent["id"].as_str().unwrap());
    let why = json!({ "reason": "wrong list", "publicReason": "Awarded in error" });
    assert_eq!(desk.post(&path, &why).await.expect(409).slug(), "conflict");
    desk.work().await;
    desk.post(&path, &json!({})).await.expect(422);
    let (batch, found) = desk.done(desk.post(&path, &why).await).await;
    assert_eq!(outcomes(&found), ["revoked"; 5]);
    assert_eq!(batch["revokes"], sent["id"]);
    for award in desk.awards().await {
        assert_eq!(award["state"], "revoked");
        assert_eq!(award["revocation"]["publicReason"], "Awarded in error");
    }
    let (_, again) = desk.done(desk.post(&path, &why).await).await;
    assert_eq!(outcomes(&again), ["duplicate"; 5]);
    // A row of its own takes back one award; without the scope it does not.
    let made = desk.done(desk.send("", "application/x-ndjson", ndjson(&[row(7)])).await).await.1;
    let take =
        ndjson(&[json!({ "action": "revoke", "assertion": made[0]["assertion"], "rowId": 1 })]);
    let weak = desk.app.token_of(&desk.account, &["assertions:write"]).await;
    let ask = desk.app.post("/v1/batches").token(&weak).body("application/x-ndjson", take.clone());
    let refused = desk.done(ask.send().await).await.1;
    assert_eq!(outcomes(&refused), ["refused:forbidden-scope"]);
    let done = desk.done(desk.send("", "application/x-ndjson", take).await).await.1;
    assert_eq!(outcomes(&done), ["revoked"]);
}

#[actix_web::test]
async fn a_cancelled_batch_keeps_what_it_awarded_and_awards_no_more() {
    let (desk, _) = Desk::with_class().await;
    let rows: Vec<Value> = (0..600).map(row).collect();
    let sent = desk.send("", "application/x-ndjson", ndjson(&rows)).await.expect(202).json();
    let path = format!("/v1/batches/{}", sent["id"].as_str().unwrap());
    assert!(desk.app.app.batches.step().await.unwrap());
    let now = desk.get(&path).await.expect(200).json();
    assert_eq!((&now["state"], &now["counts"]["issued"]), (&json!("running"), &json!(512)));
    let ask = || desk.app.post(&format!("{path}/cancel")).token(&desk.token).send();
    let cancelled = ask().await.expect(200).json();
    assert_eq!(
        (&cancelled["state"], &cancelled["counts"]["pending"]),
        (&json!("cancelled"), &json!(88))
    );
    assert_eq!(ask().await.expect(200).json(), cancelled);
    desk.work().await;
    assert_eq!(desk.get(&path).await.expect(200).json(), cancelled);
    assert_eq!(desk.awards().await.len(), 512);
    // What was left is sent again, whole: each row once.
    let (batch, _) = desk.done(desk.send("", "application/x-ndjson", ndjson(&rows)).await).await;
    assert_eq!(
        (&batch["counts"]["duplicate"], &batch["counts"]["issued"]),
        (&json!(512), &json!(88))
    );
    let done = format!("/v1/batches/{}/cancel", batch["id"].as_str().unwrap());
    let refused = desk.app.post(&done).token(&desk.token).send().await.expect(409);
    assert_eq!(refused.slug(), "conflict");
}

#[actix_web::test]
async fn progress_is_told_as_it_happens_and_ends_with_the_batch() {
    let (desk, _) = Desk::with_class().await;
    let rows: Vec<Value> = (0..520).map(row).collect();
    let sent = desk.send("", "application/x-ndjson", ndjson(&rows)).await.expect(202).json();
    let path = format!("/v1/batches/{}/events", sent["id"].as_str().unwrap());
    let (events, ()) = tokio::join!(desk.get(&path), desk.work());
    let events = events.expect(200);
    assert_eq!(events.header("content-type"), "text/event-stream");
    let text = events.text();
    let told: Vec<(&str, Value)> = text
        .split("\n\n")
        .filter_map(|event| event.strip_prefix("event: ")?.split_once("\ndata: "))
        .map(|(name, data)| (name, serde_json::from_str(data).unwrap()))
        .collect();
    let (name, last) = told.last().unwrap();
    assert_eq!(
        (*name, &last["state"], &last["counts"]["issued"]),
        ("end", &json!("done"), &json!(520))
    );
    assert!(told.iter().rev().skip(1).all(|(name, _)| *name == "progress"));
    let after = desk.get(&path).await.expect(200).text();
    assert!(after.starts_with("event: end\n"), "{after}");
}

#[actix_web::test]
async fn a_batch_belongs_to_its_account_and_accounts_take_turns() {
    let (desk, _) = Desk::with_class().await;
    let rows: Vec<Value> = (0..3).map(row).collect();
    let sent = desk.send("", "application/x-ndjson", ndjson(&rows)).await.expect(202).json();
    let id = sent["id"].as_str().unwrap();
    let other = desk.app.token(&["admin"]).await;
    let missing = "bat_0000000000000000000000";
    for suffix in ["", "/rows", "/failures", "/events"] {
        let ask =
            |id: &str| desk.app.get(&format!("/v1/batches/{id}{suffix}")).token(&other).send();
        assert_eq!(ask(id).await.expect(404).slug(), "not-found");
        assert_eq!(ask(missing).await.expect(404).slug(), "not-found");
    }
    for (suffix, body) in [("/revoke", json!({"reason": "x"})), ("/cancel", Value::Null)] {
        let ask = desk.app.post(&format!("/v1/batches/{id}{suffix}")).token(&other);
        let ask = if body.is_null() { ask } else { ask.json(&body) };
        ask.send().await.expect(404);
    }
    // The second account waits for a slice of the first one, not for all of it.
    let many: Vec<Value> = (10..1100).map(row).collect();
    desk.send("", "application/x-ndjson", ndjson(&many)).await.expect(202);
    let theirs = desk.app.post("/v1/batches").token(&other);
    let theirs = theirs.body("application/x-ndjson", ndjson(&rows)).send().await.expect(202).json();
    for _ in 0..2 {
        assert!(desk.app.app.batches.step().await.unwrap());
    }
    let path = format!("/v1/batches/{}", theirs["id"].as_str().unwrap());
    let now = desk.app.get(&path).token(&other).send().await.expect(200).json();
    assert_eq!((&now["state"], &now["counts"]["refused"]), (&json!("done"), &json!(3)), "{now}");
    desk.work().await;
}

#[actix_web::test]
async fn what_a_former_run_left_half_arrived_is_nowhere() {
    use accolade::domain::{BatchId, BatchState, Counts};
    use accolade::store::{Batch, BatchRow};
    use accolade::world::Random;
    let (desk, _) = Desk::with_class().await;
    desk.get("/v1/batches").await.expect(200);
    let before = desk.everything().await;
    let batch = Batch {
        id: BatchId::random(&Random::seeded(7)),
        state: BatchState::Receiving,
        counts: Counts { rows: 2, ..Counts::default() },
        worked: 0,
        as_of: "2026-06-01".to_owned(),
        format: "ndjson".to_owned(),
        actor: "cli".to_owned(),
        request: None,
        may_revoke: true,
        notify: false,
        revokes: None,
        unread: Vec::new(),
        created_at: desk.app.app.world.clock.now(),
        finished_at: None,
    };
    let mut tx = desk.app.app.store.begin(&desk.account);
    tx.insert_batch(&batch, None);
    let bytes = row(1).to_string().into_bytes();
    tx.add_batch_row(&batch.id, 1, BatchRow { bytes, fault: None }, Some("1"));
    tx.commit().await.unwrap();
    desk.get(&format!("/v1/batches/{}", batch.id)).await.expect(404);
    assert!(!desk.app.app.batches.step().await.unwrap());
    assert!(desk.everything().await == before, "something of it stayed");
}

#[actix_web::test]
async fn a_row_whose_person_is_erased_before_its_turn_makes_no_award() {
    let (desk, _) = Desk::with_class().await;
    let rows: Vec<Value> = (0..3).map(row).collect();
    let sent = desk.send("", "application/x-ndjson", ndjson(&rows)).await.expect(202).json();
    let words = ["teacher1@school.example.org".to_owned()];
    let store = &desk.app.app.store;
    let page = accolade::store::Page::first(9);
    let theirs = store.rows_about(&desk.account, &words, &[], &page).await.unwrap().items;
    assert_eq!(theirs.len(), 1);
    for row in theirs {
        assert!(store.erase_row(row).await.unwrap());
    }
    desk.work().await;
    let id = sent["id"].as_str().unwrap();
    let found = desk.rows(id, "").await;
    assert_eq!(outcomes(&found), ["issued", "refused:unreadable", "issued"]);
    assert_eq!(found[1]["problems"][0]["code"], "erased");
    let failures = desk.get(&format!("/v1/batches/{id}/failures")).await.expect(200);
    assert_eq!(failures.text(), "");
}

#[actix_web::test]
async fn as_many_batches_wait_as_may_and_others_are_not_held_up() {
    let (desk, _) = Desk::with_class().await;
    let send = async |number: usize| {
        desk.send("", "application/json", json!([row(number)]).to_string()).await
    };
    for number in 0..50 {
        send(number).await.expect(202);
    }
    let refused = send(50).await.expect(429);
    assert_eq!((refused.slug().as_str(), refused.header("retry-after")), ("rate-limited", "60"));
    while desk.app.app.batches.step().await.unwrap() {}
    send(50).await.expect(202);
}
