//! Maps (JSON-LD 1.1 API §5.1.2 steps 7 to 12 and 15 to 19): which contexts apply, and whether the
//! map is a value, a list, a set or a node.

use std::sync::Arc;

use super::map::Map;
use super::members::Members;
use super::node::Subject;
use super::{Expansion, How, Outcome, Place, Property, Wrap};
use crate::json::Value;
use crate::linked_data::context::{Call, Context, Expanded};
use crate::linked_data::error::{At, Error, ErrorCode, Refusal};
use crate::linked_data::keyword::Keyword;

impl Expansion<'_, '_> {
    pub(super) fn object(
        &mut self,
        active: &Arc<Context>,
        property: Property<'_>,
        object: Map<'_, '_>,
        place: Place,
        how: How<'_>,
    ) -> Result<Outcome, Error> {
        // 7 to 9
        let outer = self.enter(active, property, object, how)?;
        // 10
        let type_scoped = &outer;
        // 11
        let inner = self.apply_types(type_scoped, object)?;
        let active = inner.as_ref().unwrap_or(&outer);
        // 13.4
        let members = Members::of(&mut self.session, active, object)?;
        // 15
        if members.value.is_some() {
            return self.value_object(active, type_scoped, object, &members, place, how);
        }
        // 17
        if let Some((name, value)) = members.list.or(members.set) {
            self.check_list_or_set(active, object, &members)?;
            let property = property.within(active);
            if members.list.is_some() {
                return self.list_object(active, property, value, place, how).at(name);
            }
            let how = How { is_top: false, ..how };
            return self.element(active, property, value, place, how).at(name);
        }
        // 18
        if members.language.is_some() && members.keywords == 1 && members.others == 0 {
            self.refuse(Refusal::Misplaced, Keyword::Language.as_str())?;
            return Ok(Outcome::Nothing);
        }
        self.node(active, type_scoped, object, &members, place, how)
    }

    /// Steps 7 to 9: the context that does not propagate, the property's, the map's own.
    pub(super) fn enter(
        &mut self,
        active: &Arc<Context>,
        property: Property<'_>,
        object: Map<'_, '_>,
        how: How<'_>,
    ) -> Result<Arc<Context>, Error> {
        // 7
        let mut context = match &active.previous {
            Some(previous) if !how.from_map && !keeps_context(active, object) => previous,
            _ => active,
        };
        // 8
        let scoped;
        if let Some(local) = property.definition.and_then(|definition| definition.local.as_ref()) {
            scoped = self.session.property_scoped(context, local)?;
            context = &scoped;
        }
        // 9
        match object.get(Keyword::Context.as_str()) {
            None => Ok(Arc::clone(context)),
            Some(local) => {
                self.check_embedded(local, how).at(Keyword::Context.as_str())?;
                let base_url = self.base_url.clone();
                let call = Call::embedded(base_url.as_ref());
                self.session.process(context, local, call).at(Keyword::Context.as_str())
            }
        }
    }

    /// Whether the caller accepts a context of this kind here.
    fn check_embedded(&self, local: &Value<'_>, how: How<'_>) -> Result<(), Error> {
        if !how.is_top && !self.options.nested_contexts {
            return Err(Error::refuse(Refusal::NestedContext, Keyword::Context.as_str()));
        }
        if !self.options.inline_contexts {
            let is_inline = |item: &Value<'_>| item.as_str().is_none();
            match local {
                Value::Array(items) => {
                    if let Some(at) = items.iter().position(is_inline) {
                        return Err(Error::refuse(Refusal::InlineContext, "an entry")).at(at);
                    }
                }
                one if is_inline(one) => {
                    return Err(Error::refuse(Refusal::InlineContext, one.kind()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Step 11: the contexts of the types, in the order of their names.
    fn apply_types(
        &mut self,
        type_scoped: &Arc<Context>,
        object: Map<'_, '_>,
    ) -> Result<Option<Arc<Context>>, Error> {
        let mut result: Option<Arc<Context>> = None;
        let is_type = |name: &str| type_scoped.keyword(name) == Some(Keyword::Type);
        let mut keys = object.iter().filter(|(name, _)| is_type(name));
        let Some((first, value)) = keys.next() else { return Ok(None) };
        let mut others: Vec<(&str, &Value<'_>)> = keys.collect();
        if others.is_empty() {
            self.apply_type_names(&mut result, type_scoped, value)?;
            return Ok(result);
        }
        others.push((first, value));
        others.sort_unstable_by_key(|(name, _)| *name);
        for (_, value) in others {
            self.apply_type_names(&mut result, type_scoped, value)?;
        }
        Ok(result)
    }

    fn apply_type_names(
        &mut self,
        result: &mut Option<Arc<Context>>,
        type_scoped: &Arc<Context>,
        value: &Value<'_>,
    ) -> Result<(), Error> {
        let mut sorted: Vec<&str> = Vec::new();
        let names = value.items().iter().filter_map(Value::as_str);
        let in_order = names.clone().is_sorted();
        if !in_order {
            sorted.extend(names.clone());
            sorted.sort_unstable();
        }
        for name in sorted.into_iter().chain(names.filter(|_| in_order)) {
            let Some(local) = type_scoped.term(name).and_then(|term| term.local.as_ref()) else {
                continue;
            };
            let active = result.as_ref().unwrap_or(type_scoped);
            *result = Some(self.session.type_scoped(active, local)?);
        }
        Ok(())
    }

    /// Step 17.1.
    fn check_list_or_set(
        &mut self,
        active: &Arc<Context>,
        object: Map<'_, '_>,
        members: &Members<'_, '_>,
    ) -> Result<(), Error> {
        let both = members.list.is_some() && members.set.is_some();
        let allowed = [Keyword::List, Keyword::Set, Keyword::Index];
        if both || members.has_other_than(&allowed) {
            return Err(Error::rule(ErrorCode::InvalidSetOrListObject, "more than one keyword"));
        }
        self.check_no_properties(active, object, ErrorCode::InvalidSetOrListObject)
    }

    /// A value, list or set object has no properties.
    pub(super) fn check_no_properties(
        &mut self,
        active: &Arc<Context>,
        object: Map<'_, '_>,
        code: ErrorCode,
    ) -> Result<(), Error> {
        for (name, _) in object.iter() {
            if active.keyword(name).is_some() {
                continue;
            }
            match active.expand_iri(name, false, true) {
                Expanded::Iri(iri) if iri.contains(':') => {
                    return Err(Error::rule(code, name)).at(name);
                }
                _ => self.refuse(Refusal::UndefinedTerm, name).at(name)?,
            }
        }
        Ok(())
    }

    /// Step 13.4.11: a list written out. One that belongs to no property is dropped unread.
    fn list_object(
        &mut self,
        active: &Arc<Context>,
        property: Property<'_>,
        value: &Value<'_>,
        place: Place,
        how: How<'_>,
    ) -> Result<Outcome, Error> {
        if matches!(place, Place::Free { .. }) && how.wrap == Wrap::No {
            self.refuse(Refusal::FreeFloating, Keyword::List.as_str())?;
            return Ok(Outcome::Nothing);
        }
        if matches!(place, Place::Subject { .. }) {
            return Err(Error::rule(ErrorCode::InvalidReversePropertyValue, "a list"));
        }
        if how.wrap != Wrap::No {
            return self.wrap_value(place, how, Refusal::FreeFloating, Keyword::List.as_str());
        }
        let head = self.collect_list(active, property, value, place.graph())?;
        self.deliver(place, Some(head))?;
        Ok(Outcome::List)
    }

    /// Steps 13.8.3.7.1 and 13.12: a graph of its own for a value; its name goes to `place`.
    pub(super) fn wrap_in_graph(&mut self, place: Place, how: How<'_>) -> Result<Place, Error> {
        let name = self.subject_of(None, how, place.graph())?;
        self.deliver(place, name.term)?;
        Ok(Place::Free { graph: name.term })
    }

    /// The same for what is no node: the graph has nothing in it, and the value is lost.
    pub(super) fn wrap_value(
        &mut self,
        place: Place,
        how: How<'_>,
        refusal: Refusal,
        what: &str,
    ) -> Result<Outcome, Error> {
        self.refuse(refusal, what)?;
        self.wrap_in_graph(place, how)?;
        Ok(Outcome::Node)
    }

    /// The subject of a node: its `@id`, or what the map it stands in says, or a new blank node.
    pub(super) fn subject_of(
        &mut self,
        id: Option<&str>,
        how: How<'_>,
        graph: Option<crate::linked_data::quads::Term>,
    ) -> Result<Subject, Error> {
        Subject::make(self, id, how.entry, graph)
    }
}

/// Step 7: a value object, and a mere reference, keep the context that does not propagate.
fn keeps_context(active: &Context, object: Map<'_, '_>) -> bool {
    let mut names = object.iter().map(|(name, _)| active.keyword(name));
    match (names.next().flatten(), names.next()) {
        (Some(Keyword::Value), _) | (_, Some(Some(Keyword::Value))) => true,
        (Some(Keyword::Id), None) => true,
        (_, None) => false,
        _ => names.any(|keyword| keyword == Some(Keyword::Value)),
    }
}
