//! Uploaded pictures. Their bytes lie in [`Blobs`](super::blobs::Blobs) under `image.sha256`.

use jiff::Timestamp;

use super::keyspace::of;
use super::shape::shape;
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, Image, ImageId};

/// A picture that a platform uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadedImage {
    /// Its identifier.
    pub id: ImageId,
    /// What it is.
    pub image: Image,
    /// Its size in bytes.
    pub length: u64,
    /// When it was uploaded.
    pub created_at: Timestamp,
}
shape!(UploadedImage { id: "id", image: "image", length: "length", created_at: "createdAt" });

impl Store {
    /// A picture of `account`.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn image(
        &self,
        account: &AccountId,
        id: &ImageId,
    ) -> Result<Option<UploadedImage>, StoreError> {
        Ok(self.read(&of(account, "img").id(id.as_str())).await?.map(|found| found.value))
    }
}

impl Transaction<'_> {
    /// Adds a picture whose bytes have been put into the blobs.
    pub fn insert_image(&mut self, image: &UploadedImage) {
        self.own(image.id.as_str());
        self.insert(of(&self.account, "img").id(image.id.as_str()), image);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ImageFormat;
    use crate::store::samples::{account, at, each_store};
    use crate::world::Random;

    #[tokio::test]
    async fn a_picture_belongs_to_its_account() {
        each_store(async |store| {
            let sha256 = store.blobs().put(b"<svg/>".to_vec()).await.unwrap();
            let image = UploadedImage {
                id: ImageId::random(&Random::seeded(1)),
                image: Image { sha256, format: ImageFormat::Svg, alt: "A wave".to_owned() },
                length: 6,
                created_at: at("2026-11-22T00:00:00Z"),
            };
            let mut tx = store.begin(&account(1));
            tx.insert_image(&image);
            tx.commit().await.unwrap();
            assert_eq!(store.image(&account(1), &image.id).await.unwrap(), Some(image.clone()));
            assert_eq!(store.image(&account(2), &image.id).await.unwrap(), None);
        })
        .await;
    }
}
