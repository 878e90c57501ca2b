//! Who calls: the bearer token, and in the type of the caller the scope that a handler needs.

use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::edge::Told;
use super::limiter::Limiter;
use super::problem::{Kind, Problem};
use super::scope::{self, Scope};
use super::token::Token;
use super::{creation, grants};
use crate::app::App;
use crate::domain::{AccountId, PersonRef, TokenId};
use crate::store::Token as Stored;

/// A caller whose token holds and has the scope `S`. A handler that takes one cannot be reached
/// without, and everything it reads or writes goes by the account in here.
#[derive(Clone, Debug)]
pub struct Caller<S: Scope> {
    /// The account that the token belongs to.
    pub account: AccountId,
    /// The token.
    pub token: TokenId,
    /// Who uses the token, as far as the platform says.
    pub person: Option<PersonRef>,
    scopes: Vec<String>,
    scope: PhantomData<S>,
}

impl<S: Scope> Caller<S> {
    /// Refuses what needs the scope `T` as well.
    ///
    /// # Errors
    /// The problem `forbidden-scope`.
    pub fn needs<T: Scope>(&self) -> Result<(), Problem> {
        if scope::allows(&self.scopes, T::NAME) { Ok(()) } else { Err(forbidden(T::NAME)) }
    }
}

impl<S: Scope> FromRequest for Caller<S> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<web::Data<App>>().cloned();
        let header = request.headers().get(AUTHORIZATION).cloned();
        let limiter = request.app_data::<web::Data<Limiter>>().cloned();
        let told = request.extensions().get::<Told>().cloned();
        let request_id = creation::request_id(request);
        Box::pin(async move {
            let app = app.ok_or_else(|| Problem::internal("the service is not configured"))?;
            let header = header.ok_or_else(|| unauthorized("No token was sent."))?;
            let token = header.to_str().ok().and_then(bearer).and_then(Token::parse);
            let token = token.ok_or_else(not_valid)?;
            let (account, held) = holder(&app, &token).await?;
            if let Some(limiter) = limiter {
                // A token that does not hold is not counted: others must not use up its requests.
                let left = limiter.take_request(&token.id, app.world.clock.now())?;
                if let Some(told) = told {
                    told.0.replace(left);
                }
            }
            if !scope::allows(&held.scopes, S::NAME) {
                if held.role.is_some() {
                    let at = request_id.as_deref();
                    grants::note_refusal(&app, &account, &held, S::NAME, at).await?;
                }
                return Err(forbidden(S::NAME));
            }
            let Stored { id: token, person, scopes, .. } = held;
            Ok(Self { account, token, person, scopes, scope: PhantomData })
        })
    }
}

/// Whether the request carries a token that holds and has the scope; where none is needed, a wrong
/// one counts as none.
pub(super) async fn holds(app: &App, request: &HttpRequest, needed: &str) -> bool {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(token) = header.and_then(bearer).and_then(Token::parse) else { return false };
    let held = holder(app, &token).await;
    held.is_ok_and(|(_, token)| scope::allows(&token.scopes, needed))
}

/// A token that holds, and its account.
async fn holder(app: &App, token: &Token) -> Result<(AccountId, Stored), Problem> {
    let found = app.store.find_token(&token.id).await?;
    // A token that is unknown is compared too, so that the time tells nothing.
    let hash = found.as_ref().map_or([0; 32], |(_, kept)| kept.value.secret_sha256);
    let proven = token.proves(&hash);
    let now = app.world.clock.now();
    match found {
        Some((account, kept))
            if proven
                && kept.value.revoked_at.is_none()
                && kept.value.expires_at.is_none_or(|end| end > now) =>
        {
            // Only for the list of tokens; a full disk must not lock everybody out.
            if let Err(error) = app.store.note_token_use(&account, &token.id, now).await {
                tracing::warn!(%error, "the use of a token was not noted");
            }
            Ok((account, kept.value))
        }
        _ => Err(not_valid()),
    }
}

/// The credentials of the scheme `Bearer` (RFC 6750 §2.1; the scheme's case does not matter).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn forbidden(scope: &str) -> Problem {
    Problem::new(Kind::ForbiddenScope, format!("This needs a token with the scope {scope}."))
}

fn unauthorized(detail: &str) -> Problem {
    Problem::new(Kind::Unauthorized, detail)
}

/// The same words for every reason.
fn not_valid() -> Problem {
    unauthorized("The token is not valid: mistyped, unknown, expired or revoked.")
}
