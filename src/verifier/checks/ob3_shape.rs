//! Open Badges 3.0: what the specification demands of an AchievementCredential, beyond what a JSON
//! Schema says (`credentialSubject.id` or `identifier`, criteria `id` or `narrative`).

use std::fmt::{self, Display};

use super::ob2_types::is_iri;
use super::related;
use super::shape::{Faults, Step, Under, Way};
use crate::json::Value;
use crate::verifier::case::{Credential, id_of};
use crate::wire::{DataModel, DocumentKind, clr2};

const V1: &str = "https://www.w3.org/2018/credentials/v1";
const V2: &str = "https://www.w3.org/ns/credentials/v2";

/// What is wrong with the contexts themselves, whichever they are.
pub(super) fn context(credential: &Credential) -> Option<String> {
    let Some(contexts) = credential.value.get("@context") else {
        return Some("the credential has no @context".to_owned());
    };
    if contexts.as_array().is_none() {
        return Some(format!("@context is {}, not an array", contexts.kind()));
    }
    let contexts = contexts.items();
    if contexts.iter().any(|context| context.as_str().is_none()) {
        return Some("a context is written into the document".to_owned());
    }
    let first = contexts.first().and_then(Value::as_str);
    if !matches!(first, Some(V1 | V2)) {
        return Some("the first context is not that of the data model".to_owned());
    }
    let named = |is: fn(&str) -> bool| contexts.iter().filter_map(Value::as_str).any(is);
    match credential.kind {
        DocumentKind::Ob3Achievement(_) | DocumentKind::Ob3Endorsement(_) => {
            (!named(is_badge_context)).then(|| "no context is that of Open Badges 3.0".to_owned())
        }
        DocumentKind::Clr2(_) => (!named(is_transcript_context))
            .then(|| "no context is that of the Comprehensive Learner Record 2.0".to_owned()),
        _ => None,
    }
}

fn is_transcript_context(url: &str) -> bool {
    url.contains("purl.imsglobal.org/spec/clr/v2p0/")
}

fn is_badge_context(url: &str) -> bool {
    url.contains("purl.imsglobal.org/spec/ob/v3p0/")
        || url.contains("imsglobal.github.io/openbadges-specification/")
}

/// What is wrong with the members (OB 3.0 §B.1 and §B.2, CLR 2.0 §B.1, VCDM 2.0 §4).
pub(super) fn members(credential: &Credential, faults: &mut Faults) {
    let value = &credential.value;
    if credential.is_presentation() {
        presentation(value, faults);
        nulls(value, &mut Way::default(), faults);
        return;
    }
    let v1 = credential.model() == DataModel::V1;
    faults.check(
        has_type(value, "VerifiableCredential"),
        "/type",
        "must contain VerifiableCredential",
    );
    match value.get("id") {
        Some(id) => uri(id, "/id", faults),
        None => faults.add("/id", "is missing"),
    }
    let from = if v1 { "issuanceDate" } else { "validFrom" };
    faults.check(value.get(from).is_some(), format_args!("/{from}"), "is missing");
    issuer(value.get("issuer"), faults);
    let subjects = value.get("credentialSubject").map(Value::items).unwrap_or_default();
    match (subjects, credential.kind) {
        ([], _) => faults.add("/credentialSubject", "is missing"),
        ([one], DocumentKind::Ob3Achievement(_)) => subject(one, faults),
        ([one], DocumentKind::Ob3Endorsement(_)) => endorsed(one, faults),
        ([_], _) => {}
        _ => faults.add("/credentialSubject", "there are several"),
    }
    match credential.kind {
        DocumentKind::Ob3Achievement(_) => {
            let named =
                has_type(value, "AchievementCredential") || has_type(value, "OpenBadgeCredential");
            let why = "must contain AchievementCredential or OpenBadgeCredential";
            faults.check(named, "/type", why);
        }
        DocumentKind::Clr2(_) => {
            for (pointer, why) in clr2::faults(value) {
                faults.add(pointer, why);
            }
        }
        _ => {}
    }
    let evidence = value.get("evidence").map(Value::items).unwrap_or_default();
    for (at, entry) in evidence.iter().enumerate() {
        faults.check(
            has_type(entry, "Evidence"),
            format_args!("/evidence/{at}/type"),
            "must contain Evidence",
        );
    }
    for name in ["credentialStatus", "credentialSchema", "refreshService", "termsOfUse"] {
        for (at, entry) in value.get(name).map(Value::items).unwrap_or_default().iter().enumerate()
        {
            let missing = entry.get("type").is_none();
            faults.check(!missing, format_args!("/{name}/{at}/type"), "is missing");
        }
    }
    for (pointer, why) in related::faults(value) {
        faults.add(pointer, why);
    }
    nulls(value, &mut Way::default(), faults);
}

/// A presentation holds credentials, and may say who shows them (VCDM 2.0 §4.13).
fn presentation(value: &Value<'_>, faults: &mut Faults) {
    faults.check(
        has_type(value, "VerifiablePresentation"),
        "/type",
        "must contain VerifiablePresentation",
    );
    if let Some(id) = value.get("id") {
        uri(id, "/id", faults);
    }
    if let Some(holder) = value.get("holder") {
        faults.check(id_of(holder).is_some_and(is_iri), "/holder", "is not an absolute URI");
    }
    let inside = value.get("verifiableCredential").map(Value::items).unwrap_or_default();
    faults.check(!inside.is_empty(), "/verifiableCredential", "is missing or empty");
}

/// The subject of an endorsement names what is endorsed (OB 3.0 §B.2.2).
fn endorsed(subject: &Value<'_>, faults: &mut Faults) {
    let at = |name: &'static str| Under("/credentialSubject", name);
    faults.check(
        has_type(subject, "EndorsementSubject"),
        at("type"),
        "must contain EndorsementSubject",
    );
    match subject.get("id") {
        Some(id) => uri(id, at("id"), faults),
        None => faults.add(at("id"), "is missing"),
    }
    let comment = subject.get("endorsementComment").is_none_or(|text| text.as_str().is_some());
    faults.check(comment, at("endorsementComment"), "must be a text");
}

fn issuer(issuer: Option<&Value<'_>>, faults: &mut Faults) {
    match issuer {
        None => faults.add("/issuer", "is missing"),
        Some(Value::String(_)) => uri(issuer.unwrap_or(&Value::Null), "/issuer", faults),
        Some(profile @ Value::Object(_)) => {
            match profile.get("id") {
                Some(id) => uri(id, "/issuer/id", faults),
                None => faults.add("/issuer/id", "is missing"),
            }
            faults.check(has_type(profile, "Profile"), "/issuer/type", "must contain Profile");
            let others = profile.get("otherIdentifier").map(Value::items).unwrap_or_default();
            for (n, entry) in others.iter().enumerate() {
                faults.check(
                    has_type(entry, "IdentifierEntry"),
                    format_args!("/issuer/otherIdentifier/{n}/type"),
                    "must be IdentifierEntry",
                );
            }
            if let Some(parent) = profile.get("parentOrg") {
                let pointer = "/issuer/parentOrg/type";
                faults.check(has_type(parent, "Profile"), pointer, "must contain Profile");
            }
        }
        Some(other) => faults.add("/issuer", format!("is {}, not one profile", other.kind())),
    }
}

fn subject(subject: &Value<'_>, faults: &mut Faults) {
    if subject.as_object().is_none() {
        faults.add("/credentialSubject", "is not an object");
        return;
    }
    let at = |name: &'static str| Under("/credentialSubject", name);
    faults.check(
        has_type(subject, "AchievementSubject"),
        at("type"),
        "must contain AchievementSubject",
    );
    let identifiers = subject.get("identifier").map(Value::items).unwrap_or_default();
    match subject.get("id") {
        Some(id) => uri(id, at("id"), faults),
        None => faults.check(
            !identifiers.is_empty(),
            at("id"),
            "there is neither an id nor an identifier",
        ),
    }
    for (n, identifier) in identifiers.iter().enumerate() {
        identity(identifier, format_args!("{}/{n}", at("identifier")), faults);
    }
    if let Some(source) = subject.get("source") {
        faults.check(has_type(source, "Profile"), at("source/type"), "must contain Profile");
    }
    match subject.get("achievement").map(Value::items).unwrap_or_default() {
        [one] => achievement(one, faults),
        [] => faults.add(at("achievement"), "is missing"),
        _ => faults.add(at("achievement"), "there are several"),
    }
}

fn identity(identity: &Value<'_>, pointer: fmt::Arguments<'_>, faults: &mut Faults) {
    let kind = identity.str_of("type");
    faults.check(
        kind == Some("IdentityObject"),
        format_args!("{pointer}/type"),
        "must be IdentityObject",
    );
    let hashed = identity.get("hashed").and_then(Value::as_bool);
    faults.check(hashed.is_some(), format_args!("{pointer}/hashed"), "must be true or false");
    let hash = identity.str_of("identityHash");
    faults.check(hash.is_some(), format_args!("{pointer}/identityHash"), "must be a text");
    faults.check(
        identity.str_of("identityType").is_some(),
        format_args!("{pointer}/identityType"),
        "must be a text",
    );
    if let (Some(hashed), Some(hash)) = (hashed, hash) {
        let looks_hashed = super::recipient::is_hash(hash);
        faults.check(
            hashed == looks_hashed,
            format_args!("{pointer}/identityHash"),
            "does not agree with `hashed`",
        );
    }
}

fn achievement(achievement: &Value<'_>, faults: &mut Faults) {
    let at = |name: &'static str| Under("/credentialSubject/achievement", name);
    if achievement.as_object().is_none() {
        faults.add("/credentialSubject/achievement", "is not an object");
        return;
    }
    match achievement.get("id") {
        Some(id) => uri(id, at("id"), faults),
        None => faults.add(at("id"), "is missing"),
    }
    faults.check(has_type(achievement, "Achievement"), at("type"), "must contain Achievement");
    for name in ["name", "description"] {
        let fits = achievement.get(name).is_some_and(|text| match text {
            Value::String(text) => !text.is_empty(),
            other => other.as_object().is_some() || other.as_array().is_some(),
        });
        faults.check(fits, at(name), "is missing or empty");
    }
    for (n, alignment) in
        achievement.get("alignment").map(Value::items).unwrap_or_default().iter().enumerate()
    {
        for name in ["targetName", "targetUrl"] {
            let is_there = alignment.str_of(name).is_some();
            faults.check(is_there, format_args!("{}/{n}/{name}", at("alignment")), "is missing");
        }
    }
}

/// Members that are null, which no signature covers, and which the specification forbids (§8.1).
fn nulls<'v>(value: &'v Value<'_>, way: &mut Way<'v>, faults: &mut Faults) {
    match value {
        Value::Null => faults.add(way.pointer(), "is null"),
        Value::Object(object) => {
            for (name, value) in object.iter().filter(|(name, _)| *name != "proof") {
                way.below(Step::Member(name), |way| nulls(value, way, faults));
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                way.below(Step::Item(at), |way| nulls(item, way, faults));
            }
        }
        _ => {}
    }
}

fn has_type(value: &Value<'_>, name: &str) -> bool {
    let types = value.get("type").map(Value::items).unwrap_or_default();
    types.iter().any(|kind| kind.as_str() == Some(name))
}

/// An absolute URI: a scheme and something after it, without white space.
fn uri(value: &Value<'_>, pointer: impl Display, faults: &mut Faults) {
    faults.check(value.as_str().is_some_and(is_iri), pointer, "is not an absolute URI");
}
