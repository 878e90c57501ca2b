//! `POST /credentials/verify`, `POST /presentations/verify`.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::super::body::{self, BodyLimit};
use super::super::problem::Problem;
use super::super::verifications;
use super::{error, object, of_problems, refused, text_option, texts};
use crate::app::App;
use crate::verifier::{CheckOutcome, CheckReport, Input, Options, PolicyName, Report, about};
use crate::wire::vcdm;

/// Checks that are asked for by a name of their own, with the families of ours.
const NAMES: [(&str, &[&str]); 6] = [
    ("proof", &[]),
    ("status", &["status"]),
    ("credentialStatus", &["status"]),
    ("expiration", &["time"]),
    ("validityPeriod", &["time"]),
    ("issuer", &["issuer"]),
];

/// `POST /credentials/verify`
pub(super) async fn credential(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let _leave = verifications::leave(&app, &request).await?;
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let asked = object(&body)?;
    let Some(credential) = asked.get("verifiableCredential") else {
        return Ok(missing("verifiableCredential"));
    };
    // A token is text; all else is held to the data model first.
    if !credential.is_string()
        && !is_enveloped(credential)
        && let Err(problems) = vcdm::check(&credential.into())
    {
        return Ok(refused(of_problems(&problems)));
    }
    answer(&app, credential, &asked).await
}

/// `POST /presentations/verify`
pub(super) async fn presentation(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let _leave = verifications::leave(&app, &request).await?;
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let asked = object(&body)?;
    let Some(presentation) = asked.get("verifiablePresentation") else {
        return Ok(missing("verifiablePresentation"));
    };
    for name in ["challenge", "domain"] {
        let Some(expected) = text_option(&asked, name) else { continue };
        let proofs = proofs(presentation);
        if proofs.is_empty() || !proofs.iter().all(|proof| says(proof.get(name), &expected)) {
            let detail = format!("a proof does not carry the {name} that was expected");
            return Ok(refused(vec![error(name, "The proof answers this request", &detail)]));
        }
    }
    answer(&app, presentation, &asked).await
}

/// Judges by the proof and the shape, and by the checks that were asked for besides.
async fn answer(app: &App, document: &Value, asked: &Value) -> Result<HttpResponse, Problem> {
    let text = document.as_str().map_or_else(|| document.to_string(), str::to_owned);
    let wanted = texts(asked, "checks");
    let mut families: Vec<&str> = NAMES
        .iter()
        .filter(|(name, _)| wanted.iter().any(|wanted| wanted == name))
        .flat_map(|(_, families)| families.iter().copied())
        .collect();
    families.dedup();
    // What the proof alone does not need is fetched only for who asks for more.
    let policy = if families.is_empty() { PolicyName::ProofOnly } else { PolicyName::Default };
    let options = Options { policy, ..Options::default() };
    let report = match app.verifier.verify(Input::Bytes(text.into_bytes()), options).await {
        Ok(report) => report,
        Err(problem) => {
            return Ok(refused(vec![error("input.read", "It can be read", &problem.to_string())]));
        }
    };
    let unknown = |name: &&String| !NAMES.iter().any(|(known, _)| known == name);
    let warnings: Vec<String> = wanted
        .iter()
        .filter(unknown)
        .map(|name| format!("the check {name:?} is not known here and was not made"))
        .collect();
    let found = against(&report, &families);
    if !found.is_empty() {
        return Ok(refused(found));
    }
    let made: Vec<&str> = std::iter::once("proof").chain(families).collect();
    let body = json!({ "verified": true, "checks": made, "warnings": warnings });
    Ok(HttpResponse::Ok().content_type("application/json").body(body.to_string()))
}

/// What stands against a report: what the proof-only policy demands, and what these families demand
/// by default; of what stands inside, too.
fn against(report: &Report, families: &[&str]) -> Vec<Value> {
    let counts = |check: &&CheckReport| {
        let family = check.id.split('.').next().unwrap_or_default();
        let asked = families.contains(&family);
        matches!(check.outcome, CheckOutcome::Fail | CheckOutcome::Unknown)
            && about(&check.id).is_some_and(|about| {
                about.required.by(PolicyName::ProofOnly) || (asked && about.required.default)
            })
    };
    let own = report.checks.iter().filter(counts);
    let mut found: Vec<Value> =
        own.map(|check| error(&check.id, &check.title, &check.message)).collect();
    for part in report.reports.iter().filter(|part| part.part == "credential") {
        found.extend(against(&part.report, families));
    }
    found
}

fn missing(name: &str) -> HttpResponse {
    refused(vec![error("required", &format!("/{name}"), "must be given")])
}

fn is_enveloped(credential: &Value) -> bool {
    let kind = credential.get("type");
    kind.is_some_and(|kind| kind.to_string().contains("EnvelopedVerifiableCredential"))
}

fn proofs(document: &Value) -> Vec<&Value> {
    match document.get("proof") {
        Some(Value::Array(proofs)) => proofs.iter().collect(),
        Some(proof) => vec![proof],
        None => Vec::new(),
    }
}

fn says(found: Option<&Value>, expected: &str) -> bool {
    match found {
        Some(Value::String(text)) => text == expected,
        Some(Value::Array(texts)) => texts.iter().any(|text| text == expected),
        _ => false,
    }
}
