//! Webhooks and the deliveries to them.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::auth::Caller;
use super::body::{self, BodyLimit};
use super::listing::Query;
use super::problem::Problem;
use super::{answer, creation, idempotency, scope};
use crate::app::App;
use crate::domain::{DeliveryId, WebhookId};
use crate::wire::rest;

/// `POST /v1/webhooks`
pub(super) async fn create(
    app: Data<App>,
    caller: Caller<scope::Admin>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let draft = rest::webhook_draft(&body::parse(&body)?)?;
    let path =
        |made: &serde_json::Value| made["id"].as_str().map(|id| format!("/v1/webhooks/{id}"));
    creation::create(&app, &caller, &request, &body, &path, async |mandate| {
        app.outbox.create_webhook(mandate, draft).await
    })
    .await
}

/// `GET /v1/webhooks`
pub(super) async fn list(
    app: Data<App>,
    caller: Caller<scope::Admin>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Query::parse(&request, &["limit", "cursor"])?;
    let page = app.store.webhooks(&caller.account, &query.page()?).await?;
    let data = app.outbox.webhook_answers(&page.items).await?;
    Ok(answer::list(&app, "/v1/webhooks", &query, data, page.next.as_deref()))
}

/// `GET /v1/webhooks/{id}`
pub(super) async fn get(
    app: Data<App>,
    caller: Caller<scope::Admin>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let found = app.outbox.webhook(&caller.account, &named(&id)?).await?;
    let shown = app.outbox.webhook_answers(std::slice::from_ref(&found)).await?;
    Ok(answer::object(&request, shown.first().unwrap_or(&serde_json::Value::Null)))
}

/// `POST /v1/webhooks/{id}/enable`
pub(super) async fn enable(
    app: Data<App>,
    caller: Caller<scope::Admin>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = named(&id)?;
    let enabled = creation::carry_out(&caller, &request, async |mandate| {
        app.outbox.enable_webhook(mandate, &id).await
    });
    idempotency::send(&answer::kept(200, &enabled.await?.answer))
}

/// `DELETE /v1/webhooks/{id}`
pub(super) async fn remove(
    app: Data<App>,
    caller: Caller<scope::Admin>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = named(&id)?;
    creation::carry_out(&caller, &request, async |mandate| {
        app.outbox.remove_webhook(mandate, &id).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /v1/webhooks/{id}/deliveries`
pub(super) async fn deliveries(
    app: Data<App>,
    caller: Caller<scope::Admin>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let query = Query::parse(&request, &["limit", "cursor"])?;
    let id = named(&id)?;
    let page = app.outbox.deliveries(&caller.account, &id, &query.page()?).await?;
    let path = format!("/v1/webhooks/{id}/deliveries");
    Ok(answer::list(&app, &path, &query, page.items, page.next.as_deref()))
}

/// `POST /v1/webhooks/{id}/deliveries/{delivery}/redeliver`
pub(super) async fn redeliver(
    app: Data<App>,
    caller: Caller<scope::Admin>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, delivery) = path.into_inner();
    let id = named(&id)?;
    let delivery = DeliveryId::parse(&delivery).map_err(|_| Problem::not_found())?;
    let asked = creation::carry_out(&caller, &request, async |mandate| {
        app.outbox.redeliver(mandate, &id, &delivery).await
    });
    idempotency::send(&answer::kept(202, &asked.await?.answer))
}

fn named(id: &str) -> Result<WebhookId, Problem> {
    WebhookId::parse(id).map_err(|_| Problem::not_found())
}
