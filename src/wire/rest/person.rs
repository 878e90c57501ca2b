//! Reads whom a request is about.

use super::assertion::{IDENTIFYING, identities};
use super::body::Body;
use crate::domain::{Identity, Problems};
use crate::json::Value;

/// Reads by what a person is known: one or several of the members that a recipient has.
///
/// # Errors
/// Every problem with its place.
pub fn person(body: &Value<'_>) -> Result<Vec<Identity>, Problems> {
    let mut problems = Problems::new();
    let Some(body) = Body::open(body, "", &IDENTIFYING, &mut problems) else {
        return Err(problems);
    };
    let found = identities(&body, &mut problems);
    if found.is_empty() && problems.is_empty() {
        let detail = "name the person by email, did, url, telephone or identifier";
        problems.add("", "required", detail);
    }
    problems.or(found)
}
