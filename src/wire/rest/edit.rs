//! Edits: members that a body does not have stay as they are, `null` takes one away.

use crate::domain::ImageDraft;
use crate::json::Value;

/// What something shall say after an edit.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit<D> {
    /// The whole, except for the picture: `draft.image` is always `None`.
    pub draft: D,
    /// What becomes of the picture.
    pub image: ImageEdit,
}

/// What becomes of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageEdit {
    /// It stays.
    Keep,
    /// It goes.
    Remove,
    /// Another takes its place.
    Replace(ImageDraft),
}

/// The present answer with the members of the body laid over it, and whether the picture stays. A
/// body may repeat what only we set, as a client does that sends back what it read.
pub(super) fn overlay(
    answer: &serde_json::Value,
    body: &Value<'_>,
    read_only: &[&str],
) -> (Value<'static>, bool) {
    let present = Value::from(answer);
    let mut merged = present.clone();
    let (Some(object), Some(changes)) = (merged.as_object_mut(), body.as_object()) else {
        // Not an object: reading it as one notes that.
        return (body.clone().into_owned(), false);
    };
    for name in read_only {
        object.remove(name);
    }
    object.remove("image");
    let mut keep = true;
    for (name, value) in changes.iter() {
        if read_only.contains(&name) {
            continue;
        }
        if name == "image" {
            keep = present.get("image").is_some_and(|image| image == value);
            if keep {
                continue;
            }
        }
        object.insert(name.to_owned(), value.clone().into_owned());
    }
    (merged, keep)
}
