//! Open Badges before 3.0: which members must be there, of which kind, and how many, in assertion,
//! badge class, profile, key and endorsement (OB 2.0 §Data classes). The documents are in the plain
//! terms of 2.0 by now, so that aliases, full names and sets of one are all the same.

use super::Finding;
use super::ob2_types::{Kind, Member, is_email, is_iri, judge};
use super::shape::Faults;
use crate::json::Value;
use crate::resolve::form;
use crate::verifier::case::{
    Linked, Ob2, Ob2Form, Ob2What, id_of, is_type, member_of, verification, verification_of,
};
use crate::wire::Ob2Version;

const ASSERTION: &[Member] = &[
    Member::required("recipient", Kind::Object),
    Member::required("badge", Kind::Reference),
    Member::required("verification", Kind::Object),
    Member::required("issuedOn", Kind::Any),
    Member::optional("image", Kind::Image),
    Member::many("evidence", Kind::Reference),
    Member::optional("narrative", Kind::Text),
    Member::optional("expires", Kind::Any),
    Member::optional("revoked", Kind::Boolean),
    Member::optional("revocationReason", Kind::Text),
];

const CLASS: &[Member] = &[
    Member::required("name", Kind::Text),
    Member::required("description", Kind::Text),
    Member::required("image", Kind::Image),
    Member::required("criteria", Kind::Reference),
    Member::required("issuer", Kind::Reference),
    Member::many("alignment", Kind::Object),
    Member::many("tags", Kind::Text),
];

const PROFILE: &[Member] = &[
    Member::required("name", Kind::Text),
    Member::required("url", Kind::Url),
    Member::optional("telephone", Kind::Telephone),
    Member::optional("description", Kind::Text),
    Member::optional("image", Kind::Image),
    Member::many("publicKey", Kind::Reference),
    Member::optional("verification", Kind::Object),
    Member::optional("revocationList", Kind::Reference),
];

const ENDORSEMENT: &[Member] = &[
    Member::required("claim", Kind::Object),
    Member::required("issuer", Kind::Reference),
    Member::required("issuedOn", Kind::Any),
    Member::required("verification", Kind::Object),
];

const KEY: &[Member] =
    &[Member::required("owner", Kind::Reference), Member::required("publicKeyPem", Kind::Text)];

/// What every class may have.
const ANYWHERE: &[Member] = &[
    Member::many("related", Kind::Reference),
    Member::optional("version", Kind::TextOrNumber),
    Member::many("endorsement", Kind::Reference),
    Member::optional("@language", Kind::Language),
];

const EVIDENCE: &[Member] = &[
    Member::optional("id", Kind::Iri),
    Member::optional("narrative", Kind::Text),
    Member::optional("name", Kind::Text),
    Member::optional("description", Kind::Text),
    Member::optional("genre", Kind::Text),
    Member::optional("audience", Kind::Text),
];

const ALIGNMENT: &[Member] = &[
    Member::required("targetName", Kind::Text),
    Member::required("targetUrl", Kind::Url),
    Member::optional("targetDescription", Kind::Text),
    Member::optional("targetFramework", Kind::Text),
    Member::optional("targetCode", Kind::Text),
];

const RELATED: &[Member] = &[
    Member::required("id", Kind::Iri),
    Member::optional("version", Kind::TextOrNumber),
    Member::optional("@language", Kind::Language),
];

/// The context must be that of Open Badges; others may stand beside it. Before 1.1 there was none.
pub(super) fn context(badge: &Ob2, assertion: &Value<'static>) -> Finding {
    if badge.version < Ob2Version::V1_1 {
        return Finding::skip("badges of that time had no context");
    }
    let contexts = assertion.get("@context").map(Value::items).unwrap_or_default();
    let ours = contexts.iter().filter_map(Value::as_str).any(|url| {
        let url = url.trim_end_matches('/');
        url.starts_with("https://w3id.org/openbadges/")
            || url.starts_with("https://openbadgespec.org/")
            || url.starts_with("https://purl.imsglobal.org/spec/ob/v2p")
            || url.starts_with("https://purl.imsglobal.org/ob/v2/")
    });
    if !ours {
        return Finding::fail("no context is that of Open Badges");
    }
    let others: Vec<serde_json::Value> = contexts
        .iter()
        .skip(1)
        .map(|context| context.as_str().unwrap_or("a context written into the document").into())
        .collect();
    if others.is_empty() {
        Finding::pass("the context is that of Open Badges")
    } else {
        Finding::note("there are further contexts, whose members are shown and not judged")
            .fact("contexts", others)
    }
}

/// Members that no context defines are kept and mean nothing (OB 2.0 §JSON-LD).
pub(super) fn terms(badge: &Ob2) -> Finding {
    if badge.notes.unknown.is_empty() {
        return Finding::pass("every member is one of Open Badges");
    }
    let mut unknown: Vec<&str> = badge.notes.unknown.iter().map(String::as_str).collect();
    unknown.sort_unstable();
    unknown.dedup();
    Finding::note("there are members or contexts that Open Badges does not define")
        .fact("members", unknown)
}

pub(super) fn members(badge: &Ob2, faults: &mut Faults) {
    for (pointer, why) in &badge.notes.faults {
        faults.add(pointer.clone(), why.clone());
    }
    if let Some(value) = badge.assertion.value() {
        assertion(value, badge, faults);
    }
    if let Some(value) = badge.class.value() {
        class(value, faults);
    }
    let issuer = match badge.what {
        Ob2What::Award => "/badge/issuer",
        Ob2What::Endorsement => "/issuer",
    };
    if let Some(value) = badge.issuer.value() {
        profile(value, badge.version, issuer, faults);
    }
    for key in badge.keys.iter().filter_map(Linked::value) {
        if badge.version >= Ob2Version::V2_0 {
            let pointer = format!("{issuer}/publicKey");
            typed(key, &["CryptographicKey", "Key"], &pointer, faults);
            judge(key, KEY, &pointer, faults);
        }
    }
}

fn assertion(value: &Value<'static>, badge: &Ob2, faults: &mut Faults) {
    match badge.what {
        Ob2What::Award => {
            typed(value, &["Assertion"], "", faults);
            judge(value, ASSERTION, "", faults);
        }
        Ob2What::Endorsement => {
            typed(value, &["Endorsement"], "", faults);
            judge(value, ENDORSEMENT, "", faults);
            claim(value.get("claim"), faults);
        }
    }
    judge(value, ANYWHERE, "", faults);
    related(value, "", faults);
    match (&badge.form, id_of(value)) {
        (_, None) => faults.add("/id", "is missing"),
        (Ob2Form::Hosted, Some(id)) => {
            faults.check(form::check(id).is_ok(), "/id", "is not a plain web URL");
        }
        (_, Some(_)) if badge.version < Ob2Version::V2_0 => {}
        (_, Some(id)) => {
            let fits = is_uuid(id) || form::check(id).is_ok();
            faults.check(fits, "/id", "is neither a urn:uuid nor a web URL");
        }
    }
    if badge.what == Ob2What::Award {
        recipient(value.get("recipient"), badge.version, faults);
    }
    let expected = match badge.form {
        Ob2Form::Hosted => ("HostedBadge", "hosted"),
        _ => ("SignedBadge", "signed"),
    };
    if let Some(rules) = verification(value).filter(|rules| rules.as_object().is_some()) {
        match verification_of(value) {
            None => faults.add("/verification/type", "is missing"),
            Some(kind) => faults.check(
                is_type(kind, expected.0, expected.1),
                "/verification/type",
                "does not say how this badge is carried",
            ),
        }
        let creator = rules.get("creator").is_none_or(|found| id_of(found).is_some_and(is_iri));
        faults.check(creator, "/verification/creator", "is not an IRI");
    }
    let evidence = value.get("evidence").map(Value::items).unwrap_or_default();
    for (at, item) in evidence.iter().enumerate() {
        let pointer = format!("/evidence/{at}");
        match item {
            Value::String(text) => faults.check(is_iri(text), pointer, "is not an IRI"),
            item => judge(item, EVIDENCE, &pointer, faults),
        }
    }
    // A baked image lies somewhere; inside its own badge it cannot.
    if let Some(image) = value.get("image").and_then(id_of) {
        faults.check(!image.starts_with("data:"), "/image", "must not be a data URI");
    }
}

fn claim(claim: Option<&Value<'static>>, faults: &mut Faults) {
    let Some(claim) = claim.filter(|claim| claim.as_object().is_some()) else { return };
    let id = id_of(claim);
    faults.check(id.is_some_and(is_iri), "/claim/id", "is not an IRI");
    let comment = [Member::optional("endorsementComment", Kind::Text)];
    judge(claim, &comment, "/claim", faults);
}

/// `urn:uuid:` and a UUID of RFC 4122.
fn is_uuid(id: &str) -> bool {
    id.strip_prefix("urn:uuid:").is_some_and(|rest| {
        rest.len() == 36 && uuid::Uuid::try_parse(rest).is_ok_and(|id| !id.is_nil())
    })
}

fn recipient(recipient: Option<&Value<'_>>, version: Ob2Version, faults: &mut Faults) {
    let Some(recipient) = recipient.filter(|found| found.as_object().is_some()) else { return };
    let kind =
        member_of(recipient, &["type", "@type"]).and_then(|kind| kind.items().first()?.as_str());
    // The kind is the name of a property of the recipient's profile.
    let known = kind.is_some_and(|kind| {
        matches!(kind, "id" | "email" | "url" | "telephone" | "@id") || is_iri(kind)
    });
    faults.check(known, "/recipient/type", "is not the name of a property of profiles");
    let identity = recipient.str_of("identity");
    faults.check(
        identity.is_some_and(|text| !text.is_empty()),
        "/recipient/identity",
        "must be a text",
    );
    let hashed = recipient.get("hashed").and_then(Value::as_bool);
    faults.check(hashed.is_some(), "/recipient/hashed", "must be true or false");
    let salt = recipient.get("salt").is_none_or(|salt| salt.as_str().is_some());
    faults.check(salt, "/recipient/salt", "must be a text");
    if let (Some(identity), Some(hashed)) = (identity, hashed) {
        let older = version < Ob2Version::V2_0 && super::recipient::is_sha1(identity);
        let fits = (super::recipient::is_hash(identity) || older) == hashed;
        faults.check(fits, "/recipient/identity", "does not agree with `hashed`");
    }
}

fn class(value: &Value<'static>, faults: &mut Faults) {
    typed(value, &["BadgeClass"], "/badge", faults);
    judge(value, CLASS, "/badge", faults);
    judge(value, ANYWHERE, "/badge", faults);
    related(value, "/badge", faults);
    if let Some(criteria) = value.get("criteria") {
        match criteria {
            Value::String(text) => {
                faults.check(is_iri(text), "/badge/criteria", "is not an IRI");
            }
            criteria => {
                let members =
                    [Member::optional("id", Kind::Iri), Member::optional("narrative", Kind::Text)];
                judge(criteria, &members, "/badge/criteria", faults);
            }
        }
    }
    let alignment = value.get("alignment").map(Value::items).unwrap_or_default();
    for (at, alignment) in alignment.iter().enumerate() {
        judge(alignment, ALIGNMENT, &format!("/badge/alignment/{at}"), faults);
    }
}

fn profile(value: &Value<'static>, version: Ob2Version, pointer: &str, faults: &mut Faults) {
    typed(value, &["Issuer", "Profile"], pointer, faults);
    judge(value, PROFILE, pointer, faults);
    judge(value, ANYWHERE, pointer, faults);
    related(value, pointer, faults);
    let at = |name: &str| format!("{pointer}/{name}");
    match value.get("email") {
        None => faults.check(version < Ob2Version::V2_0, at("email"), "is missing"),
        Some(email) => {
            faults.check(email.as_str().is_some_and(is_email), at("email"), "is not an address");
        }
    }
    let Some(rules) = verification(value) else { return };
    let origins = rules.get("allowedOrigins").map(Value::items).unwrap_or_default();
    let fits = origins.iter().all(|origin| {
        origin.as_str().is_some_and(|origin| {
            !origin.is_empty() && !origin.contains(['/', '@', '?', '#', '\\'])
        })
    });
    faults.check(fits, at("verification/allowedOrigins"), "must be host names");
    let starts = rules.get("startsWith").map(Value::items).unwrap_or_default();
    let fits = starts.iter().all(|start| start.as_str().is_some_and(|s| form::check(s).is_ok()));
    faults.check(fits, at("verification/startsWith"), "must be web URLs");
    let property = rules.get("verificationProperty").map(Value::items).unwrap_or_default();
    let fits = property.iter().all(|name| matches!(name.as_str(), Some("id" | "@id")));
    faults.check(fits, at("verification/verificationProperty"), "can only be id");
}

fn related(value: &Value<'_>, pointer: &str, faults: &mut Faults) {
    let related = value.get("related").map(Value::items).unwrap_or_default();
    for (at, item) in related.iter().enumerate() {
        let pointer = format!("{pointer}/related/{at}");
        match item {
            Value::String(text) => faults.check(is_iri(text), pointer, "is not an IRI"),
            item => judge(item, RELATED, &pointer, faults),
        }
    }
}

/// The class that a thing must be of; further types are terms or IRIs.
fn typed(value: &Value<'_>, names: &[&str], pointer: &str, faults: &mut Faults) {
    let types = member_of(value, &["type", "@type"]).map(Value::items).unwrap_or_default();
    let fits = types
        .iter()
        .filter_map(Value::as_str)
        .any(|kind| names.contains(&kind.rsplit(['#', ':', '/']).next().unwrap_or_default()));
    let wanted = names.join(" or ");
    faults.check(fits, format!("{pointer}/type"), &format!("must contain {wanted}"));
}

/// Whether the copy of a badge class or profile is only the badge's word.
pub(super) fn is_copy(linked: &Linked) -> bool {
    matches!(linked, Linked::Embedded(_))
}
