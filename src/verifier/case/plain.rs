//! Documents of Open Badges before 3.0 in the plain terms of 2.0, whatever their version and however
//! they are written: what the checks read (OB 2.0 §JSON-LD; V5 and V18 of the reference). The bytes
//! that were served stay in the dossier.

use std::sync::LazyLock;

use super::link::Linked;
use crate::bundled;
use crate::json::Value;
use crate::linked_data::rename::{Renaming, Vocabulary};
use crate::linked_data::{Contexts, Error};
use crate::wire::{DocumentKind, Ob2Version, detect, ob1};

const V2: &str = "https://w3id.org/openbadges/v2";
/// Other addresses of the same context, and that of 2.1, which leaves the terms of badges to it.
const SAME: [&str; 3] = [
    "https://openbadgespec.org/v2/context.json",
    "https://purl.imsglobal.org/ob/v2/context.json",
    "https://purl.imsglobal.org/spec/ob/v2p1/ob_v2p1.jsonld",
];
/// Extensions are read by their own contexts.
const EXTENSION: &str = "https://w3id.org/openbadges#Extension";

/// What 2.0 calls things. Where it has two names, the long one is the name.
static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let preferred = ["HostedBadge", "SignedBadge", "verification", "revoked"];
    Vocabulary::of(V2, &preferred, bundled::contexts()).unwrap_or_default()
});

/// What a document is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum As {
    Assertion,
    BadgeClass,
    Issuer,
    Key,
    RevocationList,
}

/// A document in plain terms.
pub(super) struct Plain {
    pub(super) value: Value<'static>,
    /// What could not be read as it should.
    pub(super) faults: Vec<(String, String)>,
    /// Members and contexts that are not known here.
    pub(super) unknown: Vec<String>,
}

/// Reads a document that stands at `url`, or inside one of the version `around`.
pub(super) fn plain(
    value: &Value<'static>,
    what: As,
    url: Option<&str>,
    around: Ob2Version,
    contexts: &Contexts,
) -> Plain {
    // A list without a context is of the version of the issuer that names it.
    let inside = url.is_none() || what == As::RevocationList;
    let version = version_of(value, inside.then_some(around));
    let mut plain = Plain { value: Value::Null, faults: Vec::new(), unknown: Vec::new() };
    if version < Ob2Version::V2_0 {
        plain.value = match what {
            As::Assertion => {
                if version == Ob2Version::V1_1 && ob1::misnamed_verification(value) {
                    let why = "means nothing before Open Badges 2.0: it must be called `verify`";
                    plain.faults.push(("/verification".to_owned(), why.to_owned()));
                }
                ob1::assertion(value, version, url)
            }
            As::BadgeClass => ob1::badge_class(value, version, url),
            As::Issuer => ob1::issuer(value, version, url),
            As::RevocationList => ob1::revocation_list(value),
            As::Key => value.clone(),
        };
        return plain;
    }
    let renaming = Renaming {
        vocabulary: &VOCABULARY,
        contexts,
        around: V2,
        aliases: &SAME,
        opaque: &[EXTENSION],
    };
    match renaming.of(value) {
        Ok(renamed) => {
            plain.value = renamed.value;
            // An empty set falls away, and a list of nothing is still a list.
            if what == As::RevocationList
                && let Some(object) = plain.value.as_object_mut()
                && !object.contains_key("revoked")
                && value.get("revokedAssertions").is_some_and(|found| found.as_array().is_some())
            {
                object.insert("revokedAssertions", Value::Array(Vec::new()));
            }
            plain.unknown = renamed.unknown_contexts;
            plain.unknown.extend(renamed.unmapped);
        }
        Err(error) => {
            plain.faults.push((pointer_of(&error), error.to_string()));
            plain.value = value.clone();
        }
    }
    plain
}

fn pointer_of(error: &Error) -> String {
    error.pointer().unwrap_or("/@context").to_owned()
}

fn version_of(value: &Value<'static>, around: Option<Ob2Version>) -> Ob2Version {
    if let (Some(around), None) = (around, value.get("@context")) {
        return around;
    }
    match detect(value) {
        DocumentKind::Assertion(version)
        | DocumentKind::BadgeClass(version)
        | DocumentKind::Issuer(version)
        | DocumentKind::Endorsement(version)
        | DocumentKind::RevocationList(version)
        | DocumentKind::CryptographicKey(version) => version,
        // An object from uid to reason, and documents of foreign contexts.
        _ if value.get("@context").is_none() => Ob2Version::V1_0,
        _ => Ob2Version::V2_0,
    }
}

impl Linked {
    /// The same link, with what it led to in plain terms; what was found on the way is added to
    /// `notes`.
    pub(super) fn plain(
        self,
        what: As,
        around: Ob2Version,
        contexts: &Contexts,
        notes: &mut Notes,
    ) -> Self {
        match self {
            Self::Hosted { url, value, document } => {
                let value = notes.take(what, plain(&value, what, Some(&url), around, contexts));
                Self::Hosted { url, value, document }
            }
            Self::Embedded(value) => {
                Self::Embedded(notes.take(what, plain(&value, what, None, around, contexts)))
            }
            other => other,
        }
    }
}

/// What was found while documents were put in plain terms.
#[derive(Debug, Default)]
pub(in crate::verifier) struct Notes {
    /// What is wrong, with its place in the whole.
    pub(in crate::verifier) faults: Vec<(String, String)>,
    /// Members and contexts that are not known here.
    pub(in crate::verifier) unknown: Vec<String>,
}

impl Notes {
    pub(super) fn take(&mut self, what: As, plain: Plain) -> Value<'static> {
        let place = match what {
            As::Assertion => "",
            As::BadgeClass => "/badge",
            As::Issuer => "/badge/issuer",
            As::Key => "/verification/creator",
            As::RevocationList => "/badge/issuer/revocationList",
        };
        self.faults.extend(
            plain.faults.into_iter().map(|(pointer, why)| (format!("{place}{pointer}"), why)),
        );
        self.unknown.extend(plain.unknown.into_iter().take(64));
        plain.value
    }
}
