//! The status entries of a credential, each with the list that it points into (Bitstring Status
//! List 1.0 §3.2).

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::credential::{Credential, is_credential};
use super::token::Token;
use super::{Bench, Case, Subject, keys, link::is_web, member_of, text_of};
use crate::json::{self, Value};
use crate::resolve::{Document, Outcome};
use crate::status::bitstring::{self, MAX_STATUS_SIZE, StatusList, parse_index};
use crate::status::revocation_list::RevocationList;
use crate::verifier::dossier::{Need, Role};
use crate::verifier::policy::PolicyName;
use crate::verifier::report::CheckOutcome;
use crate::wire::detect;

/// Status entries that are looked at.
const MAX_ENTRIES: usize = 8;

/// What came of one status entry.
pub(in crate::verifier) struct EntryFinding {
    /// What is recorded there: `revocation`, `suspension` …
    pub(in crate::verifier) purpose: String,
    pub(in crate::verifier) state: EntryState,
    pub(in crate::verifier) facts: Map<String, Json>,
    /// When the list was read.
    pub(in crate::verifier) read_at: Option<Timestamp>,
}

/// What a status entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::verifier) enum EntryState {
    /// The entry is set; the reason or message, if one is given.
    Set(Option<String>),
    /// The entry is not set.
    Clear,
    /// It could not be read.
    Unread(String),
    /// The entry itself is malformed.
    Malformed(String),
}

/// The status entries of a credential.
pub(in crate::verifier) fn entries<'v>(credential: &'v Value<'static>) -> &'v [Value<'static>] {
    credential.get("credentialStatus").map(Value::items).unwrap_or_default()
}

/// The kinds of status that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Bitstring Status List 1.0.
    Bitstring,
    /// Its forerunner, which badges of 2021 to 2024 have.
    StatusList2021,
    /// The list of ids that 1EdTech defines.
    Revocations,
}

impl Kind {
    fn of(entry: &Value<'static>) -> Option<Self> {
        let types = member_of(entry, &["type", "@type"])?.items();
        types.iter().filter_map(Value::as_str).find_map(|kind| match kind {
            "BitstringStatusListEntry" => Some(Self::Bitstring),
            "StatusList2021Entry" => Some(Self::StatusList2021),
            "1EdTechRevocationList" => Some(Self::Revocations),
            _ => None,
        })
    }

    /// The types of the list's credential and of its subject.
    fn list_types(self) -> (&'static str, &'static str) {
        match self {
            Self::StatusList2021 => ("StatusList2021Credential", "StatusList2021"),
            _ => ("BitstringStatusListCredential", "BitstringStatusList"),
        }
    }

    fn decode(self, encoded: &str) -> Result<StatusList, bitstring::Error> {
        match self {
            Self::StatusList2021 => StatusList::decode_2021(encoded),
            _ => StatusList::decode(encoded),
        }
    }
}

fn list_url<'v>(entry: &'v Value<'static>) -> Option<&'v str> {
    match Kind::of(entry)? {
        Kind::Bitstring | Kind::StatusList2021 => entry.str_of("statusListCredential"),
        Kind::Revocations => text_of(entry, &["id", "@id"]),
    }
}

/// The lists that are needed, and what their own proofs need.
pub(super) fn needs(case: &Case<'_>, credential: &Credential) -> Vec<Need> {
    if case.bench.policy == PolicyName::ProofOnly {
        return Vec::new();
    }
    let mut needs = Vec::new();
    for entry in entries(&credential.value).iter().take(MAX_ENTRIES) {
        let Some(url) = list_url(entry).filter(|url| is_web(url)) else { continue };
        match case.dossier.find(Role::Status, url) {
            None => needs.push(Need::at(Role::Status, url)),
            Some(Outcome::Got(document)) => {
                if let Ok(list) = list_credential(document) {
                    needs.extend(keys::needs(&on_its_own(case), &list));
                }
            }
            Some(_) => {}
        }
    }
    needs
}

/// What came of each entry.
pub(super) fn findings(case: &Case<'_>, credential: &Credential) -> Vec<EntryFinding> {
    let all = entries(&credential.value);
    let mut findings: Vec<EntryFinding> = all
        .iter()
        .take(MAX_ENTRIES)
        .map(|entry| {
            let mut facts = Map::new();
            let purpose = entry.str_of("statusPurpose").unwrap_or("revocation").to_owned();
            let mut read_at = None;
            let state = judge(case, credential, entry, &purpose, &mut facts, &mut read_at)
                .unwrap_or_else(|state| state);
            EntryFinding { purpose, state, facts, read_at }
        })
        .collect();
    if all.len() > MAX_ENTRIES {
        findings.push(EntryFinding {
            purpose: "revocation".to_owned(),
            state: EntryState::Malformed(format!(
                "{} status entries; {MAX_ENTRIES} are looked at",
                all.len()
            )),
            facts: Map::new(),
            read_at: None,
        });
    }
    findings
}

fn judge(
    case: &Case<'_>,
    credential: &Credential,
    entry: &Value<'static>,
    purpose: &str,
    facts: &mut Map<String, Json>,
    read_at: &mut Option<Timestamp>,
) -> Result<EntryState, EntryState> {
    let malformed = |why: &str| EntryState::Malformed(why.to_owned());
    if entry.as_object().is_none() {
        return Err(malformed("a status entry is not an object"));
    }
    let named: String =
        text_of(entry, &["type", "@type"]).unwrap_or_default().chars().take(80).collect();
    facts.insert("type".to_owned(), named.as_str().into());
    let Some(kind) = Kind::of(entry) else {
        return Err(EntryState::Unread(format!(
            "status entries of type {named:?} are not read here"
        )));
    };
    let url = list_url(entry).ok_or_else(|| malformed("the status entry names no list"))?;
    facts.insert("list".to_owned(), url.into());
    if !is_web(url) {
        return Err(malformed("the status list's URL is not a web URL"));
    }
    // The entry stands in the badge itself, so that what is wrong with it is the badge's fault.
    let place = match kind {
        Kind::Revocations => None,
        _ => Some(place(entry, facts)?),
    };
    let document = match case.dossier.find(Role::Status, url) {
        Some(Outcome::Got(document)) => document,
        Some(Outcome::Missing(why) | Outcome::Refused(why)) => {
            return Err(match why {
                crate::resolve::Why::Form(_) => EntryState::Malformed(format!("{url}: {why}")),
                _ => EntryState::Unread(format!("the status list could not be read: {why}")),
            });
        }
        None => return Err(EntryState::Unread("the status list was not read".to_owned())),
    };
    *read_at = Some(document.fetched_at);
    facts.insert("readAt".to_owned(), document.fetched_at.to_string().into());
    match place {
        Some((index, size)) => {
            let wanted = Wanted { kind, url, purpose, index, size };
            value_at(case, credential, document, &wanted, facts)
                .map(|value| meaning(entry, value, size, facts))
        }
        None => revocation_list(credential, document),
    }
}

/// Index and size (§2.1).
fn place(entry: &Value<'static>, facts: &mut Map<String, Json>) -> Result<(u32, u32), EntryState> {
    let malformed = |why: String| EntryState::Malformed(why);
    if entry.str_of("statusPurpose").is_none_or(str::is_empty) {
        return Err(malformed("the status entry has no statusPurpose".to_owned()));
    }
    let index = match entry.get("statusListIndex") {
        Some(Value::String(text)) => {
            parse_index(text).map_err(|error| malformed(error.to_string()))?
        }
        Some(other) => {
            return Err(malformed(format!("statusListIndex is {}, not a string", other.kind())));
        }
        None => return Err(malformed("the status entry has no statusListIndex".to_owned())),
    };
    facts.insert("index".to_owned(), index.into());
    let size = match entry.get("statusSize") {
        None => 1,
        Some(size) => size
            .as_number()
            .and_then(|number| number.as_i64())
            .and_then(|size| u32::try_from(size).ok())
            .filter(|size| (1..=MAX_STATUS_SIZE).contains(size))
            .ok_or_else(|| malformed("statusSize is not a small whole number".to_owned()))?,
    };
    messages(entry, size).map_err(malformed)?;
    Ok((index, size))
}

/// Of more than one bit each value has its message, and so it is where messages are given at all
/// (§2.1).
fn messages(entry: &Value<'static>, size: u32) -> Result<(), String> {
    let message_purpose = entry.str_of("statusPurpose") == Some("message");
    let Some(messages) = entry.get("statusMessage") else {
        return if size > 1 || message_purpose {
            Err("the status entry has no statusMessage for its values".to_owned())
        } else {
            Ok(())
        };
    };
    let mut values: Vec<u8> = Vec::new();
    for message in messages.items() {
        let value = value_of(message).filter(|value| u32::from(*value) < 1 << size);
        let Some(value) = value.filter(|_| message.str_of("message").is_some()) else {
            return Err("a statusMessage has no value or no text".to_owned());
        };
        values.push(value);
    }
    values.sort_unstable();
    values.dedup();
    if values.len() == 1 << size && messages.items().len() == values.len() {
        Ok(())
    } else {
        Err("statusMessage has not one text for each value".to_owned())
    }
}

/// The value that a message is for, in hexadecimal: `0x0`.
fn value_of(message: &Value<'static>) -> Option<u8> {
    u8::from_str_radix(message.str_of("status")?.strip_prefix("0x")?, 16).ok()
}

/// Which value of which list is wanted.
struct Wanted<'w> {
    kind: Kind,
    url: &'w str,
    purpose: &'w str,
    index: u32,
    size: u32,
}

/// The value at the place, out of a list that is what it should be.
fn value_at(
    case: &Case<'_>,
    credential: &Credential,
    document: &Document,
    wanted: &Wanted<'_>,
    facts: &mut Map<String, Json>,
) -> Result<u8, EntryState> {
    let (list_type, subject_type) = wanted.kind.list_types();
    let unread =
        |why: String| EntryState::Unread(format!("the status list cannot be relied on: {why}"));
    let list = list_credential(document).map_err(unread)?;
    if text_of(&list.value, &["id"]) != Some(wanted.url) {
        return Err(unread("its id is not its URL".to_owned()));
    }
    let types = list.value.get("type").map(Value::items).unwrap_or_default();
    if !types.iter().any(|kind| kind.as_str() == Some(list_type)) {
        return Err(unread(format!("it is no {list_type}")));
    }
    if list.issuer_id().is_none() || list.issuer_id() != credential.issuer_id() {
        return Err(unread("another issuer signed it".to_owned()));
    }
    in_time(case.bench, &list.value, document.fetched_at).map_err(unread)?;
    let own = on_its_own(case);
    let proof = list.deciding(&own).ok_or_else(|| unread("it carries no proof".to_owned()))?;
    for graded in [&proof.form, &proof.signature, &proof.key.found, &proof.key.bond, &proof.purpose]
    {
        if graded.0 != CheckOutcome::Pass {
            return Err(unread(graded.1.to_string()));
        }
    }
    if let Err(error) = list.linked(&own) {
        return Err(unread(error.to_string()));
    }
    let subject = list.value.get("credentialSubject").and_then(|subject| subject.items().first());
    let subject = subject.ok_or_else(|| unread("it has no subject".to_owned()))?;
    if text_of(subject, &["type"]) != Some(subject_type) {
        return Err(unread(format!("its subject is no {subject_type}")));
    }
    let purposes = subject.get("statusPurpose").map(Value::items).unwrap_or_default();
    if !purposes.iter().any(|found| found.as_str() == Some(wanted.purpose)) {
        return Err(unread(format!("it is not for the purpose {:?}", wanted.purpose)));
    }
    if let Some(ttl) = subject.get("ttl").and_then(Value::as_number).and_then(|ttl| ttl.as_i64()) {
        facts.insert("ttl".to_owned(), ttl.into());
        let age = case.bench.now.as_millisecond() - document.fetched_at.as_millisecond();
        facts.insert("fresh".to_owned(), (age <= ttl).into());
    }
    let encoded =
        subject.str_of("encodedList").ok_or_else(|| unread("it has no list".to_owned()))?;
    let bits = wanted.kind.decode(encoded).map_err(|error| unread(error.to_string()))?;
    bits.check_length(wanted.size).map_err(|error| unread(error.to_string()))?;
    // The list is sound and the badge points outside it.
    bits.value(wanted.index, wanted.size).map_err(|error| EntryState::Malformed(error.to_string()))
}

/// A list counts if it was in force at the instant judged for, or when it was read: lists are signed
/// anew at every change, so that a list read today was often not yet signed at an earlier instant.
fn in_time(bench: Bench<'_>, list: &Value<'static>, read_at: Timestamp) -> Result<(), String> {
    let instant = |names: &[&str]| match text_of(list, names) {
        None => Ok(None),
        Some(text) => {
            text.parse::<Timestamp>().map(Some).map_err(|_| format!("{:?} is no time", names))
        }
    };
    let from = instant(&["validFrom", "issuanceDate"])?;
    let until = instant(&["validUntil", "expirationDate"])?;
    let holds = |at: Timestamp| {
        from.is_none_or(|from| super::proofs::skewed(from) <= at)
            && until.is_none_or(|until| at <= until)
    };
    if holds(bench.at) || holds(read_at) { Ok(()) } else { Err("it is not in force".to_owned()) }
}

/// What a value means: not set, or set, with the message that the entry gives for it.
fn meaning(
    entry: &Value<'static>,
    value: u8,
    size: u32,
    facts: &mut Map<String, Json>,
) -> EntryState {
    let messages = entry.get("statusMessage").map(Value::items).unwrap_or_default();
    let message = messages.iter().find(|message| value_of(message) == Some(value));
    let message = message.and_then(|message| message.str_of("message")).map(str::to_owned);
    if size > 1 || message.is_some() {
        facts.insert("value".to_owned(), format!("0x{value:x}").into());
        facts.insert("message".to_owned(), message.clone().into());
    }
    if value == 0 { EntryState::Clear } else { EntryState::Set(message) }
}

fn revocation_list(credential: &Credential, document: &Document) -> Result<EntryState, EntryState> {
    let unread =
        |why: String| EntryState::Unread(format!("the revocation list cannot be relied on: {why}"));
    if document.crossed_origin {
        return Err(unread("it was answered by another origin".to_owned()));
    }
    let value = json::parse_bytes(&document.bytes).map_err(|error| unread(error.to_string()))?;
    let list = RevocationList::parse_1edtech(&value).map_err(|error| unread(error.to_string()))?;
    if list.issuer.as_deref().is_some_and(|issuer| Some(issuer) != credential.issuer_id()) {
        return Err(unread("another issuer made it".to_owned()));
    }
    let id = member_of(&credential.value, &["id"]).and_then(Value::as_str).unwrap_or_default();
    Ok(match list.find(id, None) {
        Some(entry) => EntryState::Set(entry.reason.clone()),
        None => EntryState::Clear,
    })
}

/// The credential that a status list is.
fn list_credential(document: &Document) -> Result<Credential, String> {
    let text =
        std::str::from_utf8(&document.bytes).map_err(|_| "it is not text".to_owned())?.trim();
    if text.starts_with("eyJ") {
        let token = Token::read(text)?;
        let kind = detect(token.claims.get("vc").unwrap_or(&token.claims));
        return if is_credential(kind) {
            Ok(Credential::of_token(kind, token))
        } else {
            Err("it is no credential".to_owned())
        };
    }
    let value = json::parse(text).map_err(|error| error.to_string())?.into_owned();
    let kind = detect(&value);
    if is_credential(kind) {
        Ok(Credential::embedded(kind, Arc::new(value)))
    } else {
        Err("it is no credential".to_owned())
    }
}

/// The same dossier, for judging the list: it was signed anew, so its proof may be younger than the
/// instant that the badge is judged for.
fn on_its_own<'d>(case: &Case<'d>) -> Case<'d> {
    let at = case.bench.at.max(case.dossier.gathered_at);
    let bench = Bench { at, trace: false, policy: PolicyName::Default, ..case.bench };
    let nothing = Subject::Other(crate::wire::DocumentKind::Unknown);
    Case::alone(case.dossier, bench, nothing.into(), None)
}
