//! Reads what an access token shall be.

use super::NAME_LENGTH;
use super::body::Body;
use crate::domain::{Invalid, Problems, RotationDraft, TokenDraft, parse_instant};
use crate::json::Value;

/// How long the former token holds beside the new one when nothing is said: a day.
const OVERLAP: u32 = 24 * 3600;

/// Longest overlap: thirty days.
const LONGEST_OVERLAP: u32 = 30 * 24 * 3600;

/// Reads the body of a new token. `known` are the scopes that there are.
///
/// # Errors
/// Every problem with its place.
pub fn token_draft(body: &Value<'_>, known: &[&str]) -> Result<TokenDraft, Problems> {
    let mut problems = Problems::new();
    let Some(body) = Body::open(body, "", &["label", "scopes", "expiresAt"], &mut problems) else {
        return Err(problems);
    };
    let label = body.required_text("label", NAME_LENGTH, &mut problems);
    body.require("scopes", &mut problems);
    let scopes = body.texts("scopes", known.len(), NAME_LENGTH, &mut problems);
    let wrong = scopes.iter().enumerate().filter(|(_, scope)| !known.contains(&scope.as_str()));
    for (at, scope) in wrong {
        let detail = format!("there is no scope {scope:?}; there are {}", known.join(", "));
        problems.add(format!("{}/{at}", body.at("scopes")), "unknown-scope", detail);
    }
    if scopes.is_empty() && problems.is_empty() {
        problems.add(body.at("scopes"), "required", "name at least one scope");
    }
    let expires_at = body.parsed("expiresAt", &mut problems, parse_instant);
    match label {
        Some(label) => problems.or(TokenDraft { label, scopes, expires_at }),
        None => Err(problems),
    }
}

/// Reads how a token shall be rotated.
///
/// # Errors
/// Every problem with its place.
pub fn rotation_draft(body: &Value<'_>) -> Result<RotationDraft, Problems> {
    let mut problems = Problems::new();
    let Some(body) = Body::open(body, "", &["overlapSeconds", "expiresAt"], &mut problems) else {
        return Err(problems);
    };
    let overlap = body.number("overlapSeconds", &mut problems, overlap);
    let expires_at = body.parsed("expiresAt", &mut problems, parse_instant);
    let overlap_seconds = overlap.unwrap_or(OVERLAP);
    problems.or(RotationDraft { overlap_seconds, expires_at })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number within bounds"
)]
fn overlap(seconds: f64) -> Result<u32, Invalid> {
    if seconds.fract() == 0.0 && (0.0..=f64::from(LONGEST_OVERLAP)).contains(&seconds) {
        Ok(seconds as u32)
    } else {
        let detail = format!("must be a whole number of seconds from 0 to {LONGEST_OVERLAP}");
        Err(Invalid::new("bad-overlap", detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn every_problem_of_a_token_is_named() {
        let read = |text: &str| {
            let wrong = token_draft(&json::parse(text).unwrap(), &["a", "b"]).unwrap_err();
            wrong.0.into_iter().map(|problem| problem.pointer).collect::<Vec<_>>()
        };
        assert_eq!(read("{}"), ["/label", "/scopes"]);
        assert_eq!(read(r#"{"label":"x","scopes":[]}"#), ["/scopes"]);
        assert_eq!(
            read(r#"{"label":"x","scopes":["a","c"],"expiresAt":"soon","x":1}"#),
            ["/x", "/scopes/1", "/expiresAt"]
        );
    }

    #[test]
    fn an_overlap_is_a_day_unless_said_otherwise() {
        let read = |text: &str| rotation_draft(&json::parse(text).unwrap());
        assert_eq!(read("{}").unwrap().overlap_seconds, OVERLAP);
        assert_eq!(read(r#"{"overlapSeconds":0}"#).unwrap().overlap_seconds, 0);
        for wrong in ["-1", "1.5", "1e9", "\"x\""] {
            assert!(read(&format!("{{\"overlapSeconds\":{wrong}}}")).is_err(), "{wrong}");
        }
    }
}
