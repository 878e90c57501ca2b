//! Addresses that are told what happens.

use jiff::Timestamp;

use super::backend::{Batch, Version};
use super::keyspace::{TIME_BYTES, of, shared};
use super::page::{Page, Paged, tail};
use super::record::{Versioned, encode};
use super::shape::shape;
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, WebUrl, WebhookId};

/// Where the webhooks of an account are listed.
pub(super) const WEBHOOKS: &str = "whkn";

/// An address that is told what happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its identifier.
    pub id: WebhookId,
    /// Where messages go.
    pub url: WebUrl,
    /// What people call it.
    pub label: Option<String>,
    /// Types of events, or `word.*`; none means every event.
    pub events: Vec<String>,
    /// When it was made. It is told what happened since.
    pub created_at: Timestamp,
    /// When the first of the attempts failed that have all failed since.
    pub failing_since: Option<Timestamp>,
    /// Why it is told nothing any more.
    pub disabled: Option<Disabled>,
}
shape!(Webhook {
    id: "id",
    url: "url",
    label: "label",
    events: "events",
    created_at: "createdAt",
    failing_since: "failingSince",
    disabled: "disabled",
});

/// Why a webhook is told nothing any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disabled {
    /// Since when.
    pub at: Timestamp,
    /// Why, in a sentence.
    pub reason: String,
}
shape!(Disabled { at: "at", reason: "reason" });

impl Webhook {
    /// Whether it is told of an event of this type, made at this time.
    pub fn wants(&self, kind: &str, at: Timestamp) -> bool {
        let fits = |filter: &String| match filter.strip_suffix('*') {
            Some(front) => kind.starts_with(front),
            None => kind == filter,
        };
        self.disabled.is_none()
            && at >= self.created_at
            && (self.events.is_empty() || self.events.iter().any(fits))
    }
}

impl Store {
    /// A webhook of `account`.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn webhook(
        &self,
        account: &AccountId,
        id: &WebhookId,
    ) -> Result<Option<Versioned<Webhook>>, StoreError> {
        self.read(&of(account, "whk").id(id.as_str())).await
    }

    /// The webhooks of `account`, oldest first.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn webhooks(
        &self,
        account: &AccountId,
        page: &Page,
    ) -> Result<Paged<Versioned<Webhook>>, StoreError> {
        let place = of(account, WEBHOOKS);
        let listed = self.page_of(&place, page).await?;
        let mut items = Vec::with_capacity(listed.items.len());
        for (key, _) in &listed.items {
            let id = tail(&place, key).get(TIME_BYTES..).unwrap_or_default();
            let id = String::from_utf8_lossy(id);
            items.extend(self.read(&of(account, "whk").id(&id)).await?);
        }
        Ok(Paged { items, next: listed.next })
    }

    /// Marks what a webhook that is gone left behind, to be removed by
    /// [`purge_webhooks`](Self::purge_webhooks).
    ///
    /// # Errors
    /// As [`Backend::commit`](super::backend::Backend::commit).
    pub async fn forget_webhook(
        &self,
        account: &AccountId,
        id: &WebhookId,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.put(shared("purge").id(id.as_str()), encode(account));
        self.backend().commit(batch).await.map(|_| ())
    }
}

impl Transaction<'_> {
    /// Adds a webhook.
    pub fn insert_webhook(&mut self, webhook: &Webhook) {
        let (account, id) = (self.account.clone(), webhook.id.as_str());
        self.own(id);
        self.insert(of(&account, "whk").id(id), webhook);
        self.mark(of(&account, WEBHOOKS).oldest_first(webhook.created_at).id(id));
    }

    /// Changes a webhook that was read at `version`.
    pub fn update_webhook(&mut self, version: Version, webhook: &Webhook) {
        self.replace(of(&self.account, "whk").id(webhook.id.as_str()), version, webhook);
    }

    /// Removes a webhook that was read at `version`. Its deliveries go by and by.
    pub fn remove_webhook(&mut self, version: Version, webhook: &Webhook) {
        let (account, id) = (self.account.clone(), webhook.id.as_str());
        let key = of(&account, "whk").id(id);
        self.expect_version(key.clone(), version);
        self.delete(key);
        self.delete(of(&account, WEBHOOKS).oldest_first(webhook.created_at).id(id));
        self.delete(shared("own").id(id));
        self.put(shared("purge").id(id), &account);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::store::samples::{account, at, each_store};
    use crate::world::Random;

    pub(in crate::store) fn webhook(number: u64) -> Webhook {
        Webhook {
            id: WebhookId::random(&Random::seeded(number)),
            url: WebUrl::parse("https://consumer.example/in").unwrap(),
            label: Some("CRM".to_owned()),
            events: vec!["assertion.*".to_owned()],
            created_at: at("2026-11-22T00:00:00Z"),
            failing_since: None,
            disabled: None,
        }
    }

    #[test]
    fn a_webhook_hears_what_it_asked_for_since_it_was_made() {
        let mut hook = webhook(1);
        let now = hook.created_at;
        assert!(hook.wants("assertion.issued", now));
        assert!(!hook.wants("issuer.created", now));
        assert!(!hook.wants("assertion.issued", at("2026-11-21T23:59:59Z")));
        hook.events = vec!["issuer.created".to_owned()];
        assert!(hook.wants("issuer.created", now) && !hook.wants("issuer.created-not", now));
        hook.events.clear();
        assert!(hook.wants("anything.at.all", now));
        hook.disabled = Some(Disabled { at: now, reason: "410".to_owned() });
        assert!(!hook.wants("anything.at.all", now));
    }

    #[tokio::test]
    async fn webhooks_are_made_listed_changed_and_removed_in_their_account() {
        each_store(async |store| {
            let (ours, theirs) = (account(1), account(2));
            for number in [1, 2] {
                let mut tx = store.begin(&ours);
                tx.insert_webhook(&webhook(number));
                tx.commit().await.unwrap();
            }
            let found = store.webhook(&ours, &webhook(1).id).await.unwrap().unwrap();
            assert_eq!(found.value, webhook(1));
            assert_eq!(store.webhook(&theirs, &webhook(1).id).await.unwrap(), None);
            assert_eq!(store.webhooks(&ours, &Page::first(9)).await.unwrap().items.len(), 2);

            let reason = "gone".to_owned();
            let changed = Webhook {
                disabled: Some(Disabled { at: at("2026-11-23T00:00:00Z"), reason }),
                ..found.value.clone()
            };
            let mut tx = store.begin(&ours);
            tx.update_webhook(found.version, &changed);
            let version = tx.commit().await.unwrap();
            let mut tx = store.begin(&ours);
            tx.remove_webhook(found.version, &changed);
            let refused = tx.commit().await.unwrap_err();
            assert!(matches!(refused, StoreError::Conflict { .. }), "{refused}");
            let mut tx = store.begin(&ours);
            tx.remove_webhook(version, &changed);
            tx.commit().await.unwrap();
            assert_eq!(store.owner_of(changed.id.as_str()).await.unwrap(), None);
            let left = store.webhooks(&ours, &Page::first(9)).await.unwrap().items;
            assert_eq!(left.len(), 1);
            assert_eq!(left[0].value, webhook(2));
        })
        .await;
    }
}
