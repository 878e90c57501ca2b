//! Members that are taken over from [`Parts`](crate::linked_data::Parts), and how parts are made.

use std::sync::Arc;

use super::{Expansion, Place, Property};
use crate::json::Value;
use crate::linked_data::context::Context;
use crate::linked_data::error::Error;
use crate::linked_data::parts::Part;
use crate::linked_data::quads::{Dataset, Term};

/// Which parts to look for, or to make, and how far the walk is on the way to one.
#[derive(Default)]
pub(super) struct Sought<'p> {
    /// Parts to take over.
    known: &'p [Part],
    /// Ways to parts that are to be made.
    wanted: &'p [&'p [&'p str]],
    pub(super) made: Vec<Part>,
    /// The names of the members on the way to the map that is being read, as far as they are those
    /// on the way to a part.
    way: Vec<String>,
}

impl<'p> Sought<'p> {
    pub(super) fn known(known: &'p [Part]) -> Self {
        Self { known, ..Self::default() }
    }

    pub(super) fn wanted(wanted: &'p [&'p [&'p str]]) -> Self {
        Self { wanted, ..Self::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty() && self.wanted.is_empty()
    }

    /// Whether the member `name` is on the way to a part and not its end.
    fn is_on_a_way(&self, name: &str) -> bool {
        let leads = |way: &[&str]| match way.split_at_checked(self.way.len()) {
            Some((before, [next, _, ..])) => *before == self.way && *next == name,
            _ => false,
        };
        self.wanted.iter().any(|way| leads(way))
            || self
                .known
                .iter()
                .any(|part| leads(&part.way().iter().map(String::as_str).collect::<Vec<_>>()))
    }
}

impl Expansion<'_, '_> {
    /// [`Self::property_value`] for a member of a map on the way to a part.
    pub(super) fn sought_value(
        &mut self,
        active: &Arc<Context>,
        property: Property<'_>,
        value: &Value<'_>,
        place: Place,
    ) -> Result<(), Error> {
        let Some(name) = property.name.filter(|_| self.sought.way.len() + 1 == self.depth) else {
            return self.property_value(active, property, value, place);
        };
        if let Place::Object {
            subject: Some(subject),
            predicate: Some(predicate),
            graph: Some(Term::DEFAULT_GRAPH),
        } = place
        {
            let known = self.sought.known;
            let is_here = |way: &[String]| {
                way.split_last().is_some_and(|(last, way)| last == name && way == self.sought.way)
            };
            let part = known.iter().find(|part| is_here(part.way()));
            if let Some(quads) = part.and_then(|part| part.quads(active, value)) {
                return self.dataset.append(quads, subject, predicate);
            }
            self.make_part(active, property, name, value)?;
        }
        if value.as_object().is_none() || !self.sought.is_on_a_way(name) {
            return self.property_value(active, property, value, place);
        }
        self.sought.way.push(name.to_owned());
        let result = self.property_value(active, property, value, place);
        self.sought.way.pop();
        result
    }

    /// Makes a part of the member, if it is wanted as one and can stand alone.
    fn make_part(
        &mut self,
        active: &Arc<Context>,
        property: Property<'_>,
        name: &str,
        value: &Value<'_>,
    ) -> Result<(), Error> {
        let is_here = |way: &[&str]| {
            way.split_last().is_some_and(|(last, way)| *last == name && *way == self.sought.way)
        };
        // What was not made of registered contexts alone is not known again in another document.
        if !active.shared || !self.sought.wanted.iter().any(|way| is_here(way)) {
            return Ok(());
        }
        let mut alone = Dataset::new(self.options.limits);
        let place = Place::Object {
            subject: Some(alone.hole()?),
            predicate: Some(alone.hole()?),
            graph: Some(Term::DEFAULT_GRAPH),
        };
        let dataset = std::mem::replace(&mut self.dataset, alone);
        let shared = std::mem::take(&mut self.shared);
        let named_blanks = std::mem::take(&mut self.named_blanks);
        let indexes = std::mem::take(&mut self.indexes);
        let result = self.property_value(active, property, value, place);
        let alone = std::mem::replace(&mut self.dataset, dataset);
        self.shared = shared;
        let named = std::mem::replace(&mut self.named_blanks, named_blanks);
        let indexed = std::mem::replace(&mut self.indexes, indexes);
        result?;
        if named.is_empty() && indexed.is_empty() {
            let way = self.sought.way.iter().cloned().chain([name.to_owned()]).collect();
            self.sought.made.push(Part::new(way, value, active, alone));
        }
        Ok(())
    }
}
