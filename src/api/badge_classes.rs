//! Badge classes and their versions.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::auth::Caller;
use super::body::{self, BodyLimit};
use super::conditional::require_match;
use super::listing::Query;
use super::problem::{Kind, Problem};
use super::{answer, creation, scope};
use crate::app::App;
use crate::domain::{BadgeClass, BadgeClassId, IssuerId, Stage};
use crate::store::Versioned;
use crate::wire::rest;

/// `POST /v1/badge-classes`
pub(super) async fn create(
    app: Data<App>,
    caller: Caller<scope::BadgesDraft>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::upload(&app)).await?;
    let mut draft = rest::badge_class_draft(&body::parse(&body)?)?;
    draft.stage = Some(begins(&caller, draft.stage)?);
    let path =
        |made: &serde_json::Value| made["id"].as_str().map(|id| format!("/v1/badge-classes/{id}"));
    creation::create(&app, &caller, &request, &body, &path, async |mandate| {
        app.issuer.create_badge_class(mandate, draft).await
    })
    .await
}

/// `GET /v1/badge-classes`
pub(super) async fn list(
    app: Data<App>,
    caller: Caller<scope::Any>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Query::parse(&request, &["issuer", "limit", "cursor"])?;
    let issuer = query.get("issuer").map(IssuerId::parse).transpose();
    let issuer =
        issuer.map_err(|invalid| Problem::invalid("?issuer", invalid.code, invalid.detail))?;
    let page = query.page()?;
    let page = app.store.badge_classes(&caller.account, issuer.as_ref(), &page).await?;
    let shown = |class: &Versioned<BadgeClass>| app.issuer.badge_class_answer(&class.value);
    let data = page.items.iter().map(shown).collect();
    Ok(answer::list(&app, "/v1/badge-classes", &query, data, page.next.as_deref()))
}

/// `GET /v1/badge-classes/{id}`
pub(super) async fn get(
    app: Data<App>,
    caller: Caller<scope::Any>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let found = find(&app, &caller, &id).await?;
    Ok(answer::object(&request, &app.issuer.badge_class_answer(&found.value)))
}

/// `PUT /v1/badge-classes/{id}`
pub(super) async fn revise(
    app: Data<App>,
    caller: Caller<scope::BadgesDraft>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::upload(&app)).await?;
    let present = find(&app, &caller, &id).await?;
    let shown = app.issuer.badge_class_answer(&present.value);
    require_match(&request, &answer::tag_of(&shown))?;
    let mut edit = rest::badge_class_edit(&shown, &body::parse(&body)?)?;
    let asked = edit.draft.stage;
    edit.draft.stage = Some(match present.value.stage {
        Stage::Published => begins(&caller, asked)?,
        unpublished => {
            may_write(&caller, unpublished)?;
            asked.unwrap_or(unpublished)
        }
    });
    creation::change(&caller, &request, async |mandate| {
        app.issuer.revise_badge_class(mandate, &present, edit).await
    })
    .await
}

/// `POST /v1/badge-classes/{id}/stage`
pub(super) async fn stage(
    app: Data<App>,
    caller: Caller<scope::BadgesDraft>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let id = find(&app, &caller, &id).await?.value.id;
    let draft = rest::stage_draft(&body::parse(&body)?)?;
    may_show(&caller, draft.stage)?;
    creation::change(&caller, &request, async |mandate| {
        app.issuer.stage_badge_class(mandate, &id, &draft).await
    })
    .await
}

/// The stage in which a version begins: as asked, else published, or a draft by the hand of who may
/// not show what she writes.
fn begins(caller: &Caller<scope::BadgesDraft>, asked: Option<Stage>) -> Result<Stage, Problem> {
    if let Some(stage) = asked {
        return may_write(caller, stage).map(|()| stage);
    }
    Ok(may_write(caller, Stage::Published).map_or(Stage::Draft, |()| Stage::Published))
}

/// Four eyes: what a person writes becomes public by a request of its own, which another one makes
/// (`POST …/stage`). A program that names no person writes what everyone reads at once.
fn may_write(caller: &Caller<scope::BadgesDraft>, stage: Stage) -> Result<(), Problem> {
    may_show(caller, stage)?;
    if stage.is_public() && caller.person.is_some() {
        let detail = "What a person writes is a draft first, and another person announces or \
                      publishes it; take what is announced back to \"draft\" before it is changed.";
        return Err(Problem::new(Kind::ForbiddenScope, detail));
    }
    Ok(())
}

/// Who only writes drafts does not decide what everyone reads.
fn may_show(caller: &Caller<scope::BadgesDraft>, stage: Stage) -> Result<(), Problem> {
    if stage.is_public() { caller.needs::<scope::BadgesWrite>() } else { Ok(()) }
}

/// `GET /v1/badge-classes/{id}/versions`
pub(super) async fn versions(
    app: Data<App>,
    caller: Caller<scope::Any>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let class = find(&app, &caller, &id).await?.value;
    let data = app.issuer.badge_class_versions(&caller.account, &class.id).await?;
    let path = format!("/v1/badge-classes/{}/versions", class.id);
    Ok(answer::list(&app, &path, &Query::default(), data, None))
}

async fn find<S: scope::Scope>(
    app: &App,
    caller: &Caller<S>,
    id: &str,
) -> Result<Versioned<BadgeClass>, Problem> {
    let id = BadgeClassId::parse(id).map_err(|_| Problem::not_found())?;
    app.store.badge_class(&caller.account, &id).await?.ok_or_else(Problem::not_found)
}
