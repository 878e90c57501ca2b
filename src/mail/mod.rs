//! The way out for messages to holders: an SMTP server of the operator's choice, or a directory in
//! which each message is a file.
//!
//! When something is sent, again after a failure too, is the business of [`crate::outbox`]. The
//! server is one that the operator named, not one that a document names: it is contacted without the
//! guard of [`crate::resolve`]. No error says to whom a message was going, so that no log can.

mod folder;
#[cfg(feature = "mail")]
mod message;
#[cfg(feature = "mail")]
mod smtp;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::{Config, MailTransport};
use crate::domain::{AssertionId, MailId};

/// A message to one person.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its identifier, which becomes its Message-ID: the same for every attempt.
    pub id: MailId,
    /// The award that it is about.
    pub award: AssertionId,
    /// When it was asked for.
    pub at: Timestamp,
    /// To which address.
    pub to: String,
    /// To whom.
    pub name: Option<String>,
    /// The language that it is written in (BCP 47).
    pub language: &'static str,
    /// What it is about, in a line.
    pub subject: String,
    /// What it says: plain text, lines ending in a line feed.
    pub text: String,
}

/// Why a message did not leave. The text names nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// Nothing leaves at present.
    #[error("{0}")]
    Way(String),
    /// This message was not taken now.
    #[error("{0}")]
    Later(String),
    /// This message is never taken.
    #[error("{0}")]
    Never(String),
}

/// Why messages cannot be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The settings, in a sentence that names the key.
    #[error("{0}")]
    Settings(String),
    /// A file cannot be read.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Sends messages. Clones share it.
#[derive(Clone, Debug)]
pub struct Mailer(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    way: Way,
    /// Where messages lie that were written as files, by this run or a former one.
    folder: folder::Folder,
}

#[derive(Debug)]
enum Way {
    Off,
    #[cfg(feature = "mail")]
    File(message::Writer),
    #[cfg(feature = "mail")]
    Smtp(message::Writer, smtp::Server),
}

impl Mailer {
    /// One that sends nothing.
    pub fn off() -> Self {
        Self(Arc::new(Inner { way: Way::Off, folder: folder::Folder::nowhere() }))
    }

    /// As `[mail]` says; nothing is contacted yet.
    ///
    /// # Errors
    /// See [`MailerError`].
    pub fn open(config: &Config) -> Result<Self, MailerError> {
        let folder = folder::Folder::new(config.mail_dir());
        let way = match config.mail.transport.unwrap_or_default() {
            MailTransport::Off => Way::Off,
            #[cfg(feature = "mail")]
            MailTransport::File => Way::File(message::Writer::new(&config.mail)?),
            #[cfg(feature = "mail")]
            MailTransport::Smtp => {
                let server = smtp::Server::new(&config.mail)?;
                Way::Smtp(message::Writer::new(&config.mail)?, server)
            }
            #[cfg(not(feature = "mail"))]
            MailTransport::File | MailTransport::Smtp => {
                let detail = "[mail] transport: this program was built without the feature `mail`";
                return Err(MailerError::Settings(detail.to_owned()));
            }
        };
        Ok(Self(Arc::new(Inner { way, folder })))
    }

    /// Whether messages leave.
    pub fn sends(&self) -> bool {
        !matches!(self.0.way, Way::Off)
    }

    /// Sends a message. When it returns well, the message was taken: by the server, or by the disk.
    ///
    /// # Errors
    /// See [`Undelivered`].
    pub async fn send(&self, letter: &Letter) -> Result<(), Undelivered> {
        match &self.0.way {
            Way::Off => {
                let _ = letter;
                Err(Undelivered::Way("[mail] is off".to_owned()))
            }
            #[cfg(feature = "mail")]
            Way::File(writer) => {
                let bytes = writer.write(letter)?.formatted();
                let kept = self.0.folder.keep(letter, bytes).await;
                kept.map_err(|error| Undelivered::Way(format!("[mail] directory: {error}")))
            }
            #[cfg(feature = "mail")]
            Way::Smtp(writer, server) => server.send(writer.write(letter)?).await,
        }
    }

    /// The files of all messages about an award, oldest first.
    ///
    /// # Errors
    /// What the system says.
    pub async fn files(&self, award: &AssertionId) -> std::io::Result<Vec<PathBuf>> {
        self.0.folder.files(award).await
    }

    /// Removes the files of all messages about an award; gives how many there were.
    ///
    /// # Errors
    /// What the system says.
    pub async fn forget(&self, award: &AssertionId) -> std::io::Result<usize> {
        self.0.folder.forget(award).await
    }
}
