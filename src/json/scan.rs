//! Finds the first byte of a kind, eight bytes at a time.
//!
//! Strings are most of what we read and write, and nearly none of their bytes need a second look.

const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = 0x8080_8080_8080_8080;

/// Marks the bytes of `word` that are `byte`. What stands above the first mark may be marked too.
pub(crate) const fn equal(word: u64, byte: u8) -> u64 {
    let same = word ^ (ONES * byte as u64);
    same.wrapping_sub(ONES) & !same & TOPS
}

/// Marks the bytes of `word` that are below `limit`, 128 at most. What stands above the first mark
/// may be marked too.
pub(crate) const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * limit as u64) & !word & TOPS
}

/// Marks what cannot stand in a JSON string as it is: quotes, backslashes, control characters.
pub(crate) fn is_special(word: u64) -> u64 {
    equal(word, b'"') | equal(word, b'\\') | below(word, b' ')
}

/// The place of the first byte from `from` on that `marks` marks; the length if there is none.
#[inline]
pub(crate) fn find(bytes: &[u8], from: usize, marks: impl Fn(u64) -> u64) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let (words, tail) = rest.as_chunks::<8>();
    let mut at = from;
    for word in words {
        let found = marks(u64::from_le_bytes(*word));
        if found != 0 {
            return at + (found.trailing_zeros() >> 3) as usize;
        }
        at += 8;
    }
    if tail.is_empty() {
        return at;
    }
    if let Some(last) = rest.last_chunk::<8>() {
        // Eight bytes again, the first of which are known to be none.
        let found = marks(u64::from_le_bytes(*last));
        let start = bytes.len() - 8;
        return if found == 0 {
            bytes.len()
        } else {
            start + (found.trailing_zeros() >> 3) as usize
        };
    }
    for byte in tail {
        if marks(u64::from(*byte) * ONES) != 0 {
            return at;
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_first_of_its_kind_wherever_it_stands() {
        for length in 0..40 {
            for at in 0..=length {
                let mut bytes = vec![b'a'; length];
                bytes.iter_mut().skip(at).step_by(3).for_each(|byte| *byte = b'"');
                bytes.iter_mut().skip(at + 1).step_by(3).for_each(|byte| *byte = 0xc3);
                let expected = if at < length { at } else { length };
                for from in 0..=at {
                    assert_eq!(find(&bytes, from, |word| equal(word, b'"')), expected);
                    let found = find(&bytes, from, |word| below(word, b'#'));
                    assert_eq!(found, expected);
                }
            }
        }
        assert_eq!(find(b"abc", 7, |word| equal(word, b'a')), 7);
    }
}
