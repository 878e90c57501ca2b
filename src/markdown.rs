//! Markdown of issuers and holders as plain text. As HTML it is rendered where pages are.

use pulldown_cmark::{Event, Parser};

/// The text of a Markdown text in one line, at most `most` characters: for descriptions.
pub fn plain(markdown: &str, most: usize) -> String {
    let start: String = markdown.chars().take(most * 4).collect();
    let mut text = String::new();
    for event in Parser::new(&start) {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak | Event::End(_) => text.push(' '),
            _ => {}
        }
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= most {
        return text;
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_one_plain_line() {
        assert_eq!(plain("# A\n\n*b*\n- c <x>\n", 50), "A b c");
        assert_eq!(plain(&"word ".repeat(100), 10), "word word…");
    }
}
