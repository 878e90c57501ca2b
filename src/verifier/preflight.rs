//! Judging a badge before it leaves: with the documents that the issuer itself supplies, and no
//! network.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::case::Bench;
use super::dossier::Dossier;
use super::gather::supply;
use super::input::Input;
use super::judge::judge;
use super::own::Own;
use super::policy::PolicyName;
use super::report::{CheckOutcome, Report, YesNo};
use crate::config::Trust;
use crate::linked_data::Contexts;
use crate::resolve::{Document, Outcome};

/// Judges a credential text or token at the instant `at`, with `documents` (content by URL, or by
/// DID) as the whole web. Status lists need not be among them.
pub fn preflight(
    text: &str,
    documents: &BTreeMap<String, String>,
    contexts: &Contexts,
    policy: PolicyName,
    at: Timestamp,
) -> Report {
    let find = |url: &str| Some(known(url, documents.get(url)?, at));
    judged(Input::Bytes(text.as_bytes().to_vec()), find, contexts, policy, at, None)
}

/// Documents that a caller supplies, ready for many badges.
#[derive(Clone, Debug)]
pub struct Supplied(BTreeMap<String, Outcome>);

impl Supplied {
    /// Makes ready `documents`, content by URL or by DID, as they stand at the instant `at`.
    pub fn new(documents: &BTreeMap<String, String>, at: Timestamp) -> Self {
        let made = documents.iter().map(|(url, body)| (url.clone(), known(url, body, at)));
        Self(made.collect())
    }
}

/// As [`preflight`] under the default policy, for a badge that this process has just signed and whose
/// signature it has checked already, among many.
pub fn preflight_own(
    documents: &Supplied,
    contexts: &Contexts,
    at: Timestamp,
    own: Own<'_>,
) -> Report {
    let find = |url: &str| documents.0.get(url).cloned();
    // The badge itself is at hand: where it came from is not asked.
    let nowhere = Input::Url(String::new());
    judged(nowhere, find, contexts, PolicyName::Default, at, Some(own))
}

fn known(url: &str, body: &str, at: Timestamp) -> Outcome {
    Outcome::Got(Document::known(url, "application/json", body.as_bytes().to_vec(), at))
}

fn judged(
    input: Input,
    find: impl Fn(&str) -> Option<Outcome>,
    contexts: &Contexts,
    policy: PolicyName,
    at: Timestamp,
    own: Option<Own<'_>>,
) -> Report {
    let trust = Trust::default();
    let bench = Bench {
        contexts,
        trust: &trust,
        policy,
        at,
        now: at,
        trace: false,
        linkage: false,
        evidence: false,
        own,
    };
    let mut dossier = Dossier::new(input, None, at);
    supply(&mut dossier, bench, find, judge)
}

impl Report {
    /// Whether a badge that was just made may leave: it is shown to be the issuer's, and every check
    /// of its shape, proof, badge class and results passes or does not apply. Otherwise the first
    /// finding against it.
    ///
    /// # Errors
    /// Id and message of the check that stands in the way.
    pub fn may_leave(&self) -> Result<(), (String, String)> {
        let families = ["input", "shape", "proof", "hosted", "badge-class", "results", "issuer"];
        let against = self.checks.iter().find(|check| {
            let family = check.id.split('.').next().unwrap_or_default();
            families.contains(&family)
                && matches!(check.outcome, CheckOutcome::Fail | CheckOutcome::Unknown)
                && super::about(&check.id).is_some_and(|about| about.required.default)
        });
        if let Some(check) = against {
            return Err((check.id.to_string(), check.message.to_string()));
        }
        if self.answers.authentic.answer != YesNo::Yes {
            return Err(("authentic".to_owned(), self.answers.authentic.reason.clone()));
        }
        Ok(())
    }
}
