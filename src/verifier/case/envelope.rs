//! Credentials and presentations in a `data:` URL (VCDM 2.0 §4.12 and §4.13).

use super::{Trouble, text_of};
use crate::json::Value;

/// The token in an enveloped credential or presentation; `None` if the value is no envelope.
pub(super) fn open<'v>(value: &'v Value<'_>) -> Option<Result<&'v str, Trouble>> {
    let types = value.get("type").map(Value::items).unwrap_or_default();
    let envelope = types.iter().filter_map(Value::as_str).any(|kind| {
        matches!(kind, "EnvelopedVerifiableCredential" | "EnvelopedVerifiablePresentation")
    });
    if !envelope {
        return None;
    }
    Some(match text_of(value, &["id", "@id"]) {
        Some(url) => content(url),
        None => Err(Trouble::Token("the envelope has no id that carries it".to_owned())),
    })
}

/// The token in a `data:` URL.
pub(super) fn content(url: &str) -> Result<&str, Trouble> {
    let Some((head, body)) = url.strip_prefix("data:").and_then(|rest| rest.split_once(',')) else {
        return Err(Trouble::Token("the id of the envelope is not a data: URL".to_owned()));
    };
    let media = head.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media.as_str() {
        "application/vc+jwt"
        | "application/vp+jwt"
        | "application/vc+ld+json+jwt"
        | "application/vp+ld+json+jwt"
        | "application/jwt" => Ok(body),
        _ => Err(Trouble::Envelope(media.chars().take(80).collect())),
    }
}
