//! A message as it leaves (RFC 5322): plain text, names and subject encoded as they need (RFC 2047).

use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::address::AddressError;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Mailbox, Message};

use super::{Letter, MailerError, Undelivered};
use crate::config::Mail;

/// Messages come from it where nothing is said: a name that no server ever has (RFC 6761 §6.4).
const NOBODY: &str = "no-reply@accolade.invalid";

/// Longest name and subject, in characters.
const LONGEST: usize = 200;

/// Writes messages from one sender.
#[derive(Debug)]
pub(super) struct Writer {
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

impl Writer {
    pub(super) fn new(mail: &Mail) -> Result<Self, MailerError> {
        let address = |key: &str, text: &str| {
            text.parse::<Address>()
                .map_err(|error| MailerError::Settings(format!("[mail] {key}: {error}")))
        };
        let from = address("from", mail.from.as_deref().unwrap_or(NOBODY))?;
        let name = mail.from_name.as_deref().map(line).filter(|name| !name.is_empty());
        let reply_to =
            mail.reply_to.as_deref().map(|text| address("reply_to", text)).transpose()?;
        Ok(Self {
            from: Mailbox::new(name, from),
            reply_to: reply_to.map(|address| Mailbox::new(None, address)),
        })
    }

    /// The message. No text of the letter can become a header: names and subject are one line each,
    /// and the address is parsed.
    pub(super) fn write(&self, letter: &Letter) -> Result<Message, Undelivered> {
        let unusable = |_: AddressError| Undelivered::Never("the address is none".to_owned());
        let to: Address = letter.to.parse().map_err(unusable)?;
        let name = letter.name.as_deref().map(line).filter(|name| !name.is_empty());
        let seconds = u64::try_from(letter.at.as_second()).unwrap_or_default();
        let mut message = Message::builder()
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .from(self.from.clone())
            .to(Mailbox::new(name, to))
            .subject(line(&letter.subject))
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            // So that no machine answers (RFC 3834 §5).
            .raw_header(plain("Auto-Submitted", "auto-generated"))
            .raw_header(plain("Content-Language", letter.language));
        if let Some(reply_to) = &self.reply_to {
            message = message.reply_to(reply_to.clone());
        }
        let whole = message.body(letter.text.clone());
        whole.map_err(|_| Undelivered::Never("the message cannot be written".to_owned()))
    }
}

fn plain(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// A text as one line of bounded length.
fn line(text: &str) -> String {
    let spaced: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AssertionId, MailId};
    use crate::world::Random;

    fn letter(to: &str, name: &str, subject: &str) -> Letter {
        let random = Random::seeded(1);
        Letter {
            id: MailId::random(&random),
            award: AssertionId::random(&random),
            at: "2026-06-01T12:00:00Z".parse().unwrap(),
            to: to.to_owned(),
            name: Some(name.to_owned()),
            language: "es",
            subject: subject.to_owned(),
            text: "Hola,\n\nGarcía.\n.\nBcc: nobody\n".to_owned(),
        }
    }

    fn written(letter: &Letter) -> String {
        let mail = Mail { from_name: Some("Ünı School, Office".to_owned()), ..Mail::default() };
        let message = Writer::new(&mail).unwrap().write(letter).unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    #[test]
    fn headers_are_ascii_and_complete() {
        let letter = letter("amara@schools.example", "Ámara Ñandú", "Tu insignia: “Tutoría”");
        let text = written(&letter);
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.is_ascii(), "{head}");
        for field in [
            &format!("Message-ID: <{}@accolade.invalid>", letter.id),
            "Date: Mon, 01 Jun 2026 12:00:00",
            "MIME-Version: 1.0",
            "Auto-Submitted: auto-generated",
            "Content-Language: es",
            "Content-Type: text/plain; charset=utf-8",
            "From: =?utf-8?b?",
            "To: =?utf-8?b?",
            "Subject: ",
        ] {
            assert!(head.lines().any(|line| line.starts_with(field)), "{field}: {head}");
        }
        assert!(head.contains("<amara@schools.example>"));
    }

    #[test]
    fn no_text_becomes_a_header() {
        let bad = "x\r\nBcc: evil@example.com\r\n\r\nbody\u{0}\u{85}";
        let text = written(&letter("amara@schools.example", bad, bad));
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{head}");
        assert!(!body.starts_with("body"));
        for address in
            ["a@b.example\r\nBcc: c@d.example", "<a@b.example>", "a@b.example, c@d.e", ""]
        {
            let mail = Mail::default();
            let refused = Writer::new(&mail).unwrap().write(&letter(address, "A", "s"));
            assert!(matches!(refused, Err(Undelivered::Never(_))), "{address}");
        }
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(line(&"é".repeat(1000)).chars().count(), LONGEST);
        assert_eq!(line("  a \n b\t"), "a b");
    }
}
