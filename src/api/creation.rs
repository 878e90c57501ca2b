//! Requests that make or change something, carried out in the name of their caller.

use actix_web::http::header::LOCATION;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;

use super::answer;
use super::auth::Caller;
use super::edge::RequestId;
use super::idempotency::{self, Turn};
use super::limiter::Limiter;
use super::problem::{Kind, Problem};
use super::scope::Scope;
use crate::app::App;
use crate::issuer::IssuerError;
use crate::store::{Contested as _, Done, Mandate, Reply};

/// Carries out a request that makes something: once for each `Idempotency-Key`, 201 with the path
/// of what was made.
///
/// # Errors
/// Those of the idempotency key and of the work.
pub(super) async fn create<S: Scope, T, E: Into<Problem>>(
    app: &App,
    caller: &Caller<S>,
    request: &HttpRequest,
    body: &[u8],
    path: &Path<'_>,
    work: impl AsyncFnOnce(&Mandate<'_>) -> Result<Done<T>, E>,
) -> Result<HttpResponse, Problem> {
    once(app, caller, request, (body, 201), path, (work, |_, _| ())).await
}

/// The same for what has a part that is shown once: `reveal` puts it into this answer, and the answer
/// that is kept for a repeated request goes without.
///
/// # Errors
/// Those of the idempotency key and of the work.
pub(super) async fn give<S: Scope, T, E: Into<Problem>>(
    app: &App,
    caller: &Caller<S>,
    request: &HttpRequest,
    body: &[u8],
    path: &Path<'_>,
    work: impl AsyncFnOnce(&Mandate<'_>) -> Result<Done<T>, E>,
    reveal: impl FnOnce(T, &mut Value),
) -> Result<HttpResponse, Problem> {
    once(app, caller, request, (body, 201), path, (work, reveal)).await
}

/// The same for what goes on after the answer: 202.
///
/// # Errors
/// Those of the idempotency key and of the work.
pub(super) async fn accept<S: Scope, T, E: Into<Problem>>(
    app: &App,
    caller: &Caller<S>,
    request: &HttpRequest,
    body: &[u8],
    path: &Path<'_>,
    work: impl AsyncFnOnce(&Mandate<'_>) -> Result<Done<T>, E>,
) -> Result<HttpResponse, Problem> {
    once(app, caller, request, (body, 202), path, (work, |_, _| ())).await
}

/// Where what was made is found.
type Path<'a> = dyn Fn(&Value) -> Option<String> + Send + Sync + 'a;

async fn once<S: Scope, T, E: Into<Problem>>(
    app: &App,
    caller: &Caller<S>,
    request: &HttpRequest,
    (body, status): (&[u8], u16),
    path: &Path<'_>,
    (work, reveal): (
        impl AsyncFnOnce(&Mandate<'_>) -> Result<Done<T>, E>,
        impl FnOnce(T, &mut Value),
    ),
) -> Result<HttpResponse, Problem> {
    let _place = place(request)?;
    let claim = match idempotency::turn(app, &caller.account, request, body).await? {
        Turn::Again(answer) => return Ok(answer),
        Turn::First(claim) => claim,
    };
    let public_url = app.urls.public_url();
    let made = |object: &Value| {
        let location = path(object).map(|path| format!("{public_url}{path}"));
        let mut kept = answer::kept(status, object);
        kept.headers.extend(location.map(|url| (LOCATION.as_str().to_owned(), url)));
        kept
    };
    let reply = claim.as_ref().map(|claim| Reply { claim, answer: &made });
    let done = work(&mandate(caller, request_id(request).as_deref(), reply)).await;
    let mut done = done.map_err(Into::into)?;
    reveal(done.value, &mut done.answer);
    idempotency::send(&made(&done.answer))
}

/// Carries out a request that changes something the client has seen: 200 with what it is now. That
/// somebody else was faster is a failed precondition.
///
/// # Errors
/// Those of the work.
pub(super) async fn change<S: Scope, T>(
    caller: &Caller<S>,
    request: &HttpRequest,
    work: impl AsyncFnOnce(&Mandate<'_>) -> Result<Done<T>, IssuerError>,
) -> Result<HttpResponse, Problem> {
    let done = carry_out(caller, request, async |mandate| match work(mandate).await {
        Err(error) if error.is_conflict() => Err(Problem::new(
            Kind::PreconditionFailed,
            "Somebody else changed it at the same moment.",
        )),
        other => other.map_err(Problem::from),
    })
    .await?;
    idempotency::send(&answer::kept(200, &done.answer))
}

/// Carries out a request that changes something and can be sent again as it is: with a place among
/// the changes that are under way, in the name of its caller.
///
/// # Errors
/// The problem `overloaded`, and those of the work.
pub(super) async fn carry_out<S: Scope, T, E: Into<Problem>>(
    caller: &Caller<S>,
    request: &HttpRequest,
    work: impl AsyncFnOnce(&Mandate<'_>) -> Result<T, E>,
) -> Result<T, Problem> {
    let _place = place(request)?;
    let asked_with = request_id(request);
    work(&mandate(caller, asked_with.as_deref(), None)).await.map_err(Into::into)
}

/// A place among the changes that are under way.
///
/// # Errors
/// The problem `overloaded`.
pub(super) fn place(request: &HttpRequest) -> Result<Option<OwnedSemaphorePermit>, Problem> {
    match request.app_data::<web::Data<Limiter>>() {
        Some(limiter) => limiter.take_change(),
        None => Ok(None),
    }
}

/// In whose name a request is carried out.
fn mandate<'a, S: Scope>(
    caller: &'a Caller<S>,
    request: Option<&'a str>,
    reply: Option<Reply<'a>>,
) -> Mandate<'a> {
    let person = caller.person.as_ref();
    Mandate { request, reply, person, ..Mandate::of(&caller.account, caller.token.as_str()) }
}

/// The id of a request.
pub(super) fn request_id(request: &HttpRequest) -> Option<String> {
    request.extensions().get::<RequestId>().map(|id| id.0.clone())
}
