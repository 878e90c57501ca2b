//! What a caller may choose, and the limits that hold untrusted input.

/// How a document is read and canonicalised. The default is what a verifier of signed data wants.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Refuse what JSON-LD would drop without a word. Default: yes.
    pub safe: bool,
    /// Accept contexts written out in the document, not only by URL. Default: no.
    pub inline_contexts: bool,
    /// Accept `@context` below the top level. Default: yes (embedded credentials carry their own).
    pub nested_contexts: bool,
    /// The digest of RDFC-1.0. Default: SHA-256.
    pub hash: Hash,
    /// The base IRI that relative references are resolved against. Default: none, so that they
    /// stay relative and safe mode refuses them.
    pub base: Option<String>,
    /// How a base direction is carried into RDF. Default: not at all.
    pub direction: Option<RdfDirection>,
    /// A context applied before the document's own (the API's `expandContext`). Default: none.
    pub expand_context: Option<crate::json::Value<'static>>,
    /// Refuse what JSON-LD 1.0 did not have (the API's `processingMode` `json-ld-1.0`). Default: no.
    pub json_ld_1_0: bool,
    /// What stops hostile input.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            safe: true,
            inline_contexts: false,
            nested_contexts: true,
            hash: Hash::Sha256,
            base: None,
            direction: None,
            expand_context: None,
            json_ld_1_0: false,
            limits: Limits::default(),
        }
    }
}

impl Options {
    /// Everything that JSON-LD 1.1 allows: inline contexts, and parts that mean nothing are dropped
    /// as the specification says. For suites and tools, not for signed data.
    pub fn lenient() -> Self {
        Self { safe: false, inline_contexts: true, ..Self::default() }
    }
}

/// The digest algorithm of RDFC-1.0 (§4.2, "hash algorithm").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256
    #[default]
    Sha256,
    /// SHA-384
    Sha384,
}

/// How a base direction is carried into RDF (JSON-LD 1.1 §10.2.1 and §10.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RdfDirection {
    /// As a datatype of the i18n namespace.
    I18nDatatype,
    /// As a node with value, language and direction.
    CompoundLiteral,
}

/// Upper bounds. Reaching one is an error that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Blank nodes in one dataset. Default: 512.
    pub blank_nodes: usize,
    /// Steps of Hash N-Degree Quads (RDFC-1.0 §4.8), which is where poison graphs burn time; one
    /// step is one quad looked at or one permutation tried. The hardest graph of the
    /// W3C suite takes 6,200. Default: 25,000.
    pub work: usize,
    /// Quads in one dataset. Default: 20,000.
    pub quads: usize,
    /// Bytes of N-Quads text in one dataset. Default: 16 MiB.
    pub text: usize,
    /// Nesting of the document. Default: [`crate::json::MAX_DEPTH`].
    pub depth: usize,
    /// Term definitions read or copied while contexts that are not compiled are processed.
    /// Default: 200,000.
    pub context_work: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            blank_nodes: 512,
            work: 25_000,
            quads: 20_000,
            text: 16 << 20,
            depth: crate::json::MAX_DEPTH,
            context_work: 200_000,
        }
    }
}

/// Which limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::blank_nodes`]
    #[error("the number of blank nodes")]
    BlankNodes,
    /// [`Limits::work`]: a poison graph.
    #[error("the work of telling blank nodes apart")]
    Work,
    /// [`Limits::quads`]
    #[error("the number of quads")]
    Quads,
    /// [`Limits::text`]
    #[error("the length of the canonical text")]
    Text,
    /// [`Limits::depth`]
    #[error("the nesting of the document")]
    Depth,
    /// [`Limits::context_work`]
    #[error("the work of processing contexts")]
    ContextWork,
    /// A number that no double can hold.
    #[error("the size of a number")]
    Number,
}
