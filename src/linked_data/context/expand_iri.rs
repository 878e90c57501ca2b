//! IRI Expansion (JSON-LD 1.1 API §5.2) in a finished context.

use std::borrow::Cow;

use super::{Context, Mapping};
use crate::linked_data::iri;
use crate::linked_data::keyword::{Keyword, has_keyword_form};

/// What a name expands to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expanded<'a> {
    /// Nothing: mapped to `null`, or in the form of a keyword.
    Null,
    /// A keyword.
    Keyword(Keyword),
    /// An IRI, a blank node identifier, or still a relative reference.
    Iri(Cow<'a, str>),
}

impl Expanded<'_> {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Expanded::Null => None,
            Expanded::Keyword(keyword) => Some(keyword.as_str()),
            Expanded::Iri(iri) => Some(iri),
        }
    }
}

impl Context {
    /// Expands `value`, as a member or type (`vocab`), as a reference (`document_relative`), or
    /// as both. Step numbers are those of §5.2.2; step 3 belongs to [`super::define`].
    pub(crate) fn expand_iri<'a>(
        &'a self,
        value: &'a str,
        document_relative: bool,
        vocab: bool,
    ) -> Expanded<'a> {
        // 1, 2
        if let Some(keyword) = Keyword::of(value) {
            return Expanded::Keyword(keyword);
        }
        if has_keyword_form(value) {
            return Expanded::Null;
        }
        // 4, 5
        if vocab {
            match self.term(value).map(|definition| &definition.mapping) {
                Some(Mapping::Keyword(keyword)) => return Expanded::Keyword(*keyword),
                Some(Mapping::Iri(iri)) => return Expanded::Iri(Cow::Borrowed(iri.text())),
                Some(Mapping::Null) => return Expanded::Null,
                None => {}
            }
        } else if let Some(keyword) = self.alias(value) {
            return Expanded::Keyword(keyword);
        }
        // 6
        if let Some((prefix, suffix)) = split_compact(value) {
            if prefix == "_" || suffix.starts_with("//") {
                return Expanded::Iri(Cow::Borrowed(value));
            }
            if let Some(definition) = self.term(prefix)
                && definition.prefix
                && let Mapping::Iri(namespace) = &definition.mapping
            {
                return Expanded::Iri(Cow::Owned(format!("{}{suffix}", namespace.text())));
            }
            if iri::is_absolute(value) {
                return Expanded::Iri(Cow::Borrowed(value));
            }
        }
        // 7
        if vocab && let Some(namespace) = &self.vocab {
            return Expanded::Iri(Cow::Owned(format!("{namespace}{value}")));
        }
        // 8
        if document_relative && let Some(base) = &self.base {
            return Expanded::Iri(Cow::Owned(iri::resolve(base, value)));
        }
        // 9
        Expanded::Iri(Cow::Borrowed(value))
    }
}

/// Splits at the first colon that stands after the first character (§5.2.2 step 6.1).
pub(super) fn split_compact(value: &str) -> Option<(&str, &str)> {
    value.split_once(':').filter(|(prefix, _)| !prefix.is_empty())
}
