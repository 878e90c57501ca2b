//! How an award gets into its holder's wallet. One link offers it, `/i/{offer}`; whoever has the link
//! may take a copy that names the DID she proves to hold.
//!
//! | file | does |
//! | --- | --- |
//! | `offers` | the link for platforms, and what it answers: a page, or the protocols that are spoken |
//! | `exchange` | VC-API: a presentation for a credential (Learner Credential Wallet) |
//! | `oid4vci` | OpenID4VCI 1.0 with a pre-authorised code, and what wallets of draft 13 need |
//! | `fresh` | challenges, codes and access tokens that hold for minutes |

mod exchange;
pub(super) mod fresh;
mod offers;
mod oid4vci;
mod table;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, PRAGMA};
use serde_json::{Value, json};

pub(super) use table::ROUTES;

/// JSON that nobody keeps.
fn unkept(status: u16, body: &Value) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status)
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((PRAGMA, "no-cache"))
        .content_type("application/json")
        .body(body.to_string())
}

/// An error as OAuth 2.0 tells it (RFC 6749 §5.2).
fn oauth_error(status: u16, error: &str, description: &str) -> HttpResponse {
    // The description is of printable ASCII without quotes and backslashes (RFC 6749 §5.2).
    let plain = |c: char| (c.is_ascii_graphic() || c == ' ') && c != '"' && c != '\\';
    let description: String =
        description.chars().map(|c| if plain(c) { c } else { '\'' }).take(300).collect();
    unkept(status, &json!({ "error": error, "error_description": description }))
}
