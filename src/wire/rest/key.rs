//! Reads what kind of key an issuer shall get, and what shall become of one.

use jiff::Timestamp;

use super::body::Body;
use super::{DESCRIPTION_LENGTH, SHORT_LENGTH};
use crate::domain::{Problems, parse_instant};
use crate::json::Value;

/// Reads the body that asks for a key: the name of its kind, which is not looked at here.
///
/// # Errors
/// Every problem with its place.
pub fn key_type(body: &Value<'_>) -> Result<String, Problems> {
    let mut problems = Problems::new();
    let kind = Body::open(body, "", &["type"], &mut problems)
        .and_then(|body| body.required_text("type", SHORT_LENGTH, &mut problems));
    match kind {
        Some(kind) => problems.or(kind),
        None => Err(problems),
    }
}

/// Why a key shall sign no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyChange {
    /// Why, for the platform only.
    pub reason: String,
    /// Since when others may have had it.
    pub since: Option<Timestamp>,
}

/// Reads the body that retires a key, or with `compromise` says that it is compromised, which alone
/// has a `since`.
///
/// # Errors
/// Every problem with its place.
pub fn key_change(body: &Value<'_>, compromise: bool) -> Result<KeyChange, Problems> {
    let mut problems = Problems::new();
    let known: &[&str] = if compromise { &["reason", "since"] } else { &["reason"] };
    let Some(body) = Body::open(body, "", known, &mut problems) else { return Err(problems) };
    let reason = body.required_text("reason", DESCRIPTION_LENGTH, &mut problems);
    let since = body.parsed("since", &mut problems, parse_instant);
    match reason {
        Some(reason) => problems.or(KeyChange { reason, since }),
        None => Err(problems),
    }
}
