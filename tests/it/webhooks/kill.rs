//! The service is killed while it mints and tells of it: every award that was acknowledged is told
//! of in the end, once at least.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::consumer::Consumer;
use crate::process::{binary, request};
use crate::require::{everything, say};

fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).arg("--data").arg(data).stdin(Stdio::null());
    command.env("ACCOLADE_LIMITS_ENABLED", "false").env("ACCOLADE_LOG", "error");
    command.env("ACCOLADE_FETCH_ALLOW", "[\"127.0.0.1/32\"]");
    command
}

struct Running(Child, String);

impl Running {
    fn start(data: &Path) -> Self {
        let url = "https://badges.example.org";
        let serve = ["serve", "--json", "--listen", "127.0.0.1:0", "--public-url", url];
        let mut child = command(data, &serve).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let base = ready["baseUrl"].as_str().unwrap().to_owned();
        Self(child, base)
    }

    fn post(&self, token: &str, path: &str, body: &Value) -> Option<Value> {
        let bearer = format!("Bearer {token}");
        let headers = [("Authorization", &*bearer), ("Content-Type", "application/json")];
        let url = format!("{}{path}", self.1);
        let answer = request(&url, "POST", &headers, body.to_string().as_bytes()).ok()?;
        assert_eq!(answer.status, 201, "POST {path}: {}", answer.text());
        Some(serde_json::from_slice(&answer.body).unwrap())
    }
}

impl Running {
    /// Tells it to stop, and waits until it has.
    fn stop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn every_award_that_was_acknowledged_is_told_of_whatever_is_killed() {
    let cycles = if everything() { 20 } else { 3 };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let made = command(data, &["tokens", "create", "--json"]).output().unwrap();
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    let token = made["token"].as_str().unwrap();
    let consumer = Consumer::start();
    let service = Running::start(data);
    let post = |path: &str, body: Value| service.post(token, path, &body).unwrap();
    post("/v1/webhooks", json!({ "url": consumer.url(), "events": ["assertion.issued"] }));
    let profile = json!({
        "name": "River Teachers", "url": "https://river.example.org/",
        "email": "badges@river.example.org"
    });
    let issuer = post("/v1/issuers", profile);
    let class = json!({
        "issuer": issuer["id"], "name": "Facilitator", "description": "Leads meetings.",
        "criteria": {"narrative": "Lead one."}
    });
    let class = post("/v1/badge-classes", class);
    drop(service);

    let body = json!({ "badgeClass": class["id"], "recipient": { "email": "zoe@example.org" } });
    let mut acknowledged = BTreeSet::new();
    for cycle in 0..cycles {
        let mut service = Running::start(data);
        // Killed while it tells of some: how many were told by then differs from one to the next.
        for _ in 0..4 + 9 * (cycle % 5) {
            let award = service.post(token, "/v1/assertions", &body).unwrap();
            acknowledged.insert(award["id"].as_str().unwrap().to_owned());
        }
        service.0.kill().unwrap();
    }
    let mut service = Running::start(data);
    let (mut told, mut messages, mut ids) = (BTreeSet::new(), 0, BTreeSet::new());
    let patience = Instant::now() + Duration::from_secs(120);
    while !told.is_superset(&acknowledged) {
        assert!(Instant::now() < patience, "{} of {} came", told.len(), acknowledged.len());
        for came in consumer.wait_here_for(1) {
            messages += 1;
            ids.insert(came.header("webhook-id").to_owned());
            let event: Value = serde_json::from_str(&came.body).unwrap();
            told.insert(event["data"]["id"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(ids.len(), told.len(), "an award has one event");
    // The audit trail fits, kills or no kills: by the running service, and without it.
    for running in [true, false] {
        let verified = command(data, &["audit", "verify", "--json"]).output().unwrap();
        let said = String::from_utf8_lossy(&verified.stderr).into_owned();
        let verified: Value = serde_json::from_slice(&verified.stdout).expect(&said);
        assert_eq!(verified[0]["fits"], true, "{verified:#}");
        assert!(verified[0]["rows"].as_u64().unwrap() as usize > acknowledged.len());
        if running {
            service.stop();
        }
    }
    assert!(acknowledged.len() > 10, "{}", acknowledged.len());
    say(format_args!(
        "outbox: {cycles} kills, {} awards acknowledged, all told of in {messages} messages",
        acknowledged.len()
    ));
}
