//! What an output consists of, whatever its texts say: two outputs of the same structure differ in
//! words alone.

use serde_json::Value;

/// The tags of a page in their order, each with the names of its attributes and, for those that lead
/// somewhere, what kind of address it is. Markdown is left out, see [`markdown`].
pub(super) fn of_page(html: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut skipped = 0_usize;
    for tag in tags_of(html) {
        // The sanitiser lets no `div` through, so that the next end is that of the block.
        if tag.starts_with("div class=\"text\"") {
            skipped += 1;
        } else if tag == "/div" && skipped > 0 {
            skipped = 0;
        } else if skipped == 0 {
            tags.push(tag_structure(&tag));
        }
    }
    tags
}

/// The tags of what was Markdown on a page.
pub(super) fn markdown(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for block in html.split("<div class=\"text\"").skip(1) {
        let (_, block) = block.split_once('>').unwrap();
        let (block, _) = block.split_once("</div>").unwrap();
        found.extend(tags_of(block).iter().map(|tag| tag_structure(tag)));
    }
    found
}

/// What stands between `<` and `>`, as a browser reads it: a `>` in quotes does not end a tag.
fn tags_of(html: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let mut quote = None;
        let end = rest.char_indices().find(|(_, c)| match quote {
            Some(open) => {
                if *c == open {
                    quote = None;
                }
                false
            }
            None => {
                if matches!(c, '"' | '\'') {
                    quote = Some(*c);
                }
                *c == '>'
            }
        });
        let end = end.map_or(rest.len(), |(at, _)| at);
        tags.push(rest[..end].to_owned());
        rest = &rest[end..];
    }
    tags
}

/// `a href="https://…" rel="…"` → `a href=https rel`.
fn tag_structure(tag: &str) -> String {
    if tag.starts_with('/') {
        return tag.to_owned();
    }
    let mut words = Vec::new();
    let mut rest = tag;
    while !rest.is_empty() {
        let end = rest.find([' ', '\n', '=', '/']).unwrap_or(rest.len()).max(1);
        let (word, after) = rest.split_at(end);
        rest = after.trim_start();
        let word = word.trim();
        match rest.strip_prefix("=\"").and_then(|quoted| quoted.split_once('"')) {
            Some((value, after)) => {
                let address = matches!(word, "href" | "src" | "action" | "formaction" | "srcdoc");
                let kind = if address { scheme(value) } else { "" };
                words.push(format!("{word}={kind}"));
                rest = after.trim_start();
            }
            None if word.is_empty() => {}
            None => words.push(word.to_owned()),
        }
    }
    words.join(" ")
}

fn scheme(address: &str) -> &str {
    match address.split_once(':') {
        Some((scheme, _)) if !scheme.contains(['/', '?', '#']) => scheme,
        _ => "own",
    }
}

/// The members and lengths of a JSON document, without its texts and numbers.
pub(super) fn of_json(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), of_json(value))).collect()
        }
        Value::Array(items) => items.iter().map(of_json).collect(),
        Value::String(_) => "text".into(),
        Value::Number(_) => 0.into(),
        Value::Bool(_) => false.into(),
        Value::Null => Value::Null,
    }
}

/// Every text in a JSON document.
pub(super) fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.values().for_each(|value| texts(value, found)),
        Value::Array(items) => items.iter().for_each(|value| texts(value, found)),
        Value::String(text) => found.push(text.clone()),
        _ => {}
    }
}

/// The names of the elements and attributes of an SVG, each once and sorted. How often they occur
/// depends on the letters that are drawn.
pub(super) fn of_svg(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
    let mut names = Vec::new();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let tag = node.tag_name();
        let element = format!("{} {}", tag.namespace().unwrap_or_default(), tag.name());
        names.extend(node.attributes().map(|attribute| format!("{element} @{}", attribute.name())));
        names.push(element);
    }
    names.sort();
    names.dedup();
    names
}

/// Names of what a PDF does, brings along or leads to, besides showing pages.
const ACTING: [&str; 18] = [
    "A",
    "AA",
    "AcroForm",
    "AF",
    "Annot",
    "EmbeddedFile",
    "Filespec",
    "GoToE",
    "GoToR",
    "ImportData",
    "JavaScript",
    "JS",
    "Launch",
    "Link",
    "OpenAction",
    "RichMedia",
    "SubmitForm",
    "URI",
];

/// Which of them stand in the objects of a PDF, each once and sorted; texts, streams and comments are
/// left out. Objects that are packed into streams are none of those.
pub(super) fn of_pdf(bytes: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = &bytes[at..];
        at += match byte {
            b'(' => literal(rest),
            b'<' if rest.get(1) == Some(&b'<') => 2,
            b'<' => until(rest, b">"),
            b'%' => until(rest, b"\n"),
            b's' if rest.starts_with(b"stream") => until(rest, b"endstream"),
            b'/' => {
                let is_regular = |b: &&u8| !b.is_ascii_whitespace() && !b"()<>[]{}/%".contains(b);
                let length = rest[1..].iter().take_while(is_regular).count();
                let name = String::from_utf8_lossy(&rest[1..=length]).into_owned();
                names.extend(Some(name).filter(|name| ACTING.contains(&name.as_str())));
                length + 1
            }
            _ => 1,
        };
    }
    names.sort();
    names.dedup();
    names
}

/// The length of a text in parentheses.
fn literal(bytes: &[u8]) -> usize {
    let (mut depth, mut escaped) = (0_usize, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' if depth == 1 => return at + 1,
            b')' => depth -= 1,
            _ => {}
        }
    }
    bytes.len()
}

/// The length up to and with what ends it.
fn until(bytes: &[u8], end: &[u8]) -> usize {
    bytes.windows(end.len()).position(|part| part == end).map_or(bytes.len(), |at| at + end.len())
}

#[test]
fn structures_tell_texts_from_what_is_not_text() {
    let page = |text: &str| of_page(&format!("<p title=\"{text}\">{text}<a href=\"/x\">y</a></p>"));
    let plain = page("word");
    assert_eq!(plain, ["p title=", "a href=own", "/a", "/p"]);
    assert_eq!(page("&lt;b&gt; &quot;"), plain);
    for bad in ["<b>", "\" onclick=\"x", "\"><i>", "<a href=\"javascript:x\">"] {
        assert_ne!(page(bad), plain, "{bad}");
    }
    assert_eq!(of_page("<a href=\"javascript:x\">"), ["a href=javascript"]);
    let block = "<div class=\"text\" dir=\"auto\"><p>a<a href=\"https://x\">b</a></p></div><hr>";
    assert_eq!(of_page(block), ["hr"]);
    assert_eq!(markdown(block), ["p", "a href=https", "/a", "/p"]);
    let pdf =
        b"1 0 obj << /Type /URI /T (a \\) (/JS) /AA) /H <2f4a53> >> % /A\nstream /AF endstream";
    assert_eq!(of_pdf(pdf), ["URI"]);
    assert_eq!(of_pdf(b"<< /S /JavaScript /JS (x) >>"), ["JS", "JavaScript"]);
}
