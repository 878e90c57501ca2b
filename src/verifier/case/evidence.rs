//! Evidence and other resources that a badge refers to: fetched only when asked for, and last.

use super::link::is_web;
use super::{Case, Subject, id_of};
use crate::json::Value;
use crate::verifier::dossier::{Need, Role};

/// Resources of one badge that are looked at.
const MAX_RESOURCES: usize = 16;

/// A resource that a badge refers to.
pub(in crate::verifier) struct Resource<'v> {
    /// Its URL, where it has one on the web.
    pub(in crate::verifier) url: Option<&'v str>,
    /// What the badge says of it: the piece of evidence, and entries of `relatedResource`.
    pub(in crate::verifier) said: Vec<&'v Value<'static>>,
    /// Whether it is evidence.
    pub(in crate::verifier) evidence: bool,
}

/// The evidence of a badge, and then what else it states digests of.
pub(in crate::verifier) fn resources<'c>(case: &'c Case<'_>) -> Vec<Resource<'c>> {
    let mut found: Vec<Resource<'c>> = Vec::new();
    let items = |value: &'c Value<'static>, name: &str| {
        value.get(name).map(Value::items).unwrap_or_default()
    };
    match &case.subject {
        Subject::Credential(credential) => {
            let value = &credential.value;
            for item in items(value, "evidence") {
                add(&mut found, item, true);
            }
            for item in items(value, "relatedResource") {
                add(&mut found, item, false);
            }
        }
        Subject::Ob2(badge) => {
            for item in badge.assertion.value().map(|v| items(v, "evidence")).unwrap_or_default() {
                add(&mut found, item, true);
            }
        }
        _ => {}
    }
    found.truncate(MAX_RESOURCES);
    found
}

fn add<'c>(found: &mut Vec<Resource<'c>>, item: &'c Value<'static>, evidence: bool) {
    let url = id_of(item).filter(|url| is_web(url));
    let known = found.iter_mut().find(|one| url.is_some() && one.url == url);
    match known {
        Some(known) => known.said.push(item),
        None => found.push(Resource { url, said: vec![item], evidence }),
    }
}

/// The resources that are not there yet, if anyone asked for them.
pub(super) fn needs(case: &Case<'_>) -> Vec<Need> {
    if !case.bench.evidence || case.within.is_some() {
        return Vec::new();
    }
    resources(case)
        .into_iter()
        .filter_map(|resource| Some(Need::at(Role::Evidence, resource.url?)))
        .filter(|need| case.dossier.find(need.role, &need.name).is_none())
        .collect()
}
