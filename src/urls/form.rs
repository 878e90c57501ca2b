//! The form a URL must have before anything else is asked of it.
//!
//! Readers of URLs disagree about userinfo, control characters, backslashes and odd spellings of
//! hosts; an attacker lives in that gap. What is not in one plain form is refused and never fetched.

use serde::{Deserialize, Serialize};
use url::Url;

/// Longest URL that is looked at, in bytes.
pub const MAX_URL: usize = 4096;

/// Why a URL is refused for its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub enum FormProblem {
    /// Longer than [`MAX_URL`] bytes.
    #[error("it is longer than {MAX_URL} bytes")]
    TooLong,
    /// A control character or a space.
    #[error("it contains a control character or a space")]
    Control,
    /// A backslash.
    #[error("it contains a backslash")]
    Backslash,
    /// Another scheme than https and http, or none.
    #[error("its scheme is not https")]
    Scheme,
    /// `user@` or `user:password@` before the host.
    #[error("it carries a user name or password")]
    Userinfo,
    /// A host that is missing, or not spelled the one plain way: an address as a number, in octal or
    /// shortened, escapes, a name outside ASCII, a dot at the end.
    #[error("its host is missing or not spelled in the plain form")]
    Host,
    /// A port that is no number from 1 to 65535 without leading zeros.
    #[error("its port is not a plain number")]
    Port,
    /// Anything else that makes it no URL.
    #[error("it cannot be read as a URL")]
    Malformed,
}

/// Reads an absolute `https:` or `http:` URL in plain form.
///
/// # Errors
/// The first thing about its form that is refused.
pub fn check(text: &str) -> Result<Url, FormProblem> {
    if text.len() > MAX_URL {
        return Err(FormProblem::TooLong);
    }
    if text.chars().any(|c| c.is_control() || c.is_whitespace() || is_invisible(c)) {
        return Err(FormProblem::Control);
    }
    if text.contains('\\') {
        return Err(FormProblem::Backslash);
    }
    let (scheme, rest) = text.split_once(':').ok_or(FormProblem::Scheme)?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Err(FormProblem::Scheme);
    }
    let rest = rest.strip_prefix("//").ok_or(FormProblem::Malformed)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(FormProblem::Userinfo);
    }
    let (host, port) = split_port(authority)?;
    let url = Url::parse(text).map_err(|_| FormProblem::Host)?;
    let plain = url.host_str().is_some_and(|canonical| canonical.eq_ignore_ascii_case(host));
    if !plain || host.ends_with('.') || host.starts_with('.') || host.contains("..") {
        return Err(FormProblem::Host);
    }
    if port.is_some_and(|port| !is_plain_port(port)) {
        return Err(FormProblem::Port);
    }
    Ok(url)
}

/// Host and port of an authority without userinfo; an IPv6 host keeps its brackets.
fn split_port(authority: &str) -> Result<(&str, Option<&str>), FormProblem> {
    let host_end = match authority.rfind(']') {
        Some(at) => at + 1,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, rest) = authority.split_at_checked(host_end).ok_or(FormProblem::Host)?;
    if host.is_empty() || !host.is_ascii() {
        return Err(FormProblem::Host);
    }
    match rest {
        "" => Ok((host, None)),
        _ => Ok((host, Some(rest.strip_prefix(':').ok_or(FormProblem::Host)?))),
    }
}

fn is_plain_port(port: &str) -> bool {
    port.bytes().all(|digit| digit.is_ascii_digit())
        && !port.starts_with('0')
        && port.parse::<u16>().is_ok()
}

/// Characters that show nothing, or turn the direction of what follows.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_urls_pass_as_they_are() {
        for text in [
            "https://issuer.example.org/assertions/1",
            "HTTPS://Issuer.Example.ORG/a?b=c#d",
            "https://issuer.example.org:8443/",
            "http://example.org",
            "https://93.184.216.34/x",
            "https://[2606:2800:220:1::1]/x",
            "https://xn--bcher-kva.example/x",
            "https://example.org/caf\u{e9}",
        ] {
            assert!(check(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn each_odd_form_is_refused_by_its_name() {
        let long = format!("https://example.org/{}", "a".repeat(MAX_URL));
        for (text, problem) in [
            (long.as_str(), FormProblem::TooLong),
            ("https://example.org/\t", FormProblem::Control),
            (" https://example.org/", FormProblem::Control),
            ("https://exam\u{200b}ple.org/", FormProblem::Control),
            ("https:\\\\example.org", FormProblem::Backslash),
            ("https://good.example\\@evil.example/", FormProblem::Backslash),
            ("file:///etc/passwd", FormProblem::Scheme),
            ("example.org/badge", FormProblem::Scheme),
            ("https:example.org", FormProblem::Malformed),
            ("https://user@example.org/", FormProblem::Userinfo),
            ("https://good.example:80@evil.example/", FormProblem::Userinfo),
            ("https://127.1/", FormProblem::Host),
            ("https://2130706433/", FormProblem::Host),
            ("https://0x7f.0.0.1/", FormProblem::Host),
            ("https://example.org./", FormProblem::Host),
            ("https:///example.org/", FormProblem::Host),
            ("https://ex%61mple.org/", FormProblem::Host),
            ("https://\u{ff45}xample.org/", FormProblem::Host),
            ("https://[0:0:0:0:0:0:0:1]/", FormProblem::Host),
            ("https://example.org:0443/", FormProblem::Port),
            ("https://example.org:/", FormProblem::Port),
        ] {
            assert_eq!(check(text), Err(problem), "{text}");
        }
    }
}
