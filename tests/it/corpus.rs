//! The corpus of `fixtures/corpus/`: badges and near misses of badges, each named by its fault, with
//! the closed web that it may see, the instant and policy under which it is judged, and what must
//! come out. The service and the command line judge each of them over real connections.
//!
//! The files are written by `cargo test --test it write_the_corpus -- --ignored`, from the families
//! below; whoever changes a family runs it and looks at what changed.

pub(crate) mod case;
mod data_integrity;
mod flips;
mod hosted;
mod images;
pub(crate) mod issuer;
mod older;
mod parts;
mod recipients;
mod running;
mod shape;
mod signed;
mod status;
mod suites;
mod tokens;
pub(crate) mod web;

use std::collections::BTreeSet;
use std::process::Stdio;

use serde_json::{Value, json};

use self::case::{Case, Input};
use self::web::ClosedWeb;
use crate::app::TestApp;
use crate::require::say;

fn all() -> Vec<Case> {
    let families = [
        data_integrity::cases(),
        suites::cases(),
        shape::cases(),
        status::cases(),
        tokens::cases(),
        recipients::cases(),
        hosted::cases(),
        signed::cases(),
        images::cases(),
        older::cases(),
        parts::cases(),
    ];
    families.into_iter().flatten().collect()
}

#[test]
#[ignore = "writes fixtures/corpus"]
fn write_the_corpus() {
    case::write(&all());
}

#[test]
fn the_corpus_is_large_and_names_every_fault_once() {
    let cases = case::read();
    let names: BTreeSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "a name stands for two cases");
    assert!(cases.len() >= 300, "{} cases", cases.len());
    let written: BTreeSet<String> = all().into_iter().map(|case| case.id).collect();
    let known: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(written, known, "write the corpus anew");
}

#[actix_web::test]
async fn every_case_of_the_corpus_is_judged_as_its_manifest_says() {
    let web = ClosedWeb::start();
    let origin = web.origin();
    let app = TestApp::start_with(|config| {
        config.fetch.default_host = Some(origin);
        config.fetch.refuse_all = false;
        config.fetch.allow = vec!["127.0.0.0/8".parse().unwrap()];
        config.fetch.cache = false;
        config.limits.enabled = false;
    })
    .await;
    let mut counts = [0; 3];
    let mut wrong = Vec::new();
    for case in case::read() {
        web.show(&case.web);
        let mut body = json!({"at": case.at, "policy": case.policy});
        if let Some(recipient) = &case.recipient {
            body["recipient"] = recipient.clone();
        }
        let ask = app.post("/v1/verifications");
        let ask = match &case.input {
            Input::Url(url) => {
                body["url"] = json!(url);
                ask.json(&body)
            }
            Input::File { bytes, .. } => {
                let (content_type, form) = multipart(bytes, &body);
                ask.body(&content_type, form)
            }
        };
        let answer = ask.send().await;
        assert_eq!(answer.status, 200, "{}: {}", case.id, answer.text());
        if let Some(difference) = case.differs_from(&answer.json()) {
            wrong.push(difference);
        }
        counts[["valid", "invalid", "indeterminate"]
            .iter()
            .position(|verdict| *verdict == case.verdict)
            .unwrap()] += 1;
    }
    let [valid, invalid, indeterminate] = counts;
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    say(format_args!(
        "corpus: {valid} valid, {invalid} invalid, {indeterminate} indeterminate, 0 wrong"
    ));
}

/// A form with a file and the other members.
fn multipart(file: &[u8], members: &Value) -> (String, Vec<u8>) {
    let boundary = "corpus-4f1c29";
    let mut form = Vec::new();
    for (name, value) in members.as_object().unwrap() {
        let text = match value {
            Value::String(text) if name != "recipient" => text.clone(),
            other => other.to_string(),
        };
        let part = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n"
        );
        form.extend(part.into_bytes());
    }
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    form.extend(head.into_bytes());
    form.extend(file);
    form.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    (format!("multipart/form-data; boundary={boundary}"), form)
}

#[test]
fn the_command_line_agrees_on_the_corpus() {
    let web = ClosedWeb::start();
    let folder = tempfile::tempdir().unwrap();
    let settings = format!(
        "[fetch]\ndefault_host = \"{}\"\nallow = [\"127.0.0.0/8\"]\ncache = false\n",
        web.origin()
    );
    std::fs::write(folder.path().join("a.toml"), settings).unwrap();
    let mut judged = 0;
    let mut wrong = Vec::new();
    // A process for each: every third is enough to see that the door is the same.
    for case in case::read().iter().step_by(3) {
        web.show(&case.web);
        let mut command = std::process::Command::new(crate::process::binary());
        command.args(["verify", "--config", "a.toml", "--at", &case.at, "--json"]);
        command.args(["--policy", &case.policy]);
        if let Some(recipient) = &case.recipient {
            let text = recipient.as_str().map_or_else(|| recipient.to_string(), str::to_owned);
            command.args(["--recipient", &text]);
        }
        match &case.input {
            Input::Url(url) => command.arg(url),
            Input::File { path, .. } => command.arg(path),
        };
        let output = command
            .current_dir(folder.path())
            .env_remove("ACCOLADE_REQUIRE")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let expected = match case.verdict.as_str() {
            "valid" => 0,
            "invalid" => 1,
            _ => 2,
        };
        judged += 1;
        if output.status.code() != Some(expected) {
            let said = String::from_utf8_lossy(&output.stdout);
            wrong.push(format!("{}: exit {:?}\n{said}", case.id, output.status.code()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    say(format_args!("corpus: {judged} cases on the command line, 0 wrong"));
}
