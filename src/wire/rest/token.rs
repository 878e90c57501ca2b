//! Reads what an access token shall be.

use super::NAME_LENGTH;
use super::body::Body;
use crate::domain::{Invalid, PersonRef, Problems, RotationDraft, TokenDraft, parse_instant};
use crate::json::Value;

/// How long the former token holds beside the new one when nothing is said: a day.
const OVERLAP: u32 = 24 * 3600;

/// Longest overlap: thirty days.
const LONGEST_OVERLAP: u32 = 30 * 24 * 3600;

/// What a token can be given.
#[derive(Clone, Copy, Debug)]
pub struct Grantable<'a> {
    /// The scopes that there are.
    pub scopes: &'a [&'a str],
    /// The roles that there are, each with its scopes.
    pub roles: &'a [(&'a str, &'a [&'a str])],
}

/// Reads the body of a new token: what it allows is said by scopes, or by the role of a person.
///
/// # Errors
/// Every problem with its place.
pub fn token_draft(body: &Value<'_>, grantable: &Grantable<'_>) -> Result<TokenDraft, Problems> {
    const KNOWN: [&str; 5] = ["label", "scopes", "role", "person", "expiresAt"];
    let known = grantable.scopes;
    let mut problems = Problems::new();
    let Some(body) = Body::open(body, "", &KNOWN, &mut problems) else {
        return Err(problems);
    };
    let label = body.required_text("label", NAME_LENGTH, &mut problems);
    let person = body.parsed("person", &mut problems, PersonRef::parse);
    let expires_at = body.parsed("expiresAt", &mut problems, parse_instant);
    let role = role(&body, grantable, &mut problems);
    if body.get("role").is_none() {
        body.require("scopes", &mut problems);
    }
    let scopes = body.texts("scopes", known.len(), NAME_LENGTH, &mut problems);
    let wrong = scopes.iter().enumerate().filter(|(_, scope)| !known.contains(&scope.as_str()));
    for (at, scope) in wrong {
        let detail = format!("there is no scope {scope:?}; there are {}", known.join(", "));
        problems.add(format!("{}/{at}", body.at("scopes")), "unknown-scope", detail);
    }
    if scopes.is_empty() && role.is_none() && problems.is_empty() {
        problems.add(body.at("scopes"), "required", "name at least one scope");
    }
    let (role, scopes) = match role {
        Some((role, of_role)) => (Some(role), of_role),
        None => (None, scopes),
    };
    match label {
        Some(label) => problems.or(TokenDraft { label, scopes, role, person, expires_at }),
        None => Err(problems),
    }
}

/// The role with its scopes. It brings them, so that others beside it are a problem.
fn role(
    body: &Body<'_, '_>,
    grantable: &Grantable<'_>,
    problems: &mut Problems,
) -> Option<(String, Vec<String>)> {
    let named = body.text("role", NAME_LENGTH, problems)?;
    if body.get("scopes").is_some() {
        problems.add(body.at("scopes"), "scopes-of-role", "the role brings its scopes");
    }
    let Some((_, scopes)) = grantable.roles.iter().find(|(role, _)| *role == named) else {
        let all: Vec<&str> = grantable.roles.iter().map(|(role, _)| *role).collect();
        let detail = format!("there is no role {named:?}; there are {}", all.join(", "));
        problems.add(body.at("role"), "unknown-role", detail);
        return None;
    };
    Some((named, scopes.iter().map(|scope| (*scope).to_owned()).collect()))
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

    const GRANTABLE: Grantable<'_> = Grantable { scopes: &["a", "b"], roles: &[("r", &["b"])] };

    #[test]
    fn every_problem_of_a_token_is_named() {
        let read = |text: &str| {
            let wrong = token_draft(&json::parse(text).unwrap(), &GRANTABLE).unwrap_err();
            wrong.0.into_iter().map(|problem| problem.pointer).collect::<Vec<_>>()
        };
        assert_eq!(read("{}"), ["/label", "/scopes"]);
        assert_eq!(read(r#"{"label":"x","scopes":[]}"#), ["/scopes"]);
        assert_eq!(
            read(r#"{"label":"x","scopes":["a","c"],"expiresAt":"soon","x":1}"#),
            ["/x", "/expiresAt", "/scopes/1"]
        );
        assert_eq!(read(r#"{"label":"x","role":"r","scopes":["a"]}"#), ["/scopes"]);
        assert_eq!(read(r#"{"label":"x","role":"q","person":"a@b"}"#), ["/person", "/role"]);
    }

    #[test]
    fn a_role_brings_its_scopes() {
        let body = json::parse(r#"{"label":"x","role":"r","person":"staff-17"}"#).unwrap();
        let draft = token_draft(&body, &GRANTABLE).unwrap();
        assert_eq!((draft.role.as_deref(), draft.scopes), (Some("r"), vec!["b".to_owned()]));
        assert_eq!(draft.person, PersonRef::parse("staff-17").ok());
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
