//! Erases a person: of her awards only digests and status are left.

use serde_json::{Value, json};
use uuid::Uuid;

use super::mandate::Noted;
use super::{Issuer, IssuerError, Mandate};
use crate::domain::{
    Assertion, AssertionId, AssertionState, Change, Identity, Recipient, Visibility,
};
use crate::store::{AssertionFilter, Page, Revocation, StoreError, Versioned, retried};

/// Awards that are looked for at once.
const AT_ONCE: usize = 100;

/// What was erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// The awards of which only digests and status are left.
    pub assertions: Vec<AssertionId>,
    /// Answers to former requests that spoke of the person.
    pub answers: usize,
    /// Rows of batches that were about the person.
    pub rows: usize,
    /// Messages to the person: those that had not left, and files of those that had.
    pub mails: usize,
}

impl Erased {
    /// The same as API and command line answer it.
    pub fn answer(&self) -> Value {
        json!({
            "assertions": self.assertions.iter().map(AssertionId::as_str).collect::<Vec<_>>(),
            "answers": self.answers,
            "rows": self.rows,
            "mails": self.mails,
        })
    }
}

impl Issuer {
    /// Erases all awards of the person who is known by one of these identities. Their ids, places in
    /// status lists, badge class and dates of award stay, with the digests of what was signed; every
    /// form, name, address, result, piece of evidence and reason goes. They are private from then
    /// on, and can still be revoked. Repeating it erases what has come since.
    ///
    /// What was erased leaves the disk with the next compaction of the store.
    ///
    /// # Errors
    /// What the store says. What was erased before then stays erased.
    pub async fn erase(
        &self,
        mandate: &Mandate<'_>,
        identities: &[Identity],
    ) -> Result<Erased, IssuerError> {
        let store = &self.0.store;
        let now = self.0.clock.now();
        let mut erased = Erased::default();
        for identity in identities {
            let filter =
                AssertionFilter { recipient: Some(identity.clone()), ..AssertionFilter::default() };
            loop {
                // What was erased is listed under nobody: the first page is always the next one.
                let page = Page::first(AT_ONCE);
                let found = store.assertions(mandate.account, &filter, &page, now).await?;
                if found.items.is_empty() {
                    break;
                }
                for award in found.items {
                    let id = award.value.id;
                    erased.mails += self.erase_one(mandate, &id).await?;
                    erased.assertions.push(id);
                }
            }
        }
        let words: Vec<String> =
            identities.iter().map(|identity| identity.value.to_lowercase()).collect();
        erased.rows = self.erase_rows(mandate, &words, &erased.assertions).await?;
        erased.answers = self.erase_answers(mandate, &words).await?;
        Ok(erased)
    }

    /// Gives how many messages went.
    async fn erase_one(
        &self,
        mandate: &Mandate<'_>,
        id: &AssertionId,
    ) -> Result<usize, IssuerError> {
        // The files first: after the award they would not be looked for by another run.
        let unreadable = |error: std::io::Error| StoreError::Blob {
            name: "mail".to_owned(),
            what: error.to_string(),
        };
        let files = self.0.mailer.forget(id).await.map_err(unreadable)?;
        let records = retried(async || {
            let found = self.0.store.assertion(mandate.account, id).await?;
            let found = found.ok_or(IssuerError::NotFound("assertion"))?;
            self.try_erase(mandate, &found).await
        });
        Ok(files + records.await?)
    }

    async fn try_erase(
        &self,
        mandate: &Mandate<'_>,
        found: &Versioned<Assertion>,
    ) -> Result<usize, IssuerError> {
        let (store, before) = (&self.0.store, &found.value);
        let now = self.0.clock.now_to_the_second();
        let after = remains(before, now);
        let answer = self.assertion_answer(mandate.account, &after).await?;
        let reasons = store.reason_keys(mandate.account, before.id.as_str()).await?;
        let mails = store.mails_about(mandate.account, &before.id).await?;
        let links = store.holder_links(mandate.account, &before.id).await?;
        let mut tx = store.begin(mandate.account);
        tx.update_assertion(found.version, before, &after);
        tx.drop_holder_links(&links);
        mails.iter().for_each(|mail| tx.drop_mail(mail));
        tx.drop_forms(&before.id);
        tx.drop_reasons(reasons);
        let reason = match &before.state {
            AssertionState::Active => None,
            AssertionState::Suspended(_) => Some(Some("suspended".to_owned())),
            AssertionState::Revoked(_) => Some(None),
        };
        if let Some(reason) = reason {
            let (assertion, uuid) = (before.id.clone(), before.uuid);
            tx.put_revocation(&before.issuer, &Revocation { assertion, uuid, reason, at: now });
        }
        let noted = Noted {
            kind: "assertion.erased",
            subject: before.id.as_str(),
            answer: &answer,
            detail: Value::Null,
        };
        self.note(&mut tx, mandate, &noted)?;
        tx.commit().await?;
        Ok(mails.len())
    }

    /// Empties the rows of batches that speak of a person, or whose award was erased.
    async fn erase_rows(
        &self,
        mandate: &Mandate<'_>,
        words: &[String],
        awards: &[AssertionId],
    ) -> Result<usize, IssuerError> {
        let store = &self.0.store;
        let mut changed = 0;
        let mut page = Page::first(AT_ONCE);
        loop {
            let found = store.rows_about(mandate.account, words, awards, &page).await?;
            for row in found.items {
                changed += usize::from(store.erase_row(row).await?);
            }
            match found.next {
                Some(next) => page.after = Some(next),
                None => return Ok(changed),
            }
        }
    }

    /// Takes a person out of the answers that are kept for requests that are sent again: what is
    /// left of the award takes the place of each. So go those that tell of an award that was erased
    /// before, by a run that ended in between.
    async fn erase_answers(
        &self,
        mandate: &Mandate<'_>,
        words: &[String],
    ) -> Result<usize, IssuerError> {
        let store = &self.0.store;
        let mut changed = 0;
        let mut page = Page::first(AT_ONCE);
        loop {
            let found = store.kept_answers(mandate.account, &page).await?;
            for kept in found.items {
                let left = self.what_is_left(mandate, &kept.answer.body).await?;
                let text = String::from_utf8_lossy(&kept.answer.body).to_lowercase();
                let body = match left {
                    Some(left) => left,
                    None if words.iter().any(|word| text.contains(word)) => {
                        json!({ "erased": true }).to_string().into()
                    }
                    None => continue,
                };
                changed += usize::from(store.replace_answer(kept, body).await?);
            }
            match found.next {
                Some(next) => page.after = Some(next),
                None => return Ok(changed),
            }
        }
    }

    /// What an answer says after the award that it tells of was erased; `None` if it was not.
    async fn what_is_left(
        &self,
        mandate: &Mandate<'_>,
        body: &[u8],
    ) -> Result<Option<Vec<u8>>, IssuerError> {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let id = body.get("id").and_then(Value::as_str).map(AssertionId::parse);
        let Some(Ok(id)) = id else { return Ok(None) };
        let found = self.0.store.assertion(mandate.account, &id).await?;
        let Some(found) = found.filter(|found| found.value.erased_at.is_some()) else {
            return Ok(None);
        };
        let answer = self.assertion_answer(mandate.account, &found.value).await?;
        Ok(Some(answer.to_string().into_bytes()))
    }
}

/// Refuses an award of which next to nothing is left.
pub(super) fn not_erased(award: &Assertion) -> Result<(), IssuerError> {
    match award.erased_at {
        Some(_) => Err(IssuerError::Erased(award.id.clone())),
        None => Ok(()),
    }
}

/// What is left of an award.
fn remains(before: &Assertion, now: jiff::Timestamp) -> Assertion {
    let silent =
        |change: &Change| Change { at: change.at, reason: String::new(), public_reason: None };
    Assertion {
        subject_uuid: Uuid::nil(),
        recipient: Recipient {
            identities: Vec::new(),
            name: None,
            name_public: false,
            hashed: true,
            salt: String::new(),
        },
        evidence: Vec::new(),
        results: Vec::new(),
        narrative: None,
        role: None,
        term: None,
        activity_start: None,
        activity_end: None,
        credits_earned: None,
        source: None,
        license_number: None,
        // Its digest goes on to lead here, so that a row that is sent again makes no new award.
        external_id: None,
        visibility: Visibility::Private,
        state: match &before.state {
            AssertionState::Active => AssertionState::Active,
            AssertionState::Suspended(change) => AssertionState::Suspended(silent(change)),
            AssertionState::Revoked(change) => AssertionState::Revoked(silent(change)),
        },
        correction: None,
        erased_at: Some(now),
        revision: before.revision.saturating_add(1),
        ..before.clone()
    }
}
