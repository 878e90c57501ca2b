//! How much one credential and one request may cost others and us.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// Fetches for one credential; a document that several parts share counts once.
pub const CREDENTIAL_FETCHES: usize = 8;
/// Fetches for one request, however many credentials it holds.
pub const REQUEST_FETCHES: usize = 64;
/// Fetches at once from one host.
pub const HOST_AT_ONCE: usize = 2;
/// Time for one fetch: names, connection, head and body together.
pub const FETCH_TIME: Duration = Duration::from_secs(10);
/// Time to bring a message to an address: names, connection and head of the answer together.
pub const DELIVERY_TIME: Duration = Duration::from_secs(15);
/// Time for all fetches of one request.
pub const REQUEST_TIME: Duration = Duration::from_secs(30);
/// Redirects that are followed.
pub const REDIRECTS: usize = 3;

/// What is left of a request's allowance. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct RequestBudget {
    left: Arc<AtomicUsize>,
    deadline: Instant,
}

impl RequestBudget {
    pub(super) fn new() -> Self {
        Self {
            left: Arc::new(AtomicUsize::new(REQUEST_FETCHES)),
            deadline: Instant::now() + REQUEST_TIME,
        }
    }

    /// An allowance for one credential of this request.
    pub(super) fn credential(&self) -> CredentialBudget {
        CredentialBudget {
            request: self.clone(),
            left: Arc::new(AtomicUsize::new(CREDENTIAL_FETCHES)),
        }
    }
}

/// What is left of a credential's allowance.
#[derive(Clone, Debug)]
pub(super) struct CredentialBudget {
    request: RequestBudget,
    left: Arc<AtomicUsize>,
}

impl CredentialBudget {
    /// Takes one fetch and gives the instant by which it must have ended; `None` when spent.
    pub(super) fn spend(&self) -> Option<Instant> {
        let now = Instant::now();
        if now >= self.request.deadline || !take(&self.left) {
            return None;
        }
        take(&self.request.left).then(|| (now + FETCH_TIME).min(self.request.deadline))
    }
}

fn take(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_gets_eight_and_a_request_sixty_four() {
        let request = RequestBudget::new();
        let mut spent = 0;
        for _ in 0..20 {
            let credential = request.credential();
            let got = (0..20).filter(|_| credential.spend().is_some()).count();
            assert!(got <= CREDENTIAL_FETCHES);
            spent += got;
        }
        assert_eq!(spent, REQUEST_FETCHES);
    }
}
