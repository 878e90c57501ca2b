//! The closed web of a case, served over real connections: whatever it does not hold is not found.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::case::{Page, Web};

/// A server that shows one web at a time.
pub(crate) struct ClosedWeb {
    address: SocketAddr,
    shown: Arc<Mutex<Web>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl ClosedWeb {
    /// Starts it on a free port; it ends with the process.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shown = Arc::new(Mutex::new(Web::new()));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (web, log) = (Arc::clone(&shown), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (web, log) = (Arc::clone(&web), Arc::clone(&log));
                std::thread::spawn(move || answer(&stream, &web, &log));
            }
        });
        Self { address, shown, asked }
    }

    /// What `[fetch] default_host` must be.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The URLs that were asked for since the last time.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Shows this web from now on.
    pub(crate) fn show(&self, web: &Web) {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = web.clone();
    }
}

fn answer(stream: &TcpStream, web: &Mutex<Web>, asked: &Mutex<Vec<String>>) {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let path = line.split(' ').nth(1).unwrap_or("/").to_owned();
        let (mut host, mut length) = (String::new(), 0);
        loop {
            let mut header = String::new();
            if reader.read_line(&mut header).unwrap_or(0) == 0 || header.trim().is_empty() {
                break;
            }
            let (name, value) = header.split_once(':').unwrap_or((&header, ""));
            match name.to_ascii_lowercase().as_str() {
                "host" => host = value.trim().to_owned(),
                "content-length" => length = value.trim().parse().unwrap_or(0),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let url = format!("https://{host}{path}");
        asked.lock().unwrap_or_else(PoisonError::into_inner).push(url.clone());
        let page = web.lock().unwrap_or_else(PoisonError::into_inner).get(&url).cloned();
        let page = page.unwrap_or_else(|| Page::status(404));
        if page.unreachable {
            return;
        }
        let location = page.location.map(|to| format!("Location: {to}\r\n")).unwrap_or_default();
        let head = format!(
            "HTTP/1.1 {} Answer\r\nContent-Type: {}\r\nContent-Length: {}\r\n{location}\r\n",
            page.status,
            page.content_type,
            page.body.len()
        );
        let mut out = stream;
        if out.write_all(head.as_bytes()).and_then(|()| out.write_all(&page.body)).is_err() {
            return;
        }
    }
}
