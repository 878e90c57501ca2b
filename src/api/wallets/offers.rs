//! The link that offers an award, and what it answers.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::super::accept::Accept;
use super::super::auth::Caller;
use super::super::body::{self, BodyLimit};
use super::super::pages::WalletLinks;
use super::super::problem::{Kind, Problem};
use super::super::{creation, pages, scope};
use super::oid4vci;
use crate::app::App;
use crate::domain::{AssertionId, Problems};
use crate::issuer::{LONGEST_OFFER, OFFER_LIFETIME};

/// `POST /v1/assertions/{id}/offers`
pub(super) async fn create(
    app: Data<App>,
    caller: Caller<scope::AssertionsWrite>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let _place = creation::place(&request)?;
    let lifetime = lifetime(&(&body::parse(&body)?).into())?;
    let id = AssertionId::parse(&id).map_err(|_| Problem::not_found())?;
    let offer = app.issuer.offer(&caller.account, &id, lifetime).await?;
    let body = json!({
        "assertion": id.as_str(),
        "url": app.urls.offer(&offer.token),
        "credentialOffer": oid4vci::offer_link(&app, &offer.token),
        "expires": offer.expires.to_string(),
    });
    Ok(super::unkept(201, &body))
}

/// For how long the offer shall hold.
fn lifetime(body: &Value) -> Result<SignedDuration, Problem> {
    let mut problems = Problems::new();
    let members = body.as_object();
    if members.is_none() {
        problems.add("", "not-an-object", "must be an object");
    }
    for name in members.into_iter().flat_map(serde_json::Map::keys) {
        if name != "expiresInSeconds" {
            let shown: String = name.chars().take(60).collect();
            problems.add(format!("/{shown}"), "unknown-member", "there is no such member");
        }
    }
    let lifetime = match body.get("expiresInSeconds") {
        None | Some(Value::Null) => OFFER_LIFETIME,
        Some(given) => {
            let most = LONGEST_OFFER.as_secs();
            let seconds = given.as_i64().filter(|seconds| (60..=most).contains(seconds));
            if seconds.is_none() {
                let detail = format!("must be a whole number of seconds from 60 to {most}");
                problems.add("/expiresInSeconds", "bad-duration", detail);
            }
            SignedDuration::from_secs(seconds.unwrap_or_default())
        }
    };
    problems.or(lifetime).map_err(Problem::from)
}

/// `GET /i/{offer}`: a page for people; for wallets the protocols that are spoken (VCALM,
/// "Interaction URL").
pub(super) async fn interaction(
    app: Data<App>,
    request: HttpRequest,
    offer: Path<String>,
) -> Result<HttpResponse, Problem> {
    const OFFERS: [&str; 2] = ["application/json", "text/html"];
    let (award, expires) = app.issuer.offered(&offer).await?;
    let accepted = request.headers().get("accept").and_then(|value| value.to_str().ok());
    match Accept::parse(accepted).best(&OFFERS) {
        Some("text/html") => {
            let credential_offer = oid4vci::offer_link(&app, &offer);
            let links = WalletLinks { credential_offer, expires };
            pages::wallet(&app, &request, &award, &offer, &links)
        }
        Some(_) => Ok(super::unkept(
            200,
            &json!({ "protocols": {
                "vcapi": app.urls.exchange(&offer),
                "oid4vci-1.0": oid4vci::offer_link(&app, &offer),
                "website": app.urls.offer(&offer),
            } }),
        )),
        None => {
            Err(Problem::new(Kind::NotAcceptable, format!("It is there as {}.", OFFERS.join(", "))))
        }
    }
}
