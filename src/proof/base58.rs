//! Base58 with the alphabet that Multibase calls base58btc.
//!
//! The number is worked on five digits at a time, in words of 32 bits: one by one they take as long as
//! a tenth of a signature.

/// Without 0, I, O and l, which people mistake for others.
const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Digits at a time: the most that fit a word.
const PIECE: usize = 5;

/// One more than the largest number of that many digits.
const PIECE_VALUE: u64 = 58_u64.pow(PIECE as u32);

/// Writes bytes as base58. Each zero byte at the front is a digit of its own.
pub(super) fn encode(bytes: &[u8]) -> String {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    // The lowest word first.
    let mut words: Vec<u32> = bytes
        .get(zeros..)
        .unwrap_or_default()
        .rchunks(4)
        .map(|chunk| chunk.iter().fold(0, |word, byte| word << 8 | u32::from(*byte)))
        .collect();
    // The lowest digit first.
    let mut digits = Vec::with_capacity(bytes.len() * 7 / 5 + PIECE);
    while !words.is_empty() {
        let mut rest = 0;
        for word in words.iter_mut().rev() {
            let value = rest << 32 | u64::from(*word);
            *word = (value / PIECE_VALUE) as u32;
            rest = value % PIECE_VALUE;
        }
        while words.last() == Some(&0) {
            words.pop();
        }
        for _ in 0..PIECE {
            digits.extend(ALPHABET.get((rest % 58) as usize));
            rest /= 58;
        }
    }
    while digits.last() == ALPHABET.first() {
        digits.pop();
    }
    digits.extend(ALPHABET.first().into_iter().cycle().take(zeros));
    digits.into_iter().rev().map(char::from).collect()
}

/// Reads base58; `None` for a character that is no digit. Takes time that grows with the square of
/// the length.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let zeros = text.bytes().take_while(|digit| Some(digit) == ALPHABET.first()).count();
    let digits = text.as_bytes().get(zeros..)?;
    // The lowest word first.
    let mut words: Vec<u32> = Vec::with_capacity(digits.len() / PIECE + 1);
    let (first, pieces) = digits.split_at(digits.len() % PIECE);
    for piece in std::iter::once(first).chain(pieces.chunks(PIECE)) {
        let mut carry =
            piece.iter().try_fold(0, |value, digit| Some(value * 58 + value_of(*digit)?))?;
        for word in &mut words {
            carry += u64::from(*word) * PIECE_VALUE;
            *word = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            words.push(carry as u32);
        }
    }
    let number = words.iter().rev().flat_map(|word| word.to_be_bytes()).skip_while(|b| *b == 0);
    Some(std::iter::repeat_n(0, zeros).chain(number).collect())
}

fn value_of(digit: u8) -> Option<u64> {
    let value = match digit {
        b'1'..=b'9' => digit - b'1',
        b'A'..=b'H' => digit - b'A' + 9,
        b'J'..=b'N' => digit - b'J' + 17,
        b'P'..=b'Z' => digit - b'P' + 22,
        b'a'..=b'k' => digit - b'a' + 33,
        b'm'..=b'z' => digit - b'm' + 44,
        _ => return None,
    };
    Some(u64::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Random;

    #[test]
    fn writes_and_reads_what_the_specification_of_base58_shows() {
        let fox = b"The quick brown fox jumps over the lazy dog.";
        for (bytes, text) in [
            (&b""[..], ""),
            (b"\0", "1"),
            (b"\0\0", "11"),
            (b"\x39", "z"),
            (b"\x3a", "21"),
            (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
            (fox, "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"),
            (b"\0\0\x28\x7f\xb4\xcd", "11233QC4"),
        ] {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).as_deref(), Some(bytes));
        }
    }

    #[test]
    fn reads_back_what_it_writes_digit_by_digit_as_long_division_does() {
        let random = Random::seeded(58);
        for length in 0..200 {
            let mut bytes = vec![0; length];
            random.fill(&mut bytes);
            // Some zeros at the front, and numbers of every size behind them.
            bytes.iter_mut().take(length % 7).for_each(|byte| *byte = 0);
            let text = encode(&bytes);
            assert_eq!(decode(&text), Some(bytes.clone()), "{length}");
            let mut expected = Vec::new();
            let mut number = bytes.clone();
            while number.iter().any(|byte| *byte > 0) {
                let rest = number.iter_mut().fold(0, |rest, byte| {
                    let value = rest * 256 + usize::from(*byte);
                    *byte = (value / 58) as u8;
                    value % 58
                });
                expected.push(ALPHABET[rest]);
            }
            expected.extend(bytes.iter().take_while(|byte| **byte == 0).map(|_| b'1'));
            expected.reverse();
            assert_eq!(text.as_bytes(), expected);
        }
    }

    #[test]
    fn refuses_everything_that_is_no_digit() {
        for byte in 0..128_u8 {
            let is_digit = ALPHABET.contains(&byte);
            for text in [format!("{}2", char::from(byte)), format!("22222{}", char::from(byte))] {
                assert_eq!(decode(&text).is_some(), is_digit, "{text:?}");
            }
        }
        assert_eq!(decode("2é"), None);
        let values: Option<Vec<u64>> = ALPHABET.iter().map(|digit| value_of(*digit)).collect();
        assert_eq!(values, Some((0..58).collect()));
    }
}
