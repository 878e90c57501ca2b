//! `[mail]`: whether and how messages to holders leave.

use std::net::IpAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::domain::Email;

/// `[mail]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// Which way messages take; off where nothing is said, but `demo` then writes them into files.
    pub transport: Option<MailTransport>,
    /// The SMTP server.
    pub host: Option<String>,
    /// Its port; 587 with `starttls`, 465 with `implicit`, 25 with `none` where nothing is said.
    pub port: Option<u16>,
    /// How the connection to it is protected.
    pub tls: MailTls,
    /// The user to sign in as.
    pub user: Option<String>,
    /// A file that holds the user's password.
    pub password_file: Option<PathBuf>,
    /// The address that messages come from.
    pub from: Option<String>,
    /// The name that messages come from.
    pub from_name: Option<String>,
    /// Where answers go, if not to `from`.
    pub reply_to: Option<String>,
    /// Where messages are written as files; `mail` in the data directory without.
    pub directory: Option<PathBuf>,
}

/// Which way messages take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTransport {
    /// None: nothing is written to anybody.
    #[default]
    Off,
    /// Each becomes a file.
    File,
    /// To an SMTP server.
    Smtp,
}

/// How the connection to an SMTP server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// By STARTTLS, without which nothing is said (RFC 3207).
    #[default]
    Starttls,
    /// From the first byte (RFC 8314 §3.3).
    Implicit,
    /// Not at all: to a server on this machine only.
    None,
}

impl Mail {
    /// The port of the SMTP server.
    pub fn port_or_default(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            MailTls::Starttls => 587,
            MailTls::Implicit => 465,
            MailTls::None => 25,
        })
    }

    /// What does not fit together, with the names of the keys.
    pub(super) fn check(&self) -> Result<(), String> {
        for (key, address) in [("from", &self.from), ("reply_to", &self.reply_to)] {
            if let Some(address) = address {
                Email::parse(address)
                    .map_err(|invalid| format!("[mail] {key}: {}", invalid.detail))?;
            }
        }
        let one_line = |text: &String| !text.chars().any(char::is_control);
        if !self.from_name.iter().all(one_line) {
            return Err("[mail] from_name holds a control character".to_owned());
        }
        if self.user.is_some() != self.password_file.is_some() {
            return Err("[mail] user and password_file go together".to_owned());
        }
        if self.port == Some(0) {
            return Err("[mail] port must be at least 1".to_owned());
        }
        if self.transport != Some(MailTransport::Smtp) {
            return Ok(());
        }
        let Some(host) = self.host.as_deref().filter(|host| !host.trim().is_empty()) else {
            return Err("[mail] transport = \"smtp\" needs host".to_owned());
        };
        if self.from.is_none() {
            return Err("[mail] transport = \"smtp\" needs from".to_owned());
        }
        if self.tls == MailTls::None && !is_this_machine(host) {
            let detail = "[mail] tls = \"none\" is for a server on this machine only";
            return Err(format!("{detail}, and {host} is not one"));
        }
        Ok(())
    }
}

fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(host: &str) -> Mail {
        Mail {
            transport: Some(MailTransport::Smtp),
            host: Some(host.to_owned()),
            from: Some("badges@schools.example".to_owned()),
            ..Mail::default()
        }
    }

    #[test]
    fn what_does_not_fit_together_is_named() {
        assert_eq!(Mail::default().check(), Ok(()));
        assert_eq!(smtp("smtp.example").check(), Ok(()));
        let open = |host: &str| Mail { tls: MailTls::None, ..smtp(host) };
        for host in ["localhost", "127.0.0.1", "127.8.0.1", "::1", "[::1]"] {
            assert_eq!(open(host).check(), Ok(()), "{host}");
        }
        let alone = Mail { password_file: Some("p".into()), ..smtp("h.example") };
        for (wrong, named) in [
            (open("smtp.example"), "tls"),
            (open("10.0.0.1"), "tls"),
            (open("127.0.0.1.example"), "tls"),
            (Mail { host: None, ..smtp("") }, "host"),
            (Mail { from: None, ..smtp("h.example") }, "from"),
            (Mail { from: Some("nobody".to_owned()), ..Mail::default() }, "from"),
            (Mail { reply_to: Some("a@b".to_owned()), ..Mail::default() }, "reply_to"),
            (Mail { from_name: Some("a\r\nBcc: x".to_owned()), ..Mail::default() }, "from_name"),
            (alone, "password_file"),
            (Mail { port: Some(0), ..smtp("h.example") }, "port"),
        ] {
            let said = wrong.check().unwrap_err();
            assert!(said.contains(&format!("[mail] {named}")) || said.contains(named), "{said}");
        }
    }

    #[test]
    fn the_port_follows_from_the_protection() {
        let port = |tls| Mail { tls, ..smtp("h.example") }.port_or_default();
        assert_eq!([MailTls::Starttls, MailTls::Implicit, MailTls::None].map(port), [587, 465, 25]);
        assert_eq!(Mail { port: Some(2525), ..Mail::default() }.port_or_default(), 2525);
    }
}
