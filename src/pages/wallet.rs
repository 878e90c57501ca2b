//! The page that offers an award to its holder's wallet.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::link::component;
use super::shell::{Picture, Setting, Shell, page};
use super::text::{Text, When};

/// What the page shows.
#[derive(Clone, Copy, Debug)]
pub struct WalletPage<'a> {
    /// The name of the badge.
    pub name: &'a str,
    /// The issuer's name.
    pub issuer: &'a str,
    /// The badge link.
    pub badge: &'a str,
    /// The badge art.
    pub image: Picture<'a>,
    /// The link of the offer, which wallets read.
    pub url: &'a str,
    /// Where the wallet exchanges a proof for its copy (VC-API).
    pub exchange: &'a str,
    /// The link of OpenID4VCI.
    pub credential_offer: &'a str,
    /// The same link as a QR code, SVG.
    pub qr: &'a str,
    /// When the offer ends.
    pub expires: Timestamp,
}

#[derive(Template)]
#[template(path = "wallet.html")]
struct View<'a> {
    t: &'static Text,
    shell: Shell,
    offer: &'a WalletPage<'a>,
    lcw: String,
    qr: String,
    expires: When,
}

/// Renders the page.
pub fn wallet_page(setting: &Setting<'_>, offer: &WalletPage<'_>) -> String {
    let t = setting.text();
    page(&View {
        t,
        shell: Shell::new(setting, t.wallet_title, false),
        offer,
        lcw: learner_credential_wallet(setting.public_url, offer.exchange),
        qr: format!("data:image/svg+xml;base64,{}", STANDARD.encode(offer.qr)),
        expires: t.date(offer.expires),
    })
}

/// The link that opens Learner Credential Wallet with an exchange (its "Wallet API message").
fn learner_credential_wallet(origin: &str, exchange: &str) -> String {
    let request = serde_json::json!({
        "credentialRequestOrigin": origin,
        "protocols": { "vcapi": exchange },
    });
    format!("https://lcw.app/request?request={}", component(&request.to_string()))
}
