//! The VC-API door: what the W3C's conformance suites speak to, only there with `--vc-api`.
//!
//! | file | does |
//! | --- | --- |
//! | `verify` | credentials and presentations: the proof, the shape, and the families asked for |
//! | `issue` | signs any credential with keys of the door's own, derives from selective ones |
//! | `status` | revokes and suspends awards of this service, with a token |
//!
//! Unreadable input is 400, and so is whatever does not verify; a success has no `errors`.

mod issue;
mod status;
mod table;
mod verify;

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use serde_json::{Value, json};

use super::body;
use super::problem::{Kind, Problem};
use crate::domain::Problems;

pub(super) use table::ROUTES;

/// The object that a request sends.
fn object(body: &Bytes) -> Result<Value, Problem> {
    let value = body::parse(body)?;
    match value.as_object() {
        Some(_) => Ok((&value).into()),
        None => {
            let detail = format!("The body must be an object, not {}.", value.kind());
            Err(Problem::new(Kind::MalformedBody, detail))
        }
    }
}

/// An option of a request: `options.name`.
fn option<'v>(request: &'v Value, name: &str) -> Option<&'v Value> {
    request.get("options")?.get(name).filter(|value| !value.is_null())
}

fn text_option(request: &Value, name: &str) -> Option<String> {
    option(request, name)?.as_str().map(str::to_owned)
}

/// The texts of a list among the options; what is no text is left out.
fn texts(request: &Value, name: &str) -> Vec<String> {
    let list = option(request, name).and_then(Value::as_array).map(Vec::as_slice);
    let texts = list.unwrap_or_default().iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// 400 with everything that is wrong.
fn refused(errors: Vec<Value>) -> HttpResponse {
    let body = json!({ "verified": false, "errors": errors });
    HttpResponse::BadRequest().content_type("application/json").body(body.to_string())
}

fn error(code: &str, title: &str, detail: &str) -> Value {
    json!({ "code": code, "title": title, "detail": detail })
}

fn of_problems(problems: &Problems) -> Vec<Value> {
    let all = problems.0.iter();
    all.map(|problem| error(problem.code, &problem.pointer, &problem.detail)).collect()
}
