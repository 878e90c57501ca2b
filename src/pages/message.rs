//! Pages that explain: kinds of problem, nothing found, gone, something went wrong.

use askama::Template;

use super::shell::{Labelled, Setting, Shell, page};
use super::text::Text;

/// A kind of problem that the API answers with.
#[derive(Clone, Copy, Debug)]
pub struct ProblemPage<'a> {
    /// The `type` URL of the problem, which is the address of this page.
    pub url: &'a str,
    /// Its title.
    pub title: &'a str,
    /// The HTTP status it comes with.
    pub status: u16,
    /// What it means and what to do.
    pub about: &'a str,
}

/// An error that a person meets on a page.
#[derive(Clone, Copy, Debug)]
pub struct ErrorPage<'a> {
    /// The HTTP status.
    pub status: u16,
    /// What happened, in a few words; our own words for any error without.
    pub title: Option<&'a str>,
    /// What happened and what to do; our own words without.
    pub about: Option<&'a str>,
    /// The request id, to be told to the operator.
    pub request_id: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "message.html")]
struct View<'a> {
    t: &'static Text,
    shell: Shell,
    status: u16,
    heading: &'a str,
    paragraphs: Vec<&'a str>,
    facts: Vec<Labelled>,
}

/// Renders the page that explains a kind of problem.
pub fn problem_page(setting: &Setting<'_>, problem: &ProblemPage<'_>) -> String {
    let t = setting.text();
    page(&View {
        t,
        shell: Shell::new(setting, problem.title, true),
        status: problem.status,
        heading: problem.title,
        paragraphs: vec![problem.about, t.problem_status_text],
        facts: vec![
            Labelled::new(t.problem_type, problem.url),
            Labelled::new(t.http_status, problem.status.to_string()),
        ],
    })
}

/// Renders the page for an address where nothing is (404). A private badge looks the same.
pub fn not_found_page(setting: &Setting<'_>) -> String {
    let t = setting.text();
    let paragraphs = vec![t.not_found_text, t.not_found_private];
    message(setting, 404, t.not_found_title, paragraphs, Vec::new())
}

/// Renders the page for what was taken away for good (410), with the reason where one is public.
pub fn gone_page(setting: &Setting<'_>, reason: Option<&str>) -> String {
    let t = setting.text();
    let facts = reason.map(|reason| Labelled::new(t.reason_given, reason)).into_iter().collect();
    message(setting, 410, t.gone_title, vec![t.gone_text], facts)
}

/// Renders a page for any other error.
pub fn error_page(setting: &Setting<'_>, error: &ErrorPage<'_>) -> String {
    let t = setting.text();
    let facts = error.request_id.map(|id| Labelled::new(t.request_id, id)).into_iter().collect();
    let heading = error.title.unwrap_or(t.error_title);
    message(setting, error.status, heading, vec![error.about.unwrap_or(t.error_text)], facts)
}

fn message(
    setting: &Setting<'_>,
    status: u16,
    heading: &str,
    paragraphs: Vec<&str>,
    facts: Vec<Labelled>,
) -> String {
    let t = setting.text();
    let shell = Shell::new(setting, heading, false);
    page(&View { t, shell, status, heading, paragraphs, facts })
}
