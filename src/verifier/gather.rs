//! All the input and output of a verification: fills a dossier, round by round, until the case
//! needs nothing more or the budget is spent.

use std::collections::HashMap;

use futures_util::future::join_all;

use super::case::{Bench, Case};
use super::dossier::Dossier;
use crate::resolve::{Errand, Outcome, Request};

/// Rounds at most: an assertion, its second address, badge class, issuer, keys and lists, their
/// issuers; the same for what stands inside, on each level.
const ROUNDS: usize = 32;

/// Fills the dossier with everything the case needs, and lets `look` see the case that needs nothing
/// more: what was read to know that is not read again.
pub(super) async fn gather<T>(
    dossier: &mut Dossier,
    bench: Bench<'_>,
    request: &Request,
    look: impl FnOnce(&Case<'_>) -> T,
) -> T {
    let mut errands: HashMap<String, Errand> = HashMap::new();
    let mut parsed = None;
    for _ in 0..ROUNDS {
        let needs = {
            let case = Case::read_again(dossier, bench, parsed.take());
            let needs = case.needs();
            if needs.is_empty() {
                return look(&case);
            }
            parsed = case.into_parsed();
            needs
        };
        for need in &needs {
            errands.entry(need.purse.clone()).or_insert_with(|| request.credential());
        }
        // All of a round go out together; the errand keeps the budget in the order of importance.
        let found = join_all(needs.iter().map(|need| async {
            match (&need.url, errands.get(&need.purse)) {
                (Ok(url), Some(errand)) => errand.get(url, need.role.kind()).await,
                (Err(why), _) => why.clone().into(),
                (_, None) => crate::resolve::Why::Budget.into(),
            }
        }))
        .await;
        for (need, outcome) in needs.into_iter().zip(found) {
            dossier.add(need.role, need.name, outcome);
        }
    }
    look(&Case::read_again(dossier, bench, parsed))
}

/// Fills the dossier with what the caller supplies, and nothing else.
pub(super) fn supply<T>(
    dossier: &mut Dossier,
    bench: Bench<'_>,
    find: impl Fn(&str) -> Option<Outcome>,
    look: impl FnOnce(&Case<'_>) -> T,
) -> T {
    let mut parsed = None;
    for _ in 0..ROUNDS {
        let needs = {
            let case = Case::read_again(dossier, bench, parsed.take());
            let needs = case.needs();
            if needs.is_empty() {
                return look(&case);
            }
            parsed = case.into_parsed();
            needs
        };
        for need in needs {
            let url = need.url.as_deref().unwrap_or(&need.name);
            let outcome = find(url).or_else(|| find(&need.name));
            let outcome = outcome.unwrap_or_else(|| crate::resolve::Why::NotSupplied.into());
            dossier.add(need.role, need.name, outcome);
        }
    }
    look(&Case::read_again(dossier, bench, parsed))
}
