//! The service as a process, and HTTP with it.

use std::collections::BTreeMap;
use std::io::{Error, Read as _, Result, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

/// Long enough to make RSA keys and a demo on a busy machine with an unoptimised build.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// The release binary where CI built one, else the one built with this test.
pub(crate) fn binary() -> PathBuf {
    std::env::var_os("ACCOLADE_BINARY")
        .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_accolade")), PathBuf::from)
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// HTTP/1.1 with one request a connection. An answer that is cut off is an error.
pub(crate) fn request(
    url: &str,
    method: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Answer> {
    let rest = url.strip_prefix("http://").unwrap_or_else(|| panic!("no http URL: {url}"));
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let path = path.split('#').next().unwrap();
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if method == "POST" {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").ok_or_else(cut_off)?;
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let body = &answer[end + 4..];
    let chunked = headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked");
    let body = if chunked { dechunk(body).ok_or_else(cut_off)? } else { body.to_vec() };
    let length = headers.get("content-length").and_then(|length| length.parse().ok());
    if method != "HEAD" && length.is_some_and(|length: usize| length != body.len()) {
        return Err(cut_off());
    }
    Ok(Answer { status, headers, body })
}

fn cut_off() -> Error {
    Error::other("the answer was cut off")
}

fn dechunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}
