//! Takes a batch in: looks at the whole, then writes row after row. Nobody hears of the batch before
//! its last row is durable.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::answer::batch_answer;
use super::sheet::{Sheet, columns, read_mapping};
use super::{BatchError, Batches};
use crate::domain::{AccountId, BatchId, BatchState, Counts, Problems};
use crate::issuer::{Done, IssuerError, Mandate};
use crate::store::spool::Spooled;
use crate::store::{Batch, BatchRow, BatchSheet, Noted, StoreError};
use crate::wire::rows::{Fault, Frame, Mapping, RawRow, Splitter};

/// Rows, and bytes of rows, that are written in one commit.
const ROWS_AT_ONCE: usize = 500;
const BYTES_AT_ONCE: usize = 1 << 20;

/// Unread columns that are named.
const UNREAD_NAMED: usize = 50;

/// Batches of one account that may wait to be worked off: others shall have their turn too.
const WAITING_AT_MOST: usize = 50;

/// What was sent.
#[derive(Clone, Debug)]
pub struct Upload {
    /// How its rows lie.
    pub format: Format,
    /// The bytes.
    pub bytes: Spooled,
    /// The text of the mapping; empty without one.
    pub mapping: String,
}

/// In what a batch was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A JSON array.
    Json,
    /// One JSON text a line.
    Lines,
    /// CSV.
    Csv,
}

impl Format {
    fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Lines => "ndjson",
            Self::Csv => "csv",
        }
    }
}

/// What was asked for with it.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The day that rows are judged for; today where nothing is said.
    pub as_of: Option<Date>,
    /// Whether rows may take awards back.
    pub may_revoke: bool,
    /// Whether holders with an e-mail address are told of new awards, where the row says nothing of
    /// that.
    pub notify: bool,
}

/// An upload that can be taken in.
#[derive(Debug)]
pub struct Inspected {
    pub(super) upload: Upload,
    pub(super) frame: Frame,
    pub(super) sheet: Sheet,
    kept: Option<BatchSheet>,
    unread: Vec<String>,
    /// How many rows it has.
    pub rows: u32,
}

impl Batches {
    /// Looks at the whole: whether it can be taken apart, its header and mapping, how many rows.
    ///
    /// # Errors
    /// [`BatchError::Broken`], [`BatchError::Invalid`], [`BatchError::TooManyRows`], and what the
    /// store says.
    pub async fn inspect(&self, upload: Upload) -> Result<Inspected, BatchError> {
        let mut invalid = Problems::new();
        let mapping = match read_mapping(&upload.mapping) {
            Ok(mapping) => mapping,
            Err(problems) => {
                invalid.0.extend(problems.0);
                Mapping::default()
            }
        };
        if upload.format != Format::Csv && !upload.mapping.trim().is_empty() {
            invalid.add("/mapping", "not-expected", "only a CSV file has a mapping");
        }
        let frame = match upload.format {
            Format::Json => Frame::Array,
            Format::Lines => Frame::Lines,
            Format::Csv => Frame::of_csv(&upload.bytes.piece(0).await?),
        };
        let mut reader = Reader::new(&upload.bytes, frame);
        let (mut sheet, mut kept, mut unread) = (Sheet::Json, None, Vec::new());
        if let Frame::Csv(separator) = frame {
            let header = reader.next().await?.ok_or_else(|| empty("the file is empty"))?;
            if header.fault.is_some() {
                let detail = "the header cannot be read: too long, or a quote is never closed";
                invalid.add("/header", "unreadable", detail);
                return Err(BatchError::Invalid(invalid));
            }
            let kept_sheet = BatchSheet {
                separator: u32::from(separator),
                header: header.bytes,
                mapping: upload.mapping.clone(),
            };
            match columns(&kept_sheet, &mapping) {
                Ok(columns) => {
                    let named = columns.unread().map(str::to_owned);
                    unread = named.take(UNREAD_NAMED).collect();
                    sheet = Sheet::Csv(Arc::new(columns));
                }
                Err(problems) => invalid.0.extend(problems.0),
            }
            kept = Some(kept_sheet);
        }
        if !invalid.is_empty() {
            return Err(BatchError::Invalid(invalid));
        }
        let mut rows = 0_u32;
        while reader.next().await?.is_some() {
            rows += 1;
            if rows > self.0.most_rows {
                return Err(BatchError::TooManyRows(self.0.most_rows));
            }
        }
        if rows == 0 {
            return Err(empty("there are no rows"));
        }
        Ok(Inspected { upload, frame, sheet, kept, unread, rows })
    }

    /// Takes a batch in. When it returns, every row is durable and will be worked off.
    ///
    /// # Errors
    /// What the store says; then nothing of the batch stays.
    pub async fn accept(
        &self,
        mandate: &Mandate<'_>,
        inspected: Inspected,
        terms: &Terms,
    ) -> Result<Done<Batch>, IssuerError> {
        self.expect_room(mandate.account).await?;
        let Inspected { upload, frame, sheet, kept, unread, rows } = inspected;
        let batch = Batch {
            unread,
            format: upload.format.word().to_owned(),
            counts: Counts { rows, ..Counts::default() },
            ..self.new_batch(mandate, terms)
        };
        let mut source = Reader::new(&upload.bytes, frame);
        let mut first = matches!(frame, Frame::Csv(_));
        self.arrive(mandate, batch, kept.as_ref(), async |writer| {
            while let Some(raw) = source.next().await.map_err(read_again)? {
                if !std::mem::take(&mut first) {
                    let name = row_name(&sheet, &raw);
                    writer.add(raw, name.as_deref()).await?;
                }
            }
            Ok(())
        })
        .await
    }

    /// Refuses one more where an account has as many batches waiting as it may.
    async fn expect_room(&self, account: &AccountId) -> Result<(), IssuerError> {
        let waiting = self.0.issuer.store().waiting_batches(super::LOOKS_AT_MOST).await?;
        let own = waiting.iter().filter(|(whose, _)| whose == account).count();
        if own >= WAITING_AT_MOST { Err(IssuerError::BatchesWait(WAITING_AT_MOST)) } else { Ok(()) }
    }

    /// A batch that has no rows yet.
    pub(super) fn new_batch(&self, mandate: &Mandate<'_>, terms: &Terms) -> Batch {
        let issuer = &self.0.issuer.0;
        let now = issuer.clock.now();
        let as_of = terms.as_of.unwrap_or_else(|| now.to_zoned(TimeZone::UTC).date());
        Batch {
            id: BatchId::random(&issuer.random),
            state: BatchState::Receiving,
            counts: Counts::default(),
            worked: 0,
            as_of: as_of.to_string(),
            format: String::new(),
            actor: mandate.actor.to_owned(),
            request: mandate.request.map(str::to_owned),
            may_revoke: terms.may_revoke,
            notify: terms.notify,
            revokes: None,
            unread: Vec::new(),
            created_at: now,
            finished_at: None,
        }
    }

    /// Writes the rows that `rows` gives, then shows the batch.
    pub(super) async fn arrive(
        &self,
        mandate: &Mandate<'_>,
        batch: Batch,
        sheet: Option<&BatchSheet>,
        rows: impl AsyncFnOnce(&mut Writer<'_>) -> Result<(), IssuerError>,
    ) -> Result<Done<Batch>, IssuerError> {
        let arriving = self.arriving(&batch.id);
        let done = self.write(mandate, batch, sheet, rows).await;
        if done.is_err()
            && let Err(error) =
                self.0.issuer.store().drop_batch(mandate.account, &arriving.id).await
        {
            // The worker removes it at the next start.
            tracing::warn!(%error, "a batch that did not arrive was not removed");
        }
        drop(arriving);
        self.wake();
        done
    }

    async fn write(
        &self,
        mandate: &Mandate<'_>,
        batch: Batch,
        sheet: Option<&BatchSheet>,
        rows: impl AsyncFnOnce(&mut Writer<'_>) -> Result<(), IssuerError>,
    ) -> Result<Done<Batch>, IssuerError> {
        let issuer = &self.0.issuer;
        let store = issuer.store();
        let mut tx = store.begin(mandate.account);
        tx.insert_batch(&batch, sheet);
        tx.commit().await?;
        let mut writer = Writer::new(self, mandate.account, &batch.id);
        rows(&mut writer).await?;
        writer.flush().await?;
        let written = writer.written;

        let counts = Counts { rows: written, ..batch.counts };
        let batch = Batch { state: BatchState::Queued, counts, ..batch };
        let answer = batch_answer(issuer.urls(), &batch);
        let at = issuer.0.clock.now();
        let mut tx = store.begin(mandate.account);
        tx.accept_batch(&batch);
        let detail = serde_json::json!({ "rows": written, "asOf": batch.as_of });
        let subject = batch.id.as_str();
        let noted = Noted { kind: "batch.accepted", subject, answer: &answer, detail };
        tx.note_privately(mandate, &noted, at);
        tx.commit().await?;
        Ok(Done { value: batch, answer })
    }
}

fn empty(detail: &str) -> BatchError {
    let mut problems = Problems::new();
    problems.add("", "no-rows", detail);
    BatchError::Invalid(problems)
}

/// What was read once is read again.
fn read_again(error: BatchError) -> IssuerError {
    match error {
        BatchError::Issuer(error) => error,
        other => IssuerError::Store(StoreError::Blob {
            name: "spool".to_owned(),
            what: other.to_string(),
        }),
    }
}

fn row_name(sheet: &Sheet, raw: &RawRow) -> Option<String> {
    if raw.fault.is_some() || !sheet.names(&raw.bytes) {
        return None;
    }
    sheet.row(&raw.bytes).ok()?.facts.row_id
}

/// Writes rows, many in a commit.
pub(super) struct Writer<'a> {
    batches: &'a Batches,
    account: &'a AccountId,
    batch: &'a BatchId,
    waiting: Vec<(BatchRow, Option<String>)>,
    bytes: usize,
    pub(super) written: u32,
}

impl<'a> Writer<'a> {
    fn new(batches: &'a Batches, account: &'a AccountId, batch: &'a BatchId) -> Self {
        Self { batches, account, batch, waiting: Vec::new(), bytes: 0, written: 0 }
    }

    /// Adds the next row.
    pub(super) async fn add(&mut self, raw: RawRow, name: Option<&str>) -> Result<(), IssuerError> {
        self.bytes += raw.bytes.len();
        let fault = raw.fault.map(Fault::as_str).map(str::to_owned);
        self.waiting.push((BatchRow { bytes: raw.bytes, fault }, name.map(str::to_owned)));
        if self.waiting.len() >= ROWS_AT_ONCE || self.bytes >= BYTES_AT_ONCE {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), IssuerError> {
        let mut tx = self.batches.0.issuer.store().begin(self.account);
        for (row, name) in self.waiting.drain(..) {
            self.written += 1;
            tx.add_batch_row(self.batch, self.written, row, name.as_deref());
        }
        self.bytes = 0;
        tx.commit().await?;
        Ok(())
    }
}

/// Reads raw rows piece by piece.
pub(super) struct Reader<'a> {
    source: &'a Spooled,
    at: u64,
    splitter: Splitter,
    ready: VecDeque<RawRow>,
    ended: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a Spooled, frame: Frame) -> Self {
        let splitter = Splitter::new(frame);
        Self { source, at: 0, splitter, ready: VecDeque::new(), ended: false }
    }

    /// The next row; of a CSV file the first is the header.
    pub(super) async fn next(&mut self) -> Result<Option<RawRow>, BatchError> {
        loop {
            if let Some(row) = self.ready.pop_front() {
                return Ok(Some(row));
            }
            if self.ended {
                return Ok(None);
            }
            let piece = self.source.piece(self.at).await?;
            self.at += piece.len() as u64;
            let mut rows = Vec::new();
            if piece.is_empty() {
                self.ended = true;
                self.splitter.end(&mut rows)?;
            } else {
                self.splitter.feed(&piece, &mut rows)?;
            }
            self.ready.extend(rows);
        }
    }
}
