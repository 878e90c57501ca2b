//! What takes a badge to other places: QR code, short code, the card that other sites frame, oEmbed.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::limiter::{Left, Limiter, client_of};
use super::listing::Query;
use super::pages::{alt_of, page, setting};
use super::problem::{Kind, Problem};
use super::{public, verifications};
use crate::app::App;
use crate::art::{self, Qr};
use crate::domain::{AssertionId, ImageFormat, ShortCode};
use crate::issuer::{Document, IssuerError};
use crate::pages::{self, EmbedPage, PageState, Picture};
use crate::store::Coded;
use crate::urls::Published;

/// Width and height of the card, in CSS pixels.
const CARD: (u32, u32) = (480, 190);

/// For how long an oEmbed answer may be used, in seconds. The card itself is always fresh.
const OEMBED_AGE: u32 = 86_400;

/// `GET /b/{id}/qr.svg`
pub(super) async fn qr_svg(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (qr, link) = qr(&app, &id).await?;
    Ok(picture(&request, ImageFormat::Svg, qr.svg(&link).into_bytes()))
}

/// `GET /b/{id}/qr.png`
pub(super) async fn qr_png(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (qr, _) = qr(&app, &id).await?;
    let drawn = actix_web::web::block(move || qr.png()).await;
    let bytes = drawn.map_err(Problem::internal)?.map_err(Problem::internal)?;
    Ok(picture(&request, ImageFormat::Png, bytes))
}

async fn qr(app: &App, id: &str) -> Result<(Qr, String), Problem> {
    let id = AssertionId::parse(id).map_err(|_| Problem::not_found())?;
    app.issuer.public_award(&id).await?;
    let link = app.urls.badge(&id);
    Ok((Qr::new(&link).map_err(Problem::internal)?, link))
}

fn picture(request: &HttpRequest, format: ImageFormat, bytes: Vec<u8>) -> HttpResponse {
    let content_type = format.media_type();
    public::answer(request, Document { status: 200, content_type, bytes, max_age: None }, None)
}

/// `GET /v/{code}`: to the badge that has the code, or to a choice where several have it.
pub(super) async fn coded(
    app: Data<App>,
    request: HttpRequest,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    let code = ShortCode::parse(&code).ok_or_else(Problem::not_found)?;
    let (found, left) = look_up(&app, &request, &code).await?;
    let mut answer = match found.as_slice() {
        [] => return Err(Problem::not_found()),
        [one] => {
            let mut answer = HttpResponse::Found();
            answer.insert_header((LOCATION, app.urls.badge(one)));
            answer.insert_header((CACHE_CONTROL, "no-store"));
            answer.finish()
        }
        several => {
            let links: Vec<String> = several.iter().map(|id| app.urls.badge(id)).collect();
            page(pages::choice_page(&setting(&app, &request), &links))
        }
    };
    for (name, value) in left {
        if let Ok(value) = value.parse() {
            answer.headers_mut().insert(name, value);
        }
    }
    Ok(answer)
}

/// The public badges that have a code. Each look-up counts.
///
/// # Errors
/// `rate-limited`; `overloaded` while older awards are not yet to be found.
pub(super) async fn look_up(
    app: &App,
    request: &HttpRequest,
    code: &ShortCode,
) -> Result<(Vec<AssertionId>, Left), Problem> {
    let limiter = request.app_data::<Data<Limiter>>();
    let limiter = limiter.ok_or_else(|| Problem::internal("the service has no limiter"))?;
    let client = client_of(request, &app.config.server.trusted_proxies);
    let left = limiter.take_code(client, app.world.clock.now())?;
    let mut found = Vec::new();
    match app.store.by_code(code).await? {
        Coded::Nothing => {}
        Coded::NotYet => {
            let detail = "The codes of older badges are being gathered; look again in a minute.";
            return Err(Problem::new(Kind::Overloaded, detail));
        }
        Coded::Found(ids) => {
            for id in ids {
                match app.issuer.public_award(&id).await {
                    Ok(_) => found.push(id),
                    Err(IssuerError::NotFound(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
    Ok((found, left))
}

/// `GET /b/{id}/embed`: the card that other sites frame, with how the badge stands this moment. Its
/// only edition is `?v=1`; what was pasted somewhere keeps working when there is another.
pub(super) async fn embed(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = AssertionId::parse(&id).map_err(|_| Problem::not_found())?;
    let award = app.issuer.public_award(&id).await?;
    let setting = setting(&app, &request);
    let url = app.urls.badge(&id);
    let report = verifications::judge_own(&app, &url).await?;
    let (class, recipient) = (&award.class, &award.assertion.recipient);
    let image = app.urls.badge_class_image(&class.reference(), ImageFormat::Png);
    let html = pages::embed_page(
        &setting,
        &EmbedPage {
            url: &url,
            name: &class.name,
            issuer: &award.issuer.name,
            holder: recipient.name.as_deref().filter(|_| recipient.name_public),
            image: Picture { url: &image, alt: alt_of(class) },
            state: PageState::of_own(&report),
            checked: report.checked_at,
        },
    );
    let mut answer = page(html);
    let policy = pages::EMBED_SECURITY_POLICY.parse().map_err(Problem::internal)?;
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    Ok(answer)
}

/// `GET /oembed?url=&maxwidth=&maxheight=&format=` (oEmbed 1.0): what other sites show for a badge
/// link.
pub(super) async fn oembed(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let query = Query::lenient(&request);
    if let Some(other) = query.get("format").filter(|format| *format != "json") {
        let shown: String = other.chars().take(20).collect();
        let detail = format!("The format {shown} is not offered; json is.");
        return Err(Problem::new(Kind::NotImplemented, detail));
    }
    let most = |name: &str| match query.get(name).map(str::parse::<u32>) {
        None => Ok(u32::MAX),
        Some(Ok(pixels)) if pixels > 0 => Ok(pixels),
        Some(_) => Err(Problem::invalid(
            &format!("?{name}"),
            "bad-size",
            "must be a whole number of pixels from 1",
        )),
    };
    let (widest, highest) = (most("maxwidth")?, most("maxheight")?);
    let url = query.get("url").ok_or_else(|| {
        Problem::invalid("?url", "required", "the link of a badge of this service is missing")
    })?;
    let Some(Published::Badge(id, _)) = app.urls.read(url) else {
        return Err(Problem::not_found());
    };
    let award = app.issuer.public_award(&id).await?;
    let (width, height) = (CARD.0.min(widest), CARD.1.min(highest));
    let name = &award.class.name;
    let card = pages::embed_code(&app.urls.badge_embed(&id), name, (width, height));
    let mut answer = json!({
        "type": "rich",
        "version": "1.0",
        "title": name,
        "author_name": award.issuer.name,
        "author_url": app.urls.issuer(&award.issuer.slug),
        "provider_name": "Accolade",
        "provider_url": app.urls.public_url(),
        "cache_age": OEMBED_AGE,
        "html": card,
        "width": width,
        "height": height,
    });
    // A thumbnail keeps to the same limits, and comes with all its three members or none.
    if art::SIDE <= widest && art::SIDE <= highest && award.class.image.is_none() {
        let image = app.urls.badge_class_image(&award.class.reference(), ImageFormat::Png);
        if let Some(members) = answer.as_object_mut() {
            members.insert("thumbnail_url".to_owned(), json!(image));
            members.insert("thumbnail_width".to_owned(), json!(art::SIDE));
            members.insert("thumbnail_height".to_owned(), json!(art::SIDE));
        }
    }
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, no-cache"))
        .content_type("application/json")
        .body(answer.to_string()))
}

/// Width and height of the card where nothing limits them.
pub(super) fn card() -> (u32, u32) {
    CARD
}
