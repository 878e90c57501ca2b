//! OpenID for Verifiable Credential Issuance 1.0 with a pre-authorised code (§3.5). Wallets that still
//! speak draft 13 are understood: they send `format` and one `proof`, find the nonce in the answer
//! for the token, and the copy under `credential` (deprecated, and marked so).

use actix_web::http::header::{AUTHORIZATION, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

use super::super::body::{self, BodyLimit};
use super::super::form::Form;
use super::super::problem::Problem;
use super::super::{creation, verifications};
use super::fresh::{Fresh, Kind, LIFETIME};
use super::{oauth_error, unkept};
use crate::app::App;
use crate::issuer::{IssuerError, WalletFormat};
use crate::proof::possession::{self, Asked, PossessionError};

/// The grant (§3.5).
const GRANT: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

/// The configurations on offer: what wallets call them, and the forms of the copies.
const CONFIGURATIONS: [(&str, &str, WalletFormat); 2] = [
    ("OpenBadgeCredential", "ldp_vc", WalletFormat::LdpVc),
    ("OpenBadgeCredential_jwt", "jwt_vc_json", WalletFormat::JwtVcJson),
];

/// Stands between an offer and what is fresh in codes and access tokens.
const BETWEEN: char = '~';

/// `Deprecation` (RFC 9745): the day on which OpenID4VCI 1.0 took the place of draft 13.
const DEPRECATION: (HeaderName, HeaderValue) =
    (HeaderName::from_static("deprecation"), HeaderValue::from_static("@1757980800"));

/// The link that opens a wallet with an offer (§4.1.3): by reference, so that it fits into a QR code.
pub(super) fn offer_link(app: &App, offer: &str) -> String {
    let mut link = url::form_urlencoded::Serializer::new(String::new());
    link.append_pair("credential_offer_uri", &app.urls.credential_offer(offer));
    format!("openid-credential-offer://?{}", link.finish())
}

/// `GET /i/{offer}/credential-offer`
pub(super) async fn offer(
    app: Data<App>,
    fresh: Data<Fresh>,
    offer: Path<String>,
) -> Result<HttpResponse, Problem> {
    app.issuer.offered(&offer).await?;
    let now = app.world.clock.now();
    let code = fresh.give(Kind::Code, &offer, &app.world.random, now);
    let ids: Vec<&str> = CONFIGURATIONS.iter().map(|(id, _, _)| *id).collect();
    Ok(unkept(
        200,
        &json!({
            "credential_issuer": app.urls.public_url(),
            "credential_configuration_ids": ids,
            "grants": { GRANT: { "pre-authorized_code": format!("{offer}{BETWEEN}{code}") } },
        }),
    ))
}

/// `GET /.well-known/openid-credential-issuer` (§12.2)
pub(super) async fn issuer_metadata(app: Data<App>) -> HttpResponse {
    let configurations: Map<String, Value> = CONFIGURATIONS
        .iter()
        .map(|(id, format, _)| ((*id).to_owned(), configuration(format)))
        .collect();
    let body = json!({
        "credential_issuer": app.urls.public_url(),
        "credential_endpoint": app.urls.openid4vci("credential"),
        "nonce_endpoint": app.urls.openid4vci("nonce"),
        "display": [{ "name": "Accolade", "locale": "en" }],
        "credential_configurations_supported": configurations,
    });
    HttpResponse::Ok().content_type("application/json").body(body.to_string())
}

fn configuration(format: &str) -> Value {
    let kind = ["VerifiableCredential", "OpenBadgeCredential"];
    let display = json!([
        { "name": "Open Badge", "locale": "en" },
        { "name": "Insignia Open Badge", "locale": "es" },
    ]);
    let (definition, algorithms) = if format == "ldp_vc" {
        let contexts = crate::wire::ob3::CONTEXTS;
        (json!({ "@context": contexts, "type": kind }), json!(["eddsa-rdfc-2022"]))
    } else {
        (json!({ "type": kind }), json!(["EdDSA"]))
    };
    json!({
        "format": format,
        "scope": format!("OpenBadgeCredential.{format}"),
        "credential_definition": definition,
        "credential_signing_alg_values_supported": algorithms,
        "cryptographic_binding_methods_supported": ["did:key", "did:jwk"],
        "proof_types_supported": {
            "jwt": { "proof_signing_alg_values_supported": ["EdDSA", "ES256"] },
        },
        "credential_metadata": { "display": display.clone() },
        // Where draft 13 had it.
        "display": display,
    })
}

/// `GET /.well-known/oauth-authorization-server` (RFC 8414)
pub(super) async fn server_metadata(app: Data<App>) -> HttpResponse {
    let body = json!({
        "issuer": app.urls.public_url(),
        "token_endpoint": app.urls.openid4vci("token"),
        "grant_types_supported": [GRANT],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["none"],
        "pre-authorized_grant_anonymous_access_supported": true,
    });
    HttpResponse::Ok().content_type("application/json").body(body.to_string())
}

/// `POST /oid4vci/token` (§6)
pub(super) async fn token(
    app: Data<App>,
    fresh: Data<Fresh>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    const KNOWN: [&str; 7] = [
        "grant_type",
        "pre-authorized_code",
        "tx_code",
        "user_pin",
        "client_id",
        "authorization_details",
        "resource",
    ];
    let _leave = verifications::leave(&app, &request).await?;
    let form = Form::read(&request, payload, BodyLimit::json(&app), &KNOWN).await?;
    if form.text("grant_type")? != Some(GRANT) {
        let detail = format!("only {GRANT} is granted");
        return Ok(oauth_error(400, "unsupported_grant_type", &detail));
    }
    if form.text("tx_code")?.or(form.text("user_pin")?).is_some() {
        return Ok(oauth_error(400, "invalid_request", "no transaction code was asked for"));
    }
    let now = app.world.clock.now();
    let granted = form.text("pre-authorized_code")?.and_then(|code| code.split_once(BETWEEN));
    let granted = granted.filter(|(offer, code)| fresh.take(Kind::Code, offer, code, now));
    let Some((offer, _)) = granted else {
        let detail = "the code is not one of this service, was used, or its time has passed";
        return Ok(oauth_error(400, "invalid_grant", detail));
    };
    if let Err(error) = app.issuer.offered(offer).await {
        return refused(error, "invalid_grant");
    }
    let random = &app.world.random;
    let access = fresh.give(Kind::Access, offer, random, now);
    Ok(unkept(
        200,
        &json!({
            "access_token": format!("{offer}{BETWEEN}{access}"),
            "token_type": "Bearer",
            "expires_in": LIFETIME.as_secs(),
            // Draft 13 has no nonce endpoint.
            "c_nonce": fresh.give(Kind::Nonce, "", random, now),
            "c_nonce_expires_in": LIFETIME.as_secs(),
        }),
    ))
}

/// `POST /oid4vci/nonce` (§7)
pub(super) async fn nonce(app: Data<App>, fresh: Data<Fresh>) -> HttpResponse {
    let nonce = fresh.give(Kind::Nonce, "", &app.world.random, app.world.clock.now());
    unkept(200, &json!({ "c_nonce": nonce }))
}

/// `POST /oid4vci/credential` (§8)
pub(super) async fn credential(
    app: Data<App>,
    fresh: Data<Fresh>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let _leave = verifications::leave(&app, &request).await?;
    let body = body::read_json(&request, payload, BodyLimit::json(&app)).await?;
    let now = app.world.clock.now();
    let held = bearer(&request).and_then(|token| token.split_once(BETWEEN));
    let Some((offer, _)) = held.filter(|(o, access)| fresh.holds(Kind::Access, o, access, now))
    else {
        let mut answer = oauth_error(401, "invalid_token", "the access token does not hold");
        let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
        answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        return Ok(answer);
    };
    let asked: Value = (&body::parse(&body)?).into();
    let wanted = match wanted(&asked) {
        Ok(wanted) => wanted,
        Err((error, detail)) => return Ok(oauth_error(400, error, &detail)),
    };
    let given = |text: &str| fresh.holds(Kind::Nonce, "", text, now);
    let audience = [app.urls.public_url()];
    let holder = match possession::token(
        &wanted.proof,
        &Asked { fresh: &given, audience: &audience, now },
    ) {
        Ok(holder) => holder,
        Err(PossessionError::Stale) => {
            let detail = "the nonce was not given out here, or its time has passed";
            return Ok(oauth_error(400, "invalid_nonce", detail));
        }
        Err(error) => return Ok(oauth_error(400, "invalid_proof", &error.to_string())),
    };
    let id = creation::request_id(&request);
    let made = async {
        let (award, _) = app.issuer.offered(offer).await?;
        app.issuer.wallet_copy(&award, &holder, wanted.format, id.as_deref()).await
    };
    let copy = match made.await {
        Ok(copy) => copy,
        Err(error) => return refused(error, "credential_request_denied"),
    };
    let text = String::from_utf8(copy.bytes).map_err(Problem::internal)?;
    let copy = match wanted.format {
        WalletFormat::LdpVc => serde_json::from_str(&text).map_err(Problem::internal)?,
        WalletFormat::JwtVcJson => Value::String(text),
    };
    if !wanted.draft_13 {
        return Ok(unkept(200, &json!({ "credentials": [{ "credential": copy }] })));
    }
    let nonce = fresh.give(Kind::Nonce, "", &app.world.random, now);
    let mut answer = unkept(
        200,
        &json!({
            "credential": copy,
            "c_nonce": nonce,
            "c_nonce_expires_in": LIFETIME.as_secs(),
        }),
    );
    answer.headers_mut().insert(DEPRECATION.0, DEPRECATION.1);
    Ok(answer)
}

/// What a credential request asks for.
struct Wanted {
    format: WalletFormat,
    proof: String,
    draft_13: bool,
}

/// Reads a credential request (§8.2), or that of draft 13.
fn wanted(asked: &Value) -> Result<Wanted, (&'static str, String)> {
    let invalid = |detail: &str| ("invalid_credential_request", detail.to_owned());
    let text = |name: &str| asked.get(name).and_then(Value::as_str);
    if text("credential_identifier").is_some() {
        return Err(("unknown_credential_identifier", "no identifiers were given out".to_owned()));
    }
    let (format, draft_13) = match (text("credential_configuration_id"), text("format")) {
        (Some(id), None) => {
            let known = CONFIGURATIONS.iter().find(|(known, _, _)| *known == id);
            let (_, _, format) = known.ok_or_else(|| {
                ("unknown_credential_configuration", format!("there is no configuration {id}"))
            })?;
            (*format, false)
        }
        (None, Some(format)) => {
            let known = CONFIGURATIONS.iter().find(|(_, known, _)| *known == format);
            let (_, _, format) = known.ok_or_else(|| {
                ("unsupported_credential_format", format!("there is no {format}"))
            })?;
            (*format, true)
        }
        _ => return Err(invalid("one of credential_configuration_id and format is due")),
    };
    let proof = match (asked.get("proofs"), asked.get("proof")) {
        (Some(proofs), None) => {
            match proofs.get("jwt").and_then(Value::as_array).map(Vec::as_slice) {
                Some([one]) => one.as_str(),
                _ => return Err(("invalid_proof", "proofs.jwt must hold one proof".to_owned())),
            }
        }
        (None, Some(proof)) => {
            let kind = proof.get("proof_type").and_then(Value::as_str);
            proof.get("jwt").and_then(Value::as_str).filter(|_| kind == Some("jwt"))
        }
        (None, None) => return Err(("invalid_proof", "a proof of possession is due".to_owned())),
        _ => return Err(invalid("one of proofs and proof is due")),
    };
    let proof = proof.ok_or_else(|| ("invalid_proof", "the proof must be a JWT".to_owned()))?;
    Ok(Wanted { format, proof: proof.to_owned(), draft_13 })
}

/// Why nothing is given, as OAuth tells it; a fault of ours stays one.
fn refused(error: IssuerError, word: &str) -> Result<HttpResponse, Problem> {
    match Problem::from(error) {
        problem if problem.kind.row().status < 500 => Ok(oauth_error(400, word, &problem.detail)),
        fault => Err(fault),
    }
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
