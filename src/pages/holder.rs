//! The holder's own page: what others see of her badge, as she chooses; her downloads; how often it
//! was verified. And the answer to who asked for the link to it.

use askama::Template;
use jiff::Timestamp;

use super::badge::Form;
use super::banner::PageState;
use super::shell::{Picture, Setting, Shell, page};
use super::text::{Text, When, counted, fill};
use crate::domain::Visibility;

/// Everything that the holder's page shows.
#[derive(Clone, Debug)]
pub struct HolderView<'a> {
    /// Where the form goes: the address of the page, with its language.
    pub action: &'a str,
    /// What only who was shown the form can send.
    pub token: &'a str,
    /// The revision of the award that is shown.
    pub version: u64,
    /// The badge link.
    pub url: &'a str,
    /// What was awarded.
    pub name: &'a str,
    /// By whom.
    pub issuer: &'a str,
    /// The badge art.
    pub image: Picture<'a>,
    /// When it was awarded.
    pub issued: Timestamp,
    /// How it stands.
    pub state: PageState,
    /// Who may read it.
    pub visibility: Visibility,
    /// The holder's name, if one is known, and whether it is shown.
    pub holder: Option<(&'a str, bool)>,
    /// The items of evidence: what each is called, and whether it is shown.
    pub evidence: Vec<(Option<&'a str>, bool)>,
    /// What she can take with her.
    pub forms: Vec<Form<'a>>,
    /// All that is kept about the award.
    pub record: &'a str,
    /// The link that puts it into a wallet, while it holds.
    pub wallet: Option<&'a str>,
    /// How often it was verified here.
    pub verifications: u64,
    /// From when on the link opens nothing.
    pub expires_at: Timestamp,
    /// What became of what she sent.
    pub said: Option<HolderSaid>,
}

/// What became of what the holder sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderSaid {
    /// It holds now.
    Saved,
    /// It was made for what does not hold any more; nothing was changed.
    Stale,
    /// It did not come from her page; nothing was changed.
    Foreign,
}

#[derive(Template)]
#[template(path = "holder.html")]
struct View<'a> {
    t: &'static Text,
    shell: Shell,
    view: &'a HolderView<'a>,
    until: String,
    issued: When,
    state: &'static str,
    said: Option<(&'static str, &'static str)>,
    choices: [Choice; 3],
    show_name: Option<(String, bool)>,
    evidence: Vec<Item<'a>>,
    downloads: Vec<(&'static str, &'a str)>,
    count: String,
    link_label: &'static str,
}

/// One of three answers to who may read it.
struct Choice {
    value: &'static str,
    label: &'static str,
    hint: &'static str,
    chosen: bool,
}

struct Item<'a> {
    index: usize,
    name: &'a str,
    shown: bool,
}

/// Renders the holder's page.
pub fn holder_page(setting: &Setting<'_>, view: &HolderView<'_>) -> String {
    let t = setting.text();
    let choice = |value, visibility, label, hint| Choice {
        value,
        label,
        hint,
        chosen: view.visibility == visibility,
    };
    let evidence = view.evidence.iter().enumerate().map(|(index, (name, shown))| Item {
        index,
        name: name.unwrap_or(t.unnamed_evidence),
        shown: *shown,
    });
    page(&View {
        t,
        shell: Shell::new(setting, t.own_page, false),
        until: fill(t.own_page_until, &t.date(view.expires_at).shown),
        issued: t.date(view.issued),
        state: view.state.words(t).0,
        said: view.said.map(|said| match said {
            HolderSaid::Saved => ("good", t.own_saved),
            HolderSaid::Stale => ("warn", t.own_stale),
            HolderSaid::Foreign => ("bad", t.own_foreign),
        }),
        choices: [
            choice("public", Visibility::Public, t.own_public, t.own_public_hint),
            choice("unlisted", Visibility::Unlisted, t.own_unlisted, t.own_unlisted_hint),
            choice("private", Visibility::Private, t.own_private, t.own_private_hint),
        ],
        show_name: view.holder.map(|(name, shown)| (fill(t.own_name, name), shown)),
        evidence: evidence.collect(),
        downloads: view.forms.iter().map(|form| (form.kind.label(t), form.url)).collect(),
        count: counted(t.own_count, usize::try_from(view.verifications).unwrap_or(usize::MAX)),
        link_label: t.badge_link.trim_end_matches(':'),
        view,
    })
}

#[derive(Template)]
#[template(path = "link_asked.html")]
struct Asked<'a> {
    t: &'static Text,
    shell: Shell,
    badge: &'a str,
}

/// Renders the answer to who asked for the link: the same whoever asks. `badge` is the badge link.
pub fn link_asked_page(setting: &Setting<'_>, badge: &str) -> String {
    let t = setting.text();
    page(&Asked { t, shell: Shell::new(setting, t.own_asked, false).of_query(None), badge })
}
