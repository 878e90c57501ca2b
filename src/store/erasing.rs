//! Finds what must go when a person is erased, beside the records of awards.

use super::backend::{Batch, Expectation, Key, Stored};
use super::batches::RowOutcome;
use super::keyspace::of;
use super::page::{Page, tail};
use super::record::{Versioned, decode_with_body, encode, encode_with_body};
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, AssertionId};

/// Keys that are read at once.
const AT_ONCE: usize = 500;

/// Stands in an erased row as the reason why it cannot be read.
const ERASED: &str = "erased";

impl Store {
    /// Where the reasons for changes of the thing with this id lie.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn reason_keys(
        &self,
        account: &AccountId,
        subject: &str,
    ) -> Result<Vec<Key>, StoreError> {
        let place = of(account, "why").text(subject);
        let mut keys = Vec::new();
        let mut page = Page::first(AT_ONCE);
        loop {
            let found = self.page_of(&place, &page).await?;
            keys.extend(found.items.into_iter().map(|(key, _)| key));
            match found.next {
                Some(next) => page.after = Some(next),
                None => return Ok(keys),
            }
        }
    }
}

impl Store {
    /// Empties the rows of all batches of `account` that hold one of `words` (in lower case) or whose
    /// award is among `awards`, and what their outcomes say beside the outcome itself. Gives how many.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn erase_rows(
        &self,
        account: &AccountId,
        words: &[String],
        awards: &[AssertionId],
    ) -> Result<usize, StoreError> {
        let place = of(account, "batr");
        let mut erased = 0;
        let mut page = Page::first(AT_ONCE);
        loop {
            let found = self.page_of(&place, &page).await?;
            for (key, stored) in found.items {
                let outcome = of(account, "bato").raw(tail(&place, &key)).key();
                let known: Option<Versioned<RowOutcome>> = self.read(&outcome).await?;
                let theirs = known.as_ref().and_then(|known| known.value.assertion.as_ref());
                let theirs = theirs.is_some_and(|id| awards.contains(id));
                if theirs || self.says(&key, &stored, words).await? {
                    let known = known.map(|known| (outcome, known));
                    erased += usize::from(self.erase_row(key, &stored, known).await?);
                }
            }
            match found.next {
                Some(next) => page.after = Some(next),
                None => return Ok(erased),
            }
        }
    }

    /// Whether a row holds one of the words, however it is written.
    async fn says(&self, key: &Key, row: &Stored, words: &[String]) -> Result<bool, StoreError> {
        let ((_, file), inline): ((Option<String>, Option<String>), _) =
            decode_with_body(key, row)?;
        let bytes = self.body(file, inline).await?;
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        Ok(words.iter().any(|word| text.contains(word)))
    }

    /// Empties one row; gives whether it was not empty yet. A row that has its turn at this moment is
    /// emptied by the next erasure.
    async fn erase_row(
        &self,
        key: Key,
        row: &Stored,
        outcome: Option<(Key, Versioned<RowOutcome>)>,
    ) -> Result<bool, StoreError> {
        let empty = encode_with_body(&(Some(ERASED.to_owned()), None::<String>), b"");
        if row.bytes == empty {
            return Ok(false);
        }
        let mut batch = Batch::new();
        batch.expect(key.clone(), Expectation::Version(row.version));
        batch.put(key, empty);
        if let Some((key, known)) = outcome {
            batch.expect(key.clone(), Expectation::Version(known.version));
            let silent = RowOutcome { external_id: None, problems: Vec::new(), ..known.value };
            batch.put(key, encode(&silent));
        }
        match self.backend().commit(batch).await {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Transaction<'_> {
    /// Drops reasons that [`Store::reason_keys`] found.
    pub fn drop_reasons(&mut self, keys: Vec<Key>) {
        for key in keys {
            self.delete(key);
        }
    }
}
