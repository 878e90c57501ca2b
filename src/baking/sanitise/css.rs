//! Style sheets and values of attributes: what may stay of them.

use super::allowed::{PROPERTIES, listed};

/// Whether anything but white space and semicolons is missing from what was kept.
pub(super) fn dropped_from(css: &str, kept: &str) -> bool {
    let bare =
        |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != ';').collect::<String>();
    bare(css) != bare(kept)
}

/// A name that can follow `#`.
pub(super) fn is_id(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || "-_.:".contains(c))
}

/// A value that reaches nothing outside: no address but `url(#id)`, no CSS escapes.
pub(super) fn harmless(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    let forbidden =
        ["\\", "javascript:", "expression", "@", "<", "image(", "image-set", "src(", "/*"];
    if forbidden.iter().any(|word| value.contains(word)) {
        return false;
    }
    let mut addresses = value.split("url").skip(1);
    addresses.all(|after| {
        let inner = after.strip_prefix('(').and_then(|inner| inner.split_once(')'));
        inner.is_some_and(|(inner, _)| {
            let inner = inner.trim().trim_matches(['"', '\'']);
            inner.strip_prefix('#').is_some_and(is_id)
        })
    })
}

/// The allowed declarations of a `style` attribute or rule.
pub(super) fn declarations(css: &str) -> String {
    let mut kept = String::new();
    for declaration in css.split(';') {
        let Some((property, value)) = declaration.split_once(':') else { continue };
        let (property, value) = (property.trim().to_ascii_lowercase(), value.trim());
        let plain = !value.is_empty() && !value.contains(['{', '}', '"', '\''].as_slice());
        let quoted = property == "font-family" && !value.contains(['{', '}'].as_slice());
        if listed(PROPERTIES, &property).is_some() && (plain || quoted) && harmless(value) {
            kept.push_str(&property);
            kept.push(':');
            kept.push_str(value);
            kept.push(';');
        }
    }
    kept
}

/// The rules of a `style` element whose selectors are names, classes and ids, declaration by
/// declaration. Comments and at-rules go.
pub(super) fn style_sheet(css: &str) -> String {
    let mut kept = String::new();
    for rule in without_comments(css).split('}') {
        let Some((selector, body)) = rule.split_once('{') else { continue };
        let selector = selector.trim();
        let plain = !selector.is_empty()
            && selector
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || ".#-_, *>".contains(c) || c.is_whitespace());
        let body = declarations(body);
        if plain && !body.is_empty() {
            kept.push_str(selector);
            kept.push('{');
            kept.push_str(&body);
            kept.push('}');
        }
    }
    kept
}

fn without_comments(css: &str) -> String {
    let mut kept = String::new();
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}
