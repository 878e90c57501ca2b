//! What was given: can it be read, and is it something we judge?

use super::Finding;
use crate::baking::{ImageKind, Oddity};
use crate::resolve::Why;
use crate::verifier::case::{Case, Ob2What, Subject, Trouble};
use crate::verifier::input::{Carrier, MAX_JSON};
use crate::wire::DocumentKind;

pub(super) fn read(case: &Case<'_>) -> Finding {
    match &case.subject {
        Subject::Ob2(badge) if badge.given.as_object().is_none() => {
            Finding::pass("the badge was withdrawn at its address")
        }
        Subject::Ob2(_) | Subject::Credential(_) => Finding::pass("the badge was read"),
        Subject::Other(DocumentKind::Unknown) => {
            Finding::fail("this JSON is neither an Open Badge nor a verifiable credential")
        }
        Subject::Other(kind) => Finding::fail(format!("{}, not a badge", name(*kind))),
        Subject::Unread(trouble) => unread(trouble),
    }
}

fn unread(trouble: &Trouble) -> Finding {
    match trouble {
        Trouble::Pending(url) => {
            Finding::unknown(Why::NotSupplied.to_string()).fact("url", url.as_str())
        }
        Trouble::Absent(why) if why.is_definite() || matches!(why, Why::TooBig(_)) => {
            Finding::fail(why.to_string())
        }
        Trouble::Absent(why) => Finding::unknown(why.to_string()),
        Trouble::Form(problem) => Finding::fail(format!("the URL is refused: {problem}")),
        Trouble::NotABadge(error) => Finding::fail(error.to_string()),
        Trouble::Json(error) => Finding::fail(format!("the JSON is not acceptable: {error}")),
        Trouble::TooLong(length) => {
            Finding::fail(format!("the JSON has {length} bytes; at most {MAX_JSON} are read"))
        }
        Trouble::Token(why) => Finding::fail(format!("the token cannot be read: {why}")),
        Trouble::Circle => Finding::fail("the image names a URL that leads to another image"),
        Trouble::Envelope(media) => {
            Finding::unknown(format!("an envelope of the type {media:?} cannot be opened here"))
        }
        Trouble::Part(kind) => Finding::fail(format!("it is {kind}, not a credential")),
    }
}

pub(super) fn supported(case: &Case<'_>) -> Finding {
    match &case.subject {
        Subject::Unread(_) => super::nothing_to_look_at(),
        Subject::Other(_) => super::nothing_to_look_at(),
        Subject::Ob2(badge) => {
            let what = match badge.what {
                Ob2What::Award => "an assertion",
                Ob2What::Endorsement => "an endorsement",
            };
            Finding::pass(format!("{what} of Open Badges {}", badge.version.as_str()))
        }
        Subject::Credential(credential) => match credential.kind {
            DocumentKind::Ob3Achievement(_) => Finding::pass("a badge of Open Badges 3.0"),
            DocumentKind::Ob3Endorsement(_) => Finding::pass("an endorsement of Open Badges 3.0"),
            DocumentKind::Clr2(_) => Finding::pass("a Comprehensive Learner Record 2.0"),
            DocumentKind::Presentation(_) => Finding::pass("a presentation of credentials"),
            _ => Finding::fail("a verifiable credential that is no Open Badge"),
        },
    }
}

pub(super) fn image(case: &Case<'_>) -> Finding {
    let (kind, oddities) = match &case.carrier {
        None => return Finding::skip("the badge did not come in an image"),
        Some(Carrier::Pdf) => {
            return Finding::note(
                "the badge came attached to a PDF; what the pages of the PDF show was not looked at",
            )
            .fact("file", "PDF");
        }
        Some(Carrier::Image(kind, oddities)) => (kind, oddities),
    };
    let kind = match kind {
        ImageKind::Png => "PNG",
        ImageKind::Svg => "SVG",
    };
    if oddities.is_empty() {
        return Finding::pass("the badge stands in the image once, and in its place")
            .fact("image", kind);
    }
    let list: Vec<String> = oddities.iter().map(Oddity::to_string).collect();
    Finding::note(list.join("; ")).fact("image", kind)
}

fn name(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::BadgeClass(_) => "a badge class",
        DocumentKind::Issuer(_) => "an issuer profile",
        DocumentKind::Endorsement(_) => "an endorsement",
        DocumentKind::RevocationList(_) => "a revocation list",
        DocumentKind::CryptographicKey(_) => "a public key",
        DocumentKind::DidDocument => "a DID document",
        DocumentKind::Presentation(_) => "a presentation",
        _ => "another kind of document",
    }
}
