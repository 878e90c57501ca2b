//! A dossier, read: what was given, what it turned out to be, and what each link led to.
//!
//! Reading judges nothing. The checks look at a case, and so does the plan of what is still needed
//! ([`Case::needs`]): both see the same documents in the same way.

mod chains;
mod control;
mod credential;
mod envelope;
mod evidence;
mod issued;
mod keys;
mod link;
mod linkage;
mod lists;
mod ob2;
mod parts;
mod plain;
mod proofs;
mod refresh;
mod schemas;
mod token;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::dossier::{Dossier, Given, Need, Role};
use super::input::{Carried, Carrier, InputError, bad_form, unwrap};
use super::own::Own;
use super::policy::PolicyName;
use crate::config::Trust;
use crate::json::{self, Value};
use crate::linked_data::Contexts;
use crate::proof::suite;
use crate::resolve::{Outcome, Why, form};
use crate::wire::{DocumentKind, detect};

pub(super) use credential::Credential;
pub(super) use evidence::{Resource, resources};
pub(super) use issued::{Claim, ON_RECORD};
pub(super) use keys::Bond;
pub(super) use link::{Linked, id_of};
pub(super) use linkage::domain as linked_domain;
pub(super) use lists::{EntryFinding, EntryState, entries};
pub(super) use ob2::{Ob2, Ob2Form, Ob2What, is_type, same_url, verification, verification_of};
pub(super) use parts::{Part, PartKind, Within};
pub(super) use proofs::{Graded, ProofFinding, numeric_date, skewed};
pub(super) use refresh::{Newer, Refresh};
pub(super) use schemas::{MOST as MOST_SCHEMAS, NamedSchema, named_schemas};
pub(super) use token::Token;

/// What a judgement uses besides the dossier.
#[derive(Clone, Copy)]
pub(super) struct Bench<'a> {
    pub(super) contexts: &'a Contexts,
    pub(super) trust: &'a Trust,
    pub(super) policy: PolicyName,
    /// The instant judged for.
    pub(super) at: Timestamp,
    /// The instant of the judgement.
    pub(super) now: Timestamp,
    /// Whether canonical forms and signed bytes are wanted.
    pub(super) trace: bool,
    /// Whether the web site of an issuer may be asked if it names the issuer.
    pub(super) linkage: bool,
    /// Whether evidence is looked at.
    pub(super) evidence: bool,
    /// The badge, if it is one that was signed just now.
    pub(super) own: Option<Own<'a>>,
}

/// A dossier, read.
pub(super) struct Case<'d> {
    pub(super) dossier: &'d Dossier,
    pub(super) bench: Bench<'d>,
    /// What the badge came in.
    pub(super) carrier: Option<Carrier>,
    /// Whether it came in a `data:` URL.
    pub(super) enveloped: bool,
    pub(super) subject: Subject,
    /// What it stands in, where it is part of something.
    pub(super) within: Option<Within>,
    /// What stands in it and is judged by itself.
    pub(super) parts: Vec<Part<'d>>,
    /// How many parts are not looked at: there are too many of them, or they lie too deep.
    pub(super) parts_left_out: usize,
    /// Whether its issuer has given out a newer issue.
    pub(super) refresh: Refresh<'d>,
}

/// What was given turned out to be this.
pub(super) enum Subject {
    /// It could not be read.
    Unread(Trouble),
    /// It is JSON, and no badge.
    Other(DocumentKind),
    /// A badge of Open Badges before 3.0.
    Ob2(Box<Ob2>),
    /// A verifiable credential.
    Credential(Box<Credential>),
}

/// Why what was given could not be read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Trouble {
    /// It has not been fetched yet.
    Pending(String),
    /// It could not be fetched.
    Absent(Why),
    /// The URL is refused for its form.
    Form(form::FormProblem),
    /// What was fetched is no badge.
    NotABadge(InputError),
    /// JSON that is not strict.
    Json(json::Error),
    /// JSON that is longer than we read.
    TooLong(usize),
    /// A token whose payload cannot be read.
    Token(String),
    /// A URL that leads to an image that names another URL.
    Circle,
    /// An envelope of a kind that is not opened here; its media type.
    Envelope(String),
    /// A part that is neither an object, a token nor a URL.
    Part(&'static str),
}

impl Subject {
    /// How many proofs it carries.
    fn proofs(&self) -> usize {
        match self {
            Self::Credential(credential) if credential.token.is_none() => {
                suite::proofs(&credential.value).map_or(0, <[_]>::len)
            }
            Self::Credential(_) | Self::Ob2(_) => 1,
            Self::Unread(_) | Self::Other(_) => 0,
        }
    }
}

impl<'d> Case<'d> {
    pub(super) fn read(dossier: &'d Dossier, bench: Bench<'d>) -> Self {
        if let Some(own) = bench.own {
            let subject = of_value(dossier, bench, Arc::clone(own.value), None);
            return Self::whole(dossier, bench, subject.into());
        }
        let mut carrier = None;
        let mut opened = match carried(dossier, &mut carrier) {
            Ok((carried, source)) => opened(dossier, bench, carried, source),
            // A hosted assertion that was withdrawn may answer without a body.
            Err(Trouble::Absent(Why::Gone(body))) => match &dossier.given {
                Given::Url(url) => Subject::Ob2(Box::new(Ob2::withdrawn(url, body.as_deref()))),
                Given::Badge(_) => Subject::Unread(Trouble::Absent(Why::Gone(body))),
            }
            .into(),
            Err(trouble) => Subject::Unread(trouble).into(),
        };
        opened.carrier = carrier;
        Self::whole(dossier, bench, opened)
    }

    /// The case again, now that the dossier holds more: a credential is not parsed a second time.
    pub(super) fn read_again(
        dossier: &'d Dossier,
        bench: Bench<'d>,
        parsed: Option<Opened>,
    ) -> Self {
        match parsed {
            Some(opened) => Self::whole(dossier, bench, opened),
            None => Self::read(dossier, bench),
        }
    }

    /// The credential in it and those inside that, without what was found out about them but for
    /// their signatures; no document that is added to the dossier later changes what was given.
    pub(super) fn into_parsed(self) -> Option<Opened> {
        let Subject::Credential(credential) = self.subject else { return None };
        let parts = self.parts.into_iter();
        Some(Opened {
            subject: Subject::Credential(Box::new(credential.unjudged())),
            carrier: self.carrier,
            enveloped: self.enveloped,
            parts: parts
                .filter_map(|part| Some((part.pointer, part.case.into_parsed()?)))
                .collect(),
        })
    }

    fn whole(dossier: &'d Dossier, bench: Bench<'d>, mut opened: Opened) -> Self {
        let former = std::mem::take(&mut opened.parts);
        let mut case = Self::alone(dossier, bench, opened, None);
        parts::read(&mut case, former, &mut parts::Room::default());
        case.refresh = refresh::read(&case);
        case
    }

    /// Why what was given is no badge in any form.
    pub(super) fn no_badge(&self) -> Option<&InputError> {
        // Nothing was fetched, so it is about the bytes that were given.
        match &self.subject {
            Subject::Unread(Trouble::NotABadge(error)) if self.dossier.documents.is_empty() => {
                Some(error)
            }
            _ => None,
        }
    }

    /// A case whose parts have not been looked for.
    fn alone(
        dossier: &'d Dossier,
        bench: Bench<'d>,
        opened: Opened,
        within: Option<Within>,
    ) -> Self {
        Self {
            dossier,
            bench,
            carrier: opened.carrier,
            enveloped: opened.enveloped,
            subject: opened.subject,
            within,
            parts: Vec::new(),
            parts_left_out: 0,
            refresh: Refresh::None,
        }
    }

    /// The documents that are needed and not there yet, the most important first. What is asked for
    /// in one round never keeps a more important thing waiting: credentials inside come after the
    /// whole, then a newer issue, endorsements, evidence.
    pub(super) fn needs(&self) -> Vec<Need> {
        let mut needs = self.own_needs();
        let later: [&dyn Fn() -> Vec<Need>; 4] = [
            &|| parts::needs(self, PartKind::Credential),
            &|| refresh::needs(self),
            &|| parts::needs(self, PartKind::Endorsement),
            &|| evidence::needs(self),
        ];
        for later in later {
            if needs.is_empty() {
                needs = later();
            }
        }
        let mut unique: Vec<Need> = Vec::with_capacity(needs.len());
        for need in needs {
            if !unique.iter().any(|one| one.role == need.role && one.name == need.name) {
                unique.push(need);
            }
        }
        unique
    }

    fn own_needs(&self) -> Vec<Need> {
        let mut needs = match &self.subject {
            Subject::Unread(Trouble::Pending(url)) => vec![Need::at(Role::Input, url)],
            Subject::Unread(_) | Subject::Other(_) => Vec::new(),
            Subject::Ob2(badge) => badge.needs(self.dossier),
            Subject::Credential(credential) => credential.needs(self),
        };
        needs.retain(|need| self.dossier.find(need.role, &need.name).is_none());
        needs
    }

    pub(super) fn ob2(&self) -> Option<&Ob2> {
        match &self.subject {
            Subject::Ob2(badge) => Some(badge),
            _ => None,
        }
    }

    pub(super) fn credential(&self) -> Option<&Credential> {
        match &self.subject {
            Subject::Credential(credential) => Some(credential),
            _ => None,
        }
    }
}

/// What was in an image or an envelope.
pub(super) struct Opened {
    subject: Subject,
    carrier: Option<Carrier>,
    enveloped: bool,
    /// Its parts by their place, as far as they were opened before.
    parts: HashMap<String, Opened>,
}

impl From<Subject> for Opened {
    fn from(subject: Subject) -> Self {
        Self { subject, carrier: None, enveloped: false, parts: HashMap::new() }
    }
}
/// What was given, and the URL it came from.
fn carried<'d>(
    dossier: &'d Dossier,
    carrier: &mut Option<Carrier>,
) -> Result<(Carried<'d>, Option<String>), Trouble> {
    let mut url = match &dossier.given {
        Given::Badge(document) => {
            let unwrapped = unwrap(&document.bytes).map_err(Trouble::NotABadge)?;
            *carrier = unwrapped.carrier;
            match unwrapped.carried {
                Carried::Url(url) => url,
                carried => return Ok((carried, None)),
            }
        }
        Given::Url(url) => url.clone(),
    };
    for _ in 0..2 {
        if let Some(problem) = bad_form(&url) {
            return Err(Trouble::Form(problem));
        }
        let document = match dossier.find(Role::Input, &url) {
            None => return Err(Trouble::Pending(url)),
            Some(Outcome::Got(document)) => document,
            Some(Outcome::Missing(why) | Outcome::Refused(why)) => {
                return Err(Trouble::Absent(why.clone()));
            }
        };
        let unwrapped = unwrap(&document.bytes).map_err(Trouble::NotABadge)?;
        // What stands in an image or a PDF is a copy: its address is not that of the file.
        let baked = unwrapped.carrier.is_some();
        if baked {
            *carrier = unwrapped.carrier;
        }
        match unwrapped.carried {
            Carried::Url(next) => url = next,
            carried => return Ok((carried, (!baked).then_some(url))),
        }
    }
    Err(Trouble::Circle)
}

fn opened(
    dossier: &Dossier,
    bench: Bench<'_>,
    carried: Carried<'_>,
    source: Option<String>,
) -> Opened {
    let value = match carried {
        Carried::Json(Ok(value)) => value,
        Carried::Json(Err(error)) => return Subject::Unread(Trouble::Json(error)).into(),
        Carried::Token(text) => return of_token(dossier, bench, &text).into(),
        Carried::TooLong(length) => return Subject::Unread(Trouble::TooLong(length)).into(),
        Carried::Url(_) => return Subject::Unread(Trouble::Circle).into(),
    };
    match envelope::open(&value) {
        Some(Ok(token)) => Opened { enveloped: true, ..of_token(dossier, bench, token).into() },
        Some(Err(trouble)) => Opened { enveloped: true, ..Subject::Unread(trouble).into() },
        None => of_value(dossier, bench, value, source).into(),
    }
}

fn of_value(
    dossier: &Dossier,
    bench: Bench<'_>,
    value: Arc<Value<'static>>,
    source: Option<String>,
) -> Subject {
    let hosted = |what, version, value| {
        let value = Arc::unwrap_or_clone(value);
        Subject::Ob2(Box::new(Ob2::hosted(dossier, bench, what, version, value, source.as_deref())))
    };
    match detect(&value) {
        DocumentKind::Assertion(version) => hosted(Ob2What::Award, version, value),
        DocumentKind::Endorsement(version) => hosted(Ob2What::Endorsement, version, value),
        kind if credential::is_judged(kind) => {
            Subject::Credential(Box::new(Credential::embedded(kind, value)))
        }
        kind => Subject::Other(kind),
    }
}

fn of_token(dossier: &Dossier, bench: Bench<'_>, text: &str) -> Subject {
    let token = match Token::read(text) {
        Ok(token) => token,
        Err(why) => return Subject::Unread(Trouble::Token(why)),
    };
    let inner = token.wrapped();
    match detect(inner.unwrap_or(&token.claims)) {
        DocumentKind::Assertion(version) if inner.is_none() => {
            Subject::Ob2(Box::new(Ob2::signed(dossier, bench, Ob2What::Award, version, token)))
        }
        DocumentKind::Endorsement(version) if inner.is_none() => Subject::Ob2(Box::new(
            Ob2::signed(dossier, bench, Ob2What::Endorsement, version, token),
        )),
        kind if credential::is_judged(kind) => {
            Subject::Credential(Box::new(Credential::of_token(kind, token)))
        }
        kind => Subject::Other(kind),
    }
}

/// The first string of a member under any of its names.
pub(super) fn text_of<'v>(value: &'v Value<'_>, names: &[&str]) -> Option<&'v str> {
    member_of(value, names)?.items().first()?.as_str()
}

/// A member under any of its names (`id` and `@id`, `verification` and `verify`).
pub(super) fn member_of<'v, 'a>(value: &'v Value<'a>, names: &[&str]) -> Option<&'v Value<'a>> {
    names.iter().find_map(|name| value.get(name)).filter(|found| **found != Value::Null)
}
