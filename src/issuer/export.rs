//! Everything that is kept about one person.

use serde_json::{Value, json};

use super::{Issuer, IssuerError};
use crate::domain::{AccountId, Assertion, AssertionId, Identity};
use crate::store::{AssertionFilter, FormKind, Page};

/// Awards that are read at once.
const AT_ONCE: usize = 200;

impl Issuer {
    /// Everything that an account keeps about the person who is known by one of these identities:
    /// each award as the API answers it, with why it was changed, its signed forms as they stand, and
    /// the badge class and issuer that it names, and the rows of batches about her. It can be read, and its signatures checked, without
    /// this service.
    ///
    /// # Errors
    /// What the store says.
    pub async fn export(
        &self,
        account: &AccountId,
        identities: &[Identity],
    ) -> Result<Value, IssuerError> {
        let (store, now) = (&self.0.store, self.0.clock.now());
        let mut awards: Vec<Assertion> = Vec::new();
        for identity in identities {
            let filter =
                AssertionFilter { recipient: Some(identity.clone()), ..AssertionFilter::default() };
            let mut page = Page::first(AT_ONCE);
            loop {
                let found = store.assertions(account, &filter, &page, now).await?;
                for award in found.items {
                    if !awards.iter().any(|known| known.id == award.value.id) {
                        awards.push(award.value);
                    }
                }
                match found.next {
                    Some(next) => page.after = Some(next),
                    None => break,
                }
            }
        }
        let ids: Vec<AssertionId> = awards.iter().map(|award| award.id.clone()).collect();
        let words: Vec<String> =
            identities.iter().map(|identity| identity.value.to_lowercase()).collect();
        let rows = self.exported_rows(account, &words, &ids).await?;
        let mut shown = Vec::with_capacity(awards.len());
        for award in awards {
            shown.push(self.exported(account, award).await?);
        }
        let person: Vec<Value> = identities
            .iter()
            .map(|one| json!({ "type": one.kind.as_str(), "value": one.value }))
            .collect();
        Ok(json!({
            "exportedAt": self.0.clock.now_to_the_second().to_string(),
            "service": self.0.urls.public_url(),
            "person": person,
            "assertions": shown,
            "rows": rows,
        }))
    }

    /// The rows of batches that speak of the person, or that made one of her awards.
    async fn exported_rows(
        &self,
        account: &AccountId,
        words: &[String],
        awards: &[AssertionId],
    ) -> Result<Vec<Value>, IssuerError> {
        let mut rows = Vec::new();
        let mut page = Page::first(AT_ONCE);
        loop {
            let found = self.0.store.rows_about(account, words, awards, &page).await?;
            // Of an erased row nothing is left to show.
            rows.extend(found.items.iter().filter(|row| !row.bytes.is_empty()).map(|row| {
                json!({
                    "batch": row.batch,
                    "row": row.number,
                    "text": String::from_utf8_lossy(&row.bytes),
                    "outcome": row.outcome.as_ref().map(|one| one.outcome.as_str()),
                })
            }));
            match found.next {
                Some(next) => page.after = Some(next),
                None => return Ok(rows),
            }
        }
    }

    async fn exported(&self, account: &AccountId, award: Assertion) -> Result<Value, IssuerError> {
        let store = &self.0.store;
        let answer = self.assertion_answer(account, &award).await?;
        let mut reasons = Vec::new();
        let mut page = Page::first(AT_ONCE);
        loop {
            let found = store.reasons(account, award.id.as_str(), &page).await?;
            reasons.extend(found.items.iter().map(|why| {
                json!({
                    "at": why.at.to_string(),
                    "action": why.action,
                    "reason": why.reason,
                    "publicReason": why.public_reason,
                })
            }));
            match found.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
        let mut forms = serde_json::Map::new();
        for kind in FormKind::SIGNED {
            if let Some(form) = store.form(account, &award.id, kind).await? {
                let text = String::from_utf8_lossy(&form.bytes).into_owned();
                let value = match kind {
                    FormKind::Ob3 => serde_json::from_str(&text).unwrap_or(Value::String(text)),
                    _ => Value::String(text),
                };
                forms.insert(kind.as_str().to_owned(), value);
            }
        }
        let around = self.award(account, &award.id).await?;
        Ok(json!({
            "assertion": answer,
            "reasons": reasons,
            "forms": forms,
            "badgeClass": self.badge_class_answer(&around.class),
            "issuer": self.issuer_answer(account, &around.issuer).await?,
        }))
    }
}
