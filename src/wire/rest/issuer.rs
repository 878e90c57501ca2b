//! Reads an issuer profile.

use super::body::Body;
use super::edit::{Edit, ImageEdit, overlay};
use super::image::image;
use super::parts::{other_identifiers, parent, telephone, web_url};
use super::{DESCRIPTION_LENGTH, NAME_LENGTH};
use crate::domain::{Email, IssuerDraft, Problems, Slug};
use crate::json::Value;

const KNOWN: [&str; 9] = [
    "slug",
    "name",
    "url",
    "email",
    "description",
    "telephone",
    "image",
    "otherIdentifier",
    "parentOrg",
];

/// Members of an answer that only we set.
const READ_ONLY: [&str; 6] = ["id", "did", "page", "createdAt", "updatedAt", "revision"];

/// Reads the body of a new issuer profile.
///
/// # Errors
/// Every problem with its place.
pub fn issuer_draft(body: &Value<'_>) -> Result<IssuerDraft, Problems> {
    let mut problems = Problems::new();
    let draft = read(body, &mut problems);
    finish(draft, problems)
}

/// Reads a change of an issuer profile, of which `answer` is the present object. The slug is fixed:
/// another one is a problem.
///
/// # Errors
/// Every problem with its place.
pub fn issuer_edit(
    answer: &serde_json::Value,
    body: &Value<'_>,
) -> Result<Edit<IssuerDraft>, Problems> {
    let (merged, keep) = overlay(answer, body, &READ_ONLY);
    let mut problems = Problems::new();
    let draft = read(&merged, &mut problems);
    if merged.str_of("slug") != answer.get("slug").and_then(serde_json::Value::as_str) {
        problems.add("/slug", "fixed", "a slug cannot be changed");
    }
    let mut draft = finish(draft, problems)?;
    let image = match draft.image.take() {
        Some(image) => ImageEdit::Replace(image),
        None if keep => ImageEdit::Keep,
        None => ImageEdit::Remove,
    };
    Ok(Edit { draft, image })
}

fn finish(draft: Option<IssuerDraft>, mut problems: Problems) -> Result<IssuerDraft, Problems> {
    match draft {
        Some(draft) => problems.or(draft),
        None => {
            if problems.is_empty() {
                problems.add("", "invalid", "cannot be read");
            }
            Err(problems)
        }
    }
}

fn read(value: &Value<'_>, problems: &mut Problems) -> Option<IssuerDraft> {
    let body = Body::open(value, "", &KNOWN, problems)?;
    for name in ["url", "email"] {
        body.require(name, problems);
    }
    let slug = body.parsed("slug", problems, Slug::parse);
    let name = body.required_text("name", NAME_LENGTH, problems);
    let url = body.parsed("url", problems, web_url);
    let email = body.parsed("email", problems, Email::parse);
    let description = body.text("description", DESCRIPTION_LENGTH, problems);
    let telephone = body.parsed("telephone", problems, telephone);
    let image = image(&body, problems);
    let other_identifiers = other_identifiers(&body, problems);
    let parent = parent(&body, problems);
    Some(IssuerDraft {
        slug,
        name: name?,
        url: url?,
        email: email?,
        description,
        telephone,
        image,
        other_identifiers,
        parent,
    })
}
