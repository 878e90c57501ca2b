//! Mints many awards: those of one badge class together, on all cores.

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream;

use super::mint::Around;
use super::press::{Press, Ready};
use super::requirements::unmet;
use super::{Done, Issuer, IssuerError, KeyRing, Mandate};
use crate::domain::{Assertion, AssertionDraft, BadgeClass, BadgeClassId, IssuerProfile};
use crate::proof::key::KeyType;

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
        // The first award shows what the ordinary road gives.
        let mut press = None;
        while group.len() >= FEW && press.is_none() {
            let (at, draft) = group.remove(0);
            match self.mint_model(&mandate.numbered(at), draft).await {
                Ok((done, ready)) => {
                    minted.push((at, Ok(done)));
                    let Some(ready) = ready else { break };
                    press = Some(ready);
                }
                Err(error) => minted.push((at, Err(error))),
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

    /// Mints one award on the ordinary road, and makes a press of it for the others.
    pub(super) async fn mint_model(
        &self,
        mandate: &Mandate<'_>,
        draft: AssertionDraft,
    ) -> Result<(Done<Assertion>, Option<Arc<Model>>), IssuerError> {
        let (issuer, class) = self.issuer_and_class(mandate.account, &draft).await?;
        unmet(&draft, &class).or(())?;
        let ring = self.key_ring(mandate.account, &issuer.id).await?;
        let award = self.assertion(mandate.account, draft, &issuer, &class, &ring).await?;
        let form = self.first_form(&award, &issuer, &class, &ring).await?;
        let key = ring.signer(KeyType::Ed25519)?.clone();
        let press = Press {
            urls: self.0.urls.clone(),
            did: ring.did(&self.0.urls, &issuer.slug).unwrap_or_default(),
            private: self.private(&key).await?,
            key,
            web: self.ob3_web(&issuer, &ring),
            made_at: form.made_at,
            now: self.0.clock.now(),
            issuer: issuer.clone(),
            class: class.clone(),
        };
        let ready = press.ready(&award, &form.bytes);
        let around = Around { issuer: &issuer, class: &class, ring: &ring };
        let done = self.keep(mandate, &around, award, form).await?;
        Ok((done, ready.map(|ready| Arc::new(Model { ready, class, ring }))))
    }

    async fn mint_batch(
        &self,
        mandate: &Mandate<'_>,
        model: &Arc<Model>,
        batch: Vec<At<AssertionDraft>>,
    ) -> Vec<At<Minted>> {
        let issuer = model.ready.issuer();
        let mut minted = Vec::with_capacity(batch.len());
        let (mut places, mut awards) = (Vec::new(), Vec::new());
        for (at, draft) in batch {
            match self.award_of(mandate, draft, issuer, &model.class, &model.ring).await {
                Ok(award) => {
                    places.push(at);
                    awards.push(award);
                }
                Err(error) => minted.push((at, Err(error))),
            }
        }
        let press = Arc::clone(model);
        let signed = tokio::task::spawn_blocking(move || {
            let forms = press.ready.forms(&awards);
            (awards, forms)
        });
        let Ok((awards, forms)) = signed.await else {
            minted.extend(places.into_iter().map(|at| (at, Err(IssuerError::Worker))));
            return minted;
        };
        let around = Around { issuer, class: &model.class, ring: &model.ring };
        // Each in a transaction of its own, so that a name that is taken stops one award only; they
        // wait for the same flush.
        let kept = places.into_iter().zip(awards.into_iter().zip(forms)).map(
            |(at, (award, form))| async move {
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
        self.assertion(mandate.account, draft, issuer, class, ring).await
    }
}

/// A press, and what else its awards are made of.
pub(super) struct Model {
    pub(super) ready: Ready,
    class: BadgeClass,
    ring: Arc<KeyRing>,
}
