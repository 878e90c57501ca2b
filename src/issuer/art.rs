//! The picture of a badge class in the format that is asked for: uploaded, converted or drawn. What
//! took work is kept in memory for a while.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Issuer, IssuerError};
use crate::art::{self, Subject};
use crate::domain::{BadgeClass, BadgeClassRef, ImageFormat, IssuerProfile};

/// Pictures kept in memory.
const KEPT: usize = 64;

/// A picture of a version of a badge class, which can change until it is published.
type Name = (BadgeClassRef, u64, ImageFormat);

/// Pictures that were made, the one used last at the end.
pub(super) type Drawn = Mutex<Vec<(Name, Arc<Vec<u8>>)>>;

impl Issuer {
    /// The picture of a badge class.
    ///
    /// # Errors
    /// What the store says of an uploaded one, or the renderer.
    pub async fn class_picture(
        &self,
        issuer: &IssuerProfile,
        class: &BadgeClass,
        format: ImageFormat,
    ) -> Result<Arc<Vec<u8>>, IssuerError> {
        let name = (class.reference(), class.revision, format);
        if let Some(known) = self.drawn(&name) {
            return Ok(known);
        }
        let uploaded = match &class.image {
            Some(image) => {
                let bytes = self.0.store.blobs().get(&image.sha256).await?;
                Some((image.format, bytes.ok_or(IssuerError::NotFound("image"))?))
            }
            None => None,
        };
        let (class_name, issuer_name) = (class.name.clone(), issuer.name.clone());
        let kind = class.badge_type.as_ref().map(|kind| kind.as_str().to_owned());
        let made = tokio::task::spawn_blocking(move || match uploaded {
            Some((given, bytes)) => convert(given, bytes, format),
            None => {
                let drawn = art::draw(&Subject {
                    name: &class_name,
                    issuer: &issuer_name,
                    kind: kind.as_deref(),
                    level: None,
                })?;
                Ok(match format {
                    ImageFormat::Png => drawn.png,
                    ImageFormat::Svg => drawn.svg.into_bytes(),
                })
            }
        });
        let made: Result<Vec<u8>, IssuerError> = made.await.map_err(|_| IssuerError::Worker)?;
        let picture = Arc::new(made?);
        let mut drawn = self.0.art.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.len() >= KEPT {
            drawn.remove(0);
        }
        drawn.push((name, Arc::clone(&picture)));
        Ok(picture)
    }

    fn drawn(&self, name: &Name) -> Option<Arc<Vec<u8>>> {
        let mut drawn = self.0.art.lock().unwrap_or_else(PoisonError::into_inner);
        let at = drawn.iter().position(|(known, _)| known == name)?;
        let entry = drawn.remove(at);
        let picture = Arc::clone(&entry.1);
        drawn.push(entry);
        Some(picture)
    }
}

/// An SVG becomes pixels; a PNG is set into an SVG as it is.
fn convert(
    given: ImageFormat,
    bytes: Vec<u8>,
    wanted: ImageFormat,
) -> Result<Vec<u8>, IssuerError> {
    match (given, wanted) {
        (ImageFormat::Svg, ImageFormat::Png) => Ok(art::rasterise(&bytes, art::SIDE)?),
        (ImageFormat::Png, ImageFormat::Svg) => {
            let side = art::SIDE;
            let data = STANDARD.encode(&bytes);
            Ok(format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\">\
                 <image width=\"{side}\" height=\"{side}\" href=\"data:image/png;base64,{data}\"/>\
                 </svg>"
            )
            .into_bytes())
        }
        _ => Ok(bytes),
    }
}
