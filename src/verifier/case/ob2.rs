//! A badge of Open Badges before 3.0: its assertion, badge class, issuer, keys and revocation list.

use super::keys::same_origin;
use super::link::{Linked, body_of, id_of, is_web};
use super::plain::{As, Notes, plain};
use super::token::Token;
use super::{Bench, member_of, text_of};
use crate::json::Value;
use crate::resolve::{Document, Outcome};
use crate::verifier::dossier::{Dossier, Need, Role};
use crate::wire::{DocumentKind, Ob2Version, detect};

/// Keys of one issuer that are looked at, when the badge does not say which signed.
const MAX_KEYS: usize = 4;

/// A badge of Open Badges before 3.0, or an endorsement of 2.0, in the terms of 2.0.
pub(in crate::verifier) struct Ob2 {
    pub(in crate::verifier) what: Ob2What,
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
    /// What was found while the documents were read.
    pub(in crate::verifier) notes: Notes,
}

/// What it states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::verifier) enum Ob2What {
    /// That somebody earned something.
    Award,
    /// That somebody vouches for something.
    Endorsement,
}

impl Ob2What {
    fn role(self) -> Role {
        match self {
            Self::Award => Role::Assertion,
            Self::Endorsement => Role::Endorsement,
        }
    }
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
        bench: Bench<'_>,
        what: Ob2What,
        version: Ob2Version,
        given: Value<'static>,
        source: Option<&str>,
    ) -> Self {
        let mut notes = Notes::default();
        let read = plain(&given, As::Assertion, source, version, bench.contexts);
        let pointer = source.or_else(|| pointer_of(&read.value)).map(str::to_owned);
        let signed =
            verification_of(&read.value).is_some_and(|kind| is_type(kind, "SignedBadge", "signed"));
        let badge = Self { what, version, given: read.value.clone(), ..Self::empty() };
        if signed {
            let assertion = Linked::Embedded(notes.take(As::Assertion, read));
            return Self { form: Ob2Form::Unsigned, assertion, notes, ..badge }
                .linked(dossier, bench);
        }
        let Some(first) = pointer else { return badge };
        badge.at(dossier, bench, first)
    }

    /// An endorsement that is known by its URL.
    pub(super) fn endorsement_at(dossier: &Dossier, bench: Bench<'_>, url: &str) -> Self {
        let empty = Self { what: Ob2What::Endorsement, ..Self::empty() };
        empty.at(dossier, bench, url.to_owned())
    }

    /// The hosted document at `first`, or where that leads.
    fn at(mut self, dossier: &Dossier, bench: Bench<'_>, first: String) -> Self {
        let role = self.what.role();
        let fetched = |url: &str, version| {
            let mut notes = Notes::default();
            let linked = fetched_assertion(dossier, role, url);
            let version = linked.value().map_or(version, |value| version_in(value, version));
            (linked.plain(As::Assertion, version, bench.contexts, &mut notes), notes, version)
        };
        let mut found = fetched(&first, self.version);
        // A served id that differs from its URL is fetched once, and that document judged.
        let elsewhere = found
            .0
            .value()
            .and_then(id_of)
            .filter(|id| is_web(id) && !same_url(id, &first))
            .map(str::to_owned);
        if let Some(id) = elsewhere {
            found = fetched(&id, found.2);
            self.moved_from = Some(first);
        }
        let (assertion, notes, version) = found;
        let assertion = match assertion {
            // What is left of a revoked badge, served with 200.
            Linked::Hosted { url, value, .. } if is_stripped(&value) => {
                Linked::Gone { url, body: Some(value) }
            }
            other => other,
        };
        Self { assertion, notes, version, ..self }.linked(dossier, bench)
    }

    /// An assertion in a token.
    pub(super) fn signed(
        dossier: &Dossier,
        bench: Bench<'_>,
        what: Ob2What,
        version: Ob2Version,
        token: Token,
    ) -> Self {
        let mut notes = Notes::default();
        let read = plain(&token.claims, As::Assertion, None, version, bench.contexts);
        let given = notes.take(As::Assertion, read);
        let assertion = Linked::Embedded(given.clone());
        let form = Ob2Form::Signed(token);
        Self { what, version, form, given, assertion, notes, ..Self::empty() }
            .linked(dossier, bench)
    }

    /// A URL that answered 410.
    pub(super) fn withdrawn(url: &str, body: Option<&Document>) -> Self {
        let body = body_of(body);
        Self {
            given: body.clone().unwrap_or(Value::Null),
            assertion: Linked::Gone { url: url.to_owned(), body },
            ..Self::empty()
        }
    }

    fn empty() -> Self {
        Self {
            what: Ob2What::Award,
            version: Ob2Version::V2_0,
            form: Ob2Form::Hosted,
            given: Value::Null,
            assertion: Linked::Absent,
            moved_from: None,
            class: Linked::Absent,
            issuer: Linked::Absent,
            keys: Vec::new(),
            revocations: Linked::Absent,
            notes: Notes::default(),
        }
    }

    #[cfg(test)]
    pub(in crate::verifier) fn for_test(assertion: Linked) -> Self {
        Self { assertion, ..Self::empty() }
    }

    /// Follows the links of the assertion.
    fn linked(mut self, dossier: &Dossier, bench: Bench<'_>) -> Self {
        let (version, contexts) = (self.version, bench.contexts);
        let notes = &mut self.notes;
        let follow = |role, from: &Linked, name, what, notes: &mut Notes| match from.value() {
            Some(value) => {
                Linked::follow(dossier, role, value.get(name)).plain(what, version, contexts, notes)
            }
            None => Linked::Absent,
        };
        if self.what == Ob2What::Award {
            let assertion = &self.assertion;
            self.class = follow(Role::BadgeClass, assertion, "badge", As::BadgeClass, notes);
        }
        let awarder = match self.what {
            Ob2What::Award => &self.class,
            Ob2What::Endorsement => &self.assertion,
        };
        // In 2011 nobody had a profile: the issuer is the origin that it names.
        self.issuer = match awarder.value().and_then(|value| value.get("issuer")) {
            Some(issuer) if version == Ob2Version::V0_5 && issuer.as_object().is_some() => {
                Linked::Embedded(issuer.clone())
            }
            _ => follow(Role::Issuer, awarder, "issuer", As::Issuer, notes),
        };
        if matches!(self.form, Ob2Form::Signed(_))
            && let Linked::Hosted { value: profile, url, .. } = &self.issuer
        {
            let creator = creator_of(&self.assertion);
            self.keys = match creator {
                Some(key) if version < Ob2Version::V2_0 => {
                    vec![older_key(dossier, key, url)]
                }
                _ => keys(dossier, profile, creator)
                    .into_iter()
                    .map(|key| key.plain(As::Key, version, contexts, notes))
                    .collect(),
            };
            self.revocations = Linked::follow(
                dossier,
                Role::RevocationList,
                profile.get("revocationList"),
            )
            .plain(As::RevocationList, version, contexts, notes);
        }
        self
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
        creator_of(&self.assertion)
    }

    pub(super) fn needs(&self, dossier: &Dossier) -> Vec<Need> {
        let mut needs: Vec<Need> = [
            (self.what.role(), &self.assertion),
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

/// The version of a document that was served, which need not be that of the copy given.
fn version_in(value: &Value<'_>, given: Ob2Version) -> Ob2Version {
    match detect(value) {
        DocumentKind::Assertion(version) | DocumentKind::Endorsement(version) => version,
        _ => given,
    }
}

/// Says that it was revoked, and no longer what it was for.
fn is_stripped(value: &Value<'_>) -> bool {
    let revoked = value.get("revoked").and_then(Value::as_bool) == Some(true);
    revoked && value.get("badge").is_none() && value.get("claim").is_none()
}

fn creator_of(assertion: &Linked) -> Option<&str> {
    id_of(verification(assertion.value()?)?.get("creator")?)
}

/// The key of a signed badge of 1.x: a PEM text at the URL that the badge names, on the origin of
/// its issuer.
fn older_key(dossier: &Dossier, key: &str, issuer: &str) -> Linked {
    if !is_web(key) || !same_origin(key, issuer) {
        let url = key.chars().take(200).collect();
        return Linked::Wrong { url, why: "it does not lie on the issuer's origin".to_owned() };
    }
    let Some(Outcome::Got(document)) = dossier.find(Role::Key, key) else {
        return Linked::fetched(dossier, Role::Key, key);
    };
    let text = std::str::from_utf8(&document.bytes).unwrap_or_default().trim();
    if !text.starts_with("-----BEGIN") {
        return Linked::fetched(dossier, Role::Key, key);
    }
    let members = [("id", key), ("owner", issuer), ("publicKeyPem", text)];
    let members = members.map(|(name, text)| (name.into(), Value::String(text.to_owned().into())));
    Linked::Hosted {
        url: key.to_owned(),
        value: Value::Object(members.into_iter().collect()),
        document: Box::new(document.clone()),
    }
}

/// The assertion at `url`; when `url` is what was given, what it led to is already there.
fn fetched_assertion(dossier: &Dossier, role: Role, url: &str) -> Linked {
    match dossier.find(role, url).or_else(|| dossier.find(Role::Input, url)) {
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
