//! What messages to holders say, in the language of the badge class where we speak it.

use jiff::Timestamp;

use crate::domain::{Assertion, BadgeClass, IssuerProfile};
use crate::language::Language;
use crate::mail::Letter;
use crate::store::{Mail, MailKind};

/// Every sentence of a message; other languages have theirs under these.
const HELLO: &str = "Hello,";
const HELLO_NAME: &str = "Hello {name},";
const SUBJECT: &str = "Your badge: {badge}";
const AWARDED: &str = "{issuer} awarded you a badge: {badge}.";
const SEE: &str = "See it, have it checked, share it:";
const LINK_SUBJECT: &str = "Your page for the badge {badge}";
const OWN_PAGE: &str =
    "Your own page, where you choose what others see, and download it in every form:";
const KEEP: &str =
    "Keep this link to yourself: whoever has it can do the same. It works until {until}.";
const ASKED: &str =
    "Somebody who knows your address, we hope you, asked for the link to your page.";
const ABOUT_BADGE: &str = "It belongs to this badge:";
const NOT_YOU: &str = "It was not you? Then delete this message: nobody else has the link.";
const UNEXPECTED: &str = "You did not expect this badge? Write to {issuer}: {address}";

/// What a message is made of.
pub(super) struct About<'a> {
    pub(super) mail: &'a Mail,
    pub(super) award: &'a Assertion,
    pub(super) class: &'a BadgeClass,
    pub(super) issuer: &'a IssuerProfile,
    /// The badge link.
    pub(super) url: String,
    /// The link to the holder's own page, and when it ends.
    pub(super) own: Option<(String, Timestamp)>,
}

/// The message for the address that is known of the recipient; `None` without one, and for one that
/// was to bring a link which opens nothing any more.
pub(super) fn letter(about: &About<'_>) -> Option<Letter> {
    let About { mail, award, class, issuer, url, own } = about;
    let to = award.recipient.email()?.to_owned();
    let tag = class.language.as_ref().map_or("", |tag| tag.as_str());
    let language = Language::of_tag(tag).unwrap_or_default();
    let (badge, by) = (one_line(&class.name), one_line(&issuer.name));
    let name = award.recipient.name.as_deref().map(one_line);
    let (own, until) = match own {
        Some((link, until)) => (Some(link), until.strftime("%Y-%m-%d").to_string()),
        None => (None, String::new()),
    };
    let values = [
        ("{until}", until.as_str()),
        ("{name}", name.as_deref().unwrap_or_default()),
        ("{badge}", &badge),
        ("{issuer}", &by),
        ("{address}", issuer.email.as_str()),
    ];
    let say = |sentence: &'static str| fill(language.word(sentence), &values);
    let hello = say(if name.is_some() { HELLO_NAME } else { HELLO });
    let page = own.map(|link| format!("{}\n{link}", say(OWN_PAGE)));
    let paragraphs = match mail.kind {
        MailKind::Awarded => {
            let mut all = vec![hello, say(AWARDED), format!("{}\n{url}", say(SEE))];
            if let Some(page) = page {
                all.extend([page, say(KEEP)]);
            }
            all.push(say(UNEXPECTED));
            all
        }
        MailKind::Link => {
            let badge = format!("{}\n{url}", say(ABOUT_BADGE));
            vec![hello, say(ASKED), page?, say(KEEP), badge, say(NOT_YOU)]
        }
    };
    let subject = match mail.kind {
        MailKind::Awarded => SUBJECT,
        MailKind::Link => LINK_SUBJECT,
    };
    Some(Letter {
        id: mail.id.clone(),
        award: mail.award.clone(),
        at: mail.created_at,
        to,
        subject: say(subject),
        name,
        language: language.tag(),
        text: paragraphs.join("\n\n") + "\n",
    })
}

/// A text that somebody else wrote, as part of a line.
fn one_line(text: &str) -> String {
    let spaced: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A sentence with its values, each put in once and never looked into.
fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::new();
    let mut rest = sentence;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        match values.iter().find_map(|(hole, value)| Some((from.strip_prefix(hole)?, value))) {
            Some((after, value)) => {
                text.push_str(value);
                rest = after;
            }
            None => {
                text.push('{');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_spoken_in_every_language() {
        let sentences = [HELLO, HELLO_NAME, SUBJECT, AWARDED, SEE, UNEXPECTED, LINK_SUBJECT]
            .into_iter()
            .chain([OWN_PAGE, KEEP, ASKED, ABOUT_BADGE, NOT_YOU]);
        for sentence in sentences {
            for language in Language::ALL {
                assert!(language.is_known(sentence), "{}: {sentence}", language.tag());
            }
        }
    }

    #[test]
    fn values_are_not_looked_into() {
        let values = [("{a}", "{b}"), ("{b}", "x")];
        assert_eq!(fill("{a} and {b} and {c} {", &values), "{b} and x and {c} {");
        assert_eq!(one_line(" a\r\nb\u{7} "), "a b");
    }
}
