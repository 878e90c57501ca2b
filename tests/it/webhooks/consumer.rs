//! A consumer of messages on this machine: answers as it is told and keeps what came.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// A message as it came.
#[derive(Clone, Debug)]
pub(super) struct Came {
    pub(super) request: String,
    headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Came {
    /// A header field; empty when it is not there.
    pub(super) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

pub(super) struct Consumer {
    address: SocketAddr,
    state: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Default)]
struct State {
    came: Vec<Came>,
    status: String,
    headers: String,
    held: bool,
}

impl Consumer {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = State { status: "200 OK".to_owned(), ..State::default() };
        let state = Arc::new((Mutex::new(state), Condvar::new()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || take(&stream, &shared));
            }
        });
        Self { address, state }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/in", self.address)
    }

    /// Answers so from now on; header lines end in `\r\n`.
    pub(super) fn answers(&self, status: &str, headers: &str) {
        let mut state = self.state.0.lock().unwrap();
        (state.status, state.headers) = (status.to_owned(), headers.to_owned());
    }

    /// Answers nobody until it lets go.
    pub(super) fn holds(&self) {
        self.state.0.lock().unwrap().held = true;
    }

    pub(super) fn lets_go(&self) {
        self.state.0.lock().unwrap().held = false;
        self.state.1.notify_all();
    }

    /// What came since the last time.
    pub(super) fn came(&self) -> Vec<Came> {
        std::mem::take(&mut self.state.0.lock().unwrap().came)
    }

    /// What came, once it is so much. Waits on a thread of its own, so that others go on.
    pub(super) async fn wait_for(&self, count: usize) -> Vec<Came> {
        let state = Arc::clone(&self.state);
        let waited = tokio::task::spawn_blocking(move || wait_for(&state, count));
        waited.await.unwrap()
    }

    /// The same where nobody else is to go on.
    pub(super) fn wait_here_for(&self, count: usize) -> Vec<Came> {
        wait_for(&self.state, count)
    }
}

fn wait_for(shared: &(Mutex<State>, Condvar), count: usize) -> Vec<Came> {
    let state = shared.0.lock().unwrap();
    let patience = Duration::from_secs(60);
    let few = |state: &mut State| state.came.len() < count;
    let (mut state, waited) = shared.1.wait_timeout_while(state, patience, few).unwrap();
    assert!(!waited.timed_out(), "{} of {count} came", state.came.len());
    std::mem::take(&mut state.came)
}

fn take(mut stream: &TcpStream, shared: &(Mutex<State>, Condvar)) {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    if reader.read_line(&mut request).unwrap_or(0) == 0 {
        return;
    }
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let body = String::from_utf8(body).unwrap();
    let answer = {
        let mut state = shared.0.lock().unwrap();
        state.came.push(Came { request: request.trim().to_owned(), headers, body });
        shared.1.notify_all();
        let state = shared.1.wait_while(state, |state| state.held).unwrap();
        format!(
            "HTTP/1.1 {}\r\n{}Content-Length: 0\r\nConnection: close\r\n\r\n",
            state.status, state.headers
        )
    };
    let _ = stream.write_all(answer.as_bytes());
}
