//! The credentials inside a transcript or a presentation. Each has its own report; here is what they
//! mean for the whole.

use serde_json::{Value as Json, json};

use super::{Finding, nothing_to_look_at};
use crate::verifier::case::{Case, Credential, Part, PartKind, Subject};
use crate::verifier::report::{Verdict, YesNo};
use crate::wire::DocumentKind;

/// The transcript or presentation, and what stands in it.
fn holder<'c, 'd>(case: &'c Case<'d>) -> Result<(&'c Credential, Vec<&'c Part<'d>>), Finding> {
    let credential = match &case.subject {
        Subject::Credential(credential)
            if matches!(credential.kind, DocumentKind::Clr2(_) | DocumentKind::Presentation(_)) =>
        {
            credential
        }
        Subject::Credential(_) | Subject::Ob2(_) => {
            return Err(Finding::skip("it holds no other credentials"));
        }
        _ => return Err(nothing_to_look_at()),
    };
    let parts: Vec<_> =
        case.parts.iter().filter(|part| part.kind == PartKind::Credential).collect();
    if parts.is_empty() && case.parts_left_out == 0 {
        return Err(Finding::skip("there are no credentials in it"));
    }
    Ok((credential, parts))
}

/// The first of them, for the report.
fn listed<'c>(parts: impl Iterator<Item = &'c &'c Part<'c>>) -> Vec<Json> {
    parts
        .take(32)
        .map(|part| json!({"pointer": part.pointer, "verdict": part.report().verdict}))
        .collect()
}

/// Whether each credential inside is what its own issuer made. One that is forged makes the whole
/// misleading, whoever signed that.
pub(super) fn authentic(case: &Case<'_>) -> Finding {
    let (_, parts) = match holder(case) {
        Ok(found) => found,
        Err(finding) => return finding,
    };
    if case.parts_left_out > 0 {
        return Finding::fail("there are more credentials in it than are looked at")
            .fact("leftOut", case.parts_left_out);
    }
    let with = |answer: YesNo| {
        parts.iter().filter(move |part| part.report().answers.authentic.answer == answer)
    };
    let all = parts.len();
    let (wrong, open) = (with(YesNo::No).count(), with(YesNo::Unknown).count());
    if wrong > 0 {
        Finding::fail(format!("{wrong} of {all} credentials in it are not authentic"))
            .fact("credentials", listed(with(YesNo::No)))
    } else if open > 0 {
        Finding::unknown(format!("of {open} of {all} credentials in it nobody can tell"))
            .fact("credentials", listed(with(YesNo::Unknown)))
    } else {
        Finding::pass("each credential in it is what its issuer made").fact("credentials", all)
    }
}

/// Whether each credential inside holds wholly. A presentation is nothing but what it shows; a
/// transcript stays one although a badge in it has expired or was revoked, which its own report says.
pub(super) fn in_force(case: &Case<'_>) -> Finding {
    let (credential, parts) = match holder(case) {
        Ok(found) => found,
        Err(finding) => return finding,
    };
    let with = |verdict: Verdict| parts.iter().filter(move |part| part.report().verdict == verdict);
    let (bad, open) = (with(Verdict::Invalid).count(), with(Verdict::Indeterminate).count());
    let all = parts.len();
    let shown = credential.is_presentation();
    if bad > 0 {
        let text = format!("{bad} of {all} credentials in it are not valid");
        let finding = if shown { Finding::fail(text) } else { Finding::note(text) };
        finding.fact("credentials", listed(with(Verdict::Invalid)))
    } else if open > 0 {
        let text = format!("{open} of {all} credentials in it could not be verified");
        let finding = if shown { Finding::unknown(text) } else { Finding::note(text) };
        finding.fact("credentials", listed(with(Verdict::Indeterminate)))
    } else {
        Finding::pass("each credential in it is valid").fact("credentials", all)
    }
}
