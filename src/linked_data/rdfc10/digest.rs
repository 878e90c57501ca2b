//! The digest that the caller chose.

use sha2::{Digest as _, Sha256, Sha384};

use crate::linked_data::options::Hash;

/// A digest; shorter ones are filled with zeros, which leaves their order as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::linked_data) struct Digest([u8; 48]);

impl Digest {
    pub(super) fn of(hash: Hash, data: &[u8]) -> Self {
        let mut bytes = [0; 48];
        match hash {
            Hash::Sha256 => fill(&mut bytes, &Sha256::digest(data)),
            Hash::Sha384 => fill(&mut bytes, &Sha384::digest(data)),
        }
        Self(bytes)
    }

    /// Lower-case hexadecimal digits.
    pub(super) fn hex(&self, hash: Hash) -> String {
        let length = match hash {
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
        };
        self.0.iter().take(length).flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect()
    }
}

fn fill(to: &mut [u8; 48], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

fn digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0')
}
