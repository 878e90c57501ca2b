//! Where a reference from one document to another led.

use super::{member_of, text_of};
use crate::json::{self, Value};
use crate::resolve::{Document, Outcome, Why};
use crate::verifier::dossier::{Dossier, Need, Role};

/// What a reference led to.
#[derive(Clone, Debug)]
pub(in crate::verifier) enum Linked {
    /// Nothing refers to it.
    Absent,
    /// A document at its own URL.
    Hosted { url: String, value: Value<'static>, document: Box<Document> },
    /// A copy inside the referring document, which has no URL of its own.
    Embedded(Value<'static>),
    /// The document was withdrawn (410); what its body said, if anything.
    Gone { url: String, body: Option<Value<'static>> },
    /// It could not be fetched.
    Unread { url: String, why: Why },
    /// It was fetched and cannot be it.
    Wrong { url: String, why: String },
    /// It is not there yet.
    Pending { url: String },
}

impl Linked {
    /// What it says.
    pub(in crate::verifier) fn value(&self) -> Option<&Value<'static>> {
        match self {
            Self::Hosted { value, .. } | Self::Embedded(value) => Some(value),
            _ => None,
        }
    }

    /// Where it lies.
    pub(in crate::verifier) fn url(&self) -> Option<&str> {
        match self {
            Self::Hosted { url, .. }
            | Self::Gone { url, .. }
            | Self::Unread { url, .. }
            | Self::Wrong { url, .. }
            | Self::Pending { url } => Some(url),
            Self::Absent | Self::Embedded(_) => None,
        }
    }

    /// Follows a reference: a URL, or an object with an `id` that is one; the hosted document is
    /// preferred to a copy.
    pub(super) fn follow(dossier: &Dossier, role: Role, reference: Option<&Value<'_>>) -> Self {
        let Some(reference) = reference.and_then(|reference| reference.items().first()) else {
            return Self::Absent;
        };
        let id = reference.as_str().or_else(|| text_of(reference, &["id", "@id"]));
        match id {
            Some(url) if is_web(url) => Self::fetched(dossier, role, url),
            _ if reference.as_object().is_some() => Self::Embedded(reference.clone().into_owned()),
            Some(other) => Self::Wrong {
                url: other.chars().take(200).collect(),
                why: "it is not a URL".to_owned(),
            },
            None => Self::Absent,
        }
    }

    /// What came of fetching `url` in this role.
    pub(super) fn fetched(dossier: &Dossier, role: Role, url: &str) -> Self {
        match dossier.find(role, url) {
            Some(outcome) => Self::of(url, outcome),
            None => Self::Pending { url: url.to_owned() },
        }
    }

    pub(super) fn of(url: &str, outcome: &Outcome) -> Self {
        let url = url.to_owned();
        match outcome {
            Outcome::Got(document) => match json::parse_bytes(&document.bytes) {
                Ok(value) if value.as_object().is_some() => Self::Hosted {
                    url,
                    value: value.into_owned(),
                    document: Box::new(document.clone()),
                },
                Ok(value) => {
                    Self::Wrong { url, why: format!("it is {}, not an object", value.kind()) }
                }
                Err(error) => Self::Wrong { url, why: format!("it is not JSON: {error}") },
            },
            Outcome::Missing(Why::Gone(body)) => Self::Gone { url, body: body_of(body.as_deref()) },
            Outcome::Missing(why) | Outcome::Refused(why) => Self::Unread { url, why: why.clone() },
        }
    }

    /// The need for it, if it is not there yet.
    pub(super) fn need(&self, role: Role) -> Option<Need> {
        match self {
            Self::Pending { url } => Some(Need::at(role, url)),
            _ => None,
        }
    }
}

/// The JSON object in the body of a withdrawn document.
pub(super) fn body_of(body: Option<&Document>) -> Option<Value<'static>> {
    let value = json::parse_bytes(&body?.bytes).ok()?;
    value.as_object().is_some().then(|| value.into_owned())
}

/// Whether a text is meant as a web URL.
pub(super) fn is_web(text: &str) -> bool {
    let scheme = text.split(':').next().unwrap_or_default();
    text.len() > scheme.len()
        && (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"))
}

/// The id of a document, or of the thing that a member refers to.
pub(in crate::verifier) fn id_of<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    value.as_str().or_else(|| member_of(value, &["id", "@id"])?.as_str())
}
