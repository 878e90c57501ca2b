//! Verification: by the API, by the page, and of our own badges for their pages.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;

use super::body::{self, BodyLimit, BodyType, body_type, unsupported};
use super::form::Form;
use super::limiter::{Leave, Limiter, client_of};
use super::problem::{Kind, Problem};
use super::{auth, scope};
use crate::app::App;
use crate::domain::{Problems, parse_instant};
use crate::json::Value;
use crate::verifier::{Expected, Input, InputError, Options, PolicyName, Report};

/// What somebody wants to be verified, and how.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) input: Input,
    pub(super) recipient: Option<Expected>,
    pub(super) at: Option<Timestamp>,
    pub(super) policy: PolicyName,
    pub(super) trace: bool,
}

/// `POST /v1/verifications`
pub(super) async fn create(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let leave = leave(&app, &request).await?;
    let asked = match body_type(&request) {
        BodyType::Json => {
            let limit = BodyLimit::upload(&app);
            let body = body::read_json(&request, payload, limit).await?;
            read_json(&body)?
        }
        BodyType::Multipart => {
            let limit = BodyLimit::of(&app, app.config.limits.upload_bytes + 64 * 1024);
            let known = ["file", "recipient", "at", "policy", "trace"];
            read_form(&Form::read(&request, payload, limit, &known).await?)?
        }
        other => return Err(unsupported(&other, "application/json or multipart/form-data")),
    };
    let report = judge(&app, asked).await?;
    let mut answer = HttpResponse::Ok();
    for (name, value) in &leave.headers {
        answer.insert_header((name.clone(), value.as_str()));
    }
    let text = serde_json::to_string(&report).map_err(Problem::internal)?;
    Ok(answer.content_type("application/json").body(text))
}

/// Leave to verify. A token that holds lifts the limit of the client.
///
/// # Errors
/// `rate-limited`, `overloaded`.
pub(super) async fn leave(app: &App, request: &HttpRequest) -> Result<Leave, Problem> {
    let client = if auth::holds(app, request, <scope::Verify as scope::Scope>::NAME).await {
        None
    } else {
        client_of(request, &app.config.server.trusted_proxies)
    };
    let limiter = request.app_data::<Data<Limiter>>();
    let limiter = limiter.ok_or_else(|| Problem::internal("the service has no limiter"))?;
    limiter.take(client, app.world.clock.now())
}

/// Judges what was asked for.
///
/// # Errors
/// `not-a-badge`, `invalid-body` or `too-large` when it is no badge in any form.
pub(super) async fn judge(app: &App, asked: Asked) -> Result<Report, Problem> {
    let Asked { input, recipient, at, policy, trace } = asked;
    let options = Options { policy, recipient, at, trace, typed: None };
    let report = app.verifier.verify(input, options).await?;
    app.metrics.judged(report.verdict.as_str());
    Ok(report)
}

/// Judges one of our own badges, with our own documents only.
///
/// # Errors
/// None that a badge of ours can cause.
pub(super) async fn judge_own(app: &App, url: &str) -> Result<Report, Problem> {
    let input = Input::Url(url.to_owned());
    app.verifier.verify(input, Options::default()).await.map_err(Problem::from)
}

impl From<InputError> for Problem {
    fn from(error: InputError) -> Self {
        match error {
            InputError::TooLarge(_) => Self::new(Kind::TooLarge, error.to_string()),
            _ => Self::new(Kind::NotABadge, error.to_string()),
        }
    }
}

const MEMBERS: [&str; 7] = ["url", "credential", "token", "recipient", "at", "policy", "trace"];

fn read_json(body: &[u8]) -> Result<Asked, Problem> {
    let value = body::parse(body)?;
    let mut problems = Problems::new();
    let Some(object) = value.as_object() else {
        let detail = format!("expected an object, found {}", value.kind());
        return Err(Problem::invalid("", "not-an-object", detail));
    };
    for (name, _) in object.iter().filter(|(name, _)| !MEMBERS.contains(name)) {
        let shown: String = name.chars().take(60).collect();
        let detail = format!("there is no such member; there are {}", MEMBERS.join(", "));
        problems.add(format!("/{shown}"), "unknown-member", detail);
    }
    let given = |name: &str| value.get(name).filter(|value| **value != Value::Null);
    let text = |name: &str, problems: &mut Problems| match given(name)? {
        Value::String(text) => Some(text.to_string()),
        other => {
            let detail = format!("expected a string, found {}", other.kind());
            problems.add(format!("/{name}"), "not-a-string", detail);
            None
        }
    };
    let inputs: Vec<&str> =
        ["url", "credential", "token"].into_iter().filter(|name| given(name).is_some()).collect();
    let input = match inputs.as_slice() {
        ["url"] => text("url", &mut problems).map(Input::Url),
        ["token"] => text("token", &mut problems).map(|text| Input::Bytes(text.into_bytes())),
        ["credential"] => match given("credential") {
            // Some send the JSON text as a string.
            Some(Value::String(text)) => Some(Input::Bytes(text.as_bytes().to_vec())),
            // As it was spelled: the value keeps the order of members and the text of numbers.
            Some(value) => Some(Input::Bytes(value.to_string().into_bytes())),
            None => None,
        },
        _ => {
            problems.add("", "required", "give exactly one of url, credential and token");
            None
        }
    };
    let recipient = given("recipient")
        .and_then(|value| expected(&value.to_string(), "/recipient", &mut problems));
    let at = text("at", &mut problems).and_then(|text| problems.take("/at", parse_instant(&text)));
    let policy = text("policy", &mut problems).and_then(|text| policy(&text, &mut problems));
    let trace = match given("trace") {
        None => false,
        Some(Value::Bool(trace)) => *trace,
        Some(other) => {
            let detail = format!("expected true or false, found {}", other.kind());
            problems.add("/trace", "not-a-boolean", detail);
            false
        }
    };
    match input {
        Some(input) => {
            let policy = policy.unwrap_or_default();
            Ok(problems.or(Asked { input, recipient, at, policy, trace })?)
        }
        None => Err(problems.into()),
    }
}

fn read_form(form: &Form) -> Result<Asked, Problem> {
    let mut problems = Problems::new();
    let Some(file) = form.bytes("file") else {
        return Err(Problem::invalid("/file", "required", "the file is missing or empty"));
    };
    let recipient = form.text("recipient")?.and_then(|text| {
        // An address as it is, or what the JSON body would say.
        if text.starts_with(['{', '"']) {
            expected(text, "/recipient", &mut problems)
        } else {
            Some(Expected::Any(text.to_owned()))
        }
    });
    let at = form.text("at")?.and_then(|text| problems.take("/at", parse_instant(text)));
    let policy = form.text("policy")?.and_then(|text| policy(text, &mut problems));
    let trace = match form.text("trace")? {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            problems.add("/trace", "not-a-boolean", "use true or false");
            false
        }
    };
    let input = Input::sniff(file.to_vec());
    Ok(problems.or(Asked { input, recipient, at, policy: policy.unwrap_or_default(), trace })?)
}

fn policy(text: &str, problems: &mut Problems) -> Option<PolicyName> {
    text.parse()
        .map_err(|error: crate::verifier::UnknownPolicy| {
            problems.add("/policy", "unknown-policy", error.to_string());
        })
        .ok()
}

fn expected(json: &str, pointer: &str, problems: &mut Problems) -> Option<Expected> {
    let read = serde_json::from_str::<Expected>(json).ok();
    if read.is_none() {
        let detail = "use an address, or an object from identity type to one or several values";
        problems.add(pointer, "bad-recipient", detail);
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_of_a_request_is_told() {
        let body =
            br#"{"url":1,"recipient":[1],"at":"soon","policy":"lenient","trace":"yes","x":0}"#;
        let problem = read_json(body).unwrap_err();
        let pointers: Vec<&str> = problem.errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(pointers, ["/x", "/url", "/recipient", "/at", "/policy", "/trace"]);
    }

    #[test]
    fn exactly_one_thing_is_verified() {
        for body in ["{}", r#"{"url":"https://a.example","token":"eyJ"}"#, r#"{"url":null}"#] {
            assert!(read_json(body.as_bytes()).is_err(), "{body}");
        }
        let asked = read_json(br#"{"credential":{"b":1.0,"a":1e2},"recipient":{"email":"a@b.c"}}"#);
        let asked = asked.unwrap();
        assert_eq!(asked.input, Input::Bytes(br#"{"b":1.0,"a":1e2}"#.to_vec()));
        assert!(matches!(asked.recipient, Some(Expected::Typed(_))));
    }
}
