//! How many requests a token may make, how much verification one client may ask for, and how much
//! all together; how many changes are under way at once. What is beyond that is refused at once and
//! cheaply, so that what is under way gets done.
//!
//! The window is a minute that begins with the first request in it. A token lifts the limit of the
//! client, not that of all. What is left is told in the fields that the IETF's draft on RateLimit
//! header fields gives: `RateLimit-Policy: "name";q=QUOTA;w=SECONDS` and `RateLimit:
//! "name";r=LEFT;t=SECONDS`.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, web};
use futures_util::{FutureExt as _, StreamExt as _};
use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::{Kind, Problem};
use crate::config::Limits;
use crate::domain::TokenId;

const WINDOW: SignedDuration = SignedDuration::from_secs(60);

/// Clients remembered, and tokens; beyond it those whose minute has passed are forgotten first, then all.
const MOST_CLIENTS: usize = 50_000;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The limits at work.
#[derive(Debug)]
pub struct Limiter {
    enabled: bool,
    per_minute: u32,
    per_token: u32,
    per_code: u32,
    places: Arc<Semaphore>,
    changes: Arc<Semaphore>,
    clients: Mutex<HashMap<IpAddr, Window>>,
    tokens: Mutex<HashMap<TokenId, Window>>,
    links_per_minute: u32,
    links: Mutex<HashMap<IpAddr, Window>>,
    codes: Mutex<HashMap<IpAddr, Window>>,
}

/// Header fields that tell a client what is left.
pub type Left = Vec<(HeaderName, String)>;

#[derive(Clone, Copy, Debug)]
struct Window {
    began: Timestamp,
    used: u32,
}

/// Leave to verify; the place is free again when this is dropped.
#[derive(Debug)]
pub struct Leave {
    _place: Option<OwnedSemaphorePermit>,
    /// Header fields that tell the client what is left.
    pub headers: Left,
}

impl Limiter {
    /// The limits of a configuration.
    pub fn new(limits: &Limits) -> Self {
        Self {
            enabled: limits.enabled,
            per_minute: limits.verifications_per_minute,
            per_token: limits.token_requests_per_minute,
            per_code: limits.codes_per_minute,
            places: Arc::new(Semaphore::new(limits.verifications_at_once)),
            changes: Arc::new(Semaphore::new(limits.changes_at_once)),
            clients: Mutex::default(),
            tokens: Mutex::default(),
            links_per_minute: limits.holder_links_per_minute,
            links: Mutex::default(),
            codes: Mutex::default(),
        }
    }

    /// Takes one verification of `client`; without a client only the places count.
    ///
    /// # Errors
    /// `rate-limited` with the seconds to wait, `overloaded`.
    pub fn take(&self, client: Option<IpAddr>, now: Timestamp) -> Result<Leave, Problem> {
        if !self.enabled {
            return Ok(Leave { _place: None, headers: Vec::new() });
        }
        let headers = match client {
            Some(client) => {
                let refused = || {
                    let most = self.per_minute;
                    format!("This address may ask for {most} verifications a minute.")
                };
                count(&self.clients, client, "verify", self.per_minute, now, refused)?
            }
            None => Vec::new(),
        };
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            Problem::new(Kind::Overloaded, "As many badges are being verified as fit at once.")
        })?;
        Ok(Leave { _place: Some(place), headers })
    }

    /// Takes a place for a change, until the answer is there; nothing where limits are off.
    ///
    /// # Errors
    /// `overloaded`.
    pub fn take_change(&self) -> Result<Option<OwnedSemaphorePermit>, Problem> {
        if !self.enabled {
            return Ok(None);
        }
        let place = Arc::clone(&self.changes).try_acquire_owned();
        place.map(Some).map_err(|_| crowded())
    }

    /// Whether there is no place for a change now.
    fn is_crowded(&self) -> bool {
        self.enabled && self.changes.available_permits() == 0
    }

    /// Takes one request of `client` for the link to a holder's page.
    ///
    /// # Errors
    /// `rate-limited` with the seconds to wait.
    pub fn take_link(&self, client: IpAddr, now: Timestamp) -> Result<Left, Problem> {
        if !self.enabled {
            return Ok(Left::new());
        }
        let most = self.links_per_minute;
        let refused = || format!("This address may ask for {most} links a minute.");
        count(&self.links, client, "link", most, now, refused)
    }

    /// Takes one request of a token that holds.
    ///
    /// # Errors
    /// `rate-limited` with the seconds to wait.
    pub fn take_request(&self, token: &TokenId, now: Timestamp) -> Result<Left, Problem> {
        if !self.enabled {
            return Ok(Left::new());
        }
        let most = self.per_token;
        let refused = || format!("This token may make {most} requests a minute.");
        count(&self.tokens, token.clone(), "token", most, now, refused)
    }
}

/// Refuses a change that would find no place, before anything is made of the request: whose it is, and
/// what it says. Else it would take from those under way the time that they need.
///
/// # Errors
/// Those of the handler.
pub async fn room(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let limiter = request.app_data::<web::Data<Limiter>>();
    if !limiter.is_some_and(|limiter| limiter.is_crowded()) {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    }
    // What has arrived of the body is taken off the connection, so that it serves the next request.
    let mut body = request.take_payload();
    while let Some(Some(Ok(_))) = body.next().now_or_never() {}
    Ok(ServiceResponse::from_err(crowded(), request.request().clone()))
}

fn crowded() -> Problem {
    Problem::new(
        Kind::Overloaded,
        "As many changes are under way as fit at once; nothing was done.",
    )
}

impl Limiter {
    /// Takes one look-up of a short code by `client`, so that codes cannot be tried one by one.
    ///
    /// # Errors
    /// `rate-limited` with the seconds to wait.
    pub fn take_code(&self, client: Option<IpAddr>, now: Timestamp) -> Result<Left, Problem> {
        let Some(client) = client.filter(|_| self.enabled) else {
            return Ok(Left::new());
        };
        let most = self.per_code;
        let refused = || format!("This address may look up {most} codes a minute.");
        count(&self.codes, client, "code", most, now, refused)
    }
}

/// Takes one of the `most` in the window of whoever it is.
fn count<K: Eq + Hash>(
    windows: &Mutex<HashMap<K, Window>>,
    whose: K,
    name: &str,
    most: u32,
    now: Timestamp,
    refused: impl FnOnce() -> String,
) -> Result<Left, Problem> {
    let mut windows = windows.lock().unwrap_or_else(PoisonError::into_inner);
    if windows.len() >= MOST_CLIENTS {
        windows.retain(|_, window| now.duration_since(window.began) < WINDOW);
        if windows.len() >= MOST_CLIENTS {
            windows.clear();
        }
    }
    let window = windows.entry(whose).or_insert(Window { began: now, used: 0 });
    if now.duration_since(window.began).abs() >= WINDOW {
        *window = Window { began: now, used: 0 };
    }
    let policy = format!("\"{name}\";q={most};w={}", WINDOW.as_secs());
    let reset = (WINDOW - now.duration_since(window.began)).as_secs().max(1);
    if window.used >= most {
        return Err(Problem::new(Kind::RateLimited, refused())
            .with_header(RETRY_AFTER, reset.to_string())
            .with_header(RATE_LIMIT_POLICY, policy)
            .with_header(RATE_LIMIT, format!("\"{name}\";r=0;t={reset}")));
    }
    window.used += 1;
    let left = most - window.used;
    Ok(vec![(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, format!("\"{name}\";r={left};t={reset}"))])
}

/// The address of the client. What a proxy says is believed only of proxies that are trusted, from
/// the last one backwards; the addresses of one IPv6 network of 64 bits are one client.
pub fn client_of(request: &HttpRequest, trusted: &[IpNet]) -> Option<IpAddr> {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = request.peer_addr()?.ip();
    let forwarded: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in forwarded.iter().rev() {
        if !is_trusted(&client) {
            break;
        }
        match hop.trim().parse() {
            Ok(address) => client = address,
            Err(_) => break,
        }
    }
    Some(network_of(client))
}

fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(network.into())
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + second).unwrap()
    }

    #[test]
    fn a_client_gets_so_many_a_minute_and_others_are_not_held_up() {
        let limits = Limits { verifications_per_minute: 2, ..Limits::default() };
        let limiter = Limiter::new(&limits);
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        limiter.take(Some(one), at(0)).unwrap();
        limiter.take(Some(one), at(1)).unwrap();
        let refused = limiter.take(Some(one), at(20)).unwrap_err();
        assert_eq!(refused.kind, Kind::RateLimited);
        assert!(refused.headers.contains(&(RETRY_AFTER, "40".to_owned())), "{refused:?}");
        assert!(limiter.take(Some(other), at(20)).is_ok());
        assert!(limiter.take(Some(one), at(60)).is_ok());
    }

    #[test]
    fn a_token_gets_so_many_a_minute_and_others_are_not_held_up() {
        let limits = Limits { token_requests_per_minute: 2, ..Limits::default() };
        let limiter = Limiter::new(&limits);
        let random = crate::world::Random::seeded(1);
        let (one, other) = (TokenId::random(&random), TokenId::random(&random));
        let left = limiter.take_request(&one, at(0)).unwrap();
        assert!(left.contains(&(RATE_LIMIT_POLICY, "\"token\";q=2;w=60".to_owned())));
        assert!(left.contains(&(RATE_LIMIT, "\"token\";r=1;t=60".to_owned())));
        limiter.take_request(&one, at(1)).unwrap();
        let refused = limiter.take_request(&one, at(20)).unwrap_err();
        assert_eq!(refused.kind, Kind::RateLimited);
        assert!(refused.headers.contains(&(RETRY_AFTER, "40".to_owned())), "{refused:?}");
        assert!(limiter.take_request(&other, at(20)).is_ok());
        assert!(limiter.take_request(&one, at(60)).is_ok());
    }

    #[test]
    fn places_are_given_back() {
        let limits = Limits { verifications_at_once: 1, ..Limits::default() };
        let limiter = Limiter::new(&limits);
        let leave = limiter.take(None, at(0)).unwrap();
        assert_eq!(limiter.take(None, at(0)).unwrap_err().kind, Kind::Overloaded);
        drop(leave);
        assert!(limiter.take(None, at(0)).is_ok());
    }

    #[test]
    fn so_many_changes_are_under_way_at_once() {
        let limiter = Limiter::new(&Limits { changes_at_once: 1, ..Limits::default() });
        assert!(!limiter.is_crowded());
        let place = limiter.take_change().unwrap();
        assert!(place.is_some() && limiter.is_crowded());
        assert_eq!(limiter.take_change().unwrap_err().kind, Kind::Overloaded);
        drop(place);
        assert!(limiter.take_change().is_ok());
    }

    #[test]
    fn switched_off_it_lets_all_through() {
        let limits = Limits { enabled: false, verifications_at_once: 1, ..Limits::default() };
        let limiter = Limiter::new(&limits);
        let leaves: Vec<_> = (0..9).map(|_| limiter.take(None, at(0)).unwrap()).collect();
        assert_eq!(leaves.len(), 9);
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let from = |peer: &str, forwarded: &str, trusted: &[&str]| {
            let request = TestRequest::get()
                .peer_addr(format!("{peer}:1").parse().unwrap())
                .insert_header(("X-Forwarded-For", forwarded))
                .to_http_request();
            let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
            client_of(&request, &trusted).unwrap().to_string()
        };
        assert_eq!(from("10.0.0.1", "192.0.2.7", &[]), "10.0.0.1");
        assert_eq!(from("10.0.0.1", "192.0.2.7", &["10.0.0.0/8"]), "192.0.2.7");
        assert_eq!(from("10.0.0.1", "6.6.6.6, 192.0.2.7", &["10.0.0.0/8"]), "192.0.2.7");
        assert_eq!(from("10.0.0.1", "192.0.2.7, 10.0.0.2", &["10.0.0.0/8"]), "192.0.2.7");
        assert_eq!(from("10.0.0.1", "nonsense", &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(from("[2001:db8::1]", "1.1.1.1", &[]), "2001:db8::");
    }
}
