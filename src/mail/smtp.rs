//! An SMTP server (RFC 5321): one connection a message, within a bounded time.

use std::time::Duration;

use lettre::message::Message;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransport, Error};
use lettre::{AsyncTransport as _, Tokio1Executor};
use zeroize::Zeroizing;

use super::{MailerError, Undelivered};
use crate::config::{Mail, MailTls};

/// For one step of the conversation.
const STEP: Duration = Duration::from_secs(30);

/// For a message from the first byte to the last.
const WHOLE: Duration = Duration::from_secs(120);

/// The server that takes messages.
#[derive(Debug)]
pub(super) struct Server(AsyncSmtpTransport<Tokio1Executor>);

impl Server {
    pub(super) fn new(mail: &Mail) -> Result<Self, MailerError> {
        let host = mail.host.clone().unwrap_or_default();
        let tls = |host: String| {
            TlsParameters::new_native(host)
                .map_err(|error| MailerError::Settings(format!("[mail] host: {error}")))
        };
        let tls = match mail.tls {
            MailTls::Starttls => Tls::Required(tls(host.clone())?),
            MailTls::Implicit => Tls::Wrapper(tls(host.clone())?),
            MailTls::None => Tls::None,
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(bare)
            .port(mail.port_or_default())
            .tls(tls)
            .timeout(Some(STEP));
        if let (Some(user), Some(path)) = (&mail.user, &mail.password_file) {
            let text = std::fs::read_to_string(path)
                .map(Zeroizing::new)
                .map_err(|source| MailerError::File { path: path.clone(), source })?;
            let password = text.trim_end_matches(['\r', '\n']);
            server = server.credentials(Credentials::new(user.clone(), password.to_owned()));
        }
        Ok(Self(server.build()))
    }

    pub(super) async fn send(&self, message: Message) -> Result<(), Undelivered> {
        match tokio::time::timeout(WHOLE, self.0.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(why(&error)),
            Err(_) => Err(Undelivered::Way("the mail server took too long".to_owned())),
        }
    }
}

/// What an error says of the message and of the server. Its own text is not passed on: servers
/// repeat the address there.
fn why(error: &Error) -> Undelivered {
    let Some(code) = error.status().map(u16::from) else {
        let what = if error.is_timeout() {
            "the mail server took too long"
        } else if error.is_tls() {
            "the connection to the mail server could not be protected"
        } else if error.is_response() {
            "the mail server answered with something that is no SMTP"
        } else if error.is_client() {
            "the mail server lacks what is needed"
        } else {
            "the mail server cannot be reached"
        };
        return Undelivered::Way(what.to_owned());
    };
    let said = format!("the mail server answered {code}");
    match code {
        // It closes, or wants another sign-in (RFC 5321 §3.8, RFC 4954 §6).
        421 | 454 | 500..=504 | 521 | 530..=538 => Undelivered::Way(said),
        400..=499 => Undelivered::Later(said),
        _ => Undelivered::Never(said),
    }
}
