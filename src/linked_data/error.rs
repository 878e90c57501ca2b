//! What can be wrong with linked data, named.

use std::fmt;

use super::options::Limit;
use crate::json::Value;

/// Why a document has no canonical form here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The document asks for a context that the registry does not hold; none is ever fetched.
    #[error("the context {0} is not known here")]
    UnknownContext(String),
    /// A registered context document is not JSON.
    #[error("the context document {url} is not JSON: {error}")]
    ContextNotJson {
        /// The URL it was registered under.
        url: String,
        /// What is wrong with its text.
        error: crate::json::Error,
    },
    /// The document breaks a rule of JSON-LD 1.1.
    #[error("{code} at {}: {what}", place(pointer))]
    JsonLd {
        /// The rule, by the specification's own name for the error.
        code: ErrorCode,
        /// What stands there.
        what: String,
        /// JSON pointer to it (RFC 6901).
        pointer: String,
    },
    /// Safe mode: the document has a part that JSON-LD would drop, so that no signature covers it.
    #[error("{refusal} at {}: {what}", place(pointer))]
    Unsafe {
        /// Which kind of loss.
        refusal: Refusal,
        /// The name or value that would be lost.
        what: String,
        /// JSON pointer to it (RFC 6901).
        pointer: String,
    },
    /// The input is larger, or harder to canonicalise, than the limits allow.
    #[error("{limit} exceeds the limit of {allowed}")]
    Limit {
        /// Which limit.
        limit: Limit,
        /// What it was set to.
        allowed: usize,
    },
    /// A text that is not N-Quads.
    #[error("line {line} is not N-Quads: {what}")]
    NQuads {
        /// The line, from 1.
        line: usize,
        /// What was expected.
        what: &'static str,
    },
}

impl Error {
    pub(super) fn rule(code: ErrorCode, what: impl Into<String>) -> Self {
        Self::JsonLd { code, what: what.into(), pointer: String::new() }
    }

    pub(super) fn refuse(refusal: Refusal, what: impl Into<String>) -> Self {
        Self::Unsafe { refusal, what: what.into(), pointer: String::new() }
    }

    #[cold]
    fn below(mut self, step: &str) -> Self {
        if let Self::JsonLd { pointer, .. } | Self::Unsafe { pointer, .. } = &mut self {
            let step = step.replace('~', "~0").replace('/', "~1");
            *pointer = format!("/{step}{pointer}");
        }
        self
    }

    /// JSON pointer to the member at fault, where there is one; `""` is the whole document.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Self::JsonLd { pointer, .. } | Self::Unsafe { pointer, .. } => Some(pointer),
            _ => None,
        }
    }

    /// The JSON-LD API's name for the error (§9.7.1), where it has one.
    pub fn json_ld_code(&self) -> Option<&'static str> {
        match self {
            Self::JsonLd { code, .. } => Some(code.as_str()),
            Self::UnknownContext(_) => Some(ErrorCode::LoadingRemoteContextFailed.as_str()),
            _ => None,
        }
    }
}

/// A pointer as a person reads it.
fn place(pointer: &str) -> &str {
    if pointer.is_empty() { "the top of the document" } else { pointer }
}

/// Adds the way to the place at fault while an error travels up; costs nothing without an error.
pub(super) trait At {
    /// The error happened below this member or element.
    fn at(self, step: impl fmt::Display) -> Self;

    /// The error happened in this one of the items of `value`, which may stand without an array.
    fn at_item(self, value: &Value<'_>, at: usize) -> Self
    where
        Self: Sized,
    {
        if value.as_array().is_some() { self.at(at) } else { self }
    }
}

impl<T> At for Result<T, Error> {
    #[inline(always)]
    fn at(self, step: impl fmt::Display) -> Self {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(below(error, &step)),
        }
    }
}

#[cold]
#[inline(never)]
fn below(error: Error, step: &dyn fmt::Display) -> Error {
    error.below(&step.to_string())
}

/// Parts of a document that JSON-LD drops without a word, and safe mode refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A member that no context defines.
    #[error("a member that no context defines")]
    UndefinedTerm,
    /// A member whose term a context maps to `null`.
    #[error("a member that a context maps to nothing")]
    NullTerm,
    /// A member, type or id that has the form of a keyword and is none.
    #[error("a name in the form of a JSON-LD keyword that is none")]
    KeywordLike,
    /// A member that expands to something that is not an absolute IRI.
    #[error("a member that is not an absolute IRI")]
    RelativeTerm,
    /// A member that is a blank node identifier.
    #[error("a blank node as a property")]
    BlankPredicate,
    /// An `@id` or a reference that is not an absolute IRI.
    #[error("an id that is not an absolute IRI")]
    RelativeId,
    /// A type that no context defines and that is not an absolute IRI.
    #[error("a type that no context defines")]
    RelativeType,
    /// A datatype that is not a well-formed IRI.
    #[error("a datatype that is not an absolute IRI")]
    BadDatatype,
    /// A language tag that BCP 47 does not allow.
    #[error("a malformed language tag")]
    BadLanguage,
    /// A base direction, which the RDF form asked for cannot carry.
    #[error("a base direction, which the signed form cannot carry")]
    Direction,
    /// A value that stands where only nodes mean something.
    #[error("a value that belongs to no property")]
    FreeFloating,
    /// A node at the top that says nothing.
    #[error("an object that says nothing")]
    EmptyNode,
    /// A member that is `null`, which is as if it were absent.
    #[error("a null, which no signature covers")]
    NullValue,
    /// A keyword where it has no effect.
    #[error("a keyword that has no effect where it stands")]
    Misplaced,
    /// A context written out in the document, where only known ones are accepted.
    #[error("a context written into the document")]
    InlineContext,
    /// A context below the top level, where that is not accepted.
    #[error("a context below the top level")]
    NestedContext,
}

macro_rules! error_codes {
    ($($name:ident $text:literal)*) => {
        /// The errors of JSON-LD 1.1 Processing Algorithms and API, §9.7.1, that reading can meet.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(#[doc = concat!("“", $text, "”")] $name,)*
        }

        impl ErrorCode {
            /// The specification's name.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

error_codes! {
    CollidingKeywords "colliding keywords"
    ConflictingIndexes "conflicting indexes"
    ContextOverflow "context overflow"
    CyclicIriMapping "cyclic IRI mapping"
    InvalidBaseDirection "invalid base direction"
    InvalidBaseIri "invalid base IRI"
    InvalidContainerMapping "invalid container mapping"
    InvalidContextEntry "invalid context entry"
    InvalidContextNullification "invalid context nullification"
    InvalidDefaultLanguage "invalid default language"
    InvalidIdValue "invalid @id value"
    InvalidImportValue "invalid @import value"
    InvalidIncludedValue "invalid @included value"
    InvalidIndexValue "invalid @index value"
    InvalidIriMapping "invalid IRI mapping"
    InvalidJsonLiteral "invalid JSON literal"
    InvalidKeywordAlias "invalid keyword alias"
    InvalidLanguageMapValue "invalid language map value"
    InvalidLanguageMapping "invalid language mapping"
    InvalidLanguageTaggedString "invalid language-tagged string"
    InvalidLanguageTaggedValue "invalid language-tagged value"
    InvalidLocalContext "invalid local context"
    InvalidNestValue "invalid @nest value"
    InvalidPrefixValue "invalid @prefix value"
    InvalidPropagateValue "invalid @propagate value"
    InvalidProtectedValue "invalid @protected value"
    InvalidRemoteContext "invalid remote context"
    InvalidReverseProperty "invalid reverse property"
    InvalidReversePropertyMap "invalid reverse property map"
    InvalidReversePropertyValue "invalid reverse property value"
    InvalidReverseValue "invalid @reverse value"
    InvalidScopedContext "invalid scoped context"
    InvalidSetOrListObject "invalid set or list object"
    InvalidTermDefinition "invalid term definition"
    InvalidTypeMapping "invalid type mapping"
    InvalidTypeValue "invalid type value"
    InvalidTypedValue "invalid typed value"
    InvalidValueObject "invalid value object"
    InvalidValueObjectValue "invalid value object value"
    InvalidVersionValue "invalid @version value"
    InvalidVocabMapping "invalid vocab mapping"
    KeywordRedefinition "keyword redefinition"
    LoadingRemoteContextFailed "loading remote context failed"
    ProcessingModeConflict "processing mode conflict"
    ProtectedTermRedefinition "protected term redefinition"
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
