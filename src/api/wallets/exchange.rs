//! VC-API: a wallet asks what is wanted, answers with a presentation that its holder signed, and
//! gets its copy (VCALM, exchanges; what Learner Credential Wallet speaks).

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::super::body::{self, BodyLimit};
use super::super::creation;
use super::super::problem::Problem;
use super::super::verifications;
use super::fresh::{Fresh, Kind};
use crate::app::App;
use crate::bundled::contexts;
use crate::issuer::WalletFormat;
use crate::proof::possession::{self, Asked};

/// `POST /i/{offer}/exchange`
pub(super) async fn step(
    app: Data<App>,
    fresh: Data<Fresh>,
    request: HttpRequest,
    offer: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let _leave = verifications::leave(&app, &request).await?;
    let (award, _) = app.issuer.offered(&offer).await?;
    // Some wallets begin without any body.
    let body = body::read(&request, payload, BodyLimit::json(&app)).await?;
    let body = if body.is_empty() { "{}".into() } else { body };
    let asked = body::parse(&body)?;
    let now = app.world.clock.now();
    let presentation = match asked.get("verifiablePresentation") {
        Some(presentation) => presentation,
        // The older flow sends the presentation itself.
        None if asked.get("proof").is_some() => &asked,
        None => {
            let challenge = fresh.give(Kind::Challenge, &offer, &app.world.random, now);
            return Ok(super::unkept(200, &wanted(&challenge, app.urls.authority())));
        }
    };
    let given = |text: &str| fresh.holds(Kind::Challenge, &offer, text, now);
    let audience = [app.urls.authority(), app.urls.public_url()];
    let proof = Asked { fresh: &given, audience: &audience, now };
    let holder = possession::presentation(presentation, &proof, contexts()).map_err(|error| {
        Problem::invalid("/verifiablePresentation", "not-proven", error.to_string())
    })?;
    let id = creation::request_id(&request);
    let copy = app.issuer.wallet_copy(&award, &holder, WalletFormat::LdpVc, id.as_deref()).await?;
    let credential: Value = serde_json::from_slice(&copy.bytes).map_err(Problem::internal)?;
    let context = credential.pointer("/@context/0").cloned();
    Ok(super::unkept(
        200,
        &json!({
            "verifiablePresentation": {
                "@context": [context],
                "type": ["VerifiablePresentation"],
                "verifiableCredential": [credential],
            },
            "redirectUrl": app.urls.badge(&award.assertion.id),
        }),
    ))
}

/// What the wallet is asked for: that its holder shows which DID is hers.
fn wanted(challenge: &str, domain: &str) -> Value {
    let suites = ["eddsa-rdfc-2022", "Ed25519Signature2020", "ecdsa-rdfc-2019", "eddsa-jcs-2022"];
    let suites: Vec<Value> = suites.iter().map(|suite| json!({ "cryptosuite": suite })).collect();
    json!({
        "verifiablePresentationRequest": {
            "query": [{
                "type": "DIDAuthentication",
                "acceptedMethods": [{ "method": "key" }, { "method": "jwk" }],
                "acceptedCryptosuites": suites,
            }],
            "challenge": challenge,
            "domain": domain,
        }
    })
}
