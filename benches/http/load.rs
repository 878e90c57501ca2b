//! Load over kept connections, bounded in time: each connection sends its next request when it has
//! read the answer to the last one, at once or at a pace of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A request to send, as it goes over the wire.
pub(crate) struct Request(Vec<u8>);

impl Request {
    pub(crate) fn get(host: &str, path: &str, accept: &str) -> Self {
        Self(
            format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: {accept}\r\n\r\n").into_bytes(),
        )
    }

    pub(crate) fn post(host: &str, path: &str, token: Option<&str>, body: &str) -> Self {
        let authorization =
            token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        Self(
            format!(
                "POST {path} HTTP/1.1\r\nHost: {host}\r\n{authorization}Content-Type: application/json\r\n\
                 Content-Length: {}\r\n\r\n{body}",
                body.len()
            )
            .into_bytes(),
        )
    }
}

/// What a load came to.
pub(crate) struct Outcome {
    latencies: Vec<Duration>,
    elapsed: Duration,
    /// Answers with another status than 200 or 201, by status.
    pub(crate) failures: Vec<u16>,
}

impl Outcome {
    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// How many answers had this status.
    pub(crate) fn refused(&self, status: u16) -> usize {
        self.failures.iter().filter(|one| **one == status).count()
    }

    /// The latency that this share of the requests stayed under.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get((last as f64 * share) as usize).copied().unwrap_or_default()
    }
}

/// Sends what `next` makes (from the connection's number and a count) for that long.
pub(crate) fn run(
    host: &str,
    connections: usize,
    seconds: f64,
    next: impl Fn(usize, usize) -> Request + Sync,
) -> Outcome {
    paced(host, connections, seconds, Duration::ZERO, next)
}

/// The same, each connection sending once in `pace`, or when the answer is there if that is later.
pub(crate) fn paced(
    host: &str,
    connections: usize,
    seconds: f64,
    pace: Duration,
    next: impl Fn(usize, usize) -> Request + Sync,
) -> Outcome {
    let limit = Duration::from_secs_f64(seconds);
    let start = Instant::now();
    let parts: Vec<(Vec<Duration>, Vec<u16>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..connections)
            .map(|worker| {
                let next = &next;
                scope.spawn(move || {
                    let mut connection = Connection::open(host);
                    let (mut latencies, mut failures) = (Vec::new(), Vec::new());
                    let mut count = 0;
                    // Not all at the same moment.
                    let mut due = pace * worker as u32 / connections as u32;
                    while start.elapsed() < limit {
                        std::thread::sleep(due.saturating_sub(start.elapsed()));
                        due = (due + pace).max(start.elapsed());
                        let request = next(worker, count);
                        let sent = Instant::now();
                        match connection.exchange(&request) {
                            200 | 201 => latencies.push(sent.elapsed()),
                            status => failures.push(status),
                        }
                        count += 1;
                    }
                    (latencies, failures)
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let elapsed = start.elapsed();
    let (latencies, failures): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    let mut latencies = latencies.concat();
    latencies.sort_unstable();
    Outcome { latencies, elapsed, failures: failures.concat() }
}

struct Connection {
    host: String,
    stream: BufReader<TcpStream>,
}

impl Connection {
    fn open(host: &str) -> Self {
        let stream = TcpStream::connect(host).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self { host: host.to_owned(), stream: BufReader::new(stream) }
    }

    /// Sends a request, reads the whole answer, gives its status.
    fn exchange(&mut self, request: &Request) -> u16 {
        self.stream.get_mut().write_all(&request.0).unwrap();
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
        let (mut length, mut chunked, mut close) = (0, false, false);
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let header = line.trim_end().to_ascii_lowercase();
            match header.split_once(": ") {
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("transfer-encoding", value)) => chunked = value == "chunked",
                Some(("connection", value)) => close = value == "close",
                Some(_) => {}
                None => break,
            }
        }
        if chunked {
            loop {
                line.clear();
                self.stream.read_line(&mut line).unwrap();
                let size = usize::from_str_radix(line.trim_end(), 16).unwrap();
                self.skip(size + 2);
                if size == 0 {
                    break;
                }
            }
        } else {
            self.skip(length);
        }
        if close {
            let host = self.host.clone();
            *self = Self::open(&host);
        }
        status
    }

    fn skip(&mut self, length: usize) {
        let copied =
            std::io::copy(&mut (&mut self.stream).take(length as u64), &mut std::io::sink());
        assert_eq!(copied.unwrap(), length as u64, "the answer ends too early");
    }
}
