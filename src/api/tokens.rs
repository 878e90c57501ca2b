//! Access tokens of the account.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::auth::Caller;
use super::body::{self, BodyLimit};
use super::grants::{self, Given, GrantError};
use super::listing::Query;
use super::problem::Problem;
use super::{answer, creation, idempotency, scope};
use crate::app::App;
use crate::domain::TokenId;
use crate::store::Mandate;
use crate::wire::rest;

/// `POST /v1/tokens`
pub(super) async fn create(
    app: Data<App>,
    caller: Caller<scope::Admin>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let draft = rest::token_draft(&body::parse(&body)?, &scope::GRANTABLE)?;
    given(&app, &caller, &request, &body, async |mandate| grants::give(&app, mandate, draft).await)
        .await
}

/// `POST /v1/tokens/{id}/rotate`
pub(super) async fn rotate(
    app: Data<App>,
    caller: Caller<scope::Admin>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let draft = rest::rotation_draft(&body::parse(&body)?)?;
    let id = named(&id)?;
    given(&app, &caller, &request, &body, async |mandate| {
        grants::rotate(&app, mandate, &id, draft).await
    })
    .await
}

/// Answers with a token that was given out: its secret is shown once and kept nowhere.
async fn given(
    app: &App,
    caller: &Caller<scope::Admin>,
    request: &HttpRequest,
    body: &[u8],
    work: impl AsyncFnOnce(&Mandate<'_>) -> Result<Given, GrantError>,
) -> Result<HttpResponse, Problem> {
    let path = |made: &Value| made["id"].as_str().map(|id| format!("/v1/tokens/{id}"));
    creation::give(app, caller, request, body, &path, work, |token, shown| {
        if let Some(members) = shown.as_object_mut() {
            members.insert("token".to_owned(), token.reveal().as_str().into());
        }
    })
    .await
}

/// `GET /v1/tokens`
pub(super) async fn list(
    app: Data<App>,
    caller: Caller<scope::Admin>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Query::parse(&request, &["limit", "cursor"])?;
    let page = app.store.tokens(&caller.account, &query.page()?).await?;
    let now = app.world.clock.now();
    let data = page
        .items
        .iter()
        .map(|(token, used)| grants::describe(&caller.account, &token.value, *used, now));
    Ok(answer::list(&app, "/v1/tokens", &query, data.collect(), page.next.as_deref()))
}

/// `GET /v1/tokens/{id}`
pub(super) async fn get(
    app: Data<App>,
    caller: Caller<scope::Admin>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = named(&id)?;
    let found = grants::find(&app, &caller.account, &id).await?;
    let used = app.store.token_used(&caller.account, &id).await?;
    let now = app.world.clock.now();
    let shown = grants::describe(&caller.account, &found.value, used, now);
    Ok(answer::object(&request, &shown))
}

/// `POST /v1/tokens/{id}/revoke`
pub(super) async fn revoke(
    app: Data<App>,
    caller: Caller<scope::Admin>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = named(&id)?;
    let taken = creation::carry_out(&caller, &request, async |mandate| {
        grants::take_back(&app, mandate, &id).await
    });
    idempotency::send(&answer::kept(200, &taken.await?.answer))
}

fn named(id: &str) -> Result<TokenId, Problem> {
    TokenId::parse(id).map_err(|_| Problem::not_found())
}
