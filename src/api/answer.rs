//! Answers of the API: JSON objects with their entity tag.

use actix_web::http::header::{CONTENT_TYPE, ETAG, LINK};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::conditional::{etag, is_known};
use super::listing::{self, Query};
use crate::app::App;
use crate::store::Answer;

const JSON: &str = "application/json";

/// The entity tag of an object as the API answers it.
pub fn tag_of(object: &Value) -> String {
    etag(JSON, object.to_string().as_bytes())
}

/// An object that was read: 304 when the client holds it already.
pub fn object(request: &HttpRequest, object: &Value) -> HttpResponse {
    let body = object.to_string();
    let tag = etag(JSON, body.as_bytes());
    if is_known(request, &tag) {
        return HttpResponse::NotModified().insert_header((ETAG, tag)).finish();
    }
    HttpResponse::Ok().insert_header((ETAG, tag)).content_type(JSON).body(body)
}

/// An object that was made or changed, as it is sent and as it is kept for a repeated request.
pub fn kept(status: u16, object: &Value) -> Answer {
    let body = object.to_string();
    let headers = vec![
        (CONTENT_TYPE.as_str().to_owned(), JSON.to_owned()),
        (ETAG.as_str().to_owned(), etag(JSON, body.as_bytes())),
    ];
    Answer { status, headers, body: body.into_bytes() }
}

/// A page of a list under `path`; `next` is where the next page begins.
pub fn list(
    app: &App,
    path: &str,
    query: &Query,
    data: Vec<Value>,
    next: Option<&str>,
) -> HttpResponse {
    let url = format!("{}{path}", app.urls.public_url());
    let (body, link) = listing::page(&url, query, data, next);
    let mut answer = HttpResponse::Ok();
    if let Some(link) = link {
        answer.insert_header((LINK, link));
    }
    answer.content_type(JSON).body(body.to_string())
}
