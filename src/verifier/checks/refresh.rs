//! Whether the issuer has given out a newer issue (OB 3.0 §10.1.1).

use percent_encoding::percent_decode_str;

use super::{Finding, nothing_to_look_at};
use crate::verifier::case::{Case, Credential, Newer, Refresh, Subject, id_of};
use crate::verifier::report::Verdict;

pub(super) fn latest(case: &Case<'_>) -> Finding {
    if !matches!(case.subject, Subject::Credential(_) | Subject::Ob2(_)) {
        return nothing_to_look_at();
    }
    match &case.refresh {
        Refresh::None => Finding::skip("the badge names no refresh service"),
        Refresh::OtherType(kind) => {
            Finding::unknown(format!("refresh services of the type {kind:?} are not asked here"))
        }
        Refresh::NotAsked => Finding::skip("a newer issue is asked for only when the proof holds"),
        Refresh::Pending(url) => {
            Finding::unknown("the refresh service was not asked").fact("url", url.as_str())
        }
        Refresh::Unread { url, why } => {
            Finding::unknown(format!("the refresh service gave no newer issue: {why}"))
                .fact("url", url.as_str())
        }
        Refresh::Answer(newer) => match standing(case, newer) {
            Standing::Other => {
                Finding::fail("the refresh service answers with another credential")
            }
            Standing::Same => Finding::pass("it is the newest issue"),
            Standing::Older => Finding::note("the refresh service answers with an older issue"),
            Standing::Newer => match newer.report().verdict {
                Verdict::Valid => {
                    Finding::note("the issuer has given out a newer issue, which is valid")
                }
                _ => Finding::note(
                    "the issuer has given out a newer issue, which is not valid: the one given is judged",
                ),
            },
        }
        .fact("url", newer.url.as_str()),
    }
}

/// How an answer stands to the credential that asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Other,
    Older,
    Same,
    Newer,
}

fn standing(case: &Case<'_>, newer: &Newer<'_>) -> Standing {
    let (Some(old), Some(new)) = (case.credential(), newer.case.credential()) else {
        return Standing::Other;
    };
    if key(old).is_none() || key(old) != key(new) {
        return Standing::Other;
    }
    match from(new).cmp(&from(old)) {
        std::cmp::Ordering::Less => Standing::Older,
        std::cmp::Ordering::Equal => Standing::Same,
        std::cmp::Ordering::Greater => Standing::Newer,
    }
}

/// What makes two credentials issues of one (OB 3.0 §9.2): issuer and id, trimmed and
/// percent-decoded.
fn key(credential: &Credential) -> Option<(String, String)> {
    let plain = |text: &str| percent_decode_str(text.trim()).decode_utf8_lossy().into_owned();
    Some((plain(credential.issuer_id()?), plain(id_of(&credential.value)?)))
}

fn from(credential: &Credential) -> Option<jiff::Timestamp> {
    let names = ["validFrom", "issuanceDate"];
    names.iter().find_map(|name| credential.value.str_of(name))?.parse().ok()
}

/// The newer issue that is judged in place of the one given: valid, of the same issuer and id.
pub(in crate::verifier) fn replacement<'c, 'd>(case: &'c Case<'d>) -> Option<&'c Newer<'d>> {
    let Refresh::Answer(newer) = &case.refresh else { return None };
    let fits = standing(case, newer) == Standing::Newer && newer.report().verdict == Verdict::Valid;
    fits.then_some(&**newer)
}
