//! Reads what kind of key an issuer shall get.

use super::SHORT_LENGTH;
use super::body::Body;
use crate::domain::Problems;
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
