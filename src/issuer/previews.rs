//! The pictures that social networks show for a badge link: drawn behind the answers when a version of
//! a badge class becomes public, or when the first of its badges gets into a state; kept, and only
//! read when they are asked for. Until one is there, a neutral one stands in.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::Notify;

use super::{Issuer, IssuerError};
use crate::art::{self, Preview, PreviewState};
use crate::domain::{
    AccountId, Assertion, AssertionState, BadgeClass, BadgeClassId, BadgeClassRef, ImageFormat,
};
use crate::store::KeptPreview;

/// Pictures that are known to have been asked for; beyond that it begins anew.
const KNOWN: usize = 65_536;

/// Pictures that wait to be drawn. What is asked for beyond that is drawn when somebody sees the page.
const WAITING: usize = 10_000;

/// A picture for badges of a version in a state, as of a revision of the version.
type Wanted = (AccountId, BadgeClassRef, u64, PreviewState);

/// What is to be drawn.
#[derive(Debug, Default)]
pub(super) struct Previews {
    queue: Mutex<Queue>,
    wake: Notify,
    neutral: OnceLock<Arc<Vec<u8>>>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Wanted>,
    known: HashSet<Wanted>,
}

impl Previews {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is shown for a badge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShownPreview {
    /// Its own picture.
    Own(Vec<u8>),
    /// The one that stands in until its own is drawn.
    Neutral(Arc<Vec<u8>>),
}

impl Issuer {
    /// What social networks show for badges of a public version in a state.
    ///
    /// # Errors
    /// [`IssuerError::NotFound`], and what the store says.
    pub async fn preview(
        &self,
        id: &BadgeClassId,
        version: u32,
        state: PreviewState,
    ) -> Result<ShownPreview, IssuerError> {
        let (account, class) = self.public_version(id, Some(version)).await?;
        let kept = self.0.store.preview(&account, &class.reference(), state.as_str()).await?;
        if let Some(kept) = kept.filter(|kept| kept.revision == class.revision) {
            return Ok(ShownPreview::Own(kept.bytes));
        }
        self.want_preview(&account, &class, state);
        Ok(ShownPreview::Neutral(self.neutral_preview().await?))
    }

    /// Asks for the picture of badges of a version in a state. Asking again costs next to nothing, and
    /// a version that is not public gets none.
    pub fn want_preview(&self, account: &AccountId, class: &BadgeClass, state: PreviewState) {
        if !class.stage.is_public() {
            return;
        }
        let mut queue = self.0.previews.queue();
        if queue.waiting.len() >= WAITING {
            return;
        }
        if queue.known.len() >= KNOWN {
            queue.known.clear();
        }
        let wanted = (account.clone(), class.reference(), class.revision, state);
        if queue.known.insert(wanted.clone()) {
            queue.waiting.push_back(wanted);
            self.0.previews.wake.notify_one();
        }
    }

    /// Asks for the pictures of all states that an award may be in now or, by its dates, later.
    pub(super) fn want_previews_of(
        &self,
        account: &AccountId,
        class: &BadgeClass,
        award: &Assertion,
    ) {
        let by_state = match award.state {
            AssertionState::Active => PreviewState::Valid,
            AssertionState::Suspended(_) => PreviewState::Suspended,
            AssertionState::Revoked(_) => PreviewState::Revoked,
        };
        let ends = award.expires.map(|_| PreviewState::Expired);
        let begins = award.valid_from.max(award.issued_on);
        let early = (begins > self.0.clock.now()).then_some(PreviewState::NotYetValid);
        for state in [Some(by_state), ends, early].into_iter().flatten() {
            self.want_preview(account, class, state);
        }
    }

    /// Draws what is wanted, for as long as it is awaited.
    pub async fn keep_drawing(&self) {
        if let Err(error) = self.neutral_preview().await {
            tracing::warn!(%error, "the neutral preview cannot be drawn");
        }
        loop {
            self.draw_previews().await;
            self.0.previews.wake.notified().await;
        }
    }

    /// Draws all that is wanted now; gives how many pictures came of it.
    pub async fn draw_previews(&self) -> usize {
        let mut drawn = 0;
        loop {
            let next = self.0.previews.queue().waiting.pop_front();
            let Some(wanted) = next else { return drawn };
            match self.draw_preview(&wanted).await {
                Ok(done) => drawn += usize::from(done),
                Err(error) => {
                    tracing::warn!(%error, class = %wanted.1.id, "a preview cannot be drawn");
                    self.0.previews.queue().known.remove(&wanted);
                }
            }
        }
    }

    /// Draws one, unless it is there.
    async fn draw_preview(&self, wanted: &Wanted) -> Result<bool, IssuerError> {
        let (account, reference, revision, state) = wanted;
        let (revision, state, store) = (*revision, *state, &self.0.store);
        let class = store.badge_class_version(account, reference).await?;
        // A version that was changed meanwhile was asked for again.
        let Some(class) = class.filter(|class| class.revision == revision) else {
            return Ok(false);
        };
        let kept = store.preview(account, reference, state.as_str()).await?;
        if kept.is_some_and(|kept| kept.revision == revision) {
            return Ok(false);
        }
        let issuer = store.issuer(account, &class.issuer).await?;
        let issuer = issuer.ok_or(IssuerError::NotFound("issuer"))?.value;
        let art = self.class_picture(&issuer, &class, ImageFormat::Png).await?;
        let drawn = tokio::task::spawn_blocking(move || {
            let (name, issuer) = (class.name.as_str(), issuer.name.as_str());
            art::preview(&Preview { art: &art, name, issuer, state })
        });
        let bytes = drawn.await.map_err(|_| IssuerError::Worker)??;
        let mut tx = store.begin(account);
        tx.set_preview(reference, state.as_str(), KeptPreview { revision, bytes });
        tx.commit().await?;
        Ok(true)
    }

    /// The picture that stands in for others.
    async fn neutral_preview(&self) -> Result<Arc<Vec<u8>>, IssuerError> {
        if let Some(drawn) = self.0.previews.neutral.get() {
            return Ok(Arc::clone(drawn));
        }
        let drawn = tokio::task::spawn_blocking(art::neutral_preview);
        let drawn = Arc::new(drawn.await.map_err(|_| IssuerError::Worker)??);
        Ok(Arc::clone(self.0.previews.neutral.get_or_init(|| drawn)))
    }
}
