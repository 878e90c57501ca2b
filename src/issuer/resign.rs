//! The awards that a key touched, and signing them anew with its successor.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::reissue::Edition;
use super::{Issuer, IssuerError, Mandate};
use crate::domain::{AccountId, Assertion, AssertionId, IssuerId, KeyId};
use crate::store::{FormKind, KeyLife, Page, Paged, Versioned, retried};
use crate::urls::Urls;

/// An award of which a key has signed forms.
#[derive(Clone, Debug, PartialEq)]
pub struct Touched {
    /// The award.
    pub assertion: Assertion,
    /// Its forms that still stand with that key's signature; none when it was signed anew.
    pub forms: Vec<FormKind>,
}

/// What signing anew came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resigned {
    /// Awards that were signed anew.
    pub resigned: Vec<AssertionId>,
    /// Awards that were not, and why.
    pub failed: Vec<(AssertionId, String)>,
    /// Where to go on; `None` at the end.
    pub next: Option<String>,
}

impl Touched {
    /// The same as API and command line answer it, with the award's state at `now`.
    pub fn answer(&self, urls: &Urls, now: Timestamp) -> Value {
        let Self { assertion, forms } = self;
        let forms: Vec<&str> = forms.iter().copied().map(FormKind::as_str).collect();
        let mut answer = json!({
            "id": assertion.id.as_str(),
            "url": urls.badge(&assertion.id),
            "state": assertion.state_word(now),
            "forms": forms,
        });
        if let (Some(external), Some(members)) = (&assertion.external_id, answer.as_object_mut()) {
            members.insert("externalId".to_owned(), json!(external));
        }
        answer
    }
}

impl Resigned {
    /// The same as API and command line answer it.
    pub fn answer(&self) -> Value {
        let failed =
            |(id, why): &(AssertionId, String)| json!({ "id": id.as_str(), "detail": why });
        json!({
            "resigned": self.resigned.iter().map(AssertionId::as_str).collect::<Vec<_>>(),
            "failed": self.failed.iter().map(failed).collect::<Vec<_>>(),
            "nextCursor": self.next,
        })
    }
}

impl Issuer {
    /// The awards of which a key of an issuer has ever signed a form, a page at a time.
    ///
    /// # Errors
    /// [`IssuerError::NotFound`], and what the store says.
    pub async fn touched(
        &self,
        account: &AccountId,
        issuer: &IssuerId,
        key: &KeyId,
        page: &Page,
    ) -> Result<Paged<Touched>, IssuerError> {
        let ring = self.key_ring(account, issuer).await?;
        ring.by_id(key).ok_or(IssuerError::NotFound("key"))?;
        let found = self.0.store.signed_by(account, key, page).await?;
        let mut items = Vec::with_capacity(found.items.len());
        for id in &found.items {
            let Some(award) = self.0.store.assertion(account, id).await? else { continue };
            let forms = self.forms_of(account, id, key).await?;
            items.push(Touched { assertion: award.value, forms });
        }
        Ok(Paged { items, next: found.next })
    }

    /// Signs anew, with the keys that sign now, what a retired or compromised key signed: one page of
    /// its awards. What the awards say stays; every form is made anew. An award that was signed anew
    /// before is passed over, so that this can be repeated and gone on with at any time.
    ///
    /// # Errors
    /// [`IssuerError::StillSigns`], [`IssuerError::NotFound`], and what the
    /// store says. What is wrong with one award is told in the result.
    pub async fn resign(
        &self,
        mandate: &Mandate<'_>,
        issuer: &IssuerId,
        key: &KeyId,
        page: &Page,
    ) -> Result<Resigned, IssuerError> {
        let account = mandate.account;
        let ring = self.key_ring(account, issuer).await?;
        let kept = ring.by_id(key).ok_or(IssuerError::NotFound("key"))?;
        if kept.record.life == KeyLife::Active {
            return Err(IssuerError::StillSigns(key.clone()));
        }
        let found = self.0.store.signed_by(account, key, page).await?;
        let mut outcome = Resigned { next: found.next, ..Resigned::default() };
        for id in found.items {
            match self.resign_one(mandate, &id, key).await {
                Ok(true) => outcome.resigned.push(id),
                Ok(false) => {}
                Err(error @ (IssuerError::Preflight(_) | IssuerError::Invalid(_))) => {
                    outcome.failed.push((id, error.to_string()));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(outcome)
    }

    async fn resign_one(
        &self,
        mandate: &Mandate<'_>,
        id: &AssertionId,
        key: &KeyId,
    ) -> Result<bool, IssuerError> {
        retried(async || {
            let Some(found) = self.0.store.assertion(mandate.account, id).await? else {
                return Ok(false);
            };
            if self.forms_of(mandate.account, id, key).await?.is_empty() {
                return Ok(false);
            }
            self.sign_anew(mandate, &found, key).await.map(|()| true)
        })
        .await
    }

    async fn sign_anew(
        &self,
        mandate: &Mandate<'_>,
        found: &Versioned<Assertion>,
        key: &KeyId,
    ) -> Result<(), IssuerError> {
        let edition = Edition { kind: "assertion.resigned", checked: false };
        let detail = json!({ "formerKey": key.as_str() });
        let after = found.value.clone();
        self.new_edition(mandate, found, after, &edition, detail).await.map(|_| ())
    }

    /// The forms of an award that stand with a key's signature.
    async fn forms_of(
        &self,
        account: &AccountId,
        id: &AssertionId,
        key: &KeyId,
    ) -> Result<Vec<FormKind>, IssuerError> {
        let mut forms = Vec::new();
        for kind in FormKind::SIGNED {
            let form = self.0.store.form(account, id, kind).await?;
            if form.is_some_and(|form| form.key.as_ref() == Some(key)) {
                forms.push(kind);
            }
        }
        Ok(forms)
    }
}
