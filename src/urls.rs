//! Every URL we publish is built here and read back here.
//!
//! [`Urls`] knows the public origin of the service; [`Urls::read`] says what one of our own URLs
//! names, so that those are answered from the store and never over the network.

use std::fmt;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::domain::{
    AlignmentTarget, AssertionId, BadgeClassId, BadgeClassRef, HolderSecret, ImageFormat, KeyId,
    ShortCode, Slug, StatusPurpose,
};

pub mod form;
mod read;

pub use read::{BadgeForm, OwnDid, Published};

/// The public origin, and everything under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Urls {
    origin: Origin,
    former: Vec<Origin>,
}

/// Scheme, host and port, as text without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Origin {
    text: String,
    https: bool,
    host: String,
    port: Option<u16>,
}

/// Why a text cannot be the public URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} cannot be the public URL: {why}")]
pub struct BadPublicUrl {
    /// What was given.
    pub given: String,
    /// What is wrong with it.
    pub why: &'static str,
}

impl Origin {
    fn parse(text: &str) -> Result<Self, BadPublicUrl> {
        let bad = |why| BadPublicUrl { given: text.to_owned(), why };
        let url = Url::parse(text).map_err(|_| bad("it is not an absolute URL"))?;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(bad("it must begin with https:// or http://")),
        };
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(bad("it must be an origin, without path, query or fragment"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("it must not carry a user name or password"));
        }
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| bad("it has no host"))?.to_owned();
        Ok(Self {
            text: url.as_str().trim_end_matches('/').to_owned(),
            https,
            host,
            port: url.port(),
        })
    }

    fn did_web(&self) -> Option<String> {
        if !self.https {
            return None;
        }
        // Colons separate the parts of a did:web, so that of the port is escaped (did:web §3.2).
        let port = self.port.map(|port| format!("%3A{port}")).unwrap_or_default();
        Some(format!("did:web:{}{port}", self.host.replace(':', "%3A")))
    }
}

impl fmt::Display for Urls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin.text)
    }
}

impl Urls {
    /// The URLs under a public URL, which is an origin such as `https://badges.example.org`.
    ///
    /// # Errors
    /// When it is no http or https origin.
    pub fn new(public_url: &str) -> Result<Self, BadPublicUrl> {
        Ok(Self { origin: Origin::parse(public_url)?, former: Vec::new() })
    }

    /// The same, which also reads URLs and DIDs of origins that were ours before.
    ///
    /// # Errors
    /// When one of them is no http or https origin.
    pub fn with_former<'u>(
        mut self,
        former: impl IntoIterator<Item = &'u str>,
    ) -> Result<Self, BadPublicUrl> {
        for text in former {
            let origin = Origin::parse(text)?;
            if origin != self.origin && !self.former.contains(&origin) {
                self.former.push(origin);
            }
        }
        Ok(self)
    }

    /// The public URL, without a trailing slash.
    pub fn public_url(&self) -> &str {
        &self.origin.text
    }

    /// Whether the public URL is https. If not, issuers are known by did:key.
    pub fn is_https(&self) -> bool {
        self.origin.https
    }

    fn at(&self, path: impl fmt::Display) -> String {
        format!("{}{path}", self.origin.text)
    }

    /// The badge link: the URL that people share, the `id` of the Open Badges 3.0 credential.
    pub fn badge(&self, id: &AssertionId) -> String {
        self.at(format_args!("/b/{id}"))
    }

    /// The holder's own page of an award. Who has this link may do what she may.
    pub fn holder(&self, secret: &HolderSecret) -> String {
        self.at(format_args!("/me/{}", *secret.reveal()))
    }

    /// The badge link with the suffix that asks for one form.
    pub fn badge_form(&self, id: &AssertionId, form: BadgeForm) -> String {
        self.at(format_args!("/b/{id}{}", form.suffix()))
    }

    /// The link that offers an award to its holder's wallet; wallets ask it for the protocols that
    /// are spoken (VCALM, interaction URL).
    pub fn offer(&self, token: &str) -> String {
        self.at(format_args!("/i/{token}"))
    }

    /// Where a wallet exchanges a proof for its copy (VC-API).
    pub fn exchange(&self, token: &str) -> String {
        self.at(format_args!("/i/{token}/exchange"))
    }

    /// The credential offer of OpenID4VCI.
    pub fn credential_offer(&self, token: &str) -> String {
        self.at(format_args!("/i/{token}/credential-offer"))
    }

    /// An endpoint of OpenID4VCI: `token`, `nonce`, `credential`.
    pub fn openid4vci(&self, endpoint: &str) -> String {
        self.at(format_args!("/oid4vci/{endpoint}"))
    }

    /// The host of the public URL, with its port where that is not the usual one.
    pub fn authority(&self) -> &str {
        let text = &self.origin.text;
        text.split_once("://").map_or(text.as_str(), |(_, authority)| authority)
    }

    /// The `id` and address of the Open Badges 2.0 hosted form.
    pub fn ob2_assertion(&self, id: &AssertionId) -> String {
        self.at(format_args!("/ob2/assertions/{id}"))
    }

    /// The QR code of the badge link, as picture.
    pub fn badge_qr(&self, id: &AssertionId, format: ImageFormat) -> String {
        self.at(format_args!("/b/{id}/qr.{}", format.extension()))
    }

    /// The small card that other sites frame, in the edition that is given out now.
    pub fn badge_embed(&self, id: &AssertionId) -> String {
        self.at(format_args!("/b/{id}/embed?v=1"))
    }

    /// Where oEmbed readers ask for what to show for a badge link.
    pub fn oembed(&self, id: &AssertionId) -> String {
        let link = utf8_percent_encode(&self.badge(id), NON_ALPHANUMERIC).to_string();
        self.at(format_args!("/oembed?format=json&url={link}"))
    }

    /// Where a short code leads to its badge.
    pub fn coded(&self, code: &ShortCode) -> String {
        self.at(format_args!("/v/{code}"))
    }

    /// The Open Badges 2.0 profile of an issuer that goes with its `n`th RSA key.
    pub fn ob2_issuer(&self, slug: &Slug, n: u32) -> String {
        self.at(format_args!("/ob2/issuers/{slug}/k/{n}"))
    }

    /// The Open Badges 2.0 CryptographicKey of that profile.
    pub fn ob2_key(&self, slug: &Slug, n: u32) -> String {
        self.at(format_args!("/ob2/issuers/{slug}/k/{n}/key"))
    }

    /// The Open Badges 2.0 revocation list of that profile.
    pub fn ob2_revocations(&self, slug: &Slug, n: u32) -> String {
        self.at(format_args!("/ob2/issuers/{slug}/k/{n}/revocations"))
    }

    /// One version of a badge class as Open Badges 2.0 badge class of that profile.
    pub fn ob2_badge_class(&self, slug: &Slug, n: u32, class: &BadgeClassRef) -> String {
        let BadgeClassRef { id, version } = class;
        self.at(format_args!("/ob2/issuers/{slug}/k/{n}/badge-classes/{id}/{version}"))
    }

    /// An issuer: page and Open Badges 3.0 profile.
    pub fn issuer(&self, slug: &Slug) -> String {
        self.at(format_args!("/issuers/{slug}"))
    }

    /// The DID document of an issuer.
    pub fn issuer_did_document(&self, slug: &Slug) -> String {
        self.at(format_args!("/issuers/{slug}/did.json"))
    }

    /// One key of an issuer as JWK.
    pub fn issuer_key(&self, slug: &Slug, key: &KeyId) -> String {
        self.at(format_args!("/issuers/{slug}/keys/{key}"))
    }

    /// One version of a badge class: the id of the Open Badges 3.0 achievement. Result descriptions
    /// and levels are its fragments.
    pub fn badge_class(&self, class: &BadgeClassRef) -> String {
        self.at(format_args!("/badge-classes/{}/{}", class.id, class.version))
    }

    /// The newest version of a badge class.
    pub fn newest_badge_class(&self, id: &BadgeClassId) -> String {
        self.at(format_args!("/badge-classes/{id}"))
    }

    /// The picture of one version of a badge class, uploaded or drawn.
    pub fn badge_class_image(&self, class: &BadgeClassRef, format: ImageFormat) -> String {
        let BadgeClassRef { id, version } = class;
        self.at(format_args!("/badge-classes/{id}/{version}/image.{}", format.extension()))
    }

    /// What social networks show for a badge of that version in that state, such as `valid`.
    pub fn badge_class_preview(&self, class: &BadgeClassRef, state: &str) -> String {
        let BadgeClassRef { id, version } = class;
        self.at(format_args!("/badge-classes/{id}/{version}/preview/{state}.png"))
    }

    /// The badges that are aligned with a competency framework, or with an entry of one.
    pub fn alignment_target(&self, target: &AlignmentTarget) -> String {
        self.at(format_args!("/{}/{}", target.collection(), target.as_digits()))
    }

    /// A picture that was uploaded, by the SHA-256 of its bytes in lower-case hex.
    pub fn image(&self, sha256: &str, format: ImageFormat) -> String {
        self.at(format_args!("/images/{sha256}.{}", format.extension()))
    }

    /// A status list credential: the `n`th list of an issuer for that purpose, from 1.
    pub fn status_list(&self, slug: &Slug, purpose: StatusPurpose, n: u32) -> String {
        self.at(format_args!("/status/{slug}/{}/{n}", purpose.as_str()))
    }

    /// The page that explains a kind of problem (RFC 9457 `type`).
    pub fn problem(&self, kind: &str) -> String {
        self.at(format_args!("/problems/{kind}"))
    }

    /// The DID document of the service itself.
    pub fn service_did_document(&self) -> String {
        self.at("/.well-known/did.json")
    }

    /// What links our domain to the service's DID.
    pub fn did_configuration(&self) -> String {
        self.at("/.well-known/did-configuration.json")
    }

    /// The JSON-LD context of verification receipts.
    pub fn receipt_context(&self) -> String {
        self.at("/contexts/verification-receipt-v1.json")
    }

    /// The did:web of an issuer; `None` when the public URL is not https.
    pub fn issuer_did(&self, slug: &Slug) -> Option<String> {
        self.origin.did_web().map(|did| format!("{did}:issuers:{slug}"))
    }

    /// The did:web of the service itself; `None` when the public URL is not https.
    pub fn service_did(&self) -> Option<String> {
        self.origin.did_web()
    }

    /// Whether a URL stands under our origin or one that was ours before, whatever it names.
    pub fn is_own(&self, url: &str) -> bool {
        self.path_of(url).is_some()
    }
}
