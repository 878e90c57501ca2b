//! What a client sends as a batch: read piece by piece into a spool, whatever its length.

use std::time::Duration;

use actix_multipart::Multipart;
use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use actix_web::web::Payload;
use futures_util::StreamExt as _;

use super::body::{BodyType, body_type, unsupported};
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::issuer::batches::{Format, Upload};
use crate::store::spool::Spool;

/// What is read.
const READ_HERE: &str =
    "application/json, application/x-ndjson, text/csv or multipart/form-data with file and mapping";

/// Bytes of a mapping.
const MAPPING_BYTES: usize = 64 * 1024;

/// Reads a batch.
///
/// # Errors
/// `too-large`, `timeout`, `unsupported-media-type`, `invalid-body`, and what the store says.
pub(super) async fn read(
    app: &App,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Upload, Problem> {
    let most = app.config.limits.batch_bytes as u64;
    if request.headers().contains_key(CONTENT_ENCODING) {
        let detail = "The body must not be compressed (Content-Encoding).";
        return Err(Problem::new(Kind::UnsupportedMediaType, detail));
    }
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    // A form has a little around its file.
    let slack = MAPPING_BYTES as u64 * 2;
    if announced.and_then(|value| value.parse::<u64>().ok()).unwrap_or(0) > most + slack {
        return Err(too_large(most));
    }
    let kind = body_type(request);
    let format = match &kind {
        BodyType::Json => Some(Format::Json),
        BodyType::Multipart => None,
        BodyType::Other(text) => {
            Some(format_of(text).ok_or_else(|| unsupported(&kind, READ_HERE))?)
        }
        BodyType::Form => return Err(unsupported(&kind, READ_HERE)),
    };
    let whole = async {
        match format {
            Some(format) => {
                let spool = app.store.spool().await?;
                let bytes = plain(payload, spool, most).await?;
                Ok(Upload { format, bytes: bytes.end().await?, mapping: String::new() })
            }
            None => form(app, request, payload, most).await,
        }
    };
    let time = Duration::from_secs(app.config.limits.batch_seconds);
    tokio::time::timeout(time, whole).await.unwrap_or_else(|_| {
        let detail = format!("The body did not arrive within {} seconds.", time.as_secs());
        Err(Problem::new(Kind::Timeout, detail))
    })
}

fn format_of(media_type: &str) -> Option<Format> {
    match media_type {
        "application/json" => Some(Format::Json),
        "application/x-ndjson" => Some(Format::Lines),
        "text/csv" => Some(Format::Csv),
        _ => None,
    }
}

fn too_large(most: u64) -> Problem {
    Problem::new(Kind::TooLarge, format!("A batch may have {most} bytes at most; send several."))
}

async fn plain(mut payload: Payload, mut spool: Spool, most: u64) -> Result<Spool, Problem> {
    while let Some(part) = payload.next().await {
        let part =
            part.map_err(|_| Problem::new(Kind::MalformedBody, "The body was cut short."))?;
        write(&mut spool, &part, most).await?;
    }
    Ok(spool)
}

async fn write(spool: &mut Spool, bytes: &[u8], most: u64) -> Result<(), Problem> {
    if spool.length() + bytes.len() as u64 > most {
        return Err(too_large(most));
    }
    Ok(spool.write(bytes).await?)
}

/// A form with the parts `file` and `mapping`. What the file is, its media type or its name says;
/// CSV if neither does.
async fn form(
    app: &App,
    request: &HttpRequest,
    payload: Payload,
    most: u64,
) -> Result<Upload, Problem> {
    let broken = |error: actix_multipart::MultipartError| {
        Problem::new(Kind::MalformedBody, format!("The form cannot be taken apart: {error}."))
    };
    let mut parts = Multipart::new(request.headers(), payload);
    let (mut file, mut mapping) = (None, None);
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(broken)?;
        let name = part.name().unwrap_or_default().to_owned();
        let twice = match name.as_str() {
            "file" => file.is_some(),
            "mapping" => mapping.is_some(),
            _ => {
                let shown: String = name.chars().take(60).collect();
                let detail = "there is no such part; there are file and mapping";
                return Err(Problem::invalid(&format!("/{shown}"), "unknown-member", detail));
            }
        };
        if twice {
            let detail = format!("The form has two parts called {name:?}.");
            return Err(Problem::new(Kind::DuplicateMember, detail));
        }
        if name == "file" {
            let said = part.content_type().map(|media_type| media_type.essence_str().to_owned());
            let disposition = part.content_disposition();
            let file_name = disposition.and_then(|one| one.get_filename()).unwrap_or_default();
            let format = said.as_deref().and_then(format_of).or_else(|| format_by_name(file_name));
            let mut spool = app.store.spool().await?;
            while let Some(bytes) = part.next().await {
                write(&mut spool, &bytes.map_err(broken)?, most).await?;
            }
            file = Some((format.unwrap_or(Format::Csv), spool.end().await?));
        } else {
            let mut text = Vec::new();
            while let Some(bytes) = part.next().await {
                text.extend_from_slice(&bytes.map_err(broken)?);
                if text.len() > MAPPING_BYTES {
                    return Err(too_large(MAPPING_BYTES as u64));
                }
            }
            let text = String::from_utf8(text);
            let not_utf8 = |_| Problem::invalid("/mapping", "not-utf-8", "not UTF-8 text");
            mapping = Some(text.map_err(not_utf8)?);
        }
    }
    let Some((format, bytes)) = file else {
        return Err(Problem::invalid("/file", "required", "the file is missing"));
    };
    Ok(Upload { format, bytes, mapping: mapping.unwrap_or_default() })
}

fn format_by_name(name: &str) -> Option<Format> {
    let (_, ending) = name.rsplit_once('.')?;
    match ending.to_ascii_lowercase().as_str() {
        "json" => Some(Format::Json),
        "ndjson" | "jsonl" => Some(Format::Lines),
        "csv" | "tsv" | "txt" => Some(Format::Csv),
        _ => None,
    }
}
