//! Every byte of good badges flipped in turn, before the service as a process: what is still called
//! valid must say the same as before.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use futures_util::StreamExt as _;
use serde_json::Value;

use super::case::{self, Case, Input};
use super::web::ClosedWeb;
use crate::require::{everything, say};

/// Badges whose bytes are flipped.
const BADGES: usize = 50;

/// Without the demand for everything, one byte in so many.
const SAMPLE: usize = 97;

/// Questions asked at once.
const AT_ONCE: usize = 8;

struct Service {
    child: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Service {
    fn start(web: &ClosedWeb) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = format!(
            "[fetch]\ndefault_host = \"{}\"\nallow = [\"127.0.0.0/8\"]\n\
             [limits]\nenabled = false\n[store]\nkind = \"memory\"\n[log]\nlevel = \"error\"\n",
            web.origin()
        );
        std::fs::write(folder.path().join("a.toml"), settings).unwrap();
        let mut child = Command::new(crate::process::binary())
            .args(["serve", "--config", "a.toml", "--listen", "127.0.0.1:0", "--json"])
            .current_dir(folder.path())
            .env_remove("ACCOLADE_REQUIRE")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let url = format!("{}/v1/verifications", ready["baseUrl"].as_str().unwrap());
        Self { child, url, _folder: folder }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Good badges in files, over all families.
fn badges() -> Vec<Case> {
    let good: Vec<Case> = case::read()
        .into_iter()
        .filter(|case| case.verdict == "valid" && case.recipient.is_none())
        .filter(|case| matches!(&case.input, Input::File { bytes, .. } if bytes.len() < 16_384))
        .collect();
    assert!(good.len() >= BADGES, "{} good badges in files", good.len());
    let step = good.len() / BADGES;
    good.into_iter().step_by(step.max(1)).take(BADGES).collect()
}

#[actix_web::test]
async fn a_flipped_byte_never_changes_what_is_accepted() {
    let web = ClosedWeb::start();
    let service = Service::start(&web);
    #[expect(clippy::disallowed_methods, reason = "a test's client asks our own server only")]
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let sample = if everything() { 1 } else { SAMPLE };
    let (mut refused, mut unread, mut same) = (0, 0, 0);
    for badge in badges() {
        let Input::File { bytes, .. } = &badge.input else { panic!("a file") };
        web.show(&badge.web);
        let ask = |bytes: Vec<u8>| {
            let options = serde_json::json!({"at": badge.at, "policy": badge.policy});
            let (content_type, form) = super::multipart(&bytes, &options);
            let request = client.post(&service.url).header("Content-Type", content_type).body(form);
            async move {
                let answer = request.send().await.unwrap();
                let status = answer.status().as_u16();
                let report: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
                (status, report)
            }
        };
        let (status, whole) = ask(bytes.clone()).await;
        assert_eq!((status, &whole["verdict"]), (200, &Value::from("valid")), "{}", badge.id);
        let whole = Arc::new(whole);
        let mut answers = futures_util::stream::iter((0..bytes.len()).step_by(sample))
            .map(|at| {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1;
                let asked = ask(flipped);
                async move { (at, asked.await) }
            })
            .buffer_unordered(AT_ONCE);
        while let Some((at, (status, report))) = answers.next().await {
            match (status, report["verdict"].as_str()) {
                (200, Some("valid")) => {
                    assert_eq!(report["badge"], whole["badge"], "{}: byte {at}", badge.id);
                    same += 1;
                }
                (200, Some(_)) => refused += 1,
                (400 | 415 | 422, None) => unread += 1,
                _ => panic!("{}: byte {at}: {status} {report}", badge.id),
            }
        }
    }
    assert!(refused > 0);
    say(format_args!(
        "flips: of {BADGES} badges one byte in {sample}: {refused} refused, {unread} no badge at \
         all, {same} valid and saying the same"
    ));
}
