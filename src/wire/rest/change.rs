//! Reads why the state of an award shall change.

use super::DESCRIPTION_LENGTH;
use super::body::Body;
use crate::domain::{ChangeDraft, Problems};
use crate::json::Value;

/// Reads the body of a revocation, suspension or reinstatement.
///
/// # Errors
/// Every problem with its place.
pub fn change_draft(body: &Value<'_>) -> Result<ChangeDraft, Problems> {
    let mut problems = Problems::new();
    let Some(body) = Body::open(body, "", &["reason", "publicReason"], &mut problems) else {
        return Err(problems);
    };
    let reason = body.required_text("reason", DESCRIPTION_LENGTH, &mut problems);
    let public_reason = body.text("publicReason", DESCRIPTION_LENGTH, &mut problems);
    match reason {
        Some(reason) => problems.or(ChangeDraft { reason, public_reason }),
        None => Err(problems),
    }
}
