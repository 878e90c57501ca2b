//! `Idempotency-Key`: the same request gets the first answer again.
//!
//! The answer is committed in the same batch as the fact it tells of, so that one never exists
//! without the other. Refusals are not kept: a corrected request may use the same key only if the
//! body is the same, and a body that was refused was never a fact.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

use super::problem::{Kind, Problem};
use crate::app::App;
use crate::domain::AccountId;
use crate::store::{Answer, Claim, ClaimedKey};

/// The header.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Set on an answer that was given before.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What is to be done with a request that creates.
pub enum Turn {
    /// Carry it out; the key, if there is one, is held until the answer is kept or dropped.
    First(Option<ClaimedKey>),
    /// Answer this.
    Again(HttpResponse),
}

/// Finds out whether a request was answered before. `body` is what makes it this request; where the
/// same thing can be sent in several spellings, its canonical one.
///
/// # Errors
/// `invalid-body` for a key that is none, `idempotency-in-flight`, `idempotency-mismatch`.
pub async fn turn(
    app: &App,
    account: &AccountId,
    request: &HttpRequest,
    body: &[u8],
) -> Result<Turn, Problem> {
    let Some(header) = request.headers().get(IDEMPOTENCY_KEY) else {
        return Ok(Turn::First(None));
    };
    let key = header.to_str().ok().and_then(read_key).ok_or_else(|| {
        Problem::invalid(
            "",
            "bad-idempotency-key",
            "Idempotency-Key must have 1 to 255 visible ASCII characters, quoted or bare",
        )
    })?;
    let fingerprint = Sha256::new()
        .chain_update(request.method().as_str())
        .chain_update([0])
        .chain_update(request.path())
        .chain_update([0])
        .chain_update(body)
        .finalize()
        .into();
    let now = app.world.clock.now();
    match app.store.claim_answer(account, &key, fingerprint, now).await? {
        Claim::New(claim) => Ok(Turn::First(Some(claim))),
        Claim::Answered(answer) => Ok(Turn::Again(replay(answer)?)),
        Claim::InFlight => Err(Problem::new(
            Kind::IdempotencyInFlight,
            "The first request with this Idempotency-Key has not ended yet.",
        )),
        Claim::Mismatch => Err(Problem::new(
            Kind::IdempotencyMismatch,
            "This Idempotency-Key came with another request before.",
        )),
    }
}

/// The key: a quoted string (RFC 9651 §3.3.3) or the bare text.
fn read_key(header: &str) -> Option<String> {
    let text = header.trim();
    let key = match text.strip_prefix('"') {
        Some(rest) => {
            let inner = rest.strip_suffix('"')?;
            let mut key = String::with_capacity(inner.len());
            let mut characters = inner.chars();
            while let Some(character) = characters.next() {
                match character {
                    '\\' => key.push(characters.next().filter(|c| matches!(c, '"' | '\\'))?),
                    '"' => return None,
                    other => key.push(other),
                }
            }
            key
        }
        None => text.to_owned(),
    };
    let visible = key.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    (visible && (1..=255).contains(&key.len())).then_some(key)
}

/// An answer as it is kept and as it is sent.
pub fn send(answer: &Answer) -> Result<HttpResponse, Problem> {
    let status = StatusCode::from_u16(answer.status).map_err(Problem::internal)?;
    let mut response = HttpResponse::build(status);
    for (name, value) in &answer.headers {
        response.insert_header((
            HeaderName::try_from(name.as_str()).map_err(Problem::internal)?,
            HeaderValue::from_str(value).map_err(Problem::internal)?,
        ));
    }
    Ok(response.body(answer.body.clone()))
}

fn replay(answer: Answer) -> Result<HttpResponse, Problem> {
    let mut response = send(&answer)?;
    response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_quoted_or_bare() {
        assert_eq!(read_key("abc").as_deref(), Some("abc"));
        assert_eq!(read_key("\"abc\"").as_deref(), Some("abc"));
        assert_eq!(read_key(r#""a\"b\\""#).as_deref(), Some("a\"b\\"));
        for bad in ["", "\"", "\"\"", "\"a\"b\"", "\"a\\c\"", "a\tb"] {
            assert_eq!(read_key(bad), None, "{bad:?}");
        }
        assert_eq!(read_key(&"k".repeat(256)), None);
    }
}
