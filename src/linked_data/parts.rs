//! Parts that many documents have in common, expanded once.
//!
//! Documents of one kind often differ in little: the same issuer, the same thing that is awarded.
//! [`Parts::of`] reads a model and keeps the quads that the members at some places of it become. A
//! document that is [read with](super::Document::with) these parts, and has the same JSON at such a
//! place under the same contexts, takes the quads over. Wherever anything differs it is walked as
//! ever, so that what comes out never depends on the parts: only how long it takes.

use std::sync::Arc;

use super::context::Context;
use super::error::Error;
use super::expand;
use super::options::{Hash, Options};
use super::quads::{Dataset, Term};
use super::rdfc10;
use super::{Contexts, Document};
use crate::json::Value;

/// Parts of a model document, ready for documents that have them too.
#[derive(Debug)]
pub struct Parts {
    pub(super) parts: Vec<Part>,
    /// The hash that they were made with.
    pub(super) hash: Hash,
}

/// What one member of the model became.
#[derive(Debug)]
pub(super) struct Part {
    /// The names of the members on the way from the top, its own last.
    way: Vec<String>,
    value: Value<'static>,
    /// The context that was active. Its id stands for its content.
    active: Arc<Context>,
    /// The quads. [`Part::SUBJECT`] and [`Part::PREDICATE`] stand for what the member belongs to.
    quads: Dataset,
}

impl Parts {
    /// Reads the `model` and keeps the members at the ends of these ways, names of members from the
    /// top. What cannot stand alone is left out: blank nodes with a name, and nodes with an index,
    /// may occur elsewhere in the document too.
    ///
    /// # Errors
    /// As [`super::to_rdf`].
    pub fn of<'v>(
        model: impl Into<Document<'v>>,
        ways: &[&[&str]],
        contexts: &Contexts,
        options: &Options,
    ) -> Result<Self, Error> {
        let mut parts = expand::take_parts(model.into(), ways, contexts, options)?;
        for part in &mut parts {
            let inner = rdfc10::first_degree_hashes(&part.quads, options.hash, Part::SUBJECT);
            part.quads.set_first_degree(inner);
        }
        Ok(Self { parts, hash: options.hash })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there is none: nothing could be set apart.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

impl Part {
    /// The first two terms of the quads of a part.
    pub(super) const SUBJECT: Term = Term::nth(1);
    pub(super) const PREDICATE: Term = Term::nth(2);

    pub(super) fn new(
        way: Vec<String>,
        value: &Value<'_>,
        active: &Arc<Context>,
        quads: Dataset,
    ) -> Self {
        Self { way, value: value.clone().into_owned(), active: Arc::clone(active), quads }
    }

    pub(super) fn way(&self) -> &[String] {
        &self.way
    }

    /// The quads of `value` where `active` applies, if they are those of the part.
    pub(super) fn quads(&self, active: &Context, value: &Value<'_>) -> Option<&Dataset> {
        (self.active.id == active.id && self.value == *value).then_some(&self.quads)
    }
}
