//! The page where anyone verifies a badge.

use askama::Template;

use super::shell::{Setting, Shell, page};
use super::text::Text;

/// What the form shows: empty at first, or what was sent with what is wrong about it.
///
/// The form posts `multipart/form-data` to `/verify` with the fields `url`, `file`, `credential`
/// and `recipient`.
#[derive(Clone, Debug, Default)]
pub struct VerifyForm<'a> {
    /// The link that was sent.
    pub url: &'a str,
    /// The text that was sent.
    pub credential: &'a str,
    /// The expected recipient that was sent.
    pub recipient: &'a str,
    /// Why nothing could be verified.
    pub problem: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "verify.html")]
struct View<'a> {
    t: &'static Text,
    shell: Shell,
    form: &'a VerifyForm<'a>,
}

/// Renders the verify page.
pub fn verify_page(setting: &Setting<'_>, form: &VerifyForm<'_>) -> String {
    let t = setting.text();
    let shell = Shell::new(setting, t.verify_a_badge, form.problem.is_none());
    page(&View { t, shell, form })
}
