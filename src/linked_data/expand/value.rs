//! Values: Value Expansion (JSON-LD 1.1 API §5.3), value objects (§5.1.2 step 15) and Object to
//! RDF Conversion (§8.2).

use std::sync::Arc;

use super::map::Map;
use super::members::Members;
use super::{Entry, Expansion, How, Outcome, Place, Property, Wrap};
use crate::json::{Number, Value};
use crate::linked_data::context::{Coercion, Context, Direction, Expanded};
use crate::linked_data::error::{At, Error, ErrorCode, Refusal};
use crate::linked_data::keyword::Keyword;
use crate::linked_data::options::{Limit, RdfDirection};
use crate::linked_data::quads::{Quad, Term};
use crate::linked_data::{iri, jcs, number};

const RDF_JSON: &str = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>";
const XSD_BOOLEAN: &str = "<http://www.w3.org/2001/XMLSchema#boolean>";
const XSD_DOUBLE: &str = "<http://www.w3.org/2001/XMLSchema#double>";
const XSD_INTEGER: &str = "<http://www.w3.org/2001/XMLSchema#integer>";
const XSD_STRING: &str = "<http://www.w3.org/2001/XMLSchema#string>";
const I18N: &str = "https://www.w3.org/ns/i18n#";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

/// Whether a scalar stands for a node.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct IsNode(bool);

impl Expansion<'_, '_> {
    /// Step 4 of the Expansion Algorithm.
    pub(super) fn scalar(
        &mut self,
        active: &Arc<Context>,
        property: Property<'_>,
        value: &Value<'_>,
        place: Place,
        how: How<'_>,
    ) -> Result<Outcome, Error> {
        // 4.1
        if property.name.is_none() {
            self.refuse(Refusal::FreeFloating, value.kind())?;
            return Ok(Outcome::Nothing);
        }
        // 4.2
        let scoped;
        let (active, property) = match property.definition.and_then(|term| term.local.as_ref()) {
            Some(local) => {
                scoped = self.session.property_scoped(active, local)?;
                (&scoped, property.within(&scoped))
            }
            None => (active, property),
        };
        // 4.3
        if how.wrap != Wrap::No {
            return self.wrap_value(place, how, Refusal::FreeFloating, value.kind());
        }
        let (term, is_node) = self.expand_value(active, property, value, place)?;
        if !is_node.0 {
            self.check_not_reverse(place)?;
        }
        match how.entry {
            Some(Entry::Property { .. }) if !is_node.0 => {
                return Err(Error::rule(ErrorCode::InvalidValueObject, value.kind()));
            }
            Some(Entry::Property { predicate, value }) => {
                self.quad(term, *predicate, *value, place.graph())?;
            }
            Some(Entry::Type(name)) => self.add_entry_type(term, name, place.graph())?,
            _ => {}
        }
        self.deliver(place, term)?;
        Ok(if is_node.0 { Outcome::Node } else { Outcome::Value })
    }

    fn add_entry_type(
        &mut self,
        term: Option<Term>,
        name: &str,
        graph: Option<Term>,
    ) -> Result<(), Error> {
        let object = self.resource(name)?;
        let rdf_type = self.rdf_type()?;
        self.quad(term, Some(rdf_type), object, graph)
    }

    /// Value Expansion; step numbers are those of §5.3.2.
    pub(super) fn expand_value(
        &mut self,
        active: &Context,
        property: Property<'_>,
        value: &Value<'_>,
        place: Place,
    ) -> Result<(Option<Term>, IsNode), Error> {
        let coercion = property.definition.map_or(&Coercion::Absent, |term| &term.coercion);
        let literal = match (coercion, value) {
            // 1
            (Coercion::Id, Value::String(text)) => {
                return Ok((self.reference(active, text, false)?, IsNode(true)));
            }
            // 2
            (Coercion::Vocab, Value::String(text)) => {
                return Ok((self.reference(active, text, true)?, IsNode(true)));
            }
            // 4
            (Coercion::Iri(datatype), value) => match datatype.token() {
                Some(token) => self.native(value, Some(token))?,
                None => {
                    self.refuse(Refusal::BadDatatype, datatype.text())?;
                    None
                }
            },
            // 5
            (_, Value::String(text)) => {
                let (language, direction) = match property.definition {
                    Some(term) => (
                        term.language.or(active.language.as_ref()),
                        term.direction.or(active.direction.as_ref()),
                    ),
                    None => (active.language.as_ref(), active.direction.as_ref()),
                };
                let language = language.map(AsRef::as_ref);
                self.text_literal(text, language, direction.copied(), place.graph())?
            }
            // 3
            (_, other) => self.native(other, None)?,
        };
        Ok((literal, IsNode(false)))
    }

    /// A string that stands for a node.
    fn reference(
        &mut self,
        active: &Context,
        text: &str,
        vocab: bool,
    ) -> Result<Option<Term>, Error> {
        let term = match active.expand_iri(text, true, vocab) {
            Expanded::Iri(id) => self.resource(&id)?,
            _ => None,
        };
        if term.is_none() {
            self.refuse(Refusal::RelativeId, text)?;
        }
        Ok(term)
    }

    /// A value object. Step numbers are those of §5.1.2.
    pub(super) fn value_object(
        &mut self,
        active: &Arc<Context>,
        type_scoped: &Context,
        object: Map<'_, '_>,
        members: &Members<'_, '_>,
        place: Place,
        how: How<'_>,
    ) -> Result<Outcome, Error> {
        let Some((value_name, value)) = members.value else { return Ok(Outcome::Nothing) };
        // 15.1
        let allowed =
            [Keyword::Value, Keyword::Type, Keyword::Language, Keyword::Direction, Keyword::Index];
        let is_tagged = members.language.is_some() || members.direction.is_some();
        if members.has_other_than(&allowed) || (members.types.is_some() && is_tagged) {
            let what = "keywords that do not go together";
            return Err(Error::rule(ErrorCode::InvalidValueObject, what));
        }
        self.check_no_properties(active, object, ErrorCode::InvalidValueObject)?;
        if let Some((name, index)) = members.index
            && index.as_str().is_none()
        {
            return Err(Error::rule(ErrorCode::InvalidIndexValue, index.kind())).at(name);
        }
        if matches!(how.entry, Some(Entry::Property { .. })) {
            let what = "an index that is a property";
            return Err(Error::rule(ErrorCode::InvalidValueObject, what));
        }
        self.check_not_reverse(place)?;
        let datatype = self.datatype(type_scoped, members)?;
        // 13.4.7
        let is_json = matches!(datatype, Some(Datatype::Json));
        if !is_json && matches!(value, Value::Array(_) | Value::Object(_)) {
            return Err(Error::rule(ErrorCode::InvalidValueObjectValue, value.kind()))
                .at(value_name);
        }
        let language = match members.language {
            Some((name, tag)) => match tag.as_str() {
                Some(tag) => Some(tag.to_ascii_lowercase()),
                None => {
                    let code = ErrorCode::InvalidLanguageTaggedString;
                    return Err(Error::rule(code, tag.kind())).at(name);
                }
            },
            None => None,
        };
        let direction = match members.direction {
            Some((name, direction)) => match direction.as_str().and_then(Direction::of) {
                Some(direction) => Some(direction),
                None => {
                    let what = direction.to_string();
                    return Err(Error::rule(ErrorCode::InvalidBaseDirection, what)).at(name);
                }
            },
            None => None,
        };
        // 15.3
        if *value == Value::Null && !is_json {
            self.refuse(Refusal::NullValue, "null").at(value_name)?;
            return Ok(Outcome::Nothing);
        }
        // 15.4
        if language.is_some() && value.as_str().is_none() {
            let code = ErrorCode::InvalidLanguageTaggedValue;
            return Err(Error::rule(code, value.kind())).at(value_name);
        }
        // 19
        if matches!(place, Place::Free { .. }) && how.wrap == Wrap::No {
            self.refuse(Refusal::FreeFloating, Keyword::Value.as_str())?;
            return Ok(Outcome::Nothing);
        }
        if how.wrap != Wrap::No {
            return self.wrap_value(place, how, Refusal::FreeFloating, Keyword::Value.as_str());
        }
        let literal = match (datatype, value) {
            (Some(Datatype::Json), value) => Some(self.json_literal(value).at(value_name)?),
            (Some(Datatype::Iri(token)), value) => {
                self.native(value, Some(&token)).at(value_name)?
            }
            (Some(Datatype::Unusable), _) => None,
            (None, Value::String(text)) => {
                self.text_literal(text, language.as_deref(), direction, place.graph())?
            }
            (None, value) => self.native(value, None).at(value_name)?,
        };
        self.deliver(place, literal)?;
        Ok(Outcome::Value)
    }

    /// The datatype of a value object (steps 13.4.4 and 15.5).
    fn datatype(
        &self,
        type_scoped: &Context,
        members: &Members<'_, '_>,
    ) -> Result<Option<Datatype>, Error> {
        let Some((name, value)) = members.types else { return Ok(None) };
        let wrong = |code, what: &str| Err(Error::rule(code, what)).at(name);
        let text = match value {
            Value::String(text) if members.more_types.is_empty() => text,
            Value::String(_) => return wrong(ErrorCode::InvalidTypedValue, "several types"),
            Value::Array(items) if items.iter().all(|item| item.as_str().is_some()) => {
                return wrong(ErrorCode::InvalidTypedValue, "an array of types");
            }
            other => return wrong(ErrorCode::InvalidTypeValue, other.kind()),
        };
        match type_scoped.expand_iri(text, true, true) {
            Expanded::Keyword(Keyword::Json) => Ok(Some(Datatype::Json)),
            Expanded::Iri(iri) if iri::is_well_formed(&iri) => {
                Ok(Some(Datatype::Iri(format!("<{iri}>"))))
            }
            Expanded::Iri(iri) if iri::is_absolute(&iri) && !iri.contains(' ') => {
                self.refuse(Refusal::BadDatatype, text).at(name)?;
                Ok(Some(Datatype::Unusable))
            }
            _ => wrong(ErrorCode::InvalidTypedValue, text),
        }
    }

    /// A scalar as a literal (§8.2.2 steps 7 to 12); `datatype` as `<…>`.
    fn native(&mut self, value: &Value<'_>, datatype: Option<&str>) -> Result<Option<Term>, Error> {
        let (lexical, default): (std::borrow::Cow<'_, str>, &str) = match value {
            Value::String(text) => (text.as_ref().into(), XSD_STRING),
            Value::Bool(true) => ("true".into(), XSD_BOOLEAN),
            Value::Bool(false) => ("false".into(), XSD_BOOLEAN),
            Value::Number(number) => self.number(number, datatype)?,
            _ => return Ok(None),
        };
        let datatype = datatype.unwrap_or(default);
        if datatype == XSD_STRING {
            return self.dataset.literal(&lexical, &[]).map(Some);
        }
        self.dataset.literal(&lexical, &["^^", datatype]).map(Some)
    }

    /// Steps 10 and 11 of §8.2.2.
    fn number<'n>(
        &self,
        number: &'n Number<'_>,
        datatype: Option<&str>,
    ) -> Result<(std::borrow::Cow<'n, str>, &'static str), Error> {
        let value = number.as_f64();
        if !value.is_finite() {
            return Err(Error::Limit { limit: Limit::Number, allowed: 0 });
        }
        if value.fract() != 0.0 || value.abs() >= 1e21 || datatype == Some(XSD_DOUBLE) {
            Ok((number::canonical_double(value).into(), XSD_DOUBLE))
        } else {
            Ok((number::canonical_integer(value).into(), XSD_INTEGER))
        }
    }

    /// A JSON literal (§8.2.2 step 6).
    pub(super) fn json_literal(&mut self, value: &Value<'_>) -> Result<Term, Error> {
        let text = jcs::canonicalize(value)?;
        self.dataset.literal(&text, &["^^", RDF_JSON])
    }

    /// A string with its language and base direction (§8.2.2 steps 8, 12 and 13).
    pub(super) fn text_literal(
        &mut self,
        text: &str,
        language: Option<&str>,
        direction: Option<Direction>,
        graph: Option<Term>,
    ) -> Result<Option<Term>, Error> {
        if let Some(tag) = language
            && !iri::is_language_tag(tag)
        {
            self.refuse(Refusal::BadLanguage, tag)?;
            return Ok(None);
        }
        match (direction, self.options.direction) {
            (Some(direction), None) => {
                self.refuse(Refusal::Direction, direction.as_str())?;
            }
            (Some(direction), Some(RdfDirection::I18nDatatype)) => {
                let tag = language.unwrap_or_default();
                let suffix = ["^^<", I18N, tag, "_", direction.as_str(), ">"];
                return self.dataset.literal(text, &suffix).map(Some);
            }
            (Some(direction), Some(RdfDirection::CompoundLiteral)) => {
                return self.compound_literal(text, language, direction, graph).map(Some);
            }
            (None, _) => {}
        }
        match language {
            Some(tag) => self.dataset.literal(text, &["@", tag]).map(Some),
            None => self.dataset.literal(text, &[]).map(Some),
        }
    }

    fn compound_literal(
        &mut self,
        text: &str,
        language: Option<&str>,
        direction: Direction,
        graph: Option<Term>,
    ) -> Result<Term, Error> {
        let subject = self.dataset.new_blank(None)?;
        let Some(graph) = graph else { return Ok(subject) };
        let parts = [
            ("value", Some(text)),
            ("language", language),
            ("direction", Some(direction.as_str())),
        ];
        for (name, part) in parts {
            let Some(part) = part else { continue };
            let predicate = self.dataset.iri(&format!("{RDF}{name}"))?;
            let object = self.dataset.literal(part, &[])?;
            self.dataset.push(Quad { subject, predicate, object, graph })?;
        }
        Ok(subject)
    }
}

enum Datatype {
    Json,
    /// `<…>`
    Iri(String),
    /// An IRI that RDF cannot hold: the literal is dropped.
    Unusable,
}
