//! Records that were read before: badge classes and issuers are asked for with every award, and
//! seldom change. The record itself is read each time; what is saved is taking its JSON apart.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::backend::Key;
use super::record::{Versioned, decode};
use super::shape::Shaped;
use super::{Store, StoreError};

/// Records of a kind that are kept, 64 KiB each at most; beyond that it begins anew.
const KEPT: usize = 128;

/// Records of one kind, as they were when they were read last.
#[derive(Debug)]
pub(super) struct Known<T>(Mutex<HashMap<Key, Versioned<T>>>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Shaped + Clone> Known<T> {
    /// The record under `key`.
    pub(super) async fn read(
        &self,
        store: &Store,
        key: &Key,
    ) -> Result<Option<Versioned<T>>, StoreError> {
        let Some(stored) = store.backend().get(key).await? else { return Ok(None) };
        {
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = known.get(key).filter(|known| known.version == stored.version) {
                return Ok(Some(known.clone()));
            }
        }
        let read: Versioned<T> = decode(key, &stored)?;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(key.clone(), read.clone());
        Ok(Some(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::backend::Batch;
    use crate::store::record::encode;
    use crate::store::samples::each_store;

    #[tokio::test]
    async fn a_record_that_was_changed_or_removed_is_not_the_one_from_before() {
        each_store(async |store| {
            let (known, key) = (Known::<String>::default(), Key::new(*b"k"));
            for text in [Some("a"), Some("b"), None, Some("c")] {
                let mut batch = Batch::new();
                match text {
                    Some(text) => batch.put(key.clone(), encode(&text.to_owned())),
                    None => batch.delete(key.clone()),
                }
                store.backend().commit(batch).await.unwrap();
                for _ in 0..2 {
                    let read = known.read(&store, &key).await.unwrap();
                    assert_eq!(read.map(|read| read.value).as_deref(), text);
                }
            }
        })
        .await;
    }
}
