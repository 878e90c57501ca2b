//! The Context Processing Algorithm (JSON-LD 1.1 API §4.1).

use std::borrow::Cow;
use std::sync::Arc;

use super::define::Definitions;
use super::registry::Session;
use super::{Context, Direction, Expanded, LocalContext, next_id};
use crate::json::{Object, Value};
use crate::linked_data::error::{At, Error, ErrorCode};
use crate::linked_data::iri;
use crate::linked_data::keyword::Keyword;

/// How deep contexts may include each other before that is an overflow (§4.1.2 step 5.2.3).
const MAX_REMOTE_CONTEXTS: usize = 32;

/// What the algorithm is called with, besides the active and the local context.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    /// The URL of the document that the local context stands in.
    pub(super) base_url: Option<&'a Arc<str>>,
    /// Whether that document is a registered one.
    pub(super) shared: bool,
    /// The remote contexts on the way here.
    pub(super) remote: &'a [Arc<str>],
    pub(super) override_protected: bool,
    pub(super) propagate: bool,
    pub(super) validate_scoped: bool,
}

impl<'a> Call<'a> {
    /// For a context that stands in the document itself.
    pub(crate) fn embedded(base_url: Option<&'a Arc<str>>) -> Self {
        Self {
            base_url,
            shared: false,
            remote: &[],
            override_protected: false,
            propagate: true,
            validate_scoped: true,
        }
    }

    /// For a property-scoped (§5.1.2 step 8) or type-scoped (step 11) context.
    pub(super) fn scoped(local: &'a LocalContext, property: bool) -> Self {
        Self {
            base_url: local.base_url.as_ref(),
            shared: local.shared,
            remote: &[],
            override_protected: property,
            propagate: property,
            validate_scoped: true,
        }
    }
}

impl Session<'_> {
    /// Runs the algorithm; step numbers are those of §4.1.2.
    pub(crate) fn process(
        &mut self,
        active: &Arc<Context>,
        local: &Value<'_>,
        call: Call<'_>,
    ) -> Result<Arc<Context>, Error> {
        // 1
        let mut result = Arc::clone(active);
        // 2
        let propagate = match local.get(Keyword::Propagate.as_str()) {
            Some(Value::Bool(propagate)) => *propagate,
            _ => call.propagate,
        };
        // 3
        if !propagate && result.previous.is_none() {
            self.edit(&mut result, call.shared)?.previous = Some(Arc::clone(active));
        }
        // 4, 5
        match local {
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.process_item(&mut result, item, call, propagate).at(at)?;
                }
            }
            one => self.process_item(&mut result, one, call, propagate)?,
        }
        // 6
        Ok(result)
    }

    fn process_item(
        &mut self,
        result: &mut Arc<Context>,
        item: &Value<'_>,
        call: Call<'_>,
        propagate: bool,
    ) -> Result<(), Error> {
        match item {
            Value::Null => self.nullify(result, call, propagate),
            Value::String(reference) => {
                *result = self.include(result, reference, call)?;
                Ok(())
            }
            Value::Object(definitions) => self.apply(result, definitions, call),
            other => Err(Error::rule(ErrorCode::InvalidLocalContext, other.kind())),
        }
    }

    /// Step 5.1: `null` goes back to the initial context.
    fn nullify(
        &mut self,
        result: &mut Arc<Context>,
        call: Call<'_>,
        propagate: bool,
    ) -> Result<(), Error> {
        if !call.override_protected && result.has_protected_terms() {
            let what = "null, which would drop protected terms";
            return Err(Error::rule(ErrorCode::InvalidContextNullification, what));
        }
        let mut initial = Context::initial(result.original_base.clone());
        initial.shared = result.shared && call.shared;
        if !propagate {
            initial.previous = Some(result.previous.clone().unwrap_or_else(|| Arc::clone(result)));
        }
        *result = Arc::new(initial);
        Ok(())
    }

    /// Step 5.2: a context named by its URL.
    fn include(
        &mut self,
        result: &Arc<Context>,
        reference: &str,
        call: Call<'_>,
    ) -> Result<Arc<Context>, Error> {
        let url: Cow<'_, str> = match call.base_url {
            Some(base) => Cow::Owned(iri::resolve(base, reference)),
            None => Cow::Borrowed(reference),
        };
        if !call.validate_scoped && call.remote.iter().any(|included| **included == *url) {
            return Ok(Arc::clone(result));
        }
        if call.remote.len() >= MAX_REMOTE_CONTEXTS {
            return Err(Error::rule(ErrorCode::ContextOverflow, url));
        }
        let document = self.document(&url)?;
        let from_the_top = call.remote.is_empty() && !call.override_protected;
        if from_the_top && let Some(known) = self.recall(result, document.id, 0) {
            return Ok(known);
        }
        let Some(local) = document.json.get(Keyword::Context.as_str()) else {
            return Err(Error::rule(ErrorCode::InvalidRemoteContext, url));
        };
        let mut remote = call.remote.to_vec();
        remote.push(Arc::clone(&document.url));
        let inner = Call {
            base_url: Some(&document.url),
            shared: true,
            remote: &remote,
            propagate: true,
            ..call
        };
        let made = self.process(result, local, inner)?;
        if from_the_top {
            self.remember(result, document.id, 0, true, &made);
        }
        Ok(made)
    }

    /// Steps 5.4 to 5.13: a context written out as a map.
    fn apply(
        &mut self,
        result: &mut Arc<Context>,
        local: &Object<'_>,
        call: Call<'_>,
    ) -> Result<(), Error> {
        self.check_version(local)?;
        let merged;
        let local = match local.get(Keyword::Import.as_str()) {
            None => local,
            Some(import) => {
                merged = self.import(local, import, call).at(Keyword::Import.as_str())?;
                &merged
            }
        };
        let mode_1_0 = self.mode_1_0;
        self.spend(local.len())?;
        let context = self.edit(result, call.shared)?;
        if call.remote.is_empty()
            && let Some(base) = local.get(Keyword::Base.as_str())
        {
            set_base(context, base).at(Keyword::Base.as_str())?;
        }
        if let Some(vocab) = local.get(Keyword::Vocab.as_str()) {
            set_vocab(context, vocab, mode_1_0).at(Keyword::Vocab.as_str())?;
        }
        if let Some(language) = local.get(Keyword::Language.as_str()) {
            context.language = match language {
                Value::Null => None,
                Value::String(tag) => Some(tag.to_ascii_lowercase().into()),
                other => {
                    let error = Error::rule(ErrorCode::InvalidDefaultLanguage, other.kind());
                    return Err(error).at(Keyword::Language.as_str());
                }
            };
        }
        if let Some(direction) = local.get(Keyword::Direction.as_str()) {
            let keyword = Keyword::Direction.as_str();
            not_in_1_0(mode_1_0, keyword)?;
            context.direction = match direction {
                Value::Null => None,
                other => Some(read_direction(other).at(keyword)?),
            };
        }
        if let Some(propagate) = local.get(Keyword::Propagate.as_str()) {
            not_in_1_0(mode_1_0, Keyword::Propagate.as_str())?;
            if propagate.as_bool().is_none() {
                return Err(Error::rule(ErrorCode::InvalidPropagateValue, propagate.kind()));
            }
        }
        Definitions::new(self, context_of(result), local, call)?.define_all()
    }

    /// Step 5.5.
    fn check_version(&self, local: &Object<'_>) -> Result<(), Error> {
        let Some(version) = local.get(Keyword::Version.as_str()) else { return Ok(()) };
        let is_1_1 = version.as_number().is_some_and(|number| number.as_f64() == 1.1);
        if !is_1_1 {
            return Err(Error::rule(ErrorCode::InvalidVersionValue, version.to_string()));
        }
        if self.mode_1_0 {
            return Err(Error::rule(ErrorCode::ProcessingModeConflict, "version 1.1"));
        }
        Ok(())
    }

    /// Step 5.6: the definitions of another document under the ones given here.
    fn import<'a>(
        &mut self,
        local: &Object<'a>,
        import: &Value<'_>,
        call: Call<'_>,
    ) -> Result<Object<'a>, Error> {
        not_in_1_0(self.mode_1_0, Keyword::Import.as_str())?;
        let Some(reference) = import.as_str() else {
            return Err(Error::rule(ErrorCode::InvalidImportValue, import.kind()));
        };
        let url = match call.base_url {
            Some(base) => iri::resolve(base, reference),
            None => reference.to_owned(),
        };
        let document = self.document(&url)?;
        let Some(imported) =
            document.json.get(Keyword::Context.as_str()).and_then(Value::as_object)
        else {
            return Err(Error::rule(ErrorCode::InvalidRemoteContext, url));
        };
        if imported.contains_key(Keyword::Import.as_str()) {
            return Err(Error::rule(ErrorCode::InvalidContextEntry, Keyword::Import.as_str()));
        }
        // Members are looked up one after the other.
        let members = imported.len() + local.len();
        self.spend(members + members * members / 256)?;
        let mut merged: Object<'a> = imported
            .iter()
            .filter(|(name, _)| !local.contains_key(name))
            .map(|(name, value)| (Cow::Owned(name.to_owned()), value.clone()))
            .collect();
        for (name, value) in local.iter() {
            merged.insert(name.to_owned(), value.clone());
        }
        Ok(merged)
    }

    /// The context to write on: a copy of its own, with an id of its own.
    fn edit<'r>(
        &mut self,
        result: &'r mut Arc<Context>,
        shared: bool,
    ) -> Result<&'r mut Context, Error> {
        self.spend(result.weight())?;
        let context = context_of(result);
        context.id = next_id();
        context.shared &= shared;
        Ok(context)
    }
}

/// The context alone: copied first if others hold it.
fn context_of(result: &mut Arc<Context>) -> &mut Context {
    Arc::make_mut(result)
}

fn not_in_1_0(mode_1_0: bool, keyword: &str) -> Result<(), Error> {
    if mode_1_0 { Err(Error::rule(ErrorCode::InvalidContextEntry, keyword)) } else { Ok(()) }
}

/// Step 5.7.
fn set_base(context: &mut Context, base: &Value<'_>) -> Result<(), Error> {
    context.base = match base {
        Value::Null => None,
        Value::String(text) if iri::is_absolute(text) => Some(text.as_ref().into()),
        Value::String(text) => match &context.base {
            Some(current) => Some(iri::resolve(current, text).into()),
            None => return Err(Error::rule(ErrorCode::InvalidBaseIri, text.as_ref())),
        },
        other => return Err(Error::rule(ErrorCode::InvalidBaseIri, other.kind())),
    };
    Ok(())
}

/// Step 5.8.
fn set_vocab(context: &mut Context, vocab: &Value<'_>, mode_1_0: bool) -> Result<(), Error> {
    let namespace: Option<Arc<str>> = match vocab {
        Value::Null => None,
        Value::String(text) => {
            if mode_1_0 && !iri::is_absolute(text) && !iri::is_blank(text) {
                return Err(Error::rule(ErrorCode::InvalidVocabMapping, text.as_ref()));
            }
            match context.expand_iri(text, true, true) {
                Expanded::Iri(namespace) => Some(namespace.as_ref().into()),
                _ => return Err(Error::rule(ErrorCode::InvalidVocabMapping, text.as_ref())),
            }
        }
        other => return Err(Error::rule(ErrorCode::InvalidVocabMapping, other.kind())),
    };
    context.vocab = namespace;
    Ok(())
}

/// `"ltr"` or `"rtl"`.
pub(super) fn read_direction(value: &Value<'_>) -> Result<Direction, Error> {
    value
        .as_str()
        .and_then(Direction::of)
        .ok_or_else(|| Error::rule(ErrorCode::InvalidBaseDirection, value.to_string()))
}
