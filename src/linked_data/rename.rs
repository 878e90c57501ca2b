//! The same document in the terms of another context: what JSON-LD compaction (API §6) does to names
//! and to values, for documents that are read member by member.
//!
//! The document's own contexts say what its names mean, the [`Vocabulary`] how that is called. Sets
//! of one become their element, value objects their value, references their id; empty sets and nulls
//! fall away. It is not a whole compaction: containers are not taken apart, and objects of the types
//! that the caller names are left as they are.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::context::registry::{Contexts, Session};
use super::context::{Call, Coercion, Context, Expanded, Mapping, TermDefinition};
use super::error::Error;
use super::keyword::Keyword;
use super::options::Options;
use crate::json::{Object, Value};

/// Names that are listed as unmapped.
const LISTED: usize = 64;

/// What things are called in one context.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// Terms by IRI.
    terms: HashMap<Box<str>, Box<str>>,
    /// Terms whose values are references.
    references: HashSet<Box<str>>,
    /// Namespaces with their prefixes, longest first.
    prefixes: Vec<(Box<str>, Box<str>)>,
}

impl Vocabulary {
    /// The names of the context registered under `url`. Of several terms for one IRI the first of
    /// `preferred` counts, else the first by the alphabet.
    ///
    /// # Errors
    /// An unknown or broken context.
    pub fn of(url: &str, preferred: &[&str], contexts: &Contexts) -> Result<Self, Error> {
        let context = compiled(url, contexts)?;
        let mut found: Vec<(&str, &TermDefinition)> = context.terms().collect();
        found.sort_unstable_by_key(|(name, _)| (!preferred.contains(name), *name));
        let mut vocabulary = Self::default();
        for (name, definition) in found {
            let Mapping::Iri(iri) = &definition.mapping else { continue };
            vocabulary.terms.entry(iri.text().into()).or_insert_with(|| name.into());
            if matches!(definition.coercion, Coercion::Id | Coercion::Vocab) {
                vocabulary.references.insert(name.into());
            }
            if definition.is_prefix() {
                vocabulary.prefixes.push((iri.text().into(), name.into()));
            }
        }
        vocabulary.prefixes.sort_unstable_by_key(|(iri, _)| std::cmp::Reverse(iri.len()));
        Ok(vocabulary)
    }

    /// The term for an IRI, or its compact form, or the IRI itself.
    fn name<'n>(&'n self, iri: &'n str) -> std::borrow::Cow<'n, str> {
        if let Some(term) = self.terms.get(iri) {
            return (&**term).into();
        }
        for (namespace, prefix) in &self.prefixes {
            if let Some(suffix) = iri.strip_prefix(&**namespace).filter(|rest| !rest.is_empty()) {
                return format!("{prefix}:{suffix}").into();
            }
        }
        iri.into()
    }

    /// Whether it has a term of that name.
    pub fn has(&self, name: &str) -> bool {
        self.terms.values().any(|term| **term == *name)
    }
}

/// A document in the terms of a vocabulary.
#[derive(Debug)]
pub struct Renamed {
    /// The document.
    pub value: Value<'static>,
    /// Members that its contexts do not define, kept under their own names unless the vocabulary has
    /// a term of that name; at most 64.
    pub unmapped: Vec<String>,
    /// Contexts that are not known here; what they define is among the unmapped.
    pub unknown_contexts: Vec<String>,
}

/// How documents are renamed.
pub struct Renaming<'c> {
    /// What things are called afterwards.
    pub vocabulary: &'c Vocabulary,
    /// The known contexts.
    pub contexts: &'c Contexts,
    /// The context that a document without one of its own stands in.
    pub around: &'c str,
    /// URLs of contexts that stand for [`around`](Self::around).
    pub aliases: &'c [&'c str],
    /// IRIs of types whose objects are left as they are.
    pub opaque: &'c [&'c str],
}

impl Renaming<'_> {
    /// Renames a document.
    ///
    /// # Errors
    /// A context that is known and cannot be processed, or a limit.
    pub fn of(&self, document: &Value<'_>) -> Result<Renamed, Error> {
        let around = compiled(self.around, self.contexts)?;
        let mut walk = Walk {
            how: self,
            session: Session::new(self.contexts, &Options::lenient()),
            unmapped: Vec::new(),
            unknown_contexts: Vec::new(),
        };
        let top = walk.session.initial();
        let start = if document.get(Keyword::Context.as_str()).is_some() { top } else { around };
        let value = walk.value(&start, None, document)?;
        Ok(Renamed { value, unmapped: walk.unmapped, unknown_contexts: walk.unknown_contexts })
    }
}

fn compiled(url: &str, contexts: &Contexts) -> Result<Arc<Context>, Error> {
    let mut session = Session::new(contexts, &Options::default());
    let initial = session.initial();
    session.process(&initial, &Value::String(url.into()), Call::embedded(None))
}

struct Walk<'c, 'r> {
    how: &'r Renaming<'r>,
    session: Session<'c>,
    unmapped: Vec<String>,
    unknown_contexts: Vec<String>,
}

impl Walk<'_, '_> {
    fn value(
        &mut self,
        active: &Arc<Context>,
        property: Option<(&TermDefinition, &str)>,
        value: &Value<'_>,
    ) -> Result<Value<'static>, Error> {
        match value {
            Value::Object(object) => self.object(active, property, object),
            Value::Array(items) => {
                let mut renamed = Vec::with_capacity(items.len());
                for item in items {
                    match self.value(active, property, item)? {
                        Value::Null => {}
                        // A set within a set is one set.
                        Value::Array(inner) => renamed.extend(inner),
                        item => renamed.push(item),
                    }
                }
                Ok(match renamed.len() {
                    0 => Value::Null,
                    1 => renamed.pop().unwrap_or(Value::Null),
                    _ => Value::Array(renamed),
                })
            }
            Value::String(text) => Ok(Value::String(self.text(active, property, text).into())),
            other => Ok(other.clone().into_owned()),
        }
    }

    /// A text; a compact IRI or a term where a reference is due.
    fn text(
        &self,
        active: &Context,
        property: Option<(&TermDefinition, &str)>,
        text: &str,
    ) -> String {
        let vocab = match property.map(|(definition, _)| &definition.coercion) {
            Some(Coercion::Id) => false,
            Some(Coercion::Vocab) => true,
            _ => return text.to_owned(),
        };
        match active.expand_iri(text, true, vocab) {
            Expanded::Iri(iri) => iri.into_owned(),
            _ => text.to_owned(),
        }
    }

    fn object(
        &mut self,
        active: &Arc<Context>,
        property: Option<(&TermDefinition, &str)>,
        object: &Object<'_>,
    ) -> Result<Value<'static>, Error> {
        if self.is_opaque(active, object)? {
            return Ok(Value::Object(object.clone()).into_owned());
        }
        let active = match object.get(Keyword::Context.as_str()) {
            Some(local) => self.context(active, local)?,
            None => Arc::clone(active),
        };
        let mut renamed = Object::default();
        for (name, value) in object.iter() {
            if name == Keyword::Context.as_str() {
                renamed.insert(name.to_owned(), value.clone().into_owned());
                continue;
            }
            match active.expand_iri(name, false, true) {
                Expanded::Keyword(Keyword::Type) => self.types(&active, value, &mut renamed),
                Expanded::Keyword(Keyword::Id) => {
                    if *value != Value::Null {
                        merge(&mut renamed, "id", value.clone().into_owned());
                    }
                }
                Expanded::Keyword(Keyword::List | Keyword::Set) => {
                    return self.value(&active, property, value);
                }
                Expanded::Keyword(keyword) => {
                    merge(&mut renamed, keyword.as_str(), value.clone().into_owned());
                }
                Expanded::Iri(iri) if iri.contains(':') => {
                    let to = self.how.vocabulary.name(&iri).into_owned();
                    let definition = active.term(name).cloned();
                    let property = definition.as_deref().map(|definition| (definition, name));
                    let value = self.value(&active, property, value)?;
                    let value = self.reference(&to, value);
                    if value != Value::Null {
                        merge(&mut renamed, &to, value);
                    }
                }
                Expanded::Iri(_) | Expanded::Null => self.unmapped(name, value, &mut renamed),
            }
        }
        Ok(plain_value(renamed))
    }

    fn is_opaque(&self, active: &Arc<Context>, object: &Object<'_>) -> Result<bool, Error> {
        let types = ["type", "@type"].iter().find_map(|name| object.get(name));
        let types = types.map(Value::items).unwrap_or_default();
        Ok(types.iter().filter_map(Value::as_str).any(|kind| {
            match active.expand_iri(kind, false, true) {
                Expanded::Iri(iri) => self.how.opaque.contains(&&*iri),
                _ => false,
            }
        }))
    }

    /// The document's own contexts; one that is not known is left out and named.
    fn context(&mut self, active: &Arc<Context>, local: &Value<'_>) -> Result<Arc<Context>, Error> {
        let mut result = Arc::clone(active);
        let around = Value::String(self.how.around.to_owned().into());
        for item in local.items() {
            let alias = item.as_str().is_some_and(|url| self.how.aliases.contains(&url));
            let item = if alias { &around } else { item };
            match self.session.process(&result, item, Call::embedded(None)) {
                Ok(next) => result = next,
                Err(error) => match unknown_url(&error) {
                    Some(url) => {
                        if self.unknown_contexts.len() < LISTED {
                            self.unknown_contexts.push(url.to_owned());
                        }
                    }
                    None => return Err(error),
                },
            }
        }
        Ok(result)
    }

    fn types(&self, active: &Context, value: &Value<'_>, renamed: &mut Object<'static>) {
        for item in value.items() {
            let kind = match item.as_str() {
                Some(text) => match active.expand_iri(text, true, true) {
                    Expanded::Iri(iri) => {
                        Value::String(self.how.vocabulary.name(&iri).into_owned().into())
                    }
                    _ => Value::String(text.to_owned().into()),
                },
                None => item.clone().into_owned(),
            };
            merge(renamed, "type", kind);
        }
    }

    /// A reference is its id, where nothing else is said of the thing.
    fn reference(&self, to: &str, value: Value<'static>) -> Value<'static> {
        if !self.how.vocabulary.references.contains(to) {
            return value;
        }
        let only_id = |value: Value<'static>| match &value {
            Value::Object(object) if object.len() == 1 => match object.get("id") {
                Some(id @ Value::String(_)) => id.clone(),
                _ => value,
            },
            _ => value,
        };
        match value {
            Value::Array(items) => Value::Array(items.into_iter().map(only_id).collect()),
            value => only_id(value),
        }
    }

    fn unmapped(&mut self, name: &str, value: &Value<'_>, renamed: &mut Object<'static>) {
        if self.unmapped.len() < LISTED {
            self.unmapped.push(name.chars().take(80).collect());
        }
        // Under a name that means something else it must not be read.
        let taken = self.how.vocabulary.has(name) || matches!(name, "id" | "type");
        if !taken && !renamed.contains_key(name) {
            renamed.insert(name.to_owned(), value.clone().into_owned());
        }
    }
}

fn unknown_url(error: &Error) -> Option<&str> {
    match error {
        Error::UnknownContext(url) => Some(url),
        _ => None,
    }
}

/// `{"@value": x}` is x, unless it has a language.
fn plain_value(mut object: Object<'static>) -> Value<'static> {
    if object.contains_key("@value") && !object.contains_key("@language") {
        return object.remove("@value").unwrap_or(Value::Null);
    }
    Value::Object(object)
}

/// Two members that mean the same are one with several values.
fn merge(object: &mut Object<'static>, name: &str, value: Value<'static>) {
    let merged = match object.remove(name) {
        None => value,
        Some(Value::Array(mut items)) => {
            match value {
                Value::Array(more) => items.extend(more),
                one => items.push(one),
            }
            Value::Array(items)
        }
        Some(first) => match value {
            Value::Array(more) => Value::Array(std::iter::once(first).chain(more).collect()),
            second => Value::Array(vec![first, second]),
        },
    };
    object.insert(name.to_owned(), merged);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    const OB: &str = r#"{"@context":{"id":"@id","type":"@type","obi":"https://ob.example/#",
        "schema":"http://schema.org/","Assertion":"obi:Assertion","name":"schema:name",
        "url":{"@id":"schema:url","@type":"@id"},"verify":"obi:verify",
        "verification":{"@id":"obi:verify","@type":"@id"},"Extension":"obi:Extension"}}"#;

    fn renamed(text: &str) -> Renamed {
        let contexts = Contexts::new([("https://c.example/ob".to_owned(), OB.to_owned())]).unwrap();
        let vocabulary =
            Vocabulary::of("https://c.example/ob", &["verification"], &contexts).unwrap();
        let renaming = Renaming {
            vocabulary: &vocabulary,
            contexts: &contexts,
            around: "https://c.example/ob",
            aliases: &["https://c.example/other"],
            opaque: &["https://ob.example/#Extension"],
        };
        renaming.of(&json::parse(text).unwrap()).unwrap()
    }

    #[track_caller]
    fn gives(text: &str, expected: &str) {
        assert_eq!(renamed(text).value.to_string(), expected, "{text}");
    }

    #[test]
    fn aliases_full_names_and_sets_of_one_are_the_same_document() {
        let plain = r#"{"id":"https://a.example/1","type":"Assertion","name":"x","verification":{"url":"https://a.example/"}}"#;
        for text in [
            plain,
            r#"{"@id":"https://a.example/1","@type":["obi:Assertion"],"name":["x"],"verify":[{"url":{"id":"https://a.example/"}}]}"#,
            r#"{"@id":"https://a.example/1","@type":"https://ob.example/#Assertion","http://schema.org/name":{"@value":"x"},"obi:verify":{"schema:url":{"@id":"https://a.example/"}}}"#,
        ] {
            gives(text, plain);
        }
    }

    #[test]
    fn what_says_nothing_falls_away_and_what_is_said_twice_is_several() {
        gives(
            r#"{"name":null,"url":[],"id":"https://a.example/"}"#,
            r#"{"id":"https://a.example/"}"#,
        );
        gives(
            r#"{"verify":{"name":"a"},"verification":{"name":"b"}}"#,
            r#"{"verification":[{"name":"a"},{"name":"b"}]}"#,
        );
    }

    #[test]
    fn a_name_that_the_documents_context_does_not_define_is_not_read_as_ours() {
        let found = renamed(
            r#"{"@context":{"title":"http://schema.org/name"},"title":"x","name":"y","strange":1}"#,
        );
        assert_eq!(found.value.get("name").unwrap().as_str(), Some("x"));
        assert_eq!(found.unmapped, ["name", "strange"]);
        assert!(found.value.get("strange").is_some());
        let moved = renamed(
            r#"{"@context":["https://c.example/ob",{"name":"https://evil.example/x"}],"name":"y"}"#,
        );
        assert!(moved.value.get("name").is_none());
        assert!(moved.value.get("https://evil.example/x").is_some());
    }

    #[test]
    fn unknown_contexts_are_named_and_extensions_left_alone() {
        let found = renamed(
            r#"{"@context":["https://c.example/other","https://x.example/"],"name":"x","e:x":{"type":["Extension"],"verify":1}}"#,
        );
        assert_eq!(found.unknown_contexts, ["https://x.example/"]);
        assert_eq!(found.value.get("name").unwrap().as_str(), Some("x"));
        assert_eq!(found.value.pointer("/e:x/verify").unwrap().kind(), "a number");
    }
}
