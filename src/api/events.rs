//! The feed of what was committed.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::auth::Caller;
use super::listing::Query;
use super::problem::Problem;
use super::{answer, scope};
use crate::app::App;
use crate::domain::EventId;
use crate::outbox::event_answer;
use crate::store::Page;

/// `GET /v1/events`
pub(super) async fn list(
    app: Data<App>,
    caller: Caller<scope::AssertionsRead>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Query::parse(&request, &["after", "limit", "cursor"])?;
    let mut page = query.page()?;
    if let (Some(after), None) = (query.get("after"), &page.after) {
        let after = EventId::parse(after).map_err(|invalid| (invalid.code, invalid.detail));
        let after = after.and_then(|id| {
            let unknown = || ("bad-id", "no event can have this id".to_owned());
            Page::after_event(&id, page.limit).ok_or_else(unknown)
        });
        page = after.map_err(|(code, detail)| Problem::invalid("?after", code, detail))?;
    }
    let found = app.store.events(&caller.account, &page).await?;
    let data = found.items.iter().map(|(id, event)| event_answer(id, event)).collect();
    Ok(answer::list(&app, "/v1/events", &query, data, found.next.as_deref()))
}
