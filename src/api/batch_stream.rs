//! Answers that are sent piece by piece: what a dry run finds, failures, and progress.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::Bytes;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use super::problem::Problem;
use crate::app::App;
use crate::domain::{AccountId, BatchId};
use crate::issuer::IssuerError;
use crate::issuer::batches::{BatchError, Batches, DryRun, Failures, batch_answer};
use crate::urls::Urls;

/// A line that says nothing is sent this often, so that proxies keep the connection.
const QUIET: Duration = Duration::from_secs(15);

/// Pieces that wait to be sent.
const WAITING: usize = 64;

type Piece = Result<Bytes, IssuerError>;

/// What a batch would do, as one JSON object.
pub(super) fn dry_run(run: DryRun) -> HttpResponse {
    let (sender, receiver) = mpsc::channel::<Piece>(WAITING);
    actix_web::rt::spawn(async move {
        let as_of = json!(run.as_of());
        let head = format!("{{\"dryRun\":true,\"state\":\"done\",\"asOf\":{as_of},\"rows\":[");
        if sender.send(Ok(head.into())).await.is_err() {
            return;
        }
        let mut first = true;
        let counted = run
            .run(async |row: Value| {
                let comma = if std::mem::take(&mut first) { "" } else { "," };
                sender.send(Ok(format!("{comma}{row}").into())).await.is_ok()
            })
            .await;
        let end = match counted {
            Ok(counts) => Ok(format!("],\"counts\":{counts}}}").into()),
            Err(BatchError::Issuer(error)) => Err(error),
            Err(_) => Err(IssuerError::Worker),
        };
        // Whoever went away needs no end.
        let _ = sender.send(end).await;
    });
    let pieces = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece.map_err(Problem::from), receiver))
    });
    HttpResponse::Ok().content_type("application/json").streaming(pieces)
}

/// The rows that were refused, as a file.
pub(super) fn failures(id: &BatchId, failures: Failures) -> HttpResponse {
    let (media_type, ending) = match failures.is_csv() {
        true => ("text/csv; charset=utf-8", "csv"),
        false => ("application/x-ndjson", "ndjson"),
    };
    let pieces = stream::unfold(Some(failures), |failures| async move {
        let mut failures = failures?;
        match failures.next().await {
            Ok(Some(piece)) => Some((Ok(Bytes::from(piece)), Some(failures))),
            Ok(None) => None,
            Err(error) => Some((Err(Problem::from(error)), None)),
        }
    });
    let name = format!("attachment; filename=\"{id}-failures.{ending}\"");
    HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, name))
        .content_type(media_type)
        .streaming(pieces)
}

/// A client that follows a batch.
struct Follower {
    batches: Batches,
    urls: Urls,
    account: AccountId,
    id: BatchId,
    changes: watch::Receiver<u64>,
    last: Option<Value>,
}

/// How far a batch has come, as server-sent events: `progress` whenever that changes, `end` when it
/// is over.
pub(super) fn progress(app: &App, account: &AccountId, id: BatchId) -> HttpResponse {
    let follower = Follower {
        batches: app.batches.clone(),
        urls: app.urls.clone(),
        account: account.clone(),
        id,
        changes: app.batches.changes(),
        last: None,
    };
    let events = stream::unfold(Some(follower), |follower| async move {
        let mut follower = follower?;
        match follower.next().await {
            Ok(Some((event, true))) => Some((Ok(event), None)),
            Ok(Some((event, false))) => Some((Ok(event), Some(follower))),
            Ok(None) => None,
            Err(error) => Some((Err(Problem::from(error)), None)),
        }
    });
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("text/event-stream")
        .streaming(events)
}

impl Follower {
    /// The next event, and whether it is the last; `None` when the service stops.
    async fn next(&mut self) -> Result<Option<(Bytes, bool)>, IssuerError> {
        loop {
            // Seen before it is read: what changes while reading is read again.
            self.changes.borrow_and_update();
            if self.batches.is_closed() {
                return Ok(None);
            }
            let batch = self.batches.batch(&self.account, &self.id).await?.value;
            let now = batch_answer(&self.urls, &batch);
            let over = batch.state.is_over();
            if over || self.last.as_ref() != Some(&now) {
                let name = if over { "end" } else { "progress" };
                let event = format!("event: {name}\ndata: {now}\n\n");
                self.last = Some(now);
                return Ok(Some((event.into(), over)));
            }
            match tokio::time::timeout(QUIET, self.changes.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(IssuerError::Worker),
                Err(_) => return Ok(Some((Bytes::from_static(b": waiting\n\n"), false))),
            }
        }
    }
}
