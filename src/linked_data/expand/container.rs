//! The value of a property by its container (JSON-LD 1.1 API §5.1.2 steps 13.5 to 13.13).

use std::sync::Arc;

use super::{Entry, Expansion, How, Outcome, Place, Property, Wrap};
use crate::json::{Object, Value};
use crate::linked_data::context::{Coercion, Container, Context, Expanded};
use crate::linked_data::error::{At, Error, ErrorCode, Refusal};
use crate::linked_data::iri;
use crate::linked_data::keyword::Keyword;

impl Expansion<'_, '_> {
    pub(super) fn property_value(
        &mut self,
        active: &Arc<Context>,
        property: Property<'_>,
        value: &Value<'_>,
        place: Place,
    ) -> Result<(), Error> {
        let Some(definition) = property.definition else {
            self.element(active, property, value, place, How::default())?;
            return Ok(());
        };
        let container = definition.container;
        // 13.6
        if definition.coercion == Coercion::Json {
            self.check_not_reverse(place)?;
            let literal = self.json_literal(value)?;
            return self.deliver(place, Some(literal));
        }
        if !container.is_empty() {
            let is_keyed = Container::INDEX.or(Container::TYPE).or(Container::ID);
            match value {
                // 13.7
                Value::Object(map) if container.has(Container::LANGUAGE) => {
                    return self.language_map(active, property, map, place);
                }
                // 13.8
                Value::Object(map) if container.has(is_keyed) => {
                    return self.keyed_map(active, property, map, place);
                }
                // 13.11
                _ if container.has(Container::LIST) => {
                    return self.list_container(active, property, value, place);
                }
                _ => {}
            }
        }
        // 13.9, 13.12
        let keyed = Container::ID.or(Container::INDEX);
        let wrap = if container.has(Container::GRAPH) && !container.has(keyed) {
            Wrap::Always
        } else {
            Wrap::No
        };
        self.element(active, property, value, place, How { wrap, ..How::default() })?;
        Ok(())
    }

    /// Step 13.11: what is no list yet becomes one.
    fn list_container(
        &mut self,
        active: &Arc<Context>,
        property: Property<'_>,
        value: &Value<'_>,
        place: Place,
    ) -> Result<(), Error> {
        self.check_not_reverse(place)?;
        let graph = place.graph();
        let head = match value {
            Value::Null => {
                self.refuse(Refusal::NullValue, "null")?;
                return Ok(());
            }
            Value::Array(_) => self.collect_list(active, property, value, graph)?,
            one => {
                let start = self.items.len();
                let how = How { in_list: true, ..How::default() };
                let outcome = self.element(active, property, one, Place::List { graph }, how)?;
                match outcome {
                    Outcome::Nothing => return Ok(()),
                    Outcome::List => match self.items.pop() {
                        Some(head) => return self.deliver(place, head.term),
                        None => return Ok(()),
                    },
                    _ => {
                        self.note_items(start, one);
                        self.finish_list(start, graph)?
                    }
                }
            }
        };
        self.deliver(place, Some(head))
    }

    /// Step 13.7.
    fn language_map(
        &mut self,
        active: &Arc<Context>,
        property: Property<'_>,
        map: &Object<'_>,
        place: Place,
    ) -> Result<(), Error> {
        self.check_not_reverse(place)?;
        let direction = match property.definition {
            Some(definition) => definition.direction.or(active.direction.as_ref()),
            None => active.direction.as_ref(),
        };
        for (language, value) in map.iter() {
            let is_none = matches!(
                active.expand_iri(language, false, true),
                Expanded::Keyword(Keyword::None)
            );
            let tag = (!is_none).then(|| language.to_ascii_lowercase());
            for item in value.items() {
                match item {
                    Value::Null => self.refuse(Refusal::NullValue, "null").at(language)?,
                    Value::String(text) => {
                        let literal = self
                            .text_literal(text, tag.as_deref(), direction.copied(), place.graph())
                            .at(language)?;
                        self.deliver(place, literal)?;
                    }
                    other => {
                        let error = Error::rule(ErrorCode::InvalidLanguageMapValue, other.kind());
                        return Err(error).at(language);
                    }
                }
            }
            if *value == Value::Null {
                self.refuse(Refusal::NullValue, "null").at(language)?;
            }
        }
        Ok(())
    }

    /// Step 13.8.
    fn keyed_map(
        &mut self,
        active: &Arc<Context>,
        property: Property<'_>,
        map: &Object<'_>,
        place: Place,
    ) -> Result<(), Error> {
        let container = property.definition.map(|definition| definition.container);
        let container = container.unwrap_or_default();
        let wrap = if container.has(Container::GRAPH) { Wrap::UnlessGraph } else { Wrap::No };
        for (key, value) in map.iter() {
            // 13.8.3.1 to 13.8.3.3
            let mut context = match &active.previous {
                Some(previous) if container.has(Container::ID.or(Container::TYPE)) => {
                    Arc::clone(previous)
                }
                _ => Arc::clone(active),
            };
            if container.has(Container::TYPE)
                && let Some(local) = context.term(key).and_then(|term| term.local.clone())
            {
                context = self.session.type_scoped(&context, &local)?;
            }
            // 13.8.3.4, 13.8.3.7
            let entry = self.map_entry(active, property, container, key).at(key)?;
            let how = How { from_map: true, wrap, entry: entry.as_ref(), ..How::default() };
            let property = property.within(&context);
            self.element(&context, property, value, place, how).at(key)?;
        }
        Ok(())
    }

    /// What a key adds to the values under it; nothing if it is `@none`.
    fn map_entry(
        &mut self,
        active: &Arc<Context>,
        property: Property<'_>,
        container: Container,
        key: &str,
    ) -> Result<Option<Entry>, Error> {
        if matches!(active.expand_iri(key, false, true), Expanded::Keyword(Keyword::None)) {
            return Ok(None);
        }
        if container.has(Container::INDEX) {
            let index = property.definition.and_then(|definition| definition.index.as_deref());
            let Some(index) = index else { return Ok(Some(Entry::Index(key.into()))) };
            let Expanded::Iri(name) = active.expand_iri(index, false, true) else {
                return Ok(None);
            };
            let predicate =
                if iri::is_well_formed(&name) { Some(self.dataset.iri(&name)?) } else { None };
            let index = Property { name: Some(index), definition: None }.within(active);
            let key = Value::String(key.into());
            let value = self.expand_value(active, index, &key, Place::Free { graph: None })?;
            return Ok(Some(Entry::Property { predicate, value: value.0 }));
        }
        if container.has(Container::ID) {
            return Ok(match active.expand_iri(key, true, false) {
                Expanded::Iri(id) => Some(Entry::Id(id.into())),
                Expanded::Keyword(keyword) => Some(Entry::Id(keyword.as_str().into())),
                Expanded::Null => None,
            });
        }
        Ok(match active.expand_iri(key, true, true) {
            Expanded::Iri(name) => Some(Entry::Type(name.into())),
            _ => {
                self.refuse(Refusal::RelativeType, key)?;
                None
            }
        })
    }

    /// Step 13.13.4: the values of a reverse property are nodes.
    pub(super) fn check_not_reverse(&self, place: Place) -> Result<(), Error> {
        match place {
            Place::Subject { .. } => {
                Err(Error::rule(ErrorCode::InvalidReversePropertyValue, "not a node"))
            }
            _ => Ok(()),
        }
    }
}
