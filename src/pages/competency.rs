//! The pages of a competency framework and of a competency: which badges stand for it.
//!
//! What they say of the framework is what badge classes say of it; each leads to the source.

use askama::Template;

use super::issuer::ClassCard;
use super::link::Link;
use super::shell::{Setting, Shell, page};
use super::text::{Text, counted};

/// What the page of a framework shows.
#[derive(Clone, Debug)]
pub struct FrameworkPage<'a> {
    /// Its own address.
    pub url: &'a str,
    /// The framework's name.
    pub name: &'a str,
    /// Its entries that badges stand for.
    pub competencies: Vec<CompetencyLine<'a>>,
    /// Whether there is more than is shown.
    pub more: bool,
}

/// An entry of a framework in a list.
#[derive(Clone, Copy, Debug)]
pub struct CompetencyLine<'a> {
    /// Its page.
    pub url: &'a str,
    /// Its code.
    pub code: Option<&'a str>,
    /// Its statement or title.
    pub name: &'a str,
    /// How many badges stand for it.
    pub badges: usize,
}

/// What the page of a competency shows.
#[derive(Clone, Debug)]
pub struct CompetencyPage<'a> {
    /// Its own address.
    pub url: &'a str,
    /// Its code.
    pub code: Option<&'a str>,
    /// Its statement or title.
    pub name: &'a str,
    /// More about it.
    pub description: Option<&'a str>,
    /// The framework's name and page.
    pub framework: Option<(&'a str, &'a str)>,
    /// Where it stands with its owner.
    pub source: &'a str,
    /// The badges that stand for it.
    pub classes: Vec<ClassCard<'a>>,
    /// Whether there are more than are shown.
    pub more: bool,
}

#[derive(Template)]
#[template(path = "framework.html")]
struct Framework<'a> {
    t: &'static Text,
    shell: Shell,
    framework: &'a FrameworkPage<'a>,
    lines: Vec<(CompetencyLine<'a>, String)>,
}

#[derive(Template)]
#[template(path = "competency.html")]
struct Competency<'a> {
    t: &'static Text,
    shell: Shell,
    competency: &'a CompetencyPage<'a>,
    classes: &'a [ClassCard<'a>],
    source: Link,
}

/// Renders the page of a framework.
pub fn framework_page(setting: &Setting<'_>, framework: &FrameworkPage<'_>) -> String {
    let t = setting.text();
    let counted = |line: &CompetencyLine<'_>| counted(t.badges_for, line.badges);
    page(&Framework {
        t,
        shell: Shell::new(setting, framework.name, true),
        lines: framework.competencies.iter().map(|line| (*line, counted(line))).collect(),
        framework,
    })
}

/// Renders the page of a competency.
pub fn competency_page(setting: &Setting<'_>, competency: &CompetencyPage<'_>) -> String {
    let title = match competency.code {
        Some(code) => format!("{code}: {}", competency.name),
        None => competency.name.to_owned(),
    };
    page(&Competency {
        t: setting.text(),
        shell: Shell::new(setting, &title, true),
        classes: &competency.classes,
        source: Link::new(competency.source),
        competency,
    })
}
