//! Entity tags: `ETag`, `If-Match`, `If-None-Match` (RFC 9110 §8.8.3, §13.1).

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::problem::{Kind, Problem};

/// The strong entity tag of a representation: its bytes and its content type decide.
pub fn etag(content_type: &str, bytes: &[u8]) -> String {
    let digest =
        Sha256::new().chain_update(content_type).chain_update([0]).chain_update(bytes).finalize();
    let half: Vec<u8> = digest.iter().copied().take(16).collect();
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(half))
}

/// Demands that the client has seen the present state.
///
/// # Errors
/// `precondition-required` without `If-Match`, `precondition-failed` when it names another state.
pub fn require_match(request: &HttpRequest, present: &str) -> Result<(), Problem> {
    let Some(given) = header(request, &IF_MATCH) else {
        return Err(Problem::new(
            Kind::PreconditionRequired,
            "Send the ETag of the state you want to change in If-Match.",
        ));
    };
    // `*` would say "whatever it is", which is what the header is there to prevent.
    if tags(&given).any(|tag| tag == present) {
        Ok(())
    } else {
        Err(Problem::new(
            Kind::PreconditionFailed,
            format!("The present state has the ETag {present}."),
        ))
    }
}

/// Whether the client holds this representation already.
pub fn is_known(request: &HttpRequest, present: &str) -> bool {
    header(request, &IF_NONE_MATCH).is_some_and(|given| {
        given.trim() == "*"
            || tags(&given).any(|tag| tag.strip_prefix("W/").unwrap_or(tag) == present)
    })
}

fn tags(header: &str) -> impl Iterator<Item = &str> {
    header.split(',').map(str::trim)
}

fn header(request: &HttpRequest, name: &HeaderName) -> Option<String> {
    let values: Vec<&str> =
        request.headers().get_all(name).filter_map(|value| value.to_str().ok()).collect();
    (!values.is_empty()).then(|| values.join(","))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_change_needs_the_tag_of_the_present_state() {
        let kind = |request: HttpRequest| require_match(&request, "\"a\"").map_err(|p| p.kind);
        let with =
            |value: &str| TestRequest::get().insert_header((IF_MATCH, value)).to_http_request();
        assert_eq!(kind(TestRequest::get().to_http_request()), Err(Kind::PreconditionRequired));
        assert_eq!(kind(with("\"b\"")), Err(Kind::PreconditionFailed));
        assert_eq!(kind(with("*")), Err(Kind::PreconditionFailed));
        assert_eq!(kind(with("W/\"a\"")), Err(Kind::PreconditionFailed));
        assert_eq!(kind(with("\"b\", \"a\"")), Ok(()));
    }

    #[test]
    fn tags_differ_by_content_type() {
        assert_ne!(etag("application/json", b"{}"), etag("application/ld+json", b"{}"));
        assert_eq!(etag("a/b", b"{}"), etag("a/b", b"{}"));
    }
}
