//! A badge of Open Badges before 3.0: its assertion, badge class, issuer, keys and revocation list.

use super::link::{Linked, body_of, id_of, is_web};
use super::token::Token;
use super::{member_of, text_of};
use crate::json::Value;
use crate::resolve::Document;
use crate::verifier::dossier::{Dossier, Need, Role};
use crate::wire::Ob2Version;

/// Keys of one issuer that are looked at, when the badge does not say which signed.
const MAX_KEYS: usize = 4;

/// A badge of Open Badges before 3.0.
pub(in crate::verifier) struct Ob2 {
    pub(in crate::verifier) version: Ob2Version,
    pub(in crate::verifier) form: Ob2Form,
    /// What was given: only a pointer to the hosted document, or the signed payload itself.
    pub(in crate::verifier) given: Value<'static>,
    /// What is judged.
    pub(in crate::verifier) assertion: Linked,
    /// The id that led away from the first document fetched, which did not carry its own URL.
    pub(in crate::verifier) moved_from: Option<String>,
    pub(in crate::verifier) class: Linked,
    pub(in crate::verifier) issuer: Linked,
    /// Candidates for the key, as the hosted profile names them, the one the badge names first.
    pub(in crate::verifier) keys: Vec<Linked>,
    pub(in crate::verifier) revocations: Linked,
}

/// How it is carried.
pub(in crate::verifier) enum Ob2Form {
    /// At its own URL.
    Hosted,
    /// In a token.
    Signed(Token),
    /// It says that it is signed, and is not.
    Unsigned,
}

impl Ob2 {
    /// A JSON assertion that was given, or that a URL which was given led to.
    pub(super) fn hosted(
        dossier: &Dossier,
        version: Ob2Version,
        given: Value<'static>,
        source: Option<&str>,
    ) -> Self {
        if verification_of(&given).is_some_and(|kind| is_type(kind, "SignedBadge", "signed")) {
            return Self::linked(
                dossier,
                version,
                Ob2Form::Unsigned,
                Linked::Embedded(given.clone()),
                None,
                given,
            );
        }
        let (mut assertion, mut moved_from) = (Linked::Absent, None);
        let first = match source {
            Some(url) => Some(url.to_owned()),
            None => pointer_of(&given).map(str::to_owned),
        };
        if let Some(first) = first {
            assertion = fetched_assertion(dossier, &first);
            // A served id that differs from its URL is fetched once, and that document judged.
            let elsewhere = assertion
                .value()
                .and_then(id_of)
                .filter(|id| is_web(id) && !same_url(id, &first))
                .map(str::to_owned);
            if let Some(id) = elsewhere {
                assertion = fetched_assertion(dossier, &id);
                moved_from = Some(first);
            }
        }
        Self::linked(dossier, version, Ob2Form::Hosted, assertion, moved_from, given)
    }

    /// An assertion in a token.
    pub(super) fn signed(dossier: &Dossier, version: Ob2Version, token: Token) -> Self {
        let given = token.claims.clone();
        let assertion = Linked::Embedded(given.clone());
        Self::linked(dossier, version, Ob2Form::Signed(token), assertion, None, given)
    }

    /// A URL that answered 410.
    pub(super) fn withdrawn(url: &str, body: Option<&Document>) -> Self {
        let body = body_of(body);
        Self {
            version: Ob2Version::V2_0,
            form: Ob2Form::Hosted,
            given: body.clone().unwrap_or(Value::Null),
            assertion: Linked::Gone { url: url.to_owned(), body },
            moved_from: None,
            class: Linked::Absent,
            issuer: Linked::Absent,
            keys: Vec::new(),
            revocations: Linked::Absent,
        }
    }

    #[cfg(test)]
    pub(in crate::verifier) fn for_test(assertion: Linked) -> Self {
        Self { assertion, ..Self::withdrawn("", None) }
    }

    fn linked(
        dossier: &Dossier,
        version: Ob2Version,
        form: Ob2Form,
        assertion: Linked,
        moved_from: Option<String>,
        given: Value<'static>,
    ) -> Self {
        let class = match assertion.value() {
            Some(value) => Linked::follow(dossier, Role::BadgeClass, value.get("badge")),
            None => Linked::Absent,
        };
        let issuer = match class.value() {
            Some(value) => Linked::follow(dossier, Role::Issuer, value.get("issuer")),
            None => Linked::Absent,
        };
        let mut badge = Self {
            version,
            form,
            given,
            assertion,
            moved_from,
            class,
            issuer,
            keys: Vec::new(),
            revocations: Linked::Absent,
        };
        if matches!(badge.form, Ob2Form::Signed(_))
            && let Linked::Hosted { value: profile, .. } = &badge.issuer
        {
            badge.keys = keys(dossier, profile, badge.creator());
            badge.revocations =
                Linked::follow(dossier, Role::RevocationList, profile.get("revocationList"));
        }
        badge
    }

    /// Whether its address, and not a signature, is its proof.
    pub(in crate::verifier) fn is_hosted(&self) -> bool {
        matches!(self.form, Ob2Form::Hosted)
    }

    /// What there is to be shown of the assertion.
    pub(in crate::verifier) fn shown(&self) -> Option<&Value<'static>> {
        match &self.assertion {
            Linked::Gone { body, .. } => body.as_ref(),
            linked => linked.value(),
        }
    }

    /// The key that the badge names.
    pub(in crate::verifier) fn creator(&self) -> Option<&str> {
        id_of(verification(self.assertion.value()?)?.get("creator")?)
    }

    pub(super) fn needs(&self, dossier: &Dossier) -> Vec<Need> {
        let mut needs: Vec<Need> = [
            (Role::Assertion, &self.assertion),
            (Role::BadgeClass, &self.class),
            (Role::Issuer, &self.issuer),
            (Role::RevocationList, &self.revocations),
        ]
        .into_iter()
        .filter_map(|(role, linked)| linked.need(role))
        .collect();
        needs.extend(self.keys.iter().filter_map(|key| key.need(Role::Key)));
        needs.retain(|need| dossier.find(need.role, &need.name).is_none());
        needs
    }
}

/// The URL at which an assertion says it is hosted (`verify.url` before 1.1).
fn pointer_of<'v>(assertion: &'v Value<'_>) -> Option<&'v str> {
    id_of(assertion)
        .filter(|id| is_web(id))
        .or_else(|| verification(assertion)?.str_of("url").filter(|url| is_web(url)))
}

/// The assertion at `url`; when `url` is what was given, what it led to is already there.
fn fetched_assertion(dossier: &Dossier, url: &str) -> Linked {
    match dossier.find(Role::Assertion, url).or_else(|| dossier.find(Role::Input, url)) {
        Some(outcome) => Linked::of(url, outcome),
        None => Linked::Pending { url: url.to_owned() },
    }
}

/// The keys of a hosted profile. The badge may name one of them; a key that the profile does not
/// list is never looked at.
fn keys(dossier: &Dossier, profile: &Value<'_>, creator: Option<&str>) -> Vec<Linked> {
    let listed = profile.get("publicKey").map(Value::items).unwrap_or_default();
    listed
        .iter()
        .filter(|key| creator.is_none() || id_of(key) == creator)
        .take(MAX_KEYS)
        .map(|key| match key.as_object() {
            // The hosted profile's own statement needs no second document.
            Some(_) if key.get("publicKeyPem").is_some() => {
                Linked::Embedded(key.clone().into_owned())
            }
            _ => Linked::follow(dossier, Role::Key, Some(key)),
        })
        .collect()
}

/// The `verification` of an assertion or profile; `verify` is its older name.
pub(in crate::verifier) fn verification<'v, 'a>(value: &'v Value<'a>) -> Option<&'v Value<'a>> {
    member_of(value, &["verification", "verify"])?.items().first()
}

/// The type of the verification.
pub(in crate::verifier) fn verification_of<'v>(assertion: &'v Value<'_>) -> Option<&'v str> {
    text_of(verification(assertion)?, &["type", "@type"])
}

/// Whether a type is this one, under its long or its short name.
pub(in crate::verifier) fn is_type(found: &str, long: &str, short: &str) -> bool {
    found == short || found.rsplit(['#', ':', '/']).next() == Some(long)
}

/// Whether two URLs are the same, however they are spelled.
pub(in crate::verifier) fn same_url(one: &str, other: &str) -> bool {
    one == other
        || match (url::Url::parse(one), url::Url::parse(other)) {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
        }
}
