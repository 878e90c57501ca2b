//! Open Badges 2.0: required members and their kinds in assertion, badge class and profile.

use super::Finding;
use super::shape::Faults;
use crate::json::Value;
use crate::resolve::form;
use crate::verifier::case::{
    Linked, Ob2, Ob2Form, id_of, is_type, member_of, verification, verification_of,
};

/// The context must be that of Open Badges; others may stand beside it.
pub(super) fn context(assertion: &Value<'static>) -> Finding {
    let contexts = assertion.get("@context").map(Value::items).unwrap_or_default();
    let ours = contexts.iter().filter_map(Value::as_str).any(|url| {
        let url = url.trim_end_matches('/');
        url.starts_with("https://w3id.org/openbadges/")
            || url.starts_with("https://openbadgespec.org/v2/")
            || url.starts_with("https://purl.imsglobal.org/spec/ob/v2p")
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

/// Members of an assertion that Open Badges 2.0 and 2.1 define.
const ASSERTION: [&str; 24] = [
    "@context",
    "@id",
    "@type",
    "@language",
    "id",
    "type",
    "uid",
    "recipient",
    "badge",
    "verification",
    "verify",
    "issuedOn",
    "image",
    "evidence",
    "narrative",
    "expires",
    "revoked",
    "revocationReason",
    "related",
    "version",
    "endorsement",
    "issued_on",
    "salt",
    "schema:location",
];

pub(super) fn terms(assertion: &Value<'static>) -> Finding {
    let object = assertion.as_object();
    let unmapped: Vec<serde_json::Value> = object
        .iter()
        .flat_map(|object| object.iter())
        .map(|(name, _)| name)
        .filter(|name| !ASSERTION.contains(name) && !name.contains(':'))
        .take(32)
        .map(Into::into)
        .collect();
    if unmapped.is_empty() {
        Finding::pass("every member of the assertion is one of Open Badges")
    } else {
        Finding::note("the assertion has members that Open Badges does not define")
            .fact("members", unmapped)
    }
}

pub(super) fn members(badge: &Ob2, faults: &mut Faults) {
    if let Some(value) = badge.assertion.value() {
        assertion(value, badge, faults);
    }
    if let Some(value) = badge.class.value() {
        class(value, faults);
    }
    if let Some(value) = badge.issuer.value() {
        profile(value, faults);
    }
}

fn assertion(value: &Value<'static>, badge: &Ob2, faults: &mut Faults) {
    typed(value, &["Assertion"], "", faults);
    let id = id_of(value);
    match (&badge.form, id) {
        (_, None) => faults.add("/id", "is missing"),
        (Ob2Form::Hosted, Some(id)) => {
            faults.check(form::check(id).is_ok(), "/id", "is not a plain web URL");
        }
        (_, Some(id)) => {
            let fits = id.starts_with("urn:uuid:") || form::check(id).is_ok();
            faults.check(fits, "/id", "is neither a urn:uuid nor a web URL");
        }
    }
    recipient(value.get("recipient"), faults);
    faults.check(value.get("badge").is_some(), "/badge", "is missing");
    let several = value.get("badge").is_some_and(|found| found.items().len() > 1);
    faults.check(!several, "/badge", "there are several");
    faults.check(value.get("issuedOn").is_some(), "/issuedOn", "is missing");
    let expected = match badge.form {
        Ob2Form::Hosted => ("HostedBadge", "hosted"),
        _ => ("SignedBadge", "signed"),
    };
    match verification_of(value) {
        None => faults.add("/verification", "is missing or has no type"),
        Some(kind) => faults.check(
            is_type(kind, expected.0, expected.1),
            "/verification/type",
            "does not say how this badge is carried",
        ),
    }
    for (at, item) in value.get("evidence").map(Value::items).unwrap_or_default().iter().enumerate()
    {
        if let Some(text) = item.as_str() {
            faults.check(form::check(text).is_ok(), format!("/evidence/{at}"), "is not a web URL");
        }
    }
    if let Some(image) = value.get("image").and_then(id_of) {
        faults.check(!image.starts_with("data:"), "/image", "must not be a data URI");
    }
}

fn recipient(recipient: Option<&Value<'_>>, faults: &mut Faults) {
    let Some(recipient) = recipient.and_then(|found| found.items().first()) else {
        faults.add("/recipient", "is missing");
        return;
    };
    let kind =
        member_of(recipient, &["type", "@type"]).and_then(|kind| kind.items().first()?.as_str());
    faults.check(kind.is_some(), "/recipient/type", "is missing");
    let identity = recipient.str_of("identity");
    faults.check(
        identity.is_some_and(|text| !text.is_empty()),
        "/recipient/identity",
        "must be a text",
    );
    let hashed = recipient.get("hashed").and_then(Value::as_bool);
    faults.check(hashed.is_some(), "/recipient/hashed", "must be true or false");
    if let (Some(identity), Some(hashed)) = (identity, hashed) {
        let fits = super::recipient::is_hash(identity) == hashed;
        faults.check(fits, "/recipient/identity", "does not agree with `hashed`");
    }
}

fn class(value: &Value<'static>, faults: &mut Faults) {
    typed(value, &["BadgeClass"], "/badge", faults);
    for name in ["name", "description"] {
        text(value, name, "/badge", faults);
    }
    faults.check(value.get("criteria").is_some(), "/badge/criteria", "is missing");
    faults.check(value.get("issuer").is_some(), "/badge/issuer", "is missing");
    let image = value.get("image").and_then(|image| image.items().first()).and_then(id_of);
    faults.check(image.is_some(), "/badge/image", "is missing");
    for (at, alignment) in
        value.get("alignment").map(Value::items).unwrap_or_default().iter().enumerate()
    {
        let pointer = |name: &str| format!("/badge/alignment/{at}/{name}");
        faults.check(alignment.str_of("targetName").is_some(), pointer("targetName"), "is missing");
        let url = alignment.get("targetUrl").and_then(id_of);
        let fits = url.is_some_and(|url| form::check(url).is_ok());
        faults.check(fits, pointer("targetUrl"), "is not a web URL");
    }
}

fn profile(value: &Value<'static>, faults: &mut Faults) {
    typed(value, &["Issuer", "Profile"], "/badge/issuer", faults);
    for name in ["name", "email"] {
        text(value, name, "/badge/issuer", faults);
    }
    let url = value.get("url").and_then(id_of);
    faults.check(
        url.is_some_and(|url| form::check(url).is_ok()),
        "/badge/issuer/url",
        "is not a web URL",
    );
    if let Some(rules) = verification(value) {
        let origins = rules.get("allowedOrigins").map(Value::items).unwrap_or_default();
        let fits = origins.iter().all(|origin| {
            origin.as_str().is_some_and(|origin| !origin.contains(['/', '@', '?', '#', '\\']))
        });
        faults.check(fits, "/badge/issuer/verification/allowedOrigins", "must be host names");
    }
}

fn typed(value: &Value<'_>, names: &[&str], pointer: &str, faults: &mut Faults) {
    let types = member_of(value, &["type", "@type"]).map(Value::items).unwrap_or_default();
    let fits = types
        .iter()
        .filter_map(Value::as_str)
        .any(|kind| names.contains(&kind.rsplit(['#', ':', '/']).next().unwrap_or_default()));
    let wanted = names.join(" or ");
    faults.check(fits, format!("{pointer}/type"), &format!("must contain {wanted}"));
}

fn text(value: &Value<'_>, name: &str, pointer: &str, faults: &mut Faults) {
    let found = value.get(name).and_then(|found| found.items().first());
    let fits = found.is_some_and(|found| match found {
        Value::String(text) => !text.is_empty(),
        Value::Object(_) => true,
        _ => false,
    });
    faults.check(fits, format!("{pointer}/{name}"), "is missing or no text");
}

/// Whether the copy of a badge class or profile is only the badge's word.
pub(super) fn is_copy(linked: &Linked) -> bool {
    matches!(linked, Linked::Embedded(_))
}
