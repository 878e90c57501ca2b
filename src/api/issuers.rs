//! Issuers.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::auth::Caller;
use super::body::{self, BodyLimit};
use super::conditional::require_match;
use super::listing::Query;
use super::problem::Problem;
use super::{answer, creation, scope};
use crate::app::App;
use crate::domain::{IssuerId, IssuerProfile};
use crate::store::Versioned;
use crate::wire::rest;

/// `POST /v1/issuers`
pub(super) async fn create(
    app: Data<App>,
    caller: Caller<scope::IssuersWrite>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::upload(&app)).await?;
    let draft = rest::issuer_draft(&body::parse(&body)?)?;
    let path = |made: &serde_json::Value| made["id"].as_str().map(|id| format!("/v1/issuers/{id}"));
    creation::create(&app, &caller, &request, &body, &path, async |mandate| {
        app.issuer.create_issuer(mandate, draft).await
    })
    .await
}

/// `GET /v1/issuers`
pub(super) async fn list(
    app: Data<App>,
    caller: Caller<scope::Any>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Query::parse(&request, &["limit", "cursor"])?;
    let page = app.store.issuers(&caller.account, &query.page()?).await?;
    let mut data = Vec::with_capacity(page.items.len());
    for profile in &page.items {
        data.push(app.issuer.issuer_answer(&caller.account, &profile.value).await?);
    }
    Ok(answer::list(&app, "/v1/issuers", &query, data, page.next.as_deref()))
}

/// `GET /v1/issuers/{id}`
pub(super) async fn get(
    app: Data<App>,
    caller: Caller<scope::Any>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let found = find(&app, &caller, &id).await?;
    let shown = app.issuer.issuer_answer(&caller.account, &found.value).await?;
    Ok(answer::object(&request, &shown))
}

/// `PUT /v1/issuers/{id}`
pub(super) async fn change(
    app: Data<App>,
    caller: Caller<scope::IssuersWrite>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::upload(&app)).await?;
    let present = find(&app, &caller, &id).await?;
    let shown = app.issuer.issuer_answer(&caller.account, &present.value).await?;
    require_match(&request, &answer::tag_of(&shown))?;
    let edit = rest::issuer_edit(&shown, &body::parse(&body)?)?;
    creation::change(&caller, &request, async |mandate| {
        app.issuer.edit_issuer(mandate, &present, edit).await
    })
    .await
}

pub(super) async fn find<S: scope::Scope>(
    app: &App,
    caller: &Caller<S>,
    id: &str,
) -> Result<Versioned<IssuerProfile>, Problem> {
    let id = IssuerId::parse(id).map_err(|_| Problem::not_found())?;
    app.store.issuer(&caller.account, &id).await?.ok_or_else(Problem::not_found)
}
