//! What stands inside a badge and is judged by itself: endorsements, the credentials of a transcript
//! or a presentation (OB 3.0 §B.2; CLR 2.0 §B.1; VCDM 2.0 §4.13). Each gets its own report.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::link::is_web;
use super::{
    Bench, Carried, Case, Ob2, Opened, Subject, Trouble, envelope, id_of, of_token, opened,
};
use crate::json::Value;
use crate::verifier::dossier::{Dossier, Need};
use crate::verifier::judge::judge;
use crate::verifier::report::Report;
use crate::wire::DocumentKind;

/// Parts of one input that are looked at, on all levels together.
const MAX_PARTS: usize = 48;

/// Proofs of the parts of one input that are looked at, on all levels together. Each may be as much
/// work as [`Limits::work`](crate::linked_data::Limits::work) allows.
const MAX_PROOFS: usize = 96;

/// Levels of parts within parts: a presentation of a transcript of a badge with an endorsement.
const MAX_DEPTH: usize = 4;

/// What kind of part something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::verifier) enum PartKind {
    /// Somebody vouches for what it stands in.
    Endorsement,
    /// A credential of a transcript or presentation.
    Credential,
}

impl PartKind {
    /// The word for it in reports.
    pub(in crate::verifier) const fn as_str(self) -> &'static str {
        match self {
            Self::Endorsement => "endorsement",
            Self::Credential => "credential",
        }
    }
}

/// What a part stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::verifier) struct Within {
    pub(in crate::verifier) kind: PartKind,
    /// The id of the object that it is a member of.
    pub(in crate::verifier) id: Option<String>,
}

/// A part.
pub(in crate::verifier) struct Part<'d> {
    pub(in crate::verifier) kind: PartKind,
    /// Where it stands: a JSON pointer into what it is a part of.
    pub(in crate::verifier) pointer: String,
    pub(in crate::verifier) case: Case<'d>,
    report: OnceCell<Report>,
}

impl Part<'_> {
    /// Its own report.
    pub(in crate::verifier) fn report(&self) -> &Report {
        self.report.get_or_init(|| judge(&self.case))
    }
}

/// How many parts, how many proofs of theirs, and how deep, may still be looked at.
pub(super) struct Room {
    parts: usize,
    proofs: usize,
    depth: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { parts: MAX_PARTS, proofs: MAX_PROOFS, depth: MAX_DEPTH }
    }
}

/// Something that was found inside, not looked at yet.
struct Found<'v> {
    kind: PartKind,
    pointer: String,
    value: &'v Value<'static>,
    /// The id of the object that it is a member of.
    holder: Option<&'v str>,
}

/// Finds the parts of a case, and theirs; `former` are those that were opened before.
pub(super) fn read(case: &mut Case<'_>, mut former: HashMap<String, Opened>, room: &mut Room) {
    let found = find(&case.subject);
    if found.is_empty() {
        return;
    }
    if room.depth == 0 {
        case.parts_left_out = found.len();
        return;
    }
    room.depth -= 1;
    let mut parts = Vec::new();
    let mut left_out = 0;
    for found in found {
        if room.parts == 0 {
            left_out += 1;
            continue;
        }
        let within = Within { kind: found.kind, id: found.holder.map(str::to_owned) };
        // Web sites are asked about the whole alone.
        let bench = Bench { linkage: false, ..case.bench };
        let mut opened = former
            .remove(&found.pointer)
            .unwrap_or_else(|| open(case.dossier, bench, &case.subject, found.value));
        let Some(proofs) = room.proofs.checked_sub(opened.subject.proofs()) else {
            left_out += 1;
            continue;
        };
        (room.parts, room.proofs) = (room.parts - 1, proofs);
        let former = std::mem::take(&mut opened.parts);
        let mut inner = Case::alone(case.dossier, bench, opened, Some(within));
        read(&mut inner, former, room);
        parts.push(Part {
            kind: found.kind,
            pointer: found.pointer,
            case: inner,
            report: OnceCell::new(),
        });
    }
    room.depth += 1;
    case.parts = parts;
    case.parts_left_out = left_out;
}

fn open(dossier: &Dossier, bench: Bench<'_>, around: &Subject, value: &Value<'static>) -> Opened {
    let Some(text) = value.as_str() else {
        if value.as_object().is_none() {
            return Subject::Unread(Trouble::Part(value.kind())).into();
        }
        return opened(dossier, bench, Carried::Json(Ok(Arc::new(value.clone()))), None);
    };
    if text.starts_with("data:") {
        let subject = match envelope::content(text) {
            Ok(token) => of_token(dossier, bench, token),
            Err(trouble) => Subject::Unread(trouble),
        };
        return Opened { enveloped: true, ..subject.into() };
    }
    match around {
        // Open Badges 2.0 refers to endorsements by their URL.
        Subject::Ob2(_) if is_web(text) => {
            Subject::Ob2(Box::new(Ob2::endorsement_at(dossier, bench, text))).into()
        }
        _ => of_token(dossier, bench, text).into(),
    }
}

fn find(subject: &Subject) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    match subject {
        Subject::Credential(credential) => {
            let value = &credential.value;
            let inner = match credential.kind {
                DocumentKind::Presentation(_) => "/verifiableCredential",
                DocumentKind::Clr2(_) => "/credentialSubject/verifiableCredential",
                _ => "",
            };
            if !inner.is_empty()
                && let Some(items) = value.pointer(inner)
            {
                add(&mut found, PartKind::Credential, inner, items, id_of(value));
            }
            endorsements(value, &String::new, &mut found);
        }
        Subject::Ob2(badge) => {
            let places = [
                ("", &badge.assertion),
                ("/badge", &badge.class),
                ("/badge/issuer", &badge.issuer),
            ];
            for (pointer, linked) in places {
                if let Some(document) = linked.value()
                    && let Some(items) = document.get("endorsement")
                {
                    let pointer = format!("{pointer}/endorsement");
                    add(&mut found, PartKind::Endorsement, &pointer, items, id_of(document));
                }
            }
        }
        _ => {}
    }
    found
}

/// The endorsements anywhere in a document, but for those in its parts. `pointer` says where, which
/// nobody asks as long as there is none.
fn endorsements<'v>(
    value: &'v Value<'static>,
    pointer: &dyn Fn() -> String,
    found: &mut Vec<Found<'v>>,
) {
    match value {
        Value::Object(object) => {
            for (name, inner) in object.iter() {
                let pointer =
                    || format!("{}/{}", pointer(), name.replace('~', "~0").replace('/', "~1"));
                match name {
                    "endorsement" | "endorsementJwt" => {
                        add(found, PartKind::Endorsement, &pointer(), inner, id_of(value));
                    }
                    "verifiableCredential" | "proof" | "@context" => {}
                    _ if inner.as_str().is_some() => {}
                    _ => endorsements(inner, &pointer, found),
                }
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                endorsements(item, &|| format!("{}/{at}", pointer()), found);
            }
        }
        _ => {}
    }
}

fn add<'v>(
    found: &mut Vec<Found<'v>>,
    kind: PartKind,
    pointer: &str,
    items: &'v Value<'static>,
    holder: Option<&'v str>,
) {
    match items {
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                found.push(Found { kind, pointer: format!("{pointer}/{at}"), value, holder });
            }
        }
        Value::Null => {}
        value => found.push(Found { kind, pointer: pointer.to_owned(), value, holder }),
    }
}

/// What the parts of this kind need. A credential inside has an allowance of its own; an
/// endorsement lives on that of what it stands in.
pub(super) fn needs(case: &Case<'_>, kind: PartKind) -> Vec<Need> {
    let parts = case.parts.iter().enumerate().filter(|(_, part)| part.kind == kind);
    parts
        .flat_map(|(at, part)| {
            part.case.needs().into_iter().map(move |need| match kind {
                PartKind::Endorsement => need,
                PartKind::Credential => Need { purse: format!("{at}/{}", need.purse), ..need },
            })
        })
        .collect()
}
