//! From URL to document: our own, bundled, cached, or fetched through the guard within a budget.
//!
//! ```text
//! Resolver ── request() ──> Request ── credential() ──> Errand ── get(url, kind) ──> Outcome
//!  settings,                 64 fetches,                 8 fetches
//!  cache, door               30 seconds
//! ```
//!
//! [`Errand::get`] never fails with an error: what happened to a document is data, and the verifier
//! decides what it means. The outbound guard is whole: plain forms only ([`form`]), https on port
//! 443 unless configured, every address judged, connections only to judged addresses, redirects by
//! hand, no proxies, cookies or referers, one deadline, capped bodies.

mod address;
mod budget;
mod cache;
mod document;
mod fake;
mod fetch;
mod guard;
mod kind;
mod settings;

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::Url;

use crate::status;
use crate::world::Clock;
use budget::{CredentialBudget, RequestBudget};
use cache::{Cache, Known};
use fetch::{Answer, HttpDoor, Order, fresh_until};
use guard::{Guard, Names, Typed};

pub use crate::urls::form;
pub use budget::{
    CREDENTIAL_FETCHES, DELIVERY_TIME, FETCH_TIME, HOST_AT_ONCE, REDIRECTS, REQUEST_FETCHES,
    REQUEST_TIME,
};
pub use document::{Document, Outcome, Why, sha256_hex};
pub use fake::FakeWeb;
pub use fetch::Taken;
pub use kind::Kind;
pub use settings::{FetchSettings, SettingsError};

#[cfg(test)]
mod tests;

/// An answer for one of our own URLs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAnswer {
    /// The HTTP status a stranger would get.
    pub status: u16,
    /// The content type a stranger would get.
    pub content_type: String,
    /// The body a stranger would get.
    pub bytes: Vec<u8>,
}

/// That something was signed here, by a key that was compromised later.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnIssuance {
    /// The key, as JWK.
    pub key: serde_json::Value,
    /// When it signed.
    pub at: jiff::Timestamp,
    /// Since when it is compromised.
    pub compromised: jiff::Timestamp,
}

/// The documents this service publishes itself: they never travel over the network.
pub trait OwnDocuments: Send + Sync {
    /// What a stranger would get at `url` (without fragment); `None` when the URL is not ours.
    /// A URL of ours that has no document is a 404 answer, not `None`.
    fn own<'a>(
        &'a self,
        url: &'a Url,
        kind: Kind,
    ) -> Pin<Box<dyn Future<Output = Option<OwnAnswer>> + Send + 'a>>;

    /// What the issuance record says of a text with this SHA-256 (lower-case hex) that names a key of
    /// ours, by a verification method or a URL, which is compromised: that the key signed exactly
    /// this before. `None` for everything else.
    fn issued<'a>(
        &'a self,
        _method: &'a str,
        _sha256: &'a str,
    ) -> Pin<Box<dyn Future<Output = Option<OwnIssuance>> + Send + 'a>> {
        Box::pin(std::future::ready(None))
    }
}

/// Finds documents. Clones share cache, connection limits and settings.
#[derive(Clone)]
pub struct Resolver(Arc<Inner>);

struct Inner {
    door: Door,
    own: Option<Arc<dyn OwnDocuments>>,
    cache: Option<Cache>,
    clock: Clock,
}

enum Door {
    Http(Box<HttpDoor>),
    Fake(FakeWeb),
}

impl Resolver {
    /// A resolver for the real network under `settings`.
    ///
    /// # Errors
    /// A setting that names no origin, or a system whose certificates cannot be read.
    pub fn new(
        settings: &FetchSettings,
        own: Option<Arc<dyn OwnDocuments>>,
        clock: Clock,
    ) -> Result<Self, SettingsError> {
        let door = HttpDoor::new(Guard::new(settings, Names::System)?)?;
        let cache = settings.cache.then(Cache::default);
        Ok(Self(Arc::new(Inner { door: Door::Http(Box::new(door)), own, cache, clock })))
    }

    /// A resolver for a fake web, without a cache.
    pub fn fake(web: FakeWeb, own: Option<Arc<dyn OwnDocuments>>, clock: Clock) -> Self {
        Self(Arc::new(Inner { door: Door::Fake(web), own, cache: None, clock }))
    }

    /// A resolver for a fake web that keeps documents between requests.
    pub fn fake_with_cache(web: FakeWeb, clock: Clock) -> Self {
        let cache = Some(Cache::default());
        Self(Arc::new(Inner { door: Door::Fake(web), own: None, cache, clock }))
    }

    /// What our own issuance record says of a text (see [`OwnDocuments::issued`]).
    pub async fn issued(&self, method: &str, sha256: &str) -> Option<OwnIssuance> {
        self.0.own.as_ref()?.issued(method, sha256).await
    }

    /// Starts a request: the budget and the documents that its credentials share.
    ///
    /// `typed` is a URL that a person at this machine typed (the command line): its scheme, host and
    /// port may be contacted wherever they are. Never pass a URL that came over the network.
    pub fn request(&self, typed: Option<&Url>) -> Request {
        Request {
            resolver: self.clone(),
            budget: RequestBudget::new(),
            typed: typed.map(Typed::new),
            seen: Arc::default(),
        }
    }

    /// Brings a message to an address (`POST`), under the same guard as every fetch. Redirects are
    /// not followed, no answer is read but its head, and all is over within [`DELIVERY_TIME`].
    ///
    /// # Errors
    /// Why it was not brought, or why there is no answer. A status of any kind is an answer.
    pub async fn deliver(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<Taken, Why> {
        let url = form::check(url).map_err(Why::Form)?;
        let deadline = tokio::time::Instant::now() + DELIVERY_TIME;
        match &self.0.door {
            Door::Http(door) => door.post(&url, headers, body, deadline).await,
            Door::Fake(web) => web.post(&url, &body),
        }
    }
}

/// One request's errands: they share 64 fetches, 30 seconds and every document found.
#[derive(Clone)]
pub struct Request {
    resolver: Resolver,
    budget: RequestBudget,
    typed: Option<Typed>,
    seen: Arc<Mutex<HashMap<(String, Kind), Outcome>>>,
}

impl Request {
    /// An errand for one credential.
    pub fn credential(&self) -> Errand {
        Errand { request: self.clone(), budget: self.budget.credential() }
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<(String, Kind), Outcome>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fetches for one credential.
#[derive(Clone)]
pub struct Errand {
    request: Request,
    budget: CredentialBudget,
}

impl Errand {
    /// The document at `url`; a fragment is left out. Asked for twice, it is fetched once.
    pub async fn get(&self, url: &str, kind: Kind) -> Outcome {
        let mut url = match form::check(url) {
            Ok(url) => url,
            Err(problem) => return Outcome::Refused(Why::Form(problem)),
        };
        url.set_fragment(None);
        let key = (url.to_string(), kind);
        if let Some(outcome) = self.request.seen().get(&key) {
            return outcome.clone();
        }
        let outcome = self.find(&url, kind).await;
        self.request.seen().entry(key).or_insert(outcome).clone()
    }

    async fn find(&self, url: &Url, kind: Kind) -> Outcome {
        let inner = &self.request.resolver.0;
        if let Some(own) = &inner.own
            && let Some(answer) = own.own(url, kind).await
        {
            let answer = Answer {
                status: answer.status,
                final_url: url.to_string(),
                crossed_origin: false,
                content_type: Some(answer.content_type),
                cache_control: None,
                etag: None,
                bytes: answer.bytes,
            };
            return outcome_of(url, answer, inner.clock.now());
        }
        let known = match &inner.cache {
            Some(cache) => cache.find(url.as_str(), kind, inner.clock.now()),
            None => Known::Nothing,
        };
        let stale = match known {
            Known::Fresh(outcome) => return outcome,
            Known::Stale { etag, document } => Some((etag, document)),
            Known::Nothing => None,
        };
        let Some(deadline) = self.budget.spend() else {
            return Outcome::Refused(Why::Budget);
        };
        let typed = self.request.typed.as_ref();
        let etag = stale.as_ref().map(|(etag, _)| etag.as_str());
        let order = Order { url, kind, etag, typed, deadline };
        let answer = match &inner.door {
            Door::Http(door) => door.get(&order).await,
            Door::Fake(web) => web.get(&order),
        };
        self.received(url, kind, answer, stale.map(|(_, document)| document))
    }

    fn received(
        &self,
        url: &Url,
        kind: Kind,
        answer: Result<Answer, Why>,
        stale: Option<Document>,
    ) -> Outcome {
        let inner = &self.request.resolver.0;
        let now = inner.clock.now();
        // What only this user may reach is not kept for others.
        let cache = inner.cache.as_ref().filter(|_| self.request.typed.is_none());
        let (outcome, freshness) = match (answer, stale) {
            (Err(why), _) => (why.into(), None),
            (Ok(answer), Some(copy)) if answer.status == 304 => {
                let confirmed = Document { fetched_at: now, ..copy };
                let until = fresh_until(&answer, kind, now);
                (Outcome::Got(confirmed), until.map(|until| (answer.etag, until)))
            }
            (Ok(answer), _) => {
                let freshness =
                    fresh_until(&answer, kind, now).map(|until| (answer.etag.clone(), until));
                (outcome_of(url, answer, now), freshness)
            }
        };
        let Some(cache) = cache else { return outcome };
        match (&outcome, freshness) {
            (Outcome::Got(document), Some((etag, until))) => {
                let until = match kind {
                    Kind::StatusList => {
                        let keep = status::stated(&document.bytes).keep;
                        let own = keep.and_then(|keep| now.checked_add(keep).ok());
                        own.map_or(until, |own| own.min(until))
                    }
                    _ => until,
                };
                match cache.keep(kind, document.clone(), etag, until, now) {
                    Some(newer) => Outcome::Got(newer),
                    None => outcome,
                }
            }
            (Outcome::Missing(why), _) => {
                cache.keep_failure(url.as_str(), kind, why.clone(), now);
                outcome
            }
            _ => outcome,
        }
    }
}

fn outcome_of(url: &Url, answer: Answer, now: jiff::Timestamp) -> Outcome {
    let status = answer.status;
    let document = || {
        let sha256 = sha256_hex(&answer.bytes);
        Document {
            url: url.to_string(),
            final_url: answer.final_url,
            status,
            content_type: answer.content_type,
            bytes: answer.bytes.into(),
            fetched_at: now,
            sha256,
            crossed_origin: answer.crossed_origin,
        }
    };
    match status {
        200 => Outcome::Got(document()),
        404 => Outcome::Missing(Why::NotFound),
        410 => {
            let document = document();
            Outcome::Missing(Why::Gone((!document.bytes.is_empty()).then(|| Box::new(document))))
        }
        500..=599 => Outcome::Missing(Why::Server(status)),
        _ => Outcome::Missing(Why::Status(status)),
    }
}
