//! Node objects (JSON-LD 1.1 API §5.1.2 step 13, §7.2, §8.1): a subject, its types, its properties.

use std::borrow::Cow;
use std::sync::Arc;

use super::map::Map;
use super::members::Members;
use super::{Entry, Expansion, How, Outcome, Place, Property, Wrap};
use crate::json::Value;
use crate::linked_data::context::{Context, Expanded, Mapping, TermDefinition};
use crate::linked_data::error::{At, Error, ErrorCode, Refusal};
use crate::linked_data::iri;
use crate::linked_data::keyword::{Keyword, has_keyword_form};
use crate::linked_data::origin::Role;
use crate::linked_data::quads::Term;

/// The subject of a node.
#[derive(Clone, Copy)]
pub(super) struct Subject {
    /// `None` if RDF cannot hold its id.
    pub(super) term: Option<Term>,
}

impl Subject {
    /// From an expanded `@id`, or from the key of an id map, or new; what else the key of a map
    /// says (types, a property) is said of it in `graph`.
    pub(super) fn make(
        expansion: &mut Expansion<'_, '_>,
        id: Option<&str>,
        entry: Option<&Entry>,
        graph: Option<Term>,
    ) -> Result<Self, Error> {
        let id = match entry {
            Some(Entry::Id(key)) => Some(id.unwrap_or(key)),
            _ => id,
        };
        let term = match id {
            Some(id) => {
                let term = expansion.resource(id)?;
                if term.is_none() {
                    expansion.refuse(Refusal::RelativeId, id)?;
                }
                term
            }
            None => Some(expansion.dataset.new_blank(None)?),
        };
        match entry {
            Some(Entry::Type(name)) => expansion.add_type(term, name, graph)?,
            Some(Entry::Property { predicate, value }) => {
                expansion.quad(term, *predicate, *value, graph)?;
            }
            Some(Entry::Index(index)) => expansion.note_index(id, index)?,
            Some(Entry::Id(_)) | None => {}
        }
        Ok(Self { term })
    }
}

impl Expansion<'_, '_> {
    pub(super) fn node(
        &mut self,
        active: &Arc<Context>,
        type_scoped: &Arc<Context>,
        object: Map<'_, '_>,
        members: &Members<'_, '_>,
        place: Place,
        how: How<'_>,
    ) -> Result<Outcome, Error> {
        // 13.4.3
        let id = match members.id {
            Some((name, value)) => Some(self.expand_id(active, value).at(name)?),
            None => None,
        };
        for member in [members.language, members.direction].into_iter().flatten() {
            self.check_misplaced(member.0, member.1)?;
        }
        let is_graph_object = members.graph.is_some()
            && !members.has_other_than(&[Keyword::Graph, Keyword::Id, Keyword::Index])
            && !self.has_properties(active, object, members);
        // The document as a whole may be a mere list of nodes (§9.1, expand(), step 8).
        if how.is_top
            && is_graph_object
            && members.keywords == 1
            && let Some((name, value)) = members.graph
        {
            return self.graph_contents(active, value, place.graph()).at(name);
        }
        let how = match how.entry {
            // 13.8.3.7.3: an index of its own comes first.
            Some(Entry::Index(_)) if members.index.is_some() => How { entry: None, ..how },
            _ => how,
        };
        let (place, how) = match how.wrap {
            Wrap::Always => (self.wrap_node(object, place, how)?, How::default()),
            Wrap::UnlessGraph if !is_graph_object => {
                (self.wrap_node(object, place, how)?, How::default())
            }
            _ => (place, how),
        };
        let graph = place.graph();
        let subject = self.subject_of(id.as_deref(), how, graph)?.term;
        self.note(Role::Node, object.address(), subject);
        self.deliver(place, subject)?;
        let says_nothing = members.keywords == usize::from(members.id.is_some())
            && members.others == 0
            && members.nests.is_empty();
        if says_nothing && matches!(place, Place::Free { .. }) {
            self.refuse(Refusal::EmptyNode, "no member but an id")?;
        }
        // 13.4.10
        if let Some((name, value)) = members.index {
            match value.as_str() {
                Some(index) => self.note_index(id.as_deref(), index).at(name)?,
                None => {
                    let error = Error::rule(ErrorCode::InvalidIndexValue, value.kind());
                    return Err(error).at(name);
                }
            }
        }
        // 13.4.4
        for (name, value) in members.types.iter().chain(&members.more_types) {
            self.types(type_scoped, subject, value, graph).at(name)?;
        }
        // 13.4.5
        if let Some((name, value)) = members.graph {
            self.graph_contents(active, value, subject).at(name)?;
        }
        // 13.4.6
        for (name, value) in &members.included {
            self.included(active, value, graph).at(name)?;
        }
        // 13.4.13
        if let Some((name, value)) = members.reverse {
            self.reverse_map(active, value, subject, graph).at(name)?;
        }
        self.properties(active, object, subject, graph, false)?;
        Ok(Outcome::Node)
    }

    /// Puts a node into a graph of its own.
    fn wrap_node(
        &mut self,
        object: Map<'_, '_>,
        place: Place,
        how: How<'_>,
    ) -> Result<Place, Error> {
        let inside = self.wrap_in_graph(place, how)?;
        self.note(Role::Graph, object.address(), inside.graph());
        Ok(inside)
    }

    /// Step 13.4.3.
    fn expand_id<'v>(
        &self,
        active: &'v Context,
        value: &'v Value<'_>,
    ) -> Result<Cow<'v, str>, Error> {
        let Some(text) = value.as_str() else {
            return Err(Error::rule(ErrorCode::InvalidIdValue, value.kind()));
        };
        match active.expand_iri(text, true, false) {
            Expanded::Iri(id) => Ok(id),
            Expanded::Keyword(keyword) => {
                self.refuse(Refusal::KeywordLike, text)?;
                Ok(Cow::Borrowed(keyword.as_str()))
            }
            // Kept as it is: no IRI, so that RDF has neither the node nor what points to it.
            Expanded::Null => {
                self.refuse(Refusal::KeywordLike, text)?;
                Ok(Cow::Borrowed(text))
            }
        }
    }

    /// Steps 13.4.8 and 13.4.9 in a node, where both mean nothing.
    fn check_misplaced(&self, name: &str, value: &Value<'_>) -> Result<(), Error> {
        if value.as_str().is_none() {
            return Err(Error::rule(ErrorCode::InvalidLanguageTaggedString, value.kind())).at(name);
        }
        self.refuse(Refusal::Misplaced, name).at(name)
    }

    /// §7.2: a node has one index at most.
    fn note_index(&mut self, id: Option<&str>, index: &str) -> Result<(), Error> {
        let Some(id) = id else { return Ok(()) };
        match self.indexes.get(id) {
            Some(known) if **known != *index => {
                Err(Error::rule(ErrorCode::ConflictingIndexes, index))
            }
            Some(_) => Ok(()),
            None => {
                self.indexes.insert(id.into(), index.into());
                Ok(())
            }
        }
    }

    /// Step 13.4.4.
    fn types(
        &mut self,
        type_scoped: &Context,
        subject: Option<Term>,
        value: &Value<'_>,
        graph: Option<Term>,
    ) -> Result<(), Error> {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for (at, item) in items.iter().enumerate() {
            let result = match item {
                Value::String(name) => self.type_of(type_scoped, subject, name, graph),
                other => Err(Error::rule(ErrorCode::InvalidTypeValue, other.kind())),
            };
            result.at_item(value, at)?;
        }
        Ok(())
    }

    fn type_of(
        &mut self,
        type_scoped: &Context,
        subject: Option<Term>,
        name: &str,
        graph: Option<Term>,
    ) -> Result<(), Error> {
        if let Some(Mapping::Iri(iri)) = type_scoped.term(name).map(|term| &term.mapping)
            && let Some(object) = self.known_iri(iri)?
        {
            let rdf_type = self.rdf_type()?;
            return self.quad(subject, Some(rdf_type), Some(object), graph);
        }
        match type_scoped.expand_iri(name, true, true) {
            Expanded::Iri(iri) => self.add_type(subject, &iri, graph),
            _ => self.refuse(Refusal::KeywordLike, name),
        }
    }

    fn add_type(
        &mut self,
        subject: Option<Term>,
        iri: &str,
        graph: Option<Term>,
    ) -> Result<(), Error> {
        let object = self.resource(iri)?;
        if object.is_none() {
            self.refuse(Refusal::RelativeType, iri)?;
        }
        let rdf_type = self.rdf_type()?;
        self.quad(subject, Some(rdf_type), object, graph)
    }

    /// Step 13.4.5, and the graph that `name` stands for.
    fn graph_contents(
        &mut self,
        active: &Arc<Context>,
        value: &Value<'_>,
        name: Option<Term>,
    ) -> Result<Outcome, Error> {
        self.element(active, Property::NONE, value, Place::Free { graph: name }, How::default())
    }

    /// Step 13.4.6.
    fn included(
        &mut self,
        active: &Arc<Context>,
        value: &Value<'_>,
        graph: Option<Term>,
    ) -> Result<(), Error> {
        let wrong = |what: &str| Error::rule(ErrorCode::InvalidIncludedValue, what);
        if self.session.mode_1_0 {
            return self.refuse(Refusal::Misplaced, Keyword::Included.as_str());
        }
        for (at, item) in value.items().iter().enumerate() {
            let is_node = match item {
                Value::Object(object) => {
                    let object = Map::from(object);
                    let context = self
                        .enter(active, Property::NONE, object, How::default())
                        .at_item(value, at)?;
                    let members =
                        Members::of(&mut self.session, &context, object).at_item(value, at)?;
                    members.value.is_none() && members.list.is_none() && members.set.is_none()
                }
                _ => false,
            };
            if !is_node {
                return Err(wrong(item.kind())).at_item(value, at);
            }
            let place = Place::Free { graph };
            self.element(active, Property::NONE, item, place, How::default()).at_item(value, at)?;
        }
        Ok(())
    }

    /// Step 13.4.13.
    fn reverse_map(
        &mut self,
        active: &Arc<Context>,
        value: &Value<'_>,
        subject: Option<Term>,
        graph: Option<Term>,
    ) -> Result<(), Error> {
        let Some(object) = value.as_object().map(Map::from) else {
            return Err(Error::rule(ErrorCode::InvalidReverseValue, value.kind()));
        };
        let context = self.enter(active, Property::NONE, object, How::default())?;
        let keyword = object.iter().find(|(name, _)| {
            context.keyword(name).is_some_and(|keyword| keyword != Keyword::Context)
        });
        if let Some((name, _)) = keyword {
            return Err(Error::rule(ErrorCode::InvalidReversePropertyMap, name)).at(name);
        }
        self.properties(&context, object, subject, graph, true)
    }

    /// Step 13 for members that are no keywords.
    fn properties(
        &mut self,
        active: &Arc<Context>,
        object: Map<'_, '_>,
        subject: Option<Term>,
        graph: Option<Term>,
        reverse: bool,
    ) -> Result<(), Error> {
        for (name, value) in object.iter() {
            match active.keyword(name) {
                None => self.property(active, name, value, subject, graph, reverse).at(name)?,
                // 14
                Some(Keyword::Nest) => self.nested(active, name, value, subject, graph).at(name)?,
                Some(
                    Keyword::Context
                    | Keyword::Direction
                    | Keyword::Graph
                    | Keyword::Id
                    | Keyword::Included
                    | Keyword::Index
                    | Keyword::Language
                    | Keyword::Reverse
                    | Keyword::Type,
                ) => {}
                Some(_) => self.refuse(Refusal::Misplaced, name).at(name)?,
            }
        }
        Ok(())
    }

    /// Step 14.2.2.
    fn nested(
        &mut self,
        active: &Arc<Context>,
        name: &str,
        value: &Value<'_>,
        subject: Option<Term>,
        graph: Option<Term>,
    ) -> Result<(), Error> {
        let scoped = super::members::nest_context(&mut self.session, active, name)?;
        let active = scoped.as_ref().unwrap_or(active);
        for (at, nested) in value.items().iter().enumerate() {
            if let Some(object) = nested.as_object() {
                self.properties(active, object.into(), subject, graph, false).at_item(value, at)?;
            }
        }
        Ok(())
    }

    /// Steps 13.2, 13.3 and 13.13: what a member's name stands for.
    fn property(
        &mut self,
        active: &Arc<Context>,
        name: &str,
        value: &Value<'_>,
        subject: Option<Term>,
        graph: Option<Term>,
        reverse: bool,
    ) -> Result<(), Error> {
        let definition = active.term(name).map(AsRef::as_ref);
        let Some(predicate) = self.predicate(active, name, definition)? else { return Ok(()) };
        let is_reverse = definition.is_some_and(|definition| definition.reverse) != reverse;
        let place = if is_reverse {
            Place::Subject { object: subject, predicate: predicate.0, graph }
        } else {
            Place::Object { subject, predicate: predicate.0, graph }
        };
        let property = Property { name: Some(name), definition };
        if self.sought.is_empty() {
            self.property_value(active, property, value, place)
        } else {
            self.sought_value(active, property, value, place)
        }
    }

    /// `None`: the member is dropped with all it holds. `Some(None)`: RDF cannot hold the property.
    fn predicate(
        &mut self,
        active: &Context,
        name: &str,
        definition: Option<&TermDefinition>,
    ) -> Result<Option<Predicate>, Error> {
        if let Some(TermDefinition { mapping: Mapping::Iri(iri), .. }) = definition
            && let Some(predicate) = self.known_iri(iri)?
        {
            return Ok(Some(Predicate(Some(predicate))));
        }
        match active.expand_iri(name, false, true) {
            Expanded::Iri(iri) if iri::is_blank(&iri) => {
                self.refuse(Refusal::BlankPredicate, name)?;
                Ok(Some(Predicate(None)))
            }
            Expanded::Iri(iri) if iri::is_well_formed(&iri) => {
                Ok(Some(Predicate(Some(self.dataset.iri(&iri)?))))
            }
            Expanded::Iri(iri) if iri.contains(':') => {
                self.refuse(Refusal::RelativeTerm, name)?;
                Ok(Some(Predicate(None)))
            }
            _ => {
                let refusal = match definition {
                    Some(_) => Refusal::NullTerm,
                    None if has_keyword_form(name) => Refusal::KeywordLike,
                    None => Refusal::UndefinedTerm,
                };
                self.refuse(refusal, name)?;
                Ok(None)
            }
        }
    }

    /// Whether a map has members that survive expansion besides its keywords.
    fn has_properties(
        &self,
        active: &Context,
        object: Map<'_, '_>,
        members: &Members<'_, '_>,
    ) -> bool {
        let survives = |name: &str, value: &Value<'_>| {
            active.keyword(name).is_none()
                && *value != Value::Null
                && matches!(
                    active.expand_iri(name, false, true),
                    Expanded::Iri(iri) if iri.contains(':')
                )
        };
        let nested = || members.nests.iter().flat_map(|(_, value)| value.items());
        members.others > 0
            && (object.iter().any(|(name, value)| survives(name, value))
                || nested()
                    .filter_map(Value::as_object)
                    .any(|nested| nested.iter().any(|(name, value)| survives(name, value))))
    }
}

/// The predicate of a property, if RDF can hold it.
struct Predicate(Option<Term>);
