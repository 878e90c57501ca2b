//! The proof: there, of an accepted kind, with a key that can be read, right, and made for this.

use serde_json::Value as Json;

use super::{Finding, nothing_to_look_at};
use crate::json::Value;
use crate::proof::jws::{Typ, VcProfile};
use crate::verifier::case::{
    Case, Credential, Graded, Ob2Form, ProofFinding, Subject, Token, id_of, numeric_date,
};
use crate::verifier::checks::hosted;

fn graded(graded: &Graded) -> Finding {
    Finding::new(graded.0, graded.1.clone())
}

/// The proof that a credential stands or falls with; else the answer for badges without one.
fn deciding<'c>(case: &'c Case<'_>) -> Result<(&'c Credential, &'c ProofFinding), Finding> {
    let credential = match &case.subject {
        Subject::Credential(credential) => credential,
        Subject::Ob2(badge) => {
            return Err(match badge.form {
                Ob2Form::Hosted => {
                    Finding::skip("a hosted badge carries no signature: its address is its proof")
                }
                _ => Finding::skip("the badge is not signed"),
            });
        }
        _ => return Err(nothing_to_look_at()),
    };
    match credential.deciding(case) {
        Some(proof) => Ok((credential, proof)),
        None => Err(Finding::skip("the credential carries no proof")),
    }
}

pub(super) fn present(case: &Case<'_>) -> Finding {
    match &case.subject {
        Subject::Credential(credential) => match credential.proofs(case).len() {
            0 if credential.is_presentation() => Finding::note(
                "the presentation is not signed: it says nothing of who shows the credentials",
            ),
            0 => Finding::fail("the credential carries no proof"),
            _ if credential.token.is_some() => Finding::pass("the badge is a signed token"),
            1 => Finding::pass("the credential carries a proof"),
            many => Finding::pass(format!("the credential carries {many} proofs")),
        },
        Subject::Ob2(badge) => match badge.form {
            Ob2Form::Hosted => {
                Finding::skip("a hosted badge carries no signature: its address is its proof")
            }
            Ob2Form::Signed(_) => Finding::pass("the badge is a signed token"),
            Ob2Form::Unsigned => Finding::fail(
                "the badge says that it is signed, and carries no signature: give the token",
            ),
        },
        _ => nothing_to_look_at(),
    }
}

pub(super) fn form(case: &Case<'_>) -> Finding {
    if let Some((token, _)) = signed_ob2(case) {
        return match (&token.fault, token.compact()) {
            (Some(fault), _) => Finding::fail(fault.to_string()),
            (None, Some(compact)) => hosted::algorithm(compact),
            (None, None) => Finding::fail("the token cannot be read"),
        };
    }
    match deciding(case) {
        Ok((_, proof)) => graded(&proof.form).fact("algorithm", proof.algorithm.as_str()),
        Err(finding) => finding,
    }
}

pub(super) fn key(case: &Case<'_>) -> Finding {
    if signed_ob2(case).is_some() {
        return hosted::key(case);
    }
    match deciding(case) {
        Ok((_, proof)) => {
            let finding = graded(&proof.key.found).fact("verificationMethod", proof.method.clone());
            match &proof.key.key {
                Some(key) => finding
                    .fact("keyType", key.key_type().to_string())
                    .fact("keyFingerprint", key.fingerprint().to_string()),
                None => finding,
            }
        }
        Err(finding) => finding,
    }
}

pub(super) fn signature(case: &Case<'_>) -> Finding {
    if let Some((token, _)) = signed_ob2(case) {
        return hosted::signature(case, token);
    }
    match deciding(case) {
        Ok((_, proof)) => {
            let mut finding = graded(&proof.signature)
                .fact("verificationMethod", proof.method.clone())
                .fact("algorithm", proof.algorithm.as_str());
            finding.trace = proof.trace.clone().map(Box::new);
            finding
        }
        Err(finding) => finding,
    }
}

pub(super) fn purpose(case: &Case<'_>) -> Finding {
    if signed_ob2(case).is_some() {
        return Finding::skip("keys of Open Badges 2.0 have no dates and no purposes");
    }
    match deciding(case) {
        Ok((_, proof)) => {
            graded(&proof.purpose).fact("created", proof.created.map(|created| created.to_string()))
        }
        Err(finding) => finding,
    }
}

/// Proofs beside the one that decides.
pub(super) fn others(case: &Case<'_>) -> Finding {
    let Ok((credential, deciding)) = deciding(case) else {
        return Finding::skip("there are no further proofs");
    };
    let others: Vec<Json> = credential
        .proofs(case)
        .iter()
        .filter(|proof| !std::ptr::eq(*proof, deciding))
        .map(|proof| {
            let fault =
                [&proof.form, &proof.key.found, &proof.key.bond, &proof.signature, &proof.purpose]
                    .into_iter()
                    .find(|graded| graded.0 != crate::verifier::CheckOutcome::Pass);
            serde_json::json!({
                "algorithm": proof.algorithm,
                "verificationMethod": proof.method,
                "problem": fault.map(|graded| &*graded.1),
            })
        })
        .collect();
    if others.is_empty() {
        return Finding::skip("there are no further proofs");
    }
    let wrong = others
        .iter()
        .filter(|other| other.get("problem").is_some_and(|problem| !problem.is_null()))
        .count();
    let text = match wrong {
        0 => format!("{} further proofs hold too", others.len()),
        _ => format!("{wrong} of {} further proofs do not hold", others.len()),
    };
    Finding::note(text).fact("proofs", others)
}

/// A signed badge of Open Badges 2.0.
fn signed_ob2<'c>(case: &'c Case<'_>) -> Option<(&'c Token, &'c crate::verifier::case::Ob2)> {
    let badge = case.ob2()?;
    match &badge.form {
        Ob2Form::Signed(token) => Some((token, badge)),
        _ => None,
    }
}

/// The claims of the token against the members of the credential.
pub(super) fn claims(case: &Case<'_>) -> Finding {
    let Some(credential) = case.credential() else {
        return Finding::skip("the badge is not in a credential token");
    };
    let Some(token) = &credential.token else {
        return Finding::skip("the badge is not in a token");
    };
    let Some((profile, typ)) =
        credential.profile().zip(token.compact().map(|compact| compact.header().typ()))
    else {
        return Finding::fail("the token's `typ` is not that of a credential");
    };
    let fits = match typ {
        Typ::VcJwt => !credential.is_presentation(),
        Typ::VpJwt => credential.is_presentation(),
        _ => true,
    };
    if !fits {
        return Finding::fail("the token's `typ` is not that of what it carries");
    }
    let wrapped = token.wrapped().is_some();
    if profile == VcProfile::W3c
        && ["vc", "vp"].iter().any(|claim| token.claims.get(claim).is_some())
    {
        return Finding::fail("a token of this type must not have the claims vc or vp");
    }
    match disagreement(credential, &token.claims, profile, wrapped) {
        Some(why) => Finding::fail(why),
        None => Finding::pass("issuer, subject, id and dates of the token agree with the badge")
            .fact(
                "profile",
                match profile {
                    VcProfile::OpenBadges => "Open Badges 3.0",
                    VcProfile::W3c => "VC-JOSE-COSE",
                },
            ),
    }
}

fn disagreement(
    credential: &Credential,
    claims: &Value<'_>,
    profile: VcProfile,
    wrapped: bool,
) -> Option<String> {
    let value = &credential.value;
    // A credential beside the claim would be a second one that other readers take.
    if wrapped
        && ["credentialSubject", "issuer", "verifiableCredential"]
            .iter()
            .any(|name| claims.get(name).is_some())
    {
        return Some(
            "the token carries one credential in a claim and another beside it".to_owned(),
        );
    }
    if let Some(missing) = missing(credential, claims, profile, wrapped) {
        return Some(format!("the token has no `{missing}`"));
    }
    let subjects = value.get("credentialSubject").map(Value::items).unwrap_or_default();
    let subject = match subjects {
        [one] => one.str_of("id"),
        _ => None,
    };
    let signer = if credential.is_presentation() {
        value.get("holder").and_then(id_of).or(claims.str_of("iss"))
    } else {
        credential.issuer_id()
    };
    let mut texts = vec![("iss", signer), ("jti", id_of(value))];
    if !credential.is_presentation() {
        texts.push(("sub", subject));
    }
    for (claim, member) in texts {
        match claims.get(claim) {
            None => {}
            Some(Value::String(text)) if Some(text.as_ref()) == member => {}
            Some(Value::String(_)) => {
                return Some(format!("`{claim}` of the token does not agree with the badge"));
            }
            Some(other) => return Some(format!("`{claim}` of the token is {}", other.kind())),
        }
    }
    // In the other profile they are the dates of the signature.
    if profile == VcProfile::W3c || credential.is_presentation() {
        return None;
    }
    let dates = [("nbf", ["validFrom", "issuanceDate"]), ("exp", ["validUntil", "expirationDate"])];
    for (claim, members) in dates {
        let Some(found) = claims.get(claim) else { continue };
        let Some(seconds) = numeric_date(found) else {
            return Some(format!("`{claim}` of the token is not a number of seconds"));
        };
        let member = members.iter().find_map(|name| value.str_of(name));
        let agrees = member.and_then(|text| text.parse::<jiff::Timestamp>().ok()).is_some_and(
            // A fraction of a second may be lost on the way.
            |instant| instant.as_second() == seconds,
        );
        if !agrees {
            return Some(format!("`{claim}` of the token does not agree with the badge"));
        }
    }
    None
}

/// The claim that the profile of Open Badges demands and the token lacks (OB 3.0 §8.2.3); under data
/// model 1.1 the claims stand for what the `vc` claim leaves out.
fn missing(
    credential: &Credential,
    claims: &Value<'_>,
    profile: VcProfile,
    wrapped: bool,
) -> Option<&'static str> {
    if profile != VcProfile::OpenBadges {
        return None;
    }
    // An `exp` that is not there takes nothing away: the badge itself says when it ends.
    let demanded: &[&str] = match credential.is_presentation() || wrapped {
        true => &["iss"],
        false => &["iss", "sub", "jti", "nbf"],
    };
    demanded.iter().find(|claim| claims.get(claim).is_none()).copied()
}
