//! Answers the verifier for our own URLs, and for badges of ours whose key is compromised: from the
//! store, never over the network.

use std::future::Future;
use std::pin::Pin;

use url::Url;

use super::{Issuer, IssuerError};
use crate::resolve::{Kind, OwnAnswer, OwnDocuments, OwnIssuance};
use crate::store::KeyLife;
use crate::urls::{BadgeForm, OwnDid, Published};

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

    fn issued<'a>(
        &'a self,
        method: &'a str,
        sha256: &'a str,
    ) -> Pin<Box<dyn Future<Output = Option<OwnIssuance>> + Send + 'a>> {
        Box::pin(async move {
            match self.on_record(method, sha256).await {
                Ok(found) => found,
                Err(IssuerError::NotFound(_)) => None,
                Err(error) => {
                    tracing::error!(%error, method, "the issuance record cannot be read");
                    None
                }
            }
        })
    }
}

impl Issuer {
    /// What a compromised key named `method` signed before, if it is the text with this digest.
    async fn on_record(
        &self,
        method: &str,
        sha256: &str,
    ) -> Result<Option<OwnIssuance>, IssuerError> {
        let did = method.split('#').next().unwrap_or(method);
        let (slug, number) = match (self.urls().read_did(did), self.urls().read(method)) {
            (Some(OwnDid::Issuer(slug)), _) => (slug, None),
            (_, Some(Published::Ob2Key(slug, number))) => (slug, Some(number)),
            _ => return Ok(None),
        };
        let (account, _, ring) = self.known(&slug).await?;
        let Some(noted) = self.store().issuance(&account, sha256).await? else { return Ok(None) };
        let Some(key) = ring.by_id(&noted.key) else { return Ok(None) };
        let named = match number {
            Some(number) => key.record.number == number,
            None => key.method(did) == method || key.jwt_method(did) == method,
        };
        Ok(match key.record.life {
            KeyLife::Compromised(since) if named && noted.at < since => Some(OwnIssuance {
                key: key.record.public.clone(),
                at: noted.at,
                compromised: since,
            }),
            _ => None,
        })
    }

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
