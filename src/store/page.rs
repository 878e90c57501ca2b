//! Lists, a page at a time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Store;
use super::backend::{Key, Stored};
use super::error::StoreError;
use super::keyspace::Place;

/// Which part of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The cursor that the page before gave; `None` for the first page.
    pub after: Option<String>,
    /// Most items.
    pub limit: usize,
}

impl Page {
    /// The first `limit` items.
    pub fn first(limit: usize) -> Self {
        Self { after: None, limit }
    }
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paged<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Where the next page begins; `None` when there is none. A page may be short, even empty, and
    /// still have a next one: a call looks at a bounded number of records.
    pub next: Option<String>,
}

impl Store {
    /// One page of the keys under `place`.
    pub(super) async fn page_of(
        &self,
        place: &Place,
        page: &Page,
    ) -> Result<Paged<(Key, Stored)>, StoreError> {
        let prefix = place.clone().key();
        let after = start(place, page)?;
        let mut items =
            self.backend().scan(&prefix, after.as_ref(), page.limit.saturating_add(1)).await?;
        let more = items.len() > page.limit;
        items.truncate(page.limit);
        let next = items.last().filter(|_| more).map(|(key, _)| cursor(place, key));
        Ok(Paged { items, next })
    }
}

/// The key a page begins after.
pub(super) fn start(place: &Place, page: &Page) -> Result<Option<Key>, StoreError> {
    let Some(cursor) = &page.after else { return Ok(None) };
    let tail = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| StoreError::BadCursor)?;
    if tail.is_empty() || tail.len() > 128 {
        return Err(StoreError::BadCursor);
    }
    Ok(Some(place.clone().raw(&tail).key()))
}

/// The cursor that leads behind `key`: what of it lies behind the place.
pub(super) fn cursor(place: &Place, key: &Key) -> String {
    cursor_of_tail(tail(place, key))
}

/// The cursor that leads behind the key of which this lies behind the place.
pub(super) fn cursor_of_tail(tail: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(tail)
}

/// What of `key` lies behind `place`.
pub(super) fn tail<'k>(place: &Place, key: &'k Key) -> &'k [u8] {
    let prefix = place.clone().key();
    key.as_bytes().get(prefix.as_bytes().len()..).unwrap_or_default()
}
