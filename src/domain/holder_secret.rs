//! What opens the holder's own page of an award.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::world::Random;

/// 256 random bits in a link; whoever has them may do what the holder may. Only their digest is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct HolderSecret(Zeroizing<[u8; 32]>);

impl HolderSecret {
    /// A new one.
    pub fn random(random: &Random) -> Self {
        Self(Zeroizing::new(random.bytes()))
    }

    /// Reads what [`reveal`](Self::reveal) gave; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// The same as 43 characters of base64url (RFC 4648 §5), for the link.
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(*self.0))
    }

    /// What is kept of it: SHA-256.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(*self.0).into()
    }

    /// What a form on the page carries, so that only who was shown the page can send it.
    pub fn form_token(&self) -> String {
        let digest = Sha256::new().chain_update(b"form of the holder\0").chain_update(*self.0);
        URL_SAFE_NO_PAD.encode(digest.finalize())
    }

    /// The bytes, for the message that is to carry the link.
    pub fn to_bytes(&self) -> [u8; 32] {
        *self.0
    }

    /// The one with these bytes.
    pub fn of_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl std::fmt::Debug for HolderSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HolderSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_back_and_is_shown_to_nobody() {
        let secret = HolderSecret::random(&Random::seeded(1));
        let text = secret.reveal();
        assert_eq!(text.len(), 43);
        assert_eq!(HolderSecret::parse(&text), Some(secret.clone()));
        assert_eq!(HolderSecret::of_bytes(secret.to_bytes()), secret);
        assert_eq!(format!("{secret:?}"), "HolderSecret(…)");
        assert!(!secret.form_token().contains(&*text));
        for wrong in ["", "x", &text[1..], &format!("{}A", &*text), &format!("{}=", &*text)] {
            assert_eq!(HolderSecret::parse(wrong), None, "{wrong}");
        }
    }
}
