//! Reads the address that shall be told what happens.

use super::SHORT_LENGTH;
use super::body::Body;
use crate::domain::{Problems, WebUrl, WebhookDraft};
use crate::json::Value;

/// Most entries of the filter.
const FILTERS: usize = 50;
/// Most characters of one.
const FILTER_LENGTH: usize = 100;

/// Reads the body of a new webhook.
///
/// # Errors
/// Every problem with its place.
pub fn webhook_draft(body: &Value<'_>) -> Result<WebhookDraft, Problems> {
    let mut problems = Problems::new();
    let Some(body) = Body::open(body, "", &["url", "label", "events"], &mut problems) else {
        return Err(problems);
    };
    body.require("url", &mut problems);
    let url = body.parsed("url", &mut problems, WebUrl::parse);
    let label = body.text("label", SHORT_LENGTH, &mut problems);
    let events = body.texts("events", FILTERS, FILTER_LENGTH, &mut problems);
    for (at, filter) in events.iter().enumerate().filter(|(_, filter)| !is_filter(filter)) {
        let detail =
            format!("{filter:?} is no type of event such as assertion.issued, nor assertion.*");
        problems.add(body.at("events") + &format!("/{at}"), "bad-event-type", detail);
    }
    match url {
        Some(url) => problems.or(WebhookDraft { url, label, events }),
        None => Err(problems),
    }
}

/// Words of letters and hyphens with dots between, the last of them perhaps a star.
fn is_filter(text: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
    };
    match text.rsplit_once('.') {
        Some((front, last)) => front.split('.').all(word) && (last == "*" || word(last)),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn read(text: &str) -> Result<WebhookDraft, Problems> {
        webhook_draft(&json::parse(text).unwrap())
    }

    #[test]
    fn an_address_comes_with_what_it_wants_to_hear() {
        let draft = read(
            r#"{"url":"https://a.example/in","label":"CRM","events":["assertion.*","issuer.key-added"]}"#,
        );
        let draft = draft.unwrap();
        assert_eq!(draft.events, ["assertion.*", "issuer.key-added"]);
        assert_eq!(read(r#"{"url":"https://a.example"}"#).unwrap().events, Vec::<String>::new());
    }

    #[test]
    fn every_problem_is_named() {
        let wrong = read(
            r#"{"url":"ftp://a","label":7,"events":["assertion","*","a..b","a.b",3,"a.b"],"secret":"x"}"#,
        );
        let mut pointers: Vec<String> =
            wrong.unwrap_err().0.into_iter().map(|problem| problem.pointer).collect();
        pointers.sort();
        assert_eq!(
            pointers,
            [
                "/events/0",
                "/events/1",
                "/events/2",
                "/events/4",
                "/events/5",
                "/label",
                "/secret",
                "/url"
            ]
        );
    }
}
