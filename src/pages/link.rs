//! Addresses in pages.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// Everything but what RFC 3986 §2.3 calls unreserved.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A foreign address: what is shown, and where a click leads if it may lead anywhere.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) href: Option<String>,
    pub(super) shown: String,
}

impl Link {
    /// An address, shown by its host.
    pub(super) fn new(address: &str) -> Self {
        let href = web_address(address);
        let host =
            href.as_deref().and_then(|href| Url::parse(href).ok()?.host_str().map(str::to_owned));
        Self { href, shown: host.unwrap_or_else(|| shortened(address)) }
    }

    /// An address under a name.
    pub(super) fn named(address: &str, name: Option<&str>) -> Self {
        let plain = Self::new(address);
        match name {
            Some(name) => Self { shown: name.to_owned(), ..plain },
            None => plain,
        }
    }
}

/// The address if it is http or https without user name or password.
pub(super) fn web_address(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    let open = url.username().is_empty() && url.password().is_none();
    (web && open && url.host_str().is_some()).then(|| url.into())
}

/// A value as one component of a query, spaces as `%20` (a `+` is read literally by some).
pub(super) fn component(value: &str) -> String {
    utf8_percent_encode(value, COMPONENT).to_string()
}

/// At most 120 characters.
fn shortened(text: &str) -> String {
    if text.chars().count() <= 120 {
        return text.to_owned();
    }
    text.chars().take(119).chain(['…']).collect()
}
