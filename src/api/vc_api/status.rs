//! `POST /credentials/status`: revokes or suspends an award of this service, or lifts a suspension.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::super::auth::Caller;
use super::super::body::{self, BodyLimit};
use super::super::creation;
use super::super::problem::Problem;
use super::super::scope;
use super::object;
use crate::app::App;
use crate::domain::{ChangeDraft, Problems};
use crate::json::Value as Strict;
use crate::urls::Published;
use crate::wire::rest;

/// `{credentialId, credentialStatus: {statusPurpose}, status}`: the id is the badge link; `status`
/// is true, false, "1" or "0" and true without.
pub(super) async fn change(
    app: Data<App>,
    caller: Caller<scope::StatusWrite>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let asked = object(&body)?;
    let id = asked.get("credentialId").and_then(Value::as_str).unwrap_or_default();
    let Some(Published::Badge(id, _)) = app.urls.read(id) else {
        return Err(Problem::not_found());
    };
    let entry = asked.get("credentialStatus");
    let entry = entry.map(|entry| entry.get(0).unwrap_or(entry)).unwrap_or(&Value::Null);
    let state = asked.get("status").or_else(|| entry.get("status"));
    let set = match state {
        None => true,
        Some(Value::Bool(set)) => *set,
        Some(Value::String(text)) if text == "1" => true,
        Some(Value::String(text)) if text == "0" => false,
        Some(_) => return Err(bad("/status", "must be true, false, \"1\" or \"0\"")),
    };
    let purpose = entry.get("statusPurpose").and_then(Value::as_str).unwrap_or("revocation");
    let why = why()?;
    creation::change(&caller, &request, async |mandate| match (purpose, set) {
        ("revocation", true) => app.issuer.revoke(mandate, &id, &why).await,
        ("suspension", true) => app.issuer.suspend(mandate, &id, &why).await,
        ("suspension", false) => app.issuer.reinstate(mandate, &id, &why).await,
        _ => Err(crate::issuer::IssuerError::Invalid(problems(
            "/credentialStatus/statusPurpose",
            "a revocation cannot be undone, and there is no purpose but revocation and suspension",
        ))),
    })
    .await
}

/// The reason that is noted with the change.
fn why() -> Result<ChangeDraft, Problem> {
    let reason = json!({ "reason": "asked for at the VC-API door" });
    Ok(rest::change_draft(&Strict::from(&reason))?)
}

fn bad(pointer: &str, detail: &str) -> Problem {
    problems(pointer, detail).into()
}

fn problems(pointer: &str, detail: &str) -> Problems {
    let mut problems = Problems::new();
    problems.add(pointer, "bad-status", detail);
    problems
}
