//! Codes that people read out or type: eight letters and digits that stand for an award.

use std::fmt;

use sha2::{Digest, Sha256};

use super::AssertionId;

/// The letters and digits of codes. I, L, O and U are not among them: they look like others.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Letters of a code.
const LENGTH: usize = 8;

/// The short code of an award, derived from its id. Two awards may, very rarely, share one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShortCode(String);

impl ShortCode {
    /// The code of an award.
    pub fn of(id: &AssertionId) -> Self {
        Self::of_text(id.as_str())
    }

    fn of_text(id: &str) -> Self {
        let letter = |byte: &u8| LETTERS.get(usize::from(byte % 32)).copied().map(char::from);
        Self(Sha256::digest(id.as_bytes()).iter().take(LENGTH).filter_map(letter).collect())
    }

    /// Reads a code as people write it: in small or capital letters, with or without the dash, with
    /// the letters O, I and L for the digits that they look like. `None` if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 4 * LENGTH {
            return None;
        }
        let written = text.trim().chars().filter(|c| !matches!(c, '-' | ' ' | '–'));
        let letters: String = written
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        let known = |byte: u8| LETTERS.contains(&byte);
        (letters.len() == LENGTH && letters.bytes().all(known)).then_some(Self(letters))
    }

    /// The eight letters without the dash.
    pub fn letters(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.0.split_at_checked(LENGTH / 2).unwrap_or((&self.0, ""));
        write!(f, "{first}-{second}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_short_printable_and_depend_on_the_id() {
        let code = ShortCode::of_text("as_4fT").to_string();
        assert_eq!(code.len(), 9);
        assert!(code.bytes().all(|b| b == b'-' || b.is_ascii_digit() || b.is_ascii_uppercase()));
        assert_eq!(code, ShortCode::of_text("as_4fT").to_string());
        assert_ne!(code, ShortCode::of_text("as_4ft").to_string());
    }

    #[test]
    fn codes_are_read_as_people_write_them() {
        let code = ShortCode::parse("7K3Q-9F20").unwrap();
        for written in ["7k3q9f20", " 7K3Q 9F2O ", "7k3q–9f2o", "7K3Q-9F20\n"] {
            assert_eq!(ShortCode::parse(written), Some(code.clone()), "{written:?}");
        }
        assert_eq!(ShortCode::parse("1111-1111"), ShortCode::parse("ilIL-1111"));
        for wrong in ["", "7K3Q-9F2", "7K3Q-9F200", "7K3Q-9F2U", "7K3Q-9F2é", &"-".repeat(4000)] {
            assert_eq!(ShortCode::parse(wrong), None, "{wrong:?}");
        }
    }
}
