//! The `proof` member: one proof or a set of them, some of which may build on others (VC Data
//! Integrity §2.1, §4.2–4.5).

use jiff::Timestamp;

use super::{DATA_INTEGRITY_PROOF, Suite, SuiteError, malformed};
use crate::json::{Object, Value};

/// Most proofs looked at in one document.
pub const MAX_PROOFS: usize = 16;

/// A proof, read. What it claims is for the verifier to judge.
#[derive(Clone, Debug)]
pub struct Proof<'d> {
    /// The suite.
    pub suite: Suite,
    /// The id of the key that is said to have signed.
    pub verification_method: &'d str,
    /// What the proof is for: `assertionMethod` in credentials.
    pub purpose: &'d str,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// From when on it does not count.
    pub expires: Option<Timestamp>,
    /// For whom it was made (§2.1 `domain`).
    pub domain: Vec<&'d str>,
    /// What it answers to (§2.1 `challenge`).
    pub challenge: Option<&'d str>,
    /// Its own id, if it has one.
    pub id: Option<&'d str>,
    /// The ids of the proofs that it covers besides the document.
    pub previous: Vec<&'d str>,
    /// The signature as it is written.
    pub value: &'d str,
    pub(super) members: &'d Object<'d>,
}

/// The proofs of a document in their order, not yet read.
///
/// # Errors
/// [`SuiteError::DocumentKind`], [`SuiteError::NoProof`], [`SuiteError::TooManyProofs`].
pub fn proofs<'d>(document: &'d Value<'d>) -> Result<&'d [Value<'d>], SuiteError> {
    let object = document.as_object().ok_or_else(|| SuiteError::DocumentKind(document.kind()))?;
    let proofs = object.get("proof").map(Value::items).unwrap_or_default();
    match proofs.len() {
        0 => Err(SuiteError::NoProof),
        many if many > MAX_PROOFS => Err(SuiteError::TooManyProofs(many)),
        _ => Ok(proofs),
    }
}

impl<'d> Proof<'d> {
    /// Reads one of the [`proofs`] of a document.
    ///
    /// # Errors
    /// [`SuiteError::Malformed`] with the member, [`SuiteError::UnknownSuite`].
    pub fn parse(proof: &'d Value<'d>) -> Result<Self, SuiteError> {
        let read = Self::unfinished(proof)?;
        Ok(Self { value: required(read.members, "proofValue")?, ..read })
    }

    /// Reads a proof that may have no value yet.
    pub(super) fn unfinished(proof: &'d Value<'d>) -> Result<Self, SuiteError> {
        let members = proof
            .as_object()
            .ok_or_else(|| malformed("", format!("must be an object, not {}", proof.kind())))?;
        let purpose = required(members, "proofPurpose")?;
        let verification_method = required(members, "verificationMethod")?;
        Ok(Self {
            suite: suite(members)?,
            verification_method,
            purpose,
            created: date(members, "created")?,
            expires: date(members, "expires")?,
            domain: texts(members, "domain")?,
            challenge: optional(members, "challenge")?,
            id: optional(members, "id")?,
            previous: texts(members, "previousProof")?,
            value: "",
            members,
        })
    }

    /// The proof as it was signed: without its value, and with the document's context where the
    /// suite takes it from there.
    pub(super) fn configuration(&self) -> Object<'d> {
        let mut configuration = self.members.clone();
        configuration.remove("proofValue");
        configuration
    }
}

/// The proofs of a document that have these ids: what a proof of a chain covers besides the document
/// (§4.5, step 4.2). Whoever checks a chain checks each of its proofs.
pub(super) fn covered<'d>(
    document: &'d Value<'d>,
    previous: &[&str],
) -> Result<Vec<&'d Value<'d>>, SuiteError> {
    if previous.is_empty() {
        return Ok(Vec::new());
    }
    let all = proofs(document)?;
    previous
        .iter()
        .map(|id| {
            let mut named = all.iter().filter(|proof| proof.str_of("id") == Some(id));
            match (named.next(), named.next()) {
                (Some(proof), None) => Ok(proof),
                (None, _) => Err(broken(id, "names no proof of the document")),
                (Some(_), Some(_)) => Err(broken(id, "names two proofs of the document")),
            }
        })
        .collect()
}

/// Walks back from a proof; coming by any proof a second time on one way is a circle.
pub(super) fn refuse_circles<'d>(
    document: &'d Value<'d>,
    proof: &Proof<'d>,
) -> Result<(), SuiteError> {
    fn walk<'d>(
        document: &'d Value<'d>,
        previous: &[&'d str],
        way: &mut Vec<&'d str>,
        steps: &mut usize,
    ) -> Result<(), SuiteError> {
        for (id, before) in previous.iter().zip(covered(document, previous)?) {
            *steps += 1;
            if way.contains(id) || *steps > MAX_STEPS {
                return Err(broken(id, "leads in a circle"));
            }
            let before = before.as_object().ok_or_else(|| malformed("", "must be an object"))?;
            way.push(id);
            walk(document, &texts(before, "previousProof")?, way, steps)?;
            way.pop();
        }
        Ok(())
    }
    /// Sixteen proofs of which each covers all before it would take 65,535 steps; chains that people
    /// make take a handful.
    const MAX_STEPS: usize = 1000;
    let mut way = proof.id.into_iter().collect();
    walk(document, &proof.previous, &mut way, &mut 0)
}

fn broken(id: &str, why: &'static str) -> SuiteError {
    SuiteError::Chain { id: id.chars().take(120).collect(), why }
}

fn suite(members: &Object<'_>) -> Result<Suite, SuiteError> {
    let proof_type = required(members, "type")?;
    let cryptosuite = if proof_type == DATA_INTEGRITY_PROOF {
        Some(required(members, "cryptosuite")?)
    } else {
        None
    };
    Suite::of(proof_type, cryptosuite).ok_or_else(|| {
        let name = cryptosuite.unwrap_or(proof_type);
        SuiteError::UnknownSuite(name.chars().take(80).collect())
    })
}

fn required<'d>(members: &'d Object<'d>, name: &'static str) -> Result<&'d str, SuiteError> {
    optional(members, name)?.ok_or_else(|| malformed(name, "is missing"))
}

fn optional<'d>(
    members: &'d Object<'d>,
    name: &'static str,
) -> Result<Option<&'d str>, SuiteError> {
    match members.get(name) {
        None => Ok(None),
        Some(value) => match value.as_str() {
            Some("") => Err(malformed(name, "is empty")),
            Some(text) => Ok(Some(text)),
            None => Err(malformed(name, format!("must be a text, not {}", value.kind()))),
        },
    }
}

fn texts<'d>(members: &'d Object<'d>, name: &'static str) -> Result<Vec<&'d str>, SuiteError> {
    let Some(value) = members.get(name) else { return Ok(Vec::new()) };
    let texts: Option<Vec<&str>> = value.items().iter().map(Value::as_str).collect();
    match texts {
        Some(texts) if !texts.is_empty() && texts.len() <= MAX_PROOFS => Ok(texts),
        Some(texts) if texts.len() > MAX_PROOFS => Err(malformed(name, "has too many entries")),
        _ => Err(malformed(name, "must be a text or a list of texts")),
    }
}

/// `xsd:dateTimeStamp`: a date and time with an offset (§2.1).
fn date(members: &Object<'_>, name: &'static str) -> Result<Option<Timestamp>, SuiteError> {
    let Some(text) = optional(members, name)? else { return Ok(None) };
    match text.parse() {
        Ok(time) if text.contains('T') => Ok(Some(time)),
        _ => Err(malformed(name, "must be a date and time with an offset")),
    }
}
