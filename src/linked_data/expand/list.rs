//! Lists (JSON-LD 1.1 API §8.3, List to RDF Conversion).

use std::sync::Arc;

use super::{Expansion, How, Item, Place, Property};
use crate::json::Value;
use crate::linked_data::context::Context;
use crate::linked_data::error::{At, Error};
use crate::linked_data::origin::{Role, address};
use crate::linked_data::quads::Term;

impl Expansion<'_, '_> {
    /// Expands the elements of a list and returns its head.
    pub(super) fn collect_list(
        &mut self,
        active: &Arc<Context>,
        property: Property<'_>,
        value: &Value<'_>,
        graph: Option<Term>,
    ) -> Result<Term, Error> {
        let elements = match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        let start = self.items.len();
        let how = How { in_list: true, ..How::default() };
        for (at, element) in elements.iter().enumerate() {
            let before = self.items.len();
            self.element(active, property, element, Place::List { graph }, how)
                .at_item(value, at)?;
            self.note_items(before, element);
        }
        self.finish_list(start, graph)
    }

    /// The items from `start` on came from `element`.
    pub(super) fn note_items(&mut self, start: usize, element: &Value<'_>) {
        for item in self.items.iter_mut().skip(start) {
            item.element = address(element);
        }
    }

    /// Makes a list of the items from `start` on.
    pub(super) fn finish_list(&mut self, start: usize, graph: Option<Term>) -> Result<Term, Error> {
        let items = self.items.split_off(start);
        let nil = self.rdf_nil()?;
        let (first, rest) = (self.rdf_first()?, self.rdf_rest()?);
        let mut tail = nil;
        for Item { term, element } in items.into_iter().rev() {
            let cell = self.dataset.new_blank(None)?;
            self.note(Role::Cell, element, Some(cell));
            self.quad(Some(cell), Some(first), term, graph)?;
            self.quad(Some(cell), Some(rest), Some(tail), graph)?;
            tail = cell;
        }
        Ok(tail)
    }
}
