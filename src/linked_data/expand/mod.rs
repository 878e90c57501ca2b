//! From a document to quads in one walk.
//!
//! The specification goes from JSON to expanded JSON (API §5.1), to a node map (§7.2), to RDF
//! (§8.1). Each of the later steps only looks at what the one before has just made, so that they
//! run here as one: [`Expansion::element`] is the Expansion Algorithm, and where it would add an
//! expanded value to its result, the value goes into the dataset at the [`Place`] it belongs to.
//! What a node map merges by id, a set of quads merges by itself.
//!
//! [`object`] expands a map (steps 7 to 12), [`node`] its properties (step 13), [`container`] maps
//! keyed by language, index, id, type or graph (13.5 to 13.12), [`value`] scalars and value objects
//! (§5.3, §8.2), [`list`] lists (§8.3). [`shared`] keeps the terms that many quads have.

mod container;
mod list;
mod map;
mod members;
mod node;
mod object;
mod part;
mod shared;
mod value;

use std::collections::HashMap;
use std::sync::Arc;

use super::Document;
use super::context::registry::{Contexts, Session};
use super::context::{Call, Context, TermDefinition};
use super::error::{At, Error, Refusal};
use super::options::{Limit, Options};
use super::origin::{Notes, Role};
use super::parts::Part;
use super::quads::{Dataset, Quad, Term};
use crate::json::Value;
use map::Map;
use part::Sought;
use shared::Shared;

/// Expands a document and turns it into RDF.
pub(super) fn expand(
    document: Document<'_>,
    contexts: &Contexts,
    options: &Options,
) -> Result<Dataset, Error> {
    let known = document.parts.filter(|parts| parts.hash == options.hash);
    let sought = Sought::known(known.map(|parts| parts.parts.as_slice()).unwrap_or_default());
    walk(document, sought, contexts, options, None).map(|expansion| expansion.dataset)
}

/// The same for all of `document`, and notes which blank node stands for what.
pub(super) fn expand_noting(
    document: &Value<'_>,
    contexts: &Contexts,
    options: &Options,
) -> Result<(Dataset, Notes), Error> {
    let notes = Some(Notes::default());
    let expansion = walk(document.into(), Sought::default(), contexts, options, notes)?;
    Ok((expansion.dataset, expansion.notes.unwrap_or_default()))
}

/// Expands a document and sets apart the members at the ends of these ways.
pub(super) fn take_parts(
    document: Document<'_>,
    ways: &[&[&str]],
    contexts: &Contexts,
    options: &Options,
) -> Result<Vec<Part>, Error> {
    let expansion = walk(document, Sought::wanted(ways), contexts, options, None)?;
    Ok(expansion.sought.made)
}

fn walk<'c, 'o: 'c>(
    document: Document<'_>,
    sought: Sought<'c>,
    contexts: &'c Contexts,
    options: &'o Options,
    notes: Option<Notes>,
) -> Result<Expansion<'c, 'o>, Error> {
    let mut session = Session::new(contexts, options);
    let mut active = session.initial();
    let base_url = session.base_url();
    if let Some(context) = &options.expand_context {
        let context = context.get("@context").unwrap_or(context);
        active = session.process(&active, context, Call::embedded(base_url.as_ref()))?;
    }
    let mut expansion = Expansion {
        session,
        base_url,
        options,
        dataset: Dataset::new(options.limits),
        named_blanks: HashMap::new(),
        indexes: HashMap::new(),
        items: Vec::new(),
        sought,
        shared: Shared::default(),
        notes,
        depth: 0,
    };
    let place = Place::Free { graph: Some(Term::DEFAULT_GRAPH) };
    let how = How { is_top: true, ..How::default() };
    match document.value {
        Value::Object(object) => {
            let map = Map::without(object, document.without);
            expansion.map(&active, Property::NONE, map, place, how)?;
        }
        other => {
            expansion.element(&active, Property::NONE, other, place, how)?;
        }
    }
    Ok(expansion)
}

/// The walk: where it is, and what it has found.
struct Expansion<'c, 'o> {
    session: Session<'c>,
    base_url: Option<Arc<str>>,
    options: &'o Options,
    dataset: Dataset,
    /// Blank nodes that the document names.
    named_blanks: HashMap<Box<str>, Term>,
    /// The `@index` of nodes that have one, by id (API §7.2.2, "conflicting indexes").
    indexes: HashMap<Box<str>, Box<str>>,
    /// Items of the lists that are being read, inner ones last.
    items: Vec<Item>,
    shared: Shared,
    /// Where blank nodes come from, for who asks.
    notes: Option<Notes>,
    sought: Sought<'c>,
    depth: usize,
}

/// An item of a list.
#[derive(Clone, Copy)]
struct Item {
    /// `None` if RDF cannot hold it.
    term: Option<Term>,
    /// The address of the element that it came from; 0 until that has been read.
    element: usize,
}

/// The active property: its name, and its definition in the active context.
#[derive(Clone, Copy)]
struct Property<'p> {
    name: Option<&'p str>,
    definition: Option<&'p TermDefinition>,
}

impl<'p> Property<'p> {
    /// None, or `@graph`.
    const NONE: Self = Self { name: None, definition: None };

    /// The same property where another context is active.
    fn within(self, context: &'p Context) -> Self {
        let definition = self.name.and_then(|name| context.term(name)).map(AsRef::as_ref);
        Self { definition, ..self }
    }
}

/// Where an expanded value goes. A part that RDF cannot hold is `None`: then there is no quad, but
/// what stands below still has its own.
#[derive(Clone, Copy)]
enum Place {
    /// A graph: nodes count, values do not.
    Free { graph: Option<Term> },
    /// The object of a property.
    Object { subject: Option<Term>, predicate: Option<Term>, graph: Option<Term> },
    /// The subject of a reverse property.
    Subject { object: Option<Term>, predicate: Option<Term>, graph: Option<Term> },
    /// The list that is being read.
    List { graph: Option<Term> },
}

impl Place {
    fn graph(self) -> Option<Term> {
        match self {
            Place::Free { graph }
            | Place::Object { graph, .. }
            | Place::Subject { graph, .. }
            | Place::List { graph } => graph,
        }
    }
}

/// What else the caller knows of an element.
#[derive(Clone, Copy, Default)]
struct How<'e> {
    /// The whole document.
    is_top: bool,
    /// A value of a map keyed by id, type or index (`from map`).
    from_map: bool,
    /// An item of a list, so that an array is a list of its own.
    in_list: bool,
    /// The value is to be wrapped in a graph of its own.
    wrap: Wrap,
    /// What the key of the map adds to the value.
    entry: Option<&'e Entry>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Wrap {
    #[default]
    No,
    /// Container `@graph` (step 13.12).
    Always,
    /// Container `@graph` with `@id` or `@index` (step 13.8.3.7.1).
    UnlessGraph,
}

/// What the key of an index, id or type map says of the value under it (step 13.8.3.7).
enum Entry {
    Index(Box<str>),
    /// A property that the index stands for, and its value.
    Property {
        predicate: Option<Term>,
        value: Option<Term>,
    },
    Id(Box<str>),
    Type(Box<str>),
}

/// What an element expanded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Nothing,
    Value,
    Node,
    List,
    Several,
}

impl Expansion<'_, '_> {
    /// The Expansion Algorithm (§5.1.2) for any element.
    fn element(
        &mut self,
        active: &Arc<Context>,
        property: Property<'_>,
        element: &Value<'_>,
        place: Place,
        how: How<'_>,
    ) -> Result<Outcome, Error> {
        match element {
            // 1
            Value::Null => {
                self.refuse(Refusal::NullValue, "null")?;
                Ok(Outcome::Nothing)
            }
            // 5
            Value::Array(items) => {
                if how.in_list {
                    let head = self.collect_list(active, property, element, place.graph())?;
                    self.deliver(place, Some(head))?;
                    return Ok(Outcome::List);
                }
                let how = How { is_top: false, ..how };
                for (at, item) in items.iter().enumerate() {
                    self.element(active, property, item, place, how).at(at)?;
                }
                Ok(Outcome::Several)
            }
            // 6
            Value::Object(object) => self.map(active, property, object.into(), place, how),
            // 4
            scalar => self.scalar(active, property, scalar, place, how),
        }
    }

    fn map(
        &mut self,
        active: &Arc<Context>,
        property: Property<'_>,
        map: Map<'_, '_>,
        place: Place,
        how: How<'_>,
    ) -> Result<Outcome, Error> {
        self.depth += 1;
        if self.depth > self.options.limits.depth {
            let allowed = self.options.limits.depth;
            return Err(Error::Limit { limit: Limit::Depth, allowed });
        }
        let outcome = self.object(active, property, map, place, how);
        self.depth -= 1;
        outcome
    }

    /// Puts an expanded value where it belongs.
    fn deliver(&mut self, place: Place, term: Option<Term>) -> Result<(), Error> {
        match place {
            Place::Free { .. } => Ok(()),
            Place::Object { subject, predicate, graph } => {
                self.quad(subject, predicate, term, graph)
            }
            Place::Subject { object, predicate, graph } => {
                self.quad(term, predicate, object, graph)
            }
            Place::List { .. } => {
                self.items.push(Item { term, element: 0 });
                Ok(())
            }
        }
    }

    /// Adds a quad, if RDF can hold all of it.
    fn quad(
        &mut self,
        subject: Option<Term>,
        predicate: Option<Term>,
        object: Option<Term>,
        graph: Option<Term>,
    ) -> Result<(), Error> {
        match (subject, predicate, object, graph) {
            (Some(subject), Some(predicate), Some(object), Some(graph)) => {
                self.dataset.push(Quad { subject, predicate, object, graph })
            }
            _ => Ok(()),
        }
    }

    /// Notes where a node comes from, if anybody wants to know.
    fn note(&mut self, role: Role, address: usize, term: Option<Term>) {
        if let Some(notes) = &mut self.notes {
            notes.add(role, address, term);
        }
    }

    /// In safe mode an error: something would be dropped.
    fn refuse(&self, refusal: Refusal, what: &str) -> Result<(), Error> {
        if self.options.safe { Err(Error::refuse(refusal, what)) } else { Ok(()) }
    }

    /// A node: an IRI, or a blank node by its name. `None` if it is neither.
    fn resource(&mut self, id: &str) -> Result<Option<Term>, Error> {
        if super::iri::is_blank(id) {
            if let Some(term) = self.named_blanks.get(id) {
                return Ok(Some(*term));
            }
            let term = self.dataset.new_blank(id.get(2..))?;
            self.named_blanks.insert(id.into(), term);
            return Ok(Some(term));
        }
        if !super::iri::is_well_formed(id) {
            return Ok(None);
        }
        self.dataset.iri(id).map(Some)
    }
}
