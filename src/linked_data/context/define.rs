//! Create Term Definition (JSON-LD 1.1 API §4.2): the order of its steps, and what a term maps to;
//! [`entries`] reads the rest of a definition.

mod entries;

use std::borrow::Cow;
use std::sync::Arc;

use super::expand_iri::split_compact;
use super::registry::Session;
use super::{Call, Coercion, Container, Context, Expanded, Iri, Mapping, TermDefinition};
use crate::json::{Object, Value};
use crate::linked_data::error::{At, Error, ErrorCode};
use crate::linked_data::hash::FastMap;
use crate::linked_data::iri;
use crate::linked_data::keyword::{Keyword, has_keyword_form};

/// The definitions of one local context on their way into the active context.
pub(super) struct Definitions<'a, 's, 'c> {
    session: &'a mut Session<'s>,
    context: &'a mut Context,
    local: &'a Object<'c>,
    /// The members of `local` by name: there may be thousands.
    index: FastMap<&'a str, &'a Value<'c>>,
    /// Terms begun (`false`) and done (`true`).
    defined: FastMap<Cow<'a, str>, bool>,
    call: Call<'a>,
    protected: bool,
}

/// The members of a local context that are no terms (§4.1.2 step 5.13).
fn is_setting(name: &str) -> bool {
    matches!(
        Keyword::of(name),
        Some(
            Keyword::Base
                | Keyword::Direction
                | Keyword::Import
                | Keyword::Language
                | Keyword::Propagate
                | Keyword::Protected
                | Keyword::Version
                | Keyword::Vocab
        )
    )
}

impl<'a, 's, 'c> Definitions<'a, 's, 'c> {
    pub(super) fn new(
        session: &'a mut Session<'s>,
        context: &'a mut Context,
        local: &'a Object<'c>,
        call: Call<'a>,
    ) -> Result<Self, Error> {
        let protected = match local.get(Keyword::Protected.as_str()) {
            None => false,
            Some(Value::Bool(protected)) => *protected,
            Some(other) => {
                return Err(Error::rule(ErrorCode::InvalidProtectedValue, other.kind()));
            }
        };
        let index = local.iter().collect();
        let defined = FastMap::default();
        Ok(Self { session, context, local, index, defined, call, protected })
    }

    pub(super) fn define_all(mut self) -> Result<(), Error> {
        let local = self.local;
        for (term, _) in local.iter().filter(|(name, _)| !is_setting(name)) {
            self.define(term).at(term)?;
        }
        Ok(())
    }

    /// Step numbers are those of §4.2.2.
    fn define(&mut self, term: &'a str) -> Result<(), Error> {
        // 1, 2
        match self.defined.get(term) {
            Some(true) => return Ok(()),
            Some(false) => return Err(Error::rule(ErrorCode::CyclicIriMapping, term)),
            None => {}
        }
        if term.is_empty() {
            return Err(Error::rule(ErrorCode::InvalidTermDefinition, "the empty term"));
        }
        self.defined.insert(Cow::Borrowed(term), false);
        // 3, 4, 5
        let Some(value) = self.index.get(term).copied() else { return Ok(()) };
        if term == Keyword::Type.as_str() {
            self.check_type_redefinition(value)?;
        } else if Keyword::of(term).is_some() {
            return Err(Error::rule(ErrorCode::KeywordRedefinition, term));
        } else if has_keyword_form(term) {
            return Ok(());
        }
        // 6
        let previous = self.context.remove_term(term);
        // 7, 8, 9
        let nothing = Object::default();
        let (id, simple, value) = match value {
            Value::Null => (Some(&Value::Null), false, &nothing),
            Value::String(_) => (Some(value), true, &nothing),
            Value::Object(map) => (map.get(Keyword::Id.as_str()), false, map),
            other => return Err(Error::rule(ErrorCode::InvalidTermDefinition, other.kind())),
        };
        // 26, early: the names are checked whatever they hold
        self.check_members(value)?;
        // 10, 11
        let mut definition = TermDefinition::new(self.read_protected(value)?);
        // 12
        if let Some(coercion) = value.get(Keyword::Type.as_str()) {
            definition.coercion = self.read_coercion(coercion).at(Keyword::Type.as_str())?;
        }
        // 13 to 18
        let is_kept = match value.get(Keyword::Reverse.as_str()) {
            Some(reverse) => self.read_reverse(&mut definition, value, reverse)?,
            None => self.read_iri_mapping(&mut definition, term, id, simple)?,
        };
        if !is_kept {
            return Ok(());
        }
        if !definition.reverse {
            // 19 to 25
            self.read_container(&mut definition, value)?;
            self.read_index(&mut definition, value)?;
            self.read_scoped_context(&mut definition, term, value)?;
            self.read_language_and_direction(&mut definition, value)?;
            self.read_nest(&mut definition, value)?;
            self.read_prefix(&mut definition, term, value)?;
        }
        // 27
        let mut definition = Arc::new(definition);
        if let Some(previous) = previous
            && previous.protected
            && !self.call.override_protected
        {
            if !definition.means_the_same(&previous) {
                return Err(Error::rule(ErrorCode::ProtectedTermRedefinition, term));
            }
            definition = previous;
        }
        // 28
        self.context.set_term(term, definition);
        self.defined.insert(Cow::Borrowed(term), true);
        Ok(())
    }

    /// Step 4: of `@type` only container and protection may be set.
    fn check_type_redefinition(&self, value: &Value<'_>) -> Result<(), Error> {
        let is_allowed = !self.session.mode_1_0
            && value.as_object().is_some_and(|map| {
                !map.is_empty()
                    && map.iter().all(|(name, value)| match Keyword::of(name) {
                        Some(Keyword::Container) => value.as_str() == Some("@set"),
                        Some(Keyword::Protected) => true,
                        _ => false,
                    })
            });
        if is_allowed {
            Ok(())
        } else {
            Err(Error::rule(ErrorCode::KeywordRedefinition, Keyword::Type.as_str()))
        }
    }

    /// Step 11.
    fn read_protected(&self, value: &Object<'_>) -> Result<bool, Error> {
        match value.get(Keyword::Protected.as_str()) {
            None => Ok(self.protected),
            Some(_) if self.session.mode_1_0 => {
                Err(Error::rule(ErrorCode::InvalidTermDefinition, Keyword::Protected.as_str()))
            }
            Some(Value::Bool(protected)) => Ok(*protected),
            Some(other) => Err(Error::rule(ErrorCode::InvalidProtectedValue, other.kind())),
        }
    }

    /// Step 12.
    fn read_coercion(&mut self, value: &Value<'_>) -> Result<Coercion, Error> {
        let wrong = |what: &str| Error::rule(ErrorCode::InvalidTypeMapping, what);
        let Value::String(name) = value else { return Err(wrong(value.kind())) };
        let mode_1_0 = self.session.mode_1_0;
        match self.expand_iri(name)? {
            Expanded::Keyword(Keyword::Id) => Ok(Coercion::Id),
            Expanded::Keyword(Keyword::Vocab) => Ok(Coercion::Vocab),
            Expanded::Keyword(Keyword::Json) if !mode_1_0 => Ok(Coercion::Json),
            Expanded::Keyword(Keyword::None) if !mode_1_0 => Ok(Coercion::None),
            Expanded::Iri(text) if iri::is_absolute(&text) => Ok(Coercion::Iri(Iri::new(&text))),
            _ => Err(wrong(name)),
        }
    }

    /// Step 13. `false` if the term is not to be defined.
    fn read_reverse(
        &mut self,
        definition: &mut TermDefinition,
        value: &Object<'_>,
        reverse: &Value<'_>,
    ) -> Result<bool, Error> {
        let clash = [Keyword::Id, Keyword::Nest];
        if let Some(other) = clash.iter().find(|other| value.contains_key(other.as_str())) {
            return Err(Error::rule(ErrorCode::InvalidReverseProperty, other.as_str()));
        }
        let Value::String(name) = reverse else {
            return Err(Error::rule(ErrorCode::InvalidIriMapping, reverse.kind()));
        };
        if has_keyword_form(name) && Keyword::of(name).is_none() {
            return Ok(false);
        }
        match self.expand_iri(name)? {
            Expanded::Iri(text) if iri::is_absolute(&text) || iri::is_blank(&text) => {
                definition.mapping = Mapping::Iri(Iri::new(&text));
            }
            _ => return Err(Error::rule(ErrorCode::InvalidIriMapping, name.as_ref())),
        }
        match value.get(Keyword::Container.as_str()) {
            None | Some(Value::Null) => {}
            Some(container) => match container.as_str().and_then(Container::of) {
                Some(container @ (Container::SET | Container::INDEX)) => {
                    definition.container = container;
                }
                _ => {
                    let what = container.to_string();
                    return Err(Error::rule(ErrorCode::InvalidReverseProperty, what));
                }
            },
        }
        definition.reverse = true;
        Ok(true)
    }

    /// Steps 14 to 18. `false` if the term is not to be defined.
    fn read_iri_mapping(
        &mut self,
        definition: &mut TermDefinition,
        term: &'a str,
        id: Option<&Value<'_>>,
        simple: bool,
    ) -> Result<bool, Error> {
        match id {
            // 14
            Some(Value::Null) => definition.mapping = Mapping::Null,
            Some(Value::String(id)) if id != term => {
                return self.read_id(definition, term, id, simple);
            }
            None | Some(Value::String(_)) => {
                let text = self.default_iri(term)?;
                definition.mapping = match Keyword::of(&text) {
                    Some(keyword) => Mapping::Keyword(keyword),
                    None => Mapping::Iri(Iri::new(&text)),
                };
            }
            Some(other) => return Err(Error::rule(ErrorCode::InvalidIriMapping, other.kind())),
        }
        Ok(true)
    }

    /// Step 14.2.
    fn read_id(
        &mut self,
        definition: &mut TermDefinition,
        term: &'a str,
        id: &str,
        simple: bool,
    ) -> Result<bool, Error> {
        if Keyword::of(id).is_none() && has_keyword_form(id) {
            return Ok(false);
        }
        let expanded = self.expand_iri(id)?;
        definition.mapping = match &expanded {
            Expanded::Keyword(Keyword::Context) => {
                return Err(Error::rule(ErrorCode::InvalidKeywordAlias, id));
            }
            Expanded::Keyword(keyword) => Mapping::Keyword(*keyword),
            Expanded::Iri(text) if iri::is_absolute(text) || iri::is_blank(text) => {
                Mapping::Iri(Iri::new(text))
            }
            _ => return Err(Error::rule(ErrorCode::InvalidIriMapping, id)),
        };
        let expanded = expanded.text().unwrap_or_default().to_owned();
        let inner_colon =
            term.char_indices().any(|(at, found)| found == ':' && at > 0 && at + 1 < term.len());
        if inner_colon || term.contains('/') {
            self.defined.insert(Cow::Borrowed(term), true);
            if self.expand_iri(term)?.text() != Some(&expanded) {
                return Err(Error::rule(ErrorCode::InvalidIriMapping, term));
            }
        }
        let ends_well = expanded.ends_with([':', '/', '?', '#', '[', ']', '@']);
        definition.prefix =
            simple && !term.contains([':', '/']) && (ends_well || iri::is_blank(&expanded));
        Ok(true)
    }

    /// Steps 15 to 18: a term that says nothing of its IRI.
    fn default_iri(&mut self, term: &'a str) -> Result<String, Error> {
        // 15
        if let Some((prefix, suffix)) = split_compact(term) {
            if self.index.contains_key(prefix) {
                self.define(prefix)?;
            }
            if let Some(definition) = self.context.term(prefix)
                && let Mapping::Iri(namespace) = &definition.mapping
            {
                return Ok(format!("{}{suffix}", namespace.text()));
            }
            return Ok(term.to_owned());
        }
        // 16
        if term.contains('/') {
            return match self.context.expand_iri(term, false, true) {
                Expanded::Iri(text) if iri::is_absolute(&text) => Ok(text.into_owned()),
                _ => Err(Error::rule(ErrorCode::InvalidIriMapping, term)),
            };
        }
        // 17, 18
        if term == Keyword::Type.as_str() {
            return Ok(term.to_owned());
        }
        match &self.context.vocab {
            Some(namespace) => Ok(format!("{namespace}{term}")),
            None => Err(Error::rule(ErrorCode::InvalidIriMapping, term)),
        }
    }

    /// IRI Expansion with `vocab` (§5.2.2) while this local context is being defined: terms that
    /// the expansion needs are defined first (steps 3 and 6.3).
    fn expand_iri<'v>(&'v mut self, value: &'v str) -> Result<Expanded<'v>, Error> {
        if Keyword::of(value).is_none() && !has_keyword_form(value) {
            self.define_named(value)?;
            if self.context.term(value).is_none()
                && let Some((prefix, suffix)) = split_compact(value)
                && prefix != "_"
                && !suffix.starts_with("//")
            {
                self.define_named(prefix)?;
            }
        }
        Ok(self.context.expand_iri(value, false, true))
    }

    fn define_named(&mut self, name: &str) -> Result<(), Error> {
        match self.index.get_key_value(name) {
            Some((term, _)) if !is_setting(term) && self.defined.get(*term) != Some(&true) => {
                let term = *term;
                self.define(term)
            }
            _ => Ok(()),
        }
    }
}
