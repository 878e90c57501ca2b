//! The page of a badge class: criteria and rubric, before any work starts.

use askama::Template;

use super::badge::Social;
use super::facts::BadgeFacts;
use super::facts_view::FactsView;
use super::shell::{Picture, Setting, Shell, page};
use super::text::Text;
use crate::markdown::plain;

/// What the page of a badge class shows.
#[derive(Clone, Debug)]
pub struct BadgeClassPage<'a> {
    /// The address of this version.
    pub url: &'a str,
    /// What it says, see [`BadgeFacts::of_class`].
    pub facts: BadgeFacts,
    /// The version, from 1.
    pub version: u32,
    /// How long an award is valid, ISO 8601; for ever without.
    pub validity: Option<&'a str>,
    /// The address of the newest version, where this is an older one.
    pub newer: Option<&'a str>,
    /// Whether it is announced and cannot be awarded yet.
    pub coming: bool,
    /// The issuer's name.
    pub issuer: &'a str,
    /// The issuer's page.
    pub issuer_url: &'a str,
    /// The badge art.
    pub image: Picture<'a>,
    /// Absolute URL of the preview picture.
    pub preview: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "badge_class.html")]
struct View<'a> {
    t: &'static Text,
    shell: Shell,
    social: Social,
    url: &'a str,
    newer: Option<&'a str>,
    coming: bool,
    image: Picture<'a>,
    facts: FactsView,
    version: u32,
    validity: Option<String>,
    issuer_name: &'a str,
    issuer_url: &'a str,
}

/// Renders the page of a badge class.
pub fn badge_class_page(setting: &Setting<'_>, class: &BadgeClassPage<'_>) -> String {
    let t = setting.text();
    let facts = FactsView::new(t, &class.facts, false);
    let about = class.facts.description.as_deref().unwrap_or_default();
    let social = Social {
        title: facts.name.clone(),
        description: plain(about, 200),
        url: class.url.to_owned(),
        image: class.preview.map(str::to_owned),
        image_alt: class.image.alt.chars().take(420).collect(),
    };
    page(&View {
        t,
        shell: Shell::new(setting, &format!("{} · {}", facts.name, class.issuer), true),
        social,
        url: class.url,
        newer: class.newer,
        coming: class.coming,
        image: class.image,
        version: class.version,
        validity: class.validity.map(|iso| t.duration(iso)),
        issuer_name: class.issuer,
        issuer_url: class.issuer_url,
        facts,
    })
}
