//! Uploaded pictures.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::auth::Caller;
use super::body::{self, BodyLimit, BodyType, body_type, unsupported};
use super::form::Form;
use super::problem::Problem;
use super::{creation, scope};
use crate::app::App;
use crate::domain::{Problems, bounded};
use crate::json::Value;

/// `POST /v1/images`
///
/// # Errors
/// Those of the contract.
pub(super) async fn create(
    app: Data<App>,
    caller: Caller<scope::BadgesDraft>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let (bytes, alt) = read(&app, &request, payload).await?;
    let fingerprint = [bytes.as_slice(), &[0], alt.as_bytes()].concat();
    creation::create(&app, &caller, &request, &fingerprint, &|_| None, async |mandate| {
        app.issuer.upload_image(mandate, bytes, alt).await
    })
    .await
}

/// The bytes of the picture and its alternative text.
async fn read(
    app: &App,
    request: &HttpRequest,
    payload: Payload,
) -> Result<(Vec<u8>, String), Problem> {
    let most = app.config.limits.upload_bytes;
    let mut problems = Problems::new();
    let (bytes, alt) = match body_type(request) {
        BodyType::Json => {
            let body = body::read_json(request, payload, BodyLimit::upload(app)).await?;
            let value = body::parse(&body)?;
            read_json(&value, &mut problems)
        }
        BodyType::Multipart => {
            let limit = BodyLimit::of(app, most + 4096);
            let form = Form::read(request, payload, limit, &["file", "alt"]).await?;
            let alt = form.text("alt")?.map(str::to_owned);
            (form.bytes("file").map(<[u8]>::to_vec), alt)
        }
        other => return Err(unsupported(&other, "multipart/form-data or application/json")),
    };
    if bytes.is_none() && problems.is_empty() {
        problems.add("/file", "required", "the picture is missing");
    }
    let alt = match alt {
        Some(alt) => problems.take("/alt", bounded(&alt, 500)),
        None => {
            let detail = "say what a person who cannot see the picture should read";
            problems.add("/alt", "required", detail);
            None
        }
    };
    match (bytes, alt) {
        (Some(bytes), Some(alt)) if problems.is_empty() => Ok((bytes, alt)),
        _ => Err(problems.into()),
    }
}

fn read_json(value: &Value<'_>, problems: &mut Problems) -> (Option<Vec<u8>>, Option<String>) {
    use base64::Engine as _;
    let Some(object) = value.as_object() else {
        problems.add("", "not-an-object", format!("expected an object, found {}", value.kind()));
        return (None, None);
    };
    for (name, _) in object.iter().filter(|(name, _)| !["image", "alt"].contains(name)) {
        let shown: String = name.chars().take(60).collect();
        problems.add(format!("/{shown}"), "unknown-member", "there are image and alt");
    }
    let text = |name: &str, problems: &mut Problems| match value.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.to_string()),
        Some(other) => {
            let detail = format!("expected a string, found {}", other.kind());
            problems.add(format!("/{name}"), "not-a-string", detail);
            None
        }
    };
    let alt = text("alt", problems);
    let bytes = text("image", problems).and_then(|uri| {
        let encoded = ["data:image/png;base64,", "data:image/svg+xml;base64,"]
            .iter()
            .find_map(|prefix| uri.strip_prefix(prefix));
        let decoded = encoded
            .and_then(|encoded| base64::engine::general_purpose::STANDARD.decode(encoded).ok());
        if decoded.is_none() {
            let detail = "not a data URI of a PNG or SVG picture in base64";
            problems.add("/image", "bad-image", detail);
        }
        decoded
    });
    if !object.contains_key("image") {
        problems.add("/image", "required", "image is required");
    }
    (bytes, alt)
}
