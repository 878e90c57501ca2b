//! The service is killed in the middle of a batch, again and again: it goes on by itself, and every
//! row comes to one award.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::process::{PATIENCE, binary, request};
use crate::require::{everything, say};

struct Running {
    child: Child,
    base: String,
}

fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).arg("--data").arg(data).stdin(Stdio::null());
    command.env("ACCOLADE_LIMITS_ENABLED", "false").env("ACCOLADE_LOG", "error");
    command
}

impl Running {
    fn start(data: &Path) -> Self {
        let url = "https://badges.example.org";
        let serve = ["serve", "--json", "--listen", "127.0.0.1:0", "--public-url", url];
        let mut child = command(data, &serve).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        Self { child, base: ready["baseUrl"].as_str().unwrap().to_owned() }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn ask(
        &self,
        token: &str,
        method: &str,
        path: &str,
        kind: &str,
        body: &[u8],
    ) -> Option<(u16, Value)> {
        let bearer = format!("Bearer {token}");
        let headers =
            [("Authorization", &*bearer), ("Content-Type", kind), ("Idempotency-Key", path)];
        let answer = request(&format!("{}{path}", self.base), method, &headers, body).ok()?;
        Some((answer.status, serde_json::from_slice(&answer.body).unwrap()))
    }

    fn get(&self, token: &str, path: &str) -> Value {
        let (status, body) = self.ask(token, "GET", path, "application/json", &[]).unwrap();
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    /// Everything of a list.
    fn all(&self, token: &str, path: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut query = "limit=1000".to_owned();
        loop {
            let page = self.get(token, &format!("{path}?{query}"));
            all.extend(page["data"].as_array().unwrap().iter().cloned());
            match page["nextCursor"].as_str() {
                Some(cursor) => query = format!("limit=1000&cursor={cursor}"),
                None => return all,
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_batch_goes_on_after_each_kill_and_every_row_is_carried_out_once() {
    let (kills, rows) = if everything() { (20, 10_000) } else { (3, 400) };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let made = command(data, &["tokens", "create", "--json"]).output().unwrap();
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    let token = made["token"].as_str().unwrap();
    let mut service = Running::start(data);
    let make = |service: &Running, path: &str, body: &Value| {
        let body = body.to_string();
        let (status, made) =
            service.ask(token, "POST", path, "application/json", body.as_bytes()).unwrap();
        assert_eq!(status, 201, "{made}");
        made
    };
    let issuer = make(
        &service,
        "/v1/issuers",
        &json!({
            "name": "River Teachers", "url": "https://river.example.org/",
            "email": "badges@river.example.org",
        }),
    );
    let mut class = crate::api::platform::class_body(issuer["id"].as_str().unwrap());
    class["humanCode"] = json!("C1");
    for needs in ["requiresResults", "requiredEvidence"] {
        class.as_object_mut().unwrap().remove(needs);
    }
    make(&service, "/v1/badge-classes", &class);
    // Half of the rows have an identifier; of the others each tenth is there twice.
    let mut file = "row id,ref row,action,email,badge class,external id,reason\n".to_owned();
    let mut due: BTreeMap<u64, &str> = BTreeMap::new();
    for at in 1..=rows {
        let person = if at % 20 == 1 && at > 20 { at - 2 } else { at };
        let external = if at % 2 == 0 { format!("ext-{at}") } else { String::new() };
        let is_issued = |at: u64| due.get(&at) == Some(&"issued");
        let outcome = match at {
            at if at % 50 == 0 && !is_issued(at - 4) => "refused:reference",
            at if at % 50 == 0 => "revoked",
            at if at % 33 == 0 => "refused:email",
            _ if person != at && is_issued(person) => "duplicate",
            _ => "issued",
        };
        let line = match outcome {
            "revoked" | "refused:reference" => {
                format!("{at},{},revoke,t{}@s.example.org,C1,,mistake\n", at - 4, at - 4)
            }
            "refused:email" => format!("{at},,,nobody,C1,{external},\n"),
            _ => format!("{at},,,t{person}@s.example.org,C1,{external},\n"),
        };
        file += &line;
        due.insert(at, outcome);
    }
    let mut batch = None;
    for kill in 0..kills {
        if batch.is_none() {
            let sent = service.ask(token, "POST", "/v1/batches", "text/csv", file.as_bytes());
            if let Some((status, accepted)) = sent {
                assert_eq!(status, 202, "{accepted}");
                batch = Some(accepted["id"].as_str().unwrap().to_owned());
            }
        }
        std::thread::sleep(Duration::from_millis(40 + 90 * (kill % 7)));
        service.kill();
        service = Running::start(data);
    }
    let path = format!("/v1/batches/{}", batch.unwrap());
    let begun = Instant::now();
    let done = loop {
        let now = service.get(token, &path);
        if now["state"] == "done" {
            break now;
        }
        assert!(begun.elapsed() < PATIENCE * 4, "it does not go on: {now}");
        std::thread::sleep(Duration::from_millis(100));
    };
    let found = service.all(token, &format!("{path}/rows"));
    assert_eq!(found.len() as u64, rows);
    let mut made = BTreeMap::new();
    let mut counted: BTreeMap<String, u64> = BTreeMap::new();
    for row in &found {
        let number = row["row"].as_u64().unwrap();
        assert_eq!(row["outcome"], due[&number], "{row}");
        let word = due[&number].split(':').next().unwrap();
        *counted.entry(word.to_owned()).or_default() += 1;
        if word == "issued" {
            let twice = made.insert(row["assertion"].as_str().unwrap().to_owned(), number);
            assert_eq!(twice, None, "one award for two rows: {row}");
        }
    }
    for (word, count) in &counted {
        assert_eq!(done["counts"][word], *count, "{done}");
    }
    let awards = service.all(token, "/v1/assertions");
    let kept: BTreeSet<&str> = awards.iter().map(|award| award["id"].as_str().unwrap()).collect();
    let named: BTreeSet<&str> = made.keys().map(String::as_str).collect();
    assert_eq!(kept, named, "every award has its row, every row its award");
    let revoked = awards.iter().filter(|award| award["state"] == "revoked").count() as u64;
    assert_eq!(revoked, counted["revoked"]);
    let listed = service.all(token, "/v1/batches");
    assert_eq!(listed.len(), 1, "what did not arrive whole is not there");
    say(format_args!("batches: {rows} rows, {kills} kills: {counted:?}, every row once"));
}
