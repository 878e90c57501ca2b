//! Batches: what was asked for together, row by row, and what became of each row.
//!
//! A row and its outcome are records of their own. The outcome is written in the commit of the award
//! that it tells of; how far the whole has come is written behind, and counted again from the
//! outcomes where a run ended in between.

use jiff::Timestamp;

use super::backend::{Batch as Writes, Key, Version};
use super::keyspace::{Place, digest, of, shared};
use super::page::{self, Page, Paged, tail};
use super::record::{Versioned, decode, decode_with_body};
use super::shape::shape;
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, AssertionId, BatchId, BatchState, Counts};

/// Most outcomes one call of a filtered list looks at.
const LOOKS_AT_MOST: usize = 5000;

/// Rows that are removed in one commit.
const REMOVED_AT_ONCE: usize = 2000;

/// A batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Its identifier.
    pub id: BatchId,
    /// How far it has come.
    pub state: BatchState,
    /// What became of its rows.
    pub counts: Counts,
    /// Rows that have been worked off, from the first one on.
    pub worked: u32,
    /// The day that its rows are judged for, such as `2026-11-01`.
    pub as_of: String,
    /// `json`, `ndjson` or `csv`.
    pub format: String,
    /// Who asked: a token id, `cli` …
    pub actor: String,
    /// The request it came with.
    pub request: Option<String>,
    /// Whether its rows may take awards back.
    pub may_revoke: bool,
    /// Whether holders with an e-mail address are told of new awards.
    pub notify: bool,
    /// The batch whose awards this one takes back.
    pub revokes: Option<BatchId>,
    /// Columns of its file that are not read.
    pub unread: Vec<String>,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}
shape!(Batch {
    id: "id",
    state: "state",
    counts: "counts",
    worked: "worked",
    as_of: "asOf",
    format: "format",
    actor: "actor",
    request: "request",
    may_revoke: "mayRevoke",
    notify: "notify",
    revokes: "revokes",
    unread: "unread",
    created_at: "createdAt",
    finished_at: "finishedAt",
});

/// A row as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRow {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Why they cannot be read, if so.
    pub fault: Option<String>,
}

/// How the rows of a batch are read: the header and the mapping of a CSV file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchSheet {
    /// What stands between cells.
    pub separator: u32,
    /// The first line.
    pub header: Vec<u8>,
    /// The text of the mapping.
    pub mapping: String,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowOutcome {
    /// Such as `issued` or `refused:dates`.
    pub outcome: String,
    /// The award that it made, changed, or would have made again.
    pub assertion: Option<AssertionId>,
    /// The platform's own identifier.
    pub external_id: Option<String>,
    /// Of a duplicate: the batch and the row that came first.
    pub first: Option<(BatchId, u32)>,
    /// What is wrong with it.
    pub problems: Vec<KeptProblem>,
}
shape!(RowOutcome {
    outcome: "outcome",
    assertion: "assertion",
    external_id: "externalId",
    first: "first",
    problems: "problems",
});

/// One thing that is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptProblem {
    /// The header of its column.
    pub column: Option<String>,
    /// JSON pointer into the row, where it has no columns.
    pub pointer: Option<String>,
    /// Stable, kebab-case.
    pub code: String,
    /// A sentence for a person.
    pub detail: String,
    /// What may help.
    pub suggestion: Option<String>,
}
shape!(KeptProblem {
    column: "column",
    pointer: "pointer",
    code: "code",
    detail: "detail",
    suggestion: "suggestion",
});

struct Waiting {
    account: AccountId,
    batch: BatchId,
}
shape!(Waiting { account: "account", batch: "batch" });

/// The head of a sheet; the mapping is the body.
struct SheetHead {
    separator: u32,
    header: String,
}
shape!(SheetHead { separator: "separator", header: "header" });

impl Store {
    /// A batch of `account`, whatever its state.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn batch(
        &self,
        account: &AccountId,
        id: &BatchId,
    ) -> Result<Option<Versioned<Batch>>, StoreError> {
        self.read(&of(account, "bat").id(id.as_str())).await
    }

    /// The batches of `account`, newest first.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn batches(
        &self,
        account: &AccountId,
        page: &Page,
    ) -> Result<Paged<Batch>, StoreError> {
        let place = of(account, "batn");
        let listed = self.page_of(&place, page).await?;
        let mut items = Vec::with_capacity(listed.items.len());
        for (key, _) in &listed.items {
            let id = tail(&place, key).get(super::keyspace::TIME_BYTES..).unwrap_or_default();
            if let Ok(id) = BatchId::parse(&String::from_utf8_lossy(id)) {
                items.extend(self.batch(account, &id).await?.map(|found| found.value));
            }
        }
        Ok(Paged { items, next: listed.next })
    }

    /// Batches of all accounts that are not over, oldest first, those that were still arriving
    /// included.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn waiting_batches(
        &self,
        limit: usize,
    ) -> Result<Vec<(AccountId, BatchId)>, StoreError> {
        let found = self.backend().scan(&shared("batq").key(), None, limit).await?;
        let waiting = found.iter().map(|(key, stored)| {
            let Waiting { account, batch } = decode(key, stored)?.value;
            Ok((account, batch))
        });
        waiting.collect()
    }

    /// How the rows of a CSV batch are read.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn batch_sheet(
        &self,
        account: &AccountId,
        id: &BatchId,
    ) -> Result<Option<BatchSheet>, StoreError> {
        let key = of(account, "bats").id(id.as_str());
        let Some(stored) = self.backend().get(&key).await? else { return Ok(None) };
        let ((head, file), inline): ((SheetHead, Option<String>), _) =
            decode_with_body(&key, &stored)?;
        let mapping = self.body(file, inline).await?;
        Ok(Some(BatchSheet {
            separator: head.separator,
            header: head.header.into_bytes(),
            mapping: String::from_utf8_lossy(&mapping).into_owned(),
        }))
    }

    /// At most `limit` rows of a batch behind row `after`, in their order.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn batch_rows(
        &self,
        account: &AccountId,
        id: &BatchId,
        after: u32,
        limit: usize,
    ) -> Result<Vec<(u32, BatchRow)>, StoreError> {
        let place = rows(account, id);
        let found = self.numbered(&place, after, limit).await?;
        let mut rows = Vec::with_capacity(found.len());
        for (number, key, stored) in found {
            let ((fault, file), inline): ((Option<String>, Option<String>), _) =
                decode_with_body(&key, &stored)?;
            rows.push((number, BatchRow { bytes: self.body(file, inline).await?, fault }));
        }
        Ok(rows)
    }

    /// The outcomes of at most `limit` rows behind row `after`, in their order.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn row_outcomes(
        &self,
        account: &AccountId,
        id: &BatchId,
        after: u32,
        limit: usize,
    ) -> Result<Vec<(u32, RowOutcome)>, StoreError> {
        let found = self.numbered(&outcomes(account, id), after, limit).await?;
        let read =
            found.iter().map(|(number, key, stored)| Ok((*number, decode(key, stored)?.value)));
        read.collect()
    }

    /// What became of one row.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn row_outcome(
        &self,
        account: &AccountId,
        id: &BatchId,
        row: u32,
    ) -> Result<Option<RowOutcome>, StoreError> {
        let found = self.read(&outcomes(account, id).number(row).key()).await?;
        Ok(found.map(|found| found.value))
    }

    /// The outcomes of a batch that `wanted` takes, in the order of the rows. Looks at 5,000 at most:
    /// a page may be short and still have a next one.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn list_outcomes(
        &self,
        account: &AccountId,
        id: &BatchId,
        wanted: impl Fn(&RowOutcome) -> bool,
        page: &Page,
    ) -> Result<Paged<(u32, RowOutcome)>, StoreError> {
        let place = outcomes(account, id);
        let mut after = match page::start(&place, page)? {
            None => 0,
            Some(key) => number_of(&place, &key).ok_or(StoreError::BadCursor)?,
        };
        let mut items = Vec::new();
        let mut looked = 0;
        while items.len() < page.limit && looked < LOOKS_AT_MOST {
            let asked = (page.limit - items.len()).clamp(16, 512);
            let found = self.row_outcomes(account, id, after, asked).await?;
            let exhausted = found.len() < asked;
            for (number, outcome) in found {
                after = number;
                looked += 1;
                if wanted(&outcome) {
                    items.push((number, outcome));
                }
                if items.len() == page.limit {
                    break;
                }
            }
            if exhausted && items.len() < page.limit {
                return Ok(Paged { items, next: None });
            }
        }
        let next = page::cursor(&place, &place.clone().number(after).key());
        Ok(Paged { items, next: Some(next) })
    }

    /// The last row before row `before` that is called `name` in its file.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn named_row(
        &self,
        account: &AccountId,
        id: &BatchId,
        name: &str,
        before: u32,
    ) -> Result<Option<u32>, StoreError> {
        let place = names(account, id, name);
        let mut last = None;
        let mut after = 0;
        loop {
            let found = self.numbered(&place, after, 64).await?;
            let full = found.len() == 64;
            for (number, ..) in found {
                if number >= before {
                    return Ok(last);
                }
                (last, after) = (Some(number), number);
            }
            if !full {
                return Ok(last);
            }
        }
    }

    /// Removes a batch that never arrived whole.
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn drop_batch(&self, account: &AccountId, id: &BatchId) -> Result<(), StoreError> {
        for place in [rows(account, id), of(account, "bati").text(id.as_str())] {
            let prefix = place.key();
            loop {
                let found = self.backend().scan(&prefix, None, REMOVED_AT_ONCE).await?;
                if found.is_empty() {
                    break;
                }
                let mut writes = Writes::new();
                for (key, _) in found {
                    writes.delete(key);
                }
                self.backend().commit(writes).await?;
            }
        }
        let mut writes = Writes::new();
        if let Some(batch) = self.batch(account, id).await? {
            writes.delete(waiting(&batch.value));
        }
        writes.delete(of(account, "bats").id(id.as_str()));
        writes.delete(of(account, "bat").id(id.as_str()));
        self.backend().commit(writes).await.map(|_| ())
    }

    async fn numbered(
        &self,
        place: &Place,
        after: u32,
        limit: usize,
    ) -> Result<Vec<(u32, Key, super::backend::Stored)>, StoreError> {
        let prefix = place.clone().key();
        let after = (after > 0).then(|| place.clone().number(after).key());
        let found = self.backend().scan(&prefix, after.as_ref(), limit).await?;
        let numbered = found.into_iter().filter_map(|(key, stored)| {
            let number = number_of(place, &key)?;
            Some((number, key, stored))
        });
        Ok(numbered.collect())
    }
}

impl Transaction<'_> {
    /// Begins a batch whose rows will arrive. Nobody sees it before
    /// [`accept_batch`](Self::accept_batch).
    pub fn insert_batch(&mut self, batch: &Batch, sheet: Option<&BatchSheet>) {
        let account = self.account.clone();
        self.insert(of(&account, "bat").id(batch.id.as_str()), batch);
        let wait = Waiting { account: account.clone(), batch: batch.id.clone() };
        self.put(waiting(batch), &wait);
        if let Some(sheet) = sheet {
            let head = SheetHead {
                separator: sheet.separator,
                header: String::from_utf8_lossy(&sheet.header).into_owned(),
            };
            let key = of(&account, "bats").id(batch.id.as_str());
            self.put_with_body(key, head, sheet.mapping.clone().into_bytes());
        }
    }

    /// Adds a row; `name` is how other rows refer to it.
    pub fn add_batch_row(
        &mut self,
        batch: &BatchId,
        number: u32,
        row: BatchRow,
        name: Option<&str>,
    ) {
        let account = self.account.clone();
        let key = rows(&account, batch).number(number).key();
        self.put_with_body(key, row.fault, row.bytes);
        if let Some(name) = name {
            self.mark(names(&account, batch, name).number(number).key());
        }
    }

    /// Shows a batch that has arrived whole: it is listed and worked off.
    pub fn accept_batch(&mut self, batch: &Batch) {
        let account = self.account.clone();
        self.own(batch.id.as_str());
        self.put(of(&account, "bat").id(batch.id.as_str()), batch);
        self.mark(of(&account, "batn").newest_first(batch.created_at).id(batch.id.as_str()));
    }

    /// Changes a batch that was read at `version`. One that is over waits no longer.
    pub fn update_batch(&mut self, version: Version, batch: &Batch) {
        let account = self.account.clone();
        self.replace(of(&account, "bat").id(batch.id.as_str()), version, batch);
        if batch.state.is_over() {
            self.delete(waiting(batch));
        }
    }

    /// Says what became of a row, once.
    pub fn set_outcome(&mut self, batch: &BatchId, row: u32, outcome: &RowOutcome) {
        let account = self.account.clone();
        self.insert(outcomes(&account, batch).number(row).key(), outcome);
    }
}

fn rows(account: &AccountId, id: &BatchId) -> Place {
    of(account, "batr").text(id.as_str())
}

fn outcomes(account: &AccountId, id: &BatchId) -> Place {
    of(account, "bato").text(id.as_str())
}

fn names(account: &AccountId, id: &BatchId, name: &str) -> Place {
    of(account, "bati").text(id.as_str()).raw(&digest(&[name]))
}

fn waiting(batch: &Batch) -> Key {
    shared("batq").oldest_first(batch.created_at).id(batch.id.as_str())
}

fn number_of(place: &Place, key: &Key) -> Option<u32> {
    let number = tail(place, key).first_chunk::<4>()?;
    (tail(place, key).len() == 4).then(|| u32::from_be_bytes(*number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::{account, at, each_store};
    use crate::world::Random;

    fn batch(number: u64, state: BatchState) -> Batch {
        Batch {
            id: BatchId::random(&Random::seeded(number)),
            state,
            counts: Counts { rows: 70, issued: 1, ..Counts::default() },
            worked: 2,
            as_of: "2026-11-01".to_owned(),
            format: "csv".to_owned(),
            actor: "tok_1".to_owned(),
            request: Some("req".to_owned()),
            may_revoke: true,
            notify: true,
            revokes: Some(BatchId::random(&Random::seeded(99))),
            unread: vec!["note".to_owned()],
            created_at: at("2026-11-22T00:00:00Z"),
            finished_at: Some(at("2026-11-22T01:00:00Z")),
        }
    }

    fn outcome(word: &str) -> RowOutcome {
        RowOutcome {
            outcome: word.to_owned(),
            assertion: Some(AssertionId::random(&Random::seeded(5))),
            external_id: Some("x".to_owned()),
            first: Some((BatchId::random(&Random::seeded(6)), 4)),
            problems: vec![KeptProblem {
                column: Some("email".to_owned()),
                pointer: None,
                code: "bad-email".to_owned(),
                detail: "no".to_owned(),
                suggestion: None,
            }],
        }
    }

    #[tokio::test]
    async fn a_batch_is_seen_when_it_has_arrived_and_waits_until_it_is_over() {
        each_store(async |store| {
            let sheet = BatchSheet {
                separator: 59,
                header: "e;ü".as_bytes().to_vec(),
                mapping: "{}".repeat(40_000),
            };
            let arriving = batch(1, BatchState::Receiving);
            let mut tx = store.begin(&account(1));
            tx.insert_batch(&arriving, Some(&sheet));
            let row = |bytes: usize| BatchRow { bytes: vec![b'x'; bytes], fault: None };
            for number in 1..=70 {
                tx.add_batch_row(&arriving.id, number, row(number as usize), Some("one name"));
            }
            tx.commit().await.unwrap();
            let listed = async || store.batches(&account(1), &Page::first(9)).await.unwrap().items;
            assert_eq!(listed().await, []);
            let waiting = [(account(1), arriving.id.clone())];
            assert_eq!(store.waiting_batches(9).await.unwrap(), waiting);
            assert_eq!(store.batch_sheet(&account(1), &arriving.id).await.unwrap(), Some(sheet));

            let queued = Batch { state: BatchState::Queued, ..arriving };
            let mut tx = store.begin(&account(1));
            tx.accept_batch(&queued);
            tx.commit().await.unwrap();
            assert_eq!(listed().await, std::slice::from_ref(&queued));
            assert_eq!(store.batch(&account(2), &queued.id).await.unwrap(), None);
            let rows = store.batch_rows(&account(1), &queued.id, 68, 9).await.unwrap();
            assert_eq!(rows, [(69, row(69)), (70, row(70))]);
            for (before, last) in [(1, None), (2, Some(1)), (66, Some(65)), (99, Some(70))] {
                let named = store.named_row(&account(1), &queued.id, "one name", before).await;
                assert_eq!(named.unwrap(), last);
            }

            let read = store.batch(&account(1), &queued.id).await.unwrap().unwrap();
            let done = Batch { state: BatchState::Done, ..queued.clone() };
            let mut tx = store.begin(&account(1));
            tx.update_batch(read.version, &done);
            tx.commit().await.unwrap();
            assert_eq!(store.waiting_batches(9).await.unwrap(), []);
            let mut tx = store.begin(&account(1));
            tx.update_batch(read.version, &queued);
            assert!(matches!(tx.commit().await, Err(StoreError::Conflict { .. })));
        })
        .await;
    }

    #[tokio::test]
    async fn an_outcome_is_said_once_and_listed_by_what_it_is() {
        each_store(async |store| {
            let id = batch(1, BatchState::Queued).id;
            let mut tx = store.begin(&account(1));
            for number in 1..=40 {
                let word = if number % 3 == 0 { "refused:dates" } else { "issued" };
                tx.set_outcome(&id, number, &outcome(word));
            }
            tx.commit().await.unwrap();
            let mut tx = store.begin(&account(1));
            tx.set_outcome(&id, 3, &outcome("issued"));
            assert!(matches!(tx.commit().await, Err(StoreError::Conflict { .. })));
            let one = store.row_outcome(&account(1), &id, 3).await.unwrap();
            assert_eq!(one, Some(outcome("refused:dates")));

            let mut found = Vec::new();
            let mut page = Page::first(5);
            loop {
                let wanted = |one: &RowOutcome| one.outcome.starts_with("refused");
                let listed = store.list_outcomes(&account(1), &id, wanted, &page).await.unwrap();
                found.extend(listed.items.into_iter().map(|(number, _)| number));
                match listed.next {
                    Some(next) => page.after = Some(next),
                    None => break,
                }
            }
            assert_eq!(found, (1..=13).map(|at| at * 3).collect::<Vec<u32>>());
            let wrong = Page { after: Some("AAAA_w".to_owned()), limit: 1 };
            let refused = store.list_outcomes(&account(1), &id, |_| true, &wrong).await;
            assert!(refused.is_ok() || matches!(refused, Err(StoreError::BadCursor)));
        })
        .await;
    }

    #[tokio::test]
    async fn of_a_batch_that_never_arrived_nothing_stays() {
        each_store(async |store| {
            let all = async || {
                store.backend().scan(&Key::new(b"a".to_vec()), None, 9999).await.unwrap().len()
                    + store.waiting_batches(9).await.unwrap().len()
            };
            let arriving = batch(1, BatchState::Receiving);
            let sheet = BatchSheet { separator: 44, header: b"e".to_vec(), mapping: String::new() };
            let mut tx = store.begin(&account(1));
            tx.insert_batch(&arriving, Some(&sheet));
            for number in 1..=30 {
                let row = BatchRow { bytes: b"r".to_vec(), fault: Some("too-long".to_owned()) };
                tx.add_batch_row(&arriving.id, number, row, Some("n"));
            }
            tx.commit().await.unwrap();
            assert!(all().await > 60);
            store.drop_batch(&account(1), &arriving.id).await.unwrap();
            assert_eq!(all().await, 0);
        })
        .await;
    }
}
