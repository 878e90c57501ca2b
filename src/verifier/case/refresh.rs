//! A newer issue of a credential, asked for once and only after the proof holds (OB 3.0 §10.1.1): a
//! forged badge sends nobody anywhere.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::link::is_web;
use super::{Case, Subject, member_of, opened, parts, text_of};
use crate::json::Value;
use crate::resolve::Outcome;
use crate::verifier::dossier::{Need, Role};
use crate::verifier::input::unwrap;
use crate::verifier::judge::judge;
use crate::verifier::policy::PolicyName;
use crate::verifier::report::Report;

/// What came of asking for a newer issue.
pub(in crate::verifier) enum Refresh<'d> {
    /// The badge names no refresh service, or is itself part of something.
    None,
    /// The service is of a type that is not used here.
    OtherType(String),
    /// The proof does not hold, so nobody was asked.
    NotAsked,
    /// The answer is not there yet.
    Pending(String),
    /// There is no answer that could be read.
    Unread { url: String, why: String },
    /// An answer.
    Answer(Box<Newer<'d>>),
}

/// What the refresh service gave out.
pub(in crate::verifier) struct Newer<'d> {
    pub(in crate::verifier) url: String,
    pub(in crate::verifier) case: Case<'d>,
    report: OnceCell<Report>,
}

impl Newer<'_> {
    /// Its own report.
    pub(in crate::verifier) fn report(&self) -> &Report {
        self.report.get_or_init(|| judge(&self.case))
    }
}

/// The service type that 1EdTech defines.
const TYPE: &str = "1EdTechCredentialRefresh";

pub(super) fn read<'d>(case: &Case<'d>) -> Refresh<'d> {
    let Some(credential) = case.credential() else { return Refresh::None };
    let services = credential.value.get("refreshService").map(Value::items).unwrap_or_default();
    let Some(first) = services.first() else { return Refresh::None };
    let is_ours = |service: &&Value<'static>| {
        let types = member_of(service, &["type", "@type"]).map(Value::items).unwrap_or_default();
        types.iter().any(|kind| kind.as_str() == Some(TYPE))
    };
    let Some(service) = services.iter().find(is_ours) else {
        let kind = text_of(first, &["type", "@type"]).unwrap_or_default();
        return Refresh::OtherType(kind.chars().take(80).collect());
    };
    let Some(url) = text_of(service, &["id", "@id"]).filter(|url| is_web(url)) else {
        let url = text_of(service, &["id", "@id"]).unwrap_or_default();
        let url = url.chars().take(200).collect();
        return Refresh::Unread { url, why: "its id is not a web URL".to_owned() };
    };
    let policy = case.bench.policy;
    let holds = || credential.deciding(case).is_some_and(|proof| proof.holds(policy));
    if policy == PolicyName::ProofOnly || !holds() {
        return Refresh::NotAsked;
    }
    let url = url.to_owned();
    let document = match case.dossier.find(Role::Refresh, &url) {
        None => return Refresh::Pending(url),
        Some(Outcome::Got(document)) => document,
        Some(Outcome::Missing(why) | Outcome::Refused(why)) => {
            return Refresh::Unread { url, why: why.to_string() };
        }
    };
    let carried = match unwrap(&document.bytes) {
        Ok(unwrapped) => unwrapped.carried,
        Err(error) => return Refresh::Unread { url, why: error.to_string() },
    };
    let opened = opened(case.dossier, case.bench, carried, None);
    let mut newer = Case::alone(case.dossier, case.bench, opened, None);
    if !matches!(newer.subject, Subject::Credential(_)) {
        return Refresh::Unread { url, why: "the answer is no credential".to_owned() };
    }
    parts::read(&mut newer, HashMap::new(), &mut parts::Room::default());
    Refresh::Answer(Box::new(Newer { url, case: newer, report: OnceCell::new() }))
}

pub(super) fn needs(case: &Case<'_>) -> Vec<Need> {
    match &case.refresh {
        Refresh::Pending(url) => vec![Need::at(Role::Refresh, url)],
        Refresh::Answer(newer) => newer.case.needs(),
        _ => Vec::new(),
    }
}
