//! Batches: many awards in one request.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::auth::{self, Caller};
use super::body::{self, BodyLimit};
use super::listing::Query;
use super::problem::{Kind, Problem};
use super::scope::{self, Scope as _};
use super::{answer, batch_stream, batch_upload, creation};
use crate::app::App;
use crate::domain::{BatchId, Problems, parse_instant};
use crate::issuer::batches::{BatchError, Terms, Upload, batch_answer, row_answer};
use crate::store::RowOutcome;
use crate::wire::rest;
use crate::wire::rows::Broken;

/// `POST /v1/batches`
pub(super) async fn create(
    app: Data<App>,
    caller: Caller<scope::AssertionsWrite>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let query = Query::parse(&request, &["dryRun", "asOf", "notify"])?;
    let (dry, mut terms) = asked(&app, &query)?;
    terms.may_revoke = auth::holds(&app, &request, scope::StatusWrite::NAME).await;
    let upload = batch_upload::read(&app, &request, payload).await?;
    let fingerprint = fingerprint(&upload, &request);
    let inspected = app.batches.inspect(upload).await?;
    if dry {
        let run = app.batches.dry_run(&caller.account, inspected, &terms);
        return Ok(batch_stream::dry_run(run));
    }
    creation::accept(&app, &caller, &request, &fingerprint, &path, async |mandate| {
        app.batches.accept(mandate, inspected, &terms).await
    })
    .await
}

fn path(made: &Value) -> Option<String> {
    made["id"].as_str().map(|id| format!("/v1/batches/{id}"))
}

/// Whether it is a dry run, for which day, and whether holders are told.
fn asked(app: &App, query: &Query) -> Result<(bool, Terms), Problem> {
    let mut problems = Problems::new();
    let dry = switch(query, "dryRun", &mut problems);
    let notify = switch(query, "notify", &mut problems);
    if notify && !app.issuer.sends_mail() {
        let detail = "no mail leaves from here: the operator has not set [mail] up";
        problems.add("?notify", "mail-off", detail);
    }
    let as_of = query.get("asOf").and_then(|text| problems.take("?asOf", parse_instant(text)));
    let as_of = as_of.map(|instant| instant.to_zoned(jiff::tz::TimeZone::UTC).date());
    Ok(problems.or((dry, Terms { as_of, may_revoke: false, notify }))?)
}

fn switch(query: &Query, name: &str, problems: &mut Problems) -> bool {
    match query.get(name) {
        None | Some("false") => false,
        Some("" | "true") => true,
        Some(_) => {
            problems.add(format!("?{name}"), "not-a-boolean", "use true or false");
            false
        }
    }
}

/// What makes a request with a batch this request.
fn fingerprint(upload: &Upload, request: &HttpRequest) -> [u8; 32] {
    Sha256::new()
        .chain_update(upload.bytes.sha256)
        .chain_update(format!("{:?}", upload.format))
        .chain_update(Sha256::digest(&upload.mapping))
        .chain_update(request.query_string())
        .finalize()
        .into()
}

impl From<BatchError> for Problem {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::Broken(Broken::Utf16) => {
                Self::new(Kind::MalformedBody, "The text is UTF-16; save it as UTF-8.")
            }
            BatchError::Broken(broken) => Self::new(Kind::MalformedBody, format!("{broken}.")),
            BatchError::Invalid(problems) => problems.into(),
            BatchError::TooManyRows(_) => Self::new(Kind::TooLarge, format!("{error}.")),
            BatchError::Issuer(error) => error.into(),
        }
    }
}

/// `GET /v1/batches`
pub(super) async fn list(
    app: Data<App>,
    caller: Caller<scope::AssertionsRead>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Query::parse(&request, &["limit", "cursor"])?;
    let page = app.store.batches(&caller.account, &query.page()?).await?;
    let data = page.items.iter().map(|batch| batch_answer(&app.urls, batch)).collect();
    Ok(answer::list(&app, "/v1/batches", &query, data, page.next.as_deref()))
}

/// `GET /v1/batches/{id}`
pub(super) async fn get(
    app: Data<App>,
    caller: Caller<scope::AssertionsRead>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let found = app.batches.batch(&caller.account, &named(&id)?).await?;
    Ok(answer::object(&request, &batch_answer(&app.urls, &found.value)))
}

/// `GET /v1/batches/{id}/rows`
pub(super) async fn rows(
    app: Data<App>,
    caller: Caller<scope::AssertionsRead>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let query = Query::parse(&request, &["outcome", "limit", "cursor"])?;
    let (page, wanted) = (query.page()?, wanted(&query)?);
    let batch = app.batches.batch(&caller.account, &named(&id)?).await?.value;
    let found = app.store.list_outcomes(&caller.account, &batch.id, wanted, &page).await?;
    let data = found.items.iter().map(|(row, outcome)| row_answer(*row, outcome)).collect();
    let list = format!("/v1/batches/{}/rows", batch.id);
    Ok(answer::list(&app, &list, &query, data, found.next.as_deref()))
}

/// An outcome, or all that begin with its first word.
fn wanted(query: &Query) -> Result<impl Fn(&RowOutcome) -> bool + use<>, Problem> {
    const WORDS: [&str; 5] = ["issued", "reissued", "revoked", "refused", "duplicate"];
    let asked = query.get("outcome").map(str::to_owned);
    if let Some(asked) = &asked
        && !WORDS.iter().any(|word| asked.split(':').next() == Some(word))
    {
        let detail = format!("an outcome begins with one of {}", WORDS.join(", "));
        return Err(Problem::invalid("?outcome", "bad-outcome", detail));
    }
    Ok(move |outcome: &RowOutcome| {
        asked.as_ref().is_none_or(|asked| {
            let rest = outcome.outcome.strip_prefix(asked.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        })
    })
}

/// `GET /v1/batches/{id}/failures`
pub(super) async fn failures(
    app: Data<App>,
    caller: Caller<scope::AssertionsRead>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let batch = app.batches.batch(&caller.account, &named(&id)?).await?.value;
    let failures = app.batches.failures(&caller.account, &batch).await?;
    Ok(batch_stream::failures(&batch.id, failures))
}

/// `GET /v1/batches/{id}/events`
pub(super) async fn events(
    app: Data<App>,
    caller: Caller<scope::AssertionsRead>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let batch = app.batches.batch(&caller.account, &named(&id)?).await?.value;
    Ok(batch_stream::progress(&app, &caller.account, batch.id))
}

/// `POST /v1/batches/{id}/revoke`
pub(super) async fn revoke(
    app: Data<App>,
    caller: Caller<scope::StatusWrite>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = named(&id)?;
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let why = rest::change_draft(&body::parse(&body)?)?;
    creation::accept(&app, &caller, &request, &body, &path, async |mandate| {
        app.batches.revoke(mandate, &id, &why).await
    })
    .await
}

/// `POST /v1/batches/{id}/cancel`
pub(super) async fn cancel(
    app: Data<App>,
    caller: Caller<scope::AssertionsWrite>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = named(&id)?;
    creation::change(&caller, &request, async |mandate| app.batches.cancel(mandate, &id).await)
        .await
}

fn named(id: &str) -> Result<BatchId, Problem> {
    BatchId::parse(id).map_err(|_| Problem::not_found())
}
