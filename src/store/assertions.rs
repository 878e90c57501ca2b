//! Assertions and the lists they stand in.

use jiff::Timestamp;

use super::backend::{Key, Version};
use super::keyspace::{Place, TIME_BYTES, of, time_of_newest_first};
use super::page::{self, Page, Paged, tail};
use super::record::Versioned;
use super::{Store, StoreError, Transaction};
use crate::domain::{
    AccountId, Assertion, AssertionId, AssertionState, BadgeClassId, Identity, IssuerId,
};

/// Most records one call of a filtered list looks at.
const LOOKS_AT_MOST: usize = 5000;

/// Which assertions are wanted; all of what is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssertionFilter {
    /// Of this badge class, whatever the version.
    pub badge_class: Option<BadgeClassId>,
    /// By this issuer.
    pub issuer: Option<IssuerId>,
    /// To the person known by this (in its normal form).
    pub recipient: Option<Identity>,
    /// In this state at the time of asking: `active`, `suspended`, `revoked`, `expired` or
    /// `notYetValid` (see [`Assertion::state_word`]).
    pub state: Option<String>,
    /// Minted at this time or later.
    pub since: Option<Timestamp>,
    /// With this identifier of the platform's.
    pub external_id: Option<String>,
}

impl AssertionFilter {
    fn holds(&self, assertion: &Assertion, now: Timestamp) -> bool {
        let agrees = |wanted: Option<bool>| wanted.unwrap_or(true);
        agrees(self.badge_class.as_ref().map(|id| assertion.badge_class.id == *id))
            && agrees(self.issuer.as_ref().map(|id| assertion.issuer == *id))
            && agrees(
                self.recipient.as_ref().map(|one| {
                    assertion.recipient.identities.iter().any(|identity| identity == one)
                }),
            )
            && agrees(self.state.as_ref().map(|word| assertion.state_word(now) == word))
            && agrees(self.since.map(|since| assertion.created_at >= since))
            && agrees(
                self.external_id.as_ref().map(|id| assertion.external_id.as_ref() == Some(id)),
            )
    }

    /// The shortest list that holds all that is wanted.
    fn place(&self, account: &AccountId) -> Place {
        if let Some(identity) = &self.recipient {
            return by_recipient(account, identity);
        }
        if let Some(word @ ("revoked" | "suspended")) = self.state.as_deref() {
            return of(account, "ass").text(word);
        }
        match (&self.badge_class, &self.issuer) {
            (Some(class), _) => of(account, "asb").text(class.as_str()),
            (None, Some(issuer)) => of(account, "asi").text(issuer.as_str()),
            (None, None) => of(account, "asn"),
        }
    }
}

impl Store {
    /// An assertion of `account`.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn assertion(
        &self,
        account: &AccountId,
        id: &AssertionId,
    ) -> Result<Option<Versioned<Assertion>>, StoreError> {
        self.read(&of(account, "as").id(id.as_str())).await
    }

    /// An assertion by its public id alone, with the account that owns it.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn find_assertion(
        &self,
        id: &AssertionId,
    ) -> Result<Option<(AccountId, Versioned<Assertion>)>, StoreError> {
        let Some(account) = self.owner_of(id.as_str()).await? else { return Ok(None) };
        let found = self.assertion(&account, id).await?;
        Ok(found.map(|assertion| (account, assertion)))
    }

    /// The assertion of `account` that the platform calls `external_id`.
    ///
    /// # Errors
    /// As [`Backend::get`](super::backend::Backend::get).
    pub async fn assertion_by_external_id(
        &self,
        account: &AccountId,
        external_id: &str,
    ) -> Result<Option<Versioned<Assertion>>, StoreError> {
        let found = self.read(&external(account, external_id)).await?;
        match found {
            Some(Versioned { value: id, .. }) => self.assertion(account, &id).await,
            None => Ok(None),
        }
    }

    /// The assertions of `account` that `filter` asks for, newest first. Looks at 5,000 records at
    /// most: a page may be short and still have a next one.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn assertions(
        &self,
        account: &AccountId,
        filter: &AssertionFilter,
        page: &Page,
        now: Timestamp,
    ) -> Result<Paged<Versioned<Assertion>>, StoreError> {
        if let Some(external_id) = &filter.external_id {
            let found = self.assertion_by_external_id(account, external_id).await?;
            let items = found.into_iter().filter(|found| filter.holds(&found.value, now));
            return Ok(Paged { items: items.collect(), next: None });
        }
        let place = filter.place(account);
        let prefix = place.clone().key();
        let mut after = page::start(&place, page)?;
        let mut items = Vec::new();
        let mut looked = 0;
        while items.len() < page.limit && looked < LOOKS_AT_MOST {
            let wanted = (page.limit - items.len()).clamp(16, 256);
            let listed = self.backend().scan(&prefix, after.as_ref(), wanted).await?;
            let exhausted = listed.len() < wanted;
            for (key, _) in listed {
                let entry = tail(&place, &key);
                let made = time_of_newest_first(entry);
                if filter.since.zip(made).is_some_and(|(since, made)| made < since) {
                    return Ok(Paged { items, next: None });
                }
                let id = entry.get(TIME_BYTES..).unwrap_or_default();
                let id = String::from_utf8_lossy(id).into_owned();
                let found: Option<Versioned<Assertion>> =
                    self.read(&of(account, "as").id(&id)).await?;
                after = Some(key);
                looked += 1;
                items.extend(found.filter(|found| filter.holds(&found.value, now)));
                if items.len() == page.limit {
                    let next = after.as_ref().map(|key| page::cursor(&place, key));
                    return Ok(Paged { items, next });
                }
            }
            if exhausted {
                return Ok(Paged { items, next: None });
            }
        }
        let next = after.as_ref().map(|key| page::cursor(&place, key));
        Ok(Paged { items, next })
    }
}

impl Transaction<'_> {
    /// Adds an assertion, with its place in every list. Its external id, if it has one, must be new
    /// in the account.
    pub fn insert_assertion(&mut self, assertion: &Assertion) {
        let (account, id) = (self.account.clone(), assertion.id.as_str());
        self.own_award(&assertion.id);
        // That nobody has this id is settled by who owns it.
        self.put(of(&account, "as").id(id), assertion);
        for list in lists(&account, assertion) {
            self.mark(entry(list, assertion));
        }
        if let Some(external_id) = &assertion.external_id {
            self.insert_unique(external(&account, external_id), &assertion.id, "externalId");
        }
    }

    /// Demands that an assertion has not been changed since `version`.
    pub fn expect_assertion(&mut self, id: &AssertionId, version: Version) {
        let key = of(&self.account, "as").id(id.as_str());
        self.expect_version(key, version);
    }

    /// Changes an assertion that was read as `before` at `version`, and its place in the lists. Its
    /// external id and time of making stay.
    pub fn update_assertion(&mut self, version: Version, before: &Assertion, after: &Assertion) {
        let account = self.account.clone();
        self.replace(of(&account, "as").id(after.id.as_str()), version, after);
        let (old, new) = (keys(&account, before), keys(&account, after));
        for key in &old {
            if !new.contains(key) {
                self.delete(key.clone());
            }
        }
        for key in new {
            if !old.contains(&key) {
                self.mark(key);
            }
        }
    }
}

fn keys(account: &AccountId, assertion: &Assertion) -> Vec<Key> {
    lists(account, assertion).into_iter().map(|list| entry(list, assertion)).collect()
}

fn lists(account: &AccountId, assertion: &Assertion) -> Vec<Place> {
    let mut lists = vec![
        of(account, "asn"),
        of(account, "asb").text(assertion.badge_class.id.as_str()),
        of(account, "asi").text(assertion.issuer.as_str()),
    ];
    lists.extend(assertion.recipient.identities.iter().map(|one| by_recipient(account, one)));
    match &assertion.state {
        AssertionState::Active => {}
        AssertionState::Suspended(_) => lists.push(of(account, "ass").text("suspended")),
        AssertionState::Revoked(_) => lists.push(of(account, "ass").text("revoked")),
    }
    lists
}

fn entry(list: Place, assertion: &Assertion) -> Key {
    list.newest_first(assertion.created_at).id(assertion.id.as_str())
}

fn by_recipient(account: &AccountId, identity: &Identity) -> Place {
    of(account, "asr").foreign(&[identity.kind.as_str(), &identity.value])
}

fn external(account: &AccountId, external_id: &str) -> Key {
    of(account, "ase").foreign(&[external_id]).key()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::IdentityType;
    use crate::store::samples::{account, assertion, at, badge_class, change, each_store, issuer};

    const NOW: &str = "2026-12-01T00:00:00Z";

    async fn list(store: &Store, account: &AccountId, filter: &AssertionFilter) -> Vec<Assertion> {
        let listed = store.assertions(account, filter, &Page::first(100), at(NOW)).await.unwrap();
        listed.items.into_iter().map(|found| found.value).collect()
    }

    #[tokio::test]
    async fn assertions_are_found_by_each_thing_they_are_listed_under() {
        each_store(async |store| {
            let (ours, theirs) = (account(1), account(2));
            let (one, other) = (badge_class(&issuer("a").id), badge_class(&issuer("b").id));
            let mut made = vec![
                assertion(&one, "amara@b.example", "2026-11-20T00:00:00Z"),
                assertion(&one, "bela@b.example", "2026-11-21T00:00:00Z"),
                assertion(&other, "amara@b.example", "2026-11-22T00:00:00Z"),
            ];
            made[1].external_id = Some("row 7".to_owned());
            made[2].expires = Some(at("2026-11-30T00:00:00Z"));
            let mut tx = store.begin(&ours);
            for assertion in &made {
                tx.insert_assertion(assertion);
            }
            tx.commit().await.unwrap();

            let amara = Identity { kind: IdentityType::Email, value: "amara@b.example".into() };
            let filter = AssertionFilter::default;
            let cases = [
                (filter(), vec![2, 1, 0]),
                (AssertionFilter { badge_class: Some(one.id.clone()), ..filter() }, vec![1, 0]),
                (AssertionFilter { issuer: Some(other.issuer.clone()), ..filter() }, vec![2]),
                (AssertionFilter { recipient: Some(amara.clone()), ..filter() }, vec![2, 0]),
                (
                    AssertionFilter { since: Some(at("2026-11-21T00:00:00Z")), ..filter() },
                    vec![2, 1],
                ),
                (AssertionFilter { external_id: Some("row 7".into()), ..filter() }, vec![1]),
                (AssertionFilter { external_id: Some("row 8".into()), ..filter() }, vec![]),
                (AssertionFilter { state: Some("expired".into()), ..filter() }, vec![2]),
                (AssertionFilter { state: Some("active".into()), ..filter() }, vec![1, 0]),
                (AssertionFilter { state: Some("revoked".into()), ..filter() }, vec![]),
                (
                    AssertionFilter {
                        recipient: Some(amara),
                        badge_class: Some(one.id.clone()),
                        ..filter()
                    },
                    vec![0],
                ),
            ];
            for (filter, expected) in cases {
                let expected: Vec<_> =
                    expected.iter().map(|at: &usize| made[*at].clone()).collect();
                assert_eq!(list(&store, &ours, &filter).await, expected, "{filter:?}");
                assert!(list(&store, &theirs, &filter).await.is_empty(), "{filter:?}");
            }
            let found = store.find_assertion(&made[0].id).await.unwrap().unwrap();
            assert_eq!((found.0, found.1.value), (ours.clone(), made[0].clone()));
            assert!(store.assertion(&theirs, &made[0].id).await.unwrap().is_none());
        })
        .await;
    }

    #[tokio::test]
    async fn a_change_of_state_moves_between_lists_and_only_one_of_two_wins() {
        each_store(async |store| {
            let ours = account(1);
            let before = assertion(&badge_class(&issuer("a").id), "a@b.example", NOW);
            let mut tx = store.begin(&ours);
            tx.insert_assertion(&before);
            tx.commit().await.unwrap();
            let read = store.assertion(&ours, &before.id).await.unwrap().unwrap();

            let mut suspended = before.clone();
            suspended.state = AssertionState::Suspended(change(NOW));
            let mut revoked = before.clone();
            revoked.state = AssertionState::Revoked(change(NOW));
            let mut tx = store.begin(&ours);
            tx.update_assertion(read.version, &before, &suspended);
            tx.commit().await.unwrap();
            let mut tx = store.begin(&ours);
            tx.update_assertion(read.version, &before, &revoked);
            let refused = tx.commit().await.unwrap_err();
            assert!(matches!(refused, StoreError::Conflict { .. }), "{refused}");

            let in_state =
                |word: &str| AssertionFilter { state: Some(word.into()), ..Default::default() };
            assert_eq!(list(&store, &ours, &in_state("suspended")).await, [suspended.clone()]);
            let read = store.assertion(&ours, &before.id).await.unwrap().unwrap();
            let mut tx = store.begin(&ours);
            tx.update_assertion(read.version, &suspended, &revoked);
            tx.commit().await.unwrap();
            assert_eq!(list(&store, &ours, &in_state("suspended")).await, []);
            assert_eq!(list(&store, &ours, &in_state("revoked")).await, [revoked.clone()]);
            assert_eq!(list(&store, &ours, &AssertionFilter::default()).await, [revoked]);
        })
        .await;
    }

    #[tokio::test]
    async fn an_external_id_is_taken_once_in_an_account() {
        each_store(async |store| {
            let class = badge_class(&issuer("a").id);
            for (number, fits) in [(1, true), (1, false), (2, true)] {
                let mut assertion = assertion(&class, "a@b.example", NOW);
                assertion.external_id = Some("row 1".to_owned());
                let mut tx = store.begin(&account(number));
                tx.insert_assertion(&assertion);
                match tx.commit().await {
                    Ok(_) => assert!(fits),
                    Err(StoreError::Taken { what }) => {
                        assert_eq!((what, fits), ("externalId", false))
                    }
                    Err(other) => panic!("{other}"),
                }
            }
        })
        .await;
    }

    #[tokio::test]
    async fn pages_join_without_gap_or_repeat() {
        each_store(async |store| {
            let ours = account(1);
            let class = badge_class(&issuer("a").id);
            let mut tx = store.begin(&ours);
            for number in 0..37 {
                // Several in the same instant.
                let made = format!("2026-11-22T00:00:{:02}Z", number / 5);
                tx.insert_assertion(&assertion(
                    &class,
                    &format!("p{}@b.example", number % 2),
                    &made,
                ));
            }
            tx.commit().await.unwrap();
            let all = list(&store, &ours, &AssertionFilter::default()).await;
            assert_eq!(all.len(), 37);
            assert!(all.is_sorted_by(|one, next| one.created_at >= next.created_at));
            let value = "p1@b.example".to_owned();
            let odd = Some(Identity { kind: IdentityType::Email, value });
            for filter in [
                AssertionFilter::default(),
                AssertionFilter { recipient: odd, ..Default::default() },
            ] {
                let mut joined = Vec::new();
                let mut page = Page::first(5);
                loop {
                    let part = store.assertions(&ours, &filter, &page, at(NOW)).await.unwrap();
                    joined.extend(part.items.into_iter().map(|found| found.value));
                    page.after = part.next;
                    if page.after.is_none() {
                        break;
                    }
                }
                assert_eq!(joined, list(&store, &ours, &filter).await);
            }
        })
        .await;
    }
}
