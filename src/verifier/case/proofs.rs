//! Each proof of a credential, checked as far as it can be.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::chains;
use super::credential::Credential;
use super::keys::{Bond, KeyFinding, Wanted, find_key};
use super::{Case, Token};
use crate::json::Value;
use crate::linked_data;
use crate::proof::did::Relationship;
use crate::proof::jws::{self, Compact, VcProfile};
use crate::proof::key::PublicKey;
use crate::proof::suite::{self, Part, Proof, SuiteError};
use crate::verifier::policy::PolicyName;
use crate::verifier::report::CheckOutcome;
use crate::verifier::trace;

/// An outcome and a sentence about it.
pub(in crate::verifier) type Graded = (CheckOutcome, Cow<'static, str>);

/// What came of one proof.
pub(in crate::verifier) struct ProofFinding {
    /// The cryptosuite or algorithm; what was written there when it is not known.
    pub(in crate::verifier) algorithm: String,
    /// The key that it names.
    pub(in crate::verifier) method: Option<String>,
    /// Whether its form and algorithm are ones that we take.
    pub(in crate::verifier) form: Graded,
    /// Whether it was made for this purpose and has not expired.
    pub(in crate::verifier) purpose: Graded,
    pub(in crate::verifier) key: KeyFinding,
    pub(in crate::verifier) signature: Graded,
    /// The same, whatever became of the proofs that it builds on.
    alone: Graded,
    pub(in crate::verifier) created: Option<jiff::Timestamp>,
    /// Whether the signature covers the canonical RDF form, so that no member lies outside it.
    pub(in crate::verifier) covers_rdf: bool,
    /// A context or member that kept it from being checked.
    pub(in crate::verifier) canonical: Option<linked_data::Error>,
    pub(in crate::verifier) trace: Option<Json>,
}

impl ProofFinding {
    /// Whether nothing about it is wrong or open.
    pub(super) fn holds(&self, policy: PolicyName) -> bool {
        let pass = |graded: &Graded| graded.0 == CheckOutcome::Pass;
        pass(&self.form)
            && pass(&self.purpose)
            && pass(&self.signature)
            && pass(&self.key.found)
            && (policy == PolicyName::ProofOnly || pass(&self.key.bond))
    }

    /// The limit of ours that its document reached.
    fn reached_limit(&self) -> Option<&linked_data::Error> {
        self.canonical.as_ref().filter(|error| matches!(error, linked_data::Error::Limit { .. }))
    }

    fn unread(algorithm: String, method: Option<String>, form: Graded) -> Self {
        let (outcome, why) = form.clone();
        Self {
            algorithm,
            method,
            purpose: (outcome, why.clone()),
            key: KeyFinding::untested(outcome, why.clone()),
            alone: (outcome, why.clone()),
            signature: (outcome, why),
            form,
            created: None,
            covers_rdf: false,
            canonical: None,
            trace: None,
        }
    }
}

fn pass(text: impl Into<Cow<'static, str>>) -> Graded {
    (CheckOutcome::Pass, text.into())
}

fn fail(text: impl Into<Cow<'static, str>>) -> Graded {
    (CheckOutcome::Fail, text.into())
}

fn unknown(text: impl Into<Cow<'static, str>>) -> Graded {
    (CheckOutcome::Unknown, text.into())
}

/// Every proof of the credential, in its order; none when it has none.
pub(super) fn findings(case: &Case<'_>, credential: &Credential) -> Vec<ProofFinding> {
    if let Some(token) = &credential.token {
        return vec![of_token(case, credential, token)];
    }
    match suite::proofs(&credential.value) {
        Ok(proofs) => {
            let mut findings: Vec<ProofFinding> = Vec::with_capacity(proofs.len());
            for proof in proofs {
                let finding = embedded(case, credential, proof, &findings);
                findings.push(ProofFinding { alone: finding.signature.clone(), ..finding });
            }
            chains::follow(proofs, &mut findings);
            findings
        }
        Err(SuiteError::NoProof) => Vec::new(),
        Err(error) => {
            vec![ProofFinding::unread("unknown".to_owned(), None, fail(error.to_string()))]
        }
    }
}

/// What comes of a proof; `before` is what came of those before it.
fn embedded<'v>(
    case: &Case<'_>,
    credential: &'v Credential,
    proof: &'v Value<'v>,
    before: &[ProofFinding],
) -> ProofFinding {
    let read = match Proof::parse(proof) {
        Ok(read) => read,
        Err(error) => return unreadable(proof, &error),
    };
    let wanted = Wanted {
        method: Some(read.verification_method),
        issuer: credential.issuer_id(),
        carried: None,
        key_type: None,
        relationship: relationship(credential, read.purpose),
    };
    let key = find_key(case, &wanted);
    let mut finding = ProofFinding {
        algorithm: read.suite.to_string(),
        method: Some(read.verification_method.to_owned()),
        form: pass(format!("the proof is of the suite {}", read.suite)),
        purpose: purpose(case, credential, &read, &key),
        signature: (CheckOutcome::Unknown, key.found.1.clone()),
        alone: (CheckOutcome::Unknown, key.found.1.clone()),
        created: read.created,
        covers_rdf: false,
        canonical: None,
        trace: None,
        key,
    };
    let Some(public) = finding.key.key.clone() else { return finding };
    let judged = |verdict: Result<(), SuiteError>| match verdict {
        Ok(()) => pass("the signature matches the credential and the key"),
        Err(error) => fail(error.to_string()),
    };
    let covers_rdf = !read.suite.as_str().contains("jcs");
    if let Some(verdict) = case.bench.own.and_then(|own| own.verdict(&credential.value, &public)) {
        return ProofFinding { signature: judged(verdict), covers_rdf, ..finding };
    }
    if let Some(known) = credential.known(before.len(), &public) {
        return ProofFinding {
            form: known.form.clone(),
            signature: known.alone.clone(),
            covers_rdf: known.covers_rdf,
            canonical: known.canonical.clone(),
            trace: known.trace.clone(),
            ..finding
        };
    }
    // The document that was too much work for one proof is so for the next.
    let prepared = match before.iter().find_map(ProofFinding::reached_limit) {
        Some(error) if covers_rdf => {
            Err(SuiteError::Canonical { part: Part::Document, error: error.clone() })
        }
        _ => suite::prepare(&credential.value, &read, &public, case.bench.contexts),
    };
    match prepared {
        Ok(prepared) => {
            finding.signature = judged(prepared.verify());
            finding.covers_rdf = covers_rdf;
            if case.bench.trace {
                let forms = suite::forms(&credential.value, &read, &public, case.bench.contexts);
                finding.trace = forms.ok().map(|forms| trace::embedded(&prepared, &forms));
            }
        }
        Err(error) => refused(&mut finding, error),
    }
    finding
}

/// What kept a proof from being checked: its own form, the key, or the document.
fn refused(finding: &mut ProofFinding, error: SuiteError) {
    let text = error.to_string();
    match error {
        SuiteError::Canonical { error, .. } => {
            finding.signature = match &error {
                linked_data::Error::UnknownContext(_) => unknown(text),
                _ => fail(text),
            };
            finding.canonical = Some(error);
        }
        SuiteError::UnknownSuite(_) => {
            finding.form = unknown(text.clone());
            finding.signature = unknown(text);
        }
        _ => {
            finding.form = fail(text.clone());
            finding.signature = fail(text);
        }
    }
}

fn unreadable(proof: &Value<'_>, error: &SuiteError) -> ProofFinding {
    let named = proof.str_of("cryptosuite").or_else(|| proof.str_of("type")).unwrap_or("unknown");
    let method = proof.str_of("verificationMethod").map(str::to_owned);
    let form = match error {
        SuiteError::UnknownSuite(_) => unknown(error.to_string()),
        _ => fail(error.to_string()),
    };
    ProofFinding::unread(named.chars().take(80).collect(), method, form)
}

/// Purpose, dates of the proof, dates of the key (Data Integrity §4.3; Controlled Identifiers §2.2).
fn purpose(
    case: &Case<'_>,
    credential: &Credential,
    proof: &Proof<'_>,
    key: &KeyFinding,
) -> Graded {
    let at = case.bench.at;
    let fits = match proof.purpose {
        "assertionMethod" => true,
        "authentication" => credential.is_presentation(),
        _ => false,
    };
    if !fits {
        return fail(format!("the proof was made for {:?}, not for assertions", proof.purpose));
    }
    if let Some(expires) = proof.expires.filter(|expires| *expires <= at) {
        return fail(format!("the proof expired at {expires}"));
    }
    if let Some(created) = proof.created.filter(|created| skewed(*created) > at) {
        return fail(format!("the proof is dated {created}, after the time of this check"));
    }
    key_dates(case, proof.created, key)
        .unwrap_or_else(|| pass("the proof was made for assertions and has not expired"))
}

/// What the key must be listed for: a holder shows who she is, an issuer asserts.
fn relationship(credential: &Credential, purpose: &str) -> Relationship {
    if credential.is_presentation() && purpose == "authentication" {
        Relationship::Authentication
    } else {
        Relationship::Assertion
    }
}

/// What the dates of the key forbid. A thief chooses the dates he writes, so a revoked key proves
/// nothing of any date.
fn key_dates(
    case: &Case<'_>,
    created: Option<jiff::Timestamp>,
    key: &KeyFinding,
) -> Option<Graded> {
    if let Some(revoked) = key.revoked.filter(|revoked| *revoked <= case.dossier.gathered_at) {
        return Some(fail(format!("the issuer revoked the key at {revoked}")));
    }
    let made = created.unwrap_or(case.bench.at);
    let expires = key.expires.filter(|expires| made >= *expires)?;
    Some(fail(format!("the key expired at {expires}, before the proof was made")))
}

/// An instant minus the minute by which clocks may differ.
pub(in crate::verifier) fn skewed(instant: jiff::Timestamp) -> jiff::Timestamp {
    instant.checked_sub(jiff::SignedDuration::from_secs(60)).unwrap_or(instant)
}

/// The one proof that a token is.
fn of_token(case: &Case<'_>, credential: &Credential, token: &Token) -> ProofFinding {
    let issuer = credential.issuer_id();
    let Some(compact) = token.compact() else {
        let why = token.fault.as_ref().map(ToString::to_string).unwrap_or_default();
        return ProofFinding::unread("unknown".to_owned(), None, fail(why));
    };
    let header = compact.header();
    let method = header.kid().map(|kid| absolute(kid, issuer));
    let own = match header.jwk() {
        Some(Ok(key)) => Some(key),
        Some(Err(error)) => {
            let form = fail(format!("the key in the header: {error}"));
            return ProofFinding::unread(header.algorithm().to_string(), method, form);
        }
        None => None,
    };
    let wanted = Wanted {
        method: method.as_deref(),
        issuer,
        carried: own.as_ref(),
        key_type: Some(header.algorithm().key_type()),
        relationship: relationship(credential, "authentication"),
    };
    let key = find_key(case, &wanted);
    let signature = match &key.key {
        Some(public) => verified(compact, public),
        None => (CheckOutcome::Unknown, key.found.1.clone()),
    };
    let purpose = key_dates(case, None, &key)
        .or_else(|| token_dates(case, credential, token))
        .unwrap_or_else(|| pass("the key may be used at this time"));
    ProofFinding {
        algorithm: header.algorithm().to_string(),
        method,
        form: pass(format!("the token is signed with {}", header.algorithm())),
        alone: signature.clone(),
        purpose,
        trace: case.bench.trace.then(|| trace::token(compact, key.key.as_ref())),
        key,
        signature,
        created: None,
        covers_rdf: false,
        canonical: None,
    }
}

/// What the dates of the signature forbid, where they are not those of the credential: in the
/// profile of VC-JOSE-COSE (§3.1) and in presentations. In the profile of Open Badges they must agree
/// with the credential, whose dates are judged.
fn token_dates(case: &Case<'_>, credential: &Credential, token: &Token) -> Option<Graded> {
    if credential.profile() != Some(VcProfile::W3c) && !credential.is_presentation() {
        return None;
    }
    let at = case.bench.at;
    let date = |name: &str| {
        let seconds = token.claims.get(name).map(numeric_date)?;
        Some(seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()))
    };
    match date("exp") {
        Some(None) => return Some(fail("`exp` of the token is not a number of seconds")),
        Some(Some(end)) if skewed(at) > end => {
            return Some(fail(format!("the signature expired at {end}")));
        }
        _ => {}
    }
    match date("nbf") {
        Some(None) => Some(fail("`nbf` of the token is not a number of seconds")),
        Some(Some(start)) if skewed(start) > at => {
            Some(fail(format!("the signature counts only from {start} on")))
        }
        _ => None,
    }
}

/// A NumericDate within the years we know (RFC 7519 §2), to the second.
pub(in crate::verifier) fn numeric_date(value: &Value<'_>) -> Option<i64> {
    let number = value.as_number()?;
    let seconds = number.as_i64().or_else(|| {
        let double = number.as_f64();
        #[expect(clippy::cast_possible_truncation, reason = "bounded just before")]
        let whole = (double.is_finite() && double.abs() < 1e12).then(|| double.floor() as i64);
        whole
    })?;
    jiff::Timestamp::from_second(seconds).ok().map(|instant| instant.as_second())
}

pub(super) fn verified(token: &Compact<'_>, key: &PublicKey) -> Graded {
    match jws::verify(token, key) {
        Ok(()) => pass("the signature matches the token and the key"),
        Err(error) => fail(error.to_string()),
    }
}

/// A `kid` that is no URL is a fragment of the issuer's document.
fn absolute(kid: &str, issuer: Option<&str>) -> String {
    match issuer {
        Some(issuer) if !kid.contains(':') => {
            format!("{issuer}#{}", kid.trim_start_matches('#'))
        }
        _ => kid.to_owned(),
    }
}

impl KeyFinding {
    /// Whether the issuer's own documents list the key.
    pub(super) fn is_issuers(&self) -> bool {
        matches!(self.how, Some(Bond::Listed | Bond::Origin))
    }
}
