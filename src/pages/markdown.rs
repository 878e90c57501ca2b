//! Markdown of issuers and holders as harmless HTML.
//!
//! Raw HTML in it stays text, pictures become their description (nothing is loaded from other
//! origins), headings are put below those of the page; what comes out of the renderer passes an
//! allow-list once more.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Longer text is shown without its formatting.
const MAX_FORMATTED: usize = 40_000;

/// Deeper nesting is flattened.
const MAX_DEPTH: usize = 12;

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::default();
    cleaner
        .tags(HashSet::from([
            "p",
            "br",
            "em",
            "strong",
            "del",
            "code",
            "pre",
            "blockquote",
            "ul",
            "ol",
            "li",
            "a",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
        ]))
        .generic_attributes(HashSet::new())
        .tag_attributes([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))].into())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener nofollow ugc"));
    cleaner
});

/// HTML of a Markdown text; safe to be put into a page as it is.
pub(super) fn render(markdown: &str) -> String {
    if markdown.len() > MAX_FORMATTED {
        return format!("<pre>{}</pre>", quick_xml::escape::escape(markdown));
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut depth = 0_usize;
    let events = Parser::new_ext(markdown, options).filter_map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => None,
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            depth += 1;
            Some(Event::Start(Tag::Heading { level: lower(level), id, classes, attrs }))
        }
        Event::End(TagEnd::Heading(level)) => {
            depth = depth.saturating_sub(1);
            Some(Event::End(TagEnd::Heading(lower(level))))
        }
        Event::Start(_) => {
            depth += 1;
            (depth <= MAX_DEPTH).then_some(event)
        }
        Event::End(_) => {
            depth = depth.saturating_sub(1);
            (depth < MAX_DEPTH).then_some(event)
        }
        other => Some(other),
    });
    let mut unsafe_html = String::new();
    html::push_html(&mut unsafe_html, events);
    CLEANER.clean(&unsafe_html).to_string()
}

/// The page has its own first and second level.
fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatting_is_kept_below_the_headings_of_the_page() {
        let html = render("# Parts\n\n1. *one*\n2. **two**\n\n[link](https://a.example/?a=1&b=2)");
        assert!(html.contains("<h3>Parts</h3>") && html.contains("<em>one</em>"), "{html}");
        assert!(html.contains("href=\"https://a.example/?a=1&amp;b=2\""), "{html}");
        assert!(html.contains("rel=\"noopener nofollow ugc\""), "{html}");
    }

    #[test]
    fn nothing_active_gets_through() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "![x](https://evil.example/track.png)",
            "[x](javascript:alert(1))",
            "[x](data:text/html,<script>alert(1)</script>)",
            "[x](vbscript:x)",
            "<a href=\"//evil.example\">x</a>",
            "[x](//evil.example)",
            "<svg/onload=alert(1)>",
            "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
            "[a](<javascript:x> \"onmouseover=1\")",
            "<https://a.example/\" onmouseover=alert(1)>",
            "`<img src=x>`",
            "<!-- --!><script>1</script>",
        ] {
            let html = render(hostile);
            let tags = html.split('<').skip(1).filter(|tag| !tag.starts_with('/'));
            for tag in tags {
                let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
                assert!(["p", "a", "code", "br"].contains(&name.as_str()), "{hostile} → {html}");
                let inside = tag.split('>').next().unwrap();
                for word in [" on", "javascript:", "data:", "vbscript:", "src", "\"//"] {
                    assert!(!inside.contains(word), "{hostile} → {html}");
                }
            }
        }
    }

    #[test]
    fn deep_and_long_text_stays_cheap() {
        let deep = render(&">".repeat(20_000));
        assert!(deep.matches("<blockquote>").count() <= MAX_DEPTH, "{}", deep.len());
        let long = render(&"*a* <b>".repeat(50_000));
        assert!(long.starts_with("<pre>*a* &lt;b&gt;"));
        assert!(render(&"[".repeat(39_000)).len() < 80_000);
    }
}
