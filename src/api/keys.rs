//! The keys of an issuer: which there are, another one, retired, compromised, the awards that one
//! touched and signing these anew.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::auth::Caller;
use super::body::{self, BodyLimit};
use super::listing::Query;
use super::problem::Problem;
use super::{answer, creation, issuers, scope};
use crate::app::App;
use crate::domain::KeyId;
use crate::issuer::{Done, KeyTurn, issuer_key_type};
use crate::store::Page;
use crate::wire::rest;

/// `GET /v1/issuers/{id}/keys`
pub(super) async fn list(
    app: Data<App>,
    caller: Caller<scope::Any>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let issuer = issuers::find(&app, &caller, &id).await?.value;
    let ring = app.issuer.key_ring(&caller.account, &issuer.id).await?;
    let did = ring.did(&app.urls, &issuer.slug).unwrap_or_default();
    let data: Vec<Value> = ring.keys.iter().map(|key| key.answer(&did)).collect();
    let path = format!("/v1/issuers/{}/keys", issuer.id);
    Ok(answer::list(&app, &path, &Query::default(), data, None))
}

/// `POST /v1/issuers/{id}/keys`
pub(super) async fn create(
    app: Data<App>,
    caller: Caller<scope::IssuersWrite>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let issuer = issuers::find(&app, &caller, &id).await?.value;
    let kind = rest::key_type(&body::parse(&body)?)?;
    let kind = issuer_key_type(&kind)?;
    // A key has no address of its own in this API.
    creation::create(&app, &caller, &request, &body, &|_| None, async |mandate| {
        app.issuer.add_key(mandate, &issuer.id, kind).await
    })
    .await
}

/// `POST /v1/issuers/{id}/keys/{kid}/retire`
pub(super) async fn retire(
    app: Data<App>,
    caller: Caller<scope::IssuersWrite>,
    request: HttpRequest,
    path: Path<(String, String)>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let change = rest::key_change(&body::parse(&body)?, false)?;
    turn(&app, &caller, &request, &path, KeyTurn::Retire, &change.reason).await
}

/// `POST /v1/issuers/{id}/keys/{kid}/compromise`
pub(super) async fn compromise(
    app: Data<App>,
    caller: Caller<scope::IssuersWrite>,
    request: HttpRequest,
    path: Path<(String, String)>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let change = rest::key_change(&body::parse(&body)?, true)?;
    let since = KeyTurn::Compromise(change.since);
    turn(&app, &caller, &request, &path, since, &change.reason).await
}

async fn turn(
    app: &App,
    caller: &Caller<scope::IssuersWrite>,
    request: &HttpRequest,
    path: &(String, String),
    turn: KeyTurn,
    reason: &str,
) -> Result<HttpResponse, Problem> {
    let issuer = issuers::find(app, caller, &path.0).await?.value;
    let key = named(&path.1)?;
    creation::change(caller, request, async |mandate| {
        app.issuer.turn_key(mandate, &issuer.id, &key, &turn, reason).await
    })
    .await
}

/// `GET /v1/issuers/{id}/keys/{kid}/assertions`
pub(super) async fn touched(
    app: Data<App>,
    caller: Caller<scope::AssertionsRead>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let query = Query::parse(&request, &["limit", "cursor"])?;
    let page = query.page()?;
    let issuer = issuers::find(&app, &caller, &path.0).await?.value;
    let key = named(&path.1)?;
    let now = app.world.clock.now();
    let found = app.issuer.touched(&caller.account, &issuer.id, &key, &page).await?;
    let data = found.items.iter().map(|one| one.answer(&app.urls, now)).collect();
    let path = format!("/v1/issuers/{}/keys/{key}/assertions", issuer.id);
    Ok(answer::list(&app, &path, &query, data, found.next.as_deref()))
}

/// Awards that one request signs anew, at most.
const RESIGNED_AT_ONCE: usize = 100;

/// `POST /v1/issuers/{id}/keys/{kid}/resign`
pub(super) async fn resign(
    app: Data<App>,
    caller: Caller<scope::IssuersWrite>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let query = Query::parse(&request, &["limit", "cursor"])?;
    let page = query.page()?;
    let page = Page { limit: page.limit.min(RESIGNED_AT_ONCE), ..page };
    let issuer = issuers::find(&app, &caller, &path.0).await?.value;
    let key = named(&path.1)?;
    creation::change(&caller, &request, async |mandate| {
        let done = app.issuer.resign(mandate, &issuer.id, &key, &page).await?;
        let answer = done.answer();
        Ok(Done { value: done, answer })
    })
    .await
}

fn named(id: &str) -> Result<KeyId, Problem> {
    KeyId::parse(id).map_err(|_| Problem::not_found())
}
