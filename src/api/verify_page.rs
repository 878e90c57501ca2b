//! The page where anyone verifies a badge: link, text or file; without a script.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::http::header::HeaderValue;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::asked::Asked;
use super::body::BodyLimit;
use super::form::Form;
use super::listing::Query;
use super::pages::{page, setting};
use super::problem::{Kind, Problem};
use super::{shares, verifications};
use crate::app::App;
use crate::domain::ShortCode;
use crate::pages::{self, ResultPage, VerifyForm};
use crate::verifier::{Expected, Input, PolicyName};

/// Characters of a pasted text that its result page shows.
const SHOWN: usize = 120;

/// `GET /verify`: the form; with `?url=` the result for that link.
pub(super) async fn show(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let query = Query::lenient(&request);
    let url = query.get("url").map(str::trim).unwrap_or_default();
    let recipient = query.get("recipient").map(str::trim).unwrap_or_default();
    if url.is_empty() {
        let form = VerifyForm { recipient, ..VerifyForm::default() };
        return Ok(page(pages::verify_page(&setting(&app, &request), &form)));
    }
    linked(&app, &request, url, recipient).await
}

/// `POST /verify`
pub(super) async fn submit(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let limit = BodyLimit::of(&app, app.config.limits.upload_bytes + 1024 * 1024);
    let known = ["url", "file", "credential", "recipient"];
    let form = Form::read(&request, payload, limit, &known).await?;
    let recipient = form.text("recipient")?.unwrap_or_default();
    if let Some(url) = form.text("url")? {
        return linked(&app, &request, url, recipient).await;
    }
    if let Some(file) = form.bytes("file") {
        return judged(&app, &request, Input::sniff(file.to_vec()), "", recipient).await;
    }
    let Some(text) = form.text("credential")? else {
        let setting = setting(&app, &request);
        let problem = setting.language.word("Give a link, a file or a text.");
        let form = VerifyForm { recipient, problem: Some(problem), ..VerifyForm::default() };
        return Ok(page(pages::verify_page(&setting, &form)));
    };
    judged(&app, &request, Input::sniff(text), text, recipient).await
}

/// The result for a link, or for the short code of a badge of this service.
async fn linked(
    app: &App,
    request: &HttpRequest,
    given: &str,
    recipient: &str,
) -> Result<HttpResponse, Problem> {
    let Some(code) = ShortCode::parse(given) else {
        return judged(app, request, Input::Url(given.to_owned()), given, recipient).await;
    };
    let (found, _) = shares::look_up(app, request, &code).await?;
    match found.as_slice() {
        [] => {
            let setting = setting(app, request);
            let problem = Some(setting.language.word("No badge has this code."));
            let form = VerifyForm { url: given, recipient, problem, ..VerifyForm::default() };
            Ok(page(pages::verify_page(&setting, &form)))
        }
        [one] => {
            let url = app.urls.badge(one);
            judged(app, request, Input::Url(url.clone()), &url, recipient).await
        }
        several => {
            let links: Vec<String> = several.iter().map(|id| app.urls.badge(id)).collect();
            Ok(page(pages::choice_page(&setting(app, request), &links)))
        }
    }
}

async fn judged(
    app: &App,
    request: &HttpRequest,
    input: Input,
    shown: &str,
    recipient: &str,
) -> Result<HttpResponse, Problem> {
    let _leave = verifications::leave(app, request).await?;
    let setting = setting(app, request);
    let link = match &input {
        Input::Url(url) => Some(url.clone()),
        Input::Bytes(_) => None,
    };
    let asked = Asked {
        input,
        recipient: (!recipient.is_empty()).then(|| Expected::Any(recipient.to_owned())),
        at: None,
        policy: PolicyName::Default,
        language: Some(setting.language),
        trace: false,
        evidence: false,
        receipt: false,
        dossier: false,
    };
    let report = match verifications::judge(app, asked).await {
        Ok((report, _)) => report.in_language(setting.language),
        Err(problem) if problem.kind == Kind::NotABadge => {
            let url = link.as_deref().unwrap_or_default();
            let form = VerifyForm {
                url,
                credential: if link.is_none() { shown } else { "" },
                recipient,
                problem: Some(&setting.language.say(&problem.detail)),
            };
            return Ok(page(pages::verify_page(&setting, &form)));
        }
        Err(problem) => return Err(problem),
    };
    let repeat = link.as_deref().map(|url| {
        let mut link = format!("/verify?url={}", utf8_percent_encode(url, NON_ALPHANUMERIC));
        if !recipient.is_empty() {
            link += &format!("&recipient={}", utf8_percent_encode(recipient, NON_ALPHANUMERIC));
        }
        link
    });
    let subject: String = shown.chars().take(SHOWN).collect();
    let receipt = verifications::signed_receipt(app, &report).await?;
    let repeat = repeat.as_deref();
    let result = ResultPage { subject: &subject, report: &report, repeat, receipt: &receipt };
    let mut answer = page(pages::result_page(&setting, &result));
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}
