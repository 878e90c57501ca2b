//! An SMTP server on this machine (RFC 5321): answers as it is told and keeps what it took.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A message as it was taken.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) from: String,
    pub(super) to: Vec<String>,
    /// Headers and body as they came, dots unstuffed.
    pub(super) text: String,
}

impl Taken {
    /// A header field, unfolded; empty when it is not there.
    pub(super) fn header(&self, name: &str) -> String {
        let head = self.text.split("\n\n").next().unwrap().replace("\n ", " ");
        let wanted = format!("{}: ", name.to_lowercase());
        let found = head.lines().find(|line| line.to_lowercase().starts_with(&wanted));
        found.map_or(String::new(), |line| line[wanted.len()..].to_owned())
    }

    /// The body, decoded.
    pub(super) fn body(&self) -> String {
        let (_, body) = self.text.split_once("\n\n").unwrap();
        match self.header("content-transfer-encoding").as_str() {
            "quoted-printable" => unquoted(body),
            "base64" => {
                use base64::Engine as _;
                let joined: String = body.split_whitespace().collect();
                let bytes = base64::engine::general_purpose::STANDARD.decode(joined).unwrap();
                String::from_utf8(bytes).unwrap()
            }
            _ => body.to_owned(),
        }
        .replace("\r\n", "\n")
    }
}

fn unquoted(text: &str) -> String {
    let text = text.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'=' {
            let hex = std::str::from_utf8(&after[..2]).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[derive(Default)]
struct State {
    taken: Vec<Taken>,
    attempts: usize,
    /// What it answers to a command instead of agreeing.
    answers: Option<(&'static str, &'static str)>,
}

pub(super) struct Sink {
    pub(super) port: u16,
    state: Arc<Mutex<State>>,
}

impl Sink {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || drop(converse(&stream, &shared)));
            }
        });
        Self { port, state }
    }

    /// Answers so to a command from now on: `connect`, `MAIL`, `RCPT`, `DATA` or `.`; an empty
    /// answer hangs up, `hold` never answers.
    pub(super) fn answers(&self, command: &'static str, answer: &'static str) {
        self.state.lock().unwrap().answers = Some((command, answer));
    }

    /// Takes everything again.
    pub(super) fn agrees(&self) {
        self.state.lock().unwrap().answers = None;
    }

    /// What was taken since the last time.
    pub(super) fn taken(&self) -> Vec<Taken> {
        std::mem::take(&mut self.state.lock().unwrap().taken)
    }

    /// How often somebody connected since the last time.
    pub(super) fn attempts(&self) -> usize {
        std::mem::take(&mut self.state.lock().unwrap().attempts)
    }
}

fn converse(mut stream: &TcpStream, shared: &Mutex<State>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut reader = BufReader::new(stream);
    shared.lock().unwrap().attempts += 1;
    let mut say = |command: &str, usual: &str| -> std::io::Result<bool> {
        let other = shared.lock().unwrap().answers.filter(|(on, _)| *on == command);
        let answer = other.map_or(usual, |(_, answer)| answer);
        if answer.is_empty() {
            return Ok(false);
        }
        stream.write_all(format!("{answer}\r\n").as_bytes())?;
        Ok(true)
    };
    if !say("connect", "220 sink ESMTP")? {
        return Ok(());
    }
    let (mut from, mut to) = (String::new(), Vec::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        let verb = line.get(..4).unwrap_or_default().to_uppercase();
        let go_on = match verb.as_str() {
            "EHLO" => say("EHLO", "250-sink\r\n250 8BITMIME")?,
            "MAIL" => {
                from = line;
                say("MAIL", "250 OK")?
            }
            "RCPT" => {
                to.push(line);
                say("RCPT", "250 OK")?
            }
            "DATA" => {
                if !say("DATA", "354 go on")? {
                    return Ok(());
                }
                let mut text = String::new();
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line)? == 0 {
                        return Ok(());
                    }
                    let line = line.trim_end_matches(['\r', '\n']);
                    if line == "." {
                        break;
                    }
                    text += line.strip_prefix('.').unwrap_or(line);
                    text.push('\n');
                }
                let other = shared.lock().unwrap().answers.filter(|(on, _)| *on == ".");
                if other.is_some_and(|(_, answer)| answer == "hold") {
                    return std::io::copy(&mut reader, &mut std::io::sink()).map(drop);
                }
                let refused = other.is_some();
                if !refused {
                    let taken = Taken { from: from.clone(), to: std::mem::take(&mut to), text };
                    shared.lock().unwrap().taken.push(taken);
                }
                say(".", "250 taken")?
            }
            "QUIT" => {
                say("QUIT", "221 bye")?;
                false
            }
            _ => say(&verb, "250 OK")?,
        };
        if !go_on {
            return Ok(());
        }
    }
}
