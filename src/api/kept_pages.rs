//! Badge pages that were made a moment ago, whole.
//!
//! A link that is shared is opened by many at once. Its page is kept as it was sent, with everything
//! that was read from the store to make it; it is sent again as long as all of that stands, so that
//! a change shows at once, and for [`FRESH`] at most: the page says when the badge was checked, and
//! that was then.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::web::Bytes;
use jiff::{SignedDuration, Timestamp};

use crate::domain::{Assertion, AssertionId};
use crate::language::Language;
use crate::store::{Reads, Store};
use crate::verifier::{Report, State};

/// For how long a page is sent again.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// By how much dates are judged with time to spare for clocks that differ, and some more.
const SPARE: SignedDuration = SignedDuration::from_secs(120);

/// Bytes of pages kept; beyond that it begins anew.
const MOST_BYTES: usize = 16 << 20;

/// The pages.
#[derive(Debug, Default)]
pub(super) struct KeptPages(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    by_name: HashMap<(AssertionId, Language), Arc<Kept>>,
    bytes: usize,
}

#[derive(Debug)]
struct Kept {
    html: Bytes,
    made_at: Timestamp,
    reads: Reads,
}

impl KeptPages {
    /// The page of a badge, if it was made a moment ago and nothing that it says has changed.
    pub(super) async fn find(
        &self,
        id: &AssertionId,
        language: Language,
        store: &Store,
        now: Timestamp,
    ) -> Option<Bytes> {
        let kept = self.pages().by_name.get(&(id.clone(), language)).cloned()?;
        let age = now.duration_since(kept.made_at);
        let is_fresh = !age.is_negative() && age < FRESH;
        let stands = is_fresh && store.still(&kept.reads).await.is_ok_and(|stands| stands);
        stands.then(|| kept.html.clone())
    }

    /// Keeps a page that was made of these reads.
    pub(super) fn keep(
        &self,
        id: &AssertionId,
        language: Language,
        html: &Bytes,
        made_at: Timestamp,
        reads: Reads,
    ) {
        let mut pages = self.pages();
        if pages.bytes + html.len() > MOST_BYTES {
            *pages = Pages::default();
        }
        pages.bytes += html.len();
        let kept = Kept { html: html.clone(), made_at, reads };
        if let Some(former) = pages.by_name.insert((id.clone(), language), Arc::new(kept)) {
            pages.bytes -= former.html.len();
        }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the page of a badge depends on nothing but the store for as long as it is kept: none of
/// its dates is near, no document of others was needed, and nothing was in the way of checking.
pub(super) fn may_be_kept(award: &Assertion, report: &Report) -> bool {
    let away = |date: Timestamp| date.duration_since(report.checked_at);
    let is_soon = |date: Timestamp| away(date).is_positive() && away(date) < FRESH + SPARE;
    // Within the time to spare an end that has passed does not count yet.
    let has_just_passed = |date: Timestamp| !away(date).is_positive() && -away(date) < SPARE;
    let begins = is_soon(award.valid_from) || is_soon(award.issued_on);
    let ends = award.expires.is_some_and(|end| is_soon(end) || has_just_passed(end));
    !begins && !ends && report.reports.is_empty() && report.state() != State::CouldNotVerify
}
