//! The page that tells what a verification found.

use askama::Template;

use super::banner::{Banner, PageState};
use super::facts::BadgeFacts;
use super::facts_view::FactsView;
use super::shell::{Setting, Shell, page};
use super::text::{Text, sentence};
use super::verification::{Inside, Verification};
use crate::verifier::{Report, State, YesNo};

/// Everything the result page shows.
#[derive(Clone, Copy, Debug)]
pub struct ResultPage<'a> {
    /// What was judged: the link or the first characters of the text; empty for a file.
    pub subject: &'a str,
    /// The report.
    pub report: &'a Report,
    /// A link that makes the same check again, where there is one.
    pub repeat: Option<&'a str>,
    /// The report as a signed token, to be kept.
    pub receipt: &'a str,
}

#[derive(Template)]
#[template(path = "result.html")]
struct View<'a> {
    t: &'static Text,
    shell: Shell,
    subject: &'a str,
    banner: Banner,
    verification: Verification,
    facts: Option<FactsView>,
    issuer: String,
    holder: Option<String>,
    endorsements: Vec<Inside>,
    receipt: &'a str,
}

/// Renders the result page. Nothing of the badge is loaded from elsewhere, its picture included.
pub fn result_page(setting: &Setting<'_>, result: &ResultPage<'_>) -> String {
    let t = setting.text();
    let report = result.report;
    let state = PageState::of(report);
    let mut banner = Banner::new(t, state, report.checked_at);
    banner.again = result.repeat.map(str::to_owned);
    banner.reason = reason(report);
    banner.finding = finding(report).map(sentence);
    let badge = report.badge.as_ref();
    let issuer = badge.and_then(|badge| badge.issuer.as_ref());
    let issuer = issuer.and_then(|issuer| issuer.name.clone().or_else(|| issuer.id.clone()));
    let recipient = badge.and_then(|badge| badge.recipient.as_ref());
    let title = format!("{} · {}", banner.word, t.result_title);
    page(&View {
        t,
        shell: Shell::new(setting, &title, false).of_query(result.repeat),
        subject: result.subject,
        banner,
        verification: Verification::new(t, report, true),
        facts: badge.map(|badge| FactsView::new(t, &BadgeFacts::of_report(badge), true)),
        issuer: issuer.unwrap_or_else(|| t.unnamed_issuer.to_owned()),
        holder: recipient.and_then(|recipient| recipient.name.clone()),
        endorsements: Inside::of(t, report),
        receipt: result.receipt,
    })
}

/// The sentence of ours that explains why it is not simply good.
fn finding(report: &Report) -> Option<&str> {
    let answers = &report.answers;
    if answers.authentic.answer != YesNo::Yes {
        Some(&answers.authentic.reason)
    } else if answers.in_force.answer != YesNo::Yes {
        Some(&answers.in_force.reason)
    } else {
        None
    }
}

/// The reason that the issuer gives for taking the badge back or holding it. What is not shown to be
/// the issuer's has none.
fn reason(report: &Report) -> Option<String> {
    let check = match report.state() {
        State::Revoked => report.check("status.revoked"),
        State::Suspended => report.check("status.suspended"),
        _ => None,
    };
    Some(check?.facts.get("reason")?.as_str()?.to_owned())
}
