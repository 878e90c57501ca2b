//! A dossier, read: what was given, what it turned out to be, and what each link led to.
//!
//! Reading judges nothing. The checks look at a case, and so does the plan of what is still needed
//! ([`Case::needs`]): both see the same documents in the same way.

mod credential;
mod keys;
mod link;
mod linkage;
mod lists;
mod ob2;
mod proofs;
mod token;

use jiff::Timestamp;

use super::dossier::{Dossier, Given, Need, Role};
use super::input::{Carried, InputError, bad_form, unwrap};
use super::policy::PolicyName;
use crate::baking::{ImageKind, Oddity};
use crate::config::Trust;
use crate::json::{self, Value};
use crate::linked_data::Contexts;
use crate::resolve::{Outcome, Why, form};
use crate::wire::{DocumentKind, detect};

pub(super) use credential::Credential;
pub(super) use keys::Bond;
pub(super) use link::{Linked, id_of};
pub(super) use linkage::domain as linked_domain;
pub(super) use lists::{EntryFinding, EntryState, entries};
pub(super) use ob2::{Ob2, Ob2Form, is_type, same_url, verification, verification_of};
pub(super) use proofs::{Graded, ProofFinding, skewed};
pub(super) use token::Token;

/// What a judgement uses besides the dossier.
#[derive(Clone, Copy)]
pub(super) struct Bench<'a> {
    pub(super) contexts: &'a Contexts,
    pub(super) trust: &'a Trust,
    pub(super) policy: PolicyName,
    /// The instant judged for.
    pub(super) at: Timestamp,
    /// Whether canonical forms and signed bytes are wanted.
    pub(super) trace: bool,
    /// Whether the web site of an issuer may be asked if it names the issuer.
    pub(super) linkage: bool,
}

/// A dossier, read.
pub(super) struct Case<'d> {
    pub(super) dossier: &'d Dossier,
    pub(super) bench: Bench<'d>,
    /// The image that the badge came in.
    pub(super) image: Option<(ImageKind, Vec<Oddity>)>,
    pub(super) subject: Subject,
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
}

impl<'d> Case<'d> {
    pub(super) fn read(dossier: &'d Dossier, bench: Bench<'d>) -> Self {
        let mut image = None;
        let subject = match carried(dossier, &mut image) {
            Ok((carried, source)) => subject(dossier, carried, source),
            // A hosted assertion that was withdrawn may answer without a body.
            Err(Trouble::Absent(Why::Gone(body))) => {
                let Given::Url(url) = &dossier.given else {
                    return Self {
                        dossier,
                        bench,
                        image,
                        subject: Subject::Unread(Trouble::Absent(Why::Gone(body))),
                    };
                };
                Subject::Ob2(Box::new(Ob2::withdrawn(url, body.as_deref())))
            }
            Err(trouble) => Subject::Unread(trouble),
        };
        Self { dossier, bench, image, subject }
    }

    /// The documents that are needed and not there yet, the most important first.
    pub(super) fn needs(&self) -> Vec<Need> {
        let mut needs = match &self.subject {
            Subject::Unread(Trouble::Pending(url)) => vec![Need::at(Role::Input, url)],
            Subject::Unread(_) | Subject::Other(_) => Vec::new(),
            Subject::Ob2(badge) => badge.needs(self.dossier),
            Subject::Credential(credential) => credential.needs(self),
        };
        needs.retain(|need| self.dossier.find(need.role, &need.name).is_none());
        let mut unique = Vec::with_capacity(needs.len());
        for need in needs {
            if !unique.contains(&need) {
                unique.push(need);
            }
        }
        unique
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

/// What was given, and the URL it came from.
fn carried<'d>(
    dossier: &'d Dossier,
    image: &mut Option<(ImageKind, Vec<Oddity>)>,
) -> Result<(Carried<'d>, Option<String>), Trouble> {
    let mut url = match &dossier.given {
        Given::Badge(document) => {
            let unwrapped = unwrap(&document.bytes).map_err(Trouble::NotABadge)?;
            *image = unwrapped.image;
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
        if unwrapped.image.is_some() {
            *image = unwrapped.image;
        }
        match unwrapped.carried {
            Carried::Url(next) => url = next,
            carried => return Ok((carried, Some(url))),
        }
    }
    Err(Trouble::Circle)
}

fn subject(dossier: &Dossier, carried: Carried<'_>, source: Option<String>) -> Subject {
    let value = match carried {
        Carried::Json(Ok(value)) => value,
        Carried::Json(Err(error)) => return Subject::Unread(Trouble::Json(error)),
        Carried::Token(text) => return of_token(dossier, &text),
        Carried::TooLong(length) => return Subject::Unread(Trouble::TooLong(length)),
        Carried::Url(_) => return Subject::Unread(Trouble::Circle),
    };
    match detect(&value) {
        DocumentKind::Assertion(version) => {
            Subject::Ob2(Box::new(Ob2::hosted(dossier, version, value, source.as_deref())))
        }
        kind if credential::is_credential(kind) => {
            Subject::Credential(Box::new(Credential::embedded(kind, value)))
        }
        kind => Subject::Other(kind),
    }
}

fn of_token(dossier: &Dossier, text: &str) -> Subject {
    let token = match Token::read(text) {
        Ok(token) => token,
        Err(why) => return Subject::Unread(Trouble::Token(why)),
    };
    let inner = token.claims.get("vc").filter(|vc| vc.as_object().is_some());
    match detect(inner.unwrap_or(&token.claims)) {
        DocumentKind::Assertion(version) if inner.is_none() => {
            Subject::Ob2(Box::new(Ob2::signed(dossier, version, token)))
        }
        kind if credential::is_credential(kind) => {
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
