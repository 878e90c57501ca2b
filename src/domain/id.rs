//! Identifiers: a prefix that names the kind, and 22 base62 characters from 128 random bits.

use std::fmt;

use super::Invalid;
use crate::world::Random;

/// Characters after the prefix: 62²² > 2¹²⁸.
const LENGTH: usize = 22;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// 128 random bits as 22 base62 characters.
pub fn random_base62(random: &Random) -> String {
    base62(u128::from_be_bytes(random.bytes()))
}

fn base62(mut number: u128) -> String {
    let mut digits = [b'0'; LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET.get((number % 62) as usize).copied().unwrap_or(b'0');
        number /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// Reads what [`base62`] wrote.
fn number(text: &str) -> Option<u128> {
    text.bytes().try_fold(0_u128, |number, digit| {
        let value = ALPHABET.iter().position(|known| *known == digit)?;
        number.checked_mul(62)?.checked_add(u128::try_from(value).ok()?)
    })
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $word:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// What every identifier of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A new one.
            pub fn random(random: &Random) -> Self {
                Self(format!("{}{}", $prefix, random_base62(random)))
            }

            /// Reads one.
            ///
            /// # Errors
            /// `bad-id` when it is not the prefix and 22 base62 characters.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                let valid = text.strip_prefix($prefix).is_some_and(|tail| {
                    tail.len() == LENGTH && tail.bytes().all(|byte| byte.is_ascii_alphanumeric())
                });
                if valid {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(Invalid::new(
                        "bad-id",
                        concat!("not ", $word, " id: ", $prefix, " and 22 letters or digits"),
                    ))
                }
            }

            /// The whole identifier with its prefix.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier!(
    /// A platform's account: what its tokens, issuers and badges belong to.
    AccountId, "acct_", "an account"
);
identifier!(
    /// An issuer profile.
    IssuerId, "iss_", "an issuer"
);
identifier!(
    /// A badge class, all versions of it.
    BadgeClassId, "bc_", "a badge class"
);
identifier!(
    /// An assertion: one award.
    AssertionId, "as_", "an assertion"
);
identifier!(
    /// A signing key.
    KeyId, "key_", "a key"
);
identifier!(
    /// An access token; public, its secret is another thing.
    TokenId, "tok_", "a token"
);
identifier!(
    /// An uploaded picture.
    ImageId, "img_", "an image"
);
identifier!(
    /// An address that is told what happens.
    WebhookId, "whk_", "a webhook"
);

macro_rules! numbered {
    ($($name:ident)*) => {
        $(impl $name {
            /// The one with a number.
            pub fn of_number(number: u128) -> Self {
                Self(format!("{}{}", Self::PREFIX, base62(number)))
            }

            /// Its number; `None` for an identifier that no number has.
            pub fn number(&self) -> Option<u128> {
                number(self.0.strip_prefix(Self::PREFIX)?)
            }
        })*
    };
}

identifier!(
    /// Something that happened. Its number is its place in the order of all that happened, so that
    /// whoever knows one finds what came after it.
    EventId, "evt_", "an event"
);
identifier!(
    /// The delivery of an event to a webhook; it has the number of the event.
    DeliveryId, "dlv_", "a delivery"
);
numbered!(EventId DeliveryId);
identifier!(
    /// A message to a holder.
    MailId, "ml_", "a message"
);
identifier!(
    /// Many awards that were asked for together.
    BatchId, "bat_", "a batch"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_read_back_and_refuse_others() {
        let random = Random::seeded(1);
        let id = AssertionId::random(&random);
        assert_eq!(AssertionId::parse(id.as_str()), Ok(id.clone()));
        assert_eq!(id.as_str().len(), 3 + LENGTH);
        assert!(IssuerId::parse(id.as_str()).is_err());
        assert!(AssertionId::parse("as_").is_err());
        assert!(AssertionId::parse("as_0123456789abcdefghij/.").is_err());
        assert_ne!(AssertionId::random(&random), id);
    }

    #[test]
    fn base62_keeps_all_128_bits() {
        assert_eq!(base62(0), "0".repeat(22));
        assert_eq!(base62(u128::MAX), "7n42DGM5Tflk9n8mt7Fhc7");
        for known in [0, 1, 61, 62, 1 << 80, u128::MAX] {
            assert_eq!(EventId::of_number(known).number(), Some(known));
        }
        assert_eq!(EventId::parse("evt_zzzzzzzzzzzzzzzzzzzzzz").unwrap().number(), None);
    }
}
