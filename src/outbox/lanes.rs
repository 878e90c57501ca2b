//! Whose turn it is. Every webhook has a lane; lanes are at work beside each other, so many at once
//! and so many of one account, and one that failed rests a while.
//!
//! All of this may be forgotten: what waits stands in the store, and is looked for again.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::schedule::rest;
use crate::domain::{AccountId, WebhookId};

/// Lanes at work at once, at most.
const AT_ONCE: usize = 64;

/// Lanes at work at once for one account, at most.
const OF_ONE_ACCOUNT: usize = 8;

/// Longest that a `Retry-After` keeps a whole lane at rest.
const LONGEST_WISH: SignedDuration = SignedDuration::from_hours(1);

/// The lanes of webhooks for which something waits, or which failed lately.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    known: HashMap<WebhookId, Lane>,
    /// When the store was last looked through for what waits.
    pub(super) looked: Option<Timestamp>,
}

#[derive(Debug)]
struct Lane {
    account: AccountId,
    /// When something is due, as far as is known.
    next: Option<Timestamp>,
    /// Not before.
    rests_until: Option<Timestamp>,
    failures: u32,
    working: bool,
}

/// What a lane did in its turn.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Served {
    /// When something is due again.
    pub(super) next: Option<Timestamp>,
    /// Whether something was taken.
    pub(super) took: bool,
    /// Whether something failed.
    pub(super) failed: bool,
    /// Until when the other side asked to be left alone.
    pub(super) wish: Option<Timestamp>,
}

impl Lanes {
    /// Something is due for a webhook at this time.
    pub(super) fn wake(&mut self, account: &AccountId, webhook: &WebhookId, at: Timestamp) {
        let lane = self.known.entry(webhook.clone()).or_insert_with(|| Lane {
            account: account.clone(),
            next: None,
            rests_until: None,
            failures: 0,
            working: false,
        });
        lane.next = Some(lane.next.map_or(at, |next| next.min(at)));
    }

    /// The webhooks whose turn it is now, who waited longest first; they are at work until
    /// [`end`](Self::end).
    pub(super) fn begin(&mut self, now: Timestamp) -> Vec<(AccountId, WebhookId)> {
        let mut of_account: HashMap<AccountId, usize> = HashMap::new();
        let mut working = 0;
        for lane in self.known.values().filter(|lane| lane.working) {
            *of_account.entry(lane.account.clone()).or_default() += 1;
            working += 1;
        }
        let mut ready: Vec<(Timestamp, WebhookId)> = self
            .known
            .iter()
            .filter(|(_, lane)| !lane.working && lane.rests_until.is_none_or(|end| end <= now))
            .filter_map(|(id, lane)| Some((lane.next.filter(|next| *next <= now)?, id.clone())))
            .collect();
        ready.sort();
        let mut begun = Vec::new();
        for (_, id) in ready {
            let Some(lane) = self.known.get_mut(&id) else { continue };
            let of_account = of_account.entry(lane.account.clone()).or_default();
            if working < AT_ONCE && *of_account < OF_ONE_ACCOUNT {
                (lane.working, lane.next) = (true, None);
                *of_account += 1;
                working += 1;
                begun.push((lane.account.clone(), id));
            }
        }
        begun
    }

    /// A lane has had its turn. What it was woken for meanwhile still counts.
    pub(super) fn end(&mut self, webhook: &WebhookId, served: Served, now: Timestamp) {
        let Some(lane) = self.known.get_mut(webhook) else { return };
        lane.working = false;
        lane.next = [lane.next, served.next].into_iter().flatten().min();
        if served.failed {
            lane.failures = lane.failures.saturating_add(1);
            let wish = served.wish.map(|wish| wish.duration_since(now).min(LONGEST_WISH));
            let rests = wish.unwrap_or_default().max(rest(lane.failures));
            lane.rests_until = now.checked_add(rests).ok();
        } else if served.took {
            (lane.failures, lane.rests_until) = (0, None);
        }
        if lane.next.is_none() && lane.failures == 0 {
            self.known.remove(webhook);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Random;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + second).unwrap()
    }

    fn hook(number: u64) -> WebhookId {
        WebhookId::random(&Random::seeded(number))
    }

    fn account(number: u64) -> AccountId {
        AccountId::random(&Random::seeded(number))
    }

    #[test]
    fn one_account_does_not_take_every_place() {
        let mut lanes = Lanes::default();
        for number in 0..100 {
            lanes.wake(&account(1), &hook(number), at(0));
        }
        lanes.wake(&account(2), &hook(1000), at(5));
        let begun = lanes.begin(at(10));
        assert_eq!(begun.iter().filter(|(of, _)| *of == account(1)).count(), OF_ONE_ACCOUNT);
        assert!(begun.contains(&(account(2), hook(1000))));
        assert!(lanes.begin(at(10)).is_empty());
        lanes.end(&begun[0].1, Served { took: true, ..Served::default() }, at(11));
        assert_eq!(lanes.begin(at(11)).len(), 1, "the place is free again");
        for number in 0..200 {
            lanes.wake(&account(2000 + number), &hook(2000 + number), at(6));
        }
        assert_eq!(lanes.begin(at(11)).len(), AT_ONCE - 9);
    }

    #[test]
    fn a_lane_that_failed_rests_ever_longer_until_something_is_taken() {
        let mut lanes = Lanes::default();
        lanes.wake(&account(1), &hook(1), at(0));
        let mut now = 0;
        let failed = |now| Served { failed: true, next: Some(at(now)), ..Served::default() };
        for rest in [2, 4, 8] {
            assert_eq!(lanes.begin(at(now)).len(), 1);
            lanes.end(&hook(1), failed(now), at(now));
            assert!(lanes.begin(at(now + rest - 1)).is_empty());
            now += rest;
        }
        assert_eq!(lanes.begin(at(now)).len(), 1);
        let asked = Served { wish: Some(at(now + 50)), ..failed(now) };
        lanes.end(&hook(1), asked, at(now));
        assert!(lanes.begin(at(now + 49)).is_empty(), "it asked to be left alone");
        assert_eq!(lanes.begin(at(now + 50)).len(), 1);
        lanes.wake(&account(1), &hook(1), at(now + 51));
        lanes.end(&hook(1), Served { took: true, ..Served::default() }, at(now + 52));
        assert_eq!(lanes.begin(at(now + 52)).len(), 1, "woken while it worked");
        lanes.end(&hook(1), Served { took: true, ..Served::default() }, at(now + 53));
        assert!(lanes.known.is_empty(), "nothing is remembered of who has nothing to do");
    }
}
