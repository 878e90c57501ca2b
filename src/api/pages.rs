//! Pages: what the public sees of a badge, an issuer, a badge class, a problem.

use actix_web::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, VARY,
};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;

use super::kept_pages::{KeptPages, may_be_kept};
use super::listing::Query;
use super::problem::{Kind, Problem, ROWS};
use super::public::header;
use super::{competencies, shares, verifications};
use crate::app::App;
use crate::art::PreviewState;
use crate::domain::{
    AccountId, AssertionId, AssertionState, BadgeClass, ImageFormat, IssuerProfile, ShortCode,
    Stage, Visibility,
};
use crate::issuer::Award;
use crate::language::Language;
use crate::pages::{
    self, BadgeClassPage, BadgeFacts, BadgePage, ClassCard, ErrorPage, Form, FormKind, HomePage,
    IssuerPage, PageState, Picture, ProblemPage, Setting, Sharing, WalletPage,
};
use crate::store::Page;
use crate::urls::{BadgeForm, Published};
use crate::verifier::Report;
use crate::wire::ob2;

/// For content whose address changes with it.
pub(super) const FOR_EVER: HeaderValue =
    HeaderValue::from_static("public, max-age=31536000, immutable");

/// Badge classes shown on the page of an issuer.
const CLASSES_SHOWN: usize = 200;

/// A page with the headers that pages have.
pub(super) fn page(html: impl Into<Bytes>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_SECURITY_POLICY, pages::CONTENT_SECURITY_POLICY))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((VARY, "Accept, User-Agent, Accept-Language"))
        .content_type(pages::CONTENT_TYPE)
        .body(html.into())
}

/// The language that the client reads.
pub(super) fn language(request: &HttpRequest) -> Language {
    let query = Query::lenient(request);
    Language::negotiate(query.get("lang"), header(request, &ACCEPT_LANGUAGE))
}

pub(super) fn setting<'a>(app: &'a App, request: &HttpRequest) -> Setting<'a> {
    Setting { language: language(request), public_url: app.urls.public_url() }
}

/// `GET /`
pub(super) async fn home(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    Ok(page(pages::home_page(&setting(&app, &request), &HomePage { examples: Vec::new() })))
}

/// `GET /problems/{slug}`
pub(super) async fn problem(
    app: Data<App>,
    request: HttpRequest,
    slug: Path<String>,
) -> Result<HttpResponse, Problem> {
    let row = ROWS.iter().find(|row| row.slug == *slug).ok_or_else(Problem::not_found)?;
    let url = app.urls.problem(row.slug);
    let setting = setting(&app, &request);
    let (title, about) = (setting.language.word(row.title), setting.language.word(row.about));
    let shown = ProblemPage { url: &url, title, status: row.status, about };
    Ok(page(pages::problem_page(&setting, &shown)))
}

/// `GET /assets/{name}`: the files that pages refer to; their names change with their content.
pub(super) async fn asset(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let asset = pages::assets().iter().find(|asset| asset.path == request.path());
    let asset = asset.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, FOR_EVER))
        .content_type(asset.media_type)
        .body(asset.bytes))
}

/// The page that tells a person of a problem.
pub(super) fn problem_page(
    problem: &Problem,
    language: Language,
    request_id: &str,
    app: &App,
) -> String {
    let setting = Setting { language, public_url: app.urls.public_url() };
    let row = problem.kind.row();
    match problem.kind {
        Kind::NotFound => pages::not_found_page(&setting),
        Kind::Internal => pages::error_page(
            &setting,
            &ErrorPage {
                status: row.status,
                title: None,
                about: None,
                request_id: Some(request_id),
            },
        ),
        _ => pages::error_page(
            &setting,
            &ErrorPage {
                status: row.status,
                title: Some(language.word(row.title)),
                about: Some(&language.say(&problem.detail)),
                request_id: Some(request_id),
            },
        ),
    }
}

/// The page of an issuer, of a badge class, or of what badge classes are aligned with.
pub(super) async fn of(
    app: &App,
    request: &HttpRequest,
    named: &Published,
) -> Result<HttpResponse, Problem> {
    match named {
        Published::Issuer(slug) => {
            let (account, issuer, ring) = app.issuer.known(slug).await?;
            let did = ring.did(&app.urls, slug).unwrap_or_default();
            let first = Page::first(CLASSES_SHOWN);
            let classes = app.issuer.public_classes(&account, &issuer.id, &first).await?;
            Ok(page(issuer_page(app, request, &issuer, &did, &classes)))
        }
        Published::BadgeClass(id, version) => {
            let (class, issuer, _) = app.issuer.public_class(id, *version).await?;
            let (newest, _, _) = app.issuer.public_class(id, None).await?;
            let newer =
                (newest.version > class.version).then(|| app.urls.badge_class(&newest.reference()));
            Ok(page(class_page(app, request, &class, &issuer, newer.as_deref())))
        }
        Published::AlignmentTarget(target) => {
            Ok(page(competencies::page(app, &setting(app, request), target).await?))
        }
        _ => Err(Problem::not_found()),
    }
}

fn issuer_page(
    app: &App,
    request: &HttpRequest,
    issuer: &IssuerProfile,
    did: &str,
    classes: &[BadgeClass],
) -> String {
    let urls = &app.urls;
    let logo = issuer.image.as_ref().map(|image| urls.image(&image.sha256, image.format));
    let alt = issuer.image.as_ref().map_or("", |image| &image.alt);
    let url = urls.issuer(&issuer.slug);
    pages::issuer_page(
        &setting(app, request),
        &IssuerPage {
            url: &url,
            name: &issuer.name,
            description: issuer.description.as_deref(),
            website: issuer.url.as_str(),
            email: issuer.email.as_str(),
            identifier: did,
            image: logo.as_deref().map(|url| Picture { url, alt }),
            classes: classes.iter().map(|class| class_card(app, class, None)).collect(),
        },
    )
}

/// A badge class in a list, with its issuer where the list has more than one.
pub(super) fn class_card<'a>(
    app: &App,
    class: &'a BadgeClass,
    issuer: Option<&'a str>,
) -> ClassCard<'a> {
    let reference = class.reference();
    ClassCard {
        name: &class.name,
        description: &class.description,
        url: app.urls.badge_class(&reference),
        image: app.urls.badge_class_image(&reference, ImageFormat::Png),
        issuer,
        coming: class.stage == Stage::Coming,
    }
}

fn class_page(
    app: &App,
    request: &HttpRequest,
    class: &BadgeClass,
    issuer: &IssuerProfile,
    newer: Option<&str>,
) -> String {
    let urls = &app.urls;
    let reference = class.reference();
    let (url, issuer_url) = (urls.badge_class(&reference), urls.issuer(&issuer.slug));
    let image = urls.badge_class_image(&reference, ImageFormat::Png);
    let preview = app.urls.badge_class_preview(&reference, PreviewState::Valid.as_str());
    pages::badge_class_page(
        &setting(app, request),
        &BadgeClassPage {
            url: &url,
            facts: BadgeFacts::of_class(class),
            version: class.version,
            validity: class.validity.as_ref().map(|validity| validity.as_str()),
            newer,
            coming: class.stage == Stage::Coming,
            issuer: &issuer.name,
            issuer_url: &issuer_url,
            image: Picture { url: &image, alt: alt_of(class) },
            preview: Some(&preview),
        },
    )
}

/// The page that offers an award to its holder's wallet. It is for her alone: nobody keeps it, and
/// its address goes nowhere.
pub(super) fn wallet(
    app: &App,
    request: &HttpRequest,
    award: &Award,
    offer: &str,
    links: &WalletLinks,
) -> Result<HttpResponse, Problem> {
    let reference = award.class.reference();
    let image = app.urls.badge_class_image(&reference, ImageFormat::Png);
    let url = app.urls.offer(offer);
    let qr = crate::art::Qr::new(&url).map_err(Problem::internal)?.svg(&award.class.name);
    let shown = WalletPage {
        name: &award.class.name,
        issuer: &award.issuer.name,
        badge: &app.urls.badge(&award.assertion.id),
        image: Picture { url: &image, alt: alt_of(&award.class) },
        url: &url,
        qr: &qr,
        exchange: &app.urls.exchange(offer),
        credential_offer: &links.credential_offer,
        expires: links.expires,
    };
    let mut answer = page(pages::wallet_page(&setting(app, request), &shown));
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(answer)
}

/// What the page of an offer needs besides the award.
pub(super) struct WalletLinks {
    /// The link of OpenID4VCI.
    pub(super) credential_offer: String,
    /// When the offer ends.
    pub(super) expires: Timestamp,
}

/// The badge page: what was awarded, and what the verifier says of it, this very moment or a moment
/// ago if nothing has changed since.
pub(super) async fn badge(
    app: &App,
    request: &HttpRequest,
    id: &AssertionId,
) -> Result<HttpResponse, Problem> {
    let setting = setting(app, request);
    let kept = request.app_data::<Data<KeptPages>>();
    let kept = kept.ok_or_else(|| Problem::internal("the service keeps no pages"))?;
    let now = app.world.clock.now();
    if let Some(html) = kept.find(id, setting.language, &app.store, now).await {
        return Ok(page(html));
    }
    let (made, reads) = app.store.noting(badge_page(app, &setting, id)).await;
    let Made { html, award, report } = made?;
    let html = Bytes::from(html);
    if may_be_kept(&award.assertion, &report) {
        kept.keep(id, setting.language, &html, report.checked_at, reads);
    }
    Ok(page(html))
}

/// A badge page, with what it was made of.
struct Made {
    html: String,
    award: Award,
    report: Report,
}

async fn badge_page(app: &App, setting: &Setting<'_>, id: &AssertionId) -> Result<Made, Problem> {
    let award = app.issuer.public_award(id).await?;
    let url = app.urls.badge(id);
    let report = verifications::judge_own(app, &url).await?.in_language(setting.language);
    let Award { assertion, class, issuer, .. } = &award;
    let state = PageState::of_own(&report);
    let reason = match &assertion.state {
        AssertionState::Active => None,
        AssertionState::Suspended(change) | AssertionState::Revoked(change) => {
            change.public_reason.as_deref()
        }
    };
    let corrected = assertion.correction.as_ref();
    let renews = linked(app, assertion.renews.as_ref()).await?;
    let renewed_by = linked(app, assertion.renewed_by.as_ref()).await?;
    let recipient = &assertion.recipient;
    let image = app.urls.badge_class_image(&class.reference(), ImageFormat::Png);
    let preview = preview_url(app, &award.account, class, state);
    let (forms, missing) = forms(app, &award, setting.language);
    let code = ShortCode::of(id).to_string();
    let issuer_url = app.urls.issuer(&issuer.slug);
    let holder_link = app.issuer.sends_mail().then(|| format!("/b/{id}/holder-link"));
    let qr = (app.urls.badge_qr(id, ImageFormat::Svg), app.urls.badge_qr(id, ImageFormat::Png));
    let (embed, oembed) = (app.urls.badge_embed(id), app.urls.oembed(id));
    let png = app.urls.badge_form(id, BadgeForm::Png);
    let json = app.urls.badge_form(id, BadgeForm::Json);
    let html = pages::badge_page(
        setting,
        &BadgePage {
            url: &url,
            state,
            reason,
            corrected: corrected.map(|change| (change.at, change.public_reason.as_deref())),
            renews: renews.as_deref(),
            renewed_by: renewed_by.as_deref(),
            report: &report,
            facts: BadgeFacts::of_award(class, assertion),
            holder: recipient.name.as_deref().filter(|_| recipient.name_public),
            issuer: &issuer.name,
            issuer_url: Some(&issuer_url),
            linkedin_organisation: issuer.linkedin_organisation(),
            image: Picture { url: &image, alt: alt_of(class) },
            preview: Some(&preview),
            code: &code,
            sharing: Sharing {
                qr: (&qr.0, &qr.1),
                embed: &embed,
                card: shares::card(),
                png: &png,
                public_json: app.urls.is_https().then_some(json.as_str()),
            },
            oembed: &oembed,
            listed: assertion.visibility == Visibility::Public,
            forms: forms.iter().map(|(kind, url)| Form { kind: *kind, url }).collect(),
            missing,
            holder_link: holder_link.as_deref(),
        },
    );
    Ok(Made { html, award, report })
}

/// The link of another award, if anyone may follow it.
async fn linked(app: &App, id: Option<&AssertionId>) -> Result<Option<String>, Problem> {
    let Some(id) = id else { return Ok(None) };
    let found = app.store.find_assertion(id).await?;
    let shown = found.is_some_and(|(_, award)| award.value.visibility != Visibility::Private);
    Ok(shown.then(|| app.urls.badge(id)))
}

/// The forms that an award has, and those that wait for a public https URL.
fn forms(app: &App, award: &Award, language: Language) -> (Vec<(FormKind, String)>, Vec<FormKind>) {
    let id = &award.assertion.id;
    let form = |form| app.urls.badge_form(id, form);
    let mut forms =
        vec![(FormKind::Ob3, form(BadgeForm::Json)), (FormKind::Jwt, form(BadgeForm::Jwt))];
    let recipient = &award.assertion.recipient;
    if ob2::recipient_form(recipient).is_some() {
        forms.push((FormKind::Ob2, app.urls.ob2_assertion(id)));
        forms.push((FormKind::Ob2Jws, form(BadgeForm::Ob2Jws)));
    }
    forms.push((FormKind::Png, form(BadgeForm::Png)));
    forms.push((FormKind::Svg, form(BadgeForm::Svg)));
    if cfg!(feature = "pdf") {
        let (link, tag) = (form(BadgeForm::Pdf), language.tag());
        forms.push((FormKind::Pdf, format!("{link}?lang={tag}")));
        forms.push((FormKind::PdfLetter, format!("{link}?lang={tag}&paper=letter")));
    }
    (forms, Vec::new())
}

pub(super) fn alt_of(class: &BadgeClass) -> &str {
    class.image.as_ref().map_or(&class.name, |image| &image.alt)
}

/// The address of what social networks show for badges of a version in a state, which is asked for
/// hereby if that state has not occurred before.
fn preview_url(app: &App, account: &AccountId, class: &BadgeClass, state: PageState) -> String {
    let state = match state {
        PageState::Valid | PageState::IssuerUnknown => PreviewState::Valid,
        PageState::Expired => PreviewState::Expired,
        PageState::Revoked => PreviewState::Revoked,
        PageState::Suspended => PreviewState::Suspended,
        PageState::NotYetValid => PreviewState::NotYetValid,
        PageState::Altered => PreviewState::Altered,
        PageState::CouldNotVerify => PreviewState::CouldNotVerify,
    };
    app.issuer.want_preview(account, class, state);
    app.urls.badge_class_preview(&class.reference(), state.as_str())
}
