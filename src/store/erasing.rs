//! Finds what must go when a person is erased, beside the records of awards.

use serde_json::Value;

use super::backend::{Batch, Expectation, Key, Version};
use super::batches::RowOutcome;
use super::keyspace::of;
use super::page::{Page, Paged, tail};
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

/// A row of a batch that is about a person.
#[derive(Debug)]
pub struct RowAbout {
    /// The batch.
    pub batch: String,
    /// The number of the row, from 1.
    pub number: u32,
    /// The row as it was sent.
    pub bytes: Vec<u8>,
    /// What became of it.
    pub outcome: Option<RowOutcome>,
    row: (Key, Version),
    kept: Option<(Key, Version)>,
}

impl Store {
    /// The rows of all batches of `account` that hold one of `words` (in lower case), or whose award
    /// is among `awards` or was erased. A page may be short, even empty, and still have a next one.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn rows_about(
        &self,
        account: &AccountId,
        words: &[String],
        awards: &[AssertionId],
        page: &Page,
    ) -> Result<Paged<RowAbout>, StoreError> {
        let place = of(account, "batr");
        let found = self.page_of(&place, page).await?;
        let mut items = Vec::new();
        for (key, stored) in found.items {
            let name = tail(&place, &key);
            let Some((batch, number)) = name.split_last_chunk::<4>() else { continue };
            let batch = String::from_utf8_lossy(batch).trim_end_matches('/').to_owned();
            let number = u32::from_be_bytes(*number);
            let outcome = of(account, "bato").raw(name).key();
            let known: Option<Versioned<RowOutcome>> = self.read(&outcome).await?;
            let ((_, file), inline): ((Option<String>, Option<String>), _) =
                decode_with_body(&key, &stored)?;
            let bytes = self.body(file, inline).await?;
            let text = read_text(&bytes).to_lowercase();
            let says = words.iter().any(|word| text.contains(word));
            let award = known.as_ref().and_then(|known| known.value.assertion.as_ref());
            let theirs = match award {
                Some(id) if !says => awards.contains(id) || self.was_erased(account, id).await?,
                _ => says,
            };
            if theirs {
                let kept = known.as_ref().map(|known| (outcome, known.version));
                let outcome = known.map(|known| known.value);
                let row = (key, stored.version);
                items.push(RowAbout { batch, number, bytes, outcome, row, kept });
            }
        }
        Ok(Paged { items, next: found.next })
    }

    async fn was_erased(&self, account: &AccountId, id: &AssertionId) -> Result<bool, StoreError> {
        let found = self.assertion(account, id).await?;
        Ok(found.is_some_and(|found| found.value.erased_at.is_some()))
    }

    /// Empties a row, and what its outcome says beside the outcome itself; gives whether there was
    /// something to take away. A row that has its turn at this moment is emptied by the next erasure.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn erase_row(&self, row: RowAbout) -> Result<bool, StoreError> {
        let RowAbout { bytes, outcome, row: (key, version), kept, .. } = row;
        let spoken = outcome
            .as_ref()
            .is_some_and(|one| one.external_id.is_some() || !one.problems.is_empty());
        if bytes.is_empty() && !spoken {
            return Ok(false);
        }
        let empty = encode_with_body(&(Some(ERASED.to_owned()), None::<String>), b"");
        let mut batch = Batch::new();
        batch.expect(key.clone(), Expectation::Version(version));
        batch.put(key, empty);
        if let (Some((key, version)), Some(outcome)) = (kept, outcome) {
            batch.expect(key.clone(), Expectation::Version(version));
            let silent = RowOutcome { external_id: None, problems: Vec::new(), ..outcome };
            batch.put(key, encode(&silent));
        }
        match self.backend().commit(batch).await {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// What a row says as it is read: in JSON any letter may be written as an escape.
fn read_text(row: &[u8]) -> String {
    let json = row.contains(&b'\\').then(|| serde_json::from_slice::<Value>(row).ok()).flatten();
    json.map_or_else(|| String::from_utf8_lossy(row).into_owned(), |value| value.to_string())
}

impl Transaction<'_> {
    /// Drops reasons that [`Store::reason_keys`] found.
    pub fn drop_reasons(&mut self, keys: Vec<Key>) {
        for key in keys {
            self.delete(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::BatchId;
    use crate::store::samples::{account, assertion, at, badge_class, each_store, issuer};
    use crate::store::{BatchRow, KeptProblem};
    use crate::world::Random;

    #[tokio::test]
    async fn rows_are_found_by_what_they_say_and_by_what_became_of_their_award() {
        each_store(async |store| {
            let (ours, batch) = (account(1), BatchId::random(&Random::seeded(1)));
            let class = badge_class(&issuer("a").id);
            let mut awards: Vec<_> =
                (0..3).map(|_| assertion(&class, "x@y.example", "2026-11-22T00:00:00Z")).collect();
            awards[1].erased_at = Some(at("2026-11-22T00:00:00Z"));
            let mut tx = store.begin(&ours);
            let escaped = r#"{"recipient":{"email":"am\u0061ra\u0040schools.example"}}"#;
            let texts =
                ["Amara@Schools.example", "somebody", "somebody else", "amara, refused", escaped];
            for (number, text) in (1..).zip(texts) {
                let row = BatchRow { bytes: text.as_bytes().to_vec(), fault: None };
                tx.add_batch_row(&batch, number, row, None);
                let award = awards.get(number as usize - 1).map(|award| award.id.clone());
                tx.set_outcome(
                    &batch,
                    number,
                    &RowOutcome {
                        outcome: "issued".to_owned(),
                        assertion: award,
                        external_id: Some("amara".to_owned()),
                        first: None,
                        problems: vec![KeptProblem {
                            column: None,
                            pointer: None,
                            code: "bad".to_owned(),
                            detail: "amara".to_owned(),
                            suggestion: None,
                        }],
                    },
                );
            }
            awards.iter().for_each(|award| tx.insert_assertion(award));
            tx.commit().await.unwrap();
            let words = ["amara".to_owned()];
            let page = Page::first(9);
            let about = async |awards: &[AssertionId]| {
                let found = store.rows_about(&ours, &words, awards, &page).await.unwrap();
                found.items
            };
            let numbers = |rows: &[RowAbout]| rows.iter().map(|row| row.number).collect::<Vec<_>>();
            assert_eq!(numbers(&about(&[]).await), [1, 2, 4, 5]);
            let found = about(&[awards[2].id.clone()]).await;
            assert_eq!(numbers(&found), [1, 2, 3, 4, 5]);
            assert_eq!(found[0].batch, batch.as_str());
            let theirs = store.rows_about(&account(2), &words, &[], &page).await.unwrap();
            assert!(theirs.items.is_empty());
            for row in about(&[]).await {
                assert!(store.erase_row(row).await.unwrap());
            }
            for row in about(&[]).await {
                assert!(!store.erase_row(row).await.unwrap(), "nothing is left to take away");
            }
            let rows = store.batch_rows(&ours, &batch, 0, 9).await.unwrap();
            let lengths: Vec<usize> = rows.iter().map(|(_, row)| row.bytes.len()).collect();
            assert_eq!(lengths, [0, 0, 13, 0, 0]);
            let outcome = store.row_outcome(&ours, &batch, 1).await.unwrap().unwrap();
            assert_eq!((outcome.outcome.as_str(), outcome.external_id), ("issued", None));
            assert_eq!(
                (outcome.assertion.as_ref(), outcome.problems.len()),
                (Some(&awards[0].id), 0)
            );
        })
        .await;
    }
}
