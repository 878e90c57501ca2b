//! Whether a web domain names the issuer: the DID configuration that the domain publishes (DIF Well
//! Known DID Configuration 1.0).
//!
//! Asked only of an issuer whose DID names no domain itself, whose profile names a web site, and
//! whose proof holds: a forged badge makes nobody contact anybody. Only linkage credentials in the
//! form of a JWT are read; the context of the other form is not bundled.

use super::{Case, Credential};
use crate::json::{self, Value};
use crate::proof::did::{DidUrl, Relationship};
use crate::proof::jws::{self, Compact};
use crate::resolve::form;
use crate::verifier::dossier::{Need, Role};
use crate::verifier::report::CheckOutcome;

/// Most linkage credentials looked at.
const MOST: usize = 64;

/// The DID configuration that is needed, if one is. What costs most is asked last, and once.
pub(super) fn need(case: &Case<'_>, credential: &Credential) -> Option<Need> {
    let address = case.bench.linkage.then(|| address(credential)).flatten()?;
    let open = case.dossier.find(Role::Linkage, &address).is_none() && holds(case, credential);
    open.then(|| Need::at(Role::Linkage, &address))
}

/// The host of the domain that names the issuer.
pub(in crate::verifier) fn domain(case: &Case<'_>, credential: &Credential) -> Option<String> {
    let address = address(credential)?;
    let document = case.dossier.find(Role::Linkage, &address)?.document()?;
    // Somebody else's answer says nothing about this domain.
    if document.crossed_origin {
        return None;
    }
    let configuration = json::parse_bytes(&document.bytes).ok()?;
    let issuer = credential.issuer_id()?;
    let origin = address.strip_suffix(PATH)?;
    let tokens = configuration.get("linked_dids").map(Value::items).unwrap_or_default();
    let mut tokens = tokens.iter().take(MOST).filter_map(Value::as_str);
    let links = tokens.any(|token| links(case, token, issuer, origin).is_some());
    links.then(|| origin.trim_start_matches("https://").to_owned())
}

const PATH: &str = "/.well-known/did-configuration.json";

/// Where the DID configuration of the issuer's web site lies.
fn address(credential: &Credential) -> Option<String> {
    let issuer = credential.issuer_id()?;
    if !issuer.starts_with("did:") || issuer.starts_with("did:web:") {
        return None;
    }
    let url = form::check(credential.value.get("issuer")?.str_of("url")?).ok()?;
    let secure = url.scheme() == "https";
    secure.then(|| format!("{}{PATH}", url.origin().ascii_serialization()))
}

/// Whether a proof of the issuer holds.
fn holds(case: &Case<'_>, credential: &Credential) -> bool {
    credential.deciding(case).is_some_and(|proof| {
        proof.signature.0 == CheckOutcome::Pass && proof.key.bond.0 == CheckOutcome::Pass
    })
}

/// Whether a domain linkage credential (§3.2) links this issuer to this origin.
fn links(case: &Case<'_>, token: &str, issuer: &str, origin: &str) -> Option<()> {
    let compact = Compact::parse(token).ok()?;
    let claims = json::parse_bytes(compact.payload()).ok()?;
    let vc = claims.get("vc")?;
    let subject = vc.get("credentialSubject")?;
    let types = vc.get("type").map(Value::items).unwrap_or_default();
    let named = [claims.str_of("iss"), claims.str_of("sub"), subject.str_of("id")];
    let seconds = |name: &str| claims.get(name).and_then(Value::as_number)?.as_i64();
    let at = case.bench.at.as_second();
    let says_so = named.iter().all(|id| *id == Some(issuer))
        && subject.str_of("origin").is_some_and(|found| found.trim_end_matches('/') == origin)
        && types.iter().any(|kind| kind.as_str() == Some("DomainLinkageCredential"))
        && seconds("nbf").is_none_or(|from| from <= at + 60)
        && seconds("exp").is_some_and(|until| at < until);
    let method = compact.header().kid()?;
    let signer = DidUrl::parse(method).ok()?;
    if !says_so || signer.did().as_str() != issuer {
        return None;
    }
    let document = signer.did().own_document().ok()??;
    let key = document.find(method, Relationship::Assertion).ok()?.key().ok()?;
    jws::verify(&compact, &key).ok()
}
