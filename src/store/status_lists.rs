//! Status lists: who has which index, and which bits are set.
//!
//! Indexes are handed out in blocks. A block is reserved by compare-and-swap and durable before its
//! first index is used; what is left of it when the process ends is never used. So no index is given
//! twice, whatever happens. A set bit is a record of its own, written in the same batch as the fact
//! it stands for: changes of different awards never get into each other's way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::backend::{Batch, Expectation, Version};
use super::keyspace::{Place, of};
use super::record::{Versioned, decode, encode};
use super::shape::shape;
use super::spread::{SpreadKey, spread};
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, IssuerId, StatusEntry, StatusPurpose};

/// Entries of every list: the least that Bitstring Status List v1.0 §4.2 allows, so that an award
/// hides among that many.
pub const STATUS_LIST_ENTRIES: u32 = 131_072;

/// Indexes reserved at once at first; each further block is twice the one before, so that a busy
/// series seldom waits and a quiet one wastes little.
const FIRST_BLOCK: u32 = 64;

/// The most that doubling leads to.
const LARGEST_BLOCK: u32 = 1024;

/// Times a reservation is tried against others who reserve at the same moment.
const TRIES: usize = 64;

/// Records read at once when a list is gathered.
const CHUNK: usize = 4096;

/// A list as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusListState {
    /// Its number of entries.
    pub length: u32,
    /// The indexes whose bit is set, ascending.
    pub set: Vec<u32>,
    /// The commit that changed it last; a copy made at this version is current as long as
    /// [`Store::status_list_version`] says the same.
    pub version: Version,
    /// When that was.
    pub changed_at: Timestamp,
}

struct Head {
    list: u32,
    next: u32,
}
shape!(Head { list: "list", next: "next" });

struct List {
    length: u32,
    spread: SpreadKey,
    created_at: Timestamp,
}
shape!(List { length: "length", spread: "spread", created_at: "createdAt" });

type Series = (AccountId, IssuerId, StatusPurpose);

/// Indexes reserved and not yet used, in memory.
#[derive(Debug, Default)]
pub(super) struct Blocks(Mutex<HashMap<Series, Arc<tokio::sync::Mutex<Supply>>>>);

#[derive(Debug, Default)]
struct Supply {
    block: Option<Block>,
    reserved: u32,
}

#[derive(Debug)]
struct Block {
    list: u32,
    length: u32,
    spread: SpreadKey,
    next: u32,
    end: u32,
}

impl Block {
    fn take(&mut self) -> Option<(u32, u32)> {
        (self.next < self.end).then(|| {
            let index = spread(&self.spread, self.length, self.next);
            self.next += 1;
            (self.list, index)
        })
    }
}

impl Store {
    /// Hands out an index that nobody had and nobody will have, in the issuer's present list for
    /// `purpose`. It is used up even if the award is never made.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn reserve_status(
        &self,
        account: &AccountId,
        issuer: &IssuerId,
        purpose: StatusPurpose,
        now: Timestamp,
    ) -> Result<StatusEntry, StoreError> {
        let mut entries = self.reserve_statuses(account, issuer, purpose, 1, now).await?;
        // One was asked for, and a block is never empty.
        entries.pop().ok_or(StoreError::Closed)
    }

    /// Hands out `count` indexes at once; they may lie in more than one list.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn reserve_statuses(
        &self,
        account: &AccountId,
        issuer: &IssuerId,
        purpose: StatusPurpose,
        count: usize,
        now: Timestamp,
    ) -> Result<Vec<StatusEntry>, StoreError> {
        let series = (account.clone(), issuer.clone(), purpose);
        let place = {
            let mut blocks = self.0.blocks.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(blocks.entry(series).or_default())
        };
        let mut supply = place.lock().await;
        let mut entries = Vec::with_capacity(count.min(CHUNK));
        while entries.len() < count {
            match supply.block.as_mut().and_then(Block::take) {
                Some((list, index)) => entries.push(StatusEntry { purpose, list, index }),
                None => {
                    let missing = u32::try_from(count - entries.len()).unwrap_or(u32::MAX);
                    let doubled = supply.reserved.saturating_mul(2);
                    supply.reserved = doubled.clamp(FIRST_BLOCK, LARGEST_BLOCK);
                    let wanted = missing.max(supply.reserved);
                    let block = self.reserve_block(account, issuer, purpose, wanted, now).await?;
                    supply.block = Some(block);
                }
            }
        }
        Ok(entries)
    }

    async fn reserve_block(
        &self,
        account: &AccountId,
        issuer: &IssuerId,
        purpose: StatusPurpose,
        wanted: u32,
        now: Timestamp,
    ) -> Result<Block, StoreError> {
        let key = of(account, "st").text(issuer.as_str()).purpose(purpose).key();
        let mut lost = StoreError::Conflict { key: key.clone() };
        for _ in 0..TRIES {
            let mut batch = Batch::new();
            let head: Option<Versioned<Head>> = self.read(&key).await?;
            let (mut head, expectation) = match head {
                None => (Head { list: 0, next: 0 }, Expectation::Absent),
                Some(head) => (head.value, Expectation::Version(head.version)),
            };
            let list_key = |list| lists(account, issuer, purpose).number(list).key();
            let present: Option<Versioned<List>> = self.read(&list_key(head.list)).await?;
            let list = match present {
                Some(list) if head.next < list.value.length => list.value,
                _ => {
                    let list = List {
                        length: STATUS_LIST_ENTRIES,
                        spread: self.0.random.bytes(),
                        created_at: now,
                    };
                    head = Head { list: head.list + 1, next: 0 };
                    batch.insert(list_key(head.list), encode(&list));
                    list
                }
            };
            let start = head.next;
            let end = start.saturating_add(wanted).min(list.length);
            batch.expect(key.clone(), expectation);
            batch.put(key.clone(), encode(&Head { list: head.list, next: end }));
            match self.backend().commit(batch).await {
                Ok(_) => {
                    let (length, spread) = (list.length, list.spread);
                    return Ok(Block { list: head.list, length, spread, next: start, end });
                }
                Err(conflict @ StoreError::Conflict { .. }) => lost = conflict,
                Err(error) => return Err(error),
            }
        }
        Err(lost)
    }

    /// The numbers of an issuer's lists for `purpose`, ascending.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn status_lists(
        &self,
        account: &AccountId,
        issuer: &IssuerId,
        purpose: StatusPurpose,
    ) -> Result<Vec<u32>, StoreError> {
        let prefix = lists(account, issuer, purpose).key();
        let found = self.backend().scan(&prefix, None, CHUNK).await?;
        Ok(found.iter().filter_map(|(key, _)| last_number(key.as_bytes())).collect())
    }

    /// The commit that changed a list last; `None` when there is no such list.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn status_list_version(
        &self,
        account: &AccountId,
        issuer: &IssuerId,
        purpose: StatusPurpose,
        list: u32,
    ) -> Result<Option<Version>, StoreError> {
        let changed = self.changed(account, issuer, purpose, list).await?;
        Ok(changed.map(|(version, _, _)| version))
    }

    /// A list as it stands; `None` when there is no such list.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn status_list(
        &self,
        account: &AccountId,
        issuer: &IssuerId,
        purpose: StatusPurpose,
        list: u32,
    ) -> Result<Option<StatusListState>, StoreError> {
        // The version is read before the bits: a change made meanwhile may already show, and then
        // the next look at the version tells that the copy is old, never the other way round.
        let changed = self.changed(account, issuer, purpose, list).await?;
        let Some((version, changed_at, length)) = changed else { return Ok(None) };
        let prefix = bits(account, issuer, purpose, list).key();
        let mut set = Vec::new();
        let mut after = None;
        loop {
            let found = self.backend().scan(&prefix, after.as_ref(), CHUNK).await?;
            set.extend(found.iter().filter_map(|(key, _)| last_number(key.as_bytes())));
            match found.last() {
                Some((key, _)) if found.len() == CHUNK => after = Some(key.clone()),
                _ => return Ok(Some(StatusListState { length, set, version, changed_at })),
            }
        }
    }

    /// Whether the bit of an entry is set.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn status_is_set(
        &self,
        account: &AccountId,
        issuer: &IssuerId,
        entry: &StatusEntry,
    ) -> Result<bool, StoreError> {
        let key = bits(account, issuer, entry.purpose, entry.list).number(entry.index).key();
        Ok(self.backend().get(&key).await?.is_some())
    }

    async fn changed(
        &self,
        account: &AccountId,
        issuer: &IssuerId,
        purpose: StatusPurpose,
        list: u32,
    ) -> Result<Option<(Version, Timestamp, u32)>, StoreError> {
        let place = lists(account, issuer, purpose).number(list).key();
        let Some(stored) = self.backend().get(&place).await? else { return Ok(None) };
        let made: Versioned<List> = decode(&place, &stored)?;
        let change = self.read(&changes(account, issuer, purpose).number(list).key()).await?;
        let (version, at) = match change {
            Some(Versioned { value, version }) => (version, value),
            None => (made.version, made.value.created_at),
        };
        Ok(Some((version, at, made.value.length)))
    }
}

impl Transaction<'_> {
    /// Sets or clears the bit of an entry.
    pub fn set_status(
        &mut self,
        issuer: &IssuerId,
        entry: &StatusEntry,
        set: bool,
        now: Timestamp,
    ) {
        let account = self.account.clone();
        let key = bits(&account, issuer, entry.purpose, entry.list).number(entry.index).key();
        if set {
            self.mark(key);
        } else {
            self.delete(key);
        }
        self.put(changes(&account, issuer, entry.purpose).number(entry.list).key(), &now);
    }
}

fn lists(account: &AccountId, issuer: &IssuerId, purpose: StatusPurpose) -> Place {
    of(account, "stl").text(issuer.as_str()).purpose(purpose)
}

fn changes(account: &AccountId, issuer: &IssuerId, purpose: StatusPurpose) -> Place {
    of(account, "stc").text(issuer.as_str()).purpose(purpose)
}

fn bits(account: &AccountId, issuer: &IssuerId, purpose: StatusPurpose, list: u32) -> Place {
    of(account, "stb").text(issuer.as_str()).purpose(purpose).number(list)
}

fn last_number(key: &[u8]) -> Option<u32> {
    key.last_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::store::samples::{account, at, each_store};
    use crate::world::Random;

    const NOW: &str = "2026-11-22T00:00:00Z";

    fn issuer() -> IssuerId {
        IssuerId::random(&Random::seeded(1))
    }

    #[tokio::test]
    async fn no_index_is_given_twice_even_to_those_who_ask_at_once_or_through_another_handle() {
        each_store(async |store| {
            let (ours, purpose) = (account(1), StatusPurpose::Revocation);
            // A second handle over the same backend, as another node would be.
            let other =
                Store::over(store.backend().clone(), store.blobs().clone(), &store.0.random);
            let tasks: Vec<_> = (0..16)
                .map(|number| {
                    let store = if number % 2 == 0 { store.clone() } else { other.clone() };
                    let ours = ours.clone();
                    tokio::spawn(async move {
                        let mut got = Vec::new();
                        for _ in 0..20 {
                            let entry =
                                store.reserve_status(&ours, &issuer(), purpose, at(NOW)).await;
                            got.push(entry.unwrap().index);
                        }
                        got
                    })
                })
                .collect();
            let mut all = BTreeSet::new();
            for task in tasks {
                for index in task.await.unwrap() {
                    assert!(index < STATUS_LIST_ENTRIES);
                    assert!(all.insert(index), "{index} given twice");
                }
            }
            assert_eq!(all.len(), 320);
        })
        .await;
    }

    #[tokio::test]
    async fn a_full_list_is_followed_by_the_next() {
        let store = Store::memory(&Random::seeded(1));
        let (ours, purpose) = (account(1), StatusPurpose::Revocation);
        let count = usize::try_from(STATUS_LIST_ENTRIES).unwrap() + 10;
        let entries =
            store.reserve_statuses(&ours, &issuer(), purpose, count, at(NOW)).await.unwrap();
        let distinct: BTreeSet<_> = entries.iter().map(|entry| (entry.list, entry.index)).collect();
        assert_eq!(distinct.len(), count);
        assert_eq!(entries.iter().filter(|entry| entry.list == 2).count(), 10);
        assert_eq!(store.status_lists(&ours, &issuer(), purpose).await.unwrap(), [1, 2]);
        let none = store.status_lists(&ours, &issuer(), StatusPurpose::Suspension).await.unwrap();
        assert!(none.is_empty());
    }

    #[tokio::test]
    async fn bits_are_set_and_cleared_and_the_version_tells() {
        each_store(async |store| {
            let (ours, purpose) = (account(1), StatusPurpose::Suspension);
            assert_eq!(store.status_list(&ours, &issuer(), purpose, 1).await.unwrap(), None);
            let entries =
                store.reserve_statuses(&ours, &issuer(), purpose, 3, at(NOW)).await.unwrap();
            let empty = store.status_list(&ours, &issuer(), purpose, 1).await.unwrap().unwrap();
            assert_eq!((empty.length, empty.set), (STATUS_LIST_ENTRIES, vec![]));

            let later = at("2026-11-23T00:00:00Z");
            let mut tx = store.begin(&ours);
            tx.set_status(&issuer(), &entries[0], true, later);
            tx.set_status(&issuer(), &entries[2], true, later);
            tx.commit().await.unwrap();
            let state = store.status_list(&ours, &issuer(), purpose, 1).await.unwrap().unwrap();
            let mut expected = vec![entries[0].index, entries[2].index];
            expected.sort();
            assert_eq!((state.set, state.changed_at), (expected, later));
            assert!(state.version > empty.version);
            let version = store.status_list_version(&ours, &issuer(), purpose, 1).await.unwrap();
            assert_eq!(version, Some(state.version));

            let mut tx = store.begin(&ours);
            tx.set_status(&issuer(), &entries[0], false, later);
            tx.commit().await.unwrap();
            let state = store.status_list(&ours, &issuer(), purpose, 1).await.unwrap().unwrap();
            assert_eq!(state.set, [entries[2].index]);
            assert!(store.status_is_set(&ours, &issuer(), &entries[2]).await.unwrap());
            assert!(!store.status_is_set(&ours, &issuer(), &entries[0]).await.unwrap());
            assert!(!store.status_is_set(&account(2), &issuer(), &entries[2]).await.unwrap());
        })
        .await;
    }
}
