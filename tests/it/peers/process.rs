//! An independent implementation as a process: requests and answers are JSON, one a line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::require::{component, shared};

/// Long enough for an RSA key or a hundred fetches on a busy machine, short enough to notice a hang.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running peer, and what it has said about what it was asked.
pub(super) struct Peer {
    pub(super) name: &'static str,
    child: Child,
    requests: Option<ChildStdin>,
    answers: Receiver<String>,
    pub(super) accepted: usize,
    pub(super) refused: usize,
}

impl Peer {
    /// `@digitalbazaar/vc` with `@digitalbazaar/eddsa-rdfc-2022-cryptosuite`.
    pub(super) fn digitalbazaar() -> Option<Self> {
        Self::node("@digitalbazaar/vc", "data_integrity.mjs", &["digitalbazaar", &contexts()?])
    }

    /// `@digitalcredentials/vc` and its own stack.
    pub(super) fn digitalcredentials() -> Option<Self> {
        let name = "@digitalcredentials/vc";
        Self::node(name, "data_integrity.mjs", &["digitalcredentials", &contexts()?])
    }

    /// `jose`, for compact JWS and JWT.
    pub(super) fn jose() -> Option<Self> {
        Self::node("jose", "jwt.mjs", &[])
    }

    /// `jsonld` in safe mode and `rdf-canonize`: what a document says, as canonical N-Quads.
    pub(super) fn canonizer() -> Option<Self> {
        Self::node("jsonld and rdf-canonize", "canonize.mjs", &[&contexts()?])
    }

    /// PyPI `openbadges`, for Open Badges 2.0.
    pub(super) fn openbadges() -> Option<Self> {
        Self::python("PyPI openbadges", "openbadges", "openbadges_peer.py", &[&contexts()?])
    }

    /// PyPI `openbadgeslib`, for Open Badges 3.0.
    pub(super) fn openbadgeslib() -> Option<Self> {
        Self::python("PyPI openbadgeslib", "openbadgeslib", "openbadgeslib_peer.py", &[])
    }

    /// axe-core in headless Chromium, and html-validate.
    pub(super) fn browser() -> Option<Self> {
        let names = ["chromium", "chromium-browser", "google-chrome"];
        let chromium = names.into_iter().find(|name| runs(name));
        let chromium = component("Chromium", chromium)?;
        let found = Command::new("sh").arg("-c").arg(format!("command -v {chromium}")).output();
        let path = String::from_utf8(found.unwrap().stdout).unwrap();
        Self::node("axe-core and html-validate", "pages.mjs", &[path.trim()])
    }

    fn node(name: &'static str, script: &str, arguments: &[&str]) -> Option<Self> {
        let mut command = node(name, script)?;
        command.args(arguments);
        Some(Self::start(name, command))
    }

    fn python(name: &'static str, venv: &str, script: &str, arguments: &[&str]) -> Option<Self> {
        let mut command = python(venv, script)?;
        command.args(arguments);
        Some(Self::start(name, command))
    }

    fn start(name: &'static str, mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (send, answers) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines() {
                let Ok(line) = line else { break };
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        let requests = child.stdin.take();
        Self { name, child, requests, answers, accepted: 0, refused: 0 }
    }

    /// Asks and waits for the answer, which is one that the peer's script could give.
    pub(super) fn ask(&mut self, request: &Value) -> Value {
        let requests = self.requests.as_mut().unwrap();
        writeln!(requests, "{request}").and_then(|()| requests.flush()).unwrap();
        let line = self.answers.recv_timeout(PATIENCE).unwrap_or_else(|error| {
            panic!("{} gave no answer to {request}: {error}", self.name);
        });
        let answer: Value = serde_json::from_str(&line).unwrap();
        assert!(
            answer.get("failed").is_none(),
            "{} could not work: {answer}\nasked: {request}",
            self.name
        );
        answer
    }

    /// Asks to verify; the peer must accept, `what` names the thing in the message when it does not.
    pub(super) fn must_accept(&mut self, what: &str, request: Value) -> Value {
        let answer = self.verify(request);
        assert_eq!(answer["accepted"], true, "{} refuses {what}: {}", self.name, answer["why"]);
        self.accepted += 1;
        answer
    }

    /// Asks to verify; the peer must refuse.
    pub(super) fn must_refuse(&mut self, what: &str, request: Value) -> Value {
        let answer = self.verify(request);
        assert_eq!(answer["accepted"], false, "{} accepts {what}", self.name);
        self.refused += 1;
        answer
    }

    fn verify(&mut self, mut request: Value) -> Value {
        request["do"] = json!("verify");
        self.ask(&request)
    }

    /// One line for the log; nothing accepted or nothing refused means that nothing was compared.
    pub(super) fn tally(&self) -> String {
        assert!(self.accepted > 0, "{} accepted nothing", self.name);
        assert!(self.refused > 0, "{} refused nothing", self.name);
        format!("{}: accepted {}, refused {} altered", self.name, self.accepted, self.refused)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // The script ends with its input; the kill is for one that does not.
        drop(self.requests.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file of a virtual environment, where it is installed.
pub(super) fn installed(venv: &str, file: &str) -> Option<PathBuf> {
    let path = target().join("peers").join(venv).join(file);
    component(format!("{venv} (tests/peers/install)"), path.is_file().then_some(path))
}

/// A script of ours in a virtual environment.
pub(super) fn python(venv: &str, script: &str) -> Option<Command> {
    let folder = root().join("tests/peers/python");
    let mut command = Command::new(installed(venv, "bin/python")?);
    command
        .arg(folder.join(script))
        .env("PYTHONPATH", &folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONWARNINGS", "ignore");
    Some(command)
}

/// A script of ours beside the Node packages, where these are installed.
pub(super) fn node(name: &str, script: &str) -> Option<Command> {
    let folder = root().join("tests/peers/node");
    node_file(name, &folder.join(script), folder.join("node_modules").is_dir())
}

/// A program that one of the Node packages brings.
pub(super) fn node_tool(name: &str) -> Option<Command> {
    let path = root().join("tests/peers/node/node_modules/.bin").join(name);
    node_file(name, &path, path.is_file())
}

fn node_file(name: &str, path: &Path, installed: bool) -> Option<Command> {
    let installed = installed && runs("node");
    component(format!("{name} (tests/peers/install)"), installed.then_some(()))?;
    let mut command = Command::new("node");
    command.arg(path);
    Some(command)
}

fn contexts() -> Option<String> {
    Some(shared()?.join("contexts").to_str().unwrap().to_owned())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder that cargo builds into: this test lies in `target/PROFILE/deps`.
fn target() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let found = here.ancestors().find(|folder| folder.join("peers").is_dir());
    found.map_or_else(|| root().join("target"), Path::to_path_buf)
}

fn runs(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
