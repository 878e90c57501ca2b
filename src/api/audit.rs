//! Who did what, when: the audit trail of the account.

use actix_web::http::header::{ACCEPT, CONTENT_TYPE, HeaderValue, VARY};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::accept::Accept;
use super::auth::Caller;
use super::listing::Query;
use super::problem::{Kind, Problem};
use super::public::header;
use super::{answer, scope};
use crate::app::App;
use crate::store::audit_line;

/// What it is offered as.
pub(super) const OFFERS: [&str; 2] = ["application/json", "application/x-ndjson"];

/// `GET /v1/audit`
pub(super) async fn list(
    app: Data<App>,
    caller: Caller<scope::Admin>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Query::parse(&request, &["limit", "cursor"])?;
    let page = query.page()?;
    let best = Accept::parse(header(&request, &ACCEPT)).best(&OFFERS);
    let best = best.ok_or_else(|| {
        Problem::new(Kind::NotAcceptable, format!("There are {}.", OFFERS.join(", ")))
            .with_header(VARY, "Accept")
    })?;
    let found = app.store.audit(&caller.account, &page).await?;
    let rows: Vec<_> = found.items.iter().map(|(link, row)| audit_line(link, row)).collect();
    let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let mut sent = answer::list(&app, "/v1/audit", &query, rows, found.next.as_deref());
    sent.headers_mut().insert(VARY, HeaderValue::from_static("Accept"));
    if best == "application/json" {
        return Ok(sent);
    }
    // The same page, a line for each row; the next one is in `Link`.
    sent.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    Ok(sent.set_body(actix_web::body::BoxBody::new(lines)))
}
