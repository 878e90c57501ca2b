//! `image` of a body: the id of an uploaded one, a data URI, or an object with one of them and the
//! text for people who cannot see it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::SHORT_LENGTH;
use super::body::Body;
use crate::domain::{ImageDraft, ImageFormat, ImageId, Invalid, Problems};
use crate::json::Value;

/// Most bytes of a picture.
const IMAGE_BYTES: usize = 2 * 1024 * 1024;

pub(super) fn image(body: &Body<'_, '_>, problems: &mut Problems) -> Option<ImageDraft> {
    let value = body.get("image")?;
    let place = body.at("image");
    if let Some(text) = value.as_str() {
        return problems.take(&place, reference(text, None));
    }
    if !matches!(value, Value::Object(_)) {
        let detail = format!("expected a string or an object, found {}", value.kind());
        problems.add(place, "bad-image", detail);
        return None;
    }
    let object = Body::open(value, place, &["id", "data", "alt"], problems)?;
    let alt = object.text("alt", SHORT_LENGTH, problems);
    let name = if object.get("data").is_some() { "data" } else { "id" };
    object.require(name, problems);
    object.parsed(name, problems, |text| reference(text, alt))
}

fn reference(text: &str, alt: Option<String>) -> Result<ImageDraft, Invalid> {
    let bad = |detail: &str| Invalid::new("bad-image", detail);
    if text.starts_with(ImageId::PREFIX) {
        return ImageId::parse(text).map(ImageDraft::Uploaded);
    }
    let Some(data) = text.strip_prefix("data:") else {
        return Err(bad("use the id of an uploaded image (img_…) or a data URI"));
    };
    let formats = [ImageFormat::Png, ImageFormat::Svg];
    let found = formats.into_iter().find_map(|format| {
        let rest = data.strip_prefix(format.media_type())?;
        Some((format, rest.strip_prefix(";base64,")?))
    });
    let Some((format, encoded)) = found else {
        return Err(bad(
            "use data:image/png;base64, or data:image/svg+xml;base64, and the encoded picture",
        ));
    };
    if encoded.len() / 4 * 3 > IMAGE_BYTES + 3 {
        return Err(Invalid::new("too-large", "a picture of more than 2 MiB"));
    }
    let bytes = STANDARD.decode(encoded).map_err(|_| bad("the data URI is no valid base64"))?;
    Ok(ImageDraft::Inline { format, bytes, alt })
}
