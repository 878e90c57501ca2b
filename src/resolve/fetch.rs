//! The one door to the network: every request the service makes goes out here, under the guard.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use jiff::Timestamp;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HOST, HeaderMap,
    HeaderName, IF_NONE_MATCH, LOCATION, RETRY_AFTER,
};
use reqwest::{Client, RequestBuilder, Response, redirect};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::budget::{HOST_AT_ONCE, REDIRECTS};
use super::document::Why;
use super::form;
use super::guard::{Guard, Passage, Typed};
use super::kind::Kind;
use super::settings::SettingsError;

/// One request for a document.
pub(super) struct Order<'a> {
    /// The document; `http` or `https`, its form already checked.
    pub(super) url: &'a Url,
    /// What it should be: decides the limits and what is asked for.
    pub(super) kind: Kind,
    /// Ask only for something newer than this.
    pub(super) etag: Option<&'a str>,
    /// The origin that the user typed, if it may be contacted wherever it is.
    pub(super) typed: Option<&'a Typed>,
    /// When everything must have ended.
    pub(super) deadline: Instant,
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) final_url: String,
    pub(super) crossed_origin: bool,
    pub(super) content_type: Option<String>,
    pub(super) cache_control: Option<String>,
    pub(super) etag: Option<String>,
    pub(super) bytes: Vec<u8>,
}

/// What a server answered to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// HTTP status.
    pub status: u16,
    /// `Retry-After`, as it came.
    pub retry_after: Option<String>,
}

/// The HTTP client and the rules it obeys.
pub(super) struct HttpDoor {
    client: Client,
    guard: Guard,
    hosts: HostGates,
}

tokio::task_local! {
    /// The addresses that were judged for the request this task is making.
    static JUDGED: Vec<SocketAddr>;
}

impl HttpDoor {
    pub(super) fn new(guard: Guard) -> Result<Self, SettingsError> {
        #[expect(clippy::disallowed_methods, reason = "this is the door that the lint points to")]
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .dns_resolver(JudgedOnly)
            // A pooled connection was judged for another request.
            .pool_max_idle_per_host(0)
            .http1_only()
            .retry(reqwest::retry::never())
            .user_agent(concat!("accolade/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| SettingsError::Client(error.to_string()))?;
        Ok(Self { client, guard, hosts: HostGates::default() })
    }

    /// Gets the document: follows redirects by hand, each judged anew, within one deadline.
    pub(super) async fn get(&self, order: &Order<'_>) -> Result<Answer, Why> {
        timeout_at(order.deadline, self.follow(order)).await.unwrap_or(Err(Why::Timeout))
    }

    async fn follow(&self, order: &Order<'_>) -> Result<Answer, Why> {
        let mut url = order.url.clone();
        let mut crossed_origin = false;
        for _ in 0..=REDIRECTS {
            let response = self.request(&url, order).await?;
            let Some(next) = redirect_of(&response, &url)? else {
                return read(response, &url, crossed_origin, order.kind).await;
            };
            crossed_origin |= !same_site(&url, &next);
            url = next;
        }
        Err(Why::RedirectLoop)
    }

    async fn request(&self, url: &Url, order: &Order<'_>) -> Result<Response, Why> {
        let _place = self.hosts.enter(url.host_str().unwrap_or_default()).await;
        let passage = self.guard.judge(url, order.typed).await?;
        self.pass(url, &passage, |target| {
            let mut request = self.client.get(target).header(ACCEPT, order.kind.accept());
            if let Some(etag) = order.etag {
                request = request.header(IF_NONE_MATCH, etag);
            }
            request
        })
        .await
    }

    /// Brings a message to an address. What is slow there holds up nobody who fetches from the same
    /// host: the gates are not passed, and who sends sees to it that it is not too much at once.
    pub(super) async fn post(
        &self,
        url: &Url,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
        deadline: Instant,
    ) -> Result<Taken, Why> {
        let post = async {
            let passage = self.guard.judge(url, None).await?;
            let response = self.pass(url, &passage, |target| {
                let request = self.client.post(target).body(body.clone());
                headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
            });
            let response = response.await?;
            let retry_after = header(response.headers(), &RETRY_AFTER);
            Ok(Taken { status: response.status().as_u16(), retry_after })
        };
        timeout_at(deadline, post).await.unwrap_or(Err(Why::Timeout))
    }

    /// Makes a request that was judged.
    async fn pass(
        &self,
        url: &Url,
        passage: &Passage,
        request: impl Fn(Url) -> RequestBuilder,
    ) -> Result<Response, Why> {
        // On a mapped https origin the certificate may name the original host, as with a hosts
        // file, or the origin as the operator named it.
        if passage.mapped && passage.target.scheme() == "https" {
            let mut named = passage.target.clone();
            let as_original = named.set_host(url.host_str()).is_ok();
            if as_original {
                match send(request(named), passage).await {
                    Err(Why::Tls) => {}
                    other => return other,
                }
            }
        }
        send(request(passage.target.clone()), passage).await
    }
}

async fn send(request: RequestBuilder, passage: &Passage) -> Result<Response, Why> {
    let mut request = request.header(ACCEPT_ENCODING, "identity");
    if let Some(host) = &passage.host {
        request = request.header(HOST, host);
    }
    let sent = JUDGED.scope(passage.addresses.clone(), request.send()).await;
    sent.map_err(|error| why_of(&error))
}

/// Gives the client the addresses that were judged, and none otherwise.
struct JudgedOnly;

impl reqwest::dns::Resolve for JudgedOnly {
    fn resolve(&self, _name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let judged = JUDGED.try_with(Clone::clone);
        Box::pin(async move {
            let judged = judged.map_err(|_| "no address was judged for this connection")?;
            Ok(Box::new(judged.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

/// Where the answer sends us, if it does.
fn redirect_of(response: &Response, from: &Url) -> Result<Option<Url>, Why> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = header(response.headers(), &LOCATION).ok_or(Why::Broken)?;
    let absolute = match Url::parse(&location) {
        Ok(_) => location,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            from.join(&location).map_err(|_| Why::Form(form::FormProblem::Malformed))?.into()
        }
        Err(_) => return Err(Why::Form(form::FormProblem::Malformed)),
    };
    form::check(&absolute).map(Some).map_err(Why::Form)
}

/// Whether `to` is on the origin of `from`, or on its https twin.
fn same_site(from: &Url, to: &Url) -> bool {
    let upgraded = from.scheme() == "http"
        && to.scheme() == "https"
        && from.port().is_none()
        && to.port().is_none()
        && from.host_str() == to.host_str();
    upgraded || from.origin() == to.origin()
}

async fn read(
    mut response: Response,
    url: &Url,
    crossed_origin: bool,
    kind: Kind,
) -> Result<Answer, Why> {
    let headers = response.headers();
    let encoded = header(headers, &CONTENT_ENCODING)
        .is_some_and(|coding| !coding.trim().eq_ignore_ascii_case("identity"));
    let mut answer = Answer {
        status: response.status().as_u16(),
        final_url: url.to_string(),
        crossed_origin,
        content_type: header(headers, &CONTENT_TYPE),
        cache_control: header(headers, &CACHE_CONTROL),
        etag: header(headers, &ETAG),
        bytes: Vec::new(),
    };
    // Only a success and a 410 (an OB 2.0 assertion that was revoked) have a body we read.
    if !matches!(answer.status, 200 | 410) {
        return Ok(answer);
    }
    if encoded {
        return Err(Why::Encoded);
    }
    let limit = kind.limit();
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(Why::TooBig(limit));
    }
    while let Some(chunk) = response.chunk().await.map_err(|error| why_of(&error))? {
        if answer.bytes.len() + chunk.len() > limit {
            return Err(Why::TooBig(limit));
        }
        answer.bytes.extend_from_slice(&chunk);
    }
    Ok(answer)
}

fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn why_of(error: &reqwest::Error) -> Why {
    if error.is_timeout() {
        return Why::Timeout;
    }
    if !error.is_connect() {
        return Why::Broken;
    }
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(error) = cause {
        let text = error.to_string().to_ascii_lowercase();
        if ["ssl", "tls", "certificate"].iter().any(|word| text.contains(word)) {
            return Why::Tls;
        }
        cause = error.source();
    }
    Why::Connection
}

/// Lets [`HOST_AT_ONCE`] requests at a time go to one host.
#[derive(Default)]
struct HostGates(Mutex<HashMap<String, Weak<Semaphore>>>);

/// Above this many hosts the gates nobody waits at are taken down.
const MANY_HOSTS: usize = 256;

impl HostGates {
    async fn enter(&self, host: &str) -> Option<(OwnedSemaphorePermit, Arc<Semaphore>)> {
        let gate = {
            let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if gates.len() > MANY_HOSTS {
                gates.retain(|_, gate| gate.strong_count() > 0);
            }
            match gates.get(host).and_then(Weak::upgrade) {
                Some(gate) => gate,
                None => {
                    let gate = Arc::new(Semaphore::new(HOST_AT_ONCE));
                    gates.insert(host.to_owned(), Arc::downgrade(&gate));
                    gate
                }
            }
        };
        let place = Arc::clone(&gate).acquire_owned().await.ok()?;
        Some((place, gate))
    }
}

/// When an answer stops being fresh.
pub(super) fn fresh_until(answer: &Answer, kind: Kind, now: Timestamp) -> Option<Timestamp> {
    let (floor, ceiling, default) = kind.freshness();
    let control = answer.cache_control.as_deref().unwrap_or_default().to_ascii_lowercase();
    let mut age = default;
    for directive in control.split(',').map(str::trim) {
        match directive.split_once('=') {
            Some(("max-age", seconds)) => {
                age = seconds.trim_matches('"').parse().unwrap_or(default);
            }
            None if directive == "no-store" => return None,
            None if directive == "no-cache" => age = 0,
            _ => {}
        }
    }
    let age = i64::try_from(age.clamp(floor, ceiling)).unwrap_or_default();
    now.checked_add(jiff::SignedDuration::from_secs(age)).ok()
}
