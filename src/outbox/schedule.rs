//! When an attempt that failed is made again.

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};

use crate::world::Random;

/// Seconds from one attempt to the next: ten attempts over three days. A fifth more or less is
/// chosen by chance, so that what failed together does not come back together.
pub const DELAYS: [i64; 9] =
    [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600];

/// A webhook that took nothing for so long is disabled.
pub const FAILING_AT_MOST: SignedDuration = SignedDuration::from_hours(72);

/// Longest wait that a `Retry-After` is believed.
const LONGEST_WISH: SignedDuration = SignedDuration::from_hours(24);

/// A webhook that failed gets nothing else for two seconds, then four and so on up to this.
const LONGEST_REST: i64 = 300;

/// When to try again after `tries` attempts, not before `wish`; `None` when it was the last one.
pub(super) fn next_attempt(
    tries: u32,
    wish: Option<Timestamp>,
    now: Timestamp,
    random: &Random,
) -> Option<Timestamp> {
    let at = usize::try_from(tries.checked_sub(1)?).ok()?;
    let seconds = DELAYS.get(at)?;
    // From 0.8 to 1.2 of it, to the millisecond.
    let chance = i64::from(u16::from_be_bytes(random.bytes()));
    let milliseconds = seconds * 800 + seconds * 400 * chance / i64::from(u16::MAX);
    let next = now.checked_add(SignedDuration::from_millis(milliseconds)).ok()?;
    let latest = now.checked_add(LONGEST_WISH).ok()?;
    Some(wish.map_or(next, |wish| next.max(wish.min(latest))))
}

/// How long a webhook is left alone after its `failures`th failure in a row.
pub(super) fn rest(failures: u32) -> SignedDuration {
    let seconds = 1_i64.checked_shl(failures.min(16)).unwrap_or(LONGEST_REST);
    SignedDuration::from_secs(seconds.min(LONGEST_REST))
}

/// What a `Retry-After` asks for: seconds or a date (RFC 9110 §10.2.3).
pub(super) fn wish(retry_after: &str, now: Timestamp) -> Option<Timestamp> {
    let text = retry_after.trim();
    match text.parse::<u32>() {
        Ok(seconds) => now.checked_add(SignedDuration::from_secs(seconds.into())).ok(),
        Err(_) => Some(rfc2822::parse(text).ok()?.timestamp()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-06-01T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn attempts_come_ever_later_over_three_days_and_end() {
        let random = Random::seeded(7);
        let mut spread = std::collections::BTreeSet::new();
        for _ in 0..50 {
            let mut at = now();
            let mut tries = 1;
            while let Some(next) = next_attempt(tries, None, at, &random) {
                let (seconds, wanted) =
                    (next.duration_since(at).as_secs_f64(), DELAYS[tries as usize - 1] as f64);
                assert!((wanted * 0.8..=wanted * 1.2).contains(&seconds), "{tries}: {seconds}");
                (at, tries) = (next, tries + 1);
            }
            assert_eq!(tries, 10);
            let whole = at.duration_since(now()).as_hours();
            assert!((60..=92).contains(&whole), "{whole}");
            spread.insert(at);
        }
        assert!(spread.len() > 40, "chance spreads them: {}", spread.len());
    }

    #[test]
    fn a_wish_is_heard_within_bounds() {
        let random = Random::seeded(7);
        let wait = |wanted: Option<&str>| {
            let wanted = wanted.and_then(|text| wish(text, now()));
            next_attempt(1, wanted, now(), &random).unwrap().duration_since(now()).as_secs()
        };
        assert!((4..=6).contains(&wait(None)));
        assert!((4..=6).contains(&wait(Some("1"))), "not sooner than planned");
        assert_eq!(wait(Some("120")), 120);
        assert_eq!(wait(Some("Mon, 01 Jun 2026 12:10:00 GMT")), 600);
        assert_eq!(wait(Some("99999999")), 24 * 3600);
        assert_eq!(wait(Some("Fri, 01 Jun 2035 12:10:00 GMT")), 24 * 3600);
        assert!((4..=6).contains(&wait(Some("soon"))));
        assert!((4..=6).contains(&wait(Some("-5"))));
    }

    #[test]
    fn rests_grow_up_to_five_minutes() {
        let seconds: Vec<i64> = (1..11).map(|failures| rest(failures).as_secs()).collect();
        assert_eq!(seconds, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(rest(u32::MAX).as_secs(), 300);
    }
}
