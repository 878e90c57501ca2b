//! The whole corpus through a service that runs as a process, with the settings that a black-box run
//! uses, and what memory it took at most.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::case::{self, Input};
use super::multipart;
use super::web::ClosedWeb;
use crate::process::{binary, request};
use crate::require::say;

/// Most that the process may hold at any time, in KiB.
const MOST: u64 = 200 * 1024;

struct Service {
    child: Child,
    base: String,
}

impl Service {
    fn start(settings: &str) -> (Self, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.toml"), settings).unwrap();
        let mut child = Command::new(binary())
            .args(["serve", "--json", "--listen", "127.0.0.1:0", "--config", "a.toml"])
            .args(["--data", "data", "--public-url", "https://badges.example.org"])
            .env("ACCOLADE_LOG", "error")
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let base = ready["baseUrl"].as_str().unwrap().to_owned();
        (Self { child, base }, folder)
    }

    /// What the process held at most so far, in KiB.
    fn peak(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_running_service_judges_the_corpus_alike_in_bounded_memory() {
    let web = ClosedWeb::start();
    let settings = format!(
        "[fetch]\ndefault_host = \"{}\"\nallow = [\"127.0.0.0/8\"]\ncache = false\n\n\
         [limits]\nenabled = false\n",
        web.origin()
    );
    let (service, _folder) = Service::start(&settings);
    let url = format!("{}/v1/verifications", service.base);
    let idle = service.peak();
    let cases = case::read();
    let mut wrong = Vec::new();
    for case in &cases {
        web.show(&case.web);
        let mut members = json!({"at": case.at, "policy": case.policy});
        if let Some(recipient) = &case.recipient {
            members["recipient"] = recipient.clone();
        }
        let (content_type, body) = match &case.input {
            Input::Url(url) => {
                members["url"] = json!(url);
                ("application/json".to_owned(), members.to_string().into_bytes())
            }
            Input::File { bytes, .. } => multipart(bytes, &members),
        };
        let answer = request(&url, "POST", &[("Content-Type", &content_type)], &body).unwrap();
        assert_eq!(answer.status, 200, "{}: {}", case.id, answer.text());
        let report = serde_json::from_slice(&answer.body).unwrap();
        wrong.extend(case.differs_from(&report));
    }
    let peak = service.peak();
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    say(format_args!(
        "corpus: {} cases by a running service, 0 wrong; it held {} MiB at most, {} MiB before the first",
        cases.len(),
        peak / 1024,
        idle / 1024
    ));
    assert!(peak < MOST, "{peak} KiB");
}
