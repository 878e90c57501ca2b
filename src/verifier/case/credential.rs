//! A verifiable credential, with an embedded proof or in a token.

use std::cell::OnceCell;
use std::sync::Arc;

use super::lists::{self, EntryFinding};
use super::proofs::{self, ProofFinding};
use super::token::Token;
use super::{Case, id_of, keys, linkage, schemas};
use crate::json::{Object, Value};
use crate::linked_data::{self, Document, Options};
use crate::proof::jws::VcProfile;
use crate::proof::key::PublicKey;
use crate::verifier::dossier::Need;
use crate::wire::{DataModel, DocumentKind};

/// A verifiable credential.
pub(in crate::verifier) struct Credential {
    pub(in crate::verifier) kind: DocumentKind,
    /// The credential, without the claims of the token around it.
    pub(in crate::verifier) value: Arc<Value<'static>>,
    /// The token it came in; without one its proof stands inside.
    pub(in crate::verifier) token: Option<Token>,
    proofs: OnceCell<Vec<ProofFinding>>,
    /// What came of its proofs when less was known about their keys.
    former: Vec<ProofFinding>,
    linked: OnceCell<Result<(), linked_data::Error>>,
    entries: OnceCell<Vec<EntryFinding>>,
}

/// Claims that belong to the token and not to the credential (RFC 7519 §4.1, VC-JOSE-COSE §3.1).
const CLAIMS: [&str; 8] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf"];

impl Credential {
    /// A credential with its proof inside.
    pub(super) fn embedded(kind: DocumentKind, value: Arc<Value<'static>>) -> Self {
        Self {
            kind,
            value,
            token: None,
            proofs: OnceCell::new(),
            former: Vec::new(),
            linked: OnceCell::new(),
            entries: OnceCell::new(),
        }
    }

    /// The credential in a token, by the profile that its header names.
    pub(super) fn of_token(kind: DocumentKind, token: Token) -> Self {
        let value = match token.wrapped() {
            Some(inner) => filled(inner.clone(), &token.claims),
            None => stripped(&token.claims),
        };
        Self { token: Some(token), ..Self::embedded(kind, Arc::new(value)) }
    }

    /// The same, to be judged with more documents at hand: nothing is known of it any more, but for
    /// what its signatures are under which keys.
    pub(super) fn unjudged(self) -> Self {
        let former = self.proofs.into_inner().unwrap_or(self.former);
        Self { token: self.token, former, ..Self::embedded(self.kind, self.value) }
    }

    /// What came of its proof at `place` under this key, if it was looked at before: no document
    /// changes that.
    pub(super) fn known(&self, place: usize, key: &PublicKey) -> Option<&ProofFinding> {
        self.former.get(place).filter(|former| former.key.key.as_ref() == Some(key))
    }

    /// The id of who signs it: the issuer, or the holder of a presentation. A holder who is not
    /// named is whoever the key belongs to.
    pub(in crate::verifier) fn issuer_id(&self) -> Option<&str> {
        if !self.is_presentation() {
            return id_of(self.value.get("issuer")?);
        }
        let holder = self.value.get("holder").and_then(id_of);
        let of_key = || {
            let proof = self.value.get("proof")?.items().first()?;
            proof.str_of("verificationMethod")?.split('#').next()
        };
        holder.or_else(|| self.token.as_ref()?.claims.str_of("iss")).or_else(of_key)
    }

    /// Whether it is a presentation, which its holder signs.
    pub(in crate::verifier) fn is_presentation(&self) -> bool {
        matches!(self.kind, DocumentKind::Presentation(_))
    }

    /// Whether it vouches for something.
    pub(in crate::verifier) fn is_endorsement(&self) -> bool {
        matches!(self.kind, DocumentKind::Ob3Endorsement(_))
    }

    /// Whether it awards a badge class.
    pub(in crate::verifier) fn is_award(&self) -> bool {
        matches!(self.kind, DocumentKind::Ob3Achievement(_))
    }

    /// The badge class in it.
    pub(in crate::verifier) fn achievement(&self) -> Option<&Value<'static>> {
        self.value.pointer("/credentialSubject/achievement")?.items().first()
    }

    /// The version of the data model.
    pub(in crate::verifier) fn model(&self) -> DataModel {
        model_of(self.kind)
    }

    /// By which profile the token is read.
    pub(in crate::verifier) fn profile(&self) -> Option<VcProfile> {
        self.token.as_ref()?.compact()?.header().vc_profile()
    }

    /// What came of each proof.
    pub(in crate::verifier) fn proofs(&self, case: &Case<'_>) -> &[ProofFinding] {
        self.proofs.get_or_init(|| proofs::findings(case, self))
    }

    /// The proof that decides: the first that holds wholly, else the first of the issuer, else the
    /// first.
    pub(in crate::verifier) fn deciding<'c>(&'c self, case: &Case<'_>) -> Option<&'c ProofFinding> {
        let proofs = self.proofs(case);
        proofs
            .iter()
            .find(|proof| proof.holds(case.bench.policy))
            .or_else(|| proofs.iter().find(|proof| proof.key.is_issuers()))
            .or_else(|| proofs.first())
    }

    /// Whether every member has a meaning in RDF, so that a signature can cover it.
    pub(in crate::verifier) fn linked(&self, case: &Case<'_>) -> &Result<(), linked_data::Error> {
        self.linked.get_or_init(|| {
            // A proof over RDF has shown it already.
            if self.proofs(case).iter().any(|proof| proof.covers_rdf) {
                return Ok(());
            }
            let unsecured = Document::from(&*self.value).without("proof");
            if !self.is_presentation() {
                return linked_data::to_rdf(unsecured, case.bench.contexts, &Options::default())
                    .map(|_| ());
            }
            // What a presentation shows is judged part by part.
            let mut value = Value::clone(&self.value);
            if let Some(object) = value.as_object_mut() {
                object.remove("proof");
                object.remove("verifiableCredential");
            }
            linked_data::to_rdf(&value, case.bench.contexts, &Options::default()).map(|_| ())
        })
    }

    /// What came of each status entry.
    pub(in crate::verifier) fn entries(&self, case: &Case<'_>) -> &[EntryFinding] {
        self.entries.get_or_init(|| lists::findings(case, self))
    }

    pub(super) fn needs(&self, case: &Case<'_>) -> Vec<Need> {
        let mut needs = keys::needs(case, self);
        needs.extend(lists::needs(case, self));
        needs.extend(schemas::needs(case, self));
        needs.extend(linkage::need(case, self));
        needs
    }
}

/// Whether a kind of document is read as a credential or presentation.
pub(super) fn is_judged(kind: DocumentKind) -> bool {
    is_credential(kind) || matches!(kind, DocumentKind::Presentation(_))
}

/// Whether a kind of document is a verifiable credential.
pub(super) fn is_credential(kind: DocumentKind) -> bool {
    matches!(
        kind,
        DocumentKind::Ob3Achievement(_)
            | DocumentKind::Ob3Endorsement(_)
            | DocumentKind::Clr2(_)
            | DocumentKind::StatusList(_)
            | DocumentKind::Credential(_)
    )
}

fn model_of(kind: DocumentKind) -> DataModel {
    match kind {
        DocumentKind::Ob3Achievement(model)
        | DocumentKind::Ob3Endorsement(model)
        | DocumentKind::Clr2(model)
        | DocumentKind::StatusList(model)
        | DocumentKind::Credential(model)
        | DocumentKind::Presentation(model) => model,
        _ => DataModel::Other,
    }
}

/// The payload without the claims of the token.
fn stripped(claims: &Value<'static>) -> Value<'static> {
    let mut value = claims.clone();
    if let Some(object) = value.as_object_mut() {
        for claim in CLAIMS {
            object.remove(claim);
        }
    }
    value
}

/// A `vc` or `vp` claim with what the other claims stand for where it lacks it (VC Data Model 1.1 §6.3.1).
/// Where it has both, they must agree, which is checked.
fn filled(mut value: Value<'static>, claims: &Value<'static>) -> Value<'static> {
    let presentation = claims.get("vp").is_some() && claims.get("vc").is_none();
    let Some(object) = value.as_object_mut() else { return value };
    let signer = if presentation { "holder" } else { "issuer" };
    for (claim, member) in [("jti", "id"), ("iss", signer)] {
        if let (Some(text), false) = (claims.str_of(claim), object.contains_key(member)) {
            object.insert(member, Value::String(text.to_owned().into()));
        }
    }
    if presentation {
        return value;
    }
    for (claim, member) in [("nbf", "issuanceDate"), ("exp", "expirationDate")] {
        let instant = claims
            .get(claim)
            .and_then(Value::as_number)
            .and_then(|number| number.as_i64())
            .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
        if let (Some(instant), false) = (instant, object.contains_key(member)) {
            object.insert(member, Value::String(instant.to_string().into()));
        }
    }
    if let (Some(subject), Some(Value::Object(members))) =
        (claims.str_of("sub"), get_mut(object, "credentialSubject"))
        && !members.contains_key("id")
    {
        members.insert("id", Value::String(subject.to_owned().into()));
    }
    value
}

fn get_mut<'o>(object: &'o mut Object<'static>, name: &str) -> Option<&'o mut Value<'static>> {
    object.iter_mut().find(|(key, _)| *key == name).map(|(_, value)| value)
}
