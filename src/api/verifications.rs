//! Verification: by the API, by the page, and of our own badges for their pages.

use actix_web::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, VARY};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::asked::Asked;
use super::body::{self, BodyLimit, BodyType, body_type, unsupported};
use super::form::Form;
use super::limiter::{Leave, Limiter, client_of};
use super::problem::{Kind, Problem};
use super::public::header;
use super::{auth, scope};
use crate::app::App;
use crate::language::Language;
use crate::urls::Published;
use crate::verifier::{Dossier, Input, InputError, Options, Receipt, Report, YesNo};

/// A report with what else was asked for.
#[derive(serde::Serialize)]
struct Answered<'r> {
    #[serde(flatten)]
    report: &'r Report,
    #[serde(flatten)]
    further: serde_json::Map<String, serde_json::Value>,
}

/// `POST /v1/verifications`
pub(super) async fn create(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let leave = leave(&app, &request).await?;
    let asked = match body_type(&request) {
        BodyType::Json => {
            let limit = BodyLimit::upload(&app);
            let body = body::read_json(&request, payload, limit).await?;
            Asked::of_json(&body)?
        }
        BodyType::Multipart => {
            let limit = BodyLimit::of(&app, app.config.limits.upload_bytes + 64 * 1024);
            Asked::of_form(&Form::read(&request, payload, limit, Asked::PARTS).await?)?
        }
        other => return Err(unsupported(&other, "application/json or multipart/form-data")),
    };
    let wanted = header(&request, &ACCEPT_LANGUAGE);
    let language = asked.language.unwrap_or_else(|| Language::negotiate(None, wanted));
    let (receipt, kept) = (asked.receipt, asked.dossier);
    let (report, dossier) = judge(&app, asked).await?;
    let report = report.in_language(language);
    let mut further = serde_json::Map::new();
    if receipt {
        further.insert("receipt".to_owned(), signed_receipt(&app, &report).await?.into());
    }
    if kept {
        let dossier = dossier.to_value().map_err(Problem::internal)?;
        further.insert("dossier".to_owned(), dossier);
    }
    let text = if further.is_empty() {
        serde_json::to_string(&report)
    } else {
        serde_json::to_string(&Answered { report: &report, further })
    };
    let text = text.map_err(Problem::internal)?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((CONTENT_LANGUAGE, language.tag()));
    answer.insert_header((VARY, "Accept-Language"));
    for (name, value) in &leave.headers {
        answer.insert_header((name.clone(), value.as_str()));
    }
    Ok(answer.content_type("application/json").body(text))
}

/// The receipt of a report, signed by the service.
///
/// # Errors
/// What the key directory says.
pub(super) async fn signed_receipt(app: &App, report: &Report) -> Result<String, Problem> {
    let id = format!("urn:uuid:{}", app.world.random.uuid());
    let (issuer, context) = (app.issuer.service_did().await?, app.urls.receipt_context());
    let receipt = Receipt { issuer: &issuer, id: &id, context: &context };
    Ok(app.issuer.service_credential(&receipt.of(report)).await?)
}

/// Leave to verify. A token that holds lifts the limit of the client.
///
/// # Errors
/// `rate-limited`, `overloaded`.
pub(super) async fn leave(app: &App, request: &HttpRequest) -> Result<Leave, Problem> {
    let client = if auth::holds(app, request, <scope::Verify as scope::Scope>::NAME).await {
        None
    } else {
        client_of(request, &app.config.server.trusted_proxies)
    };
    let limiter = request.app_data::<Data<Limiter>>();
    let limiter = limiter.ok_or_else(|| Problem::internal("the service has no limiter"))?;
    limiter.take(client, app.world.clock.now())
}

/// Judges what was asked for; gives the report, and all that it rests on.
///
/// # Errors
/// `not-a-badge`, `invalid-body` or `too-large` when it is no badge in any form.
pub(super) async fn judge(app: &App, asked: Asked) -> Result<(Report, Dossier), Problem> {
    let Asked { input, recipient, at, policy, trace, evidence, .. } = asked;
    let options =
        Options { policy, recipient, at, trace, evidence, linkage: true, ..Options::default() };
    let (report, dossier) = app.verifier.verify_keeping(input, &options).await?;
    app.metrics.judged(report.verdict.as_str());
    count(app, &report);
    Ok((report, dossier))
}

/// Counts the verification of an award of ours for its holder. What only says that it is one of ours
/// does not count.
fn count(app: &App, report: &Report) {
    let id = report.badge.as_ref().and_then(|badge| badge.id.as_deref());
    if report.answers.authentic.answer == YesNo::Yes
        && let Some(Published::Badge(id, _) | Published::Ob2Assertion(id)) =
            id.and_then(|id| app.urls.read(id))
    {
        app.store.count_verification(&id);
    }
}

/// Judges one of our own badges, with our own documents only.
///
/// # Errors
/// None that a badge of ours can cause.
pub(super) async fn judge_own(app: &App, url: &str) -> Result<Report, Problem> {
    let input = Input::Url(url.to_owned());
    app.verifier.verify(input, Options::default()).await.map_err(Problem::from)
}

impl From<InputError> for Problem {
    fn from(error: InputError) -> Self {
        match error {
            InputError::TooLarge(_) => Self::new(Kind::TooLarge, error.to_string()),
            _ => Self::new(Kind::NotABadge, error.to_string()),
        }
    }
}
