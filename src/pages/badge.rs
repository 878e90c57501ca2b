//! The badge page: what was awarded, why, and whether it holds.

use askama::Template;
use jiff::Timestamp;

use super::banner::{Banner, PageState};
use super::facts::BadgeFacts;
use super::facts_view::FactsView;
use super::share::{LinkedInEntry, Month, Share, Sharing};
use super::shell::{Picture, Setting, Shell, page};
use super::text::{Text, When, fill};
use super::verification::{Inside, Verification};
use crate::markdown::plain;
use crate::verifier::Report;

/// Everything the badge page shows.
#[derive(Clone, Debug)]
pub struct BadgePage<'a> {
    /// The badge link.
    pub url: &'a str,
    /// How it stands, see [`PageState::of_own`].
    pub state: PageState,
    /// Why it was revoked or suspended, as far as the public may know.
    pub reason: Option<&'a str>,
    /// When it was corrected last, and why, as far as the public may know.
    pub corrected: Option<(Timestamp, Option<&'a str>)>,
    /// The link of the badge that it renews.
    pub renews: Option<&'a str>,
    /// The link of the badge that renews it.
    pub renewed_by: Option<&'a str>,
    /// What the verifier says about it.
    pub report: &'a Report,
    /// What it says.
    pub facts: BadgeFacts,
    /// The holder's name, only where it is public.
    pub holder: Option<&'a str>,
    /// The issuer's name.
    pub issuer: &'a str,
    /// The issuer's page.
    pub issuer_url: Option<&'a str>,
    /// The number of the issuer's LinkedIn page.
    pub linkedin_organisation: Option<&'a str>,
    /// The badge art.
    pub image: Picture<'a>,
    /// Absolute URL of the preview picture (1200 × 627 PNG, no person's name).
    pub preview: Option<&'a str>,
    /// The short code, see [`ShortCode`](crate::domain::ShortCode).
    pub code: &'a str,
    /// What leads elsewhere.
    pub sharing: Sharing<'a>,
    /// Where oEmbed readers ask about it.
    pub oembed: &'a str,
    /// Whether search engines may list it (visibility `public`).
    pub listed: bool,
    /// Where each form of it can be downloaded.
    pub forms: Vec<Form<'a>>,
    /// Where its holder asks for the link to her own page; `None` where none is sent.
    pub holder_link: Option<&'a str>,
    /// Forms that do not exist here because the service has no public https address.
    pub missing: Vec<FormKind>,
}

/// A form that can be downloaded.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    /// Which one.
    pub kind: FormKind,
    /// Where.
    pub url: &'a str,
}

/// The forms that a badge leaves in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormKind {
    /// Open Badges 3.0 with a Data Integrity proof.
    Ob3,
    /// Open Badges 3.0 as JWT.
    Jwt,
    /// Open Badges 2.0 hosted.
    Ob2,
    /// Open Badges 2.0 signed.
    Ob2Jws,
    /// Baked PNG.
    Png,
    /// Baked SVG.
    Svg,
    /// PDF certificate on A4.
    Pdf,
    /// PDF certificate on US Letter.
    PdfLetter,
}

impl FormKind {
    pub(super) fn label(self, t: &Text) -> &'static str {
        match self {
            Self::Ob3 => t.form_ob3,
            Self::Jwt => t.form_jwt,
            Self::Ob2 => t.form_ob2,
            Self::Ob2Jws => t.form_ob2_jws,
            Self::Png => t.form_png,
            Self::Svg => t.form_svg,
            Self::Pdf => t.form_pdf,
            Self::PdfLetter => t.form_pdf_letter,
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Ob3 => "application/vc+ld+json",
            Self::Ob2 => "application/ld+json",
            Self::Jwt | Self::Ob2Jws => "text/plain",
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
            Self::Pdf | Self::PdfLetter => "application/pdf",
        }
    }
}

#[derive(Template)]
#[template(path = "badge.html")]
struct View<'a> {
    t: &'static Text,
    shell: Shell,
    social: Social,
    alternates: Vec<Alternate<'a>>,
    oembed: &'a str,
    banner: Banner,
    image: Picture<'a>,
    facts: FactsView,
    holder: Option<&'a str>,
    corrected: Option<Corrected<'a>>,
    renews: Option<&'a str>,
    renewed_by: Option<&'a str>,
    issuer: Issuer<'a>,
    code: &'a str,
    endorsements: Vec<Inside>,
    verification: Verification,
    downloads: Vec<Download<'a>>,
    notes: Vec<String>,
    holder_link: Option<&'a str>,
    share: Option<Share>,
}

/// A correction.
struct Corrected<'a> {
    when: When,
    why: Option<&'a str>,
}

/// What social networks and search engines are told.
pub(super) struct Social {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) url: String,
    pub(super) image: Option<String>,
    pub(super) image_alt: String,
}

struct Alternate<'a> {
    media_type: &'static str,
    url: &'a str,
}

struct Issuer<'a> {
    name: &'a str,
    page: Option<&'a str>,
    knowledge: &'static str,
}

struct Download<'a> {
    label: &'static str,
    url: &'a str,
}

/// Renders the badge page.
pub fn badge_page(setting: &Setting<'_>, badge: &BadgePage<'_>) -> String {
    let t = setting.text();
    let facts = FactsView::new(t, &badge.facts, true);
    let title = format!("{} · {}", facts.name, badge.issuer);
    let mut banner = Banner::new(t, badge.state, badge.report.checked_at);
    banner.reason = badge.reason.map(str::to_owned);
    banner.again = Some(badge.url.to_owned());
    let issued = badge.facts.issued.unwrap_or(badge.report.checked_at);
    let entry = LinkedInEntry {
        name: &facts.name,
        organisation: badge.issuer,
        organisation_id: badge.linkedin_organisation,
        issued: Month::of(issued),
        expires: badge.facts.expires.map(Month::of),
        url: badge.url,
        code: badge.code,
    };
    let share = badge.state.in_force().then(|| Share::new(t, &entry, &badge.sharing));
    page(&View {
        t,
        shell: Shell::new(setting, &title, badge.listed),
        social: social(t, badge, &facts),
        alternates: badge
            .forms
            .iter()
            .map(|form| Alternate { media_type: form.kind.media_type(), url: form.url })
            .collect(),
        oembed: badge.oembed,
        banner,
        image: badge.image,
        holder: badge.holder,
        corrected: badge.corrected.map(|(at, why)| Corrected { when: t.date(at), why }),
        renews: badge.renews,
        renewed_by: badge.renewed_by,
        issuer: Issuer { name: badge.issuer, page: badge.issuer_url, knowledge: t.issuer_own },
        code: badge.code,
        endorsements: Inside::of(t, badge.report),
        verification: Verification::new(t, badge.report, false),
        downloads: badge
            .forms
            .iter()
            .map(|form| Download { label: form.kind.label(t), url: form.url })
            .collect(),
        holder_link: badge.holder_link,
        notes: badge.missing.iter().map(|kind| fill(t.form_missing, kind.label(t))).collect(),
        share,
        facts,
    })
}

/// The holder's name stands in these tags only where the badge is listed and the name public.
fn social(t: &Text, badge: &BadgePage<'_>, facts: &FactsView) -> Social {
    let mut title = facts.name.clone();
    if let Some(holder) = badge.holder.filter(|_| badge.listed) {
        title = format!("{title} — {holder}");
    }
    if !badge.state.in_force() {
        title = format!("{}: {title}", badge.state.words(t).0);
    }
    let about = badge.facts.description.as_deref().unwrap_or_default();
    let about = plain(about, 200);
    Social {
        title,
        description: if about.is_empty() { badge.issuer.to_owned() } else { about },
        url: badge.url.to_owned(),
        image: badge.preview.map(str::to_owned),
        image_alt: badge.image.alt.chars().take(420).collect(),
    }
}
