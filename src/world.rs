//! What a run takes from the outside besides the network: the time and chance.
//!
//! Both are handed in, never reached for, so that a test can freeze the one and seed the other
//! (`clippy.toml` keeps it so).

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Tells the time. Clones of one clock share it.
#[derive(Clone, Debug)]
pub struct Clock(ClockKind);

#[derive(Clone, Debug)]
enum ClockKind {
    System,
    /// Nanoseconds would not fit 64 bits over the years we accept; milliseconds do.
    Frozen(Arc<AtomicI64>),
}

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Self {
        Self(ClockKind::System)
    }

    /// A clock that stands still until it is [set](Self::set), to the millisecond.
    pub fn frozen(at: Timestamp) -> Self {
        Self(ClockKind::Frozen(Arc::new(AtomicI64::new(at.as_millisecond()))))
    }

    /// The time now, UTC, to the millisecond: nobody who reads it needs more.
    pub fn now(&self) -> Timestamp {
        let milliseconds = match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
            ClockKind::System => Timestamp::now().as_millisecond(),
            ClockKind::Frozen(at) => at.load(Ordering::SeqCst),
        };
        Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
    }

    /// The time now without the fraction of a second, as credentials carry it.
    pub fn now_to_the_second(&self) -> Timestamp {
        Timestamp::from_second(self.now().as_second()).unwrap_or(Timestamp::MAX)
    }

    /// Moves a frozen clock; the system's clock stays as it is.
    pub fn set(&self, at: Timestamp) {
        if let ClockKind::Frozen(now) = &self.0 {
            now.store(at.as_millisecond(), Ordering::SeqCst);
        }
    }
}

/// Gives random bytes. Clones of a seeded one share their sequence.
#[derive(Clone, Debug)]
pub struct Random(RandomKind);

#[derive(Clone, Debug)]
enum RandomKind {
    System,
    Seeded(Arc<Mutex<StdRng>>),
}

impl Random {
    /// Cryptographically secure, seeded by the operating system: for keys, ids, salts, tokens.
    pub fn system() -> Self {
        Self(RandomKind::System)
    }

    /// The same bytes for the same seed: for tests only.
    pub fn seeded(seed: u64) -> Self {
        Self(RandomKind::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))))
    }

    /// Fills `bytes`.
    pub fn fill(&self, bytes: &mut [u8]) {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "the one place that draws at random")]
            RandomKind::System => rand::rng().fill_bytes(bytes),
            RandomKind::Seeded(generator) => {
                generator.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
            }
        }
    }

    /// `N` bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A version 4 UUID (RFC 9562 §5.4).
    pub fn uuid(&self) -> uuid::Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }
}
