//! IRIs: their form, and references resolved against a base (RFC 3986 §5.2, RFC 3987).

use crate::json::scan;

/// Splits at the first colon if what stands before it can be a scheme (RFC 3986 §3.1).
pub(super) fn scheme(text: &str) -> Option<(&str, &str)> {
    let end = text
        .bytes()
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')))?;
    let (scheme, rest) = text.split_at(end);
    let starts_well = scheme.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    rest.strip_prefix(':').filter(|_| starts_well).map(|rest| (scheme, rest))
}

/// Whether `text` has the form of an absolute IRI: begins with a scheme.
pub(super) fn is_absolute(text: &str) -> bool {
    scheme(text).is_some()
}

/// Whether `text` is an absolute IRI: no excluded characters, one fragment at most (RFC 3987 §2.2).
pub(super) fn is_well_formed(text: &str) -> bool {
    let bytes = text.as_bytes();
    let fragment = scan::find(bytes, 0, is_special);
    let ends_well = match bytes.get(fragment) {
        None => true,
        Some(b'#') => scan::find(bytes, fragment + 1, is_special) >= bytes.len(),
        Some(_) => false,
    };
    ends_well && is_absolute(text)
}

/// Marks number signs and the characters of [`is_excluded`].
fn is_special(word: u64) -> u64 {
    let excluded = *b"<>\"{}|^`\\#";
    excluded
        .into_iter()
        .fold(scan::below(word, b'!'), |marks, byte| marks | scan::equal(word, byte))
}

/// Whether N-Quads may have `text` as an IRI; its grammar does not look at the parts.
pub(super) fn is_iriref(text: &str) -> bool {
    text.bytes().all(|byte| !is_excluded(byte)) && is_absolute(text)
}

/// The characters that N-Quads excludes from an IRIREF, all of them ASCII.
pub(super) fn is_excluded(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'<' | b'>' | b'"' | b'{' | b'}' | b'|' | b'^' | b'`' | b'\\')
}

/// Whether `text` is a blank node identifier.
pub(super) fn is_blank(text: &str) -> bool {
    text.starts_with("_:")
}

/// Whether `tag` is a well-formed language tag, as far as its shape goes (BCP 47 §2.1).
pub(super) fn is_language_tag(tag: &str) -> bool {
    tag.split('-').enumerate().all(|(at, part)| {
        (1..=8).contains(&part.len())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || at > 0 && byte.is_ascii_digit())
    })
}

/// The five parts of a reference (RFC 3986 appendix B).
#[derive(Clone, Copy)]
struct Parts<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

fn parts(text: &str) -> Parts<'_> {
    let (scheme, rest) = match scheme(text) {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, text),
    };
    let (rest, fragment) = match rest.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (rest, None),
    };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(query)),
        None => (rest, None),
    };
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (Some(authority), path)
        }
        None => (None, rest),
    };
    Parts { scheme, authority, path, query, fragment }
}

/// Resolves `reference` against `base` (RFC 3986 §5.2.2, strict).
pub(super) fn resolve(base: &str, reference: &str) -> String {
    let base = parts(base);
    let wanted = parts(reference);
    let mut target = Parts { fragment: wanted.fragment, ..wanted };
    let path;
    if wanted.scheme.is_some() {
        path = remove_dot_segments(wanted.path);
    } else {
        target.scheme = base.scheme;
        if wanted.authority.is_some() {
            path = remove_dot_segments(wanted.path);
        } else {
            target.authority = base.authority;
            if wanted.path.is_empty() {
                path = base.path.to_owned();
                target.query = wanted.query.or(base.query);
            } else if wanted.path.starts_with('/') {
                path = remove_dot_segments(wanted.path);
            } else {
                path = remove_dot_segments(&merge(&base, wanted.path));
            }
        }
    }
    recompose(&Parts { path: &path, ..target })
}

/// RFC 3986 §5.2.3.
fn merge(base: &Parts<'_>, path: &str) -> String {
    if base.authority.is_some() && base.path.is_empty() {
        return format!("/{path}");
    }
    match base.path.rsplit_once('/') {
        Some((directory, _)) => format!("{directory}/{path}"),
        None => path.to_owned(),
    }
}

/// RFC 3986 §5.2.4.
fn remove_dot_segments(path: &str) -> String {
    let mut input = path;
    let mut output = String::with_capacity(path.len());
    while !input.is_empty() {
        if let Some(rest) = input.strip_prefix("../").or_else(|| input.strip_prefix("./")) {
            input = rest;
        } else if input.starts_with("/./") {
            input = input.get(2..).unwrap_or_default();
        } else if input == "/." {
            input = "/";
        } else if input.starts_with("/../") {
            input = input.get(3..).unwrap_or_default();
            drop_last_segment(&mut output);
        } else if input == "/.." {
            input = "/";
            drop_last_segment(&mut output);
        } else if input == "." || input == ".." {
            input = "";
        } else {
            let start = usize::from(input.starts_with('/'));
            let end = input.get(start..).and_then(|rest| rest.find('/')).map(|at| at + start);
            let (segment, rest) = input.split_at(end.unwrap_or(input.len()));
            output.push_str(segment);
            input = rest;
        }
    }
    output
}

fn drop_last_segment(output: &mut String) {
    output.truncate(output.rfind('/').unwrap_or(0));
}

/// RFC 3986 §5.3.
fn recompose(parts: &Parts<'_>) -> String {
    let mut text = String::new();
    if let Some(scheme) = parts.scheme {
        text.push_str(scheme);
        text.push(':');
    }
    if let Some(authority) = parts.authority {
        text.push_str("//");
        text.push_str(authority);
    }
    text.push_str(parts.path);
    if let Some(query) = parts.query {
        text.push('?');
        text.push_str(query);
    }
    if let Some(fragment) = parts.fragment {
        text.push('#');
        text.push_str(fragment);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_the_examples_of_rfc_3986() {
        let base = "http://a/b/c/d;p?q";
        for (reference, target) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q#s"),
            ("g#s", "http://a/b/c/g#s"),
            (";x", "http://a/b/c/;x"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            ("..g", "http://a/b/c/..g"),
            ("./../g", "http://a/b/g"),
            ("g/./h", "http://a/b/c/g/h"),
            ("g;x=1/../y", "http://a/b/c/y"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("http:g", "http:g"),
        ] {
            assert_eq!(resolve(base, reference), target, "{reference}");
        }
    }

    #[test]
    fn knows_well_formed_iris_and_language_tags() {
        assert!(is_well_formed("https://example.org/é#x"));
        assert!(is_well_formed("did:key:z6Mk"));
        for bad in ["relative", "/x", "http://a b", "http://a<", "1a:b", "", ":x", "a\n:b"] {
            assert!(!is_well_formed(bad), "{bad}");
        }
        assert!(is_language_tag("en-GB-oxendict") && is_language_tag("x-1"));
        assert!(!is_language_tag("a b") && !is_language_tag("") && !is_language_tag("e1-x"));
        assert!(!is_language_tag("en-") && !is_language_tag("abcdefghi"));
    }
}
