//! Answers the verifier for our own URLs: from the store, never over the network.

use std::future::Future;
use std::pin::Pin;

use url::Url;

use super::{Issuer, IssuerError};
use crate::resolve::{Kind, OwnAnswer, OwnDocuments};
use crate::urls::{BadgeForm, Published};

impl OwnDocuments for Issuer {
    fn own<'a>(
        &'a self,
        url: &'a Url,
        kind: Kind,
    ) -> Pin<Box<dyn Future<Output = Option<OwnAnswer>> + Send + 'a>> {
        Box::pin(async move {
            if !self.urls().is_own(url.as_str()) {
                return None;
            }
            Some(self.answer(url, kind).await)
        })
    }
}

impl Issuer {
    async fn answer(&self, url: &Url, kind: Kind) -> OwnAnswer {
        let nothing = |status: u16| OwnAnswer {
            status,
            content_type: "application/problem+json".to_owned(),
            bytes: Vec::new(),
        };
        let Some(mut named) = self.urls().read(url.as_str()) else { return nothing(404) };
        // The badge link answers by `Accept`; who asks for a picture gets one.
        if let (Published::Badge(_, form @ None), Kind::Image) = (&mut named, kind) {
            *form = Some(BadgeForm::Png);
        }
        match self.document(&named).await {
            Ok(document) => OwnAnswer {
                status: document.status,
                content_type: document.content_type.to_owned(),
                bytes: document.bytes,
            },
            Err(IssuerError::NotFound(_) | IssuerError::NoForm(_)) => nothing(404),
            Err(error) => {
                tracing::error!(%error, %url, "a document of our own cannot be read");
                nothing(500)
            }
        }
    }
}
