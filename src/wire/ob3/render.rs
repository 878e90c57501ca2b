//! An award as AchievementCredential (Open Badges 3.0 §B.1.1), without its proof.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::CONTEXTS;
use super::render_achievement::{achievement, level_id, result_description_id};
use super::render_profile::profile;
use crate::domain::{
    AchievedResult, Assertion, BadgeClass, Evidence, HashedIdentity, IdentityType, IssuerProfile,
    Recipient, StatusEntry,
};
use crate::json::Value;
use crate::urls::Urls;
use crate::wire::members::{Light, number};

/// One award with everything that its documents speak of.
#[derive(Clone, Copy, Debug)]
pub struct Edition<'a> {
    /// Where documents stand.
    pub urls: &'a Urls,
    /// The issuer.
    pub issuer: &'a IssuerProfile,
    /// The issuer's DID.
    pub issuer_id: &'a str,
    /// The version of the badge class that was awarded.
    pub class: &'a BadgeClass,
    /// The award.
    pub assertion: &'a Assertion,
}

/// The credential that is signed: the document of the badge link without `proof`.
///
/// It never carries evidence that is not public, nor a name that may not be shown.
pub fn credential(edition: &Edition<'_>) -> Json {
    let Edition { urls, issuer, issuer_id, class, .. } = edition;
    let issuer = Value::from(&profile(urls, issuer, issuer_id));
    let achievement = Value::from(&achievement(urls, class));
    Json::from(&around(edition, issuer, achievement))
}

/// What all credentials of a badge class have in common, written once: issuer and achievement.
#[derive(Clone, Debug)]
pub struct Common {
    issuer: String,
    achievement: String,
}

impl Common {
    /// The ways to it in a credential.
    pub const WAYS: [&[&str]; 2] = [&["issuer"], &["credentialSubject", "achievement"]];

    /// What the credentials of this edition's issuer and badge class have in common.
    pub fn of(edition: &Edition<'_>) -> Self {
        let Edition { urls, issuer, issuer_id, class, .. } = edition;
        Self {
            issuer: profile(urls, issuer, issuer_id).to_string(),
            achievement: achievement(urls, class).to_string(),
        }
    }

    /// The text of the [`credential`] of another award of that badge class.
    pub fn credential(&self, edition: &Edition<'_>) -> String {
        let mut frame = String::with_capacity(4096);
        // Writing to a `String` cannot fail.
        let _ = around(edition, HOLE.into(), HOLE.into()).write(&mut frame);
        let common = self.issuer.len() + self.achievement.len();
        let mut text = String::with_capacity(frame.len() + common + PROOF);
        let mut rest = frame.as_str();
        for (hole, member, common) in [
            (r#""issuer":"\u0001""#, r#""issuer":"#, &self.issuer),
            (r#""achievement":"\u0001""#, r#""achievement":"#, &self.achievement),
        ] {
            if let Some((before, after)) = rest.split_once(hole) {
                text.extend([before, member, common]);
                rest = after;
            }
        }
        text.push_str(rest);
        text
    }
}

/// Stands where a common part comes. A control character is escaped wherever it stands in a text, so
/// that nothing that people wrote looks like a hole.
const HOLE: &str = "\u{1}";

/// Room for the proof that the text gets.
const PROOF: usize = 512;

fn around<'e>(edition: &Edition<'e>, issuer: Value<'e>, achievement: Value<'e>) -> Value<'e> {
    let Edition { urls, class, assertion, .. } = *edition;
    let public = || assertion.evidence.iter().filter(|item| item.public);
    let mut members = Light::new();
    members.set("@context", texts(&CONTEXTS));
    members.set("id", urls.badge(&assertion.id));
    members.set("type", texts(&["VerifiableCredential", "OpenBadgeCredential"]));
    members.set("name", class.name.as_str());
    members.set("issuer", issuer);
    members.set("validFrom", assertion.valid_from.to_string());
    members.set_if("validUntil", assertion.expires.map(|end| end.to_string()));
    members.set("awardedDate", assertion.issued_on.to_string());
    members.set("credentialSubject", subject(edition, achievement));
    members.set_list("evidence", public().map(evidence));
    members.set_list("relatedResource", public().filter_map(digest));
    members.set_if("credentialStatus", status(edition));
    members.done()
}

fn texts(texts: &[&'static str]) -> Value<'static> {
    Value::Array(texts.iter().map(|text| Value::from(*text)).collect())
}

/// The claims of the VC-JWT form: the members of the credential and the registered claims that
/// agree with them (Open Badges 3.0 §8.2).
pub fn jwt_payload(edition: &Edition<'_>) -> Json {
    let mut payload = credential(edition);
    if let Json::Object(members) = &mut payload {
        let assertion = edition.assertion;
        members.insert("iss".to_owned(), json!(edition.issuer_id));
        members.insert("sub".to_owned(), json!(subject_id(assertion)));
        members.insert("jti".to_owned(), json!(edition.urls.badge(&assertion.id)));
        members.insert("nbf".to_owned(), json!(assertion.valid_from.as_second()));
        if let Some(end) = assertion.expires {
            members.insert("exp".to_owned(), json!(end.as_second()));
        }
    }
    payload
}

/// The id of the subject: her DID, or a random URN that is the same in every Open Badges 3.0 form
/// of the award.
pub fn subject_id(assertion: &Assertion) -> String {
    assertion
        .recipient
        .did()
        .map_or_else(|| format!("urn:uuid:{}", assertion.subject_uuid), str::to_owned)
}

fn subject<'e>(edition: &Edition<'e>, achievement: Value<'e>) -> Value<'e> {
    let Edition { assertion, .. } = *edition;
    let mut members = Light::new();
    members.set("id", subject_id(assertion));
    members.set("type", texts(&["AchievementSubject"]));
    members.set_list("identifier", identifiers(&assertion.recipient));
    members.set("achievement", achievement);
    members.set_list("result", assertion.results.iter().map(|reached| result(edition, reached)));
    members.set_if("narrative", assertion.narrative.as_deref());
    members.set_if("role", assertion.role.as_deref());
    members.set_if("term", assertion.term.as_deref());
    members.set_if("activityStartDate", assertion.activity_start.map(|at| at.to_string()));
    members.set_if("activityEndDate", assertion.activity_end.map(|at| at.to_string()));
    members.set_if(
        "creditsEarned",
        assertion.credits_earned.map(|c| Value::from(&number(c.number()))),
    );
    members.set_if("licenseNumber", assertion.license_number.as_deref());
    members.set_if(
        "source",
        assertion.source.as_ref().map(|source| {
            let mut members = Light::new();
            members.set("id", source.url.as_str());
            members.set("type", texts(&["Profile"]));
            members.set_if("name", source.name.as_deref());
            members.set("url", source.url.as_str());
            members.done()
        }),
    );
    members.done()
}

/// Every identity but the DID that is the subject's id; the name only where it may be shown.
fn identifiers(recipient: &Recipient) -> Vec<Value<'_>> {
    let did = recipient.did();
    let mut entries: Vec<Value<'_>> = recipient
        .identities
        .iter()
        .filter(|identity| identity.kind != IdentityType::Did || Some(&*identity.value) != did)
        .map(|identity| {
            let hash = recipient.hashed.then(|| recipient.hash(identity));
            identity_object(identity_term(&identity.kind), &identity.value, hash)
        })
        .collect();
    if let Some(name) = recipient.name.as_deref().filter(|_| recipient.name_public) {
        entries.push(identity_object("name", name, None));
    }
    entries
}

fn identity_object<'e>(term: &'e str, plain: &'e str, hash: Option<HashedIdentity>) -> Value<'e> {
    let mut members = Light::new();
    members.set("type", "IdentityObject");
    members.set("identityType", term);
    members.set("hashed", hash.is_some());
    match hash {
        Some(HashedIdentity { hash, salt }) => {
            members.set("identityHash", hash);
            members.set("salt", salt);
        }
        None => members.set("identityHash", plain),
    }
    members.done()
}

/// Open Badges 3.0 IdentifierTypeEnum lacks web page and telephone, so those are terms of ours.
fn identity_term(kind: &IdentityType) -> &str {
    match kind {
        IdentityType::Email => "emailAddress",
        IdentityType::Did => "ext:did",
        IdentityType::Url => "ext:url",
        IdentityType::Telephone => "ext:telephone",
        IdentityType::Other(term) => term,
    }
}

fn result<'e>(edition: &Edition<'e>, reached: &'e AchievedResult) -> Value<'e> {
    let Edition { urls, class, .. } = *edition;
    let mut members = Light::new();
    members.set("type", texts(&["Result"]));
    members.set("resultDescription", result_description_id(urls, class, &reached.description));
    members.set_if(
        "achievedLevel",
        reached.level.as_ref().map(|level| level_id(urls, class, &reached.description, level)),
    );
    members.set_if("value", reached.value.as_deref());
    members.set_if("status", reached.status.map(|status| status.as_str()));
    members.done()
}

fn evidence(item: &Evidence) -> Value<'_> {
    let mut members = Light::new();
    members.set_if("id", item.url.as_ref().map(|url| url.as_str()));
    members.set("type", texts(&["Evidence"]));
    members.set_if("name", item.name.as_deref());
    members.set_if("description", item.description.as_deref());
    members.set_if("narrative", item.narrative.as_deref());
    members.set_if("genre", item.genre.as_deref());
    members.set_if("audience", item.audience.as_deref());
    members.done()
}

/// The digest that ties the signature to what stood at a URL (Verifiable Credentials 2.0 §5.3,
/// Subresource Integrity); `None` when there is none or it is no SHA-256 in hex.
fn digest(item: &Evidence) -> Option<Value<'_>> {
    let (url, hex) = (item.url.as_ref()?, item.sha256.as_deref()?);
    let bytes: Vec<u8> = (0..hex.len() / 2)
        .map(|at| u8::from_str_radix(hex.get(at * 2..at * 2 + 2)?, 16).ok())
        .collect::<Option<_>>()?;
    let mut members = Light::new();
    members.set("id", url.as_str());
    members.set("digestSRI", format!("sha256-{}", STANDARD.encode(bytes)));
    Some(members.done())
}

/// One object where there is one entry, as the published schema wants; an array for suspendable
/// badge classes.
fn status(edition: &Edition<'_>) -> Option<Value<'static>> {
    let mut entries: Vec<Value<'static>> =
        edition.assertion.status.iter().map(|entry| status_entry(edition, entry)).collect();
    if entries.len() > 1 { Some(Value::Array(entries)) } else { entries.pop() }
}

/// Bitstring Status List v1.0 §2.1.
fn status_entry(edition: &Edition<'_>, entry: &StatusEntry) -> Value<'static> {
    let list = edition.urls.status_list(&edition.issuer.slug, entry.purpose, entry.list);
    let mut members = Light::new();
    members.set("id", format!("{list}#{}", entry.index));
    members.set("type", "BitstringStatusListEntry");
    members.set("statusPurpose", entry.purpose.as_str());
    members.set("statusListIndex", entry.index.to_string());
    members.set("statusListCredential", list);
    members.done()
}
