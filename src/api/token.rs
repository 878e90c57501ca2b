//! Access tokens: `acc_<public id>_<secret>_<checksum>`.
//!
//! The public id finds the record, the secret proves the right to it, the checksum lets scanners
//! and us tell a mistyped token from a wrong one without a look into the store. Only the SHA-256 of
//! the secret is kept: it has 256 random bits, so that a slow hash would add nothing.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::domain::TokenId;
use crate::domain::id::random_base62;
use crate::world::Random;

const PREFIX: &str = "acc";
const SECRET_LENGTH: usize = 44;
const CHECKSUM_LENGTH: usize = 6;

/// A token as its holder has it. It is shown once and never logged.
pub struct Token {
    /// Finds its record.
    pub id: TokenId,
    secret: Zeroizing<String>,
}

impl Token {
    /// A new one.
    pub fn random(random: &Random) -> Self {
        let secret = format!("{}{}", random_base62(random), random_base62(random));
        Self { id: TokenId::random(random), secret: Zeroizing::new(secret) }
    }

    /// Reads one; `None` when its form or its checksum is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let (body, checksum) = text.rsplit_once('_')?;
        let mut parts = body.split('_');
        let (prefix, public, secret) = (parts.next()?, parts.next()?, parts.next()?);
        let well_formed = prefix == PREFIX
            && parts.next().is_none()
            && secret.len() == SECRET_LENGTH
            && secret.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && checksum == checksum_of(body);
        if !well_formed {
            return None;
        }
        let id = TokenId::parse(&format!("{}{public}", TokenId::PREFIX)).ok()?;
        Some(Self { id, secret: Zeroizing::new(secret.to_owned()) })
    }

    /// The whole token, to be shown to its holder once.
    pub fn reveal(&self) -> Zeroizing<String> {
        let public = self.id.as_str().trim_start_matches(TokenId::PREFIX);
        let body = Zeroizing::new(format!("{PREFIX}_{public}_{}", *self.secret));
        Zeroizing::new(format!("{}_{}", *body, checksum_of(&body)))
    }

    /// What is kept of the secret: its SHA-256.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.secret.as_bytes()).into()
    }

    /// Whether its secret is the one that was hashed, in a time that tells nothing.
    pub fn proves(&self, hash: &[u8]) -> bool {
        self.hash().as_slice().ct_eq(hash).into()
    }
}

/// CRC-32 in six base62 digits.
fn checksum_of(body: &str) -> String {
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut rest = crc32fast::hash(body.as_bytes()) as usize;
    let mut text = [b'0'; CHECKSUM_LENGTH];
    for place in text.iter_mut().rev() {
        *place = digits.get(rest % 62).copied().unwrap_or(b'0');
        rest /= 62;
    }
    text.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_proves_itself_only() {
        let random = Random::seeded(3);
        let (token, other) = (Token::random(&random), Token::random(&random));
        let text = token.reveal();
        let read = Token::parse(&text).unwrap();
        assert_eq!(read.id, token.id);
        assert!(read.proves(&token.hash()));
        assert!(!read.proves(&other.hash()));
        assert!(!read.proves(b""));
        assert!(text.starts_with("acc_") && text.split('_').count() == 4, "{}", *text);
    }

    #[test]
    fn a_mistyped_token_is_none() {
        let text = Token::random(&Random::seeded(3)).reveal();
        for at in 0..text.len() {
            let mut wrong = text.as_bytes().to_vec();
            wrong[at] = if wrong[at] == b'x' { b'y' } else { b'x' };
            assert!(Token::parse(&String::from_utf8(wrong).unwrap()).is_none(), "{at}");
        }
        for wrong in ["", "acc", "acc___", "acc_a_b_c", "Bearer", "_______", "acc_\u{e9}_b_c"] {
            assert!(Token::parse(wrong).is_none(), "{wrong}");
        }
    }
}
