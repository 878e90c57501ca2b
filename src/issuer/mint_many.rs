//! Mints many awards: those of one badge class together, on all cores.

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream;

use super::mint::Around;
use super::presses::Model;
use super::requirements::unmet;
use super::{Done, Issuer, IssuerError, KeyRing, Mandate};
use crate::domain::{Assertion, AssertionDraft, BadgeClass, BadgeClassId, IssuerProfile};

/// Awards that are signed, checked and made durable together.
const BATCH: usize = 64;

/// Badge classes whose awards are minted side by side.
const GROUPS_AT_ONCE: usize = 4;

/// Fewer than this take the ordinary road.
const FEW: usize = 4;

/// What became of one draft.
pub type Minted = Result<Done<Assertion>, IssuerError>;

/// A draft, or what it became, with its place in the list.
type At<T> = (usize, T);

impl Issuer {
    /// Mints many awards. Each is minted or refused as [`mint`](Self::mint) would, and the results
    /// are in the order of the drafts; what the awards of a badge class have in common is prepared
    /// once, signatures are checked in batches, and the work spreads over all cores. The answer to
    /// the request itself is the caller's to keep: `mandate.reply` is not used.
    pub async fn mint_many(
        &self,
        mandate: &Mandate<'_>,
        drafts: Vec<AssertionDraft>,
    ) -> Vec<Minted> {
        let mandate = Mandate { reply: None, ..*mandate };
        let mut groups: Vec<(BadgeClassId, Vec<At<AssertionDraft>>)> = Vec::new();
        for (at, draft) in drafts.into_iter().enumerate() {
            match groups.iter_mut().find(|(class, _)| *class == draft.badge_class) {
                Some((_, group)) => group.push((at, draft)),
                None => groups.push((draft.badge_class.clone(), vec![(at, draft)])),
            }
        }
        let mut minted: Vec<At<Minted>> = Vec::new();
        // While one group waits for the disk, another is signed.
        let mut groups = stream::iter(groups)
            .map(|(_, group)| self.mint_group(&mandate, group))
            .buffered(GROUPS_AT_ONCE);
        while let Some(group) = groups.next().await {
            minted.extend(group);
        }
        drop(groups);
        minted.sort_by_key(|(at, _)| *at);
        minted.into_iter().map(|(_, minted)| minted).collect()
    }

    /// Awards of one badge class.
    async fn mint_group(
        &self,
        mandate: &Mandate<'_>,
        mut group: Vec<At<AssertionDraft>>,
    ) -> Vec<At<Minted>> {
        let mut minted = Vec::with_capacity(group.len());
        // Where there is no press yet, one award is minted alone and leaves one for the others.
        let class = group.first().map(|(_, draft)| draft.badge_class.clone());
        let Some(class) = class else { return minted };
        let mut press = match group.len() {
            0..FEW => None,
            _ => self.press_for(mandate, &class).await,
        };
        while group.len() >= FEW && press.is_none() {
            let (at, draft) = group.remove(0);
            let done = self.mint(&mandate.numbered(at), draft).await;
            let is_made = done.is_ok();
            minted.push((at, done));
            if is_made {
                press = self.press_for(mandate, &class).await;
                if press.is_none() {
                    break;
                }
            }
        }
        let Some(press) = press else {
            for (at, draft) in group {
                minted.push((at, self.mint(&mandate.numbered(at), draft).await));
            }
            return minted;
        };
        let mut drafts = group.into_iter();
        let batches = std::iter::from_fn(|| {
            let batch: Vec<_> = drafts.by_ref().take(BATCH).collect();
            (!batch.is_empty()).then_some(batch)
        });
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut batches = stream::iter(batches)
            .map(|batch| self.mint_batch(mandate, &press, batch))
            .buffered(cores + 1);
        while let Some(batch) = batches.next().await {
            minted.extend(batch);
        }
        minted
    }

    /// The press for awards of a badge class, if one is kept.
    pub(super) async fn press_for(
        &self,
        mandate: &Mandate<'_>,
        class: &BadgeClassId,
    ) -> Option<Arc<Model>> {
        let class = self.awarded_class(mandate.account, class).await.ok()?;
        let issuer = self.0.store.issuer(mandate.account, &class.issuer).await.ok()??.value;
        let ring = self.key_ring(mandate.account, &issuer.id).await.ok()?;
        self.press_of(&issuer, &class, &ring)
    }

    async fn mint_batch(
        &self,
        mandate: &Mandate<'_>,
        model: &Arc<Model>,
        batch: Vec<At<AssertionDraft>>,
    ) -> Vec<At<Minted>> {
        let (issuer, class) = (model.ready.issuer(), model.ready.class());
        let mut minted = Vec::with_capacity(batch.len());
        let Ok(private) = self.private(model.ready.key()).await else {
            // What is wrong with the key each is told for itself.
            for (at, draft) in batch {
                minted.push((at, self.mint(&mandate.numbered(at), draft).await));
            }
            return minted;
        };
        let (mut places, mut awards) = (Vec::new(), Vec::new());
        for (at, draft) in batch {
            let notify = draft.notify;
            match self.award_of(mandate, draft, issuer, class, &model.ring).await {
                Ok(award) => {
                    places.push((at, notify));
                    awards.push(award);
                }
                Err(error) => minted.push((at, Err(error))),
            }
        }
        let (press, issuing) = (Arc::clone(model), self.clone());
        let signed = tokio::task::spawn_blocking(move || {
            let forms = press.ready.forms(&awards, issuing.hand(&private));
            (awards, forms)
        });
        let Ok((awards, forms)) = signed.await else {
            minted.extend(places.into_iter().map(|(at, _)| (at, Err(IssuerError::Worker))));
            return minted;
        };
        let around = Around { issuer, class, ring: &model.ring, notify: false };
        // Each in a transaction of its own, so that a name that is taken stops one award only; they
        // wait for the same flush.
        let kept = places.into_iter().zip(awards.into_iter().zip(forms)).map(
            |((at, notify), (award, form))| async move {
                let around = Around { notify, ..around };
                let kept = match form {
                    Ok(form) => self.keep(&mandate.numbered(at), &around, award, form).await,
                    Err(error) => Err(error),
                };
                (at, kept)
            },
        );
        minted.extend(join_all(kept).await);
        minted
    }

    async fn award_of(
        &self,
        mandate: &Mandate<'_>,
        draft: AssertionDraft,
        issuer: &IssuerProfile,
        class: &BadgeClass,
        ring: &KeyRing,
    ) -> Result<Assertion, IssuerError> {
        unmet(&draft, class).or(())?;
        self.notice(&draft)?;
        self.assertion(mandate.account, draft, issuer, class, ring).await
    }
}
