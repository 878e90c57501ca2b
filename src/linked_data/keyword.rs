//! The keywords of JSON-LD 1.1 (§1.7).

macro_rules! keywords {
    ($($name:ident $text:literal)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(super) enum Keyword { $($name,)* }

        impl Keyword {
            /// The keyword that `text` is.
            pub(super) fn of(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }

            pub(super) fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

keywords! {
    Base "@base"
    Container "@container"
    Context "@context"
    Direction "@direction"
    Graph "@graph"
    Id "@id"
    Import "@import"
    Included "@included"
    Index "@index"
    Json "@json"
    Language "@language"
    List "@list"
    Nest "@nest"
    None "@none"
    Prefix "@prefix"
    Propagate "@propagate"
    Protected "@protected"
    Reverse "@reverse"
    Set "@set"
    Type "@type"
    Value "@value"
    Version "@version"
    Vocab "@vocab"
}

/// Whether `text` looks like a keyword: `"@"1*ALPHA` (JSON-LD 1.1 §1.7).
pub(super) fn has_keyword_form(text: &str) -> bool {
    text.strip_prefix('@')
        .is_some_and(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic()))
}
