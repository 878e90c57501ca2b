//! Which key a proof names, and whether the issuer's own documents say that it is the issuer's.
//!
//! The key comes from the issuer, never from the token: what stands in a header or in the fragment
//! of a URL can be tried, so that the report says whether the signature is right, but it binds
//! nothing.

use std::borrow::Cow;

use jiff::Timestamp;
use url::Url;

use super::Case;
use super::control::Control;
use super::credential::Credential;
use super::issued::ON_RECORD;
use super::link::is_web;
use super::proofs::Graded;
use crate::json::{Object, Value};
use crate::proof::did::{
    ControllerDocument, Did, DocumentError, Relationship, VerificationMethod, did_web_url,
};
use crate::proof::key::{KeyType, PublicKey};
use crate::proof::suite::{self, Proof};
use crate::verifier::dossier::{Need, Role};
use crate::verifier::policy::PolicyName;
use crate::verifier::report::CheckOutcome;

/// A key, where it comes from, and whether it is the issuer's.
#[derive(Clone, Debug)]
pub(in crate::verifier) struct KeyFinding {
    /// The key to check the signature with.
    pub(in crate::verifier) key: Option<PublicKey>,
    /// Whether the document that the proof names gave a key.
    pub(in crate::verifier) found: Graded,
    /// Whether the issuer's documents list it.
    pub(in crate::verifier) bond: Graded,
    /// How it is bound to the issuer.
    pub(in crate::verifier) how: Option<Bond>,
    /// Who controls the key, as its own document says.
    controller: Option<String>,
    pub(in crate::verifier) revoked: Option<Timestamp>,
    pub(in crate::verifier) expires: Option<Timestamp>,
}

/// How a key is bound to an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::verifier) enum Bond {
    /// The issuer's document lists it for assertions.
    Listed,
    /// It is published on the issuer's own origin, and the issuer's document lists no keys.
    Origin,
    /// Only the proof itself names it.
    SelfAsserted,
}

impl KeyFinding {
    pub(super) fn untested(outcome: CheckOutcome, why: impl Into<Cow<'static, str>>) -> Self {
        let graded = (outcome, why.into());
        Self {
            key: None,
            found: graded.clone(),
            bond: graded,
            how: None,
            controller: None,
            revoked: None,
            expires: None,
        }
    }

    fn with(mut self, method: &VerificationMethod) -> Self {
        self.revoked = method.revoked;
        self.expires = method.expires;
        self
    }
}

/// The documents that are needed to find the keys of a credential.
pub(super) fn needs(case: &Case<'_>, credential: &Credential) -> Vec<Need> {
    let mut ids: Vec<String> = Vec::new();
    if let Some(issuer) = credential.issuer_id()
        && case.bench.policy != PolicyName::ProofOnly
    {
        ids.push(issuer.to_owned());
    }
    ids.extend(methods(credential).into_iter().map(|method| base_of(&method).to_owned()));
    // Nearly always they are one.
    ids.dedup();
    ids.iter().filter_map(|id| need(id)).collect()
}

/// The keys that the proofs name.
fn methods(credential: &Credential) -> Vec<String> {
    if let Some(token) = &credential.token {
        let kid = token.compact().and_then(|compact| compact.header().kid().map(str::to_owned));
        return kid.filter(|kid| kid.contains(':')).into_iter().collect();
    }
    let proofs = suite::proofs(&credential.value).unwrap_or_default();
    let read = proofs.iter().filter_map(|proof| Proof::parse(proof).ok());
    read.map(|proof| proof.verification_method.to_owned()).collect()
}

/// Where the document of an identifier is fetched; `None` if it needs no fetching.
fn need(id: &str) -> Option<Need> {
    let role = Role::Controller;
    if is_web(id) {
        return Some(Need::at(role, id));
    }
    let did = Did::parse(id).ok().filter(|did| did.method() == "web")?;
    let url = did_web_url(&did).ok()?;
    Some(Need { name: id.to_owned(), ..Need::at(role, url.as_str()) })
}

fn base_of(method: &str) -> &str {
    method.split('#').next().unwrap_or_default()
}

/// The key that a proof of `issuer` names by `method` or carries itself.
pub(super) fn find_key(case: &Case<'_>, wanted: &Wanted<'_>) -> KeyFinding {
    let Some(issuer) = wanted.issuer else {
        return KeyFinding::untested(CheckOutcome::Fail, "the credential names no issuer");
    };
    if let Some(key) = wanted.method.and_then(|method| case.key_on_record(method)) {
        return KeyFinding {
            key: Some(key),
            found: (CheckOutcome::Pass, ON_RECORD.into()),
            bond: (CheckOutcome::Pass, ON_RECORD.into()),
            how: Some(Bond::Listed),
            ..KeyFinding::untested(CheckOutcome::Pass, ON_RECORD)
        };
    }
    let dossier = case.dossier;
    let issuer_control = Control::of(dossier, issuer);
    let Some(method) = wanted.method else {
        return unnamed(&issuer_control, wanted);
    };
    let base = base_of(method);
    if base == issuer {
        return named(&issuer_control, method, wanted);
    }
    let direct = named(&Control::of(dossier, base), method, wanted);
    bound_elsewhere(&issuer_control, issuer, method, wanted.relationship, direct)
}

/// Which key is looked for.
pub(super) struct Wanted<'w> {
    /// What the proof calls it.
    pub(super) method: Option<&'w str>,
    /// Who is said to have signed.
    pub(super) issuer: Option<&'w str>,
    /// The key that the token brings along.
    pub(super) carried: Option<&'w PublicKey>,
    /// The kind of key that the algorithm takes.
    pub(super) key_type: Option<KeyType>,
    /// What the key must be listed for.
    pub(super) relationship: Relationship,
}

/// A key in the document of the method's own controller.
fn named(control: &Control, method: &str, wanted: &Wanted<'_>) -> KeyFinding {
    let failed = |outcome: CheckOutcome, why: String| {
        let bare = wanted.carried.cloned().or_else(|| fragment_key(method));
        let mut finding = KeyFinding::untested(outcome, why);
        if bare.is_some() {
            finding.how = Some(Bond::SelfAsserted);
        }
        KeyFinding { key: bare, ..finding }
    };
    match control {
        Control::Document(document) => match document.find(method, wanted.relationship) {
            Ok(found) => of_method(found),
            Err(error) => {
                // The bare signature is still looked at, with the key of that name.
                let bare = document.methods().iter().find(|listed| listed.id == method);
                let mut finding = failed(CheckOutcome::Fail, error.to_string());
                if let Some(Ok(key)) = bare.map(VerificationMethod::key) {
                    finding.key = Some(key);
                }
                finding
            }
        },
        Control::Json(value) => match key_document(value, method) {
            Ok(found) => KeyFinding {
                bond: (CheckOutcome::Unknown, "only the key itself was found".into()),
                how: None,
                ..of_method(&found)
            },
            Err(why) => failed(CheckOutcome::Fail, why),
        },
        Control::Bad(why) => failed(CheckOutcome::Fail, why.clone()),
        Control::Unread(why) => failed(CheckOutcome::Unknown, why.clone()),
    }
}

/// A key that lies outside the issuer's document: does that document name it all the same?
fn bound_elsewhere(
    issuer_control: &Control,
    issuer: &str,
    method: &str,
    relationship: Relationship,
    direct: KeyFinding,
) -> KeyFinding {
    // A bare JWK names no controller; any other key must name the issuer.
    let theirs = direct.found.0 == CheckOutcome::Pass
        && direct.controller.as_deref().is_some_and(|id| id == issuer || id == method);
    let refuse = |outcome, why: String| KeyFinding {
        bond: (outcome, why.into()),
        how: direct.how,
        ..direct.clone()
    };
    match issuer_control {
        Control::Document(document) => match document.find(method, relationship) {
            Ok(found) => of_method(found),
            // Only referred to: the key document itself must then give the issuer as controller.
            Err(DocumentError::Unknown(_))
                if document.authorises(method, relationship) && theirs =>
            {
                KeyFinding {
                    bond: (CheckOutcome::Pass, "the issuer's document lists the key".into()),
                    how: Some(Bond::Listed),
                    ..direct
                }
            }
            Err(error) => {
                refuse(CheckOutcome::Fail, format!("the key is not the issuer's: {error}"))
            }
        },
        Control::Json(profile) => {
            let lists_keys = ["publicKey", "jwks", "keys", "jwks_uri"]
                .iter()
                .any(|name| profile.get(name).is_some());
            if !lists_keys && same_origin(issuer, method) && theirs {
                let text = "the key is published on the issuer's own origin";
                return KeyFinding {
                    bond: (CheckOutcome::Pass, text.into()),
                    how: Some(Bond::Origin),
                    ..direct
                };
            }
            refuse(CheckOutcome::Fail, "the issuer's own document does not list the key".to_owned())
        }
        Control::Bad(why) => refuse(CheckOutcome::Fail, why.clone()),
        Control::Unread(why) => refuse(CheckOutcome::Unknown, why.clone()),
    }
}

/// No key is named: the one that the token carries counts if the issuer lists it; the issuer's only
/// key of the right kind counts too.
fn unnamed(issuer_control: &Control, wanted: &Wanted<'_>) -> KeyFinding {
    let Wanted { carried, key_type, relationship, .. } = *wanted;
    let self_asserted = |outcome, why: &str| KeyFinding {
        key: carried.cloned(),
        how: carried.map(|_| Bond::SelfAsserted),
        ..KeyFinding::untested(outcome, why.to_owned())
    };
    let document = match issuer_control {
        Control::Document(document) => document,
        Control::Json(_) => {
            return self_asserted(CheckOutcome::Fail, "the issuer's own document lists no key");
        }
        Control::Bad(why) => return self_asserted(CheckOutcome::Fail, why),
        Control::Unread(why) => return self_asserted(CheckOutcome::Unknown, why),
    };
    let listed = document
        .methods()
        .iter()
        .filter_map(|method| document.find(&method.id, relationship).ok())
        .filter_map(|method| Some((method, method.key().ok()?)));
    match carried {
        Some(carried) => {
            let mut same = listed.filter(|(_, key)| key.fingerprint() == carried.fingerprint());
            match same.next() {
                Some((method, _)) => of_method(method),
                None => self_asserted(
                    CheckOutcome::Fail,
                    "the key in the header is not among those that the issuer lists",
                ),
            }
        }
        None => {
            let mut fitting = listed.filter(|(_, key)| Some(key.key_type()) == key_type);
            match (fitting.next(), fitting.next()) {
                (Some((method, _)), None) => of_method(method),
                _ => {
                    self_asserted(CheckOutcome::Fail, "the token does not say which key signed it")
                }
            }
        }
    }
}

/// A method that its document lists for assertions.
fn of_method(method: &VerificationMethod) -> KeyFinding {
    match method.key() {
        Ok(key) => KeyFinding {
            key: Some(key),
            found: (CheckOutcome::Pass, "the key was found where the proof says".into()),
            bond: (CheckOutcome::Pass, "the issuer's document lists the key".into()),
            how: Some(Bond::Listed),
            controller: Some(method.controller.clone()),
            revoked: None,
            expires: None,
        }
        .with(method),
        Err(error) => KeyFinding::untested(CheckOutcome::Fail, error.to_string()),
    }
}

/// A key that is a document of its own: a JWK, a set of them, or a verification method.
fn key_document(value: &Value<'static>, method: &str) -> Result<VerificationMethod, String> {
    let fragment = method.split_once('#').map(|(_, fragment)| fragment);
    let jwk = match value.get("keys") {
        Some(keys) => keys.items().iter().find(|key| {
            let kid = key.str_of("kid");
            kid == Some(method) || (kid.is_some() && kid == fragment)
        }),
        None => value.get("kty").map(|_| value),
    };
    let own = match jwk {
        Some(jwk) => {
            let mut own = Object::default();
            own.insert("type", Value::String("JsonWebKey".into()));
            own.insert("publicKeyJwk", jwk.clone());
            own
        }
        None => value.as_object().cloned().unwrap_or_default(),
    };
    let mut own = own;
    if let Some(id) = own.get("id").and_then(Value::as_str)
        && id != method
    {
        return Err(format!("the key's id is {id:?}, not {method:?}"));
    }
    let controller = own.get("controller").and_then(Value::as_str).unwrap_or(method).to_owned();
    own.insert("id", Value::String(method.to_owned().into()));
    own.insert("controller", Value::String(controller.clone().into()));
    let mut document = Object::default();
    document.insert("id", Value::String(controller.clone().into()));
    document.insert("assertionMethod", Value::Array(vec![Value::Object(own)]));
    let document = ControllerDocument::parse(&Value::Object(document), &controller)
        .map_err(|error| error.to_string())?;
    let found =
        document.find(method, Relationship::Assertion).map_err(|error| error.to_string())?;
    found.key().map_err(|error| error.to_string())?;
    Ok(found.clone())
}

/// A fragment that is itself a key: whoever wrote the proof chose it.
fn fragment_key(method: &str) -> Option<PublicKey> {
    PublicKey::from_multikey(method.split_once('#')?.1).ok()
}

pub(super) fn same_origin(one: &str, other: &str) -> bool {
    match (Url::parse(one), Url::parse(other)) {
        (Ok(one), Ok(other)) => {
            matches!(one.scheme(), "https" | "http") && one.origin() == other.origin()
        }
        _ => false,
    }
}
