//! The holder: links to her own page, which platforms make and she may ask for, and the page itself.
//!
//! Whoever has the link may do what she may: its secret is the key, so the page is kept by nobody,
//! named to nobody (no `Referer`), and read by no script of another origin.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, HeaderName, HeaderValue, LOCATION, ORIGIN,
};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use jiff::SignedDuration;

use super::auth::Caller;
use super::body::BodyLimit;
use super::creation::{carry_out, place, request_id};
use super::form::Form as Sent;
use super::limiter::{Limiter, client_of};
use super::listing::Query;
use super::pages::{alt_of, page, setting};
use super::problem::Problem;
use super::public::header;
use super::scope;
use crate::app::App;
use crate::domain::{
    Amend, AssertionId, AssertionState, Email, HolderSecret, ImageFormat, ShowingDraft, Visibility,
};
use crate::issuer::{Award, HolderPage, IssuerError};
use crate::pages::{self, Form, FormKind, HolderSaid, HolderView, PageState, Picture};
use crate::store::{Mandate, StoreError, Versioned};
use crate::urls::BadgeForm;
use crate::wire::ob2;

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Bytes of a form of the holder.
const FORM_BYTES: usize = 16 * 1024;

/// How long the offer to a wallet holds that stands on the page.
const OFFERED_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Who did it, in audit rows.
const ACTOR: &str = "holder";

/// What can be taken from the page, and as what.
const FILES: [(&str, FormKind, BadgeForm); 7] = [
    ("badge.json", FormKind::Ob3, BadgeForm::Json),
    ("badge.jwt", FormKind::Jwt, BadgeForm::Jwt),
    ("badge-2.json", FormKind::Ob2, BadgeForm::Ob2Json),
    ("badge-2.jwt", FormKind::Ob2Jws, BadgeForm::Ob2Jws),
    ("badge.png", FormKind::Png, BadgeForm::Png),
    ("badge.svg", FormKind::Svg, BadgeForm::Svg),
    ("badge.pdf", FormKind::Pdf, BadgeForm::Pdf),
];

/// All that is kept about the award.
const RECORD: &str = "record.json";

/// `POST /v1/assertions/{id}/holder-link`
pub(super) async fn make_link(
    app: Data<App>,
    caller: Caller<scope::AssertionsWrite>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = AssertionId::parse(&id).map_err(|_| Problem::not_found())?;
    let done = carry_out(&caller, &request, async |mandate| {
        app.issuer.make_holder_link(mandate, &id).await
    })
    .await?;
    Ok(HttpResponse::Created()
        .insert_header((CACHE_CONTROL, NO_STORE))
        .content_type("application/json")
        .body(done.answer.to_string()))
}

/// `DELETE /v1/assertions/{id}/holder-link`
pub(super) async fn revoke_links(
    app: Data<App>,
    caller: Caller<scope::AssertionsWrite>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = AssertionId::parse(&id).map_err(|_| Problem::not_found())?;
    carry_out(&caller, &request, async |mandate| {
        app.issuer.revoke_holder_links(mandate, &id).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /b/{id}/holder-link`: the holder asks for her link. The answer is the same whoever asks, and
/// is given before anything is compared, so that its time tells nothing either.
pub(super) async fn ask(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = AssertionId::parse(&id).map_err(|_| Problem::not_found())?;
    if !app.issuer.sends_mail() {
        return Err(Problem::not_found());
    }
    let limiter = request.app_data::<Data<Limiter>>();
    let limiter = limiter.ok_or_else(|| Problem::internal("the service has no limiter"))?;
    if let Some(client) = client_of(&request, &app.config.server.trusted_proxies) {
        limiter.take_link(client, app.world.clock.now())?;
    }
    let limit = BodyLimit::of(&app, FORM_BYTES);
    let form = Sent::read(&request, payload, limit, &["email"]).await?;
    let email = form.text("email")?.unwrap_or_default();
    let email = Email::parse(email)
        .map_err(|invalid| Problem::invalid("/email", invalid.code, invalid.detail))?;
    app.issuer.public_award(&id).await?;
    let (issuer, named) = (app.issuer.clone(), id.clone());
    actix_web::rt::spawn(async move {
        if let Err(error) = issuer.ask_holder_link(&named, &email).await {
            tracing::warn!(%error, award = %named, "a holder asked for her link and gets none");
        }
    });
    let html = pages::link_asked_page(&setting(&app, &request), &app.urls.badge(&id));
    let mut answer = page(html);
    answer.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    Ok(answer)
}

/// `GET /me/{secret}`: the holder's page.
pub(super) async fn show(
    app: Data<App>,
    request: HttpRequest,
    secret: Path<String>,
) -> Result<HttpResponse, Problem> {
    let secret = HolderSecret::parse(&secret).ok_or_else(Problem::not_found)?;
    let opened = app.issuer.holder_page(&secret).await?;
    let saved = Query::lenient(&request).get("saved").map(|_| HolderSaid::Saved);
    Ok(own_page(&app, &request, &secret, &opened, saved).await)
}

/// `POST /me/{secret}`: what she chose.
pub(super) async fn choose(
    app: Data<App>,
    request: HttpRequest,
    secret: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let secret = HolderSecret::parse(&secret).ok_or_else(Problem::not_found)?;
    let opened = app.issuer.holder_page(&secret).await?;
    let award = &opened.award.assertion;
    let items: Vec<String> =
        (0..award.evidence.len()).map(|index| format!("evidence-{index}")).collect();
    let mut known = vec!["token", "version", "visibility", "name"];
    known.extend(items.iter().map(String::as_str));
    // A form that was made for more evidence than there is now is stale, not wrong.
    let former: Vec<String> = (items.len()..100).map(|index| format!("evidence-{index}")).collect();
    known.extend(former.iter().map(String::as_str));
    let limit = BodyLimit::of(&app, FORM_BYTES);
    let most = known.len();
    let form = Sent::read_parts(&request, payload, limit, &known, most).await?;
    if !is_from_our_page(&app, &request) || form.text("token")? != Some(&*secret.form_token()) {
        let shown = own_page(&app, &request, &secret, &opened, Some(HolderSaid::Foreign)).await;
        return Ok(with_status(shown, StatusCode::BAD_REQUEST));
    }
    let stale = async |opened: &HolderPage| {
        let shown = own_page(&app, &request, &secret, opened, Some(HolderSaid::Stale)).await;
        with_status(shown, StatusCode::CONFLICT)
    };
    if form.text("version")? != Some(award.revision.to_string().as_str()) {
        return Ok(stale(&opened).await);
    }
    let visibility = match form.text("visibility")? {
        Some("public") => Visibility::Public,
        Some("unlisted") => Visibility::Unlisted,
        Some("private") => Visibility::Private,
        _ => {
            let detail = "use public, unlisted or private";
            return Err(Problem::invalid("/visibility", "bad-visibility", detail));
        }
    };
    let mut evidence = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        evidence.push((index, form.text(item)?.is_some()));
    }
    let name_public = match award.recipient.name {
        Some(_) => Amend::Set(form.text("name")?.is_some()),
        None => Amend::Keep,
    };
    let draft = ShowingDraft { visibility: Amend::Set(visibility), name_public, evidence };
    let _place = place(&request)?;
    let from = request_id(&request);
    let mandate = Mandate { request: from.as_deref(), ..Mandate::of(&opened.award.account, ACTOR) };
    let present = Versioned { value: award.clone(), version: opened.award.version };
    match app.issuer.show(&mandate, &present, &draft).await {
        Ok(_) => Ok(HttpResponse::SeeOther()
            .insert_header((LOCATION, format!("{}&saved=1", action(&app, &request, &secret))))
            .insert_header((CACHE_CONTROL, NO_STORE))
            .finish()),
        Err(IssuerError::Store(StoreError::Conflict { .. })) => {
            Ok(stale(&app.issuer.holder_page(&secret).await?).await)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /me/{secret}/{file}`: a form of the badge, or all that is kept about it, whoever may read it
/// otherwise.
pub(super) async fn file(
    app: Data<App>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (secret, name) = path.into_inner();
    let secret = HolderSecret::parse(&secret).ok_or_else(Problem::not_found)?;
    let award = app.issuer.holder_page(&secret).await?.award;
    let (content_type, bytes) = if name == RECORD {
        let record = app.issuer.assertion_answer(&award.account, &award.assertion).await?;
        ("application/json", record.to_string().into_bytes())
    } else {
        let found = FILES.iter().find(|(file, _, _)| *file == name);
        let (_, _, form) = found.ok_or_else(Problem::not_found)?;
        let served = match app.issuer.form(&award, *form).await {
            Err(IssuerError::NoForm(_)) => return Err(Problem::not_found()),
            other => other?,
        };
        (served.content_type, served.bytes)
    };
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, NO_STORE))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .content_type(content_type)
        .body(bytes))
}

/// The path of the page in the language in which it is shown.
fn action(app: &App, request: &HttpRequest, secret: &HolderSecret) -> String {
    format!("/me/{}?lang={}", *secret.reveal(), setting(app, request).language.tag())
}

fn with_status(mut answer: HttpResponse, status: StatusCode) -> HttpResponse {
    *answer.status_mut() = status;
    answer
}

async fn own_page(
    app: &App,
    request: &HttpRequest,
    secret: &HolderSecret,
    opened: &HolderPage,
    said: Option<HolderSaid>,
) -> HttpResponse {
    let Award { assertion, class, issuer, .. } = &opened.award;
    let base = format!("/me/{}", *secret.reveal());
    let recipient = &assertion.recipient;
    let has_ob2 = ob2::recipient_form(recipient).is_some();
    let files: Vec<(FormKind, String)> = FILES
        .iter()
        .filter(|(_, kind, _)| match kind {
            FormKind::Ob2 | FormKind::Ob2Jws => has_ob2,
            FormKind::Pdf => cfg!(feature = "pdf"),
            _ => true,
        })
        .map(|(file, kind, _)| (*kind, format!("{base}/{file}")))
        .collect();
    let image = app.urls.badge_class_image(&class.reference(), ImageFormat::Png);
    let evidence = assertion.evidence.iter().map(|item| {
        let url = item.url.as_ref().map(|url| url.as_str());
        (item.name.as_deref().or(item.genre.as_deref()).or(url), item.public)
    });
    // None while the award does not hold.
    let offer = app.issuer.offer(&opened.award.account, &assertion.id, OFFERED_FOR).await;
    let wallet = offer.ok().map(|offer| app.urls.offer(&offer.token));
    let html = pages::holder_page(
        &setting(app, request),
        &HolderView {
            action: &action(app, request, secret),
            token: &secret.form_token(),
            version: assertion.revision,
            url: &app.urls.badge(&assertion.id),
            name: &class.name,
            issuer: &issuer.name,
            image: Picture { url: &image, alt: alt_of(class) },
            issued: assertion.issued_on,
            state: state(app, &opened.award),
            visibility: assertion.visibility,
            holder: recipient.name.as_deref().map(|name| (name, recipient.name_public)),
            evidence: evidence.collect(),
            forms: files.iter().map(|(kind, url)| Form { kind: *kind, url }).collect(),
            record: &format!("{base}/{RECORD}"),
            wallet: wallet.as_deref(),
            verifications: opened.verifications,
            expires_at: opened.expires_at,
            said,
        },
    );
    let mut answer = page(html);
    answer.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    answer
}

/// How the award stands by what we keep of it.
fn state(app: &App, award: &Award) -> PageState {
    match award.assertion.state_word(app.world.clock.now()) {
        "notYetValid" => PageState::NotYetValid,
        "expired" => PageState::Expired,
        _ => match award.assertion.state {
            AssertionState::Active => PageState::Valid,
            AssertionState::Suspended(_) => PageState::Suspended,
            AssertionState::Revoked(_) => PageState::Revoked,
        },
    }
}

/// Whether a form was sent by a page of ours, as far as the browser says. It says `Origin: null`
/// where a page, as ours do, keeps its address to itself; the form's token tells then.
fn is_from_our_page(app: &App, request: &HttpRequest) -> bool {
    const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
    if let Some(site) = header(request, &SEC_FETCH_SITE) {
        return matches!(site, "same-origin" | "none");
    }
    match header(request, &ORIGIN) {
        None | Some("null") => true,
        Some(origin) => {
            let info = request.connection_info();
            let asked = format!("{}://{}", info.scheme(), info.host());
            origin == app.urls.public_url() || origin == asked
        }
    }
}
