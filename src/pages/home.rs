//! The start page.

use askama::Template;

use super::shell::{Setting, Shell, page};
use super::text::Text;
use super::verify::VerifyForm;

/// What the start page shows.
#[derive(Clone, Debug, Default)]
pub struct HomePage<'a> {
    /// Badges to look at, as a demonstration has them.
    pub examples: Vec<Example<'a>>,
}

/// A badge to look at.
#[derive(Clone, Copy, Debug)]
pub struct Example<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its link.
    pub url: &'a str,
    /// The word for its state.
    pub state: &'a str,
}

#[derive(Template)]
#[template(path = "home.html")]
struct View<'a> {
    t: &'static Text,
    shell: Shell,
    form: VerifyForm<'static>,
    examples: &'a [Example<'a>],
}

/// Renders the start page.
pub fn home_page(setting: &Setting<'_>, home: &HomePage<'_>) -> String {
    let t = setting.text();
    let shell = Shell::new(setting, t.home_title, true);
    page(&View { t, shell, form: VerifyForm::default(), examples: &home.examples })
}
