//! The entries of an expanded term definition (JSON-LD 1.1 API §4.2.2 steps 19 to 26).

use std::sync::Arc;

use super::Definitions;
use crate::json::{Object, Value};
use crate::linked_data::context::process::read_direction;
use crate::linked_data::context::{
    Call, Coercion, Container, Expanded, LocalContext, Mapping, Setting, TermDefinition, next_id,
};
use crate::linked_data::error::{Error, ErrorCode};
use crate::linked_data::iri;
use crate::linked_data::keyword::Keyword;

impl Definitions<'_, '_, '_> {
    /// Step 19.
    pub(super) fn read_container(
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
    pub(super) fn read_index(
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
    pub(super) fn read_scoped_context(
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
    pub(super) fn read_language_and_direction(
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
    pub(super) fn read_nest(
        &self,
        definition: &mut TermDefinition,
        value: &Object<'_>,
    ) -> Result<(), Error> {
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
    pub(super) fn read_prefix(
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
    pub(super) fn check_members(&self, value: &Object<'_>) -> Result<(), Error> {
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
}
