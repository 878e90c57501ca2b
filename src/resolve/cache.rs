//! Documents kept between verifications.
//!
//! What was found and what was not are kept apart, each within its own bounds: a flood of look-ups
//! that fail never pushes out a document that is good.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::document::{Document, Outcome, Why};
use super::kind::Kind;
use crate::status;

/// Documents kept at most.
const MAX_GOOD: usize = 1024;
/// Bytes of bodies kept at most.
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// Failures kept at most.
const MAX_FAILED: usize = 2048;
/// How long a failure is believed, in seconds; short, because it may be ours.
const FAILED_FOR: i64 = 20;

type Key = (String, Kind);

/// Documents by URL and kind. Shared by all requests.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    good: HashMap<Key, Good>,
    bytes: usize,
    failed: HashMap<Key, (Why, Timestamp)>,
}

#[derive(Clone, Debug)]
struct Good {
    document: Document,
    etag: Option<String>,
    fresh_until: Timestamp,
}

/// What the cache knows of a document.
pub(super) enum Known {
    /// The answer, still believed.
    Fresh(Outcome),
    /// An older copy that the server may confirm.
    Stale { etag: String, document: Document },
    /// Nothing.
    Nothing,
}

impl Cache {
    pub(super) fn find(&self, url: &str, kind: Kind, now: Timestamp) -> Known {
        let key = (url.to_owned(), kind);
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(good) = inner.good.get(&key)
            && now < good.fresh_until
        {
            return Known::Fresh(Outcome::Got(good.document.clone()));
        }
        if let Some((why, until)) = inner.failed.get(&key)
            && now < *until
        {
            return Known::Fresh(why.clone().into());
        }
        match inner.good.get(&key) {
            Some(Good { document, etag: Some(etag), .. }) => {
                Known::Stale { etag: etag.clone(), document: document.clone() }
            }
            _ => Known::Nothing,
        }
    }

    /// Keeps a document. A status list that is older than the one kept is not: gives back the newer
    /// one, so that nobody who can replay an old list takes back a revocation.
    pub(super) fn keep(
        &self,
        kind: Kind,
        document: Document,
        etag: Option<String>,
        fresh_until: Timestamp,
        now: Timestamp,
    ) -> Option<Document> {
        let key = (document.url.clone(), kind);
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kind == Kind::StatusList
            && let Some(kept) = inner.good.get(&key)
            && is_older(&document, &kept.document, now)
        {
            return Some(kept.document.clone());
        }
        inner.failed.remove(&key);
        inner.drop_good(&key);
        inner.bytes += document.bytes.len();
        inner.good.insert(key, Good { document, etag, fresh_until });
        while inner.good.len() > MAX_GOOD || inner.bytes > MAX_BYTES {
            let oldest = inner.good.iter().min_by_key(|(_, good)| good.document.fetched_at);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { break };
            inner.drop_good(&oldest);
        }
        None
    }

    pub(super) fn keep_failure(&self, url: &str, kind: Kind, why: Why, now: Timestamp) {
        let until = now.checked_add(SignedDuration::from_secs(FAILED_FOR)).unwrap_or(now);
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.failed.len() >= MAX_FAILED {
            inner.failed.retain(|_, (_, until)| now < *until);
        }
        if inner.failed.len() < MAX_FAILED {
            inner.failed.insert((url.to_owned(), kind), (why, until));
        }
    }
}

/// Whether a list says that it was issued before the one that is kept. A date in the future says
/// nothing: it would keep out every true one.
fn is_older(document: &Document, kept: &Document, now: Timestamp) -> bool {
    let issued = |document: &Document| status::stated(&document.bytes).issued;
    match (issued(document), issued(kept)) {
        (Some(issued), Some(kept)) => issued < kept && kept <= now,
        _ => false,
    }
}

impl Inner {
    fn drop_good(&mut self, key: &Key) {
        if let Some(good) = self.good.remove(key) {
            self.bytes = self.bytes.saturating_sub(good.document.bytes.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn document(url: &str, second: i64) -> Document {
        Document::known(url, "application/json", b"{}".to_vec(), at(second))
    }

    #[test]
    fn a_flood_of_failures_leaves_good_documents_and_stays_bounded() {
        let cache = Cache::default();
        cache.keep(Kind::Json, document("https://a.example/key", 0), None, at(1000), at(0));
        for n in 0..(MAX_FAILED * 2) {
            cache.keep_failure(&format!("https://a.example/{n}"), Kind::Json, Why::NotFound, at(1));
        }
        assert!(matches!(
            cache.find("https://a.example/key", Kind::Json, at(1)),
            Known::Fresh(Outcome::Got(_))
        ));
        assert!(cache.0.lock().unwrap().failed.len() <= MAX_FAILED);
    }

    #[test]
    fn a_failure_after_a_good_answer_leaves_the_copy_to_be_confirmed_later() {
        let cache = Cache::default();
        let url = "https://a.example/key";
        cache.keep(Kind::Json, document(url, 0), Some("\"1\"".to_owned()), at(10), at(0));
        cache.keep_failure(url, Kind::Json, Why::Timeout, at(20));
        assert!(matches!(
            cache.find(url, Kind::Json, at(21)),
            Known::Fresh(Outcome::Missing(Why::Timeout))
        ));
        assert!(matches!(cache.find(url, Kind::Json, at(60)), Known::Stale { .. }));
    }

    #[test]
    fn an_older_status_list_never_takes_the_place_of_a_newer_one() {
        let cache = Cache::default();
        let url = "https://a.example/status";
        let list = |day: u8| {
            let body = format!(r#"{{"validFrom":"1970-01-{day:02}T00:00:00Z"}}"#);
            Document::known(url, "application/json", body.into_bytes(), at(0))
        };
        let now: Timestamp = "1970-01-10T00:00:00Z".parse().unwrap();
        let keep = |kind, list: Document| cache.keep(kind, list, None, now, now);
        assert_eq!(keep(Kind::StatusList, list(3)), None);
        assert_eq!(keep(Kind::StatusList, list(2)), Some(list(3)));
        assert_eq!(keep(Kind::StatusList, list(3)), None);
        assert_eq!(keep(Kind::StatusList, list(4)), None);
        // One that is dated in the future is replaced all the same.
        assert_eq!(keep(Kind::StatusList, list(20)), None);
        assert_eq!(keep(Kind::StatusList, list(5)), None);
        // Other documents may go back.
        assert_eq!(keep(Kind::Json, list(3)), None);
        assert_eq!(keep(Kind::Json, list(2)), None);
    }

    #[test]
    fn the_oldest_goes_when_it_is_full() {
        let cache = Cache::default();
        for n in 0..=MAX_GOOD {
            let second = i64::try_from(n).unwrap();
            let url = format!("https://a.example/{n}");
            cache.keep(Kind::Json, document(&url, second), None, at(1_000_000), at(0));
        }
        assert!(matches!(cache.find("https://a.example/0", Kind::Json, at(5)), Known::Nothing));
        assert!(matches!(cache.find("https://a.example/1", Kind::Json, at(5)), Known::Fresh(_)));
    }
}
