//! Pictures that platforms send: checked, made safe, kept under their digest.

use super::{Done, Issuer, IssuerError, Mandate};
use crate::baking::ImageKind;
use crate::baking::upload::{self, Picture};
use crate::domain::{AccountId, Image, ImageDraft, ImageFormat, ImageId};
use crate::store::UploadedImage;

impl Issuer {
    /// Keeps an uploaded picture under an id of its own. `alt` is what a person who cannot see it
    /// should read.
    ///
    /// # Errors
    /// [`IssuerError::Invalid`] for a picture that is none, and what the store says.
    pub async fn upload_image(
        &self,
        mandate: &Mandate<'_>,
        bytes: Vec<u8>,
        alt: String,
    ) -> Result<Done<UploadedImage>, IssuerError> {
        let (image, length) = self.keep_picture("/image", bytes, alt).await?;
        let uploaded = UploadedImage {
            id: ImageId::random(&self.0.random),
            image,
            length,
            created_at: self.0.clock.now_to_the_second(),
        };
        let Image { sha256, format, alt } = &uploaded.image;
        let answer = serde_json::json!({
            "id": uploaded.id.as_str(),
            "url": self.0.urls.image(sha256, *format),
            "mediaType": format.media_type(),
            "alt": alt,
            "bytes": length,
            "sha256": sha256,
        });
        let mut tx = self.0.store.begin(mandate.account);
        tx.insert_image(&uploaded);
        let noted = super::mandate::Noted {
            kind: "image.uploaded",
            subject: uploaded.id.as_str(),
            answer: &answer,
            detail: serde_json::json!({ "sha256": uploaded.image.sha256 }),
        };
        self.note(&mut tx, mandate, &noted)?;
        tx.commit().await?;
        Ok(Done { value: uploaded, answer })
    }

    /// The picture that was asked for; one that came along is kept. Without a text for people who
    /// cannot see it, it is called after `name`.
    pub(super) async fn take_picture(
        &self,
        account: &AccountId,
        draft: ImageDraft,
        name: &str,
    ) -> Result<Image, IssuerError> {
        match draft {
            ImageDraft::Uploaded(id) => match self.0.store.image(account, &id).await? {
                Some(uploaded) => Ok(uploaded.image),
                None => Err(IssuerError::invalid(
                    "/image",
                    "unknown-image",
                    "there is no such image in this account",
                )),
            },
            ImageDraft::Inline { bytes, alt, .. } => {
                let alt = alt.unwrap_or_else(|| name.to_owned());
                Ok(self.keep_picture("/image", bytes, alt).await?.0)
            }
        }
    }

    async fn keep_picture(
        &self,
        pointer: &str,
        bytes: Vec<u8>,
        alt: String,
    ) -> Result<(Image, u64), IssuerError> {
        let accepted = tokio::task::spawn_blocking(move || upload::accept(&bytes));
        let accepted = accepted.await.map_err(|_| IssuerError::Worker)?;
        let Picture { kind, bytes, .. } = accepted
            .map_err(|error| IssuerError::invalid(pointer, "bad-image", error.to_string()))?;
        let format = match kind {
            ImageKind::Png => ImageFormat::Png,
            ImageKind::Svg => ImageFormat::Svg,
        };
        let length = bytes.len() as u64;
        let sha256 = self.0.store.blobs().put(bytes).await?;
        Ok((Image { sha256, format, alt }, length))
    }
}
