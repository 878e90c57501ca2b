//! The service is killed while it mints and writes to holders: every award that was acknowledged is
//! told of in the end, under one Message-ID.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::sink::Sink;
use crate::api::platform::{class_body, issuer_body};
use crate::process::{binary, request};
use crate::require::say;

fn command(data: &Path, port: u16, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).arg("--data").arg(data).stdin(Stdio::null());
    command.env("ACCOLADE_LIMITS_ENABLED", "false").env("ACCOLADE_LOG", "warn");
    command.env("ACCOLADE_MAIL_TRANSPORT", "smtp").env("ACCOLADE_MAIL_HOST", "127.0.0.1");
    command.env("ACCOLADE_MAIL_PORT", port.to_string()).env("ACCOLADE_MAIL_TLS", "none");
    command.env("ACCOLADE_MAIL_FROM", "badges@riverside.example.org");
    command
}

struct Running(Child, String);

impl Running {
    fn start(data: &Path, port: u16) -> Self {
        let url = "https://badges.example.org";
        let serve = ["serve", "--json", "--listen", "127.0.0.1:0", "--public-url", url];
        let mut command = command(data, port, &serve);
        let log = std::fs::OpenOptions::new().create(true).append(true).open(data.join("../log"));
        let mut child = command.stdout(Stdio::piped()).stderr(log.unwrap()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        Self(child, ready["baseUrl"].as_str().unwrap().to_owned())
    }

    fn post(&self, token: &str, path: &str, body: &Value) -> Value {
        let bearer = format!("Bearer {token}");
        let headers = [("Authorization", &*bearer), ("Content-Type", "application/json")];
        let url = format!("{}{path}", self.1);
        let answer = request(&url, "POST", &headers, body.to_string().as_bytes()).unwrap();
        assert_eq!(answer.status, 201, "POST {path}: {}", answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn every_acknowledged_award_is_told_of_after_kills() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let sink = Sink::start();
    let made = command(&data, sink.port, &["tokens", "create", "--json"]).output().unwrap();
    let token: Value = serde_json::from_slice(&made.stdout).unwrap();
    let token = token["token"].as_str().unwrap().to_owned();
    let mut class = Value::Null;
    let mut awards = Vec::new();
    // It never says whether it took a message, so that each waits over every kill.
    sink.answers(".", "hold");
    for kill in 0..3 {
        let service = Running::start(&data, sink.port);
        if class.is_null() {
            let issuer = service.post(&token, "/v1/issuers", &issuer_body("Riverside"));
            let body = class_body(issuer["id"].as_str().unwrap());
            class = service.post(&token, "/v1/badge-classes", &body);
        }
        for number in 0..5 {
            let email = format!("amara-{kill}-{number}@schools.example.org");
            let body = json!({
                "badgeClass": class["id"], "recipient": { "email": email }, "notify": true,
                "results": [{ "resultDescription": "lead", "achievedLevel": "meets" }],
            });
            awards.push(service.post(&token, "/v1/assertions", &body));
        }
        std::thread::sleep(Duration::from_millis(300 * kill));
    }
    assert!(sink.taken().is_empty());
    sink.agrees();
    let service = Running::start(&data, sink.port);
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let begun = Instant::now();
    while told.len() < awards.len() {
        assert!(begun.elapsed() < Duration::from_secs(120), "{} told", told.len());
        for message in sink.taken() {
            let body = message.body();
            let url = body.lines().find(|line| line.contains("/b/")).unwrap().to_owned();
            told.entry(url).or_default().push(message.header("message-id"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    for award in &awards {
        let ids = told.get(award["url"].as_str().unwrap()).expect("told of");
        assert_eq!(ids.len(), 1, "taken once, so not sent again");
    }
    std::thread::sleep(Duration::from_secs(1));
    assert!(sink.taken().is_empty());
    drop(service);
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(!log.contains("amara") && !log.contains("schools.example.org"), "{log}");
    say(format_args!("mail: {} awards told of after 3 kills, each once", awards.len()));
}
