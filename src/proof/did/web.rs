//! `did:web`: a DID whose document lies at an https URL.

use url::{Host, Url};

use super::{Did, DidError};

/// The https URL of the document of a `did:web` (method specification, "Read"): `did.json` under
/// the path, or `/.well-known/did.json` where there is none.
///
/// Refused: addresses instead of names, a port in any other way than `%3A`, dot segments, and
/// percent-encodings that would change where the URL leads.
///
/// # Errors
/// [`DidError::Method`] for other methods, [`DidError::Web`].
pub fn did_web_url(did: &Did) -> Result<Url, DidError> {
    if did.method() != "web" {
        return Err(DidError::Method(did.method().to_owned()));
    }
    let wrong = |why| DidError::Web { did: super::shown(did.as_str()), why };
    let mut segments = did.method_specific_id().split(':');
    let authority = segments.next().unwrap_or_default();
    let (host, port) = host_and_port(authority).map_err(wrong)?;
    let mut text = format!("https://{host}");
    if let Some(port) = port {
        text.push_str(&format!(":{port}"));
    }
    let mut path = String::new();
    for segment in segments {
        check_segment(segment).map_err(wrong)?;
        path.push('/');
        path.push_str(segment);
    }
    text.push_str(if path.is_empty() { "/.well-known" } else { &path });
    text.push_str("/did.json");
    let url = Url::parse(&text).map_err(|_| wrong("not a URL"))?;
    // What was checked must be what is fetched.
    match url.host() {
        Some(Host::Domain(name)) if name.eq_ignore_ascii_case(host) => {}
        Some(Host::Domain(_)) => return Err(wrong("an odd spelling of a host name")),
        _ => return Err(wrong("an address instead of a host name")),
    }
    if url.path() == format!("{}/did.json", if path.is_empty() { "/.well-known" } else { &path }) {
        Ok(url)
    } else {
        Err(wrong("an odd spelling of a path"))
    }
}

/// The `did:web` of an origin and path segments: `https://host:port` and `["issuers", "slug"]` give
/// `did:web:host%3Aport:issuers:slug`. `None` unless `origin` is an https URL with a host name and
/// the segments are made of letters, digits, `-`, `_` and `.`.
pub fn did_web(origin: &Url, segments: &[&str]) -> Option<String> {
    let (Some(Host::Domain(host)), "https") = (origin.host(), origin.scheme()) else { return None };
    let mut did = format!("did:web:{host}");
    if let Some(port) = origin.port() {
        did.push_str(&format!("%3A{port}"));
    }
    for segment in segments {
        did.push(':');
        did.push_str(segment);
    }
    let parsed = Did::parse(&did).ok()?;
    (segments.iter().all(|segment| !segment.contains([':', '%'])) && did_web_url(&parsed).is_ok())
        .then_some(did)
}

fn host_and_port(authority: &str) -> Result<(&str, Option<u16>), &'static str> {
    let (host, port) = match authority.split_once('%') {
        None => (authority, None),
        Some((host, rest)) => {
            let digits = rest
                .strip_prefix("3A")
                .or_else(|| rest.strip_prefix("3a"))
                .ok_or("a host with a percent-encoding other than %3A for the port")?;
            let canonical = !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
            let port: u16 = digits.parse().map_err(|_| "an invalid port")?;
            if !canonical {
                return Err("an invalid port");
            }
            (host, Some(port))
        }
    };
    let labels_fit = host.split('.').all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    });
    if labels_fit && host.len() <= 253 { Ok((host, port)) } else { Err("not a host name") }
}

/// A path segment that means one thing to every reader. Percent-encodings may only stand for
/// characters outside ASCII.
fn check_segment(segment: &str) -> Result<(), &'static str> {
    if segment.is_empty() {
        return Err("an empty path segment");
    }
    if segment == "." || segment == ".." {
        return Err("a dot segment in the path");
    }
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = bytes.next();
            let _low = bytes.next();
            if !high.is_some_and(|digit| matches!(digit, b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F')) {
                return Err("a percent-encoding of an ASCII character in the path");
            }
        }
    }
    match percent_encoding::percent_decode_str(segment).decode_utf8() {
        Ok(_) => Ok(()),
        Err(_) => Err("a percent-encoding that is not UTF-8"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(did: &str) -> Result<String, DidError> {
        did_web_url(&Did::parse(did)?).map(Into::into)
    }

    #[test]
    fn did_web_gives_the_url_of_its_document() {
        for (did, expected) in [
            ("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json"),
            (
                "did:web:w3c-ccg.github.io:user:alice",
                "https://w3c-ccg.github.io/user/alice/did.json",
            ),
            (
                "did:web:example.com%3A3000:user:alice",
                "https://example.com:3000/user/alice/did.json",
            ),
            ("did:web:Example.com", "https://example.com/.well-known/did.json"),
            ("did:web:example.com:%C3%A9t%C3%A9", "https://example.com/%C3%A9t%C3%A9/did.json"),
        ] {
            assert_eq!(url(did).unwrap(), expected);
        }
    }

    #[test]
    fn didweb_addresses_dots_and_odd_encodings_are_refused() {
        for did in [
            "did:web:127.0.0.1",
            "did:web:2130706433",
            "did:web:0x7f.1",
            "did:web:127.1",
            "did:web:%5B%3A%3A1%5D",
            "did:web:example.com%2Fa",
            "did:web:user%40example.com",
            "did:web:example.com%3A",
            "did:web:example.com%3A0",
            "did:web:example.com%3A080",
            "did:web:example.com%3A99999",
            "did:web:example.com%3A80%3A81",
            "did:web:example.com%3A443%2F",
            "did:web:example.com.",
            "did:web:.example.com",
            "did:web:example..com",
            "did:web:-a.example",
            "did:web:exa_mple.com",
            "did:web:example.com:..:a",
            "did:web:example.com:.:a",
            "did:web:example.com:%2e%2e:a",
            "did:web:example.com:a%2Fb",
            "did:web:example.com:a%5Cb",
            "did:web:example.com:a%00",
            "did:web:example.com:a%FF",
            "did:web:example.com::a",
        ] {
            assert!(matches!(url(did), Err(DidError::Web { .. })), "{did}");
        }
        assert_eq!(url("did:key:z6Mk"), Err(DidError::Method("key".into())));
    }

    #[test]
    fn an_origin_gives_its_did_and_the_way_back() {
        let origin = Url::parse("https://badges.example:8443").unwrap();
        let did = did_web(&origin, &["issuers", "school-1"]).unwrap();
        assert_eq!(did, "did:web:badges.example%3A8443:issuers:school-1");
        assert_eq!(url(&did).unwrap(), "https://badges.example:8443/issuers/school-1/did.json");
        assert_eq!(did_web(&Url::parse("http://a.example").unwrap(), &[]), None);
        assert_eq!(did_web(&Url::parse("https://127.0.0.1").unwrap(), &[]), None);
        assert_eq!(did_web(&origin, &[".."]), None);
        assert_eq!(did_web(&origin, &["a:b"]), None);
    }
}
