//! Contexts (JSON-LD 1.1 API §3.1): what each term of a document means.
//!
//! [`process`] is the Context Processing Algorithm (§4.1), [`define`] Create Term Definition
//! (§4.2), [`expand_iri`] IRI Expansion (§5.2), [`registry`] the store of known context documents
//! and of the contexts already made from them.

mod define;
mod expand_iri;
mod process;
pub(super) mod registry;

use std::hash::BuildHasher as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::hash::{FastMap, Seed};
use super::iri;
use super::keyword::Keyword;
use crate::json;

pub(super) use expand_iri::Expanded;
pub(super) use process::Call;

/// An active context (§3.1). Immutable once made and shared by reference; its `id` stands for its
/// content, so that what is derived from it can be remembered.
#[derive(Clone, Debug)]
pub(super) struct Context {
    pub(super) id: u64,
    /// Made of registered documents alone, so that what is derived from it may be kept for others.
    pub(super) shared: bool,
    terms: FastMap<Arc<str>, Arc<TermDefinition>>,
    /// The terms that stand for keywords; few, so that a walk beats a table.
    aliases: Vec<(Arc<str>, Keyword)>,
    /// The [`filter_bit`]s of all aliases: most names are none, and this tells.
    alias_filter: u64,
    pub(super) base: Option<Arc<str>>,
    original_base: Option<Arc<str>>,
    pub(super) vocab: Option<Arc<str>>,
    pub(super) language: Option<Arc<str>>,
    pub(super) direction: Option<Direction>,
    /// The context that comes back where this one does not propagate.
    pub(super) previous: Option<Arc<Context>>,
}

/// Ids of contexts, of registered documents and of scoped contexts come from one counter.
fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// One of 64 bits for a name, by its length and its first letter.
fn filter_bit(name: &str) -> u64 {
    let first = name.as_bytes().first().copied().unwrap_or(0);
    1 << ((name.len().min(7) << 3) | usize::from(first & 7))
}

impl Context {
    /// A newly-initialised active context for a document with this base IRI.
    pub(super) fn initial(base: Option<Arc<str>>) -> Self {
        Self {
            id: next_id(),
            shared: base.is_none(),
            terms: FastMap::default(),
            aliases: Vec::new(),
            alias_filter: 0,
            original_base: base.clone(),
            base,
            vocab: None,
            language: None,
            direction: None,
            previous: None,
        }
    }

    pub(super) fn term(&self, name: &str) -> Option<&Arc<TermDefinition>> {
        self.terms.get(name)
    }

    /// All terms with their definitions, in no order.
    pub(super) fn terms(&self) -> impl Iterator<Item = (&str, &TermDefinition)> {
        self.terms.iter().map(|(name, definition)| (&**name, &**definition))
    }

    /// The keyword that a member called `name` stands for: itself, or as an alias.
    pub(super) fn keyword(&self, name: &str) -> Option<Keyword> {
        if name.starts_with('@') { Keyword::of(name) } else { self.alias(name) }
    }

    /// The keyword that the term `name` is an alias of.
    fn alias(&self, name: &str) -> Option<Keyword> {
        if self.alias_filter & filter_bit(name) == 0 {
            return None;
        }
        self.aliases.iter().find(|(alias, _)| **alias == *name).map(|(_, keyword)| *keyword)
    }

    fn set_term(&mut self, name: &str, definition: Arc<TermDefinition>) {
        self.remove_alias(name);
        if let Mapping::Keyword(keyword) = definition.mapping
            && !name.starts_with('@')
        {
            self.aliases.push((name.into(), keyword));
            self.alias_filter |= filter_bit(name);
        }
        self.terms.insert(name.into(), definition);
    }

    fn remove_term(&mut self, name: &str) -> Option<Arc<TermDefinition>> {
        self.remove_alias(name);
        self.terms.remove(name)
    }

    fn remove_alias(&mut self, name: &str) {
        self.aliases.retain(|(alias, _)| **alias != *name);
    }

    fn has_protected_terms(&self) -> bool {
        self.terms.values().any(|definition| definition.protected)
    }

    /// How much it costs to copy it.
    fn weight(&self) -> usize {
        self.terms.len() + 1
    }
}

/// A term definition (§3.1).
#[derive(Clone, Debug)]
pub(super) struct TermDefinition {
    pub(super) mapping: Mapping,
    prefix: bool,
    protected: bool,
    pub(super) reverse: bool,
    pub(super) coercion: Coercion,
    pub(super) language: Setting<Arc<str>>,
    pub(super) direction: Setting<Direction>,
    pub(super) container: Container,
    /// The index mapping: the property that an index stands for.
    pub(super) index: Option<Box<str>>,
    nest: Option<Box<str>>,
    /// The scoped context.
    pub(super) local: Option<Arc<LocalContext>>,
}

impl TermDefinition {
    fn new(protected: bool) -> Self {
        Self {
            mapping: Mapping::Null,
            prefix: false,
            protected,
            reverse: false,
            coercion: Coercion::Absent,
            language: Setting::Absent,
            direction: Setting::Absent,
            container: Container::default(),
            index: None,
            nest: None,
            local: None,
        }
    }

    /// Whether it may begin a compact IRI.
    pub(super) fn is_prefix(&self) -> bool {
        self.prefix
    }

    /// Equal in everything but protection (§4.2.2 step 27.1).
    fn means_the_same(&self, other: &Self) -> bool {
        self.mapping == other.mapping
            && self.prefix == other.prefix
            && self.reverse == other.reverse
            && self.coercion == other.coercion
            && self.language == other.language
            && self.direction == other.direction
            && self.container == other.container
            && self.index == other.index
            && self.nest == other.nest
            && match (&self.local, &other.local) {
                (Some(one), Some(two)) => is_same_json(&one.json, &two.json),
                (None, None) => true,
                _ => false,
            }
    }
}

/// An IRI mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mapping {
    Null,
    Keyword(Keyword),
    Iri(Iri),
}

/// An IRI, blank node identifier or relative reference, as a term maps to it, in the form in which
/// N-Quads writes IRIs: `<…>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Iri {
    token: Box<str>,
    /// The hash of the token.
    pub(super) hash: u64,
    well_formed: bool,
}

impl Iri {
    fn new(text: &str) -> Self {
        let token = format!("<{text}>");
        let hash = Seed::default().hash_one(token.as_str());
        Self { token: token.into(), hash, well_formed: iri::is_well_formed(text) }
    }

    pub(super) fn text(&self) -> &str {
        self.token.get(1..self.token.len() - 1).unwrap_or_default()
    }

    /// `<…>`, if RDF can hold it.
    pub(super) fn token(&self) -> Option<&str> {
        self.well_formed.then_some(&*self.token)
    }
}

/// A type mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Coercion {
    Absent,
    Id,
    Vocab,
    Json,
    None,
    Iri(Iri),
}

/// What a term may leave to the context, set to nothing, or set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Setting<T> {
    Absent,
    Null,
    Is(T),
}

impl<T> Setting<T> {
    /// The term's own setting, else the context's.
    pub(super) fn or<'a>(&'a self, default: Option<&'a T>) -> Option<&'a T> {
        match self {
            Setting::Absent => default,
            Setting::Null => None,
            Setting::Is(value) => Some(value),
        }
    }
}

/// A base direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    LeftToRight,
    RightToLeft,
}

impl Direction {
    pub(super) fn of(text: &str) -> Option<Self> {
        match text {
            "ltr" => Some(Self::LeftToRight),
            "rtl" => Some(Self::RightToLeft),
            _ => None,
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

/// A container mapping, a set of keywords.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Container(u8);

impl Container {
    pub(super) const GRAPH: Self = Self(1);
    pub(super) const ID: Self = Self(2);
    pub(super) const INDEX: Self = Self(4);
    pub(super) const LANGUAGE: Self = Self(8);
    pub(super) const LIST: Self = Self(16);
    pub(super) const SET: Self = Self(32);
    pub(super) const TYPE: Self = Self(64);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn of(keyword: &str) -> Option<Self> {
        Some(match Keyword::of(keyword)? {
            Keyword::Graph => Self::GRAPH,
            Keyword::Id => Self::ID,
            Keyword::Index => Self::INDEX,
            Keyword::Language => Self::LANGUAGE,
            Keyword::List => Self::LIST,
            Keyword::Set => Self::SET,
            Keyword::Type => Self::TYPE,
            _ => return None,
        })
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn or(self, other: Self) -> Self {
        self.with(other)
    }

    fn count(self) -> u32 {
        self.0.count_ones()
    }
}

/// A context as it was written, to be processed where it applies.
#[derive(Debug)]
pub(super) struct LocalContext {
    pub(super) id: u64,
    json: json::Value<'static>,
    base_url: Option<Arc<str>>,
    /// Written in a registered document.
    shared: bool,
}

/// Equality of JSON, for which the order of members is nothing.
fn is_same_json(one: &json::Value<'_>, two: &json::Value<'_>) -> bool {
    match (one, two) {
        (json::Value::Object(one), json::Value::Object(two)) => {
            one.len() == two.len()
                && one.iter().all(|(name, value)| {
                    two.get(name).is_some_and(|other| is_same_json(value, other))
                })
        }
        (json::Value::Array(one), json::Value::Array(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| is_same_json(one, two))
        }
        _ => one == two,
    }
}
