//! What every page has around its content.

use super::assets;
use super::text::{self, Text};
use crate::language::Language;

/// Where and for whom a page is rendered.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The language of the page.
    pub language: Language,
    /// The public URL of the service, without a trailing slash.
    pub public_url: &'a str,
}

impl Setting<'_> {
    pub(super) fn text(&self) -> &'static Text {
        text::text(self.language)
    }
}

/// A picture of our own origin.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// Its URL.
    pub url: &'a str,
    /// What it shows.
    pub alt: &'a str,
}

/// What the base template needs.
pub(super) struct Shell {
    pub(super) lang: &'static str,
    pub(super) dir: &'static str,
    pub(super) title: String,
    pub(super) indexed: bool,
    pub(super) stylesheet: &'static str,
    pub(super) icon: &'static str,
    /// The same page in the other languages.
    pub(super) languages: Vec<Translation>,
}

/// A link to a page in another language.
pub(super) struct Translation {
    pub(super) tag: &'static str,
    pub(super) name: &'static str,
    pub(super) href: String,
}

impl Shell {
    pub(super) fn new(setting: &Setting<'_>, title: &str, indexed: bool) -> Self {
        Self {
            lang: setting.language.tag(),
            dir: setting.language.direction(),
            title: if title.chars().count() > 50 {
                title.to_owned()
            } else {
                format!("{title} · Accolade")
            },
            indexed,
            stylesheet: assets::stylesheet(),
            icon: assets::icon(),
            languages: Language::ALL
                .into_iter()
                .filter(|language| *language != setting.language)
                .map(|language| Translation {
                    tag: language.tag(),
                    name: language.name(),
                    href: format!("?lang={}", language.tag()),
                })
                .collect(),
        }
    }

    /// For a page that stands under a query of its own; without one it is not there a second time.
    pub(super) fn of_query(mut self, query: Option<&str>) -> Self {
        match query {
            None => self.languages.clear(),
            Some(query) => self.languages.iter_mut().for_each(|other| {
                other.href = format!("{query}&lang={}", other.tag);
            }),
        }
        self
    }
}

/// A label and a value.
#[derive(Clone, Debug)]
pub(super) struct Labelled {
    pub(super) label: String,
    pub(super) value: String,
}

impl Labelled {
    pub(super) fn new(label: &str, value: impl Into<String>) -> Self {
        Self { label: label.to_owned(), value: value.into() }
    }
}

/// The page as text. Writing to memory cannot fail, and our templates have no filter that does.
pub(super) fn page(template: &impl askama::Template) -> String {
    template.render().unwrap_or_default()
}
