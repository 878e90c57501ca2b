//! Awards: mint, read, list, and the changes of their state.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::auth::Caller;
use super::body::{self, BodyLimit};
use super::conditional::require_match;
use super::listing::Query;
use super::problem::Problem;
use super::{answer, creation, scope};
use crate::app::App;
use crate::domain::{
    AssertionId, BadgeClassId, ChangeDraft, Email, Identity, IdentityType, Invalid, IssuerId,
    Problems, parse_instant,
};
use crate::store::AssertionFilter;
use crate::wire::rest;

/// `POST /v1/assertions`
pub(super) async fn mint(
    app: Data<App>,
    caller: Caller<scope::AssertionsWrite>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let draft = rest::assertion_draft(&body::parse(&body)?)?;
    let path =
        |made: &serde_json::Value| made["id"].as_str().map(|id| format!("/v1/assertions/{id}"));
    creation::create(&app, &caller, &request, &body, &path, async |mandate| {
        app.issuer.mint(mandate, draft).await
    })
    .await
}

/// `GET /v1/assertions/{id}`
pub(super) async fn get(
    app: Data<App>,
    caller: Caller<scope::AssertionsRead>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = named(&id)?;
    let found = app.store.assertion(&caller.account, &id).await?.ok_or_else(Problem::not_found)?;
    let shown = app.issuer.assertion_answer(&caller.account, &found.value).await?;
    Ok(answer::object(&request, &shown))
}

/// `PATCH /v1/assertions/{id}`
pub(super) async fn show(
    app: Data<App>,
    caller: Caller<scope::AssertionsWrite>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = named(&id)?;
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let present = app.store.assertion(&caller.account, &id).await?;
    let present = present.ok_or_else(Problem::not_found)?;
    let shown = app.issuer.assertion_answer(&caller.account, &present.value).await?;
    require_match(&request, &answer::tag_of(&shown))?;
    let draft = rest::showing_draft(&body::parse(&body)?)?;
    creation::change(&caller, &request, async |mandate| {
        app.issuer.show(mandate, &present, &draft).await
    })
    .await
}

const FILTERS: [&str; 8] =
    ["badgeClass", "issuer", "recipient", "state", "since", "externalId", "limit", "cursor"];

/// `GET /v1/assertions`
pub(super) async fn list(
    app: Data<App>,
    caller: Caller<scope::AssertionsRead>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Query::parse(&request, &FILTERS)?;
    let (filter, page) = (filter(&query)?, query.page()?);
    let now = app.world.clock.now();
    let page = app.store.assertions(&caller.account, &filter, &page, now).await?;
    let mut data = Vec::with_capacity(page.items.len());
    for found in &page.items {
        data.push(app.issuer.assertion_answer(&caller.account, &found.value).await?);
    }
    Ok(answer::list(&app, "/v1/assertions", &query, data, page.next.as_deref()))
}

fn filter(query: &Query) -> Result<AssertionFilter, Problem> {
    let mut problems = Problems::new();
    let filter = AssertionFilter {
        badge_class: read(query, "badgeClass", &mut problems, BadgeClassId::parse),
        issuer: read(query, "issuer", &mut problems, IssuerId::parse),
        recipient: read(query, "recipient", &mut problems, identity),
        state: read(query, "state", &mut problems, state),
        since: read(query, "since", &mut problems, parse_instant),
        external_id: query.get("externalId").map(str::to_owned),
    };
    Ok(problems.or(filter)?)
}

fn read<T>(
    query: &Query,
    name: &str,
    problems: &mut Problems,
    parse: impl FnOnce(&str) -> Result<T, Invalid>,
) -> Option<T> {
    problems.take(&format!("?{name}"), parse(query.get(name)?))
}

/// What a person is known by, told by its form.
fn identity(text: &str) -> Result<Identity, Invalid> {
    let text = text.trim();
    let (kind, value) = if text.starts_with("did:") {
        (IdentityType::Did, text.to_owned())
    } else if text.contains("://") {
        (IdentityType::Url, text.to_owned())
    } else if text.starts_with('+') {
        (IdentityType::Telephone, text.to_owned())
    } else {
        (IdentityType::Email, Email::parse(text)?.as_str().to_owned())
    };
    Ok(Identity { kind, value })
}

fn state(text: &str) -> Result<String, Invalid> {
    let words = ["active", "suspended", "revoked", "expired", "notYetValid"];
    if words.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err(Invalid::new("bad-state", format!("not one of {}", words.join(", "))))
    }
}

/// `POST /v1/assertions/{id}/revoke`
pub(super) async fn revoke(
    app: Data<App>,
    caller: Caller<scope::StatusWrite>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let (id, why) = (named(&id)?, reason(&app, &request, payload).await?);
    creation::change(&caller, &request, async |mandate| app.issuer.revoke(mandate, &id, &why).await)
        .await
}

/// `POST /v1/assertions/{id}/suspend`
pub(super) async fn suspend(
    app: Data<App>,
    caller: Caller<scope::StatusWrite>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let (id, why) = (named(&id)?, reason(&app, &request, payload).await?);
    creation::change(&caller, &request, async |mandate| {
        app.issuer.suspend(mandate, &id, &why).await
    })
    .await
}

/// `POST /v1/assertions/{id}/reinstate`
pub(super) async fn reinstate(
    app: Data<App>,
    caller: Caller<scope::StatusWrite>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let (id, why) = (named(&id)?, reason(&app, &request, payload).await?);
    creation::change(&caller, &request, async |mandate| {
        app.issuer.reinstate(mandate, &id, &why).await
    })
    .await
}

/// `POST /v1/assertions/{id}/reissue`
pub(super) async fn reissue(
    app: Data<App>,
    caller: Caller<scope::AssertionsWrite>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = named(&id)?;
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let draft = rest::reissue_draft(&body::parse(&body)?)?;
    creation::change(&caller, &request, async |mandate| {
        app.issuer.reissue(mandate, &id, draft).await
    })
    .await
}

/// `POST /v1/assertions/{id}/renew`
pub(super) async fn renew(
    app: Data<App>,
    caller: Caller<scope::AssertionsWrite>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = named(&id)?;
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let draft = rest::renew_draft(&body::parse(&body)?)?;
    let path =
        |made: &serde_json::Value| made["id"].as_str().map(|id| format!("/v1/assertions/{id}"));
    creation::create(&app, &caller, &request, &body, &path, async |mandate| {
        app.issuer.renew(mandate, &id, draft).await
    })
    .await
}

fn named(id: &str) -> Result<AssertionId, Problem> {
    AssertionId::parse(id).map_err(|_| Problem::not_found())
}

async fn reason(
    app: &App,
    request: &HttpRequest,
    payload: Payload,
) -> Result<ChangeDraft, Problem> {
    let body = body::read_json(request, payload, BodyLimit::json(app)).await?;
    Ok(rest::change_draft(&body::parse(&body)?)?)
}
