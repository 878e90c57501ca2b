//! People: everything that is kept about one, and erasing her.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::auth::Caller;
use super::body::{self, BodyLimit};
use super::problem::Problem;
use super::{creation, scope};
use crate::app::App;
use crate::issuer::Done;
use crate::wire::rest;

/// `POST /v1/recipients/export`: an address in a URL would stand in logs.
pub(super) async fn export(
    app: Data<App>,
    caller: Caller<scope::Admin>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let person = rest::person(&body::parse(&body)?)?;
    let exported = app.issuer.export(&caller.account, &person).await?;
    // Never from a cache: 304 would say that it may be kept.
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(exported))
}

/// `POST /v1/recipients/erase`
pub(super) async fn erase(
    app: Data<App>,
    caller: Caller<scope::Admin>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let person = rest::person(&body::parse(&body)?)?;
    creation::change(&caller, &request, async |mandate| {
        let erased = app.issuer.erase(mandate, &person).await?;
        let answer = erased.answer();
        Ok(Done { value: erased, answer })
    })
    .await
}
