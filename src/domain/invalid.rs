//! What is wrong with input.

use std::fmt;

/// Why one value is not acceptable; becomes a [`Problem`] when its place is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Invalid {
    /// Stable, kebab-case: `required`, `too-long`, `bad-email` …
    pub code: &'static str,
    /// A sentence for a person.
    pub detail: String,
}

impl Invalid {
    /// A reason with its stable code.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    /// The same at a place.
    pub fn at(self, pointer: impl Into<String>) -> Problem {
        Problem { pointer: pointer.into(), code: self.code, detail: self.detail }
    }
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// JSON pointer (RFC 6901) to the member at fault; `""` is the whole body.
    pub pointer: String,
    /// Stable, kebab-case.
    pub code: &'static str,
    /// A sentence for a person.
    pub detail: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the whole" } else { &self.pointer };
        write!(f, "{place}: {}", self.detail)
    }
}

/// Everything that is wrong with one input, in the order it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Nothing wrong yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes one more.
    pub fn add(
        &mut self,
        pointer: impl Into<String>,
        code: &'static str,
        detail: impl Into<String>,
    ) {
        self.0.push(Problem { pointer: pointer.into(), code, detail: detail.into() });
    }

    /// The value, or `None` with the problem noted at `pointer`.
    pub fn take<T>(&mut self, pointer: &str, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|invalid| self.0.push(invalid.at(pointer))).ok()
    }

    /// `value` if nothing was found wrong.
    ///
    /// # Errors
    /// All problems that were noted.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }

    /// Whether nothing was found wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn sentence(&self) -> String {
        let each: Vec<String> = self.0.iter().map(Problem::to_string).collect();
        each.join("; ")
    }
}
