//! Finds badge classes by what they are aligned with: a competency framework, or an entry of one.
//!
//! A version is noted when it becomes public, whosever it is, because the pages that are made of this
//! are for everyone. A newer version takes the place of the former under what both are aligned with;
//! under what it is no longer aligned with, the former stays: its awards are. Stores that were made
//! before have versions that were not noted: those are, once, beside the service's work.

use std::collections::BTreeMap;

use super::backend::{Batch, Key};
use super::facts::ALIGNED;
use super::keyspace::{Place, shared};
use super::record::{decode, encode};
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, AlignmentTarget, BadgeClass, BadgeClassId, BadgeClassRef};

/// Badge classes that are gone through in one commit.
const AT_ONCE: usize = 50;

impl Store {
    /// The badge classes that are aligned with `target`, each with its account, in the newest public
    /// version that is; at most `limit`.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn aligned(
        &self,
        target: &AlignmentTarget,
        limit: usize,
    ) -> Result<Vec<(AccountId, BadgeClass)>, StoreError> {
        let mut classes = Vec::new();
        for (key, stored) in self.backend().scan(&of(target).key(), None, limit).await? {
            let Some(id) = id_of(&key) else { continue };
            let (account, version): (AccountId, u32) = decode(&key, &stored)?.value;
            let reference = BadgeClassRef { id, version };
            let class = self.badge_class_version(&account, &reference).await?;
            // What is announced may still change.
            let is_aligned = |class: &BadgeClass| targets(class).any(|other| other == *target);
            classes.extend(class.filter(is_aligned).map(|class| (account, class)));
        }
        Ok(classes)
    }

    /// Notes every public version there is; once for ever. It may be broken off at any time and begun
    /// again.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan) and
    /// [`Backend::commit`](super::backend::Backend::commit).
    pub async fn note_aligned(&self) -> Result<(), StoreError> {
        if self.fact(ALIGNED).await?.is_some() {
            return Ok(());
        }
        let prefix = Key::new(b"own/bc_".to_vec());
        let mut after: Option<Key> = None;
        loop {
            let found = self.backend().scan(&prefix, after.as_ref(), AT_ONCE).await?;
            let mut batch = Batch::new();
            for (key, stored) in &found {
                let Some(id) = id_of(key) else { continue };
                let account: AccountId = decode(key, stored)?.value;
                let versions = self.badge_class_versions(&account, &id).await?;
                let newest: BTreeMap<AlignmentTarget, &BadgeClass> = versions
                    .iter()
                    .flat_map(|class| public_targets(class).map(move |target| (target, class)))
                    .collect();
                for (target, class) in newest {
                    batch.put(place(&target, class), encode(&(account.clone(), class.version)));
                }
            }
            let last = found.len() < AT_ONCE;
            after = found.into_iter().last().map(|(key, _)| key).or(after);
            self.backend().commit(batch).await?;
            if last {
                return self.set_fact(ALIGNED, "noted").await;
            }
        }
    }
}

impl Transaction<'_> {
    /// Notes a version of a badge class under what it is aligned with, if it is public.
    pub(super) fn note_alignments(&mut self, class: &BadgeClass) {
        for target in public_targets(class) {
            self.put(place(&target, class), &(self.account.clone(), class.version));
        }
    }
}

fn public_targets(class: &BadgeClass) -> impl Iterator<Item = AlignmentTarget> {
    targets(class).filter(|_| class.stage.is_public())
}

fn targets(class: &BadgeClass) -> impl Iterator<Item = AlignmentTarget> {
    class.alignments.iter().flat_map(|alignment| alignment.targets())
}

fn of(target: &AlignmentTarget) -> Place {
    shared("aligned").text(target.collection()).text(target.as_digits())
}

fn place(target: &AlignmentTarget, class: &BadgeClass) -> Key {
    of(target).id(class.id.as_str())
}

/// The id that a key ends in.
fn id_of(key: &Key) -> Option<BadgeClassId> {
    let at = key.as_bytes().iter().rposition(|byte| *byte == b'/')?;
    let id = std::str::from_utf8(key.as_bytes().get(at + 1..)?).ok()?;
    BadgeClassId::parse(id).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Stage;
    use crate::store::samples::{account, badge_class, each_store, issuer};

    #[tokio::test]
    async fn public_versions_are_found_by_what_they_are_aligned_with_and_older_ones_once_noted() {
        each_store(async |store| {
            let ours = account(1);
            let first = badge_class(&issuer("a").id);
            let wanted: Vec<AlignmentTarget> = targets(&first).collect();
            assert_eq!(wanted.len(), 2, "a framework and an entry of it");
            let mut tx = store.begin(&ours);
            tx.insert_badge_class(&BadgeClass { stage: Stage::Draft, ..first.clone() });
            tx.commit().await.unwrap();
            let found = async |target| store.aligned(target, 9).await.unwrap();
            assert!(found(&wanted[0]).await.is_empty(), "a draft is nobody's business");

            let present = store.badge_class(&ours, &first.id).await.unwrap().unwrap();
            let mut tx = store.begin(&ours);
            tx.change_badge_class(present.version, &first);
            tx.commit().await.unwrap();
            for target in &wanted {
                assert_eq!(found(target).await, [(ours.clone(), first.clone())]);
            }

            // The next version is aligned with nothing; awards of the former still are.
            let present = store.badge_class(&ours, &first.id).await.unwrap().unwrap();
            let second = BadgeClass { version: 2, alignments: Vec::new(), ..first.clone() };
            let mut tx = store.begin(&ours);
            tx.add_badge_class_version(present.version, &second);
            tx.commit().await.unwrap();
            assert_eq!(found(&wanted[0]).await, [(ours.clone(), first.clone())]);

            // As a store of a former version has it.
            let mut batch = Batch::new();
            wanted.iter().for_each(|target| batch.delete(place(target, &first)));
            store.backend().commit(batch).await.unwrap();
            assert!(found(&wanted[1]).await.is_empty());
            for _ in 0..2 {
                store.note_aligned().await.unwrap();
                assert_eq!(found(&wanted[1]).await, [(ours.clone(), first.clone())]);
            }
        })
        .await;
    }
}
