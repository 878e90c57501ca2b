//! The keys of an issuer.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::auth::Caller;
use super::body::{self, BodyLimit};
use super::listing::Query;
use super::problem::Problem;
use super::{answer, creation, issuers, scope};
use crate::app::App;
use crate::issuer::issuer_key_type;
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
