//! Bodies of requests: read within a limit of bytes and of time, before anything is made of them.
//!
//! The server beneath limits the time for the head of a request only; every body is read here.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt as _;

use super::problem::{Kind, Problem};
use crate::app::App;
use crate::json;

/// How much a body may be, and how long it may take.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimit {
    /// Bytes.
    pub bytes: usize,
    /// From the first read to the last byte.
    pub time: Duration,
}

impl BodyLimit {
    /// At most this many bytes, within the time that the configuration sets.
    pub fn of(app: &App, bytes: usize) -> Self {
        Self { bytes, time: Duration::from_secs(app.config.limits.body_seconds) }
    }

    /// The limit of a JSON body that may hold a picture: base64 makes four characters of three
    /// bytes.
    pub fn upload(app: &App) -> Self {
        Self::of(app, app.config.limits.upload_bytes / 3 * 4 + app.config.limits.body_bytes)
    }

    /// The limit of a JSON body.
    pub fn json(app: &App) -> Self {
        Self::of(app, app.config.limits.body_bytes)
    }
}

/// Reads the whole body.
///
/// # Errors
/// `too-large`, `timeout`, `unsupported-media-type` for a compressed one, `invalid-body` when the
/// connection breaks it off.
pub async fn read(
    request: &HttpRequest,
    mut payload: Payload,
    limit: BodyLimit,
) -> Result<Bytes, Problem> {
    let too_large = || {
        Problem::new(Kind::TooLarge, format!("The body may have {} bytes at most.", limit.bytes))
    };
    if request.headers().contains_key(CONTENT_ENCODING) {
        return Err(Problem::new(
            Kind::UnsupportedMediaType,
            "The body must not be compressed (Content-Encoding).",
        ));
    }
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let announced = announced.and_then(|value| value.parse::<u64>().ok()).unwrap_or(0);
    if announced > limit.bytes as u64 {
        return Err(too_large());
    }
    let whole = async {
        let mut body = BytesMut::new();
        while let Some(part) = payload.next().await {
            let part =
                part.map_err(|_| Problem::new(Kind::MalformedBody, "The body was cut short."))?;
            if body.len() + part.len() > limit.bytes {
                return Err(too_large());
            }
            body.extend_from_slice(&part);
        }
        Ok(body.freeze())
    };
    tokio::time::timeout(limit.time, whole).await.unwrap_or_else(|_| {
        Err(Problem::new(
            Kind::Timeout,
            format!("The body did not arrive within {} seconds.", limit.time.as_secs()),
        ))
    })
}

/// What the `Content-Type` of a request says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyType {
    /// JSON, or nothing said.
    Json,
    /// A form with parts; the boundary is in the header.
    Multipart,
    /// A plain HTML form.
    Form,
    /// Something else.
    Other(String),
}

/// What the `Content-Type` of the request says.
pub fn body_type(request: &HttpRequest) -> BodyType {
    let Some(header) = request.headers().get(CONTENT_TYPE) else {
        return BodyType::Json;
    };
    let text = header.to_str().unwrap_or("?").to_owned();
    let Ok(media_type) = text.parse::<mime::Mime>() else {
        return BodyType::Other(text);
    };
    match (media_type.type_(), media_type.subtype(), media_type.suffix()) {
        (mime::APPLICATION, mime::JSON, _) | (mime::APPLICATION, _, Some(mime::JSON)) => {
            BodyType::Json
        }
        (mime::MULTIPART, mime::FORM_DATA, _) => BodyType::Multipart,
        (mime::APPLICATION, mime::WWW_FORM_URLENCODED, _) => BodyType::Form,
        _ => BodyType::Other(media_type.essence_str().to_owned()),
    }
}

/// The refusal of a content type.
pub fn unsupported(found: &BodyType, read_here: &str) -> Problem {
    let found = match found {
        BodyType::Json => "application/json",
        BodyType::Multipart => "multipart/form-data",
        BodyType::Form => "application/x-www-form-urlencoded",
        BodyType::Other(text) => text,
    };
    Problem::new(
        Kind::UnsupportedMediaType,
        format!("{found:?} is not read here; send {read_here}."),
    )
}

/// Reads a JSON body as bytes, the type checked, for [`parse`].
///
/// # Errors
/// Those of [`read`], and `unsupported-media-type`.
pub async fn read_json(
    request: &HttpRequest,
    payload: Payload,
    limit: BodyLimit,
) -> Result<Bytes, Problem> {
    match body_type(request) {
        BodyType::Json => read(request, payload, limit).await,
        other => Err(unsupported(&other, "application/json")),
    }
}

/// The JSON value that a body is.
///
/// # Errors
/// `invalid-body` or `duplicate-member`, with the place.
pub fn parse(body: &[u8]) -> Result<json::Value<'_>, Problem> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Problem::new(Kind::MalformedBody, "The body is empty; send a JSON object."));
    }
    Ok(json::parse_bytes(body)?)
}
