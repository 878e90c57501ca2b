//! Status: revoked, suspended, or whatever else the issuer's lists say.

use jiff::Timestamp;
use serde_json::Value as Json;

use super::{Finding, nothing_to_look_at};
use crate::json::Value;
use crate::resolve::Outcome;
use crate::status::revocation_list::RevocationList;
use crate::verifier::case::{
    Case, EntryFinding, EntryState, Linked, Ob2, Ob2Form, Subject, entries, id_of, same_url,
};
use crate::verifier::dossier::Role;

/// What the revocation list of a signed badge of Open Badges 2.0 says.
enum Listed {
    No,
    Yes(Option<String>),
    /// It could not be read, and why.
    Unread(String),
    /// The issuer publishes none.
    NoList,
}

fn listed(badge: &Ob2) -> Listed {
    let value = match &badge.revocations {
        Linked::Absent => {
            return match &badge.issuer {
                Linked::Hosted { .. } => Listed::NoList,
                _ => Listed::Unread(
                    "the issuer's profile, which names the list, was not read".to_owned(),
                ),
            };
        }
        Linked::Hosted { document, .. } if document.crossed_origin => {
            return Listed::Unread("the revocation list was answered by another origin".to_owned());
        }
        Linked::Hosted { value, .. } => value,
        Linked::Unread { why, .. } => {
            return Listed::Unread(format!("the revocation list could not be read: {why}"));
        }
        Linked::Wrong { why, .. } => {
            return Listed::Unread(format!("the revocation list cannot be used: {why}"));
        }
        _ => return Listed::Unread("the revocation list was not read".to_owned()),
    };
    let list = match RevocationList::parse_ob2(value) {
        Ok(list) => list,
        Err(error) => {
            return Listed::Unread(format!("the revocation list cannot be used: {error}"));
        }
    };
    if let (Some(issuer), Some(expected)) = (list.issuer.as_deref(), badge.issuer.url())
        && !same_url(issuer, expected)
    {
        return Listed::Unread("the revocation list is another issuer's".to_owned());
    }
    let Some(assertion) = badge.assertion.value() else {
        return Listed::Unread("the badge was not read".to_owned());
    };
    match list.find(id_of(assertion).unwrap_or_default(), assertion.str_of("uid")) {
        Some(entry) => Listed::Yes(entry.reason.clone()),
        None => Listed::No,
    }
}

/// Whether a hosted assertion, or the document left of it, says that it was revoked.
fn revoked_where_it_lies(badge: &Ob2) -> Option<Option<String>> {
    let reason = |value: &Value<'_>| value.str_of("revocationReason").map(str::to_owned);
    match &badge.assertion {
        Linked::Gone { body, .. } => Some(body.as_ref().and_then(reason)),
        linked => {
            let value = linked.value()?;
            let flag = value.get("revoked")?.items().first()?.as_bool();
            (flag == Some(true)).then(|| reason(value))
        }
    }
}

pub(super) fn read(case: &Case<'_>) -> Finding {
    match &case.subject {
        Subject::Ob2(badge) => match badge.form {
            Ob2Form::Hosted => match &badge.assertion {
                Linked::Hosted { .. } | Linked::Gone { .. } => {
                    Finding::pass("its address answers for its status")
                }
                _ => Finding::unknown("its address, which answers for its status, was not read"),
            },
            Ob2Form::Signed(_) => match listed(badge) {
                Listed::NoList => Finding::note("the issuer publishes no revocation list"),
                Listed::Unread(why) => Finding::unknown(why),
                Listed::No | Listed::Yes(_) => Finding::pass("the revocation list was read")
                    .fact("list", badge.revocations.url()),
            },
            Ob2Form::Unsigned => Finding::skip("the badge is not signed"),
        },
        Subject::Credential(credential) => {
            let found = credential.entries(case);
            if found.is_empty() {
                return Finding::pass("the badge has no status that could change");
            }
            for entry in found {
                match &entry.state {
                    EntryState::Malformed(why) => return with(Finding::fail(why.clone()), entry),
                    EntryState::Unread(_) => {}
                    EntryState::Set(_) | EntryState::Clear => {}
                }
            }
            let unread = found.iter().find_map(|entry| match &entry.state {
                EntryState::Unread(why) => Some(with(Finding::unknown(why.clone()), entry)),
                _ => None,
            });
            unread.unwrap_or_else(|| {
                let facts: Vec<Json> =
                    found.iter().map(|entry| Json::Object(entry.facts.clone())).collect();
                Finding::pass("every status list was read").fact("entries", facts)
            })
        }
        _ => nothing_to_look_at(),
    }
}

fn with(mut finding: Finding, entry: &EntryFinding) -> Finding {
    finding.facts.extend(entry.facts.clone());
    finding.fact("purpose", entry.purpose.as_str())
}

pub(super) fn revoked(case: &Case<'_>) -> Finding {
    let badge = match &case.subject {
        Subject::Ob2(badge) => badge,
        Subject::Credential(_) => return entry_of(case, "revocation", "revoked"),
        _ => return nothing_to_look_at(),
    };
    if let Some(reason) = revoked_where_it_lies(badge) {
        return revoked_for(reason);
    }
    match &badge.form {
        Ob2Form::Hosted => match &badge.assertion {
            Linked::Hosted { .. } => Finding::pass("it was not revoked"),
            _ => Finding::unknown("its address, which answers for its status, was not read"),
        },
        Ob2Form::Signed(_) => match listed(badge) {
            Listed::Yes(reason) => revoked_for(reason),
            Listed::No => Finding::pass("it is not on the revocation list"),
            Listed::NoList => Finding::skip("the issuer publishes no revocation list"),
            Listed::Unread(why) => Finding::unknown(why),
        },
        Ob2Form::Unsigned => Finding::skip("the badge is not signed"),
    }
}

fn revoked_for(reason: Option<String>) -> Finding {
    match reason {
        Some(reason) => Finding::fail("the issuer revoked it").fact("reason", reason),
        None => Finding::fail("the issuer revoked it"),
    }
}

/// What the entries of one purpose say.
fn entry_of(case: &Case<'_>, purpose: &str, word: &str) -> Finding {
    let Some(credential) = case.credential() else { return nothing_to_look_at() };
    let mut found =
        credential.entries(case).iter().filter(|entry| entry.purpose == purpose).peekable();
    if found.peek().is_none() {
        return Finding::skip(format!(
            "the badge has no status entry that says whether it is {word}"
        ));
    }
    let mut clear = None;
    let mut open = None;
    for entry in found {
        match &entry.state {
            EntryState::Set(message) => {
                let finding =
                    with(Finding::fail(format!("the issuer's list says that it is {word}")), entry);
                return finding.fact("reason", message.clone());
            }
            EntryState::Clear => {
                clear = Some(with(Finding::pass(format!("it is not {word}")), entry))
            }
            EntryState::Unread(why) => open = Some(with(Finding::unknown(why.clone()), entry)),
            EntryState::Malformed(why) => open = Some(with(Finding::unknown(why.clone()), entry)),
        }
    }
    open.or(clear).unwrap_or_else(nothing_to_look_at)
}

pub(super) fn suspended(case: &Case<'_>) -> Finding {
    match &case.subject {
        Subject::Ob2(_) => Finding::skip("Open Badges 2.0 knows no suspension"),
        Subject::Credential(_) => entry_of(case, "suspension", "suspended"),
        _ => nothing_to_look_at(),
    }
}

/// Entries of other purposes: messages, refresh.
pub(super) fn other(case: &Case<'_>) -> Finding {
    let Some(credential) = case.credential() else {
        return Finding::skip("there are no further status entries");
    };
    let others: Vec<Json> = credential
        .entries(case)
        .iter()
        .filter(|entry| !matches!(entry.purpose.as_str(), "revocation" | "suspension"))
        .map(|entry| {
            let said = entry.facts.get("message").cloned().unwrap_or_default();
            let (state, message) = match &entry.state {
                EntryState::Set(_) => ("set", said),
                EntryState::Clear => ("clear", said),
                EntryState::Unread(why) | EntryState::Malformed(why) => {
                    ("unread", why.as_str().into())
                }
            };
            serde_json::json!({"purpose": entry.purpose, "state": state, "message": message})
        })
        .collect();
    if others.is_empty() {
        return Finding::skip("there are no further status entries");
    }
    Finding::note("the badge has status entries of other purposes").fact("entries", others)
}

/// When the status was read that a judgement rests on: the oldest of the documents that answer it.
pub(in crate::verifier) fn read_at(case: &Case<'_>) -> Option<Timestamp> {
    match &case.subject {
        Subject::Credential(credential) => {
            if entries(&credential.value).is_empty() {
                return None;
            }
            credential.entries(case).iter().filter_map(|entry| entry.read_at).min()
        }
        Subject::Ob2(badge) => match (&badge.form, &badge.assertion, &badge.revocations) {
            (Ob2Form::Hosted, Linked::Hosted { document, .. }, _) => Some(document.fetched_at),
            (Ob2Form::Hosted, Linked::Gone { url, .. }, _) => gone_at(case, url),
            (Ob2Form::Signed(_), _, Linked::Hosted { document, .. }) => Some(document.fetched_at),
            _ => None,
        },
        _ => None,
    }
}

fn gone_at(case: &Case<'_>, url: &str) -> Option<Timestamp> {
    let found =
        [Role::Assertion, Role::Input].into_iter().find_map(|role| case.dossier.find(role, url));
    match found? {
        Outcome::Missing(crate::resolve::Why::Gone(Some(document))) => Some(document.fetched_at),
        _ => Some(case.dossier.gathered_at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn a_withdrawn_document_is_revoked_with_or_without_words() {
        let body =
            json::parse(r#"{"revoked":true,"revocationReason":"error"}"#).unwrap().into_owned();
        let mut badge = Ob2::for_test(Linked::Gone { url: String::new(), body: Some(body) });
        assert_eq!(revoked_where_it_lies(&badge), Some(Some("error".to_owned())));
        badge.assertion = Linked::Gone { url: String::new(), body: None };
        assert_eq!(revoked_where_it_lies(&badge), Some(None));
        badge.assertion = Linked::Embedded(json::parse(r#"{"revoked":false}"#).unwrap());
        assert_eq!(revoked_where_it_lies(&badge), None);
        badge.assertion = Linked::Embedded(json::parse(r#"{"revoked":true}"#).unwrap());
        assert_eq!(revoked_where_it_lies(&badge), Some(None));
    }
}
