//! Documents kept between verifications.
//!
//! What was found and what was not are kept apart, each within its own bounds: a flood of look-ups
//! that fail never pushes out a document that is good.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::document::{Document, Outcome, Why};
use super::kind::Kind;

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

    pub(super) fn keep(
        &self,
        kind: Kind,
        document: Document,
        etag: Option<String>,
        fresh_until: Timestamp,
    ) {
        let key = (document.url.clone(), kind);
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.failed.remove(&key);
        inner.drop_good(&key);
        inner.bytes += document.bytes.len();
        inner.good.insert(key, Good { document, etag, fresh_until });
        while inner.good.len() > MAX_GOOD || inner.bytes > MAX_BYTES {
            let oldest = inner.good.iter().min_by_key(|(_, good)| good.document.fetched_at);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { break };
            inner.drop_good(&oldest);
        }
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
        cache.keep(Kind::Json, document("https://a.example/key", 0), None, at(1000));
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
        cache.keep(Kind::Json, document(url, 0), Some("\"1\"".to_owned()), at(10));
        cache.keep_failure(url, Kind::Json, Why::Timeout, at(20));
        assert!(matches!(
            cache.find(url, Kind::Json, at(21)),
            Known::Fresh(Outcome::Missing(Why::Timeout))
        ));
        assert!(matches!(cache.find(url, Kind::Json, at(60)), Known::Stale { .. }));
    }

    #[test]
    fn the_oldest_goes_when_it_is_full() {
        let cache = Cache::default();
        for n in 0..=MAX_GOOD {
            let second = i64::try_from(n).unwrap();
            let url = format!("https://a.example/{n}");
            cache.keep(Kind::Json, document(&url, second), None, at(1_000_000));
        }
        assert!(matches!(cache.find("https://a.example/0", Kind::Json, at(5)), Known::Nothing));
        assert!(matches!(cache.find("https://a.example/1", Kind::Json, at(5)), Known::Fresh(_)));
    }
}
