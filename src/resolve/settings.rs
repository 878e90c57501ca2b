//! The `[fetch]` section of the configuration: what the service may contact, and where it finds it.

use std::collections::BTreeMap;

use url::Url;

pub use crate::config::FetchSettings;

/// A `[fetch]` section that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A value of `hosts`, or `default_host`, that names no origin.
    #[error("[fetch] {setting}: {value:?} is not an origin such as \"http://127.0.0.1:9000\"")]
    Origin {
        /// The setting and its key.
        setting: String,
        /// The value found.
        value: String,
    },
    /// The HTTP client could not be set up, most often because the system's certificates are
    /// unreadable.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
}

/// Where requests for a host go instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mapped {
    /// Scheme, host and port; path `/`.
    pub(super) origin: Url,
}

/// The parsed form of [`FetchSettings::hosts`] and [`FetchSettings::default_host`].
#[derive(Clone, Debug, Default)]
pub(super) struct Hosts {
    listed: BTreeMap<String, Mapped>,
    rest: Option<Mapped>,
}

impl Hosts {
    pub(super) fn new(settings: &FetchSettings) -> Result<Self, SettingsError> {
        let mut listed = BTreeMap::new();
        for (host, value) in &settings.hosts {
            let setting = format!("hosts.{host:?}");
            listed.insert(host.to_ascii_lowercase(), origin(setting, value)?);
        }
        let rest = match &settings.default_host {
            Some(value) => Some(origin("default_host".to_owned(), value)?),
            None => None,
        };
        Ok(Self { listed, rest })
    }

    /// Where a request for `url` goes instead, if the operator said so.
    pub(super) fn find(&self, url: &Url) -> Option<&Mapped> {
        let host = url.host_str()?;
        let port = url.port_or_known_default().unwrap_or_default();
        let listed = self.listed.get(&format!("{host}:{port}")).or_else(|| self.listed.get(host));
        listed.or_else(|| if is_name(url) { self.rest.as_ref() } else { None })
    }
}

/// Whether the host is a name of the public web, and not an address or this machine.
fn is_name(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name != "localhost" && !name.ends_with(".localhost"),
        _ => false,
    }
}

fn origin(setting: String, value: &str) -> Result<Mapped, SettingsError> {
    let wrong = || SettingsError::Origin { setting: setting.clone(), value: value.to_owned() };
    let origin = Url::parse(value).map_err(|_| wrong())?;
    let plain = matches!(origin.scheme(), "http" | "https")
        && origin.has_host()
        && origin.username().is_empty()
        && origin.password().is_none()
        && origin.path() == "/"
        && origin.query().is_none()
        && origin.fragment().is_none();
    if plain { Ok(Mapped { origin }) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_settings_are_refused_by_name() {
        let error = toml::from_str::<FetchSettings>("hostz = {}").unwrap_err();
        assert!(error.to_string().contains("hostz"), "{error}");
    }

    #[test]
    fn a_mapped_host_must_be_an_origin() {
        for value in ["127.0.0.1:9000", "ftp://x", "http://x/path", "http://u@x", ""] {
            let settings = FetchSettings {
                hosts: BTreeMap::from([("a.example".to_owned(), value.to_owned())]),
                ..FetchSettings::default()
            };
            assert!(Hosts::new(&settings).is_err(), "{value}");
        }
    }

    #[test]
    fn a_listed_port_is_preferred_and_addresses_keep_out_of_the_default() {
        let settings: FetchSettings = toml::from_str(
            "default_host = \"http://127.0.0.1:1\"\n\
             [hosts]\n\"a.example\" = \"http://127.0.0.1:2\"\n\"a.example:8443\" = \"http://127.0.0.1:3\"",
        )
        .unwrap();
        let hosts = Hosts::new(&settings).unwrap();
        let port =
            |url: &str| hosts.find(&Url::parse(url).unwrap()).and_then(|to| to.origin.port());
        assert_eq!(port("https://a.example/x"), Some(2));
        assert_eq!(port("https://a.example:8443/x"), Some(3));
        assert_eq!(port("https://b.example/x"), Some(1));
        assert_eq!(port("http://169.254.169.254/x"), None);
        assert_eq!(port("http://localhost/x"), None);
    }
}
