//! What was erased is on no disk: strings that are planted in the awards of one person, in the rows of
//! a batch and in the reasons for changes are looked for in every file of the data directory, byte by
//! byte.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::process::{Answer, binary, request};

fn accolade(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Value {
    let output = accolade(folder, arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

struct Service {
    child: Child,
    base: String,
    token: String,
}

impl Service {
    fn start(folder: &Path, token: &str) -> Self {
        let arguments = ["serve", "--json", "--listen", "127.0.0.1:0", "--public-url"];
        let mut child = accolade(folder, &arguments)
            .arg("https://badges.example.org")
            .env("ACCOLADE_MAIL_TRANSPORT", "file")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let base = ready["baseUrl"].as_str().unwrap().to_owned();
        Self { child, base, token: format!("Bearer {token}") }
    }

    fn send(&self, method: &str, path: &str, key: Option<&str>, body: &str) -> Answer {
        let mut headers =
            vec![("Authorization", &*self.token), ("Content-Type", "application/json")];
        headers.extend(key.map(|key| ("Idempotency-Key", key)));
        request(&format!("{}{path}", self.base), method, &headers, body.as_bytes()).unwrap()
    }

    fn post(&self, path: &str, key: Option<&str>, body: &Value) -> Value {
        let answer = self.send("POST", path, key, &body.to_string());
        assert!(answer.status < 300, "POST {path}: {}: {}", answer.status, answer.text());
        serde_json::from_str(&answer.text()).unwrap()
    }

    fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, "")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // As hard as it gets: nothing may hang on a clean end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Every file under a directory with its content. What is no text there is replaced, which leaves
/// runs of ASCII whole: the strings that are looked for are such.
struct Disk(Vec<(String, String)>);

impl Disk {
    fn read(directory: &Path) -> Self {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files.extend(Self::read(&path).0);
            } else if path.is_file() {
                let bytes = std::fs::read(&path).unwrap();
                let text = String::from_utf8_lossy(&bytes).into_owned();
                files.push((path.display().to_string(), text));
            }
        }
        Self(files)
    }

    /// The files that hold these bytes.
    fn holding(&self, wanted: &str) -> Vec<&str> {
        let found = self.0.iter().filter(|(_, text)| text.contains(wanted));
        found.map(|(path, _)| path.as_str()).collect()
    }
}

#[test]
fn of_the_planted_strings_none_is_on_the_disk_after_erasure_and_compaction() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let data = here.join("accolade-data");
    let token = run(here, &["tokens", "create", "--json"])["token"].as_str().unwrap().to_owned();
    let service = Service::start(here, &token);
    let planted: Vec<String> = (1..=22).map(|n| format!("planted{n:02}quagga")).collect();
    let p = |n: usize| planted[n - 1].clone();

    let issuer = service.post(
        "/v1/issuers",
        None,
        &json!({"name": "River", "url": "https://river.example.org/", "slug": "river",
                "email": "badges@river.example.org"}),
    );
    let class = service.post(
        "/v1/badge-classes",
        None,
        &json!({"issuer": issuer["id"], "name": "Facilitator", "description": "Leads meetings.",
                "criteria": {"narrative": "Lead *three*."}, "suspendable": true,
                "resultDescription": [{"code": "note", "name": "Note", "resultType": "Result"}]}),
    );
    let email = format!("{}@schools.example.org", p(1));
    let recipient = json!({
        "email": email, "name": p(2), "url": format!("https://example.org/{}", p(3)),
        "identifier": [{"identifier": p(4), "identifierType": "sourcedId"}],
    });
    let body = json!({
        "badgeClass": class["id"], "recipient": recipient, "externalId": p(5), "notify": true,
        "narrative": p(6), "role": p(7), "term": p(8), "licenseNumber": p(9),
        "source": {"url": "https://assess.example.org/", "name": p(10)},
        "results": [{"resultDescription": "note", "value": p(11)}],
        "evidence": [
            {"url": format!("https://evidence.example.org/{}", p(12)), "name": p(13)},
            {"name": "Reflection", "narrative": p(14), "public": false},
        ],
    });
    let first = service.post("/v1/assertions", Some("first"), &body);
    // Long enough that its signed form lies in a file of its own.
    let long = format!("{} {}", p(15), "A long story. ".repeat(700));
    let evidence: Vec<Value> =
        (0..5).map(|n| json!({"name": n.to_string(), "narrative": long})).collect();
    let second = service.post(
        "/v1/assertions",
        Some("second"),
        &json!({"badgeClass": class["id"], "recipient": {"email": email}, "evidence": evidence,
                "issuedOn": "2026-01-01"}),
    );
    let control = service.post(
        "/v1/assertions",
        None,
        &json!({"badgeClass": class["id"], "recipient": {"email": "bela@schools.example.org"},
                "narrative": "control quagga"}),
    );
    let id = |award: &Value| award["id"].as_str().unwrap().to_owned();
    let mut tokens = Vec::new();
    for award in [&first, &second] {
        for form in [".jwt", ".jwt?v=2", ".png", ".svg", ".json?v=2"] {
            let answer = service.get(&format!("/b/{}{form}", id(award)));
            assert_eq!(answer.status, 200, "{form}: {}", answer.text());
            if form.starts_with(".jwt") {
                // A stretch of the payload: the planted strings stand there in base64.
                tokens.push(answer.text().split('.').nth(1).unwrap()[400..480].to_owned());
            }
        }
    }
    // One row is awarded, one is refused with a reason that quotes it, one is somebody else's.
    let rows = json!([
        {"badgeClass": class["id"], "recipient": {"email": email.to_uppercase()},
         "externalId": "row-1", "narrative": p(21)},
        {"badgeClass": "bc_0123456789abcdefghijAB", "recipient": {"email": email},
         "externalId": "row-2", "role": p(22)},
        {"badgeClass": class["id"], "recipient": {"email": "bela@schools.example.org"},
         "externalId": "row-3", "narrative": "control zebra"},
    ]);
    let batch = service.post("/v1/batches", Some("batch"), &rows);
    let batch = format!("/v1/batches/{}", batch["id"].as_str().unwrap());
    // The service works by itself: asked again and again, it is done some time.
    let done = (0..20_000).map(|_| service.get(&batch).text()).find(|text| {
        let batch: Value = serde_json::from_str(text).unwrap();
        batch["state"] == "done"
    });
    let done: Value = serde_json::from_str(&done.expect("the batch is worked off")).unwrap();
    assert_eq!((&done["counts"]["issued"], &done["counts"]["refused"]), (&json!(2), &json!(1)));
    let path = |award: &Value, rest: &str| format!("/v1/assertions/{}{rest}", id(award));
    let correction = json!({"narrative": "Corrected.", "reason": p(16), "publicReason": p(17)});
    service.post(&path(&first, "/reissue"), None, &correction);
    let renewal = json!({"reason": p(18), "issuedOn": "2026-02-01"});
    let third = service.post(&path(&second, "/renew"), Some("third"), &renewal);
    let why = json!({"reason": p(19), "publicReason": p(20)});
    service.post(&path(&second, "/revoke"), None, &why);

    // The worker writes to her by itself.
    let written = (0..20_000).any(|_| {
        service.get("/livez");
        std::fs::read_dir(data.join("mail")).is_ok_and(|files| {
            files.flatten().any(|file| file.path().extension().is_some_and(|end| end == "eml"))
        })
    });
    assert!(written, "the message lies in its file");

    let disk = Disk::read(&data);
    for text in planted.iter().chain(&tokens) {
        assert!(!disk.holding(text).is_empty(), "{text} was planted");
    }
    assert!(disk.holding(&email).iter().any(|file| file.ends_with(".eml")), "written to her");
    assert!(disk.holding(&p(15)).iter().any(|file| file.contains("blobs")), "in a file");

    let exported = run(here, &["export", "--email", &email]);
    assert_eq!(exported["assertions"].as_array().unwrap().len(), 4);
    let rows = exported["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[1]["row"]), (2, &json!(2)), "{rows:?}");
    assert!(rows[0]["text"].as_str().unwrap().contains(&p(21)));
    let all = exported.to_string();
    // What a correction replaced is kept nowhere but in the log of the engine.
    let missing = planted.iter().filter(|text| !all.contains(*text)).collect::<Vec<_>>();
    assert_eq!(missing, [&p(6)], "all that is kept is exported");
    assert!(!all.contains("control"));
    let erased = run(here, &["erase", "--email", &email, "--json"]);
    assert_eq!(erased["assertions"].as_array().unwrap().len(), 4, "{erased}");
    assert_eq!((&erased["answers"], &erased["rows"]), (&json!(3), &json!(2)), "{erased}");
    assert_eq!(erased["mails"], 1, "{erased}");
    let busy = accolade(here, &["store", "compact"]).output().unwrap();
    assert!(!busy.status.success(), "the service holds the store");
    assert!(String::from_utf8_lossy(&busy.stderr).contains("process"));
    drop(service);
    let disk = Disk::read(&data);
    let still = planted.iter().filter(|text| !disk.holding(text).is_empty()).count();
    assert!(still > 0, "an engine that forgets by itself would need no compaction");

    let done = run(here, &["store", "compact", "--json"]);
    assert!(done["filesRemoved"].as_u64() > Some(0), "{done}");
    let disk = Disk::read(&data);
    for text in planted.iter().chain(&tokens) {
        assert_eq!(disk.holding(text), [""; 0], "{text}");
    }
    for text in ["control quagga", "control zebra"] {
        assert!(!disk.holding(text).is_empty(), "others are as they were");
    }
    crate::require::say(format_args!(
        "erasure: {} planted strings and {} stretches of tokens, on disk before, none after; {still} \
         were there until the compaction",
        planted.len(),
        tokens.len()
    ));

    // It opens again, says what is left, and makes no new award of a request that is sent again.
    let check = run(here, &["store", "check", "--json"]);
    assert_eq!(check["isSound"], true, "{check}");
    let service = Service::start(here, &token);
    for award in [&first, &second, &third] {
        let left: Value = serde_json::from_str(&service.get(&path(award, "")).text()).unwrap();
        assert!(left["erasedAt"].is_string(), "{left}");
        assert_eq!(service.get(&format!("/b/{}.json", id(award))).status, 404);
        let list = award["links"]["status"].as_str().unwrap();
        let list = list.strip_prefix("https://badges.example.org").unwrap();
        assert_eq!(service.get(list).status, 200);
    }
    assert_eq!(service.post("/v1/assertions", Some("first"), &body)["id"], first["id"]);
    assert_eq!(service.send("POST", "/v1/assertions", None, &body.to_string()).status, 409);
    let outcomes = service.get(&format!("{batch}/rows")).text();
    let outcomes: Value = serde_json::from_str(&outcomes).unwrap();
    let words: Vec<&Value> =
        outcomes["data"].as_array().unwrap().iter().map(|row| &row["outcome"]).collect();
    assert_eq!(words.len(), 3, "{outcomes}");
    assert_eq!((words[0], words[2]), (&json!("issued"), &json!("issued")), "{outcomes}");
    let report = service.post("/v1/verifications", None, &json!({"url": control["url"]}));
    assert_eq!(report["verdict"], "valid");
}
