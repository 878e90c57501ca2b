//! Create Term Definition (JSON-LD 1.1 API §4.2).

use std::borrow::Cow;
use std::sync::Arc;

use super::expand_iri::split_compact;
use super::process::read_direction;
use super::registry::Session;
use super::{
    Call, Coercion, Container, Context, Expanded, Iri, LocalContext, Mapping, Setting,
    TermDefinition, next_id,
};
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
        Ok(Self { session, context, local, defined: FastMap::default(), call, protected })
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
        let local = self.local;
        let Some(value) = local.get(term) else { return Ok(()) };
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
            if self.local.contains_key(prefix) {
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

    /// Step 19.
    fn read_container(
        &self,
        definition: &mut TermDefinition,
        value: &Object<'_>,
    ) -> Result<(), Error> {
        let Some(written) = value.get(Keyword::Container.as_str()) else { return Ok(()) };
        let wrong = || Error::rule(ErrorCode::InvalidContainerMapping, written.to_string());
        let mut container = Container::default();
        for item in written.items() {
            let one = item.as_str().and_then(Container::of).ok_or_else(wrong)?;
            if container.has(one) {
                return Err(wrong());
            }
            container = container.with(one);
        }
        let besides_set = container.without(Container::SET);
        let with_graph = besides_set.without(Container::GRAPH);
        let is_valid = match container {
            Container::LIST => true,
            _ if container.is_empty() || container.has(Container::LIST) => false,
            _ if container.has(Container::GRAPH) => {
                with_graph.count() <= 1
                    && !with_graph.has(Container::LANGUAGE)
                    && !with_graph.has(Container::TYPE)
            }
            _ => besides_set.count() <= 1,
        };
        let is_new = Container::GRAPH.with(Container::ID).with(Container::TYPE);
        let too_new =
            self.session.mode_1_0 && (container.has(is_new) || written.as_str().is_none());
        if !is_valid || too_new {
            return Err(wrong());
        }
        if container.has(Container::TYPE) {
            match definition.coercion {
                Coercion::Absent => definition.coercion = Coercion::Id,
                Coercion::Id | Coercion::Vocab => {}
                _ => {
                    let what = "a type map of literals";
                    return Err(Error::rule(ErrorCode::InvalidTypeMapping, what));
                }
            }
        }
        definition.container = container;
        Ok(())
    }

    /// Step 20.
    fn read_index(
        &mut self,
        definition: &mut TermDefinition,
        value: &Object<'_>,
    ) -> Result<(), Error> {
        let Some(index) = value.get(Keyword::Index.as_str()) else { return Ok(()) };
        let wrong = || Error::rule(ErrorCode::InvalidTermDefinition, format!("@index {index}"));
        if self.session.mode_1_0 || !definition.container.has(Container::INDEX) {
            return Err(wrong());
        }
        let Value::String(name) = index else { return Err(wrong()) };
        match self.expand_iri(name)? {
            Expanded::Iri(text) if iri::is_absolute(&text) => {}
            _ => return Err(wrong()),
        }
        definition.index = Some(name.as_ref().into());
        Ok(())
    }

    /// Step 21. The context is processed once to see that it is valid.
    fn read_scoped_context(
        &mut self,
        definition: &mut TermDefinition,
        term: &str,
        value: &Object<'_>,
    ) -> Result<(), Error> {
        let Some(context) = value.get(Keyword::Context.as_str()) else { return Ok(()) };
        if self.session.mode_1_0 {
            return Err(Error::rule(ErrorCode::InvalidTermDefinition, Keyword::Context.as_str()));
        }
        let call =
            Call { override_protected: true, propagate: true, validate_scoped: false, ..self.call };
        let active = Arc::new(self.context.clone());
        self.session.spend(active.weight())?;
        self.session.process(&active, context, call).map_err(|error| match error {
            Error::JsonLd { what, code, pointer } => Error::JsonLd {
                code: ErrorCode::InvalidScopedContext,
                what: format!("the context of {term:?}: {code}: {what}"),
                pointer,
            },
            other => other,
        })?;
        definition.local = Some(Arc::new(LocalContext {
            id: next_id(),
            json: context.clone().into_owned(),
            base_url: self.call.base_url.cloned(),
            shared: self.call.shared,
        }));
        Ok(())
    }

    /// Steps 22 and 23.
    fn read_language_and_direction(
        &self,
        definition: &mut TermDefinition,
        value: &Object<'_>,
    ) -> Result<(), Error> {
        if value.contains_key(Keyword::Type.as_str()) {
            return Ok(());
        }
        definition.language = match value.get(Keyword::Language.as_str()) {
            None => Setting::Absent,
            Some(Value::Null) => Setting::Null,
            Some(Value::String(tag)) => Setting::Is(tag.to_ascii_lowercase().into()),
            Some(other) => {
                return Err(Error::rule(ErrorCode::InvalidLanguageMapping, other.kind()));
            }
        };
        definition.direction = match value.get(Keyword::Direction.as_str()) {
            None => Setting::Absent,
            Some(Value::Null) => Setting::Null,
            Some(other) => Setting::Is(read_direction(other)?),
        };
        Ok(())
    }

    /// Step 24.
    fn read_nest(&self, definition: &mut TermDefinition, value: &Object<'_>) -> Result<(), Error> {
        let Some(nest) = value.get(Keyword::Nest.as_str()) else { return Ok(()) };
        if self.session.mode_1_0 {
            return Err(Error::rule(ErrorCode::InvalidTermDefinition, Keyword::Nest.as_str()));
        }
        match nest.as_str() {
            Some(name) if matches!(Keyword::of(name), None | Some(Keyword::Nest)) => {
                definition.nest = Some(name.into());
                Ok(())
            }
            _ => Err(Error::rule(ErrorCode::InvalidNestValue, nest.to_string())),
        }
    }

    /// Step 25.
    fn read_prefix(
        &self,
        definition: &mut TermDefinition,
        term: &str,
        value: &Object<'_>,
    ) -> Result<(), Error> {
        let Some(prefix) = value.get(Keyword::Prefix.as_str()) else { return Ok(()) };
        if self.session.mode_1_0 || term.contains([':', '/']) {
            return Err(Error::rule(ErrorCode::InvalidTermDefinition, Keyword::Prefix.as_str()));
        }
        let Value::Bool(prefix) = prefix else {
            return Err(Error::rule(ErrorCode::InvalidPrefixValue, prefix.kind()));
        };
        if *prefix && matches!(definition.mapping, Mapping::Keyword(_)) {
            let what = "a keyword as a prefix";
            return Err(Error::rule(ErrorCode::InvalidTermDefinition, what));
        }
        definition.prefix = *prefix;
        Ok(())
    }

    /// Step 26.
    fn check_members(&self, value: &Object<'_>) -> Result<(), Error> {
        let unknown = value.iter().find(|(name, _)| {
            !matches!(
                Keyword::of(name),
                Some(
                    Keyword::Id
                        | Keyword::Reverse
                        | Keyword::Container
                        | Keyword::Context
                        | Keyword::Direction
                        | Keyword::Index
                        | Keyword::Language
                        | Keyword::Nest
                        | Keyword::Prefix
                        | Keyword::Protected
                        | Keyword::Type
                )
            )
        });
        match unknown {
            Some((name, _)) => Err(Error::rule(ErrorCode::InvalidTermDefinition, name)),
            None => Ok(()),
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
        let local = self.local;
        match local.iter().find(|(term, _)| *term == name && !is_setting(term)) {
            Some((term, _)) if self.defined.get(term) != Some(&true) => self.define(term),
            _ => Ok(()),
        }
    }
}
