//! The hosted-verification module: gather, check, judge, report.
//!
//! ```text
//! Input ── gather ──> Dossier ── Case::read ──> checks ──> judge ──> Report
//!          all I/O     saved or   what each      pure       three answers
//!                      judged     link led to    table      and a verdict
//!                      again
//! ```
//!
//! A finding is data, never an error: a revoked badge is a successful verification. The same
//! dossier, policy and instant always give the same report; only [`Verifier::verify`] touches the
//! network, through [`crate::resolve`].

mod badge;
mod case;
mod checks;
mod dossier;
mod gather;
mod input;
mod judge;
mod own;
mod policy;
mod preflight;
mod receipt;
mod report;
mod saved;
mod spoken;
mod text;
mod trace;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use url::Url;

use crate::config::Trust;
use crate::linked_data::Contexts;
use crate::resolve::{OwnIssuance, Resolver};
use crate::world::Clock;
use case::{Bench, Case, Claim};

pub use checks::{About, about};
pub use dossier::{Dossier, Entry, Given, Issuance, Role};
pub use input::{Input, InputError, MAX_INPUT};
pub use own::Own;
pub use policy::{Expected, OneOrMany, PolicyName, Required, UnknownPolicy};
pub use preflight::{Supplied, preflight, preflight_own};
pub use receipt::Receipt;
pub use report::{
    Answers, Authentic, Badge, BadgeAlignment, BadgeCriteria, BadgeEvidence, BadgeIdentity,
    BadgeImage, BadgeIssuer, BadgeLevel, BadgeRecipient, BadgeResult, CheckOutcome, CheckReport,
    DocumentReport, DocumentState, Format, InForce, IssuerAnswer, Knowledge, PartReport, Report,
    State, Verdict, YesNo,
};
pub use saved::{DossierError, MAX_DOSSIER};
pub use text::Text;

/// Verifies badges. Clones share cache and settings.
#[derive(Clone)]
pub struct Verifier {
    resolver: Resolver,
    contexts: &'static Contexts,
    clock: Clock,
    trust: Trust,
}

/// What a verification is asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which checks must hold.
    pub policy: PolicyName,
    /// Whom the badge should belong to.
    pub recipient: Option<Expected>,
    /// The instant to judge for; without one, that at which the documents were gathered.
    pub at: Option<Timestamp>,
    /// Whether canonical forms and signed bytes are wanted.
    pub trace: bool,
    /// Whether the web site that an issuer without a domain names may be asked if it names the
    /// issuer: one document more, needed by nothing but the answer who the issuer is.
    pub linkage: bool,
    /// Whether evidence and other resources that the badge refers to are fetched and held to the
    /// digests that it states.
    pub evidence: bool,
    /// The URL that a person at this machine typed, whose origin may be contacted wherever it is
    /// (the command line). Never a URL that came over the network.
    pub typed: Option<Url>,
}

impl Verifier {
    /// A verifier that finds documents through `resolver` and knows the issuers in `trust`.
    pub fn new(
        resolver: Resolver,
        contexts: &'static Contexts,
        clock: Clock,
        trust: Trust,
    ) -> Self {
        Self { resolver, contexts, clock, trust }
    }

    /// Verifies a badge.
    ///
    /// # Errors
    /// Only when what was given is no badge in any form; see [`InputError`].
    pub async fn verify(&self, input: Input, options: Options) -> Result<Report, InputError> {
        self.gathered(input, &options, judge::judge).await.map(|(report, _)| report)
    }

    /// As [`verify`](Self::verify), with the dossier that the report rests on.
    ///
    /// # Errors
    /// As there.
    pub async fn verify_keeping(
        &self,
        input: Input,
        options: &Options,
    ) -> Result<(Report, Dossier), InputError> {
        self.gathered(input, options, judge::judge).await
    }

    /// Fetches everything that a judgement of the input needs.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub async fn gather(&self, input: Input, options: &Options) -> Result<Dossier, InputError> {
        self.gathered(input, options, |_| ()).await.map(|((), dossier)| dossier)
    }

    async fn gathered<T>(
        &self,
        input: Input,
        options: &Options,
        look: impl FnOnce(&Case<'_>) -> T,
    ) -> Result<(T, Dossier), InputError> {
        let now = self.clock.now();
        let request = self.resolver.request(options.typed.as_ref());
        let mut dossier = Dossier::new(input, options.recipient.clone(), now);
        let bench = self.bench(options, now);
        // The same case is looked at, unless our own record must be asked first.
        let first = |case: &Case<'_>| match (case.no_badge(), case.claim()) {
            (Some(error), _) => Err(error.clone()),
            (None, None) => Ok(Ok(look(case))),
            (None, Some(claim)) => Ok(Err((claim, look))),
        };
        let seen = match gather::gather(&mut dossier, bench, &request, first).await? {
            Ok(seen) => seen,
            Err((claim, look)) => {
                dossier.issuance = self.issuance(claim).await;
                gather::gather(&mut dossier, bench, &request, look).await
            }
        };
        Ok((seen, dossier))
    }

    /// Judges a dossier, without any network. Of one that was kept, the status is that of the day it
    /// was filled: the report says so, and for a later instant the badge is not called valid.
    pub fn judge(&self, dossier: &Dossier, options: &Options) -> Report {
        judge::judge(&Case::read(dossier, self.bench(options, dossier.gathered_at)))
    }

    /// What our own record says of a badge of ours whose signature does not count.
    async fn issuance(&self, claim: Claim) -> Option<Issuance> {
        for method in claim.methods {
            if let Some(OwnIssuance { key, at, compromised }) =
                self.resolver.issued(&method, &claim.sha256).await
            {
                return Some(Issuance { method, key, at, compromised });
            }
        }
        None
    }

    fn bench<'a>(&'a self, options: &Options, gathered: Timestamp) -> Bench<'a> {
        Bench {
            contexts: self.contexts,
            trust: &self.trust,
            policy: options.policy,
            at: options.at.unwrap_or(gathered),
            now: self.clock.now(),
            trace: options.trace,
            linkage: options.linkage,
            evidence: options.evidence,
            own: None,
        }
    }
}
