//! `POST /credentials/issue`, `POST /credentials/derive`.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::super::body::{self, BodyLimit};
use super::super::problem::Problem;
use super::{error, object, of_problems, refused, text_option, texts};
use crate::app::App;
use crate::issuer::{DoorError, DoorOptions};

/// `POST /credentials/issue`
pub(super) async fn issue(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let mut asked = object(&body)?;
    let options = DoorOptions {
        cryptosuite: text_option(&asked, "cryptosuite"),
        mandatory_pointers: texts(&asked, "mandatoryPointers"),
        challenge: text_option(&asked, "challenge"),
        domain: text_option(&asked, "domain"),
    };
    let credential = asked.get_mut("credential").map(Value::take).unwrap_or_default();
    answer(app.issuer.door_issue(credential, &options).await)
}

/// `POST /credentials/derive`
pub(super) async fn derive(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let mut asked = object(&body)?;
    let selective = texts(&asked, "selectivePointers");
    let credential = asked.get_mut("verifiableCredential").map(Value::take).unwrap_or_default();
    answer(app.issuer.door_derive(&credential, &selective))
}

fn answer(made: Result<Value, DoorError>) -> Result<HttpResponse, Problem> {
    match made {
        Ok(credential) => {
            let body = json!({ "verifiableCredential": credential });
            Ok(HttpResponse::Created().content_type("application/json").body(body.to_string()))
        }
        Err(DoorError::Credential(problems)) => Ok(refused(of_problems(&problems))),
        Err(DoorError::Ours(error)) => Err(error.into()),
        Err(other) => {
            Ok(refused(vec![error("not-secured", "It can be signed", &other.to_string())]))
        }
    }
}
