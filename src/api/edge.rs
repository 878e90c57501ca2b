//! What every request passes on its way in and every answer on its way out: its id, its log line,
//! the rendering of problems, containment of panics, and the headers that all answers carry.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpResponse, web};
use futures_util::FutureExt as _;

use super::accept::Accept;
use super::limiter::Left;
use super::problem::{Kind, Problem};
use super::trace::trace_of;
use super::unread::Shared;
use super::{pages, routes};
use crate::app::App;
use crate::domain::id::random_base62;
use crate::language::Language;

/// The header that carries the id of a request in both directions.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Header fields that scripts may read.
const EXPOSED: &str =
    "ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";

/// The id of a request: the client's, if it is plain, else a new one.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// What the caller is told of his limits, whatever becomes of the request.
#[derive(Clone, Debug, Default)]
pub(super) struct Told(pub(super) Rc<RefCell<Left>>);

/// What is kept of a request while it is worked on: the request itself must not be held by two.
struct Asked {
    id: String,
    method: Method,
    pattern: Option<String>,
    page: Option<Language>,
    trace: Option<String>,
    told: Told,
}

/// Takes a request through the service.
///
/// # Errors
/// None of ours: every problem has become an answer.
pub async fn pass(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(app) = request.app_data::<web::Data<App>>().cloned() else {
        return Ok(request.into_response(HttpResponse::InternalServerError().finish()));
    };
    let asked = Asked {
        id: request_id(request.headers(), &app),
        method: request.method().clone(),
        pattern: request.match_pattern(),
        page: wants_page(request.path(), request.headers()),
        trace: trace_of(request.headers()),
        told: Told::default(),
    };
    request.extensions_mut().insert(asked.told.clone());
    request.extensions_mut().insert(RequestId(asked.id.clone()));
    let begun = std::time::Instant::now();
    let body = Shared::with(&mut request);
    let mut response = if asked.method == Method::OPTIONS && is_open(&asked) {
        let answer = preflight(&asked, request.headers());
        request.into_response(answer)
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    if let Some(problem) = response.response().error().map(problem_of) {
        response = response.into_response(render(&problem, &asked, &app));
    }
    finish_headers(response.headers_mut(), &asked, &app);
    if let Some(body) = body {
        response = body.leave_with(response);
    }

    let Asked { id, method, pattern, trace, .. } = asked;
    let status = response.status().as_u16();
    let route = pattern.unwrap_or_else(|| "-".to_owned());
    let took = begun.elapsed();
    app.metrics.answered(method.as_str(), &route, status, took);
    let milliseconds = took.as_millis();
    if status == 500 {
        tracing::error!(%method, route, status, milliseconds, request = id, trace, "answered");
    } else {
        tracing::info!(%method, route, status, milliseconds, request = id, trace, "answered");
    }
    Ok(response)
}

/// Turns a panic of a handler into a problem; the log has its place.
///
/// A handler holds no lock and no half-made state of ours across a panic: the store's batches are
/// whole or absent. So going on with other requests is sound.
///
/// # Errors
/// Those of the handler.
pub async fn contain(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let kept = request.request().clone();
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(answered) => answered.map(ServiceResponse::map_into_boxed_body),
        Err(_) => Ok(ServiceResponse::from_err(Problem::internal("a handler panicked"), kept)),
    }
}

/// 1 to 64 letters, digits, dots, hyphens and underscores; anything else could forge a log line.
fn request_id(headers: &HeaderMap, app: &App) -> String {
    let given = headers.get(X_REQUEST_ID).and_then(|value| value.to_str().ok());
    let plain = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    given
        .filter(plain)
        .map_or_else(|| format!("req_{}", random_base62(&app.world.random)), str::to_owned)
}

/// Our own problems as they are; errors of the framework by their status.
fn problem_of(error: &Error) -> Problem {
    if let Some(problem) = error.as_error::<Problem>() {
        return problem.clone();
    }
    let status = error.as_response_error().status_code();
    match status {
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Kind::TooLarge, "The body is too large."),
        StatusCode::REQUEST_TIMEOUT => Problem::new(Kind::Timeout, "The body came too slowly."),
        _ if status.is_client_error() => Problem::new(Kind::MalformedBody, error.to_string()),
        _ => Problem::internal(error),
    }
}

fn render(problem: &Problem, asked: &Asked, app: &App) -> HttpResponse {
    let row = problem.kind.row();
    // That it is busy is no failure: there may be very many of these, and each is logged as answered.
    if row.status >= 500 && problem.kind != Kind::Overloaded {
        tracing::error!(request = asked.id, slug = row.slug, reason = problem.detail, "failed");
    }
    let status = StatusCode::from_u16(row.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = HttpResponse::build(status);
    for (name, value) in &problem.headers {
        answer.insert_header((name.clone(), value.as_str()));
    }
    answer.insert_header((CACHE_CONTROL, "no-store"));
    if let Some(language) = asked.page {
        let page = pages::problem_page(problem, language, &asked.id, app);
        return answer
            .insert_header((CONTENT_SECURITY_POLICY, crate::pages::CONTENT_SECURITY_POLICY))
            .content_type(crate::pages::CONTENT_TYPE)
            .body(page);
    }
    answer
        .content_type("application/problem+json")
        .body(problem.document(app.urls.public_url(), &asked.id).to_string())
}

/// The language of the page that tells a problem to who asks a public address and prefers HTML.
fn wants_page(path: &str, headers: &HeaderMap) -> Option<Language> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let offers = ["application/problem+json", "application/json", "text/html"];
    let prefers_html = Accept::parse(text(ACCEPT)).best(&offers) == Some("text/html");
    (prefers_html && !routes::is_for_programs(path))
        .then(|| Language::negotiate(None, text(ACCEPT_LANGUAGE)))
}

fn finish_headers(headers: &mut HeaderMap, asked: &Asked, app: &App) {
    let open = is_open(asked);
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    if asked.pattern.as_deref().is_some_and(routes::is_secret) {
        set(REFERRER_POLICY, "no-referrer");
        set(HeaderName::from_static("x-robots-tag"), "noindex, nofollow");
    }
    set(REFERRER_POLICY, "strict-origin-when-cross-origin");
    if app.urls.is_https() {
        set(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if open {
        set(ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        set(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    } else {
        set(CACHE_CONTROL, "no-store");
    }
    if headers.contains_key(CONTENT_TYPE) && !headers.contains_key(CONTENT_SECURITY_POLICY) {
        // Pages bring their own; a picture or a document of ours may do nothing at all.
        let nothing =
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(nothing));
    }
    for (name, value) in asked.told.0.borrow().iter() {
        if !headers.contains_key(name)
            && let Ok(value) = HeaderValue::from_str(value)
        {
            headers.insert(name.clone(), value);
        }
    }
    if let Ok(value) = HeaderValue::from_str(&asked.id) {
        headers.insert(X_REQUEST_ID, value);
    }
}

/// Whether scripts of any origin may ask.
fn is_open(asked: &Asked) -> bool {
    asked.pattern.as_deref().is_some_and(routes::is_open)
}

/// The answer to a browser that asks before it asks (Fetch, CORS preflight).
fn preflight(asked: &Asked, headers: &HeaderMap) -> HttpResponse {
    let methods = routes::methods(asked.pattern.as_deref().unwrap_or_default());
    let mut answer = HttpResponse::NoContent();
    answer.insert_header((ALLOW, methods.as_str()));
    if headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        answer
            .insert_header((ACCESS_CONTROL_ALLOW_METHODS, methods.as_str()))
            .insert_header((
                ACCESS_CONTROL_ALLOW_HEADERS,
                "Content-Type, Traceparent, X-Request-Id",
            ))
            .insert_header((ACCESS_CONTROL_MAX_AGE, "86400"));
    }
    answer.finish()
}

#[cfg(test)]
mod tests {
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::web;

    use super::*;

    async fn broken() -> HttpResponse {
        panic!("a fault of a handler")
    }

    #[actix_web::test]
    async fn a_panic_is_a_fault_of_one_request_and_not_of_the_service() {
        let route = web::get().to(broken).wrap(from_fn(contain));
        let fine = web::get().to(HttpResponse::Ok);
        let service = actix_web::App::new().route("/broken", route).route("/fine", fine);
        let service = init_service(service).await;
        for _ in 0..3 {
            let answer = call_service(&service, TestRequest::get().uri("/broken").to_request());
            let answer = answer.await;
            assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let problem = answer.response().error().map(problem_of).unwrap();
            assert_eq!(problem.kind, Kind::Internal);
            let answer = call_service(&service, TestRequest::get().uri("/fine").to_request());
            assert_eq!(answer.await.status(), StatusCode::OK);
        }
    }
}
