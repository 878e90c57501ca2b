//! The keywords among the members of a map (JSON-LD 1.1 API §5.1.2 step 13.4).

use std::sync::Arc;

use super::map::Map;
use crate::json::Value;
use crate::linked_data::context::Context;
use crate::linked_data::context::registry::Session;
use crate::linked_data::error::{At, Error, ErrorCode};
use crate::linked_data::keyword::Keyword;

/// A member: its name as it is written, and its value.
pub(super) type Member<'v, 'j> = (&'v str, &'v Value<'j>);

/// The keyword members of a map and of what is nested in it.
#[derive(Default)]
pub(super) struct Members<'v, 'j> {
    pub(super) id: Option<Member<'v, 'j>>,
    pub(super) types: Option<Member<'v, 'j>>,
    /// Types under further names.
    pub(super) more_types: Vec<Member<'v, 'j>>,
    pub(super) value: Option<Member<'v, 'j>>,
    pub(super) language: Option<Member<'v, 'j>>,
    pub(super) direction: Option<Member<'v, 'j>>,
    pub(super) index: Option<Member<'v, 'j>>,
    pub(super) list: Option<Member<'v, 'j>>,
    pub(super) set: Option<Member<'v, 'j>>,
    pub(super) graph: Option<Member<'v, 'j>>,
    pub(super) reverse: Option<Member<'v, 'j>>,
    pub(super) included: Vec<Member<'v, 'j>>,
    pub(super) nests: Vec<Member<'v, 'j>>,
    /// How many members are no keywords.
    pub(super) others: usize,
    /// How many keywords there are, `@context` and `@nest` aside.
    pub(super) keywords: usize,
}

impl<'v, 'j> Members<'v, 'j> {
    /// Finds the keywords in `object`, under whichever names `context` gives them.
    pub(super) fn of(
        session: &mut Session<'_>,
        context: &Arc<Context>,
        object: Map<'v, 'j>,
    ) -> Result<Self, Error> {
        let mut members = Self::default();
        members.read(session, context, object)?;
        Ok(members)
    }

    fn read(
        &mut self,
        session: &mut Session<'_>,
        context: &Arc<Context>,
        object: Map<'v, 'j>,
    ) -> Result<(), Error> {
        for (name, value) in object.iter() {
            let member = (name, value);
            let slot = match context.keyword(name) {
                None => {
                    self.others += 1;
                    continue;
                }
                Some(Keyword::Context) => continue,
                Some(Keyword::Type) => {
                    match self.types {
                        None => self.types = Some(member),
                        Some(_) => self.more_types.push(member),
                    }
                    self.keywords += 1;
                    continue;
                }
                Some(Keyword::Included) => {
                    self.included.push(member);
                    self.keywords += 1;
                    continue;
                }
                Some(Keyword::Nest) => {
                    self.nests.push(member);
                    let scoped = nest_context(session, context, name)?;
                    let context = scoped.as_ref().unwrap_or(context);
                    for (at, nested) in value.items().iter().enumerate() {
                        let nested = nested_object(context, nested).at_item(value, at).at(name)?;
                        self.read(session, context, nested).at_item(value, at).at(name)?;
                    }
                    continue;
                }
                Some(Keyword::Id) => &mut self.id,
                Some(Keyword::Value) => &mut self.value,
                Some(Keyword::Language) => &mut self.language,
                Some(Keyword::Direction) => &mut self.direction,
                Some(Keyword::Index) => &mut self.index,
                Some(Keyword::List) => &mut self.list,
                Some(Keyword::Set) => &mut self.set,
                Some(Keyword::Graph) => &mut self.graph,
                Some(Keyword::Reverse) => &mut self.reverse,
                // Keywords of contexts and of framing mean nothing here.
                Some(_) => {
                    self.others += 1;
                    continue;
                }
            };
            if slot.is_some() {
                return Err(Error::rule(ErrorCode::CollidingKeywords, name)).at(name);
            }
            *slot = Some(member);
            self.keywords += 1;
        }
        Ok(())
    }

    /// The keywords other than these, for the rules about what may stand together.
    pub(super) fn has_other_than(&self, allowed: &[Keyword]) -> bool {
        let present = [
            (Keyword::Id, self.id.is_some()),
            (Keyword::Type, self.types.is_some()),
            (Keyword::Value, self.value.is_some()),
            (Keyword::Language, self.language.is_some()),
            (Keyword::Direction, self.direction.is_some()),
            (Keyword::Index, self.index.is_some()),
            (Keyword::List, self.list.is_some()),
            (Keyword::Set, self.set.is_some()),
            (Keyword::Graph, self.graph.is_some()),
            (Keyword::Reverse, self.reverse.is_some()),
            (Keyword::Included, !self.included.is_empty()),
        ];
        present.iter().any(|(keyword, is_present)| *is_present && !allowed.contains(keyword))
    }
}

/// The context of what is nested under the alias `name` of `@nest`, if that has one of its own
/// (step 14.1 in the specification's errata).
pub(super) fn nest_context(
    session: &mut Session<'_>,
    context: &Arc<Context>,
    name: &str,
) -> Result<Option<Arc<Context>>, Error> {
    match context.term(name).and_then(|term| term.local.as_ref()) {
        Some(local) => session.property_scoped(context, local).map(Some),
        None => Ok(None),
    }
}

/// Step 14.2.1: what `@nest` holds is a map without `@value`.
fn nested_object<'v, 'j>(context: &Context, nested: &'v Value<'j>) -> Result<Map<'v, 'j>, Error> {
    match nested.as_object() {
        Some(object)
            if !object.iter().any(|(name, _)| context.keyword(name) == Some(Keyword::Value)) =>
        {
            Ok(object.into())
        }
        _ => Err(Error::rule(ErrorCode::InvalidNestValue, nested.kind())),
    }
}
