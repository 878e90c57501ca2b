//! The badge class: can it be read, does it say how it is earned, may this issuer award it?

use super::{Finding, hosted, nothing_to_look_at, ob2_shape};
use crate::json::Value;
use crate::verifier::case::{Case, Linked, Ob2What, Subject, id_of, member_of};

fn no_class() -> Finding {
    Finding::skip("it awards no badge class")
}

pub(super) fn resolved(case: &Case<'_>) -> Finding {
    match &case.subject {
        Subject::Credential(credential) => {
            match credential.achievement().filter(|_| credential.is_award()) {
                Some(achievement) => Finding::pass("the badge class stands in the badge")
                    .fact("badgeClass", id_of(achievement)),
                None => no_class(),
            }
        }
        Subject::Ob2(badge) if badge.what == Ob2What::Endorsement => no_class(),
        Subject::Ob2(badge) => match &badge.class {
            Linked::Hosted { url, document, .. } if document.crossed_origin => {
                Finding::fail("the badge class was answered by another origin")
                    .fact("badgeClass", url.as_str())
            }
            Linked::Hosted { url, .. } => Finding::pass("the badge class was read at its address")
                .fact("badgeClass", url.as_str()),
            copy if ob2_shape::is_copy(copy) => Finding::note(
                "the badge class has no address of its own: the copy inside is judged",
            ),
            Linked::Absent if badge.assertion.value().is_some() => {
                Finding::fail("the badge names no badge class")
            }
            other => hosted::unread(other, "the badge class"),
        },
        _ => nothing_to_look_at(),
    }
}

/// In a signed badge the issuer of the badge class must be the one whose key signed, which is how
/// the key is found; in a hosted one it must be in scope. What is left is a badge class that names
/// nobody, or an Open Badges 3.0 one whose creator is somebody else.
pub(super) fn issuer(case: &Case<'_>) -> Finding {
    match &case.subject {
        Subject::Credential(credential) => {
            let Some(achievement) = credential.achievement().filter(|_| credential.is_award())
            else {
                return no_class();
            };
            let creator = achievement.get("creator").and_then(id_of);
            match creator {
                Some(creator) if Some(creator) != credential.issuer_id() => {
                    Finding::note("the badge class was made by somebody else than the issuer")
                        .fact("creator", creator)
                }
                _ => Finding::pass("the badge class is the issuer's own"),
            }
        }
        Subject::Ob2(badge) if badge.what == Ob2What::Endorsement => no_class(),
        Subject::Ob2(badge) => match badge.class.value() {
            None => Finding::skip("the badge class was not read"),
            Some(class) => match member_of(class, &["issuer"]).map(Value::items) {
                None | Some([]) => Finding::fail("the badge class names no issuer"),
                Some([_]) => Finding::pass("the badge class names one issuer"),
                Some(_) => Finding::fail("the badge class names several issuers"),
            },
        },
        _ => nothing_to_look_at(),
    }
}

pub(super) fn criteria(case: &Case<'_>) -> Finding {
    let criteria = match &case.subject {
        Subject::Credential(credential) => {
            let Some(achievement) = credential.achievement().filter(|_| credential.is_award())
            else {
                return no_class();
            };
            achievement.get("criteria")
        }
        Subject::Ob2(badge) if badge.what == Ob2What::Endorsement => return no_class(),
        Subject::Ob2(badge) => match badge.class.value() {
            Some(class) => class.get("criteria"),
            None => return Finding::skip("the badge class was not read"),
        },
        _ => return nothing_to_look_at(),
    };
    let text = |value: &Value<'_>, name: &str| {
        value.get(name).is_some_and(|found| match found {
            Value::String(text) => !text.trim().is_empty(),
            other => other.as_object().is_some(),
        })
    };
    let items = criteria.map(Value::items).unwrap_or_default();
    let says = items.iter().any(|found| match found {
        // Open Badges 2.0 lets the URL stand alone.
        Value::String(url) => case.ob2().is_some() && !url.is_empty(),
        object => text(object, "id") || text(object, "@id") || text(object, "narrative"),
    });
    if says {
        Finding::pass("the badge class says how it is earned")
    } else {
        Finding::fail("the criteria have neither an id nor a narrative")
    }
}
