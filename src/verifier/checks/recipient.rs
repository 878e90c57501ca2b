//! Does the badge belong to the person expected (OB 2.0 §IdentityObject; OB 3.0 §10.1.3)?

use md5::Md5;
use sha2::{Digest, Sha256};

use super::{Finding, nothing_to_look_at};
use crate::json::Value;
use crate::verifier::case::{Case, Ob2What, Subject, member_of};
use crate::verifier::policy::Expected;
use crate::wire::DocumentKind;

/// An identity that the badge states.
struct Stated<'c> {
    kind: &'c str,
    identity: &'c str,
    hashed: bool,
    salt: &'c str,
}

/// How a value compares with a stated identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    No,
    /// The hash is of a kind that is not computed here.
    Untested,
    ButForCase,
    Exact,
}

pub(super) fn expected(case: &Case<'_>) -> Finding {
    let Some(expected) = &case.dossier.expected else {
        return Finding::skip("nobody asked whom it belongs to");
    };
    let stated = match stated(case) {
        Ok(stated) => stated,
        Err(finding) => return finding,
    };
    if stated.is_empty() {
        return Finding::fail("the badge states no recipient that could be compared");
    }
    let mut best = (Match::No, "");
    let mut kinds = Vec::new();
    for identity in &stated {
        kinds.push(identity.kind);
        for value in wanted(expected, identity.kind) {
            best = best.max((compare(identity, value), identity.kind));
        }
    }
    let finding = match best.0 {
        Match::Exact => Finding::pass("it belongs to the person expected"),
        Match::ButForCase => Finding::note("it belongs to the person expected but for letter case"),
        Match::Untested => {
            Finding::unknown("the recipient is hashed in a way that is not computed here")
        }
        Match::No => Finding::fail("it does not belong to the person expected"),
    };
    match best.0 {
        Match::No => finding.fact("identityTypes", kinds),
        _ => finding.fact("identityType", best.1),
    }
}

fn stated<'c>(case: &'c Case<'_>) -> Result<Vec<Stated<'c>>, Finding> {
    match &case.subject {
        Subject::Ob2(badge) if badge.what == Ob2What::Endorsement => Err(no_recipient()),
        Subject::Ob2(badge) => {
            let Some(assertion) = badge.assertion.value() else {
                return Err(Finding::unknown("the badge, which names its recipient, was not read"));
            };
            let recipients = assertion.get("recipient").map(Value::items).unwrap_or_default();
            Ok(recipients
                .iter()
                .filter_map(|recipient| {
                    Some(Stated {
                        kind: member_of(recipient, &["type", "@type"])?
                            .items()
                            .first()?
                            .as_str()?,
                        identity: recipient.str_of("identity")?,
                        hashed: recipient.get("hashed")?.as_bool()?,
                        salt: recipient.str_of("salt").unwrap_or_default(),
                    })
                })
                .collect())
        }
        Subject::Credential(credential)
            if !matches!(
                credential.kind,
                DocumentKind::Ob3Achievement(_) | DocumentKind::Clr2(_)
            ) =>
        {
            Err(no_recipient())
        }
        Subject::Credential(credential) => {
            let subject = credential.value.get("credentialSubject").map(Value::items);
            let Some([subject]) = subject else { return Ok(Vec::new()) };
            let mut stated: Vec<Stated<'c>> = subject
                .str_of("id")
                .map(|id| Stated { kind: "id", identity: id, hashed: false, salt: "" })
                .into_iter()
                .collect();
            let identifiers = subject.get("identifier").map(Value::items).unwrap_or_default();
            stated.extend(identifiers.iter().filter_map(|identifier| {
                Some(Stated {
                    kind: identifier.str_of("identityType")?,
                    identity: identifier.str_of("identityHash")?,
                    hashed: identifier.get("hashed")?.as_bool()?,
                    salt: identifier.str_of("salt").unwrap_or_default(),
                })
            }));
            Ok(stated)
        }
        _ => Err(nothing_to_look_at()),
    }
}

fn no_recipient() -> Finding {
    Finding::skip("it was not awarded to anybody")
}

/// The expected values that may be compared with an identity of this kind.
fn wanted<'e>(expected: &'e Expected, kind: &str) -> Vec<&'e str> {
    match expected {
        Expected::Any(value) => vec![value.trim()],
        Expected::Typed(values) => values
            .iter()
            .filter(|(asked, _)| same_kind(asked, kind))
            .flat_map(|(_, values)| values.values().iter().map(String::as_str))
            .collect(),
    }
}

/// Open Badges 2.0 and 3.0 have different words for the same kinds.
fn same_kind(asked: &str, stated: &str) -> bool {
    let plain = |kind: &str| match kind.rsplit([':', '#', '/']).next().unwrap_or(kind) {
        "emailAddress" | "email" => "email".to_owned(),
        other => other.strip_prefix("ext:").unwrap_or(other).to_owned(),
    };
    plain(asked) == plain(stated)
}

fn compare(stated: &Stated<'_>, value: &str) -> Match {
    if !stated.hashed {
        return if stated.identity == value {
            Match::Exact
        } else if stated.identity.to_lowercase() == value.to_lowercase() && is_email(stated) {
            Match::ButForCase
        } else {
            Match::No
        };
    }
    let Some((algorithm, hex)) = stated.identity.split_once('$') else { return Match::No };
    let hash: fn(&str, &str) -> String = match algorithm {
        "sha256" => hashed::<Sha256>,
        "md5" => hashed::<Md5>,
        _ => return Match::Untested,
    };
    let is = |value: &str| hash(value, stated.salt).eq_ignore_ascii_case(hex);
    if is(value) {
        Match::Exact
    } else if is_email(stated) && is(&value.to_lowercase()) {
        Match::ButForCase
    } else {
        Match::No
    }
}

fn is_email(stated: &Stated<'_>) -> bool {
    same_kind("email", stated.kind)
}

/// The identity and the salt appended (OB 2.0 §IdentityHash).
fn hashed<D: Digest>(value: &str, salt: &str) -> String {
    let mut digest = D::new();
    digest.update(value.as_bytes());
    digest.update(salt.as_bytes());
    crate::proof::encoding::hex(&digest.finalize())
}

/// Whether a text has the form of a hashed identity: `sha256$` or `md5$` and hex digits.
pub(super) fn is_hash(text: &str) -> bool {
    let Some((algorithm, hex)) = text.split_once('$') else { return false };
    let length = match algorithm {
        "sha256" => 64,
        "md5" => 32,
        _ => return false,
    };
    hex.len() == length && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a text has the form of the hashes of Open Badges 0.5, which are not computed here.
pub(super) fn is_sha1(text: &str) -> bool {
    text.strip_prefix("sha1$")
        .is_some_and(|hex| hex.len() == 40 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_specifications() {
        // OB 3.0 §IdentityObject: the identity and the salt appended.
        assert_eq!(
            hashed::<Sha256>("a@example.com", "Kosher"),
            "b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
        );
        assert!(hashed::<Sha256>("mayze", "").starts_with("7a1a1b3f"));
        assert!(hashed::<Sha256>("nobody@example.org", "deadsea").starts_with("ecf5409f3f4b"));
        assert!(hashed::<Sha256>("test@example.com", "sel gris").starts_with("85c4196c5516"));
    }

    #[test]
    fn identities_match_exactly_or_but_for_case() {
        let hashed = format!("sha256${}", hashed::<Sha256>("ann@example.org", "s").to_uppercase());
        let stated = |kind, identity, hashed| Stated { kind, identity, hashed, salt: "s" };
        let email = stated("emailAddress", &hashed, true);
        assert_eq!(compare(&email, "ann@example.org"), Match::Exact);
        assert_eq!(compare(&email, "Ann@Example.org"), Match::ButForCase);
        assert_eq!(compare(&email, "bob@example.org"), Match::No);
        assert_eq!(
            compare(&stated("email", "Ann@example.org", false), "ann@example.org"),
            Match::ButForCase
        );
        assert_eq!(compare(&stated("id", "did:key:zA", false), "did:key:za"), Match::No);
        // RFC 1321 §A.5: the digest of "abc".
        let md5 = "md5$900150983cd24fb0d6963f7d28e17f72";
        let salted = Stated { kind: "email", identity: md5, hashed: true, salt: "c" };
        assert_eq!(compare(&salted, "ab"), Match::Exact);
        assert_eq!(compare(&salted, "AB"), Match::ButForCase);
        assert_eq!(compare(&stated("email", "sha1$00", true), "x"), Match::Untested);
        assert!(same_kind("email", "emailAddress") && !same_kind("url", "email"));
    }
}
