//! The known context documents, and the contexts already made from them.
//!
//! Processing contexts is nearly all the work of reading a document, and nearly all documents use
//! the same few. What comes out depends only on the active context, the local one and a few flags,
//! so it is made once and kept: keyed by their ids, in a table that readers hold a snapshot of
//! (one lock for a document, none for a term). Contexts written into a document go through the
//! same code, and what they lead to is kept for that document alone.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::{Call, Context, LocalContext, next_id};
use crate::json::Value;
use crate::linked_data::error::Error;
use crate::linked_data::hash::FastMap;
use crate::linked_data::options::{Limit, Options};

/// Contexts kept at most. Documents choose which types stand together, so a table that is full is
/// begun anew rather than grown.
const MAX_KEPT: usize = 2048;

/// The context documents that may be named by URL, and what has been compiled from them. Nothing is
/// ever fetched: a URL that is not here is [`Error::UnknownContext`].
#[derive(Debug)]
pub struct Contexts {
    id: u64,
    documents: HashMap<Arc<str>, Arc<Document>>,
    initial: Arc<Context>,
    kept: RwLock<Arc<Kept>>,
}

/// A registered context document.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) id: u64,
    pub(super) url: Arc<str>,
    pub(super) json: Value<'static>,
}

/// Active context, local context, flags.
type Key = (u64, u64, u8);
type Kept = FastMap<Key, Arc<Context>>;

impl Default for Contexts {
    fn default() -> Self {
        Self {
            id: next_id(),
            documents: HashMap::new(),
            initial: Arc::new(Context::initial(None)),
            kept: RwLock::default(),
        }
    }
}

impl Contexts {
    /// A registry of these documents: URL and JSON text (an object with `@context`).
    ///
    /// # Errors
    /// A text that is not JSON.
    pub fn new(documents: impl IntoIterator<Item = (String, String)>) -> Result<Self, Error> {
        let mut contexts = Self::default();
        for (url, text) in documents {
            contexts.add(&url, &text)?;
        }
        Ok(contexts)
    }

    /// The same registry with one more document, or another one under the same URL.
    ///
    /// # Errors
    /// A text that is not JSON.
    pub fn with(mut self, url: &str, text: &str) -> Result<Self, Error> {
        self.add(url, text)?;
        Ok(self)
    }

    /// A registry of its own that holds the same documents: a base to add pinned ones to.
    pub fn fork(&self) -> Self {
        Self { documents: self.documents.clone(), ..Self::default() }
    }

    fn add(&mut self, url: &str, text: &str) -> Result<(), Error> {
        let json = crate::json::parse(text)
            .map_err(|error| Error::ContextNotJson { url: url.to_owned(), error })?
            .into_owned();
        let url: Arc<str> = url.into();
        let document = Document { id: next_id(), url: Arc::clone(&url), json };
        self.documents.insert(url, Arc::new(document));
        self.id = next_id();
        *self.kept.get_mut().unwrap_or_else(PoisonError::into_inner) = Arc::default();
        Ok(())
    }

    /// A number that no other registry of this process has: what was made with one belongs to it.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Whether a document is registered under `url`.
    pub fn contains(&self, url: &str) -> bool {
        self.documents.contains_key(url)
    }

    /// The registered URLs, in no order.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.documents.keys().map(AsRef::as_ref)
    }

    /// How many contexts are kept, for tests.
    #[cfg(test)]
    pub(crate) fn kept(&self) -> usize {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Compiles the context that this list of URLs makes, ahead of its first use.
    ///
    /// # Errors
    /// An unknown URL, or contexts that do not go together.
    pub fn compile(&self, urls: &[&str]) -> Result<(), Error> {
        let list = Value::Array(urls.iter().map(|url| Value::String((*url).into())).collect());
        let mut session = Session::new(self, &Options::default());
        let initial = session.initial();
        session.process(&initial, &list, Call::embedded(None))?;
        Ok(())
    }
}

/// The reading of one document: what it knows from the registry, and what it has made since.
pub(crate) struct Session<'c> {
    contexts: &'c Contexts,
    kept: Arc<Kept>,
    made: Kept,
    publish: Vec<Key>,
    pub(crate) mode_1_0: bool,
    base: Option<Arc<str>>,
    budget: usize,
    allowed: usize,
}

impl<'c> Session<'c> {
    pub(crate) fn new(contexts: &'c Contexts, options: &Options) -> Self {
        let kept = Arc::clone(&contexts.kept.read().unwrap_or_else(PoisonError::into_inner));
        Self {
            contexts,
            kept,
            made: Kept::default(),
            publish: Vec::new(),
            mode_1_0: options.json_ld_1_0,
            base: options.base.as_deref().map(Into::into),
            budget: options.limits.context_work,
            allowed: options.limits.context_work,
        }
    }

    /// The context that a document begins with. Without a base IRI it is the same for all.
    pub(crate) fn initial(&self) -> Arc<Context> {
        if self.base.is_none() && !self.mode_1_0 {
            Arc::clone(&self.contexts.initial)
        } else {
            let mut initial = Context::initial(self.base.clone());
            initial.shared &= !self.mode_1_0;
            Arc::new(initial)
        }
    }

    /// The URL that contexts named in the document are resolved against.
    pub(crate) fn base_url(&self) -> Option<Arc<str>> {
        self.base.clone()
    }

    /// A property-scoped context applied (§5.1.2 step 8).
    pub(crate) fn property_scoped(
        &mut self,
        active: &Arc<Context>,
        local: &LocalContext,
    ) -> Result<Arc<Context>, Error> {
        self.scoped(active, local, true)
    }

    /// A type-scoped context applied (§5.1.2 step 11).
    pub(crate) fn type_scoped(
        &mut self,
        active: &Arc<Context>,
        local: &LocalContext,
    ) -> Result<Arc<Context>, Error> {
        self.scoped(active, local, false)
    }

    fn scoped(
        &mut self,
        active: &Arc<Context>,
        local: &LocalContext,
        property: bool,
    ) -> Result<Arc<Context>, Error> {
        let flags = 1 + u8::from(property);
        if let Some(known) = self.recall(active, local.id, flags) {
            return Ok(known);
        }
        let made = self.process(active, &local.json, Call::scoped(local, property))?;
        self.remember(active, local.id, flags, local.shared, &made);
        Ok(made)
    }

    pub(super) fn document(&self, url: &str) -> Result<Arc<Document>, Error> {
        match self.contexts.documents.get(url) {
            Some(document) => Ok(Arc::clone(document)),
            None => Err(Error::UnknownContext(url.to_owned())),
        }
    }

    pub(super) fn recall(&self, active: &Context, local: u64, flags: u8) -> Option<Arc<Context>> {
        let key = (active.id, local, flags);
        self.kept.get(&key).or_else(|| self.made.get(&key)).cloned()
    }

    pub(super) fn remember(
        &mut self,
        active: &Context,
        local: u64,
        flags: u8,
        shared: bool,
        made: &Arc<Context>,
    ) {
        let key = (active.id, local, flags);
        self.made.insert(key, Arc::clone(made));
        if active.shared && shared && made.shared {
            self.publish.push(key);
        }
    }

    /// Takes `cost` from what contexts may cost in this document.
    pub(super) fn spend(&mut self, cost: usize) -> Result<(), Error> {
        match self.budget.checked_sub(cost) {
            Some(rest) => {
                self.budget = rest;
                Ok(())
            }
            None => Err(Error::Limit { limit: Limit::ContextWork, allowed: self.allowed }),
        }
    }
}

impl Drop for Session<'_> {
    /// Gives what was made from registered documents to the registry, also when the document that
    /// asked for it turned out to be wrong.
    fn drop(&mut self) {
        if self.publish.is_empty() {
            return;
        }
        let mut kept = self.contexts.kept.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = if kept.len() + self.publish.len() > MAX_KEPT {
            Kept::default()
        } else {
            Kept::clone(&kept)
        };
        for key in self.publish.drain(..) {
            if let Some(made) = self.made.remove(&key) {
                next.entry(key).or_insert(made);
            }
        }
        *kept = Arc::new(next);
    }
}
