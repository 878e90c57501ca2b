//! The service as a process, and HTTP with it: nothing of the library is used here, so that what
//! the peers see is what a stranger sees.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::process::{Answer, PATIENCE, binary, request};

/// A running service with a data directory of its own.
pub(super) struct Service {
    child: Child,
    /// Where it listens, without a trailing slash.
    pub(super) base: String,
    /// The origin that its documents name; the same as `base` unless it was chosen.
    public: String,
    /// A token for everything.
    pub(super) token: String,
    /// What it printed when it was ready.
    pub(super) ready: Value,
    _folder: tempfile::TempDir,
}

impl Service {
    /// `accolade serve` with a token, known to the world as `public_url`, which is its own address
    /// by default. `hosts` are the origins that it reaches instead of the hosts named.
    pub(super) fn start(public_url: Option<&str>, hosts: &[(&str, String)]) -> Self {
        Self::start_with(public_url, hosts, &[])
    }

    /// The same with further flags.
    pub(super) fn start_with(
        public_url: Option<&str>,
        hosts: &[(&str, String)],
        flags: &[&str],
    ) -> Self {
        Self::start_within("enabled = false", public_url, hosts, flags)
    }

    /// The same within limits, the lines of that section of the configuration.
    pub(super) fn start_within(
        limits: &str,
        public_url: Option<&str>,
        hosts: &[(&str, String)],
        flags: &[&str],
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("accolade.toml");
        let hosts: String =
            hosts.iter().map(|(host, origin)| format!("{host:?} = {origin:?}\n")).collect();
        let settings =
            format!("[limits]\n{limits}\n[fetch]\ncache = false\n[fetch.hosts]\n{hosts}");
        std::fs::write(&config, settings).unwrap();
        let command = |arguments: &[&str]| {
            let mut command = Command::new(binary());
            command.args(arguments).arg("--config").arg(&config);
            command.arg("--data").arg(folder.path().join("data")).stdin(Stdio::null());
            command
        };
        let made = command(&["tokens", "create", "--json"]).output().unwrap();
        let token: Value = serde_json::from_slice(&made.stdout).unwrap_or_else(|error| {
            panic!("no token: {error}: {}", String::from_utf8_lossy(&made.stderr))
        });
        let mut serve = command(&["serve", "--json", "--listen", "127.0.0.1:0"]);
        serve.args(flags);
        if let Some(url) = public_url {
            serve.args(["--public-url", url]);
        }
        let log = folder.path().join("log");
        let errors = std::fs::File::create(&log).unwrap();
        let mut child = serve.stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (send, receive) = channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let _ = stdout.read_line(&mut line);
            let _ = send.send(line);
        });
        let line = receive.recv_timeout(PATIENCE).unwrap_or_default();
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|error| {
            let _ = child.kill();
            let _ = child.wait();
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            panic!("`accolade serve` printed {line:?} ({error}); its log:\n{log}");
        });
        let base = ready["baseUrl"].as_str().unwrap().to_owned();
        let public = public_url.map_or_else(|| base.clone(), str::to_owned);
        let token = token["token"].as_str().unwrap().to_owned();
        Self { child, base, public, token, ready, _folder: folder }
    }

    /// The origin that its documents name.
    pub(super) fn public(&self) -> &str {
        &self.public
    }

    /// Gets a URL of the service, also one under its public origin.
    pub(super) fn get(&self, url: &str, accept: &str) -> Answer {
        request(&self.local(url), "GET", &[("Accept", accept)], &[]).unwrap()
    }

    /// Gets a JSON document, which must be there.
    pub(super) fn document(&self, url: &str) -> Value {
        let accept = "application/vc+ld+json, application/ld+json, application/json";
        let answer = self.get(url, accept);
        assert_eq!(answer.status, 200, "GET {url}: {}", answer.text());
        serde_json::from_slice(&answer.body)
            .unwrap_or_else(|error| panic!("GET {url}: {error}: {}", answer.text()))
    }

    /// Posts JSON with the token and gives back the object that was made or changed.
    pub(super) fn post(&self, path: &str, body: &Value) -> Value {
        let token = format!("Bearer {}", self.token);
        let headers = [("Authorization", &*token), ("Content-Type", "application/json")];
        let body = body.to_string();
        let answer = request(&self.local(path), "POST", &headers, body.as_bytes()).unwrap();
        assert!(
            (200..300).contains(&answer.status),
            "POST {path}: {}: {}",
            answer.status,
            answer.text()
        );
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// The report on something, asked as a stranger: without a token.
    pub(super) fn verify(&self, request_body: &Value) -> Value {
        let headers = [("Content-Type", "application/json")];
        let url = self.local("/v1/verifications");
        let body = request_body.to_string();
        let answer = request(&url, "POST", &headers, body.as_bytes()).unwrap();
        match answer.status {
            200 => serde_json::from_slice(&answer.body).unwrap(),
            // Broken outside: no JSON text, no compact JWS. Refused all the same.
            400 | 415 | 422 => json!({"verdict": "unreadable", "problem": answer.text()}),
            status => panic!("verification answered {status}: {}", answer.text()),
        }
    }

    /// The report on a file.
    pub(super) fn verify_file(&self, name: &str, file: &[u8]) -> Value {
        let boundary = "a-boundary-that-no-picture-holds";
        let mut body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={boundary}");
        let url = self.local("/v1/verifications");
        let answer = request(&url, "POST", &[("Content-Type", &kind)], &body).unwrap();
        assert_eq!(answer.status, 200, "verification of {name}: {}", answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }

    fn local(&self, url: &str) -> String {
        match url.strip_prefix(&self.public) {
            Some(path) => format!("{}{path}", self.base),
            None if url.starts_with('/') => format!("{}{url}", self.base),
            None => panic!("{url} is not under {}", self.public),
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Media type and body, by path.
type Documents = Arc<Mutex<BTreeMap<String, (String, Vec<u8>)>>>;

/// A host on the loopback interface that serves the JSON documents it was given, by path.
pub(super) struct Host {
    pub(super) origin: String,
    documents: Documents,
}

impl Host {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let documents = Documents::default();
        let served = Arc::clone(&documents);
        // Ends with the process of the tests.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = Arc::clone(&served);
                std::thread::spawn(move || answer_one(stream, &served));
            }
        });
        Self { origin, documents }
    }

    pub(super) fn put(&self, path: &str, document: &Value) {
        self.put_bytes(path, "application/ld+json", document.to_string().into_bytes());
    }

    pub(super) fn put_bytes(&self, path: &str, media_type: &str, body: Vec<u8>) {
        self.documents.lock().unwrap().insert(path.to_owned(), (media_type.to_owned(), body));
    }
}

fn answer_one(stream: TcpStream, served: &Documents) {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    let mut line = String::new();
    let _ = reader.read_line(&mut first);
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        line.clear();
    }
    let path = first.split(' ').nth(1).unwrap_or_default();
    let found = served.lock().unwrap().get(path).cloned();
    let (status, (media_type, body)) = match found {
        Some(found) => ("200 OK", found),
        None => ("404 Not Found", ("text/plain".to_owned(), b"not here".to_vec())),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = reader.into_inner();
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}
