//! Batches that arrive in pieces over the socket of the service: each is a spool until it is whole.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::store::StoreError;
use crate::store::spool::{Spool, Spooled};

use super::Batches;

/// Spools that are open at once; the one that waited longest makes room.
const AT_ONCE: usize = 8;

/// Spools by their names, the oldest first.
#[derive(Default)]
pub(super) struct Arrivals(Mutex<VecDeque<(String, Spool)>>);

impl Arrivals {
    fn take(&self, name: &str) -> Option<Spool> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = open.iter().position(|(known, _)| known == name)?;
        open.remove(at).map(|(_, spool)| spool)
    }

    fn put(&self, name: String, spool: Spool) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() == AT_ONCE {
            open.pop_front();
        }
        open.push_back((name, spool));
    }
}

impl Batches {
    /// Begins one; gives its name.
    ///
    /// # Errors
    /// What the store says.
    pub async fn begin_arrival(&self) -> Result<String, StoreError> {
        let issuer = &self.0.issuer.0;
        let name = crate::domain::id::random_base62(&issuer.random);
        self.0.arrivals.put(name.clone(), issuer.store.spool().await?);
        Ok(name)
    }

    /// Adds a piece; `None` when there is no such arrival (any more). Gives the bytes so far.
    ///
    /// # Errors
    /// What the store says.
    pub async fn add_to_arrival(
        &self,
        name: &str,
        piece: &[u8],
    ) -> Result<Option<u64>, StoreError> {
        let Some(mut spool) = self.0.arrivals.take(name) else { return Ok(None) };
        spool.write(piece).await?;
        let length = spool.length();
        self.0.arrivals.put(name.to_owned(), spool);
        Ok(Some(length))
    }

    /// Ends one, and gives all of it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn end_arrival(&self, name: &str) -> Result<Option<Spooled>, StoreError> {
        match self.0.arrivals.take(name) {
            Some(spool) => spool.end().await.map(Some),
            None => Ok(None),
        }
    }
}
