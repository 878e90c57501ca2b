//! What was read from the store to make something, so that it can be told later whether it would
//! still come out the same.
//!
//! Everything that a task reads while [`Store::noting`] runs its work is noted by the backend itself,
//! so that nothing can be forgotten. Large content in files is not: it lies under its digest, and the
//! record that names it is noted.

use std::cell::RefCell;
use std::future::Future;

use super::backend::{Key, Stored, Version};
use super::{Store, StoreError};

/// Most reads that are noted, and most records of one list; beyond that nothing is known.
const MOST: usize = 64;

tokio::task_local! {
    static NOTED: RefCell<Reads>;
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Reads {
    records: Vec<(Key, Option<Version>)>,
    lists: Vec<List>,
    /// Whether something was read that is not noted here.
    more: bool,
}

/// A scan and what it gave.
#[derive(Clone, Debug)]
struct List {
    prefix: Key,
    after: Option<Key>,
    limit: usize,
    found: Vec<(Key, Version)>,
}

impl List {
    fn is_of(&self, prefix: &Key, after: Option<&Key>, limit: usize) -> bool {
        self.prefix == *prefix && self.after.as_ref() == after && self.limit == limit
    }
}

impl Store {
    /// Runs `work` and notes what it reads, in this task.
    pub async fn noting<T>(&self, work: impl Future<Output = T>) -> (T, Reads) {
        NOTED
            .scope(RefCell::default(), async {
                let done = work.await;
                (done, NOTED.with(RefCell::take))
            })
            .await
    }

    /// Whether every read would give the same again.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn still(&self, reads: &Reads) -> Result<bool, StoreError> {
        if reads.more {
            return Ok(false);
        }
        for (key, version) in &reads.records {
            if self.backend().get(key).await?.map(|stored| stored.version) != *version {
                return Ok(false);
            }
        }
        for List { prefix, after, limit, found } in &reads.lists {
            let now = self.backend().scan(prefix, after.as_ref(), *limit).await?;
            let same = now.len() == found.len()
                && now.iter().zip(found).all(|((key, stored), (known, version))| {
                    key == known && stored.version == *version
                });
            if !same {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Notes that a record was read.
pub(super) fn note_record(key: &Key, found: Result<&Option<Stored>, &StoreError>) {
    note(|noted| match found {
        Err(_) => noted.more = true,
        Ok(found) => {
            let version = found.as_ref().map(|stored| stored.version);
            match noted.records.iter().find(|(known, _)| known == key) {
                Some((_, known)) => noted.more |= *known != version,
                None => noted.records.push((key.clone(), version)),
            }
        }
    });
}

/// Notes that a list was read.
pub(super) fn note_list(
    (prefix, after, limit): (&Key, Option<&Key>, usize),
    found: Result<&Vec<(Key, Stored)>, &StoreError>,
) {
    note(|noted| {
        let Ok(found) = found else {
            noted.more = true;
            return;
        };
        if found.len() > MOST {
            noted.more = true;
            return;
        }
        let found: Vec<(Key, Version)> =
            found.iter().map(|(key, stored)| (key.clone(), stored.version)).collect();
        match noted.lists.iter().find(|list| list.is_of(prefix, after, limit)) {
            Some(known) => noted.more |= known.found != found,
            None => {
                let (prefix, after) = (prefix.clone(), after.cloned());
                noted.lists.push(List { prefix, after, limit, found });
            }
        }
    });
}

fn note(what: impl FnOnce(&mut Reads)) {
    // Nobody wants to know outside of `noting`.
    let _ = NOTED.try_with(|noted| {
        let mut noted = noted.borrow_mut();
        if noted.records.len() + noted.lists.len() >= MOST {
            noted.more = true;
        } else {
            what(&mut noted);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::backend::Batch;
    use crate::store::samples::each_store;

    fn key(text: &str) -> Key {
        Key::new(text)
    }

    async fn put(store: &Store, at: &str) {
        let mut batch = Batch::new();
        batch.put(key(at), b"x".to_vec());
        store.backend().commit(batch).await.unwrap();
    }

    #[tokio::test]
    async fn what_was_read_stands_until_one_of_it_changes() {
        each_store(async |store| {
            for at in ["a", "l/1", "l/2"] {
                put(&store, at).await;
            }
            let work = async {
                for at in ["a", "none", "a"] {
                    store.backend().get(&key(at)).await.unwrap();
                }
                store.backend().scan(&key("l/"), None, 9).await.unwrap().len()
            };
            let (listed, reads) = store.noting(work).await;
            assert_eq!((listed, reads.records.len(), reads.lists.len()), (2, 2, 1));
            assert!(store.still(&reads).await.unwrap());
            put(&store, "elsewhere").await;
            assert!(store.still(&reads).await.unwrap());
            for change in ["a", "none", "l/1", "l/3"] {
                let work = async {
                    store.backend().get(&key("a")).await.unwrap();
                    store.backend().get(&key("none")).await.unwrap();
                    store.backend().scan(&key("l/"), None, 9).await.unwrap();
                };
                let ((), reads) = store.noting(work).await;
                assert!(store.still(&reads).await.unwrap());
                put(&store, change).await;
                assert!(!store.still(&reads).await.unwrap(), "{change}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn what_changes_while_it_is_read_and_what_is_too_much_never_stands() {
        each_store(async |store| {
            put(&store, "a").await;
            let work = async {
                store.backend().get(&key("a")).await.unwrap();
                put(&store, "a").await;
                store.backend().get(&key("a")).await.unwrap();
            };
            let ((), reads) = store.noting(work).await;
            assert!(!store.still(&reads).await.unwrap());
            let work = async {
                for at in 0..=MOST {
                    store.backend().get(&key(&format!("k{at}"))).await.unwrap();
                }
            };
            let ((), reads) = store.noting(work).await;
            assert!(!store.still(&reads).await.unwrap());
            // Without anybody who notes, nothing is noted.
            store.backend().get(&key("a")).await.unwrap();
        })
        .await;
    }
}
