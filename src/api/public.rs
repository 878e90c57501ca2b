//! Documents that anyone may read: every form of a badge, and what verifiers need to check it.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, CACHE_CONTROL, ETAG, HeaderName, USER_AGENT, VARY};
#[cfg(feature = "pdf")]
use actix_web::http::header::{CONTENT_DISPOSITION, HeaderValue};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::accept::{self, Accept, Wanted};
use super::conditional::{etag, is_known};
#[cfg(feature = "pdf")]
use super::listing::Query;
use super::pages;
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::art::PreviewState;
#[cfg(feature = "pdf")]
use crate::certificate::{Paper, Sheet};
use crate::domain::BadgeClassId;
#[cfg(feature = "pdf")]
use crate::domain::ShortCode;
#[cfg(feature = "pdf")]
use crate::issuer::Served;
use crate::issuer::{Document, ShownPreview};
use crate::urls::Published;

/// `GET /b/{id}`: the badge link. `?v=2` and suffixes name a form; otherwise `Accept` chooses.
pub(super) async fn badge(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Published::Badge(id, form) = named(&app, &request)? else {
        return Err(Problem::not_found());
    };
    if form.is_some() {
        return serve(&app, &request, &Published::Badge(id, form), None).await;
    }
    let vary = Some("Accept, User-Agent, Accept-Language");
    let (accept, agent) = (header(&request, &ACCEPT), header(&request, &USER_AGENT));
    let Some(wanted) = accept::badge_form(accept, agent) else {
        // What is not there is not there in any form.
        app.issuer.public_award(&id).await?;
        return Err(not_acceptable(&accept::badge_types().collect::<Vec<_>>()));
    };
    match wanted {
        Wanted::Page => pages::badge(&app, &request, &id).await,
        Wanted::Form(form) => serve(&app, &request, &Published::Badge(id, Some(form)), vary).await,
        Wanted::Credential(label) => {
            let mut document = app.issuer.document(&Published::Badge(id, None)).await?;
            document.content_type = label;
            Ok(answer(&request, document, vary))
        }
    }
}

/// Every document that has one form only.
pub(super) async fn document(
    app: Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    serve(&app, &request, &named(&app, &request)?, None).await
}

/// `GET /b/{id}.pdf`: the certificate, on `?paper=a4` or `letter`, in the language of `?lang=` or of
/// the client.
#[cfg(feature = "pdf")]
pub(super) async fn certificate(
    app: Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Published::Badge(id, _) = named(&app, &request)? else {
        return Err(Problem::not_found());
    };
    let award = app.issuer.public_award(&id).await?;
    let query = Query::lenient(&request);
    let paper = match query.get("paper") {
        None => Paper::default(),
        Some(word) => Paper::of(word)
            .ok_or_else(|| Problem::invalid("?paper", "unknown-paper", "must be a4 or letter"))?,
    };
    let sheet = Sheet { paper, language: pages::language(&request) };
    let served = app.issuer.certificate(&award, sheet).await?;
    let Served { content_type, bytes } = served;
    let document = Document { status: 200, content_type, bytes, max_age: None };
    let mut answer = answer(&request, document, Some("Accept-Language"));
    let name = format!("inline; filename=\"badge-{}.pdf\"", ShortCode::of(&id));
    if let Ok(name) = HeaderValue::from_str(&name) {
        answer.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    Ok(answer)
}

/// `GET /issuers/{slug}`, `GET /badge-classes/{id}`, with a version or without, `GET
/// /frameworks/{digits}` and `GET /competencies/{digits}`: data, or a page for those who prefer one.
/// The last two are no linked data.
pub(super) async fn page_or_data(
    app: Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    const OFFERS: [&str; 3] = ["application/ld+json", "application/json", "text/html"];
    let vary = Some("Accept, Accept-Language");
    let named = named(&app, &request)?;
    let plain = matches!(named, Published::AlignmentTarget(_));
    let offers = if plain { &OFFERS[1..] } else { &OFFERS[..] };
    match Accept::parse(header(&request, &ACCEPT)).best(offers) {
        Some("text/html") => pages::of(&app, &request, &named).await,
        Some("application/json") => {
            let mut document = app.issuer.document(&named).await?;
            document.content_type = "application/json";
            Ok(answer(&request, document, vary))
        }
        Some(_) => serve(&app, &request, &named, vary).await,
        None => {
            app.issuer.document(&named).await?;
            Err(not_acceptable(offers))
        }
    }
}

/// `GET /images/{name}`: an uploaded picture; its name is its digest, so it never changes.
pub(super) async fn image(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let document = app.issuer.document(&named(&app, &request)?).await?;
    let mut answer = answer(&request, document, None);
    answer.headers_mut().insert(CACHE_CONTROL, pages::FOR_EVER);
    Ok(answer)
}

/// `GET /badge-classes/{id}/{version}/preview/{state}.png`: what social networks show. Nothing is
/// drawn for it here.
pub(super) async fn preview(
    app: Data<App>,
    request: HttpRequest,
    path: Path<(String, u32, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, version, word) = path.into_inner();
    let id = BadgeClassId::parse(&id).map_err(|_| Problem::not_found())?;
    let state = PreviewState::from_name(&word).ok_or_else(Problem::not_found)?;
    let (bytes, max_age) = match app.issuer.preview(&id, version, state).await? {
        ShownPreview::Own(bytes) => (bytes, 86_400),
        ShownPreview::Neutral(bytes) => (bytes.to_vec(), 60),
    };
    let document =
        Document { status: 200, content_type: "image/png", bytes, max_age: Some(max_age) };
    Ok(answer(&request, document, None))
}

/// What the address of a request names.
pub(super) fn named(app: &App, request: &HttpRequest) -> Result<Published, Problem> {
    let asked = request.uri().path_and_query().map_or("/", |asked| asked.as_str());
    app.urls.read(&format!("{}{asked}", app.urls.public_url())).ok_or_else(Problem::not_found)
}

async fn serve(
    app: &App,
    request: &HttpRequest,
    named: &Published,
    vary: Option<&'static str>,
) -> Result<HttpResponse, Problem> {
    Ok(answer(request, app.issuer.document(named).await?, vary))
}

/// The answer with its entity tag and how long a copy may be used; 304 when the client has it.
pub(super) fn answer(
    request: &HttpRequest,
    document: Document,
    vary: Option<&'static str>,
) -> HttpResponse {
    let Document { status, content_type, bytes, max_age } = document;
    let tag = etag(content_type, &bytes);
    let known = status == 200 && is_known(request, &tag);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = HttpResponse::build(if known { StatusCode::NOT_MODIFIED } else { status });
    answer.insert_header((ETAG, tag));
    answer.insert_header((
        CACHE_CONTROL,
        match max_age {
            Some(0) => "no-store".to_owned(),
            Some(seconds) => format!("public, max-age={seconds}"),
            // A copy may be kept, and is asked about before it is used.
            None => "public, no-cache".to_owned(),
        },
    ));
    if let Some(vary) = vary {
        answer.insert_header((VARY, vary));
    }
    if known {
        return answer.finish();
    }
    answer.content_type(content_type).body(bytes)
}

pub(super) fn header<'r>(request: &'r HttpRequest, name: &HeaderName) -> Option<&'r str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

fn not_acceptable(offers: &[&str]) -> Problem {
    Problem::new(Kind::NotAcceptable, format!("There are {}.", offers.join(", ")))
        .with_header(VARY, "Accept, User-Agent")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_is_known_is_not_sent_again() {
        let document = || Document {
            status: 200,
            content_type: "application/json",
            bytes: b"{}".to_vec(),
            max_age: Some(300),
        };
        let fresh = actix_web::test::TestRequest::get().to_http_request();
        let first = answer(&fresh, document(), None);
        let tag = first.headers().get(ETAG).unwrap().clone();
        assert_eq!(first.headers().get(CACHE_CONTROL).unwrap(), "public, max-age=300");
        let asked = actix_web::test::TestRequest::get()
            .insert_header(("If-None-Match", tag))
            .to_http_request();
        assert_eq!(answer(&asked, document(), None).status(), StatusCode::NOT_MODIFIED);
        let gone = Document { status: 410, max_age: Some(0), ..document() };
        let gone = answer(&asked, gone, None);
        assert_eq!(gone.status(), StatusCode::GONE);
        assert_eq!(gone.headers().get(CACHE_CONTROL).unwrap(), "no-store");
    }
}
