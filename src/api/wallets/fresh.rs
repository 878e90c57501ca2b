//! Challenges, codes and access tokens that hold for minutes. Each says when it ends and carries a
//! code of authenticity under a key that lives as long as the process: nothing is kept of it, and a
//! restart makes wallets ask again. A code that was used once is remembered until it would have ended.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use crate::proof::encoding::{base64url, from_base64url};
use crate::world::Random;

/// For how long they hold.
pub(in crate::api) const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// Used codes that are remembered.
const MOST_USED: usize = 100_000;

/// When it ends (8 bytes), random bytes (12), the code of authenticity (16).
const LENGTH: usize = 8 + 12 + 16;

/// Gives them out, and knows them again.
#[derive(Debug)]
pub(in crate::api) struct Fresh {
    key: [u8; 32],
    used: Mutex<HashMap<[u8; LENGTH], Timestamp>>,
}

/// What one is for; one of a kind is not taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::api) enum Kind {
    /// What a presentation answers to.
    Challenge,
    /// The pre-authorised code of an offer.
    Code,
    /// The access token of an offer.
    Access,
    /// What a proof token answers to (`c_nonce`).
    Nonce,
}

impl Fresh {
    /// With a key of its own.
    pub(in crate::api) fn new(random: &Random) -> Self {
        Self { key: random.bytes(), used: Mutex::default() }
    }

    /// A new one about something, which whoever shows it must name again.
    pub(in crate::api) fn give(
        &self,
        kind: Kind,
        about: &str,
        random: &Random,
        now: Timestamp,
    ) -> String {
        let end = now.checked_add(LIFETIME).unwrap_or(Timestamp::MAX);
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend_from_slice(&end.as_second().to_be_bytes());
        bytes.extend_from_slice(&random.bytes::<12>());
        let seal = self.seal(kind, about, &bytes);
        bytes.extend_from_slice(&seal);
        base64url(&bytes)
    }

    /// Whether it was given out here about this, and has not ended.
    pub(in crate::api) fn holds(
        &self,
        kind: Kind,
        about: &str,
        text: &str,
        now: Timestamp,
    ) -> bool {
        self.read(kind, about, text, now).is_some()
    }

    /// The same, once: the second time it does not hold.
    pub(in crate::api) fn take(&self, kind: Kind, about: &str, text: &str, now: Timestamp) -> bool {
        let Some((bytes, end)) = self.read(kind, about, text, now) else { return false };
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= MOST_USED {
            used.retain(|_, end| *end > now);
        }
        used.len() < MOST_USED && used.insert(bytes, end).is_none()
    }

    fn read(
        &self,
        kind: Kind,
        about: &str,
        text: &str,
        now: Timestamp,
    ) -> Option<([u8; LENGTH], Timestamp)> {
        let bytes: [u8; LENGTH] = from_base64url(text).ok()?.try_into().ok()?;
        let (said, seal) = bytes.split_at_checked(LENGTH - 16)?;
        let sealed = self.seal(kind, about, said);
        let same: bool = subtle::ConstantTimeEq::ct_eq(sealed.as_slice(), seal).into();
        let end = i64::from_be_bytes(*said.first_chunk()?);
        let end = Timestamp::from_second(end).ok()?;
        (same && end > now).then_some((bytes, end))
    }

    fn seal(&self, kind: Kind, about: &str, said: &[u8]) -> [u8; 16] {
        let mut sealed = [0; 16];
        // A key of 32 bytes is one that HMAC takes.
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) {
            let word = match kind {
                Kind::Challenge => "challenge",
                Kind::Code => "code",
                Kind::Access => "access",
                Kind::Nonce => "nonce",
            };
            // None of the three can run over into the next.
            for part in [word.as_bytes(), said, about.as_bytes()] {
                mac.update(&(part.len() as u64).to_be_bytes());
                mac.update(part);
            }
            let whole = mac.finalize().into_bytes();
            sealed.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
        }
        sealed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + second).unwrap()
    }

    #[test]
    fn one_holds_for_its_kind_and_matter_and_minutes() {
        let random = Random::seeded(1);
        let fresh = Fresh::new(&random);
        let given = fresh.give(Kind::Challenge, "a", &random, at(0));
        assert!(fresh.holds(Kind::Challenge, "a", &given, at(599)));
        assert!(!fresh.holds(Kind::Challenge, "a", &given, at(600)));
        assert!(!fresh.holds(Kind::Challenge, "b", &given, at(1)));
        assert!(!fresh.holds(Kind::Nonce, "a", &given, at(1)));
        assert!(!Fresh::new(&random).holds(Kind::Challenge, "a", &given, at(1)));
        for wrong in ["", "x", &given[1..], &format!("{given}A"), &given.to_lowercase()] {
            assert!(!fresh.holds(Kind::Challenge, "a", wrong, at(1)), "{wrong}");
        }
        assert_ne!(given, fresh.give(Kind::Challenge, "a", &random, at(0)));
    }

    #[test]
    fn a_code_is_taken_once() {
        let random = Random::seeded(2);
        let fresh = Fresh::new(&random);
        let (one, other) = (
            fresh.give(Kind::Code, "a", &random, at(0)),
            fresh.give(Kind::Code, "a", &random, at(0)),
        );
        assert!(!fresh.take(Kind::Code, "b", &one, at(1)));
        assert!(fresh.take(Kind::Code, "a", &one, at(1)));
        assert!(!fresh.take(Kind::Code, "a", &one, at(1)));
        assert!(fresh.take(Kind::Code, "a", &other, at(1)));
    }
}
