//! The choice between badges that share a short code.

use askama::Template;

use super::shell::{Setting, Shell, page};
use super::text::Text;

#[derive(Template)]
#[template(path = "choice.html")]
struct View<'a> {
    t: &'static Text,
    shell: Shell,
    links: &'a [String],
}

/// Renders the choice between badge links. It says nothing about the badges: who looks for one of
/// them knows which.
pub fn choice_page(setting: &Setting<'_>, links: &[String]) -> String {
    let t = setting.text();
    page(&View { t, shell: Shell::new(setting, t.choice_title, false), links })
}
