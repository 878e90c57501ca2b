//! The small card that other sites frame: one badge, and how it stands.

use askama::Template;
use jiff::Timestamp;

use super::assets;
use super::banner::PageState;
use super::shell::{Picture, Setting, page};
use super::text::{Text, When};

/// What the card shows.
#[derive(Clone, Copy, Debug)]
pub struct EmbedPage<'a> {
    /// The badge link.
    pub url: &'a str,
    /// Name of the badge.
    pub name: &'a str,
    /// The issuer's name.
    pub issuer: &'a str,
    /// The holder's name, only where it is public.
    pub holder: Option<&'a str>,
    /// The badge art.
    pub image: Picture<'a>,
    /// How it stands.
    pub state: PageState,
    /// When that was found.
    pub checked: Timestamp,
}

#[derive(Template)]
#[template(path = "embed.html")]
struct View<'a> {
    t: &'static Text,
    lang: &'static str,
    dir: &'static str,
    stylesheet: &'static str,
    favicon: &'static str,
    card: &'a EmbedPage<'a>,
    tone: &'static str,
    icon: &'static str,
    word: &'static str,
    checked: When,
}

/// Renders the card.
pub fn embed_page(setting: &Setting<'_>, card: &EmbedPage<'_>) -> String {
    let t = setting.text();
    let (tone, icon) = card.state.look();
    page(&View {
        t,
        lang: setting.language.tag(),
        dir: setting.language.direction(),
        stylesheet: assets::stylesheet(),
        favicon: assets::icon(),
        card,
        tone,
        icon,
        word: card.state.words(t).0,
        checked: t.instant(card.checked),
    })
}

/// The HTML that puts the card into a page: its address, the badge's name, width and height in CSS
/// pixels.
pub fn embed_code(url: &str, name: &str, (width, height): (u32, u32)) -> String {
    let escape = |text: &str| quick_xml::escape::escape(text).into_owned();
    format!(
        "<iframe src=\"{}\" title=\"{}\" width=\"{width}\" height=\"{height}\" \
         style=\"border:0;max-width:100%\" loading=\"lazy\"></iframe>",
        escape(url),
        escape(name),
    )
}
