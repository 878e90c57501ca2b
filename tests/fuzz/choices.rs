//! Decisions read from the bytes of a fuzzer.

/// Each decision takes a byte or two; when there are none left, all decisions are zero, which every
/// generator takes for "no more".
pub(crate) struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// A number below `end`, which is at least 1.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let word = if end > 256 {
            u16::from_be_bytes([self.byte(), self.byte()]).into()
        } else {
            usize::from(self.byte())
        };
        word % end
    }

    /// True about once in `times`, and never when the bytes are over.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        !self.is_over() && self.below(times) == times - 1
    }

    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// What is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }
}
