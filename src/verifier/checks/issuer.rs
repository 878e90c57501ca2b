//! The issuer: can its own document be read, is the key its own, and do we know it?

use super::{Finding, nothing_to_look_at};
use crate::resolve::form;
use crate::verifier::case::{
    Bond, Case, Linked, Ob2Form, Ob2What, Subject, id_of, linked_domain, same_url,
};
use crate::verifier::checks::hosted;
use crate::verifier::report::{CheckOutcome, IssuerAnswer, Knowledge};
use crate::wire::Ob2Version;

pub(super) fn resolved(case: &Case<'_>) -> Finding {
    let badge = match &case.subject {
        Subject::Ob2(badge) => badge,
        Subject::Credential(credential) => {
            return match credential.issuer_id() {
                None if credential.is_presentation() => {
                    Finding::skip("the presentation names no holder")
                }
                None => Finding::fail("the credential names no issuer"),
                Some(id) => match credential.deciding(case) {
                    Some(_) => Finding::pass("the issuer is named").fact("issuer", id),
                    None => Finding::skip("there is no proof to hold against the issuer"),
                },
            };
        }
        _ => return nothing_to_look_at(),
    };
    match &badge.issuer {
        Linked::Hosted { url, document, .. } if document.crossed_origin => {
            Finding::fail("the issuer's profile was answered by another origin")
                .fact("issuer", url.as_str())
        }
        Linked::Hosted { url, value, .. } => match id_of(value) {
            Some(id) if same_url(id, url) => {
                Finding::pass("the issuer's profile was read at its own address").fact("issuer", id)
            }
            _ => Finding::fail("the issuer's profile does not carry its own address as id")
                .fact("issuer", url.as_str()),
        },
        Linked::Embedded(_) if badge.version == Ob2Version::V0_5 => {
            Finding::pass("the issuer is the web origin that it names, as in Open Badges 0.5")
        }
        // Without an address of its own nobody says so but the badge.
        Linked::Embedded(_) => {
            Finding::fail("the issuer has no web address at which its profile could be read")
        }
        Linked::Absent if badge.class.value().is_some() => {
            Finding::fail("the badge class names no issuer")
        }
        Linked::Absent
            if badge.what == Ob2What::Endorsement && badge.assertion.value().is_some() =>
        {
            Finding::fail("the endorsement names no issuer")
        }
        other => hosted::unread(other, "the issuer's profile"),
    }
}

pub(super) fn key(case: &Case<'_>) -> Finding {
    match &case.subject {
        Subject::Ob2(badge) => match badge.form {
            Ob2Form::Signed(_) => hosted::issuer_key(case),
            Ob2Form::Hosted => Finding::skip("a hosted badge needs no key"),
            Ob2Form::Unsigned => Finding::skip("the badge is not signed"),
        },
        Subject::Credential(credential) => match credential.deciding(case) {
            None => Finding::skip("the credential carries no proof"),
            Some(proof) => {
                let (outcome, why) = proof.key.bond.clone();
                let text = match proof.key.how {
                    Some(Bond::SelfAsserted) => {
                        format!("only the proof itself names the key, as anybody could: {why}")
                            .into()
                    }
                    _ => why,
                };
                let finding = Finding::new(outcome, text)
                    .fact("issuer", credential.issuer_id())
                    .fact("verificationMethod", proof.method.clone());
                match proof.key.how {
                    Some(Bond::SelfAsserted) => finding.fact("selfAsserted", true),
                    Some(Bond::Origin) => finding.fact("sameOrigin", true),
                    _ => finding,
                }
            }
        },
        _ => nothing_to_look_at(),
    }
}

pub(super) fn known(case: &Case<'_>) -> Finding {
    if issuer_of(case).is_none() {
        return nothing_to_look_at();
    }
    let answer = knowledge(case);
    let finding = match answer.answer {
        Knowledge::Trusted | Knowledge::Pinned => Finding::pass(answer.reason),
        _ => Finding::unknown(answer.reason),
    };
    let http = issuer_of(case).is_some_and(|id| id.starts_with("http:"));
    if http { finding.fact("plainHttp", true) } else { finding }
}

/// How we know who the issuer is. It says nothing about whether the badge is the issuer's.
pub(in crate::verifier) fn knowledge(case: &Case<'_>) -> IssuerAnswer {
    let Some(id) = issuer_of(case) else {
        return IssuerAnswer {
            answer: Knowledge::Unknown,
            reason: "the badge names no issuer".to_owned(),
        };
    };
    let trust = case.bench.trust;
    let pins = trust.pinned.get(&id).map(Vec::as_slice).unwrap_or_default();
    let is_pinned = || {
        let Some((fingerprint, multikey)) = signing_key(case) else { return false };
        pins.iter().any(|pin| {
            pin.eq_ignore_ascii_case(&fingerprint) || Some(pin.as_str()) == multikey.as_deref()
        })
    };
    let (answer, reason) = if !is_proven(case) {
        (Knowledge::Unknown, "it is not shown that the issuer named made this badge".to_owned())
    } else if trust.issuers.iter().any(|known| *known == id || same_url(known, &id)) {
        (Knowledge::Trusted, "the issuer is on this service's list".to_owned())
    } else if !pins.is_empty() && is_pinned() {
        (Knowledge::Pinned, "the key is pinned for this issuer".to_owned())
    } else if let Some(host) = domain_of(&id) {
        (Knowledge::Domain, format!("the issuer controls the web domain {host}"))
    } else if let Some(host) = case.credential().and_then(|it| linked_domain(case, it)) {
        (Knowledge::Domain, format!("the web domain {host} names this issuer"))
    } else {
        (Knowledge::SelfStated, "the issuer is known only by its own key".to_owned())
    };
    IssuerAnswer { answer, reason }
}

/// Whether the badge is tied to the issuer it names.
fn is_proven(case: &Case<'_>) -> bool {
    let holds = |finding: Finding| finding.outcome == CheckOutcome::Pass;
    match &case.subject {
        Subject::Credential(credential) => credential.deciding(case).is_some_and(|proof| {
            proof.key.bond.0 == CheckOutcome::Pass && proof.signature.0 == CheckOutcome::Pass
        }),
        Subject::Ob2(badge) => match &badge.form {
            Ob2Form::Hosted => holds(resolved(case)) && holds(hosted::scope(case)),
            Ob2Form::Signed(token) => {
                holds(resolved(case))
                    && holds(hosted::issuer_key(case))
                    && holds(hosted::signature(case, token))
            }
            Ob2Form::Unsigned => false,
        },
        _ => false,
    }
}

fn issuer_of(case: &Case<'_>) -> Option<String> {
    match &case.subject {
        Subject::Credential(credential) => credential.issuer_id().map(str::to_owned),
        Subject::Ob2(badge) => {
            badge.issuer.url().or_else(|| badge.issuer.value().and_then(id_of)).map(str::to_owned)
        }
        _ => None,
    }
}

/// Fingerprint and multikey of the key that the badge was signed with.
fn signing_key(case: &Case<'_>) -> Option<(String, Option<String>)> {
    let key = match &case.subject {
        Subject::Credential(credential) => credential.deciding(case)?.key.key.clone()?,
        Subject::Ob2(_) => hosted::signing_key(case)?,
        _ => return None,
    };
    Some((key.fingerprint().to_string(), key.to_multikey()))
}

/// The web domain that an issuer's id names.
fn domain_of(id: &str) -> Option<String> {
    if let Some(rest) = id.strip_prefix("did:web:") {
        return Some(rest.split([':', '%']).next().unwrap_or_default().to_owned());
    }
    form::check(id).ok()?.host_str().map(str::to_owned)
}
