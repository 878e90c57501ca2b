//! The judgement on one connection: may it be made, and to which address?

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use url::{Host, Url};

use super::address::{is_opened, is_public};
use super::document::Why;
use super::settings::{FetchSettings, Hosts, SettingsError};

/// The rules of `[fetch]`, ready to be applied.
#[derive(Debug)]
pub(super) struct Guard {
    hosts: Hosts,
    allow: Vec<IpNet>,
    http: bool,
    ports: Vec<u16>,
    refuse_all: bool,
    names: Names,
}

/// Where names become addresses.
#[derive(Debug)]
pub(super) enum Names {
    /// The system's resolver.
    System,
    /// A fixed table; names outside it do not exist.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests hand in their own names"))]
    Fixed(BTreeMap<String, Vec<IpAddr>>),
}

/// A connection that may be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Passage {
    /// The URL to send the request to: that of the document, or on the mapped origin.
    pub(super) target: Url,
    /// The `Host` header, where it differs from the target's.
    pub(super) host: Option<String>,
    /// The addresses that were judged; the connection goes to one of them and nowhere else.
    pub(super) addresses: Vec<SocketAddr>,
    /// Whether the operator, and not the document, named the address.
    pub(super) mapped: bool,
}

/// Scheme, host and port: what the user of the command line typed may be contacted wherever it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Typed(url::Origin);

impl Typed {
    pub(super) fn new(url: &Url) -> Self {
        Self(url.origin())
    }
}

impl Guard {
    pub(super) fn new(settings: &FetchSettings, names: Names) -> Result<Self, SettingsError> {
        Ok(Self {
            hosts: Hosts::new(settings)?,
            allow: settings.allow.clone(),
            http: settings.http,
            ports: settings.ports.clone(),
            refuse_all: settings.refuse_all,
            names,
        })
    }

    /// Judges the connection that a request for `url` needs.
    pub(super) async fn judge(&self, url: &Url, typed: Option<&Typed>) -> Result<Passage, Why> {
        if self.refuse_all {
            return Err(Why::Guard);
        }
        if let Some(mapped) = self.hosts.find(url) {
            let mut target = mapped.origin.clone();
            target.set_path(url.path());
            target.set_query(url.query());
            let addresses = self.addresses(&target).await?;
            return Ok(Passage { host: authority(url), target, addresses, mapped: true });
        }
        let mut target = url.clone();
        target.set_fragment(None);
        if typed.is_some_and(|typed| typed.0 == url.origin()) {
            let addresses = self.addresses(&target).await?;
            return Ok(Passage { target, host: None, addresses, mapped: false });
        }
        // A name is only looked up when some answer could let the request through.
        let to_public = self.may_go_public(url);
        if !to_public && self.allow.is_empty() {
            return Err(Why::Guard);
        }
        let addresses = self.addresses(&target).await?;
        let allowed = |address: &SocketAddr| {
            is_opened(address.ip(), &self.allow) || (to_public && is_public(address.ip()))
        };
        // One forbidden address among the answers is enough: a name that answers both ways is a
        // trick, or about to become one.
        if addresses.is_empty() || !addresses.iter().all(allowed) {
            return Err(Why::Guard);
        }
        Ok(Passage { target, host: None, addresses, mapped: false })
    }

    /// Whether scheme and port are open for the public web.
    fn may_go_public(&self, url: &Url) -> bool {
        let port = url.port_or_known_default().unwrap_or_default();
        match url.scheme() {
            "https" => port == 443 || self.ports.contains(&port),
            "http" => self.http && (port == 80 || self.ports.contains(&port)),
            _ => false,
        }
    }

    async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, Why> {
        let port = url.port_or_known_default().ok_or(Why::Guard)?;
        let name = match url.host() {
            Some(Host::Ipv4(address)) => return Ok(vec![SocketAddr::from((address, port))]),
            Some(Host::Ipv6(address)) => return Ok(vec![SocketAddr::from((address, port))]),
            Some(Host::Domain(name)) => name,
            None => return Err(Why::Guard),
        };
        let addresses: Vec<SocketAddr> = match &self.names {
            Names::System => {
                tokio::net::lookup_host((name, port)).await.map_err(|_| Why::Dns)?.collect()
            }
            Names::Fixed(table) => {
                let found = table.get(name).ok_or(Why::Dns)?;
                found.iter().map(|address| SocketAddr::new(*address, port)).collect()
            }
        };
        if addresses.is_empty() { Err(Why::Dns) } else { Ok(addresses) }
    }
}

/// `host` or `host:port`, as the `Host` header spells it.
fn authority(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(toml: &str) -> Guard {
        let names = BTreeMap::from([
            ("good.example".to_owned(), vec!["93.184.216.34".parse().unwrap()]),
            ("inside.example".to_owned(), vec!["10.2.0.7".parse().unwrap()]),
            (
                "mixed.example".to_owned(),
                vec!["93.184.216.34".parse().unwrap(), "127.0.0.1".parse().unwrap()],
            ),
            ("localhost".to_owned(), vec!["127.0.0.1".parse().unwrap()]),
        ]);
        Guard::new(&toml::from_str(toml).unwrap(), Names::Fixed(names)).unwrap()
    }

    async fn judged(toml: &str, url: &str) -> Result<Passage, Why> {
        guard(toml).judge(&Url::parse(url).unwrap(), None).await
    }

    #[tokio::test]
    async fn the_public_web_is_open_over_https_alone() {
        assert!(judged("", "https://good.example/a").await.is_ok());
        assert_eq!(judged("", "http://good.example/a").await, Err(Why::Guard));
        assert_eq!(judged("", "https://good.example:8443/a").await, Err(Why::Guard));
        assert!(judged("http = true", "http://good.example/a").await.is_ok());
        assert!(judged("ports = [8443]", "https://good.example:8443/a").await.is_ok());
        assert_eq!(judged("ports = [8443]", "http://good.example:8443/a").await, Err(Why::Guard));
    }

    #[tokio::test]
    async fn names_that_lead_inside_are_refused_even_in_part() {
        for url in [
            "https://inside.example/",
            "https://mixed.example/",
            "https://localhost/",
            "https://127.0.0.1/",
            "https://[::ffff:169.254.169.254]/",
        ] {
            assert_eq!(judged("http = true\nports = [80]", url).await, Err(Why::Guard), "{url}");
        }
    }

    #[tokio::test]
    async fn an_opened_network_is_open_for_every_scheme_and_port() {
        let toml = "allow = [\"10.2.0.0/16\"]";
        assert!(judged(toml, "http://inside.example:9000/").await.is_ok());
        assert!(judged(toml, "https://10.2.9.9/").await.is_ok());
        assert_eq!(judged(toml, "http://good.example/").await, Err(Why::Guard));
        assert_eq!(judged(toml, "https://10.3.9.9/").await, Err(Why::Guard));
    }

    #[tokio::test]
    async fn a_mapped_host_goes_to_its_origin_with_its_own_host_header() {
        let toml = "hosts = { \"a.example\" = \"http://127.0.0.1:9000\" }";
        let passage = judged(toml, "https://a.example:8443/b?c=d#e").await.unwrap();
        assert_eq!(passage.target.as_str(), "http://127.0.0.1:9000/b?c=d");
        assert_eq!(passage.host.as_deref(), Some("a.example:8443"));
        assert_eq!(passage.addresses, ["127.0.0.1:9000".parse().unwrap()]);
        assert_eq!(judged(toml, "http://127.0.0.1:9000/b").await, Err(Why::Guard));
    }

    #[tokio::test]
    async fn refuse_all_goes_nowhere() {
        let toml =
            "refuse_all = true\nallow = [\"0.0.0.0/0\"]\ndefault_host = \"http://127.0.0.1:1\"";
        assert_eq!(judged(toml, "https://good.example/").await, Err(Why::Guard));
    }

    #[tokio::test]
    async fn the_typed_origin_is_open_and_its_neighbours_are_not() {
        let typed = Typed::new(&Url::parse("http://localhost:8080/b/x").unwrap());
        let judge = async |url: &str| {
            guard("").judge(&Url::parse(url).unwrap(), Some(&typed)).await.is_ok()
        };
        assert!(judge("http://localhost:8080/issuers/y").await);
        assert!(!judge("http://localhost:8081/").await);
        assert!(!judge("http://127.0.0.1:8080/").await);
    }
}
