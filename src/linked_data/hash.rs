//! A fast hash for tables keyed by terms and small ids.
//!
//! Terms are short and looked up by the hundred in each document; SipHash would take as long as all
//! the rest. This one folds 64-bit products and is seeded once per process, so that a document
//! cannot be written to make keys collide.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::OnceLock;

pub(super) type FastMap<K, V> = HashMap<K, V, Seed>;

#[derive(Clone, Copy, Debug)]
pub(super) struct Seed(u64);

impl Default for Seed {
    fn default() -> Self {
        static SEED: OnceLock<u64> = OnceLock::new();
        Self(*SEED.get_or_init(|| RandomState::new().hash_one(0x6a09_e667_f3bc_c908_u64)))
    }
}

impl BuildHasher for Seed {
    type Hasher = Folded;

    fn build_hasher(&self) -> Folded {
        Folded(self.0)
    }
}

pub(super) struct Folded(u64);

impl Folded {
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(0x9e37_79b9_7f4a_7c15_u64);
        let folded = (product as u64) ^ ((product >> 64) as u64);
        self.0 = folded.wrapping_add(0xbb67_ae85_84ca_a73b);
    }
}

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        let length = (bytes.len() as u64) << 56;
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        // What is left over, or the last bytes once more.
        let last = match (bytes.last_chunk::<8>(), rest) {
            (_, []) => 0,
            (Some(last), _) => u64::from_le_bytes(*last),
            (None, rest) => rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        self.mix(last ^ length);
    }

    fn write_u8(&mut self, byte: u8) {
        // What ends a string has been told by its length.
        if byte != 0xff {
            self.mix(u64::from(byte));
        }
    }

    fn write_u32(&mut self, word: u32) {
        self.mix(u64::from(word));
    }

    fn write_u64(&mut self, word: u64) {
        self.mix(word);
    }

    fn write_usize(&mut self, word: usize) {
        self.mix(word as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
