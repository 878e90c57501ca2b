//! Where a service listens, and as what.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use clap::Args;

use super::CliError;
use crate::app::{Identity, Instance};
use crate::config::{Config, Flags};

/// Where a service listens, and as what.
#[derive(Debug, Args)]
pub(super) struct Address {
    /// Address and port to listen on; port 0 takes a free one [default: the one before, else
    /// 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// Origin under which the world reaches the service; fixed at the first start
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Take another public URL than before; ids under the old one stay known as ours
    #[arg(long)]
    adopt_public_url: bool,
}

impl Address {
    pub(super) fn flags(&self, flags: Flags) -> Flags {
        Flags { listen: self.listen.clone(), public_url: self.public_url.clone(), ..flags }
    }

    /// The identity to open the data directory with, given the URL that is listened on.
    pub(super) fn identity(&self, config: &Config, listening: &str) -> Identity {
        let adopt = self.adopt_public_url;
        match &config.server.public_url {
            Some(url) => Identity::Chosen { url: url.clone(), adopt },
            None => Identity::Listening { url: listening.to_owned(), adopt },
        }
    }
}

/// Binds the address to listen on, and gives the URL that reaches it from this machine.
///
/// A data directory that got its URL from an address goes on listening there: its badges carry it.
pub(super) fn listen(config: &Config) -> Result<(TcpListener, String), CliError> {
    let wanted = config.server.listen;
    let before = Instance::read(&config.store.path).map_err(crate::app::OpenError::from)?;
    let before = before.filter(|instance| !instance.chosen && config.server.public_url.is_none());
    let before = before.and_then(|instance| address_of(&instance.public_url));
    let address = match (wanted, before) {
        (None, Some(before)) => before,
        (Some(wanted), Some(before)) if wanted.port() == 0 => {
            SocketAddr::new(wanted.ip(), before.port())
        }
        (wanted, _) => wanted.unwrap_or(crate::config::DEFAULT_LISTEN),
    };
    let listener = TcpListener::bind(address).map_err(|source| {
        let what = match before {
            Some(_) if wanted != Some(address) => format!(
                "cannot listen on {address}, which the badges of {} carry; free that port, or take \
                 another data directory",
                config.store.path.display()
            ),
            _ => format!("cannot listen on {address}"),
        };
        CliError::Io { what, source }
    })?;
    let bound = listener.local_addr().map_err(CliError::io("the listening address"))?;
    Ok((listener, local_url(bound)))
}

/// The URL of a listening address on this machine.
pub(super) fn local_url(bound: SocketAddr) -> String {
    let mut reached = bound;
    if bound.ip().is_unspecified() {
        reached.set_ip(match bound {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{reached}")
}

/// The address in a URL that [`local_url`] made. Port 80 is left out of URLs.
fn address_of(url: &str) -> Option<SocketAddr> {
    let authority = url.strip_prefix("http://")?;
    authority.parse().ok().or_else(|| format!("{authority}:80").parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_urls_can_be_asked_and_read_back() {
        for (bound, url) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("0.0.0.0:8080", "http://127.0.0.1:8080"),
            ("[::]:8080", "http://[::1]:8080"),
            ("[::1]:9", "http://[::1]:9"),
        ] {
            assert_eq!(local_url(bound.parse().unwrap()), url);
            assert_eq!(address_of(url).map(local_url).as_deref(), Some(url));
        }
        assert_eq!(address_of("http://127.0.0.1"), Some("127.0.0.1:80".parse().unwrap()));
        assert_eq!(address_of("https://badges.example.org"), None);
    }
}
